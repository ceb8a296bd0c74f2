"""One case and its bundles, made once."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from case.bundle.parcel import export, make_case, make_evidence


@dataclass(frozen=True)
class Made:
    """Where everything lies."""

    root: Path
    logs: Path
    case: Path
    folder: Path
    packed: Path
    """The same as a zip."""


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A bundle with its sources, as a folder and as a zip."""
    root = tmp_path_factory.mktemp("bundle")
    logs = make_evidence(root)
    case = make_case(root, logs)
    folder, packed = root / "bag", root / "bag.zip"
    assert export(logs, case, folder, "--with-sources") == export(logs, case, packed, "--with-sources")
    return Made(root, logs, case, folder, packed)
