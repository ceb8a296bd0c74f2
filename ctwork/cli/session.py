"""What every headless command does: bring the store up to date, answer, and say with the exit code what was lost."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import typer

from ctwork.case.outlet import evidence_of
from ctwork.cli.narrate import bring_up_to_date, trouble
from ctwork.cli.options import Choice
from ctwork.errors import SourceError
from ctwork.model.advice import advice
from ctwork.model.legible import plain
from ctwork.model.lens import Lens
from ctwork.sources.base import IssueKind, Weight

if TYPE_CHECKING:
    from ctwork.store.store import Store

__all__ = ["LOSSES", "evidence_of", "lost", "opened"]

LOSSES = 3


@contextmanager
def opened(choice: Choice, *, quiet: bool, told: bool = False) -> Iterator["Store"]:
    """The store of `choice`, up to date. Exits with 3 after the answer when some input could not be read.

    Then a line on stderr says so, unless `quiet` or the answer itself has `told` it.

    Raises SourceError when nothing at all could be read.
    """
    case = choice.find_part() if told else choice.find()
    bring_up_to_date(case, quiet=quiet)
    from ctwork.store.store import Store  # polars: only now, because the load forks its workers before it

    store = Store.open(case.store)
    summary = store.summary()
    nothing = not summary["records"]["read"] and (lost(summary) or not summary["files"]["read"])
    if nothing and not told:
        raise _nothing(summary)
    yield store
    if nothing:
        raise _nothing(summary)
    said = trouble(store.lost, store.doubts - store.lost)
    if said and not quiet and not told:
        sys.stderr.write(f"ctwork: {said} (`ctwork issues` lists them)\n")
    if lost(summary):
        raise typer.Exit(LOSSES)


def _nothing(summary: dict[str, Any]) -> SourceError:
    if not summary["files"]["seen"]:
        return SourceError("there is no file in it", "check the path, and --account, --region, --since, --until")
    return SourceError("nothing could be read", "`ctwork issues` on the same source says why, file by file")


def advise(total: int, lens: Lens) -> None:
    """Tell a person whose lens shows nothing what may help. Programs read stdout and see an empty answer."""
    if not total and sys.stderr.isatty() and (hint := advice(lens)):
        sys.stderr.write(f"ctwork: no event ({plain(hint)})\n")


def lost(summary: dict[str, object]) -> int:
    """How many issues of a summary mean that something could not be read."""
    issues = summary["issues"]
    assert isinstance(issues, list)
    return sum(issue["count"] for issue in issues if IssueKind(issue["kind"]).weight is Weight.LOSS)
