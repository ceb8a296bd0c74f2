"""Whatever is done to a bundle, the check says so; to one that nothing was done to, it says that it is whole."""

import json
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from case.bundle.conftest import Made
from case.bundle.parcel import altered, check, digest
from ctwork.case.bundle import bag


def files_of(bundle: Path) -> list[str]:
    """Every file of a bundle."""
    return sorted(path.relative_to(bundle).as_posix() for path in bundle.rglob("*") if path.is_file())


def test_a_bundle_is_whole(made: Made) -> None:
    for path in (made.folder, made.packed):
        checked = check(path)
        assert not checked.problems
        assert checked.notes == ("it is not signed: whoever could write it could write all of it anew",)
        assert checked.records == 12
        assert checked.head["journal"]["seq"] > 5


def test_every_byte_of_every_file_counts(made: Made, tmp_path: Path) -> None:
    dice = random.Random(7)
    for name in files_of(made.folder):
        content = (made.folder / name).read_bytes()
        for at in {0, len(content) - 1, dice.randrange(len(content))}:

            def flip(copy: Path, name: str = name, content: bytes = content, at: int = at) -> None:
                (copy / name).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])

            assert not altered(made.folder, tmp_path / "copy", flip).is_whole, (name, at)


@pytest.mark.parametrize("way", ["removed", "renamed", "emptied", "doubled", "grown", "linked", "swapped"])
def test_every_file_counts(made: Made, tmp_path: Path, way: str) -> None:
    names = files_of(made.folder)

    def change(copy: Path, name: str) -> None:
        path = copy / name
        other = copy / names[names.index(name) - 1]
        if way == "removed":
            path.unlink()
        elif way == "renamed":
            path.rename(path.with_name("another.txt"))
        elif way == "emptied":
            path.write_bytes(b"")
        elif way == "doubled":
            shutil.copy(path, path.with_name("another.txt"))
        elif way == "grown":
            path.write_bytes(path.read_bytes() + b"\n")
        elif way == "linked":
            path.unlink()
            path.symlink_to(made.folder / name)
        else:
            mine, theirs = path.read_bytes(), other.read_bytes()
            path.write_bytes(theirs)
            other.write_bytes(mine)

    for name in names:
        checked = altered(made.folder, tmp_path / "copy", lambda copy, name=name: change(copy, name))  # type: ignore[misc]
        assert not checked.is_whole, name
        if way == "renamed" and name.startswith(bag.SOURCES):
            assert any("renamed" in each for each in checked.problems)


@pytest.mark.parametrize("name", [bag.MANIFEST, bag.TAGS])
def test_every_line_of_a_manifest_counts(made: Made, tmp_path: Path, name: str) -> None:
    lines = (made.folder / name).read_text().splitlines()
    changes: list[list[str]] = [[*lines, ""], [*lines, "# said"], list(reversed(lines))]
    for at, line in enumerate(lines):
        changes += [
            [*lines[:at], *lines[at + 1 :]],
            [*lines[:at], line, *lines[at:]],
            [*lines[:at], line.upper(), *lines[at + 1 :]],
            [*lines[:at], line.replace("  ", " *"), *lines[at + 1 :]],
            [*lines[:at], "0" * 64 + line[64:], *lines[at + 1 :]],
            [*lines[:at], line[:66] + "data/../" + line[66:], *lines[at + 1 :]],
            [*lines[:at], line[:66] + "/etc/passwd", *lines[at + 1 :]],
        ]
    for change in changes:
        text = "\n".join(change) + "\n"
        checked = altered(made.folder, tmp_path / "copy", lambda copy, text=text: (copy / name).write_text(text))  # type: ignore[misc]
        assert not checked.is_whole, text


@pytest.mark.parametrize(
    "name",
    ["data/events/Records.raw", "data/évents.txt", "data/x\u202ey", "data/a b", "extra.txt", "data/.hidden", "data/x/"],
)
def test_what_was_added_is_told(made: Made, tmp_path: Path, name: str) -> None:
    def add(copy: Path) -> None:
        if name.endswith("/"):
            (copy / name).mkdir()
        else:
            (copy / name).write_text("x")

    # A manifest that names what no bundle holds cannot be written by accident.
    for resealed in (False, True) if name.isascii() else (False,):
        checked = altered(made.folder, tmp_path / "copy", add, resealed=resealed)
        assert not checked.is_whole
        assert not any("\u202e" in each for each in checked.problems)


