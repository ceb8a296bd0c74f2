"""The questions an investigator's keys ask, twelve inputs each: the same for every side, made from the store itself.

Pieces to search for are such that ignoring case changes nothing, so that the peers may use their fastest exact search.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
import polars as pl

from ctwork.model.lens import Lens
from ctwork.store.store import Store
from tests.bench.columns import WORDS

INPUTS = 12
BUCKETS = 200
LINES = 50
TOP = 50

NAME_PIECES = (
    *("Describe", "List", "Put", "Decrypt", "Assume", "Key", "Bucket", "Object", "Instance", "Parameter", "Secret"),
    *("Policy", "User", "Delete", "Create", "Log", "Tags", "Role", "Data", "Generate", "Identity", "Group", "Volume"),
)
"""Parts of event names, the usual ones first."""
ORDERS = ("sourceIPAddress", "eventName", "principal", "userAgent", "errorCode", "awsRegion")
_PIECE = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789:/._-")


@dataclass(frozen=True, slots=True)
class Question:
    """One question with one input. What a kind does not use keeps its default."""

    kind: str
    piece: str = ""
    offset: int = 0
    column: str = "sourceIPAddress"
    descending: bool = False
    start_ms: int = 0
    bucket_ms: int = 1
    buckets: int = 0

    @property
    def lens(self) -> str:
        """The question's filter and order as a lens text."""
        parts = []
        if self.piece:
            parts.append(f'"{self.piece}"' if self.kind.startswith("words") else f"event:*{self.piece}*")
        if self.kind in ("page", "resort"):
            parts.append(f"sort:{self.column}" + (":desc" if self.descending else ""))
        return " ".join(parts)


def questions(store: Store) -> dict[str, list[Question]]:
    """Twelve questions of each kind, in the order they are asked."""
    names = list(islice(_same_any_case(store, NAME_PIECES, ("eventName",)), INPUTS))
    words = list(islice(_same_any_case(store, _pieces(store), WORDS), INPUTS))
    totals = [store.look(Lens.parse(f"event:*{piece}*")).total for piece in names]
    half = max(store.height // 2 - LINES, 0)
    return {
        "count": [Question("count", piece) for piece in names],
        "words-page": [Question("words-page", piece) for piece in words],
        "words-total": [Question("words-total", piece) for piece in words],
        "group": [Question("group", piece) for piece in names],
        "group-all": [Question("group-all")] * INPUTS,
        "timeline": [_timeline(store, piece) for piece in names],
        "page": [
            Question("page", piece, offset=max(0, total * number // INPUTS - LINES))
            for number, (piece, total) in enumerate(zip(names, totals, strict=True), 1)
        ],
        "resort": [
            Question("resort", column=column, descending=down, offset=half)
            for column in ORDERS
            for down in (False, True)
        ],
        "pivot": [Question("pivot", piece) for piece in names],
    }


def _timeline(store: Store, piece: str) -> Question:
    asked = Question("timeline", piece)
    shape = store.look(Lens.parse(asked.lens)).histogram(BUCKETS)
    return replace(asked, start_ms=shape.start_ms, bucket_ms=shape.bucket_ms, buckets=len(shape.counts))


def _pieces(store: Store) -> Iterator[str]:
    """Three to eight characters from cells of the word columns, frequent values more often than rare ones."""
    dice = random.Random(7)
    while True:
        column = dice.choice(WORDS)
        row = np.array([dice.randrange(store.height)], np.uint32)
        text = store.frame.texts(column, row)[0]
        length = dice.randint(3, 8)
        start = dice.randint(0, max(0, len(text) - length))
        piece = text[start : start + length]
        if len(piece) == length and _PIECE.issuperset(piece):
            yield piece


def _same_any_case(store: Store, pieces: Any, columns: Sequence[str]) -> Iterator[str]:
    """Those `pieces` that occur in `columns`, and nowhere only when case is ignored."""
    values = pl.concat([store.frame.dictionary(column).values.alias("value") for column in columns])
    folded = values.str.to_lowercase()
    seen = set()
    for piece in pieces:
        exact = values.str.contains(piece, literal=True)
        loose = folded.str.contains(piece.lower(), literal=True)
        if piece not in seen and exact.any() and (exact == loose).all():
            seen.add(piece)
            yield piece
