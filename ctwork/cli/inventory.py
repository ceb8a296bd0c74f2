"""`files` and `issues`: what became of every file, and everything that could not be read, row by row."""

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Annotated

import typer

from ctwork.cli.call import CASE, OUTPUT, Call, columns_of, taking
from ctwork.cli.session import listing
from ctwork.errors import UsageError
from ctwork.model.report import Sieve
from ctwork.sources.base import IssueKind, Weight

_STATES = ("read", "with-issues", "failed", "skipped")


@taking("sources", "columns", "limit", *CASE, *OUTPUT)
def files(
    call: Call,
    state: Annotated[
        list[str],
        typer.Option(
            metavar="|".join(_STATES), help="Only files of this state; may be repeated. `status` counts them."
        ),
    ] = [],  # noqa: B006 - typer never changes it
    sums: Annotated[
        bool,
        typer.Option(
            "--sums",
            help="Print `SHA-256  path` for every file on disk that was read, as `sha256sum -c` takes it.",
        ),
    ] = False,
) -> None:
    """Every file and archive member that was found, its hashes, and what became of it.

    `sha256` is of the bytes as stored, `inflated_sha256` of what they hold. To have the files on disk checked by
    another tool:  ctwork files SOURCE --sums | sha256sum -c --quiet

    For a member of a zip, by hand:  unzip -p ARCHIVE MEMBER | sha256sum
    """
    wanted = _known("--state", [each.replace("_", "-") for each in state], _STATES)
    names = columns_of(call.columns)
    with listing(call) as (store, out):
        from ctwork.store.manifest import COLUMNS, EVERY, file_rows, sum_lines  # polars: after the load has forked

        if unknown := [name for name in names if name not in EVERY]:
            raise UsageError(f"--columns: files have no {unknown[0]}", "choose from " + ", ".join(EVERY))
        if sums:
            out.original(islice(sum_lines(store, wanted), call.limit))
        else:
            shown = names or COLUMNS
            rows = ({name: row[name] for name in shown} for row in file_rows(store, wanted))
            out.rows(shown, islice(rows, call.limit))


@taking("sources", "limit", *CASE, *OUTPUT)
def issues(
    call: Call,
    kind: Annotated[
        list[str], typer.Option(metavar="KIND", help="Only this kind; may be repeated. `status` counts the kinds.")
    ] = [],  # noqa: B006
    weight: Annotated[
        list[str], typer.Option(metavar="loss|doubt|note", help="Only rows of this weight; may be repeated.")
    ] = [],  # noqa: B006
    context: Annotated[
        bool, typer.Option("--context", help="Add the bytes around each place, read again, in hexadecimal.")
    ] = False,
) -> None:
    """Everything the load could not read or found odd, row by row."""
    sieve = Sieve(_known("--kind", kind, IssueKind), _known("--weight", weight, Weight))
    with listing(call) as (store, out):
        from ctwork.store.report import COLUMNS, CONTEXT_COLUMNS, issue_rows  # polars: after the load has forked

        columns = (*COLUMNS, *CONTEXT_COLUMNS) if context else COLUMNS
        out.rows(columns, islice(issue_rows(store, sieve, context=context), call.limit))


def _known(option: str, values: Sequence[str], known: Iterable[str]) -> frozenset[str]:
    """`values`, each of which is one of `known`. Raises UsageError."""
    names = sorted(map(str, known))
    for value in values:
        if value not in names:
            raise UsageError(f"{option} {value} is not known", "choose from " + ", ".join(names))
    return frozenset(values)
