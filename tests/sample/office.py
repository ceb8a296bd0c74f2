"""Background: people at work. Single sign-on, console storms, analysts reading data, sign-ins that fail."""

from dataclasses import dataclass
from typing import Any

from .actor import Actor, session_actor, user_actor
from .clock import DAY, DAYS, FIRST_DAY, HOUR, MINUTE, american, iso
from .credential import key_id
from .ledger import Ledger
from .pipeline import Clockwork
from .refusal import Failure, denied
from .world import (
    AGENT_CHROME,
    AGENT_FIREFOX,
    BREAKGLASS,
    BUILD,
    EU_REPORTS,
    EXPORTS,
    HOME,
    IRELAND,
    MANAGEMENT,
    OFFICE_ADDRESSES,
    OFFICE_IPV6,
    PRODUCTION,
    Role,
    single_sign_on,
)

IDENTITY_STORE = f"arn:aws:identitystore::{MANAGEMENT}:identitystore/d-9067example"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who signs in through IAM Identity Center; the name is a function, not a human being."""

    name: str
    role: Role
    address: str
    agent: str
    hour: int
    """Hour of the day at which the first session begins."""
    user_id: str


_READER = single_sign_on(PRODUCTION, "DataReader")
_DEVELOPER = single_sign_on(BUILD, "Developer")
_PLATFORM = single_sign_on(PRODUCTION, "PlatformAdmin")
_SECURITY = single_sign_on(MANAGEMENT, "SecurityAdmin")
PEOPLE = (
    Person("data-analyst-1", _READER, OFFICE_ADDRESSES[0], AGENT_FIREFOX, 8, "9067f0aa-01"),
    Person("data-analyst-2", _READER, OFFICE_IPV6, AGENT_CHROME, 13, "9067f0aa-02"),
    Person("developer-1", _DEVELOPER, OFFICE_ADDRESSES[1], AGENT_FIREFOX, 9, "9067f0aa-03"),
    Person("platform-admin-1", _PLATFORM, OFFICE_ADDRESSES[1], AGENT_CHROME, 10, "9067f0aa-04"),
    Person("sec-admin-1", _SECURITY, OFFICE_ADDRESSES[2], AGENT_FIREFOX, 15, "9067f0aa-05"),
)
PLATFORM_ADMIN, SECURITY_ADMIN = PEOPLE[3], PEOPLE[4]


def write_office(ledger: Ledger) -> None:
    """Every person, every working day, one console session; and the sign-ins of IAM users and root."""
    for day in range(DAYS):
        for person in PEOPLE:
            start = FIRST_DAY + day * DAY + person.hour * HOUR + ledger.dice.between(0, 50) * MINUTE
            clock = Clockwork(start, ledger.dice, (1, 8))
            actor = sign_on(ledger, clock, person)
            _storm(ledger, clock, actor)
            if person.name.startswith("data-analyst"):
                _analyse(ledger, clock, actor)
            elif person.role.account == MANAGEMENT:
                _review(ledger, clock, actor)
            else:
                _administer(ledger, clock, actor)
    _break_glass(ledger, FIRST_DAY + 11 * HOUR + 4 * MINUTE)
    _mistyped(ledger, FIRST_DAY + DAY + 9 * HOUR + 13 * MINUTE)
    _root(ledger, FIRST_DAY + 3 * DAY + 8 * HOUR + 2 * MINUTE)


def sign_on(ledger: Ledger, clock: Clockwork, person: Person) -> Actor:
    """Through the portal into an account: three records in two accounts, and a console session."""
    portal = {
        "type": "IdentityCenterUser",
        "accountId": MANAGEMENT,
        "onBehalfOf": {"userId": person.user_id, "identityStoreArn": IDENTITY_STORE},
        "credentialId": ledger.dice.base64(44),
    }
    visitor = Actor(portal, MANAGEMENT, person.address, person.agent)
    for name, details in (
        ("Authenticate", {"UserAuthentication": "Success"}),
        ("Federate", {"role_name": person.role.name, "account_id": person.role.account}),
    ):
        ledger.call(
            visitor, clock.tick(), f"sso:{name}", event_type="AwsServiceEvent", read_only=False, service_details=details
        )
    created = clock.tick()
    key = key_id(ledger.dice, "ASIA", person.role.account)
    actor = session_actor(person.role, person.name, key, created, person.address, person.agent, console=True)
    console_login(ledger, _without_key(actor), created, host=f"https://{HOME}.console.aws.amazon.com/console/home")
    return actor


def _without_key(actor: Actor) -> Actor:
    """Sign-in events of a session carry no key."""
    identity = {name: value for name, value in actor.identity.items() if name != "accessKeyId"}
    return Actor(identity, actor.account, actor.address, actor.agent)


def console_login(
    ledger: Ledger,
    actor: Actor,
    when: int,
    *,
    host: str = "https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true",
    mfa: str = "",
    error: str = "",
) -> None:
    """A ConsoleLogin: a failure has a message and no code. `mfa` is the ARN of the device used."""
    extra: dict[str, Any] = {"LoginTo": host, "MobileVersion": "No"}
    if mfa:
        extra["MFAIdentifier"] = mfa
    extra["MFAUsed"] = "Yes" if mfa else "No"
    ledger.call(
        actor,
        when,
        "signin:ConsoleLogin",
        response={"ConsoleLogin": "Failure" if error else "Success"},
        failure=Failure("", error) if error else None,
        additional=extra,
        event_type="AwsConsoleSignIn",
        request_id="",
        read_only=False,
    )


def _storm(ledger: Ledger, clock: Clockwork, actor: Actor) -> None:
    """What a console start page asks for before anybody has clicked."""
    health = actor.forwarded("health.amazonaws.com")
    request = {
        "filter": {"startTimes": [{"from": american(clock.now - 7 * DAY)}], "eventStatusCodes": ["open", "upcoming"]},
        "aggregateField": "eventTypeCategory",
    }
    ledger.call(health, clock.tick(), "health:DescribeEventAggregates", request=request)
    ledger.call(actor, clock.tick(), "ec2:DescribeRegions", request={"regionSet": {}, "allRegions": True})
    ledger.call(actor, clock.tick(), "ec2:DescribeAccountAttributes", request={"accountAttributeNameSet": {}})
    ledger.call(actor, clock.tick(), "iam:ListAccountAliases")
    region = IRELAND if ledger.dice.chance(0.2) else HOME
    for name in ("DescribeInstances", "DescribeVolumes", "DescribeVpcs", "DescribeSecurityGroups", "DescribeAddresses"):
        ledger.call(actor, clock.tick(), f"ec2:{name}", region, {"filterSet": {}})
    failure = denied(actor, "ce:GetCostAndUsage") if ledger.dice.chance(0.7) else None
    ledger.call(actor, clock.tick(), "ce:GetCostAndUsage", failure=failure)


def _analyse(ledger: Ledger, clock: Clockwork, actor: Actor) -> None:
    """An analyst lists, reads, and once in a while asks for more than is allowed."""
    bucket, prefix = (EU_REPORTS, "daily/") if ledger.dice.chance(0.5) else (EXPORTS, "monthly/")
    ledger.s3(actor, clock.tick(), "ListObjects", bucket, prefix, sent=ledger.dice.between(2_000, 90_000))
    for _ in range(ledger.dice.between(6, 12)):
        size = ledger.dice.between(3_000, 2_500_000)
        ledger.s3(actor, clock.tick(), "GetObject", bucket, f"{prefix}{ledger.dice.hexes(6)}.csv", sent=size)
    refused = denied(actor, "s3:GetObject", f'"arn:aws:s3:::{EXPORTS}/restricted/payroll.csv"')
    ledger.s3(actor, clock.tick(), "GetObject", EXPORTS, "restricted/payroll.csv", failure=refused)
    ledger.call(actor, clock.tick(), "athena:ListWorkGroups", IRELAND, {"maxResults": 50})


def _review(ledger: Ledger, clock: Clockwork, actor: Actor) -> None:
    """The security administrator's daily round."""
    ledger.call(actor, clock.tick(), "cloudtrail:DescribeTrails", request={"trailNameList": []})
    ledger.call(actor, clock.tick(), "cloudtrail:GetTrailStatus", request={"name": "org-trail"})
    ledger.call(actor, clock.tick(), "guardduty:ListDetectors", request={"maxResults": 50})
    ledger.call(actor, clock.tick(), "securityhub:GetFindings", request={"maxResults": 100})
    ledger.call(actor, clock.tick(), "organizations:ListAccounts", request={"maxResults": 20})
    ledger.call(actor, clock.tick(), "iam:GenerateCredentialReport", response={"state": "COMPLETE"}, read_only=True)
    ledger.call(actor, clock.tick(), "access-analyzer:ListFindings", request={"maxResults": 100})


