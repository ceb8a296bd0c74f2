"""Segment files: what is written comes back, and a damaged file is said to be damaged."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.errors import CaseError
from ctwork.model.document import NumberText
from ctwork.store.segment import read_segment, write_segment

_ARRAYS = {
    "empty": np.empty(0, np.int64),
    "bytes": np.arange(200, dtype=np.uint8),
    "flags": np.array([True, False, True]),
    "wide": np.array([1, 2**63, 2**64 - 1], np.uint64),
}


@pytest.fixture
def whole(tmp_path: Path) -> Path:
    write_segment(tmp_path / "x.seg", {"n": 7, "texts": ["é", "\u2028"]}, _ARRAYS)
    return tmp_path / "x.seg"


def test_a_segment_comes_back(whole: Path) -> None:
    header, arrays = read_segment(whole)
    assert header == {"n": 7, "texts": ["é", "\u2028"]}
    assert {name: array.tolist() for name, array in arrays.items()} == {n: a.tolist() for n, a in _ARRAYS.items()}
    assert {name: array.dtype for name, array in arrays.items()} == {n: a.dtype for n, a in _ARRAYS.items()}


def test_arrays_are_read_only_and_nothing_partial_is_left(whole: Path) -> None:
    assert not read_segment(whole)[1]["bytes"].flags.writeable
    assert [path.name for path in whole.parent.iterdir()] == ["x.seg"]


def test_the_size_told_is_the_size_on_disk(tmp_path: Path) -> None:
    assert write_segment(tmp_path / "x.seg", {}, _ARRAYS) == (tmp_path / "x.seg").stat().st_size


def test_a_number_in_place_of_a_text_is_kept_as_text(tmp_path: Path) -> None:
    write_segment(tmp_path / "x.seg", {"values": [("a", NumberText("1e3"))]}, {})
    assert read_segment(tmp_path / "x.seg")[0] == {"values": [["a", "1e3"]]}


def test_what_is_no_text_is_no_header(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        write_segment(tmp_path / "x.seg", {"value": object()}, {})


def _damaged(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_file_cut_anywhere_before_its_last_array_is_damaged(whole: Path) -> None:
    data = whole.read_bytes()
    for length in [*range(0, 200, 7), len(data) - 100]:
        with pytest.raises(CaseError):
            read_segment(_damaged(whole, data[:length]))


def test_another_magic_is_damage(whole: Path) -> None:
    with pytest.raises(CaseError, match=r"x\.seg is damaged"):
        read_segment(_damaged(whole, b"ctwseg1\n" + whole.read_bytes()[8:]))


def test_a_missing_file_is_damage(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        read_segment(tmp_path / "none.seg")


@given(at=st.integers(0, 400), bit=st.integers(0, 7))
def test_a_flipped_bit_in_the_head_is_always_told(tmp_path_factory: pytest.TempPathFactory, at: int, bit: int) -> None:
    path = tmp_path_factory.mktemp("bit") / "x.seg"
    write_segment(path, {"n": 7, "filler": "x" * 400}, _ARRAYS)
    data = bytearray(path.read_bytes())
    data[at] ^= 1 << bit
    path.write_bytes(data)
    with pytest.raises(CaseError):
        read_segment(path)
