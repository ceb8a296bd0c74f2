"""The native search of a dictionary accepts exactly what the plain loop accepts."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ctwork.model.predicate import Compare, Condition, Network, Phrase, Present, Regex, Text, Wildcard, Word
from ctwork.store.truth import Dictionary

_SEEDS = (
    "user/ann",
    "arn:aws:s3:::logs/2024",
    "İstanbul",
    "STRASSE ß",
    "Kelvin K",
    "ſharp",
    "GetObject",
    "a*b?c\\d",
    "192.0.2.7",
)
_TEXTS = sorted(
    {f"{seed}{n % 700 or ''}{'é' if n % 50 == 0 else ''}" for n in range(6_000) for seed in [_SEEDS[n % len(_SEEDS)]]}
)
_LARGE = Dictionary(pl.Series(["", *_TEXTS]))
_CONDITIONS: list[Condition | Word | Phrase] = [
    *(
        Text(text, exact)
        for text in ("user/ann", "ANN", "ann5", "LOGS", "i̇stanbul", "strasse", "K", "k", "ſ", "s", "")
        for exact in (False, True)
    ),
    *(
        Wildcard(text, exact)
        for text in ("user/*", "*5", "a\\*b*", "?", "*", "ann?", "*É", "İ*", "*ß*", "")
        for exact in (False, True)
    ),
    *(Regex(text, exact) for text in ("ann[0-9]$", "^GET", "k", "ß|é", "(?i)LOGS", "$") for exact in (False, True)),
    *(Phrase(text) for text in ("get", "İ", "i̇", "K", "é", "ſ")),
    *(Word(text) for text in ("getobjct", "stanbul", "user/anm", "İstanbul", "STRASSE", "a")),
    Present(),
    Network("192.0.2.0/24"),
    Compare(">", "5"),
]


def _check(dictionary: Dictionary, condition: Condition | Word | Phrase) -> None:
    accept = condition.acceptor()
    expected = [bool(value) and accept(value) for value in dictionary.texts]
    assert dictionary.truth(condition).tolist() == expected


@pytest.mark.parametrize("condition", _CONDITIONS, ids=repr)
def test_a_large_dictionary_answers_as_the_loop_does(condition: Condition) -> None:
    assert len(_LARGE) > 2_000
    _check(_LARGE, condition)


@pytest.mark.parametrize("condition", _CONDITIONS, ids=repr)
def test_a_small_dictionary_answers_as_the_loop_does(condition: Condition) -> None:
    _check(Dictionary(pl.Series(["", *_TEXTS[::40]])), condition)


@settings(max_examples=60, deadline=None)
@given(seed=st.sampled_from(_TEXTS), first=st.integers(0, 8), length=st.integers(0, 12), data=st.data())
def test_any_cut_of_any_value_is_found_as_the_loop_finds_it(
    seed: str, first: int, length: int, data: st.DataObject
) -> None:
    text = data.draw(st.sampled_from((str.upper, str.lower, str.swapcase, str)))(seed[first : first + length])
    makers = (
        Text,
        Phrase,
        Word,
        lambda text: Text(text, True),
        lambda text: Wildcard(f"*{text}*"),
        lambda text: Wildcard(f"{text}*", True),
    )
    _check(_LARGE, data.draw(st.sampled_from(makers))(text))


def test_the_empty_value_is_never_accepted() -> None:
    assert not Dictionary(pl.Series(["", "a"])).truth(Text("")).any()
    assert not _LARGE.truth(Text(""))[0]
