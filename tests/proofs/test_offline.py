"""The whole program works with no network at all, gives the same answers, and asks for no socket but a local one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.proofs import strace
from tests.proofs.scene import Answers, told, tool
from tests.proofs.witness import COMMANDS, Sworn

_NETWORK = {"boto3", "botocore", "urllib.request", "http.client", "ssl", "ftplib", "smtplib", "urllib3", "requests"}
_SCREEN = {"textual", "rich"}


def test_the_answers_are_the_same_with_no_network(sworn: Sworn, truth: Answers) -> None:
    if not sworn.alone:
        pytest.skip("this machine lets nobody make a network name space of their own (unshare --net)")
    assert told(sworn.said["load"].out) == told(sworn.said["status"].out) == truth.report
    assert sworn.said["issues"].out == truth.issues
    assert sworn.said["events"].out == truth.raw


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_answers_with_no_network(sworn: Sworn, name: str) -> None:
    said = sworn.said[name]
    assert (said.code, said.err) == (3, b"")
    assert said.out


def test_the_workbench_opens_with_no_network(sworn: Sworn) -> None:
    said = sworn.said["open"]
    assert said.code == 0
    assert b"sha256" in said.out, "the detail of an event was not shown"


@pytest.mark.parametrize("name", (*COMMANDS, "open"))
def test_no_socket_leads_anywhere(sworn: Sworn, name: str) -> None:
    tool("strace", "-qq", "-o", "/dev/null")
    acts = sworn.acts[name]
    assert acts
    assert [act.text for act in acts if act.is_socket] == []


def test_strace_sees_a_socket(tmp_path: Path) -> None:
    """The witness is not blind."""
    tool("strace", "-qq", "-o", "/dev/null")
    code = "import socket; socket.socketpair(); socket.socket(); socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)"
    subprocess.run([*strace.command(tmp_path / "trace"), sys.executable, "-S", "-c", code], check=True)
    made = [act for act in strace.acts(tmp_path / "trace", tmp_path) if act.is_socket]
    assert ["AF_INET6" in act.text for act in made] == [False, True]


@pytest.mark.parametrize("name", COMMANDS)
def test_no_command_imports_anything_of_the_network(sworn: Sworn, name: str) -> None:
    assert "ctwork.cli.main" in sworn.modules[name]
    assert (_NETWORK | _SCREEN) & sworn.modules[name] == set()


def test_the_workbench_imports_no_cloud_library(sworn: Sworn) -> None:
    """The event loop of the standard library brings `ssl` along; nothing else may."""
    assert _NETWORK & sworn.modules["open"] <= {"ssl"}
