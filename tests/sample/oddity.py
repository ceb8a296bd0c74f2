"""Background: shapes that are rare and real. Anonymous and presigned reads, federation, service events, addenda."""

from .actor import Actor, user_actor
from .clock import DAY, FIRST_DAY, HOUR, MINUTE, iso
from .credential import credentials, key_id, unique_id
from .ledger import Ledger
from .pipeline import ci_key
from .refusal import Failure, denied
from .world import (
    AGENT_CHROME,
    AGENT_RUNNER,
    AGENT_SERVER,
    BUILD,
    CI_DEPLOY,
    DATA_KEY,
    HOME,
    IRELAND,
    OFFICE_ADDRESSES,
    ORDERS,
    PRODUCTION,
    RUNNER_ADDRESSES,
    WEBSITE,
    Role,
)


def write_oddities(ledger: Ledger) -> None:
    """One of each, or a handful."""
    for day in range(4):
        _visitors(ledger, FIRST_DAY + day * DAY + 12 * HOUR + 2 * MINUTE)
    _service_events(ledger, FIRST_DAY + 5 * HOUR + 2 * MINUTE)
    _federation(ledger, FIRST_DAY + 14 * HOUR + 32 * MINUTE)
    _saml(ledger, FIRST_DAY + DAY + 15 * HOUR + 2 * MINUTE)
    _cognito(ledger, FIRST_DAY + DAY + 16 * HOUR + 2 * MINUTE)
    _deleted(ledger, FIRST_DAY + DAY + 17 * HOUR + 2 * MINUTE)
    _late(ledger, FIRST_DAY + 3 * DAY + 4 * HOUR + 3 * MINUTE)
    _client_errors(ledger, FIRST_DAY + 2 * DAY + 14 * HOUR + 2 * MINUTE)


