"""What of a bucket is listed, and what is left alone, for the layouts that CloudTrail and others write."""

from collections.abc import Iterable

import pytest

from ctwork.model.instant import parse_instant
from ctwork.sources.aws.survey import Survey
from ctwork.sources.aws.terms import Listed, ListJob
from ctwork.sources.layout import OPEN_FILTER, KeyFacts, PathFilter

ORG = "o-abcdefghij"
ONE, TWO = "111111111111", "222222222222"


def key(account: str, kind: str, region: str, day: str, prefix: str = "") -> str:
    name = f"{account}_{kind}_{region}_{day.replace('/', '')}T0005Z_abcdefghijklmnop.json.gz"
    return f"{prefix}AWSLogs/{account}/{kind}/{region}/{day}/{name}"


def start_s(day: str) -> int:
    return parse_instant(day)[0] // 1000


def listed(name: str, size: int = 10) -> Listed:
    return Listed(name, size, "etag", "2024-05-01T00:00:00Z")


def walked(keys: Iterable[str], prefix: str = "", admits: PathFilter = OPEN_FILTER) -> tuple[Survey, list[str], int]:
    """The survey of a bucket that holds `keys`: what it wants, and how many listings that took."""
    everything = sorted(keys)
    survey = Survey(prefix, admits)
    jobs, wanted, asked = [survey.first()], [], 0
    while jobs:
        job = jobs.pop()
        asked += 1
        objects, folders = answer(everything, job)
        wanted += [name for name in objects if survey.wants(listed(name))]
        jobs += survey.below(folders)
    return survey, sorted(wanted), asked


def answer(everything: list[str], job: ListJob) -> tuple[list[str], list[str]]:
    """What S3 says to a listing."""
    objects, folders = [], []
    for name in everything:
        if not name.startswith(job.prefix) or name <= job.after or (job.stop and name >= job.stop):
            continue
        rest = name[len(job.prefix) :]
        if job.folders and "/" in rest:
            folder = job.prefix + rest.partition("/")[0] + "/"
            folders += [folder] if folder not in folders else []
        else:
            objects.append(name)
    return objects, folders


DAYS = ("2024/04/30", "2024/05/01", "2024/05/02", "2024/05/31", "2024/06/01")
REGIONS = ("us-east-1", "eu-west-1")


@pytest.mark.parametrize("prefix", ["", f"{ORG}/", "logs/AWSLogs/x/", "a/b/c/d/e/"])
def test_every_log_is_found_wherever_it_lies(prefix: str) -> None:
    keys = {
        key(account, "CloudTrail", region, day, prefix) for account in (ONE, TWO) for region in REGIONS for day in DAYS
    }
    _, wanted, _ = walked(keys)
    assert wanted == sorted(keys)


def test_an_organisation_with_members_and_odd_neighbours() -> None:
    mine = {key(ONE, "CloudTrail", "us-east-1", day).replace("AWSLogs/", f"AWSLogs/{ORG}/") for day in DAYS}
    others = {f"AWSLogs/{ONE}/vpcflowlogs/us-east-1/2024/05/01/{n}.log.gz" for n in range(50)}
    others |= {f"AWSLogs/{ONE}/Config/us-east-1/2024/5/1/ConfigHistory/{n}.json.gz" for n in range(50)}
    survey, wanted, _ = walked(mine | others)
    assert wanted == sorted(mine)
    assert set(survey.left_out) == {f"AWSLogs/{ONE}/vpcflowlogs/", f"AWSLogs/{ONE}/Config/"}


@pytest.mark.parametrize("since", ["2024-04-30", "2024-05-02", "2024-06-03"])
@pytest.mark.parametrize("until", [None, "2024-05-01", "2024-07-01"])
def test_days_are_pruned_before_they_are_listed_and_no_wanted_one_is_lost(since: str, until: str | None) -> None:
    admits = PathFilter(since_s=start_s(since), until_s=None if until is None else start_s(until))
    keys = {key(ONE, "CloudTrail", region, day) for region in REGIONS for day in DAYS}
    _, everything, whole = walked(keys)
    _, wanted, asked = walked(keys, admits=admits)
    assert wanted == [name for name in everything if admits.admits_file(KeyFacts.of(name))]
    assert asked <= whole


def test_accounts_regions_and_kinds_are_pruned_by_their_folders() -> None:
    kinds = ("CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight")
    keys = {key(a, kind, r, "2024/05/01") for a in (ONE, TWO) for kind in kinds for r in REGIONS}
    admits = PathFilter(frozenset({ONE}), frozenset({"eu-west-1"}), kinds=frozenset({"CloudTrail-Insight"}))
    _, wanted, asked = walked(keys, admits=admits)
    assert wanted == [key(ONE, "CloudTrail-Insight", "eu-west-1", "2024/05/01")]
    assert asked < 10


def test_a_month_is_one_listing_however_many_days_it_has() -> None:
    keys = {key(ONE, "CloudTrail", "us-east-1", f"2024/05/{day:02d}") for day in range(1, 32)}
    _, _, asked = walked(keys, prefix=f"AWSLogs/{ONE}/CloudTrail/us-east-1/")
    assert asked == 3  # the years, the months, the month


@pytest.mark.parametrize("depth", ["2024/", "2024/05/", "2024/05/01/", "2024/05/01/1111"])
def test_a_prefix_may_begin_anywhere(depth: str) -> None:
    keys = {key(ONE, "CloudTrail", "us-east-1", day) for day in DAYS}
    prefix = f"AWSLogs/{ONE}/CloudTrail/us-east-1/{depth}"
    _, wanted, _ = walked(keys, prefix=prefix)
    assert wanted == sorted(name for name in keys if name.startswith(prefix))


def test_what_is_no_log_by_its_name_is_left_and_counted() -> None:
    survey, wanted, _ = walked({"backup/disk.vmdk", "backup/photo.JPG", "logs/export", "logs/a.json", "logs/b.parquet"})
    assert wanted == ["logs/a.json", "logs/b.parquet", "logs/export"]
    assert survey.unlike_logs == 2


def test_what_was_wanted_says_where_its_keys_must_be_asked_for() -> None:
    survey, _, _ = walked({key(ONE, "CloudTrail-Digest", region, day) for region in REGIONS for day in DAYS})
    assert survey.regions == set(REGIONS)
    assert survey.first_s == start_s("2024-04-30")
    assert survey.last_s == start_s("2024-06-01")
