"""`check` and `report`: whether a bundle is what was made, and what a case comes to."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from ctwork.case.head import bare_head
from ctwork.cli.call import OUTPUT, Call, taking
from ctwork.cli.narrate import Narrator
from ctwork.cli.render import renderer
from ctwork.model.legible import grouped

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
