"""The little Markdown of a note as HTML: paragraphs, lists, titles, code, stress. Everything else is text as it stands.

A note may quote evidence, so nothing in it becomes a link, an image or markup.
"""

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from ctwork.model.legible import spelled

_BULLET = re.compile(r"\s{0,3}[-*+]\s+(.*)")
_NUMBER = re.compile(r"\s{0,3}\d{1,9}[.)]\s+(.*)")
_TITLE = re.compile(r"\s{0,3}#{1,6}\s+(.*?)\s*#*")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)")
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_STRESS = re.compile(r"(?<![\w*])\*(?=\S)([^*]+?)(?<=\S)\*(?![\w*])")
_LISTS = {"bullet": ("ul", _BULLET), "number": ("ol", _NUMBER)}


def prose(note: str) -> str:
    """A note as HTML."""
    lines = [(_kind(line), line) for line in _unfenced(note)]
    return "\n".join(_group(kind, [line for _, line in group]) for kind, group in groupby(lines, lambda each: each[0]))


def _unfenced(note: str) -> Iterator[str]:
    """The lines; those between fences begin with a zero byte, which no line has once it is spelled."""
    fenced = False
    for line in map(spelled, re.split(r"\r\n|\r|\n", note.replace("\t", "    "))):
        if _FENCE.match(line):
            fenced = not fenced
        else:
            yield ("\0" if fenced else "") + line


def _kind(line: str) -> str:
    if line.startswith("\0"):
        return "code"
    if not line.strip():
        return "blank"
    for kind, pattern in (("title", _TITLE), ("bullet", _BULLET), ("number", _NUMBER)):
        if pattern.fullmatch(line):
            return kind
    return "text"


def _group(kind: str, lines: list[str]) -> str:
    if kind == "blank":
        return ""
    if kind == "code":
        return "<pre>" + escape("\n".join(line[1:] for line in lines)) + "</pre>"
    if kind in _LISTS:
        tag, pattern = _LISTS[kind]
        items = [f"<li>{_inline(match[1])}</li>" for line in lines if (match := pattern.fullmatch(line))]
        return f"<{tag}>" + "".join(items) + f"</{tag}>"
    if kind == "title":
        titles = [match[1] for line in lines if (match := _TITLE.fullmatch(line))]
        return "\n".join(f'<p class="title">{_inline(each)}</p>' for each in titles)
    return "<p>" + "<br>\n".join(map(_inline, lines)) + "</p>"


def _inline(line: str) -> str:
    """Code first: within it nothing else means anything."""
    parts, at = [], 0
    for match in _CODE.finditer(line):
        parts += [_stressed(line[at : match.start()]), f"<code>{escape(match[2].strip())}</code>"]
        at = match.end()
    return "".join([*parts, _stressed(line[at:])])


def _stressed(text: str) -> str:
    shown = _STRONG.sub(r"<strong>\1</strong>", escape(text))
    return _STRESS.sub(r"<em>\1</em>", shown)
