"""The text of a target is its name: it parses back, whatever stands in an eventID, a path or a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.errors import UsageError
from ctwork.model.annotation import About, Annotation
from ctwork.model.column import COLUMNS
from ctwork.model.instant import MAX_MS, MIN_MS
from ctwork.model.target import EventTarget, MomentTarget, SpanTarget, Target, ValueTarget, parse_target

_TEXT = st.text(max_size=20)
_TIMES = st.integers(MIN_MS, MAX_MS)
_PATHS = st.sampled_from([column.name for column in COLUMNS]) | _TEXT.map(lambda text: f"requestParameters.{text}")
_TARGETS = st.one_of(
    st.builds(EventTarget, _TEXT, st.binary(min_size=32, max_size=32).map(bytes.hex)),
    st.builds(ValueTarget, _PATHS, _TEXT),
    st.builds(SpanTarget, _TIMES, _TIMES),
    st.builds(MomentTarget, _TIMES, _TEXT),
)


@given(_TARGETS)
def test_text_and_target_are_inverses(target: Target) -> None:
    assert parse_target(str(target)) == target


@pytest.mark.parametrize(
    "text", ["", "event", "event/x/y", "event/" + "A" * 64 + "/x", "value//x", "span/x/y", "moment/", "x/y/z"]
)
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        parse_target(text)


@given(
    st.builds(
        Annotation,
        st.booleans(),
        st.lists(_TEXT.filter(bool), unique=True).map(sorted).map(tuple),
        _TEXT,
        st.sampled_from(["", "high"]),
        st.sampled_from(["", "benign"]),
        _TEXT,
        st.integers(0, 1 << 50),
        st.none() | st.builds(About, _TEXT, _TEXT, _TEXT, _TEXT, _TEXT, st.integers(0, 9)),
    )
)
def test_an_annotation_comes_back_from_its_row(said: Annotation) -> None:
    again = Annotation.of(said.row())
    assert again == said or (said.about == About() and again.about is None)
