"""The forms that other tools take, each held against what its makers say of it, and equal to the events behind it."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import stix2
from store.build import store_of

from case.export.shipment import book_of, event_id, evidence, lines, mark, marked, record, shipped
from ctwork.case.casebook import Casebook
from ctwork.case.cells import STANDARD, cells_of
from ctwork.case.export.exporter import EXPORTERS, exporter_for
from ctwork.case.export.navigator import technique_of
from ctwork.case.export.ocsf import activity_of
from ctwork.case.export.stix import pattern_of
from ctwork.errors import UsageError
from ctwork.model.instant import event_time_ms
from ctwork.model.lens import Lens
from ctwork.resources import toml_table
from ctwork.store.store import Store

LOGIN = {
    "eventName": "ConsoleLogin",
    "eventSource": "signin.amazonaws.com",
    "eventType": "AwsConsoleSignIn",
    "errorMessage": "Failed authentication",
    "responseElements": {"ConsoleLogin": "Failure"},
    "additionalEventData": {"MFAUsed": "No"},
}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A call that was denied, a failed login, one without identity, one without a time, and text of every kind."""
    return evidence(
        tmp_path,
        record(1, errorCode="AccessDenied", errorMessage="no", requestParameters={"bucketName": "b", "n": 4096.0}),
        record(2, **LOGIN),
        record(3, userIdentity=..., sourceIPAddress="s3.amazonaws.com", requestParameters={"big": 2**70}),
        record(4, eventTime="soon", userAgent="say \"hi\", 'a'\n\x1b]0;x\u202e漢\ud800"),
        record(5, resources=[{"ARN": "arn:aws:s3:::one", "accountId": "111122223333", "type": "AWS::S3::Bucket"}]),
    )


@pytest.fixture
def book(store: Store, tmp_path: Path) -> Casebook:
    """Two events, a value and a stretch of time are marked."""
    book = book_of(tmp_path / "case")
    mark(
        book,
        marked(store, 1),
        add_tags=("attack.t1530", "T1078.004", "odd"),
        note="*data* \\ 'taken'",
        verdict="malicious",
    )
    mark(book, marked(store, 4), bookmark=True)
    mark(
        book,
        "value/userIdentity.accessKeyId/AKIA'X\\",
        severity="high",
        verdict="suspicious",
        add_tags=("attack.t1078.004",),
    )
    mark(book, "value/requestParameters.bucketName/b", severity="high")
    mark(book, "span/2024-01-01T00:00:00Z/2024-01-01T01:00:00Z", note="the quiet hour")
    return book


def test_each_form_is_chosen_by_the_longest_suffix_or_its_name() -> None:
    names = [each.name for each in EXPORTERS]
    assert len(set(names)) == len(names)
    for each in EXPORTERS:
        assert exporter_for("x", each.name) is each
        assert all(exporter_for(f"Case.1/Events{suffix.upper()}") is each for suffix in each.suffixes)
    assert exporter_for("a.ocsf.json").name == "ocsf" and exporter_for("a.b.json").name == "json"
    with pytest.raises(UsageError, match="does not say a form"):
        exporter_for("x.xlsx")
    with pytest.raises(UsageError, match="no form xml"):
        exporter_for("x.json", "xml")


def test_rows_are_those_of_the_events_command_with_what_was_said(store: Store, book: Casebook, tmp_path: Path) -> None:
    for name in ("x.json", "x.jsonl"):
        assert shipped(store, book, tmp_path / name).records == 5
    document = json.loads((tmp_path / "x.json").read_bytes())
    assert lines(tmp_path / "x.jsonl") == document["events"]
    wanted = list(cells_of(store, store.look(Lens.parse("")), STANDARD))
    assert [{name: row[name] for name in STANDARD} for row in document["events"]] == wanted
    said = {row["eventID"]: (row["tag"], row["verdict"], row["bookmark"]) for row in document["events"]}
    assert said[event_id(1)] == (["T1078.004", "attack.t1530", "odd"], "malicious", None)
    assert said[event_id(4)] == ([], None, True) and said[event_id(2)] == ([], None, None)
    assert [each["target"].partition("/")[0] for each in document["head"]["marks"]] == ["value", "value", "span"]


def test_parquet_holds_the_same_rows_as_texts_and_the_same_bytes_each_time(
    store: Store, book: Casebook, tmp_path: Path
) -> None:
    done = [
        shipped(store, book, tmp_path / f"{number}.parquet", columns=(*STANDARD, "copies", "requestParameters.n"))
        for number in (1, 2)
    ]
    assert done[0] == done[1]
    table = pl.read_parquet(tmp_path / "1.parquet")
    assert set(table.dtypes) == {pl.String, pl.List(pl.String)}
    shipped(store, book, tmp_path / "x.jsonl", columns=(*STANDARD, "copies", "requestParameters.n"))
    for row, wanted in zip(table.to_dicts(), lines(tmp_path / "x.jsonl"), strict=True):
        for name, value in wanted.items():
            if isinstance(row[name], list):
                assert row[name] == (value if isinstance(value, list) else [] if value is None else [str(value)]), name
            else:
                assert row[name] == (None if value is None else "true" if value is True else str(value)), name


