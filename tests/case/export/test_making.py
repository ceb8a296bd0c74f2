"""One file leaves whole or not at all, with its head and an entry of the journal, and the same bytes each time."""

import hashlib
import json
import os
import resource
from dataclasses import replace
from pathlib import Path

import pytest
from store.build import store_of, write_trail

from case.export.shipment import book_of, event_id, evidence, lines, mark, marked, record, shipped
from ctwork.case.export.exporter import EXPORTERS, exporter_for
from ctwork.case.export.making import ExportRequest, Passage, Stopped, chosen, write_export
from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.model.lens import Lens


def test_an_export_is_written_down_and_told_in_its_head(tmp_path: Path) -> None:
    store, book = evidence(tmp_path, *map(record, range(4))), book_of(tmp_path / "case")
    mark(book, marked(store, 2), note="here")
    settled = book.settled
    done = shipped(store, book, tmp_path / "x.jsonl", "service:s3")
    data = (tmp_path / "x.jsonl").read_bytes()
    assert (done.files, done.records, done.sha256) == (2, 4, hashlib.sha256(data).hexdigest())
    report = json.loads((tmp_path / "x.jsonl.report.json").read_bytes())
    assert report["export"] == {"name": "x.jsonl", "bytes": len(data), "sha256": done.sha256}
    head = report["head"]
    assert head["journal"] == {"seq": settled.seq, "hash": settled.hash} and head["redacted"] == ["secrets"]
    assert (head["form"], head["events"], head["lens"], head["problems"]) == ("jsonl", 4, "service:s3", 0)
    last = list(book.entries())[-1]
    assert (last.kind, last.payload) == (
        "export",
        {
            "name": "x.jsonl",
            "form": "jsonl",
            "lens": "service:s3",
            "events": 4,
            "sha256": done.sha256,
            "redacted": ["secrets"],
        },
    )
    assert book.settled == settled and not book.faults()


