"""Family B: JSON that is damaged, odd, deep, huge, or legal in a way that readers disagree on."""

from collections.abc import Iterator

from ctwork.sources.base import Bounds
from hostile.case import Case, R, case, event_id, inside, odd, record, text, trail

THREE = (0, 1, 2)
OPEN = b'{"Records":['
JOINED = b",".join(R[:3])


def shapes() -> Iterator[Case]:
    """Undamaged, in every habit of writing: nothing may be told as a loss."""
    yield case("B-plain", trail(*R[:3]), THREE)
    yield case("B-spaced", b' \r\n{ "Records" :\t[ %s ] } \n' % b" ,\n ".join(R[:3]), THREE)
    yield case("B-newline-at-the-end", trail(*R[:3]) + b"\n", THREE)
    yield case("B-byte-order-mark", b"\xef\xbb\xbf" + trail(*R[:3]), THREE)
    yield case("B-array", b"[%s]" % JOINED, THREE)
    yield case("B-one-record", R[0], (0,))
    yield case("B-lines", b"\n".join(R[:3]), THREE)
    yield case("B-lines-after-a-byte-order-mark", b"\xef\xbb\xbf" + b"\n".join(R[:3]), THREE)
    yield case("B-lines-ended-by-cr-lf", b"\r\n".join(R[:3]) + b"\r\n", THREE)
    yield case("B-lines-with-blank-ones-between", b"\n\n \n".join(R[:3]) + b"\n\n", THREE)
    yield case("B-glued-objects", b"".join(R[:3]), THREE)
    yield case("B-json-text-sequence", b"".join(b"\x1e%s\n" % item for item in R[:3]), THREE)
    yield case("B-log-files-as-lines", trail(*R[:2]) + b"\n" + trail(R[2]), THREE)
    yield case("B-log-files-glued", trail(*R[:2]) + trail(R[2]), THREE)
    yield case(
        "B-utf-16-little-endian",
        b"\xff\xfe" + trail(*R[:3]).decode().encode("utf-16-le"),
        THREE,
        "encoding",
    )
    yield case(
        "B-utf-16-big-endian",
        b"\xfe\xff" + trail(*R[:3]).decode().encode("utf-16-be"),
        THREE,
        "encoding",
    )
    yield case("B-envelope-with-more-members", b'{"version":1,"Records":[%s],"next":{"a":[1]}}' % JOINED, THREE)
    yield case("B-key-spelled-with-an-escape", b'{"\\u0052ecords":[%s]}' % JOINED, THREE)
    yield case("B-the-same-record-twice", trail(R[0], R[0]), (0, 0))
    yield case("B-two-records-with-one-id", trail(R[0], odd(0, "eventName", b'"PutObject"')), (0, 0))
    yield case("B-array-of-log-files", b"[%s,%s]" % (trail(*R[:2]), trail(R[2])), THREE)
    nested = inside(0, b'{"eventVersion":"1.08","eventID":"x","eventName":"y","eventSource":"z"}')
    yield case("B-a-record-inside-a-record", trail(nested), (0,))
    yield case("B-a-record-as-text-inside-a-record", trail(inside(0, text(R[1].decode()))), (0,))
    yield case("B-a-record-list-inside-a-record", trail(inside(0, trail(R[1]))), (0,))
    yield case("B-escaped-slashes", trail(R[0].replace(b"aws-cli/", b"aws-cli\\/")), (0,))


