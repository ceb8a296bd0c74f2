"""Holds ``sample_logs/`` to its word: it can be made again, it counts as it says, and it is signed as it says.

Nothing here is read with the generator's own reader or the product: gzip, json and an RSA check are all it takes.
"""

import base64
import gzip
import hashlib
import json
import re
import zlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from .deliver import deflated
from .make import make

Json = dict[str, Any]
LOG_NAME = re.compile(
    r"(?P<account>\d{12})_(?P<kind>CloudTrail(?:-Insight|-NetworkActivity)?)_(?P<region>[a-z]{2}-[a-z]+-\d)"
    r"_(?P<slot>\d{8}T\d{4})Z_[A-Za-z0-9]{16}\.json\.gz"
)
ORDER = """
eventVersion userIdentity eventTime eventSource eventName awsRegion sourceIPAddress userAgent errorCode errorMessage
requestParameters responseElements additionalEventData requestID eventID readOnly resources eventType apiVersion
managementEvent recipientAccountId sharedEventID vpcEndpointId vpcEndpointAccountId serviceEventDetails addendum
insightDetails eventCategory tlsDetails sessionCredentialFromConsole
""".split()  # noqa: SIM905


@dataclass(frozen=True)
class Found:
    """One record of the tree."""

    path: str
    record: Json
    canonical: str


@dataclass(frozen=True)
class Tree:
    """Everything below ``sample_logs/``."""

    root: Path
    logs: dict[str, bytes]
    """Inflated log files by path."""
    digests: dict[str, bytes]
    found: list[Found]
    unique: dict[tuple[str, str], Json]
    truth: Json

    def by_id(self, event_id: str) -> list[Json]:
        """The versions of one event."""
        return [record for (found, _), record in self.unique.items() if found == event_id]


@pytest.fixture(scope="module")
def tree(sample_logs: Path) -> Tree:
    """The tree, read once."""
    logs: dict[str, bytes] = {}
    digests: dict[str, bytes] = {}
    found: list[Found] = []
    for path in sorted(sample_logs.rglob("*.json.gz")):
        name = path.relative_to(sample_logs).as_posix()
        (digests if "CloudTrail-Digest" in name else logs)[name] = gzip.decompress(path.read_bytes())
    for name, body in logs.items():
        for record in json.loads(body)["Records"]:
            found.append(Found(name, record, json.dumps(record, sort_keys=True)))
    unique = {(item.record["eventID"], item.canonical): item.record for item in found}
    return Tree(sample_logs, logs, digests, found, unique, json.loads((sample_logs / "ground-truth.json").read_text()))


def seconds(text: str) -> int:
    return int(datetime.fromisoformat(text).timestamp())


# ---------------------------------------------------------------- the same every time


def test_is_made_again_byte_for_byte(sample_logs: Path, tmp_path: Path) -> None:
    usual = hashlib.sha256(deflated(b"ctwork " * 999 + bytes(range(256)))).hexdigest()
    if usual != "7e5fef85d4f41711570bd7f1581cb582a14cd07be14b9876ba0b6457e90f9847":
        pytest.skip(
            f"zlib {zlib.ZLIB_RUNTIME_VERSION} packs otherwise; the records that name file sizes differ with it"
        )
    make(tmp_path)
    names = {path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()}
    assert names == {path.relative_to(sample_logs) for path in sample_logs.rglob("*") if path.is_file()}
    for name in names:
        made, kept = (tmp_path / name).read_bytes(), (sample_logs / name).read_bytes()
        assert _inflated(made) == _inflated(kept), name


def _inflated(content: bytes) -> bytes:
    return gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content


def test_stays_small(sample_logs: Path) -> None:
    sizes = [path.stat().st_size for path in sample_logs.rglob("*") if path.is_file()]
    assert sum(sizes) < 6_000_000
    assert len(sizes) < 2_700


# ---------------------------------------------------------------- looks like AWS


def test_files_look_as_delivered(tree: Tree) -> None:
    for name in (*tree.logs, *tree.digests):
        content = (tree.root / name).read_bytes()
        assert content[:10] == b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x00"
        body = tree.logs.get(name) or tree.digests[name]
        assert body.isascii()
        assert not body.endswith(b"\n")
    assert all(body.startswith(b'{"Records":[{"eventVersion"') for body in tree.logs.values())
    assert any(b"\\u003d" in body for body in tree.logs.values())
    assert any(re.search(rb'"bytesTransferredOut":\d\.\d+E9', body) for body in tree.logs.values())


