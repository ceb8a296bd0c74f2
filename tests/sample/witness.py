"""Delivery witnesses: the log bucket's own data events say which log files of production were put there, and how large.

The organisation trail selects write data events below one prefix, the us-east-1 logs of production. The prefix holds
none of the files that carry these records, so that nothing is logged about logging about logging.
"""

from .actor import service_actor
from .deliver import LogFile, deflated
from .ledger import Ledger
from .record import LOG
from .world import HOME, LOG_BUCKET, PRODUCTION


def witnessed(file: LogFile) -> bool:
    """True when a data event is recorded about the delivery of `file`."""
    return file.trail.organisation and (file.account, file.region, file.kind) == (PRODUCTION, HOME, LOG)


def write_witnesses(ledger: Ledger, files: list[LogFile]) -> None:
    """One PutObject by CloudTrail for each witnessed file; the size is that of the object as stored."""
    service = service_actor("cloudtrail.amazonaws.com")
    for file in filter(witnessed, files):
        size = len(deflated(file.body))
        request = {"x-amz-acl": "bucket-owner-full-control", "x-amz-server-side-encryption": "AES256"}
        ledger.s3(
            service,
            file.delivered,
            "PutObject",
            LOG_BUCKET,
            file.key,
            received=size,
            request=request,
            shared=ledger.dice.guid(),
        )
