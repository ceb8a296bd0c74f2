"""What a file's issues say about its records, and how an event tells of it."""

import gzip
import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.lens import Lens
from ctwork.sources.base import Issue, IssueKind
from ctwork.store.doubt import Doubts
from ctwork.store.store import Store
from store.build import record, store_of

_RECORDS = [json.dumps(record(n)).encode() for n in range(3)]
_LOG = b'{"Records":[' + b",".join(_RECORDS) + b"]}"
_KINDS = st.sampled_from([str(kind) for kind in IssueKind])


@given(st.sets(_KINDS), st.dictionaries(_KINDS, st.sets(st.integers(0, 10_000), min_size=1)))
def test_text_and_parse_are_inverses(whole: set[str], single: dict[str, set[int]]) -> None:
    doubts = Doubts(whole, single)
    assert Doubts.parse(str(doubts)) == doubts


def test_only_what_damages_the_stream_touches_every_record() -> None:
    doubts = Doubts()
    for issue in (
        Issue("x", IssueKind.CRC, ""),
        Issue("x", IssueKind.SYMLINK_OUTSIDE, ""),
        Issue("x", IssueKind.TRAILING_DATA, ""),
        Issue("x", IssueKind.BIGINT, "", index=2),
        Issue("x", IssueKind.FILTERED, "", index=3),
    ):
        doubts.add(issue)
    assert [doubts.of(index) for index in range(4)] == [("crc",), ("crc",), ("bigint", "crc"), ("crc",)]


def _zip_without_directory(content: bytes) -> bytes:
    """Written to a pipe, so that sizes follow the members, and cut before its directory."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

        def seek(self, *_: int) -> int:
            raise OSError

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.json", content)
    return pipe.getvalue().partition(b"PK\x01\x02")[0]


def _store(folder: Path, **files: bytes) -> Store:
    (folder / "e").mkdir()
    for name, content in files.items():
        (folder / "e" / name.replace("_", ".")).write_bytes(content)
    return store_of(folder / "parts", folder / "e")


def _wrong_crc(data: bytes) -> bytes:
    packed = bytearray(gzip.compress(data))
    packed[-8] ^= 1
    return bytes(packed)


def test_events_of_a_damaged_carrier_say_so(tmp_path: Path) -> None:
    store = _store(tmp_path, a_json_gz=_wrong_crc(_LOG))
    rows = np.arange(store.height, dtype=np.uint32)
    assert store.frame.value_lists("issue", rows) == [["crc"]] * 3
    assert [line.issues for line in store.look(Lens()).page(0, 9)] == [("crc",)] * 3
    assert store.detail(0).places[0].issues == ("crc",)
    for text, found in (("issue:crc", 3), ("has:issue", 3), ("issue:truncated", 0), ("!has:issue", 0)):
        assert store.look(Lens.parse(text)).total == found
    (row,) = store.issues().iter_rows(named=True)
    assert (row["in"], row["offset"]) == ("stored", len(_wrong_crc(_LOG)) - 8)


def test_a_whole_copy_stands_before_a_damaged_one(tmp_path: Path) -> None:
    store = _store(tmp_path, a_json_gz=_wrong_crc(_LOG), b_json_gz=gzip.compress(_LOG))
    assert store.height == 3
    assert store.frame.texts("source", np.arange(3, dtype=np.uint32)) == ["b.json.gz"] * 3
    assert [place.issues for place in store.detail(0).places] == [(), ("crc",)]
    assert store.look(Lens.parse("has:issue")).total == 0


@pytest.mark.parametrize("damage", [lambda data: data, lambda data: data[:-60]])
def test_a_zip_without_its_directory_can_be_read_again(tmp_path: Path, damage: object) -> None:
    whole = _zip_without_directory(_LOG)
    store = _store(tmp_path, a_zip=damage(whole), b_json=_LOG)  # type: ignore[operator]
    assert store.height == 3
    assert not store.frame.conflicts
    details = [store.detail(row) for row in range(3)]
    assert [detail.raw for detail in details] == _RECORDS
    assert {detail.problem for detail in details} == {""}
    assert all(place.end > place.start for detail in details for place in detail.places)


def test_a_member_behind_a_damaged_one_is_found_without_a_directory(tmp_path: Path) -> None:
    first, second = _zip_without_directory(_LOG), _zip_without_directory(b"\n".join(_RECORDS))
    broken = first[:60] + b"\xff" * 40 + first[100:]
    store = _store(tmp_path, a_zip=broken + second.replace(b"a.json", b"b.json"))
    assert store.frame.texts("source", np.arange(store.height, dtype=np.uint32)) == ["a.zip!b.json"] * 3
