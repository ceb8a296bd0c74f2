"""Background: software delivery. OIDC pipelines, an older job with a long-term key, deployments into production."""

from dataclasses import dataclass
from typing import Any

from .actor import Actor, session_actor, user_actor
from .clock import DAY, DAYS, FIRST_DAY, HOUR, MINUTE, at
from .credential import credentials, key_id
from .dice import Dice
from .ledger import Ledger
from .refusal import throttled
from .world import (
    AGENT_RUNNER,
    AGENT_TERRAFORM,
    ARTIFACTS,
    BUILD,
    CI_DEPLOY,
    HOME,
    IRELAND,
    PIPELINE_OIDC,
    PIPELINE_RUNNER,
    PROD_DEPLOYER,
    PRODUCTION,
    RUNNER_ADDRESSES,
)

PROVIDER = "oidc.ci.example.com"
LEAKED_KEY = key_id(Dice("leaked-key"), "AKIA", BUILD)
"""The long-term key of ci-deploy, in daily use and one day in the wrong hands."""
ROTATED_KEY = key_id(Dice("rotated-key"), "AKIA", BUILD)
"""The key that replaces it."""
ROTATED_AT = at("2025-03-12T07:14:20Z")
_APPS = ("shop-api", "shop-web", "billing", "search-index", "mail-templates", "order-intake")


@dataclass(slots=True)
class Clockwork:
    """A clock that moves a few seconds with every call."""

    now: int
    dice: Dice
    step: tuple[int, int] = (1, 5)

    def tick(self) -> int:
        """Move on and tell the time."""
        self.now += self.dice.between(*self.step)
        return self.now


def write_pipelines(ledger: Ledger) -> None:
    """All pipeline runs of the four days: about twenty a day, in working hours."""
    number = 7600
    for day in range(DAYS):
        for run in range(21):
            start = FIRST_DAY + day * DAY + 6 * HOUR + run * 41 * MINUTE + ledger.dice.between(0, 9) * MINUTE
            number += 1
            _run(ledger, start, ledger.dice.pick(_APPS), number, deploys=run % 4 == 1)
        for hour in (2, 10, 18):
            _older_job(ledger, FIRST_DAY + day * DAY + hour * HOUR + 5 * MINUTE, day)


def ci_key(when: int) -> str:
    """The key ci-deploy works with at that time."""
    return LEAKED_KEY if when < ROTATED_AT else ROTATED_KEY


def _run(ledger: Ledger, start: int, app: str, number: int, *, deploys: bool) -> None:
    """One run: sign in by OIDC, build, store, update; now and then deploy."""
    clock = Clockwork(start, ledger.dice)
    actor = _sign_in(ledger, clock.tick(), app, number)
    image = {"registryId": BUILD, "repositoryName": app}
    ledger.call(actor, clock.tick(), "ecr:GetAuthorizationToken", request={})
    for _ in range(ledger.dice.between(2, 4)):
        layers = {"layerDigests": [f"sha256:{ledger.dice.hexes(64)}"]}
        ledger.call(actor, clock.tick(), "ecr:BatchCheckLayerAvailability", request=image | layers)
    ledger.call(actor, clock.tick(), "ecr:InitiateLayerUpload", request=image)
    ledger.call(actor, clock.tick(), "ecr:CompleteLayerUpload", request=image)
    ledger.call(actor, clock.tick(), "ecr:PutImage", request=image | {"imageTag": f"build-{number}"})
    for _ in range(ledger.dice.between(1, 3)):
        size = ledger.dice.between(20_000, 9_000_000)
        ledger.s3(actor, clock.tick(), "GetObject", ARTIFACTS, f"cache/{app}/{ledger.dice.hexes(12)}.tar", sent=size)
    size = ledger.dice.between(200_000, 30_000_000)
    ledger.s3(actor, clock.tick(), "PutObject", ARTIFACTS, f"builds/{app}/build-{number}.zip", received=size)
    _read_setting(ledger, actor, clock, f"/build/{app}/settings")
    stack = {"stackName": f"{app}-build"}
    for _ in range(ledger.dice.between(2, 4)):
        failure = throttled("cloudformation:DescribeStacks") if ledger.dice.chance(0.04) else None
        ledger.call(actor, clock.tick(), "cloudformation:DescribeStacks", request=stack, failure=failure)
    ledger.call(actor, clock.tick(), "logs:CreateLogStream", request=_stream(app, number), api_version="20140328")
    if deploys:
        _deploy(ledger, actor, clock, app, number, HOME)
        if number % 3 == 0:
            _deploy(ledger, actor, clock, app, number, IRELAND)


