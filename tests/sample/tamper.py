"""What the intruder did to the log bucket while nobody was looking: one log file deleted, one edited."""

import json
from dataclasses import dataclass, replace

from .deliver import LogFile
from .record import LOG, Record
from .story import Story
from .wire import encode
from .world import AGENT_TERRAFORM, HOME, ORG_TRAIL, PRODUCTION, RUNNER_ADDRESSES


@dataclass(frozen=True, slots=True)
class Tampering:
    """The result: files as found, and what was done to get there."""

    files: list[LogFile]
    deleted: LogFile
    edited: LogFile
    """As it was delivered."""
    removed: tuple[str, ...]
    """Event ids cut out of the edited file."""
    altered: tuple[str, ...]
    """Event ids whose record was changed in the edited file."""


def tamper(files: list[LogFile], story: Story) -> Tampering:
    """Delete the file with the stolen secrets; edit the one with the new user."""
    steps = {step.name: step.records for step in story.steps}
    deleted = _holding(files, steps["secrets-read"][0])
    user, key, policy = steps["persistence-user"]
    edited = _holding(files, key)
    gone = {user.event_id, key.event_id}
    kept = [record for record in edited.records if record.event_id not in gone]
    texts = [_disguised(record) if record is policy else record.text for record in kept]
    body = '{"Records":[' + ",".join(texts) + "]}"
    found = replace(edited, body=body.encode("ascii"), records=tuple(kept))
    left = [found if file is edited else file for file in files if file is not deleted]
    return Tampering(left, deleted, edited, tuple(sorted(gone)), (policy.event_id,))


def _holding(files: list[LogFile], record: Record) -> LogFile:
    """The file in which the organisation trail delivered `record`."""
    place = (ORG_TRAIL, PRODUCTION, HOME, LOG)
    (file,) = [
        file for file in files if (file.trail, file.account, file.region, file.kind) == place and record in file.records
    ]
    return file


def _disguised(record: Record) -> str:
    """The record made to look like a deployment: address and tool of the pipeline."""
    document = json.loads(record.text)
    return encode(document | {"sourceIPAddress": RUNNER_ADDRESSES[1], "userAgent": AGENT_TERRAFORM})
