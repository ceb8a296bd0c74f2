"""Every check in one command: set up an environment when there is none, then format, lint, types, contracts, tests.

    python3 tests/check.py            everything CI runs
    python3 tests/check.py --setup    only the environment in .venv

Needs nothing but Python 3.11 or newer with venv.
"""

import hashlib
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".venv"
LOCK = ROOT / "requirements.lock"
STAMP = HOME / "lock.sha256"

STEPS = (
    ("format", ("ruff", "format", "--check", ".")),
    ("lint", ("ruff", "check", ".")),
    ("types", ("mypy",)),
    ("contracts", ("lint-imports",)),
    ("tests", ("pytest", "-n", "auto", "--dist", "loadfile")),
)


def main(arguments: list[str]) -> int:
    """Run the steps in order; stops at none, fails if any failed."""
    set_up()
    if arguments == ["--setup"]:
        return 0
    failed = [name for name, command in STEPS if not passes(name, command)]
    print("failed: " + ", ".join(failed) if failed else "all checks passed")
    return 1 if failed else 0


def set_up() -> None:
    """A virtual environment with exactly what the lock file names, checked by hash."""
    wanted = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return
    if not (HOME / "bin" / "python").exists():
        venv.create(HOME, with_pip=True)
    pip = [str(HOME / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--require-hashes", "-r", str(LOCK)], check=True)
    subprocess.run([*pip, "--no-deps", "--no-build-isolation", "-e", str(ROOT)], check=True)
    STAMP.write_text(wanted)


def passes(name: str, command: tuple[str, ...]) -> bool:
    """Run one step with the environment's own tools."""
    began = time.monotonic()
    print(f"── {name}", flush=True)
    path = f"{HOME / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    done = subprocess.run([str(HOME / "bin" / command[0]), *command[1:]], cwd=ROOT, env={**os.environ, "PATH": path})
    print(f"── {name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - began:.0f} s", flush=True)
    return done.returncode == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
