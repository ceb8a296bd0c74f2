"""Family E: the CSV shapes (console Event history, Lake results, Athena results), whole and damaged.

What the readers of these shapes must make of them.
"""

import csv
import io
import json
from collections.abc import Iterator, Sequence

from hostile.case import Case, case, event_id, gz, record, text

CONSOLE = (
    *("User name", "AWS access key", "Event time", "Event source", "Event name", "AWS region", "Source IP address"),
    *("User agent", "Error code", "Resources", "Request ID", "Event ID", "Read-only", "Event type"),
    *("Recipient Account Id", "Event category"),
)
ATHENA = ("eventversion", "useridentity", "eventtime", "eventsource", "eventname", "awsregion", "eventid", "readonly")
LAKE = "# Execution Time: 2024-05-02 08:00:00.000 Query Statement: SELECT * FROM a1b2c3\n"
FORMULA = '=cmd|"/c calc"!A0'


def console_row(number: int, user: str = "ann", agent: str = "aws-cli/2.1") -> list[str]:
    """One line of the console's download."""
    found = '[{"resourceType":"AWS::S3::Bucket","resourceName":"b"}]'
    return [
        *(user, "AKIAIOSFODNN7EXAMPLE", f"2024-05-01T00:0{number}:00Z", "s3.amazonaws.com", "GetObject", "us-east-1"),
        *("192.0.2.7", agent, "", found, "REQ", event_id(number), "true", "AwsApiCall", "111122223333", "Management"),
    ]


def athena_row(number: int) -> list[str]:
    """One line of a result over the table that AWS documents."""
    identity = "{type=IAMUser, principalid=AIDA, arn=arn:aws:iam::111122223333:user/ann}"
    time = f"2024-05-01T00:0{number}:00Z"
    return ["1.08", identity, time, "s3.amazonaws.com", "GetObject", "us-east-1", event_id(number), "true"]


def lines(
    head: Sequence[str], rows: Sequence[Sequence[str]], end: str = "\n", quoting: int = csv.QUOTE_MINIMAL
) -> bytes:
    """A CSV file (RFC 4180)."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
    writer.writerows([head, *rows])
    return buffer.getvalue().encode()


def console() -> Iterator[Case]:
    """Sixteen columns, no parameters: everything that it says is delivered."""
    rows = [console_row(number) for number in range(3)]
    whole = lines(CONSOLE, rows)
    plain = ("E-console", whole), ("E-console-cr-lf", lines(CONSOLE, rows, "\r\n"))
    for name, data in (*plain, ("E-console-byte-order-mark", b"\xef\xbb\xbf" + whole), ("E-console-gzip", gz(whole))):
        yield table(name, data, range(3))
    yield table("E-console-all-quoted", lines(CONSOLE, rows, quoting=csv.QUOTE_ALL), range(3))
    yield table("E-console-formula", lines(CONSOLE, [console_row(0, user=FORMULA)]), (0,))
    yield table("E-console-newline-in-a-cell", lines(CONSOLE, [console_row(0, agent="a\nb"), rows[1]]), (0, 1))
    yield table("E-console-header-only", lines(CONSOLE, []), ())
    yield table("E-console-last-line-cut", whole[:-60], (0, 1), "truncated syntax")
    yield table("E-console-quote-left-open", whole + b'"', range(3), "truncated syntax")
    yield table("E-console-short-row", lines(CONSOLE, [rows[0], rows[1][:5], rows[2]]), (0, 2), "syntax")
    yield table("E-console-long-row", lines(CONSOLE, [rows[0], [*rows[1], "x", "y"], rows[2]]), (0, 2), "syntax")
    yield table("E-console-zero-bytes", whole.replace(b"aws-cli", b"aws\0cli", 1), range(3), "encoding syntax")


def queries() -> Iterator[Case]:
    """Results of Lake and Athena."""
    rows = [athena_row(number) for number in range(3)]
    whole = lines(ATHENA, rows, quoting=csv.QUOTE_ALL)
    yield table("E-athena", whole, range(3))
    yield table("E-athena-cut", whole[:-40], (0, 1), "truncated syntax")
    yield table("E-lake", LAKE.encode() + lines(ATHENA, rows), range(3))
    full = [[text(record(number)).decode()] for number in range(3)]
    yield table("E-lake-whole-events", LAKE.encode() + lines(["eventjson"], full), range(3))
    broken = [full[0], [json.dumps("not a record")], full[2]]
    yield table("E-lake-one-event-broken", LAKE.encode() + lines(["eventjson"], broken), (0, 2), "syntax not-object")
    yield table(
        "E-lake-latin-1-cell",
        LAKE.encode() + lines(ATHENA, rows).replace(b"user/ann", b"user/\xe9", 1),
        range(3),
        "invalid-utf8",
    )
    yield case("E-other-csv", b"name,size\na,1\nb,2\n", (), file="sizes.csv")


def table(name: str, data: bytes, holds: Sequence[int], told: str = "") -> Case:
    """A case that is a CSV file."""
    return case(name, data, holds, told, "x.csv")


CASES = [*console(), *queries()]
