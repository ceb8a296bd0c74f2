"""Inputs that try to crash, stall, fill or fool a load, each with what a faultless reader makes of it."""
