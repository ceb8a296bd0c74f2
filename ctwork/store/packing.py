"""Text columns as bytes: what a worker packs quickly and polars can split without making Python strings."""

from collections.abc import Iterable, Sequence

import numpy as np
import orjson
from numpy.typing import NDArray

_SEPARATOR = "\0"
_JOINED, _LISTED = b"\0", b"\1"


def pack_column(values: Sequence[str]) -> NDArray[np.uint8]:
    """`values` (valid Unicode) as bytes: joined by NUL, or a JSON list when one of them holds a NUL itself."""
    joined = _SEPARATOR.join(values)
    if joined.count(_SEPARATOR) == max(len(values) - 1, 0):
        packed = _JOINED + joined.encode()
    else:
        packed = _LISTED + orjson.dumps(list(values))
    return np.frombuffer(packed, np.uint8)


def packed_parts(packed: NDArray[np.uint8]) -> tuple[str, bool]:
    """The text behind a packed column and whether it is joined (else a JSON list)."""
    whole = packed.tobytes()
    return whole[1:].decode(), whole[:1] == _JOINED


def column_text(value: object) -> str:
    """A cell of a table as text; "" when absent."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return count_text(value) if isinstance(value, int | float) else str(value)


def count_text(value: float) -> str:
    """A byte counter as integer text: AWS writes ``4096.0``; what no counter can be is absent."""
    return str(int(value)) if 0 <= value < (10**19 if isinstance(value, int) else 2**63) else ""


def transposed(rows: Sequence[Sequence[object]], width: int) -> Iterable[list[str]]:
    """`rows`, each filled up to `width` cells, as columns of text."""
    padding = ("",) * width
    full = [row if len(row) == width else (*row, *padding[len(row) :]) for row in rows]
    return (
        ([column_text(cell) for cell in column] for column in zip(*full, strict=True))
        if full
        else ([] for _ in padding)
    )
