"""What only the end of a load can tell: what went, changed or contradicts itself, and whether reading left a trace."""

from collections.abc import Sequence, Set
from dataclasses import replace

import polars as pl

from ctwork.sources.base import Issue, IssueKind, path_text
from ctwork.store.columns import Columns
from ctwork.store.doubt import DAMAGE, Doubts
from ctwork.store.generation import LISTED
from ctwork.store.listing import Listing
from ctwork.store.part import issue_of
from ctwork.store.stamp import id_text
from ctwork.store.strand import ISSUE_SCHEMA, Chunk, Strand

HISTORY = (IssueKind.VANISHED.value, IssueKind.CHANGED_SINCE.value)
LATE = (IssueKind.CONFLICT.value, IssueKind.ACCESS_TIME.value, *HISTORY)
"""Kinds that only this module tells, of a store as a whole: they are found anew each time."""


def history(issues: pl.DataFrame) -> list[Issue]:
    """What earlier loads told of files that went or changed: nobody can find that out again."""
    return list(map(issue_of, issues.filter(pl.col("kind").is_in(HISTORY)).iter_rows(named=True)))


def vanished(files: pl.DataFrame, gone: set[str]) -> list[Issue]:
    rows = files.filter(pl.col("root").is_in(list(gone)) & (pl.col("container") != LISTED))
    return [
        Issue(name, IssueKind.VANISHED, f"gone since the last load, with {records} records")
        for name, records in rows.group_by("root").agg(pl.col("records").sum()).sort("root").iter_rows()
    ]


def changed(files: pl.DataFrame, strands: Sequence[Strand]) -> list[Issue]:
    """What was read before and now has other content: the hash of then is kept in words."""
    own = (pl.col("inner") == "") & (pl.col("carrier_sha256").bin.size() == 32)
    before = dict(files.filter(own).select("root", "carrier_sha256").iter_rows())
    return [
        Issue(
            root, IssueKind.CHANGED_SINCE, f"SHA-256 was {before[root].hex()} at the last load and is {now.hex()} now"
        )
        for strand in strands
        for chunk in strand.chunks
        for root, now in chunk.files.filter(own).select("root", "carrier_sha256").iter_rows()
        if root in before and before[root] != now
    ]


def unread(opened: Set[str], listing: Listing) -> list[Issue]:
    """The law of conservation for files: whatever the walk found was read, or told why not."""
    if not listing.complete:
        return []
    told = {path_text(issue.source) for issue in listing.issues}
    message = "It was found, and there is no word of what became of it."
    return [Issue(name, IssueKind.UNACCOUNTED, message) for name in sorted(listing.present - opened - told)]


def passed_on(strands: Sequence[Strand], issues: Sequence[Issue]) -> list[Strand]:
    """`strands` with the doubts that come from the archives their files were read out of, which only a listing meets.

    What is wrong with an archive's compressed bytes touches all its members, what is wrong with a member that one.
    """
    damage = [(path_text(issue.source), issue) for issue in issues if issue.kind in DAMAGE]
    if not damage:
        return list(strands)
    below = [
        (pl.col("member") != "")
        & ((pl.col("root") == source) | (pl.col("root").str.starts_with(f"{source}!") if issue.stored else False))
        for source, issue in damage
    ]

    def touched(chunk: Chunk) -> Chunk:
        files = chunk.files.with_columns(pl.col("doubt").fill_null(""))
        for (_, issue), rows in zip(damage, below, strict=True):
            for text in files.filter(rows)["doubt"].unique().to_list():
                doubts = Doubts.parse(text)
                doubts.add(issue)
                here = rows & (pl.col("doubt") == text)
                files = files.with_columns(pl.when(here).then(pl.lit(str(doubts))).otherwise("doubt").alias("doubt"))
        return replace(chunk, files=files)

    return [replace(strand, chunks=[touched(chunk) for chunk in strand.chunks]) for strand in strands]


def conflicts(columns: Columns) -> pl.DataFrame:
    """One issue per record whose id also occurs with other bytes."""
    twins = columns.twins
    rows = twins.row[twins.conflict]
    names = columns.files["name"].gather(columns.cold["file"][rows]) if rows.size else pl.Series([], dtype=pl.String)
    written = dict(columns.odd.filter(pl.col("event_id").is_not_null()).select("row", "event_id").iter_rows())
    return pl.DataFrame(
        [
            (
                name,
                IssueKind.CONFLICT.value,
                None,
                None,
                index,
                f"eventID {written.get(row) or id_text(*halves)} also occurs with other bytes",
                None,
            )
            for row, name, index, halves in zip(
                rows.tolist(),
                names,
                columns.cold["index"][rows].tolist(),
                columns.cold["id"][rows].tolist(),
                strict=True,
            )
        ],
        schema=ISSUE_SCHEMA,
        orient="row",
    )


def traces(strands: Sequence[Strand], listing: Listing, place: str) -> list[Issue]:
    """One note on everything that was opened although the system may have noted it as an access; `place` is its source.

    Only a file's owner may open it without that, and only where a system offers to.
    """
    files = {path for path, is_folder in listing.exposed if not is_folder}
    folders = len(listing.exposed) - len(files)
    for strand in strands:
        for chunk in strand.chunks:
            files |= set(chunk.files.filter(pl.col("exposed") == 1)["path"].to_list())
    if not files and not folders:
        return []
    message = (
        f"Reading may have moved the access times of {len(files):,} files and {folders:,} folders: they are not yours, "
        "so the system did not let them be opened without that. Their content and every other time are as they were; "
        "a read-only mount keeps access times too."
    )
    return [Issue(place, IssueKind.ACCESS_TIME, message)]
