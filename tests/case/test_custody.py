"""Who works on a case, and on which kind of file system it lies."""

from pathlib import Path

import pytest

from ctwork.case.custody import Actor, Lock, file_system

_MOUNTS = [
    "22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw",
    "30 22 0:25 / /cases rw,nosuid - nfs4 server:/export rw,vers=4.2",
    r"31 22 0:26 / /mnt/with\040space rw - fuse.sshfs user@host:/ rw",
    "32 30 0:27 / /cases/local rw - tmpfs tmpfs rw",
    "33 22 0:28 / /mnt/twice rw - ext4 /dev/sdb rw",
    "34 33 0:29 / /mnt/twice rw - cifs //server/share rw",
    "nonsense",
    "",
]


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/me/case", "ext4"),
        ("/cases/one", "nfs4"),
        ("/cases", "nfs4"),
        ("/casesx", "ext4"),
        ("/cases/local/one", "tmpfs"),
        ("/mnt/with space/one", "fuse.sshfs"),
        ("/mnt/twice/one", "cifs"),
    ],
)
def test_the_mount_that_holds_a_folder_is_found(folder: str, kind: str) -> None:
    assert file_system(Path(folder), _MOUNTS) == kind


def test_nothing_is_known_without_mounts() -> None:
    assert file_system(Path("/x"), []) == ""


def test_an_investigator_has_a_name_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CTWORK_ACTOR", " first ")
    assert Actor.here().name == "first"
    monkeypatch.delenv("CTWORK_ACTOR")
    assert Actor.here().name
    assert Actor.here().tool.startswith("ctwork ")


def test_a_lock_is_had_by_one_and_gone_when_let_go(tmp_path: Path) -> None:
    one, two = Lock(tmp_path, 1), Lock(tmp_path, 1)
    assert one.take()
    assert not two.take()
    assert Lock(tmp_path, 2).take()
    one.release()
    assert two.take()
    two.release()
    assert not (tmp_path / "case-1.lock").exists()
    assert not Lock(tmp_path / "nowhere", 1).take()
