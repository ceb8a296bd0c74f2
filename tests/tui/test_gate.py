"""The choke point is the last thing before the terminal, and it still is after an upgrade of the library."""

import pytest
from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import Monochrome, NoColor
from textual.strip import Strip

from ctwork.model.lens import Lens
from ctwork.tui.app import Workbench
from ctwork.tui.gate import Gate
from ctwork.tui.glyph import TWINS, needs_ascii
from tests.tui.desk import HOSTILE, FakeDesk

BLACK = Color(0, 0, 0)


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("ascii_only", [False, True])
def test_nothing_dangerous_passes_and_no_width_changes(value: str, ascii_only: bool) -> None:
    (passed,) = Gate(ascii_only).apply([Segment(value)], BLACK)
    assert passed.text == "" or passed.text.isprintable()
    assert cell_len(passed.text) == cell_len(value)
    assert passed.control is None
    if ascii_only:
        assert passed.text.isascii()


def test_every_twin_is_one_cell_of_ascii() -> None:
    assert all(twin.isascii() and len(twin) == 1 and cell_len(sign) == 1 for sign, twin in TWINS.items())


def test_the_gate_is_the_last_filter() -> None:
    app = Workbench(FakeDesk(), Lens(), title="x", ascii_only=False)
    assert isinstance(app.get_line_filters()[-1], Gate)


async def test_a_line_of_any_widget_passes_the_gate() -> None:
    from textual.widgets import Static

    class Raw(Static):
        def render_line(self, y: int) -> Strip:
            return Strip([Segment("\x1b]0;owned\x07\x9b")])

    app = Workbench(FakeDesk(), Lens(), title="x", ascii_only=False)
    async with app.run_test(size=(80, 24)) as pilot:
        raw = Raw()
        await app.screen.mount(raw)
        await pilot.pause()
        shown = "".join(segment.text for strip in raw.render_lines(raw.size.region) for segment in strip)
        assert shown.startswith("␛]0;own")
        assert shown.isprintable()


def test_no_color_means_no_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = Workbench(FakeDesk(), Lens(), title="x", ascii_only=False)
    kinds = [type(line_filter) for line_filter in app.get_line_filters()]
    assert NoColor in kinds
    assert Monochrome not in kinds
    assert app.theme == "monochrome"


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({}, False),
        ({"LANG": "C"}, True),
        ({"LANG": "en_US.UTF-8"}, False),
        ({"LANG": "de_DE.utf8"}, False),
        ({"LC_ALL": "POSIX", "LANG": "en_US.UTF-8"}, True),
        ({"LC_CTYPE": "C.UTF-8", "LANG": "C"}, True),  # what Python makes of LANG=C
        ({"LC_CTYPE": "de_DE.UTF-8", "LANG": "C"}, False),
        ({"LC_CTYPE": "C.UTF-8"}, False),
    ],
)
def test_ascii_follows_the_locale(environ: dict[str, str], wanted: bool) -> None:
    assert needs_ascii(environ) is wanted
