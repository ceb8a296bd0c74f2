"""The intrusion, third part: secrets, objects, a snapshot, and a try from the inside."""

from .actor import Actor
from .clock import at, iso
from .network import turned_away
from .refusal import Failure
from .story import SNAPSHOT, Issue, Story
from .workload import INSTANCES
from .world import (
    BACKUP_OPERATOR,
    BACKUPS,
    DATA_KEY,
    EU_REPORTS,
    EXPORTS,
    HOME,
    INTRUDER_IPV6,
    OREGON,
    PRODUCTION,
    STRANGER,
)

LARGE_OBJECT = "postgres/2025-03-11/orders-full.dump.gz"
LARGE_BYTES = 4_831_838_208


def write_theft(story: Story, newcomer: Actor) -> None:
    """All that was taken before the trail was stopped."""
    _take_exports(story, newcomer)
    _take_secrets(story, newcomer)
    _take_backup(story, newcomer)
    _share_snapshot(story, newcomer)
    _try_from_inside(story, newcomer)


def take_secret(story: Story, actor: Actor, when: int, name: str) -> None:
    """A secret read, and the decryption it causes."""
    arn = f"arn:aws:secretsmanager:{HOME}:{PRODUCTION}:secret:{name}-a1B2c3"
    story.ledger.call(actor, when, "secretsmanager:GetSecretValue", request={"secretId": name})
    story.ledger.call(
        actor.forwarded("secretsmanager.amazonaws.com"),
        when,
        "kms:Decrypt",
        request={"encryptionContext": {"SecretARN": arn}, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        resources=[{"accountId": PRODUCTION, "type": "AWS::KMS::Key", "ARN": DATA_KEY}],
    )


def _take_secrets(story: Story, newcomer: Actor) -> None:
    story.begin("secrets-read", "Three secrets are read, a fourth is refused by its key; two parameters follow.")
    when = at("2025-03-12T03:02:10Z")
    for step, name in enumerate(("prod/orders/database", "prod/payments/gateway", "prod/partners/api-token")):
        take_secret(story, newcomer, when + 12 * step, name)
    refused = Failure("AccessDeniedException", "Access to KMS is not allowed", hides_request=True)
    story.ledger.call(newcomer, when + 40, "secretsmanager:GetSecretValue", failure=refused)
    names = ["/prod/shop/admin-password", "/prod/shop/session-secret"]
    resources = [{"accountId": PRODUCTION, "ARN": f"arn:aws:ssm:{HOME}:{PRODUCTION}:parameter{name}"} for name in names]
    request = {"names": names, "withDecryption": True}
    story.ledger.call(newcomer, when + 55, "ssm:GetParameters", request=request, resources=resources)


def _take_exports(story: Story, newcomer: Actor) -> None:
    story.begin("exports-read", "116 customer exports are downloaded in a quarter of an hour.")
    dice, ledger = story.ledger.dice, story.ledger
    when = at("2025-03-12T02:41:04Z")
    ledger.s3(newcomer, when, "ListObjects", EXPORTS, "", sent=188_420)
    for number in range(116):
        when += dice.between(3, 11)
        key = f"monthly/2025-02/customers-{number:04d}.csv.gz"
        ledger.s3(newcomer, when, "GetObject", EXPORTS, key, sent=dice.between(40_000, 8_000_000))


def _take_backup(story: Story, newcomer: Actor) -> None:
    story.begin("backup-read", "One full database dump, 4.8 GB, and over IPv6 26 reports in Ireland are downloaded.")
    ledger = story.ledger
    when = at("2025-03-12T03:12:31Z")
    ledger.s3(newcomer, when, "ListObjects", BACKUPS, "postgres/", sent=9_112)
    ledger.s3(newcomer, when + 91, "GetObject", BACKUPS, LARGE_OBJECT, sent=LARGE_BYTES)
    read_reports(story, newcomer.via(INTRUDER_IPV6), at("2025-03-12T03:17:00Z"), 26)


def read_reports(story: Story, actor: Actor, when: int, count: int) -> None:
    """`count` reports in Ireland, after a listing."""
    story.ledger.s3(actor, when, "ListObjects", EU_REPORTS, "daily/", sent=20_140)
    for number in range(count):
        when += story.ledger.dice.between(2, 9)
        key = f"daily/2025-03-{1 + number % 28:02d}/region-{number}.csv"
        story.ledger.s3(actor, when, "GetObject", EU_REPORTS, key, sent=story.ledger.dice.between(9_000, 900_000))


def _share_snapshot(story: Story, newcomer: Actor) -> None:
    story.begin(
        "snapshot-shared",
        f"Through the role backup-operator a snapshot in Oregon is shared with account {STRANGER}; "
        "eighteen minutes later a volume is made from it there.",
    )
    when = at("2025-03-12T03:24:40Z")
    operator, records = story.ledger.assume(newcomer, when, BACKUP_OPERATOR, "sync")
    issued = tuple(record.event_id for record in records)
    story.issues.append(Issue(when, issued, "AssumeRole", operator.key, newcomer.key, BACKUP_OPERATOR.arn, 4))
    owners = {"ownersSet": {"items": [{"owner": "self"}]}}
    story.ledger.call(operator, when + 50, "ec2:DescribeSnapshots", OREGON, owners)
    permission = {"add": {"items": [{"userId": STRANGER}]}}
    request = {
        "snapshotId": SNAPSHOT,
        "createVolumePermission": permission,
        "attributeType": "CREATE_VOLUME_PERMISSION",
    }
    story.ledger.call(operator, when + 150, "ec2:ModifySnapshotAttribute", OREGON, request, response={"_return": True})
    service = "ec2.amazonaws.com"
    nobody = Actor({"accountId": PRODUCTION, "invokedBy": service}, PRODUCTION, service, service)
    story.ledger.call(
        nobody,
        at("2025-03-12T03:44:51Z"),
        "ec2:SharedSnapshotVolumeCreated",
        OREGON,
        event_type="AwsServiceEvent",
        read_only=False,
        request_id="",
        shared=story.ledger.dice.guid(),
        service_details={"snapshotId": SNAPSHOT},
    )
    story.resources.append(f"{SNAPSHOT} in {OREGON} (shared with {STRANGER})")


def _try_from_inside(story: Story, newcomer: Actor) -> None:
    story.begin(
        "command-on-server",
        "A command runs on a web server and tries to push data to the foreign account; the VPC endpoint refuses.",
    )
    when = at("2025-03-12T03:31:05Z")
    hidden = "HIDDEN_DUE_TO_SECURITY_REASONS"
    request = {
        "instanceIds": [INSTANCES[0]],
        "documentName": "AWS-RunShellScript",
        "parameters": hidden,
        "interactive": False,
    }
    command = {"commandId": story.ledger.dice.guid(), "parameters": hidden, "requestedDateTime": iso(when)}
    story.ledger.call(newcomer, when, "ssm:SendCommand", request=request, response={"command": command})
    turned_away(story.ledger, at("2025-03-12T03:33:12Z"), "s3", "PutObject")
