"""The benchmark's door.

    python -m tests.bench load CORPUS      loading: time, memory, disk, first rows, opening again
    python -m tests.bench query CORPUS     questions: latency and resident memory
    python -m tests.bench screen           first paint, and tables of many rows
    python -m tests.bench all CORPUS       everything

Sides run in turn and in fresh processes. Needs duckdb 1.5.6 (the `dev` extra) beside what ctwork needs.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import load, query, screen
from tests.bench.measure import BenchError, Plan
from tests.bench.report import Report


def main() -> int:
    """Run the asked parts; 1 when sides disagree or one fails."""
    options = _parser().parse_args()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="ctwork-bench-", dir=options.work) as scratch:
        plan = Plan(
            corpus=getattr(options, "corpus", Path()).resolve(),
            scratch=Path(scratch),
            rounds=options.rounds,
            workers=options.workers,
            table_rows=options.table_rows,
        )
        try:
            for part in {"load": [load], "query": [query], "screen": [screen]}.get(options.part, [load, query, screen]):
                part.run(plan, report)
        except BenchError as problem:
            sys.stderr.write(f"bench: {problem}\n")
            return 1
        finally:
            sys.stdout.write(report.text())
            if options.json is not None:
                options.json.write_bytes(report.document())
    return 0


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--rounds", type=int, default=3, help="how often each side has its turn (default 3)")
    shared.add_argument("--workers", type=int, default=2, help="processes or threads of every side (default 2)")
    shared.add_argument("--work", type=Path, help="where scratch files go; needs about the size of the corpus")
    shared.add_argument("--json", type=Path, metavar="FILE", help="write every measured figure there")
    shared.add_argument("--table-rows", type=int, default=10_000, help="rows of the largest DataTable (default 10,000)")
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="ctwork beside its peers, in ratios.")
    parts = parser.add_subparsers(dest="part", required=True)
    for name in ("load", "query", "all"):
        part = parts.add_parser(name, parents=[shared])
        part.add_argument("corpus", type=Path, help="a folder of .json.gz trail files")
    parts.add_parser("screen", parents=[shared])
    return parser


if __name__ == "__main__":
    sys.exit(main())
