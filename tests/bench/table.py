"""A large Parquet table: what loading it and showing one of its records cost, in time and in memory. Run it by itself.

    python -m tests.bench.table [--megabytes 100] [--work FOLDER]

The table is made up of rows that do not repeat, in row groups of 100,000 rows, so that its size is that of its records.
"""

import argparse
import base64
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from tests.bench.measure import PYTHON, take_turn
from tests.bench.report import megabytes

_GROUP_ROWS = 100_000
_PAD_BYTES = 660
_ROW_BYTES = 880


def main() -> int:
    """Make the table, load it, read records again; print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100, help="size of the table (default 100)")
    parser.add_argument("--work", type=Path, help="where scratch files go")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ctwork-bench-", dir=options.work) as scratch:
        table, case = Path(scratch) / "table.parquet", Path(scratch) / "case"
        # In a process of its own: what polars keeps is not to count.
        take_turn([PYTHON, "-m", "tests.bench.table", "--make", str(table), str(options.megabytes)])
        sys.stdout.write(f"table {megabytes(table.stat().st_size)}\n")
        command = [PYTHON, "-m", "ctwork", "load", str(table), "--fresh", "--case", str(case), "--workers", "1"]
        turn = take_turn([*command, "--quiet", "--format", "json"], memory=True)
        assert turn.peak is not None
        sys.stdout.write(
            f"load {turn.wall_s:.1f} s, {turn.cpu_s:.1f} s of CPU, all processes {megabytes(turn.peak.together)}\n"
        )
        shutil.rmtree(case)
        _read_again(table)
    return 0


def _read_again(table: Path) -> None:
    from ctwork.sources.parquet import parquet_record

    fd = os.open(table, os.O_RDONLY)
    rows = table.stat().st_size // _ROW_BYTES
    for number in (0, 0, rows // 2, rows - rows // 10):
        began = time.monotonic()
        parquet_record(fd, "table", number)
        sys.stdout.write(f"record {number:,}: {(time.monotonic() - began) * 1e3:.0f} ms\n")
    os.close(fd)


def make(path: Path, size_bytes: int) -> None:
    """Writes about so many bytes of rows."""
    import polars

    rows, frames = size_bytes // _ROW_BYTES, []
    for at in range(0, rows, _GROUP_ROWS):
        numbers = range(at, min(at + _GROUP_ROWS, rows))
        pads = [base64.b64encode(os.urandom(_PAD_BYTES)).decode() for _ in numbers]
        frames.append(
            polars.DataFrame(
                {
                    "eventid": [
                        f"{n:08x}-0000-4000-8000-{hash(pad) & 0xFFFFFFFFFFFF:012x}"
                        for n, pad in zip(numbers, pads, strict=True)
                    ],
                    "eventname": ["GetObject" for _ in numbers],
                    "eventsource": ["s3.amazonaws.com" for _ in numbers],
                    "eventtime": [f"2024-05-01T{n // 3600 % 24:02d}:{n // 60 % 60:02d}:{n % 60:02d}Z" for n in numbers],
                    "requestparameters": [f'{{"bucketName":"b","key":"{pad}"}}' for pad in pads],
                }
            )
        )
    polars.concat(frames).write_parquet(path, row_group_size=_GROUP_ROWS, compression="uncompressed")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        make(Path(sys.argv[2]), int(sys.argv[3]) * 1_000_000)
        sys.exit(0)
    sys.exit(main())
