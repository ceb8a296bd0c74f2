"""What is sent in fewer bytes leads to the same screen, and a screen that may be lost is sent whole."""

import pyte
from hypothesis import given, settings
from hypothesis import strategies as st

from ctwork.tui.picture import Picture
from tests.tui.test_ending import start

CELLS, LINES = 20, 5
STYLES = ["0", "1", "31", "1;4;38;5;111;48;5;16", "7", "39;49", "38;5;111;48;5;16", "48;2;1;2;3", "2;90;107"]
TEXTS = ["a", "b c", "    ", "─────", "漢字", "e\u0301x", "✗W", "abcdefghij", "x" * 30]
runs = st.tuples(
    st.integers(1, LINES), st.integers(1, CELLS), st.lists(st.tuples(st.sampled_from(STYLES), st.sampled_from(TEXTS)))
)


def drawn(run: tuple[int, int, list[tuple[str, str]]]) -> str:
    line, cell, parts = run
    # Textual never writes past the end of a line: what would not fit is left out here.
    kept, used = [], cell - 1
    for style, text in parts:
        width = sum(2 if letter > "\u3000" else letter != "\u0301" for letter in text)
        if used + width <= CELLS:
            kept.append(f"\x1b[{style}m{text}\x1b[0m")
            used += width
    return f"\x1b[{line};{cell}H" + "".join(kept)


def seen(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """Letter and style of every cell; of a blank only what is seen of it."""
    rows = []
    for y in range(LINES):
        row = []
        for x in range(CELLS):
            cell = screen.buffer[y][x]
            blank = cell.data == " " and not (cell.underscore or cell.reverse)
            row.append((" ", cell.bg) if blank else tuple(cell))
        rows.append(row)
    return rows


@settings(max_examples=150)
@given(st.lists(st.lists(runs, max_size=4).map(lambda found: "".join(map(drawn, found))), max_size=6))
def test_the_shorter_stream_draws_the_same(frames: list[str]) -> None:
    picture = Picture(CELLS, LINES)
    whole, short = pyte.Screen(CELLS, LINES), pyte.Screen(CELLS, LINES)
    streams = pyte.Stream(whole), pyte.Stream(short)
    for frame in frames:
        streams[0].feed(frame)
        reduced = picture.reduced(frame)
        streams[1].feed(reduced)
        assert seen(whole) == seen(short)


def test_what_is_there_already_is_not_sent() -> None:
    picture = Picture(CELLS, LINES)
    frame = "\x1b[1;1H\x1b[31mabc\x1b[0m\n\x1b[2;1Hdef\x1b[1;1H"
    assert picture.reduced(frame)
    assert picture.reduced(frame) == ""
    assert len(picture.reduced(frame.replace("b", "x"))) < 25
    picture.forget()
    assert len(picture.reduced(frame)) > 10


def test_what_lies_outside_is_not_sent() -> None:
    """A frame that was laid out for a larger screen must not be pushed onto the last line and the last cell."""
    picture = Picture(CELLS, LINES)
    sent = picture.reduced(f"\x1b[{LINES + 2};1Hbelow\x1b[1;{CELLS - 1}Habc漢\x1b[2;{CELLS}H漢\x1b[3;1H")
    assert "below" not in sent and "c" not in sent and "漢" not in sent
    assert "ab" in sent


def test_what_it_does_not_know_passes_unchanged() -> None:
    picture = Picture(CELLS, LINES)
    for sequence in ("\x1b]52;c;eA==\x07", "\x1b[?2004h", "\x1b[>25u", "\x1b[?25l", "\x1b]22;default\x1b\\"):
        assert sequence in picture.reduced(sequence)
    picture.reduced("\x1b[1;1Habc")
    assert "abc" in picture.reduced("\x1b[?1049h\x1b[1;1Habc")  # another screen is an empty one


def test_frames_pass_through_the_picture_and_can_be_sent_again() -> None:
    terminal = start()
    terminal.read(0.5)
    before = len(terminal.output)
    screen = terminal.screen()
    terminal.type(b"\x1b[15~")
    terminal.read(2, limit_s=2)
    again = terminal.output[before:]
    assert 1500 < len(again) < 5000
    terminal.output = again
    assert terminal.screen() == screen
    terminal.type(b"\x11")
    assert terminal.leave() == 0
