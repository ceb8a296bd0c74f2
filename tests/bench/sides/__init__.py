"""The sides: one program each, run by `python -m tests.bench.sides.NAME`; the last line each prints is a JSON object."""
