"""Keys and names of every layout, and what a path filter may refuse."""

import calendar
import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.sources.layout import DELIVERY_LAG_S, UNDATED, KeyFacts, PathFilter, Place, file_key, folder_key, slot_of

NAME = "123456789012_CloudTrail_us-east-1_20240523T1110Z_fJ1OoEgYN1tWc1nO.json.gz"
SLOT_S = calendar.timegm((2024, 5, 23, 11, 10, 0))
DAY = calendar.timegm((2024, 5, 23, 0, 0, 0))
FACTS = KeyFacts("123456789012", "us-east-1", "CloudTrail", SLOT_S, DAY)
TREE = "CloudTrail/us-east-1/2024/05/23"


@pytest.mark.parametrize(
    "path",
    [
        f"AWSLogs/123456789012/{TREE}/{NAME}",
        f"my/prefix/AWSLogs/o-abcdefghij/123456789012/{TREE}/{NAME}",
        f"o-abcdefghij/AWSLogs/o-abcdefghij/123456789012/{TREE}/{NAME}",
        f"us-east-1/2024/05/23/{NAME}",
        NAME,
        NAME.removesuffix(".gz"),
        f"AWSLogs_123456789012_CloudTrail_us-east-1_2024_05_23_{NAME}",
        f"AWSLogs\\123456789012\\CloudTrail\\us-east-1\\2024\\05\\23\\{NAME}",
        NAME.replace(".json.gz", " (1).json.gz"),
        NAME.replace("Z_f", "Zf"),
    ],
)
def test_every_layout_gives_the_same_facts(path: str) -> None:
    assert KeyFacts.of(path) == FACTS


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1", "ap-southeast-2"])
def test_regions_of_every_partition(region: str) -> None:
    assert KeyFacts.of(NAME.replace("us-east-1", region)).region == region


def test_a_digest_name_has_two_regions_a_trail_and_seconds() -> None:
    name = "111122223333_CloudTrail-Digest_us-east-2_my_trail-1_us-west-2_20150817T150131Z.json.gz"
    slot_s = calendar.timegm((2015, 8, 17, 15, 1, 31))
    facts = KeyFacts.of(f"AWSLogs/111122223333/CloudTrail-Digest/us-east-2/2015/08/17/{name}")
    assert facts == KeyFacts("111122223333", "us-east-2", "CloudTrail-Digest", slot_s, slot_s - slot_s % 86_400)


def test_a_renamed_file_is_known_by_its_folders() -> None:
    facts = KeyFacts.of(f"x/AWSLogs/123456789012/{TREE}/copy.json.gz")
    assert facts == KeyFacts("123456789012", "us-east-1", "CloudTrail", None, DAY)


@pytest.mark.parametrize(
    "name", ["x_20241345T0000Z_.json", "x_20240523T2460Z_", "x_99999999T9999Z_", "x_2024Z", "", "x"]
)
def test_impossible_dates_are_no_slots(name: str) -> None:
    assert slot_of(name) is None


def test_date_folders_count_only_below_a_region() -> None:
    assert Place.of("cases/2024/05/23").start_s is None
    assert Place.of("us-east-1/2024/05/23").start_s == DAY
    assert folder_key("/e/CloudTrail/us-east-1/2024") == calendar.timegm((2024, 1, 1, 0, 0, 0))
    assert folder_key("/e/CloudTrail/us-east-1/2024/12") == calendar.timegm((2024, 12, 1, 0, 0, 0))
    assert Place.of("/e/CloudTrail/us-east-1/2024/12").end_s == calendar.timegm((2025, 1, 1, 0, 0, 0))
    assert folder_key("/e/CloudTrail/us-east-1") == folder_key("/e/CloudTrail/us-east-1/2024x") == UNDATED
    assert folder_key("/e/CloudTrail/us-east-1/2024/13") == UNDATED


def test_time_order_falls_back_from_slot_to_day_to_nothing() -> None:
    assert file_key(f"{TREE}/{NAME}") == SLOT_S
    assert file_key(f"{TREE}/x.json") == DAY
    assert file_key("x.json") == UNDATED


def test_accounts_and_regions_refuse_only_what_the_path_states() -> None:
    only = PathFilter(accounts=frozenset({"123456789012"}), regions=frozenset({"us-east-1"}))
    assert only.admits_file(FACTS)
    assert only.admits_file(KeyFacts.of("renamed.json"))
    assert not only.admits_file(KeyFacts.of(NAME.replace("us-east-1", "us-west-2")))
    assert not only.admits_folder("AWSLogs/999999999999")
    assert not only.admits_folder("AWSLogs/o-abcdefghij/999999999999/CloudTrail")
    assert only.admits_folder("AWSLogs/o-abcdefghij")
    assert not only.admits_folder("AWSLogs/123456789012/CloudTrail/us-west-2")
    assert only.admits_folder("us-west-2")
    assert not only.admits_folder("us-west-2/2024")


def test_late_delivery_is_kept_and_the_rest_is_not() -> None:
    window = PathFilter(since_s=DAY, until_s=DAY + 3600)
    assert window.admits_file(KeyFacts(slot_s=DAY + 3600 + DELIVERY_LAG_S - 1))
    assert not window.admits_file(KeyFacts(slot_s=DAY + 3600 + DELIVERY_LAG_S))
    assert window.admits_file(KeyFacts(slot_s=DAY))
    assert not window.admits_file(KeyFacts(slot_s=DAY - 3600))
    assert window.admits_folder("us-east-1/2024/05")
    assert window.admits_folder("us-east-1/2024/05/24")
    assert window.admits_folder("us-east-1/2024/05/22"), "its last slot may hold the first event"
    assert not window.admits_folder("us-east-1/2024/05/21")
    assert not window.admits_folder("us-east-1/2024/05/25")
    assert not window.admits_folder("us-east-1/2023")


@given(st.integers(0, 4_000_000_000), st.integers(0, 4_000_000_000), st.integers(0, 4_000_000_000))
def test_a_refused_folder_holds_no_admitted_file(slot_s: int, since_s: int, length_s: int) -> None:
    moment = datetime.datetime.fromtimestamp(slot_s - slot_s % 300, datetime.UTC)
    folder = f"CloudTrail/us-east-1/{moment:%Y/%m/%d}"
    name = f"123456789012_CloudTrail_us-east-1_{moment:%Y%m%dT%H%M}Z_{'a' * 16}.json.gz"
    window = PathFilter(since_s=since_s, until_s=since_s + length_s)
    if window.admits_file(KeyFacts.of(f"{folder}/{name}")):
        for path in (folder, folder[:-3], folder[:-6]):
            assert window.admits_folder(path)


@given(st.text(max_size=80))
def test_no_path_breaks_it(path: str) -> None:
    KeyFacts.of(path)
    PathFilter(since_s=0, accounts=frozenset({"1"})).admits_folder(path)
