"""The whole corpus in one folder, loaded by the real command line: counts, exit code, memory, balance."""

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from ctwork.sources.base import DEFAULT_BOUNDS
from hostile.case import Case
from hostile.corpus import CASES

ROOT = Path(__file__).resolve().parents[2]
LARGEST_RSS = 1 << 30
PLAIN_NAMES = ("F-name-not-utf-8",)
"""Left out of the comparison by name: their folder is told with another spelling."""


def loadable(case: Case) -> bool:
    """Whether a load by command meets the case as it was made: nothing happens on the way, no bound is another one."""
    return not case.waits_for and case.meanwhile is None and case.bounds is DEFAULT_BOUNDS


def ctwork(folder: Path, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "ctwork", *map(str, arguments)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "CTWORK_DATA": str(folder), "LC_ALL": "C.UTF-8"}
    return subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, timeout=240, check=False)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, int]:
    """Where the corpus lies, its case, and the exit code of the load."""
    base = tmp_path_factory.mktemp("corpus")
    for case in filter(loadable, CASES):
        (base / "source" / case.name).mkdir(parents=True)
        case.plant(base / "source" / case.name)
    done = ctwork(base, "load", base / "source", "--case", base / "case", "--quiet", "--examine")
    assert b"Traceback" not in done.stderr
    return base, base / "case", done.returncode


def test_every_record_is_there_once_for_each_time_it_lies_there(loaded: tuple[Path, Path, int]) -> None:
    base, case, code = loaded
    assert code == 3, "something could not be read, and the exit code says so"
    status = json.loads(ctwork(base, "status", case, "--format", "json").stdout)
    expected = sum(sum(one.holds.values()) for one in CASES if loadable(one))
    assert status["records"]["read"] == expected
    files = status["files"]
    assert files["seen"] == files["read"] + files["with_issues"] + files["failed"] + files["skipped"]


def test_every_damage_is_told(loaded: tuple[Path, Path, int]) -> None:
    base, case, _ = loaded
    rows = [json.loads(line) for line in ctwork(base, "issues", case, "--format", "jsonl").stdout.splitlines()]
    told: dict[str, set[str]] = {}
    for row in rows:
        told.setdefault(row["source"].split("/")[0].split("!")[0], set()).add(row["kind"])
    for one in filter(loadable, CASES):
        if one.told:
            assert one.told & told.get(one.name, set()), one.name


def test_no_process_grew_past_the_limit(loaded: tuple[Path, Path, int]) -> None:
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss << 10
    assert peak < LARGEST_RSS
