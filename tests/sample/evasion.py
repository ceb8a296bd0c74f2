"""The intrusion, last part: the third account, the stopped trail, the dark hours, the answer, the return."""

from .actor import Actor, outsider, session_actor, user_actor
from .clock import american, at, iso
from .credential import key_id, unique_id
from .office import PLATFORM_ADMIN, SECURITY_ADMIN, console_login
from .pipeline import LEAKED_KEY, ROTATED_AT, ROTATED_KEY
from .refusal import denied
from .story import NEW_KEY, NEW_USER, SESSION, Issue, Story
from .takeover import second_hop
from .theft import read_reports, take_secret
from .world import (
    AGENT_FIREFOX,
    AGENT_INTRUDER,
    AGENT_INTRUDER_SCRIPT,
    AUDIT_AUTOMATION,
    BUILD,
    CI_DEPLOY,
    EXPORTS,
    INTRUDER_IPV6,
    INTRUDER_SECOND,
    LOG_BUCKET,
    ORG_TRAIL,
    PRODUCTION,
    STRANGER,
    SUPPORT_READONLY,
    single_sign_on,
)

STOPPED = at("2025-03-12T04:32:08Z")
"""StopLogging of the organisation trail."""
STARTED = at("2025-03-12T06:47:33Z")
"""StartLogging by the security administrator."""
KEY_DISABLED = at("2025-03-12T07:12:09Z")


def write_evasion(story: Story, runner: Actor) -> None:
    """From the third hop to the end of the story."""
    deployer = second_hop(
        story,
        runner,
        at("2025-03-12T03:52:10Z"),
        "second-hop-again",
        "After its hour is up, prod-deployer is assumed again",
    )
    auditor = _third_hop(story, deployer)
    _study_logging(story, auditor)
    _stop(story, auditor)
    _console(story)
    _back_door_used(
        story,
        at("2025-03-12T05:22:41Z"),
        "back-door-used",
        "The foreign account assumes support-readonly, reads a secret and four exports",
    )
    _answer(story)
    _return(story)
    _back_door_used(
        story,
        at("2025-03-13T02:40:12Z"),
        "back-door-used-again",
        "The foreign account comes through support-readonly once more",
    )
    _second_answer(story)
    story.finish()


def _third_hop(story: Story, deployer: Actor) -> Actor:
    story.begin("third-hop", "prod-deployer becomes org-audit-automation in the management account.")
    when = at("2025-03-12T03:55:37Z")
    auditor, records = story.ledger.assume(deployer, when, AUDIT_AUTOMATION, SESSION, source_identity=CI_DEPLOY.name)
    issued = tuple(record.event_id for record in records)
    story.issues.append(Issue(when, issued, "AssumeRole", auditor.key, deployer.key, AUDIT_AUTOMATION.arn, 3))
    story.ledger.call(auditor, when + 12, "sts:GetCallerIdentity")
    return auditor


def _study_logging(story: Story, auditor: Actor) -> None:
    story.begin(
        "logging-studied", "Trail, selectors and log bucket are inspected; deleting and narrowing the trail is refused."
    )
    when = at("2025-03-12T04:02:20Z")
    trail = {"name": ORG_TRAIL.arn}
    for action, request in (
        ("cloudtrail:DescribeTrails", {"trailNameList": [], "includeShadowTrails": True}),
        ("cloudtrail:GetTrailStatus", trail),
        ("cloudtrail:GetEventSelectors", {"trailName": ORG_TRAIL.name}),
        ("organizations:ListAccounts", {}),
    ):
        story.ledger.call(auditor, when, action, request=request)
        when += story.ledger.dice.between(9, 40)
    for name, parameter in (
        ("GetBucketPolicy", "policy"),
        ("GetBucketVersioning", "versioning"),
        ("GetBucketLifecycle", "lifecycle"),
        ("GetBucketLogging", "logging"),
    ):
        story.ledger.s3(auditor, when, name, LOG_BUCKET, sent=612, request={parameter: ""})
        when += story.ledger.dice.between(9, 40)
    for text, action in (
        ("2025-03-12T04:24:47Z", "cloudtrail:DeleteTrail"),
        ("2025-03-12T04:26:10Z", "cloudtrail:PutEventSelectors"),
    ):
        story.ledger.call(auditor, at(text), action, failure=denied(auditor, action, ORG_TRAIL.arn))


def _stop(story: Story, auditor: Actor) -> None:
    story.begin("logging-stopped", "The organisation trail is stopped. The account trail of production is overlooked.")
    story.ledger.call(auditor, STOPPED, "cloudtrail:StopLogging", request={"name": ORG_TRAIL.arn})


