"""Asks the kernel what happens to every file and folder of a tree: no tool needed, nothing missed, nothing touched."""

import ctypes
import os
import struct
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

_EVENTS = {
    0x1: "ACCESS", 0x2: "MODIFY", 0x4: "ATTRIB", 0x8: "CLOSE_WRITE", 0x10: "CLOSE_NOWRITE", 0x20: "OPEN",
    0x40: "MOVED_FROM", 0x80: "MOVED_TO", 0x100: "CREATE", 0x200: "DELETE", 0x400: "DELETE_SELF", 0x800: "MOVE_SELF",
    0x2000: "UNMOUNT", 0x4000: "Q_OVERFLOW", 0x8000: "IGNORED",
}  # fmt: skip
_ALL = 0xFFF
_HEAD = struct.Struct("iIII")
HARMLESS = frozenset({"OPEN", "ACCESS", "CLOSE_NOWRITE"})


class Watch:
    """Counts the events of `folders` and what they hold, as ``(kind, path)``, from its making until `close`."""

    def __init__(self, folders: Iterable[str]) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1")
        self._places: dict[int, Path] = {}
        self.seen: Counter[tuple[str, str]] = Counter()
        for path in folders:
            number = libc.inotify_add_watch(self._fd, os.fsencode(path), _ALL)
            if number < 0:
                raise OSError(ctypes.get_errno(), "inotify_add_watch", path)
            self._places[number] = Path(path)
        self.drain()
        self.seen.clear()

    def drain(self) -> None:
        """Take in what has happened; often enough, so that the kernel's queue does not run over."""
        while True:
            try:
                data = os.read(self._fd, 1 << 16)
            except BlockingIOError:
                return
            at = 0
            while at < len(data):
                number, mask, _, size = _HEAD.unpack_from(data, at)
                name = os.fsdecode(data[at + _HEAD.size : at + _HEAD.size + size].rstrip(b"\0"))
                at += _HEAD.size + size
                for bit, kind in _EVENTS.items():
                    if mask & bit:
                        self.seen[kind, str(self._places.get(number, Path()) / name)] += 1

    def close(self) -> None:
        """Take in the rest and end."""
        self.drain()
        os.close(self._fd)

    def __enter__(self) -> "Watch":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
