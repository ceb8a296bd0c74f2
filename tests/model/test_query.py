"""The lens language: what each spelling means, how it is written back, and what each mistake is answered with."""

import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lens_samples import HOSTILE, Fields, events, predicates, texts

from ctwork.errors import LensError
from ctwork.model.column import kind_of
from ctwork.model.lens import Lens
from ctwork.model.predicate import (
    EVERYTHING,
    NOTHING,
    And,
    Anywhere,
    Between,
    Compare,
    During,
    Match,
    Network,
    Not,
    Or,
    Phrase,
    Predicate,
    Present,
    Regex,
    Text,
    Wildcard,
    Word,
    disjunction,
)
from ctwork.model.query import MAX_DEPTH, canonical, format_predicate, parse
from ctwork.resources import data_path

HOUR_MS = 3_600_000
NOON_MS = 1_688_990_400_000  # 2023-07-10T12:00:00Z
DAY_MS = NOON_MS - 12 * HOUR_MS

A, B, C = Word("a"), Word("b"), Word("c")
GET = Match("eventName", Text("GetObject"))


def path(condition: object, name: str = "requestParameters.x") -> Match:
    return Match(name, condition)  # type: ignore[arg-type]


def tag(text: str) -> Match:
    return Match("tag", Text(text))


@pytest.mark.parametrize(
    ("text", "predicate"),
    [
        ("", EVERYTHING),
        ("  \t ", EVERYTHING),
        ("*", EVERYTHING),
        ('""', EVERYTHING),
        ("a", A),
        ("ci-deploy", Word("ci-deploy")),
        ("-24h", Word("-24h")),
        ("- a", And((Word("-"), A))),
        ("198.51.100.7", Word("198.51.100.7")),
        ("2001:db8::1", Word("2001:db8::1")),
        ("fe80::1", Word("fe80::1")),
        ("arn:aws:s3:::b/k", Word("arn:aws:s3:::b/k")),
        ("arn:aws-us-gov:iam::1:role/x", Word("arn:aws-us-gov:iam::1:role/x")),
        ("https://x.y/z?q", Anywhere(Wildcard("https://x.y/z?q"))),
        ("s3://bucket/key", Word("s3://bucket/key")),
        ("111122223333:user/x", Word("111122223333:user/x")),
        ("/aws/lambda/x", Word("/aws/lambda/x")),
        (r"a\ b", Word("a b")),
        (r"event\:x", Word("event:x")),
        (r"Get\*", Word("Get*")),
        (r"CORP\nancy", Word(r"CORP\nancy")),
        (r"\u{4f}R", Word("OR")),
        ("or", Word("or")),
        ("ORder", Word("ORder")),
        ('"a b"', Phrase("a b")),
        ('"OR"', Phrase("OR")),
        (r'"say \"hi\" \\ \u{1b}\u{110000}\n"', Phrase('say "hi" \\ \x1b\\u{110000}\\n')),
        ("Get*", Anywhere(Wildcard("Get*"))),
        ("=GetObject", Anywhere(Text("GetObject", True))),
        ('="a b"', Anywhere(Text("a b", True))),
        ("=Get*", Anywhere(Wildcard("Get*", True))),
        ("/^AKIA/", Anywhere(Regex("^AKIA"))),
        ("=/a b/", Anywhere(Regex("a b", True))),
        ("a b", And((A, B))),
        ("a AND b", And((A, B))),
        ("a OR b", Or((A, B))),
        ("a OR b c", Or((A, And((B, C))))),
        ("(a OR b) c", And((Or((A, B)), C))),
        ("NOT a b", And((Not(A), B))),
        ("NOT a OR b", Or((Not(A), B))),
        ("!(a OR b)", Not(Or((A, B)))),
        ("!!a", A),
        ("! a", Not(A)),
        ("a a", A),
        ("a OR *", EVERYTHING),
        ("!*", NOTHING),
        ('-"a b"', Not(Phrase("a b"))),
        ("-event:GetObject", Not(GET)),
        ("-(a OR b)", Not(Or((A, B)))),
        ("event:GetObject", GET),
        ("eventname:GetObject", GET),
        ('event:"GetObject"', GET),
        ('"event":GetObject', GET),
        ("event:=GetObject", Match("eventName", Text("GetObject", True))),
        ("event:Get*", Match("eventName", Wildcard("Get*"))),
        ("event:=Get?", Match("eventName", Wildcard("Get?", True))),
        (r"event:Get\**", Match("eventName", Wildcard(r"Get\**"))),
        ("event:Get**", Match("eventName", Wildcard("Get*"))),
        ('event:"Get*"', Match("eventName", Text("Get*"))),
        ('event:""', Match("eventName", Text(""))),
        ("event:/^get (a|b)/", Match("eventName", Regex("^get (a|b)"))),
        ("event:=/Get/", Match("eventName", Regex("Get", True))),
        (r"event:/a\/b\./", Match("eventName", Regex(r"a/b\."))),
        ('event:"/a/"', Match("eventName", Text("/a/"))),
        ("resource:/aws/lambda/x", Match("resource", Text("/aws/lambda/x"))),
        ("resource:arn:aws:s3:::b", Match("resource", Text("arn:aws:s3:::b"))),
        ("arn:role/x", Match("userIdentity.arn", Text("role/x"))),
        ("event:(GetObject)", GET),
        ("event:(GetObject OR PutObject)", Or((GET, Match("eventName", Text("PutObject"))))),
        ('tag:(arn:aws:s3:::a !"b c")', And((tag("arn:aws:s3:::a"), Not(tag("b c"))))),
        ("tag:(NOT (a b) OR c)", Or((Not(And((tag("a"), tag("b")))), tag("c")))),
        ("has:error", Match("errorCode", Present())),
        ("_exists_:error", Match("errorCode", Present())),
        ("error:*", Match("errorCode", Present())),
        ("has:(error OR key)", Or((Match("errorCode", Present()), Match("userIdentity.accessKeyId", Present())))),
        ("has:requestParameters.x", path(Present())),
        ('has:"odd key"', path(Present(), "odd key")),
        ('"odd key":x', path(Text("x"), "odd key")),
        ('"has":x', path(Text("x"), "has")),
        ("ip:10.0.0.0/8", Match("sourceIPAddress", Network("10.0.0.0/8"))),
        ("ip:10.1.2.3/8", Match("sourceIPAddress", Network("10.0.0.0/8"))),
        ("ip:2001:db8::/32", Match("sourceIPAddress", Network("2001:db8::/32"))),
        ("ip:10.0.0.1", Match("sourceIPAddress", Text("10.0.0.1"))),
        ('ip:"10.0.0.0/8"', Match("sourceIPAddress", Text("10.0.0.0/8"))),
        ("ip:s3.amazonaws.com", Match("sourceIPAddress", Text("s3.amazonaws.com"))),
        ("requestParameters.x:10.0.0.0/8", path(Network("10.0.0.0/8"))),
        ("requestParameters.x:10.0.0.0/99", path(Text("10.0.0.0/99"))),
        ("principal:10.0.0.0/8", Match("principal", Text("10.0.0.0/8"))),
        ("copies:2", Match("copies", Compare("=", "2"))),
        ("copies:=2", Match("copies", Compare("=", "2"))),
        ('copies:"2"', Match("copies", Compare("=", "2"))),
        ("bytes_out:>=1000", Match("bytes_out", Compare(">=", "1000"))),
        ("bytes_out:<-1.5e3", Match("bytes_out", Compare("<", "-1.5e3"))),
        ("bytes_out:10..20", Match("bytes_out", Between("10", "20"))),
        ("bytes_out:10..", Match("bytes_out", Between("10", ""))),
        ("bytes_out:..20", Match("bytes_out", Between("", "20"))),
        ("requestParameters.x:>5", path(Compare(">", "5"))),
        ("requestParameters.x:1..5", path(Between("1", "5"))),
        ("requestParameters.x:5", path(Text("5"))),
        ('requestParameters.x:"1..5"', path(Text("1..5"))),
        ("requestParameters.x:../../etc", path(Text("../../etc"))),
        ("requestParameters.x:..", path(Text(".."))),
        ("requestParameters.x:>=2023-07-10", path(During(DAY_MS, None))),
        ("requestParameters.x:2023-07-10..2023-07-11", path(During(DAY_MS, DAY_MS + 24 * HOUR_MS))),
        ("principal:a..b", Match("principal", Text("a..b"))),
        ("time:2023-07-10", Match("eventTime", During(DAY_MS, DAY_MS + 24 * HOUR_MS))),
        ("time:=2023-07-10", Match("eventTime", During(DAY_MS, DAY_MS + 24 * HOUR_MS))),
        ("time:2023-07-10T12", Match("eventTime", During(NOON_MS, NOON_MS + HOUR_MS))),
        ('time:"2023-07-10 12:00"', Match("eventTime", During(NOON_MS, NOON_MS + 60_000))),
        ("time:2023-07-10..2023-07-10T12", Match("eventTime", During(DAY_MS, NOON_MS))),
        ("time:2023-07-10T12..", Match("eventTime", During(NOON_MS, None))),
        ("time:..2023-07-10T12", Match("eventTime", During(None, NOON_MS))),
        ("time:>=2023-07-10T12", Match("eventTime", During(NOON_MS, None))),
        ("time:>2023-07-10T12", Match("eventTime", During(NOON_MS + HOUR_MS, None))),
        ("time:<2023-07-10T12", Match("eventTime", During(None, NOON_MS))),
        ("time:<=2023-07-10T12", Match("eventTime", During(None, NOON_MS + HOUR_MS))),
        ("time:/T0[0-5]:/", Match("eventTime", Regex("T0[0-5]:"))),
        ("time:*T12:*", Match("eventTime", Wildcard("*T12:*"))),
        ("readOnly:true", Match("readOnly", Text("true"))),
        ("tag:(exfil OR c2)", Or((Match("tag", Text("exfil")), Match("tag", Text("c2"))))),
    ],
)  # fmt: skip
def test_what_a_text_means(text: str, predicate: Predicate) -> None:
    assert parse(text) == predicate
    assert canonical(predicate) == predicate
    assert parse(format_predicate(predicate)) == predicate


