"""What a record says, in the order a reader asks: when, who, from where, what, on what, with what result."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ctwork.model.document import at_path, scalar_leaves, scalar_text

_SHOWN = 4
"""Parameters and resources named among the facts; the rest is in the record below them."""


def facts(cell: Callable[[str], str], resources: Sequence[str], document: Any) -> tuple[tuple[str, str], ...]:
    """``(label, value)`` in reading order; `cell` gives the text of a column, `document` is the decoded record."""
    return tuple(_facts(cell, resources, document))


def _facts(cell: Callable[[str], str], resources: Sequence[str], document: Any) -> Iterator[tuple[str, str]]:
    key, created = cell("userIdentity.accessKeyId"), cell("userIdentity.sessionContext.attributes.creationDate")
    yield "when", cell("eventTime")
    session = cell("session")
    yield "who", _joined(cell("principal") or "—", key)
    yield "from", _joined(cell("sourceIPAddress"), cell("userAgent"), cell("awsRegion"), cell("vpcEndpointId"))
    yield "what", _joined(f"{cell('service')}:{cell('eventName')}", cell("verb"), cell("category"), cell("eventType"))
    if resources:
        yield "on", _joined(*resources[:_SHOWN], f"+{len(resources) - _SHOWN} more" if len(resources) > _SHOWN else "")
    if parameters := list(_parameters(document)):
        yield (
            "with",
            _joined(*parameters[:_SHOWN], f"+{len(parameters) - _SHOWN} more" if len(parameters) > _SHOWN else ""),
        )
    credential = _joined(
        session if session != key else "",
        f"since {created}" if created else "",
        _flagged("MFA", cell("userIdentity.sessionContext.attributes.mfaAuthenticated")),
    )
    if credential:
        yield "session", credential
    yield "result", _joined(cell("outcome"), cell("errorCode"), cell("errorMessage"))
    moved = [
        f"{cell(column)} bytes {word}" for column, word in (("bytes_in", "in"), ("bytes_out", "out")) if cell(column)
    ]
    if moved:
        yield "moved", _joined(*moved)
    yield "account", _joined(cell("account"), cell("eventID"))


def _parameters(document: Any) -> Iterator[str]:
    request = document.get("requestParameters") if isinstance(document, dict) else None
    for name in request if isinstance(request, dict) else ():
        leaves = [scalar_text(leaf) for leaf in scalar_leaves(at_path(request, name))]
        if leaves:
            yield f"{name}={leaves[0]}" + ("…" if len(leaves) > 1 else "")


def _flagged(label: str, value: str) -> str:
    return label if value == "true" else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
