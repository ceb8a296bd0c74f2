"""A report says what there is, the same each time, and nothing in it is more than text."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from cli.door import Said, call

from case.bundle.parcel import HOSTILE, make_case, make_evidence
from ctwork.case.report.attack import technique_of, techniques
from ctwork.case.report.block import Bullets, Flag, Heading, Picture, Table, Value, text
from ctwork.case.report.figure import drawing, spark
from ctwork.case.report.markdown import markdown
from ctwork.case.report.page import page
from ctwork.case.report.prose import prose
from ctwork.model.shown import Histogram

_TAGS = re.compile(
    "html|head|meta|title|style|body|main|h[123]|p|[uo]l|li|div|table|thead|tbody|tr|t[hd]|code|bdi|figure|svg|rect|line|"
    "text|g|figcaption|strong|em|pre|br"
)
_ATTRIBUTES = re.compile("lang|charset|http-equiv|content|name|class|role|aria-label|viewbox|[xy][12]?|width|height")


class Reader(HTMLParser):
    """Refuses whatever is not of the little that a report needs."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert _TAGS.fullmatch(tag), tag
        assert all(_ATTRIBUTES.fullmatch(name) for name, _ in attrs), (tag, attrs)

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def read(content: str) -> str:
    """The text of a page that holds nothing but what it may."""
    reader = Reader()
    reader.feed(content)
    reader.close()
    return " ".join("".join(reader.words).split())


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a case."""
    root = tmp_path_factory.mktemp("report")
    make_case(root, make_evidence(root))
    return root


def report(place: Path, dest: Path) -> Said:
    """The report of the case in `place`."""
    return call("report", place / "logs", dest, "--case", place / "case", "--quiet")


@pytest.mark.parametrize("suffix", [".md", ".html"])
def test_it_says_what_there_is(place: Path, tmp_path: Path, suffix: str) -> None:
    dest = tmp_path / f"report{suffix}"
    assert report(place, dest).code == 3
    content = dest.read_text()
    told = read(content) if suffix == ".html" else content
    for wanted in (
        "critical", "malicious", "T1562.008", "Disable or Modify Cloud Logs", "phone call", "2024-01-01T00:00:02Z",
        "truncated", "a.json.gz", "not examined", "persistence", "192.0.2.7", "No detection rules were run", "gets",
    ):  # fmt: skip
        assert wanted in told, wanted
    assert "\x1b" not in content
    assert "\u202e" not in content
    assert str(place) not in content


def test_it_is_the_same_each_time(place: Path, tmp_path: Path) -> None:
    for name in ("one.html", "other.html"):
        assert report(place, tmp_path / name).code == 3
    assert (tmp_path / "one.html").read_bytes() == (tmp_path / "other.html").read_bytes()


def test_the_page_loads_nothing_and_runs_nothing(place: Path, tmp_path: Path) -> None:
    report(place, tmp_path / "r.html")
    content = (tmp_path / "r.html").read_text()
    read(content)
    assert "default-src &#x27;none&#x27;" in content
    assert not re.search(
        r"(?i)<script|\ssrc=|\shref=|\son\w+=|url\(|@import", re.sub(r"<[^>]*>", lambda m: m[0], _tags(content))
    )


def _tags(content: str) -> str:
    return " ".join(re.findall(r"<[^>]*>", content))


def test_a_report_has_a_form(place: Path, tmp_path: Path) -> None:
    said = report(place, tmp_path / "report.docx")
    assert said.code == 2
    assert "end it in .md or .html" in said.err
    assert report(place, place / "logs" / "report.md").code == 2
    assert not (place / "logs" / "report.md").exists()


@pytest.mark.parametrize(
    "value", [HOSTILE, "`", "``x`", "|", "a\nb", " ", "", "<b>", "\\", "*x*", "x" * 9_000, "\ud800"]
)
def test_a_value_stays_one_cell_of_text(value: str) -> None:
    blocks = (
        Heading(1, "x"),
        Table(("a", "b"), ((Value(value), "end"),)),
        Bullets(((Value(value),),)),
        text(Value(value)),
    )
    told = "".join(markdown(blocks)).split("\n")
    row = next(line for line in told if line.endswith("| end |"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 3
    assert read("".join(page(blocks)).encode("utf-8", "replace").decode())


@pytest.mark.parametrize(
    ("note", "html"),
    [
        ("a **b** *c* `d*e*`", "<p>a <strong>b</strong> <em>c</em> <code>d*e*</code></p>"),
        ("- a\n- b\n\n1. c", "<ul><li>a</li><li>b</li></ul>\n\n<ol><li>c</li></ol>"),
        ("# T\ntext\nmore", '<p class="title">T</p>\n<p>text<br>\nmore</p>'),
        ("```\n<b>\n```", "<pre>&lt;b&gt;</pre>"),
        ("<img src=x> [a](http://b)", "<p>&lt;img src=x&gt; [a](http://b)</p>"),
        ("2 * 3 * 4 snake_case", "<p>2 * 3 * 4 snake_case</p>"),
    ],
)
def test_a_note_is_a_little_markdown(note: str, html: str) -> None:
    assert prose(note) == html


def test_no_note_makes_markup() -> None:
    pieces = ["**", "*", "`", "``", "<b>", "&amp;", "\n", "- ", "1. ", "# ", "```\n", "x", " ", "\0", "\x1b", '"']
    for one in pieces:
        for two in pieces:
            for three in pieces:
                note = one + two + "y" + three + one + "z" + two
                read(prose(note))


def test_the_picture_points_out_what_is_marked() -> None:
    picture = Picture(Histogram(0, 1_000, (0, 5, 80), (0, 0, 3)), ((1, Flag(2, "critical")), (2, Flag(1, ""))))
    marks, bars, times = spark(picture)
    assert marks == " C*"
    assert (bars[0], bars[2]) == (" ", "█")
    assert times.startswith("1970-01-01T00:00:00Z")
    assert read(drawing(picture)).count("critical") == 1
    assert drawing(replace(picture, flags=())).count("<g") == 0


def test_techniques_are_named_by_tags() -> None:
    tags = {
        "attack.t1078.004": "T1078.004",
        "T1078": "T1078",
        "attack:T1098_001": "T1098.001",
        "t107": "",
        "attack.x": "",
    }
    assert {tag: technique_of(tag) for tag in tags} == tags
    (one, other) = techniques([("2", ["attack.t1078"]), ("", ["t1078", "T1078"]), ("1", ["t9999.001", "t1078"])])
    assert (one.id, one.name, one.marks, one.first, one.last) == ("T1078", "Valid Accounts", 3, "1", "2")
    assert (other.id, other.name) == ("T9999.001", "")
