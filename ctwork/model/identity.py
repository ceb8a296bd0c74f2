"""Who did it: one stable principal and one session per userIdentity, and what its ids give away."""

import base64
import binascii
from typing import Any, TypedDict

import msgspec

from ctwork.model.document import read_json
from ctwork.model.principal import Reading, actor_of, text_of

_KEY_PREFIXES = ("AKIA", "ASIA", "ABIA", "ACCA")
_NOTHING: dict[str, Any] = {}


class Identity(msgspec.Struct, frozen=True, gc=False):
    """What a userIdentity says, as text; "" is absent.

    A struct, not a dataclass: one is made for each distinct identity, and making a frozen dataclass of this width
    costs twenty times as much.
    """

    principal: str
    """The stable actor: ``<account>:user/<name>``, ``service:<name>``, …; "" when the record has no identity."""
    session: str
    """One credential's life: the role session name, else the access key id."""
    principal_type: str
    """user, role, root, federated, service, account, anonymous, identity-center, saml, web-identity, directory,
    unknown, or none for a record without identity."""
    account: str
    """accountId, else the account in arn, else the session issuer's, else the recipient's (see `account_inferred`)."""
    type: str
    arn: str
    account_id: str
    access_key_id: str
    user_name: str
    principal_id: str
    invoked_by: str
    issuer_arn: str
    created: str
    mfa: str
    source_identity: str
    account_inferred: bool = False
    """True when `account` is the recipient of the record, for want of anything better."""
    from_context: bool = False
    """True when address, agent or recipient were consulted: records that differ in them may not share this value."""


NO_IDENTITY = Identity("", "", "none", "", "", "", "", "", "", "", "", "", "", "", "")
"""Insights and aggregated events: nobody."""


def read_identity(user_identity: object, *, address: str = "", agent: str = "", recipient: str = "") -> Identity:
    """The identity in a decoded userIdentity; what is no JSON object is no identity. Never raises.

    `address` (sourceIPAddress) and `agent` (userAgent) may name the service when the identity does not; `recipient`
    (recipientAccountId) stands in for a missing account. Text fields that hold a scalar are read as its JSON text.
    """
    if not isinstance(user_identity, dict):
        return NO_IDENTITY
    get = user_identity.get
    context = _object(get("sessionContext"))
    attributes = _object(context.get("attributes"))
    reading = Reading(user_identity, _object(context.get("sessionIssuer")), address, agent, recipient)
    principal, session, principal_type = actor_of(reading)
    return Identity(
        principal,
        session,
        principal_type,
        reading.account,
        reading.type,
        reading.arn,
        reading.account_id,
        reading.key,
        reading.name,
        reading.principal_id,
        reading.invoked_by,
        reading.issuer_arn,
        text_of(attributes.get("creationDate")),
        text_of(attributes.get("mfaAuthenticated")),
        text_of(context.get("sourceIdentity")),
        reading.account_inferred,
        reading.from_context,
    )


def read_identity_raw(raw: bytes, *, address: str = "", agent: str = "", recipient: str = "") -> Identity:
    """As `read_identity`, from the JSON bytes of a userIdentity: numbers keep their digits.

    Bytes that are no JSON are no identity.
    """
    try:
        document: object = _TEXTS.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        try:
            document = read_json(raw)
        except (ValueError, RecursionError):
            return NO_IDENTITY
    return read_identity(document, address=address, agent=agent, recipient=recipient)


_KEYED = frozenset("QRSTUVWXYZ234567")
"""Base32 digits of 16 and more."""


def account_of_key(access_key_id: str) -> str | None:
    """The account computed from an access key id; None for keys of the legacy form, which do not hold it.

    The 16 characters after the prefix are base32; bits 1 to 40 of the decoded bytes are the account. Measured right for
    every key whose first bit is set, that is whose fifth character is one of ``Q``-``Z`` and ``2``-``7``; wrong for all
    others.
    """
    body = access_key_id[4:20]
    if len(body) != 16 or not access_key_id.startswith(_KEY_PREFIXES) or body[0] not in _KEYED:
        return None
    try:
        head = base64.b32decode(body)[:6]
    except (binascii.Error, ValueError):
        return None
    account = (int.from_bytes(head, "big") & 0x7FFFFFFFFF80) >> 7
    return f"{account:012d}" if account < 10**12 else None


def reserved_sso(principal: str, session: str) -> tuple[str, str] | None:
    """``(sso user, permission set)`` of an IAM Identity Center role session; None for every other principal."""
    name = principal.rpartition("/")[2]
    if not name.startswith("AWSReservedSSO_"):
        return None
    permission_set, _, suffix = name.removeprefix("AWSReservedSSO_").rpartition("_")
    return session, permission_set or suffix


def _object(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else _NOTHING


class _Issuer(TypedDict, total=False):
    arn: str | None
    accountId: str | None


class _Attributes(TypedDict, total=False):
    creationDate: str | None
    mfaAuthenticated: str | None


class _Context(TypedDict, total=False):
    sessionIssuer: _Issuer | None
    attributes: _Attributes | None
    sourceIdentity: str | None


class _Person(TypedDict, total=False):
    userId: str | None
    identityStoreArn: str | None


class _Texts(TypedDict, total=False):
    """The members that are read, when every one is text as AWS documents it; anything else takes the exact reader."""

    type: str | None
    arn: str | None
    accountId: str | None
    accessKeyId: str | None
    userName: str | None
    principalId: str | None
    invokedBy: str | None
    identityProvider: str | None
    credentialId: str | None
    onBehalfOf: _Person | None
    sessionContext: _Context | None


_TEXTS = msgspec.json.Decoder(_Texts)
