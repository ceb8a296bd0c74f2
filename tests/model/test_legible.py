"""Nothing dangerous survives, nothing harmless changes, and two values never look the same when spelled."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.legible import cell_width, grouped, is_plain, middle, plain, spelled, width

ANY_TEXT = st.text(st.characters(codec=None), max_size=60)
HOSTILE = {
    "\x1b]0;owned\x07": "␛]0;owned␇",
    "\x9b31m": "�31m",
    "a\u202eb": "a�b",
    "x\x7fy\x00z": "x␡y␀z",
    "one\ntwo\r\n\tthree": "one␊two␍␊␉three",
    "zero\u200bwidth\ufeff": "zero�width�",
    "\u2028\u2029": "��",
    "tag\U000e0041": "tag�",
    "\ud800": "�",
    "\ue000": "�",
    "\u3164\u2800\ufe0f": "���",
    "e\u0301": "e\u0301",
    "e" + "\u0301" * 9: "e" + "\u0301" * 4 + "�",
    "[/x][@click=app.quit]": "[/x][@click=app.quit]",
    "漢字 é": "漢字 é",
}


@pytest.mark.parametrize(("raw", "shown"), HOSTILE.items())
def test_plain_shows_what_would_be_hidden(raw: str, shown: str) -> None:
    assert plain(raw) == shown


def test_every_dangerous_class_of_unicode_is_replaced() -> None:
    dangerous = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    leaks = [code for code in range(0x110000) if unicodedata.category(chr(code)) in dangerous and is_plain(chr(code))]
    assert leaks == []


def test_letters_and_signs_stay_themselves() -> None:
    fillers = {0x34F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x2800, 0x3164, 0xFFA0}
    for code in range(0x20, 0x20000):
        char = chr(code)
        kind = unicodedata.category(char)
        if kind[0] in "LNPS" and code not in fillers:
            assert plain(char) == char, hex(code)


@given(ANY_TEXT)
def test_plain_is_one_line_and_stable(text: str) -> None:
    shown = plain(text)
    assert is_plain(shown)
    assert plain(shown) == shown
    assert shown.splitlines() in ([], [shown])


def _read_back(text: str) -> str:
    named = re.compile("⟨U\\+([0-9A-F]+)⟩|([\u2400-\u241f])|(␡)")
    return named.sub(
        lambda m: chr(int(m[1], 16)) if m[1] else chr(ord(m[2]) - 0x2400) if m[2] else "\x7f",
        text,
    )


@given(ANY_TEXT)
def test_spelled_can_be_read_back(text: str) -> None:
    assert is_plain(spelled(text).replace("�", ""))
    assert _read_back(spelled(text)) == text


def test_spelled_names_the_trick() -> None:
    assert spelled("a\u202eb\x1b") == "a⟨U+202E⟩b␛"
    assert spelled("␛") == "⟨U+241B⟩"


@given(ANY_TEXT, st.integers(0, 30))
def test_middle_fits_and_keeps_both_ends(text: str, cells: int) -> None:
    shown = middle(text, cells)
    assert width(shown) <= cells
    if shown != plain(text) and cells >= 3:
        left, _, right = shown.partition("…")
        assert plain(text).startswith(left)
        assert plain(text).endswith(right.removeprefix("…")) or "…" in text


def test_middle_of_an_arn() -> None:
    assert middle("arn:aws:iam::123456789012:role/admin-break-glass", 21) == "arn:aws:ia…reak-glass"
    assert middle("short", 21) == "short"


def test_middle_does_not_walk_a_huge_value() -> None:
    huge = "a" + "\x1b" * 10_000_000 + "z"
    assert middle(huge, 5) == "a␛…␛z"


@given(ANY_TEXT, st.integers(0, 10))
def test_the_limit_counts_code_points(text: str, limit: int) -> None:
    assert len(plain(text, limit)) <= max(limit, 0)


def test_widths_agree_with_the_terminal_library() -> None:
    from rich.cells import cell_len

    for sample in ("plain", "漢字", "é", "e\u0301", "ｗｉｄｅ", "␛�…⟨", "Ω≈ç"):
        assert width(sample) == cell_len(sample), sample
    assert cell_width("漢") == 2


def test_numbers_are_grouped() -> None:
    assert grouped(30477) == "30,477"
    assert grouped(7) == "7"
