"""The numbers on each screen are those of its twin on the command line: the real program over the shipped sample."""

import asyncio
import datetime
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from cli.door import ask

from ctwork.case.opening import Opening
from ctwork.cli.options import Choice
from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from ctwork.tui.widgets.facet_table import FacetTable
from ctwork.tui.widgets.histogram_strip import HistogramStrip
from ctwork.tui.widgets.relation_table import RelationTable
from ctwork.tui.widgets.report_head import ReportHead
from ctwork.tui.widgets.twin_pane import TwinPane
from tests.tui.stage import Stage

LENSES = ("", "!outcome:ok", "verb:write", "service:iam outcome:denied", "event:*Secret* OR ip:10.0.0.0/8")
MODES = {"2": "principal", "3": "resource", "4": "ip", "5": "event", "6": "session"}


@pytest.fixture(scope="module")
def case(sample_logs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("twins") / "case"
    assert ask("load", sample_logs, "--case", folder, "--quiet").code in (0, 3)
    return folder


@asynccontextmanager
async def opened(case: Path, lens: str, size: tuple[int, int] = (160, 45)) -> AsyncIterator[Stage]:
    """The workbench on the case, when every event is there."""
    opening = Opening(Choice((str(case),)).find())
    app = Workbench(opening, Lens.parse(lens), title="x", theme_name="dark", ascii_only=False)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            on = Stage(app, pilot)
            for _ in range(600):
                await asyncio.sleep(0.05)
                if app.progress.done and not app.busy and app.view is not None:
                    break
            await calm(on)
            yield on
    finally:
        opening.close()


async def calm(on: Stage) -> None:
    """Until what follows by itself has followed."""
    for _ in range(6):
        await on.settle()
        await asyncio.sleep(0.05)


def iso(time_ms: int) -> str:
    return datetime.datetime.fromtimestamp(time_ms / 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize("lens", LENSES)
async def test_the_count_the_histogram_and_every_pivot(case: Path, lens: str) -> None:
    where = ("--where", lens) if lens else ()
    events = ask("events", case, *where, "--format", "jsonl", "--columns", "eventID").rows
    async with opened(case, lens) as on:
        view = on.app.view
        assert view is not None
        assert view.total == on.page.grid.total == len(events)
        assert f"{len(events):,}" in on.page.bar.query_one("Count").text  # type: ignore[attr-defined]
        shape = on.page.query_one(HistogramStrip).histogram
        assert shape is not None
        bars = ask("timeline", case, *where, "--bucket", f"{shape.bucket_ms // 1000}s", "--format", "jsonl").rows
        counts = {iso(shape.start_ms + place * shape.bucket_ms): count for place, count in enumerate(shape.counts)}
        errors = {iso(shape.start_ms + place * shape.bucket_ms): count for place, count in enumerate(shape.errors)}
        assert {row["start"]: row["count"] for row in bars if row["count"]} == {k: v for k, v in counts.items() if v}
        assert {row["start"]: row["errors"] for row in bars if row["errors"]} == {k: v for k, v in errors.items() if v}
        for key, column in MODES.items():
            await on.press(key)
            await calm(on)
            await same_pivot(on, case, where, column)


async def same_pivot(on: Stage, case: Path, where: tuple[str, ...], column: str) -> None:
    """The rows of the facet on screen are those of ``count --by``."""
    found = ask("count", case, *where, "--by", column, "--format", "jsonl").rows
    table = on.page.query_one(FacetTable)
    source = table._source
    assert source is not None
    rows = source.page(0, source.total)
    twin = {}
    for row in found:
        (name,) = [key for key in row if key not in {"count", "first", "last", "errors", "writes"}]
        twin[row[name] or ""] = (row["count"], row["errors"], row["writes"])
    faces = source.portraits(0, source.total, 1)
    assert {row.value: (row.count, row.errors, face.writes) for row, face in zip(rows, faces, strict=True)} == twin
    texts = [table.render_line(y).text for y in range(1, min(6, len(rows) + 1))]
    for row, text in zip(rows, texts, strict=False):
        assert re.search(rf"(?<![\d,]){row.count:,}(?![\d,])", text), (row, text)


async def test_what_is_around_and_related_and_differs(case: Path) -> None:
    where = "event:(CreateAccessKey OR AssumeRole) outcome:ok"
    ids = [row["eventID"] for row in ask("events", case, "--where", where, "--columns", "eventID").rows[:2]]
    async with opened(case, where) as on:
        await on.until(lambda: on.page.grid.line is not None)
        await on.press("m")
        # A mark is shown when it is on the disk.
        await on.until(lambda: bool(on.app.marks.lines))
        await on.press("down", "R")
        await calm(on)
        table = on.app.screen.query_one(RelationTable)
        twin = ask("related", case, ids[1]).rows
        assert [(each.title, each.value, str(each.lens)) for each in table.relations] == [
            (row["relation"], row["value"], row["lens"]) for row in twin
        ]
        assert [*table.counts.values()] == [f"{row['count']:,}" for row in twin] and len(twin) > 3
        await on.press("escape", "D")
        await calm(on)
        left = on.app.screen.query(TwinPane)[0]
        differing = ask("diff", case, *ids).rows
        assert left.total == len(differing) > 3
        assert f"{len(differing):,} of {len(ask('diff', case, *ids, '--all').rows):,} fields differ" in left.title
        await on.press("escape", "a")
        await calm(on)
        assert on.page.grid.total == len(ask("around", case, ids[1], "--minutes", "5").rows) > 1
        await on.press("a")
        await calm(on)
        assert on.page.grid.total == len(ask("around", case, ids[1], "--minutes", "15").rows)


async def test_the_report_is_the_status(case: Path) -> None:
    status = ask("status", case, "--format", "json").document
    rows = ask("issues", case, "--format", "jsonl").rows
    async with opened(case, "") as on:
        await on.press("L")
        await calm(on)
        head = on.app.screen.query_one(ReportHead)
        said = " ".join(strip.text for strip in head.render_lines(head.size.region))
        for number in (
            status["files"]["seen"], status["files"]["read"], status["records"]["read"], status["records"]["unique"],
            status["records"]["copies"], len(rows),
        ):  # fmt: skip
            assert re.search(rf"(?<![\d,]){number:,}(?![\d,])", said), (number, said)
        assert on.app.screen.query_one("IssueGrid").total == len(rows)  # type: ignore[attr-defined]
        report = on.app.desk.report()
        assert report is not None
        assert {kind.kind: kind.count for kind in report.kinds} == {
            each["kind"]: each["count"] for each in status["issues"]
        }
