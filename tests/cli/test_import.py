"""What a fresh interpreter loads: help is quick, headless rooms know no terminal library and no cloud."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli.door import ROOT, ask, call, environment

_ROOMS = ("model", "sources", "store", "analysis", "case", "cli")
_COMMANDS = (
    "open",
    "load",
    "status",
    "issues",
    "events",
    "show",
    "diff",
    "around",
    "related",
    "count",
    "timeline",
    "export",
)


def _modules() -> list[str]:
    files = [path for room in _ROOMS for path in sorted((ROOT / "ctwork" / room).glob("*.py"))]
    names = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in files]
    return [name.removesuffix(".__init__") for name in names]


def _python(code: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment(),
        check=True,
    )
    return done.stdout


@pytest.fixture(scope="module")
def loaded() -> dict[str, list[str]]:
    """Per headless module: the unwanted libraries that importing it alone has loaded. One forked child for each.

    Libraries that the rooms may use take long to load; modules are imported with those in place, and with the rooms
    below: of each module there it is known by then that it loads alone, and what it loads.
    """
    code = """
import importlib, json, os, sys
found, room = {}, ""
below, names = json.loads(sys.argv[1]), json.loads(sys.argv[2])
import lark, msgspec.json, orjson, typer, zstandard
if names[0].startswith("ctwork.store"):
    import polars, numpy
assert not {"textual", "boto3"} & sys.modules.keys()
for name in names:
    if name.split(".")[1] != room:
        room = name.split(".")[1]
        for each in below:
            importlib.import_module(each)
    below.append(name)
    there, here = os.pipe()
    if not os.fork():
        importlib.import_module(name)
        unwanted = {"textual", "rich", "boto3", "botocore", "polars", "numpy", "duckdb"} & sys.modules.keys()
        os.write(here, json.dumps(sorted(unwanted)).encode())
        os._exit(0)
    os.close(here)
    with os.fdopen(there) as pipe:
        found[name] = json.loads(pipe.read() or '["failed"]')
    os.wait()
print(json.dumps(found))
"""
    names = _modules()
    stored = [name for name in names if name.startswith("ctwork.store")]
    light = [name for name in names if name not in stored]
    below = [name for name in light if name.split(".")[1] in ("model", "sources")]

    def told(below: list[str], names: list[str]) -> dict[str, list[str]]:
        found: dict[str, list[str]] = json.loads(_python(code, json.dumps(below), json.dumps(names)))
        return found

    return {**told(below, stored), **told([], light)}


@pytest.mark.parametrize("module", _modules())
def test_a_headless_module_loads_no_terminal_and_no_cloud(loaded: dict[str, list[str]], module: str) -> None:
    room = module.split(".")[1]
    unwanted = {"failed", "textual", "boto3", "botocore"} | (set() if room == "store" else {"polars", "duckdb"})
    unwanted |= {"numpy"} if room == "model" else set()
    assert not unwanted & set(loaded[module])


def test_help_loads_nothing_heavy() -> None:
    code = """
import json, sys
from contextlib import suppress
sys.argv = ["ctwork", "--help"]
sys.stdout, kept = open("/dev/null", "w"), sys.stdout
from ctwork.__main__ import main
with suppress(SystemExit):
    main()
kept.write(json.dumps(sorted({"polars", "numpy", "textual", "rich", "boto3", "duckdb"} & sys.modules.keys())))
"""
    assert json.loads(_python(code)) == []


def test_help_names_every_command() -> None:
    said = call("--help")
    assert (said.code, said.err) == (0, "")
    for name in _COMMANDS:
        assert f"\n  {name} " in said.out.decode()


@pytest.mark.parametrize("name", _COMMANDS)
def test_every_command_has_help(name: str) -> None:
    said = ask(name, "--help")
    assert (said.code, said.err) == (0, "")
    assert "Usage: ctwork" in said.out.decode()


def test_the_version_is_told() -> None:
    from ctwork import __version__

    assert call("--version").out.decode() == f"ctwork {__version__}\n"


def test_a_headless_answer_loads_no_terminal_library(sample_logs: Path, tmp_path: Path) -> None:
    code = """
import sys
from ctwork.cli.main import run
code = run(["status", sys.argv[1], "--case", sys.argv[2], "--output", sys.argv[3]], lambda *_, **__: 0)
print(code, sorted({"textual", "rich", "boto3", "botocore"} & sys.modules.keys()))
"""
    source = sample_logs / "AWSLogs" / "444455556666"
    assert _python(code, str(source), str(tmp_path / "case"), str(tmp_path / "out.json")) == "0 []\n"
