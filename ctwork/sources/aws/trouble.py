"""What went wrong with one request: AWS's code, whether trying again helps, and what the owner must do."""

from dataclasses import dataclass

from ctwork.resources import toml_table

_TRANSIENT = frozenset(
    {
        *("SlowDown", "ServiceUnavailable", "InternalError", "RequestTimeout", "Throttling", "ThrottlingException"),
        *("RequestLimitExceeded", "BandwidthLimitExceeded", "TooManyRequests", "OperationAborted"),
        *("IncompleteBody", "Timeout", "ConnectionFailed", "SizeMismatch", "ContentMismatch", "MalformedListing"),
    }
)
_BUSY = frozenset({"SlowDown", "ServiceUnavailable", "Throttling", "ThrottlingException", "TooManyRequests"})
_CREDENTIALS = frozenset({"ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired", "RequestExpired"})
_OF_STATUS = {
    301: "PermanentRedirect",
    403: "AccessDenied",
    404: "NoSuchKey",
    412: "PreconditionFailed",
    429: "TooManyRequests",
    500: "InternalError",
    502: "ServiceUnavailable",
    503: "ServiceUnavailable",
    504: "ServiceUnavailable",
}


@dataclass(eq=False)
class Trouble(Exception):
    """Why a request gave nothing."""

    code: str
    """As AWS names it, or one of our own for what no answer named."""
    message: str = ""
    """AWS's own words. May hold hostile text."""

    @property
    def transient(self) -> bool:
        """Whether the same request may succeed a little later."""
        return self.code in _TRANSIENT

    @property
    def busy(self) -> bool:
        """Whether the service asks for fewer requests."""
        return self.code in _BUSY

    @property
    def expired(self) -> bool:
        """Whether new credentials would help."""
        return self.code in _CREDENTIALS


def code_of_status(status: int) -> str:
    """A code for an answer that names none."""
    return "Redirected" if status in (302, 303, 307, 308) else _OF_STATUS.get(status, f"HTTP{status}")


def hint_for(code: str, message: str = "", *, storage: str = "", listing: bool = False, payer: bool = False) -> str:
    """What must be done about `code`, in a sentence. `payer`: whether the request said that we pay."""
    hints: dict[str, str] = toml_table("aws.toml")["hints"]
    said = message.lower()
    if code == "AccessDenied":
        if "kms" in said:
            return hints["AccessDenied/kms"]
        hint = hints["AccessDenied/list"] if listing else hints[code]
        return hint if payer else f"{hint}; {hints['AccessDenied/payer']}"
    if code in _CREDENTIALS:
        code = "ExpiredToken"
    return hints.get(code, hints["Other"]).format(code=code, message=message or "nothing more", storage=storage)
