"""What a bundle is written into: a folder or a zip that has its name only once it is whole and on the disk."""

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, BinaryIO, Protocol

from ctwork.errors import EnvironmentFailure, UsageError

ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that the format knows: a zip made twice is the same bytes."""
ZIP_MODE = 0o100644 << 16
_UNIX = 3
_LEVEL = 6


class Hashing:
    """A stream that knows the hash and the size of what went through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, content: bytes) -> int:
        """Writes all of `content`."""
        self._stream.write(content)
        self._digest.update(content)
        self.size += len(content)
        return len(content)

    @property
    def sha256(self) -> str:
        """Of everything so far, in hexadecimal."""
        return self._digest.hexdigest()


class Vessel(Protocol):
    """Takes the files of a bundle one after the other."""

    def file(self, path: str) -> AbstractContextManager[IO[bytes]]:
        """A stream for the content of the file `path`."""
        ...

    def finish(self) -> None:
        """Puts everything on the disk, and only then under its name."""
        ...

    def abandon(self) -> None:
        """Leaves nothing behind."""
        ...


class FolderVessel:
    """A bundle as a folder."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._folder = Path(tempfile.mkdtemp(".partial", f".{target.name[:100]}.", target.parent))

    @contextmanager
    def file(self, path: str) -> Iterator[IO[bytes]]:
        """As `Vessel.file`."""
        place = self._folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with open(place, "xb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())

    def finish(self) -> None:
        """As `Vessel.finish`."""
        for folder, _, _ in os.walk(self._folder, topdown=False):
            _sync(Path(folder))
        self._folder.chmod(0o755)
        if os.path.lexists(self._target):
            raise _taken(self._target)
        self._folder.rename(self._target)
        _sync(self._target.parent)

    def abandon(self) -> None:
        """As `Vessel.abandon`."""
        shutil.rmtree(self._folder, ignore_errors=True)


class ZipVessel:
    """A bundle as a zip with one folder in it, named like the zip (RFC 8493, 4.1)."""

    def __init__(self, target: Path) -> None:
        self._target = target
        self._top = target.name.removesuffix(".zip")
        handle, name = tempfile.mkstemp(".partial", f".{target.name[:100]}.", target.parent)
        self._path = Path(name)
        self._stream: BinaryIO = os.fdopen(handle, "w+b")
        self._zip = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    @contextmanager
    def file(self, path: str) -> Iterator[IO[bytes]]:
        """As `Vessel.file`."""
        with self._zip.open(member(f"{self._top}/{path}"), "w", force_zip64=True) as stream:
            yield stream

    def finish(self) -> None:
        """As `Vessel.finish`."""
        self._zip.close()
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self._stream.close()
        self._path.chmod(0o644)
        if os.path.lexists(self._target):
            raise _taken(self._target)
        self._path.rename(self._target)
        _sync(self._target.parent)

    def abandon(self) -> None:
        """As `Vessel.abandon`."""
        self._path.unlink(missing_ok=True)
        # What is left to be written has no place to go: that is why it is abandoned.
        for close in (self._zip.close, self._stream.close):
            with suppress(OSError, ValueError):
                close()


def member(name: str) -> zipfile.ZipInfo:
    """How a bundle's zip names the member `name`: nothing in it tells of the clock or the machine."""
    found = zipfile.ZipInfo(name, ZIP_TIME)
    found.create_system, found.external_attr, found.compress_type = _UNIX, ZIP_MODE, zipfile.ZIP_DEFLATED
    return found


class vessel(AbstractContextManager[Vessel]):  # noqa: N801 - reads as the function it is used as
    """The vessel that `target` names: a zip by its suffix, else a folder. Left with an error, nothing of it stays.

    Raises UsageError when there is something already, EnvironmentFailure when it cannot be written.
    """

    def __init__(self, target: Path) -> None:
        self._target = target.absolute()
        self._vessel: Vessel | None = None

    def __enter__(self) -> Vessel:
        if os.path.lexists(self._target):
            raise _taken(self._target)
        try:
            made: Vessel = (ZipVessel if self._target.suffix.lower() == ".zip" else FolderVessel)(self._target)
        except OSError as problem:
            raise _failed(self._target, problem) from problem
        self._vessel = made
        return made

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        made = self._vessel
        assert made is not None
        try:
            if problem is None:
                made.finish()
                return
        except OSError as failure:
            problem = failure
        except UsageError:
            made.abandon()
            raise
        made.abandon()
        if isinstance(problem, OSError):
            raise _failed(self._target, problem) from problem


def _taken(target: Path) -> UsageError:
    return UsageError(f"{target.name} is there already", "choose another name: a bundle is never written over")


def _failed(target: Path, problem: OSError) -> EnvironmentFailure:
    why = problem.strerror or str(problem)
    return EnvironmentFailure(
        f"cannot write {target.name}: {why}", "nothing of it was left; check the folder and space"
    )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
