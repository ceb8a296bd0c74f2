"""What the terminal shows now, cell by cell, so that a frame costs the bytes of what it changes and no more.

Textual writes every line of a region anew, and every style in full. A `Picture` reads that stream of text, colours and
places, and gives back a shorter one that leads to the same screen: cells that already look so are skipped, and a style
is written as what differs from the style before. Pure text to text; `frugal` puts it in front of a terminal.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from rich.cells import cell_len

_TOKEN = re.compile(
    r"(?P<text>[^\x1b\n]+)|\x1b\[(?P<style>[\d;]*)m|\x1b\[(?P<line>\d+);(?P<cell>\d+)H|(?P<newline>\n)"
    r"|(?P<other>\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[<=>?]?[\d;]*[ $]*[@-~]|\x1b[^\[\]]?|.)",
    re.DOTALL,
)
_WIPES = re.compile(r"\x1b\[(?:\?(?:1049|1047|47)[hl]|\d*[JKLMPSTX@])|\x1b[c78DME]")
"""Sequences after which it is not known what a cell shows."""
_SHOWN_ON_BLANKS = frozenset({"4", "7", "9", "21", "53"})
"""Underlined, reversed, struck: attributes that are seen where there is no letter."""
_OFF = {"1": "22", "2": "22", "3": "23", "4": "24", "21": "24", "5": "25", "7": "27", "8": "28", "9": "29", "53": "55"}
_BRIDGE = 4
"""Cells that are written again rather than jumped over: a jump takes as many bytes."""


class Pen(NamedTuple):
    """A style as the terminal's own codes; "" is the terminal's default."""

    fore: str = ""
    back: str = ""
    marks: frozenset[str] = frozenset()
    """Bold, underlined and so on."""


_PLAIN = Pen()


class Picture:
    """The screen of a terminal of `cells` by `lines`, whose contents are unknown at first."""

    def __init__(self, cells: int, lines: int) -> None:
        self.resize(cells, lines)

    def resize(self, cells: int, lines: int) -> None:
        """The terminal has this size from now on, and may show anything."""
        self._cells, self._lines = cells, lines
        self._letters: list[list[str]] = [["\0"] * cells for _ in range(lines)]
        self._styles: list[list[Pen]] = [[_PLAIN] * cells for _ in range(lines)]
        self._x = self._y = 0
        self._at: tuple[int, int] | None = None
        """Where the terminal's cursor is, if known."""
        self._wanted = self._pen = _PLAIN
        self._out: list[str] = []

    def forget(self) -> None:
        """The terminal may show anything: another program wrote on it, or it lost what it showed."""
        self.resize(self._cells, self._lines)

    def reduced(self, data: str) -> str:
        """The part of `data` that changes what is seen. Ends in the plain style, as `data` does."""
        self._out = []
        for token in _TOKEN.finditer(data):
            kind = token.lastgroup
            if kind == "text":
                self._write(token[0])
            elif kind == "style":
                self._wanted = _styled(self._wanted, token["style"])
            elif kind == "cell":
                self._x, self._y = int(token["cell"]) - 1, int(token["line"]) - 1
            elif kind == "newline":
                self._x, self._y = 0, self._y + 1
            else:
                self._pass_on(token[0])
        if self._x < self._cells and self._y < self._lines:
            self._jump(self._x, self._y)
        self._draw_with(_PLAIN)
        return "".join(self._out)

    def _pass_on(self, sequence: str) -> None:
        out = self._out
        if _WIPES.match(sequence):
            x, y, wanted = self._x, self._y, self._wanted
            self._draw_with(_PLAIN)
            self.forget()
            self._x, self._y, self._wanted, self._out = x, y, wanted, out
        out.append(sequence)

    def _write(self, text: str) -> None:
        """`text` at the place and in the style that are wanted."""
        x, y, pen = self._x, self._y, self._wanted
        if text.isascii() and text.isprintable():
            letters, size = list(text), len(text)
        else:
            letters = _letters(text)
            size = len(letters) if letters else max(cell_len(text), 1)
        self._x += size
        if y >= self._lines or x >= self._cells:
            return  # a frame of the size before: the terminal would put it on its last line
        if not letters:
            self._write_odd(text, x, y, size)
            return
        if x + size > self._cells:
            size = self._cells - x
            cut = not letters[size]
            letters = [*letters[: size - cut], *[" "] * cut]
            text = "".join(letters)
        styles = [_blank(pen) if letter == " " else pen for letter in letters]
        shown, inked = self._letters[y], self._styles[y]
        if shown[x : x + size] == letters and inked[x : x + size] == styles:
            return
        if len(letters) > 1 and text.isascii() and shown[x : x + size] == ["\0"] * size:
            self._put(x, y, text, pen)
            self._at = (x + size, y) if x + size < self._cells else None
            shown[x : x + size], inked[x : x + size] = letters, styles
            return
        for at in _changed(shown[x : x + size], letters, inked[x : x + size], styles):
            self._put(x + at, y, letters[at], styles[at])
        shown[x : x + size] = letters
        inked[x : x + size] = styles

    def _write_odd(self, text: str, x: int, y: int, size: int) -> None:
        """Text whose cells are not known one by one goes out whole, and what follows finds its own place."""
        self._jump(x, y)
        self._draw_with(self._wanted)
        self._out.append(text)
        self._at = None
        end = min(x + size, self._cells)
        self._letters[y][x:end] = ["\0"] * (end - x)

    def _put(self, x: int, y: int, letter: str, pen: Pen) -> None:
        if not letter:
            return  # the second half of a wide letter
        self._jump(x, y)
        if letter != " ":
            self._draw_with(pen)
        elif _blank(self._pen) != pen:
            self._draw_with(pen if pen.marks else Pen(self._pen.fore, pen.back, self._pen.marks - _SHOWN_ON_BLANKS))
        self._out.append(letter)
        # Terminals disagree on the width of letters beyond ASCII, and on what happens in the last cell.
        self._at = (x + 1, y) if x + 1 < self._cells and (letter < "\x7f" or _narrow(letter)) else None

    def _jump(self, x: int, y: int) -> None:
        """Brings the terminal's cursor to a cell, the cheapest way."""
        if self._at == (x, y):
            return
        if self._at is not None and self._at[1] == y and x > self._at[0]:
            start = self._at[0]
            between = self._letters[y][start:x]
            alike = x - start <= _BRIDGE and all(
                " " <= letter < "\x7f" and pen == (_blank(self._pen) if letter == " " else self._pen)
                for letter, pen in zip(between, self._styles[y][start:x], strict=True)
            )
            self._out.append("".join(between) if alike else f"\x1b[{x - start}C")
        elif self._at is not None and (x, y) == (0, self._at[1] + 1):
            self._out.append("\r\n")
        else:
            self._out.append(f"\x1b[{y + 1};{x + 1}H")
        self._at = (x, y)

    def _draw_with(self, pen: Pen) -> None:
        if pen != self._pen:
            self._out.append(_change(self._pen, pen))
            self._pen = pen


