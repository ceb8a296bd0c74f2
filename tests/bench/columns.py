"""What every side reads from a record, and what the sides that answer questions are given: one list for all of them."""

from ctwork.model.column import WORD_COLUMNS

PLAIN = (
    "eventTime",
    "eventID",
    "eventName",
    "eventSource",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "readOnly",
    "eventType",
    "eventCategory",
    "recipientAccountId",
    "eventVersion",
    "vpcEndpointId",
)
"""Scalars at the top of a record."""
DOCUMENTS = ("resources", "requestParameters", "responseElements")
"""Kept as JSON text."""
IDENTITY = (
    "type",
    "principalId",
    "arn",
    "accountId",
    "accessKeyId",
    "userName",
    "invokedBy",
    "sessionContext.sessionIssuer.arn",
    "sessionContext.attributes.creationDate",
    "sessionContext.attributes.mfaAuthenticated",
    "sessionContext.sourceIdentity",
)
"""Scalars below ``userIdentity``."""

WORDS = WORD_COLUMNS
"""What a phrase is looked for in."""
JOINED = "resources"
"""All resources of an event in one text, so that the peers need one search where ctwork searches a list."""
TEXTS = (
    *(name for name in PLAIN if name not in ("eventTime", "eventID")),
    *(f"userIdentity.{name}" for name in IDENTITY),
    *("principal", "session", "service", "account", "outcome", "verb"),
)
"""Text columns of the peers' table; beside them are ``time``, ``eventID`` and ``resource`` (a list)."""
PAGE = (
    *("eventID", "time", "principal", "session", "service", "eventName", "resource", "sourceIPAddress"),
    *("awsRegion", "account", "outcome", "errorCode", "verb"),
)
"""What one line of the grid shows."""
