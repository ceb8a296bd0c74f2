"""What each command prints, byte for byte, in every form."""

import csv
import io
import json
import os
from pathlib import Path

import pytest
from store.build import event_id, record, write_trail

from cli.door import ask, call
from ctwork import __version__
from ctwork.model.report import Report

GOLDEN = Path(__file__).parent / "golden"
FIRST, DENIED = event_id(0), event_id(61)
CALLS = {
    "status": ("status",),
    "issues": ("issues",),
    "files": (
        "files",
        "--columns",
        "source,state,reasons,inflated_size,inflated_sha256,container,fidelity,records,message,issues",
    ),
    "events": ("events", "--columns", "time,event,ip,resource,bytes_out,requestParameters.n,readOnly,agent,copies"),
    "events-standard": ("events", "--where", "service:s3", "--limit", "2"),
    "show": ("show", DENIED),
    "diff": ("diff", FIRST, DENIED),
    "around": ("around", DENIED, "--minutes", "60", "--columns", "time,event,outcome,eventID"),
    "related": ("related", FIRST),
    "count": ("count", "--by", "principal,event"),
    "timeline": ("timeline", "--bucket", "6h"),
}
TELLING = ("status", "issues", "files")
"""Commands whose answer is what could not be read."""
CLOSING = "ctwork: ⚠ 1 loss: some input could not be read (`ctwork issues` lists them)\n"


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A time that stands still."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")


def _ask(case: Path, name: str, form: str) -> bytes:
    command, *options = CALLS[name]
    said = ask(command, case, *options, "--format", form)
    assert said.code == 3, said.err
    assert said.err == ("" if name in TELLING else CLOSING)
    return said.out


def _anywhere(out: bytes, small: Path) -> bytes:
    """`out` without what differs from machine to machine and from version to version: one path, one number."""
    version = f'"version": "{__version__}"'.encode()
    return out.replace(os.fsencode(small), b"EVIDENCE").replace(version, b'"version": "VERSION"')


@pytest.mark.parametrize("form", ["json", "jsonl", "csv", "table"])
@pytest.mark.parametrize("name", CALLS)
def test_output_is_the_golden_bytes(case: Path, small: Path, name: str, form: str) -> None:
    """A wanted change: print the new bytes into ``tests/cli/golden`` and say why in the CHANGELOG."""
    assert _anywhere(_ask(case, name, form), small) == (GOLDEN / f"{name}.{form}").read_bytes()


@pytest.mark.parametrize("name", ["events", "diff", "around", "related", "count", "timeline", "issues", "files"])
def test_json_lines_and_csv_hold_the_same_rows(case: Path, name: str) -> None:
    document = json.loads(_ask(case, name, "json"))
    assert [json.loads(line) for line in _ask(case, name, "jsonl").splitlines()] == document
    rows = list(csv.DictReader(io.StringIO(_ask(case, name, "csv").decode(), newline="")))
    assert [list(row) for row in rows] == [list(row) for row in document]
    assert [row.get("count", "") for row in rows] == [str(row.get("count", "")) for row in document]


def test_load_says_what_status_says_and_how_long_it_took(small: Path, tmp_path: Path) -> None:
    said = call("load", small, "--case", tmp_path / "case", "--format", "json")
    document = said.document
    assert said.code == 3
    assert set(document.pop("load")) == {"seconds", "bytes_read", "bytes_inflated"}
    assert (
        _anywhere(json.dumps(document).encode(), small)
        == json.dumps(json.loads((GOLDEN / "status.json").read_bytes())).encode()
    )


def test_load_for_people_names_the_loss(small: Path, tmp_path: Path) -> None:
    said = ask("load", small, "--case", tmp_path / "case", "--format", "table")
    assert "⚠ not-object 1" in said.out.decode()
    assert "MB read" in said.out.decode()


def test_raw_is_the_bytes_of_each_record(case: Path, small: Path) -> None:
    said = ask("events", case, "--raw", "--where", "source:b.json")
    content = (small / "b.json").read_bytes()
    lines = said.out.splitlines()
    assert len(lines) == 2
    assert all(line in content for line in lines)


