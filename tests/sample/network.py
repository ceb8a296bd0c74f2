"""Network activity events: what passed the VPC endpoint of production, and what its policy turned away."""

from typing import Any

from .clock import DAY, FIRST_DAY, HOUR, MINUTE, iso
from .credential import unique_id
from .ledger import Ledger
from .record import NETWORK, Record
from .workload import ENDPOINT, INSTANCES
from .world import HOME, PRODUCTION, STRANGER, WEB_APP

_CALLS = (
    ("secretsmanager", "GetSecretValue"),
    ("kms", "Decrypt"),
    ("kms", "GenerateDataKey"),
    ("s3", "GetObject"),
    ("s3", "PutObject"),
    ("ec2", "DescribeTags"),
)


def write_network(ledger: Ledger) -> None:
    """Allowed traffic: a handful of times a day."""
    for day in range(4):
        for hour in (1, 7, 11, 16, 21):
            start = FIRST_DAY + day * DAY + hour * HOUR + 2 * MINUTE
            for step in range(ledger.dice.between(3, 6)):
                service, name = ledger.dice.pick(_CALLS)
                passed(ledger, start + 9 * step, service, name)


def passed(ledger: Ledger, when: int, service: str, name: str) -> Record:
    """One call of a web server that the endpoint let through."""
    number = ledger.dice.between(0, 1)
    instance = INSTANCES[number]
    issuer = {
        "type": "Role",
        "principalId": WEB_APP.unique_id,
        "arn": WEB_APP.arn,
        "accountId": PRODUCTION,
        "userName": WEB_APP.name,
    }
    identity = {
        "type": "AssumedRole",
        "principalId": f"{WEB_APP.unique_id}:{instance}",
        "arn": f"arn:aws:sts::{PRODUCTION}:assumed-role/{WEB_APP.name}/{instance}",
        "accountId": PRODUCTION,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": iso(when - HOUR), "mfaAuthenticated": "false"},
        },
    }
    return _write(ledger, when, service, name, identity, f"10.20.{3 + number}.41")


def turned_away(ledger: Ledger, when: int, service: str, name: str) -> Record:
    """A call with the credentials of a foreign account, from inside the network: the endpoint policy refuses it."""
    identity = {
        "type": "AWSAccount",
        "principalId": unique_id("AIDA", STRANGER, "courier"),
        "accountId": STRANGER,
    }
    message = (
        f"The request was denied due to a VPC endpoint policy: {service}:{name} is not allowed for principals "
        f"outside the organization"
    )
    return _write(ledger, when, service, name, identity, "10.20.3.41", ("VpceAccessDenied", message))


def _write(
    ledger: Ledger,
    when: int,
    service: str,
    name: str,
    identity: dict[str, Any],
    address: str,
    refusal: tuple[str, str] | None = None,
) -> Record:
    """The record: no user agent, no parameters, no answer."""
    document: dict[str, Any] = {
        "eventVersion": "1.11",
        "userIdentity": identity,
        "eventTime": iso(when),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": HOME,
        "sourceIPAddress": address,
    }
    if refusal:
        document["errorCode"], document["errorMessage"] = refusal
    document |= {
        "requestID": ledger.dice.guid(),
        "eventID": ledger.dice.guid(),
        "eventType": "AwsVpceEvent",
        "recipientAccountId": PRODUCTION,
        "sharedEventID": ledger.dice.guid(),
        "vpcEndpointId": ENDPOINT,
        "vpcEndpointAccountId": PRODUCTION,
        "eventCategory": "NetworkActivity",
    }
    record = Record(when, PRODUCTION, HOME, NETWORK, document)
    ledger.records.append(record)
    return record
