"""What a verifier needs later is saved as the AWS CLI prints it; what is refused is a line and no failure."""

import json
from base64 import b64decode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from history_server import HistoryServer, Refuse, public_key

from ctwork.sources.access import Access
from ctwork.sources.aws.door import Door
from ctwork.sources.aws.permit import reads
from ctwork.sources.aws.state import Saved, save_state
from ctwork.sources.base import IssueKind
from ctwork.sources.decode import decode

pytestmark = pytest.mark.usefixtures("hasty")
REGIONS = ("us-east-1", "eu-west-1")
SPAN = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 8, tzinfo=UTC))


def arn_of(cloud: HistoryServer) -> str:
    return f"arn:aws:cloudtrail:us-east-1:{cloud.account}:trail/main"


@pytest.fixture
def trail(cloud: HistoryServer) -> str:
    """A trail over all regions that writes to a bucket of its own; the bucket's name."""
    bucket = f"logs-of-{cloud.account}"
    s3 = boto3.client("s3", region_name="us-east-1", endpoint_url=cloud.url)
    api = boto3.client("cloudtrail", region_name="us-east-1", endpoint_url=cloud.url)
    s3.create_bucket(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
    api.create_trail(Name="main", S3BucketName=bucket, IsMultiRegionTrail=True)
    api.start_logging(Name="main")
    cloud.seen.clear()
    return bucket


def saved(access: Access, folder: Path, *buckets: str) -> tuple[Door, Saved]:
    door = Door(access)
    return door, save_state(door, folder, REGIONS, SPAN, buckets)


def answer(folder: Path, name: str) -> dict[str, Any]:
    data = (folder / f"{name}.json").read_bytes()
    assert decode(data, name).bystander is IssueKind.ACCOUNT_STATE
    found: dict[str, Any] = json.loads(data)
    assert not {"ResponseMetadata", "NextToken"} & set(found)
    return found


def test_trails_keys_and_the_bucket_are_saved(cloud: HistoryServer, access: Access, trail: str, tmp_path: Path) -> None:
    cloud.keys = [public_key(number) for number in range(3)]
    door, outcome = saved(access, tmp_path)
    assert answer(tmp_path, "get-caller-identity")["Account"] == cloud.account
    (found,) = answer(tmp_path, "describe-trails")["trailList"]
    assert (found["TrailARN"], found["S3BucketName"]) == (arn_of(cloud), trail)
    assert answer(tmp_path, "get-trail-status/us-east-1-main")["IsLogging"] is True
    assert answer(tmp_path, "get-event-selectors/us-east-1-main")["TrailARN"] == arn_of(cloud)
    assert answer(tmp_path, f"get-bucket-versioning/{trail}")["Status"] == "Enabled"
    answer(tmp_path, f"get-bucket-location/{trail}")
    for region in REGIONS:
        keys = answer(tmp_path, f"list-public-keys/{region}")["PublicKeyList"]
        assert [key["Fingerprint"] for key in keys] == [key["Fingerprint"] for key in cloud.keys]
        assert [b64decode(key["Value"]) for key in keys] == [b64decode(key["Value"]) for key in cloud.keys]
        assert keys[0]["ValidityStartTime"] == "2023-11-14T22:13:20+00:00"
    assert outcome.answers == len([path for path in tmp_path.rglob("*.json") if path.name != "state.jsonl"])
    assert set(door.gate.called) <= set(reads())
    assert {seen.region for seen in cloud.asked("ListPublicKeys")} == set(REGIONS)


def test_keys_are_asked_for_over_the_wanted_time(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    saved(access, tmp_path)
    spans = {(seen.body["StartTime"], seen.body["EndTime"]) for seen in cloud.asked("ListPublicKeys")}
    first, last = (moment.timestamp() for moment in SPAN)
    assert spans == {(first, last + 2 * 3_600)}


def test_a_bucket_without_a_trail_is_asked_for_its_rules(
    cloud: HistoryServer, access: Access, trail: str, tmp_path: Path
) -> None:
    saved(access, tmp_path, "no-such-bucket-here")
    lines = [json.loads(line) for line in (tmp_path / "state.jsonl").read_text().splitlines()]
    gone = [line for line in lines if line.get("Bucket") == "no-such-bucket-here"]
    assert {line["code"] for line in gone} == {"NoSuchBucket"}
    assert all("check the name" in line["hint"] for line in gone)
    assert (tmp_path / "get-bucket-versioning" / f"{trail}.json").is_file()


def test_refusals_are_lines_and_no_failure(cloud: HistoryServer, access: Access, trail: str, tmp_path: Path) -> None:
    cloud.refuse = lambda seen: Refuse("AccessDeniedException", status=400)
    _, outcome = saved(access, tmp_path / "state")
    assert outcome.answers == 0
    lines = [json.loads(line) for line in (tmp_path / "state" / "state.jsonl").read_text().splitlines()]
    operations = {line["operation"] for line in lines}
    assert {"cloudtrail:DescribeTrails", "cloudtrail:ListPublicKeys", "sts:GetCallerIdentity"} <= operations
    assert all(line["code"] and line["hint"] for line in lines)
    assert len(outcome.refusals) == len(lines)
    told = set(map(str, outcome.refusals))
    assert len(told) == len(operations)
    assert any("cloudtrail:ListPublicKeys was refused" in line for line in told)
    assert [path.name for path in (tmp_path / "state").iterdir()] == ["state.jsonl"]
    data = (tmp_path / "state" / "state.jsonl").read_bytes()
    assert decode(data, "state.jsonl").bystander is IssueKind.ACQUISITION_LOG


def test_another_answer_does_not_replace_the_one_before(
    cloud: HistoryServer, access: Access, trail: str, tmp_path: Path
) -> None:
    saved(access, tmp_path)
    # What moto says of the last delivery changes with every second.
    before = {path for path in tmp_path.rglob("*.json") if path.parent.name != "get-trail-status"}
    saved(access, tmp_path)
    assert {path for path in tmp_path.rglob("*.json") if path.parent.name != "get-trail-status"} == before
    api = boto3.client("cloudtrail", region_name="us-east-1", endpoint_url=cloud.url)
    api.stop_logging(Name="main")
    saved(access, tmp_path)
    found = [json.loads(path.read_bytes())["IsLogging"] for path in (tmp_path / "get-trail-status").glob("*.json")]
    assert sorted(found)[-1] is True and found.count(False) == 1
    assert answer(tmp_path, "get-trail-status/us-east-1-main")["IsLogging"] is False


def test_an_endless_list_is_told(cloud: HistoryServer, access: Access, tmp_path: Path, monkeypatch: Any) -> None:
    from ctwork.sources.aws import state

    monkeypatch.setattr(state, "_PAGES", 5)
    cloud.list_keys = lambda body: {"PublicKeyList": [], "NextToken": "x"}  # type: ignore[method-assign]
    _, outcome = saved(access, tmp_path)
    assert [refusal.code for refusal in outcome.refusals if refusal.operation.endswith("Keys")] == ["Repeats"] * 2


def test_names_from_the_api_lead_nowhere_else(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    from ctwork.sources.aws import state

    door = Door(access)
    asked = state._Asked(door, tmp_path / "state", lambda: False)
    hostile = {"Name": "../../../x", "TrailARN": arn_of(cloud), "HomeRegion": "us-east-1"}
    state._of_trail(asked, hostile, [hostile])
    state._of_bucket(asked, "../../y")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "state"]
    assert all(len(path.relative_to(tmp_path).parts) <= 3 for path in tmp_path.rglob("*"))


def test_nothing_is_asked_once_it_is_to_end(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    outcome = save_state(Door(access), tmp_path / "state", REGIONS, SPAN, stopped=lambda: True)
    assert outcome == Saved(0, ())
    assert cloud.headers == []
