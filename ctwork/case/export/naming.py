"""Which texts of a record name a person or a principal: members that hold names, and ARNs wherever they stand."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from ctwork.resources import toml_table

TYPES = "user|role|group|assumed-role|federated-user|instance-profile|mfa|sms-mfa|saml-provider|oidc-provider"
"""What stands before the name in the ARN of a principal."""
_PRINCIPAL = re.compile(rf"(?:^|(?<=:))(?:{TYPES})/([^\s\"',;]+)")


@cache
def _name_members() -> frozenset[str]:
    return frozenset(name.lower() for name in toml_table("redact.toml")["name"]["members"])


def names_in(document: Any) -> Iterable[str]:
    """The names a record holds: of members that hold names, and of ARNs wherever they stand."""
    stack = [("", document)]
    while stack:
        member, node = stack.pop()
        if isinstance(node, dict):
            stack.extend(node.items())
        elif isinstance(node, list):
            stack.extend((member, item) for item in node)
        elif isinstance(node, str):
            if member.lower() in _name_members():
                # The id of a session is that of the role and the name of the session.
                yield node.rpartition(":")[2] if member in ("principalId", "assumedRoleId") and ":" in node else node
            for match in _PRINCIPAL.finditer(node) if "/" in node else ():
                yield from match[1].split("/")
