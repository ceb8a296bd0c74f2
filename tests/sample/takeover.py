"""The intrusion, second part: into production, more rights, a user of its own, a door for later."""

import json

from .actor import Actor, user_actor
from .clock import american, at
from .refusal import denied
from .story import NEW_KEY, NEW_USER, SESSION, Issue, Story
from .world import (
    AGENT_INTRUDER_SCRIPT,
    CI_DEPLOY,
    DEPLOYER_POLICY,
    HOME,
    INTRUDER_SECOND,
    OREGON,
    PROD_DEPLOYER,
    PRODUCTION,
    STRANGER,
    SUPPORT_READONLY,
)

_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def write_takeover(story: Story, runner: Actor) -> Actor:
    """From `runner` to a user with its own key; returns that user."""
    deployer = second_hop(
        story, runner, at("2025-03-12T01:44:02Z"), "second-hop", "pipeline-runner becomes prod-deployer"
    )
    _look_around(story, deployer)
    _escalate(story, deployer)
    _create_user(story, deployer)
    newcomer = _first_use(story)
    _open_back_door(story, deployer)
    return newcomer.via(INTRUDER_SECOND)


def second_hop(story: Story, runner: Actor, when: int, name: str, text: str) -> Actor:
    """Into production: one action, a record in both accounts, one ``sharedEventID``."""
    story.begin(name, f"{text} in production: two records, one sharedEventID.")
    deployer, records = story.ledger.assume(runner, when, PROD_DEPLOYER, SESSION, source_identity=CI_DEPLOY.name)
    issued = tuple(record.event_id for record in records)
    story.issues.append(Issue(when, issued, "AssumeRole", deployer.key, runner.key, PROD_DEPLOYER.arn, 2))
    story.ledger.call(deployer, when + 11, "sts:GetCallerIdentity")
    return deployer


def _look_around(story: Story, deployer: Actor) -> None:
    story.begin(
        "production-enumeration", "Users, roles, policies, secrets, buckets and snapshots of production are listed."
    )
    when = at("2025-03-12T01:46:20Z")
    user = f"arn:aws:iam::{PRODUCTION}:user/breakglass-ops"
    for action, region, request, allowed in (
        ("iam:ListUsers", HOME, {"maxItems": 1000}, True),
        ("iam:ListRoles", HOME, {"maxItems": 1000}, True),
        ("iam:ListPolicies", HOME, {"scope": "Local"}, True),
        ("iam:ListAttachedRolePolicies", HOME, {"roleName": PROD_DEPLOYER.name}, True),
        ("iam:GetPolicy", HOME, {"policyArn": DEPLOYER_POLICY}, True),
        ("iam:ListPolicyVersions", HOME, {"policyArn": DEPLOYER_POLICY}, True),
        ("iam:GetPolicyVersion", HOME, {"policyArn": DEPLOYER_POLICY, "versionId": "v2"}, True),
        ("iam:CreateAccessKey", HOME, None, False),
        ("iam:CreateUser", HOME, None, False),
        ("secretsmanager:ListSecrets", HOME, {"maxResults": 100}, True),
        ("kms:ListAliases", HOME, {"limit": 100}, True),
        ("rds:DescribeDBInstances", HOME, {}, True),
        ("rds:DescribeDBSnapshots", HOME, {}, False),
        ("ec2:DescribeSnapshots", HOME, {"ownersSet": {"items": [{"owner": "self"}]}}, True),
        ("ec2:DescribeSnapshots", OREGON, {"ownersSet": {"items": [{"owner": "self"}]}}, True),
        ("ec2:DescribeInstances", HOME, {"instancesSet": {}, "filterSet": {}}, True),
        ("organizations:DescribeOrganization", HOME, None, False),
    ):
        failure = None if allowed else denied(deployer, action, user if action.startswith("iam:") else "*")
        story.ledger.call(deployer, when, action, region, request, failure=failure)
        when += story.ledger.dice.between(6, 40)
    story.ledger.s3(deployer, when, "ListBuckets", sent=2_412)


