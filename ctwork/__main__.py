"""Where the program starts: one line per failure, never a traceback."""

import sys


def main() -> None:
    """Run the command line and exit with its code."""
    from ctwork.cli.main import run  # after the interpreter is up: `python -m` and the script share this door

    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
