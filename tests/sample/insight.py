"""Insights events: a burst of updates that was harmless, and a burst of refusals that was not."""

from dataclasses import dataclass
from typing import Any

from .actor import session_actor
from .clock import MINUTE, at, iso
from .credential import key_id
from .ledger import Ledger
from .record import INSIGHT, Record
from .world import AGENT_INTRUDER, AGENT_TERRAFORM, BUILD, CI_DEPLOY, HOME, PROD_DEPLOYER, PRODUCTION, RUNNER_ADDRESSES

STORM_START = at("2025-03-11T14:22:00Z")
_STORM_MINUTES = 6


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One insight: a Start and an End that share an id."""

    account: str
    source: str
    name: str
    kind: str
    """``ApiCallRateInsight`` or ``ApiErrorRateInsight``."""
    start: int
    minutes: int
    baseline: float
    """Calls or errors per minute before."""
    rate: float
    """Calls or errors per minute while it lasted."""
    arn: str
    agent: str
    error: str = ""


CALLS = Anomaly(
    PRODUCTION,
    "lambda.amazonaws.com",
    "UpdateFunctionConfiguration20150331v2",
    "ApiCallRateInsight",
    STORM_START,
    _STORM_MINUTES,
    9.82222e-5,
    15.0,
    f"arn:aws:sts::{PRODUCTION}:assumed-role/{PROD_DEPLOYER.name}",
    AGENT_TERRAFORM,
)
ERRORS = Anomaly(
    BUILD,
    "s3.amazonaws.com",
    "GetBucketPolicy",
    "ApiErrorRateInsight",
    at("2025-03-12T01:26:00Z"),
    3,
    0.0001984127,
    14.0,
    CI_DEPLOY.arn,
    f"[{AGENT_INTRUDER}]",
    "AccessDenied",
)


def write_insights(ledger: Ledger) -> None:
    """Both anomalies, and the calls behind the first; the calls behind the second belong to the intrusion."""
    key = key_id(ledger.dice, "ASIA", PRODUCTION)
    deployer = session_actor(
        PROD_DEPLOYER, "timeout-rollout", key, STORM_START - 90, RUNNER_ADDRESSES[1], AGENT_TERRAFORM
    )
    for step in range(int(CALLS.rate) * _STORM_MINUTES):
        request = {"functionName": f"worker-{step:03d}", "timeout": 30, "memorySize": 512}
        ledger.call(deployer, STORM_START + 4 * step, f"lambda:{CALLS.name}", request=request)
    for anomaly in (CALLS, ERRORS):
        shared = ledger.dice.guid()
        for state, when in (("Start", anomaly.start), ("End", anomaly.start + anomaly.minutes * MINUTE)):
            ledger.records.append(_insight(ledger, anomaly, state, when, shared))


def _insight(ledger: Ledger, anomaly: Anomaly, state: str, when: int, shared: str) -> Record:
    """One of the two records."""
    details: dict[str, Any] = {
        "state": state,
        "eventSource": anomaly.source,
        "eventName": anomaly.name,
        "insightType": anomaly.kind,
    }
    if anomaly.error:
        details["errorCode"] = anomaly.error
    details["insightContext"] = {
        "statistics": {
            "baseline": {"average": anomaly.baseline},
            "insight": {"average": anomaly.rate},
            "insightDuration": 1 if state == "Start" else anomaly.minutes,
            "baselineDuration": 10080,
        },
        "attributions": [
            _attribution("userIdentityArn", anomaly.arn, anomaly),
            _attribution("userAgent", anomaly.agent, anomaly),
            _attribution("errorCode", anomaly.error or "null", anomaly),
        ],
    }
    document = {
        "eventVersion": "1.09",
        "eventTime": iso(when),
        "awsRegion": HOME,
        "eventID": ledger.dice.guid(),
        "eventType": "AwsCloudTrailInsight",
        "recipientAccountId": anomaly.account,
        "sharedEventID": shared,
        "insightDetails": details,
        "eventCategory": "Insight",
    }
    return Record(when, anomaly.account, HOME, INSIGHT, document, late_s=14 * MINUTE)


def _attribution(attribute: str, value: str, anomaly: Anomaly) -> dict[str, Any]:
    """Who, with what, with which error; the intruder has no history, so that baseline is empty."""
    stranger = anomaly.error and attribute != "errorCode"
    baseline = [] if stranger else [{"value": value, "average": anomaly.baseline}]
    return {"attribute": attribute, "insight": [{"value": value, "average": anomaly.rate}], "baseline": baseline}