def _escalate(story: Story, deployer: Actor) -> None:
    story.begin(
        "privilege-escalation",
        "prod-deployer's own policy gets a version that allows everything, and is switched to it.",
    )
    when = at("2025-03-12T02:09:15Z")
    document = json.dumps(_EVERYTHING, separators=(",", ":"))
    version = {"versionId": "v3", "isDefaultVersion": False, "createDate": american(when)}
    story.ledger.call(
        deployer,
        when,
        "iam:CreatePolicyVersion",
        request={"policyArn": DEPLOYER_POLICY, "policyDocument": document, "setAsDefault": False},
        response={"policyVersion": version},
    )
    request = {"policyArn": DEPLOYER_POLICY, "versionId": "v3"}
    story.ledger.call(deployer, when + 25, "iam:SetDefaultPolicyVersion", request=request)
    story.resources.append(f"{DEPLOYER_POLICY} (default version v3 allows everything)")


def _create_user(story: Story, deployer: Actor) -> None:
    story.begin("persistence-user", f"User {NEW_USER.name} is created, given a key and AdministratorAccess.")
    when = at("2025-03-12T02:32:31Z")
    name = {"userName": NEW_USER.name}
    user = {"path": "/", **name, "userId": NEW_USER.unique_id, "arn": NEW_USER.arn, "createDate": american(when)}
    story.ledger.call(deployer, when, "iam:CreateUser", request=name, response={"user": user})
    key = {"accessKeyId": NEW_KEY, "status": "Active", **name, "createDate": american(when + 19)}
    issued = story.ledger.call(deployer, when + 19, "iam:CreateAccessKey", request=name, response={"accessKey": key})
    story.issues.append(Issue(when + 19, (issued.event_id,), "CreateAccessKey", NEW_KEY, deployer.key, NEW_USER.arn, 3))
    policy = {"policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    story.ledger.call(deployer, when + 41, "iam:AttachUserPolicy", request=name | policy)
    story.resources.append(f"{NEW_USER.arn} (AdministratorAccess, console password)")


def _first_use(story: Story) -> Actor:
    story.begin("new-key-used", "The new key is used at once, from a second address and with another tool.")
    newcomer = user_actor(NEW_USER, NEW_KEY, INTRUDER_SECOND, AGENT_INTRUDER_SCRIPT)
    when = at("2025-03-12T02:34:18Z")
    story.ledger.call(newcomer, when, "sts:GetCallerIdentity")
    story.ledger.call(newcomer, when + 6, "iam:ListAttachedUserPolicies", request={"userName": NEW_USER.name})
    story.ledger.s3(newcomer, when + 15, "ListBuckets", sent=2_412)
    return newcomer


def _open_back_door(story: Story, deployer: Actor) -> None:
    story.begin(
        "back-door", f"The trust policy of support-readonly is opened to account {STRANGER}, and the role widened."
    )
    when = at("2025-03-12T02:36:44Z")
    principals = [f"arn:aws:iam::{PRODUCTION}:root", f"arn:aws:iam::{STRANGER}:root"]
    trust = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": principals}, "Action": "sts:AssumeRole"}],
    }
    role = {"roleName": SUPPORT_READONLY.name}
    request = role | {"policyDocument": json.dumps(trust, separators=(",", ":"))}
    story.ledger.call(deployer, when, "iam:UpdateAssumeRolePolicy", request=request)
    statement = {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*", "secretsmanager:*"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    request = role | {"policyName": "support-diagnostics", "policyDocument": document}
    story.ledger.call(deployer, when + 22, "iam:PutRolePolicy", request=request)
    story.resources.append(f"{SUPPORT_READONLY.arn} (trusts {STRANGER}; inline policy support-diagnostics)")
