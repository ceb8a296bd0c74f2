"""The kernel saw the evidence opened, read and closed, nothing else; and it is to the last attribute what it was."""

import os
from pathlib import Path
from typing import Any

from tests.proofs.inotify import HARMLESS, Watch
from tests.proofs.manifest import folders, manifest
from tests.proofs.witness import Sworn


def test_the_kernel_saw_nothing_but_reading(sworn: Sworn) -> None:
    kinds = {kind for kind, _ in sworn.events}
    assert "OPEN" in kinds, "nothing was opened: the watch proves nothing"
    assert {(kind, path) for kind, path in sworn.events if kind not in HARMLESS} == set()


def test_every_file_was_opened_while_the_kernel_watched(sworn: Sworn) -> None:
    opened = {path for kind, path in sworn.events if kind == "OPEN"}
    files = {path for path, facts in sworn.before.items() if "sha256" in facts}
    assert files <= opened


def test_every_attribute_is_what_it_was(sworn: Sworn) -> None:
    """Names, sizes, modes, owners, times, links, extended attributes, content: of every file and folder."""
    assert len(sworn.before) > 200
    assert _changes(sworn.before, sworn.after, leave_out="atime") == []


def test_no_file_was_seen_to_be_read(sworn: Sworn) -> None:
    """The owner of a file, and root, may read without moving its access time, and the evidence is this user's own."""
    files = {path: facts for path, facts in sworn.before.items() if "sha256" in facts}
    assert [path for path, facts in files.items() if sworn.after[path]["atime"] != facts["atime"]] == []


def test_no_folder_was_seen_to_be_listed(sworn: Sworn) -> None:
    listed = folders(sworn.before)
    assert [path for path in listed if sworn.after[path]["atime"] != sworn.before[path]["atime"]] == []


def test_a_watched_change_is_seen(tmp_path: Path) -> None:
    """The witness is not blind."""
    (tmp_path / "e" / "deep").mkdir(parents=True)
    path = tmp_path / "e" / "deep" / "a"
    path.write_text("1")
    before = manifest(tmp_path / "e")
    with Watch(folders(before)) as watch:
        assert manifest(tmp_path / "e") == before
        watch.drain()
        assert {kind for kind, _ in watch.seen} <= HARMLESS
        with open(path, "r+") as file:
            file.write("2")
        os.utime(path, ns=(0, before[str(path)]["mtime"]))
        (path.parent / "__pycache__").mkdir()
        (path.parent / "__pycache__").rmdir()
    seen = {kind for kind, where in watch.seen if where.startswith(str(path.parent))}
    assert {"MODIFY", "CLOSE_WRITE", "ATTRIB", "CREATE", "DELETE"} <= seen
    changed = _changes(before, manifest(tmp_path / "e"))
    assert {(str(path), name) for name in ("sha256", "ctime", "atime")} <= set(changed)
    assert (str(path.parent), "mtime") in changed


def _changes(before: dict[str, Any], after: dict[str, Any], leave_out: str = "") -> list[tuple[str, str]]:
    """Path and attribute of everything that differs."""
    return [
        (path, name)
        for path in sorted(before.keys() | after.keys())
        for name in sorted(before.get(path, {}).keys() | after.get(path, {}).keys())
        if name != leave_out and before.get(path, {}).get(name) != after.get(path, {}).get(name)
    ]
