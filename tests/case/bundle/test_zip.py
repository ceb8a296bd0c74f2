"""A bundle as a zip: checked as it lies, and whatever a zip can hide is told."""

import random
import shutil
import struct
import zipfile
from pathlib import Path

import pytest

from case.bundle.conftest import Made
from case.bundle.parcel import check
from ctwork.case.bundle import bag
from ctwork.errors import SourceError


def test_a_zip_holds_the_same_as_a_folder(made: Made) -> None:
    with zipfile.ZipFile(made.packed) as packed:
        names = {name.partition("/")[2] for name in packed.namelist()}
        assert names == {path.relative_to(made.folder).as_posix() for path in made.folder.rglob("*") if path.is_file()}
        assert all((made.folder / name).read_bytes() == packed.read(f"bag/{name}") for name in names)
        assert {each.date_time for each in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_no_byte_of_a_zip_is_beside_the_point(made: Made, tmp_path: Path) -> None:
    content, whole = made.packed.read_bytes(), check(made.packed).row()
    with zipfile.ZipFile(made.packed) as packed:
        heads = [each.header_offset for each in packed.infolist()[:2]]
        at = packed.start_dir
    dice = random.Random(3)
    places = [*range(heads[0], heads[0] + 60), *range(at, at + 70), *range(len(content) - 22, len(content))]
    places += [dice.randrange(len(content)) for _ in range(60)]
    for place in places:
        target = tmp_path / "bag.zip"
        target.write_bytes(content[:place] + bytes([content[place] ^ 4]) + content[place + 1 :])
        try:
            said = check(target).row()
        except SourceError:
            continue
        assert said != whole or _same_content(made.packed, target), place


def _same_content(one: Path, other: Path) -> bool:
    """Whether two zips differ in nothing but bits that no byte of their members depends on."""
    with zipfile.ZipFile(one) as mine, zipfile.ZipFile(other) as theirs:
        return [(each.filename, mine.read(each)) for each in mine.infolist()] == [
            (each.filename, theirs.read(each)) for each in theirs.infolist()
        ]


def _repacked(source: Path, target: Path, *more: tuple[zipfile.ZipInfo | str, bytes]) -> None:
    with zipfile.ZipFile(source) as packed, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as again:
        for each in reversed(packed.infolist()):
            again.writestr(each.filename, packed.read(each))
        for name, content in more:
            again.writestr(name, content)


def test_a_zip_that_was_packed_again_is_whole_and_told(made: Made, tmp_path: Path) -> None:
    _repacked(made.packed, tmp_path / "bag.zip")
    checked = check(tmp_path / "bag.zip")
    assert checked.is_whole
    assert any("packed again" in each for each in checked.notes)


def _link() -> zipfile.ZipInfo:
    link = zipfile.ZipInfo("bag/data/link")
    link.external_attr = 0o120777 << 16
    return link


@pytest.mark.parametrize(
    "member",
    [
        "bag/data/../../up",
        "/etc/x",
        "bag/data/a\\b",
        "other/file",
        "bag/data/README.txt",
        "bag/data/readme.TXT",
        _link(),
    ],
)
def test_what_a_zip_hides_is_told(made: Made, tmp_path: Path, member: zipfile.ZipInfo | str) -> None:
    with pytest.warns(UserWarning) if member == "bag/data/README.txt" else _quiet():
        _repacked(made.packed, tmp_path / "bag.zip", (member, b"x"))
    assert not check(tmp_path / "bag.zip").is_whole


class _quiet:
    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


def test_a_bomb_is_told_and_not_inflated(made: Made, tmp_path: Path) -> None:
    target = tmp_path / "bag.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed, packed.open("bag/data/bomb", "w") as stream:
        for _ in range(100):
            stream.write(bytes(1 << 20))
    checked = check(target)
    assert any("would inflate" in each for each in checked.problems)


def test_a_member_that_says_less_than_it_holds_is_told(made: Made, tmp_path: Path) -> None:
    content = bytearray(made.packed.read_bytes())
    with zipfile.ZipFile(made.packed) as packed:
        at = packed.start_dir
    content[at + 24 : at + 28] = struct.pack("<I", 1)
    (tmp_path / "bag.zip").write_bytes(content)
    assert not check(tmp_path / "bag.zip").is_whole


def test_what_is_no_bundle_is_no_answer(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\3\4")
    for path in (tmp_path / "x.zip", tmp_path / "nothing"):
        with pytest.raises(SourceError):
            check(path)
    (tmp_path / "empty").mkdir()
    assert not check(tmp_path / "empty").is_whole
    shutil.rmtree(tmp_path / "empty")


def test_names_of_sources_come_back(made: Made) -> None:
    for name in (
        b"a",
        b"a/b",
        b"../x",
        b".hidden/..",
        b"",
        b"a//b",
        b"\xff\n%00~ ",
        b"x" * 900,
        b"%" * 400,
        b"." * 500,
    ):
        path = bag.source_path(name)
        assert bag.is_path(path), path
        assert bag.source_name(path) == name
