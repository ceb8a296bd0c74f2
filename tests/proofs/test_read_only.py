"""No system call that could write is made below a source, and none at all outside the program's own folders."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs import strace
from tests.proofs.scene import ROOT, tool
from tests.proofs.witness import COMMANDS, Sworn

EVERYTHING = (*COMMANDS, "open")
_DEVICES = ("/dev/null", "/dev/tty", "/dev/pts", "/dev/ptmx", "/dev/shm")
_DEEDS = """
import ctypes, mmap, os, sys
os.chdir(sys.argv[1])
def attempt(deed, *arguments):
    try:
        deed(*arguments)
    except OSError:
        pass
for deed, *arguments in (
    (os.open, "a", os.O_RDWR), (os.open, "a", os.O_WRONLY | os.O_APPEND), (os.open, "new", os.O_RDONLY | os.O_CREAT),
    (os.mkdir, "folder"), (os.rename, "new", "b"), (os.link, "b", "c"), (os.symlink, "b", "d"), (os.unlink, "c"),
    (os.chmod, "a", 0o600), (os.chown, "a", 0, 0), (os.utime, "a"), (os.truncate, "b", 0), (os.rmdir, "folder"),
    (os.setxattr, "a", "user.x", b"1"), (os.mkfifo, "pipe"),
):
    attempt(deed, *arguments)
fd = os.open("a", os.O_RDONLY)
attempt(os.fchmod, fd, 0o600)
attempt(os.ftruncate, fd, 0)
"""


@pytest.fixture(scope="module")
def traced(sworn: Sworn) -> Sworn:
    """The sworn, where strace could give it."""
    tool("strace", "-qq", "-o", "/dev/null")
    return sworn


@pytest.mark.parametrize("name", EVERYTHING)
def test_nothing_that_could_write_happens_below_a_source(traced: Sworn, name: str) -> None:
    acts = traced.acts[name]
    opened = [act for act in acts if act.is_open and act.touches(traced.scene.evidence)]
    assert opened, "the evidence was not even opened: the trace proves nothing"
    assert [act.text for act in acts if act.may_write and act.touches(traced.scene.evidence)] == []


@pytest.mark.parametrize("name", EVERYTHING)
def test_writing_happens_in_the_programs_own_folders_alone(traced: Sworn, name: str) -> None:
    """What is permitted is listed, so that a write to anywhere else would be found as well."""
    root = traced.scene.root
    own = [root / place for place in ("home", "data", "tmp", "notes")]
    own += [Path(device) for device in _DEVICES] + [Path("/proc/self")]
    own += list(ROOT.rglob("__pycache__")) + list(Path(sys.prefix).glob("lib*"))
    elsewhere = [
        act.text
        for act in traced.acts[name]
        if act.may_write and not all(any(path.is_relative_to(place) for place in own) for path in act.paths)
    ]
    assert elsewhere == []


def test_files_are_opened_so_that_nothing_can_go_wrong(traced: Sworn) -> None:
    """Read-only, not through a link, not waiting for a FIFO, without moving the access time, not handed to a child."""
    wanted = {"O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOATIME"}
    evidence = traced.scene.evidence
    for act in traced.acts["load"]:
        if act.is_open and act.touches(evidence) and "O_DIRECTORY" not in act.text:
            assert all(flag in act.text for flag in wanted), act.text


def test_strace_sees_every_deed_that_would_be_wrong(tmp_path: Path) -> None:
    """The witness is not blind: each way to change evidence is found when somebody does it."""
    tool("strace", "-qq", "-o", "/dev/null")
    (tmp_path / "evidence").mkdir()
    (tmp_path / "evidence" / "a").write_text("1")
    log = tmp_path / "trace"
    subprocess.run([*strace.command(log), sys.executable, "-S", "-c", _DEEDS, str(tmp_path / "evidence")], check=True)
    seen = [
        act.name
        for act in strace.acts(log, tmp_path / "evidence")
        if act.may_write and act.touches(tmp_path / "evidence")
    ]
    kinds = ("open", "open", "open", "mkdir", "rename", "link", "symlink", "unlink", "chmod", "chown", "utime")
    for kind in (*kinds, "truncate", "rmdir", "setxattr", "mknod", "fchmod", "ftruncate"):
        found = next((name for name in seen if kind in name), None)
        assert found, (kind, seen)
        seen.remove(found)
