"""What every headless command does: bring the store up to date, answer, and say with the exit code what was lost."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from ctwork.cli.narrate import bring_up_to_date
from ctwork.cli.options import Choice
from ctwork.errors import SourceError
from ctwork.model.advice import advice
from ctwork.model.legible import plain
from ctwork.model.lens import Lens
from ctwork.sources.base import IssueKind, Weight

if TYPE_CHECKING:
    from ctwork.store.store import Store

LOSSES = 3


@contextmanager
def opened(choice: Choice, *, quiet: bool) -> Iterator["Store"]:
    """The store of `choice`, up to date. Exits with 3 after the answer when some input could not be read.

    Raises SourceError when nothing at all could be read.
    """
    case = choice.find()
    bring_up_to_date(case, quiet=quiet)
    from ctwork.store.store import Store  # polars: only now, because the load forks its workers before it

    store = Store.open(case.store)
    summary = store.summary()
    if not summary["records"]["read"] and (lost(summary) or not summary["files"]["read"]):
        if not summary["files"]["seen"]:
            raise SourceError("there is no file in it", "check the path, and --account, --region, --since, --until")
        raise SourceError("nothing could be read", "`ctwork issues` on the same source says why, file by file")
    yield store
    if lost(summary):
        raise typer.Exit(LOSSES)


def advise(total: int, lens: Lens) -> None:
    """Tell a person whose lens shows nothing what may help. Programs read stdout and see an empty answer."""
    if not total and sys.stderr.isatty() and (hint := advice(lens)):
        sys.stderr.write(f"ctwork: no event ({plain(hint)})\n")


def evidence_of(store: "Store") -> Iterator[str]:
    """Every path that the events of `store` were read from: its sources, and each file."""
    yield from (source for source in store.meta.get("sources", ()) if source != "-")
    yield from map(os.fsdecode, store.frame.columns.files["path"].unique())


def lost(summary: dict[str, object]) -> int:
    """How many issues of a summary mean that something could not be read."""
    issues = summary["issues"]
    assert isinstance(issues, list)
    return sum(issue["count"] for issue in issues if IssueKind(issue["kind"]).weight is Weight.LOSS)
