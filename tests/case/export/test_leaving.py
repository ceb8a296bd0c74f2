"""Events on their way out: the cells of the screen, the bytes of the evidence, the words of the investigator."""

import hashlib
import json
from pathlib import Path

import numpy as np
from store.build import event_id, store_of, write_trail

from case.export.shipment import evidence, marked, record
from ctwork.case.cells import STANDARD, cells_of
from ctwork.case.export.leaving import leaving
from ctwork.model.annotation import Annotation
from ctwork.model.lens import Lens
from ctwork.store.chosen import narrowed, rows_with

UPPER = "ABCDEFAB-0000-4000-8000-000000000008"


def test_cells_are_those_of_the_events_command_and_bytes_those_of_the_evidence(tmp_path: Path) -> None:
    records = [record(number, requestParameters={"n": number, "big": 2**70}) for number in range(6)]
    store = evidence(tmp_path, *records)
    for lens in ("", "sort:time:desc", "sort:event", f"id:{event_id(3)}"):
        view = store.look(Lens.parse(lens))
        columns = (*STANDARD, "requestParameters.big", "copies", "source")
        gone = list(leaving(store, view, columns, {}))
        assert [each.cells for each in gone] == list(cells_of(store, view, columns))
        assert [each.raw for each in gone] == list(store.raw(view))
        assert all(each.sha256 == hashlib.sha256(each.raw).hexdigest() and not each.problem for each in gone)
        assert [each.document["requestParameters"]["big"] for each in gone] == [str(2**70)] * len(gone)


def test_marks_are_of_the_bytes_and_not_of_the_id_alone(tmp_path: Path) -> None:
    store = evidence(tmp_path, record(1), record(1, userAgent="other"), record(2))
    said = Annotation(tags=("bad",), severity="high")
    rows = store.find(event_id(1))
    target = f"event/{store.detail(rows[1]).sha256}/{event_id(1)}"
    gone = list(leaving(store, store.look(Lens.parse("")), ("eventID", "tag", "sha256"), {target: said}))
    assert [each.annotation for each in gone if each.annotation] == [said]
    (bad,) = [each for each in gone if each.annotation]
    assert bad.cells == {"eventID": event_id(1), "tag": ["bad"], "sha256": bad.sha256}
    assert [each.cells["tag"] for each in gone if each is not bad] == [[], []]


def test_evidence_that_changed_or_is_gone_is_told_event_by_event(tmp_path: Path) -> None:
    write_trail(tmp_path / "logs" / "a.json", [record(1)])
    write_trail(tmp_path / "logs" / "b.json", [record(2)])
    write_trail(tmp_path / "logs" / "c.json", [record(3), record(2)])
    store = store_of(tmp_path / "parts", tmp_path / "logs")
    mark = {marked(store, 1): Annotation(bookmark=True)}
    (tmp_path / "logs" / "a.json").unlink()
    (tmp_path / "logs" / "b.json").write_text(json.dumps({"Records": [record(2, userAgent="forged")]}))
    one, two, three = leaving(store, store.look(Lens.parse("")), ("eventID",), mark)
    assert one.raw == b"" and one.problem and one.annotation == Annotation(bookmark=True)
    # The copy in the other file is still what was loaded.
    assert b"forged" not in two.raw and not two.problem and two.document["eventID"] == event_id(2)
    assert not three.problem


def test_rows_are_found_by_any_number_of_ids(tmp_path: Path) -> None:
    odd = [record(7, eventID="NO-UUID"), record(8, eventID=UPPER), record(9, eventID=...)]
    store = evidence(tmp_path, *(record(number) for number in range(6)), *odd)
    every = store.frame.texts("eventID", np.arange(store.height, dtype=np.uint32))
    wanted = [event_id(4), event_id(1), "NO-UUID", UPPER, event_id(77)]
    rows = rows_with(store.frame, wanted)
    assert [every[row] for row in rows.tolist()] == [event_id(1), event_id(4), "NO-UUID", UPPER]
    assert not len(rows_with(store.frame, [UPPER.lower(), "no-uuid"])) and not len(rows_with(store.frame, []))
    view = narrowed(store.look(Lens.parse("sort:time:desc")), rows)
    assert view.slice(0, 9).tolist() == rows[::-1].tolist()
