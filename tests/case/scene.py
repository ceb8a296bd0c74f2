"""Scenes with an opening case, each played in a fresh interpreter: the loader is forked before polars is there."""

import json
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from store.trail import event_id, record, write_trail

from ctwork.case.case import Case, find_case
from ctwork.case.casebook import Casebook
from ctwork.case.custody import Actor
from ctwork.case.opening import EmptyView, Opening
from ctwork.config import LoadSettings
from ctwork.errors import CaseError, CtworkError, UsageError
from ctwork.model.annotation import Change
from ctwork.model.facet import Facets
from ctwork.model.leave import Leave
from ctwork.model.lens import Lens
from ctwork.model.marked import Subject
from ctwork.model.report import Sieve
from ctwork.model.shown import LineMark, Progress
from ctwork.model.target import ValueTarget
from ctwork.sources.base import Bounds
from ctwork.store.load import Plan

_PATIENCE_S = 30
_ROW = (1 << 40) - 1
SAMPLE = Path(__file__).resolve().parents[2] / "sample_logs"


def _case(source: Path, folder: Path) -> Case:
    assert not {"polars", "numpy", "textual"} & sys.modules.keys()
    return find_case((str(source),), folder / "case", Plan((), settings=LoadSettings(workers=1)))


def _never() -> bool:
    return False


def _done(progress: Progress) -> bool:
    return progress.done


def _until(opening: Opening, reached: Callable[[Progress], bool]) -> Progress:
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        progress = opening.poll()
        if reached(progress):
            return progress
        time.sleep(0.01)
    raise AssertionError(f"not reached: {opening.progress}")


def _evidence(folder: Path) -> Path:
    """Ten events, one denied, one delivered twice."""
    if not (folder / "logs").exists():
        failed = {"errorCode": "AccessDenied"}
        write_trail(folder / "logs" / "a.json", [record(n, **(failed if n == 7 else {})) for n in range(10)])
        write_trail(folder / "logs" / "b.json", [record(3)])
    return folder / "logs"


def first_load(folder: Path) -> None:
    opening = Opening(_case(_evidence(folder), folder))
    early = opening.select(Lens.parse("s3"), _never)
    assert (early.total, list(early.page(0, 10)), early.position(5), early.next_error(0, 1)) == (0, [], None, None)
    assert (early.facets(Facets("ip"), _never).total, early.next_gap(0, 1, 1), opening.suggest("", "s", 3)) == (
        0,
        None,
        (),
    )
    assert (early.histogram(10).counts, early.lens) == ((), Lens.parse("s3"))
    progress = _until(opening, _done)
    assert (progress.records, progress.unique, progress.copies, progress.lost) == (11, 10, 1, 0), progress
    view = opening.select(Lens.parse(""), _never)
    lines = list(view.page(0, 20))
    assert (view.total, [line.copies for line in lines]) == (10, [1, 1, 1, 2, 1, 1, 1, 1, 1, 1])
    assert (view.next_error(0, 1), sum(view.histogram(5).counts)) == (7, 10)
    assert isinstance(opening.select(Lens.parse("s3"), lambda: True), EmptyView)
    pages = view.facets(Facets("outcome"), _never)
    assert [(row.value, row.count, row.errors) for row in pages.page(0, 5)] == [("ok", 9, 0), ("denied", 1, 1)]
    assert [sum(portrait.trend) for portrait in pages.portraits(0, 5, 4)] == [9, 1]
    assert (pages.position("denied"), view.next_gap(0, 1, 10**12)) == (1, None)
    assert view.facets(Facets("requestParameters"), lambda: True).total == 0
    assert [each.value for each in opening.suggest("outcome", "deni", 3)] == ["denied"]
    backwards = opening.select(Lens.parse("sort:time:desc"), _never)
    for place, line in enumerate(backwards.page(0, 10)):
        detail = opening.detail(line.row)
        assert backwards.position(line.row) == place
        assert (detail.document["eventID"], detail.problem) == (event_id(9 - place), "")


