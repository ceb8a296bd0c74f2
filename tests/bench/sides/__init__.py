"""The sides: one program each, run by `python -m tests.bench.sides.NAME`; the last line of each is a JSON object."""
