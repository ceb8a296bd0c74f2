"""Loading again: only what is new or changed is opened, what vanished is told, and a killed load is taken up again."""

import fcntl
import gzip
import random
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ctwork.config import LoadSettings
from ctwork.errors import CaseError, SourceError
from ctwork.model.shown import Progress
from ctwork.sources.base import Bounds
from ctwork.sources.layout import PathFilter
from ctwork.store import load
from ctwork.store.load import LOAD, Loader, Plan
from ctwork.store.pointer import current_generation
from ctwork.store.store import Store
from store.build import cells, event_id, record, write_trail

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
ROOT = Path(__file__).resolve().parents[2]


def _load(
    store: Path, *sources: Path, fresh: bool = False, workers: int = 1, keep: PathFilter | None = None
) -> Progress:
    plan = Plan(tuple(map(str, sources)), keep or PathFilter(), LoadSettings(workers=workers), fresh=fresh)
    return Loader(plan, store).run(lambda progress: None)


def _said(store: Path) -> dict[str, Any]:
    """What a store says, but for issues, which remember what has vanished."""
    said = cells(Store.open(store))
    del said["issues"]
    return said


def _kinds(store: Path) -> list[tuple[str, str]]:
    return sorted(Store.open(store).frame.columns.issues.select("kind", "source").rows())


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    """Four files; ``c`` repeats two records of ``a`` and disputes a third."""
    folder = tmp_path / "evidence"
    write_trail(folder / "a.json.gz", [record(n) for n in range(5)])
    write_trail(folder / "b.json", [record(n, errorCode="AccessDenied", eventTime="odd") for n in range(5, 9)])
    write_trail(folder / "c.json", [record(1), record(2), record(3, userAgent="other")])
    write_trail(
        folder / "d.json", [record(20, requestParameters={"bucketName": "b"}, resources=[{"ARN": "arn:aws:s3:::b"}])]
    )
    return folder


@pytest.fixture
def loaded(evidence: Path, tmp_path: Path) -> Path:
    _load(tmp_path / "store", evidence)
    return tmp_path / "store"


def _clean(tmp_path: Path, *sources: Path) -> dict[str, Any]:
    _load(tmp_path / "clean", *sources, fresh=True)
    return _said(tmp_path / "clean")


def test_the_final_progress_counts_what_the_store_holds(evidence: Path, tmp_path: Path) -> None:
    seen: list[Progress] = []
    plan = Plan((str(evidence),), settings=LoadSettings(workers=2))
    final = Loader(plan, tmp_path / "store").run(seen.append)
    assert (final.done, final.records, final.unique, final.copies, final.files_read) == (True, 13, 11, 2, 4)
    assert seen[-1] == final
    assert [progress.generation for progress in seen] == sorted(progress.generation for progress in seen)
    assert not (tmp_path / "store" / LOAD).exists()
    assert Store.open(tmp_path / "store").summary()["records"] == {
        "read": 13,
        "unique": 11,
        "copies": 2,
        "conflicts": 1,
    }


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_the_number_of_workers_makes_no_difference(evidence: Path, loaded: Path, tmp_path: Path, workers: int) -> None:
    _load(tmp_path / "other", evidence, workers=workers)
    assert _said(tmp_path / "other") == _said(loaded)


def _add(evidence: Path) -> None:
    write_trail(evidence / "new.json", [record(0), record(30), record(31, eventID=...)])


def _change(evidence: Path) -> None:
    write_trail(evidence / "a.json.gz", [record(1), record(4), record(50)])


def _remove(evidence: Path) -> None:
    (evidence / "b.json").unlink()


def _remove_primary(evidence: Path) -> None:
    (evidence / "a.json.gz").unlink()


def _remove_all_but_one(evidence: Path) -> None:
    for name in ("a.json.gz", "b.json", "d.json"):
        (evidence / name).unlink()


def _damage(evidence: Path) -> None:
    (evidence / "d.json").write_bytes(b'{"Records":[{"eventVersion":"1.08","eventN')


def _everything(evidence: Path) -> None:
    for change in (_add, _change, _remove, _damage):
        change(evidence)


@pytest.mark.parametrize("change", [_add, _change, _remove, _remove_primary, _remove_all_but_one, _damage, _everything])
def test_a_reload_says_what_a_clean_load_says(
    evidence: Path, loaded: Path, tmp_path: Path, change: Callable[[Path], None]
) -> None:
    change(evidence)
    _load(loaded, evidence)
    assert _said(loaded) == _clean(tmp_path, evidence)


