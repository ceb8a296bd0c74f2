"""Text to milliseconds since 1970 UTC and back: what people type, and what records say.

`parse_instant` reads what an investigator types: any length from a year to a millisecond, standing for all the time it
covers. `event_time_ms` reads what a record says. Both are strict about the calendar: there is no month 13.
Formats: ISO 8601 extended and basic, UTC unless an offset is given.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, timedelta

from ctwork.errors import LensError

MIN_MS = -62_135_596_800_000
MAX_MS = 253_402_300_799_999
"""The first and the last millisecond that can be written: years 1 to 9999."""

_DAY_MS = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_OFFSET = r"(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_EXTENDED = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})(?:[Tt ](?P<hour>[0-9]{2})"
    r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?" + _OFFSET + ")?)?)?"
)
_BASIC = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:[Tt ](?P<hour>[0-9]{2})"
    r"(?:(?P<minute>[0-9]{2})(?:(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?)?" + _OFFSET + ")?"
)
_UNIT_MS = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": _DAY_MS, "w": 7 * _DAY_MS}
_RELATIVE = re.compile(r"-(?:[0-9]{1,9}[smhdw])+")
_HINT = (
    "Write UTC as 2023-07-10, 2023-07-10T12, 2023-07-10T12:30 or 2023-07-10T12:30:15Z, or with an offset such as +02:00"
)


def parse_instant(text: str) -> tuple[int, int]:
    """The half-open stretch [start_ms, end_ms) that `text` covers: a year, month, day, hour, minute, second or less.

    Raises LensError with the column inside `text`.
    """
    match = _EXTENDED.fullmatch(text) or _BASIC.fullmatch(text)
    if match is None:
        raise LensError(f"This is not a time: {text}" if text else "A time is missing", 0, _HINT)
    wrong = _wrong_part(match)
    if wrong is not None:
        part, limits = wrong
        raise LensError(f"There is no {part} {match[part]}", match.start(part), limits or _HINT)
    start = _start_ms(match)
    if not MIN_MS <= start <= MAX_MS:
        raise LensError(f"This is not a time: {text}", 0, _HINT)
    return start, min(start + _length_ms(match), MAX_MS)


def format_instant(instant_ms: int) -> str:
    """The instant as ISO 8601 UTC, with milliseconds where they are not zero. Raises OverflowError past year 9999."""
    moment = _EPOCH + timedelta(milliseconds=instant_ms)
    unit = "milliseconds" if instant_ms % 1000 else "seconds"
    return moment.replace(tzinfo=None).isoformat(timespec=unit) + "Z"


def parse_relative(text: str, now_ms: int) -> int:
    """The instant `text` before `now_ms`, as `-24h`, `-1d12h` or `now`; units s m h d w. Raises LensError."""
    if text == "now":
        return now_ms
    if _RELATIVE.fullmatch(text) is None:
        raise LensError(f"This is not a time before now: {text}", 0, "Write -90m, -24h, -7d, -2w or now")
    back = sum(int(count) * _UNIT_MS[unit] for count, unit in re.findall(r"([0-9]+)([smhdw])", text))
    return max(now_ms - back, MIN_MS)


def event_time_ms(text: str) -> int | None:
    """A record's own eventTime, or None when it is not a date with hour and minute. Parts of a ms are cut off."""
    stripped = text.strip()
    match = _EXTENDED.fullmatch(stripped) or _BASIC.fullmatch(stripped)
    if match is None or match["minute"] is None or _wrong_part(match) is not None:
        return None
    return _start_ms(match)


def _wrong_part(match: re.Match[str]) -> tuple[str, str] | None:
    """The part that no calendar or clock has, with the limits it broke."""
    year, month, day = int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)
    if year == 0:
        return "year", "Years are 0001 to 9999"
    if not 1 <= month <= 12:
        return "month", "Months are 01 to 12"
    days = monthrange(year, month)[1]
    if not 1 <= day <= days:
        return "day", f"Days of {year:04}-{month:02} are 01 to {days}"
    for part, last in (("hour", 23), ("minute", 59), ("second", 59)):
        if int(match[part] or 0) > last:
            return part, f"{part.capitalize()}s are 00 to {last}"
    offset = re.sub("[^0-9]", "", match["offset"] or "")
    if int(offset[:2] or 0) > 23 or int(offset[2:] or 0) > 59:
        return "offset", "Offsets are as +02:00 or -0530"
    return None


def _start_ms(match: re.Match[str]) -> int:
    day = date(int(match["year"]), int(match["month"] or 1), int(match["day"] or 1)).toordinal() - _EPOCH_DAY
    seconds = int(match["hour"] or 0) * 3600 + int(match["minute"] or 0) * 60 + int(match["second"] or 0)
    seconds -= _offset_s(match["offset"])
    return day * _DAY_MS + seconds * 1000 + int((match["fraction"] or "").ljust(3, "0")[:3])


def _offset_s(text: str | None) -> int:
    if text is None or text in "Zz":
        return 0
    digits = text[1:].replace(":", "")
    seconds = int(digits[:2]) * 3600 + int(digits[2:] or 0) * 60
    return -seconds if text[0] == "-" else seconds


def _length_ms(match: re.Match[str]) -> int:
    """How long the stretch is that the last given part names."""
    if match["fraction"]:
        return int(10 ** max(3 - len(match["fraction"]), 0))
    for part, length in (("second", 1_000), ("minute", 60_000), ("hour", 3_600_000), ("day", _DAY_MS)):
        if match[part]:
            return length
    year = int(match["year"])
    if match["month"]:
        return monthrange(year, int(match["month"]))[1] * _DAY_MS
    return (366 if monthrange(year, 2)[1] == 29 else 365) * _DAY_MS
