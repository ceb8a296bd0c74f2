"""A bundle is there whole or not at all, is the same bytes each time, and holds what it says."""

import csv
import json
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cli.door import call

from case.bundle.conftest import Made
from case.bundle.parcel import check, digest, export
from ctwork.case.bundle import bag
from ctwork.case.bundle.making import write_bundle
from ctwork.case.bundle.request import BundleRequest, Packing
from ctwork.case.casebook import Casebook
from ctwork.case.dossier import Dossier
from ctwork.case.export.spreadsheet import recovered_row
from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.model.lens import Lens
from ctwork.store.cancel import Superseded
from ctwork.store.store import Store


def request_of(made: Made) -> BundleRequest:
    """What the command line would ask for."""
    store = Store.open(made.case / "store")
    book = Casebook(made.case)
    try:
        return BundleRequest(store, store.look(Lens.parse("")), Dossier.of(book), with_sources=True)
    finally:
        book.close()


def _silent(_: Packing) -> None:
    pass


def test_made_again_it_is_the_same_bytes(made: Made, tmp_path: Path) -> None:
    export(made.logs, made.case, tmp_path / "bag", "--with-sources")
    export(made.logs, made.case, tmp_path / "bag.zip", "--with-sources")
    assert digest(tmp_path / "bag.zip") == digest(made.packed)
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert (tmp_path / "bag" / path.relative_to(made.folder)).read_bytes() == path.read_bytes()


_LOCALES = ("C", "C.UTF-8", "POSIX", "de_DE.UTF-8")
_ZONES = ("UTC", "Pacific/Kiritimati", "America/St_Johns")
WAYS = [(_LOCALES[at % 4], _ZONES[at % 3], str(at * 7919), str(1 + at % 3)) for at in range(12)]


@pytest.mark.parametrize(
    "way", [pytest.param(way, marks=[pytest.mark.long] if at > 1 else []) for at, way in enumerate(WAYS)]
)
def test_every_way_to_make_it_comes_to_the_same(made: Made, tmp_path: Path, way: tuple[str, ...]) -> None:
    """Another store of the same evidence, read in another order by other hands, in another place."""
    locale, zone, seed, hands = way
    logs = tmp_path / "elsewhere" / "logs"
    names = sorted(made.logs.rglob("*"), reverse=int(hands) % 2 == 0)
    for name in filter(Path.is_file, names):
        (logs / name.relative_to(made.logs)).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(name, logs / name.relative_to(made.logs))
    case = tmp_path / "case"
    case.mkdir()
    book = Casebook(made.case)
    book.copy(case / "case.db")
    book.close()
    environ = {"LC_ALL": locale, "TZ": zone, "PYTHONHASHSEED": seed, "POLARS_MAX_THREADS": hands, "PYTHONUTF8": "0"}
    told = ("--case", case, "--quiet", "--workers", hands)
    said = call("load", logs, *told, cwd=tmp_path, **environ)
    assert said.code == 3, said.err
    dest = tmp_path / "bag"
    said = call("export", logs, dest, "--with-sources", "--case", case, "--quiet", cwd=Path("/"), **environ)
    assert said.code == 3, said.err
    assert (dest / bag.MANIFEST).read_text() == (made.folder / bag.MANIFEST).read_text()
    assert digest(dest / bag.TAGS) == digest(made.folder / bag.TAGS)


def test_it_holds_every_event_and_what_was_said(made: Made) -> None:
    rows = [json.loads(line) for line in (made.folder / bag.ROWS).read_text().splitlines()]
    assert len(rows) == 12
    assert [row["copies"] for row in rows[:4]] == [2, 2, 2, 1]
    (marked,) = [row for row in rows if row["severity"]]
    assert (marked["severity"], marked["verdict"], marked["bookmark"]) == ("critical", "malicious", True)
    with open(made.folder / bag.CELLS, newline="") as stream:
        names, *cells = csv.reader(stream)
    assert not any(cell[:1] in "=+-@" for row in cells for cell in row if cell)
    again = [recovered_row(names[:-1], row) for row in cells]
    assert [row["userAgent"] for row in again] == [row["userAgent"] or "" for row in rows]


