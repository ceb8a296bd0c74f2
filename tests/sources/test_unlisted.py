"""What the directory of a zip does not list, and names that are an attack elsewhere."""

import io
import zipfile

import pytest
from trail_sample import zipped

from ctwork.sources.archive import members_in
from ctwork.sources.base import Bounds, Issue, IssueKind

FILES = {f"{number}.json": b"%d" % number * 300 for number in range(4)}


def inside(data: bytes, bounds: Bounds | None = None) -> tuple[dict[str, bytes], list[Issue]]:
    found = list(members_in(data, "x.zip", bounds or Bounds()))
    issues = [item for item in found if isinstance(item, Issue)]
    return {item[0]: item[1] for item in found if not isinstance(item, Issue)}, issues


def unlist(data: bytes, *numbers: int) -> bytes:
    """The zip without the directory's entries of these members."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start, count = archive.start_dir, len(archive.infolist())
    entries, at = [], start
    for _ in range(count):
        size = 46 + sum(int.from_bytes(data[at + n : at + n + 2], "little") for n in (28, 30, 32))
        entries.append(data[at : at + size])
        at += size
    kept = [entry for number, entry in enumerate(entries) if number not in numbers]
    end = bytearray(data[at:])
    end[8:12] = len(kept).to_bytes(2, "little") * 2
    end[12:16] = sum(map(len, kept)).to_bytes(4, "little")
    return data[:start] + b"".join(kept) + bytes(end)


@pytest.mark.parametrize("hidden", [(0,), (1,), (3,), (1, 2), (0, 3), (0, 1, 2, 3)])
def test_members_that_are_not_listed_are_read(hidden: tuple[int, ...]) -> None:
    contents, issues = inside(unlist(zipped(FILES), *hidden))
    assert contents == {f"x.zip!{name}": data for name, data in FILES.items()}
    assert [issue.kind for issue in issues] == [IssueKind.UNLISTED_MEMBER] * len(hidden)


def test_members_with_descriptors_and_extra_fields_hide_nothing() -> None:
    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    buffer = Pipe()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in FILES.items():
            info = zipfile.ZipInfo(name)
            info.extra = b"UT\x05\x00\x01" + bytes(4) + b"ux\x0b\x00\x01" + bytes(10)
            archive.writestr(info, data)
    contents, issues = inside(buffer.getvalue())
    assert len(contents) == 4
    assert issues == []


def test_one_name_many_times_is_told_in_bounds() -> None:
    buffer = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "w") as archive:
        for _ in range(150):
            archive.writestr("x.json", b"{}")
    issues = inside(buffer.getvalue())[1]
    assert [issue.kind for issue in issues] == [IssueKind.ODD_NAME] * 101
    assert issues[-1].message.startswith("49 more")


@pytest.mark.parametrize(("name", "bound"), [("a" * 40, Bounds(name_bytes=39)), ("a/" * 5 + "b", Bounds(path_depth=4))])
def test_bounds_on_names_are_told_with_their_value(name: str, bound: Bounds) -> None:
    contents, (issue,) = inside(zipped({name: b"{}"}), bound)
    assert list(contents) == [f"x.zip!{name}"]
    assert issue.kind is IssueKind.ODD_NAME
    assert any(character.isdigit() for character in issue.message)