def test_names_and_folders_agree_with_records(tree: Tree) -> None:
    for item in tree.found:
        folder, _, name = item.path.rpartition("/")
        match = LOG_NAME.fullmatch(name)
        assert match
        slot = seconds(match["slot"] + "00Z")
        account = item.record["recipientAccountId"]
        assert folder.endswith(
            f"/{account}/{match['kind']}/{match['region']}/{match['slot'][:4]}/{name_day(match['slot'])}"
        )
        assert match["account"] == account
        assert match["region"] == item.record["awsRegion"]
        if match["kind"] != "CloudTrail-Insight":
            assert slot % 300 == 0
            late = 6 * 3600 if "addendum" in item.record else 0
            assert 0 <= slot - seconds(item.record["eventTime"]) - late <= 600


def name_day(slot: str) -> str:
    return f"{slot[4:6]}/{slot[6:8]}"


def test_members_stand_in_the_order_of_aws(tree: Tree) -> None:
    rank = {name: number for number, name in enumerate(ORDER)}
    for record in tree.unique.values():
        ranks = [rank[name] for name in record]
        assert ranks == sorted(ranks), list(record)


def test_keys_hold_their_account(tree: Tree) -> None:
    seen = set()
    for record in tree.unique.values():
        identity = record.get("userIdentity") or {}
        if identity.get("accessKeyId") and identity.get("accountId"):
            seen.add((identity["accessKeyId"], identity["accountId"]))
    assert len(seen) > 300
    for key, account in seen:
        assert re.fullmatch(r"A[KS]IA[A-Z2-7]{16}", key)
        head = int.from_bytes(base64.b32decode(key[4:])[:6])
        assert f"{(head & 0x7FFFFFFFFF80) >> 7:012d}" == account


def test_shapes_that_matter_are_there(tree: Tree) -> None:
    records = list(tree.unique.values())
    identities = [record.get("userIdentity") for record in records]
    assert any(identity and "type" not in identity for identity in identities)
    assert any(identity is None for identity in identities)
    failed = [record for record in records if (record.get("responseElements") or {}).get("ConsoleLogin") == "Failure"]
    assert all("errorMessage" in record and "errorCode" not in record for record in failed)
    assert {record["userIdentity"]["userName"] for record in failed} == {
        "breakglass-ops",
        "HIDDEN_DUE_TO_SECURITY_REASONS",
    }
    insights = [record["insightDetails"] for record in records if record["eventCategory"] == "Insight"]
    assert Counter((insight["insightType"], insight["state"]) for insight in insights) == {
        (kind, state): 1 for kind in ("ApiCallRateInsight", "ApiErrorRateInsight") for state in ("Start", "End")
    }
    assert sum(record.get("errorCode") == "VpceAccessDenied" for record in records) == 1
    assert {record["addendum"]["reason"] for record in records if "addendum" in record} == {
        "DELIVERY_DELAY",
        "UPDATED_DATA",
    }


# ---------------------------------------------------------------- counts as it says


def test_counts_are_the_ground_truth(tree: Tree) -> None:
    truth, records = tree.truth, list(tree.unique.values())
    ids = Counter(event_id for event_id, _ in tree.unique)
    assert truth["records"] == {
        "read": len(tree.found),
        "unique": len(records),
        "copies": len(tree.found) - len(records),
        "conflicts": sum(count > 1 for count in ids.values()),
        "event_ids": len(ids),
    }
    assert truth["conflicting_event_ids"] == [event_id for event_id, count in ids.items() if count > 1]
    times = [record["eventTime"] for record in records]
    assert (truth["first_event"], truth["last_event"]) == (min(times), max(times))
    for column, counts in truth["counts"].items():
        parts = column.split(".")
        values: list[Any] = records
        for part in parts:
            values = [value[part] for value in values if part in value]
        assert counts == Counter(values), column
    assert sum(truth["outcomes"].values()) == len(records)
    assert truth["outcomes"]["failed-login"] == 2
    assert truth["outcomes"]["throttled"] == sum(
        "Throttl" in code or "Limit" in code or "Throughput" in code
        for code in (record.get("errorCode", "") for record in records)
    )
    denied = sum(
        "Denied" in record.get("errorCode", "") or "Unauthorized" in record.get("errorCode", "") for record in records
    )
    assert truth["outcomes"]["denied"] == denied


def test_files_are_the_ground_truth(tree: Tree) -> None:
    files = tree.truth["files"]
    assert files["log_files"] == len(tree.logs)
    assert files["digests"] == len(tree.digests)
    assert files["digest_sidecars"] == len(list(tree.root.rglob("*.metadata.json")))
    kinds = Counter(name.split("/")[-6] for name in tree.logs)
    assert files["by_kind"] == kinds
    organisation = sum("/o-exampleorg1/" in name for name in tree.logs)
    assert files["by_trail"] == {"org-trail": organisation, "prod-audit_v2": len(tree.logs) - organisation}


