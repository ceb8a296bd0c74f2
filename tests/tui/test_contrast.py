"""Two records line by line, and bytes sixteen to a line: plain values that lose nothing."""

import json

from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.report import Surroundings
from ctwork.tui.contrast import LINES, Pair, lines_of, pairs, parted
from ctwork.tui.dump import dump

TEXTS = st.lists(st.sampled_from(["{", "}", '  "a": 1,', '  "a": 2,', '  "b": [', "    3", '  "c": null']), max_size=12)


@given(TEXTS, TEXTS)
def test_both_texts_are_there_in_their_order(left: list[str], right: list[str]) -> None:
    found = pairs(left, right)
    assert [pair.left for pair in found if pair.left is not None] == left
    assert [pair.right for pair in found if pair.right is not None] == right
    assert all(pair.left is not None or pair.right is not None for pair in found)


def test_members_of_one_name_stand_beside_one_another() -> None:
    left = lines_of(b'{"a":1,"gone":2,"b":{"c":3}}')
    right = lines_of(b'{"a":9,"b":{"c":4},"new":5}')
    differing = [pair for pair in pairs(left, right) if not pair.alike]
    assert Pair('  "a": 1,', '  "a": 9,') in differing
    assert Pair('  "gone": 2,', None) in differing
    assert Pair('    "c": 3', '    "c": 4') in differing
    assert Pair(None, '  "new": 5') in differing


@given(st.text("ab", max_size=20), st.text("ab", max_size=20) | st.none(), st.integers(5, 30))
def test_a_line_is_parted_without_loss(text: str, other: str | None, cells: int) -> None:
    before, differs, after = parted(text, other, cells)
    whole = before + differs + after
    assert whole == text or (whole.startswith("…") and text.endswith(whole[1:]))
    if other == text:
        assert differs == ""


def test_a_difference_far_to_the_right_is_brought_into_sight() -> None:
    before, differs, _ = parted("x" * 500 + "A", "x" * 500 + "B", 60)
    assert len(before) < 30
    assert differs == "A"


def test_huge_records_are_compared_up_to_a_bound_that_is_told() -> None:
    lines = lines_of(json.dumps(list(range(50_000))).encode())
    assert len(lines) == LINES + 1
    assert "not compared" in lines[-1]


@given(st.binary(max_size=64), st.integers(0, 10**9), st.integers(0, 80), st.integers(0, 80))
def test_a_dump_shows_every_byte_and_only_ascii(data: bytes, start: int, first: int, length: int) -> None:
    found = Surroundings(start, data, start + first, start + first + length, start + len(data))
    rows = list(dump(found))
    digits = "".join(text for row in rows for text, _ in row.cells)
    assert bytes.fromhex("".join(char for char in digits if char in "0123456789abcdef")) == data
    texts = "".join(text for row in rows for text, _ in row.text)
    assert len(texts) == len(data)
    assert (digits + texts).isascii() and (digits + texts).isprintable()
    assert len({sum(len(text) for text, _ in row.cells) for row in rows}) <= 1
    meant = sum(len(text) for row in rows for text, marked in row.text if marked)
    assert meant == max(min(first + length, len(data)) - min(first, len(data)), 0)


def test_the_range_meant_stands_in_brackets() -> None:
    (row,) = dump(Surroundings(0, b"abcdef", 2, 4, 6))
    assert "".join(text for text, _ in row.cells).startswith(" 61 62[63 64]65 66")
    (row,) = dump(Surroundings(0, b"abcd", 2, 4, 4))
    assert "".join(text for text, _ in row.cells).startswith(" 61 62[63 64]")
    rows = ["".join(text for text, _ in row.cells) for row in dump(Surroundings(0, bytes(32), 4, 16, 32))]
    assert [row.count("[") + row.count("]") for row in rows] == [2, 0]
