"""What is begun at the caret is found, and what is offered for it reads back as exactly that."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.completion import Begun, Offer, begun, named, taken, valued
from ctwork.model.condition import Text
from ctwork.model.facet import Suggestion
from ctwork.model.lens import Lens
from ctwork.model.predicate import Match

BEGUN = {
    "prin": Begun("word", "", "prin", 0),
    "verb:read sec": Begun("word", "", "sec", 10),
    "principal:": Begun("value", "principal", "", 10),
    "principal:ci": Begun("value", "principal", "ci", 10),
    "PRINCIPAL:=ci": Begun("value", "principal", "ci", 10),
    "!eventName:Get": Begun("value", "event", "Get", 11),
    "-event:Get": Begun("value", "event", "Get", 7),
    'principal:"ci d': Begun("value", "principal", "ci d", 10),
    'principal:"ci \\"d': Begun("value", "principal", 'ci "d', 10),
    "principal:ci\\ d": Begun("value", "principal", "ci d", 10),
    '"two words': Begun("word", "", "two words", 0),
    "event:(GetObject OR Li": Begun("value", "event", "Li", 20, True),
    "event:(": Begun("value", "event", "", 7, True),
    "(a OR ev": Begun("word", "", "ev", 6, True),
    "requestParameters.name:x": Begun("value", "requestParameters.name", "x", 23),
    '"a b.c":x': Begun("value", "a b.c", "x", 8),
    "resource:arn:aws:s3": Begun("value", "resource", "arn:aws:s3", 9),
    "arn:aws:s3:::b": Begun("word", "", "arn:aws:s3:::b", 0),
    "has:pr": Begun("name", "", "pr", 4),
    "sort:": Begun("name", "", "", 5),
    'event:"a b" x': Begun("word", "", "x", 12),
}
NOTHING = (
    "", " ", "verb:read ", "x OR ", "nosuch:x", "Get*", "event:Get?", "/reg", "/re gex/", "event:/Get/", ">=5",
    "bytes_in:>5", 'event:"done"', "(a)", "!", "=GetObject",
)  # fmt: skip
HOSTILE = (
    "ci deploy", "a*", "a?b", '"q"', "\x1b]0;x\x07", "!x", "=y", ">=4", "/re/", "/a/path", "AND", "OR", "a:b", "(x)",
    "\u202e", "-event:x", "1..2", "10.0.0.0/8", " lead", "tail ", "\\", "back\\slash", "x\ny", "漢字", "\x00",
)  # fmt: skip


@pytest.mark.parametrize("text", BEGUN)
def test_what_is_begun(text: str) -> None:
    assert begun(text, len(text)) == BEGUN[text]
    assert begun(text + " then more", len(text)) == BEGUN[text]


@pytest.mark.parametrize("text", NOTHING)
def test_nothing_is_begun(text: str) -> None:
    assert begun(text, len(text)) is None


def test_nothing_is_begun_in_the_middle_of_a_word() -> None:
    assert begun("princpal:x", 4) is None
    assert begun("(prin)", 5) == Begun("word", "", "prin", 1, True)


def test_names_are_offered_short_ones_first() -> None:
    found = begun("ev", 2)
    assert found is not None
    assert [offer.written for offer in named(found)][:2] == ["event:", "eventSource:"]
    assert len(named(found)) <= 4
    found = begun("sort:ou", 7)
    assert found is not None
    assert [offer.written for offer in named(found)] == ["outcome"]
    found = begun("event:e", 7)
    assert found is not None
    assert named(found) == ()


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_taken_reads_back_as_itself(value: str) -> None:
    for text in ("principal:", "x", "event:(a OR "):
        found = begun(text + "q", len(text) + 1)
        assert found is not None
        field = "event" if "event" in text else "principal"
        (offer,) = valued(found, [Suggestion(field, value, 3)])
        whole, caret = taken(text + "q", found, len(text) + 1, offer, over=True)
        assert caret == len(whole)
        lens = Lens.parse(whole + (")" if found.grouped else ""))
        column = "eventName" if field == "event" else "principal"
        assert Match(column, Text(value, exact=True)) in (*lens.parts, *getattr(lens.predicate, "parts", ()))


@given(value=st.text(min_size=1, max_size=30), head=st.sampled_from(["principal:", "resource:=", "agent:", "!key:"]))
def test_any_value_reads_back(value: str, head: str) -> None:
    found = begun(head, len(head)) or begun(head + "x", len(head) + 1)
    assert found is not None
    (offer,) = valued(found, [Suggestion(found.field, value, 1)])
    whole, _ = taken(head, found, len(head), offer, over=True)
    lens = Lens.parse(whole)
    assert f"{value!r}" in repr(lens.predicate)
    assert Lens.parse(str(lens)) == lens


@given(text=st.text(alphabet='ab:"\\/()! =*-\n', max_size=20))
def test_no_text_is_too_odd(text: str) -> None:
    for caret in range(len(text) + 1):
        found = begun(text, caret)
        assert found is None or 0 <= found.start <= caret


def test_an_empty_value_is_not_offered_and_a_blank_follows_only_what_is_over() -> None:
    found = begun("principal:", 10)
    assert found is not None
    assert valued(found, [Suggestion("principal", "", 9)]) == ()
    offer = Offer("=root", "root", "", "", 1)
    assert taken("principal:", found, 10, offer, over=False) == ("principal:=root", 15)
    assert taken("principal:", found, 10, offer, over=True) == ("principal:=root ", 16)
    assert taken("principal: x", found, 10, offer, over=True) == ("principal:=root x", 15)
