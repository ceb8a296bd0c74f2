"""An opening case over real loads: events before the load is done, and the same event found in every store."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ctwork.case.case import Case, find_case
from ctwork.case.opening import EmptyView, Opening
from ctwork.config import LoadSettings
from ctwork.model.lens import Lens
from ctwork.store.load import Plan
from ctwork.model.shown import Progress
from store.build import event_id, record, write_trail

pytestmark = pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
_PATIENCE_S = 30


def _case(source: Path, folder: Path) -> Case:
    return find_case((str(source),), folder, lambda sources: Plan(sources, settings=LoadSettings(workers=1)))


def _never() -> bool:
    return False


def _until(opening: Opening, reached: Callable[[Progress], bool]) -> Progress:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        progress = opening.poll()
        if reached(progress):
            return progress
        time.sleep(0.01)
    raise AssertionError(f"not reached: {opening.progress}")


def _done(progress: Progress) -> bool:
    return progress.done


@pytest.fixture
def opened() -> Iterator[Callable[[Case], Opening]]:
    """Opens cases and ends their loaders afterwards."""
    all_opened: list[Opening] = []

    def opening(case: Case) -> Opening:
        all_opened.append(Opening(case))
        return all_opened[-1]

    yield opening
    for one in all_opened:
        one.close()


@pytest.fixture
def evidence(tmp_path: Path) -> Path:
    write_trail(tmp_path / "logs" / "a.json", [record(n, errorCode="AccessDenied" if n == 7 else ...) for n in range(10)])
    write_trail(tmp_path / "logs" / "b.json", [record(3)])
    return tmp_path / "logs"


def test_before_anything_is_read_there_is_an_empty_view(
    evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]
) -> None:
    opening = opened(_case(evidence, tmp_path / "case"))
    view = opening.select(Lens.parse("s3"), _never)
    assert (view.total, list(view.page(0, 10)), view.position(5), view.next_error(0, 1)) == (0, [], None, None)
    assert view.histogram(10).counts == ()
    assert view.lens == Lens.parse("s3")


def test_a_first_load_ends_with_every_event(evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    opening = opened(_case(evidence, tmp_path / "case"))
    progress = _until(opening, _done)
    assert (progress.records, progress.unique, progress.copies, progress.lost) == (11, 10, 1, 0)
    view = opening.select(Lens.parse(""), _never)
    assert view.total == 10
    lines = list(view.page(0, 10))
    assert [line.event for line in lines] == ["GetObject"] * 10
    assert lines[3].copies == 2
    assert view.next_error(0, 1) == 7
    assert sum(view.histogram(5).counts) == 10


def test_details_and_positions_of_a_page(evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    opening = opened(_case(evidence, tmp_path / "case"))
    _until(opening, _done)
    view = opening.select(Lens.parse("sort:time:desc"), _never)
    for place, line in enumerate(view.page(0, 10)):
        assert view.position(line.row) == place
        detail = opening.detail(line.row)
        assert detail.document["eventID"] == event_id(9 - place)
        assert detail.problem == ""


def test_a_second_opening_shows_the_store_at_once_and_then_what_is_new(
    evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]
) -> None:
    _case(evidence, tmp_path / "case").refresh(lambda progress: None)
    write_trail(evidence / "c.json", [record(100)])
    opening = opened(_case(evidence, tmp_path / "case"))
    progress = _until(opening, lambda progress: progress.done and progress.unique == 11)
    assert opening.select(Lens.parse(""), _never).total == 11
    assert progress.records == 12


def test_an_event_is_found_again_in_a_later_store(
    evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]
) -> None:
    """Rows move when older events come in; the number given out before still means the same event."""
    case = _case(evidence, tmp_path / "case")
    case.refresh(lambda progress: None)
    opening = opened(case)
    _until(opening, _done)
    before = opening.select(Lens.parse(""), _never)
    rows = [line.row for line in before.page(0, 10)]
    write_trail(evidence / "0.json", [record(0, eventID=event_id(500 + n), eventTime="2020-01-01T00:00:00Z") for n in range(3)])
    again = opened(_case(evidence, tmp_path / "case"))
    _until(again, lambda progress: progress.done and progress.unique == 13)
    # The same stores in one opening: generation 1 before, generation 2 after.
    again._stores[90] = opening._stores[rows[0] >> 40]
    view = again.select(Lens.parse(""), _never)
    for place, row in enumerate(rows):
        assert view.position((90 << 40) | (row & ((1 << 40) - 1))) == place + 3
    assert view.position((91 << 40) | 1) is None


def test_events_are_seen_while_the_load_runs(sample_logs: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    opening = opened(_case(sample_logs, tmp_path / "case"))
    generations: dict[int, int] = {}

    def look(progress: Progress) -> bool:
        view = opening.select(Lens.parse(""), _never)
        generations.setdefault(progress.generation, view.total)
        if view.total:
            assert view.page(view.total - 1, 5)
        return progress.done

    final = _until(opening, look)
    assert final.unique == 7_653
    assert opening.select(Lens.parse(""), _never).total == 7_653
    assert sorted(generations) == list(generations)


def test_stopping_makes_a_store_of_what_was_read(
    sample_logs: Path, tmp_path: Path, opened: Callable[[Case], Opening]
) -> None:
    opening = opened(_case(sample_logs, tmp_path / "case"))
    _until(opening, lambda progress: progress.records > 0)
    opening.stop()
    progress = _until(opening, _done)
    assert 0 < progress.unique <= 7_653
    assert opening.select(Lens.parse(""), _never).total == progress.unique


def test_closing_keeps_the_parts_for_the_next_time(
    sample_logs: Path, tmp_path: Path, opened: Callable[[Case], Opening]
) -> None:
    case = _case(sample_logs, tmp_path / "case")
    opening = opened(case)
    _until(opening, lambda progress: progress.records > 0)
    opening.close()
    os.waitpid(opening._pid, 0)
    final = None
    end = time.monotonic() + _PATIENCE_S
    while final is None and time.monotonic() < end:
        try:
            final = _case(sample_logs, tmp_path / "case").refresh(lambda progress: None) or Progress(unique=7_653)
        except Exception as problem:
            assert "another ctwork" in str(problem)
            time.sleep(0.05)
    assert final is not None
    assert final.unique == 7_653


def test_a_loader_that_dies_is_told(sample_logs: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    opening = opened(_case(sample_logs, tmp_path / "case"))
    os.kill(opening._pid, signal.SIGKILL)
    progress = _until(opening, _done)
    assert "ended before it was done" in progress.message


def test_a_source_that_vanished_is_told(evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    case = _case(evidence, tmp_path / "case")
    evidence.rename(tmp_path / "moved")
    progress = _until(opened(case), _done)
    assert "nothing at" in progress.message


def test_a_damaged_store_is_told(evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    case = _case(evidence, tmp_path / "case")
    case.refresh(lambda progress: None)
    (path,) = case.store.glob("gen-*/hot.seg")
    path.write_bytes(b"damage")
    progress = _until(opened(case), _done)
    assert "damaged" in progress.message
    assert "--fresh" in progress.message


def test_an_answer_nobody_waits_for_is_empty(evidence: Path, tmp_path: Path, opened: Callable[[Case], Opening]) -> None:
    opening = opened(_case(evidence, tmp_path / "case"))
    _until(opening, _done)
    assert isinstance(opening.select(Lens.parse("s3"), lambda: True), EmptyView)
