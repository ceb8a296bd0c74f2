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
    from ctwork.cli.workbench import Manner

_INTERRUPTED = 130


def main() -> None:
    """Run the command line and exit with its code."""
    try:
        # In here, so that Ctrl-C while the program still starts is no traceback.
        from ctwork.cli.main import run

        code = run(sys.argv[1:], open_workbench, list_keys)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    sys.exit(code)


def open_workbench(choice: "Choice", manner: "Manner") -> "NoReturn":
    """Open the terminal on the sources of `choice`; exits with its code."""
    from ctwork.case.opening import Opening
    from ctwork.errors import CtworkError

    lens, case = choice.lens(), choice.find()
    case.check_sources()
    opening = Opening(case)
    # Textual reads these when it is imported.
    if manner.slow_link:
        os.environ.update({"TEXTUAL_FPS": "10", "TEXTUAL_ANIMATIONS": "none"})
    else:
        # A second frame waits for one or two beats of this clock: at 60 a record would come 30 ms after its row.
        os.environ.setdefault("TEXTUAL_FPS", "250")
    try:
        from ctwork.tui.app import Workbench  # Textual: only for the workbench, and after the loader is forked
        from ctwork.tui.theme import chosen_theme

        app = Workbench(
            opening,
            lens,
            title=" ".join(choice.sources),
            theme_name=chosen_theme(manner.theme, slow_link=manner.slow_link),
            keymap=_user_keys(),
            greeting=manner.remark,
        )
        app.run(mouse=manner.mouse)
    finally:
        opening.close()
    # Textual's code for a fault of ours is the one that here means bad news in the evidence.
    code = CtworkError.exit_code if app.return_code == 1 else app.return_code or 0
    # The terminal is given back and the desk closed. Taking the interpreter apart would only keep the prompt waiting,
    # a second and more while an import or a query is under way in a thread.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def list_keys() -> "list[dict[str, str]]":
    """What `ctwork keys` prints: every binding of the workbench, as the user's own keys leave it."""
    from ctwork.tui.register import rows  # the other front end: only when it is asked for

    return rows(_user_keys() or {})


def _user_keys() -> "dict[str, str] | None":
    """The user's own keys; None without a file of them."""
    from ctwork.config import key_file

    path = key_file()
    if not path.is_file():
        return None
    from ctwork.tui.keymap import read_keymap  # only for who has keys of their own, as the next
    from ctwork.tui.register import bound

    return read_keymap(path, {entry.id for entry in bound()})


if __name__ == "__main__":
    main()
