"""Background: AWS talking to itself. Trail heartbeats, configuration recorders, security services, key grants."""

from .actor import Actor, service_actor, session_actor
from .clock import DAY, DAYS, END, FIRST_DAY, HOUR, MINUTE
from .ledger import Ledger
from .refusal import throttled
from .world import ACCOUNTS, HOME, LOG_BUCKET, MANAGEMENT, PRODUCTION, REGIONS, Role

_DELIVERY_ROLE = Role(MANAGEMENT, "CloudTrailRoleForCloudWatchLogs", "/service-role/")
_LOG_KEY = f"arn:aws:kms:{HOME}:{MANAGEMENT}:key/4c2f8a10-7b66-4d0f-9a11-c0ffee000001"
_DESCRIBES = (
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeVpcs",
    "ec2:DescribeSubnets",
    "ec2:DescribeVolumes",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeRouteTables",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "lambda:ListFunctions20150331",
    "elasticloadbalancing:DescribeLoadBalancers",
    "kms:ListKeys",
)


def write_services(ledger: Ledger) -> None:
    """All service noise of the four days."""
    for number, start in enumerate(range(FIRST_DAY, END, 30 * MINUTE)):
        _heartbeat(ledger, start + 6 * MINUTE + ledger.dice.between(0, 50))
        if number % 4 == 2:
            _security(ledger, start + 7 * MINUTE)
    for start in range(FIRST_DAY + 11 * MINUTE, END, 57 * MINUTE + 20):
        ledger.assume(
            service_actor("cloudtrail.amazonaws.com"), start, _DELIVERY_ROLE, "CLOUDWATCH_LOGS_DELIVERY_SESSION"
        )
    for day in range(DAYS):
        for account_index, account in enumerate(ACCOUNTS):
            for region_index, region in enumerate(REGIONS):
                start = FIRST_DAY + day * DAY + 3 * HOUR + (7 + 5 * account_index + region_index) * MINUTE
                _recorder(ledger, start, account, region)


def _heartbeat(ledger: Ledger, when: int) -> None:
    """CloudTrail looks at the log bucket's ACL before it delivers, and asks for a data key now and then."""
    service = service_actor("cloudtrail.amazonaws.com")
    for step in range(ledger.dice.between(1, 3)):
        ledger.s3(
            service,
            when + 11 * step,
            "GetBucketAcl",
            LOG_BUCKET,
            sent=931,
            request={"acl": ""},
            shared=ledger.dice.guid(),
        )
    if ledger.dice.chance(0.25):
        context = {"aws:cloudtrail:arn": f"arn:aws:cloudtrail:{HOME}:{MANAGEMENT}:trail/org-trail"}
        ledger.call(
            service,
            when + 40,
            "kms:GenerateDataKey",
            request={"keyId": _LOG_KEY, "encryptionContext": context, "keySpec": "AES_256"},
            resources=[{"accountId": MANAGEMENT, "type": "AWS::KMS::Key", "ARN": _LOG_KEY}],
            recipient=MANAGEMENT,
            shared=ledger.dice.guid(),
        )


def _security(ledger: Ledger, when: int) -> None:
    """Security services use their service-linked roles: sessions without a key of their own."""
    for step, (service, name) in enumerate(
        (("guardduty.amazonaws.com", "AmazonGuardDuty"), ("securityhub.amazonaws.com", "SecurityHub"))
    ):
        role = Role(MANAGEMENT, f"AWSServiceRoleFor{name}", f"/aws-service-role/{service}/")
        ledger.assume(service_actor(service), when + step, role, "SLRSession")
        actor = session_actor(role, "SLRSession", "", when + step, service, service).forwarded(service)
        ledger.call(actor, when + 2 + step, "organizations:ListAccounts", request={"maxResults": 20})
        ledger.call(actor, when + 3 + step, "organizations:DescribeOrganization")


def _recorder(ledger: Ledger, when: int, account: str, region: str) -> None:
    """The configuration recorder sweeps one account and region at night, too fast for its own good."""
    service = "config.amazonaws.com"
    role = Role(account, "AWSServiceRoleForConfig", f"/aws-service-role/{service}/")
    ledger.assume(service_actor(service), when, role, "AWSConfig-Describe", region=region)
    actor = session_actor(role, "AWSConfig-Describe", "", when, service, service).forwarded(service)
    for step, action in enumerate(_DESCRIBES):
        failure = throttled(action) if ledger.dice.chance(0.05) else None
        ledger.call(actor, when + 1 + step // 3, action, region, _parameters(action), failure=failure)
    if account == PRODUCTION and region == HOME:
        _rotation(ledger, actor, when + 30)


def _parameters(action: str) -> dict[str, object] | None:
    """What the recorder asks for: an empty filter for EC2, nothing for the others."""
    return {"filterSet": {}} if action.startswith("ec2:") else None


def _rotation(ledger: Ledger, actor: Actor, when: int) -> None:
    """Recorded configuration is put down as an evaluation."""
    request = {"resultToken": "***", "testMode": False, "evaluations": []}
    ledger.call(actor, when, "config:PutEvaluations", request=request)
