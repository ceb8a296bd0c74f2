"""The command line as a user meets it: bytes on stdout, one line on stderr, an exit code."""
