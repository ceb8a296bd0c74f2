"""Everything there is to know of a tree, taken without leaving a trace in it."""

import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_QUIET = os.O_RDONLY | getattr(os, "O_NOATIME", 0) | os.O_NONBLOCK | getattr(os, "O_NOFOLLOW", 0)


def manifest(root: Path) -> dict[str, dict[str, Any]]:
    """Path → size, mode, owner, times, links, extended attributes and hash of everything at and below `root`."""
    return dict(_walk(root))


def folders(taken: dict[str, dict[str, Any]]) -> list[str]:
    """The folders in a manifest."""
    return [path for path, facts in taken.items() if "names" in facts]


def _walk(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    status = path.lstat()
    facts: dict[str, Any] = {
        "size": status.st_size,
        "mode": status.st_mode,
        "owner": (status.st_uid, status.st_gid),
        "links": status.st_nlink,
        "inode": status.st_ino,
        "mtime": status.st_mtime_ns,
        "ctime": status.st_ctime_ns,
        "xattrs": {
            name: os.getxattr(path, name, follow_symlinks=False) for name in os.listxattr(path, follow_symlinks=False)
        },
    }
    below: list[str] = []
    if stat.S_ISLNK(status.st_mode):
        # Reading a link moves its access time, and no flag prevents that: it is left out, for links alone.
        yield str(path), facts
        return
    facts["atime"] = status.st_atime_ns
    if not stat.S_ISFIFO(status.st_mode):
        fd = os.open(path, _QUIET)
        try:
            if stat.S_ISDIR(status.st_mode):
                below = sorted(os.listdir(fd))
                facts["names"] = below
            else:
                with open(fd, "rb", closefd=False) as file:
                    facts["sha256"] = hashlib.file_digest(file, "sha256").hexdigest()
        finally:
            os.close(fd)
    yield str(path), facts
    for name in below:
        yield from _walk(path / name)
