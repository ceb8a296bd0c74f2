"""A disk that runs full while a bundle is written leaves nothing of it, and one line says so."""

import subprocess
from pathlib import Path

from tests.proofs.scene import PROGRAM, Scene, apart

_SCRIPT = """
set -u
"$@" load "$LOGS" --case "$CASE" --quiet >/dev/null 2>&1
for dest in "$ROOM/bag" "$ROOM/bag.zip"; do
  for size in 16k 48k; do
    mount -t tmpfs -o size=$size none "$ROOM" || exit 98
    "$@" export "$LOGS" "$dest" --case "$CASE" --quiet --with-sources >/dev/null
    echo "$?:$(ls -A "$ROOM")"
    umount "$ROOM"
  done
done
"""


def test_a_full_disk_leaves_no_bundle(small: Scene, tmp_path: Path) -> None:
    unshare = apart("--mount")
    (tmp_path / "room").mkdir()
    places = {"LOGS": str(small.sources[0]), "CASE": str(tmp_path / "case"), "ROOM": str(tmp_path / "room")}
    done = subprocess.run(
        [*unshare, "sh", "-c", _SCRIPT, "sh", *PROGRAM],
        env=small.environment(**places),
        cwd=small.root,
        capture_output=True,
        timeout=120,
    )
    assert done.stdout.split() == [b"5:"] * 4, done
    assert done.stderr.count(b"\n") == done.stderr.count(b"No space left on device") == 4, done.stderr
