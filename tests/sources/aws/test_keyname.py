"""Every key has a path of its own, which leads nowhere else and can be turned back."""

from hypothesis import given
from hypothesis import strategies as st

from ctwork.sources.aws.keyname import key_of, path_of, version_path

PIECES = st.sampled_from(
    ["a", "b", ".", "/", "%", "_", "é", "\x00", "\n", " ", "A", "..", "%_", "%2E", "x" * 210, "-", "."]
)
KEYS = st.lists(PIECES, min_size=1, max_size=8).map("".join)
REAL = (
    "AWSLogs/o-abcdefghij/123456789012/CloudTrail-Digest/us-gov-west-1/2024/05/01/"
    "123456789012_CloudTrail-Digest_us-gov-west-1_my.trail_us-gov-west-1_20240501T005959Z_backfill.json.gz"
)


def test_keys_of_cloudtrail_stay_as_they_are() -> None:
    assert path_of(REAL) == REAL


@given(KEYS)
def test_a_path_gives_its_key_again(key: str) -> None:
    assert key_of(path_of(key)) == key


@given(KEYS)
def test_a_path_stays_below_its_folder_and_within_what_disks_take(key: str) -> None:
    for part in path_of(key).split("/"):
        assert part not in ("", ".", "..")
        assert len(part) <= 203
        assert part.isascii() and part.isprintable()


@given(st.lists(KEYS, min_size=2, max_size=30, unique=True))
def test_no_two_keys_stand_in_each_others_way(keys: list[str]) -> None:
    paths = [path_of(key) for key in keys] + [version_path(key, "v1") for key in keys]
    assert len(set(paths)) == len(paths)
    folders = {"/".join(path.split("/")[:n]) for path in paths for n in range(1, path.count("/") + 1)}
    assert not folders & set(paths)


def test_a_version_with_a_name_of_its_own_kind_is_kept_under_a_plain_one() -> None:
    assert version_path("a/b.json", "3HL4kqtJvjVBH40Nrjfkd") == "a/%versions/3HL4kqtJvjVBH40Nrjfkd/b.json"
    odd = version_path("b.json", "../../x")
    assert odd.startswith("%versions/") and ".." not in odd
    assert odd != version_path("b.json", "../../y")
