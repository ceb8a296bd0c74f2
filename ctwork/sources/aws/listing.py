"""Pages of a bucket's listing, checked: keys in order, nothing twice, no page that leads back to itself."""

from urllib.parse import unquote_to_bytes
from xml.etree import ElementTree

from ctwork.sources.aws.terms import Listed, ListJob, Page
from ctwork.sources.aws.trouble import Trouble
from ctwork.sources.aws.wire import Wire, bounded

_MOST_BYTES = 16 << 20
"""A page holds a thousand keys of at most 1,024 bytes, each of which may be escaped."""
_MOST_IDLE = 1_000


class Cursor:
    """Where a listing stands: its pages come one after the other, each asked for when the one before was taken."""

    def __init__(self, job: ListJob) -> None:
        self._job = job
        self._next: dict[str, str] = _start(job)
        self._last = b""
        self._idle = 0
        """Pages in a row that have shown no further key."""
        self.ended = False

    async def step(self, wire: Wire) -> Page:
        """The next page. Raises Trouble, after which it can be asked for again."""
        job = self._job
        operation = "ListObjectVersions" if job.versions else "ListObjectsV2"
        query = {"prefix": job.prefix, "encoding-type": "url", "max-keys": "1000", **self._next}
        query |= {"versions": ""} if job.versions else {"list-type": "2"}
        if job.folders:
            query["delimiter"] = "/"
        async with wire.get(operation, "", query, {"x-amz-optional-object-attributes": "RestoreStatus"}) as answer:
            body = await bounded(answer, _MOST_BYTES)
        listed = _parsed(body, job)
        kept = [each for each in listed.objects if not job.stop or each.key < job.stop]
        passed = len(kept) < len(listed.objects)
        self._advance(listed)
        self.ended = passed or not listed.more
        return Page(job.number, kept, listed.folders, last=self.ended)

    def _advance(self, listed: "_Answer") -> None:
        """Notes where to go on. Raises Trouble for a listing that does not get on."""
        names = [each.key for each in listed.objects] + listed.folders
        last = max((name.encode() for name in names), default=b"")
        self._idle = 0 if last > self._last else self._idle + 1
        # One key may have many pages of versions, and a page may be empty; neither goes on for ever.
        back = bool(names) and (last < self._last or (last == self._last and not self._job.versions))
        lost = not listed.next or listed.next == self._next or self._idle > _MOST_IDLE
        if back or (listed.more and lost):
            raise Trouble("EndlessListing")
        self._last = max(self._last, last)
        self._next = listed.next


def _start(job: ListJob) -> dict[str, str]:
    if not job.after:
        return {}
    return {"key-marker" if job.versions else "start-after": job.after}


class _Answer:
    """One page as S3 gives it."""

    def __init__(self) -> None:
        self.objects: list[Listed] = []
        self.folders: list[str] = []
        self.more = False
        self.next: dict[str, str] = {}
        """What the next request says besides what this one said."""


def _parsed(body: bytes, job: ListJob) -> _Answer:
    """The content of a listing. Raises Trouble for anything else."""
    if b"<!DOCTYPE" in body:
        raise Trouble("MalformedListing")
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - as in wire.error_of
        return _read(root, job)
    except (ElementTree.ParseError, KeyError, ValueError) as problem:
        raise Trouble("MalformedListing", str(problem)) from problem


def _read(root: ElementTree.Element, job: ListJob) -> _Answer:
    answer = _Answer()
    space = root.tag.rpartition("}")[0]
    space += "}" if space else ""
    if root.tag[len(space) :] != ("ListVersionsResult" if job.versions else "ListBucketResult"):
        raise ValueError(f"it begins with <{root.tag[:80]}>")
    # Without this element the server has not heard of escaped keys, and gives them as they are.
    plain = (root.findtext(f"{space}EncodingType") or "") != "url"
    cut = len(space)
    for element in root:
        kind = element.tag[cut:]
        if kind in ("Contents", "Version", "DeleteMarker"):
            answer.objects.append(_object(element, cut, kind, plain=plain))
        elif kind == "CommonPrefixes":
            answer.folders.append(_name(element.findtext(f"{space}Prefix") or "", plain=plain))
    answer.more = root.findtext(f"{space}IsTruncated") == "true"
    if job.versions:
        marker = _name(root.findtext(f"{space}NextKeyMarker") or "", plain=plain)
        version = root.findtext(f"{space}NextVersionIdMarker") or ""
        answer.next = {"key-marker": marker} if marker else {}
        answer.next |= {"version-id-marker": version} if version else {}
    elif token := root.findtext(f"{space}NextContinuationToken"):
        answer.next = {"continuation-token": token}
    return answer


def _object(element: ElementTree.Element, cut: int, kind: str, *, plain: bool) -> Listed:
    said = {child.tag[cut:]: child.text or "" for child in element}
    restored = any(child.tag[cut:] == "RestoreStatus" and _is_restored(child, cut) for child in element)
    return Listed(
        key=_name(said["Key"], plain=plain),
        size=int(said.get("Size", 0)),
        etag=said.get("ETag", "").strip('"'),
        modified=said.get("LastModified", ""),
        storage=said.get("StorageClass", ""),
        version=said.get("VersionId", ""),
        latest=said.get("IsLatest", "true") == "true",
        marker=kind == "DeleteMarker",
        restored=restored,
    )


def _is_restored(status: ElementTree.Element, cut: int) -> bool:
    return any(child.tag[cut:] == "RestoreExpiryDate" and child.text for child in status)


def _name(text: str, *, plain: bool) -> str:
    if plain or ("%" not in text and "+" not in text):
        return text
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8", "replace")