@pytest.mark.parametrize("exporter", EXPORTERS, ids=lambda each: each.name)
def test_the_same_state_gives_the_same_bytes(exporter: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    records = [record(number, requestParameters={"n": number}) for number in range(40)]
    store, book = evidence(tmp_path, *records), book_of(tmp_path / "case")
    mark(book, marked(store, 2), note="here", verdict="malicious", add_tags=("attack.t1078",))
    # The same records in other files, in another order.
    for number in range(4):
        write_trail(tmp_path / "other" / f"{9 - number}.json", records[number::4][::-1])
    other = store_of(tmp_path / "parts2", tmp_path / "other")
    done = [
        shipped(each, book, tmp_path / f"{place}{exporter.suffixes[0]}", form=exporter.name)  # type: ignore[attr-defined]
        for place, each in enumerate((store, store, other))
    ]
    assert done[0] == done[1]
    if exporter.name != "json":  # type: ignore[attr-defined]  # its head tells of the files, which are others
        assert done[2].sha256 == done[0].sha256


def test_raw_bytes_are_found_again_by_the_index(tmp_path: Path) -> None:
    pretty = json.dumps(record(2), indent=2).encode()
    (tmp_path / "logs").mkdir()
    body = b",\n".join([json.dumps(record(1)).encode(), pretty, b'{"eventID":"\xff","userIdentity":{}}'])
    (tmp_path / "logs" / "a.json").write_bytes(b'{"Records":[' + body + b"]}")
    (tmp_path / "logs" / "b.json").write_text(json.dumps({"Records": [record(3)]}))
    store = store_of(tmp_path / "parts", tmp_path / "logs")
    (tmp_path / "logs" / "b.json").unlink()
    done = shipped(store, book_of(tmp_path / "case"), tmp_path / "x.raw")
    data, rows = (tmp_path / "x.raw").read_bytes(), lines(tmp_path / "x.raw.index.jsonl")
    assert (done.files, done.records, done.problems) == (3, 4, 1)
    whole = [row for row in rows if row["offset"] is not None]
    raws = [data[row["offset"] : row["offset"] + row["length"]] for row in whole]
    assert pretty in raws and [hashlib.sha256(raw).hexdigest() for raw in raws] == [row["sha256"] for row in whole]
    assert data == b"".join(raw + b"\n" for raw in raws)
    (gone,) = [row for row in rows if row["offset"] is None]
    assert gone["eventID"] == event_id(3) and gone["problem"]


def test_marks_ids_and_lens_choose_together(tmp_path: Path) -> None:
    store, book = (
        evidence(tmp_path, record(1), record(1, userAgent="other"), record(2), record(3)),
        book_of(tmp_path / "case"),
    )
    assert shipped(store, book, tmp_path / "none.jsonl", marked=True).records == 0
    (row, _) = store.find(event_id(1))
    mark(book, f"event/{store.detail(row).sha256}/{event_id(1)}", note="this one")
    mark(book, marked(store, 3), bookmark=True)
    assert [each["eventID"] for each in _rows(store, book, tmp_path / "a.jsonl", marked=True)] == [
        event_id(1),
        event_id(3),
    ]
    assert [each["note"] for each in _rows(store, book, tmp_path / "b.jsonl", ids=[event_id(1)])].count("this one") == 1
    assert len(_rows(store, book, tmp_path / "c.jsonl", "sort:time:desc", ids=[event_id(3), event_id(2)])) == 2
    with pytest.raises(UsageError, match="no event with the id"):
        shipped(store, book, tmp_path / "d.jsonl", f"id:{event_id(2)}", ids=[event_id(3)])
    assert not (tmp_path / "d.jsonl").exists()


def _rows(store: object, book: object, target: Path, lens: str = "", **asked: object) -> list[dict[str, object]]:
    shipped(store, book, target, lens, **asked)  # type: ignore[arg-type]
    return lines(target)


def test_a_cancelled_export_leaves_nothing_and_says_how_far_it_came(tmp_path: Path) -> None:
    store, book = evidence(tmp_path, *map(record, range(600))), book_of(tmp_path / "case")
    told: list[Passage] = []
    view = chosen(store, store.look(Lens.parse("")), book)
    request = ExportRequest(store, view, book, exporter_for("x.json"))
    (tmp_path / "out").mkdir()
    for target in (tmp_path / "out" / "x.json", tmp_path / "out" / "y.json"):
        if target.name == "y.json":
            target.write_text("before")
        with pytest.raises(Stopped):
            write_export(request, target, told.append, lambda: len(told) % 3 == 2)
    assert [each.events for each in told] == [0, 256, 0, 256] or told[:2] == [Passage(0, 600), Passage(256, 600)]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["y.json"]
    assert (tmp_path / "out" / "y.json").read_text() == "before"
    assert [each.kind for each in book.entries()] == ["begin"]
    with pytest.raises(UsageError, match="there already"):
        write_export(replace(request, replace=False), tmp_path / "out" / "y.json")


def test_a_full_disk_leaves_nothing_that_looks_whole(tmp_path: Path) -> None:
    store, book = evidence(tmp_path, *map(record, range(200))), book_of(tmp_path / "case")
    whole = shipped(store, book, tmp_path / "x.csv")
    size = (tmp_path / "x.csv").stat().st_size
    (tmp_path / "out").mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    for limit in range(0, size, size // 7):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        try:
            with pytest.raises(EnvironmentFailure, match="cannot write"):
                shipped(store, book, tmp_path / "out" / "x.csv")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        assert os.listdir(tmp_path / "out") == []
    assert shipped(store, book, tmp_path / "out" / "x.csv") == whole


def test_nothing_is_written_into_the_evidence(tmp_path: Path) -> None:
    store, book = evidence(tmp_path, record(1)), book_of(tmp_path / "case")
    for target in (tmp_path / "logs" / "a.json", tmp_path / "logs" / "a.json" / "x.json"):
        with pytest.raises(UsageError, match="evidence"):
            shipped(store, book, target)
    assert [path.name for path in (tmp_path / "logs").iterdir()] == ["a.json"]
