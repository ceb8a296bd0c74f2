"""Background: what production does all day. Functions, servers, tables, queues, backups and a vendor who watches."""

from .actor import Actor, outsider, service_actor, session_actor
from .clock import DAY, DAYS, END, FIRST_DAY, HOUR, MINUTE
from .credential import unique_id
from .ledger import Ledger
from .refusal import Failure, throttled
from .world import (
    AGENT_LAMBDA,
    AGENT_SERVER,
    AGENT_SSM,
    AGENT_VENDOR,
    APP_ADDRESSES,
    BACKUP_OPERATOR,
    BUILD,
    DATA_KEY,
    EU_APP_ADDRESS,
    EU_REPORTS,
    FLOW_LOGS,
    HOME,
    IRELAND,
    ORDERS,
    ORDERS_PROCESSOR,
    OREGON,
    PRODUCTION,
    REPORT_BUILDER,
    VENDOR,
    VENDOR_ADDRESS,
    WEB_APP,
    Role,
)

INSTANCES = ("i-0a1b2c3d4e5f60718", "i-0b2c3d4e5f6071829")
ENDPOINT = "vpce-0e1d2c3b4a5968778"
"""Interface endpoint of the production network."""
METRICS = {account: Role(account, "metrics-collector") for account in (BUILD, PRODUCTION)}


def write_workloads(ledger: Ledger) -> None:
    """Every half hour in us-east-1, every hour in eu-west-1, every night in us-west-2."""
    function: Actor | None = None
    report: Actor | None = None
    servers: tuple[Actor, ...] = ()
    for number, start in enumerate(range(FIRST_DAY, END, 30 * MINUTE)):
        when = start + 2 * MINUTE + ledger.dice.between(0, 40)
        if function is None or number % 6 == 0:
            function = _start_function(ledger, when, ORDERS_PROCESSOR, HOME)
        if not servers or number % 12 == 0:
            servers = tuple(_start_server(ledger, when + 3, instance) for instance in INSTANCES)
        _orders(ledger, function, when + 8, number)
        _servers(ledger, servers, when + 30, number)
        if number % 2 == 0:
            _refused_flow_log(ledger, when + 70)
            _vendor(ledger, when + 75, PRODUCTION if number % 4 else BUILD)
            if report is None or number % 8 == 0:
                report = _start_function(ledger, when, REPORT_BUILDER, IRELAND)
            _reports(ledger, report, when + 20, number)
    for day in range(DAYS):
        _backup(ledger, FIRST_DAY + day * DAY + 3 * HOUR + 31 * MINUTE)


def _start_function(ledger: Ledger, when: int, role: Role, region: str) -> Actor:
    """Lambda fetches credentials for a function."""
    session, _ = ledger.assume(service_actor("lambda.amazonaws.com"), when, role, role.name, region=region)
    address = EU_APP_ADDRESS if region == IRELAND else ledger.dice.pick(APP_ADDRESSES)
    actor = session.via(address, AGENT_LAMBDA)
    stream = {"logGroupName": f"/aws/lambda/{role.name}", "logStreamName": f"[$LATEST]{ledger.dice.hexes(32)}"}
    ledger.call(actor, when + 2, "logs:CreateLogStream", region, stream, api_version="20140328")
    return actor


def _start_server(ledger: Ledger, when: int, instance: str) -> Actor:
    """EC2 fetches credentials for an instance profile."""
    session, _ = ledger.assume(service_actor("ec2.amazonaws.com"), when, WEB_APP, instance, duration_s=6 * HOUR)
    return session_actor(WEB_APP, instance, session.key, when, APP_ADDRESSES[0], AGENT_SERVER, delivery="2.0")


def _orders(ledger: Ledger, actor: Actor, when: int, number: int) -> None:
    """The order function: items in, documents out."""
    table = f"arn:aws:dynamodb:{HOME}:{PRODUCTION}:table/orders"
    resources = [{"accountId": PRODUCTION, "type": "AWS::DynamoDB::Table", "ARN": table}]
    for step in range(ledger.dice.between(1, 3)):
        name = ledger.dice.pick(("GetItem", "PutItem", "Query"))
        failure = None
        if ledger.dice.chance(0.03):
            message = "The level of configured provisioned throughput for the table was exceeded."
            failure = Failure("ProvisionedThroughputExceededException", message)
        request = {"tableName": "orders", "key": {"orderId": f"O-{ledger.dice.between(100000, 999999)}"}}
        ledger.call(
            actor,
            when + step,
            f"dynamodb:{name}",
            request=request,
            resources=resources,
            data=True,
            failure=failure,
            api_version="2012-08-10",
        )
    key = f"2025/{ledger.dice.hexes(10)}.pdf"
    ledger.s3(actor, when + 5, "PutObject", ORDERS, key, received=ledger.dice.between(8_000, 900_000))
    if number % 3 == 0:
        _secret(ledger, actor, when + 6, "prod/orders/database")
    function = f"arn:aws:lambda:{HOME}:{PRODUCTION}:function:order-mailer"
    ledger.call(
        actor,
        when + 8,
        "lambda:Invoke",
        request={"functionName": function, "invocationType": "Event", "sourceAccount": PRODUCTION},
        resources=[{"accountId": PRODUCTION, "type": "AWS::Lambda::Function", "ARN": function}],
        data=True,
        read_only=False,
        additional={"functionVersion": f"{function}:$LATEST"},
    )


