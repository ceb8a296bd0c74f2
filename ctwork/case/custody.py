"""Who works on a case: the person and machine that the journal names, and who of several has the case in hand.

One process at a time changes the marks of a case. Its name stands in the journal's ``holder`` row, with an epoch that
grows with every change of hands and so ends the say of a holder whom another has relieved; and it has the lock of that
epoch, which the system takes away when the process dies.
"""

import fcntl
import getpass
import os
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ctwork import __version__

_NETWORK = frozenset(
    {"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre", "davfs", "fuse.sshfs"}
    | {"fuse.rclone", "fuse.s3fs", "beegfs", "gpfs", "ncpfs", "virtiofs"}
)
_ESCAPES = (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\"))
"""How the kernel writes a mount point (proc(5))."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did something, where, and with what."""

    name: str
    host: str
    tool: str

    @classmethod
    def here(cls) -> "Actor":
        """The user of this process; ``CTWORK_ACTOR`` names an investigator who shares an account with others."""
        name = os.environ.get("CTWORK_ACTOR", "").strip()
        if not name:
            try:
                name = getpass.getuser()
            except (OSError, KeyError):  # no such user on this machine, as in a container
                name = f"uid {os.getuid()}"
        return cls(name, socket.gethostname(), f"ctwork {__version__}")


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has the case in hand."""

    epoch: int
    actor: str
    host: str
    pid: int
    since_ms: int


class Lock:
    """The lock of one holder, which the system takes away when the process dies.

    Every change of hands has a lock file of its own, so that one who was relieved and lives on keeps no other out.
    """

    def __init__(self, folder: Path, epoch: int) -> None:
        self._path = folder / f"case-{epoch}.lock"
        self._handle = -1

    def take(self) -> bool:
        """Whether the lock could be had at once. False as well where the folder cannot be written."""
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return False
        self._handle = handle
        return True

    def release(self) -> None:
        """Lets go of it, and takes the file away: nobody asks for a lock of the past again."""
        if self._handle >= 0:
            with suppress(OSError):
                self._path.unlink(missing_ok=True)
            os.close(self._handle)
            self._handle = -1


def is_network_folder(folder: Path) -> bool:
    """Whether `folder` lies on a file system of another machine, where shared memory and locks cannot be relied on."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(errors="surrogateescape").splitlines()
    except OSError:
        return False
    return file_system(folder.resolve(), lines) in _NETWORK


def file_system(folder: Path, mounts: list[str]) -> str:
    """The kind of the file system that holds `folder`, by the lines of ``mountinfo`` (proc(5)); "" when unknown."""
    best, kind = -1, ""
    for line in mounts:
        before, _, after = line.partition(" - ")
        parts, rest = before.split(" "), after.split(" ")
        if len(parts) < 5 or not rest[0]:
            continue
        point = parts[4]
        for written, meant in _ESCAPES:
            point = point.replace(written, meant)
        # Of two mounts on one point the later one is seen.
        if folder.is_relative_to(point) and len(point) >= best:
            best, kind = len(point), rest[0]
    return kind
