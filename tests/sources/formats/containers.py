"""One set of full records, and every container that AWS or a tool may deliver it in (facts: formats 5)."""

import base64
import csv
import gzip
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ctwork.sources.base import IssueKind
from ctwork.sources.harvest import DERIVED, FULL, LOSSY

Record = dict[str, Any]
ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service/Deployer"


def _record(number: int, name: str, source: str, identity: Record, **more: Any) -> Record:
    return {
        "eventVersion": "1.09",
        "userIdentity": identity,
        "eventTime": f"2024-05-01T10:{number:02d}:07Z",
        "eventSource": source,
        "eventName": name,
        "awsRegion": "eu-central-1",
        "sourceIPAddress": f"203.0.113.{number}",
        "userAgent": 'aws-cli/2.15 "quoted", with; marks',
        "requestParameters": None,
        "responseElements": None,
        "requestID": f"{number:08d}-1111-4222-8333-444444444444",
        "eventID": f"{number:08d}-aaaa-4bbb-8ccc-dddddddddddd",
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **more,
    }


USER = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLEEXAMPLE111",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/ops/anaya",
    "accountId": ACCOUNT,
    "accessKeyId": "AKIAEXAMPLEEXAMPLE11",
    "userName": "anaya",
}
SESSION = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLEEXAMPLE111:deploy-7",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Deployer/deploy-7",
    "accountId": ACCOUNT,
    "accessKeyId": "ASIAEXAMPLEEXAMPLE11",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLEEXAMPLE111",
            "arn": ROLE,
            "accountId": ACCOUNT,
            "userName": "Deployer",
        },
        "attributes": {"creationDate": "2024-05-01T09:58:00Z", "mfaAuthenticated": "false"},
    },
}
RECORDS: list[Record] = [
    _record(
        1,
        "PutObject",
        "s3.amazonaws.com",
        USER,
        requestParameters={"bucketName": "b", "key": "a b/ü,\n.txt", "deep": [{"a": [1, 2.5, None, True]}]},
        resources=[
            {"ARN": "arn:aws:s3:::b/k", "type": "AWS::S3::Object"},
            {"ARN": "arn:aws:s3:::b", "accountId": ACCOUNT, "type": "AWS::S3::Bucket"},
        ],
        eventCategory="Data",
        tlsDetails={"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256"},
    ),
    _record(2, "RunInstances", "ec2.amazonaws.com", SESSION, responseElements={"n": 9007199254740993}, readOnly=True),
    _record(
        3,
        "GetSecretValue",
        "secretsmanager.amazonaws.com",
        USER,
        errorCode="AccessDenied",
        errorMessage='User is not "authorized", sorry\nsecond line',
    ),
    _record(
        4,
        "ConsoleLogin",
        "signin.amazonaws.com",
        {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
        eventType="AwsConsoleSignIn",
        responseElements={"ConsoleLogin": "Success"},
        additionalEventData={"MFAUsed": "No", "LoginTo": "https://console.aws.amazon.com/"},
    ),
    _record(5, "Decrypt", "kms.amazonaws.com", {"type": "AWSService", "invokedBy": "rds.amazonaws.com"}),
]


def compact(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def lines(values: Sequence[Any]) -> bytes:
    return b"\n".join(map(compact, values)) + b"\n"


def table(header: Sequence[str], rows: Sequence[Sequence[Any]], **form: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **{"lineterminator": "\n", **form}).writerows([header, *rows])
    return out.getvalue().encode()


@dataclass(frozen=True)
class Container:
    """One way to deliver `RECORDS`."""

    number: int
    """In the fact sheet's list."""
    name: str
    write: Callable[[], bytes]
    claimed: str
    """What reads it: the name of a format, of a table, or of a stream."""
    fidelity: str = DERIVED
    told: list[IssueKind] = field(default_factory=list)
    holds: Callable[[Record], Record] | None = None
    """What a record is after a lossy way, as far as it is checked field by field."""
    documents: bool = True
    """Whether the stream is JSON: one document or several."""


def sns(message: Any) -> Record:
    text = message if isinstance(message, str) else json.dumps(message)
    return {"Type": "Notification", "MessageId": "1", "TopicArn": "arn:aws:sns:x", "Message": text}


def eventbridge(record: Record) -> Record:
    return {"version": "0", "id": "1", "detail-type": "AWS API Call via CloudTrail", "source": "x", "detail": record}


def looked_up(record: Record) -> Record:
    return {"EventId": record["eventID"], "EventName": record["eventName"], "CloudTrailEvent": json.dumps(record)}


def subscription(records: Sequence[Record]) -> Record:
    events = [{"id": str(n), "timestamp": 1714557600000, "message": json.dumps(r)} for n, r in enumerate(records)]
    return {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": "g",
        "logStream": "s",
        "subscriptionFilters": ["f"],
        "logEvents": events,
    }


def packed(value: Any) -> str:
    return base64.b64encode(gzip.compress(compact(value), mtime=0)).decode()


def without_time(record: Record) -> Record:
    rest = {key: value for key, value in record.items() if key != "eventTime"}
    return {**rest, "@timestamp": record["eventTime"].replace("Z", ".417Z"), "@version": "1"}


def in_ecs(record: Record, *, original: bool) -> Record:
    identity = record["userIdentity"]
    session = identity.get("sessionContext", {})
    trail = {
        "event_version": record["eventVersion"],
        "event_type": record["eventType"],
        "event_category": record["eventCategory"],
        "request_id": record["requestID"],
        "error_code": record.get("errorCode"),
        "error_message": record.get("errorMessage"),
        "read_only": record["readOnly"],
        "management_event": record["managementEvent"],
        "recipient_account_id": record["recipientAccountId"],
        "request_parameters": "{a=b}" if record["requestParameters"] else None,
        "flattened": {"request_parameters": record["requestParameters"]} if record["requestParameters"] else {},
        "user_identity": {
            "type": identity["type"],
            "arn": identity.get("arn"),
            "access_key_id": identity.get("accessKeyId"),
            "invoked_by": identity.get("invokedBy"),
            "session_context": {
                "mfa_authenticated": session.get("attributes", {}).get("mfaAuthenticated"),
                "session_issuer": {"arn": session.get("sessionIssuer", {}).get("arn")},
            },
        },
    }
    event = {
        "provider": record["eventSource"],
        "action": record["eventName"],
        "id": record["eventID"],
        "module": "aws",
        "dataset": "aws.cloudtrail",
        **({"original": json.dumps(record)} if original else {}),
    }
    return {
        "@timestamp": record["eventTime"].replace("Z", ".000Z"),
        "event": event,
        "aws": {"cloudtrail": trail},
        "cloud": {"region": record["awsRegion"], "provider": "aws"},
        "source": {"address": record["sourceIPAddress"]},
        "user_agent": {"original": record["userAgent"]},
    }


SHARED = ("eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userAgent", "eventID", "eventType")


def picked(record: Record, *names: str) -> Record:
    return {name: record[name] for name in (*SHARED, *names) if record.get(name) is not None}


def held_by_ecs(record: Record) -> Record:
    names = ("errorCode", "errorMessage", "requestParameters", "recipientAccountId", "readOnly", "managementEvent")
    return picked(record, *names, "requestID", "eventVersion", "eventCategory")


CONSOLE_HEADER = (
    *("User name", "AWS access key", "Event time", "Event source", "Event name", "AWS region", "Source IP address"),
    *("User agent", "Error code", "Resources", "Request ID", "Event ID", "Read-only", "Event type"),
    *("Recipient Account Id", "Event category"),
)


def console_row(record: Record) -> list[Any]:
    identity = record["userIdentity"]
    resources = [{"resourceType": item["type"], "resourceName": item["ARN"]} for item in record.get("resources", ())]
    return [
        identity.get("userName", ""),
        identity.get("accessKeyId", ""),
        *(record.get(name, "") for name in SHARED[:6]),
        record.get("errorCode", ""),
        json.dumps(resources),
        record["requestID"],
        record["eventID"],
        str(record["readOnly"]).lower(),
        *(record[name] for name in ("eventType", "recipientAccountId", "eventCategory")),
    ]


def held_by_console(record: Record) -> Record:
    names = ("errorCode", "requestID", "readOnly", "recipientAccountId", "eventCategory")
    resources = [{"ARN": item["ARN"], "type": item["type"]} for item in record.get("resources", ())]
    identity = {
        key: record["userIdentity"][key] for key in ("userName", "accessKeyId") if key in record["userIdentity"]
    }
    held = picked(record, *names)
    if identity:
        held["userIdentity"] = identity
    if resources:
        held["resources"] = resources
    return held


def presto(value: Any) -> str:
    """A value as Presto prints it in a struct: no quotes, names in lower case, nothing escaped."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key.lower()}={presto(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(presto, value)) + "]"
    return "null" if value is None else str(value)


IDENTITY = ("type", "principalId", "arn", "accountId", "invokedBy", "accessKeyId", "userName", "sessionContext")
RESOURCE = ("ARN", "accountId", "type")
STRUCTS = ("userIdentity", "resources", "tlsDetails")
TEXTS = ("requestParameters", "responseElements", "additionalEventData")
COLUMNS = list(dict.fromkeys(name for record in RECORDS for name in record))


def athena_cell(record: Record, name: str) -> str:
    value = record.get(name)
    if name == "userIdentity":
        return presto({member: value.get(member) for member in IDENTITY})
    if name == "resources":
        return presto([{member: item.get(member) for member in RESOURCE} for item in value]) if value else ""
    if name in TEXTS:
        return json.dumps(value) if name in record else ""
    if name in STRUCTS:
        return presto(value) if value else ""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def athena() -> bytes:
    rows = [[athena_cell(record, name) for name in COLUMNS] for record in RECORDS]
    return table([name.lower() for name in COLUMNS], rows, quoting=csv.QUOTE_ALL)


def held_by_athena(record: Record) -> Record:
    return dict(record)


LAKE_COLUMNS = ("eventID", "eventTime", "eventSource", "eventName", "awsRegion", "sourceIPAddress", "userIdentity")


def lake() -> bytes:
    rows = [
        [
            record["eventTime"].replace("T", " ").replace("Z", ".000")
            if name == "eventTime"
            else athena_cell(record, name)
            for name in LAKE_COLUMNS
        ]
        for record in RECORDS
    ]
    head = b"# Execution Time: 2024-05-02T00:00:00Z Query Statement: SELECT eventID, eventTime FROM x WHERE a = 'b'\n"
    return head + table([name.lower() for name in LAKE_COLUMNS], rows, quoting=csv.QUOTE_ALL)


def held_by_lake(record: Record) -> Record:
    return {name: record[name] for name in LAKE_COLUMNS}


def whole_table(column: str, **form: Any) -> bytes:
    rows = [[number, json.dumps(record, ensure_ascii=False)] for number, record in enumerate(RECORDS)]
    return table(["n", column], rows, **form)


def python_reprs() -> bytes:
    return table(COLUMNS, [[record.get(name, "") for name in COLUMNS] for record in RECORDS])


def held_by_reprs(record: Record) -> Record:
    # An empty cell is what is written for None as well as for nothing.
    return {name: value for name, value in record.items() if value is not None}


def in_ocsf(record: Record) -> Record:
    identity = record["userIdentity"]
    session = identity.get("sessionContext")
    return {
        "class_uid": 6003,
        "metadata": {
            "product": {
                "name": "CloudTrail",
                "vendor_name": "AWS",
                "version": record["eventVersion"],
                "feature": {"name": record["eventCategory"]},
            },
            "uid": record["eventID"],
            "event_code": record["eventType"],
        },
        "time": int(datetime.fromisoformat(record["eventTime"]).timestamp() * 1000),
        "api": {
            "operation": record["eventName"],
            "service": {"name": record["eventSource"]},
            "request": {"uid": record["requestID"], "data": text_or_none(record["requestParameters"])},
            "response": {
                "error": record.get("errorCode"),
                "message": record.get("errorMessage"),
                "data": text_or_none(record["responseElements"]),
            },
        },
        "cloud": {"region": record["awsRegion"], "provider": "AWS"},
        "src_endpoint": {"ip": record["sourceIPAddress"], "domain": None},
        "http_request": {"user_agent": record["userAgent"]},
        "actor": {
            "user": {
                "type": identity["type"],
                "uid": identity.get("arn"),
                "uid_alt": identity.get("principalId"),
                "name": identity.get("userName"),
                "account": {"uid": identity.get("accountId")},
                "credential_uid": identity.get("accessKeyId"),
            },
            "invoked_by": identity.get("invokedBy"),
            "session": {
                "issuer": session["sessionIssuer"]["arn"] if session else None,
                "created_time_dt": session["attributes"]["creationDate"] if session else None,
                "is_mfa": False if session else None,
            },
        },
        "resources": [
            {"uid": item["ARN"], "type": item["type"], "owner": {"account": {"uid": item.get("accountId")}}}
            for item in record.get("resources", ())
        ],
        "unmapped": {
            "recipientAccountId": record["recipientAccountId"],
            "readOnly": str(record["readOnly"]).lower(),
            "managementEvent": "true",
            "tlsDetails.tlsVersion": record.get("tlsDetails", {}).get("tlsVersion"),
        },
    }


def text_or_none(value: Any) -> str | None:
    return None if value is None else json.dumps(value)


def held_by_ocsf(record: Record) -> Record:
    names = ("errorCode", "errorMessage", "requestParameters", "responseElements", "requestID", "recipientAccountId")
    held = picked(record, *names, "readOnly", "managementEvent", "eventVersion", "eventCategory", "resources")
    identity = {key: value for key, value in record["userIdentity"].items() if key != "sessionContext"}
    if session := record["userIdentity"].get("sessionContext"):
        issuer = {"arn": session["sessionIssuer"]["arn"]}
        identity["sessionContext"] = {"sessionIssuer": issuer, "attributes": session["attributes"]}
    return {**held, "userIdentity": identity}


def parquet(rows: Sequence[Record], **columns: Any) -> bytes:
    import polars

    out = io.BytesIO()
    polars.DataFrame(list(rows), infer_schema_length=None).write_parquet(out)
    return out.getvalue()


def athena_parquet() -> bytes:
    def folded(value: Any) -> Any:
        if isinstance(value, dict):
            return {key.lower(): folded(item) for key, item in value.items()}
        return [folded(item) for item in value] if isinstance(value, list) else value

    rows = []
    for record in RECORDS:
        row = {name: record.get(name) for name in COLUMNS}
        row |= {name: text_or_none(record.get(name)) for name in TEXTS}
        row["eventTime"] = datetime.fromisoformat(record["eventTime"]).replace(tzinfo=None)
        rows.append({key.lower(): folded(value) for key, value in row.items()})
    return parquet(rows)


def ocsf_parquet() -> bytes:
    rows = []
    for record in RECORDS:
        event = in_ocsf(record)
        pairs = [{"key": key, "value": value} for key, value in event["unmapped"].items() if value is not None]
        rows.append({**event, "unmapped": pairs})
    return parquet(rows)


def events_page() -> bytes:
    items = [{"logStreamName": "s", "timestamp": 1, "message": json.dumps(r), "eventId": "3"} for r in RECORDS]
    return compact({"events": items, "searchedLogStreams": []})


def glued_firehose() -> bytes:
    halves = (subscription(RECORDS[:2]), subscription(RECORDS[2:]))
    return b"".join(gzip.compress(compact(half), mtime=0) for half in halves)


def exported_lines(stamp: str = "2024-05-01T10:05:00.123Z") -> bytes:
    return b"".join(b"%s %s\n" % (stamp.encode(), compact(record)) for record in RECORDS)


def query_results() -> bytes:
    rows = [
        [{"field": "@timestamp", "value": "2024-05-01 10:00:00.000"}, {"field": "@message", "value": json.dumps(r)}]
        for r in RECORDS
    ]
    return compact({"results": rows, "status": "Complete"})


CONTAINERS = [
    Container(1, "trail", lambda: compact({"Records": RECORDS}), "trail", FULL),
    Container(3, "sns-eventbridge", lambda: lines([sns(eventbridge(r)) for r in RECORDS]), "sns-notification"),
    Container(
        3,
        "sqs-sns-eventbridge",
        lambda: compact(
            {
                "Messages": [
                    {"MessageId": "1", "ReceiptHandle": "h", "Body": json.dumps(sns(eventbridge(r)))} for r in RECORDS
                ]
            }
        ),
        "sqs-messages",
    ),
    Container(
        3, "sqs-message", lambda: lines([{"MessageId": "1", "Body": json.dumps(r)} for r in RECORDS]), "sqs-message"
    ),
    Container(
        3,
        "lambda-sqs",
        lambda: compact({"Records": [{"eventSource": "aws:sqs", "body": json.dumps(eventbridge(r))} for r in RECORDS]}),
        "notification",
    ),
    Container(
        3,
        "lambda-sns",
        lambda: compact({"Records": [{"EventSource": "aws:sns", "Sns": {"Message": json.dumps(r)}} for r in RECORDS]}),
        "notification",
    ),
    Container(
        3,
        "lambda-kinesis",
        lambda: compact(
            {"Records": [{"eventSource": "aws:kinesis", "kinesis": {"data": packed(subscription(RECORDS))}}]}
        ),
        "notification",
    ),
    Container(
        11,
        "firehose-lambda",
        lambda: compact({"invocationId": "1", "records": [{"recordId": "1", "data": packed(subscription(RECORDS))}]}),
        "firehose",
    ),
    Container(5, "array", lambda: compact(RECORDS), "array", FULL),
    Container(5, "arrays", lambda: compact([RECORDS[:2], RECORDS[2:]]), "array", FULL),
    Container(6, "glued", lambda: b"".join(map(compact, RECORDS)), "record", FULL),
    Container(7, "json-lines", lambda: lines(RECORDS), "record", FULL),
    Container(8, "logstash", lambda: lines([without_time(r) for r in RECORDS]), "logstash", holds=dict),
    Container(8, "filebeat-original", lambda: lines([in_ecs(r, original=True) for r in RECORDS]), "filebeat"),
    Container(
        8, "filebeat", lambda: lines([in_ecs(r, original=False) for r in RECORDS]), "filebeat", LOSSY, holds=held_by_ecs
    ),
    Container(8, "source", lambda: lines([{"_index": "i", "_source": r} for r in RECORDS]), "wrapped", FULL),
    Container(
        8,
        "search",
        lambda: compact(
            {"took": 1, "hits": {"total": 5, "hits": [{"_source": in_ecs(r, original=True)} for r in RECORDS]}}
        ),
        "elasticsearch",
    ),
    Container(9, "eventbridge", lambda: lines([eventbridge(r) for r in RECORDS]), "eventbridge", FULL),
    Container(10, "cloudwatch-export", exported_lines, "cloudwatch-export", FULL, documents=False),
    Container(
        10, "cloudwatch-epochs", lambda: exported_lines("1714557907123"), "cloudwatch-export", FULL, documents=False
    ),
    Container(11, "subscription", lambda: compact(subscription(RECORDS)), "cloudwatch-subscription"),
    Container(
        11, "awslogs", lambda: compact({"awslogs": {"data": packed(subscription(RECORDS))}}), "cloudwatch-lambda"
    ),
    Container(11, "firehose", glued_firehose, "cloudwatch-subscription", told=[IssueKind.MULTI_MEMBER]),
    Container(12, "filter-log-events", events_page, "cloudwatch-events"),
    Container(
        12,
        "insights-json",
        lambda: compact([{"@timestamp": "2024-05-01 10:00:00.000", "@message": json.dumps(r)} for r in RECORDS]),
        "array",
    ),
    Container(
        12, "insights-objects", lambda: compact([{"@timestamp": "t", "@message": r} for r in RECORDS]), "array", FULL
    ),
    Container(12, "insights-result", query_results, "logs-insights-result"),
    Container(12, "insights-csv", lambda: whole_table("@message"), "logs-insights", documents=False),
    Container(13, "lookup-events", lambda: compact({"Events": [looked_up(r) for r in RECORDS]}), "lookup-events"),
    Container(13, "lookup-csv", lambda: whole_table("CloudTrailEvent"), "lookup-events-csv", documents=False),
    Container(14, "event-history", lambda: json.dumps({"Records": RECORDS[::-1]}, indent=2).encode(), "trail", FULL),
    Container(
        15,
        "console-csv",
        lambda: table(CONSOLE_HEADER, [console_row(r) for r in RECORDS], lineterminator="\r\n"),
        "console-csv",
        LOSSY,
        holds=held_by_console,
        documents=False,
    ),
    Container(
        15,
        "console-csv-translated",
        lambda: (
            b"\xef\xbb\xbf"
            + table([f"Spalte {n} ü" for n in range(16)], [console_row(r) for r in RECORDS], delimiter=";")
        ),
        "console-csv",
        LOSSY,
        holds=held_by_console,
        documents=False,
    ),
    Container(16, "lake", lake, "lake", LOSSY, holds=held_by_lake, documents=False),
    Container(
        16,
        "lake-page",
        lambda: compact(
            {"QueryStatus": "FINISHED", "QueryResultRows": [[{"eventJson": json.dumps(r)}] for r in RECORDS]}
        ),
        "lake-result",
    ),
    Container(18, "eventjson", lambda: whole_table("eventjson", quoting=csv.QUOTE_ALL), "eventjson", documents=False),
    Container(
        18,
        "lake-eventjson",
        lambda: b"# Execution Time: x Query Statement: SELECT eventjson\nFROM y\n" + whole_table("eventJson"),
        "lake",
        documents=False,
    ),
    Container(19, "athena", athena, "athena", LOSSY, holds=held_by_athena, documents=False),
    Container(20, "athena-parquet", athena_parquet, "parquet", LOSSY, holds=held_by_reprs, documents=False),
    Container(
        20,
        "eventjson-parquet",
        lambda: parquet([{"eventjson": json.dumps(r)} for r in RECORDS]),
        "parquet",
        documents=False,
    ),
    Container(21, "ocsf", lambda: lines([in_ocsf(r) for r in RECORDS]), "ocsf", LOSSY, holds=held_by_ocsf),
    Container(21, "ocsf-array", lambda: compact([in_ocsf(r) for r in RECORDS]), "array", LOSSY, holds=held_by_ocsf),
    Container(21, "ocsf-parquet", ocsf_parquet, "parquet", LOSSY, holds=held_by_ocsf, documents=False),
    Container(22, "python-reprs", python_reprs, "csv", LOSSY, holds=held_by_reprs, documents=False),
    Container(
        24, "splunk", lambda: lines([{"preview": False, "result": {"_raw": json.dumps(r)}} for r in RECORDS]), "splunk"
    ),
    Container(24, "splunk-csv", lambda: whole_table("_raw", quoting=csv.QUOTE_ALL), "splunk", documents=False),
    Container(
        24, "datadog", lambda: lines([{"id": "1", "content": {"attributes": r}} for r in RECORDS]), "wrapped", FULL
    ),
    Container(
        24, "collector", lambda: lines([{"sourcetype": "aws:cloudtrail", "event": r} for r in RECORDS]), "wrapped", FULL
    ),
    Container(
        24,
        "panther",
        lambda: lines([{**r, "p_log_type": "AWS.CloudTrail"} for r in RECORDS]),
        "record",
        FULL,
        holds=dict,
    ),
    Container(
        24,
        "message",
        lambda: lines([{"@timestamp": "t", "message": json.dumps(r), "host": "h"} for r in RECORDS]),
        "message",
    ),
]