def test_raw_of_one_event_keeps_its_line_breaks(tmp_path: Path) -> None:
    raw = json.dumps(record(5), indent=2).encode()
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a.json").write_bytes(b'{"Records": [' + raw + b"]}")
    folder = tmp_path / "case"
    assert ask("show", tmp_path / "e", event_id(5), "--raw", "--case", folder).out == raw + b"\n"
    assert len(ask("events", folder, "--raw").out.splitlines()) == 1


def test_records_in_conflict_are_one_json_document(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(5), record(5, userAgent="other")])
    folder = tmp_path / "case"
    found = ask("show", tmp_path / "e", event_id(5), "--format", "json", "--case", folder).document
    both = [found, *found["conflicts"]]
    assert [entry["event"]["userAgent"] for entry in both] == ["aws-cli/2.1", "other"]
    assert "conflicts" not in both[1]
    sheet = ask("show", folder, event_id(5), "--format", "table").out.decode()
    assert sheet.count("with this eventID and other bytes") == 2
    assert len(ask("show", folder, event_id(5)).rows) == 2
    rows = list(
        csv.DictReader(io.StringIO(ask("show", folder, event_id(5), "--format", "csv").out.decode(), newline=""))
    )
    assert len({row["sha256"] for row in rows}) == 2


def test_sorting_and_limits(case: Path) -> None:
    ids = [row["eventID"] for row in ask("events", case).rows]
    assert [row["eventID"] for row in ask("events", case, "--sort", "time:desc").rows] == ids[::-1]
    assert [row["eventID"] for row in ask("events", case, "--limit", "2").rows] == ids[:2]
    assert ask("events", case, "--limit", "0").out == b""
    by_region = [row["awsRegion"] for row in ask("events", case, "--sort", "region").rows]
    assert by_region == sorted(by_region)
    assert [row["awsRegion"] for row in ask("events", case, "--sort", "awsRegion:desc").rows] == sorted(by_region)[::-1]


def test_values_are_sorted_and_found(case: Path) -> None:
    rows = ask("count", case, "--by", "event").rows
    assert ask("count", case, "--by", "event", "--sort", "count:desc").rows == rows
    for key in ("count", "first", "last", "errors"):
        assert ask("count", case, "--by", "event", "--sort", key).rows == sorted(
            rows, key=lambda row: (row[key], row["event"])
        )
    backwards = ask("count", case, "--by", "event,region", "--sort", "value:desc").rows
    pairs = [(row["event"], row["region"]) for row in backwards]
    assert pairs == sorted(pairs, reverse=True)
    assert [row["event"] for row in ask("count", case, "--by", "event", "--find", "putobjct").rows] == ["PutObject"]
    assert ask("count", case, "--by", "event", "--find", "object", "--limit", "1").rows == rows[:1]


def test_writes_are_counted_beside_each_combination(case: Path) -> None:
    for by in ("event", "resource", "event,region"):
        rows = ask("count", case, "--by", by).rows
        wrote = ask("count", case, "--by", by, "--where", "verb:write").rows
        names = by.split(",")
        assert {tuple(row[name] for name in names): row["writes"] for row in rows if row["writes"]} == {
            tuple(row[name] for name in names): row["count"] for row in wrote
        }
        assert all(row["writes"] == row["count"] for row in wrote)


def test_two_events_are_compared_field_by_field(case: Path, tmp_path: Path) -> None:
    assert ask("diff", case, FIRST, FIRST).rows == []
    whole = ask("diff", case, FIRST, DENIED, "--all").rows
    assert [row for row in whole if row["left"] != row["right"]] == ask("diff", case, FIRST, DENIED).rows
    assert {row["path"] for row in whole if row["left"] == row["right"]} >= {"userIdentity.arn", "sourceIPAddress"}
    write_trail(tmp_path / "e" / "a.json", [record(5), record(5, userAgent="other")])
    (row,) = ask("diff", tmp_path / "e", event_id(5), event_id(5), "--case", tmp_path / "case").rows
    assert row == {"path": "userAgent", "left": '"aws-cli/2.1"', "right": '"other"'}


def test_what_is_around_and_related_are_lenses(case: Path) -> None:
    near = ask("around", case, DENIED, "--minutes", "2").rows
    assert [row["eventID"] for row in near] == [FIRST, DENIED]
    assert [row["eventID"] for row in ask("around", case, DENIED, "--minutes", "1", "--limit", "9").rows] == [DENIED]
    for row in ask("related", case, DENIED).rows:
        assert len(ask("events", case, "--where", row["lens"]).rows) == row["count"] > 0


