"""The footer of a Parquet file: its row groups, how many rows each claims to have, and where in the file each lies.

Source: parquet.thrift of the Parquet format 2.11, written in Thrift's compact protocol. All of it may be a lie.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

_TAIL = 8
"""The length of the footer, and the magic."""
_MAGIC_BYTES = 4
_DEEPEST = 32
_LONGEST_VARINT = 10
_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_ROWS, _GROUPS = 3, 4
_GROUP_COLUMNS, _GROUP_ROWS = 1, 3
_COLUMN_META = 3
_UNCOMPRESSED, _COMPRESSED, _DATA_PAGE, _DICTIONARY_PAGE = 6, 7, 9, 11


class FooterError(Exception):
    """The footer is damaged, or made to mislead; the text says how."""


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Some of the rows, column after column in one range of the file."""

    first: int
    """Its first row, counted through the file from 0."""
    rows: int
    start: int
    end: int
    """``[start, end)`` of the file; empty where what the footer says lies outside of it."""
    size: int
    """Bytes when decompressed, as claimed; values that repeat count once."""


@dataclass(frozen=True, slots=True)
class Footer:
    """What is needed of it."""

    rows: int
    """As claimed for the file; the sum over the groups may differ."""
    groups: tuple[RowGroup, ...]


def read_footer(data: Any) -> Footer:
    """The footer of the file `data`: bytes, or whatever gives bytes for a slice. Raises FooterError."""
    size = len(data)
    length = int.from_bytes(data[size - _TAIL : size - _MAGIC_BYTES], "little")
    start = size - _TAIL - length
    if start < _MAGIC_BYTES:
        raise FooterError(f"its footer claims {length:,} bytes, more than there are")
    try:
        whole = _Compact(data[start : size - _TAIL]).struct(0)
        rows, listed = _count(whole.get(_ROWS, 0)), whole.get(_GROUPS, [])
        return Footer(rows, tuple(_groups(listed, start)))
    except (IndexError, KeyError, TypeError, AttributeError) as problem:
        raise FooterError("its footer is damaged") from problem


def _groups(listed: Iterable[Any], limit: int) -> Iterable[RowGroup]:
    first = 0
    for group in listed:
        rows = _count(group.get(_GROUP_ROWS, 0))
        columns = [column[_COLUMN_META] for column in group[_GROUP_COLUMNS] if _COLUMN_META in column]
        places = [_place(column) for column in columns]
        start = min((place[0] for place in places), default=0)
        end = max((place[1] for place in places), default=0)
        inside = _MAGIC_BYTES <= start < end <= limit
        size = sum(max(0, column.get(_UNCOMPRESSED, 0)) for column in columns)
        yield RowGroup(first, rows, start if inside else 0, end if inside else 0, size)
        first += rows


def _place(column: dict[int, Any]) -> tuple[int, int]:
    """Where the pages of one column of a row group lie."""
    starts = [column[page] for page in (_DATA_PAGE, _DICTIONARY_PAGE) if column.get(page, 0) > 0]
    start = min(starts, default=0)
    return start, start + column.get(_COMPRESSED, 0)


def _count(value: int) -> int:
    if value < 0:
        raise FooterError(f"its footer claims {value:,} rows")
    return value


class _Compact:
    """Thrift's compact protocol: structs as dicts by field number, texts as bytes."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def struct(self, depth: int) -> dict[int, Any]:
        """The struct that starts here."""
        if depth > _DEEPEST:
            raise FooterError("its footer nests too deep")
        found: dict[int, Any] = {}
        number = 0
        while head := self._byte():
            kind, step = head & 0x0F, head >> 4
            number = number + step if step else self._signed()
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:
        if kind == _STRUCT:
            return self.struct(depth + 1)
        if kind in (_I16, _I32, _I64):
            return self._signed()
        if kind == _BINARY:
            return self._bytes(self._varint())
        if kind in (_LIST, _SET):
            return self._list(depth + 1)
        if kind == _DOUBLE:
            return self._bytes(8)
        if kind in (_TRUE, _FALSE, _BYTE):
            return self._byte()
        if kind == _MAP:
            return self._map(depth + 1)
        raise FooterError("its footer is damaged")

    def _list(self, depth: int) -> list[Any]:
        if depth > _DEEPEST:
            raise FooterError("its footer nests too deep")
        head = self._byte()
        size = self._room(head >> 4 if head < 0xF0 else self._varint())
        return [self._value(head & 0x0F, depth) for _ in range(size)]

    def _map(self, depth: int) -> list[tuple[Any, Any]]:
        size = self._room(self._varint())
        kinds = self._byte() if size else 0
        return [(self._value(kinds >> 4, depth), self._value(kinds & 0x0F, depth)) for _ in range(size)]

    def _room(self, size: int) -> int:
        """`size` items, of which each takes a byte at least."""
        if size > len(self._data) - self._at:
            raise FooterError("its footer lists more than it can hold")
        return size

    def _bytes(self, size: int) -> bytes:
        self._at += self._room(size)
        return self._data[self._at - size : self._at]

    def _byte(self) -> int:
        self._at += 1
        return self._data[self._at - 1]

    def _varint(self) -> int:
        value = 0
        for place in range(_LONGEST_VARINT):
            byte = self._byte()
            value |= (byte & 0x7F) << 7 * place
            if byte < 0x80:
                return value
        raise FooterError("its footer is damaged")

    def _signed(self) -> int:
        value = self._varint()
        return value >> 1 ^ -(value & 1)
