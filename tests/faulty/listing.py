"""The XML of the faulty server: pages of keys and versions, error documents, as S3 writes them."""

from collections.abc import Iterator, Mapping
from urllib.parse import quote_from_bytes, unquote_to_bytes
from xml.sax.saxutils import escape

from tests.faulty.bucket import Bucket, Stored

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_SPACE = ' xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_PAGE = 1_000


def objects_page(bucket: Bucket, query: Mapping[str, str], following: str = "", more: bool = False) -> bytes:
    """One page of ListObjectsV2. There is more behind the token `following`, or with `more` nowhere, true or not."""
    asked, page = _Asked(query), _Page()
    token = query.get("continuation-token", "")
    start = bytes.fromhex(token) if token else asked.raw("start-after")
    last = _fill(page, asked, bucket, start, versions=False)
    parts = [_tag("Name", bucket.name), _tag("Prefix", asked.shown(asked.prefix)), _tag("MaxKeys", str(asked.most))]
    parts += [_tag("Delimiter", asked.delimiter.decode())] if asked.delimiter else []
    parts += [_tag("EncodingType", "url")] if asked.encoded else []
    parts += [_tag("KeyCount", str(len(page.rows) + len(page.folders)))]
    parts += [_tag("IsTruncated", str(bool(page.cut or following or more)).lower())]
    if following or (page.cut and not more):
        parts += [_tag("NextContinuationToken", following or last.hex())]
    parts += [f"<Contents>{_row(each, asked)}</Contents>" for each in page.rows]
    return _document("ListBucketResult", parts + page.prefixes(asked))


def versions_page(bucket: Bucket, query: Mapping[str, str]) -> bytes:
    """One page of ListObjectVersions."""
    asked, page = _Asked(query), _Page()
    last = _fill(page, asked, bucket, asked.raw("key-marker"), versions=True)
    parts = [_tag("Name", bucket.name), _tag("Prefix", asked.shown(asked.prefix)), _tag("MaxKeys", str(asked.most))]
    parts += [_tag("EncodingType", "url")] if asked.encoded else []
    parts += [_tag("IsTruncated", str(page.cut).lower())]
    parts += [_tag("NextKeyMarker", asked.shown(last)), _tag("NextVersionIdMarker", "null")] if page.cut else []
    for each in page.rows:
        latest = bucket.versions(each.key)[0] is each
        said = _tag("VersionId", each.version) + _tag("IsLatest", str(latest).lower()) + _row(each, asked)
        parts.append(f"<DeleteMarker>{said}</DeleteMarker>" if each.marker else f"<Version>{said}</Version>")
    return _document("ListVersionsResult", parts + page.prefixes(asked))


def error(code: str, message: str, **more: str) -> bytes:
    """An error document."""
    parts = [_tag("Code", code), _tag("Message", message), *(_tag(name, text) for name, text in more.items())]
    return (_HEAD + "<Error>" + "".join(parts) + "<RequestId>4442587FB7D0A2F9</RequestId></Error>").encode()


class _Asked:
    """What a listing asks for."""

    def __init__(self, query: Mapping[str, str]) -> None:
        self._query = query
        self.prefix = self.raw("prefix")
        self.delimiter = self.raw("delimiter")
        self.encoded = query.get("encoding-type") == "url"
        self.most = min(int(query.get("max-keys", _PAGE)), _PAGE)

    def raw(self, name: str) -> bytes:
        return self._query.get(name, "").encode("utf-8", "surrogateescape")

    def shown(self, key: bytes) -> str:
        """As S3 writes a key: escaped when it was asked to, else as XML has it, legal or not."""
        if self.encoded:
            return quote_from_bytes(key, safe="/").replace("%20", "+")
        return key.decode("utf-8", "replace")


class _Page:
    """What one page holds."""

    def __init__(self) -> None:
        self.rows: list[Stored] = []
        self.folders: list[bytes] = []
        self.cut = False

    def prefixes(self, asked: _Asked) -> list[str]:
        return [f"<CommonPrefixes>{_tag('Prefix', asked.shown(folder))}</CommonPrefixes>" for folder in self.folders]


def _fill(page: _Page, asked: _Asked, bucket: Bucket, start: bytes, *, versions: bool) -> bytes:
    """Puts as much on the page as it holds; the last name on it."""
    last = start
    for key in _behind(bucket, start, asked):
        folder = _folder(key, asked)
        if folder and (folder in page.folders or folder == start):
            continue
        rows = bucket.versions(key) if versions else [each for each in [bucket.current(key)] if each is not None]
        if not rows:
            continue
        if len(page.rows) + len(page.folders) >= asked.most:
            page.cut = True
            return last
        if folder:
            page.folders.append(folder)
        else:
            page.rows += rows
        last = folder or key
    return last


def _behind(bucket: Bucket, start: bytes, asked: _Asked) -> Iterator[bytes]:
    for key in bucket.after(max(start, asked.prefix[:-1])):
        if key.startswith(asked.prefix):
            yield key
        elif key > asked.prefix:
            return


def _folder(key: bytes, asked: _Asked) -> bytes:
    if not asked.delimiter:
        return b""
    at = key.find(asked.delimiter, len(asked.prefix))
    return key[: at + len(asked.delimiter)] if at >= 0 else b""


def _row(each: Stored, asked: _Asked) -> str:
    said = _tag("Key", asked.shown(each.key)) + _tag("LastModified", f"{each.modified:%Y-%m-%dT%H:%M:%S}.000Z")
    if each.marker:
        return said
    size = _tag("Size", str(len(each.content)))
    return said + _tag("ETag", f'"{each.etag}"') + size + _tag("StorageClass", each.storage)


def _tag(name: str, text: str) -> str:
    return f"<{name}>{_legible(escape(text, {chr(34): '&quot;'}))}</{name}>"


def _legible(text: str) -> str:
    """Control characters as S3 writes them: as references that XML 1.0 forbids."""
    return "".join(f"&#x{ord(each):x};" if ord(each) < 32 or ord(each) in (0xFFFE, 0xFFFF) else each for each in text)


def _document(name: str, parts: list[str]) -> bytes:
    return (_HEAD + f"<{name}{_SPACE}>" + "".join(parts) + f"</{name}>").encode("utf-8", "replace")


def parsed_query(text: str) -> dict[str, str]:
    """A query by name; bytes that are no UTF-8 survive as surrogates."""
    found = {}
    for part in filter(None, text.split("&")):
        name, _, value = part.partition("=")
        found[name] = unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "surrogateescape")
    return found
