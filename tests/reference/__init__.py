"""A slow and obviously right reader, to hold the quick one against. It shares nothing with it."""
