"""Pure values and their algebra: no disk, no clock, no frames."""
