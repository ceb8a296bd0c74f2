"""The process behind `Rereading`: takes a case from its standard input, loads it, and says how far it has come."""

import os
import pickle
import sys

from ctwork.case.again import NICE
from ctwork.errors import CtworkError
from ctwork.model.shown import Progress


def main() -> None:
    """Loads one case. Its parent is this program, so that what comes through the pipe may be unpickled."""
    os.nice(NICE)
    case = pickle.load(sys.stdin.buffer)  # noqa: S301
    parent = os.getppid()

    def tell(progress: Progress) -> None:
        if os.getppid() != parent:
            os._exit(1)
        if progress.bytes_total:
            _say(f"at {min(progress.bytes_read / progress.bytes_total, 0.99):.4f}")

    try:
        case.loader().run(tell)
        _say("done")
    except CtworkError as problem:
        _say(f"failed {problem.title}")
    except OSError as problem:
        _say(f"failed {problem.strerror or problem}")


def _say(line: str) -> None:
    sys.stdout.write(line.replace("\n", " ") + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
