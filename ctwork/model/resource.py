"""Which resources a record touches: the ones it lists, else the ones its request and response name."""

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple, TypedDict

import msgspec
import orjson

from ctwork.model.document import REDACTED, legal_text, read_json, scalar_leaves
from ctwork.model.service import service
from ctwork.resources import toml_table

_ARN = re.compile(r"arn:aws[a-z-]*:")
_ARN_BYTES = b'"arn:aws'
_ESCAPE = b"\\"
"""An escape may spell any letter of an ARN."""
_EMPTY = len(b"null")
"""Bytes that no JSON value with a resource in it fits into."""

_S3_OTHERS = ("-control", "-accesspoint", "-outposts", "-object-lambda")
"""What follows ``.s3`` in the hosts of S3 whose first label is no bucket."""
_AWS_HOSTS = (".amazonaws.com", ".amazonaws.com.cn")
_GOV_HOSTS = ("us-gov-west-1.amazonaws.com", "us-gov-east-1.amazonaws.com")

Rules = Mapping[str, "Rules"]
"""A tree of keys; an empty tree marks the place where a name stands."""

Names = dict[str, None]
"""Names in the order they were found, each once."""

Decode = Callable[[bytes], Any]


class _Table(NamedTuple):
    """The rules of one service, and decoders that keep only the members those rules enter."""

    name: str
    request: Rules
    response: Rules
    decode_request: Decode | None
    decode_response: Decode | None


def resources_of(document: dict[str, Any]) -> tuple[str, ...]:
    """The resources of one record: as declared, or derived when it declares none."""
    listed = declared(document.get("resources"))
    if listed:
        return listed
    source, name = document.get("eventSource"), document.get("eventName")
    return derived(
        source if isinstance(source, str) else "",
        name if isinstance(name, str) else "",
        document.get("requestParameters"),
        document.get("responseElements"),
    )


def declared(resources: object) -> tuple[str, ...]:
    """The ARNs (for listings, ARN prefixes) of the ``resources`` member. Elements of another shape are passed over."""
    if not isinstance(resources, list):
        return ()
    found: Names = {}
    for element in resources:
        if isinstance(element, dict):
            _add(
                element.get("ARN") or element.get("arn") or element.get("ARNPrefix") or element.get("arnprefix"), found
            )
    return tuple(found)


def derived(event_source: str, event_name: str, request: object, response: object) -> tuple[str, ...]:
    """What request and response name: first every ARN, then what stands at the paths of the service's table.

    Bare identifiers are given as written, S3 buckets and objects as ARNs. `event_name` decides nothing: the names of
    parameters are the same in all calls of a service.
    """
    found: Names = {}
    for part in (request, response):
        if part is not None:
            _arns(part, found)
    table = _table_of(event_source)
    if table is not None:
        _named(table, request, response, found)
    return tuple(map(legal_text, found))


def derive_raw(event_source: str, request: bytes, response: bytes) -> tuple[str, ...]:
    """Exactly `derived`, from the JSON bytes of both parts (``null`` or b"" when absent).

    Only the members that the service's rules enter are decoded, and ARNs are looked for only where the bytes can hold
    one. Bytes that are no JSON name nothing.
    """
    # bytes.find and not `in`: for bytes the operator first tries an index and pays for an exception.
    asked, answered = len(request) > _EMPTY, len(response) > _EMPTY
    if (asked and (request.find(_ARN_BYTES) >= 0 or request.find(_ESCAPE) >= 0)) or (
        answered and (response.find(_ARN_BYTES) >= 0 or response.find(_ESCAPE) >= 0)
    ):
        return derived(event_source, "", _decoded(request), _decoded(response))
    table = _table_of(event_source)
    if table is None:
        return ()
    found: Names = {}
    try:
        members = table.decode_request(request) if asked and table.decode_request else None
        answers = table.decode_response(response) if answered and table.decode_response else None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return derived(event_source, "", _decoded(request), _decoded(response))
    _named(table, members, answers, found)
    return tuple(found)


def _decoded(raw: bytes) -> object:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            return read_json(raw)
        except (ValueError, RecursionError):
            return None


