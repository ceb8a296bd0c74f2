"""The worker's reading of records that AWS would not write: nothing is lost, everything odd is told."""

import json
import time
from collections import Counter
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from ctwork.model.column import COLUMNS
from ctwork.sources.base import DEFAULT_BOUNDS
from ctwork.store import reading
from ctwork.store.store import Store
from store.build import blobs_in, event_id, record, store_of, write_trail
from store.naive import Row, flagged, rows_of
from store.odd import CONTAINERS, LOOSE, NUMBERS, SCALARS, TEXT_FIELDS, with_member


def _read(folder: Path, records: list[bytes], *, apart: bool = True) -> tuple[Store, list[Row]]:
    """Each record in a file of its own, or all in one: as a store and the slow way."""
    for number, raw in enumerate(records):
        write_trail(folder / "e" / f"{number:04}.json", [raw]) if apart else None
    if not apart:
        write_trail(folder / "e" / "all.json", records)
    return store_of(folder / "parts", folder / "e"), rows_of(blobs_in(folder / "e"))


def _disagreements(store: Store, rows: list[Row]) -> Counter[str]:
    wrong: Counter[str] = Counter()
    flagged(rows, store.frame.columns.issues)
    for column in COLUMNS:
        got = store.frame.value_lists(column.name, np.arange(store.height, dtype=np.uint32))
        wrong[column.name] += sum(
            tuple(values) != row.values(column.name) for values, row in zip(got, rows, strict=True)
        )
    return +wrong


def _kinds(store: Store) -> Counter[str]:
    return Counter(store.frame.columns.issues["kind"].to_list())


@pytest.mark.parametrize("field", [*TEXT_FIELDS, "readOnly"])
def test_a_field_of_another_type_is_shown_as_its_json_text_and_told(tmp_path: Path, field: str) -> None:
    texts = [text for text in (*SCALARS, *CONTAINERS) if json.loads(text) is not None]
    store, rows = _read(tmp_path, [with_member(field, text, n) for n, text in enumerate(texts)], apart=False)
    assert store.height == len(texts)
    assert _disagreements(store, rows) == {}
    wanted = bool if field == "readOnly" else str
    odd = [text for text in texts if not isinstance(json.loads(text), wanted)]
    assert _kinds(store)["odd-type"] == len(odd)


def test_a_record_that_is_no_object_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    store, _ = _read(
        tmp_path,
        [json.dumps(record(1)).encode(), b"5", b"null", b'"text"', b"[]", json.dumps(record(2)).encode()],
        apart=False,
    )
    assert store.height == 2
    assert _kinds(store)["not-object"] == 4


def test_missing_ids_are_told_and_records_kept_apart_by_their_bytes(tmp_path: Path) -> None:
    records = [with_member("eventID", text, n) for n, text in enumerate(('""', "null", "null"))]
    store, rows = _read(tmp_path, [*records, records[1], json.dumps(record(9, eventID=...)).encode()])
    assert store.height == len(rows) == 4
    assert _kinds(store)["missing-id"] == 5
    assert sorted(store.frame.copy_counts.values()) == [2]


def test_unreadable_times_are_told_with_their_text(tmp_path: Path) -> None:
    texts = ["garbage", "2024-13-01T00:00:00Z", "1720000000", "2024-01-01"]
    store, rows = _read(tmp_path, [json.dumps(record(n, eventTime=text)).encode() for n, text in enumerate(texts)])
    assert _kinds(store)["bad-eventTime"] == 4
    assert [row.values("eventTime") for row in rows] == [
        (text,) for text in store.frame.texts("eventTime", np.arange(4, dtype=np.uint32))
    ]
    messages = " ".join(store.frame.columns.issues["message"].to_list())
    assert all(text in messages for text in texts)


def test_odd_but_readable_times_are_no_issue(tmp_path: Path) -> None:
    store, _ = _read(tmp_path, [json.dumps(record(eventTime="2024-01-01T00:00:00.5+02:00")).encode()])
    assert _kinds(store) == {}


@pytest.mark.parametrize("text", LOOSE)
def test_what_strict_json_refuses_is_read_in_a_file_of_lines(tmp_path: Path, text: str) -> None:
    (tmp_path / "e").mkdir()
    lines = [with_member(field, text, n) for n, field in enumerate(("requestParameters", "userAgent", "eventName"))]
    (tmp_path / "e" / "a.jsonl").write_bytes(b"\n".join([json.dumps(record(9)).encode(), *lines]))
    store, rows = store_of(tmp_path / "parts", tmp_path / "e"), rows_of(blobs_in(tmp_path / "e"))
    assert store.height == len(rows) == 4
    assert _disagreements(store, rows) == {}
    assert _kinds(store)["surrogate" if "\\u" in text else "nonfinite"] >= 3


@pytest.mark.parametrize("text", LOOSE)
def test_what_strict_json_refuses_is_read_in_a_trail_file(tmp_path: Path, text: str) -> None:
    store, rows = _read(tmp_path, [json.dumps(record(9)).encode(), with_member("userAgent", text, 1)], apart=False)
    assert store.height == 2
    assert _disagreements(store, rows) == {}


@pytest.mark.parametrize("field", TEXT_FIELDS)
def test_a_number_in_place_of_a_text_keeps_its_digits(tmp_path: Path, field: str) -> None:
    store, rows = _read(tmp_path, [with_member(field, text, n) for n, text in enumerate(NUMBERS)])
    assert store.height == len(NUMBERS)
    assert _disagreements(store, rows) == {}


