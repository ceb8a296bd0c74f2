"""A report as Markdown (CommonMark with tables): whatever a value holds, it stays text."""

import re
from collections.abc import Iterable, Iterator, Sequence

from ctwork.case.report.block import Block, Bullets, Cell, Heading, Inline, Note, Picture, Table, Text, Value
from ctwork.case.report.figure import legend, spark
from ctwork.model.legible import plain

_SHOWN = 500
"""Code points of one value."""
_TICKS = re.compile(r"`+")
_MARKS = re.compile(r"([\\`*_\[\]<>|~&#])")


def markdown(blocks: Iterable[Block]) -> Iterator[str]:
    """The lines of a document, each with its end."""
    for block in blocks:
        for line in _lines(block):
            yield line + "\n"
        yield "\n"


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Heading):
        yield f"{'#' * block.level} {_ours(block.text)}"
    elif isinstance(block, Text):
        yield _inline(block.parts)
    elif isinstance(block, Bullets):
        yield from (f"- {_inline(item)}" for item in block.items)
    elif isinstance(block, Table):
        yield from _table(block)
    elif isinstance(block, Note):
        yield from (f"> {line}".rstrip() for line in _note(block.text))
    else:
        yield from _picture(block)


def _table(table: Table) -> Iterator[str]:
    yield _row([_ours(each) for each in table.head])
    yield _row(["---:" if at in table.numbers else "---" for at in range(len(table.head))])
    yield from (_row([_cell(each) for each in row]) for row in table.rows)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _cell(cell: Cell) -> str:
    # In a table a bar ends the cell, in code as well (GFM 4.10).
    return _inline(cell if isinstance(cell, tuple) else (cell,), in_table=True)


def _inline(parts: Sequence[Inline], *, in_table: bool = False) -> str:
    return "".join(_code(part.text, in_table) if isinstance(part, Value) else _ours(part) for part in parts)


def _ours(text: str) -> str:
    return _MARKS.sub(r"\\\1", text)


def _code(text: str, in_table: bool) -> str:
    """A value as a code span, in which nothing means anything; the fence is longer than any run of ticks in it."""
    shown = plain(text, _SHOWN)
    if not shown.strip():
        return "*(blank)*" if shown else "*(empty)*"
    fence = "`" * (max((len(run) for run in _TICKS.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return fence + pad + (shown.replace("|", "\\|") if in_table else shown) + pad + fence


def _note(text: str) -> Iterator[str]:
    """A note as its author wrote it, but for what would be more than text: HTML, images, links to anywhere."""
    for line in text.splitlines():
        safe = plain(line).replace("&", "&amp;").replace("<", "&lt;").replace("](", "]\\(").replace("![", "!\\[")
        safe = re.sub(r"^(\s*\[[^\]]*\]):", r"\1\\:", safe)
        yield re.sub(r"(?i)\b(https?|ftp)://", r"\1&#58;//", safe)


def _picture(picture: Picture) -> Iterator[str]:
    yield "```text"
    yield from spark(picture)
    yield "```"
    yield ""
    yield _ours(legend(picture))