@pytest.mark.parametrize(
    ("predicate", "text"),
    [
        (EVERYTHING, ""),
        (NOTHING, "!*"),
        (Or((GET, Match("eventName", Text("a b")))), 'event:(GetObject OR "a b")'),
        (Or((GET, Match("eventName", Present()))), "event:GetObject OR has:event"),
        (And((Or((GET, Match("eventName", Regex("x")))), A)), "event:(GetObject OR /x/) a"),
        (Or((A, And((B, C)))), "a OR (b c)"),
        (Not(And((A, Not(B)))), "!(a !b)"),
        (Word("OR"), r"\u{4f}R"),
        (Word("a b"), r"a\ b"),
        (Word("event:x"), r"event\:x"),
        (Word("-event:x"), r"\-event:x"),
        (Word("-24h"), "-24h"),
        (Word("/aws/lambda"), "/aws/lambda"),
        (Word("/aws"), r"\/aws"),
        (Phrase("\x1b[0m\n"), r'"\u{1b}[0m\u{a}"'),
        (Match("requestParameters.x", Text("10")), "requestParameters.x:10"),
        (Match("requestParameters.x", Text("1..5")), 'requestParameters.x:"1..5"'),
        (Match("requestParameters.x", Text(">5")), 'requestParameters.x:">5"'),
        (Match("requestParameters.x", Text("/x/")), 'requestParameters.x:"/x/"'),
        (Match("principal", Text("AND")), 'principal:"AND"'),
        (Match("principal", Text("Get*", True)), 'principal:="Get*"'),
        (Match("principal", Wildcard("a b*")), r"principal:a\ b*"),
        (Match("resource", Wildcard("arn:aws:s3:::x*")), "resource:arn:aws:s3:::x*"),
        (Match("principal", Regex(r"a/b\x1b")), r"principal:/a\/b\x1b/"),
        (Match("foo", Text("x")), '"foo":x'),
        (Match("eventTime", During(NOON_MS, NOON_MS + 1)), "time:2023-07-10T12:00:00Z..2023-07-10T12:00:00.001Z"),
    ],
)
def test_how_a_predicate_is_written(predicate: Predicate, text: str) -> None:
    assert format_predicate(predicate) == text
    assert parse(text) == predicate