def _administer(ledger: Ledger, clock: Clockwork, actor: Actor) -> None:
    """A developer or administrator looks around and changes a little."""
    ledger.call(actor, clock.tick(), "lambda:ListFunctions20150331", request={"maxItems": 50})
    ledger.call(actor, clock.tick(), "cloudformation:ListStacks", request={"stackStatusFilter": ["UPDATE_COMPLETE"]})
    ledger.call(actor, clock.tick(), "iam:ListRoles", request={"maxItems": 100})
    ledger.call(actor, clock.tick(), "monitoring:DescribeAlarms", request={"maxRecords": 100})
    group = {"logGroupName": f"/aws/lambda/{ledger.dice.pick(('billing', 'shop-api', 'order-intake'))}-worker"}
    ledger.call(actor, clock.tick(), "logs:PutRetentionPolicy", request=group | {"retentionInDays": 30})
    missing = Failure("ResourceNotFoundException", "Function not found")
    wanted = {"functionName": "old-importer"}
    ledger.call(actor, clock.tick(), "lambda:GetFunction20150331v2", request=wanted, failure=missing)
    tag = {"resourcesSet": {"items": [{"resourceId": "i-0a1b2c3d4e5f60718"}]}, "tagSet": {"items": [{"key": "owner"}]}}
    ledger.call(actor, clock.tick(), "ec2:CreateTags", request=tag, response={"_return": True})