@pytest.mark.parametrize("command", ["diff", "around", "related"])
def test_an_event_that_is_not_there_is_a_mistake(case: Path, command: str) -> None:
    said = ask(command, case, *["no-such-event"] * (2 if command == "diff" else 1))
    assert (said.code, said.out) == (2, b"") and "no event has the id no-such-event" in said.err
    said = ask(command, DENIED)
    assert said.code == 2 and f"ctwork {command} SOURCE EVENT_ID" in said.err


def test_an_event_without_principal_has_nothing_around(case: Path) -> None:
    said = ask("around", case, event_id(90_000))
    assert said.code == 2 and "no principal" in said.err


def test_times_in_another_zone_carry_their_offset(case: Path) -> None:
    times = [row["time"] for row in ask("events", case, "--columns", "time", "--tz", "Europe/Berlin").rows]
    assert times[0] == "2024-01-01T01:00:00+01:00"
    assert times[3] == "2024-01-01T03:00:00.500000+01:00"
    assert (
        ask("timeline", case, "--bucket", "1d", "--tz", "Asia/Kolkata").rows[0]["start"] == "2024-01-01T05:30:00+05:30"
    )
    assert ask("count", case, "--by", "event", "--tz", "UTC").rows == ask("count", case, "--by", "event").rows


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        (("--since", "2024-01-01T01:00"), 3),
        (("--until", "2024-01-01T01:00"), 2),
        (("--since", "2024-01-02"), 1),
        (("--account", "444455556666"), 1),
        (("--region", "eu-west-1"), 1),
        (("--region", "eu-west-1", "--region", "us-east-1"), 5),
        (("--where", "error:AccessDenied"), 1),
        (("--where", "requestParameters.n:5"), 1),
        (("--where", "!verb:read"), 1),
    ],
)
def test_filters_narrow_every_command_alike(case: Path, options: tuple[str, ...], wanted: int) -> None:
    assert len(ask("events", case, *options).rows) == wanted
    assert sum(row["count"] for row in ask("count", case, "--by", "event", *options).rows) == wanted
    assert sum(row["count"] for row in ask("timeline", case, *options).rows) == wanted


def test_output_goes_to_a_file_in_the_form_of_its_name(case: Path, tmp_path: Path) -> None:
    for name, form in (("x.csv", "csv"), ("x.json", "json"), ("x.jsonl", "jsonl"), ("x.txt", "table"), ("x", "jsonl")):
        said = ask("count", case, "--by", "principal,event", "--output", tmp_path / name)
        assert (said.code, said.out) == (3, b"")
        assert (tmp_path / name).read_bytes() == (GOLDEN / f"count.{form}").read_bytes()
    ask("count", case, "--by", "principal,event", "--output", tmp_path / "y.csv", "--format", "json")
    assert (tmp_path / "y.csv").read_bytes() == (GOLDEN / "count.json").read_bytes()


def test_an_answer_without_events_is_an_answer(case: Path) -> None:
    where = ("--where", "event:nothing-like-this")
    assert ask("events", case, *where).out == b""
    assert ask("events", case, *where, "--format", "json").document == []
    assert (
        ask("count", case, "--by", "event", *where, "--format", "csv").out
        == b"event,count,first,last,errors,writes\r\n"
    )
    assert ask("timeline", case, *where, "--format", "table").out.decode().split() == ["start", "count", "errors"]


def test_a_filter_on_a_whole_case_reads_nothing_again_and_loses_nothing(sample_logs: Path, tmp_path: Path) -> None:
    source, folder = sample_logs / "AWSLogs" / "o-exampleorg1" / "777788889999", tmp_path / "case"
    whole = ask("status", source, "--case", folder).rows[0]
    generation = sorted(path.name for path in (folder / "store").glob("gen-*"))
    for arguments in (
        (folder, "--region", "eu-west-1"),
        (source, "--case", folder, "--since", "2025-03-12"),
        (folder, "--account", "1" * 12),
    ):
        said = ask("events", *arguments)
        assert said.code == 0
        assert {row["awsRegion"] for row in said.rows} <= (
            {"eu-west-1"} if "--region" in arguments else set(whole["regions"])
        )
    assert sorted(path.name for path in (folder / "store").glob("gen-*")) == generation
    assert ask("status", folder).rows[0] == whole


