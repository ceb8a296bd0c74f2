"""Walks folders, files and globs on disk, oldest delivery slot first, without listing everything before the first."""

import heapq
import os
import stat
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from glob import glob, has_magic
from pathlib import Path

from ctwork.errors import EnvironmentFailure, SourceError
from ctwork.sources.archive import ARCHIVE_SUFFIXES, RESOURCE_FORK_TEXT, archive_kind_of, expand, is_resource_fork
from ctwork.sources.base import Blob, Issue, IssueKind
from ctwork.sources.carrier import open_readonly, os_issue, stamp_of
from ctwork.sources.layout import KeyFacts, file_key, folder_key, slot_of
from ctwork.sources.opening import Opening

_FOLDER, _FILE = 0, 1
"""At the same key a folder comes first: it may hold a file of that very slot."""
STDIN = "-"
_ARCHIVE_ENDS = tuple({ending for suffix in ARCHIVE_SUFFIXES for ending in (suffix[-2:], suffix[-2:].upper())})
_ACQUISITION = "/ctwork-pull/acquisition.jsonl"
_SPECIAL = "It is a FIFO, a socket or a device; only regular files are opened."


@dataclass(frozen=True, slots=True)
class _Root:
    """One place the walk starts at."""

    path: str
    """Absolute, every link resolved: what the user names is followed, links inside are not."""
    label: str
    """The name of a file, or what stands before the names in a folder, with its slash."""
    is_stdin: bool = False


_Entry = tuple[int, int, str, Blob | str]
"""``(time key, folder or file, path, the blob or the folder's name)``: the path decides ties, so two walks agree."""


class LocalSource:
    """Files and folders on disk, and standard input. Nothing is written beside them; no link inside is followed."""

    def __init__(self, locations: Sequence[str], opening: Opening) -> None:
        """Resolves `locations`: paths, globs or ``-``. Raises SourceError for one that does not exist."""
        self.skipped_by_filter = 0
        self._opening = opening
        self._unfiltered = opening.admits.is_open
        self._roots = find_roots(locations, opening.pack)
        self._heap: list[_Entry] = []

    @staticmethod
    def opens(location: str) -> bool:
        """Whatever is no URI is a path."""
        return "://" not in location

    def walk(self) -> Iterator[Blob | Issue]:
        """Every blob in time order; files without any date come first, as soon as they are found."""
        for root in self._roots:
            yield from self._start(root)
        while self._heap:
            _, _, path, item = heapq.heappop(self._heap)
            if isinstance(item, str):
                yield from self._open_folder(path, item)
            elif path.endswith(_ACQUISITION):
                yield from _missing_from_copy(path)
                yield item
            elif path.endswith(_ARCHIVE_ENDS) and path.lower().endswith(ARCHIVE_SUFFIXES) and _is_archive(path):
                yield from self._members(path, item.name)
            else:
                yield item

    def _start(self, root: _Root) -> Iterator[Blob | Issue]:
        if root.is_stdin:
            _keep_stdin(root.path)
        try:
            status = os.lstat(root.path)
        except OSError as error:
            yield os_issue(root.label, error)
            return
        if stat.S_ISDIR(status.st_mode):
            self._push_folder(root.path, root.label)
        elif not stat.S_ISREG(status.st_mode):
            yield Issue(root.label, IssueKind.SPECIAL_FILE, _SPECIAL)
        elif _is_archive(root.path):
            yield from self._members(root.path, root.label)
        else:
            self._push_file(root.path, root.label, status)

    def _push_folder(self, path: str, name: str) -> None:
        heapq.heappush(self._heap, (folder_key(path), _FOLDER, path, name))

    def _push_file(self, path: str, name: str, status: os.stat_result) -> None:
        slot_s = slot_of(name)
        key = file_key(path) if slot_s is None else slot_s
        heapq.heappush(self._heap, (key, _FILE, path, Blob(name, path, status.st_size, stamp_of(status), slot_s)))

    def _open_folder(self, path: str, name: str) -> Iterator[Issue]:
        """Puts what the folder holds on the heap; what is neither file nor folder becomes an issue."""
        try:
            # By descriptor: a folder swapped for a link is not followed, and each status costs one short look-up.
            fd = open_readonly(path, folder=True)
        except OSError as error:
            yield os_issue(name or path, error)
            return
        try:
            with os.scandir(fd) as listing:
                for entry in listing:
                    below = entry.name
                    if problem := self._list_entry(entry, below, f"{path}/{below}", name + below):
                        yield problem
        except OSError as error:
            yield os_issue(name or path, error)
        finally:
            os.close(fd)

    def _list_entry(self, entry: "os.DirEntry[str]", own_name: str, path: str, name: str) -> Issue | None:
        if own_name[0] in "._" and is_resource_fork(own_name):
            return Issue(name, IssueKind.RESOURCE_FORK, RESOURCE_FORK_TEXT)
        if entry.is_file(follow_symlinks=False):
            if self._unfiltered or self._admits_file(path):
                try:
                    self._push_file(path, name, entry.stat(follow_symlinks=False))
                except OSError as error:
                    return os_issue(name, error)
        elif entry.is_dir(follow_symlinks=False):
            if self._unfiltered or self._opening.admits.admits_folder(path):
                self._push_folder(path, name + "/")
        else:
            return self._odd_entry(entry.is_symlink(), path, name)
        return None

    def _admits_file(self, path: str) -> bool:
        admitted = self._opening.admits.admits_file(KeyFacts.of(path))
        self.skipped_by_filter += not admitted
        return admitted

    def _odd_entry(self, is_link: bool, path: str, name: str) -> Issue:
        if not is_link:
            return Issue(name, IssueKind.SPECIAL_FILE, _SPECIAL)
        target = os.path.realpath(path)
        if not os.path.lexists(target) or Path(target).is_symlink():
            return Issue(name, IssueKind.SYMLINK_OUTSIDE, "A symbolic link that leads nowhere.")
        if any(_lies_in(target, root.path) for root in self._roots):
            message = "A symbolic link to a place inside the source, which is read under its own name."
            return Issue(name, IssueKind.DUPLICATE_CONTENT, message)
        message = f"A symbolic link that leads out of the source, to {target}. Name that place to read it."
        return Issue(name, IssueKind.SYMLINK_OUTSIDE, message)

    def _members(self, path: str, name: str) -> Iterator[Blob | Issue]:
        admits = _everything if self._unfiltered else self._admits_file
        return expand(path, name, self._opening.pack, self._opening.bounds, admits)


