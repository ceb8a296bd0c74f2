"""Figures of what a pivot shows, in a process of their own: facets, portraits, suggestions, gaps.

python -m tests.bench.sides.pivots STORE
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ctwork.model.facet import Facets
from ctwork.model.lens import Lens
from ctwork.store.store import Store

COLUMNS = ("principal", "session", "resource", "sourceIPAddress", "eventName")
LENSES = ("", "verb:write", "service:s3")
TYPED = ("a", "adm", "getobj", "zzzzzzz", "arn:aws:s3", "root")
_TURNS = 7
_ROWS, _BINS = 20, 40
_LONGEST_MS = 10**12


def taken(store: Store) -> dict[str, list[float]]:
    """Milliseconds per kind of question, each warmed up once."""
    found: dict[str, list[float]] = {}
    for name, ask in _questions(store):
        ask()
        own = found.setdefault(name, [])
        for _ in range(_TURNS):
            began = time.perf_counter()
            ask()
            own.append((time.perf_counter() - began) * 1_000)
    return found


def _questions(store: Store) -> Iterator[tuple[str, Callable[[], Any]]]:
    for text in LENSES:
        view, kind = store.look(Lens.parse(text)), "lens" if text else "all"
        for column in COLUMNS:
            wanted = Facets(column)
            yield f"facet-{kind}", lambda view=view, wanted=wanted: view.facets(wanted)
            pages = view.facets(wanted)
            yield "facet-page", lambda pages=pages: pages.page(pages.total // 2, _ROWS)
            for offset in (0, pages.total // 2):
                yield f"portraits-{kind}", lambda pages=pages, offset=offset: _drawn(pages, offset)
        yield "gap", lambda view=view: view.next_gap(0, 1, _LONGEST_MS)
    for begun in TYPED:
        yield "suggest", lambda begun=begun: store.suggest("", begun, 10)


def _drawn(pages: Any, offset: int) -> None:
    """A page of portraits, with none kept from before."""
    pages._portraits.clear()
    pages.portraits(offset, _ROWS, _BINS)


if __name__ == "__main__":
    print(json.dumps(taken(Store.open(Path(sys.argv[1])))))