@pytest.mark.parametrize(
    ("made", "same"),
    [
        (And((And((A, B)), And(()), A)), And((A, B))),
        (Or(()), NOTHING),
        (Not(Not(A)), A),
        (Word(""), EVERYTHING),
        (Match("event", Text("x")), Match("eventName", Text("x"))),
        (Match("EVENTNAME", Wildcard("x")), Match("eventName", Text("x"))),
        (Match("eventName", Wildcard("***")), Match("eventName", Present())),
        (Match("eventName", Regex("")), Match("eventName", Regex("(?:)"))),
        (Match("copies", Text("2")), Match("copies", Compare("=", "2"))),
        (Match("eventTime", Text("2023-07-10")), Match("eventTime", During(DAY_MS, DAY_MS + 24 * HOUR_MS))),
        (Match("eventTime", Compare(">=", "2023-07-10")), Match("eventTime", During(DAY_MS, None))),
        (Match("eventTime", Between("2023-07-10", "")), Match("eventTime", During(DAY_MS, None))),
        (Match("sourceIPAddress", Network("10.1.2.3/8")), Match("sourceIPAddress", Network("10.0.0.0/8"))),
    ],
)
def test_canonical_is_what_parsing_gives(made: Predicate, same: Predicate) -> None:
    assert canonical(made) == same
    assert parse(format_predicate(same)) == same