def the_load_is_told(folder: Path) -> None:
    logs = folder / "odd"
    write_trail(logs / "a.json", [record(1), b"17", record(2)])
    write_trail(logs / "b.json", [record(2), record(1, userAgent="other")])
    opening = Opening(_case(logs, folder / "told"))
    assert (opening.report(), opening.issues(Sieve()).total) == (None, 0)
    assert (opening.issues(Sieve()).position(0), opening.issues(Sieve()).next_loss(0, 1)) == (None, None)
    _until(opening, _done)
    report = opening.report()
    assert report is not None and report.breaches() == () and report.weighing("loss") == 1
    rows = list(opening.issues(Sieve()).page(0, 10))
    assert [(row.kind, row.weight) for row in rows] == [
        ("not-object", "loss"), ("conflict", "doubt"), ("conflict", "doubt"),
    ]  # fmt: skip
    assert b"17" in opening.surroundings(rows[0]).data
    here = opening.event_of(rows[1])
    assert here is not None and opening.event_of(rows[0]) is None
    one, two = opening.rivals(here)
    assert one.row == here and opening.event_of(rows[2]) == two.row
    assert [rival.detail.document["userAgent"] for rival in (one, two)] == ["aws-cli/2.1", "other"]
    view = opening.select(Lens.parse(""), _never)
    assert view.position(two.row) is not None
    # Of a store that is gone, and of the first events, which come before any store.
    assert opening.rivals(99 << 40 | 1) == ()
    early = opening._first.view(Lens.parse(""), 1 << 40)
    assert [rival.row for rival in opening.rivals(early.page(0, 1)[0].row)] in ([one.row, two.row], [two.row, one.row])
    out = folder / "out.csv"
    assert opening.save_issues(str(out)) == 3
    assert out.read_bytes().startswith(b"source,kind,offset,length,index,message,weight,in\r\na.json,not-object,")
    head = json.loads((folder / "out.csv.report.json").read_bytes())["head"]
    assert (head["records"]["read"], head["complete"], head["breaches"]) == (4, True, [])
    assert {kind["kind"]: kind["count"] for kind in head["issues"]} == {"conflict": 2, "not-object": 1}
    for path in (out, logs / "out.csv", folder / "out.xml"):
        before = path.exists() and path.read_bytes()
        try:
            opening.save_issues(str(path))
        except UsageError:
            assert before == (path.exists() and path.read_bytes())
        else:
            raise AssertionError(f"{path} was written")


def unchanged_again(folder: Path) -> None:
    opening = Opening(_case(_evidence(folder), folder))
    progress = _until(opening, _done)
    assert (progress.unique, progress.copies) == (10, 1), progress
    assert opening.select(Lens.parse(""), _never).total == 10


def changed_again(folder: Path) -> None:
    """Rows move when older events come in; a number given out before still means the same event."""
    older = [record(n, eventID=event_id(500 + n), eventTime="2020-01-01T00:00:00Z") for n in range(3)]
    write_trail(_evidence(folder) / "0.json", older)
    opening = Opening(_case(_evidence(folder), folder))
    seen: dict[int, dict[str, int]] = {}

    def look(progress: Progress) -> bool:
        view = opening.select(Lens.parse(""), _never)
        for line in view.page(0, 20):
            seen.setdefault(line.row >> 40, {})[str(line.time_ms)] = line.row
        return progress.done and progress.unique == 13

    _until(opening, look)
    last = opening.select(Lens.parse(""), _never)
    assert last.total == 13
    times = [str(line.time_ms) for line in last.page(0, 20)]
    for rows in seen.values():
        for time_ms, row in rows.items():
            place = last.position(row)
            assert place is not None
            assert times[place] == time_ms
    assert last.position((77 << 40) | 1) is None


def growing(folder: Path) -> None:
    opening = Opening(_case(SAMPLE, folder))
    generations: list[int] = []

    def look(progress: Progress) -> bool:
        view = opening.select(Lens.parse(""), _never)
        assert not view.total or view.page(view.total - 1, 5)
        generations.append(progress.generation)
        return progress.done

    assert _until(opening, look).unique == 7_653
    assert opening.select(Lens.parse(""), _never).total == 7_653
    assert generations == sorted(generations)


def stopped(folder: Path) -> None:
    opening = Opening(_case(SAMPLE, folder))
    _until(opening, lambda progress: progress.records > 0)
    opening.stop()
    progress = _until(opening, _done)
    assert 0 < progress.unique <= 7_653
    assert opening.select(Lens.parse(""), _never).total == progress.unique


