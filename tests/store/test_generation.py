"""A generation on disk: every array comes back, the switch is one rename, damage is told."""

import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ctwork.errors import CaseError
from ctwork.store.generation import load_generation, save_generation, stamps_of
from ctwork.store.pointer import current_generation, read_meta, read_stamps
from ctwork.store.store import Store
from store.build import cells, record, store_of, write_trail
from store.conftest import Pair


def _same(one: Any, other: Any) -> None:
    if isinstance(one, np.ndarray):
        assert one.dtype == other.dtype
        np.testing.assert_array_equal(one, other)
    elif isinstance(one, pl.DataFrame):
        assert_frame_equal(one, other)
    elif isinstance(one, pl.Series):
        assert one.to_list() == other.to_list()
    elif isinstance(one, Mapping):
        assert set(one) == set(other)
        for name in one:
            _same(one[name], other[name])
    elif isinstance(one, tuple):
        assert len(one) == len(other)
        for a, b in zip(one, other, strict=True):
            _same(a, b)
    else:
        for field in dataclasses.fields(one):
            _same(getattr(one, field.name), getattr(other, field.name))


@pytest.fixture
def saved(pair: Pair, tmp_path: Path) -> Path:
    save_generation(tmp_path, pair.store.frame.columns, {"summary": {}})
    return tmp_path


def test_every_array_comes_back(pair: Pair, saved: Path) -> None:
    folder = current_generation(saved)
    assert folder is not None
    _same(pair.store.frame.columns, load_generation(folder))


def test_an_opened_store_says_what_the_made_one_said(pair: Pair, saved: Path) -> None:
    assert cells(Store.open(saved), ["principal", "resource", "eventID"]) == cells(
        pair.store, ["principal", "resource", "eventID"]
    )


def test_an_empty_store_comes_back(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "none.json", [])
    columns = store_of(tmp_path / "parts", tmp_path / "e").frame.columns
    save_generation(tmp_path / "store", columns, {})
    _same(columns, Store.open(tmp_path / "store").frame.columns)


def test_a_new_generation_replaces_the_one_before(pair: Pair, saved: Path) -> None:
    first = current_generation(saved)
    second = save_generation(saved, pair.store.frame.columns, {"more": 1})
    assert current_generation(saved) == second != first
    assert sorted(path.name for path in saved.iterdir()) == ["CURRENT", second.name]
    assert read_meta(second)["more"] == 1


def test_an_unfinished_generation_is_never_in_force(pair: Pair, saved: Path) -> None:
    before = current_generation(saved)
    (saved / "gen-000009").mkdir()
    assert current_generation(saved) == before
    assert save_generation(saved, pair.store.frame.columns, {}).name == "gen-000010"
    assert [path.name for path in saved.glob("gen-*")] == ["gen-000010"]


def test_stamps_are_told_without_opening_the_columns(pair: Pair, saved: Path) -> None:
    folder = current_generation(saved)
    assert folder is not None
    stamps = read_stamps(folder)
    assert stamps == stamps_of(pair.store.frame.columns.files)
    assert len(stamps) == pair.store.frame.columns.files["root"].n_unique()


@pytest.mark.parametrize("content", [b"", b"gen-000042", b"../..", b"\xff\xfe", b"gen-000001/../gen-000001x"])
def test_a_pointer_to_nothing_is_no_store(saved: Path, content: bytes) -> None:
    (saved / "CURRENT").write_bytes(content)
    assert current_generation(saved) is None
    with pytest.raises(CaseError, match="nothing has been loaded"):
        Store.open(saved)


@pytest.mark.parametrize(
    "name", ["hot.seg", "cold.seg", "texts.seg", "files.arrow", "issues.arrow", "odd.arrow", "dictionaries.arrow"]
)
@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "noise"])
def test_a_damaged_store_is_told(tmp_path: Path, name: str, damage: str) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(n, requestParameters={"n": n}) for n in range(300)])
    folder = save_generation(tmp_path / "store", store_of(tmp_path / "parts", tmp_path / "e").frame.columns, {})
    path = folder / name
    data = path.read_bytes()
    path.unlink()
    if damage != "missing":
        path.write_bytes({"empty": b"", "cut": data[: len(data) // 2], "noise": b"\x07" * len(data)}[damage])
    with pytest.raises(CaseError, match=r"damaged"):
        cells(Store.open(tmp_path / "store"))


def test_damage_inside_packed_columns_is_told(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(n, requestParameters={"n": n}) for n in range(300)])
    folder = save_generation(tmp_path / "store", store_of(tmp_path / "parts", tmp_path / "e").frame.columns, {})
    for name in ("cold.seg", "texts.seg"):
        data = bytearray((folder / name).read_bytes())
        data[-len(data) // 2 :] = bytes(len(data) // 2)
        (folder / name).write_bytes(data)
        with pytest.raises(CaseError):
            cells(Store.open(tmp_path / "store"))
