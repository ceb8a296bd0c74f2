"""Who calls: the ``userIdentity`` block, and where the call comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .clock import iso
from .world import Role, User


@dataclass(frozen=True, slots=True)
class Actor:
    """A caller as a service sees it."""

    identity: Mapping[str, Any]
    """The ``userIdentity`` block in AWS's member order."""
    account: str
    """Account the caller belongs to; "" for a service."""
    address: str
    agent: str
    console: bool = False
    """True when the credentials came from a console sign-in."""
    endpoint: tuple[str, str] | None = None
    """(VPC endpoint id, its owner) when calls go through one."""

    @property
    def arn(self) -> str:
        """ARN in the identity, or ""."""
        return str(self.identity.get("arn", ""))

    @property
    def key(self) -> str:
        """Access key id in the identity, or ""."""
        return str(self.identity.get("accessKeyId", ""))

    @property
    def by_service(self) -> bool:
        """True when a service makes the call: TLS details and an address are then not given."""
        return "invokedBy" in self.identity

    def via(self, address: str, agent: str = "") -> "Actor":
        """The same credentials from another address, or with another tool."""
        return replace(self, address=address, agent=agent or self.agent)

    def through(self, endpoint: str, owner: str, address: str) -> "Actor":
        """The same credentials through a VPC endpoint, from a private address."""
        return replace(self, endpoint=(endpoint, owner), address=address)

    def forwarded(self, service: str) -> "Actor":
        """The call a service makes on behalf of this actor (forward access session)."""
        return replace(
            self, identity={**self.identity, "invokedBy": service}, address=service, agent=service, endpoint=None
        )


def user_actor(user: User, key: str, address: str, agent: str) -> Actor:
    """An IAM user with a long-term key."""
    identity = {
        "type": "IAMUser",
        "principalId": user.unique_id,
        "arn": user.arn,
        "accountId": user.account,
        "accessKeyId": key,
        "userName": user.name,
    }
    return Actor(identity, user.account, address, agent)


def session_actor(
    role: Role,
    session: str,
    key: str,
    created: int,
    address: str,
    agent: str,
    *,
    source_identity: str = "",
    delivery: str = "",
    mfa: bool = False,
    console: bool = False,
) -> Actor:
    """A role session. `key` "" leaves the key out, as service-linked roles do; `delivery` is ``ec2RoleDelivery``."""
    context: dict[str, Any] = {
        "sessionIssuer": {
            "type": "Role",
            "principalId": role.unique_id,
            "arn": role.arn,
            "accountId": role.account,
            "userName": role.name,
        },
        "attributes": {"creationDate": iso(created), "mfaAuthenticated": "true" if mfa else "false"},
    }
    if source_identity:
        context["sourceIdentity"] = source_identity
    if delivery:
        context["ec2RoleDelivery"] = delivery
    identity: dict[str, Any] = {
        "type": "AssumedRole",
        "principalId": f"{role.unique_id}:{session}",
        "arn": f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{session}",
        "accountId": role.account,
    }
    if key:
        identity["accessKeyId"] = key
    identity["sessionContext"] = context
    return Actor(identity, role.account, address, agent, console)


def service_actor(service: str) -> Actor:
    """An AWS service acting for itself, such as ``cloudtrail.amazonaws.com``."""
    return Actor({"type": "AWSService", "invokedBy": service}, "", service, service)


def outsider(account: str, principal_id: str, address: str, agent: str) -> Actor:
    """A principal of another account, as the account it calls into sees it."""
    identity = {"type": "AWSAccount", "principalId": principal_id, "accountId": account}
    return Actor(identity, account, address, agent)
