"""The original bytes of every record, read again from where they lie; a changed file is told, never passed off."""

import bz2
import gzip
import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ctwork.model.lens import Lens
from ctwork.sources.base import DEFAULT_BOUNDS
from ctwork.store.detail import read_detail
from ctwork.store.reread import blob_of, read_original, record_hashes
from ctwork.store.store import Store
from store.build import blobs_in, record, store_of, write_trail
from store.conftest import Pair

_RECORDS = [json.dumps(record(n, requestParameters={"é": n}), ensure_ascii=False).encode() for n in range(7)]


def _trail(records: list[bytes]) -> bytes:
    return b'{"Records":[' + b" , ".join(records) + b"]}"


def _raws(store: Store) -> list[bytes]:
    return list(store.raw(store.look(Lens())))


def test_every_record_of_real_and_odd_logs_comes_back(pair: Pair) -> None:
    assert _raws(pair.store) == [row.event.raw for row in pair.rows]
    hashes = pair.store.frame.texts("sha256", np.arange(pair.store.height, dtype=np.uint32))
    assert hashes == [hashlib.sha256(row.event.raw).hexdigest() for row in pair.rows]


def test_places_lead_to_the_bytes_in_the_inflated_file(tmp_path: Path) -> None:
    path = tmp_path / "e" / "a.json.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(_trail(_RECORDS)))
    store = store_of(tmp_path / "parts", tmp_path / "e")
    inflated = gzip.decompress(path.read_bytes())
    for row in range(store.height):
        detail = store.detail(row)
        (place,) = detail.places
        assert inflated[place.start : place.end] == detail.raw == _RECORDS[row]
        assert (place.source, place.index, place.fidelity) == ("a.json.gz", row, "full")
        assert place.carrier_sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert place.inflated_sha256 == hashlib.sha256(inflated).hexdigest()
        assert detail.sha256 == hashlib.sha256(_RECORDS[row]).hexdigest()
        assert detail.problem == ""


def _zipped(members: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return whole.getvalue()


def _tarred(members: dict[str, bytes], mode: str = "w") -> bytes:
    whole = io.BytesIO()
    with tarfile.open(fileobj=whole, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return whole.getvalue()


_LOG, _MORE = _trail(_RECORDS[:3]), _trail(_RECORDS[3:])
_CARRIERS = {
    "a.zip": _zipped({"x.json": _LOG, "y.json.gz": gzip.compress(_MORE)}),
    "a.tar": _tarred({"x.json": _LOG, "y.json.gz": gzip.compress(_MORE)}),
    "deep.zip": _zipped(
        {"inner.zip": _zipped({"x.json": _LOG}), "inner.tar": _tarred({"y.json.gz": gzip.compress(_MORE)})}
    ),
    "a.json.bz2": bz2.compress(_trail(_RECORDS)),
    "twice.json.gz": gzip.compress(gzip.compress(_trail(_RECORDS))),
    "lines.jsonl": b"\n".join(_RECORDS),
    "bare.json": b"[" + b",".join(_RECORDS) + b"]",
}


@pytest.mark.parametrize("name", _CARRIERS)
def test_records_come_back_from_every_kind_of_carrier(tmp_path: Path, name: str) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / name).write_bytes(_CARRIERS[name])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert _raws(store) == _RECORDS
    for row in range(store.height):
        assert store.detail(row).problem == ""
        assert store.detail(row).raw == _RECORDS[row]


def _one(tmp_path: Path, suffix: str = ".json") -> tuple[Store, Path]:
    path = write_trail(tmp_path / "e" / f"a{suffix}", _RECORDS)
    return store_of(tmp_path / "parts", tmp_path / "e"), path


def test_a_changed_file_is_told_and_its_bytes_are_shown(tmp_path: Path) -> None:
    store, path = _one(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"aws-cli/2.1", b"aws-cli/9.9"))
    detail = store.detail(2)
    assert "changed since it was loaded" in detail.problem
    assert b"aws-cli/9.9" in detail.raw


def test_a_vanished_file_is_told(tmp_path: Path) -> None:
    store, path = _one(tmp_path)
    path.unlink()
    detail = store.detail(2)
    assert (detail.raw, detail.sha256, detail.document) == (b"", "", None)
    assert "gone" in detail.problem
    assert dict(detail.facts)["what"].startswith("s3:GetObject")


def test_a_shortened_file_no_longer_holds_the_record(tmp_path: Path) -> None:
    store, path = _one(tmp_path)
    write_trail(path, _RECORDS[:2])
    assert "no longer holds" in store.detail(5).problem


def test_a_file_replaced_by_something_else_never_raises(tmp_path: Path) -> None:
    store, path = _one(tmp_path)
    for content in (b"", b"{", b"\x1f\x8b\x08", b"PK\x03\x04", b"\xff" * 100, b'{"Records":[1,2,3,4,5,6]}'):
        path.write_bytes(content)
        assert store.detail(5).problem


def test_the_whole_copy_is_shown_when_another_is_damaged(tmp_path: Path) -> None:
    first = write_trail(tmp_path / "e" / "a.json", _RECORDS[:2])
    write_trail(tmp_path / "e" / "b.json", _RECORDS[:2])
    store = store_of(tmp_path / "parts", tmp_path / "e")
    assert store.height == 2
    first.unlink()
    detail = store.detail(0)
    assert [place.source for place in detail.places] == ["a.json", "b.json"]
    assert detail.raw == _RECORDS[0]
    assert "gone" in detail.problem


def test_hashes_of_what_cannot_be_had_are_empty(tmp_path: Path) -> None:
    store, path = _one(tmp_path)
    entry = store.frame.columns.files.row(0, named=True)
    assert record_hashes(entry, [0, 99], DEFAULT_BOUNDS) == [hashlib.sha256(_RECORDS[0]).digest(), b""]
    assert "no longer holds" in read_original(entry, 99, DEFAULT_BOUNDS).problem
    path.unlink()
    assert record_hashes(entry, [0, 1], DEFAULT_BOUNDS) == [b"", b""]


def test_a_file_row_stands_for_the_blob_it_was_read_from(tmp_path: Path) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a.zip").write_bytes(_CARRIERS["a.zip"])
    write_trail(tmp_path / "e" / "b.json", _RECORDS)
    store = store_of(tmp_path / "parts", tmp_path / "e")
    blobs = {blob.name: blob for blob in blobs_in(tmp_path / "e")}
    found = {row["name"]: blob_of(row) for row in store.frame.columns.files.iter_rows(named=True)}
    assert {name: (blob.path, blob.member, blob.stamp) for name, blob in found.items()} == {
        name: (blob.path, blob.member, blob.stamp) for name, blob in blobs.items()
    }


def test_facts_of_an_event_are_read_from_its_columns(pair: Pair) -> None:
    detail = read_detail(pair.store.frame, 0, DEFAULT_BOUNDS)
    assert [label for label, _ in detail.facts][:4] == ["when", "who", "from", "what"]
