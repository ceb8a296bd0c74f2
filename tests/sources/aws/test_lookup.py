"""``lookup://`` against an event history on loopback: every event, none asked for twice, at the API's pace."""

import json
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from history_server import HistoryServer, Refuse, Seen, category_of, event

from ctwork.errors import EnvironmentFailure, SourceError
from ctwork.sources import Opening, open_source
from ctwork.sources.access import Access
from ctwork.sources.aws import history, pace
from ctwork.sources.aws.lookup import LookupSource, Place
from ctwork.sources.base import Blob, Issue, IssueKind
from ctwork.sources.carrier import read_carrier
from ctwork.sources.decode import decode
from ctwork.sources.layout import PathFilter

pytestmark = pytest.mark.usefixtures("hasty")
HOUR_S = 3_600
NOW_S = int(time.time())


def fill(cloud: HistoryServer, region: str, count: int, category: str = "management", every_s: int = 7_000) -> None:
    """Events of the past, the newest two hours old."""
    items = [event(n, NOW_S - 2 * HOUR_S - n * every_s, region, marker=category) for n in range(count)]
    cloud.events[region, category] = items


def source(keep: Path, access: Access | None, *locations: str, admits: PathFilter | None = None) -> LookupSource:
    opening = Opening(admits or PathFilter(), keep=str(keep), access=access)
    opened = open_source(locations or ("lookup:///us-east-1",), opening)
    assert isinstance(opened, LookupSource)
    return opened


def blobs(opened: LookupSource) -> list[Blob]:
    items = list(opened.walk())
    assert [item for item in items if isinstance(item, Issue)] == []
    return [item for item in items if isinstance(item, Blob)]


def records(found: list[Blob], empty: int = 0) -> Counter[str]:
    """Event ids that the store would read, and how often; `empty` pages have none."""
    ids: Counter[str] = Counter()
    for blob in found:
        decoded = decode(read_carrier(blob), blob.name)
        assert decoded.container == "lookup-events"
        empty -= not decoded.records
        assert not decoded.records or not decoded.issues
        ids.update(json.loads(record)["eventID"] for record in decoded.records)
    assert empty == 0
    return ids


def all_ids(cloud: HistoryServer, *regions: str) -> set[str]:
    return {item["EventId"] for (region, _), items in cloud.events.items() if region in regions for item in items}


def test_every_event_of_both_categories_is_read(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 173)
    fill(cloud, "us-east-1", 3, "insight")
    found = blobs(source(tmp_path, access))
    assert set(records(found)) == all_ids(cloud, "us-east-1")
    assert cloud.questions() == {("us-east-1", "management"): 4, ("us-east-1", "insight"): 1}
    first = f"lookup://{cloud.account}/us-east-1/insight/"
    assert found[0].name.startswith(first) and found[0].name.endswith("/000001")
    assert all(blob.path.startswith(f"{tmp_path}/lookup/{cloud.account}/us-east-1/") for blob in found)


def test_a_page_is_kept_as_the_command_prints_it(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    odd = event(1, NOW_S - 9_000, userAgent='é \u2028 "\\" \x7f 🎈', requestParameters={"a": "</script>\t"})
    cloud.events["us-east-1", "management"] = [odd]
    (blob,) = blobs(source(tmp_path, access))
    page = json.loads(Path(blob.path).read_bytes())
    assert list(page) == ["Events"]
    assert page["Events"][0] == {**odd, "EventTime": page["Events"][0]["EventTime"]}
    assert page["Events"][0]["EventTime"] == time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime(NOW_S - 9_000))
    (record,) = decode(read_carrier(blob), blob.name).records
    assert record == odd["CloudTrailEvent"].encode()


