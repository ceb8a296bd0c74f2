"""Archives of every compression, nested, hostile and damaged."""

import bz2
import gzip
import io
import lzma
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st
from trail_sample import delivered, key, record, tarred, text, trail, zipped

from ctwork.sources.archive import archive_kind, expand, members_in, nested_carriers
from ctwork.sources.base import DEFAULT_BOUNDS, Blob, Bounds, Issue, IssueKind
from ctwork.sources.carrier import Unreadable, read_carrier
from ctwork.sources.decode import decode
from ctwork.sources.inflate import inflate
from ctwork.sources.tape import Entry, RangeTape, entries

FILES = delivered(4)
COMPRESSIONS: dict[str, Callable[[bytes], bytes]] = {
    "": lambda data: data,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}
FORMATS = {"ustar": tarfile.USTAR_FORMAT, "gnu": tarfile.GNU_FORMAT, "pax": tarfile.PAX_FORMAT}


def opened(tmp_path: Path, data: bytes, bounds: Bounds = DEFAULT_BOUNDS) -> tuple[dict[str, bytes], list[Issue]]:
    """Members and issues of an archive on disk, by a name that says nothing."""
    path = tmp_path / "evidence"
    path.write_bytes(data)
    found = list(expand(str(path), "e", str(tmp_path / "pack"), bounds))
    issues = [item for item in found if isinstance(item, Issue)]
    contents = {}
    for item in found:
        if isinstance(item, Blob):
            try:
                contents[item.name.removeprefix("e!")] = read_carrier(item)
            except Unreadable as error:
                issues.append(error.issue)
                contents[item.name.removeprefix("e!")] = error.data
    assert sorted(os.listdir(tmp_path)) in (["evidence"], ["evidence", "pack"]), "nothing is extracted"
    return contents, issues


def kinds(issues: list[Issue]) -> list[IssueKind]:
    return [issue.kind for issue in issues]


def inside(data: bytes, bounds: Bounds = DEFAULT_BOUNDS, layer: int = 1) -> tuple[dict[str, bytes], list[Issue]]:
    found = list(members_in(data, "e", bounds, layer))
    issues = [item for item in found if isinstance(item, Issue)]
    return {item[0].removeprefix("e!"): item[1] for item in found if not isinstance(item, Issue)}, issues


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_members_come_in_time_order(tmp_path: Path, method: int) -> None:
    contents, issues = opened(tmp_path, zipped({**FILES, "undated.json": b"{}"}, method))
    assert issues == []
    assert contents == {**FILES, "undated.json": b"{}"}
    assert list(contents) == ["undated.json", *reversed(FILES)]
    assert inside(zipped(FILES, method)) == (FILES, [])


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_tar_members(tmp_path: Path, form: str, compression: str) -> None:
    files = FILES if form == "ustar" else {**FILES, "long/" * 60 + "x.json": b"{}", "caf\u00e9.json": b"[]"}
    data = tarred(files, FORMATS[form])
    assert opened(tmp_path, COMPRESSIONS[compression](data)) == (files, [])
    assert inside(data) == (files, [])


def test_packed_members_can_be_read_again_and_packs_grow(tmp_path: Path) -> None:
    path, pack = tmp_path / "x.tgz", str(tmp_path / "pack")
    path.write_bytes(gzip.compress(tarred(FILES)))
    first = [item for item in expand(str(path), "one", pack) if isinstance(item, Blob)]
    second = [item for item in expand(str(path), "two", pack) if isinstance(item, Blob)]
    for blob, again in zip(first, second, strict=True):
        assert blob.path == again.path == pack
        assert blob.stamp[0] == path.stat().st_size, "the stamp is the archive's"
        assert read_carrier(blob) == read_carrier(again) == FILES[blob.name.partition("!")[2]]
    assert [item.kind for item in expand(str(path), "x", None) if isinstance(item, Issue)] == [IssueKind.UNSUPPORTED]


