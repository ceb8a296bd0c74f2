"""One event read slowly and obviously right: what every column of a record holds. The store must agree with it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ctwork.model.address import address_class
from ctwork.model.agent import agent_family
from ctwork.model.category import category
from ctwork.model.column import COLUMNS, RAW_COLUMN
from ctwork.model.document import NumberText, at_path, legal_text, read_json, scalar_leaves, scalar_text
from ctwork.model.identity import Identity, read_identity
from ctwork.model.outcome import outcome, sign_in_result
from ctwork.model.resource import resources_of
from ctwork.model.service import service
from ctwork.model.verb import verb

_INSIGHT_MEMBERS = ("eventName", "eventSource", "errorCode")
_LARGEST_COUNT = 2**63


@dataclass(frozen=True, slots=True)
class Event:
    """One record: its original bytes and what they say."""

    raw: bytes
    """The bytes of the JSON object as delivered."""
    document: dict[str, Any]
    """`raw` decoded by `document.read_json`: numbers are `NumberText`."""
    source: str = ""
    """Where it was read: the blob chain."""
    copies: int = 1
    """How often the same record was delivered."""
    issues: tuple[str, ...] = ()
    """Kinds of the load issues that touch it."""

    @classmethod
    def parse(cls, raw: bytes, source: str = "", copies: int = 1) -> "Event":
        """Read one record; raises ValueError when `raw` is no JSON object."""
        document = read_json(raw)
        if not isinstance(document, dict):
            raise ValueError("a record is a JSON object")
        return cls(raw, document, source, copies)

    def values(self, column: str) -> tuple[str, ...]:
        """The values of a column, each once: a canonical column name, ``raw`` for every scalar, or a dotted path.

        Absent, null and "" are all (). A field that AWS documents as text shows a scalar of another type as its JSON
        text, and has no value when it holds an object or a list; the path below it still leads into that.
        """
        if column in _DERIVED:
            found = _DERIVED[column](self)
        elif column in _AWS_TEXTS:
            found = (self.text(column),)
        else:
            nodes = [self.document] if column == RAW_COLUMN else at_path(self.document, column)
            found = tuple(scalar_text(leaf) for node in nodes for leaf in scalar_leaves(node))
        return tuple(dict.fromkeys(text for value in found if (text := legal_text(value))))

    def text(self, column: str) -> str:
        """The text of one of AWS's own columns, "" when absent. Insights name their call in ``insightDetails``."""
        text = self._member(column)
        if not text and column in _INSIGHT_MEMBERS and not self._member("eventName"):
            text = self._member(f"insightDetails.{column}")
        return text

    def flag(self, column: str) -> bool | None:
        """A boolean member; None when it is absent or no boolean."""
        value = self.document.get(column)
        return value if isinstance(value, bool) else None

    @property
    def identity(self) -> Identity:
        """Who did it."""
        return read_identity(
            self.document.get("userIdentity"),
            address=self.text("sourceIPAddress"),
            agent=self.text("userAgent"),
            recipient=self.text("recipientAccountId"),
        )

    @property
    def resources(self) -> tuple[str, ...]:
        """What it touched."""
        return resources_of(self.document)

    def _member(self, path: str) -> str:
        node: object = self.document
        for key in path.split("."):
            node = node.get(key) if isinstance(node, dict) else None
        return scalar_text(node)


def _outcome(event: Event) -> str:
    name = event.text("eventName")
    result = sign_in_result(name, event.document.get("responseElements"), event.document.get("serviceEventDetails"))
    return outcome(name, event.text("errorCode"), event.text("errorMessage"), result)


def _category(event: Event) -> str:
    return category(
        event.text("eventCategory"),
        event.text("eventType"),
        event.flag("managementEvent"),
        event.text("eventSource"),
        event.text("eventName"),
    )


def _byte_count(event: Event, member: str) -> str:
    """A byte counter as integer text; AWS writes them as floats (``4096.0``)."""
    data = event.document.get("additionalEventData")
    count = data.get(member) if isinstance(data, dict) else None
    if not isinstance(count, NumberText):
        return ""
    if count.isdecimal():
        return str(int(count)) if len(count) < 20 else ""
    value = float(count)
    return str(int(value)) if 0 <= value < _LARGEST_COUNT else ""


def _flag_text(flag: bool | None) -> str:
    return "" if flag is None else scalar_text(flag)


_DERIVED: dict[str, Callable[[Event], tuple[str, ...]]] = {
    "principal": lambda event: (event.identity.principal,),
    "session": lambda event: (event.identity.session,),
    "principal_type": lambda event: (event.identity.principal_type,),
    "account": lambda event: (event.text("recipientAccountId") or event.identity.account,),
    "service": lambda event: (service(event.text("eventSource")),),
    "verb": lambda event: (verb(event.flag("readOnly"), event.text("eventSource"), event.text("eventName")),),
    "outcome": lambda event: (_outcome(event),),
    "resource": lambda event: event.resources,
    "address_class": lambda event: (address_class(event.text("sourceIPAddress")),),
    "agent_family": lambda event: (agent_family(event.text("userAgent")),),
    "category": lambda event: (_category(event),),
    "bytes_in": lambda event: (_byte_count(event, "bytesTransferredIn"),),
    "bytes_out": lambda event: (_byte_count(event, "bytesTransferredOut"),),
    "copies": lambda event: (str(event.copies),),
    "source": lambda event: (event.source,),
    "issue": lambda event: event.issues,
    "sha256": lambda event: (hashlib.sha256(event.raw).hexdigest(),),
    "readOnly": lambda event: (_flag_text(event.flag("readOnly")),),
    # Given by the investigator, not by the record.
    "tag": lambda _: (),
    "note": lambda _: (),
    "severity": lambda _: (),
    "finding": lambda _: (),
}

_AWS_TEXTS = frozenset(column.name for column in COLUMNS) - _DERIVED.keys()
"""The columns that AWS documents as one text."""
