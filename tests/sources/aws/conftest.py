"""Servers on loopback that speak AWS's APIs, and credentials that are none."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest
from history_server import HistoryServer, serving

from ctwork.sources.access import Access
from ctwork.sources.aws import door, history, pace
from tests.servers import Server


@pytest.fixture
def cloud(moto: Server, own_home: Path) -> Iterator[HistoryServer]:
    """An account of the test's own whose event history is empty."""
    with serving(HistoryServer(moto.endpoint, f"{secrets.randbelow(10**12):012}")) as server:
        yield server


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without any AWS settings, and credentials in the environment."""
    home = tmp_path / "home"
    home.mkdir()
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_CONFIG_FILE", str(home / ".aws" / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(home / ".aws" / "credentials"))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    return home


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between requests, and few tries."""
    monkeypatch.setattr(pace, "INTERVAL_S", 0.001)
    monkeypatch.setattr(pace, "SLOWEST_S", 0.01)
    monkeypatch.setattr(history, "PATIENCE", 1)
    monkeypatch.setattr(door, "ATTEMPTS", 1)


@pytest.fixture
def access(cloud: HistoryServer) -> Access:
    return Access(endpoint=cloud.url)