def test_many_changes_one_after_another(evidence: Path, loaded: Path, tmp_path: Path) -> None:
    dice = random.Random(7)
    for step in range(6):
        name = dice.choice(("a.json.gz", "b.json", "e.json", "f.json"))
        if dice.random() < 0.3 and (evidence / name).exists():
            (evidence / name).unlink()
        else:
            write_trail(
                evidence / name, [record(dice.randrange(12), eventName=dice.choice("XY")) for _ in range(step + 3)]
            )
        _load(loaded, evidence)
    assert _said(loaded) == _clean(tmp_path, evidence)


def test_vanished_files_are_told_and_stay_told(evidence: Path, loaded: Path) -> None:
    _remove(evidence)
    _load(loaded, evidence)
    assert ("vanished", "b.json") in _kinds(loaded)
    _add(evidence)
    _load(loaded, evidence)
    assert _kinds(loaded).count(("vanished", "b.json")) == 1


def test_the_copy_stands_in_when_its_primary_vanishes(evidence: Path, loaded: Path) -> None:
    before = Store.open(loaded)
    (row,) = before.find(event_id(1))
    assert [place.source for place in before.detail(row).places] == ["a.json.gz", "c.json"]
    _remove_primary(evidence)
    _load(loaded, evidence)
    after = Store.open(loaded)
    (row,) = after.find(event_id(1))
    assert [place.source for place in after.detail(row).places] == ["c.json"]
    assert after.detail(row).problem == ""
    assert after.find(event_id(0)) == []


def test_a_conflict_ends_when_one_side_vanishes(evidence: Path, loaded: Path) -> None:
    assert [kind for kind, _ in _kinds(loaded)].count("conflict") == 2
    _remove_primary(evidence)
    _load(loaded, evidence)
    assert [kind for kind, _ in _kinds(loaded)].count("conflict") == 0


