"""Times and ids of a whole batch: the arithmetic gives what the careful reading of each text gives."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.instant import MAX_MS, MIN_MS, event_time_ms, format_instant
from ctwork.store.stamp import NO_TIME, hashed_id, id_halves, id_text, read_ids, read_times
from store.odd import IDS, TIMES

_PLAIN = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31, 23, 59, 59)).map(
    lambda moment: moment.replace(microsecond=0).isoformat() + "Z"
)
_NEARLY = st.builds(
    "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z".format,
    st.integers(0, 9999),
    st.integers(0, 13),
    st.integers(0, 32),
    st.integers(0, 25),
    st.integers(0, 61),
    st.integers(0, 61),
)
_HOSTILE = st.text("0123456789-:TZtz.+é２ ", min_size=0, max_size=41)
_TIMES = st.one_of(st.none(), _PLAIN, _NEARLY, _HOSTILE, st.sampled_from(TIMES))
_UUIDS = st.uuids().map(str)
_ODD_IDS = st.one_of(
    st.none(), st.text("0123456789abcdefg-AFé", max_size=73), _UUIDS.map(str.upper), st.sampled_from(IDS)
)


def _slow_time(text: str | None) -> int:
    time = None if text is None else event_time_ms(text)
    return int(NO_TIME) if time is None or not MIN_MS <= time <= MAX_MS else time


@given(st.lists(_TIMES, max_size=12))
def test_times_of_a_batch_are_those_of_its_texts(texts: list[str | None]) -> None:
    times, odd = read_times(texts)
    assert times.tolist() == list(map(_slow_time, texts))
    for row, text in enumerate(texts):
        readable = text is not None and len(text) == 20 and times[row] != NO_TIME
        assert (row not in odd) == (readable and format_instant(int(times[row])) == text)


@given(st.lists(_PLAIN, min_size=1, max_size=50))
def test_a_batch_of_plain_times_has_no_odd_row(texts: list[str]) -> None:
    times, odd = read_times(texts)
    assert odd == []
    assert list(map(format_instant, times.tolist())) == texts


def test_every_day_of_four_centuries_is_known() -> None:
    first = datetime(1900, 1, 1, tzinfo=UTC)
    days = [(first + timedelta(days=n)).strftime("%Y-%m-%dT00:00:00Z") for n in range(0, 146_100, 7)]
    times, odd = read_times(days)
    assert odd == []
    assert np.all(np.diff(times) == 7 * 86_400_000)


@pytest.mark.parametrize(
    "text", ["2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-04-31T00:00:00Z"]
)
def test_there_is_no_such_day(text: str) -> None:
    times, odd = read_times([text, "2024-02-29T00:00:00Z"])
    assert times[0] == NO_TIME
    assert odd == [0]


@pytest.mark.parametrize(
    "texts",
    [
        ["2024-01-01T00:00:00Z2", "024-01-01T00:00:00Z"],
        ["2024-01-01T00:00:00", "Z2024-01-01T00:00:00Z"],
        ["", "2024-01-01T00:00:00Z2024-01-01T00:00:00Z"],
    ],
)
def test_wrong_lengths_that_add_up_do_not_pass(texts: list[str]) -> None:
    times, odd = read_times(texts)
    assert times.tolist() == list(map(_slow_time, texts))
    assert odd == [0, 1]


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+02:00", "9999-12-31T23:59:59-02:00"])
def test_a_time_out_of_the_years_that_can_be_written_is_none(text: str) -> None:
    assert read_times([text])[0].tolist() == [NO_TIME]


def test_no_texts_are_no_times() -> None:
    assert read_times([])[0].tolist() == []
    assert read_ids([])[0].shape == (0, 2)


@given(st.lists(st.one_of(_UUIDS, _ODD_IDS), max_size=12))
def test_ids_of_a_batch_are_those_of_its_texts(texts: list[str | None]) -> None:
    halves, odd = read_ids(texts)
    for row, text in enumerate(texts):
        pair = tuple(halves[row].tolist())
        if row in odd:
            assert pair == (hashed_id(b"id", text.encode()) if text else (0, 0))
        else:
            assert id_text(*pair) == text
        assert pair == id_halves(text) if text else pair == (0, 0)


@given(st.lists(_UUIDS, min_size=1, max_size=50))
def test_a_batch_of_plain_ids_comes_back(texts: list[str]) -> None:
    halves, odd = read_ids(texts)
    assert odd == []
    assert [id_text(*pair) for pair in halves.tolist()] == texts


@pytest.mark.parametrize("text", [text for text in IDS if read_ids([text])[1]])
def test_what_is_no_lower_case_uuid_is_odd(text: str) -> None:
    assert read_ids([text, "abcdef00-0000-4000-8000-000000000001"])[1] == [0]


def test_lengths_of_ids_that_add_up_do_not_pass() -> None:
    whole = "abcdef00-0000-4000-8000-000000000001"
    assert read_ids([whole + "a", whole[1:]])[1] == [0, 1]


def test_an_id_and_a_content_never_stand_for_each_other() -> None:
    assert hashed_id(b"id", b"x") != hashed_id(b"raw", b"x")
