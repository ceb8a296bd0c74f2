"""Where the tests find real records, and how they say so when those are absent."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import Server, running

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


@pytest.fixture(scope="session")
def common(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes of this run share."""
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@pytest.fixture(scope="session")
def seaweed(common: Path) -> Iterator[Server]:
    """A real S3 server, which verifies signatures. One for all: every test takes a bucket of its own."""
    with running("seaweed", common) as server:
        yield server


@pytest.fixture(scope="session")
def moto(common: Path) -> Iterator[Server]:
    """A server that plays S3, CloudTrail and STS. One for all: every test takes a bucket of its own."""
    with running("moto", common) as server:
        yield server
