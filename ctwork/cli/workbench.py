"""`open`: the workbench itself."""

import sys
from typing import Annotated

import typer

from ctwork.cli import options as opt
from ctwork.errors import UsageError


def workbench(
    sources: opt.Sources,
    where: opt.Where = "",
    since: opt.Since = "",
    until: opt.Until = "",
    account: opt.Account = [],  # noqa: B006 - typer never changes it
    region: opt.Region = [],  # noqa: B006
    case: opt.CaseFolder = None,
    fresh: opt.Fresh = False,
    workers: opt.Workers = None,
    memory: opt.Memory = 1024,
    slow_link: Annotated[bool, typer.Option("--slow-link", help="Fewer bytes: no animation, ten frames a second.")] = False,
    no_color: opt.NoColor = False,
    offline: opt.Offline = False,
) -> None:
    """Open the workbench (what `ctwork SOURCE` does)."""
    if not (sys.stdin.isatty() or "-" in sources) or not sys.stdout.isatty():
        raise UsageError("the workbench needs a terminal", "for a script use `ctwork status` or `ctwork events`")
    raise UsageError("not yet", "")