def test_copies_are_byte_identical_but_for_the_conflict(tree: Tree) -> None:
    trails: dict[str, set[bool]] = defaultdict(set)
    for item in tree.found:
        trails[item.record["eventID"]].add("/o-exampleorg1/" in item.path)
    twice = {event_id for event_id, sides in trails.items() if len(sides) == 2}
    assert len(twice) == tree.truth["records"]["copies"] + tree.truth["records"]["conflicts"]
    texts: dict[str, set[bytes]] = defaultdict(set)
    for body in tree.logs.values():
        for text in re.split(rb'(?<=\})(?:,)(?=\{"eventVersion")', body[len(b'{"Records":[') : -2]):
            texts[re.search(rb'"eventID":"([^"]+)"', text)[1].decode()].add(text)  # type: ignore[index]
    assert [event_id for event_id, versions in texts.items() if len(versions) > 1] == tree.truth[
        "conflicting_event_ids"
    ]


def test_bytes_read_are_the_ground_truth(tree: Tree) -> None:
    timeline = tree.truth["intrusion"]["timeline"]
    hostile = {event_id for step in timeline if step["by"] == "intruder" for event_id in step["event_ids"]}
    everyone: Counter[str] = Counter()
    intruder: dict[str, dict[str, int]] = defaultdict(lambda: {"objects": 0, "bytes": 0})
    for record in tree.unique.values():
        if record.get("eventName") == "GetObject" and "additionalEventData" in record and "errorCode" not in record:
            bucket, size = (
                record["requestParameters"]["bucketName"],
                record["additionalEventData"]["bytesTransferredOut"],
            )
            assert isinstance(size, float)
            everyone[bucket] += int(size)
            if record["eventID"] in hostile:
                intruder[bucket]["objects"] += 1
                intruder[bucket]["bytes"] += int(size)
    assert tree.truth["bytes_out_by_bucket"] == everyone
    assert tree.truth["intrusion"]["bytes_read_by_bucket"] == intruder


# ---------------------------------------------------------------- signed as it says


@pytest.fixture(scope="module")
def keys(sample_logs: Path) -> dict[str, Any]:
    """Public keys by fingerprint."""
    listed = json.loads((sample_logs / "public-keys.json").read_text())["PublicKeyList"]
    ders = {entry["Fingerprint"]: base64.b64decode(entry["Value"]) for entry in listed}
    assert all(hashlib.md5(der).hexdigest() == fingerprint for fingerprint, der in ders.items())
    prefix = bytes.fromhex("30820122300d06092a864886f70d01010105000382010f00")
    return {fingerprint: serialization.load_der_public_key(prefix + der) for fingerprint, der in ders.items()}


def test_every_digest_is_signed_and_chained(tree: Tree, keys: dict[str, Any]) -> None:
    parsed = {name: json.loads(body) for name, body in tree.digests.items()}
    signatures = {
        digest["previousDigestS3Object"]: digest["previousDigestSignature"]
        for digest in parsed.values()
        if digest["previousDigestS3Object"]
    }
    for name in tree.digests:
        sidecar = tree.root / f"{name}.metadata.json"
        assert sidecar.exists() == (name not in signatures)
        if sidecar.exists():
            signatures[name] = json.loads(sidecar.read_text())["x-amz-meta-signature"]
    starting = 0
    for name, digest in parsed.items():
        assert digest["digestS3Object"] == name
        _check_signature(keys, digest, tree.digests[name], signatures[name])
        previous = digest["previousDigestS3Object"]
        if previous is None:
            starting += 1
            continue
        assert digest["previousDigestHashValue"] == hashlib.sha256(tree.digests[previous]).hexdigest()
        assert parsed[previous]["digestEndTime"] == digest["digestStartTime"]
    assert starting == sum(tree.truth["integrity"]["chains"].values())
    assert len(parsed) == tree.truth["integrity"]["digests_valid"]


def _check_signature(keys: dict[str, Any], digest: Json, body: bytes, signature: str) -> None:
    text = "\n".join(
        (
            digest["digestEndTime"],
            f"{digest['digestS3Bucket']}/{digest['digestS3Object']}",
            hashlib.sha256(body).hexdigest(),
            digest["previousDigestSignature"] or "null",
        )
    )
    key = keys[digest["digestPublicKeyFingerprint"]]
    key.verify(bytes.fromhex(signature), text.encode(), padding.PKCS1v15(), hashes.SHA256())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(signature), text.encode() + b"\n", padding.PKCS1v15(), hashes.SHA256())


