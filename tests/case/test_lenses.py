"""Lenses outlast a session; the newest deed with a name counts; those from before there was a journal are kept."""

from pathlib import Path

import pytest

from ctwork.case.casebook import Casebook
from ctwork.case.lenses import LensBook
from ctwork.errors import EnvironmentFailure, UsageError


def _book(folder: Path) -> LensBook:
    return LensBook(Casebook(folder))


def test_history_is_kept_in_order_without_repeats(tmp_path: Path) -> None:
    book = _book(tmp_path / "case")
    assert book.history(10) == []
    assert not (tmp_path / "case").exists()
    for text in ("a", "b", "b", 'principal:="x y"', "a"):
        book.remember(text)
    assert _book(tmp_path / "case").history(10) == ["a", "b", 'principal:="x y"', "a"]
    assert book.history(2) == ['principal:="x y"', "a"]


def test_names_are_saved_replaced_and_forgotten(tmp_path: Path) -> None:
    book = _book(tmp_path)
    first = book.save("  who\nis  it ", "time:2023-07-10 root")
    assert first.name == "who is it"
    book.save("B", "b")
    assert [each.name for each in book.saved()] == ["B", "who is it"]
    book.save("who is it", "other")
    assert book.lens("who is it") == "other"
    book.forget("who is it")
    assert [(each.name, each.lens) for each in _book(tmp_path).saved()] == [("B", "b")]
    with pytest.raises(UsageError) as told:
        book.lens("who is it")
    assert told.value.hint == "saved lenses: B"
    with pytest.raises(UsageError):
        book.save(" \n", "x")


def test_lenses_from_before_the_journal_are_taken_over_once(tmp_path: Path) -> None:
    (tmp_path / "lenses.jsonl").write_bytes(
        b'\xff\xfe\n[]\n{"did":"flew","at_ms":1}\n{"did":"typed","at_ms":5,"lens":"one"}\n\n'
        b'{"did":"saved","at_ms":7,"lens":"two","name":"n"}\n{"did":"saved","at_ms":8,"lens":"x","name":"gone"}\n'
        b'{"did":"forgot","at_ms":9,"name":"gone"}\n{"did":"typed","at_ms":9,"lens":"thr'
    )
    book = _book(tmp_path)
    assert book.history(9) == ["one"]
    assert [(each.name, each.lens, each.saved_ms) for each in book.saved()] == [("n", "two", 7)]
    book.forget("n")
    assert _book(tmp_path).saved() == []
    assert (tmp_path / "lenses.jsonl").exists()


def test_hostile_text_comes_back_as_it_was(tmp_path: Path) -> None:
    book = _book(tmp_path)
    for text in ("ok \x1b]0;x\x07 \u202e", "'; DROP TABLE ops; --", "\x00", "𝕏"):
        book.remember(text)
        assert book.history(1) == [text]


def test_a_folder_that_cannot_be_used_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentFailure):
        _book(tmp_path / "file").remember("x")
    with pytest.raises(UsageError, match="half of a character"):
        _book(tmp_path).save("lone \ud800", "x")
    assert _book(tmp_path).saved() == []