def examined(folder: Path) -> None:
    """What the bound has left out is looked into while the old store stands; what was stopped leaves nothing."""
    logs = folder / "logs"
    write_trail(logs / "a.json", [record(1)])
    write_trail(logs / "b.json", [record(2), b'{"eventID":"x","userIdentity":{},"n":1,"n":2}'])
    plan = Plan((), settings=LoadSettings(workers=1))
    opening = Opening(find_case((str(logs),), folder / "case", plan, Bounds(examined_bytes=0)))
    _until(opening, _done)
    before = opening.report()
    assert before is not None and before.account is not None and before.account.examined < before.account.inflated
    (seen,) = opening.select(Lens.parse(""), _never).page(0, 1)
    opening.examine()
    assert opening.poll().examining is not None and opening.poll().done
    opening.stop()
    assert (opening.poll().examining, opening.report()) == (None, before)
    opening.examine()
    generation = opening.poll().generation
    _until(opening, lambda progress: progress.examining is None and progress.generation > generation)
    after = opening.report()
    assert after is not None and after.account is not None and after.account.examined == after.account.inflated
    assert "duplicate-key" in {kind.kind for kind in after.kinds} - {kind.kind for kind in before.kinds}
    assert opening.select(Lens.parse(""), _never).position(seen.row) == 0
    logs.rename(folder / "away")
    try:
        opening.examine()
    except CtworkError:
        return
    raise AssertionError("nothing was there to be read")


def marked(folder: Path) -> None:
    opening = Opening(_case(_evidence(folder), folder))
    _until(opening, _done)
    view = opening.select(Lens.parse(""), _never)
    lines = view.page(0, 20)
    assert (opening.marks.hold().marks, view.next_mark(-1, 1)) == (0, None)
    done = opening.marks.toggle(lines[4].row)
    assert done.said is not None and done.said.bookmark and done.hold.in_hand
    assert [line.row for line in done.lines] == [lines[4].row]
    key = Subject(target=ValueTarget("principal", lines[0].principal))
    opening.marks.mark(key, Change(severity="high", add_tags=("attacker",), note="the key"))
    # The view that was made before shows the marks of now.
    assert [line.mark and line.mark.own for line in view.page(0, 5)] == [False] * 4 + [True]
    assert view.page(0, 1)[0].mark == LineMark(False, "high", "", ("attacker",))
    assert (view.next_mark(-1, 1), view.next_mark(4, 1), view.next_mark(9, -1)) == (4, None, 4)
    assert opening.select(Lens.parse("tag:attacker bookmark:true"), _never).total == 1
    facts = dict(opening.detail(lines[4].row).facts)
    assert facts["mark"] == "high · attacker · the key", facts
    assert [(each.here, each.row is not None) for each in opening.marks.listed()] == [(True, True), (True, False)]
    assert {each.kind for each in opening.marks.deeds(9)} >= {"mark", "begin"}
    assert opening.marks.undo().changed == 1 and opening.marks.redo().changed == 1
    assert [each.folder for each in opening.marks.cases() if each.here] == [str(folder / "case")]


def found_in_another_archive(folder: Path) -> None:
    with ZipFile(folder / "elsewhere.zip", "w") as archive:
        for path in sorted((folder / "logs").iterdir()):
            archive.write(path, f"renamed/{path.name}.json")
    opening = Opening(_case(folder / "elsewhere.zip", folder))
    _until(opening, _done)
    assert opening.marks.hold().marks == 2
    view = opening.select(Lens.parse("bookmark:true"), _never)
    assert (view.total, len(opening.marks.lines())) == (1, 1)
    assert [each.here for each in opening.marks.listed()] == [True, True]
    # What was read is written down when nobody waits for it any more.
    _until(opening, lambda _: [each.kind for each in opening.marks.deeds(9)].count("load") == 2)
    assert opening.marks.deeds(1)[0].payload["sources"] == ["elsewhere.zip"]