def _row(path: Path, at: int, **said: object) -> None:
    lines = path.read_text().splitlines()
    row = {**json.loads(lines[at]), **said}
    lines[at] = json.dumps(row, separators=(",", ":"))
    path.write_text("\n".join(lines) + "\n")


def _document(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, indent=2) + "\n")


def _raw(copy: Path) -> None:
    """An event is forged together with its hash and its row; only the copy of the source knows better."""
    raw = (copy / bag.RAW).read_bytes()
    lines = [json.loads(line) for line in (copy / bag.INDEX).read_text().splitlines()]
    first = lines[0]
    old = raw[first["offset"] : first["offset"] + first["length"]]
    new = old.replace(b"GetObject", b"PutObject")
    (copy / bag.RAW).write_bytes(raw.replace(old, new, 1))
    (copy / "event").write_bytes(new)
    sha256 = digest(copy / "event")
    (copy / "event").unlink()
    _row(copy / bag.INDEX, 0, sha256=sha256)
    _row(copy / bag.ROWS, 0, event_sha256=sha256, eventName="PutObject")
    cells = (copy / bag.CELLS).read_text().replace(first["sha256"], sha256)
    (copy / bag.CELLS).write_text(cells.replace('"GetObject"', '"PutObject"', 1), newline="")


FORGERIES: dict[str, Callable[[Path], object]] = {
    "a cell of a line": lambda copy: _row(copy / bag.ROWS, 3, eventName="DeleteTrail"),
    "a mark of a line": lambda copy: _row(copy / bag.ROWS, 2, severity="info"),
    "a cell of the table": lambda copy: (copy / bag.CELLS).write_bytes(
        (copy / bag.CELLS).read_bytes().replace(b"192.0.2.7", b"192.0.2.8", 1)
    ),
    "a place": lambda copy: _row(copy / bag.INDEX, 0, eventID="x"),
    "an event with its hash": _raw,
    "a mark": lambda copy: _document(copy / bag.MARKS, lambda marks: marks.popitem()),
    "an entry": lambda copy: _row(copy / bag.JOURNAL, 1, actor="bob"),
    "the spelling of an entry": lambda copy: (copy / bag.JOURNAL).write_bytes(
        (copy / bag.JOURNAL).read_bytes().replace(b'{"actor"', b'{ "actor"', 1)
    ),
    "the end of the journal": lambda copy: (copy / bag.JOURNAL).write_text(
        "\n".join((copy / bag.JOURNAL).read_text().splitlines()[:-1]) + "\n"
    ),
    "two entries": lambda copy: (copy / bag.JOURNAL).write_text(
        "\n".join(reversed((copy / bag.JOURNAL).read_text().splitlines())) + "\n"
    ),
    "the head": lambda copy: _document(copy / bag.HEAD, lambda head: head.update(journal={"seq": 1, "hash": "0" * 64})),
    "the count": lambda copy: _document(copy / bag.HEAD, lambda head: head.update(events=1)),
    "the lens": lambda copy: _document(copy / bag.HEAD, lambda head: head.update(lens="event:Nothing")),
    "a saved lens": lambda copy: _document(copy / bag.LENSES, lambda said: said.update(saved=[])),
    "what is in no form": lambda copy: (copy / bag.INDEX).write_bytes(b"[]\n\xff"),
    "a copy of a source": lambda copy: (copy / bag.source_path(b"b.json")).write_bytes(b'{"Records":[]}'),
    "the list of files": lambda copy: _row(copy / bag.FILES, 0, copy=None),
    "an event too many": lambda copy: (copy / bag.RAW).write_bytes((copy / bag.RAW).read_bytes() + b"{}\n"),
    "a file of a bundle": lambda copy: (copy / bag.VERDICTS).unlink(),
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_what_the_manifests_were_made_to_agree_with_is_told(made: Made, tmp_path: Path, forgery: str) -> None:
    def forge(copy: Path) -> None:
        FORGERIES[forgery](copy)

    assert not altered(made.folder, tmp_path / "copy", forge, resealed=True).is_whole


def test_manifests_that_were_made_anew_are_those_that_were(made: Made, tmp_path: Path) -> None:
    """The test before this one would else prove nothing."""
    assert altered(made.folder, tmp_path / "copy", lambda _: None, resealed=True).is_whole
