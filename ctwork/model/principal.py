"""The cases that turn one userIdentity into a stable principal and a session; the first that fits wins.

They run once per distinct identity of an archive, so the common types take a straight path without regular expressions.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ctwork.model.document import HIDDEN, scalar_text
from ctwork.model.service import is_service_name

ANONYMOUS = "ANONYMOUS_PRINCIPAL"
"""The account id CloudTrail writes for an unsigned request."""

Actor = tuple[str, str, str]
"""principal, session, principal type."""


class Reading:
    """The texts of one userIdentity that name the actor, and what had to be looked up outside of it."""

    __slots__ = (
        "account",
        "account_id",
        "account_inferred",
        "address",
        "agent",
        "arn",
        "from_context",
        "identity",
        "invoked_by",
        "issuer_arn",
        "key",
        "name",
        "principal_id",
        "recipient",
        "type",
    )

    def __init__(
        self, identity: Mapping[str, Any], issuer: Mapping[str, Any], address: str, agent: str, recipient: str
    ) -> None:
        get = identity.get
        self.identity = identity
        self.type = text_of(get("type"))
        self.arn = arn = text_of(get("arn"))
        self.account_id = account_id = text_of(get("accountId"))
        self.key = text_of(get("accessKeyId"))
        self.name = text_of(get("userName"))
        self.principal_id = text_of(get("principalId"))
        self.invoked_by = text_of(get("invokedBy"))
        self.issuer_arn = text_of(issuer.get("arn"))
        own = "" if account_id == ANONYMOUS else account_id
        self.account = own or _account_in(arn) or text_of(issuer.get("accountId"))
        self.account_inferred = self.from_context = False
        self.address, self.agent, self.recipient = address, agent, recipient

    def owner(self) -> str:
        """The account in a principal's name: the recipient's when the identity has none, ``-`` when nobody knows."""
        if not self.account:
            self.from_context = True
            self.account = self.recipient
            self.account_inferred = bool(self.recipient)
        return self.account or "-"

    def text(self, *path: str) -> str:
        """A text further down in the identity."""
        node: object = self.identity
        for key in path:
            node = node.get(key) if isinstance(node, Mapping) else None
        return text_of(node)


def actor_of(reading: Reading) -> Actor:
    """The first case that fits."""
    if reading.type == "Root" or reading.arn.endswith(":root"):
        return f"{reading.owner()}:root", reading.key, "root"
    case = _CASES.get(reading.type, _nobody)
    return case(reading) or _identity_center(reading) or _unknown(reading)


def _user(reading: Reading) -> Actor | None:
    name = reading.name
    if not name or name == HIDDEN:
        in_arn = _after(reading.arn, ":user/").rpartition("/")[2]
        name = in_arn or name or reading.principal_id
    return (f"{reading.owner()}:user/{name}", reading.key, "user") if name else None


def _role(reading: Reading) -> Actor | None:
    assumed = _after(reading.arn, ":assumed-role/")
    owner_id, _, id_session = reading.principal_id.partition(":")
    name = (
        _after(reading.issuer_arn, ":role/") or assumed.partition("/")[0] or _after(reading.arn, ":role/") or owner_id
    )
    session = assumed.rpartition("/")[2] if "/" in assumed else id_session
    return (f"{reading.owner()}:role/{name}", session, "role") if name else None


def _federated(reading: Reading) -> Actor | None:
    name = _after(reading.arn, ":federated-user/") or reading.principal_id.rpartition(":")[2] or reading.name
    return (f"{reading.owner()}:federated/{name}", reading.key, "federated") if name else None


def _identity_center(reading: Reading) -> Actor | None:
    user = reading.text("onBehalfOf", "userId")
    store = reading.text("onBehalfOf", "identityStoreArn").rpartition("/")[2]
    return (f"idc:{store or '-'}/{user}", reading.text("credentialId"), "identity-center") if user else None


def _provided(reading: Reading) -> Actor | None:
    """SAMLUser and WebIdentityUser: named by their provider, in whatever account they arrive."""
    provider = reading.text("identityProvider")
    kind = "saml" if reading.type == "SAMLUser" else "web-identity"
    return (f"{provider or '-'}:{reading.name or '-'}", "", kind) if provider or reading.name else None


def _foreign(reading: Reading) -> Actor | None:
    """AWSAccount: a caller of another account, or nobody in particular."""
    if ANONYMOUS in (reading.account_id, reading.principal_id):
        return "anonymous", "", "anonymous"
    role_id, colon, session = reading.principal_id.partition(":")
    if colon and role_id.startswith("AROA"):
        return f"{reading.owner()}:role/{role_id}", session, "role"
    return f"{reading.owner()}:{reading.principal_id or '-'}", reading.key, "account"


def _directory(reading: Reading) -> Actor | None:
    name = reading.name or reading.principal_id
    return (f"{reading.owner()}:directory/{name}", reading.key, "directory") if name else None


def _service(reading: Reading) -> Actor | None:
    """AWSService, and the service events that have no type at all."""
    name = reading.invoked_by
    if not name:
        reading.from_context = True
        name = next((text for text in (reading.address, reading.agent) if is_service_name(text)), "")
    return (f"service:{name}", "", "service") if name else None


def _nobody(_: Reading) -> Actor | None:
    return None


def _unknown(reading: Reading) -> Actor:
    return f"unknown:{reading.principal_id or reading.arn or '-'}", reading.key, "unknown"


_CASES: dict[str, Callable[[Reading], Actor | None]] = {
    "IAMUser": _user,
    "AssumedRole": _role,
    "Role": _role,
    "FederatedUser": _federated,
    "IdentityCenterUser": _identity_center,
    "SAMLUser": _provided,
    "WebIdentityUser": _provided,
    "AWSAccount": _foreign,
    "Directory": _directory,
    "AWSService": _service,
    "": _service,
}


def text_of(value: object) -> str:
    """`scalar_text`, quick for what is nearly always there: text, or nothing."""
    if type(value) is str:
        return value
    return "" if value is None else scalar_text(value)


def _after(text: str, mark: str) -> str:
    return text.partition(mark)[2]


def _account_in(arn: str) -> str:
    """The account of an ARN: ``arn:aws:iam::123456789012:user/x``."""
    parts = arn.split(":", 5)
    return parts[4] if len(parts) == 6 and parts[4].isdecimal() else ""
