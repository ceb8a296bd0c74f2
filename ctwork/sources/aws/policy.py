"""The IAM policy that allows what is asked of AWS and nothing else, for one bucket or for the event history."""

import json
from typing import Any

from ctwork.resources import data_path
from ctwork.sources.aws.place import SCHEME as S3
from ctwork.sources.aws.place import S3Place
from ctwork.sources.aws.shelf import SCHEME as LOOKUP

OPTIONAL = "Optional"
"""How the ids of statements begin that may be left out: what they are for is then told as refused, and not done."""
_FILE = "iam-policy.json"
_ARN = "arn:aws:s3:::"
_PREFIX, _KEY = "PREFIX", "KEY-ARN"
_OF_HISTORY = ("EventHistory", "OptionalRegions", "OptionalStateOfTrails")
_OF_HISTORY_ALONE = ("EventHistory", "OptionalRegions")
_LITERAL = str.maketrans({"*": "${*}", "?": "${?}", "$": "${$}"})
"""IAM reads these three in a resource; in such braces they stand for themselves."""


def policy(place: str = "", key_arn: str = "") -> str:
    """The policy as JSON for ``s3://bucket/prefix`` or ``lookup://…``; for "" all of it, with names to be filled in.

    `key_arn` is the KMS key that encrypts the logs; without it ``KEY-ARN`` stays for whoever knows it. Raises
    UsageError for a place that names no bucket.
    """
    document: dict[str, Any] = json.loads(data_path(_FILE).read_bytes())
    statements = document["Statement"]
    if place.startswith(LOOKUP):
        statements = [each for each in statements if each["Sid"] in _OF_HISTORY]
    elif place:
        statements = [each for each in statements if each["Sid"] not in _OF_HISTORY_ALONE]
        named = S3Place.of(place if place.startswith(S3) else f"{S3}{place}")
        statements = [_filled(each, named.bucket, named.prefix, key_arn or _KEY) for each in statements]
    return json.dumps({**document, "Statement": statements}, indent=2) + "\n"


def _filled(statement: dict[str, Any], bucket: str, prefix: str, key_arn: str) -> dict[str, Any]:
    """One statement with its names. Where the whole bucket is meant nothing has to be said of prefixes."""
    # An access point has an ARN of its own, and a folder for the objects behind it.
    arn, objects = (bucket, f"{bucket}/object/") if bucket.startswith("arn:") else (_ARN + bucket, f"{_ARN}{bucket}/")
    names = {f"{_ARN}BUCKET/": objects, f"{_ARN}BUCKET": arn, _PREFIX: prefix.translate(_LITERAL), _KEY: key_arn}
    filled: dict[str, Any] = _replaced(statement, names)
    if not prefix and "s3:prefix" in statement.get("Condition", {}).get("StringLike", {}):
        del filled["Condition"]
    return filled


def _replaced(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {key: _replaced(inside, names) for key, inside in value.items()}
    if isinstance(value, list):
        return [_replaced(inside, names) for inside in value]
    for placeholder, name in names.items():
        # Each stands at the front of what is left: nothing looks through a name that was filled in.
        if value.startswith(placeholder):
            return name + _replaced(value[len(placeholder) :], names)
    return value
