"""Rows as files: CSV, JSON and JSON Lines in one place for both front ends, and never written into the evidence."""

import csv
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TextIO

from ctwork.errors import EnvironmentFailure, UsageError

if TYPE_CHECKING:
    from ctwork.store.store import Store

Row = dict[str, Any]

HEAD_SUFFIX = ".report.json"
"""What is added to the name of an export, for the file that holds its head."""
_CHUNK = 1 << 16
_FORMS = {".json": "json", ".csv": "csv", ".jsonl": "jsonl"}


def form_of(output: Path) -> str | None:
    """The form that the suffix of a file name asks for; None for another suffix."""
    return _FORMS.get(output.suffix.lower())


def row_text(form: str, columns: Sequence[str], rows: Iterable[Row], *, ascii_only: bool = False) -> Iterator[str]:
    """`rows` in the form ``csv``, ``json`` or ``jsonl``, piece by piece; each row has a value for every column."""
    if form == "csv":
        yield from _csv(columns, rows)
    elif form == "json":
        yield "["
        for number, row in enumerate(rows):
            yield (",\n " if number else "\n ") + dumped(row, ascii_only=ascii_only)
        yield "\n]\n"
    else:
        for row in rows:
            yield dumped(row, ascii_only=ascii_only) + "\n"


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([cell_text(row[column]) for column in columns])
        if buffer.tell() > _CHUNK:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def dumped(value: Any, indent: int | None = None, *, ascii_only: bool = False) -> str:
    """`value` as JSON. With `ascii_only` nothing in it can move a terminal."""
    separators = None if indent else (",", ":")
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent, separators=separators)
    return text.replace("\x7f", "\\u007f") if ascii_only else text


def cell_text(value: Any) -> str:
    """A value as one cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(map(cell_text, value))
    return json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)


def evidence_of(store: "Store") -> Iterator[str]:
    """Every path that the events of `store` were read from: its sources, and each file that lies in none of them."""
    sources = [source for source in store.meta.get("sources", ()) if source != "-"]
    yield from sources
    # A million files of one folder say no more than the folder does.
    within = tuple(source.rstrip("/") + "/" for source in sources)
    paths = map(os.fsdecode, filter(None, store.frame.columns.files["path"].unique()))
    yield from (path for path in paths if not path.startswith(within))


@contextmanager
def whole(output: Path, evidence: Iterable[str], *, replace: bool = True) -> Iterator[BinaryIO]:
    """A file that is there once all of it is on the disk, or not at all. Raises as `outlet`.

    What is no regular file (a pipe, a device) is written as it comes.
    """
    target = output.resolve()
    _refuse_evidence(output, target, evidence)
    try:
        if target.exists() and not target.is_file():
            with open(target, "wb") as stream:
                yield stream
            return
        if not replace and os.path.lexists(target):
            raise UsageError(f"{output} is there already", "choose another name")
        partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
        try:
            with open(partial, "xb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            _put(partial, target, replace=replace)
        finally:
            partial.unlink(missing_ok=True)
    except FileExistsError as problem:
        raise UsageError(f"{output} is there already", "choose another name") from problem
    except OSError as problem:
        raise EnvironmentFailure(
            f"cannot write {output}: {problem.strerror}", "check the folder and the space"
        ) from problem


def _put(partial: Path, target: Path, *, replace: bool) -> None:
    """Gives a whole file its name, and waits until its folder says so, too."""
    if replace:
        partial.replace(target)
    else:
        try:
            target.hardlink_to(partial)  # takes no name that another file was given meanwhile
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            if os.path.lexists(target):
                raise FileExistsError from None
            partial.replace(target)
    folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def outlet(output: Path, evidence: Iterable[str], *, replace: bool = True) -> Iterator[TextIO]:
    """A file of text to write to. Raises UsageError when it is or lies in one of the paths in `evidence`.

    Without `replace` also when it exists already. Raises EnvironmentFailure when it cannot be written.
    """
    with whole(output, evidence, replace=replace) as stream:
        text = io.TextIOWrapper(stream, encoding="utf-8", newline="")
        try:
            yield text
            text.flush()
        finally:
            with suppress(OSError, ValueError):  # what could not be written is not written now
                text.detach()


@contextmanager
def export(
    output: Path,
    evidence: Iterable[str],
    head: Callable[[], Row],
    written: Callable[[Row], None] = lambda _: None,
    *,
    replace: bool = True,
) -> Iterator[TextIO]:
    """An `outlet` for a whole export: once it is written, its head is, too, with its hash, as ``NAME.report.json``.

    What is no regular file (a pipe, a device) has no head beside it. `written` is called then with what `write_head`
    tells of the file.
    """
    places = tuple(evidence)
    refuse_beside(output, (HEAD_SUFFIX,), places, replace=replace)
    with outlet(output, places, replace=replace) as stream:
        yield stream
    written(write_head(output, places, head(), replace=replace))


def refuse_beside(output: Path, suffixes: Iterable[str], evidence: Iterable[str], *, replace: bool = True) -> None:
    """Raises UsageError when what belongs beside `output`, under the name with each suffix, has no place there.

    Before anything is written: an export whose head has no place is not made.
    """
    target, places = output.resolve(), tuple(evidence)
    for suffix in suffixes:
        beside = target.with_name(target.name + suffix)
        _refuse_evidence(beside, beside, places)
        if not replace and os.path.lexists(beside):
            raise UsageError(f"{beside} is there already", "choose another name")


def write_head(output: Path, evidence: Iterable[str], head: Row, *, replace: bool = True) -> Row:
    """Writes the head of an export beside it, if that is a file; returns name, bytes and hash. Raises as `outlet`."""
    target = output.resolve()
    if not target.is_file():
        return {"name": target.name, "bytes": None, "sha256": None}
    told = {"name": target.name, "bytes": target.stat().st_size, "sha256": _sha256_of(target)}
    with outlet(target.with_name(target.name + HEAD_SUFFIX), evidence, replace=replace) as stream:
        stream.write(dumped({"export": told, "head": head}, indent=2) + "\n")
    return told


def refuse_evidence(output: Path, evidence: Iterable[str]) -> None:
    """Raises UsageError when `output` is or lies in one of the paths in `evidence`, or is there already beside one."""
    _refuse_evidence(output, output.resolve(), evidence)


def _sha256_of(path: Path) -> str:
    """The SHA-256 of a file that was written, lower-case hexadecimal."""
    with open(path, "rb") as written:
        return hashlib.file_digest(written, "sha256").hexdigest()


def _refuse_evidence(output: Path, target: Path, evidence: Iterable[str]) -> None:
    exists = os.path.lexists(target)
    for path in evidence:
        place = Path(path).resolve()
        if target.is_relative_to(place):
            raise UsageError(f"{output} lies inside the evidence {path}", "write it somewhere else")
        # What lies beside a file of the evidence may be evidence, too, even where it was not named. A folder that was
        # named is the evidence by itself: nothing in it is touched, and what lies beside it is the user's own.
        if exists and target.parent == place.parent and not place.is_dir():
            raise UsageError(f"{output} is there already, beside the evidence {path}", "choose another name")
