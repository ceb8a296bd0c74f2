"""Family F: names, kinds, permissions, links, and files that change or vanish while they are read."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

from ctwork.sources.base import Bounds
from hostile.case import Case, Plant, R, case, gz, trail

DATA = trail(*R[:3])
THREE = (0, 1, 2)
LOG = "111122223333_CloudTrail_us-east-1_20240501T0005Z_AAAAAAAAAAAAAAAA.json.gz"


def write(path: Path, data: bytes = DATA) -> None:
    """A file and the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def names() -> Iterator[Case]:
    """Names that are no hint, or an attack on whoever shows or uses them."""
    for name, file in (
        ("no-suffix", "events"),
        ("wrong-suffix", "holiday.jpg"),
        ("upper-case-suffix", "X.JSON.GZ"),
        ("space-and-quote", "a 'b' \"c\".json"),
        ("escape-codes", "\x1b]2;owned\x07\x1b[2J.json"),
        ("newline", "a\nb.json"),
        ("right-to-left", "gpj.\u202enosj.exe"),
        ("markup", "[nope][@click=app.quit].json"),
        ("leading-dash", "-rf.json"),
        ("leading-dot", ".hidden.json"),
        ("255-bytes", "n" * 250 + ".json"),
        ("backslashes", "AWSLogs\\1\\x.json"),
        ("exclamation-mark", "a.zip!b.json"),
        ("percent", "%2e%2e%2fx%00.json"),
        ("only-spaces", "   "),
        ("date-of-the-year-9999", LOG.replace("20240501T0005Z", "99991231T2355Z")),
        ("impossible-date", LOG.replace("20240501T0005Z", "99999999T9999Z")),
    ):
        yield case(f"F-name-{name}", DATA, THREE, file=file)

    def undecodable(folder: Path) -> None:
        with open(os.fsencode(folder) + b"/caf\xe9.json", "wb") as file:
            file.write(DATA)

    def deep(folder: Path) -> None:
        write(folder.joinpath(*["d"] * 60, "x.json"))

    yield tree("F-name-not-utf-8", undecodable, THREE)
    yield tree("F-name-60-folders-deep", deep, THREE)


def tree(name: str, plant: Plant, holds: tuple[int, ...] = (), told: str = "", meanwhile: Plant | None = None) -> Case:
    """A case that is a folder."""
    return case(name, plant, holds, told, is_tree=True, meanwhile=meanwhile)


def kinds() -> Iterator[Case]:
    """What is no regular file, or cannot be opened."""

    def listening(folder: Path) -> None:
        # A socket's path must be short, so it is bound from inside.
        here = Path.cwd()
        os.chdir(folder)
        try:
            with socket.socket(socket.AF_UNIX) as ear:
                ear.bind("s.json")
        finally:
            os.chdir(here)

    yield tree("F-fifo", lambda folder: os.mkfifo(folder / "x.json.gz"), (), "special-file")
    yield tree("F-socket", listening, (), "special-file")
    yield tree("F-empty-folder", lambda folder: (folder / "AWSLogs").mkdir())
    yield tree("F-folder-named-like-a-log", lambda folder: write(folder / LOG / "x.json"), THREE)
    yield tree("F-resource-forks", forks, THREE)
    if os.geteuid():
        yield tree("F-unreadable-file", lambda folder: shut(folder / "x.json", 0), (), "unreadable")
        yield tree("F-unreadable-folder", lambda folder: shut(folder / "d" / "x.json", 0, 1), (), "unreadable")
    else:
        yield tree("F-mode-of-no-rights", lambda folder: shut(folder / "x.json", 0), THREE)
        yield tree("F-folder-mode-of-no-rights", lambda folder: shut(folder / "d" / "x.json", 0, 1), THREE)


def forks(folder: Path) -> None:
    """What a Mac strews beside a file."""
    write(folder / "x.json")
    write(folder / "._x.json", b"\0\x05\x16\x07fork")
    write(folder / ".DS_Store", b"\0\0\0\1Bud1")


def shut(path: Path, mode: int, above: int = 0) -> None:
    """A file that (or a folder `above` which) gives nobody a right."""
    write(path)
    (path.parents[above - 1] if above else path).chmod(mode)


def links() -> Iterator[Case]:
    """Symbolic and hard links."""

    def linked(name: str, to: str) -> Plant:
        def plant(folder: Path) -> None:
            write(folder / "x.json")
            (folder / name).symlink_to(to)

        return plant

    def hard(folder: Path) -> None:
        write(folder / "x.json")
        os.link(folder / "x.json", folder / "y.json")

    yield tree("F-link-to-a-file-inside", linked("y.json", "x.json"), THREE)
    yield tree("F-link-to-its-own-folder", linked("y", "."), THREE)
    yield tree("F-link-out-to-a-file", linked("y.json", "/etc/hostname"), THREE, "symlink-outside")
    yield tree("F-link-out-to-a-folder", linked("y", "/etc"), THREE, "symlink-outside")
    yield tree("F-link-to-nothing", linked("y.json", "gone.json"), THREE, "symlink-outside")
    yield tree("F-link-to-itself", linked("y.json", "y.json"), THREE, "symlink-outside")
    yield tree("F-link-to-a-device", linked("y.json", "/dev/zero"), THREE, "symlink-outside")
    yield tree("F-hard-link", hard, (*THREE, *THREE))


def changes() -> Iterator[Case]:
    """What happens between the listing and the reading."""

    def one(folder: Path) -> None:
        write(folder / "x.json")
        write(folder / "y.json", R[3])

    def gone(folder: Path) -> None:
        (folder / "x.json").unlink()

    def folder_now(folder: Path) -> None:
        gone(folder)
        (folder / "x.json").mkdir()

    def link_now(folder: Path) -> None:
        gone(folder)
        (folder / "x.json").symlink_to("/etc/hostname")

    def fifo_now(folder: Path) -> None:
        gone(folder)
        os.mkfifo(folder / "x.json")

    def longer(folder: Path) -> None:
        with (folder / "x.json").open("ab") as file:
            file.write(b"\n" + R[4])

    def other(folder: Path) -> None:
        write(folder / "new", trail(*R[5:8]))
        (folder / "new").replace(folder / "x.json")

    yield tree("F-vanishes", one, (3,), "vanished", gone)
    yield tree("F-becomes-a-folder", one, (3,), "special-file unreadable", folder_now)
    yield tree("F-becomes-a-link", one, (3,), "symlink-outside", link_now)
    yield tree("F-becomes-a-fifo", one, (3,), "special-file", fifo_now)
    # What is read is whole, and its stamp is that of the listing: the next load reads it again.
    yield tree("F-grows-before-it-is-read", one, (0, 1, 2, 3, 4), "", longer)
    yield tree("F-is-replaced-before-it-is-read", one, (3, 5, 6, 7), "", other)


def sizes() -> Iterator[Case]:
    """Files larger than allowed."""
    small = Bounds(inflated_bytes=1_000)
    yield case("F-larger-than-allowed", DATA, (), "too-large", bounds=small)
    yield case("F-one-byte", b"{", (), "truncated")
    yield case("F-log-name-with-other-content", gz(b"\x89PNG\r\n\x1a\n"), (), "not-json", LOG)


CASES = [*names(), *kinds(), *links(), *changes(), *sizes()]