def _break_glass(ledger: Ledger, when: int) -> None:
    """The emergency user signs in: once with the wrong password, then with MFA."""
    user = user_actor(BREAKGLASS, "", OFFICE_ADDRESSES[2], AGENT_FIREFOX)
    nameless = {name: value for name, value in user.identity.items() if name != "arn"}
    stranger = Actor(nameless, user.account, user.address, user.agent)
    device = f"arn:aws:iam::{PRODUCTION}:mfa/breakglass-ops"
    console_login(ledger, stranger, when, mfa=device, error="Failed authentication")
    ledger.call(
        stranger,
        when + 31,
        "signin:CheckMfa",
        response={"CheckMfa": "Success"},
        additional={"MfaType": "Virtual MFA"},
        event_type="AwsConsoleSignIn",
        request_id="",
        read_only=False,
    )
    console_login(ledger, _without_key(user), when + 34, mfa=device)


def _mistyped(ledger: Ledger, when: int) -> None:
    """Somebody types a password into the user box: AWS hides the name."""
    identity = {"type": "IAMUser", "accountId": BUILD, "accessKeyId": "", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    visitor = Actor(identity, BUILD, OFFICE_ADDRESSES[0], AGENT_CHROME)
    console_login(ledger, visitor, when, error="No username found in supplied account")


def _root(ledger: Ledger, when: int) -> None:
    """The yearly look at the root user of the management account, with its hardware key."""
    arn = f"arn:aws:iam::{MANAGEMENT}:root"
    identity = {"type": "Root", "principalId": MANAGEMENT, "arn": arn, "accountId": MANAGEMENT, "accessKeyId": ""}
    root = Actor(identity, MANAGEMENT, OFFICE_ADDRESSES[2], AGENT_FIREFOX)
    console_login(ledger, root, when, mfa=f"arn:aws:iam::{MANAGEMENT}:u2f/root-account/hardware-key")
    session = {"attributes": {"creationDate": iso(when), "mfaAuthenticated": "true"}}
    key = key_id(ledger.dice, "ASIA", MANAGEMENT)
    signed_in = identity | {"accessKeyId": key, "sessionContext": session}
    actor = Actor(signed_in, MANAGEMENT, root.address, root.agent, console=True)
    ledger.call(actor, when + 40, "iam:GetAccountSummary")
    ledger.call(actor, when + 44, "account:GetContactInformation")