def empties() -> Iterator[Case]:
    """Nothing to deliver, and nothing lost."""
    for name, data in (
        ("no-records", trail()),
        ("empty-array", b"[]"),
        ("empty-object", b"{}"),
        ("null", b"null"),
        ("true", b"true"),
        ("number", b"17"),
        ("string", b'"text"'),
        ("white-space", b" \r\n\t\n"),
        ("byte-order-mark-only", b"\xef\xbb\xbf"),
        ("records-is-null", b'{"Records":null}'),
        ("records-is-an-object", b'{"Records":{}}'),
        ("other-json", b'{"resource":"aws_s3_bucket","list":[1,2,3]}'),
        ("web-page", b"<!doctype html><title>403</title><script>var a={};</script>"),
        ("xml", b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>'),
        ("source-code", b"def main():\n    return {'eventName': 1}\n"),
    ):
        yield case(f"B-{name}", data, (), file="readme.txt")
    yield case("B-s3-notification", trail(b'{"eventVersion":"2.1","eventSource":"aws:s3","eventName":"Put","s3":{}}'))
    yield case("B-digest-file", b'{"digestS3Object":"d","logFiles":[{"s3Object":"k","hashValue":"00"}]}')


def hidden() -> Iterator[Case]:
    """Records where a reader would not look: delivered, or told as not read."""
    yield case("B-records-in-a-nested-array", b"[[%s]]" % JOINED, THREE)
    yield case("B-records-key-in-lower-case", b'{"records":[%s]}' % JOINED, THREE)
    yield case("B-records-is-one-record", b'{"Records":%s}' % R[0], (), "unsupported")
    yield case("B-records-twice", b'{"Records":[%s],"Records":[%s]}' % (R[0], R[1]), (0, 1), "duplicate-key")
    yield case("B-records-twice-the-first-empty", b'{"Records":[],"Records":[%s]}' % R[1], (1,), "duplicate-key")
    yield case(
        "B-records-twice-the-last-null", b'{"Records":[%s],"Records":null}' % R[0], (), "duplicate-key unsupported"
    )
    yield case(
        "B-records-twice-one-escaped", b'{"Records":[%s],"Record\\u0073":[%s]}' % (R[0], R[1]), (0, 1), "duplicate-key"
    )
    yield case(
        "B-records-in-another-list-too",
        b'{"Records":[%s],"More":[%s]}' % (R[0], R[1]),
        (0,),
        "unsupported",
    )
    yield case("B-records-in-an-unknown-shape", b'{"data":{"items":[%s]}}' % JOINED, (), "unsupported")
    for name, item in (("null", b"null"), ("number", b"17"), ("string", b'"x"'), ("list", b"[1]")):
        yield case(f"B-{name}-among-the-records", trail(R[0], item, R[1]), (0, 1), "not-object")
        yield case(f"B-{name}-before-the-records", trail(item, R[0]), (0,), "not-object")
    yield case("B-an-empty-object-among-the-records", trail(R[0], b"{}", R[1]), (0, "None", 1))


def cuts() -> Iterator[Case]:
    """Text that ends too early."""
    whole = trail(*R[:3])
    second = len(OPEN) + len(R[0]) + 1
    yield case("B-cut-before-the-end", whole[:-1], THREE, "truncated")
    yield case("B-cut-before-the-list-ends", whole[:-2], THREE, "truncated")
    yield case("B-cut-after-a-comma", whole[:second], (0,), "truncated")
    yield case("B-cut-after-a-record", whole[: second - 1], (0,), "truncated")
    yield case("B-cut-in-a-key", whole[: second + 6], (0,), "truncated")
    yield case("B-cut-in-a-string", whole[: second + 60], (0,), "truncated")
    yield case("B-cut-in-an-escape", whole[: whole.index(b'\\"', second) + 1], (0,), "truncated")
    yield case("B-cut-before-the-first-record", OPEN, (), "truncated")
    yield case("B-cut-in-the-envelope", OPEN[:7], (), "truncated syntax")
    yield case("B-beginning-missing", whole[40:], (1, 2), "syntax")
    yield case("B-beginning-missing-to-a-comma", whole[second - 1 :], (1, 2), "syntax")
    yield case("B-last-line-cut", b"\n".join(R[:3])[:-40], (0, 1), "truncated")
    yield case("B-first-line-cut", b"\n".join(R[:3])[40:], (1, 2), "syntax")
    yield case("B-middle-cut-out", whole[: second + 50] + whole[second + len(R[1]) - 50 :], (0, 2), "syntax")
    yield case("B-middle-is-zeros", whole[: second + 50] + bytes(200) + whole[second + 250 :], (0, 2), "syntax")
    yield case("B-zeros-at-the-end", whole + bytes(4096), THREE, "syntax trailing-data")
    yield case("B-text-at-the-end", whole + b"\nuploaded by hand", THREE, "syntax trailing-data")
    yield case("B-text-at-the-front", b"HTTP/1.1 200 OK\r\n\r\n" + whole, THREE, "syntax")


def punctuation() -> Iterator[Case]:
    """One character wrong, between the records or in one of them: its neighbours are delivered."""
    one = R[1]
    for name, broken in (
        ("colon-missing", one.replace(b":", b"", 1)),
        ("quote-missing", one.replace(b'"', b"", 1)),
        ("closing-quote-missing", one.replace(b'1.08"', b"1.08", 1)),
        ("comma-missing-inside", one.replace(b',"', b'"', 1)),
        ("comma-doubled-inside", one.replace(b',"', b',,"', 1)),
        ("comma-before-the-end", one[:-1] + b",}"),
        ("brace-missing-inside", one.replace(b'"type":"IAMUser"', b'"type":{"a":1', 1)),
        ("brace-missing-at-the-end", one[:-1]),
        ("single-quotes", one.replace(b'"', b"'")),
        ("bare-keys", one.replace(b'"eventName"', b"eventName")),
        ("comment", one.replace(b',"eventName"', b'/* , */,"eventName"')),
        ("unknown-escape", one.replace(b"aws-cli", b"\\x41ws-cli")),
        ("half-an-escape", one.replace(b"aws-cli", b"\\u12")),
        ("capital-true", one.replace(b"true", b"True")),
        ("undefined", one.replace(b"true", b"undefined")),
        ("leading-zero", odd(1, "requestParameters", b"01")),
        ("plus-sign", odd(1, "requestParameters", b"+1")),
        ("bare-fraction", odd(1, "requestParameters", b".5")),
        ("open-fraction", odd(1, "requestParameters", b"1.")),
        ("hexadecimal", odd(1, "requestParameters", b"0x10")),
        ("line-break-between-tokens-lost", one.replace(b'"readOnly":true', b'"readOnly":tr')),
        ("zero-byte-between-tokens", one.replace(b',"eventName"', b'\0,"eventName"')),
    ):
        yield case(f"B-{name}", trail(R[0], broken, R[2]), (0, 2), "syntax truncated")
        yield case(f"B-{name}-in-a-line", b"\n".join((R[0], broken, R[2])), (0, 2), "syntax truncated")
    yield case("B-comma-missing", OPEN + R[0] + R[1] + b"," + R[2] + b"]}", THREE, "syntax")
    yield case("B-comma-doubled", OPEN + R[0] + b",," + R[1] + b"," + R[2] + b"]}", THREE, "syntax")
    yield case("B-comma-after-the-last", OPEN + JOINED + b",]}", THREE, "syntax")
    yield case("B-comma-before-the-first", OPEN + b"," + JOINED + b"]}", THREE, "syntax")
    yield case("B-semicolon-for-a-comma", OPEN + R[0] + b";" + R[1] + b"]}", (0, 1), "syntax")
    yield case("B-list-closed-by-a-brace", OPEN + JOINED + b"}}", THREE, "syntax truncated")
    yield case("B-one-bracket-too-many", trail(*R[:3]) + b"]}", THREE, "syntax")
    yield case("B-list-closed-twice", OPEN + R[0] + b"]," + R[1] + b"]}", (0, 1), "syntax")
    yield case("B-html-between-lines", b"\n".join((R[0], b"<p>gateway timeout</p>", R[1])), (0, 1), "syntax")
    yield case(
        "B-lines-with-a-time-before",
        b"\n".join(b"2024-05-01T00:00:00.000Z " + r for r in R[:3]),
        THREE,
    )
    yield case("B-python-repr", str([record(0), record(1)]).encode(), (), "syntax not-json")
    yield case("B-a-word-repeated-before-records", b'{"eventVersion":' * 500 + R[0], (0,), "depth")


ODDITIES: tuple[tuple[str, bytes, str], ...] = (
    ("raw-escape-byte", R[1].replace(b"aws-cli", b"aws\x1bcli"), "encoding"),
    ("raw-zero-in-a-string", R[1].replace(b"aws-cli", b"aws\0cli"), "encoding"),
    ("raw-newline-in-a-string", R[1].replace(b"aws-cli", b"aws\ncli"), "encoding"),
    ("raw-tab-in-a-string", R[1].replace(b"aws-cli", b"aws\tcli"), "encoding"),
    ("invalid-utf-8", inside(1, b'"caf\xe9"'), "invalid-utf8"),
    ("overlong-utf-8", inside(1, b'"\xc0\xaf"'), "invalid-utf8"),
    ("cut-utf-8", inside(1, b'"\xe2\x82"'), "invalid-utf8"),
    ("surrogate-bytes", inside(1, b'"\xed\xa0\x80"'), "invalid-utf8"),
    ("invalid-utf-8-in-a-column", odd(1, "userAgent", b'"caf\xe9"'), "invalid-utf8"),
    ("invalid-utf-8-in-a-key", inside(1, b'{"caf\xe9":1}'), "invalid-utf8"),
    ("lone-high-surrogate", inside(1, b'"\\ud800"'), "surrogate"),
    ("lone-low-surrogate", inside(1, b'"a\\udc00b"'), "surrogate"),
    ("reversed-pair", inside(1, b'"\\ude00\\ud83d"'), "surrogate"),
    ("lone-surrogate-in-a-column", odd(1, "userAgent", b'"\\ud800"'), "surrogate"),
    ("nan", inside(1, b"NaN"), "nonfinite"),
    ("infinity", inside(1, b"Infinity"), "nonfinite"),
    ("minus-infinity", inside(1, b"-Infinity"), "nonfinite"),
    ("key-twice", inside(1, b'{"a":1,"a":2}'), "duplicate-key"),
    ("key-twice-one-escaped", inside(1, b'{"a":1,"\\u0061":2}'), "duplicate-key"),
    ("column-twice", odd(1, "eventName", b'"GetObject","eventName":"PutObject"'), "duplicate-key"),
    ("column-twice-one-escaped", odd(1, "eventName", b'"GetObject","event\\u004eame":"PutObject"'), "duplicate-key"),
    ("integer-of-2-to-64", inside(1, b"18446744073709551616"), "bigint"),
    ("integer-of-10-to-30", inside(1, b"1" + b"0" * 30), "bigint"),
    ("integer-below-64-bit", inside(1, b"-9223372036854775809"), "bigint"),
    ("integer-of-4301-digits", inside(1, b"9" * 4301), "bigint"),
    ("exponent-past-any-float", inside(1, b"1E400"), "bigint nonfinite"),
    ("levels-140", inside(1, b"[" * 140 + b"]" * 140), "depth"),
    ("levels-1100", inside(1, b"[" * 1100 + b"]" * 1100), "depth"),
    ("levels-1100-of-objects", inside(1, b'{"a":' * 1100 + b"1" + b"}" * 1100), "depth"),
)
"""Records that some reader changes, refuses or dies of: kept as they are, and told."""

HARMLESS: tuple[tuple[str, bytes], ...] = (
    ("surrogate-pair", inside(1, b'"\\ud83d\\ude00"')),
    ("escaped-zero", inside(1, b'"\\u0000"')),
    ("line-separator", inside(1, '"\u2028"'.encode())),
    ("byte-order-mark-in-a-string", inside(1, '"\ufeff"'.encode())),
    ("integer-of-2-to-53-and-1", inside(1, b"9007199254740993")),
    ("integer-of-2-to-63", inside(1, b"9223372036854775807")),
    ("digits-in-a-string", inside(1, b'"' + b"9" * 60 + b'"')),
    ("minus-zero", inside(1, b"-0")),
    ("a-long-fraction", inside(1, b"0." + b"1" * 30)),
    ("levels-100", inside(1, b"[" * 100 + b"]" * 100)),
    ("brackets-in-a-string", inside(1, b'"' + b"[{" * 5000 + b'"')),
    ("a-string-of-one-megabyte", inside(1, b'"' + b"x" * (1 << 20) + b'"')),
    ("backslashes-before-a-quote", inside(1, b'"\\\\\\\\\\\\"')),
    ("the-same-key-in-two-objects", inside(1, b'[{"a":1},{"a":2},{"b":{"a":3},"a":4}]')),
    ("an-empty-key", inside(1, b'{"":1}')),
    ("nan-in-a-string", inside(1, b'"NaN"')),
)
"""Records that only look dangerous: kept, and no word about them."""


def records() -> Iterator[Case]:
    """One odd record between two plain ones, in a log file and in an array (which is read the careful way)."""
    for name, odd_one, kinds in ODDITIES:
        holds = (0, 2) if name.startswith("levels-1100") else THREE
        yield case(f"B-{name}", trail(R[0], odd_one, R[2]), holds, kinds)
        yield case(f"B-{name}-in-an-array", b"[%s]" % b",".join((R[0], odd_one, R[2])), holds, kinds)
    for name, odd_one in HARMLESS:
        yield case(f"B-{name}", trail(R[0], odd_one, R[2]), THREE)
        yield case(f"B-{name}-in-an-array", b"[%s]" % b",".join((R[0], odd_one, R[2])), THREE)
    lines = b"\n".join((R[0], odd(1, "eventID", text(event_id(1)) + b',"eventID":"other"'), R[2]))
    yield case("B-event-id-twice-in-a-line", lines, (0, "other", 2), "duplicate-key")


def large() -> Iterator[Case]:
    """Much of something: it must end, and soon."""
    keys = b"{%s}" % b",".join(b'"k%d":%d' % (number, number) for number in range(100_001))
    yield case("B-more-keys-than-allowed", lambda: b"[%s]" % inside(1, keys), (1,), "size")
    yield case("B-larger-than-usual", lambda: b"[%s]" % inside(1, b'"%s"' % (b"x" * (5 << 20))), (1,), "size")
    tight = Bounds(record_bytes=1 << 20)
    yield case(
        "B-larger-than-allowed",
        lambda: b"[%s]" % inside(1, b'"%s"' % (b"x" * (2 << 20))),
        (1,),
        "size",
        bounds=tight,
    )
    yield case("B-three-megabytes-of-brackets", lambda: b"[" * (3 << 20), (), "depth truncated syntax")
    yield case("B-a-million-levels", lambda: b"[" * 1_000_000 + b"]" * 1_000_000, (), "depth syntax")
    yield case("B-objects-without-end", lambda: b'{"a":' * 200_000, (), "depth truncated syntax")
    yield case("B-starts-of-records-without-end", lambda: OPEN + b'{"eventVersion":"' * 50_000, (), "truncated syntax")
    yield case("B-braces-without-end", lambda: OPEN + b',{"' * 100_000, (), "truncated syntax")
    yield case("B-a-string-without-end", lambda: OPEN + R[0] + b',{"a":"' + b"x" * (3 << 20), (0,), "truncated syntax")
    yield case("B-commas-without-end", lambda: OPEN + R[0] + b"," * (1 << 20), (0,), "syntax truncated")
    yield case("B-backslashes-without-end", lambda: OPEN + b'{"a":"' + b"\\" * (3 << 20), (), "truncated syntax")
    yield case("B-a-bracketed-record-behind-brackets", lambda: b"[" * 5000 + R[0], (0,), "depth truncated syntax")
    yield case("B-many-broken-lines", lambda: b'{"eventName":"a\n' * 15_000 + R[0], (0,), "syntax")


CASES = [*shapes(), *empties(), *hidden(), *cuts(), *punctuation(), *records(), *large()]