MISTAKES = [
    ('"x', 0, "This quote is never closed"),
    ('event:"x', 6, "This quote is never closed"),
    ('event:>="x', 8, "This quote is never closed"),
    ('a "b\\"', 2, "This quote is never closed"),
    ("a OR", 2, "OR needs something after it"),
    ("a OR OR b", 2, "OR needs something after it"),
    ("(a OR)", 3, "OR needs something after it"),
    ("event:(a OR)", 9, "OR needs something after it"),
    ("a AND", 2, "AND needs something after it"),
    ("NOT", 0, "NOT needs something after it"),
    ("a !", 2, "! needs something after it"),
    ("OR a", 0, "OR needs something before it"),
    ("(AND a)", 1, "AND needs something before it"),
    ("()", 0, "There is nothing between these parentheses"),
    ("a ( )", 2, "There is nothing between these parentheses"),
    ("event:()", 6, "There is nothing between these parentheses"),
    ("(", 0, "This parenthesis is never closed"),
    ("((a)", 0, "This parenthesis is never closed"),
    ("(a (b", 3, "This parenthesis is never closed"),
    ("event:(b", 6, "This parenthesis is never closed"),
    ("a )", 2, "This parenthesis was never opened"),
    (")", 0, "This parenthesis was never opened"),
    ("event:", 6, "A value is missing after event:"),
    ("event: x", 6, "A value is missing after event:"),
    ("event:)", 6, "A value is missing after event:"),
    ("event:=", 7, "A value is missing after ="),
    ("event:OR", 6, "OR is an operator"),
    ("event:!x", 6, "A value cannot be negated by itself"),
    ("a foo:b", 2, "There is no column foo"),
    ("has:foo", 4, "There is no column foo"),
    ('"":x', 0, "A column name is missing"),
    ("principal:>x", 10, "principal holds text, which has no order for >"),
    ("event:>=/x/", 6, "A regular expression has no order: >="),
    ("requestParameters.x:>abc", 21, "An order needs a number or a time, and abc is neither"),
    ('>="x y"', 0, "An order needs a column"),
    ("bytes_out:abc", 10, "bytes_out holds numbers, and abc is none"),
    ("bytes_out:>=abc", 12, "bytes_out holds numbers, and abc is none"),
    ("bytes_out:1..x", 13, "bytes_out holds numbers, and x is none"),
    ("bytes_out:..", 10, "bytes_out holds numbers, and .. is none"),
    ("copies:(1 OR b)", 13, "copies holds numbers, and b is none"),
    ("copies:1*", 7, "copies holds numbers, and 1* is none"),
    ("copies:/1/", 7, "copies holds numbers, which no regular expression is for"),
    ("time:2023-13", 10, "There is no month 13"),
    ("time:2023-01..2023-02-30", 22, "There is no day 30"),
    ('time:"2023-07-10 25"', 17, "There is no hour 25"),
    ("time:>=noon", 7, "This is not a time: noon"),
    ("time:..", 5, "A range needs at least one end"),
    ("time:>=2023..2024", 5, "A range takes no >="),
    ("ip:10.0.0.0/99", 3, "10.0.0.0/99 is not a network"),
    ("ip:1.2.3.4.5/8", 3, "1.2.3.4.5/8 is not a network"),
    ("event:/a(/", 8, "The regular expression is wrong: missing ), unterminated subpattern"),
    ("=/[/", 2, "The regular expression is wrong: unterminated character set"),
    ("a /*/", 3, "The regular expression is wrong: nothing to repeat"),
    ("a sort:event", 2, "A filter has no order"),
]


