"""A report in the form that is asked for."""

from collections.abc import Iterator

from ctwork.case.report.markdown import markdown
from ctwork.case.report.matter import Matter
from ctwork.case.report.outline import outline
from ctwork.case.report.page import page

SUFFIXES = {".md": "md", ".html": "html", ".htm": "html"}
"""Which form a name asks for."""


def written(matter: Matter, form: str) -> Iterator[str]:
    """The report as ``md`` or ``html``, piece by piece."""
    blocks = outline(matter)
    return page(blocks) if form == "html" else markdown(blocks)