def _visitors(ledger: Ledger, when: int) -> None:
    """The public web site, read by nobody in particular, and a document behind a presigned link."""
    identity = {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"}
    for step, address in enumerate(("192.0.2.131", "192.0.2.177", "2001:db8:77::1a2b")):
        anonymous = Actor(identity, "", address, AGENT_CHROME)
        ledger.s3(anonymous, when + step, "GetObject", WEBSITE, "index.html", sent=18_311, shared=ledger.dice.guid())
    missing = Failure("NoSuchKey", "The specified key does not exist.")
    lost = Actor(identity, "", "192.0.2.131", AGENT_CHROME)
    ledger.s3(lost, when + 4, "GetObject", WEBSITE, "favicon.ico", failure=missing, shared=ledger.dice.guid())
    signer = Role(PRODUCTION, "shop-web")
    key = key_id(ledger.dice, "ASIA", PRODUCTION)
    session = {
        "type": "AssumedRole",
        "principalId": f"{signer.unique_id}:shop-web",
        "arn": f"arn:aws:sts::{PRODUCTION}:assumed-role/shop-web/shop-web",
        "accountId": PRODUCTION,
        "accessKeyId": key,
    }
    customer = Actor(session, PRODUCTION, "192.0.2.190", AGENT_CHROME)
    ledger.s3(customer, when + 6, "GetObject", ORDERS, "2025/invoice.pdf", sent=88_120, method="QueryString")


def _service_events(ledger: Ledger, when: int) -> None:
    """Things no principal did: a key rotates itself, a secret is rotated."""
    for step, (service, name, details) in enumerate(
        (
            ("kms", "RotateKey", {"keyId": DATA_KEY.rpartition("/")[2]}),
            ("secretsmanager", "RotationStarted", {"secretId": "prod/orders/database"}),
            ("secretsmanager", "RotationSucceeded", {"secretId": "prod/orders/database"}),
        )
    ):
        source = "AWS Internal" if service == "kms" else f"{service}.amazonaws.com"
        nobody = Actor({"accountId": PRODUCTION, "invokedBy": source}, PRODUCTION, source, source)
        ledger.call(
            nobody,
            when + 20 * step,
            f"{service}:{name}",
            event_type="AwsServiceEvent",
            read_only=False,
            request_id="",
            service_details=details,
        )


def _federation(ledger: Ledger, when: int) -> None:
    """A reporting tool asks for a federated session of the older CI user, and uses it once."""
    caller = user_actor(CI_DEPLOY, ci_key(when), RUNNER_ADDRESSES[0], AGENT_RUNNER)
    key = key_id(ledger.dice, "ASIA", BUILD)
    arn = f"arn:aws:sts::{BUILD}:federated-user/build-report"
    response = {
        "credentials": credentials(ledger.dice, key, when + HOUR),
        "federatedUser": {"federatedUserId": f"{BUILD}:build-report", "arn": arn},
        "packedPolicySize": 4,
    }
    request = {"name": "build-report", "durationSeconds": HOUR}
    ledger.call(caller, when, "sts:GetFederationToken", request=request, response=response)
    issuer = {
        "type": "IAMUser",
        "principalId": CI_DEPLOY.unique_id,
        "arn": CI_DEPLOY.arn,
        "accountId": BUILD,
        "userName": CI_DEPLOY.name,
    }
    identity = {
        "type": "FederatedUser",
        "principalId": f"{BUILD}:build-report",
        "arn": arn,
        "accountId": BUILD,
        "accessKeyId": key,
        "sessionContext": {
            "sessionIssuer": issuer,
            "attributes": {"creationDate": iso(when), "mfaAuthenticated": "false"},
        },
    }
    report = Actor(identity, BUILD, RUNNER_ADDRESSES[0], AGENT_SERVER)
    ledger.call(report, when + 9, "codebuild:ListBuilds", request={"sortOrder": "DESCENDING"})
    ledger.call(report, when + 12, "iam:ListUsers", failure=denied(report, "iam:ListUsers"))


def _saml(ledger: Ledger, when: int) -> None:
    """A contractor's identity provider, by SAML."""
    role = Role(BUILD, "contractor-readonly")
    provider = f"arn:aws:iam::{BUILD}:saml-provider/contractor-idp"
    identity = {
        "type": "SAMLUser",
        "principalId": f"{ledger.dice.base64(28)}:contractor-3",
        "userName": "contractor-3",
        "identityProvider": ledger.dice.base64(28),
    }
    key = key_id(ledger.dice, "ASIA", BUILD)
    ledger.call(
        Actor(identity, BUILD, OFFICE_ADDRESSES[1], AGENT_CHROME),
        when,
        "sts:AssumeRoleWithSAML",
        request={
            "roleArn": role.arn,
            "principalArn": provider,
            "sAMLAssertionID": f"_{ledger.dice.guid()}",
            "durationSeconds": HOUR,
        },
        response={
            "credentials": credentials(ledger.dice, key, when + HOUR),
            "assumedRoleUser": {
                "assumedRoleId": f"{role.unique_id}:contractor-3",
                "arn": f"arn:aws:sts::{BUILD}:assumed-role/{role.name}/contractor-3",
            },
            "subject": "contractor-3",
            "subjectType": "persistent",
            "issuer": "https://idp.example.net/saml",
            "audience": "https://signin.aws.amazon.com/saml",
            "nameQualifier": ledger.dice.base64(28),
        },
        resources=[{"accountId": BUILD, "type": "AWS::IAM::SAMLProvider", "ARN": provider}],
    )


def _cognito(ledger: Ledger, when: int) -> None:
    """A mobile client: identity unknown to IAM."""
    unknown = Actor({"type": "Unknown", "principalId": ""}, PRODUCTION, "192.0.2.190", "aws-sdk-android/2.75.0")
    request = {"identityId": f"{IRELAND}:{ledger.dice.guid()}"}
    ledger.call(unknown, when, "cognito-identity:GetCredentialsForIdentity", IRELAND, request, read_only=False)


def _deleted(ledger: Ledger, when: int) -> None:
    """One DeleteObjects call is one record for the call and one for every key."""
    role = Role(PRODUCTION, "order-cleaner")
    session = {
        "type": "AssumedRole",
        "principalId": f"{unique_id('AROA', PRODUCTION, role.name)}:nightly",
        "arn": f"arn:aws:sts::{PRODUCTION}:assumed-role/{role.name}/nightly",
        "accountId": PRODUCTION,
        "accessKeyId": key_id(ledger.dice, "ASIA", PRODUCTION),
    }
    cleaner = Actor(session, PRODUCTION, "198.51.100.65", AGENT_SERVER)
    ledger.s3(cleaner, when, "DeleteObjects", ORDERS, "", sent=812, request={"delete": ""})
    for step in range(4):
        ledger.s3(cleaner, when, "DeleteObject", ORDERS, f"2019/expired-{step}.pdf")


def _late(ledger: Ledger, when: int) -> None:
    """Two records that arrive six hours late, and a correction of an earlier one."""
    role = Role(PRODUCTION, "web-app-instance")
    actor = Actor(
        {
            "type": "AssumedRole",
            "principalId": f"{role.unique_id}:i-0a1b2c3d4e5f60718",
            "arn": f"arn:aws:sts::{PRODUCTION}:assumed-role/{role.name}/i-0a1b2c3d4e5f60718",
            "accountId": PRODUCTION,
        },
        PRODUCTION,
        "198.51.100.64",
        AGENT_SERVER,
    )
    first = ledger.call(actor, when, "autoscaling:DescribeAutoScalingGroups", HOME, {"maxRecords": 100})
    for step in range(2):
        ledger.call(
            actor,
            when + 60 + step,
            "autoscaling:DescribeScalingActivities",
            HOME,
            {"maxRecords": 20},
            addendum={"reason": "DELIVERY_DELAY"},
            late_s=6 * HOUR,
        )
    ledger.call(
        actor,
        when,
        "autoscaling:DescribeAutoScalingGroups",
        HOME,
        {"maxRecords": 50},
        late_s=6 * HOUR,
        addendum={
            "reason": "UPDATED_DATA",
            "updatedFields": "requestParameters",
            "originalRequestID": str(first.document["requestID"]),
            "originalEventID": first.event_id,
        },
    )


def _client_errors(ledger: Ledger, when: int) -> None:
    """Mistakes: an instance that is gone, a code without a message."""
    actor = user_actor(CI_DEPLOY, ci_key(when), RUNNER_ADDRESSES[0], AGENT_RUNNER)
    wanted = {"instancesSet": {"items": [{"instanceId": "i-0deadbeef00000000"}]}, "filterSet": {}}
    message = "The instance ID 'i-0deadbeef00000000' does not exist"
    gone = Failure("Client.InvalidInstanceID.NotFound", message)
    ledger.call(actor, when, "ec2:DescribeInstances", request=wanted, failure=gone)
    ledger.call(actor, when + 3, "ec2:DescribeImages", failure=Failure("Client.InvalidAMIID.Malformed"))
