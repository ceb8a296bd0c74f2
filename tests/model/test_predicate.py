"""What each condition accepts, what each node holds for, and that words may be searched for by their pieces."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lens_samples import Fields, events, predicates, texts

from ctwork.errors import LensError
from ctwork.model.likeness import forgiving
from ctwork.model.predicate import (
    EVERYTHING,
    NOTHING,
    And,
    Anywhere,
    Between,
    Compare,
    Condition,
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
    conjunction,
    disjunction,
    fold,
    near,
    negation,
    pieces,
)

USER = "111122223333:user/ci-deploy"
NOON_MS = 1_688_990_400_000  # 2023-07-10T12:00:00Z


@pytest.mark.parametrize(
    ("condition", "yes", "no"),
    [
        (Text("ci-deploy"), [USER, "CI-Deploy", "x ci-deploy y"], ["ci-deploy2", "my-ci-deploy", "ci", ""]),
        (Text("my-bucket"), ["arn:aws:s3:::my-bucket/key"], ["arn:aws:s3:::my-bucket2/key"]),
        (Text("GetObject"), ["getobject"], ["GetObjectAcl"]),
        (Text("user/ci-deploy"), [USER], ["111122223333:superuser/ci-deploy"]),
        (Text("my-bucket/"), ["arn:aws:s3:::my-bucket/key"], ["arn:aws:s3:::my-bucket"]),
        (Text("x", exact=True), ["x"], ["X", "a/x"]),
        (Text(""), [""], ["a", "a::b", " "]),
        (Text("a.b"), ["a.b"], ["axb"]),
        (Wildcard("ci-*"), [USER, "CI-x"], ["my-ci-deploy"]),
        (Wildcard("Get?bject"), ["getobject", "a/GetObject/b"], ["GetObjectAcl", "Getbject"]),
        (Wildcard("*deploy"), [USER, "mydeploy", "deploy/x"], ["deployed"]),
        (Wildcard("*b*d*"), ["abcde"], ["adcb"]),
        (Wildcard("*"), ["a"], [""]),
        (Wildcard("**"), ["a"], [""]),
        (Wildcard(r"a\*"), ["a*"], ["ab"]),
        (Wildcard("a*\\"), ["ab\\"], ["ab"]),
        (Wildcard("Get*", exact=True), ["Get", "GetObject\n"], ["getObject", "s3:GetObject"]),
        (Regex("^get(object|acl)$"), ["GetObject"], ["GetObjectAcl"]),
        (Regex("Get", exact=True), ["xGety"], ["get"]),
        (Regex("[[a]"), ["A"], ["b"]),
        (Compare(">=", "1000"), ["1000", "1000.0", "1e3", "9999999999999999999999"], ["999", "", "x", "1000 ", "nan"]),
        (Compare("<", "-1.5"), ["-2", "-1e999"], ["-1.5", "0"]),
        (Compare("=", "2"), ["2", "2.0", "+2"], ["3", "two"]),
        (Compare(">", "9007199254740992"), ["9007199254740993"], ["9007199254740992"]),
        (Compare(">", "x"), [], ["1", "x"]),
        (Between("10", "20"), ["10", "15.5", "20"], ["9", "21", "x", ""]),
        (Between("", "20"), ["-5"], ["21"]),
        (Between("10", ""), ["11"], ["9"]),
        (Between("x", "20"), [], ["15"]),
        (
            During(NOON_MS, NOON_MS + 1000),
            ["2023-07-10T12:00:00Z", "2023-07-10T14:00:00.999+02:00", "20230710T120000Z"],
            ["2023-07-10T12:00:01Z", "2023-07-10T11:59:59Z", "noon", ""],
        ),
        (During(None, NOON_MS), ["0001-01-01T00:00:00Z"], ["2023-07-10T12:00:00Z"]),
        (During(NOON_MS, None), ["2023-07-10T12:00:00Z"], ["2023-07-10T11:59:59.999Z"]),
        (During(NOON_MS, NOON_MS), [], ["2023-07-10T12:00:00Z"]),
        (Network("10.0.0.0/8"), ["10.1.2.3", "::ffff:10.1.2.3", "10.0.0.0/8"], ["11.1.2.3", "s3.x.com", "10.0.0.0/9"]),
        (Network("2001:db8::/32"), ["2001:db8::1"], ["2001:db9::1", "10.1.2.3", ""]),
        (Network("0.0.0.0/0"), ["1.2.3.4", "0.0.0.0/0"], ["10.0.0.0/8", "::1"]),
        (Network("nonsense"), [], ["1.2.3.4"]),
        (Present(), ["x", " "], [""]),
    ],
)  # fmt: skip
def test_what_a_condition_accepts(condition: Condition, yes: list[str], no: list[str]) -> None:
    assert [value for value in yes if not condition.accepts(value)] == []
    assert [value for value in no if condition.accepts(value)] == []
    assert [value for value in yes + no if condition.acceptor()(value)] == yes


def test_a_bad_regex_is_a_mistake_of_the_lens() -> None:
    for pattern in ("(", "[", "*a", "a{99999999999999999999}", "(?L)a", "(" * 5000):
        with pytest.raises(LensError):
            Regex(pattern).accepts("a")


letters = st.text("ab:/ ", max_size=8)


@given(letters.filter(bool), letters)
def test_text_is_a_run_of_whole_parts(text: str, value: str) -> None:
    def edge(at: int) -> bool:
        return at in (0, len(value)) or value[at - 1] in ":/ " or value[at] in ":/ "

    runs = {
        value[low:high]
        for low in range(len(value) + 1)
        for high in range(low, len(value) + 1)
        if edge(low) and edge(high)
    }
    assert Text(text).accepts(value) == (text in runs)


@given(st.text("ab*?\\/", max_size=8), st.text("ab/\\", max_size=10), st.booleans())
def test_wildcards_agree_with_a_plain_reading_of_them(pattern: str, value: str, exact: bool) -> None:
    parts = re.findall(r"\\.|.|\\$", pattern)
    body = "".join({"*": ".*", "?": "."}.get(part, re.escape(part[-1])) for part in parts)
    runs = [value] if exact else _runs(value)
    expected = any(re.fullmatch(body, run, re.DOTALL) for run in runs) and (bool(value) or set(parts) != {"*"})
    assert Wildcard(pattern, exact).accepts(value) == expected


def _runs(value: str) -> list[str]:
    edges = [at for at in range(len(value) + 1) if at in (0, len(value)) or "/" in value[at - 1 : at + 1]]
    return [value[low:high] for low in edges for high in edges if low <= high]


def test_many_stars_take_no_time() -> None:
    assert not Wildcard("*a" * 30 + "b").accepts("a" * 5000)


class TestWords:
    @pytest.mark.parametrize(
        ("word", "value"),
        [
            ("deploy", "ci-DEPLOY-7"),
            ("deplxy", "ci-deploy-7"),
            ("deloy", "xdeloyx"),
            ("deplloy", "ci-deploy-7"),
            ("delpoy", "ci-deploy-7"),
            ("GetSecrtValue", "GetSecretValue"),
            ("AssumeRole", "assumerole"),
            ("a", "xAx"),
            ("", ""),
        ],
    )
    def test_near(self, word: str, value: str) -> None:
        assert near(word, value)
        assert Word(word).accepts(value)

    @pytest.mark.parametrize(
        ("word", "value"),
        [
            ("deloy", "ci-deploy-7"),  # five letters: nothing is forgiven
            ("dxplxy", "ci-deploy-7"),
            ("deploy", "dep"),
            ("198.51.100.7", "198.51.100.8"),
            ("111122223333", "111122223334"),
            ("arn:aws:s3:::bucket", "arn:aws:s3:::bucked"),
            ("AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLF"),
        ],
    )
    def test_not_near(self, word: str, value: str) -> None:
        assert not near(word, value)

    def test_a_phrase_forgives_nothing(self) -> None:
        assert Phrase("Deploy").accepts("ci-deploy-7")
        assert not Phrase("deplxy").accepts("ci-deploy-7")

    @given(st.data())
    def test_one_slip_inside_a_longer_value_is_forgiven(self, data: st.DataObject) -> None:
        word = data.draw(st.text("abcdefg", min_size=6, max_size=15))
        at = data.draw(st.integers(0, len(word) - 1))
        slip = data.draw(
            st.sampled_from(
                [word[:at] + "x" + word[at + 1 :], word[:at] + word[at + 1 :], word[:at] + "x" + word[at:]]
                + ([word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]] if at else [])
            )
        )
        assert near(word, f"___{slip}___")

    @given(
        st.text("abc", min_size=1, max_size=14) | st.text("aBcİΣß", min_size=1, max_size=14) | texts,
        st.text("abc", max_size=24) | st.text("aBcİΣß", max_size=24),
    )
    def test_what_is_near_holds_a_piece_of_the_word(self, word: str, value: str) -> None:
        parts = pieces(word)
        assert "".join(parts) == fold(word)
        assert len(parts) == (3 if forgiving(word) else 1)
        if near(word, value):
            assert any(part in fold(value) for part in parts)

    @given(st.data())
    def test_what_is_nearly_the_word_holds_a_piece_of_it(self, data: st.DataObject) -> None:
        word = data.draw(st.text("abcd", min_size=6, max_size=80))
        value = list(word)
        for _ in range(data.draw(st.integers(0, 4))):
            at = data.draw(st.integers(0, len(value)))
            value[at : at + data.draw(st.integers(0, 1))] = data.draw(st.text("abx", max_size=1))
        whole = data.draw(st.text("ab", max_size=5)) + "".join(value) + data.draw(st.text("ab", max_size=5))
        if near(word, whole):
            assert any(piece in whole for piece in pieces(word))


class TestNodes:
    event = Fields(
        {
            "eventName": ("GetObject",),
            "principal": (USER,),
            "resource": ("arn:aws:s3:::one/k", "arn:aws:s3:::two"),
            "errorMessage": ("no such message",),
            "userAgent": ("",),
        }
    )

    def test_any_value_of_a_column_is_enough(self) -> None:
        assert Match("resource", Text("two")).matches(self.event)
        assert not Match("resource", Text("three")).matches(self.event)
        assert And((Match("resource", Text("one")), Match("resource", Text("two")))).matches(self.event)

    def test_an_absent_column_has_nothing_to_accept_but_can_be_denied(self) -> None:
        assert not Match("errorCode", Text("")).matches(self.event)
        assert Not(Match("errorCode", Text("x"))).matches(self.event)

    def test_presence_is_a_value_that_is_not_empty(self) -> None:
        assert Match("eventName", Present()).matches(self.event)
        assert not Match("userAgent", Present()).matches(self.event)
        assert not Match("errorCode", Present()).matches(self.event)

    def test_words_look_at_the_word_columns_only(self) -> None:
        for predicate in (
            Word("deploy"),
            Phrase("s3:::one"),
            Anywhere(Wildcard("get*")),
            Anywhere(Text("GetObject", True)),
        ):
            assert predicate.matches(self.event)
        for predicate in (Word("message"), Phrase("such"), Anywhere(Regex("such")), Anywhere(Text("getobject", True))):
            assert not predicate.matches(self.event)

    def test_empty_words_hold_for_every_event(self) -> None:
        assert Word("").matches(Fields()) and Phrase("").matches(Fields())

    @given(predicates, predicates, events)
    def test_logic(self, one: Predicate, two: Predicate, event: Fields) -> None:
        first, second = one.matches(event), two.matches(event)
        assert And((one, two)).matches(event) == conjunction((one, two)).matches(event) == (first and second)
        assert Or((one, two)).matches(event) == disjunction((one, two)).matches(event) == (first or second)
        assert Not(one).matches(event) == negation(one).matches(event) == (not first)
        assert EVERYTHING.matches(event) and not NOTHING.matches(event)
        assert And(()).matches(event) and not Or(()).matches(event)

    def test_builders_keep_trees_flat(self) -> None:
        a, b, c = Word("a"), Word("b"), Word("c")
        assert conjunction((And((a, b)), EVERYTHING, c, a)) == And((a, b, c))
        assert disjunction((Or((a, b)), NOTHING, c, a)) == Or((a, b, c))
        assert conjunction(()) == EVERYTHING and disjunction(()) == NOTHING
        assert conjunction((a,)) == a == disjunction((a, a)) == negation(negation(a))
        assert disjunction((a, EVERYTHING)) == EVERYTHING
