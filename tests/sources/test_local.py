"""The walk: order, names, filters, and everything in a folder that is no regular file."""

import gzip
import io
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from trail_sample import delivered, key, record, tarred, trail, zipped

from ctwork.errors import SourceError
from ctwork.sources import SOURCES, Opening, open_source
from ctwork.sources.base import Blob, Issue, IssueKind
from ctwork.sources.carrier import read_carrier
from ctwork.sources.layout import PathFilter, slot_of


def put(folder: Path, files: dict[str, bytes]) -> Path:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def walk(*locations: Path | str, opening: Opening | None = None) -> tuple[list[Blob], list[Issue]]:
    found = list(open_source([str(location) for location in locations], opening).walk())
    return [item for item in found if isinstance(item, Blob)], [item for item in found if isinstance(item, Issue)]


def names(blobs: Sequence[Blob]) -> list[str]:
    return [blob.name for blob in blobs]


def test_files_come_in_delivery_order_over_regions_and_accounts(tmp_path: Path) -> None:
    keys = [
        key(day, hour, region, account)
        for day in (3, 1, 2)
        for hour in (5, 0)
        for region in ("us-east-1", "eu-west-1")
        for account in ("123456789012", "210987654321")
    ]
    blobs, issues = walk(put(tmp_path, dict.fromkeys(keys, b"x")))
    assert issues == []
    assert names(blobs) == sorted(keys, key=lambda item: (slot_of(item) or 0, item))
    assert all(blob.slot == slot_of(blob.name) for blob in blobs)


def test_undated_files_come_first_and_folder_dates_count(tmp_path: Path) -> None:
    folder = "CloudTrail/us-east-1/2024/05"
    put(tmp_path, {f"{folder}/02/renamed.json": b"", key(2): b"", key(1): b"", "z.json": b"", "a/b/y.json": b""})
    blobs, _ = walk(tmp_path)
    assert names(blobs) == ["a/b/y.json", "z.json", key(1), f"{folder}/02/renamed.json", key(2)]
    assert [blob.slot is None for blob in blobs] == [True, True, False, True, False]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sets(st.tuples(st.integers(1, 28), st.integers(0, 23), st.sampled_from(["us-east-1", "eu-west-1"])), max_size=30)
)
def test_the_walk_never_goes_back_in_time(
    tmp_path_factory: pytest.TempPathFactory, made: set[tuple[int, int, str]]
) -> None:
    folder = put(tmp_path_factory.mktemp("walk"), {key(*item): b"" for item in made})
    slots = [blob.slot or 0 for blob in walk(folder)[0]]
    assert len(slots) == len(made)
    assert slots == sorted(slots)


def test_the_first_blob_comes_before_later_days_are_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {key(day): b"" for day in range(1, 20)})
    opened: list[object] = []
    scandir = os.scandir
    monkeypatch.setattr(os, "scandir", lambda place: opened.append(place) or scandir(place))
    next(iter(open_source([str(tmp_path)]).walk()))
    assert len(opened) == len(key(1).split("/")), "one folder per level"


def test_a_location_that_starts_inside_the_layout(tmp_path: Path) -> None:
    put(tmp_path, delivered(3))
    blobs, _ = walk(tmp_path / "AWSLogs/123456789012/CloudTrail/us-east-1/2024")
    assert [blob.slot for blob in blobs] == sorted(slot_of(name) or 0 for name in delivered(3))
    assert blobs[0].name.startswith("05/01/")


def test_filters_close_folders_and_count_files(tmp_path: Path) -> None:
    put(tmp_path, {key(day, region=region): b"" for day in (1, 2, 9) for region in ("us-east-1", "eu-west-1")})
    put(tmp_path, {f"flat/{Path(key(day)).name}": b"" for day in (1, 2, 9)})
    first = slot_of(key(1)) or 0
    wanted = Opening(PathFilter(regions=frozenset({"us-east-1"}), since_s=first, until_s=first + 3600))
    source = open_source([str(tmp_path)], wanted)
    found = [item.name for item in source.walk() if isinstance(item, Blob)]
    assert found == [key(1), f"flat/{Path(key(1)).name}", key(2), f"flat/{Path(key(2)).name}"]
    assert source.skipped_by_filter == 1, "only the file whose folder did not tell"


def test_filters_reach_into_archives(tmp_path: Path) -> None:
    put(tmp_path, {"a.zip": zipped(delivered(9)), "a.tar": tarred(delivered(9))})
    source = open_source([str(tmp_path)], Opening(PathFilter(since_s=slot_of(key(9)))))
    assert len([item for item in source.walk() if isinstance(item, Blob)]) == 2
    assert source.skipped_by_filter == 16


def test_names_of_one_file_of_several_sources_and_of_equal_ends(tmp_path: Path) -> None:
    put(tmp_path, {"a/logs/x.json": b"", "b/logs/x.json": b"", "c/y.json": b""})
    assert names(walk(tmp_path / "c/y.json")[0]) == ["y.json"]
    assert names(walk(tmp_path / "a", tmp_path / "c")[0]) == ["a/logs/x.json", "c/y.json"]
    assert names(walk(tmp_path / "a/logs", tmp_path / "b/logs")[0]) == ["a/logs/x.json", "b/logs/x.json"]
    assert names(walk(tmp_path / "a/logs/x.json", tmp_path / "b/logs/x.json")[0]) == ["a/logs/x.json", "b/logs/x.json"]
    assert len(walk(tmp_path, tmp_path / "a", tmp_path / "a/logs/x.json")[0]) == 3, "what lies inside is read once"


