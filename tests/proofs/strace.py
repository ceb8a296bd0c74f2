"""Reads what strace saw: which calls could have changed a file, and which opened a socket."""

import codecs
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_WRITING = (
    *("open", "openat", "openat2", "creat", "mkdir", "mkdirat", "mknod", "mknodat", "rmdir", "unlink", "unlinkat"),
    *(
        "rename",
        "renameat",
        "renameat2",
        "link",
        "linkat",
        "symlink",
        "symlinkat",
        "truncate",
        "ftruncate",
        "fallocate",
    ),
    *(
        "chmod",
        "fchmod",
        "fchmodat",
        "chown",
        "fchown",
        "lchown",
        "fchownat",
        "utime",
        "utimes",
        "utimensat",
        "futimesat",
    ),
    *("setxattr", "lsetxattr", "fsetxattr", "removexattr", "lremovexattr", "fremovexattr", "mmap", "mount"),
    *("copy_file_range", "sendfile", "splice", "io_uring_setup"),
)
_LINE = re.compile(r"(?:<\.\.\. )?(\w+)(?:\(| resumed>)(.*)")
_STRING = re.compile(r'(?:(?:AT_FDCWD|\d+)<((?:[^<>\\]|\\.)*)>, )?"((?:[^"\\]|\\.)*)"')
_HANDLE = re.compile(r"\d+<(/(?:[^<>\\]|\\.)*)>")
_OPENS = ("open", "openat", "openat2", "creat")
_CHANGING_FLAGS = ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "O_TMPFILE")


def command(log: Path) -> tuple[str, ...]:
    """strace as the start of a command line; one file per process, named after `log`."""
    wanted = ",".join(("%network", *_WRITING))
    return ("strace", "-ff", "-y", "-qq", "--seccomp-bpf", "-e", "signal=none", "-e", f"trace={wanted}", "-o", str(log))


@dataclass(frozen=True)
class Act:
    """One system call."""

    name: str
    text: str
    """The line as strace wrote it."""
    paths: tuple[Path, ...]
    """Every path it names, by string or by descriptor."""

    @property
    def is_open(self) -> bool:
        """Whether it opened a file."""
        return self.name in _OPENS

    @property
    def may_write(self) -> bool:
        """Whether it could have changed what it names; what failed counts, for it was tried."""
        if self.is_open:
            return self.name == "creat" or any(flag in self.text for flag in _CHANGING_FLAGS)
        if self.name == "mmap":
            return "PROT_WRITE" in self.text and "MAP_SHARED" in self.text
        return self.name in _WRITING

    @property
    def is_socket(self) -> bool:
        """Whether it made a socket that leads out of this machine."""
        return self.name in ("socket", "socketpair") and "AF_UNIX" not in self.text

    def touches(self, folder: Path) -> bool:
        """Whether it names anything at or below `folder`."""
        return any(path.is_relative_to(folder) for path in self.paths)


def acts(log: Path, cwd: Path) -> Iterator[Act]:
    """Every traced call below `log`, of all processes; relative paths start at `cwd` when strace does not say."""
    for file in sorted(log.parent.glob(log.name + ".*")):
        for line in file.read_text("utf-8", "surrogateescape").splitlines():
            if match := _LINE.match(line):
                yield Act(match[1], line, tuple(_paths(line, cwd)))


def _paths(line: str, cwd: Path) -> Iterator[Path]:
    for base, text in _STRING.findall(line):
        # A path object would keep the dots.
        yield Path(os.path.normpath(Path(_plain(base) or cwd) / _plain(text)))
    for handle in _HANDLE.findall(line):
        yield Path(_plain(handle))


def _plain(text: str) -> str:
    """`text` without the escapes strace puts in."""
    return os.fsdecode(codecs.escape_decode(os.fsencode(text))[0])  # type: ignore[attr-defined]