@lru_cache(maxsize=4096)
def _table_of(event_source: str) -> _Table | None:
    return _tables().get(service(event_source))


@cache
def _tables() -> dict[str, _Table]:
    """The packaged tables by service name."""
    return {
        name: _Table(
            name, _tree(row["request"]), _tree(row["response"]), _decoder(row["request"]), _decoder(row["response"])
        )
        for name, row in toml_table("resources.toml").items()
    }


def _tree(paths: list[str]) -> Rules:
    root: dict[str, Any] = {}
    for path in paths:
        node = root
        for key in path.split("."):
            node = node.setdefault(key, {})
    return root


def _decoder(paths: list[str]) -> Decode | None:
    """Decodes an object to a dict of the members that begin one of `paths`; raises ValidationError for the rest."""
    if not paths:
        return None
    # A typed dict keeps what is there and skips the rest unread; a struct would also fill in every absent member.
    make: Any = TypedDict
    return msgspec.json.Decoder(make("Members", {path.partition(".")[0]: Any for path in paths}, total=False)).decode


def _arns(part: object, found: Names) -> None:
    """Every text at or below `part` that is an ARN, in the order it is written."""
    try:
        _arns_in((part,), found)
    except RecursionError:
        for leaf in scalar_leaves(part):
            if type(leaf) is str and _ARN.match(leaf):
                found[leaf] = None


def _arns_in(values: Iterable[Any], found: Names) -> None:
    for value in values:
        kind = type(value)
        if kind is str:
            if value[:7] == "arn:aws" and _ARN.match(value):
                found[value] = None
        elif kind is dict:
            _arns_in(value.values(), found)
        elif kind is list:
            _arns_in(value, found)


def _named(table: _Table, request: object, response: object, found: Names) -> None:
    """What stands at the paths of `table`; parts that are no objects name nothing."""
    if isinstance(request, dict):
        if table.name == "s3":
            _s3_arns(request, found)
        else:
            _walk(request, table.request, found)
    if isinstance(response, dict):
        _walk(response, table.response, found)


def _walk(members: dict[str, Any], rules: Rules, found: Names) -> None:
    """Collect the texts and lists of texts where `rules` end; only as deep as the rules, through one list per level."""
    for key, below in members.items():
        deeper = rules.get(key)
        if deeper is None:
            continue
        kind = type(below)
        if deeper:
            if kind is dict:
                _walk(below, deeper, found)
            elif kind is list:
                for element in below:
                    if type(element) is dict:
                        _walk(element, deeper, found)
        elif kind is str:
            if below and below not in REDACTED:
                found[below] = None
        elif kind is list:
            for element in below:
                _add(element, found)


def _add(value: object, found: Names) -> None:
    """Note a text; what was withheld has no name."""
    if type(value) is str and value and value not in REDACTED:
        found[value] = None


def _s3_arns(request: dict[str, Any], found: Names) -> None:
    """Bucket, object and listed prefix of an S3 request; the host header names the bucket when nothing else does."""
    host = _plain(request.get("Host")).lower()
    bucket = _plain(request.get("bucketName")) or _plain(request.get("bucket")) or _bucket_of_host(host)
    if not bucket or bucket.startswith("arn:"):
        return
    arn = f"arn:{_partition(host)}:s3:::{bucket}"
    found[arn] = None
    for member in ("key", "prefix"):
        if below := _plain(request.get(member)):
            found[f"{arn}/{below}"] = None


def _plain(value: object) -> str:
    return value if type(value) is str and value not in REDACTED else ""


def _bucket_of_host(host: str) -> str:
    """``logs.s3.eu-west-1.amazonaws.com`` -> ``logs``; "" for hosts that are not one bucket's."""
    bucket, _, tail = host.rpartition(".s3")
    return bucket if tail.endswith(_AWS_HOSTS) and not tail.startswith(_S3_OTHERS) else ""


def _partition(host: str) -> str:
    """An S3 ARN says neither region nor account, so the host is the only witness of the partition."""
    if host.endswith(".cn"):
        return "aws-cn"
    return "aws-us-gov" if host.endswith(_GOV_HOSTS) else "aws"