def test_an_export_of_nothing_is_a_whole_file_of_its_form(store: Store, book: Casebook, tmp_path: Path) -> None:
    for each in EXPORTERS:
        target = tmp_path / f"none{each.suffixes[0]}"
        assert shipped(store, book, target, "event:None", form=each.name).records == 0
    assert pl.read_parquet(tmp_path / "none.parquet").height == 0
    assert json.loads((tmp_path / "none.json").read_bytes())["events"] == []
    assert json.loads((tmp_path / "none.ocsf.json").read_bytes()) == []
    assert (tmp_path / "none.timesketch.jsonl").read_bytes() == b""


def test_timesketch_finds_what_its_importer_asks_for(store: Store, book: Casebook, tmp_path: Path) -> None:
    """Its import client refuses a line without message, datetime or timestamp_desc; the other types are those its
    documentation names: microseconds since 1970, an ISO 8601 time with an offset, tags as a list."""
    shipped(store, book, tmp_path / "x.timesketch.jsonl", columns=(*STANDARD, "requestParameters.bucketName"))
    rows = lines(tmp_path / "x.timesketch.jsonl")
    assert len(rows) == 5
    for row in rows:
        assert all(isinstance(row[name], str) and row[name] for name in ("message", "datetime", "timestamp_desc"))
        moment = datetime.fromisoformat(row["datetime"])
        assert moment.utcoffset() is not None and row["timestamp"] == int(moment.timestamp() * 1_000_000)
        assert isinstance(row["tag"], list) and not any("." in name for name in row)
        assert not any(isinstance(value, dict) for value in row.values())
    by_id = {row["eventID"]: row for row in rows}
    first = by_id[event_id(1)]
    assert (first["tag"], first["note"], first["verdict"]) == (
        ["T1078.004", "attack.t1530", "odd"],
        "*data* \\ 'taken'",
        "malicious",
    )
    assert first["requestParameters_bucketName"] == "b"
    assert re.fullmatch(r"\w+ \(s3\) by \S+ from \S+( on .+)?: denied AccessDenied", first["message"]), first["message"]
    assert by_id[event_id(4)]["tag"] == ["no-event-time"] and by_id[event_id(4)]["timestamp"] == 0


def _ocsf_faults(event: dict[str, Any]) -> list[str]:
    """What schema.ocsf.io/1.1.0 asks of classes 6003 and 3002 and is not there. No package holds those classes."""
    required = {"class_uid", "category_uid", "activity_id", "type_uid", "time", "severity_id", "metadata", "cloud"}
    required |= {"actor", "api", "src_endpoint"} if event["class_uid"] == 6003 else {"user"}
    faults = [f"no {name}" for name in sorted(required - event.keys())]
    if event["type_uid"] != event["class_uid"] * 100 + event["activity_id"]:
        faults.append("type_uid")
    if event["category_uid"] != event["class_uid"] // 1000:
        faults.append("category_uid")
    if not isinstance(event["time"], int) or event["severity_id"] not in range(7):
        faults.append("time or severity")
    if event["activity_id"] not in (0, 1, 2, 3, 4, 99):
        faults.append("activity_id")
    product = event["metadata"]["product"]
    if event["metadata"]["version"] != "1.1.0" or not product["vendor_name"] or not event["cloud"]["provider"]:
        faults.append("metadata or cloud")
    if not event["api"]["operation"] or not event["api"].get("request", {"uid": ""}).keys() >= {"uid"}:
        faults.append("api")
    if not event["src_endpoint"].keys() & {"ip", "uid", "name", "hostname", "domain", "svc_name"}:
        faults.append("src_endpoint")
    user = event["actor"].get("user", {"uid": ""})
    if not event["actor"].keys() & {"user", "invoked_by", "session"} or not user.keys() & {"account", "name", "uid"}:
        faults.append("actor")
    if event["class_uid"] == 3002 and not event.keys() & {"service", "dst_endpoint"}:
        faults.append("service or dst_endpoint")
    return faults


