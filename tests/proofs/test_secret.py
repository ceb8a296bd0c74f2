"""Credentials in the environment and the profile are found in nothing that is written or shown, crash or no crash."""

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard

from tests.proofs.scene import Said, Scene
from tests.proofs.witness import IN_PROFILE, SECRETS, Sworn
from tests.proofs.workbench import visit

_ALL = [secret.encode() for secret in (*SECRETS.values(), IN_PROFILE)]
_FRAME = b"\x28\xb5\x2f\xfd"
_FAULT = """
import os, sys
def fault(*arguments, **options):
    held = dict(os.environ)
    return held["no such thing"]
{patch}
from ctwork.__main__ import main
main()
"""
_HEADLESS = _FAULT.format(patch="import ctwork.store.store as store; store.Store.summary = fault")
_LOADING = _FAULT.format(patch="import ctwork.store.renew as renew; renew.renew = fault")
_SCREEN = _FAULT.format(
    patch="import ctwork.store.renew as renew; renew.renew = fault\n"
    "from ctwork.tui.app import Workbench; Workbench.action_explain = fault"
)


def test_no_file_that_is_written_holds_a_secret(sworn: Sworn) -> None:
    assert _leaks(sworn.scene) == []


def test_nothing_that_is_shown_holds_a_secret(sworn: Sworn) -> None:
    assert [
        (name, secret) for name, said in sworn.said.items() for secret in _ALL if secret in said.out + said.err
    ] == []


def test_the_searcher_finds_what_is_hidden(tmp_path: Path) -> None:
    """The witness is not blind: plain, packed, or packed in the middle of a file."""
    scene = Scene(tmp_path)
    text = b"".join(b"line %d of some text\n" % number for number in range(500))
    packed = zstandard.compress(text + _ALL[0] + text)
    assert _ALL[0] not in packed
    for number, data in enumerate((_ALL[0], packed, b"x" * 99 + packed + b"y")):
        (tmp_path / str(number)).write_bytes(data)
    assert [Path(path).name for path, _ in _leaks(scene)] == ["0", "1", "2"]


@pytest.mark.parametrize(("code", "traceback"), [(_HEADLESS, ""), (_LOADING, "1")], ids=["one line", "traceback"])
def test_a_crash_tells_no_secret(small: Scene, code: str, traceback: str) -> None:
    environ = {**SECRETS, **({"CTWORK_TRACEBACK": traceback} if traceback else {})}
    said = small.call("status", *small.sources, program=(sys.executable, "-c", code), **environ)
    assert said.code == (1 if traceback else 5)
    assert (b"Traceback" in said.err) == bool(traceback)
    assert b"no such thing" in said.err
    _nothing_leaks(small, said)


def test_a_crash_of_the_workbench_and_of_its_loader_tells_no_secret(small: Scene) -> None:
    words = [sys.executable, "-c", _SCREEN, *map(str, small.sources)]
    code, stream = visit(words, small.environment(**SECRETS), str(small.root), needle=b"ended before", keys=(b"?",))
    assert code == 5
    assert b"ctwork stopped on a fault of its own" in stream
    assert any(b"no such thing" in log.read_bytes() for log in (small.root / "data").rglob("load.log"))
    _nothing_leaks(small, Said(code, stream, b""))


def _nothing_leaks(scene: Scene, said: Said) -> None:
    assert [secret for secret in _ALL if secret in said.out + said.err] == []
    assert _leaks(scene) == []


def _leaks(scene: Scene) -> list[tuple[str, bytes]]:
    """Every written file and secret that is in it, packed or not."""
    return [
        (str(path), secret)
        for path in scene.written
        if path.name != "credentials"
        for data in _contents(path)
        for secret in _ALL
        if secret in data
    ]


def _contents(path: Path) -> Iterator[bytes]:
    """The bytes of a file, and those of every compressed frame in it."""
    data = path.read_bytes()
    yield data
    at = data.find(_FRAME)
    while at >= 0:
        with suppress(zstandard.ZstdError):
            yield zstandard.ZstdDecompressor().decompressobj().decompress(data[at:])
        at = data.find(_FRAME, at + 1)
