r"""Wildcard patterns: `*` stands for any run of characters, `?` for one, `\` takes the next character literally."""

import re
from collections.abc import Iterator


def normal_glob(pattern: str) -> str:
    r"""The same pattern with runs of `*` as one and no backslash but before `*`, `?` and `\`."""
    return "".join(char if wild else escape_glob(char) for char, wild in symbols(pattern))


def plain_text(pattern: str) -> str | None:
    """The text a pattern without wildcards stands for; None when it has wildcards."""
    read = list(symbols(pattern))
    return None if any(wild for _, wild in read) else "".join(char for char, _ in read)


def escape_glob(text: str) -> str:
    """`text` as a pattern that matches nothing else."""
    return re.sub(r"[\\*?]", r"\\\g<0>", text)


def glob_body(pattern: str) -> str:
    """The pattern as a regular expression without anchors, to be compiled with DOTALL.

    All stars but the last take the nearest match for good (an atomic group, as Python's own fnmatch does), which is
    always right for them and keeps a pattern of many stars from trying every combination.
    """
    segments = [""]
    for char, wild in symbols(pattern):
        if wild and char == "*":
            segments.append("")
        else:
            segments[-1] += "." if wild else re.escape(char)
    if len(segments) == 1:
        return segments[0]
    middle = "".join(f"(?>.*?{segment})" for segment in segments[1:-1])
    return f"{segments[0]}{middle}.*{segments[-1]}"


def symbols(pattern: str) -> Iterator[tuple[str, bool]]:
    """The pattern's characters, each with whether it is a wildcard. A backslash at the very end stands for itself."""
    escaped = starred = False
    for char in pattern:
        if not escaped and char == "\\":
            escaped = True
            continue
        wild = not escaped and char in "*?"
        if not (starred and wild and char == "*"):
            yield char, wild
        starred, escaped = wild and char == "*", False
    if escaped:
        yield "\\", False