def test_globs_and_missing_places(tmp_path: Path) -> None:
    put(tmp_path, {"a.json": b"", "b.json": b"", "c.txt": b"", "[d].json": b""})
    assert names(walk(tmp_path / "?.json")[0]) == ["a.json", "b.json"]
    assert names(walk(tmp_path / "[d].json")[0]) == ["[d].json"]
    for missing in ("nothing", "*.none"):
        with pytest.raises(SourceError) as error:
            open_source([str(tmp_path / missing)])
        assert error.value.hint
    with pytest.raises(SourceError):
        open_source([])
    with pytest.raises(SourceError):
        open_source(["gopher://x"])
    assert len(SOURCES) >= 1


def test_special_files_are_told_and_never_opened(tmp_path: Path) -> None:
    put(tmp_path, {"x.json": b""})
    os.mkfifo(tmp_path / "fifo.json.gz")
    with socket.socket(socket.AF_UNIX) as server:
        here = os.getcwd()
        os.chdir(tmp_path)
        try:
            server.bind("socket.json")
        finally:
            os.chdir(here)
        blobs, issues = walk(tmp_path)
    assert names(blobs) == ["x.json"]
    assert {(issue.source, issue.kind) for issue in issues} == {
        ("fifo.json.gz", IssueKind.SPECIAL_FILE),
        ("socket.json", IssueKind.SPECIAL_FILE),
    }
    assert [issue.kind for issue in walk(tmp_path / "fifo.json.gz")[1]] == [IssueKind.SPECIAL_FILE]


def test_links_are_told_by_where_they_lead(tmp_path: Path) -> None:
    put(tmp_path / "in", {"a/x.json": b""})
    put(tmp_path / "out", {"secret.json": b""})
    links = {
        "loop": ".",
        "a/up": "..",
        "same.json": "a/x.json",
        "outside": "../out",
        "outside.json": "../out/secret.json",
        "dangling.json": "nowhere",
        "self": "self",
    }
    for name, target in links.items():
        (tmp_path / "in" / name).symlink_to(target)
    blobs, issues = walk(tmp_path / "in")
    assert names(blobs) == ["a/x.json"]
    assert {issue.source: issue.kind for issue in issues} == {
        "loop": IssueKind.DUPLICATE_CONTENT,
        "a/up": IssueKind.DUPLICATE_CONTENT,
        "same.json": IssueKind.DUPLICATE_CONTENT,
        "outside": IssueKind.SYMLINK_OUTSIDE,
        "outside.json": IssueKind.SYMLINK_OUTSIDE,
        "dangling.json": IssueKind.SYMLINK_OUTSIDE,
        "self": IssueKind.SYMLINK_OUTSIDE,
    }
    (tmp_path / "given").symlink_to("in")
    assert names(walk(tmp_path / "given")[0]) == ["a/x.json"], "a link that the user names is followed"


def test_names_survive_whatever_they_are(tmp_path: Path) -> None:
    for raw in (b"caf\xe9.json", b"new\nline.json", b"\x1b[31m.json", "\u202egnp.json".encode()):
        with open(os.fsencode(tmp_path) + b"/" + raw, "wb") as file:
            file.write(trail(record(1)))
    blobs, issues = walk(tmp_path)
    assert issues == []
    assert {os.fsencode(blob.name) for blob in blobs} == set(os.listdir(os.fsencode(tmp_path)))
    assert all(read_carrier(blob) == trail(record(1)) for blob in blobs)


def test_what_a_mac_leaves_behind_is_a_note(tmp_path: Path) -> None:
    put(tmp_path, {"._x.json": b"", ".DS_Store": b"", "__MACOSX/y.json": b"", ".hidden.json": b""})
    blobs, issues = walk(tmp_path)
    assert names(blobs) == [".hidden.json"]
    assert [issue.kind for issue in issues] == [IssueKind.RESOURCE_FORK] * 3


def test_a_folder_that_vanishes_is_told(tmp_path: Path) -> None:
    put(tmp_path, {"us-east-1/2024/05/x.json": b"", "b.json": b""})
    walking = open_source([str(tmp_path)]).walk()
    assert isinstance(next(walking), Blob)
    (tmp_path / "us-east-1/2024").rename(tmp_path / "gone")
    assert [item.kind for item in walking if isinstance(item, Issue)] == [IssueKind.VANISHED]


def test_archives_are_looked_into_in_place(tmp_path: Path) -> None:
    put(tmp_path, {"a.ZIP": zipped(delivered(2)), "not.zip": b"PK nothing", "a.bin": zipped(delivered(2))})
    blobs, issues = walk(tmp_path)
    assert issues == []
    assert names(blobs) == [f"a.ZIP!{key(1)}", f"a.ZIP!{key(2)}", "a.bin", "not.zip"]
    assert names(walk(tmp_path / "a.bin")[0]) == [f"a.bin!{key(1)}", f"a.bin!{key(2)}"], "named, any archive is opened"


class _Pipe:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)

    def isatty(self) -> bool:
        return False


@pytest.mark.parametrize("data", [trail(record(1)), gzip.compress(trail(record(1)), mtime=0)], ids=["plain", "gzip"])
def test_standard_input_is_kept_verbatim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", _Pipe(data))
    opening = Opening(pack=str(tmp_path / "pack"))
    source = open_source(["-"], opening)
    for _ in range(2):
        blobs = [item for item in source.walk() if isinstance(item, Blob)]
        assert names(blobs) == ["stdin"]
        assert read_carrier(blobs[0]) == data
    with pytest.raises(SourceError):
        open_source(["-"])


def test_an_archive_through_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", _Pipe(zipped(delivered(2))))
    blobs, _ = walk("-", opening=Opening(pack=str(tmp_path / "pack")))
    assert names(blobs) == [f"stdin!{key(1)}", f"stdin!{key(2)}"]
