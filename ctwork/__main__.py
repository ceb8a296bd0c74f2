"""Where the program starts, and the one place where both front ends are known."""

import os
import sys

if __name__ == "__main__" and sys.path[0] == os.getcwd():  # noqa: PTH109
    # `python -m` searches the current folder first, and that may be evidence: no code is taken from it.
    del sys.path[0]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

    from ctwork.cli.options import Choice

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        # In here, so that Ctrl-C while the program still starts is no traceback.
        from ctwork.cli.main import run

        code = run(sys.argv[1:], open_workbench)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    sys.exit(code)


def open_workbench(choice: "Choice", *, slow_link: bool) -> "NoReturn":
    """Open the terminal on the sources of `choice`; exits with its code."""
    from ctwork.case.opening import Opening
    from ctwork.errors import CtworkError

    lens, case = choice.lens(), choice.find()
    case.check_sources()
    opening = Opening(case)
    if slow_link:
        # Textual reads these when it is imported.
        os.environ.update({"TEXTUAL_FPS": "10", "TEXTUAL_ANIMATIONS": "none"})
    from ctwork.tui.app import Workbench  # Textual: only for the workbench, and after the loader is forked

    app = Workbench(opening, lens, title=" ".join(choice.sources))
    try:
        app.run(mouse=not slow_link)
    finally:
        opening.close()
    # Textual's code for a fault of ours is the one that here means bad news in the evidence.
    code = CtworkError.exit_code if app.return_code == 1 else app.return_code or 0
    # The terminal is given back and the desk closed. Taking the interpreter apart would only keep the prompt waiting,
    # a second and more while an import or a query is under way in a thread.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
