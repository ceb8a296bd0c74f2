"""The events of a bundle: their original bytes with an index of where each lies, and tables of what they say."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from ctwork.case.bundle import bag
from ctwork.case.bundle.packer import Packer, line
from ctwork.case.bundle.request import Packing, Told
from ctwork.case.bundle.sheet import COLUMNS, write_sheet
from ctwork.case.cells import cells_of
from ctwork.case.export.leaving import Leaving, Said
from ctwork.case.outlet import Row
from ctwork.model.annotation import Annotation
from ctwork.store.cancel import Cancelled, still_wanted

if TYPE_CHECKING:
    from ctwork.store.delivery import Delivered
    from ctwork.store.store import Store
    from ctwork.store.view import View

_TOLD = 20
_LOOK = 1_024


@dataclass(slots=True)
class Records:
    """What was found when the bytes were read again."""

    hashes: list[str] = field(default_factory=list)
    """SHA-256 per event, in their order; "" where the bytes could not be had."""
    missing: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What a reader has to know, a sentence each."""
        more = (f"{self.missing:,} events are in it without their original bytes",) if self.missing else ()
        return (*more, *self.wrong[:_TOLD])


def pack_records(store: "Store", view: "View", packer: Packer, told: Told, cancelled: Cancelled) -> Records:
    """Writes every event of `view` byte for byte, a line break behind each, and where each was found."""
    from ctwork.store.delivery import delivered  # polars, which the store has loaded by now

    found, index, offset = Records(), [], 0
    files = _files(store)
    with packer.open(bag.RAW) as stream:
        for number, each in enumerate(delivered(store, view, cancelled)):
            if not number % _LOOK:
                told(Packing("reading the originals", number, view.total))
                still_wanted(cancelled)
            stream.write(each.raw + b"\n")
            event_id = store.frame.text("eventID", each.row)
            index.append(line(_indexed(number, offset, event_id, each, files)))
            offset += len(each.raw) + 1
            found.hashes.append(each.sha256)
            found.missing += not each.raw
            if each.problem and len(found.wrong) < _TOLD:
                found.wrong.append(f"event {event_id or number}: {each.problem}")
    packer.put(bag.INDEX, b"".join(index))
    return found


def _files(store: "Store") -> list[Row]:
    """What a place says of its file, by the number of that."""
    wanted = store.frame.columns.files.select("name", "carrier_sha256", "inflated_sha256", "fidelity")
    return [
        {
            "source": name,
            "carrier_sha256": carrier.hex() if carrier else None,
            "inflated_sha256": inflated.hex() if inflated else None,
            "fidelity": fidelity,
        }
        for name, carrier, inflated, fidelity in wanted.iter_rows()
    ]


def _indexed(number: int, offset: int, event_id: str, each: "Delivered", files: list[Row]) -> Row:
    return {
        "number": number,
        "offset": offset,
        "length": len(each.raw),
        "sha256": each.sha256 or None,
        "eventID": event_id or None,
        "places": [
            {
                **files[spot.file],
                "index": spot.index,
                "start": spot.start,
                "end": spot.end,
                **({"problem": spot.problem} if spot.problem else {}),
            }
            for spot in each.spots
        ],
    }


def pack_rows(
    store: "Store",
    view: "View",
    marks: Mapping[str, Annotation],
    hashes: Iterable[str],
    packer: Packer,
    told: Told,
    cancelled: Cancelled,
) -> None:
    """Writes the tables: a row per event, in the same order."""
    for path, form in ((bag.ROWS, "jsonl"), (bag.CELLS, "csv")):
        events = _leaving(cells_of(store, view, COLUMNS), hashes, Said(marks))
        step = f"writing {path.rpartition('/')[2]}"
        with packer.open(path) as stream:
            write_sheet(form, _told(events, step, view.total, told, cancelled), cast(Any, stream))


def _leaving(cells: Iterable[Row], hashes: Iterable[str], said: Said) -> Iterator[Leaving]:
    """The events on their way out. Their bytes are in the bundle already, and no table holds them."""
    for each, sha256 in zip(cells, hashes, strict=True):
        yield Leaving(each, b"", sha256, None, said.of(each["eventID"] or "", sha256))


def _told(events: Iterable[Leaving], step: str, total: int, told: Told, cancelled: Cancelled) -> Iterator[Leaving]:
    for number, event in enumerate(events):
        if not number % _LOOK:
            still_wanted(cancelled)
            told(Packing(step, number, total))
        yield event
