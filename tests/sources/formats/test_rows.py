"""Rows of delimited text: exact places, quotes over lines, and damage that stays where it is."""

import csv
import io
import json
import time

import pytest
from containers import RECORDS, athena, console_row, table, whole_table
from hypothesis import given, settings
from hypothesis import strategies as st

from ctwork.sources.base import IssueKind
from ctwork.sources.decode import decode
from ctwork.sources.formats.rows import Row, rows

cells = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)) | st.sampled_from('",;\t\r\n'))


def texts(row: Row) -> list[str]:
    assert row.cells is not None
    return [cell.decode() for cell in row.cells]


@settings(max_examples=300, deadline=None)
@given(
    st.integers(2, 5).flatmap(lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1)),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
def test_rows_are_those_of_the_csv_module(values: list[list[str]], delimiter: str, end: str, quoting: int) -> None:
    if quoting == csv.QUOTE_MINIMAL:  # the module leaves a carriage return bare, and so at the end of a row it is lost
        values = [[cell.replace("\r", " ") for cell in value] for value in values]
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    pieces = []
    for value in values:
        before = out.tell()
        writer.writerow(value)
        out.seek(before)
        pieces.append(out.read())
    data = out.getvalue().encode()
    found = list(rows(data, 0, delimiter.encode(), len(values[0])))
    assert [texts(row) for row in found] == values
    assert [data[row.start : row.next].decode() for row in found] == pieces
    assert [data[row.start : row.end].decode() + end for row in found] == pieces


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300) | st.text(st.sampled_from('a,"\r\n;')).map(str.encode), st.integers(1, 4))
def test_rows_cover_any_bytes_in_order(data: bytes, width: int) -> None:
    at = 0
    for row in rows(data, 0, b",", width):
        assert at <= row.start <= row.end <= row.next <= len(data)
        assert row.start < row.next
        assert not data[at : row.start].strip(b" \r\n")
        assert data[row.end : row.next].strip(b"\r\n") == b""
        at = row.next
    assert not data[at:].strip(b" \r\n")


def test_a_stray_quote_costs_one_row() -> None:
    header = [f"c{number}" for number in range(3)]
    good = [f'"{number}","a ""b"" {number}","x\ny"\n' for number in range(6)]
    for damage in ('"2","a b,"x"\n', '"2","a"b","x"\n', '"2"\n', '"2","a","b","c"\n', '2,"a\n', "\n2\n"):
        data = (",".join(header) + "\n" + "".join([*good[:2], damage, *good[3:]])).encode()
        found = list(rows(data, 9, b",", 3))
        assert [texts(row)[0] for row in found if row.cells] == ["0", "1", "3", "4", "5"], damage
        bad = [row for row in found if row.cells is None]
        assert [data[row.start : row.end].decode().strip() for row in bad] == [damage.strip()]


@pytest.mark.parametrize("write", [athena, lambda: whole_table("eventjson", quoting=csv.QUOTE_ALL)])
def test_a_table_cut_at_any_byte(write: object) -> None:
    data = write()  # type: ignore[operator]
    ends = [end for _, end in decode(data, "x").spans]
    for size in range(len(data) // 3, len(data), 7):
        found = decode(data[:size], "x")
        # A row that ends in an empty cell is whole already once the comma before it is there.
        comma = [end - 2 for end in ends if data[end - 3 : end] == b',""']
        whole = len(found.records) - sum(issue.index is not None for issue in found.issues)
        assert whole == sum(end <= size for end in ends) + (size in comma)
        at_a_row_end = size in comma or any(0 <= size - end <= 1 for end in ends)
        assert [issue.kind for issue in found.issues] == ([] if at_a_row_end else [IssueKind.SYNTAX])


def test_bad_rows_are_told_with_their_place_and_the_rest_goes_on() -> None:
    data = whole_table("eventjson", quoting=csv.QUOTE_ALL)
    start, end = decode(data, "x").spans[2]
    broken = data[:start] + b'"2","{""eventID"": oops' + data[end:]
    found = decode(broken, "x")
    assert len(found.records) == 4
    assert [(issue.kind, issue.offset) for issue in found.issues] == [(IssueKind.SYNTAX, start)]


def test_rows_that_are_not_utf8_are_kept_and_told() -> None:
    data = table(["eventid", "eventname", "eventtime"], [["1", "a\u00e9b", "2024-05-01T00:00:00Z"], ["2", "c", "t"]])
    found = decode(data.replace("\u00e9".encode(), b"\xe9"), "x")
    assert [json.loads(record)["eventName"] for record in found.records] == ["a\ufffdb", "c"]
    assert [(issue.kind, issue.index) for issue in found.issues] == [(IssueKind.INVALID_UTF8, 0)]


def test_what_does_not_belong_into_a_row_is_told() -> None:
    data = table(["eventid", "eventname", "eventtime"], [["1", "a\0b", "2024-05-01T00:00:00Z"]])
    found = decode(data, "x")
    assert json.loads(found.records[0])["eventName"] == "a\0b"
    assert [issue.kind for issue in found.issues] == [IssueKind.ENCODING]
    for text in ('"a text"', "[1]", '{"a":1}', ""):
        assert [issue.kind for issue in decode(table(["n", "eventjson"], [[1, text]]), "x").issues] == [
            IssueKind.SYNTAX
        ]


def test_other_delimiters_and_the_line_that_declares_them() -> None:
    header = ["Event ID", "Event name", "Event time"]
    values = [["1", "a;b", "2024-05-01T00:00:00Z"]]
    for delimiter in ",;\t|":
        found = decode(table(header, values, delimiter=delimiter), "x")
        assert json.loads(found.records[0]) == {"eventID": "1", "eventName": "a;b", "eventTime": "2024-05-01T00:00:00Z"}
    found = decode(b"\xef\xbb\xbfsep=;\r\n" + table(header, values, delimiter=";"), "x")
    assert len(found.records) == 1 and not found.issues


def test_a_translated_header_needs_sixteen_columns_and_a_guid() -> None:
    names = [f"Titre {number}" for number in range(16)]
    row = console_row(RECORDS[0])
    assert len(decode(table(names, [row]), "x").records) == 1
    assert decode(table(names, [[*row[:11], "x", *row[12:]]]), "x").records == []
    assert decode(table(names[:15], [row[:15]]), "x").records == []


@pytest.mark.parametrize(
    "data",
    [
        b'"eventjson","n"\n' + b'"a\n' * 200_000,
        b'"eventjson","n"\n' + b'"a""\n' * 200_000,
        b'"eventjson","n"\n' + b'"' * 500_000,
        b'eventjson,n\n"' + b"a\n" * 300_000,
        b"eventid,eventname,eventtime\n" + b"\n" * 1_000_000,
        b"eventid,eventname,eventtime\n" + b"{['" * 300_000,
        b"eventid,eventname,eventtime\n1,2," + b"{[" * 100_000 + b"\n",
        b"2024-05-01T00:00:00Z {" * 40_000,
        b"2024-05-01T00:00:00Z {\n" * 40_000,
    ],
    ids=["open", "doubled", "quotes", "swallow", "blank", "literal", "deep", "stamps", "lines"],
)
def test_hostile_tables_end(data: bytes) -> None:
    started = time.process_time()
    found = decode(data, "x")
    assert found.issues or len(found.records) == 1
    assert time.process_time() - started < 10, "the search must not be quadratic"
