"""Only one module builds renderables from data, nobody parses markup, and lines keep their width whatever they hold."""

import re

import pytest
from rich.cells import cell_len
from rich.style import Style

from ctwork.tui import styled
from ctwork.tui.styled import Piece
from tests.conftest import ROOT
from tests.tui.desk import HOSTILE

ROOM = ROOT / "ctwork" / "tui"
BUILDERS = re.compile(
    r"\b(Content|Text|Segment|Strip)\(|Content\.\w+\(|Text\.\w+\(|from_markup|from_ansi|rich\.text|textual\.content|rich\.segment"
    r"|markup=True|Markdown\b|\bLink\b|@click"
)
ALLOWED = {"styled.py": None, "gate.py": {"rich.segment", "Segment("}}
PLAIN = Style()


def test_no_other_module_builds_renderables() -> None:
    found = []
    for path in sorted(ROOM.rglob("*.py")):
        allowed = ALLOWED.get(path.name, set())
        if allowed is not None:
            hits = {match[0] for match in BUILDERS.finditer(path.read_text(encoding="utf-8"))}
            found += [f"{path.name}: {hit}" for hit in hits - allowed]
    assert found == []


def test_no_colour_is_written_in_python() -> None:
    hexes = [
        p.name for p in ROOM.rglob("*.py") if re.search(r"['\"]#[0-9a-fA-F]{3,8}['\"]", p.read_text(encoding="utf-8"))
    ]
    assert hexes == []


@pytest.mark.parametrize("value", HOSTILE)
@pytest.mark.parametrize("cells", [1, 2, 3, 7, 20, 200])
def test_a_cell_is_exactly_as_wide_as_asked(value: str, cells: int) -> None:
    shown = styled.fitted(value, cells)
    assert cell_len(shown) == cells
    assert shown.isprintable()
    assert cell_len(styled.shortened(value, cells)) <= cells


@pytest.mark.parametrize("value", HOSTILE)
def test_a_strip_never_changes_the_width_of_a_line(value: str) -> None:
    strip = styled.strip([Piece(value, PLAIN), Piece("end", Style(bold=True))], 40, PLAIN)
    assert strip.cell_length == 40
    assert sum(cell_len(segment.text) for segment in strip) == 40
    assert strip.text.isprintable()


def test_neighbours_that_look_alike_become_one_segment() -> None:
    red, blue = Style(color="red"), Style(color="blue")
    strip = styled.strip([Piece(" ", red), Piece("a", blue), Piece("  ", red), Piece("b", blue)], 10, red)
    assert [segment.text for segment in strip] == [" a  b     "]
    marked = styled.strip([Piece("a", Style(underline=True)), Piece(" ", red)], 2, red)
    assert len(list(marked)) == 2


@pytest.mark.parametrize("value", HOSTILE)
def test_content_holds_data_as_it_is(value: str) -> None:
    content = styled.content(value, "bold $denied")
    assert content.plain == styled.plain(value, styled.CELL_LIMIT)
    assert not any("@click" in str(span.style) for span in content.spans)
