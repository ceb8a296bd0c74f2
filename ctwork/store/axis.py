"""The shape of the store: which column lies on which axis.

An axis is one column of codes in the frame; each code names a row of that axis's table, and each table column is itself
coded by a sorted dictionary. A test on text runs once per distinct value, becomes a truth table over the axis rows and
then one gather over the frame. Columns that vary together share an axis, so that ten columns cost one code.
"""

from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Axis:
    """One code column of the frame and the columns its table holds."""

    name: str
    columns: tuple[str, ...]
    """Column names, AWS's own or derived; their order is the order of the tuples a part ships."""


CALL = Axis(
    "call",
    (
        "eventSource",
        "eventName",
        "readOnly",
        "managementEvent",
        "eventType",
        "eventCategory",
        "errorCode",
        "outcome",
        "service",
        "verb",
        "category",
    ),
)
PLACE = Axis("place", ("awsRegion", "recipientAccountId", "eventVersion", "vpcEndpointId", "account"))
ADDRESS = Axis("address", ("sourceIPAddress", "address_class"))
AGENT = Axis("agent", ("userAgent", "agent_family"))
MESSAGE = Axis("message", ("errorMessage",))
TRANSFER = Axis("transfer", ("bytes_in", "bytes_out"))
IDENTITY = Axis(
    "identity",
    (
        "principal",
        "session",
        "principal_type",
        "userIdentity.type",
        "userIdentity.arn",
        "userIdentity.accountId",
        "userIdentity.accessKeyId",
        "userIdentity.userName",
        "userIdentity.principalId",
        "userIdentity.invokedBy",
        "userIdentity.sessionContext.sessionIssuer.arn",
        "userIdentity.sessionContext.attributes.creationDate",
        "userIdentity.sessionContext.attributes.mfaAuthenticated",
        "userIdentity.sessionContext.sourceIdentity",
    ),
)

AXES = (CALL, PLACE, ADDRESS, AGENT, MESSAGE, TRANSFER, IDENTITY)
RESOURCE = "resource"
"""The one list-valued axis: each code names a list of codes of the resource dictionary."""

KEYS = MappingProxyType(
    {
        CALL.name: CALL.columns[:8],
        PLACE.name: PLACE.columns,
        ADDRESS.name: ADDRESS.columns[:1],
        AGENT.name: AGENT.columns[:1],
        MESSAGE.name: MESSAGE.columns,
        TRANSFER.name: TRANSFER.columns,
        IDENTITY.name: IDENTITY.columns,
    }
)
"""The columns that parts ship per axis; the others are derived from them when merged."""

AXIS_OF = MappingProxyType({column: axis for axis in AXES for column in axis.columns})
NUMBER_COLUMNS = frozenset(TRANSFER.columns)
"""Columns whose dictionary is in numeric order."""
