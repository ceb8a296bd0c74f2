"""Shows a view and says what the investigator wants."""
