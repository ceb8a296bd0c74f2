"""A report as one HTML page that stands by itself: no script, no picture or style from elsewhere, fit for print."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from ctwork.case.report.block import Block, Bullets, Cell, Heading, Inline, Note, Picture, Table, Text, Value
from ctwork.case.report.figure import drawing, legend
from ctwork.case.report.prose import prose
from ctwork.model.legible import plain, spelled
from ctwork.resources import data_path

_SHOWN = 2_000
"""Code points of one value."""


def page(blocks: Iterable[Block]) -> Iterator[str]:
    """The page, piece by piece."""
    style = data_path("report.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    yield '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">\n'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">\n'
    yield f"<title>Report of a CloudTrail investigation</title>\n<style>{style}</style>\n</head>\n<body>\n<main>\n"
    for block in blocks:
        yield _block(block) + "\n"
    yield "</main>\n</body>\n</html>\n"


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level}>{escape(block.text)}</h{block.level}>"
    if isinstance(block, Text):
        return f"<p>{_inline(block.parts)}</p>"
    if isinstance(block, Bullets):
        return "<ul>\n" + "\n".join(f"<li>{_inline(item)}</li>" for item in block.items) + "\n</ul>"
    if isinstance(block, Table):
        return _table(block)
    if isinstance(block, Note):
        return f'<div class="note">\n{prose(block.text)}\n</div>'
    return _figure(block)


def _figure(picture: Picture) -> str:
    return f"<figure>\n{drawing(picture)}\n<figcaption>{escape(legend(picture))}</figcaption>\n</figure>"


def _table(table: Table) -> str:
    named = any(table.head)
    head = "".join(f"<th>{escape(each)}</th>" for each in table.head)
    rows = "\n".join(_row(table, row, named) for row in table.rows)
    top = f"<thead><tr>{head}</tr></thead>\n" if named else ""
    kind = "" if named else ' class="pairs"'
    return f'<div class="wide"><table{kind}>\n{top}<tbody>\n{rows}\n</tbody></table></div>'


def _row(table: Table, row: Sequence[Cell], named: bool) -> str:
    cells = []
    for at, cell in enumerate(row):
        inner = _inline(cell if isinstance(cell, tuple) else (cell,))
        if not named and not at:
            cells.append(f"<th>{inner}</th>")
        else:
            cells.append(f'<td class="number">{inner}</td>' if at in table.numbers else f"<td>{inner}</td>")
    return "<tr>" + "".join(cells) + "</tr>"


def _inline(parts: Sequence[Inline]) -> str:
    return "".join(_value(part.text) if isinstance(part, Value) else escape(part) for part in parts)


def _value(text: str) -> str:
    """A value: nothing in it moves its neighbours, and what would not be seen is named."""
    shown = spelled(text) if len(text) <= _SHOWN else plain(text, _SHOWN)
    return f"<code><bdi>{escape(shown)}</bdi></code>"