def test_every_log_is_covered_and_two_were_tampered_with(tree: Tree) -> None:
    listed: dict[str, str] = {}
    for body in tree.digests.values():
        for entry in json.loads(body)["logFiles"]:
            assert entry["s3Object"] not in listed
            listed[entry["s3Object"]] = entry["hashValue"]
    integrity, tampering = tree.truth["integrity"], tree.truth["tampering"]
    assert sorted(set(listed) - set(tree.logs)) == integrity["logs_missing"] == [tampering["deleted_log"]]
    assert sorted(set(tree.logs) - set(listed)) == integrity["logs_uncovered"] == []
    differing = [name for name, body in tree.logs.items() if hashlib.sha256(body).hexdigest() != listed[name]]
    assert differing == integrity["logs_mismatch"] == [tampering["edited_log"]]


def test_nothing_was_logged_in_the_gap_but_by_the_second_trail(tree: Tree) -> None:
    gap = tree.truth["tampering"]["gap"]
    within = [item for item in tree.found if gap["start"] < item.record["eventTime"] < gap["end"]]
    assert within
    assert not any("/o-exampleorg1/" in item.path for item in within)
    stop, start = (tree.by_id(tree.truth["tampering"][name])[0] for name in ("stop_logging", "start_logging"))
    assert (stop["eventName"], stop["eventTime"]) == ("StopLogging", gap["start"])
    assert (start["eventName"], start["eventTime"]) == ("StartLogging", gap["end"])


def test_witnesses_name_every_file_and_its_size(tree: Tree) -> None:
    truth = tree.truth["integrity"]["witnesses"]
    named = {}
    for record in tree.unique.values():
        identity = record.get("userIdentity") or {}
        if record.get("eventName") == "PutObject" and identity.get("invokedBy") == "cloudtrail.amazonaws.com":
            named[record["requestParameters"]["key"]] = record["additionalEventData"]["bytesTransferredIn"]
    assert len(named) == truth["named"]
    assert sorted(set(named) - set(tree.logs)) == truth["missing"]
    sizes = {name: (tree.root / name).stat().st_size for name in named if name in tree.logs}
    assert [name for name, size in sizes.items() if size != named[name]] == truth["size_differs"]


# ---------------------------------------------------------------- tells its story


def test_timeline_is_whole_and_in_order(tree: Tree) -> None:
    timeline = tree.truth["intrusion"]["timeline"]
    assert [step["start"] for step in timeline] == sorted(step["start"] for step in timeline)
    by_id = {event_id: record for (event_id, _), record in tree.unique.items()}
    hostile = set()
    for step in timeline:
        assert step["never_logged"] == []
        times = [by_id[event_id]["eventTime"] for event_id in step["event_ids"]]
        assert (min(times), max(times)) == (step["start"], step["end"])
        if step["by"] == "intruder":
            hostile |= set(step["event_ids"])
    addresses = tree.truth["intrusion"]["addresses"]
    seen = {event_id for event_id, record in by_id.items() if record.get("sourceIPAddress") in addresses}
    assert seen <= hostile
    assert {by_id[event_id]["sourceIPAddress"] for event_id in seen} == set(addresses)


def test_every_hop_holds(tree: Tree) -> None:
    issued_at: dict[str, str] = {}
    for hop in tree.truth["intrusion"]["role_chain"]:
        records = [tree.by_id(event_id)[0] for event_id in hop["event_ids"]]
        assert records[0]["userIdentity"].get("accessKeyId") == hop["by_key"]
        assert len({record.get("sharedEventID") for record in records}) == 1
        if len(records) == 2:
            assert records[1]["userIdentity"]["type"] == "AWSAccount"
            assert records[0]["recipientAccountId"] != records[1]["recipientAccountId"]
        for record in records:
            answer = record["responseElements"]
            assert (answer.get("credentials") or answer["accessKey"])["accessKeyId"] == hop["issued_key"]
            assert record["eventTime"] == hop["time"]
        parent = issued_at.get(hop["by_key"] or "")
        assert parent is None or parent < hop["time"]
        issued_at[hop["issued_key"]] = hop["time"]
    used = [
        record for record in tree.unique.values() if (record.get("userIdentity") or {}).get("accessKeyId") in issued_at
    ]
    for record in used:
        identity = record["userIdentity"]
        context = identity.get("sessionContext", {})
        if identity["accessKeyId"].startswith("ASIA"):
            assert context["attributes"]["creationDate"] == issued_at[identity["accessKeyId"]]
    assert {record["userIdentity"]["accessKeyId"] for record in used} == set(issued_at)
    depths = [hop["depth"] for hop in tree.truth["intrusion"]["role_chain"]]
    assert max(depths) == tree.truth["lineage"]["max_depth"] == 4
