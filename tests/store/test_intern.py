"""Interning: every value keeps one code while it is remembered, and is shipped before it is used."""

from hypothesis import given
from hypothesis import strategies as st

from ctwork.store.intern import Fresh, Interner


def test_absent_values_have_code_nought_and_are_never_shipped() -> None:
    interner: Interner[str | None] = Interner(None, "")
    assert [interner[None], interner[""], interner["a"], interner["a"], interner["b"]] == [0, 0, 1, 1, 2]
    assert interner.ship() == Fresh(1, ["a", "b"])
    assert interner.ship() == Fresh(3, [])


def test_peeking_ships_nothing() -> None:
    interner: Interner[str] = Interner("")
    assert interner["a"] == 1
    assert interner.peek() == Fresh(1, ["a"])
    assert interner.ship() == Fresh(1, ["a"])


@given(st.lists(st.lists(st.text("abcdef", max_size=2), max_size=12), max_size=8), st.integers(0, 6))
def test_codes_lead_back_to_values_however_often_the_index_is_forgotten(batches: list[list[str]], limit: int) -> None:
    interner: Interner[str] = Interner("", limit=limit)
    shipped = [""]
    for batch in batches:
        codes = [interner[value] for value in batch]
        fresh = interner.ship()
        assert fresh.first == len(shipped)
        shipped += fresh.values
        assert [shipped[code] for code in codes] == batch


def test_past_its_limit_a_value_gets_a_second_code() -> None:
    interner: Interner[str] = Interner("", limit=2)
    assert [interner["a"], interner["b"]] == [1, 2]
    interner.ship()
    assert interner["a"] == 3
