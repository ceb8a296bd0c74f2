"""Times as whole seconds since 1970 UTC, and the ways AWS writes them."""

from datetime import UTC, datetime

MINUTE = 60
HOUR = 3600
DAY = 86400
SLOT = 5 * MINUTE

FIRST_DAY = int(datetime(2025, 3, 10, tzinfo=UTC).timestamp())
DAYS = 4
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
END = FIRST_DAY + DAYS * DAY


def at(text: str) -> int:
    """Seconds of ``2025-03-12T01:12:04Z``."""
    return int(datetime.fromisoformat(text).timestamp())


def iso(when: int) -> str:
    """``2025-03-12T01:12:04Z``, as in ``eventTime``."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def american(when: int) -> str:
    """``Mar 12, 2025, 1:12:04 AM``, as in ``responseElements.credentials.expiration``; no locale has a say in it."""
    moment = datetime.fromtimestamp(when, UTC)
    month = _MONTHS[moment.month - 1]
    half = "PM" if moment.hour >= 12 else "AM"
    return f"{month} {moment.day}, {moment.year}, {moment.hour % 12 or 12}:{moment:%M:%S} {half}"


def slot_after(when: int) -> int:
    """The next full five minutes at or after `when`."""
    return -(-when // SLOT) * SLOT


def minute_name(when: int) -> str:
    """``20250312T0112Z``, as in the name of a log file."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y%m%dT%H%MZ")


def second_name(when: int) -> str:
    """``20250312T011204Z``, as in the name of a digest."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y%m%dT%H%M%SZ")


def folder(when: int) -> str:
    """``2025/03/12``, the date folders of a key."""
    return datetime.fromtimestamp(when, UTC).strftime("%Y/%m/%d")
