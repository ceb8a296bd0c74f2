"""What an acquisition leaves in the logs is stated so that it can be left out of them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from history_server import HistoryServer, Seen, event

from ctwork.model.lens import Lens
from ctwork.sources import Opening, open_source
from ctwork.sources.access import Access
from ctwork.sources.aws.door import Door
from ctwork.sources.aws.footprint import Footprint
from ctwork.sources.aws.lookup import LookupSource
from ctwork.sources.aws.permit import Gate, NotPermitted, reads

pytestmark = pytest.mark.usefixtures("hasty")


class Logged:
    """An event that has a user agent."""

    def __init__(self, agent: str) -> None:
        self._agent = agent

    def values(self, column: str) -> tuple[str, ...]:
        return (self._agent,) if column == "userAgent" else ()


def walked(cloud: HistoryServer, access: Access, keep: Path) -> LookupSource:
    cloud.events["us-east-1", "management"] = [event(n, 1_790_000_000 + n) for n in range(3)]
    opened = open_source(["lookup:///us-east-1"], Opening(keep=str(keep), access=access))
    assert isinstance(opened, LookupSource)
    list(opened.walk())
    return opened


def test_the_footprint_of_a_walk_is_what_was_asked(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    (footprint,) = walked(cloud, access, tmp_path).footprints
    assert footprint.caller.startswith(f"arn:aws:sts::{cloud.account}:")
    assert footprint.first is not None and footprint.last is not None
    assert began <= footprint.first <= footprint.last <= datetime.now(UTC)
    calls = dict(footprint.calls)
    assert sum(calls.values()) == len(cloud.headers)
    assert calls["cloudtrail:LookupEvents"] == len(cloud.asked("LookupEvents"))
    assert set(calls) <= {f"{service}:{operation}" for service, operation in reads()}
    (line,) = (tmp_path / "lookup" / "requests.jsonl").read_text().splitlines()
    assert json.loads(line)["calls"] == calls
    assert json.loads(line)["lens"] == footprint.lens


def test_its_lens_leaves_out_every_request_and_nothing_else(
    cloud: HistoryServer, access: Access, tmp_path: Path
) -> None:
    (footprint,) = walked(cloud, access, tmp_path).footprints
    lens = Lens.parse(footprint.lens)
    agents = {headers["User-Agent"] for headers in cloud.headers}
    assert agents
    for agent in (*agents, footprint.agent):
        assert not lens.matches(Logged(agent))
        assert not lens.matches(Logged(f"[{agent}]"))
    assert lens.matches(Logged("aws-cli/2.15.0"))
    assert lens.matches(Logged(Door(access).agent))


def test_it_is_told_in_plain_lines() -> None:
    gate = Gate()
    assert Footprint.of("", "ctwork/0 acquisition/1", gate).lines == ()
    for _ in range(1_200):
        gate.permit("cloudtrail", "LookupEvents")
    gate.note("s3", "GetObject", 7)
    lines = Footprint.of("arn:aws:iam::1:user/a", "ctwork/0 acquisition/1", gate).lines
    assert len(lines) == 3
    assert lines[0].startswith("Asked as arn:aws:iam::1:user/a, 20")
    assert lines[0].endswith("cloudtrail:LookupEvents 1,200, s3:GetObject 7.")
    assert lines[2].endswith("NOT agent:*acquisition/1*")


def test_every_request_of_a_call_is_counted(cloud: HistoryServer, access: Access) -> None:
    """Also those that the library repeats."""
    from ctwork.sources.aws import door as doors

    doors.ATTEMPTS = 3  # put back by the fixture `hasty`
    left = [1, 1]

    def refuse(seen: Seen) -> object:
        from history_server import Refuse

        return Refuse("InternalFailure", status=500) if left and left.pop() else None

    cloud.refuse = refuse  # type: ignore[assignment]
    door = Door(access)
    door.client("cloudtrail", "us-east-1").lookup_events()
    assert door.gate.called == {("cloudtrail", "LookupEvents"): 3}
    assert len(cloud.headers) == 3


@pytest.mark.parametrize(
    ("service", "call", "wanted"),
    [
        ("cloudtrail", "stop_logging", {"Name": "main"}),
        ("cloudtrail", "start_query", {"QueryStatement": "SELECT 1"}),
        ("s3", "put_object", {"Bucket": "b", "Key": "k", "Body": b""}),
        ("s3", "restore_object", {"Bucket": "b", "Key": "k"}),
        ("s3", "delete_object", {"Bucket": "b", "Key": "k"}),
        ("s3", "list_buckets", {}),
        ("sts", "get_session_token", {}),
        ("iam", "list_users", {}),
        ("kms", "decrypt", {"CiphertextBlob": b"x"}),
    ],
)
def test_an_operation_outside_the_list_is_not_even_sent(
    cloud: HistoryServer, access: Access, service: str, call: str, wanted: dict[str, object]
) -> None:
    client = Door(access).client(service, "us-east-1")
    with pytest.raises(NotPermitted):
        getattr(client, call)(**wanted)
    assert cloud.headers == []