def _missing_from_copy(path: str) -> Iterator[Issue]:
    """What the log of a copy tells: what could not be had, and what was found odd when it was made."""
    from ctwork.sources.aws.copybook import told_in  # only where a copy is read

    with suppress(OSError):
        yield from (issue for _, issue in told_in(Path(path).parents[1]).issues)


def _everything(_: str) -> bool:
    return True


def _is_archive(path: str) -> bool:
    try:
        return bool(archive_kind_of(path))
    except OSError:
        return False


def find_roots(locations: Sequence[str], pack: str | None) -> list[_Root]:
    """Where `locations` lie, without those inside others, each with a label that tells it from the rest.

    Raises SourceError for a location that does not exist or cannot be taken.
    """
    paths: list[str] = []
    stdin_path = ""
    for location in locations:
        if location == STDIN:
            stdin_path = _stdin_path(pack)
        else:
            paths.extend(_matches(location))
    paths = _without_nested(list(dict.fromkeys(paths)))
    folders = [path for path in paths if Path(path).is_dir()]
    labels = dict(zip(paths, _labels(paths), strict=True))
    if len(paths) == 1 and not stdin_path and folders:
        labels[paths[0]] = ""
    roots = [_Root(path, f"{labels[path]}/" if path in folders and labels[path] else labels[path]) for path in paths]
    return roots + ([_Root(stdin_path, "stdin", is_stdin=True)] if stdin_path else [])


def _matches(location: str) -> list[str]:
    if os.path.lexists(location):
        return [os.path.realpath(location)]
    found: list[str] = []
    if has_magic(location):
        found = sorted(glob(location, recursive=True, include_hidden=True))  # noqa: PTH207 - Path takes no absolute pattern
    if not found:
        hint = "Check the spelling, and whether the disk is mounted; quote a pattern to hand it on as it is."
        raise SourceError(f"There is nothing at {location}.", hint)
    return [os.path.realpath(path) for path in found]


def _lies_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def _without_nested(paths: list[str]) -> list[str]:
    """`paths` less those inside another one: each file is read once."""
    kept: list[str] = []
    for path in sorted(paths):
        if not kept or not _lies_in(path, kept[-1]):
            kept.append(path)
    return [path for path in paths if path in set(kept)]


def _labels(paths: list[str]) -> list[str]:
    """As many last components of each path as it takes to tell all of them apart."""
    parts = [path.strip("/").split("/") for path in paths]
    for count in range(1, max(map(len, parts), default=0) + 1):
        labels = ["/".join(part[-count:]) for part in parts]
        if len(set(labels)) == len(labels):
            return labels
    return paths


def _stdin_path(pack: str | None) -> str:
    if pack is None:
        raise SourceError("Standard input needs a case folder to be kept in.", "Save it as a file and name the file.")
    if sys.stdin.isatty():
        raise SourceError("Standard input is this terminal.", "Pipe the records in, or name a file or a folder.")
    return f"{pack}.stdin"


def _keep_stdin(path: str) -> None:
    """Writes standard input to `path`, verbatim; what a first walk has kept is not read again."""
    if os.path.lexists(path):
        return
    try:
        with open(path, "xb") as file:
            while piece := sys.stdin.buffer.read(1 << 20):
                file.write(piece)
    except OSError as error:
        hint = "Give the case a place with more room."
        raise EnvironmentFailure(f"Standard input cannot be kept in the case: {error.strerror}.", hint) from error
