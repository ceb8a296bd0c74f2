"""What leaves the house as one file: events with what was said of them, in the forms that other tools take."""
