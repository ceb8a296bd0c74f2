"""Where everything lies in a bundle: BagIt 1.0 (RFC 8493), names of plain ASCII, every list sorted.

A bundle is the same bytes whenever it is made of the same case. So nothing here depends on the clock, on the place of
the sources, or on the order in which anything was met.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import quote_from_bytes, unquote_to_bytes

SCHEMA = 1
NAMESPACE = "ctwork-bundle"
"""What a signature is made for (ssh-keygen(1), -n): one made for anything else does not count."""

DECLARATION = "bagit.txt"
INFO = "bag-info.txt"
MANIFEST = "manifest-sha256.txt"
TAGS = "tagmanifest-sha256.txt"
SIGNATURE = TAGS + ".sig"
DECLARED = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
TAG_FILES = (INFO, DECLARATION, MANIFEST)
"""What the tag manifest lists, in its order."""

README = "data/README.txt"
HEAD = "data/bundle.json"
RAW = "data/events/records.raw"
INDEX = "data/events/index.jsonl"
ROWS = "data/events/events.jsonl"
CELLS = "data/events/events.csv"
MARKS = "data/marks.json"
JOURNAL = "data/journal.jsonl"
LENSES = "data/lenses.json"
LOAD = "data/load/report.json"
ISSUES = "data/load/issues.jsonl"
FILES = "data/load/files.jsonl"
VERDICTS = "data/verdicts.json"
REPORT_TEXT = "data/report.md"
REPORT_PAGE = "data/report.html"
PAYLOAD = frozenset(
    {README, HEAD, RAW, INDEX, ROWS, CELLS, MARKS, JOURNAL, LENSES, LOAD, ISSUES, FILES, VERDICTS}
    | {REPORT_TEXT, REPORT_PAGE}
)
"""What every bundle holds; beside it, only copies of sources below `SOURCES`."""
SOURCES = "data/sources/"

_PLAIN = "+,@_-."
"""With letters and digits, what stays as it is in the name of a copied source."""
_LONGEST = 200
"""A file system takes 255 bytes per name."""
_LINE = re.compile(r"([0-9a-f]{64})  ([!-~]+)")
_PATH = re.compile(r"data(?:/[A-Za-z0-9+,@=_.-]{1,255})+|[a-z0-9-]+\.txt(?:\.sig)?")


def is_path(path: str) -> bool:
    """Whether a bundle can hold `path`: ASCII, relative, no part that is empty or made of dots."""
    return _PATH.fullmatch(path) is not None and not any(part in {".", ".."} for part in path.split("/"))


def manifest(hashes: Mapping[str, str]) -> bytes:
    """The lines of a manifest: SHA-256, two spaces, path; by path, as `sha256sum` writes and checks them."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes)).encode("ascii")


def listed(content: bytes) -> Iterator[tuple[int, str, str] | int]:
    """Line number, path and hash of each line of a manifest; the number alone of a line that is none."""
    for number, line in enumerate(content.decode("utf-8", "replace").removesuffix("\n").split("\n"), 1):
        match = _LINE.fullmatch(line)
        yield (number, match[2], match[1]) if match else number


def source_path(name: bytes) -> str:
    """Where the copy of the source `name` lies. Injective: `source_name` is its inverse.

    Each part is encoded by itself as in a URL, but with ``=`` for the per cent sign, which manifests would have to
    encode again, and which some tools then do not find. An empty part is ``=``, and one that is too long goes on in the
    next folder behind a ``=``.
    """
    return SOURCES + "/".join(_component(part) for part in name.split(b"/"))


def source_name(path: str) -> bytes:
    """The name that `source_path` made `path` of."""
    parts: list[bytes] = []
    goes_on = False
    for part in path.removeprefix(SOURCES).split("/"):
        content = b"" if part == "=" else unquote_to_bytes(part.removesuffix("=").replace("=", "%"))
        if goes_on:
            parts[-1] += content
        else:
            parts.append(content)
        goes_on = part.endswith("=") and part != "="
    return b"/".join(parts)


def _component(part: bytes) -> str:
    text = quote_from_bytes(part, safe=_PLAIN).replace("~", "%7E").replace("%", "=")
    return "=/".join(map(_undotted, _pieces(text))) if text else "="


def _undotted(text: str) -> str:
    return "=2E" + text[1:] if text.startswith(".") else text


def _pieces(text: str) -> Iterator[str]:
    """`text` in pieces of at most `_LONGEST`, none of which ends within an escape."""
    while len(text) > _LONGEST:
        cut = _LONGEST
        while "=" in text[cut - 2 : cut]:
            cut -= 1
        yield text[:cut]
        text = text[cut:]
    yield text


def info(fields: Iterable[tuple[str, str]]) -> bytes:
    """The lines of bag-info.txt; what could break a line is a space."""
    return "".join(f"{name}: {' '.join(value.split())}\n" for name, value in fields).encode("utf-8")
