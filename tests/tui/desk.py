"""An engine in memory: thousands to ten million events made up on demand, and the records nobody wants to meet."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from ctwork.errors import CtworkError, EnvironmentFailure
from ctwork.model.column import COLUMNS, WORD_COLUMNS, resolve
from ctwork.model.lens import Lens
from ctwork.model.likeness import likeness
from ctwork.model.tally import Tally
from ctwork.tui.desk import (
    Account,
    Detail,
    Extent,
    FacetPages,
    Facets,
    Histogram,
    IssueLine,
    KindCount,
    Line,
    Place,
    Portrait,
    Progress,
    Report,
    Rival,
    Sieve,
    Suggestion,
    Surroundings,
)
from tests.tui.markshelf import FakeExports, FakeMarks
from tests.tui.shelf import FakeHints, FakeLenses

START_MS = 1_688_988_120_000  # 2023-07-10 11:22 UTC
DONE = Progress(
    done=True,
    files_read=1024,
    files_seen=1024,
    files_total=1024,
    bytes_read=214_000_000,
    bytes_total=214_000_000,
    records=36_973,
    unique=30_477,
    copies=6_496,
    seconds=4.2,
    generation=1,
)
LOADING = Progress(
    files_read=412,
    files_seen=1024,
    files_total=1024,
    bytes_read=88_000_000,
    bytes_total=226_000_000,
    records=14_800,
    unique=12_204,
    copies=2_596,
    issues=3,
    lost=1,
    seconds=2.3,
    message="seized.zip",
    generation=1,
)

_PRINCIPALS = ("ci-deploy", "role/admin-break-glass", "user/backup", "role/StepFunctions-Nightly", "bert-jan", "root")
_CALLS = (
    ("sts", "AssumeRole", "write", "role/admin-break-glass"),
    ("iam", "ListUsers", "read", ""),
    ("secretsmanager", "GetSecretValue", "read", "prod/db/master-password"),
    ("iam", "CreateAccessKey", "write", "user/backup"),
    ("s3", "GetObject", "read", "arn:aws:s3:::fin-reports/2023/q3/summary.parquet"),
    ("ec2", "DescribeInstances", "read", ""),
    ("kms", "Decrypt", "read", "arn:aws:kms:us-east-1:123837392031:key/8d3f0a2e"),
    ("dynamodb", "PutItem", "write", "table/orders"),
)
_OUTCOMES = (("denied", "AccessDenied"), ("throttled", "ThrottlingException"), ("error", "NoSuchEntity"))
_ADDRESSES = ("198.51.100.7", "203.0.113.9", "cloudformation.amazonaws.com", "2001:db8:85a3::8a2e:370:7334")
_TALLIED = 20_000
"""Events that a facet counts at most: they are made up one by one."""
HOSTILE = (
    "[/x]",
    "[@click=app.quit]quit[/]",
    "\x1b]0;owned\x07",
    "\x1b[31mred\x1b[0m",
    "\x9b31mc1",
    "admin\u202egnp.exe",
    "zero\u200bwidth\u2066",
    "two\nlines\r\n\tand a tab",
    "x" * 10_000,
    "漢字かな" * 40,
    "e" + "\u0301" * 40,
    "\ud800lone",
    "\x00nul\x7fdel",
    "",
)


def _shuffled(number: int) -> int:
    """A number that looks like chance and is always the same."""
    return (number * 2_654_435_761 ^ (number >> 3) * 40_503) & 0xFFFFFFFF


@lru_cache(65_536)
def line(row: int, step_ms: int = 140) -> Line:
    """The made-up event `row`."""
    dice = _shuffled(row)
    service, event, verb, target = _CALLS[dice % 8]
    outcome, error = _OUTCOMES[dice // 8 % 3] if dice // 64 % 9 == 0 else ("ok", "")
    principal = _PRINCIPALS[dice // 512 % 6]
    return Line(
        row=row,
        time_ms=START_MS + row * step_ms + dice % 90,
        principal=principal,
        session=f"{principal}/ASIA{dice % 10_000:04d}",
        service=service,
        event=event,
        target=target,
        targets=3 if dice % 31 == 0 else 1 if target else 0,
        address=_ADDRESSES[dice // 4096 % 4],
        region="eu-central-1" if dice // 2048 % 3 == 0 else "us-east-1",
        account="123837392031",
        outcome=outcome,
        error=error,
        verb=verb,
        copies=2 if dice % 5 == 0 else 1,
        conflict=dice % 97 == 0,
    )


def hostile_line(row: int, value: str) -> Line:
    """An event in which every text is `value`."""
    return replace(
        line(row), principal=value, session=value, service=value, event=value, target=value, address=value,
        region=value, account=value, error=value, outcome="denied", conflict=True,
    )  # fmt: skip


def nested(levels: int) -> Any:
    """Lists in dicts, `levels` deep."""
    value: Any = "bottom"
    for level in range(levels):
        value = {f"level{level}": [value]}
    return value


def document(shown: Line) -> dict[str, Any]:
    """A record that could have led to `shown`."""
    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    return {
        "eventVersion": "1.08",
        "userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROAEXAMPLE:ci",
            "arn": f"arn:aws:sts::123837392031:assumed-role/{shown.principal}/ci",
            "accountId": "123837392031",
            "accessKeyId": "ASIAEXAMPLEQ7N",
            "sessionContext": {"attributes": {"mfaAuthenticated": "false"}},
        },
        "eventTime": "2023-07-10T12:04:12Z",
        "eventSource": f"{shown.service}.amazonaws.com",
        "eventName": shown.event,
        "awsRegion": shown.region,
        "sourceIPAddress": shown.address,
        "userAgent": "aws-cli/2.15.0 Python/3.11.6 Linux/6.1",
        "requestParameters": {
            "secretId": shown.target,
            "versionStage": "AWSCURRENT",
            "policyDocument": json.dumps(policy),
        },
        "responseElements": None,
        "readOnly": shown.verb == "read",
        "requestID": "e2a0b0b5-5c7f-4a3f-9a51-57a0b1cb3a6d",
        "eventID": f"{shown.row:08x}-5c7f-4a3f-9a51-57a0b1cb3a6d",
        "odd": {
            "nothing": None,
            "deep": nested(50),
            "many": list(range(3)),
            "hostile": {"[/x]": "\x1b]0;owned\x07\u202e"},
        },
    }


@dataclass
class FakeView:
    """Some rows of a `FakeDesk`."""

    desk: "FakeDesk"
    lens: Lens
    rows: Sequence[int]
    reads: int = 0

    @property
    def total(self) -> int:
        return len(self.rows)

    def page(self, offset: int, limit: int) -> Sequence[Line]:
        self.reads += 1
        return [self.desk.line(row) for row in self.rows[offset : offset + limit]]

    @property
    def span_ms(self) -> tuple[int, int] | None:
        if not self.rows:
            return None
        times = [self.desk.line(self.rows[place]).time_ms or START_MS for place in (0, -1)]
        return min(times), max(times)

    def histogram(self, bins: int, over: tuple[int, int] | None = None) -> Histogram:
        self.desk.histograms_asked.append(over)
        times = over or self.span_ms
        if times is None:
            return Histogram(START_MS, 60_000, (), ())
        bucket = max((times[1] - times[0]) // bins + 1, 1)
        bucket = next(
            (
                size
                for size in (
                    1000,
                    2000,
                    5000,
                    10_000,
                    30_000,
                    60_000,
                    300_000,
                    900_000,
                    3_600_000,
                    21_600_000,
                    86_400_000,
                )
                if size >= bucket
            ),
            bucket,
        )
        start = times[0] // bucket * bucket
        used = (times[1] - start) // bucket + 1
        counts = [0] * used
        errors = [0] * used
        stride = max(len(self.rows) // 20_000, 1)
        for row in self.rows[::stride]:
            shown = self.desk.line(row)
            bar = ((shown.time_ms or START_MS) - start) // bucket
            if 0 <= bar < used and _shuffled(bar) % 11 >= row % 8:
                counts[bar] += stride
                errors[bar] += stride * (shown.outcome != "ok")
        return Histogram(start, bucket, tuple(counts), tuple(errors))

    def position(self, row: int) -> int | None:
        if not self.rows:
            return None
        if isinstance(self.rows, range):
            return max(0, min(row - self.rows.start, len(self.rows) - 1))
        return min(range(len(self.rows)), key=lambda place: abs(self.rows[place] - row))

    def next_error(self, offset: int, step: int) -> int | None:
        place = offset + step
        while 0 <= place < self.total:
            if self.desk.line(self.rows[place]).outcome != "ok":
                return place
            place += step
        return None

    def next_mark(self, offset: int, step: int) -> int | None:
        marked = self.desk.marks.rows()
        places = [place for place, row in enumerate(self.rows) if row in marked and (place - offset) * step > 0]
        return min(places, key=lambda place: abs(place - offset), default=None)

    def next_gap(self, offset: int, step: int, least_ms: int) -> int | None:
        if self.lens.sort.column != "eventTime":
            return None
        place = offset + step
        while 0 < place < self.total:
            times = [self.desk.line(self.rows[at]).time_ms for at in (place - 1, place)]
            if None not in times and abs(times[1] - times[0]) >= least_ms:
                return place
            place += step
        return None

    def facets(self, wanted: Facets, cancelled: Callable[[], bool]) -> FacetPages:
        self.desk.facets_asked.append(wanted)
        if self.desk.trouble is not None:
            raise self.desk.trouble
        return Counted(wanted, [Values(self.desk.line(row)) for row in self.rows[:_TALLIED]], self.desk)


class Counted(Tally):
    """A tally that says over which span its values were drawn."""

    def __init__(self, wanted: Facets, events: Sequence["Values"], desk: "FakeDesk") -> None:
        super().__init__(wanted, events)
        self._desk = desk

    def portraits(
        self,
        offset: int,
        limit: int,
        bins: int,
        over: tuple[int, int] | None = None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Sequence[Portrait]:
        self._desk.portraits_asked.append(over)
        return super().portraits(offset, limit, bins, over, cancelled)


@dataclass
class Values:
    """A line as a predicate sees it."""

    shown: Line

    def values(self, column: str, /) -> tuple[str, ...]:
        read = _READERS.get(column)
        found = "" if read is None else read(self.shown)
        return (found,) if found else ()


def _iso(time_ms: int | None) -> str:
    from ctwork.tui.clock import iso

    return "" if time_ms is None else iso(time_ms)


_READERS: dict[str, Callable[[Line], str]] = {
    "principal": lambda shown: shown.principal,
    "session": lambda shown: shown.session,
    "service": lambda shown: shown.service,
    "eventName": lambda shown: shown.event,
    "sourceIPAddress": lambda shown: shown.address,
    "awsRegion": lambda shown: shown.region,
    "account": lambda shown: shown.account,
    "errorCode": lambda shown: shown.error,
    "outcome": lambda shown: shown.outcome,
    "verb": lambda shown: shown.verb,
    "resource": lambda shown: shown.target,
    "eventTime": lambda shown: _iso(shown.time_ms),
    "requestParameters.versionStage": lambda _: "AWSCURRENT",
}


@dataclass
class FakeDesk:
    """`total` events, the first of them hostile when asked."""

    total: int = 3000
    progress: Progress = DONE
    hostile: tuple[str, ...] = ()
    step_ms: int = 140
    trouble: CtworkError | None = None
    broken: bool = False
    problem: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    stopped: bool = False
    asked: list[Lens] = field(default_factory=list)
    details: int = 0
    issue_lines: Sequence[IssueLine] = ()
    account: Account | None = None
    twins: int = 1
    saved: list[str] = field(default_factory=list)
    examined: int = 0
    accounts: int = 1
    facets_asked: list[Facets] = field(default_factory=list)
    portraits_asked: list[tuple[int, int] | None] = field(default_factory=list)
    histograms_asked: list[tuple[int, int] | None] = field(default_factory=list)
    first: int = 0
    """Events before this one are not known yet."""
    lenses: FakeLenses = field(default_factory=FakeLenses)
    hints: FakeHints = field(default_factory=FakeHints)
    marks: FakeMarks = field(default_factory=FakeMarks)
    exports: FakeExports = field(default_factory=FakeExports)

    def __post_init__(self) -> None:
        self.marks.desk = self

    def line(self, row: int) -> Line:
        found = hostile_line(row, self.hostile[row]) if row < len(self.hostile) else line(row, self.step_ms)
        return self.marks.on(found)

    def select(self, lens: Lens, cancelled: Callable[[], bool]) -> FakeView:
        self.asked.append(lens)
        if self.broken:
            raise RuntimeError("\x1b]0;owned\x07 internal detail")
        if self.trouble is not None:
            raise self.trouble
        if lens == Lens():
            return FakeView(self, lens, range(self.first, self.total))
        rows = [row for row in range(min(self.total, 20_000)) if self._matches(lens, row)]
        return FakeView(self, lens, rows)

    def _matches(self, lens: Lens, row: int) -> bool:
        return lens.matches(Values(self.line(row)))

    def suggest(
        self, field: str, begun: str, limit: int, cancelled: Callable[[], bool] = lambda: False
    ) -> Sequence[Suggestion]:
        known = {name.lower(): column for column in COLUMNS for name in (column.name, *column.aliases)}
        names = [known[field.lower()].name] if field.lower() in known else [] if field else list(WORD_COLUMNS)
        find = likeness(begun)
        rows = range(self.first, min(self.total, self.first + _TALLIED))
        found = []
        for name in names:
            counts = Counter(value for row in rows for value in Values(self.line(row)).values(name))
            graded = ((find(value), value, count) for value, count in counts.items())
            short = resolve(name).short
            found += [(grade, Suggestion(short, value, count)) for grade, value, count in graded if grade is not None]
        found.sort(key=lambda pair: (pair[0], -pair[1].count))
        return [suggestion for _, suggestion in found[:limit]]

    def detail(self, row: int) -> Detail:
        self.details += 1
        if row >= self.total:
            raise EnvironmentFailure("the carrier is gone", "put it back where it was")
        shown = self.line(row)
        parsed = document(shown)
        raw = json.dumps(parsed).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(raw).hexdigest()
        facts = self.facts or (
            ("who", f"{shown.principal} session ci ← ci-deploy (key ASIA…Q7N) ← user/ci (AKIA…3F6J)"),
            ("from", f"{shown.address} · aws-cli/2.15.0 · {shown.region} · vpce —"),
            ("what", f"secretId={shown.target}  versionStage=AWSCURRENT"),
            ("on", shown.target or "—"),
        )
        name = f"seized.zip!AWSLogs/123837392031/CloudTrail/us-east-1/2023/07/10/123837392031_{row:08x}.json.gz"
        place = Place(name, digest, digest, row % 50, 2048 * (row % 50), 2048 * (row % 50) + len(raw), "full")
        return Detail(facts, raw, parsed, (place,) * shown.copies, digest, self.problem)

    def poll(self) -> Progress:
        return self.progress

    def stop(self) -> None:
        self.stopped = True
        if self.progress.examining is not None:
            self.progress = replace(self.progress, examining=None)
            return
        self.progress = replace(self.progress, done=True, generation=self.progress.generation + 1)

    def examine(self) -> None:
        if self.trouble is not None:
            raise self.trouble
        self.examined += 1
        self.progress = replace(self.progress, examining=0.0)

    def report(self) -> Report | None:
        kinds: dict[str, int] = {}
        for each in self.issue_lines:
            kinds[each.kind] = kinds.get(each.kind, 0) + 1
        weights = {each.kind: each.weight for each in self.issue_lines}
        return Report(
            sources=("/evidence/seized.zip",),
            files_seen=1024,
            files=(("read", 1001), ("with issues", 11), ("failed", 2), ("skipped", 10)),
            records_read=36_973,
            records=(("unique", 30_477), ("copies", 6_496)),
            conflicts=3,
            bytes_read=214_000_000,
            bytes_inflated=1_926_000_000,
            account=self.account,
            kinds=tuple(KindCount(kind, weights[kind], count) for kind, count in kinds.items()),
            complete=True,
            filtered=0,
        )

    def extent(self) -> Extent | None:
        accounts = ("123837392031", "444455556666", "777788889999")[: self.accounts]
        return Extent("2023-07-10T11:22:00Z", "2023-07-10T12:31:00Z", accounts, ("eu-central-1", "us-east-1"))

    def issues(self, sieve: Sieve) -> "FakeIssues":
        if self.trouble is not None:
            raise self.trouble
        return FakeIssues(
            [
                each
                for each in self.issue_lines
                if (not sieve.kinds or each.kind in sieve.kinds)
                and sieve.text.lower() in f"{each.source}\0{each.kind}\0{each.message}".lower()
            ]
        )

    def surroundings(self, line: IssueLine) -> Surroundings:
        if line.offset is None:
            return Surroundings(0, b"", 0, 0, 0, "nothing of it was read, so there are no bytes to show")
        data = b'{"Records":[{"eventVersion":"1.08","\x1b]0;owned\x07\xff\x00":"AssumedRole"}]}'[:64]
        start = max(line.offset - 16, 0)
        return Surroundings(start, data, line.offset, line.offset + (line.length or 0), 2_000_000, self.problem)

    def event_of(self, line: IssueLine) -> int | None:
        return None if line.index is None or line.index >= self.total else line.index

    def rivals(self, row: int) -> tuple[Rival, ...]:
        here = self.detail(row)
        others = []
        for number in range(1, self.twins + 1):
            raw = here.raw.replace(b'"AWSCURRENT"', b'"AWSPREVIOUS"').replace(b'"readOnly"', b'"odd%d"' % number)
            others.append(Rival(row + number, replace(here, raw=raw, sha256=hashlib.sha256(raw).hexdigest())))
        return (Rival(row, here), *others)

    def save_issues(self, path: str) -> int:
        if not path.endswith(".csv"):
            raise EnvironmentFailure("x says no form", "end the name in .csv, .json or .jsonl")
        self.saved.append(path)
        return len(self.issue_lines)


@dataclass
class FakeIssues:
    """Rows of a load report in memory."""

    rows: Sequence[IssueLine]
    reads: int = 0

    @property
    def total(self) -> int:
        return len(self.rows)

    def page(self, offset: int, limit: int) -> Sequence[IssueLine]:
        self.reads += 1
        return self.rows[offset : offset + limit]

    def position(self, number: int) -> int | None:
        place = sum(each.number < number for each in self.rows)
        return min(place, self.total - 1) if self.rows else None

    def next_loss(self, offset: int, step: int) -> int | None:
        places = range(offset + step, self.total if step > 0 else -1, step)
        return next((place for place in places if self.rows[place].weight == "loss"), None)


_KINDS = (("digest-file", "note"), ("conflict", "doubt"), ("truncated", "loss"), ("not-cloudtrail", "note"))


def issue(number: int) -> IssueLine:
    """The made-up row `number` of a load report."""
    dice = _shuffled(number)
    kind, weight = _KINDS[0 if dice % 7 else dice // 7 % 4]
    source = f"seized.zip!AWSLogs/123837392031/CloudTrail/us-east-1/2023/07/10/{number:06d}_z8Q.json.gz"
    index = dice % 50 if kind == "conflict" else None
    offset = None if kind == "conflict" else dice % 100_000
    said = {
        "digest-file": "A digest file: it holds hashes of log files and no record.",
        "conflict": "eventID 5a875751-b357-e804-8538-3e05e3f0c398 also occurs with other bytes",
        "truncated": "The content ends in the middle of this part.",
        "not-cloudtrail": "JSON, but not of CloudTrail records.",
    }[kind]
    return IssueLine(number, source, kind, weight, offset, None if offset is None else 24, index, said)


def hostile_issue(number: int, value: str) -> IssueLine:
    """A row in which every text is `value`."""
    return IssueLine(number, value, value, "loss", 12, 4, number, value)
