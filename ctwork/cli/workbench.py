"""`open`: the workbench itself."""

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated

import typer

from ctwork.case.head import bare_head
from ctwork.cli.call import CASE, LENS, LOADING, Call, taking
from ctwork.cli.options import Choice
from ctwork.cli.render import renderer
from ctwork.errors import UsageError

_SLOW = "over a slow line, ctwork --slow-link sends less"


@dataclass(frozen=True, slots=True)
class Manner:
    """How the workbench behaves on the line to its terminal."""

    slow_link: bool = False
    """Few frames, no animation, the terminal's own colours."""
    mouse: bool = True
    theme: str = ""
    """"" for the one that suits the terminal."""
    remark: str = ""
    """What is said once, when it opens."""

    @classmethod
    def of(cls, slow_link: bool | None, mouse: bool | None, theme: str, environ: Mapping[str, str]) -> "Manner":
        """What the options mean where the program runs; None for an option that was not given."""
        remote = bool(environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"))
        return cls(
            slow_link=bool(slow_link),
            # A mouse that is followed sends bytes for every move, and takes from the terminal its own way to select.
            mouse=not (remote or slow_link) if mouse is None else mouse,
            theme=theme,
            remark=_SLOW if remote and slow_link is None else "",
        )


@dataclass(frozen=True, slots=True)
class FrontEnd:
    """The other front end, which this room does not know."""

    open: Callable[[Choice, Manner], int]
    keys: Callable[[], list[dict[str, str]]]
    """Rows ``{id, keys, action, where}``."""


@taking("sources", *LENS, *CASE, *LOADING, "no_color", "offline")
def workbench(
    call: Call,
    context: typer.Context,
    slow_link: Annotated[
        bool | None,
        typer.Option(
            "--slow-link/--no-slow-link",
            help="Fewer bytes: ten frames a second, no animation, no mouse; --no-slow-link also silences the hint.",
            show_default=False,
        ),
    ] = None,
    mouse: Annotated[
        bool | None,
        typer.Option("--mouse/--no-mouse", help="Take the mouse; off by default over SSH.", show_default=False),
    ] = None,
    theme: Annotated[str, typer.Option(metavar="NAME", help="Colours; ctrl+t changes them.", show_default=False)] = "",
) -> None:
    """Open the workbench (what `ctwork SOURCE` does)."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise UsageError("the workbench needs a terminal", "for a script use `ctwork status` or `ctwork events`")
    if os.environ.get("TERM", "") in ("dumb", "unknown", ""):
        raise UsageError(
            f"a terminal of the kind TERM={os.environ.get('TERM', '')} cannot draw screens",
            "`ctwork events` and `ctwork status` print the same as plain text",
        )
    choice = call.choice
    if call.no_color:
        os.environ["NO_COLOR"] = "1"
    raise typer.Exit(context.obj.open(choice, Manner.of(slow_link, mouse, theme, os.environ)))


@taking("form", "output", "no_color")
def keys(call: Call, context: typer.Context) -> None:
    """Every key of the workbench: id, keys, what it does, and where. `keys.toml` changes keys by their id."""
    with renderer(call.form, call.output, (), bare_head) as out:
        out.rows(["id", "keys", "action", "where"], context.obj.keys())
