"""What lies beside logs in an acquisition and holds no record: answers about the account, logs of the acquisition."""

from collections.abc import Iterator

from msgspec import Raw

from ctwork.sources.base import IssueKind
from ctwork.sources.formats.document import inner
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head

_ANSWERS = (
    ("trailList",),
    ("TrailARN",),
    ("IsLogging",),
    ("InsightSelectors",),
    ("PublicKeyList",),
    ("EventDataStores",),
    ("UserId", "Account", "Arn"),
    ("ServerSideEncryptionConfiguration",),
    ("ObjectLockConfiguration",),
    ("LoggingEnabled",),
)
"""Members that no other document has: what `describe-trails`, `list-public-keys` and so on print."""
_HOLDERS = {
    "Trail": ("TrailARN", "Name"),
    "Trails": ("TrailARN",),
    "Organization": ("MasterAccountId", "Id"),
    "Accounts": ("Id", "Arn"),
    "Rules": ("Status",),
}
"""Members with common names, and what lies in them."""
_LONE = {
    "Policy": '"{',
    "LocationConstraint": "",
    "Status": '"',
    "MFADelete": '"',
    "TransitionDefaultMinimumObjectSize": '"',
}
"""Members of short answers about a bucket, which have no others, and how their values begin."""
_SERVICES = ("cloudtrail", "organizations", "sts", "s3api", "iam")


class AccountState:
    """An answer of the AWS CLI about trails, keys, buckets or the account; alone, in a list, or after its command."""

    name = "account-state"

    def claims(self, data: bytes, head: Head) -> bool:
        if head.items is not None:
            return bool(head.items) and all(_is_answer(inner(item)) for item in head.items)
        return _is_answer(head)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        message = "What an API says about the account, its trails, keys or buckets: it holds no record."
        harvest.tell(IssueKind.ACCOUNT_STATE, message, (head.start, head.end))


def _is_answer(head: Head | None) -> bool:
    if head is None or not head.keys:
        return False
    if any(head.has(*members) for members in _ANSWERS):
        return True
    if any(found.has(*_HOLDERS[name]) for name, found in _held(head)):
        return True
    return _is_command(head) or all(_starts(head.keys[key], _LONE.get(key)) for key in head.keys)


def _held(head: Head) -> Iterator[tuple[str, Head]]:
    """What lies in the members with common names."""
    for name in _HOLDERS:
        if not head.has(name):
            continue
        items = head.list_of(name)
        first = inner(items[0]) if items else inner(head.keys[name]) if items is None and head.keys else None
        if first is not None:
            yield name, first


def _is_command(head: Head) -> bool:
    """``{"command": "aws cloudtrail …", "output": …}``: how kits keep an answer with its question."""
    words = head.text("command").split()
    return head.has("command", "output") and any(service in words[:2] for service in _SERVICES)


def _starts(value: Raw, start: str | None) -> bool:
    return start is not None and bytes(value).startswith(start.encode())


class AcquisitionLog:
    """A line of the log that an acquisition keeps: its beginning, an object, a failure, its end; or a request."""

    name = "acquisition-log"
    _lines = ("run", "object", "failed", "finding", "state", "end")
    _requests: tuple[tuple[str, ...], ...] = (
        ("caller", "agent", "calls"),
        ("operation", "code", "hint"),
        ("page", "covers", "asked"),
        ("profile", "account"),
    )

    def claims(self, data: bytes, head: Head) -> bool:
        if not head.keys:
            return False
        if len(head.keys) == 1:
            ((key, value),) = head.keys.items()
            return key in self._lines and bytes(value).startswith(b"{")
        return any(head.has(*members) for members in self._requests)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        span = head.start, head.end
        if harvest.told[IssueKind.ACQUISITION_LOG]:
            # One row speaks for all lines.
            harvest.witness(*span)
            return
        message = "The log of an acquisition, as it was kept beside what was acquired: it holds no record."
        harvest.tell(IssueKind.ACQUISITION_LOG, message, span)
