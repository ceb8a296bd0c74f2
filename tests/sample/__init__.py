"""The generator of ``sample_logs/`` and the tests that hold it to its word."""