def test_ocsf_has_what_its_schema_requires_and_reads_back_as_the_same_events(
    store: Store, book: Casebook, tmp_path: Path
) -> None:
    (tmp_path / "back").mkdir()
    shipped(store, book, tmp_path / "x.ocsf.json")
    shipped(store, book, tmp_path / "back" / "x.ocsf.jsonl")
    events = json.loads((tmp_path / "x.ocsf.json").read_bytes())
    assert events == lines(tmp_path / "back" / "x.ocsf.jsonl")
    assert [fault for event in events for fault in _ocsf_faults(event)] == []
    by_id = {event["metadata"]["uid"]: event for event in events}
    login = by_id[event_id(2)]
    assert (login["class_uid"], login["activity_id"], login["status_id"], login["is_mfa"]) == (3002, 1, 2, False)
    assert by_id[event_id(1)]["unmapped"]["ctwork"]["verdict"] == "malicious"
    assert b'"big":1180591620717411303424' in (tmp_path / "x.ocsf.json").read_bytes()
    assert json.loads(by_id[event_id(5)]["raw_data"])["resources"][0]["ARN"] == "arn:aws:s3:::one"
    columns = [name for name in STANDARD if name != "resource"]
    read = store_of(tmp_path / "again", tmp_path / "back")
    timed = store.look(Lens.parse("time:2000..2100"))
    again = {row["eventID"]: row for row in cells_of(read, read.look(Lens.parse("")), columns)}
    for row in cells_of(store, timed, columns):
        if row["principal"] is None:  # the schema wants an actor, and who is none becomes an unknown one
            again[row["eventID"]]["principal"] = None
        assert again[row["eventID"]] == row


def test_activities_are_told_by_the_first_word() -> None:
    for name, verb, activity in toml_table("export.toml")["ocsf"]["activity"]["samples"]:
        assert activity_of(name, verb) == activity, name


def test_stix_is_read_by_its_own_library_and_says_what_was_marked(store: Store, book: Casebook, tmp_path: Path) -> None:
    done = [shipped(store, book, tmp_path / f"{number}.stix.json") for number in (1, 2)]
    assert done[0].sha256 == done[1].sha256
    bundle = stix2.parse((tmp_path / "1.stix.json").read_text(), allow_custom=False, version="2.1")
    found = {
        kind: [each for each in bundle.objects if each.type == kind] for kind in {each.type for each in bundle.objects}
    }
    patterns = {each.pattern: each for each in found["indicator"]}
    assert "[user-account:user_id = 'AKIA\\'X\\\\']" in patterns and len(patterns) == 3
    key = patterns["[user-account:user_id = 'AKIA\\'X\\\\']"]
    assert key.indicator_types == ["anomalous-activity"] and key.labels == ["attack.t1078.004", "severity:high"]
    assert str(key.created) == str(key.modified) == "2023-11-14 22:13:20+00:00"
    assert {each.content for each in found["note"]} == {"*data* \\ 'taken'", "the quiet hour"}
    known = {each.id for each in bundle.objects}
    assert all(ref in known for each in found["note"] + found["observed-data"] for ref in each.object_refs)
    again = stix2.v21.IPv4Address(value=found["ipv4-addr"][0].value)
    assert again.id == found["ipv4-addr"][0].id  # the standard's own way to an id


def test_values_without_a_place_in_stix_make_no_pattern() -> None:
    assert (
        pattern_of("requestParameters.bucketName", "b") == ""
        and pattern_of("sourceIPAddress", "s3.amazonaws.com") == ""
    )
    assert pattern_of("sourceIPAddress", "2001:DB8::1") == "[ipv6-addr:value = '2001:db8::1']"


def test_the_navigator_layer_counts_techniques(store: Store, book: Casebook, tmp_path: Path) -> None:
    shipped(store, book, tmp_path / "x.navigator.json", marked=True)
    layer = json.loads((tmp_path / "x.navigator.json").read_bytes())
    assert layer.keys() >= {"name", "versions", "domain"} and layer["versions"]["layer"] == "4.5"
    assert layer["domain"] == "enterprise-attack" and isinstance(layer["name"], str)
    techniques = {each["techniqueID"]: each for each in layer["techniques"]}
    assert {name: each["score"] for name, each in techniques.items()} == {"T1530": 1, "T1078.004": 2}
    assert techniques["T1530"]["comment"] == "*data* \\ 'taken'"
    assert technique_of("attack.t1078") == "T1078" and technique_of("ATTACK-T1078.004") == "T1078.004"
    assert not any(map(technique_of, ("t1", "attack.initial-access", "xT1078")))


def test_times_are_those_of_the_events(store: Store, book: Casebook, tmp_path: Path) -> None:
    shipped(store, book, tmp_path / "x.ocsf.jsonl", f"id:{event_id(5)}")
    (event,) = lines(tmp_path / "x.ocsf.jsonl")
    assert event["time"] == event_time_ms(event["metadata"]["original_time"])
