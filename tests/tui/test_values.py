"""The plain values behind the screens: columns that fit, lenses that follow from keys, a trail that leads back."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.legible import told
from ctwork.model.lens import Lens
from ctwork.tui import clock, intent, ruler
from ctwork.tui.desk import Progress
from ctwork.tui.remark import count_text
from ctwork.tui.trail import Trail
from ctwork.tui.widgets.banner import said as banner
from ctwork.tui.widgets.lens_bar import escaped
from ctwork.tui.widgets.status_line import bar, finished, running
from tests.tui.desk import DONE, HOSTILE, LOADING, FakeDesk, FakeView, Values, hostile_line, line


@given(st.integers(58, 400), st.booleans())
def test_columns_fill_the_line_and_never_overlap(cells: int, dated: bool) -> None:
    slots = ruler.fit(cells, dated=dated)
    end = 0
    for slot in slots:
        assert slot.start >= end
        end = slot.start + slot.width
        assert slot.width >= slot.column.width
    if cells >= 78:
        assert end <= cells


def test_wider_screens_show_more() -> None:
    def titles(cells: int) -> list[str]:
        return [slot.column.title for slot in ruler.fit(cells, dated=False)]

    assert titles(79) == ["time UTC", "principal", "", "event", "resource", "address"]
    assert "region" in titles(120)
    assert {"error", "region", "account"} <= set(titles(160))


@pytest.mark.parametrize(
    ("outcome", "verb", "conflict", "signs"),
    [("ok", "read", False, "   "), ("denied", "write", False, "✗W "), ("throttled", "read", True, "~ ≠"),
     ("failed-login", "write", False, "✗W "), ("", "read", False, "   ")],
)  # fmt: skip
def test_signs_carry_the_meaning(outcome: str, verb: str, conflict: bool, signs: str) -> None:
    assert ruler.signs(replace(line(1), outcome=outcome, verb=verb, conflict=conflict)) == signs


@pytest.mark.parametrize(
    ("name", "cells", "shown"),
    [
        ("444455556666:role/web-app", 25, "444455556666:role/web-app"),
        ("444455556666:role/web-app", 20, "…role/web-app"),
        ("arn:aws:iam::444455556666:role/x", 20, "…role/x"),
        ("arn:aws:s3:::reports/2023/q3.csv", 25, "…reports/2023/q3.csv"),
        ("cloudformation.amazonaws.com", 20, "cloudformation…"),
        ("arn:aws:iam::444455556666:", 5, "arn:aws:iam::444455556666:"),
        ("a plain long name that stays", 5, "a plain long name that stays"),
        ("", 5, ""),
    ],
)
def test_what_tells_least_goes_first(name: str, cells: int, shown: str) -> None:
    assert told(name, cells) == shown


@pytest.mark.parametrize(
    ("name", "cells", "shown"),
    [
        ("444455556666:role/service-role/orders", 14, "…orders"),
        ("444455556666:role/service-role/orders-processor", 14, "orders-processor"),
        ("role/build", 14, "role/build"),
        ("x" * 40 + "/", 14, "x" * 40 + "/"),
        ("x" * 40, 14, "x" * 40),
        ("service:lambda.amazonaws.com", 13, "service:lambda…"),
        ("arn:aws:secretsmanager:us-east-1:444455556666:secret:orders-Ab3xYz", 14, "…orders-Ab3xYz"),
    ],
)
def test_a_long_path_is_told_by_its_last_part(name: str, cells: int, shown: str) -> None:
    assert ruler.named(name, cells) == shown


def test_an_object_keeps_its_bucket() -> None:
    slot = ruler.fit(79, dated=False)[4]
    shown = replace(line(1), target="arn:aws:s3:::reports/2023/07/10/summary.csv", targets=2)
    assert ruler.cell(shown, slot) == "…reports/2023/07/10/summary.csv +1"
    assert ruler.cell(replace(shown, target="arn:aws:iam::444455556666:role/a/b", targets=1), slot) == "…role/a/b"
    assert ruler.cell(replace(shown, target="", targets=0), slot) == "—"


def test_a_missing_time_is_a_dash() -> None:
    untimed = replace(line(1), time_ms=None)
    assert ruler.cell(untimed, ruler.fit(80, dated=False)[0]) == "—"
    assert ruler.value(untimed, "time") == ""
    assert clock.stamp(10**18) == ""


@pytest.mark.parametrize("value", [text for text in HOSTILE if text])
@pytest.mark.parametrize("field", ["principal", "event", "ip", "resource", "error", "session", "userIdentity.arn"])
def test_a_pivot_on_any_value_survives_its_text_form(value: str, field: str) -> None:
    for lens in (intent.only(Lens(), field, value), intent.without(Lens.parse("a OR b"), field, value)):
        assert Lens.parse(str(lens)) == lens
        assert str(lens).isprintable()


@pytest.mark.parametrize("value", [text for text in HOSTILE if text])
def test_a_pivot_means_exactly_the_value(value: str) -> None:
    mine, other = Values(hostile_line(1, value)), Values(line(1))
    assert intent.only(Lens(), "principal", value).matches(mine)
    assert not intent.only(Lens(), "principal", value).matches(other)
    assert intent.without(Lens(), "principal", value).matches(other)


def test_the_time_of_an_event_is_its_second() -> None:
    lens = intent.only(Lens(), "time", "2023-07-10T12:04:11Z")
    assert lens.end_ms is not None and lens.start_ms is not None
    assert lens.end_ms - lens.start_ms == 1000


def test_zooming() -> None:
    near = intent.closer(Lens.parse("principal:root"), 1_000_000_000, 3_600_000)
    assert near.start_ms is not None and near.end_ms is not None
    assert near.end_ms - near.start_ms == 900_000
    assert near.start_ms < 1_000_000_000 < near.end_ms
    far = intent.further(near)
    assert far.start_ms is not None and far.end_ms is not None
    assert far.end_ms - far.start_ms == 3_600_000
    assert str(far.predicate) == str(near.predicate)
    lens = near
    for _ in range(30):
        lens = intent.further(lens)
    assert (lens.start_ms, lens.end_ms) == (None, None)
    smallest = intent.closer(near, 1_000_000_000, 10)
    assert smallest.end_ms is not None and smallest.start_ms is not None
    assert smallest.end_ms - smallest.start_ms == 1000


def test_a_toggle_is_its_own_opposite() -> None:
    start = Lens.parse("principal:root")
    assert intent.toggled(intent.toggled(start, intent.FAILURES), intent.FAILURES) == start


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=12))
def test_the_trail_leads_back_and_forth(texts: list[str]) -> None:
    trail = Trail(Lens())
    for text in texts:
        trail = trail.to(Lens.parse(text))
    end = trail
    while trail.past:
        trail = trail.back()
    assert trail.now == Lens()
    while trail.future:
        trail = trail.forth()
    assert trail == end
    assert Trail(Lens()).back() == Trail(Lens()).forth() == Trail(Lens())


def test_counts_say_at_least_while_loading() -> None:
    desk = FakeDesk()
    some = FakeView(desk, Lens.parse("verb:write"), range(1204))
    assert count_text(some, DONE, busy=False) == "1,204 of 30,477"
    assert count_text(FakeView(desk, Lens(), range(30477)), DONE, busy=False) == "30,477 events"
    assert count_text(some, LOADING, busy=True) == "at least 1,204 of 12,204 …"
    assert count_text(None, DONE, busy=True) == "…"
    assert count_text(None, DONE, busy=False) == "—"


def test_the_load_is_told_and_its_issues_stay() -> None:
    def said(progress: Progress, wide: bool) -> str:
        return "".join(text for text, _ in running(progress, wide=wide))

    assert said(LOADING, False) == "██▁▁▁▁ ⚠ 3 412/1,024 files · 38 MB/s · 4s"
    assert "⚠ 1 lost ⚠ 2 doubts" in said(LOADING, True)
    assert "14,800 records" in said(LOADING, True)
    assert "412 of 1,024+ files" in said(replace(LOADING, files_total=None), False)
    assert finished(DONE) == []
    assert finished(replace(DONE, lost=2, issues=2)) == [("⚠ 2 lost ", "bold $denied")]
    assert finished(replace(DONE, lost=2, issues=2), told=True) == []
    assert bar(replace(LOADING, files_total=None, bytes_total=None), 6) == "▁" * 6
    for progress in (
        LOADING,
        replace(LOADING, files_read=999_999, files_total=None, files_seen=9_999_999, bytes_read=10**12),
    ):
        assert len(said(progress, False)) <= 60


@pytest.mark.parametrize(
    ("lost", "issues", "cells", "text"),
    [
        (1, 1, 100, " ⚠ 1 loss: some input could not be read — L shows the load report · B folds this line"),
        (3, 15, 60, " ⚠ 3 losses: some input could not be read · 12 doubts"),
        (0, 1, 100, " ⚠ 1 doubt: all was read, but some looks odd — L shows the load report · B folds this line"),
        (0, 2, 12, " ⚠ 2 doubts…"),
    ],
)
def test_the_banner_gives_up_keys_before_counts(lost: int, issues: int, cells: int, text: str) -> None:
    shown = "".join(part for part, _ in banner(replace(DONE, lost=lost, issues=issues), ("L", "B"), cells))
    assert shown.startswith(text.rstrip())
    assert len(shown) <= cells


@pytest.mark.parametrize(("seconds", "text"), [(4.4, "4s"), (200, "3m20s"), (7500, "2h05m"), (-1, "0s")])
def test_countdown(seconds: float, text: str) -> None:
    assert clock.countdown(seconds) == text


@pytest.mark.parametrize(("span", "text"), [(300_000, "5 min"), (86_400_000, "1 d"), (90_000, "90 s"), (250, "250 ms")])
def test_lengths(span: int, text: str) -> None:
    assert clock.length(span) == text


def test_pasted_text_is_spelled_as_the_lens_spells_it() -> None:
    assert escaped("a\u202eb\x1b") == r"a\u{202e}b\u{1b}"
    assert Lens.parse('"' + escaped("a\u202eb") + '"') == Lens.parse('"a\\u{202e}b"')
