"""The words with which services refuse: error codes and messages as each service writes them."""

from dataclasses import dataclass

from .actor import Actor


@dataclass(frozen=True, slots=True)
class Failure:
    """``errorCode`` and ``errorMessage`` of a failed call; either may be "" (absent)."""

    code: str
    message: str = ""
    hides_request: bool = False
    """True when the service logs no request parameters with it."""


_EXCEPTION_SUFFIX = {"dynamodb", "kms", "ssm", "secretsmanager", "cloudtrail", "lambda", "organizations", "guardduty"}


def denied(actor: Actor, action: str, resource: str = "*") -> Failure:
    """Not allowed. `action` is ``service:Name``."""
    service = action.partition(":")[0]
    who = actor.arn or str(actor.identity.get("principalId", ""))
    because = f"because no identity-based policy allows the {action} action"
    if service == "ec2":
        return Failure(
            "Client.UnauthorizedOperation",
            "You are not authorized to perform this operation. "
            f"User: {who} is not authorized to perform: {action} {because}",
        )
    if service == "sts":
        message = f"User: {who} is not authorized to perform: {action} on resource: {resource}"
        return Failure("AccessDenied", message, hides_request=True)
    code = "AccessDeniedException" if service in _EXCEPTION_SUFFIX else "AccessDenied"
    message = f"User: {who} is not authorized to perform: {action} on resource: {resource} {because}"
    return Failure(code, message, hides_request=service != "s3")


def throttled(action: str) -> Failure:
    """Too many calls."""
    if action.startswith("ec2:"):
        return Failure("Client.RequestLimitExceeded", "Request limit exceeded.")
    return Failure("ThrottlingException", "Rate exceeded")
