"""Event times and event ids, a whole batch at once: the usual shape by arithmetic, everything else one by one.

A row takes the fast path only when every byte of it has been checked, so both paths give the same answer.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from ctwork.model.instant import MAX_MS, MIN_MS, event_time_ms

NO_TIME = np.iinfo(np.int64).max
"""Stands for a time that is missing or cannot be read: sorts after every real one."""

Times = NDArray[np.int64]
Ids = NDArray[np.uint64]

_TIME_SHAPE = np.frombuffer(b"0000-00-00T00:00:00Z", np.uint8)
_DIGITS = ord("0") == _TIME_SHAPE
_UUID_DASHES = (8, 13, 18, 23)
_UUID_HEX = np.setdiff1d(np.arange(36), _UUID_DASHES)
_EPOCH = date(1970, 1, 1).toordinal()


def read_times(texts: Sequence[str | None]) -> tuple[Times, list[int]]:
    """Milliseconds since 1970 UTC per text, and the rows whose text is not the plain ``YYYY-MM-DDTHH:MM:SSZ``."""
    if set(map(_length, texts)) == {20}:
        joined = "".join(texts)  # type: ignore[arg-type]
        if joined.isascii():
            times, good = _plain_times(np.frombuffer(joined.encode(), np.uint8).reshape(-1, 20))
            odd = np.flatnonzero(~good).tolist()
            for row in odd:
                times[row] = _one_time(texts[row])
            return times, odd
    plain = [row for row, text in enumerate(texts) if text is not None and len(text) == 20 and text.isascii()]
    times = np.full(len(texts), NO_TIME, np.int64)
    good = np.zeros(len(texts), bool)
    if plain:
        joined = "".join(texts[row] or "" for row in plain)
        times[plain], good[plain] = _plain_times(np.frombuffer(joined.encode(), np.uint8).reshape(-1, 20))
    odd = np.flatnonzero(~good).tolist()
    for row in odd:
        times[row] = _one_time(texts[row])
    return times, odd


def read_ids(texts: Sequence[str | None]) -> tuple[Ids, list[int]]:
    """Two 64-bit halves per id, shape ``(n, 2)``, and the rows whose text is not a lower-case UUID.

    An odd id is represented by a hash of its text; a missing one by zero, for the caller to fill in.
    """
    halves = np.zeros((len(texts), 2), np.uint64)
    rows: Sequence[int] | slice = slice(None)
    good = np.zeros(len(texts), bool)
    if set(map(_length, texts)) == {36} and (joined := "".join(texts)).isascii():  # type: ignore[arg-type]
        halves, good = _plain_ids(np.frombuffer(joined.encode(), np.uint8).reshape(-1, 36))
    else:
        rows = [row for row, text in enumerate(texts) if text is not None and len(text) == 36 and text.isascii()]
        if rows:
            joined = "".join(texts[row] or "" for row in rows)
            halves[rows], good[rows] = _plain_ids(np.frombuffer(joined.encode(), np.uint8).reshape(-1, 36))
    odd = np.flatnonzero(~good).tolist()
    for row in odd:
        text = texts[row]
        halves[row] = hashed_id(b"id", text.encode()) if text else (0, 0)
    return halves, odd


def hashed_id(kind: bytes, value: bytes) -> tuple[int, int]:
    """128 bits that stand for a `value` that is no UUID; `kind` keeps ids and contents apart."""
    digest = hashlib.blake2b(value, digest_size=16, person=kind).digest()
    return int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big")


def id_text(high: int, low: int) -> str:
    """The canonical text of a UUID kept as two halves."""
    text = f"{high:016x}{low:016x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def id_halves(text: str) -> tuple[int, int]:
    """What `read_ids` makes of one id."""
    halves, _ = read_ids([text])
    return int(halves[0, 0]), int(halves[0, 1])


def _length(text: str | None) -> int:
    return -1 if text is None else len(text)


def _one_time(text: str | None) -> int:
    time = None if text is None else event_time_ms(text)
    # An offset may carry a time out of the years that can be written.
    return time if time is not None and MIN_MS <= time <= MAX_MS else int(NO_TIME)


def _plain_times(cells: NDArray[np.uint8]) -> tuple[Times, NDArray[np.bool_]]:
    """`cells` holds 20 ASCII bytes per row."""
    digits = cells[:, _DIGITS] - np.uint8(ord("0"))
    good = (digits <= 9).all(axis=1) & (cells[:, ~_DIGITS] == _TIME_SHAPE[~_DIGITS]).all(axis=1)
    wide = digits.astype(np.int32)
    year = wide[:, 0] * 1000 + wide[:, 1] * 100 + wide[:, 2] * 10 + wide[:, 3]
    month, day, hour, minute, second = (wide[:, i] * 10 + wide[:, i + 1] for i in (4, 6, 8, 10, 12))
    good &= (year >= 1) & (month >= 1) & (month <= 12) & (day >= 1) & (hour < 24) & (minute < 60) & (second < 60)
    packed = np.where(good, year * 10000 + month * 100 + day, 0)
    days = np.zeros(len(cells), np.int64)
    for value in np.unique(packed).tolist():
        rows = packed == value
        try:
            days[rows] = date(value // 10000, value // 100 % 100, value % 100).toordinal() - _EPOCH
        except ValueError:
            good[rows] = False
    seconds = days * 86400 + hour * 3600 + minute * 60 + second
    return np.where(good, seconds * 1000, NO_TIME), good


def _plain_ids(cells: NDArray[np.uint8]) -> tuple[Ids, NDArray[np.bool_]]:
    """`cells` holds 36 ASCII bytes per row."""
    hexes = cells[:, _UUID_HEX]
    number = hexes - np.uint8(ord("0"))
    letter = hexes - np.uint8(ord("a"))
    good = ((number <= 9) | (letter <= 5)).all(axis=1) & (cells[:, _UUID_DASHES] == ord("-")).all(axis=1)
    nibbles = np.where(number <= 9, number, letter + np.uint8(10))
    packed = (nibbles[:, ::2] << 4) | (nibbles[:, 1::2] & np.uint8(15))
    halves = np.ascontiguousarray(packed).view(">u8").astype(np.uint64)
    halves[~good] = 0
    return halves, good
