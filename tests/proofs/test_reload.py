"""Evidence that changes between two loads is told, on the real command line; what did not change stays the same."""

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.proofs.scene import Answers, Scene, answers, make_scene, several

_NOT_TEXT = "\\udcff"
"""In the name of a file that is no valid Unicode, as issues spell it."""


@dataclass(frozen=True)
class Story:
    """What the program said while the evidence changed under its hands."""

    first: Answers
    fresh: Answers
    """Read again with nothing changed."""
    bytes_read: int
    """By that fresh load."""
    out_of_reach: Any
    """The forged event as the old store shows it, sources missing."""
    forged: Path
    copied: Path
    """The forged file as it was before, put beside it."""
    gone: list[Path]
    status: Any
    """After the forgery and after files were taken away."""
    issues: list[dict[str, Any]]
    events: list[dict[str, Any]]
    """Those with the id of the forged one."""
    clean: Any
    """The status of a fresh load after all that."""


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """A load, a fresh one, a forgery, a removal; told once, looked at by every test."""
    scene = make_scene(tmp_path_factory.mktemp("story"), few=True)
    case = scene.root / "case"
    first = answers(scene, "--case", case)
    fresh = answers(scene, "--case", case, ask=("--fresh",))
    (meta,) = case.glob("store/gen-*/meta.json")
    bytes_read = json.loads(meta.read_bytes())["bytes_read"]
    forged, *gone = sorted(scene.evidence.glob("logs/AWSLogs/**/*CloudTrail_us-east-1*.json.gz"))[:3]
    copied = forged.with_name("copy.json.gz")
    before = forged.read_bytes()
    event_id = _forge(forged)
    out_of_reach = _with_a_source_away(scene, "show", case, event_id, "--format", "json")
    copied.write_bytes(before)
    for path in gone:
        path.unlink()
    outs = [scene.root / name for name in ("status.json", "issues.jsonl", "forged.jsonl", "clean.json")]
    here = (*scene.sources, "--case", case)
    wanted = ("--where", f"eventID:{event_id}", "--columns", "eventName,source")
    codes, said = several(
        scene,
        ("status", *here, "--output", outs[0]),
        ("issues", *here, "--output", outs[1]),
        ("events", *here, *wanted, "--quiet", "--output", outs[2]),
    )
    assert (codes, said.err) == ([3, 3, 3], b""), said
    assert scene.call("status", *here, "--fresh", "--output", outs[3]).code == 3
    status, issues, events, clean = ([json.loads(line) for line in _lines(out)] for out in outs)
    return Story(first, fresh, bytes_read, out_of_reach, forged, copied, gone, status[0], issues, events, clean[0])


def _lines(path: Path) -> list[bytes]:
    data = path.read_bytes()
    return data.splitlines() if path.suffix == ".jsonl" else [data]


def _forge(path: Path) -> str:
    """Change the name of one event in place, modification time put back; returns its id."""
    before, records = path.stat(), json.loads(gzip.decompress(path.read_bytes()))["Records"]
    records[0]["eventName"] = "ForgedEvent"
    path.write_bytes(gzip.compress(json.dumps({"Records": records}).encode(), mtime=0))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    return str(records[0]["eventID"])


def _with_a_source_away(scene: Scene, *arguments: object) -> Any:
    source, away = scene.evidence / "plain.json", scene.root / "away.json"
    source.rename(away)
    try:
        return scene.call(*arguments).document
    finally:
        away.rename(source)


def _names(story: Story, kind: str) -> set[str]:
    return {row["source"].rpartition("/")[2] for row in story.issues if row["kind"] == kind}


def test_fresh_reads_everything_again_and_gives_the_same(story: Story) -> None:
    assert story.fresh == story.first
    assert story.bytes_read > 100_000


def test_a_forged_event_stands_beside_its_original_as_a_conflict(story: Story) -> None:
    assert {row["eventName"] for row in story.events} > {"ForgedEvent"}
    assert len(story.events) == 2
    assert _names(story, "conflict") == {story.forged.name, story.copied.name}


def test_bytes_that_changed_are_not_passed_off_as_those_that_were_read(story: Story) -> None:
    """The case alone is opened, its sources out of reach: the store is the old one, the record is no longer there."""
    assert story.out_of_reach["event"]["eventName"] != "ForgedEvent"
    assert story.out_of_reach["problem"]
    assert "ForgedEvent" not in story.out_of_reach["raw"]


def test_files_that_vanished_are_told_by_name(story: Story) -> None:
    assert {name for name in _names(story, "vanished") if _NOT_TEXT not in name} == {path.name for path in story.gone}
    assert story.status["records"] == story.clean["records"]
    # A fresh load finds nothing missing, but what was told of the sources stays told.
    told, kept = ({issue["kind"]: issue["count"] for issue in said["issues"]} for said in (story.status, story.clean))
    assert kept["vanished"] == told["vanished"]


def test_a_file_whose_name_is_not_text_does_not_vanish(story: Story) -> None:
    assert not {name for name in _names(story, "vanished") if _NOT_TEXT in name}
