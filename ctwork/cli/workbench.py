"""`open`: the workbench itself."""

import os
import sys
from typing import Annotated

import typer

from ctwork.cli.call import CASE, LENS, LOADING, Call, taking
from ctwork.errors import UsageError


@taking("sources", *LENS, *CASE, *LOADING, "no_color", "offline")
def workbench(
    call: Call,
    context: typer.Context,
    slow_link: Annotated[
        bool, typer.Option("--slow-link", help="Fewer bytes: no animation, ten frames a second.")
    ] = False,
) -> None:
    """Open the workbench (what `ctwork SOURCE` does)."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise UsageError("the workbench needs a terminal", "for a script use `ctwork status` or `ctwork events`")
    if os.environ.get("TERM", "") in ("dumb", ""):
        raise UsageError("this terminal cannot draw screens", "`ctwork status` and `ctwork events` print plain text")
    choice = call.choice
    if call.no_color:
        os.environ["NO_COLOR"] = "1"
    raise typer.Exit(context.obj(choice, slow_link=slow_link))
