"""Reads documents one after the other where the whole is not one valid JSON value: lines, glued objects, damage.

The rule (facts: reliability 5.3): every complete record before and after a damaged region is delivered, and the region
is told. One loop serves all shapes: list openings and closings are stepped over, objects are sniffed, and whatever
cannot be read is skipped up to the next place where a known document starts.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ctwork.sources.account import holds_another
from ctwork.sources.base import Bounds, IssueKind
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head, head_of, object_at
from ctwork.sources.scan import depth_of, value_end
from ctwork.sources.sniff import sniff

_STEP_OVER = re.compile(rb"[ \t\r\n,\x1e]*+").match
_LIST_HEAD = re.compile(
    rb'\{\s*+(?:"[^"\\]*+"\s*+:\s*+(?:"[^"\\]*+"|[^\s,"{}\[\]]++)\s*+,\s*+)*"(?:Records|Events)"\s*+:\s*+\[|\['
).match
_STRAY_MEMBER = re.compile(rb'"[^"\\]*+"\s*+:\s*+(?:"(?:[^"\\]|\\.)*+(?<!\{)"|[^\s,"{}\[\]]++)').match
"""A string that ends in ``{`` was left open: it has reached into the next document."""
_CANDIDATE = re.compile(
    rb'[,\[}\]\n\x1e][ \t\r\n]*+(?=\{[ \t\r\n]*+")|\n[ \t\r]*+(?=\[)|(?=\{[ \t\r\n]*+"eventVersion")'
).finditer
_OPENING = rb'(?:[\[{][ \t\r\n]*+(?:"[^"\\]*+"[ \t\r\n]*+:[ \t\r\n]*+)?+)'
_RUN = 128
_TOO_DEEP = re.compile(rb"(?:%s(?=[\[{])){%d,}+" % (_OPENING, _RUN)).match
_MENTIONS = re.compile(rb'"(?:eventVersion|eventName|eventSource|Records|CloudTrailEvent)\\?"').search
_EFFORT_FLOOR = 32 << 20
_EFFORT_PER_BYTE = 1
_ATTEMPT = 256
"""What looking at one place costs at least, in the same unit."""
_LOOK = 4
"""What each byte costs whose brackets are counted: brackets and nothing else are slow."""
_DEEPEST = 1_024
"""No JSON reader here goes deeper."""
_LONGEST_LINE = 256 << 10
"""How far the end of a line is looked for; CloudTrail keeps a record below this size."""
_WIDE = 64 << 10
"""Window of a search past what looks like the start of the next line."""
_NARROW = 16 << 10
"""Window of a search whose effort is spent: most records are smaller."""


@dataclass(slots=True)
class _Walk:
    """Where the loop stands."""

    data: bytes
    harvest: Harvest
    at: int
    effort: int
    """Bytes that may still be looked at in vain: damage must not make the search quadratic."""
    closers: bytearray = field(default_factory=bytearray)
    """Brackets that the open lists still need, innermost last."""
    unknown: list[tuple[int, int]] = field(default_factory=list)
    """Whole documents of no known format."""
    _marks: dict[bytes, tuple[int, int]] = field(default_factory=dict)
    last: str = ""
    """What lies before: ``open`` (a list's opening), ``item`` (a document in it), or something else."""

    def document(self, at: int) -> Head | None:
        """The whole document at `at`, found by its line or else by its brackets, if it ends within the window."""
        line_end = self._next(b"\n", at)
        if line_end - at > _LONGEST_LINE:
            line_end = 0
        if line_end > 0 and (head := head_of(self.data, at, line_end)):
            return head
        cost, end = _ATTEMPT, -1
        for stop in self._stops(at):
            end = value_end(self.data, at, stop, _DEEPEST)
            cost += _LOOK * ((stop if end < 0 else end) - at)
            if end > 0:
                break
        head = object_at(self.data, at, end) if end > 0 else None
        if head is None:
            self.effort -= cost
        return head

    def _stops(self, at: int) -> Iterator[int]:
        """How far to look for the end of the document at `at`: first to the next line that starts one.

        A list that is not whole by its line is never looked through: it is opened, and its elements are read.
        """
        if self.data[at] == 0x7B and _LIST_HEAD(self.data, at):
            return
        size = len(self.data)
        near = self._next(b'\n{"', at + 1)
        is_near = near - at < _LONGEST_LINE and near < size
        if is_near:
            yield near
        if self.effort > 0:
            wide = is_near or self.data[at] == 0x5B
            yield min(size, at + (_WIDE if wide else min(self.harvest.bounds.record_bytes, self.effort // _LOOK)))
        elif not is_near:
            yield min(size, at + _NARROW)

    def _next(self, mark: bytes, at: int) -> int:
        """Where `mark` comes next, else the end; found once for all places before it."""
        since, place = self._marks.get(mark, (0, -1))
        if not since <= at <= place:
            place = self.data.find(mark, at)
            place = len(self.data) if place < 0 else place
            self._marks[mark] = at, place
        return place

    def pass_over(self, end: int) -> None:
        """Goes on to `end`; what lies before it is structure."""
        if end > self.at:
            self.harvest.witness(self.at, end)
            self.at = end

    @property
    def is_spent(self) -> bool:
        """True when even narrow searches have gone on for too long."""
        return self.effort < -_EFFORT_FLOOR - _EFFORT_PER_BYTE * len(self.data)


def read_documents(data: bytes, start: int, harvest: Harvest) -> None:
    """Takes every document from `start` on; tells of each region that holds none."""
    walk = _Walk(data, harvest, start, _EFFORT_FLOOR + _EFFORT_PER_BYTE * len(data))
    while _step(walk):
        pass
    message = "A document that is not a CloudTrail record."
    if not harvest.records and not harvest.issues and walk.unknown:
        message = "JSON, but not of CloudTrail records."
        walk.unknown = [(walk.unknown[0][0], walk.unknown[-1][1])]
    for span in walk.unknown:
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, message, span)


def mentions_records(data: bytes) -> bool:
    """Whether content that is no valid JSON looks as if it held CloudTrail records."""
    return _MENTIONS(data) is not None


def _step(walk: _Walk) -> bool:
    """Reads, steps over or skips one thing; False at the end."""
    data, blank = walk.data, _STEP_OVER(walk.data, walk.at)
    if blank:
        _pass_gap(walk, blank.end())
    if walk.at >= len(data):
        if walk.closers:
            message = "The content ends before its list is closed."
            walk.harvest.tell(IssueKind.TRUNCATED, message, (len(data), len(data)))
        return False
    byte = data[walk.at]
    if walk.closers and walk.closers[-1] == byte:
        walk.closers.pop()
        walk.pass_over(walk.at + 1)
        walk.last = "item" if walk.closers.endswith(b"]") else ""
    elif walk.is_spent:
        message = "Too damaged to search on: the rest was not read."
        walk.harvest.tell(IssueKind.SYNTAX, message, (walk.at, len(data)))
        return False
    elif byte in b"{[" and _take_document(walk):
        walk.last = "item"
    elif too_deep := _TOO_DEEP(data, walk.at):
        message = f"More than {_RUN} brackets open here without a record; what they hold is read as far as it goes."
        walk.harvest.tell(IssueKind.DEPTH, message, too_deep.span())
        walk.at = too_deep.end()
    elif opening := _LIST_HEAD(data, walk.at):
        walk.pass_over(opening.end())
        walk.last = "open"
        walk.closers += b"]" if byte == 0x5B else b"}]"
        walk.harvest.containers.append("array" if byte == 0x5B else "trail")
    elif walk.closers.endswith(b"}") and (stray := _STRAY_MEMBER(data, walk.at)):
        walk.pass_over(stray.end())
    else:
        _skip(walk)
        walk.last = ""
    return True


def _pass_gap(walk: _Walk, end: int) -> None:
    """Steps over white space and commas; inside a list there is one comma between two documents, and no other."""
    start, data = walk.at, walk.data
    walk.pass_over(end)
    commas = data.count(b",", start, end)
    if not walk.closers.endswith(b"]") or end == len(data) or walk.last not in ("open", "item"):
        return
    if commas != (walk.last == "item" and data[end] != 0x5D):
        message = "A comma is missing or one too many: something may have been cut out here."
        walk.harvest.tell(IssueKind.SYNTAX, message, (start, end))


def _take_document(walk: _Walk) -> bool:
    """Takes the whole document at hand; False when it is damaged or only its parts can be read."""
    head = walk.document(walk.at)
    if head is None or _swallows(walk, head):
        return False
    if not sniff(walk.data, head, walk.harvest):
        if head.oddity is not None:
            return False
        walk.unknown.append((head.start, head.end))
    walk.at = head.end
    return True


def _swallows(walk: _Walk, head: Head) -> bool:
    """Whether a record of a damaged list has taken in the ones after it, for want of a bracket."""
    return bool(walk.closers) and head.keys is not None and holds_another(walk.data, head.start, head.end)


def _skip(walk: _Walk) -> None:
    """Tells of the damage at hand and goes to the next place where a known document starts."""
    start, data = walk.at, walk.data
    walk.at = _next_document(walk)
    if walk.at == len(data):
        walk.closers.clear()
    walk.harvest.tell(*_diagnosis(data, start, walk.at, walk.harvest.bounds), (start, walk.at))


def _diagnosis(data: bytes, start: int, end: int, bounds: Bounds) -> tuple[IssueKind, str]:
    """What is wrong with ``[start, end)``, as kind and message."""
    whole = value_end(data, start, end) if data[start] in b"{[" else 0
    if whole > 0 and (depth := depth_of(data[start:whole])) > bounds.depth:
        return IssueKind.DEPTH, f"It nests {depth:,} levels deep; {bounds.limit('depth')}."
    if whole - start > bounds.record_bytes:
        return IssueKind.SIZE, f"It takes {whole - start:,} bytes and was skipped; {bounds.limit('record_bytes')}."
    if end < len(data):
        return IssueKind.SYNTAX, "This part is not valid JSON and was skipped."
    if whole < 0 and not data.rstrip().endswith(b"]}"):
        return IssueKind.TRUNCATED, "The content ends in the middle of this part."
    return IssueKind.SYNTAX, "From here on the content is not valid JSON."


def _next_document(walk: _Walk) -> int:
    """The next offset after the damage that a format can read, else the end of the data."""
    data, last = walk.data, walk.at
    for match in _CANDIDATE(data, walk.at + 1):
        at = match.end()
        if at == last:
            continue
        last = at
        if data[at] == 0x7B and (opening := _LIST_HEAD(data, at)) and opening.end() > at + 1:
            return at
        head = walk.document(at)
        trial = Harvest(walk.harvest.source, walk.harvest.bounds, level=walk.harvest.level)
        if head is not None and not _swallows(walk, head) and sniff(data, head, trial) and trial.records:
            return at
        if walk.is_spent:
            break
    return len(data)