def _console(story: Story) -> None:
    story.begin(
        "dark-hours",
        "Seen by the account trail alone: a console password for the new user, a sign-in without MFA over IPv6, "
        "deleted flow logs, six more exports.",
    )
    ledger = story.ledger
    when = at("2025-03-12T04:39:20Z")
    newcomer = user_actor(NEW_USER, NEW_KEY, INTRUDER_SECOND, AGENT_INTRUDER_SCRIPT)
    profile = {"userName": NEW_USER.name, "passwordResetRequired": False}
    answer = {"loginProfile": profile | {"createDate": american(when)}}
    ledger.call(newcomer, when, "iam:CreateLoginProfile", request=profile, response=answer)
    signed_in = at("2025-03-12T04:41:02Z")
    identity = {name: value for name, value in newcomer.identity.items() if name != "accessKeyId"}
    console_login(ledger, Actor(identity, PRODUCTION, INTRUDER_IPV6, AGENT_FIREFOX), signed_in)
    context = {"attributes": {"creationDate": iso(signed_in), "mfaAuthenticated": "false"}}
    session = {**newcomer.identity, "accessKeyId": key_id(ledger.dice, "ASIA", PRODUCTION), "sessionContext": context}
    console = Actor(session, PRODUCTION, INTRUDER_IPV6, AGENT_FIREFOX, console=True)
    ledger.call(console, signed_in + 29, "ec2:DescribeInstances", request={"instancesSet": {}, "filterSet": {}})
    ledger.call(console, signed_in + 61, "ec2:DescribeFlowLogs", request={"filter": {}})
    flow_logs = {"DeleteFlowLogsRequest": {"FlowLogId": {"tag": 1, "content": "fl-0c1d2e3f4a5b6c7d8"}}}
    ledger.call(console, signed_in + 655, "ec2:DeleteFlowLogs", request=flow_logs, response={"_return": True})
    for number in range(6):
        key = f"monthly/2025-01/customers-{number:04d}.csv.gz"
        size = ledger.dice.between(40_000, 8_000_000)
        ledger.s3(console, signed_in + 700 + 31 * number, "GetObject", EXPORTS, key, sent=size)


def _back_door_used(story: Story, when: int, name: str, text: str) -> None:
    story.begin(name, f"{text}.")
    ledger = story.ledger
    caller = outsider(STRANGER, unique_id("AIDA", STRANGER, "courier"), INTRUDER_SECOND, AGENT_INTRUDER)
    session, records = ledger.assume(caller, when, SUPPORT_READONLY, "support-4471")
    issued = tuple(record.event_id for record in records)
    story.issues.append(Issue(when, issued, "AssumeRole", session.key, "", SUPPORT_READONLY.arn, 1))
    ledger.call(session, when + 8, "sts:GetCallerIdentity")
    take_secret(story, session, when + 20, "prod/payments/gateway")
    for number in range(4):
        key = f"monthly/2024-12/customers-{number:04d}.csv.gz"
        ledger.s3(
            session, when + 60 + 5 * number, "GetObject", EXPORTS, key, sent=ledger.dice.between(40_000, 8_000_000)
        )


def _answer(story: Story) -> None:
    story.begin(
        "first-answer",
        "The security administrator starts the trail again, disables the leaked key and issues a new one.",
    )
    ledger = story.ledger
    key = key_id(ledger.dice, "ASIA", SECURITY_ADMIN.role.account)
    admin = session_actor(
        SECURITY_ADMIN.role,
        SECURITY_ADMIN.name,
        key,
        STARTED - 250,
        SECURITY_ADMIN.address,
        SECURITY_ADMIN.agent,
        console=True,
    )
    ledger.call(admin, STARTED, "cloudtrail:StartLogging", request={"name": ORG_TRAIL.arn})
    ledger.call(admin, STARTED + 20, "cloudtrail:GetTrailStatus", request={"name": ORG_TRAIL.arn})
    for step in range(4):
        wanted = {"lookupAttributes": [{"attributeKey": "EventName", "attributeValue": "StopLogging"}]}
        ledger.call(admin, STARTED + 95 + 40 * step, "cloudtrail:LookupEvents", request=wanted)
    build_role = single_sign_on(BUILD, "SecurityAdmin")
    key = key_id(ledger.dice, "ASIA", BUILD)
    in_build = session_actor(
        build_role, SECURITY_ADMIN.name, key, KEY_DISABLED - 300, admin.address, admin.agent, console=True
    )
    user = {"userName": CI_DEPLOY.name}
    ledger.call(in_build, KEY_DISABLED - 60, "iam:ListAccessKeys", request=user)
    request = user | {"accessKeyId": LEAKED_KEY, "status": "Inactive"}
    ledger.call(in_build, KEY_DISABLED, "iam:UpdateAccessKey", request=request)
    made = {"accessKeyId": ROTATED_KEY, "status": "Active", **user, "createDate": american(ROTATED_AT)}
    ledger.call(in_build, ROTATED_AT, "iam:CreateAccessKey", request=user, response={"accessKey": made})


def _return(story: Story) -> None:
    story.begin("return", "The key made by the intruder still works: reports and a secret are read the next night.")
    newcomer = user_actor(NEW_USER, NEW_KEY, INTRUDER_SECOND, AGENT_INTRUDER_SCRIPT)
    when = at("2025-03-13T02:14:09Z")
    story.ledger.call(newcomer, when, "sts:GetCallerIdentity")
    read_reports(story, newcomer, when + 20, 18)
    take_secret(story, newcomer, when + 600, "prod/partners/api-token")


def _second_answer(story: Story) -> None:
    story.begin(
        "second-answer", "A platform administrator disables the second key. User, policy, trust and share stay."
    )
    ledger = story.ledger
    when = at("2025-03-13T09:41:27Z")
    key = key_id(ledger.dice, "ASIA", PRODUCTION)
    admin = session_actor(
        PLATFORM_ADMIN.role,
        PLATFORM_ADMIN.name,
        key,
        when - 400,
        PLATFORM_ADMIN.address,
        PLATFORM_ADMIN.agent,
        console=True,
    )
    user = {"userName": NEW_USER.name}
    ledger.call(admin, when - 44, "iam:ListAccessKeys", request=user)
    ledger.call(admin, when, "iam:UpdateAccessKey", request=user | {"accessKeyId": NEW_KEY, "status": "Inactive"})
