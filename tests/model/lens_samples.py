"""Random predicates, hostile text included, and events for them: shared by the tests of the lens language."""

from dataclasses import dataclass, field

from hypothesis import strategies as st

from ctwork.errors import LensError
from ctwork.model.column import COLUMNS, kind_of, resolve
from ctwork.model.instant import MAX_MS, MIN_MS
from ctwork.model.predicate import (
    And,
    Anywhere,
    Between,
    Compare,
    Condition,
    During,
    Everything,
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
)
from ctwork.model.regex import compile_regex

HOSTILE = [
    "", " ", "a b", "OR", "AND", "NOT", "or", "!", "-", "=", ">", ">=", "<x", "=x", "!x", "-x", "-event:x", '-"x', "-(",
    "event:", "event:x", "foo:bar", ":", "::1", "fe80::1", "fe80::", "arn:aws:s3:::b/k", "arn:aws", "arn:x",
    "arn:aws:x y", "/aws/lambda/x", "foo/", "/\\/", "/a\\/b",
    "https://x/y", "s3://b", "a:b:c", "iam:CreateUser", "(", ")", "()", '"', '""', 'a"b', "\\", "\\\\", "a\\", "\\n",
    "\\u{1b}", "\\u{110000}", "u{41}", "CORP\\nancy", "/", "//", "/x/", "/x", "/a/b",
    "/ /", "*", "?", "**", "a*b", "\\*", "1", "-5", "1e3", "10..20", "..", "..5", "a..b", "2023", "2023-07-10",
    "2023-07-10T12..2023-07-11", "10.0.0.0/8", "10.0.0.0/99", "::/0", "\x00", "\x1b[31m", "\n", "\t", "\x85", "\xa0",
    "\u2028", "{", "}", "[x]", "~", "^",
    "\u202e", "\ufeff", "é", "İ", "ΣΑΣ", "ß", "日本", "😀", "\ud800", "sort:event", "has:x", "has:", "#",
    "&&", "||", "x" * 300, "it's",
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=12),
    st.text('ab*?\\"/:()=!-<>. \n0OR{}u', max_size=12),
    st.lists(st.sampled_from(HOSTILE), min_size=2, max_size=3).map("".join),
)

KNOWN = [column.name for column in COLUMNS]
PATHS = [
    "requestParameters.bucketName", "requestID", "responseElements.a-b.c_d", "raw", "@timestamp", "a.b", "has.x",
    "Useridentity.X", "requestParameters.a b", 'x"y', "a:b", "OR", "has", "sort", "ünicode.é", "x\\", "brandNewKey",
    "x.desc", "a:desc",
]  # fmt: skip

names = st.one_of(st.sampled_from(KNOWN), st.sampled_from(PATHS), texts.filter(bool))
numbers = st.one_of(st.integers().map(str), st.sampled_from(["1.5", "-0", "+7", "1e3", "2E-4", "1e999", "9" * 500]))
instants = st.integers(MIN_MS, MAX_MS)


def _is_regex(text: str) -> bool:
    try:
        compile_regex(text, exact=True)
    except LensError:
        return False
    return True


regexes = st.one_of(
    st.sampled_from(
        ["", "a", "a/b", "a\\/b", "\\\\", "[a/]", "^x$", "a b", "\\.", "\x1b", "\\\x1b", "(a|b)", '"', "[[a]"]
    ),
    texts.filter(_is_regex),
)
cidrs = st.sampled_from(["10.0.0.0/8", "10.1.2.3/8", "1.2.3.4/32", "2001:db8::/32", "::/0", "0.0.0.0/0"])
texty = st.one_of(
    st.builds(Text, texts, st.booleans()),
    st.builds(Wildcard, texts, st.booleans()),
    st.builds(Regex, regexes, st.booleans()),
    st.just(Present()),
)
orders = st.sampled_from(["<", "<=", "=", ">", ">="])
numeric = st.one_of(
    st.builds(Compare, orders, numbers),
    st.builds(Between, numbers | st.just(""), numbers | st.just("")),
    st.just(Present()),
)
timely = st.builds(During, instants | st.none(), instants | st.none())


def _conditions(name: str) -> st.SearchStrategy[Condition]:
    kind = kind_of(name)
    if kind == "number":
        return numeric
    if kind == "time":
        wild = st.builds(Wildcard, texts.map(lambda text: text + "*"), st.booleans())
        return timely | wild | st.builds(Regex, regexes, st.booleans()) | st.just(Present())
    if kind == "path":
        return texty | numeric | timely | st.builds(Network, cidrs)
    return texty | st.builds(Network, cidrs) if name == "sourceIPAddress" else texty


matches = names.flatmap(lambda name: st.builds(Match, st.just(name), _conditions(resolve(name, literal=True).name)))
leaves: st.SearchStrategy[Predicate] = st.one_of(
    matches,
    matches,
    st.builds(Word, texts),
    st.builds(Phrase, texts),
    st.builds(Anywhere, st.builds(Text, texts, st.booleans())),
    st.builds(Anywhere, st.builds(Wildcard, texts, st.booleans())),
    st.builds(Anywhere, st.builds(Regex, regexes, st.booleans())),
    st.just(Everything()),
)
predicates: st.SearchStrategy[Predicate] = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(And, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Or, st.lists(inner, max_size=3).map(tuple)),
        st.builds(Not, inner),
    ),
    max_leaves=8,
)


@dataclass
class Fields:
    """An event given by its values."""

    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def values(self, column: str) -> tuple[str, ...]:
        return self.columns.get(column, ())


TIMES = ["2023-07-10T12:00:00Z", "2023-07-10T12:00:00+02:00", "not a time", "20131102T010628Z"]
events = st.dictionaries(
    st.sampled_from(KNOWN + PATHS),
    st.lists(texts | numbers | st.sampled_from(TIMES), max_size=3).map(tuple),
    max_size=6,
).map(Fields)
