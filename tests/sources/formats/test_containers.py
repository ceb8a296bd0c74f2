"""The same records come out of every container, and each container is claimed by the format that is meant for it."""

import gzip
import json
import lzma
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard
from containers import CONTAINERS, RECORDS, Container

from ctwork.resources import toml_table
from ctwork.sources.archive import archive_kind, members_in
from ctwork.sources.base import DEFAULT_BOUNDS, Issue
from ctwork.sources.decode import decode, record_at
from ctwork.sources.harvest import FULL, LOSSY, Decoded
from ctwork.sources.inflate import inflate
from ctwork.sources.jsonhead import head_of
from ctwork.sources.scan import blank_end, value_end
from ctwork.sources.sniff import FORMATS, STREAMS
from tests.sources.trail_sample import tarred, zipped

every = pytest.mark.parametrize("container", CONTAINERS, ids=lambda container: f"{container.number}-{container.name}")


def read(data: bytes) -> Decoded:
    inflated = inflate(data)
    found = decode(bytes(inflated.data), "evidence")
    return Decoded(
        found.container,
        found.fidelity,
        found.records,
        found.spans,
        found.bystander,
        [*inflated.problems, *found.issues],
    )


@every
def test_the_same_events_come_out(container: Container) -> None:
    found = read(container.write())
    assert [issue.kind for issue in found.issues] == container.told
    assert found.bystander is None
    assert found.fidelity == container.fidelity
    records = {record["eventID"]: record for record in map(json.loads, found.records)}
    assert len(found.records) == len(records) == len(RECORDS)
    for expected in RECORDS:
        record = records[expected["eventID"]]
        if container.holds is None:
            assert record == expected
        else:
            held = container.holds(expected)
            assert {key: record.get(key) for key in held} == held


@every
def test_lossy_records_say_nothing_of_their_own(container: Container) -> None:
    if container.fidelity != LOSSY:
        return
    expected = {record["eventID"]: record for record in RECORDS}
    for record in map(json.loads, read(container.write()).records):
        whole = expected[record["eventID"]]
        for path, value in leaves(record):
            if path == ("resources",):
                pairs = zip(value, whole["resources"], strict=True)
                assert all(item.items() <= original.items() for item, original in pairs)
            else:
                assert known(whole, path) == value, path
        order = toml_table("record.toml")["members"]
        assert list(record) == sorted(record, key=order.index)


def leaves(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(node, dict):
        for key, value in node.items():
            yield from leaves(value, (*path, key))
    else:
        yield path, node


def known(node: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


@every
def test_spans_lie_where_the_records_do(container: Container) -> None:
    stream = bytes(inflate(container.write()).data)
    found = decode(stream, "evidence")
    assert found.coverage.unaccounted == found.coverage.reported == 0
    assert found.coverage.records + found.coverage.structure == len(stream)
    for index, (record, (start, end)) in enumerate(zip(found.records, found.spans, strict=True)):
        assert 0 <= start < end <= len(stream)
        if container.fidelity == FULL:
            assert stream[start:end] == record
        assert record_at(stream, "evidence", index) == (record, start, end)


def documents(data: bytes) -> Iterator[bytes]:
    at = blank_end(data, 0)
    while at < len(data):
        end = value_end(data, at)
        yield data[at:end]
        at = blank_end(data, end)


@every
def test_only_the_intended_format_claims_it_first(container: Container) -> None:
    stream = bytes(inflate(container.write()).data)
    if container.documents:
        for document in documents(stream):
            head = head_of(document, 0, len(document))
            assert head is not None
            claims = [form.name for form in FORMATS if form.claims(document, head)]
            assert claims[0] == container.claimed
    else:
        assert decode(stream, "evidence").container == container.claimed


def test_every_number_of_the_fact_sheet_has_a_fixture() -> None:
    read_as_records = {container.number for container in CONTAINERS}
    told_as_bystanders = {2, 4, 17, 23}
    assert read_as_records | told_as_bystanders == set(range(1, 25))
    assert len(STREAMS) == 3


LAYERS = {
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "zstd": zstandard.ZstdCompressor().compress,
    "xz": lzma.compress,
    "zip": lambda data: zipped({"folder/file.bin": data}),
    "tar": lambda data: tarred({"folder/file.bin": data}),
}


def opened(data: bytes, depth: int = 0) -> Iterator[Decoded]:
    content = bytes(inflate(data).data)
    if archive_kind(content[:512]):
        for item in members_in(content, "outer", DEFAULT_BOUNDS, depth + 1):
            assert not isinstance(item, Issue)
            yield from opened(item[1], depth + 1)
    else:
        yield decode(content, "inner")


@pytest.mark.parametrize("layers", [("gzip", "tar", "zip"), ("zip", "xz"), ("zstd", "tar", "gzip")])
@every
def test_every_container_is_read_inside_archives(container: Container, layers: tuple[str, ...]) -> None:
    data = container.write()
    for layer in layers:
        data = LAYERS[layer](data)
    (found,) = opened(data)
    assert len(found.records) == len(RECORDS)
    assert found.fidelity == container.fidelity


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("name", ["athena", "console-csv", "cloudwatch-export", "eventjson"])
def test_tables_in_utf16(codec: str, name: str) -> None:
    container = next(item for item in CONTAINERS if item.name == name)
    text = container.write().decode()
    data = (b"\xff\xfe" if codec == "utf-16-le" else b"\xfe\xff") + text.encode(codec)
    found, plain = decode(data, "x"), decode(text.encode(), "x")
    assert found.records == plain.records
    assert found.coverage.records + found.coverage.structure == len(data)
    for (start, end), (begin, stop) in zip(found.spans, plain.spans, strict=True):
        assert data[start:end].decode(codec) == text.encode()[begin:stop].decode()
    assert found.fidelity == (LOSSY if container.fidelity == LOSSY else "derived-text")