def _sign_in(ledger: Ledger, when: int, app: str, number: int) -> Actor:
    """AssumeRoleWithWebIdentity: the runner shows a token of the CI system."""
    subject = f"repo:example-org/{app}:ref:refs/heads/main"
    session = f"{app}-{number}"
    address = ledger.dice.pick(RUNNER_ADDRESSES)
    key = key_id(ledger.dice, "ASIA", BUILD)
    provider = f"arn:aws:iam::{BUILD}:oidc-provider/{PROVIDER}"
    identity = {
        "type": "WebIdentityUser",
        "principalId": f"{provider}:sts.amazonaws.com:{subject}",
        "userName": subject,
        "identityProvider": provider,
    }
    response = {
        "credentials": credentials(ledger.dice, key, when + HOUR),
        "subjectFromWebIdentityToken": subject,
        "assumedRoleUser": {
            "assumedRoleId": f"{PIPELINE_OIDC.unique_id}:{session}",
            "arn": f"arn:aws:sts::{BUILD}:assumed-role/{PIPELINE_OIDC.name}/{session}",
        },
        "provider": provider,
        "audience": "sts.amazonaws.com",
    }
    ledger.call(
        Actor(identity, BUILD, address, AGENT_RUNNER),
        when,
        "sts:AssumeRoleWithWebIdentity",
        request={"roleArn": PIPELINE_OIDC.arn, "roleSessionName": session, "durationSeconds": HOUR},
        response=response,
        resources=[{"accountId": BUILD, "type": "AWS::IAM::Role", "ARN": PIPELINE_OIDC.arn}],
    )
    return session_actor(PIPELINE_OIDC, session, key, when, address, AGENT_RUNNER)


def _read_setting(ledger: Ledger, actor: Actor, clock: Clockwork, name: str) -> None:
    """A parameter with decryption, and the decryption SSM asks KMS for."""
    when = clock.tick()
    arn = f"arn:aws:ssm:{HOME}:{BUILD}:parameter{name}"
    key = f"arn:aws:kms:{HOME}:{BUILD}:key/9d0b7a54-3f21-4c0e-8a77-5e6f708192a3"
    ledger.call(
        actor,
        when,
        "ssm:GetParameter",
        request={"name": name, "withDecryption": True},
        resources=[{"accountId": BUILD, "ARN": arn}],
    )
    ledger.call(
        actor.forwarded("ssm.amazonaws.com"),
        when,
        "kms:Decrypt",
        request={"encryptionContext": {"PARAMETER_ARN": arn}, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        resources=[{"accountId": BUILD, "type": "AWS::KMS::Key", "ARN": key}],
    )


def _stream(app: str, number: int) -> dict[str, Any]:
    return {"logGroupName": f"/ci/{app}", "logStreamName": f"build-{number}"}


def _deploy(ledger: Ledger, actor: Actor, clock: Clockwork, app: str, number: int, region: str) -> None:
    """Into production: a second hop, then a stack, a service and a function are updated."""
    session = f"{app}-{number}"
    opened, _ = ledger.assume(actor, clock.tick(), PROD_DEPLOYER, session, region=region)
    deployer = opened.via(actor.address, AGENT_TERRAFORM)
    stack = {"stackName": f"{app}-production"}
    ledger.call(deployer, clock.tick(), "sts:GetCallerIdentity", region)
    ledger.call(deployer, clock.tick(), "cloudformation:DescribeStacks", region, stack)
    arn = f"arn:aws:cloudformation:{region}:{PRODUCTION}:stack/{app}-production/{ledger.dice.guid()}"
    update = stack | {"capabilities": ["CAPABILITY_NAMED_IAM"], "usePreviousTemplate": False}
    ledger.call(deployer, clock.tick(), "cloudformation:UpdateStack", region, update, response={"stackId": arn})
    for _ in range(3):
        ledger.call(deployer, clock.tick(), "cloudformation:DescribeStackEvents", region, stack)
    service = {"cluster": "production", "service": app}
    ledger.call(deployer, clock.tick(), "ecs:DescribeServices", region, {"cluster": "production", "services": [app]})
    ledger.call(deployer, clock.tick(), "ecs:UpdateService", region, service | {"forceNewDeployment": True})
    function = {"functionName": f"{app}-worker", "publish": True, "dryRun": False}
    ledger.call(deployer, clock.tick(), "lambda:UpdateFunctionCode20150331v2", region, function)


def _older_job(ledger: Ledger, start: int, day: int) -> None:
    """The job that was never moved to OIDC: a user with a key that does not change."""
    clock = Clockwork(start, ledger.dice)
    actor = user_actor(CI_DEPLOY, ci_key(start), RUNNER_ADDRESSES[0], AGENT_RUNNER)
    ledger.call(actor, clock.tick(), "sts:GetCallerIdentity")
    ledger.s3(actor, clock.tick(), "ListObjects", ARTIFACTS, "nightly/", sent=4812)
    for part in range(3):
        size = ledger.dice.between(1_000_000, 60_000_000)
        ledger.s3(actor, clock.tick(), "PutObject", ARTIFACTS, f"nightly/{day}/part-{part}.tar.zst", received=size)
    runner, _ = ledger.assume(actor, clock.tick(), PIPELINE_RUNNER, f"nightly-{10 + day}")
    ledger.call(runner, clock.tick(), "codebuild:BatchGetBuilds", request={"ids": [f"nightly:{ledger.dice.guid()}"]})
    deployer, _ = ledger.assume(runner, clock.tick(), PROD_DEPLOYER, f"nightly-{10 + day}")
    ledger.call(deployer, clock.tick(), "cloudformation:DescribeStacks", request={"stackName": "nightly-production"})
    ledger.call(deployer, clock.tick(), "ecs:ListServices", request={"cluster": "production"})
