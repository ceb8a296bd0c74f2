"""Where the tests find real records, and how they say so when those are absent."""

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real CloudTrail records kept beside the repository, never inside it."""
    folder = ROOT.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip(f"real records are not at {folder}; their ground truth cannot be checked here")
    return folder


@pytest.fixture(scope="session")
def sample_logs() -> Path:
    """The shipped sample archive."""
    return ROOT / "sample_logs"
