"""A bundle that came from somewhere, looked at without being unpacked or followed: its files, and what is odd there."""

import os
import shutil
import stat
import tempfile
import unicodedata
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import IO, Protocol

from ctwork.case.bundle.bag import is_path
from ctwork.case.bundle.zipshape import strange
from ctwork.errors import SourceError
from ctwork.model.legible import spelled
from ctwork.sources.base import DEFAULT_BOUNDS
from ctwork.sources.carrier import open_readonly

_STORED, _DEFLATED = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED
_ENCRYPTED = 1


class OpenBundle(Protocol):
    """A bundle as its checker sees it."""

    sizes: dict[str, int]
    """Bytes per file, by path within the bundle."""
    problems: list[str]
    """What nothing but damage or malice makes."""
    notes: list[str]

    def open(self, path: str) -> IO[bytes]:
        """The content of the file `path`. Raises OSError, KeyError."""
        ...

    def place(self, path: str) -> AbstractContextManager[Path]:
        """The file `path` as one on disk, for readers that take no other."""
        ...


class FolderBundle:
    """A bundle in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.sizes: dict[str, int] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._walk(os.fsencode(folder), "")

    def _walk(self, folder: bytes, within: str) -> None:
        entries = sorted(os.scandir(folder), key=lambda each: each.name)
        if not entries and within:
            self.problems.append(f"{spelled(within)} is a folder without anything in it")
        for entry in entries:
            path = within + os.fsdecode(entry.name)
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                self._walk(entry.path, path + "/")
            elif stat.S_ISREG(status.st_mode):
                self.sizes[path] = status.st_size
            else:
                kind = "a link" if stat.S_ISLNK(status.st_mode) else "a special file"
                self.problems.append(f"{_shown(path)} is {kind}: it was not followed")

    def open(self, path: str) -> IO[bytes]:
        """As `OpenBundle.open`."""
        return os.fdopen(open_readonly(str(self._folder / path)), "rb")

    def place(self, path: str) -> AbstractContextManager[Path]:
        """As `OpenBundle.place`."""
        return nullcontext(self._folder / path)


class ZipBundle:
    """A bundle in a zip, in whose one folder everything lies."""

    def __init__(self, path: Path) -> None:
        self.sizes: dict[str, int] = {}
        self.problems: list[str] = []
        self.notes: list[str] = []
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._stream = os.fdopen(open_readonly(str(path)), "rb")
        try:
            self._zip = zipfile.ZipFile(self._stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as problem:
            self._stream.close()
            raise SourceError(f"{path.name} is no zip that can be read: {problem}", "is it whole?") from problem
        found = self._zip.infolist()
        self.notes += strange(self._stream, found)
        tops = {each.filename.partition("/")[0] for each in found}
        if len(tops) != 1:
            self.problems.append(f"the zip holds {len(tops)} folders at its top, and a bundle has one")
        for each in found:
            self._take(each)

    def _take(self, member: zipfile.ZipInfo) -> None:
        name = member.filename
        path = name.partition("/")[2]
        kind = stat.S_IFMT(member.external_attr >> 16)
        if member.is_dir():
            self.notes.append(f"{_shown(name)} is named as a folder, which a bundle's zip does not do")
        elif kind not in (0, stat.S_IFREG):
            self.problems.append(f"{_shown(name)} is a link or a special file: it was not followed")
        elif name != member.orig_filename or "\\" in name:
            self.problems.append(f"{_shown(member.orig_filename)} hides another name")
        elif path in self._members:
            self.problems.append(f"{_shown(path)} is in the zip twice")
        elif member.flag_bits & _ENCRYPTED or member.compress_type not in (_STORED, _DEFLATED):
            self.problems.append(f"{_shown(path)} is encrypted, or packed in a way that a bundle is not")
        elif not self._fits(member):
            self.problems.append(f"{_shown(path)} would inflate to {member.file_size:,} bytes: it was not read")
        else:
            self._members[path] = member
            self.sizes[path] = member.file_size

    @staticmethod
    def _fits(member: zipfile.ZipInfo) -> bool:
        """Whether a member stays within what the bounds of a load allow: no more than its size is ever inflated."""
        bounds = DEFAULT_BOUNDS
        return member.file_size <= max(bounds.ratio_floor_bytes, bounds.ratio * member.compress_size)

    def open(self, path: str) -> IO[bytes]:
        """As `OpenBundle.open`."""
        return self._zip.open(self._members[path])

    @contextmanager
    def place(self, path: str) -> Iterator[Path]:
        """As `OpenBundle.place`: in a private folder that is gone afterwards."""
        with tempfile.TemporaryDirectory(prefix="ctwork-check-") as folder:
            # The name was checked: it has no part that leads elsewhere, and only its last part is taken.
            file = Path(folder) / path.rpartition("/")[2]
            with self.open(path) as stream, open(file, "xb") as out:
                shutil.copyfileobj(stream, out, 1 << 20)
            yield file

    def close(self) -> None:
        """Lets go of the file."""
        self._zip.close()
        self._stream.close()


@contextmanager
def opened(path: Path) -> Iterator[OpenBundle]:
    """The bundle at `path`, a folder or a zip, with what is odd about its names. Raises SourceError."""
    try:
        if path.is_dir():
            folder = FolderBundle(path)
            folder.problems += _odd_names(folder.sizes)
            yield folder
            return
        packed = ZipBundle(path)
    except OSError as problem:
        raise SourceError(f"{path} cannot be read: {problem.strerror}", "name a bundle: a folder or a zip") from problem
    try:
        packed.problems += _odd_names(packed.sizes)
        yield packed
    finally:
        packed.close()


def _odd_names(names: dict[str, int]) -> Iterator[str]:
    """Names that no bundle has, and names that some systems or eyes take for each other."""
    seen: dict[str, str] = {}
    for name in names:
        if not is_path(name):
            yield f"{_shown(name)} is no name that a bundle gives"
        alike = unicodedata.normalize("NFKC", name.encode("utf-8", "backslashreplace").decode()).casefold()
        if alike in seen:
            yield f"{_shown(name)} and {_shown(seen[alike])} are one name to some systems"
        seen[alike] = name


def _shown(name: str) -> str:
    return spelled(name)
