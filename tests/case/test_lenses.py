"""Lenses outlast a session, a torn line and a full disk; the newest deed with a name counts."""

import os
from pathlib import Path

import pytest

from ctwork.case.lenses import LensBook
from ctwork.errors import CaseError, UsageError


def _file(folder: Path) -> Path:
    return folder / "lenses.jsonl"


def test_history_is_kept_in_order_without_repeats(tmp_path: Path) -> None:
    book = LensBook(tmp_path / "case")
    assert book.history(10) == []
    for text in ("a", "b", "b", 'principal:="x y"', "a"):
        book.remember(text)
    assert LensBook(tmp_path / "case").history(10) == ["a", "b", 'principal:="x y"', "a"]
    assert book.history(2) == ['principal:="x y"', "a"]


def test_names_are_saved_replaced_and_forgotten(tmp_path: Path) -> None:
    book = LensBook(tmp_path)
    first = book.save("  who\nis  it ", "time:2023-07-10 root")
    assert first.name == "who is it"
    book.save("B", "b")
    assert [each.name for each in book.saved()] == ["B", "who is it"]
    book.save("who is it", "other")
    assert book.lens("who is it") == "other"
    book.forget("who is it")
    assert [(each.name, each.lens) for each in LensBook(tmp_path).saved()] == [("B", "b")]
    with pytest.raises(UsageError) as told:
        book.lens("who is it")
    assert told.value.hint == "saved lenses: B"
    with pytest.raises(UsageError):
        book.save(" \n", "x")


def test_every_torn_end_leaves_what_was_whole(tmp_path: Path) -> None:
    book = LensBook(tmp_path)
    for text in ("first", "second", "third"):
        book.remember(text)
    whole = _file(tmp_path).read_bytes()
    ends = [place + 1 for place, byte in enumerate(whole) if byte == 10]
    for cut in range(len(whole)):
        _file(tmp_path).write_bytes(whole[:cut])
        # A line is whole without its line break, too.
        expected = ["first", "second", "third"][: sum(end - 1 <= cut for end in ends)]
        assert book.history(9) == expected
        book.remember("after")
        assert book.history(9) == [*expected, "after"]


def test_what_is_no_deed_is_passed_over(tmp_path: Path) -> None:
    _file(tmp_path).write_bytes(b'\xff\xfe\n[]\n{"did":"flew","at_ms":1}\n{"did":"typed","at_ms":"x"}\n\n{"did"')
    book = LensBook(tmp_path)
    book.remember("ok \x1b]0;x\x07 \u202e")
    assert book.history(9) == ["ok \x1b]0;x\x07 \u202e"]


def test_it_is_on_the_disk_before_the_caller_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    LensBook(tmp_path).save("x", "y")
    assert len(synced) == 1


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    book = LensBook(tmp_path)
    book.remember("kept")
    whole = _file(tmp_path).read_bytes()
    write, calls = os.write, []

    def half(handle: int, data: bytes) -> int:
        calls.append(data)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return write(handle, data[: len(data) // 2])

    monkeypatch.setattr(os, "write", half)
    with pytest.raises(CaseError, match="No space left"):
        book.remember("lost")
    assert _file(tmp_path).read_bytes() == whole


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    book = LensBook(tmp_path / "file")
    with pytest.raises(CaseError):
        book.remember("x")
    with pytest.raises(CaseError):
        book.saved()
    with pytest.raises(CaseError):
        LensBook(tmp_path).save("lone \ud800", "x")
