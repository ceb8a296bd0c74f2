"""What may go wrong with one request, and the schedule that says with which."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, auto


class Kind(Enum):
    """One way to misbehave. Those with an answer of their own leave the connection as it is."""

    DROP = auto()
    """The connection ends by FIN after `size` bytes of the body; before the status line when that is negative."""
    RESET = auto()
    """The same by RST."""
    STALL = auto()
    """Nothing comes any more after `size` bytes of the body, and the connection stays; negative as above."""
    TRICKLE = auto()
    """The body comes `size` bytes at a time, `pause_s` apart."""
    LATE = auto()
    """The answer begins after `pause_s`."""
    OVERSTATED = auto()
    """The length in the header is `size` more than what comes; then the connection ends."""
    UNDERSTATED = auto()
    """The length in the header is `size` less than what comes: the rest lies in the way of the next answer."""
    CUT = auto()
    """Body and header agree, and are `size` bytes shorter than the object."""
    PADDED = auto()
    """Body and header agree, and are `size` bytes longer than the object."""
    WRONG = auto()
    """As many bytes as there should be, one of them another; which one is different each time."""
    NO_RANGE = auto()
    """A range is not heeded: the whole object comes, as a whole."""
    OTHER_RANGE = auto()
    """Another range than the one asked for comes, and says so."""
    CHANGED = auto()
    """The object is overwritten before the request is served; it stays so."""
    GONE = auto()
    """The object is deleted before the request is served; it stays so."""
    SLOW_DOWN = auto()
    UNAVAILABLE = auto()
    INTERNAL = auto()
    BAD_GATEWAY = auto()
    """A proxy's own page, no XML."""
    DENIED = auto()
    KMS_DENIED = auto()
    KMS_DISABLED = auto()
    ARCHIVED = auto()
    EXPIRED = auto()
    SKEWED = auto()
    MOVED = auto()
    """301 with the region of the bucket."""
    OTHER_REGION = auto()
    """400 with the region to sign for."""
    BOUNCED = auto()
    """307 to the place that `text` names."""
    GARBAGE = auto()
    """200 with bytes that are no answer to anything."""
    NO_HTTP = auto()
    """Bytes that are no HTTP."""
    HALF_A_PAGE = auto()
    """A listing that breaks off in the middle, though the length is right."""
    SAME_PAGE = auto()
    """A page of a listing names itself as the next one."""
    NO_TOKEN = auto()
    """A page of a listing says that there is more, and not where."""
    ENDLESS = auto()
    """Empty pages of a listing, each with a new token."""
    CIRCLING = auto()
    """The same page of a listing again and again, each time with a new token."""
    DOCTYPE = auto()
    """A listing with entities that grow."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to misbehave, with its measure."""

    kind: Kind
    size: int = -1
    pause_s: float = 0.0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """Which requests a fault meets: those for one key or a prefix of a listing (b"*" for all), of one operation."""

    fault: Fault
    operation: str = "GetObject"
    key: bytes = b"*"
    times: int = 1
    """How many requests it meets; -1 for all."""
    skipping: int = 0
    """How many it lets pass first."""


@dataclass(slots=True)
class Schedule:
    """Rules in order: the first that still applies to a request decides."""

    rules: Sequence[Rule] = ()
    _met: Counter[int] = field(default_factory=Counter)

    def fault(self, operation: str, key: bytes) -> Fault | None:
        """What happens to this request."""
        chosen: Fault | None = None
        for number, rule in enumerate(self.rules):
            if chosen or rule.operation != operation or rule.key not in (b"*", key):
                continue
            if rule.times >= 0 and self._met[number] >= rule.skipping + rule.times:
                continue
            self._met[number] += 1
            if self._met[number] > rule.skipping:
                chosen = rule.fault
        return chosen


ERRORS: dict[Kind, tuple[int, str, str]] = {
    Kind.SLOW_DOWN: (503, "SlowDown", "Please reduce your request rate."),
    Kind.UNAVAILABLE: (503, "ServiceUnavailable", "Service is unable to handle request."),
    Kind.INTERNAL: (500, "InternalError", "We encountered an internal error. Please try again."),
    Kind.DENIED: (403, "AccessDenied", "Access Denied"),
    Kind.KMS_DENIED: (
        403,
        "AccessDenied",
        "User: arn:aws:iam::123456789012:user/reader is not authorized to perform: kms:Decrypt on this resource",
    ),
    Kind.KMS_DISABLED: (400, "KMS.DisabledException", "The key is disabled."),
    Kind.ARCHIVED: (403, "InvalidObjectState", "The operation is not valid for the object's storage class"),
    Kind.EXPIRED: (400, "ExpiredToken", "The provided token has expired."),
    Kind.SKEWED: (403, "RequestTimeTooSkewed", "The difference between the request time and ours is too large."),
    Kind.MOVED: (301, "PermanentRedirect", "The bucket you are attempting to access must be addressed elsewhere."),
    Kind.OTHER_REGION: (400, "AuthorizationHeaderMalformed", "The region is wrong; expecting 'eu-central-1'"),
    Kind.BOUNCED: (307, "TemporaryRedirect", "Please re-send this request to the specified temporary endpoint."),
}
"""Status, code and message of the faults that are answers."""
