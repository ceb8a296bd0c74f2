"""An API's answer as the AWS CLI prints it, and the file that it is kept in: whole under its name, or not there."""

import json
import os
from base64 import b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

_SPARED = ("ResponseMetadata", "NextToken")


def rendered(answer: Mapping[str, Any]) -> bytes:
    """JSON with four spaces, times as ISO 8601 in UTC, bytes as base64; texts character for character."""
    kept = {name: value for name, value in answer.items() if name not in _SPARED}
    text = json.dumps(kept, indent=4, ensure_ascii=False, default=_plain) + "\n"
    try:
        return text.encode()
    except UnicodeEncodeError:  # a lone surrogate has no UTF-8
        return (json.dumps(kept, indent=4, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is no value of an answer")


def keep(path: Path, data: bytes) -> None:
    """Puts `data` under its name, on the disk before it has that name. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.partial")
    with open(partial, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)


def append(path: Path, line: Mapping[str, Any]) -> None:
    """Adds one line of JSON to a file that only grows; a line that an interruption tore is closed. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                file.write(b"\n")
        file.write(json.dumps(line, default=_plain).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())


def lines(path: Path) -> list[dict[str, Any]]:
    """What `append` has written, without what an interruption tore; nothing when there is no such file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    found = []
    for line in data.splitlines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        if isinstance(value, dict):
            found.append(value)
    return found