def taken_out(folder: Path) -> None:
    opening = Opening(_case(folder / "logs", folder))
    _until(opening, _done)
    from ctwork.case.bundle.checking import check_bundle

    forms = {each.name: each.suffix for each in opening.exports.forms()}
    seen: list[tuple[int, int]] = []
    for marked, events in ((True, 1), (False, opening.select(Lens(), _never).total)):
        for form in ("jsonl", "bundle", "report"):
            path = folder / f"{form}-{marked}{forms[form]}"
            wanted = Leave(Lens(), marked, form, str(path))
            left = opening.exports.leave(wanted, lambda *done: seen.append(done), _never)
            assert (left.name, left.events, left.problems, path.exists()) == (path.name, events, 0, True)
            _refused(lambda wanted=wanted: opening.exports.leave(wanted, lambda *_: None, _never), UsageError)
        checked = check_bundle(folder / f"bundle-{marked}.zip", None, lambda _: None)
        assert checked.is_whole, checked
    wanted = Leave(Lens(), False, "bundle", str(folder / "x.zip"), redact="all")
    _refused(lambda: opening.exports.leave(wanted, lambda *_: None, _never), UsageError)
    assert seen[-1][0] == seen[-1][1]
    assert [each.kind for each in opening.marks.deeds(20)].count("export") == 6
    assert not list(folder.glob(".*partial*"))


def _refused(call: Callable[[], object], why: type[CtworkError]) -> None:
    try:
        call()
    except why:
        return
    raise AssertionError("it was not refused")


def missing_from_other_evidence(folder: Path) -> None:
    write_trail(folder / "other" / "c.json", [record(n) for n in range(20, 25)])
    opening = Opening(_case(folder / "other", folder))
    # The store of before is shown until the new one is there.
    _until(opening, lambda progress: progress.done and progress.unique == 5)
    assert [(each.here, each.row) for each in opening.marks.listed()] == [(False, None), (True, None)]
    assert opening.marks.lines() == ()


def held_by_another(folder: Path) -> None:
    other = Casebook(folder / "case", Actor("bert", "laptop", "test"))
    assert other.take()
    opening = Opening(_case(_evidence(folder), folder))
    _until(opening, _done)
    hold = opening.marks.hold()
    assert (hold.in_hand, hold.holder) == (False, "bert@laptop")
    (line,) = opening.select(Lens.parse(""), _never).page(0, 1)
    for refused in (lambda: opening.marks.toggle(line.row), lambda: opening.marks.take(force=False)):
        try:
            refused()
        except CaseError:
            continue
        raise AssertionError("another has the case in hand")
    assert opening.marks.take(force=True).in_hand
    assert opening.marks.toggle(line.row).changed == 1
    assert opening.marks.deeds(9)[1].kind == "take-over"
    opening.close()
    assert Casebook(folder / "case").standing().holder is None


def a_damaged_journal_hides_no_event(folder: Path) -> None:
    (folder / "case" / "case.db").write_bytes(b"damage" * 2000)
    opening = Opening(_case(_evidence(folder), folder))
    _until(opening, _done)
    view = opening.select(Lens.parse(""), _never)
    assert view.total == 10 and view.page(0, 1)[0].mark is None
    hold = opening.marks.hold()
    assert not hold.in_hand and "damaged" in hold.trouble, hold


def closed(folder: Path) -> None:
    opening = Opening(_case(SAMPLE, folder))
    _until(opening, lambda progress: progress.records > 0)
    opening.close()
    os.waitpid(opening._pid, 0)


def reopened_after_closing(folder: Path) -> None:
    assert list((folder / "case" / "store" / "load").glob("*.part"))
    assert _until(Opening(_case(SAMPLE, folder)), _done).unique == 7_653


def killed(folder: Path) -> None:
    opening = Opening(_case(SAMPLE, folder))
    os.kill(opening._pid, signal.SIGKILL)
    assert "ended before it was done" in _until(opening, _done).message


def vanished(folder: Path) -> None:
    case = _case(_evidence(folder), folder)
    (folder / "logs").rename(folder / "moved")
    assert "nothing at" in _until(Opening(case), _done).message


def damaged(folder: Path) -> None:
    (path,) = (folder / "case" / "store").glob("gen-*/hot.seg")
    path.write_bytes(b"damage")
    progress = _until(Opening(_case(_evidence(folder), folder)), _done)
    assert "damaged" in progress.message, progress
    assert "--fresh" in progress.message


if __name__ == "__main__":
    for scene in sys.argv[2:]:
        globals()[scene](Path(sys.argv[1]))
