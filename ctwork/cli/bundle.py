"""`check` and `report`: whether a bundle is what was made, and what a case comes to."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ctwork.case.head import bare_head
from ctwork.cli.call import CASE, LENS, OUTPUT, Call, taking
from ctwork.cli.narrate import Interrupted, Narrator, stopping
from ctwork.cli.render import Renderer, renderer
from ctwork.cli.session import LOSSES, journaled
from ctwork.errors import UsageError
from ctwork.model.legible import grouped, plain

if TYPE_CHECKING:
    from ctwork.case.casebook import Casebook
    from ctwork.store.store import Store
    from ctwork.store.view import View

BROKEN = 1
_SIGNED = {
    "none": "no signature",
    "good": "signed by {signer} with {key}",
    "unvouched": "signed with {key}, which nobody here vouches for",
    "bad": "the signature is not one of this bundle",
    "unchecked": "signed, and not verified",
}


@taking(*OUTPUT)
def check(
    call: Call,
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A bundle: its folder, or its zip.")],
    signers: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="Who may have signed it: a line `NAME KEYTYPE KEY` each, as ssh-keygen(1) has it. Without it a "
            "signature is checked, and not whose it is.",
        ),
    ] = None,
) -> None:
    """Whether a bundle is what was made: every byte, every event against its hash, the marks against the journal.

    Nothing is unpacked, and nothing but the bundle is needed. Exits with 1 when it is broken.
    """
    from ctwork.case.bundle.checking import check_bundle  # numpy and polars: only now

    narrator = Narrator(call.quiet)
    try:
        checked = check_bundle(bundle, signers, lambda at: narrator.line(lambda: str(at)))
    finally:
        narrator.end()
    row = checked.row()
    with renderer(call.form, call.output, [str(bundle)], bare_head) as out:
        out.document(row, lambda: _lines(row))
    if not checked.is_whole:
        raise typer.Exit(BROKEN)


def _lines(row: dict[str, Any]) -> Iterator[str]:
    """A check for people."""
    yield f"{row['verdict']}: {grouped(row['files'])} files, {grouped(row['records'])} events"
    signature = row["signature"]
    yield _SIGNED[signature["state"]].format(**signature)
    if row["journal"]:
        yield f"journal: {row['journal'].get('seq')}:{row['journal'].get('hash')}"
    for problem in row["problems"]:
        yield f"✗ {problem}"
    for note in row["notes"]:
        yield f"· {note}"


@taking(*LENS, *CASE, "quiet", "no_color", "offline")
def report(
    call: Call,
    words: Annotated[
        list[str],
        typer.Argument(metavar="CASE|SOURCE… DEST", help="What to read, then where to write: a .md or an .html file."),
    ],
) -> None:
    """What a case comes to, for people: scope, trust, timeline, marks, techniques, hashes; as Markdown or as a page."""
    *sources, dest = words
    from ctwork.case.report.writing import form_of, write_report

    if not sources:
        raise UsageError(f"report needs a case and a file, and got {dest} alone", "ctwork report CASE report.html")
    form_of(Path(dest))
    call = replace(call, sources=sources)
    lens = call.choice.lens()
    with journaled(call, lens) as (store, book, out):
        done = write_report(store, store.look(lens), book, Path(dest))
        out.document(done, lambda: [f"{dest}: {done['marks']:,} marks · sha256 {done['sha256']}"])


def is_bundle(dest: str) -> bool:
    """Whether an export to `dest` is a bundle: a zip, or a name that says no form."""
    return dest.endswith("/") or Path(dest).suffix.lower() in ("", ".zip")


def pack(call: Call, out: Renderer, store: "Store", view: "View", book: "Casebook", dest: Path, **options: Any) -> None:
    """Writes a bundle and tells of it; `options` are those of a `BundleRequest`. Exits with 3 when bytes are missing.

    Raises Interrupted after Ctrl-C; then nothing of it is left.
    """
    from ctwork.case.bundle.making import bundled
    from ctwork.store.cancel import Superseded

    narrator = Narrator(call.quiet)
    try:
        with stopping(lambda: None) as stopped:
            done = bundled(
                store, view, book, dest, lambda at: narrator.line(lambda: str(at)), lambda: bool(stopped), **options
            )
    except Superseded as problem:
        raise Interrupted from problem
    finally:
        narrator.end()
    out.document(
        {"files": done.files, "records": done.records, "sha256": done.sha256},
        lambda: [f"{dest}: {done.records:,} events in {done.files:,} files · sha256 of its tag manifest {done.sha256}"],
    )
    warn_of_originals(call, dest)
    if done.troubles:
        if not call.quiet:
            sys.stderr.writelines(f"ctwork: ⚠ {plain(each)}\n" for each in done.troubles)
        raise typer.Exit(LOSSES)


def warn_of_originals(call: Call, dest: Path) -> None:
    """Says that a file which leaves holds what nothing was taken out of."""
    if not call.quiet:
        sys.stderr.write(
            f"ctwork: {plain(dest.name)} holds original bytes: session tokens and other secrets are in it\n"
        )