@pytest.mark.parametrize(("text", "column", "title"), MISTAKES)
def test_a_mistake_is_answered_where_it_was_made(text: str, column: int, title: str) -> None:
    with pytest.raises(LensError) as caught:
        parse(text)
    assert (caught.value.column, caught.value.title) == (column, title)
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("iam:CreateUser", "For the action, write service:iam event:CreateUser"),
        ("evnt:x", "Did you mean event or eventID? raw:WORD searches whole records"),
        ("userName:x", "Did you mean userIdentity.userName or principal? raw:WORD searches whole records"),
        ("event:OR", 'Write event:"OR" to search for the word'),
        ("time:2023-02-30", "Days of 2023-02 are 01 to 28"),
    ],
)
def test_hints_say_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(LensError) as caught:
        parse(text)
    assert caught.value.hint == hint


def test_depth_is_bounded() -> None:
    assert parse("(" * 5000 + "a" + ")" * 5000) == A
    assert parse("!" * 5000 + "a") == A == parse("NOT " * 5000 + "a")
    assert parse("event:(" + "!" * 5001 + "GetObject)") == Not(GET)
    for opening in ("(a OR b ", "!(a "):
        for around in ("{}", "event:({})"):
            with pytest.raises(LensError, match="deeper"):
                parse(around.format(opening * 500 + "c" + ")" * 500))
    deep = "(a OR b " * (MAX_DEPTH // 2) + "c" + ")" * (MAX_DEPTH // 2)
    assert parse(format_predicate(parse(deep))) == parse(deep)
    with pytest.raises(LensError, match="deeper"):
        parse(f"(a OR b {deep}) !({deep} a)")


@pytest.mark.parametrize("text", [*HOSTILE, *map("{}{}".format, HOSTILE, reversed(HOSTILE))], ids=ascii)
def test_hostile_text_keeps_its_meaning_in_every_place(text: str) -> None:
    conditions = [
        Text(text),
        Text(text, True),
        Wildcard(f"{text}*"),
        Wildcard(f"*{text}", True),
        Regex(re.escape(text)),
    ]
    columns = ["principal", "sourceIPAddress", "requestParameters.x", text or "tag"]
    made: list[Predicate] = [Word(text), Phrase(text), Anywhere(Text(text, True)), Anywhere(Wildcard(f"{text}*"))]
    made += [Match(column, condition) for column in columns for condition in conditions if kind_of(column) != "time"]
    made += [Match(text or "tag", Present()), Or((Match("tag", Text(text)), Match("tag", Wildcard(f"*{text}"))))]
    for predicate in map(canonical, made):
        written = format_predicate(predicate)
        assert written.isprintable()
        assert [parse(written), parse(f"b OR ({written or '*'})")] == [predicate, disjunction((B, predicate))]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(predicates)
def test_text_and_predicate_are_inverses(predicate: Predicate) -> None:
    made = canonical(predicate)
    text = format_predicate(made)
    assert parse(text) == made
    assert canonical(made) == made
    assert text.isprintable()


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(predicates, events)
def test_canonical_means_the_same(predicate: Predicate, event: Fields) -> None:
    assert canonical(predicate).matches(event) == predicate.matches(event)


FRAGMENTS = [
    "event:",
    "time:",
    "ip:",
    "bytes_in:",
    "a.b:",
    "has:",
    "sort:",
    "(",
    ")",
    " OR ",
    " AND ",
    "NOT ",
    "!",
    "-",
    '"',
    " ",
]


@settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.sampled_from(FRAGMENTS) | texts, max_size=8).map("".join))
def test_any_text_is_a_lens_or_a_mistake(text: str) -> None:
    try:
        lens = Lens.parse(text)
    except LensError as error:
        assert 0 <= error.column <= len(text)
        assert error.title.strip()
    else:
        assert Lens.parse(str(lens)) == lens


def test_every_example_of_the_help_is_a_lens() -> None:
    manual = data_path("help/lens.md").read_text(encoding="utf-8")
    examples = [line for block in re.findall(r"```lens\n(.*?)```", manual, re.DOTALL) for line in block.splitlines()]
    cells = [
        cell.replace("\\|", "|")
        for cell in re.findall(r"`([\w.]+:[^`]+)`", manual)
        if "…" not in cell and cell != "column:value"
    ]
    assert len(examples) > 25 and len(cells) > 12
    for text in examples + cells:
        assert Lens.parse(str(Lens.parse(text))) == Lens.parse(text)


def test_the_language_loads_when_it_is_first_used() -> None:
    heavy = ("lark", "rapidfuzz", "polars", "numpy", "textual")
    code = f"import sys, ctwork.model.lens; print([name for name in {heavy} if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