def test_a_lone_surrogate_is_kept(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    item = event(1, NOW_S - 9_000)
    item["Username"] = "\ud83d"
    cloud.events["us-east-1", "management"] = [item]
    (blob,) = blobs(source(tmp_path, access))
    assert json.loads(Path(blob.path).read_bytes())["Events"][0]["Username"] == "\ud83d"


def test_a_second_run_asks_only_for_what_is_new(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 120)
    before = {blob.name: blob.stamp for blob in blobs(source(tmp_path, access))}
    cloud.seen.clear()
    again = {blob.name: blob.stamp for blob in blobs(source(tmp_path, access))}
    assert again == before
    assert cloud.questions() == {("us-east-1", "management"): 1, ("us-east-1", "insight"): 1}
    since_s = min(seen.body["StartTime"] for seen in cloud.asked("LookupEvents"))
    assert since_s >= NOW_S - history.SETTLED_S - 60
    cloud.events["us-east-1", "management"].append(event(9_999, NOW_S - 10))
    found = blobs(source(tmp_path, access))
    assert len(found) == len(before) + 1
    assert records(found)["us-east-1-00009999"] == 1


def test_young_events_are_asked_for_again_and_kept_once(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    cloud.events["us-east-1", "management"] = [event(n, NOW_S - 100 - n) for n in range(60)]
    first = blobs(source(tmp_path, access))
    assert len(first) == 2
    assert blobs(source(tmp_path, access)) == sorted(first, key=lambda blob: blob.name)
    # One that came late, between the others.
    cloud.events["us-east-1", "management"].append(event(100, NOW_S - 120))
    found = records(blobs(source(tmp_path, access)))
    assert set(found) == all_ids(cloud, "us-east-1")


@pytest.mark.parametrize("after", [1, 2, 3, 7])
def test_an_interrupted_walk_goes_on(cloud: HistoryServer, access: Access, tmp_path: Path, after: int) -> None:
    fill(cloud, "us-east-1", 400)
    walk = source(tmp_path, access).walk()
    assert isinstance(walk, Iterator)
    for _ in range(after):
        next(walk)
    walk.close()  # type: ignore[attr-defined]
    cloud.seen.clear()
    found = records(blobs(source(tmp_path, access)))
    assert set(found) == all_ids(cloud, "us-east-1")
    # The second at which it broke off is asked for again, and nothing else.
    assert sum(found.values()) <= 400 + 2
    assert cloud.questions()["us-east-1", "management"] <= 8 - after + 2


def test_a_walk_that_waits_for_the_network_ends_when_it_is_told_to(
    cloud: HistoryServer, access: Access, tmp_path: Path
) -> None:
    fill(cloud, "us-east-1", 200)
    told, hanging = threading.Event(), threading.Event()

    def hang(seen: Seen) -> None:
        if seen.operation == "LookupEvents" and len(cloud.asked("LookupEvents")) > 3:
            told.set()
            hanging.wait(60)

    cloud.refuse = hang
    opening = Opening(keep=str(tmp_path), access=access, stopped=told.is_set)
    found = [item for item in open_source(["lookup:///us-east-1"], opening).walk() if isinstance(item, Blob)]
    assert len(found) == 2 and not hanging.is_set()
    hanging.set()
    cloud.refuse = lambda seen: None
    assert set(records(blobs(source(tmp_path, access)))) == all_ids(cloud, "us-east-1")


def test_a_torn_log_and_a_page_that_is_gone(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 160)
    found = blobs(source(tmp_path, access))
    log = tmp_path / "lookup" / cloud.account / "us-east-1" / "management" / "progress.jsonl"
    log.write_bytes(log.read_bytes()[:-25])
    Path(found[1].path).unlink()
    Path(found[1].path).with_name("000009.json").write_text('{"Events": []}')  # so that its number is not given again
    assert set(records(blobs(source(tmp_path, access)), empty=1)) == all_ids(cloud, "us-east-1")
    cloud.seen.clear()
    assert set(records(blobs(source(tmp_path, access)), empty=1)) == all_ids(cloud, "us-east-1")
    assert cloud.questions()["us-east-1", "management"] == 1


def test_many_events_of_one_second_over_pages(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    cloud.events["us-east-1", "management"] = [event(n, NOW_S - 9_000) for n in range(180)]
    walk = source(tmp_path, access).walk()
    next(walk)
    walk.close()  # type: ignore[attr-defined]
    assert set(records(blobs(source(tmp_path, access)))) == all_ids(cloud, "us-east-1")


def test_offline_shows_what_is_kept_and_asks_nothing(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 60)
    fill(cloud, "eu-west-1", 60)
    both = records(blobs(source(tmp_path, access, "lookup:///us-east-1,eu-west-1")))
    cloud.seen.clear()
    assert records(blobs(source(tmp_path, None, "lookup://"))) == both
    assert set(records(blobs(source(tmp_path, None, "lookup:///eu-west-1")))) == all_ids(cloud, "eu-west-1")
    assert cloud.headers and cloud.seen == []
    assert blobs(source(tmp_path / "other", None)) == []


def test_a_survey_asks_nothing(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 60)
    kept = blobs(source(tmp_path, access))
    cloud.seen.clear()
    opening = Opening(keep=str(tmp_path), access=access, survey=True)
    *listed, new = open_source(["lookup:///us-east-1"], opening).walk()
    assert sorted(blob.name for blob in listed if isinstance(blob, Blob)) == sorted(blob.name for blob in kept)
    assert isinstance(new, Blob) and new.stamp == (0, 0, 0, 0)
    assert cloud.seen == []


def test_only_the_wanted_time_is_asked_for(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 400)
    since_s, until_s = NOW_S - 10 * 86_400, NOW_S - 5 * 86_400
    admits = PathFilter(since_s=since_s, until_s=until_s)
    found = set(records(blobs(source(tmp_path, access, admits=admits))))
    items = cloud.events["us-east-1", "management"]
    assert found == {item["EventId"] for item in items if since_s <= item["EventTime"] < until_s}
    # Then all of it: what lies within is not asked for again.
    cloud.seen.clear()
    assert set(records(blobs(source(tmp_path, access)))) == all_ids(cloud, "us-east-1")
    asked = [(seen.body["StartTime"], seen.body["EndTime"]) for seen in cloud.asked("LookupEvents")]
    assert all(last < since_s or first >= until_s for first, last in asked)
    opened = source(tmp_path, None, admits=admits)
    assert found <= set(records(blobs(opened)))
    assert opened.skipped_by_filter > 0


def test_regions_come_from_the_account_side_by_side(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    for region in ("us-east-1", "eu-west-1", "ap-south-1"):
        fill(cloud, region, 120)
    found = blobs(source(tmp_path, access, "lookup://"))
    assert set(records(found)) == all_ids(cloud, "us-east-1", "eu-west-1", "ap-south-1")
    assert len({seen.region for seen in cloud.asked("LookupEvents")}) > 10
    cloud.seen.clear()
    admits = PathFilter(regions=frozenset({"eu-west-1"}))
    assert set(records(blobs(source(tmp_path, access, "lookup://", admits=admits)))) == all_ids(cloud, "eu-west-1")
    assert {seen.region for seen in cloud.asked("LookupEvents")} == {"eu-west-1"}


def test_an_account_that_does_not_tell_its_regions(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "eu-west-1", 10)
    cloud.refuse = lambda seen: (
        Refuse("UnauthorizedOperation", status=403) if "DescribeRegions" in seen.operation else None
    )
    items = list(source(tmp_path, replace(access, region="eu-west-1"), "lookup://").walk())
    issues = [item for item in items if isinstance(item, Issue)]
    assert [issue.kind for issue in issues] == [IssueKind.NOT_FETCHED]
    assert "eu-west-1 alone is asked" in issues[0].message
    assert set(records([item for item in items if isinstance(item, Blob)])) == all_ids(cloud, "eu-west-1")


def test_an_account_that_is_not_wanted_is_not_asked(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 10)
    assert blobs(source(tmp_path, access, admits=PathFilter(accounts=frozenset({"999999999999"})))) == []
    assert cloud.asked("LookupEvents") == []


class Refusing:
    """Refuses some requests for the history of one region."""

    def __init__(self, code: str, region: str = "eu-west-1", after: int = 0, times: int = 1 << 30) -> None:
        self.refusal = Refuse(code)
        self.region = region
        self.left = [None] * after + [self.refusal] * min(times, 500)

    def __call__(self, seen: Seen) -> Refuse | None:
        if seen.operation != "LookupEvents" or seen.region != self.region or category_of(seen.body) != "management":
            return None
        return self.left.pop(0) if self.left else None


HINTS = {
    "AccessDeniedException": "cloudtrail:LookupEvents",
    "ExpiredTokenException": "renew them",
    "UnrecognizedClientException": "may not be enabled",
    "ThrottlingException": "later",
    "InternalFailure": "run this again",
}


@pytest.mark.parametrize("code", HINTS)
def test_a_region_that_refuses_is_told_and_the_others_go_on(
    cloud: HistoryServer, access: Access, tmp_path: Path, code: str
) -> None:
    fill(cloud, "us-east-1", 120)
    fill(cloud, "eu-west-1", 120)
    cloud.refuse = Refusing(code, after=1)
    items = list(source(tmp_path, access, "lookup:///us-east-1,eu-west-1").walk())
    (issue,) = [item for item in items if isinstance(item, Issue)]
    assert (issue.kind, issue.source) == (IssueKind.NOT_FETCHED, f"lookup://{cloud.account}/eu-west-1/management")
    assert code in issue.message and HINTS[code] in issue.message
    found = set(records([item for item in items if isinstance(item, Blob)]))
    assert found >= all_ids(cloud, "us-east-1")
    assert len(found & all_ids(cloud, "eu-west-1")) == 50
    # When that is mended it goes on where it stopped.
    cloud.refuse = lambda seen: None
    cloud.seen.clear()
    found = set(records(blobs(source(tmp_path, access, "lookup:///us-east-1,eu-west-1"))))
    assert found == all_ids(cloud, "us-east-1", "eu-west-1")
    assert cloud.questions()["eu-west-1", "management"] <= 3


def test_a_throttled_region_is_asked_again(
    cloud: HistoryServer, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PATIENCE", 3)
    fill(cloud, "eu-west-1", 120)
    cloud.refuse = Refusing("ThrottlingException", after=1, times=3)
    assert set(records(blobs(source(tmp_path, access, "lookup:///eu-west-1")))) == all_ids(cloud, "eu-west-1")


def test_a_question_that_the_service_has_forgotten_is_asked_anew(
    cloud: HistoryServer, access: Access, tmp_path: Path
) -> None:
    fill(cloud, "eu-west-1", 170)
    cloud.refuse = Refusing("InvalidNextTokenException", after=2, times=1)
    found = records(blobs(source(tmp_path, access, "lookup:///eu-west-1")))
    assert set(found) == all_ids(cloud, "eu-west-1")
    assert sum(found.values()) <= 172
    cloud.refuse = Refusing("InvalidNextTokenException")
    (issue,) = [
        item for item in source(tmp_path / "b", access, "lookup:///eu-west-1").walk() if isinstance(item, Issue)
    ]
    assert issue.kind is IssueKind.NOT_FETCHED


def test_a_server_that_repeats_itself_is_left(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 120)
    cloud.look_up = lambda seen: {"Events": [], "NextToken": "the same"}  # type: ignore[method-assign]
    (issue,) = source(tmp_path, access).walk()
    assert isinstance(issue, Issue) and "repeat" in issue.message


@pytest.mark.parametrize("body", [b"<html>a proxy</html>", b'{"Events": 5}', b"", b'{"Events": [{"EventTime": "x"}]}'])
def test_an_answer_that_is_none(cloud: HistoryServer, access: Access, tmp_path: Path, body: bytes) -> None:
    fill(cloud, "us-east-1", 60)
    cloud.garble = lambda seen: body if seen.operation == "LookupEvents" and seen.region == "eu-west-1" else None
    items = list(source(tmp_path, access, "lookup:///us-east-1,eu-west-1").walk())
    assert set(records([item for item in items if isinstance(item, Blob)])) == all_ids(cloud, "us-east-1")
    issues = [item for item in items if isinstance(item, Issue)]
    assert [issue.kind for issue in issues] == [IssueKind.NOT_FETCHED]


def test_an_endpoint_that_is_no_aws(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    cloud.garble = lambda seen: b"<html>a proxy</html"
    with pytest.raises(EnvironmentFailure, match="cannot be asked"):
        list(source(tmp_path, access).walk())


def test_an_empty_page_that_has_a_next_one(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 60)
    whole, empty = cloud.look_up, iter([True])

    def look_up(seen: Seen) -> dict[str, object]:
        answer = whole(seen)
        if "NextToken" in answer and next(empty, False):
            token = f"{answer['NextToken']}-"
            cloud.tokens[token] = cloud.tokens[answer["NextToken"]][0], 0
            return {"Events": [], "NextToken": token}
        return answer

    cloud.look_up = look_up  # type: ignore[method-assign]
    assert set(records(blobs(source(tmp_path, access)))) == all_ids(cloud, "us-east-1")


def test_a_region_that_there_is_not(own_home: Path, tmp_path: Path, cloud: HistoryServer) -> None:
    # Without a server of its own for all regions each name is looked up, and this one leads nowhere.
    from ctwork.sources.aws.refusal import refused

    said = str(refused("cloudtrail", "LookupEvents", "EndpointConnectionError"))
    assert "check the name of the region" in said
    with pytest.raises(SourceError, match="is no region"):
        source(tmp_path, Access(endpoint=cloud.url), "lookup:///mars-1/x")


def test_credentials_that_are_not_taken(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 60)
    kept = blobs(source(tmp_path, access))
    cloud.refuse = lambda seen: Refuse("ExpiredToken", status=403)
    items = list(source(tmp_path, access).walk())
    assert sorted(item.name for item in items if isinstance(item, Blob)) == sorted(blob.name for blob in kept)
    (issue,) = [item for item in items if isinstance(item, Issue)]
    assert issue.kind is IssueKind.NOT_FETCHED and "renew" in issue.message
    with pytest.raises(EnvironmentFailure):
        list(source(tmp_path / "new", access).walk())


def test_no_credentials_at_all(
    cloud: HistoryServer, access: Access, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(EnvironmentFailure) as failure:
        list(source(tmp_path, access).walk())
    assert "AWS_ACCESS_KEY_ID" in failure.value.hint
    assert cloud.seen == []


def test_pages_that_cannot_be_kept_end_the_walk(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 60)
    (tmp_path / "lookup" / cloud.account / "us-east-1").mkdir(parents=True)
    (tmp_path / "lookup" / cloud.account / "us-east-1" / "management").write_text("in the way")
    with pytest.raises(EnvironmentFailure, match="cannot be kept"):
        list(source(tmp_path, access).walk())


def test_each_region_is_asked_at_the_pace_of_the_api(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    assert pace.INTERVAL_S == 0.5
    waited: list[float] = []
    now = [100.0]

    class Event(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            waited.append(timeout or 0.0)
            now[0] += timeout or 0.0
            return False

    monkeypatch.setattr(pace.time, "monotonic", lambda: now[0])
    measured = pace.Pace(Event())
    for _ in range(4):
        assert measured.wait()
    assert waited == [0.5] * 3
    measured.slower()
    measured.wait()
    assert waited[3:] == [1.0]
    measured.answered()
    measured.wait()
    assert waited[4:] == [1.0]
    measured.wait()
    assert waited[5:] == [0.5]


@pytest.mark.parametrize(
    ("location", "place"),
    [
        ("lookup://", Place()),
        ("lookup://incident", Place("incident")),
        ("lookup:///eu-west-1", Place("", ("eu-west-1",))),
        ("lookup://incident/us-gov-west-1,eu-west-1", Place("incident", ("us-gov-west-1", "eu-west-1"))),
        ("lookup://my%20own/us-east-1", Place("my own", ("us-east-1",))),
    ],
)
def test_a_location_names_a_profile_and_regions(location: str, place: Place) -> None:
    assert Place.parse(location) == place
    assert Place.parse(str(place)) == place


def test_a_place_for_the_answers_is_needed() -> None:
    with pytest.raises(SourceError, match="case folder"):
        open_source(["lookup://"], Opening(access=Access()))
    with pytest.raises(SourceError, match="signed"):
        open_source(["lookup://"], Opening(keep="/tmp", access=Access(anonymous=True)))


def test_pages_of_a_copied_case_are_read(cloud: HistoryServer, access: Access, tmp_path: Path) -> None:
    fill(cloud, "us-east-1", 60)
    found = records(blobs(source(tmp_path / "a", access)))
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    assert records(blobs(source(tmp_path / "b", None, "lookup://"))) == found