@pytest.mark.parametrize("text", [*NUMBERS, "NaN"])
def test_numbers_below_request_and_response_keep_their_digits(tmp_path: Path, text: str) -> None:
    odd = with_member("requestParameters", f'{{"n":{text}}}', 1, readOnly=5)
    store, rows = _read(tmp_path, [with_member("requestParameters", f'{{"n":{text}}}'), odd])
    found = store.frame.value_lists("requestParameters.n", np.arange(store.height, dtype=np.uint32))
    assert list(map(tuple, found)) == [row.values("requestParameters.n") for row in rows] == [(text,)] * 2


@pytest.mark.parametrize("given", ["", '"eventName":"",', '"eventName":null,', '"errorCode":"E",'])
def test_insights_name_their_call_inside(tmp_path: Path, given: str) -> None:
    details = product(("eventName", "eventSource", "errorCode"), ('"Foo"', '""', "null", "5", "[]"))
    records = []
    for number, (name, text) in enumerate(details):
        insight = record(number, eventName=..., eventSource=..., eventType="AwsCloudTrailInsight")
        body = json.dumps(insight, separators=(",", ":"))[:-1]
        records.append(f'{body},{given}"insightDetails":{{"eventName":"GetObject","{name}":{text}}}}}'.encode())
    store, rows = _read(tmp_path, records)
    assert store.height == len(records)
    assert _disagreements(store, rows) == {}


@pytest.mark.parametrize("text", ["1E400", "NaN", '"Failure"', '"Success"', "5", "[]"])
@pytest.mark.parametrize("field", ["responseElements", "serviceEventDetails"])
def test_sign_ins_never_stop_a_load(tmp_path: Path, field: str, text: str) -> None:
    raw = with_member(field, f'{{"ConsoleLogin":{text}}}', eventName="ConsoleLogin", eventSource="signin.amazonaws.com")
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a.jsonl").write_bytes(raw)
    store, rows = store_of(tmp_path / "parts", tmp_path / "e"), rows_of(blobs_in(tmp_path / "e"))
    assert _disagreements(store, rows) == {}


@pytest.mark.parametrize("text", ["1E400", "NaN", '[{"ARN":1E400}]', '[{"ARN":"arn:aws:s3:::x","n":1E400}]'])
def test_odd_resources_never_stop_a_load(tmp_path: Path, text: str) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a.jsonl").write_bytes(with_member("resources", text))
    store, rows = store_of(tmp_path / "parts", tmp_path / "e"), rows_of(blobs_in(tmp_path / "e"))
    assert _disagreements(store, rows) == {}


@pytest.mark.parametrize(
    "count", ["9007199254740993", "9223372036854775807", "99999999999999999999", "-1", "0.9", "4096.0"]
)
def test_byte_counters_are_whole_numbers(tmp_path: Path, count: str) -> None:
    store, rows = _read(tmp_path, [with_member("additionalEventData", f'{{"bytesTransferredOut":{count}}}')])
    assert _disagreements(store, rows) == {}


@pytest.mark.parametrize("text", ["true", "false", "null"])
def test_managementEvent_reads_as_the_slow_way_does(tmp_path: Path, text: str) -> None:
    store, rows = _read(tmp_path, [with_member("managementEvent", text)])
    found = store.frame.value_lists("managementEvent", np.zeros(1, np.uint32))
    assert tuple(found[0]) == rows[0].values("managementEvent")


def test_ids_of_other_shapes_come_back_as_written(tmp_path: Path) -> None:
    ids = [event_id(1).upper().replace("0", "A"), "x", "é" * 36, " " + event_id(2)[1:]]
    store, _ = _read(tmp_path, [json.dumps(record(n, eventID=text)).encode() for n, text in enumerate(ids)])
    assert store.frame.texts("eventID", np.arange(4, dtype=np.uint32)) == ids
    assert [store.find(text) for text in ids] == [[0], [1], [2], [3]]


@pytest.mark.parametrize("depth", [100, 600, 900, 2_000])
@pytest.mark.parametrize("odd", [{}, {"readOnly": 5}], ids=["plain", "odd"])
def test_deep_nesting_never_stops_a_load(tmp_path: Path, depth: int, odd: dict[str, object]) -> None:
    fields = ("requestParameters", "userIdentity", "resources", "responseElements", "tlsDetails")
    deep = '{"a":' * depth + "1" + "}" * depth
    for number, field in enumerate(fields):
        write_trail(tmp_path / "e" / f"{field}.json", [with_member(field, deep, number, **odd), record(100 + number)])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    ids = set(store.frame.texts("eventID", np.arange(store.height, dtype=np.uint32)))
    assert {event_id(100 + number) for number in range(len(fields))} <= ids
    assert store.height == 2 * len(fields) or _kinds(store)["depth"] == 2 * len(fields) - store.height


def test_half_a_surrogate_pair_in_a_resource_is_no_obstacle(tmp_path: Path) -> None:
    odd = record(1, eventSource="iam.amazonaws.com", requestParameters={"userName": "half \ud800"})
    write_trail(tmp_path / "e" / "a.json", [odd])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert store.frame.value_lists("resource", np.arange(1, dtype=np.uint32)) == [["half \ufffd"]]


def test_a_file_that_does_not_come_is_given_up_and_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_trail(tmp_path / "a.json", [record(1)])
    monkeypatch.setattr(reading, "read_carrier", lambda blob, bounds: time.sleep(30))
    (found,) = reading.read_blob(blobs_in(tmp_path)[0], replace(DEFAULT_BOUNDS, stall_s=1))
    assert [issue.kind for issue in found.issues] == ["stalled"]
    assert found.file.status == "failed"