def _secret(ledger: Ledger, actor: Actor, when: int, name: str) -> None:
    """A secret, and the decryption Secrets Manager asks KMS for."""
    arn = f"arn:aws:secretsmanager:{HOME}:{PRODUCTION}:secret:{name}-a1B2c3"
    ledger.call(actor, when, "secretsmanager:GetSecretValue", request={"secretId": name})
    ledger.call(
        actor.forwarded("secretsmanager.amazonaws.com"),
        when,
        "kms:Decrypt",
        request={"encryptionContext": {"SecretARN": arn}, "encryptionAlgorithm": "SYMMETRIC_DEFAULT"},
        resources=[{"accountId": PRODUCTION, "type": "AWS::KMS::Key", "ARN": DATA_KEY}],
    )


def _servers(ledger: Ledger, servers: tuple[Actor, ...], when: int, number: int) -> None:
    """The web servers: heartbeats, documents through the VPC endpoint, a describe now and then."""
    for offset, (server, instance) in enumerate(zip(servers, INSTANCES, strict=True)):
        request = {"instanceId": instance, "agentVersion": "3.2.2303.0", "agentStatus": "Active"}
        agent = server.via(server.address, AGENT_SSM)
        ledger.call(agent, when + offset, "ssm:UpdateInstanceInformation", request=request)
        inside = server.through(ENDPOINT, PRODUCTION, f"10.20.{3 + offset}.41")
        size = ledger.dice.between(9_000, 700_000)
        ledger.s3(inside, when + 4 + offset, "GetObject", ORDERS, f"2025/{ledger.dice.hexes(10)}.pdf", sent=size)
        if (number + offset) % 4 == 0:
            failure = throttled("ec2:DescribeTags") if ledger.dice.chance(0.1) else None
            filters = {"items": [{"name": "resource-id", "valueSet": {"items": [{"value": instance}]}}]}
            wanted = {"maxResults": 100, "filterSet": filters}
            ledger.call(server, when + 9 + offset, "ec2:DescribeTags", request=wanted, failure=failure)


def _refused_flow_log(ledger: Ledger, when: int) -> None:
    """Flow log delivery against a bucket policy nobody repaired: noise that looks like an attack."""
    service = service_actor("delivery.logs.amazonaws.com")
    key = f"AWSLogs/{PRODUCTION}/vpcflowlogs/{HOME}/{ledger.dice.hexes(8)}.log.gz"
    refused = Failure("AccessDenied", "Access Denied")
    ledger.s3(service, when, "PutObject", FLOW_LOGS, key, failure=refused)


def _vendor(ledger: Ledger, when: int, account: str) -> None:
    """A monitoring vendor's role: an outsider with an external id, every hour."""
    role = METRICS[account]
    caller = outsider(VENDOR, unique_id("AROA", VENDOR, "collector") + ":poller", VENDOR_ADDRESS, AGENT_VENDOR)
    session, _ = ledger.assume(caller, when, role, "metrics-poller", external_id="6f1c2b0e9d")
    ledger.call(session, when + 1, "monitoring:ListMetrics", request={"namespace": "AWS/Lambda"})
    ledger.call(
        session, when + 2, "ec2:DescribeInstances", request={"maxResults": 100, "instancesSet": {}, "filterSet": {}}
    )
    if ledger.dice.chance(0.3):
        ledger.call(session, when + 3, "tagging:GetResources", failure=throttled("tagging:GetResources"))


def _reports(ledger: Ledger, actor: Actor, when: int, number: int) -> None:
    """The report function in Ireland."""
    for step in range(2):
        size = ledger.dice.between(40_000, 3_000_000)
        ledger.s3(actor, when + step, "GetObject", EU_REPORTS, f"raw/{ledger.dice.hexes(8)}.parquet", sent=size)
    size = ledger.dice.between(10_000, 400_000)
    ledger.s3(actor, when + 4, "PutObject", EU_REPORTS, f"daily/{number}.csv", received=size)
    request = {"queryString": "***", "workGroup": "reports", "clientRequestToken": ledger.dice.guid()}
    answer = {"queryExecutionId": ledger.dice.guid()}
    ledger.call(actor, when + 6, "athena:StartQueryExecution", IRELAND, request, response=answer)
    ledger.call(actor, when + 9, "athena:GetQueryExecution", IRELAND, answer)
    queue = {"queueUrl": f"https://sqs.{IRELAND}.amazonaws.com/{PRODUCTION}/report-ready"}
    ledger.call(actor, when + 11, "sqs:GetQueueAttributes", IRELAND, queue)


def _backup(ledger: Ledger, when: int) -> None:
    """The nightly backup: a service uses a role of ours to snapshot and copy to Oregon."""
    service = service_actor("backup.amazonaws.com")
    for region in (HOME, OREGON):
        session, _ = ledger.assume(service, when, BACKUP_OPERATOR, "AWSBackup-BackupJob", region=region)
        actor = session.forwarded("backup.amazonaws.com")
        for step in range(12):
            volume = f"vol-0{ledger.dice.hexes(16)}"
            snapshot = f"snap-0{ledger.dice.hexes(16)}"
            answer = {"snapshotId": snapshot, "volumeId": volume, "status": "pending", "ownerId": PRODUCTION}
            name = "ec2:CreateSnapshot" if region == HOME else "ec2:CopySnapshot"
            request = {"volumeId": volume} if region == HOME else {"sourceRegion": HOME, "sourceSnapshotId": snapshot}
            ledger.call(actor, when + 4 * step, name, region, request, response=answer)
            wanted = {"snapshotSet": {"items": [{"snapshotId": snapshot}]}}
            ledger.call(actor, when + 4 * step + 2, "ec2:DescribeSnapshots", region, wanted)
