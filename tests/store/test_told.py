"""What the end of a load tells: access times that may have moved, and what a stopped fresh load leaves standing."""

import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctwork.config import LoadSettings
from ctwork.model.shown import Progress
from ctwork.store import load
from ctwork.store.load import Loader, Plan
from ctwork.store.manifest import file_rows
from ctwork.store.store import Store
from store.build import record, write_trail

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Three files in two folders, and a zip of two."""
    folder = tmp_path / "evidence"
    write_trail(folder / "a.json.gz", [record(n) for n in range(5)])
    write_trail(folder / "b" / "b.json", [record(n) for n in range(5, 9)])
    write_trail(folder / "b" / "c.json", [record(9)])
    with zipfile.ZipFile(folder / "d.zip", "w") as archive:
        archive.write(folder / "b" / "c.json", "one.json")
        archive.writestr("notes.txt", "nothing")
    return folder


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A system that lets only owners leave access times alone, as seen by somebody else."""
    real: Callable[..., int] = os.open

    def refuse(path: Any, flags: int, *rest: Any, **named: Any) -> int:
        if flags & os.O_NOATIME:
            raise PermissionError(1, "Operation not permitted")
        return real(path, flags, *rest, **named)

    monkeypatch.setattr(os, "open", refuse)


def _load(store: Path, *sources: Path, fresh: bool = False, stop: bool = False) -> None:
    plan = Plan(tuple(map(str, sources)), settings=LoadSettings(workers=1), fresh=fresh)
    loader = Loader(plan, store)

    def watch(progress: Progress) -> None:
        if stop and progress.records:
            loader.stop()

    loader.run(watch)


def _notes(store: Path) -> list[tuple[str, str]]:
    rows = Store.open(store).issues().select("kind", "source", "message").iter_rows()
    return [(source, message) for kind, source, message in rows if kind == "access-time"]


@pytest.mark.usefixtures("strangers")
def test_access_times_that_may_have_moved_are_told_once(evidence: Path, tmp_path: Path) -> None:
    _load(tmp_path / "store", evidence)
    ((source, message),) = _notes(tmp_path / "store")
    assert source == str(evidence)
    assert "4 files and 2 folders" in message
    said = {row["source"]: row["access_time"] for row in file_rows(Store.open(tmp_path / "store"))}
    assert set(said.values()) == {"may have moved"}
    write_trail(evidence / "e.json", [record(30)])
    _load(tmp_path / "store", evidence)
    ((_, message),) = _notes(tmp_path / "store")
    assert "5 files and 2 folders" in message, "files of the first load count as well"


@pytest.mark.usefixtures("strangers")
def test_a_single_file_is_told_once_however_often_it_is_loaded(evidence: Path, tmp_path: Path) -> None:
    file = evidence / "a.json.gz"
    for _ in range(2):
        _load(tmp_path / "store", file)
        assert [message[:60] for _, message in _notes(tmp_path / "store")] == [
            "Reading may have moved the access times of 1 files and 0 fold"[:60]
        ]
        write_trail(evidence / "a.json.gz", [record(40)])


def test_an_owner_leaves_no_trace(evidence: Path, tmp_path: Path) -> None:
    files = [path for path in evidence.rglob("*") if path.is_file()]
    before = [path.stat().st_atime_ns for path in files]
    _load(tmp_path / "store", evidence)
    assert not _notes(tmp_path / "store")
    assert {row["access_time"] for row in file_rows(Store.open(tmp_path / "store"))} == {"kept"}
    assert [path.stat().st_atime_ns for path in files] == before


def test_a_fresh_load_that_is_stopped_keeps_what_it_has_not_read_again(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store"
    _load(store, evidence)
    whole = Store.open(store).summary()["records"]
    (evidence / "b" / "b.json").unlink()
    for number in range(100):
        write_trail(evidence / f"n{number}.json", [record(100 + number)])
    write_trail(evidence / "z.json", [record(500)])
    monkeypatch.setattr(load, "_FIRST_BATCH", 1)
    monkeypatch.setattr(load, "_REPORT_S", 0.0)
    _load(store, evidence, fresh=True, stop=True)
    stopped = Store.open(store)
    assert not stopped.meta["complete"]
    assert stopped.summary()["records"]["unique"] >= whole["unique"]
    write_trail(evidence / "a.json.gz", [record(0, eventName="Changed")])
    _load(store, evidence)
    rows = Store.open(store).issues().select("kind", "source").iter_rows()
    assert {("vanished", "b/b.json"), ("changed-since-last-load", "a.json.gz")} <= set(rows)


def test_a_file_of_a_nested_archive_counts_once(evidence: Path, tmp_path: Path) -> None:
    """There is something to say about one member's name and about bytes in front; neither is a file more."""
    with zipfile.ZipFile(evidence / "inner.run", "w") as archive:
        archive.write(evidence / "b" / "c.json", "../one.json")
    (evidence / "inner.run").write_bytes(b"#!/bin/sh\n" + (evidence / "inner.run").read_bytes())
    _load(tmp_path / "store", evidence)
    rows = [row for row in file_rows(Store.open(tmp_path / "store")) if row["source"].startswith("inner.run")]
    assert [(row["source"], row["state"], row["reasons"]) for row in rows] == [
        ("inner.run", "with-issues", ["trailing-data"]),
        ("inner.run!../one.json", "read", ["odd-name"]),
    ]
