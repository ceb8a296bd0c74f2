"""The intrusion, first part: the leaked key is tried, probes itself, looks around, and becomes a role."""

from typing import Any

from .actor import Actor, user_actor
from .clock import HOUR, at
from .pipeline import LEAKED_KEY
from .refusal import denied, throttled
from .story import SESSION, Issue, Story
from .world import (
    AGENT_CHECKER,
    AGENT_INTRUDER,
    ARTIFACTS,
    BUILD,
    CI_DEPLOY,
    INTRUDER_FIRST,
    PIPELINE_RUNNER,
    PRODUCTION,
    REGIONS,
)

_REGIONAL = (
    "ec2:DescribeInstances",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSnapshots",
    "ec2:DescribeVolumes",
    "ec2:DescribeKeyPairs",
    "ec2:DescribeVpcs",
    "rds:DescribeDBInstances",
    "lambda:ListFunctions20150331",
    "ecs:ListClusters",
    "eks:ListClusters",
    "secretsmanager:ListSecrets",
    "ssm:DescribeParameters",
    "kms:ListKeys",
    "dynamodb:ListTables",
    "sqs:ListQueues",
    "sns:ListTopics",
    "logs:DescribeLogGroups",
    "cloudtrail:DescribeTrails",
    "guardduty:ListDetectors",
    "ecr:DescribeRepositories",
    "codebuild:ListProjects",
    "apigateway:GetRestApis",
)
_ALLOWED = frozenset(
    {
        "ecs:ListClusters",
        "logs:DescribeLogGroups",
        "ecr:DescribeRepositories",
        "codebuild:ListProjects",
        "sns:ListTopics",
    }
)


def write_foothold(story: Story) -> Actor:
    """Everything up to and including the first role; returns that session."""
    intruder = user_actor(CI_DEPLOY, LEAKED_KEY, INTRUDER_FIRST, AGENT_INTRUDER)
    story.begin(
        "leaked-key-tried",
        "The access key of ci-deploy is tried from an address never seen before, by a tool that checks found secrets.",
    )
    story.ledger.call(intruder.via(INTRUDER_FIRST, AGENT_CHECKER), at("2025-03-11T21:47:09Z"), "sts:GetCallerIdentity")
    _probe(story, intruder)
    _enumerate(story, intruder)
    _probe_buckets(story, intruder)
    return _first_hop(story, intruder)


def _probe(story: Story, intruder: Actor) -> None:
    story.begin("self-probing", "The key asks who it is and what it may do; most of it is refused.")
    when = at("2025-03-12T01:12:04Z")
    me = {"userName": CI_DEPLOY.name}
    story.ledger.call(intruder, when, "sts:GetCallerIdentity")
    for step, (action, request, allowed) in enumerate(
        (
            ("iam:GetUser", me, True),
            ("iam:ListAttachedUserPolicies", me, True),
            ("iam:ListUserPolicies", me, False),
            ("iam:ListGroupsForUser", me, False),
            ("iam:GetAccountSummary", None, False),
            ("iam:GetAccountAuthorizationDetails", None, False),
            ("iam:SimulatePrincipalPolicy", {"policySourceArn": CI_DEPLOY.arn}, False),
            ("iam:ListRoles", None, True),
        )
    ):
        failure = None if allowed else denied(intruder, action, f"user {CI_DEPLOY.name}")
        story.ledger.call(intruder, when + 9 + 17 * step, action, request=request, failure=failure)


def _enumerate(story: Story, intruder: Actor) -> None:
    story.begin("enumeration", "Every region is asked for instances, functions, secrets and keys: 22 calls each.")
    when = at("2025-03-12T01:18:30Z")
    for region in REGIONS:
        for action in _REGIONAL:
            failure = None if action in _ALLOWED else denied(intruder, action)
            if story.ledger.dice.chance(0.06):
                failure = throttled(action)
            request: dict[str, Any] | None = {"filterSet": {}} if action.startswith("ec2:") else None
            story.ledger.call(intruder, when, action, region, request, failure=failure)
            when += story.ledger.dice.between(1, 4)


def _probe_buckets(story: Story, intruder: Actor) -> None:
    story.begin(
        "bucket-guessing", "Bucket names are guessed and their policies asked for: 42 refusals in three minutes."
    )
    when = at("2025-03-12T01:26:03Z")
    story.ledger.s3(intruder, when, "ListBuckets", sent=1_880)
    for step in range(42):
        bucket = ARTIFACTS if step == 0 else f"example-build-{story.ledger.dice.hexes(4)}"
        refused = denied(intruder, "s3:GetBucketPolicy", f'"arn:aws:s3:::{bucket}"')
        story.ledger.s3(
            intruder, when + 2 + 4 * step, "GetBucketPolicy", bucket, failure=refused, request={"policy": ""}
        )


def _first_hop(story: Story, intruder: Actor) -> Actor:
    story.begin(
        "first-hop", "Two roles refuse; pipeline-runner, which the nightly job uses too, is assumed for four hours."
    )
    for when, account, name in (
        ("2025-03-12T01:38:11Z", PRODUCTION, "OrganizationAccountAccessRole"),
        ("2025-03-12T01:39:02Z", BUILD, "ci-admin"),
    ):
        failure = denied(intruder, "sts:AssumeRole", f"arn:aws:iam::{account}:role/{name}")
        story.ledger.call(intruder, at(when), "sts:AssumeRole", failure=failure, read_only=True)
    now = at("2025-03-12T01:41:20Z")
    runner, records = story.ledger.assume(
        intruder, now, PIPELINE_RUNNER, SESSION, duration_s=4 * HOUR, source_identity=CI_DEPLOY.name
    )
    issued = tuple(record.event_id for record in records)
    story.issues.append(Issue(now, issued, "AssumeRole", runner.key, LEAKED_KEY, PIPELINE_RUNNER.arn, 1))
    story.ledger.call(runner, now + 14, "sts:GetCallerIdentity")
    return runner
