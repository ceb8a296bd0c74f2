"""A disk that runs full is told in one line; the old store still opens, and with room the load goes on."""

import os
import subprocess

import pytest

from tests.proofs.scene import PROGRAM, Scene, apart

_SCRIPT = """
set -u
mount -t tmpfs -o size=2m none "$CASE" || exit 98
load() { "$@" load "$LOGS" --case "$CASE/c" >/dev/null; echo $?; }
load "$@"
cp "$PLAIN" "$LOGS/more.json"
head -c 4m /dev/zero > "$CASE/filler" 2>/dev/null
load "$@"
mv "$LOGS" "$LOGS-away"
"$@" count "$CASE/c" --by outcome --quiet | wc -l; echo 3
mv "$LOGS-away" "$LOGS"
rm "$CASE/filler"
load "$@"
"""


def test_a_full_disk_is_one_line_and_the_old_store_opens(small: Scene) -> None:
    unshare = apart("--mount")
    (small.root / "case").mkdir()
    places = {"CASE": "case", "LOGS": "evidence/logs", "PLAIN": "evidence/plain.json"}
    environ = small.environment(**{name: str(small.root / place) for name, place in places.items()})
    done = subprocess.run(
        [*unshare, "sh", "-c", _SCRIPT, "sh", *PROGRAM], env=environ, cwd=small.root, capture_output=True, timeout=60
    )
    first, full, outcomes, _, after = done.stdout.split()
    assert (first, full, after) == (b"3", b"5", b"3"), done
    assert int(outcomes) > 1, "the old store does not open"
    assert done.stderr.startswith(b"ctwork: "), done.stderr
    assert done.stderr.count(b"\n") == 1, done.stderr
    assert b"No space left on device" in done.stderr


def test_an_archive_that_cannot_be_unpacked_is_no_success(small: Scene) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("there is no /dev/full here")
    store = small.root / "case" / "store"
    store.mkdir(parents=True)
    (store / "pack").symlink_to("/dev/full")
    said = small.call("load", *small.sources, "--case", small.root / "case")
    assert said.code == 5
    assert said.err.count(b"\n") == 1
