"""`open`: the workbench itself."""

import os
import sys
from typing import Annotated

import typer

from ctwork.cli import options as opt
from ctwork.errors import UsageError


def workbench(
    context: typer.Context,
    sources: opt.Sources,
    where: opt.Where = "",
    named: opt.Named = "",
    since: opt.Since = "",
    until: opt.Until = "",
    account: opt.Account = [],  # noqa: B006 - typer never changes it
    region: opt.Region = [],  # noqa: B006
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    workers: opt.Workers = None,
    memory: opt.Memory = 1024,
    bound: opt.BoundList = [],  # noqa: B006
    examine: opt.Examine = False,
    slow_link: Annotated[
        bool, typer.Option("--slow-link", help="Fewer bytes: no animation, ten frames a second.")
    ] = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Open the workbench (what `ctwork SOURCE` does)."""
    if not sys.stdin.isatty() or not sys.stdout.isatty():
        raise UsageError("the workbench needs a terminal", "for a script use `ctwork status` or `ctwork events`")
    if os.environ.get("TERM", "") in ("dumb", ""):
        raise UsageError("this terminal cannot draw screens", "`ctwork status` and `ctwork events` print plain text")
    choice = opt.Choice(
        tuple(sources),
        case,
        fresh,
        where,
        since,
        until,
        tuple(account),
        tuple(region),
        named=named,
        settings=opt.settings_of(workers, memory),
        bounds=opt.bounds_of(bound, examine=examine),
    )
    if no_color:
        os.environ["NO_COLOR"] = "1"
    raise typer.Exit(context.obj(choice, slow_link=slow_link))
