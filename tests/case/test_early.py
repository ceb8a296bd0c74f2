"""The events shown before there is a store must be those that the store shows afterwards."""

from dataclasses import replace
from pathlib import Path

import pytest
from store.build import blobs_in, columns_of, record, write_trail

from ctwork.case.early import EarlyEvents
from ctwork.model.facet import Facets
from ctwork.model.lens import Lens
from ctwork.sources.base import DEFAULT_BOUNDS
from ctwork.store.early import LIMIT, Early
from ctwork.store.parse import Parser
from ctwork.store.store import Store

SAMPLE = Path(__file__).resolve().parents[2] / "sample_logs" / "AWSLogs"


@pytest.fixture(scope="module")
def sources() -> list[Path]:
    """A few files of the sample, with refused calls, resources, roles and services among their events."""
    return [path for path in sorted(SAMPLE.rglob("*CloudTrail_*.json.gz")) if path.stat().st_size > 3_000][:12]


def _early(*sources: Path) -> tuple[Early, ...]:
    (part,) = Parser("s", DEFAULT_BOUNDS).parse(blobs_in(*sources))
    return tuple(part.early)


def test_early_events_are_those_of_the_store(sources: list[Path], tmp_path: Path) -> None:
    store = Store.of(columns_of(blobs_in(*sources), tmp_path), {})
    events = EarlyEvents(_early(*sources))
    lines = events.view(Lens(), 0).page(0, LIMIT)
    assert len(lines) == min(LIMIT, store.height) > 20
    for number, line in enumerate(lines):
        (row,) = store.find(events.event_id(number))
        (shown,) = store.look(Lens()).page(store.look(Lens()).position(row) or 0, 1)
        assert replace(line, row=0, copies=0) == replace(shown, row=0, copies=0)
        assert events.detail(number) == replace(store.detail(row), places=events.detail(number).places)
        assert events.detail(number).places[0] in store.detail(row).places


def test_a_lens_is_obeyed(sources: list[Path]) -> None:
    events = EarlyEvents(_early(*sources))
    everything, chosen = events.view(Lens(), 5), events.view(Lens.parse("verb:write"), 5)
    assert 0 < chosen.total < everything.total
    assert list(chosen.page(0, 99)) == [line for line in everything.page(0, 99) if line.verb == "write"]
    last = chosen.page(chosen.total - 1, 1)[0]
    assert (chosen.position(last.row), chosen.position(-1), events.view(Lens.parse("ip:0.0.0.1"), 0).position(5)) == (
        chosen.total - 1,
        0,
        None,
    )


def test_errors_are_found_in_both_directions(tmp_path: Path) -> None:
    failed = {"errorCode": "AccessDenied"}
    write_trail(tmp_path / "a.json", [record(n, **(failed if n in (2, 5) else {})) for n in range(8)])
    view = EarlyEvents(_early(tmp_path)).view(Lens(), 0)
    assert [view.next_error(0, 1), view.next_error(2, 1), view.next_error(5, 1)] == [2, 5, None]
    assert [view.next_error(7, -1), view.next_error(2, -1)] == [5, None]


def test_early_values_are_those_of_the_store(sources: list[Path], tmp_path: Path) -> None:
    early = EarlyEvents(_early(*sources))
    total = early.view(Lens(), 0).total
    for column in ("principal", "resource", "eventName"):
        pages = early.view(Lens(), 0).facets(Facets(column), lambda: False)
        assert sum(row.count for row in pages.page(0, pages.total)) >= total
        assert pages.position(pages.page(1, 1)[0].value) == 1
        assert len(pages.portraits(0, 3, 5)) == 3


def test_early_gaps(tmp_path: Path) -> None:
    times = ["2024-01-01T00:00:00Z", "2024-01-01T00:00:01Z", "2024-01-01T01:00:01Z", "x"]
    write_trail(tmp_path / "a.json", [record(n, eventTime=time) for n, time in enumerate(times)])
    view = EarlyEvents(_early(tmp_path)).view(Lens(), 0)
    shown = [line.time_ms for line in view.page(0, 9)]
    behind = shown.index(1_704_070_801_000)
    assert [view.next_gap(0, 1, 60_000), view.next_gap(3, -1, 60_000)] in ([behind, behind], [behind, None])
    assert (view.next_gap(behind, 1, 60_000), view.next_gap(0, 1, 10**8)) == (None, None)


def test_only_the_first_part_tells_and_never_much(tmp_path: Path) -> None:
    write_trail(tmp_path / "a.json", [record(n) for n in range(LIMIT + 5)])
    parser, blobs = Parser("s", DEFAULT_BOUNDS), blobs_in(tmp_path)
    assert [len(part.early) for _ in range(2) for part in parser.parse(blobs)] == [LIMIT, 0]


def test_what_the_plain_reader_refuses_is_left_to_the_store(tmp_path: Path) -> None:
    write_trail(tmp_path / "a.json", [record(1), record(2)])
    good, other = _early(tmp_path)
    events = EarlyEvents((good, replace(other, raw=b"[" * 100_000), replace(other, raw=b"\xff")))
    assert events.view(Lens(), 0).total == 1


def test_the_order_of_the_lens_is_obeyed_as_the_store_does(sources: list[Path], tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json", [record(n, eventName=name) for n, name in enumerate("cabca")])
    store, events = Store.of(columns_of(blobs_in(tmp_path / "e"), tmp_path), {}), EarlyEvents(_early(tmp_path / "e"))
    for asked in ("sort:time:desc", "sort:event", "sort:event:desc"):
        lens = Lens.parse(asked)
        shown = [(line.time_ms, line.event) for line in events.view(lens, 0).page(0, 9)]
        assert shown == [(line.time_ms, line.event) for line in store.look(lens).page(0, 9)], asked