def test_what_is_no_archive_expands_to_nothing(tmp_path: Path) -> None:
    for data in (b"", b"PK", b"{}", gzip.compress(b"{}"), bytes(2048), gzip.compress(bytes(2048))):
        assert opened(tmp_path, data) == ({}, [])
        assert inside(data) == ({}, [])
    assert [item.kind for item in expand(str(tmp_path / "gone"), "e", None) if isinstance(item, Issue)] == [
        IssueKind.VANISHED
    ]


def test_hostile_names_are_only_names(tmp_path: Path) -> None:
    names = ["../../etc/cron.d/x", "/abs/x", "a\\..\\x", "nul\0hidden.json", "..", "\x1b[2J", "a" * 5000]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            info = zipfile.ZipInfo("placeholder")
            info.filename = name
            archive.writestr(info, name)
    contents, issues = opened(tmp_path, buffer.getvalue())
    assert kinds(issues) == [IssueKind.ODD_NAME] * 6
    assert contents == {name: name.encode() for name in names}
    files = {name: b"x" for name in names if "\0" not in name}
    contents, issues = opened(tmp_path, tarred(files))
    assert (contents, kinds(issues)) == (files, [IssueKind.ODD_NAME] * 5)


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_members_of_one_name_are_separate(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("x.json", b"first")
        archive.writestr("x.json", b"second")
    path = tmp_path / "x.zip"
    path.write_bytes(buffer.getvalue())
    blobs = [item for item in expand(str(path), "x.zip", None) if isinstance(item, Blob)]
    assert [(blob.name, read_carrier(blob)) for blob in blobs] == [
        ("x.zip!x.json", b"first"),
        ("x.zip!x.json", b"second"),
    ]
    assert list(nested_carriers(buffer.getvalue(), "x.zip", "x.zip!x.json")) == [b"first", b"second"]


def test_folders_forks_and_encrypted_members(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.mkdir("folder")
        archive.writestr("__MACOSX/._x.json", b"")
        archive.writestr("folder/.DS_Store", b"")
        archive.writestr("locked.json", b"{}")
    data = bytearray(buffer.getvalue())
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    contents, issues = opened(tmp_path, bytes(data))
    assert contents == {}
    assert {(issue.source, issue.kind) for issue in issues} == {
        ("e!__MACOSX/._x.json", IssueKind.RESOURCE_FORK),
        ("e!folder/.DS_Store", IssueKind.RESOURCE_FORK),
        ("e!locked.json", IssueKind.UNSUPPORTED),
    }
    assert len(inside(bytes(data))[1]) == 3


def test_tar_links_and_devices(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, target in (
            ("dir", tarfile.DIRTYPE, ""),
            ("dir/in", tarfile.SYMTYPE, "../x"),
            ("dir/out", tarfile.SYMTYPE, "../../x"),
            ("abs", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard", tarfile.LNKTYPE, "dir/x"),
            ("fifo", tarfile.FIFOTYPE, ""),
            ("device", tarfile.CHRTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    contents, issues = opened(tmp_path, buffer.getvalue())
    assert contents == {}
    assert {issue.source: issue.kind for issue in issues} == {
        "e!dir/in": IssueKind.DUPLICATE_CONTENT,
        "e!dir/out": IssueKind.SYMLINK_OUTSIDE,
        "e!abs": IssueKind.SYMLINK_OUTSIDE,
        "e!hard": IssueKind.DUPLICATE_CONTENT,
        "e!fifo": IssueKind.SPECIAL_FILE,
        "e!device": IssueKind.SPECIAL_FILE,
    }


def test_a_sparse_member_is_told(tmp_path: Path) -> None:
    block = bytearray(tarred({"sparse": b"x" * 512, "next": b"y"}, tarfile.GNU_FORMAT))
    block[156] = ord("S")
    block[148:156] = b"        "
    block[148:156] = b"%06o\0 " % sum(block[:512])
    contents, issues = opened(tmp_path, bytes(block))
    assert contents == {"next": b"y"}
    assert kinds(issues) == [IssueKind.UNSUPPORTED]


# Six members of one block each, as in the measurement: every damage here is silent in the standard library's reader.
SIX = {f"{number}.json": b"%d" % number * 100 for number in range(6)}
TAPE = tarred(SIX, tarfile.USTAR_FORMAT)


@pytest.mark.parametrize("wrap", ["", "gzip"])
@pytest.mark.parametrize(
    ("damaged", "kept", "told"),
    [
        (TAPE[: 2 * 1024], 2, [IssueKind.TRUNCATED]),
        (TAPE[: 2 * 1024 + 200], 2, [IssueKind.TRUNCATED]),
        (TAPE[: 2 * 1024] + b"garbage!" * 64 + TAPE[2 * 1024 + 512 :], 5, [IssueKind.SYNTAX]),
        (TAPE[: 2 * 1024] + bytes(1024) + TAPE[2 * 1024 :], 6, [IssueKind.TRAILING_DATA]),
        (TAPE[: 2 * 1024] + bytes(512) + TAPE[2 * 1024 :], 6, [IssueKind.TRAILING_DATA]),
        (TAPE + TAPE, 12, [IssueKind.TRAILING_DATA, *[IssueKind.ODD_NAME] * 6]),
        (TAPE + b"secret", 6, [IssueKind.TRAILING_DATA]),
        (TAPE + b"secret!!" * 64, 6, [IssueKind.TRAILING_DATA]),
        (TAPE[: 6 * 1024], 6, [IssueKind.TRUNCATED]),
        (TAPE[: 6 * 1024] + b"garbage!" * 128, 6, [IssueKind.SYNTAX]),
        (TAPE[: 6 * 1024 + 1024], 6, []),
    ],
)
def test_damaged_tars_lose_nothing_in_silence(
    tmp_path: Path, wrap: str, damaged: bytes, kept: int, told: list[IssueKind]
) -> None:
    path = tmp_path / "x"
    path.write_bytes(COMPRESSIONS[wrap](damaged))
    found = list(expand(str(path), "e", str(tmp_path / "pack")))
    blobs = [item for item in found if isinstance(item, Blob)]
    assert len(blobs) == kept
    assert all(read_carrier(blob) == SIX[blob.name.removeprefix("e!")] for blob in blobs)
    assert kinds([item for item in found if isinstance(item, Issue)]) == told


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(TAPE)), st.integers(0, 6 * 1024 - 1), st.integers(1, 255))
def test_any_cut_or_changed_byte_of_a_tar_is_told(size: int, place: int, flip: int) -> None:
    def members(data: bytes) -> tuple[list[bytes], int]:
        tape = RangeTape(lambda length, offset: data[offset : offset + length], len(data))
        found = list(entries(tape, "e"))
        whole = [item for item in found if isinstance(item, Entry)]
        return [data[item.offset : item.offset + item.size] for item in whole], len(found) - len(whole)

    whole, told = members(TAPE[:size])
    assert told or size >= 6 * 1024 + 1024
    assert whole[: size // 1024] == list(SIX.values())[: size // 1024]
    changed = bytearray(TAPE)
    changed[place] ^= flip
    whole, told = members(bytes(changed))
    in_header = place % 1024 < 512
    assert (
        (len(whole) == 5 and told) or (not in_header and len(whole) == 6) or (len(whole) == 6 and place % 1024 >= 148)
    )


@pytest.mark.parametrize("compression", ["gzip", "bzip2", "xz", "zstd"])
def test_damaged_compression_of_a_tar_is_told(tmp_path: Path, compression: str) -> None:
    files = {f"{number}.json": os.urandom(40_000) for number in range(20)}
    whole = COMPRESSIONS[compression](tarred(files))
    half = whole[: len(whole) // 2]
    contents, issues = opened(tmp_path, half)
    if not contents:
        assert [problem.kind for problem in inflate(half).problems] == [IssueKind.TRUNCATED], "then the reader tells"
        return
    assert 0 <= len(contents) <= 11
    assert all(files[name].startswith(data) for name, data in contents.items())
    assert IssueKind.TRUNCATED in kinds(issues)
    contents, issues = opened(tmp_path, whole + b"garbage")
    assert contents == files
    assert kinds(issues) == [IssueKind.TRAILING_DATA]


def test_a_tar_bomb_ends_at_the_ratio(tmp_path: Path) -> None:
    data = gzip.compress(tarred({"zeros": bytes(60 << 20), "x.json": b"{}"}))
    contents, issues = opened(tmp_path, data, Bounds(ratio_floor_bytes=1 << 20))
    assert IssueKind.RATIO in kinds(issues)
    assert len(contents.get("zeros", b"")) < 60 << 20
    assert kinds(opened(tmp_path, data, Bounds(inflated_bytes=1 << 20))[1]) == [IssueKind.TOO_LARGE]


def test_the_number_of_members_is_bounded(tmp_path: Path) -> None:
    for data in (zipped(SIX), TAPE, gzip.compress(TAPE)):
        contents, issues = opened(tmp_path, data, Bounds(members=4))
        assert len(contents) == 4
        assert kinds(issues) == [IssueKind.TOO_LARGE]


def test_overlapping_zip_members_are_not_read(tmp_path: Path) -> None:
    data = bytearray(zipped({"a": b"x" * 100, "b": b"y" * 100}, zipfile.ZIP_STORED))
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = bytes(4)
    contents, issues = opened(tmp_path, bytes(data))
    assert contents == {"a": b"x" * 100, "b": b"y" * 100}, "the second is found where the directory hides it"
    assert kinds(issues) == [IssueKind.RATIO, IssueKind.UNLISTED_MEMBER]


@pytest.mark.parametrize("streamed", [False, True])
def test_a_cut_zip_gives_the_members_it_holds(tmp_path: Path, streamed: bool) -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return not streamed

        def tell(self) -> int:
            if streamed:
                raise OSError("a pipe")
            return super().tell()

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            archive.writestr(name, data)
    whole = buffer.getvalue()
    contents, issues = opened(tmp_path, whole[: whole.index(b"PK\x01\x02")])
    assert contents == FILES
    assert kinds(issues) == [IssueKind.TRUNCATED]
    contents, issues = opened(tmp_path, whole[: whole.index(b"PK\x01\x02") - 60])
    assert [name for name in FILES if contents[name] == FILES[name]] == list(FILES)[:-1]
    assert len(contents) == 4
    assert IssueKind.TRUNCATED in kinds(issues)


def test_archives_in_archives(tmp_path: Path) -> None:
    inner = {"in.zip": zipped(FILES), "in.tar.gz": gzip.compress(tarred(FILES))}
    contents, issues = opened(tmp_path, zipped(inner))
    assert (contents, issues) == (inner, [])
    for data in contents.values():
        assert inside(inflate(data).data) == (FILES, [])
    outer = zipped(inner)
    for name in inner:
        wanted = f"o.zip!{name}!{key(2)}"
        assert list(nested_carriers(outer, "o.zip", wanted)) == [FILES[key(2)]]
    assert list(nested_carriers(outer, "o.zip", "o.zip!none")) == []
    assert kinds(inside(outer, Bounds(layers=3), layer=4)[1]) == [IssueKind.DEPTH]


def test_a_damaged_nested_member_is_told_and_saved() -> None:
    data = bytearray(zipped({"a": b"x" * 500, "b": b"y" * 500}, zipfile.ZIP_STORED))
    data[100] ^= 1
    contents, issues = inside(bytes(data))
    assert set(contents) == {"a", "b"}
    assert kinds(issues) == [IssueKind.CRC]


def test_members_decode_with_their_chain(tmp_path: Path) -> None:
    contents, _ = opened(tmp_path, zipped({"a.json.gz": gzip.compress(trail(record(1)))}))
    assert decode(inflate(contents["a.json.gz"]).data).records == [text(record(1))]


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=100), st.sampled_from([b"PK\x03\x04", b"PK\x05\x06", TAPE[:512], TAPE[:700]]))
def test_random_archives_never_raise(rest: bytes, start: bytes) -> None:
    data = start + rest
    if archive_kind(data[:512]):
        list(members_in(data, "x"))


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 2000), st.integers(0, 255))
def test_changed_zips_never_raise(place: int, value: int) -> None:
    data = bytearray(zipped({"a.json": b"{}" * 50, "b.json": b"[]"}))
    data[place % len(data)] = value
    list(members_in(bytes(data), "x"))