def test_nothing_in_it_can_move_a_terminal(made: Made) -> None:
    own = {"data/events/records.raw", *(name for name in map(str, ()) if name)}
    for path in made.folder.rglob("*"):
        name = path.relative_to(made.folder).as_posix()
        if path.is_file() and name not in own and not name.startswith(bag.SOURCES):
            assert b"\x1b" not in path.read_bytes(), name


def test_no_place_of_this_machine_is_in_it(made: Made) -> None:
    for path in made.folder.rglob("*"):
        if path.is_file():
            assert str(made.root).encode() not in path.read_bytes(), path


def test_a_bundle_is_never_written_over_or_into_the_evidence(made: Made, tmp_path: Path) -> None:
    (tmp_path / "bag").mkdir()
    for dest in (tmp_path / "bag", made.packed, made.logs / "bag", made.logs):
        said = call("export", made.logs, f"{dest}/" if dest.is_dir() else dest, "--case", made.case, "--quiet")
        assert said.code == 2, said.err
    assert not list((tmp_path / "bag").iterdir())
    assert not (made.logs / "bag").exists()


def test_the_journal_tells_of_it(made: Made) -> None:
    said = call("journal", made.case, "--quiet")
    (entry, *_) = [row for row in said.rows if row["kind"] == "export"]
    assert entry["payload"]["form"] == "bundle"
    assert entry["payload"]["sha256"] == digest(made.folder / bag.TAGS)


@contextmanager
def _room(size: int) -> Iterator[None]:
    """No file grows past `size` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, before)


@pytest.mark.parametrize("name", ["bag", "bag.zip"])
def test_where_there_is_no_room_nothing_is_left(made: Made, tmp_path: Path, name: str) -> None:
    request, target = request_of(made), tmp_path / name
    sizes = sorted({path.stat().st_size for path in made.folder.rglob("*") if path.is_file()})
    whole = made.packed.stat().st_size
    limits = [size - 1 for size in sizes if size > 20] if name == "bag" else list(range(0, whole, whole // 25))
    for limit in limits:
        with _room(limit), pytest.raises(EnvironmentFailure):
            write_bundle(request, target, _silent)
        assert not list(tmp_path.iterdir()), limit
    write_bundle(request, target, _silent)
    assert check(target).is_whole
    with pytest.raises(UsageError):
        write_bundle(request, target, _silent)


def test_a_bundle_that_is_no_longer_wanted_leaves_nothing(made: Made, tmp_path: Path) -> None:
    request = request_of(made)
    for name in ("bag", "bag.zip"):
        for after in range(6):
            calls = iter(range(1_000))
            with pytest.raises(Superseded):
                write_bundle(request, tmp_path / name, _silent, lambda calls=calls, after=after: next(calls) >= after)  # type: ignore[misc]
            assert not list(tmp_path.iterdir())


def test_an_event_whose_bytes_are_gone_is_in_it_and_told(made: Made, tmp_path: Path) -> None:
    logs = tmp_path / "logs"
    shutil.copytree(made.logs, logs)
    case = tmp_path / "case"
    assert call("load", logs, "--case", case, "--quiet").code == 3
    (logs / "b.json").unlink()
    store = Store.open(case / "store")
    book = Casebook(case)
    request = BundleRequest(store, store.look(Lens.parse("")), Dossier.of(book), with_sources=True)
    book.close()
    done = write_bundle(request, tmp_path / "bag", _silent)
    assert (done.records, done.unreadable) == (12, 2)
    assert any("without their original bytes" in each for each in done.troubles)
    checked = check(tmp_path / "bag")
    assert not checked.problems
    verdicts = json.loads((tmp_path / "bag" / bag.VERDICTS).read_text())
    assert verdicts["records"] == {"exported": 12, "read_again_and_equal": 10, "not_had_again": 2}


def test_check_on_the_command_line(made: Made, tmp_path: Path) -> None:
    said = call("check", made.packed, "--format", "json", "--quiet")
    assert (said.code, said.document["verdict"], said.document["problems"]) == (0, "whole", [])
    shutil.copytree(made.folder, tmp_path / "bag")
    (tmp_path / "bag" / bag.MARKS).write_text("{}")
    said = call("check", tmp_path / "bag", "--format", "table", "--quiet")
    assert said.code == 1
    assert said.out.startswith(b"broken: ")
    assert call("check", tmp_path / "nothing", "--quiet").code == 4