def _changed(shown: list[str], letters: list[str], inked: list[Pen], styles: list[Pen]) -> Iterator[int]:
    """Places at which a cell is to be written. A wide letter is written when either half of it differs."""
    for at, letter in enumerate(letters):
        wide = at + 1 < len(letters) and not letters[at + 1]
        if letter != shown[at] or styles[at] != inked[at] or (wide and shown[at + 1]):
            yield at


@lru_cache(2048)
def _letters(text: str) -> list[str]:
    """One entry per cell, "" for the second half of a wide letter; [] for text that is not so simple."""
    if not text.isprintable():
        return []
    letters: list[str] = []
    for letter in text:
        size = cell_len(letter)
        if size == 0 and (not letters or not letters[-1]):
            return []
        if size == 0:
            letters[-1] += letter
        else:
            letters += [letter, ""][:size]
    return letters if len(letters) == cell_len(text) else []


@lru_cache(1024)
def _narrow(letter: str) -> bool:
    """Whether every terminal gives `letter` one cell: box drawing, blocks, and letters before the Asian scripts."""
    return len(letter) == 1 and (letter < "\u0300" or "\u2500" <= letter < "\u25a0")


@lru_cache(1024)
def _blank(pen: Pen) -> Pen:
    """What is seen of `pen` where there is no letter."""
    return pen if pen.marks & _SHOWN_ON_BLANKS else Pen("", pen.back)


@lru_cache(4096)
def _styled(pen: Pen, codes: str) -> Pen:
    """`pen` after a sequence of style codes."""
    fore, back, marks = pen
    rest = iter(codes.split(";"))
    for code in rest:
        number = int(code or 0)
        if number == 0:
            fore, back, marks = _PLAIN
        elif number in (38, 48):
            kind = next(rest, "5")
            color = ";".join([code, kind, *(next(rest, "0") for _ in range(3 if kind == "2" else 1))])
            fore, back = (color, back) if number == 38 else (fore, color)
        elif 30 <= number <= 39 or 90 <= number <= 97:
            fore = "" if number == 39 else code
        elif 40 <= number <= 49 or 100 <= number <= 107:
            back = "" if number == 49 else code
        elif code in _OFF.values():
            marks = frozenset(mark for mark in marks if _OFF.get(mark) != code)
        else:
            marks |= {code}
    return Pen(fore, back, marks)


@lru_cache(4096)
def _change(now: Pen, then: Pen) -> str:
    """The shortest sequence from one style to another."""
    whole = [*sorted(then.marks), then.fore, then.back]
    anew = "\x1b[" + ";".join(["0", *filter(None, whole)]) + "m" if any(whole) else "\x1b[0m"
    off = {_OFF.get(mark, "0") for mark in now.marks - then.marks}
    if "0" in off:
        return anew
    steps = sorted(off) + sorted(mark for mark in then.marks if mark not in now.marks or _OFF.get(mark) in off)
    if now.fore != then.fore:
        steps.append(then.fore or "39")
    if now.back != then.back:
        steps.append(then.back or "49")
    stepped = "\x1b[" + ";".join(steps) + "m"
    return min(anew, stepped, key=len)
