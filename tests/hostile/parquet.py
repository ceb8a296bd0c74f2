"""Of family G: Parquet tables that are cut, that lie about their rows, or that grow without end."""

import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from ctwork.sources.base import Bounds
from hostile.case import Case, R, case, gz, record, text, trail
from hostile.container import zipped

_THREE_ROWS = b"\x16\x06"
"""The next field is an i64 that holds 3 (Thrift's compact protocol): a number of rows or of values."""
_MANY_ROWS = b"\x16\x7e"
_LARGE = text(record(0, requestParameters={"pad": "x" * (64 << 10)}))


def table(rows: Sequence[Any], group: int = 100_000, **form: Any) -> bytes:
    """A table with the column ``eventjson``."""
    import polars

    out = io.BytesIO()
    frame = polars.DataFrame({"eventjson": list(rows)}, schema={"eventjson": polars.String})
    frame.write_parquet(out, row_group_size=group, **form)
    return out.getvalue()


def patched(data: bytes, place: int, value: bytes) -> bytes:
    """`data` with other bytes at `place`, which may count from the end."""
    place %= len(data)
    return data[:place] + value + data[place + len(value) :]


def repeated(rows: int) -> bytes:
    """A value of 64 KiB that so many rows point to: a dictionary of one."""
    import polars

    out = io.BytesIO()
    column = polars.repeat(_LARGE.decode(), rows, eager=True).alias("eventjson")
    polars.DataFrame([column]).write_parquet(out)
    return out.getvalue()


def empty_rows(rows: int) -> bytes:
    """Rows without a value, which take next to no room."""
    import polars

    out = io.BytesIO()
    polars.DataFrame({"eventjson": polars.repeat(None, rows, dtype=polars.String, eager=True)}).write_parquet(out)
    return out.getvalue()


def footers() -> Iterator[Case]:
    """What lists the columns is missing, too long, or wrong."""
    whole = table([raw.decode() for raw in R[:3]])
    named: dict[str, Any] = {"file": "x.parquet"}
    yield case("G-parquet", whole, range(3), **named)
    yield case("G-parquet-gzip", gz(whole), range(3), **named)
    yield case("G-parquet-in-zip", zipped(("x.parquet", whole)), range(3), file="x.zip")
    yield case("G-parquet-cut-in-half", whole[: len(whole) // 2], (), "truncated", **named)
    yield case("G-parquet-end-missing", whole[:-1], (), "truncated", **named)
    yield case("G-parquet-text-behind", whole + b"uploaded by hand", (), "truncated", **named)
    for name, length in (("4-gib", 0xFFFFFFFF), ("past-the-start", len(whole) - 11), ("nothing", 0), ("short", 40)):
        data = patched(whole, -8, length.to_bytes(4, "little"))
        yield case(f"G-parquet-footer-of-{name}", data, (), "syntax", **named)
    start = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    yield case("G-parquet-footer-of-zeros", patched(whole, start, bytes(len(whole) - 8 - start)), (), "syntax", **named)
    yield case("G-parquet-footer-of-ones", patched(whole, start, b"\xff" * 64), (), "syntax", **named)
    yield case("G-parquet-lists-of-lists", patched(whole, start, b"\x19" * 60), (), "syntax", **named)
    first = whole.index(_THREE_ROWS, start)
    yield case("G-parquet-claims-more-rows", patched(whole, first, _MANY_ROWS), range(3), "syntax", **named)
    # The library reads no further than the file claims to go: what lies behind is told in numbers.
    fewer = patched(whole, first, b"\x16\x02")
    yield case("G-parquet-claims-fewer-rows", fewer, (0,), "syntax", **named)
    last = whole.rindex(_THREE_ROWS)
    yield case("G-parquet-group-claims-fewer-rows", patched(whole, last, b"\x16\x02"), (0,), "syntax", **named)
    locked = b"PARE" + whole[4:-4] + b"PARE"
    yield case("G-parquet-encrypted", locked, (), "unsupported", **named)
    yield case("G-parquet-nothing-between", b"PAR1PAR1", (), "syntax", **named)


def pages() -> Iterator[Case]:
    """Damage in the values costs the rows that it is in."""
    groups = table([raw.decode() for raw in R[:3]], group=1, compression="zstd", statistics=False)
    middle = _second_group(groups)
    hurt = patched(groups, middle + 60, b"\xa5" * 40)
    yield case("G-parquet-one-group-damaged", hurt, (0, 2), "syntax", file="x.parquet")
    mixed = [R[0].decode(), None, "no record", R[3].decode()]
    yield case("G-parquet-rows-without-a-record", table(mixed), (0, 3), "syntax not-object", file="x.parquet")
    several = [trail(R[0], R[1]).decode(), R[2].decode()]
    yield case("G-parquet-two-records-in-a-cell", table(several), range(3), file="x.parquet")


def _second_group(data: bytes) -> int:
    from ctwork.sources.formats.footer import read_footer

    return read_footer(data).groups[1].start


def bombs() -> Iterator[Case]:
    """A few bytes that stand for many."""
    limit = (64 << 20) // len(_LARGE) + 1
    yield case("G-parquet-dictionary-bomb", lambda: repeated(2_000), [0] * limit, "ratio", file="x.parquet")
    few = Bounds(table_rows=20)
    yield case("G-parquet-rows-past-the-bound", repeated(100), [0] * 20, "too-large", file="x.parquet", bounds=few)
    # What the rows say may be more than one file may inflate to: they are never held together.
    small = Bounds(inflated_bytes=1 << 20)
    yield case("G-parquet-rows-of-few-values", repeated(100), [0] * 100, file="x.parquet", bounds=small)
    low = Bounds(ratio_floor_bytes=1 << 20)
    yield case("G-parquet-rows-of-nothing", lambda: empty_rows(200_000), (), "ratio", file="x.parquet", bounds=low)

    def plant(folder: Path) -> None:
        (folder / "a.parquet").write_bytes(patched(table([R[0].decode()]), -8, b"\xff\xff\xff\x7f"))
        (folder / "b.parquet").write_bytes(table([R[1].decode()]))
        (folder / "c.json").write_bytes(R[2])

    yield case("G-parquet-other-files-go-on", plant, (1, 2), "syntax", is_tree=True)


CASES = [*footers(), *pages(), *bombs()]
