"""One CloudTrail record, assembled member by member in AWS's own order."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from .actor import Actor
from .clock import iso
from .dice import Dice
from .refusal import Failure
from .wire import encode
from .world import HOME

LOG = "CloudTrail"
INSIGHT = "CloudTrail-Insight"
NETWORK = "CloudTrail-NetworkActivity"

_VERSIONS = {"ec2": "1.10", "iam": "1.10", "s3": "1.11", "kms": "1.11", "cloudtrail": "1.10", "secretsmanager": "1.10"}
_VERSION = "1.08"
_HOSTS = {
    "iam": "iam.amazonaws.com",
    "organizations": "organizations.us-east-1.amazonaws.com",
    "ecr": "api.ecr.{region}.amazonaws.com",
    "signin": "{region}.signin.aws.amazon.com",
}
_READS = re.compile(
    r"(Get|List|Describe|Head|Lookup|BatchGet|BatchCheck|Query|Scan|Decrypt|GenerateDataKey|AssumeRole|Simulate)"
)
_WRITES = frozenset({"GetSessionToken", "GetFederationToken", "GetSigninToken"})


@dataclass(frozen=True)
class Record:
    """A record as it is put into a log file, byte for byte the same in every trail."""

    when: int
    account: str
    """Account it is delivered to."""
    region: str
    """Region whose folder it is delivered to."""
    kind: str
    """`LOG`, `INSIGHT` or `NETWORK`: the folder."""
    document: dict[str, Any]
    html_safe: bool = False
    late_s: int = 0
    """Seconds of delay on top of the usual ones."""

    @property
    def event_id(self) -> str:
        """``eventID``."""
        return str(self.document["eventID"])

    @cached_property
    def text(self) -> str:
        """The exact JSON text."""
        return encode(self.document, html_safe=self.html_safe)


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """What a call carries beside who, when, what and where. Every member is optional."""

    request: dict[str, Any] | None = None
    response: dict[str, Any] | None = None
    failure: Failure | None = None
    additional: dict[str, Any] | None = None
    resources: list[dict[str, str]] | None = None
    data: bool = False
    """True for a data event."""
    read_only: bool | None = None
    """None: told from the verb."""
    event_type: str = "AwsApiCall"
    api_version: str = ""
    request_id: str | None = None
    """None: a new one; "": absent, as on sign-in events."""
    shared: str = ""
    recipient: str = ""
    """"": the actor's account."""
    host: str = ""
    service_details: dict[str, Any] | None = None
    addendum: dict[str, str] | None = None
    html_safe: bool = False
    late_s: int = 0


def make_record(dice: Dice, actor: Actor, when: int, action: str, region: str, detail: Detail) -> Record:
    """The record of one call. `action` is ``service:EventName``; `region` is where the service handled it."""
    service, _, name = action.partition(":")
    version = _VERSIONS.get(service, _VERSION)
    recipient = detail.recipient or actor.account
    document: dict[str, Any] = {
        "eventVersion": version,
        "userIdentity": _identity(actor, version),
        "eventTime": iso(when),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": actor.address,
        "userAgent": f"[{actor.agent}]" if service == "s3" and not actor.by_service else actor.agent,
    }
    document |= _outcome(detail)
    request_id = dice.guid() if detail.request_id is None else detail.request_id
    if request_id:
        document["requestID"] = request_id
    document["eventID"] = dice.guid()
    document["readOnly"] = is_read(name) if detail.read_only is None else detail.read_only
    if detail.resources:
        document["resources"] = detail.resources
    document["eventType"] = detail.event_type
    if detail.api_version:
        document["apiVersion"] = detail.api_version
    document["managementEvent"] = not detail.data
    document["recipientAccountId"] = recipient
    document |= _tail(actor, service, region, detail)
    return Record(when, recipient, region, LOG, document, detail.html_safe, detail.late_s)


def is_read(event_name: str) -> bool:
    """The ``readOnly`` AWS gives to a call of that name."""
    return event_name not in _WRITES and _READS.match(event_name) is not None


def _identity(actor: Actor, version: str) -> dict[str, Any]:
    """The identity block; records of version 1.08 still carry an empty ``webIdFederationData``."""
    identity = dict(actor.identity)
    context = identity.get("sessionContext")
    if context and version == _VERSION and "webIdFederationData" not in context:
        issuer = context.get("sessionIssuer", {})
        identity["sessionContext"] = {"sessionIssuer": issuer, "webIdFederationData": {}} | context
    return identity


def _outcome(detail: Detail) -> dict[str, Any]:
    """Error, request and answer."""
    part: dict[str, Any] = {}
    failure = detail.failure
    if failure and failure.code:
        part["errorCode"] = failure.code
    if failure and failure.message:
        part["errorMessage"] = failure.message
    part["requestParameters"] = None if failure and failure.hides_request else detail.request
    part["responseElements"] = detail.response
    if detail.additional is not None:
        part["additionalEventData"] = detail.additional
    return part


def _tail(actor: Actor, service: str, region: str, detail: Detail) -> dict[str, Any]:
    """Everything after ``recipientAccountId``."""
    part: dict[str, Any] = {}
    if detail.shared:
        part["sharedEventID"] = detail.shared
    if actor.endpoint:
        part["vpcEndpointId"], part["vpcEndpointAccountId"] = actor.endpoint
    if detail.service_details is not None:
        part["serviceEventDetails"] = detail.service_details
    if detail.addendum:
        part["addendum"] = detail.addendum
    part["eventCategory"] = "Data" if detail.data else "Management"
    if not actor.by_service and detail.event_type != "AwsServiceEvent":
        modern = service in ("iam", "ec2", "s3", "sts", "kms", "signin", "secretsmanager")
        host = detail.host or _HOSTS.get(service, service + ".{region}.amazonaws.com").format(region=region or HOME)
        part["tlsDetails"] = {
            "tlsVersion": "TLSv1.3" if modern else "TLSv1.2",
            "cipherSuite": "TLS_AES_128_GCM_SHA256" if modern else "ECDHE-RSA-AES128-GCM-SHA256",
            "clientProvidedHostHeader": host,
        }
    if actor.console and not actor.by_service:
        part["sessionCredentialFromConsole"] = "true"
    return part
