"""Bounds as settings: named on the command line, kept with the case, told when they are hit."""

import gzip
import io
import json
import zipfile
from dataclasses import fields
from pathlib import Path

import pytest
from store.build import record, write_trail

from cli.door import ask, call
from ctwork.cli.bound import bounds_of
from ctwork.errors import UsageError
from ctwork.sources.base import Bounds

_MANY = 6_000
"""Records that take more than two megabytes."""


def test_a_bound_is_a_name_and_a_number() -> None:
    assert bounds_of(()) is None
    assert bounds_of(("ratio=500", "record-bytes=8M")) == Bounds(ratio=500, record_bytes=8 << 20)
    assert bounds_of(("inflated-bytes=2g",)) == Bounds(inflated_bytes=2 << 30)
    assert Bounds(inflated_bytes=2 << 30).changed() == {"inflated_bytes": 2 << 30}


@pytest.mark.parametrize(
    "word", ["ratio", "ratio=", "ratio=x", "weight=3", "=3", "ratio=-1", "inflated-bytes=5G", "list=1"]
)
def test_what_is_no_bound_is_refused(word: str) -> None:
    with pytest.raises(UsageError):
        bounds_of((word,))


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("ratio=0", "ratio takes 1 and more, usually 200"),
        ("stall-s=0", "stall-s takes 1 to 604,800, usually 60"),
        ("stall-s=999999999G", "stall-s takes 1 to 604,800"),
        ("layers=0", "layers takes 1 to 16"),
        ("depth=2K", "depth takes 1 to 1,024"),
        ("number-digits=5000", "number-digits takes 1 to 4,300"),
        ("members=0", "members takes 1 and more"),
        ("inflated-bytes=0", "inflated-bytes takes 1 and more"),
    ],
)
def test_nonsense_is_refused_with_what_was_expected(tmp_path: Path, word: str, expected: str) -> None:
    said = ask("load", tmp_path, "--bound", word)
    assert said.code == 2
    assert expected in said.err and f"--bound {word} is out of range" in said.err


def test_nought_is_a_value_where_it_means_something() -> None:
    words = ("examined-bytes=0", "ratio-floor-bytes=0", "load-floor-bytes=0")
    assert bounds_of(words) == Bounds(examined_bytes=0, ratio_floor_bytes=0, load_floor_bytes=0)


@pytest.mark.parametrize("command", ["load", "open"])
def test_the_list_of_bounds_needs_no_source(command: str) -> None:
    said = ask(command, "--bound", "list")
    assert (said.code, said.err) == (0, "")
    rows = {line.split()[0]: line.split(maxsplit=2) for line in said.out.decode().splitlines()}
    names = {field.name.replace("_", "-"): field for field in fields(Bounds)}
    assert set(rows) == set(names)
    for name, (_, usual, text) in rows.items():
        assert int(usual.replace(",", "")) == names[name].default
        assert text == names[name].metadata["text"]
    assert "--bound list" in ask(command, "--help").out.decode()


def _nested(depth: int) -> bytes:
    return b'{"a":' * depth + b"1" + b"}" * depth


def _zip(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


_LINE = json.dumps(record(1)).encode()
_LONG = json.dumps(record(1, requestParameters={"a": "x" * 300_000})).encode()
_TRAIL = b'{"Records":[' + _LINE + b"]}"
_BIG = _TRAIL + b" " * 1_000_000


@pytest.mark.parametrize(
    ("word", "value", "content"),
    [
        ("inflated-bytes=5K", " bytes and more", gzip.compress(_BIG, mtime=0)),
        ("inflated-bytes=500", f"{len(_TRAIL) * 2:,}", _TRAIL * 2),
        ("ratio=2", ":1 and more", gzip.compress(_BIG, mtime=0)),
        ("ratio=2", f"{len(_BIG):,}", _zip(("a.json", _BIG))),
        ("usual-record-bytes=100", f"{len(_LINE):,}", _TRAIL),
        ("record-bytes=100", f"{len(_LINE):,}", _TRAIL),
        ("record-bytes=1000", f"{len(_LONG):,}", _LINE + b"\n" + _LONG + b"\n" + _LINE),
        ("record-bytes=1000", f"{len(_LONG):,}", b'{"Records":[' + _LINE + b"," + _LONG + b"," + _LINE + b',{"a'),
        ("depth=9", "21", b'{"Records":[' + _LINE[:-1] + b',"x":' + _nested(20) + b"}]}"),
        ("number-digits=30", "31 digits", b'{"Records":[' + _LINE[:-1] + b',"x":' + b"1" * 31 + b"}]}"),
        ("keys-per-object=5", f"{len(record(1))} keys", _TRAIL),
        ("layers=1", "2 layers", gzip.compress(gzip.compress(_TRAIL))),
        ("layers=1", "2 deep", _zip(("a.zip", _zip(("b.zip", _zip(("c.json", _TRAIL))))))),
        ("members=1", "2 members", _zip(("a.json", _TRAIL), ("b.json", _TRAIL))),
        ("name-bytes=50", "64 bytes", _zip(("n" * 64, _TRAIL))),
        ("path-depth=3", "5 folders", _zip(("1/2/3/4/5/a.json", _TRAIL))),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_every_hit_tells_the_value_the_limit_and_the_option(
    tmp_path: Path, word: str, value: str, content: bytes
) -> None:
    (tmp_path / "e").mkdir()
    (tmp_path / "e" / "a.json").write_bytes(content)
    name, limit = word.partition("=")[0], next(iter(bounds_of((word,)).changed().values()))  # type: ignore[union-attr]
    words = [word, "ratio-floor-bytes=0"] if name == "ratio" else [word]
    options = [part for each in words for part in ("--bound", each)]
    ask("load", tmp_path / "e", "--case", tmp_path / "case", "--workers", "1", *options)
    told = [row["message"] for row in ask("issues", tmp_path / "case").rows]
    hit = [message for message in told if f"(--bound {name}=N)" in message]
    assert hit, told
    assert value in hit[0]
    assert f"the limit is {limit:,}" in hit[0]


def test_a_bound_is_kept_with_the_case_and_another_one_reads_again(tmp_path: Path) -> None:
    write_trail(tmp_path / "e" / "a.json.gz", [record(n) for n in range(_MANY)])
    where = (tmp_path / "e", "--case", tmp_path / "case")
    said = call("load", *where, "--bound", "inflated-bytes=1M", "--format", "json")
    assert said.code == 3
    assert "too-large" in {issue["kind"] for issue in said.document["issues"]}
    few = said.document["records"]["read"]
    assert 0 < few < _MANY
    assert ask("status", *where, "--format", "json").document["records"]["read"] == few
    assert ask("load", *where, "--bound", "inflated-bytes=1G", "--format", "json").document["records"]["read"] == _MANY
