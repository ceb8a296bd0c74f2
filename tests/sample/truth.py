"""The answers: the counts of the tree, and what is only known because we wrote it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .clock import iso
from .deliver import LogFile, recorded
from .digest import Digest
from .evasion import KEY_DISABLED, STARTED, STOPPED
from .pipeline import LEAKED_KEY, ROTATED_KEY
from .record import Record
from .story import NEW_KEY, NEW_USER, Issue, Story
from .tally import count_tree, lineage, read_tree
from .tamper import Tampering
from .witness import witnessed
from .world import (
    ACCOUNTS,
    CI_DEPLOY,
    HOME,
    INTRUDER_FIRST,
    INTRUDER_IPV6,
    INTRUDER_SECOND,
    ORG_TRAIL,
    ORGANISATION,
    PROD_TRAIL,
    PRODUCTION,
    REGIONS,
    STRANGER,
    TRAILS,
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that the generator knows when it is done."""

    records: list[Record]
    """Everything that happened, logged or not."""
    delivered: list[LogFile]
    digests: list[Digest]
    tampering: Tampering
    story: Story


def write_truth(tree: Path, outcome: Outcome) -> dict[str, Any]:
    """``ground-truth.json``: counts of the tree at `tree`, then the story."""
    documents = read_tree(tree)
    return {
        "note": "unique = distinct (eventID, bytes); counts are over unique records; absent values are not counted",
        "organisation": {"id": ORGANISATION, "accounts": list(ACCOUNTS), "regions": list(REGIONS)},
        "files": _files(outcome),
        **count_tree(documents),
        "lineage": lineage(documents.values()),
        "integrity": _integrity(outcome),
        "intrusion": _intrusion(outcome, documents.values()),
        "tampering": _tampering(outcome),
        "originally_delivered": _originally(outcome),
    }


def _files(outcome: Outcome) -> dict[str, Any]:
    present = outcome.tampering.files
    return {
        "log_files": len(present),
        "by_kind": dict(sorted(Counter(file.kind for file in present).items())),
        "by_trail": dict(sorted(Counter(file.trail.name for file in present).items())),
        "digests": len(outcome.digests),
        "digest_sidecars": sum(digest.newest for digest in outcome.digests),
    }


def _integrity(outcome: Outcome) -> dict[str, Any]:
    """What a verification with the public keys finds."""
    return {
        "digests_valid": len(outcome.digests),
        "digests_unsigned_without_sidecars": sum(digest.newest for digest in outcome.digests),
        "logs_valid": len(outcome.tampering.files) - 1,
        "logs_mismatch": [outcome.tampering.edited.key],
        "logs_missing": [outcome.tampering.deleted.key],
        "logs_uncovered": [],
        "chains": {trail.name: len(trail.pairs) * (2 if trail.organisation else 1) for trail in TRAILS},
        "gaps": [
            {"account": account, "region": region, "start": iso(STOPPED), "end": iso(STARTED)}
            for account, region in ORG_TRAIL.pairs
        ],
        "gap_still_covered_by": [{"trail": PROD_TRAIL.name, "account": PRODUCTION, "region": HOME}],
        "witnesses": _witnesses(outcome),
    }


def _witnesses(outcome: Outcome) -> dict[str, Any]:
    """Log files named by PutObject records about the log bucket, and how they compare with the tree."""
    present = {file.key for file in outcome.tampering.files}
    watched = [file for file in outcome.delivered if witnessed(file)]
    named = [file.key for file in watched if not STOPPED < file.delivered < STARTED]
    return {
        "named": len(named),
        "present": sum(key in present for key in named),
        "missing": [key for key in named if key not in present],
        "size_differs": [outcome.tampering.edited.key],
        "delivered_unseen": [file.key for file in watched if file.key not in named],
    }


def _intrusion(outcome: Outcome, documents: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    story, present = outcome.story, {document["eventID"] for document in documents}
    hostile = [step for step in story.steps if not step.name.endswith("-answer")]
    taken: dict[str, dict[str, int]] = defaultdict(lambda: {"objects": 0, "bytes": 0})
    for record in (record for step in hostile for record in step.records if record.event_id in present):
        if record.document["eventName"] == "GetObject" and "errorCode" not in record.document:
            bucket = taken[record.document["requestParameters"]["bucketName"]]
            bucket["objects"] += 1
            bucket["bytes"] += int(record.document["additionalEventData"]["bytesTransferredOut"])
    return {
        "timeline": [
            {
                "step": number,
                "name": step.name,
                "what": step.text,
                "by": "responder" if step.name.endswith("-answer") else "intruder",
                "start": step.start,
                "end": step.end,
                "event_ids": [record.event_id for record in step.records if record.event_id in present],
                "never_logged": [record.event_id for record in step.records if record.event_id not in present],
            }
            for number, step in enumerate(story.steps, 1)
        ],
        "keys": {
            "leaked": {
                "key": LEAKED_KEY,
                "user": CI_DEPLOY.arn,
                "disabled_at": iso(KEY_DISABLED),
                "replaced_by": ROTATED_KEY,
            },
            "created": {"key": NEW_KEY, "user": NEW_USER.arn},
            "issued": [issue.key for issue in story.issues if issue.action == "AssumeRole"],
        },
        "role_chain": [_hop(issue) for issue in story.issues],
        "addresses": [INTRUDER_FIRST, INTRUDER_SECOND, INTRUDER_IPV6],
        "foreign_account": STRANGER,
        "bytes_read_by_bucket": dict(sorted(taken.items())),
        "left_behind": story.resources,
    }


def _hop(issue: Issue) -> dict[str, Any]:
    return {
        "time": iso(issue.when),
        "event_ids": list(issue.event_ids),
        "event": issue.action,
        "issued_key": issue.key,
        "by_key": issue.by_key or None,
        "principal": issue.principal,
        "depth": issue.depth,
    }


def _tampering(outcome: Outcome) -> dict[str, Any]:
    steps = {step.name: step.records for step in outcome.story.steps}
    tampering = outcome.tampering
    copies = {record.event_id for file in tampering.files for record in file.records}
    return {
        "trail": ORG_TRAIL.arn,
        "stop_logging": steps["logging-stopped"][0].event_id,
        "start_logging": steps["first-answer"][0].event_id,
        "gap": {"start": iso(STOPPED), "end": iso(STARTED)},
        "deleted_log": tampering.deleted.key,
        "deleted_log_event_ids": [record.event_id for record in tampering.deleted.records],
        "lost_with_it": sorted(
            record.event_id for record in tampering.deleted.records if record.event_id not in copies
        ),
        "edited_log": tampering.edited.key,
        "cut_from_it": list(tampering.removed),
        "altered_in_it": list(tampering.altered),
    }


def _originally(outcome: Outcome) -> dict[str, int]:
    """Before the tampering."""
    logged = sum(any(recorded(trail, record) for trail in TRAILS) for record in outcome.records)
    return {
        "log_files": len(outcome.delivered),
        "records": sum(len(file.records) for file in outcome.delivered),
        "event_ids": logged,
        "never_logged": len(outcome.records) - logged,
    }
