"""A saved lens is listed, and looked through by name, alone and together with others."""

from pathlib import Path

from cli.door import ask, call
from ctwork.case.casebook import Casebook
from ctwork.case.lenses import LensBook


def test_saved_lenses_are_listed_and_used(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    call("load", small, "--case", folder, "--quiet")
    assert ask("lenses", folder, "--format", "json").document == []
    book = LensBook(Casebook(folder))
    book.save("writes", "verb:=write sort:eventTime:desc")
    book.save("the [/x] \x1b]0;x\x07 day", "time:2024-01-01")
    rows = ask("lenses", folder, "--format", "jsonl").rows
    assert [list(row) for row in rows] == [["name", "lens", "saved"]] * 2
    assert [(row["name"], row["lens"]) for row in rows] == [
        ("the [/x] \x1b]0;x\x07 day", "time:2024-01-01"),
        ("writes", "verb:=write sort:eventTime:desc"),
    ]
    assert rows[0]["saved"].endswith("Z")
    written = ask("lenses", folder, "--format", "table").out
    assert b"writes" in written
    assert b"\x1b" not in written

    def events(*options: str) -> list[str]:
        return [row["eventName"] for row in ask("events", folder, *options, "--format", "jsonl").rows]

    assert events("--lens", "writes") == events("--where", "verb:=write sort:eventTime:desc") == ["PutObject"]
    assert events("--lens", "writes", "--where", "event:GetObject") == []
    assert len(events("--lens", "the [/x] \x1b]0;x\x07 day", "--where", "!verb:write")) == len(
        events("--where", "time:2024-01-01 !verb:write")
    )
    assert ask("count", folder, "--by", "event", "--lens", "writes").rows[0]["count"] == 1
    assert ask("timeline", folder, "--lens", "writes").rows[0]["count"] == 1


def test_an_unknown_name_tells_the_known_ones(small: Path, tmp_path: Path) -> None:
    folder = tmp_path / "case"
    call("load", small, "--case", folder, "--quiet")
    assert "saved lenses: none" in ask("events", folder, "--lens", "x").err
    LensBook(Casebook(folder)).save("night", "time:/T0/")
    said = ask("events", folder, "--lens", "x")
    assert said.code == 2
    assert "no lens is saved as x (saved lenses: night)" in said.err


def test_the_whole_case_is_found_by_its_source(small: Path, tmp_path: Path) -> None:
    assert call("lenses", small, "--format", "json", CTWORK_DATA=str(tmp_path)).document == []
    assert not list(tmp_path.rglob("lenses.jsonl"))
