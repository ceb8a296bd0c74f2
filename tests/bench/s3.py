"""A bucket of many small objects copied by `ctwork pull`, `aws s3 sync` and `s5cmd cp`, in turns, from one server.

python -m tests.bench.s3 [FOLDER] [--objects 10000] [--rounds 3] [--latency-ms 20] [--aws PROGRAM] [--s5cmd PROGRAM]

FOLDER is uploaded once; without it an organisation of so many objects is made up. The server runs on the same cores:
CPU per object is of the client alone, objects per second are of both. A side whose program is not found has no turn.
"""

import argparse
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.bench.latency import distant
from tests.bench.measure import PYTHON, ROOT, BenchError, Turn, agree, median, take_turn
from tests.proofs.organisation import organisation
from tests.proofs.pulling import kept_files
from tests.servers import Server, running

_BUCKET = "bench"
_LOADS = "load of the machine before and after: {:.2f}, {:.2f}"
Command = Callable[[str, Path], list[str]]
"""What a side runs, given the endpoint and a new folder."""


def main() -> int:
    """Fill the bucket, let all sides have their turns, print a line for each; 1 when one fails."""
    asked = _parser().parse_args()
    before = os.getloadavg()[0]
    scratch = tempfile.TemporaryDirectory(prefix="ctwork-bench-", dir=asked.work)
    with scratch as root, running("seaweed", Path(root)) as server:
        count, size_bytes = _fill(server, asked.folder, asked.objects)
        sys.stdout.write(f"{count:,} objects, {size_bytes:,} bytes; {asked.latency_ms:g} ms away\n")
        try:
            with distant(server.endpoint, asked.latency_ms) as endpoint:
                turns = _turns(_sides(asked), endpoint, server, Path(root), asked.rounds, count)
        except BenchError as problem:
            sys.stderr.write(f"bench: {problem}\n")
            return 1
    sys.stdout.write("".join(f"{line}\n" for line in _table(turns, count)))
    sys.stdout.write(_LOADS.format(before, os.getloadavg()[0]) + "\n")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", help="what to put into the bucket")
    parser.add_argument("--objects", type=int, default=10_000, help="how many are made up without a folder")
    parser.add_argument("--rounds", type=int, default=3, help="turns of each side (default 3)")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="how much later every answer comes")
    parser.add_argument("--workers", type=int, default=2, help="processes of ctwork")
    parser.add_argument("--in-flight", type=int, default=128, help="requests at one moment, of ctwork and s5cmd")
    parser.add_argument("--aws", default=shutil.which("aws"), help="the AWS CLI; else that on PATH")
    parser.add_argument("--s5cmd", default=shutil.which("s5cmd"), help="s5cmd; else that on PATH")
    parser.add_argument("--without", action="append", default=[], help="a side that has no turn")
    parser.add_argument("--work", type=Path, help="where server and copies lie")
    return parser


def _fill(server: Server, folder: Path | None, objects: int) -> tuple[int, int]:
    """Puts what there is into the bucket; how many objects, how many bytes."""
    if folder is None:
        content = dict(organisation(objects, seed=1))
    else:
        files = (path for path in sorted(folder.rglob("*")) if path.is_file())
        content = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    server.put_many(_BUCKET, content)
    return len(content), sum(map(len, content.values()))


def _sides(asked: argparse.Namespace) -> Mapping[str, Command]:
    url = f"s3://{_BUCKET}/"
    flow = [str(asked.in_flight)]

    def ctwork(endpoint: str, dest: Path) -> list[str]:
        words = [PYTHON, "-m", "ctwork", "pull", url, str(dest), "--endpoint-url", endpoint, "--quiet"]
        return [*words, "--workers", str(asked.workers), "--in-flight", *flow, "--output", f"{dest}.json"]

    def sync(endpoint: str, dest: Path) -> list[str]:
        return [asked.aws, "s3", "sync", url, str(dest), "--endpoint-url", endpoint, "--only-show-errors"]

    def cp(endpoint: str, dest: Path) -> list[str]:
        words = [asked.s5cmd, "--endpoint-url", endpoint, "--numworkers", *flow, "--log", "error"]
        return [*words, "cp", f"{url}*", f"{dest}/"]

    sides: dict[str, Command] = {"ctwork pull": ctwork}
    sides |= {"aws s3 sync": sync} if asked.aws else {}
    sides |= {"s5cmd cp": cp} if asked.s5cmd else {}
    return {name: command for name, command in sides.items() if name.split()[0] not in asked.without}


def _turns(
    sides: Mapping[str, Command], endpoint: str, server: Server, scratch: Path, rounds: int, count: int
) -> Mapping[str, list[Turn]]:
    turns: dict[str, list[Turn]] = {name: [] for name in sides}
    environ = server.environment(PYTHONPATH=str(ROOT))
    for number in range(rounds):
        for name in [*sides][number % len(sides) :] + [*sides][: number % len(sides)]:
            dest = scratch / f"copy-{number}-{name.split()[0]}"
            turns[name].append(take_turn(sides[name](endpoint, dest), environ=environ))
            agree("the number of files", {"the bucket": count, name: sum(1 for _ in kept_files(dest))})
            shutil.rmtree(dest)
    return turns


def _table(turns: Mapping[str, list[Turn]], count: int) -> list[str]:
    """A line per side: medians over its turns, and how they stand to those of ctwork."""
    lines = [f"{'':14}{'objects/s':>11}{'CPU ms/object':>15}{'speed':>9}{'CPU':>9}   of ctwork is 1.00"]
    rates = {name: median([count / turn.wall_s for turn in each]) for name, each in turns.items()}
    costs = {name: median([turn.cpu_s / count * 1_000 for turn in each]) for name, each in turns.items()}
    first = next(iter(turns))
    for name in turns:
        ratios = f"{rates[name] / rates[first]:9.2f}{costs[name] / costs[first]:9.2f}"
        lines.append(f"{name:14}{rates[name]:11,.0f}{costs[name]:15.2f}{ratios}")
    return lines


if __name__ == "__main__":
    sys.exit(main())
