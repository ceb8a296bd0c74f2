"""Times as people type them and as records say them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.errors import LensError
from ctwork.model.instant import MAX_MS, MIN_MS, event_time_ms, format_instant, parse_instant, parse_relative


def ms(*parts: int) -> int:
    return int(datetime(*parts, tzinfo=UTC).timestamp() * 1000)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2023", ms(2023, 1, 1), ms(2024, 1, 1)),
        ("2024", ms(2024, 1, 1), ms(2025, 1, 1)),
        ("2024-02", ms(2024, 2, 1), ms(2024, 3, 1)),
        ("2023-12", ms(2023, 12, 1), ms(2024, 1, 1)),
        ("2023-07-10", ms(2023, 7, 10), ms(2023, 7, 11)),
        ("20230710", ms(2023, 7, 10), ms(2023, 7, 11)),
        ("2023-07-10T12", ms(2023, 7, 10, 12), ms(2023, 7, 10, 13)),
        ("2023-07-10 12:30", ms(2023, 7, 10, 12, 30), ms(2023, 7, 10, 12, 31)),
        ("2023-07-10T12:30:15Z", ms(2023, 7, 10, 12, 30, 15), ms(2023, 7, 10, 12, 30, 16)),
        ("20230710T123015Z", ms(2023, 7, 10, 12, 30, 15), ms(2023, 7, 10, 12, 30, 16)),
        ("2023-07-10T12:30:15.2", ms(2023, 7, 10, 12, 30, 15) + 200, ms(2023, 7, 10, 12, 30, 15) + 300),
        ("2023-07-10T12:30:15.250Z", ms(2023, 7, 10, 12, 30, 15) + 250, ms(2023, 7, 10, 12, 30, 15) + 251),
        ("2023-07-10T12:30:15.250999Z", ms(2023, 7, 10, 12, 30, 15) + 250, ms(2023, 7, 10, 12, 30, 15) + 251),
        ("2023-07-10T12+02:00", ms(2023, 7, 10, 10), ms(2023, 7, 10, 11)),
        ("2023-07-10T12:30-0530", ms(2023, 7, 10, 18), ms(2023, 7, 10, 18, 1)),
        ("2023-07-10T00:30+01", ms(2023, 7, 9, 23, 30), ms(2023, 7, 9, 23, 31)),
        ("1969-12-31T23:59:59Z", -1000, 0),
        ("9999", ms(9999, 1, 1), MAX_MS),
    ],
)
def test_a_time_covers_what_it_names(text: str, start: int, end: int) -> None:
    assert parse_instant(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "column", "title"),
    [
        ("", 0, "A time is missing"),
        ("yesterday", 0, "This is not a time: yesterday"),
        ("2023-13", 5, "There is no month 13"),
        ("2023-00", 5, "There is no month 00"),
        ("2023-02-29", 8, "There is no day 29"),
        ("2023-07-10T24", 11, "There is no hour 24"),
        ("2023-07-10T12:60", 14, "There is no minute 60"),
        ("2023-07-10T12:00:60", 17, "There is no second 60"),
        ("20231301", 4, "There is no month 13"),
        ("0000-01-01", 0, "There is no year 0000"),
        ("2023-07-10T12+25:00", 13, "There is no offset +25:00"),
        ("0001-01-01T00:00+14:00", 0, "This is not a time: 0001-01-01T00:00+14:00"),
        ("2023-7-10", 0, "This is not a time: 2023-7-10"),
        ("2023-07-10T", 0, "This is not a time: 2023-07-10T"),
        ("2023-07-10Z", 0, "This is not a time: 2023-07-10Z"),
        ("٢٠٢٣-07-10", 0, "This is not a time: ٢٠٢٣-07-10"),
        (" 2023", 0, "This is not a time:  2023"),
    ],
)
def test_no_calendar_has_it(text: str, column: int, title: str) -> None:
    with pytest.raises(LensError) as caught:
        parse_instant(text)
    assert (caught.value.column, caught.value.title) == (column, title)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2013-11-02T01:06:28Z", ms(2013, 11, 2, 1, 6, 28)),
        ("20131102T010628Z", ms(2013, 11, 2, 1, 6, 28)),
        ("2022-05-19 21:51:39.000", ms(2022, 5, 19, 21, 51, 39)),
        ("2022-02-08 09:23:37+11:00", ms(2022, 2, 7, 22, 23, 37)),
        ("2022-02-08T09:23:37.123456Z", ms(2022, 2, 8, 9, 23, 37) + 123),
        (" 2022-02-08T09:23Z\n", ms(2022, 2, 8, 9, 23)),
        ("2022-02-08", None),
        ("2022-02-08T09", None),
        ("2022-02-30T09:23:37Z", None),
        ("1644276217", None),
        ("", None),
        ("not a time", None),
        ("2022-02-08T09:23:37ZZ", None),
    ],
)
def test_what_a_record_says(text: str, instant: int | None) -> None:
    assert event_time_ms(text) == instant


def test_relative_times_need_a_now() -> None:
    now = ms(2023, 7, 10)
    assert parse_relative("now", now) == now
    assert parse_relative("-24h", now) == ms(2023, 7, 9)
    assert parse_relative("-1d12h", now) == ms(2023, 7, 8, 12)
    assert parse_relative("-90m", now) == ms(2023, 7, 9, 22, 30)
    assert parse_relative("-2w", now) == ms(2023, 6, 26)
    assert parse_relative("-999999999w", now) == MIN_MS


@pytest.mark.parametrize("text", ["24h", "-24", "-h", "-1y", "", "-", "yesterday", "2023-07-10"])
def test_what_is_not_relative(text: str) -> None:
    with pytest.raises(LensError, match="not a time before now"):
        parse_relative(text, 0)


@given(st.integers(MIN_MS, MAX_MS))
def test_a_written_instant_reads_back(instant: int) -> None:
    text = format_instant(instant)
    assert parse_instant(text)[0] == instant
    assert event_time_ms(text) == instant


def test_milliseconds_are_written_only_where_there_are_any() -> None:
    assert format_instant(ms(2023, 7, 10)) == "2023-07-10T00:00:00Z"
    assert format_instant(ms(2023, 7, 10) + 5) == "2023-07-10T00:00:00.005Z"
    with pytest.raises(OverflowError):
        format_instant(MAX_MS + 1)


@given(st.text(max_size=30) | st.text("0123456789-:.TZ+ ", max_size=30))
def test_any_text_is_a_time_or_is_not(text: str) -> None:
    event_time_ms(text)
    try:
        start, end = parse_instant(text)
    except LensError as error:
        assert 0 <= error.column <= len(text)
    else:
        assert MIN_MS <= start <= end <= MAX_MS
