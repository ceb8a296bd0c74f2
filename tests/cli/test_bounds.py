"""Bounds as settings: named on the command line, kept with the case, told when they are hit."""

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


@pytest.mark.parametrize("word", ["ratio", "ratio=", "ratio=x", "weight=3", "=3", "ratio=-1", "inflated-bytes=5G"])
def test_what_is_no_bound_is_refused(word: str) -> None:
    with pytest.raises(UsageError):
        bounds_of((word,))


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
