"""Case folders and opening cases over real loads."""