def test_unchanged_files_are_not_opened_again(evidence: Path, loaded: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Counted where it happens: every carrier that is read in the worker leaves a line."""
    log = evidence.parent / "opened.txt"
    import ctwork.store.reading as reading

    real = reading.read_carrier

    def counted(blob: Any, *rest: Any) -> bytes:
        with open(log, "a") as file:
            file.write(blob.name + "\n")
        return real(blob, *rest)

    monkeypatch.setattr(reading, "read_carrier", counted)
    _add(evidence)
    _change(evidence)
    _load(loaded, evidence)
    assert sorted(log.read_text().split()) == ["a.json.gz", "new.json"]


def test_fresh_reads_everything_again(evidence: Path, loaded: Path) -> None:
    _remove(evidence)
    _load(loaded, evidence)
    seen: list[int] = []
    plan = Plan((str(evidence),), settings=LoadSettings(workers=1), fresh=True)
    Loader(plan, loaded).run(lambda progress: seen.append(progress.files_read))
    assert seen[-1] == 3


def _told(store: Path) -> list[tuple[str, str]]:
    kept = ("vanished", "changed-since-last-load")
    rows = Store.open(store).issues().select("kind", "source", "message").iter_rows()
    return sorted((source, message) for kind, source, message in rows if kind in kept)


def test_what_was_told_of_the_sources_survives_every_way_of_loading_again(evidence: Path, loaded: Path) -> None:
    _remove(evidence)
    write_trail(evidence / "c.json", [record(1)])
    _load(loaded, evidence)
    told = _told(loaded)
    assert [source for source, _ in told] == ["b.json", "c.json"]
    _load(loaded, evidence, fresh=True)
    assert _told(loaded) == told
    # A second change does not take the place of the first, and a fresh load compares, too.
    write_trail(evidence / "c.json", [record(2)])
    (evidence / "d.json").unlink()
    _load(loaded, evidence, fresh=True)
    assert [source for source, _ in _told(loaded)] == ["b.json", "c.json", "c.json", "d.json"]
    assert set(told) < set(_told(loaded))
    write_trail(evidence / "c.json", [record(3)])
    _load(loaded, evidence)
    assert [source for source, _ in _told(loaded)] == ["b.json", "c.json", "c.json", "c.json", "d.json"]
    plan = Plan((str(evidence),), settings=LoadSettings(workers=1), bounds=Bounds(ratio=500), fresh=True)
    Loader(plan, loaded).run(lambda progress: None)
    assert len(_told(loaded)) == 5


def test_other_sources_have_another_history(evidence: Path, loaded: Path, tmp_path: Path) -> None:
    _remove(evidence)
    _load(loaded, evidence)
    write_trail(tmp_path / "other" / "z.json", [record(1)])
    _load(loaded, tmp_path / "other", fresh=True)
    assert _told(loaded) == []


def test_a_damaged_store_does_not_keep_a_fresh_load_from_its_work(evidence: Path, loaded: Path) -> None:
    generation = current_generation(loaded)
    assert generation is not None
    (generation / "issues.arrow").write_bytes(b"no table")
    _load(loaded, evidence, fresh=True)
    assert Store.open(loaded).height == 11


def test_nothing_to_read_is_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    _load(tmp_path / "store", tmp_path / "evidence")
    assert Store.open(tmp_path / "store").height == 0


def test_a_source_that_is_not_there_is_told_and_the_next_load_works(evidence: Path, tmp_path: Path) -> None:
    with pytest.raises(SourceError):
        _load(tmp_path / "store", tmp_path / "nowhere")
    assert _load(tmp_path / "store", evidence).unique == 11


def test_two_loads_of_one_store_do_not_meet(evidence: Path, tmp_path: Path) -> None:
    loader = Loader(Plan((str(evidence),), settings=LoadSettings(workers=1)), tmp_path / "store")
    with pytest.raises(CaseError, match="another ctwork is loading"):
        Loader(Plan((str(evidence),)), tmp_path / "store")
    assert loader.run(lambda progress: None).unique == 11


def test_a_store_that_cannot_be_written_is_told(evidence: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CaseError, match="cannot write"):
        Loader(Plan((str(evidence),)), tmp_path / "file" / "store")


def test_files_outside_the_filter_are_never_opened(tmp_path: Path) -> None:
    folder = tmp_path / "AWSLogs" / "111122223333" / "CloudTrail"
    for number, region in enumerate(("us-east-1", "eu-west-1")):
        name = f"111122223333_CloudTrail_{region}_20240101T0000Z_abcdefghijklmnop.json.gz"
        write_trail(folder / region / "2024" / "01" / "01" / name, [record(number, awsRegion=region)])
    final = _load(tmp_path / "store", tmp_path / "AWSLogs", keep=PathFilter(regions=frozenset({"eu-west-1"})))
    assert (final.files_seen, final.unique) == (1, 1)


def test_parts_of_another_plan_are_not_taken_over(evidence: Path, loaded: Path, tmp_path: Path) -> None:
    other = write_trail(tmp_path / "other" / "z.json", [record(99)]).parent
    (loaded / LOAD).mkdir()
    (loaded / LOAD / "plan.json").write_text("{}")
    (loaded / LOAD / "s-000000.part").write_bytes(b"of another time")
    _load(loaded, other)
    assert Store.open(loaded).height == 1


def test_stopping_keeps_what_was_read_and_the_next_load_goes_on(sample_logs: Path, tmp_path: Path) -> None:
    plan = Plan((str(sample_logs),), settings=LoadSettings(workers=1))
    loader = Loader(plan, tmp_path / "store")

    def stop_soon(progress: Progress) -> None:
        if progress.records:
            loader.stop()

    final = loader.run(stop_soon)
    assert final.message == "stopped"
    assert 0 < final.unique < 7_653
    assert not Store.open(tmp_path / "store").meta["complete"]
    assert _load(tmp_path / "store", sample_logs).unique == 7_653


# -- killed in the middle ---------------------------------------------------------------------------------------


def _start(store: Path, source: Path) -> subprocess.Popen[bytes]:
    code = """
import sys
from pathlib import Path
from ctwork.config import LoadSettings
from ctwork.store.load import Loader, Plan
Loader(Plan((sys.argv[2],), settings=LoadSettings(workers=2)), Path(sys.argv[1])).run(lambda progress: None)
"""
    return subprocess.Popen([sys.executable, "-c", code, str(store), str(source)], cwd=ROOT, stderr=subprocess.DEVNULL)


def _kill_when(process: subprocess.Popen[bytes], moment: Callable[[], bool]) -> bool:
    """SIGKILL as soon as `moment` has come; whether it came before the end."""
    while process.poll() is None and not moment():
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


@pytest.fixture(scope="module")
def part_of_the_sample(sample_logs: Path) -> Path:
    """About 1,300 records in 300 files: a load of several parts that takes a second."""
    return sample_logs / "AWSLogs" / "444455556666" / "CloudTrail"


@pytest.fixture(scope="module")
def whole(part_of_the_sample: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    store = tmp_path_factory.mktemp("whole") / "store"
    _load(store, part_of_the_sample, workers=2)
    return _said(store)


def _parts(store: Path, count: int) -> Callable[[], bool]:
    return lambda: len(list((store / LOAD).glob("*.part"))) >= count


def _renewing(store: Path, name: str) -> Callable[[], bool]:
    return lambda: any(store.glob(f"gen-*/{name}"))


@pytest.mark.parametrize("moment", ["lock", "1 part", "hot.seg", "stamps.msgpack.zst"])
def test_a_killed_load_is_taken_up_again(
    part_of_the_sample: Path, tmp_path: Path, whole: dict[str, Any], moment: str
) -> None:
    store = tmp_path / "store"
    reached = {
        "lock": (store / "lock").exists,
        "1 part": _parts(store, 1),
        **{name: _renewing(store, name) for name in ("hot.seg", "stamps.msgpack.zst")},
    }[moment]
    _kill_when(_start(store, part_of_the_sample), reached)
    _wait_for_lock(store)
    _load(store, part_of_the_sample, workers=2)
    assert _said(store) == whole
    folder = current_generation(store)
    assert folder is not None
    assert list(store.glob("gen-*")) == [folder]


def test_the_old_store_opens_after_a_kill(evidence: Path, part_of_the_sample: Path, tmp_path: Path) -> None:
    store = tmp_path / "store"
    copy = tmp_path / "copy"
    shutil.copytree(evidence, copy)
    _load(store, copy)
    before = _said(store)
    shutil.copytree(part_of_the_sample, copy / "more")
    assert _kill_when(_start(store, copy), _parts(store, 1))
    assert _said(store) == before
    _wait_for_lock(store)
    _load(store, copy)
    assert _said(store) == _clean(tmp_path, copy)


@pytest.mark.long
def test_a_load_killed_at_any_time_is_taken_up_again(
    part_of_the_sample: Path, tmp_path: Path, whole: dict[str, Any]
) -> None:
    dice = random.Random(3)
    finished = 0
    for number in range(100):
        store = tmp_path / f"store{number % 3}"
        end = time.monotonic() + dice.random() * 2.5
        _kill_when(_start(store, part_of_the_sample), lambda end=end: time.monotonic() > end)  # type: ignore[misc]
        _wait_for_lock(store)
        if current_generation(store) is not None:
            finished += 1
            assert _said(store) == whole
            shutil.rmtree(store)
    assert finished
    for number in range(3):
        _load(tmp_path / f"store{number}", part_of_the_sample)
        assert _said(tmp_path / f"store{number}") == whole


def _wait_for_lock(store: Path) -> None:
    """A worker that had only just been forked keeps the lock of a killed loader until it sees the closed pipe."""
    end = time.monotonic() + 10
    while time.monotonic() < end and (store / "lock").exists():
        with open(store / "lock") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except OSError:
                time.sleep(0.01)


def test_a_load_that_expands_without_end_stops_reading_and_tells_every_file(
    evidence: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "_FIRST_BATCH", 1)
    for number in range(40):
        (evidence / f"z{number:02}.json.gz").write_bytes(gzip.compress(b'{"Records":[' + b" " * 100_000 + b"]}"))
    bounds = Bounds(load_floor_bytes=200_000)
    Loader(Plan((str(evidence),), PathFilter(), LoadSettings(workers=1), bounds), tmp_path / "store").run(
        lambda _: None
    )
    store = Store.open(tmp_path / "store")
    files, refused = (
        store.summary()["files"],
        dict(store.frame.columns.issues["kind"].value_counts().rows())["too-large"],
    )
    assert files["seen"] == 44 == sum(files[state] for state in ("read", "with_issues", "failed", "skipped"))
    assert 0 < refused == files["failed"] < 40


def test_loading_the_same_again_tells_the_same_and_a_change_by_its_hashes(tmp_path: Path) -> None:
    source, store = tmp_path / "e", tmp_path / "store"
    write_trail(source / "a.json", [record(1)])
    with zipfile.ZipFile(source / "b.zip", "w") as archive:
        archive.writestr("../x.json", (source / "a.json").read_bytes())
    _load(store, source)
    first = _kinds(store)
    assert "odd-name" in dict(first)
    write_trail(source / "c.json", [record(2)])
    _load(store, source)
    assert _kinds(store) == first
    write_trail(source / "a.json", [record(1), record(3)])
    _load(store, source)
    assert [source for kind, source in _kinds(store) if kind == "changed-since-last-load"] == ["a.json"]