def test_a_filtered_load_opens_only_what_it_needs(sample_logs: Path, tmp_path: Path) -> None:
    source = sample_logs / "AWSLogs" / "o-exampleorg1" / "777788889999"
    first = ask("status", source, "--region", "eu-west-1", "--case", tmp_path / "case").rows[0]
    assert first["regions"] == ["eu-west-1"]
    assert first["files"]["seen"] < ask("status", source, "--case", tmp_path / "other").rows[0]["files"]["seen"]
    second = ask("status", source, "--region", "us-east-1", "--case", tmp_path / "case")
    assert (second.code, second.rows[0]["regions"]) == (0, ["us-east-1"])
    assert "vanished" not in {issue["kind"] for issue in second.rows[0]["issues"]}


def test_a_relative_time_asked_again_finds_its_case(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CTWORK_DATA", str(tmp_path))
    for _ in range(2):
        ask("events", small, "--since", "-90000h")
    assert len(list((tmp_path / "cases").iterdir())) == 1


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_first_and_the_last_year_can_be_shown(tmp_path: Path, zone: str) -> None:
    times = ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00")
    write_trail(tmp_path / "e" / "a.json", [record(n, eventTime=text) for n, text in enumerate(times)])
    folder = tmp_path / "case"
    status = ask("status", tmp_path / "e", "--case", folder)
    assert (status.code, status.rows[0]["records"]["unique"]) == (0, 4)
    assert {issue["kind"]: issue["count"] for issue in status.rows[0]["issues"]} == {"bad-eventTime": 2}
    assert len(ask("events", folder, "--tz", zone).rows) == 4
    assert ask("count", folder, "--by", "event", "--tz", zone).rows[0]["count"] == 4
    assert sum(row["count"] for row in ask("timeline", folder, "--tz", zone).rows) == 2


def test_a_timeline_shows_silence_at_the_ends_that_were_asked_for(case: Path) -> None:
    rows = ask("timeline", case, "--bucket", "1d", "--since", "2023-12-30", "--until", "2024-01-04").rows
    assert [row["start"][:10] for row in rows] == [f"2023-12-{day}" for day in (30, 31)] + [
        f"2024-01-0{day}" for day in (1, 2, 3)
    ]
    assert rows[0]["count"] == rows[-1]["count"] == 0 < sum(row["count"] for row in rows)


def test_a_pasted_event_id_finds_its_event(case: Path) -> None:
    assert [row["eventID"] for row in ask("events", case, "--where", DENIED).rows] == [DENIED]


def test_issues_are_chosen_by_kind_and_weight(case: Path) -> None:
    rows = ask("issues", case).rows
    assert [row["kind"] for row in rows] == ["not-object"]
    assert ask("issues", case, "--kind", "not-object", "--kind", "crc").rows == rows
    assert ask("issues", case, "--weight", "loss").rows == rows
    said = ask("issues", case, "--weight", "doubt")
    assert (said.code, said.out) == (3, b"")
    assert ask("issues", case, "--kind", "crc", "--format", "json").document == []


@pytest.mark.parametrize("options", [("--kind", "odd"), ("--weight", "heavy")])
def test_an_unknown_kind_or_weight_names_the_known_ones(case: Path, options: tuple[str, str]) -> None:
    said = ask("issues", case, *options)
    assert said.code == 2
    assert "choose from" in said.err


def test_issues_show_the_bytes_when_asked(case: Path, small: Path) -> None:
    (row,) = ask("issues", case, "--context").rows
    content = (small / "c.json").read_bytes()
    start = row["context_offset"]
    assert bytes.fromhex(row["context"]) == content[start : start + 64]
    assert b"17" in bytes.fromhex(row["context"])


def test_what_was_lost_is_said_last_unless_quiet(case: Path) -> None:
    assert ask("count", case, "--by", "event").err == CLOSING
    assert ask("count", case, "--by", "event", "--quiet").err == ""


def test_a_sum_that_is_wrong_is_told(case: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Report, "breaches", lambda _: ("3 bytes are neither record, structure nor reported",))
    assert ask("status", case, "--format", "table").out.decode().endswith("structure nor reported\n")
