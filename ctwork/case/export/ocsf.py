"""OCSF 1.1: API Activity (6003) for calls, Authentication (3002) for console logins (schema.ocsf.io/1.1.0).

Members have the places that Security Lake gives them; what has none there is `unmapped`, so nothing of a record is
lost, and `raw_data` is the record itself, as far as it may leave.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

import orjson

from ctwork.case.export.leaving import Leaving
from ctwork.case.export.rows import write_texts
from ctwork.model.address import parse_address
from ctwork.model.document import json_text, scalar_text
from ctwork.model.instant import event_time_ms
from ctwork.model.outcome import OK
from ctwork.model.verb import begins_with_word
from ctwork.resources import toml_table

VERSION = "1.1.0"
_TAKEN = frozenset(
    {"eventID", "eventVersion", "eventType", "eventTime", "eventName", "eventSource", "apiVersion", "requestID"}
    | {"requestParameters", "responseElements", "errorCode", "errorMessage", "awsRegion", "sourceIPAddress"}
    | {"vpcEndpointId", "userAgent", "userIdentity", "resources", "eventCategory"}
)
_TAKEN_OF_USER = frozenset({"arn", "principalId", "userName", "type", "accountId", "accessKeyId", "invokedBy"})


@dataclass(frozen=True, slots=True)
class OcsfExporter:
    """Events of the Open Cybersecurity Schema Framework: as one list, or one per line."""

    name: str = "ocsf"
    suffixes: tuple[str, ...] = (".ocsf.json",)
    needs: tuple[str, ...] = ("eventTime", "eventName", "eventSource", "eventID", "outcome", "verb", "awsRegion")
    parses: bool = True
    told: str = "OCSF 1.1 API Activity and Authentication, as one list"
    lines: bool = False

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        write_texts(self._texts(events), out)

    def _texts(self, events: Iterable[Leaving]) -> Iterator[str]:
        if not self.lines:
            yield "["
        for number, each in enumerate(events):
            text = _spelled(event_of(each))
            yield text + "\n" if self.lines else (",\n" if number else "\n") + text
        if not self.lines:
            yield "\n]\n"


OCSF_LINES = OcsfExporter("ocsf-jsonl", (".ocsf.jsonl",), told="OCSF 1.1, an event per line", lines=True)


def _spelled(event: Mapping[str, Any]) -> str:
    """`event` as JSON: fast, and exact where a number of it keeps the digits it came with."""
    try:
        return orjson.dumps(event, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode()
    except TypeError:  # such a number, or text that is not Unicode
        return json_text(event)


def event_of(each: Leaving) -> dict[str, Any]:
    """One event of class 3002 for a console login, of class 6003 for any other."""
    document = each.document if isinstance(each.document, dict) else {}
    login = each.cells["eventName"] == "ConsoleLogin"
    class_uid, activity = (3002, 1) if login else (6003, activity_of(each.cells["eventName"] or "", each.cells["verb"]))
    user = _user(_object(document, "userIdentity"))
    event = {
        "class_uid": class_uid,
        "category_uid": class_uid // 1000,
        "activity_id": activity,
        "type_uid": class_uid * 100 + activity,
        **_common(each, document),
        "actor": _actor(_object(document, "userIdentity"), user),
    }
    if activity == 99:
        event["activity_name"] = each.cells["eventName"] or "Other"
    if login:
        event |= {"user": user, "service": {"name": each.cells["eventSource"] or "signin.amazonaws.com"}}
        if (used := _object(document, "additionalEventData").get("MFAUsed")) in ("Yes", "No"):
            event["is_mfa"] = used == "Yes"
    return event


def activity_of(event_name: str, verb: str | None) -> int:
    """activity_id of API Activity: 1 create, 2 read, 3 update, 4 delete, 99 anything else."""
    if verb == "read":
        return 2
    table = toml_table("export.toml")["ocsf"]["activity"]
    found = next((kind for kind in ("create", "update", "delete") if begins_with_word(event_name, table[kind])), "")
    return {"create": 1, "update": 3, "delete": 4}.get(found, 99)


def _common(each: Leaving, document: Mapping[str, Any]) -> dict[str, Any]:
    cells, said = each.cells, each.annotation
    failed = cells["outcome"] not in (OK, None)
    time_ms = event_time_ms(cells["eventTime"] or "") or 0
    severity = toml_table("export.toml")["ocsf"]["severity"]
    common: dict[str, Any] = {
        "time": time_ms,
        "severity_id": severity.get(said.severity if said else "", 1),
        "status_id": 2 if failed else 1,
        "status": "Failure" if failed else "Success",
        "metadata": _metadata(each, document),
        "cloud": _filled({"provider": "AWS", "region": cells["awsRegion"]}),
        "api": _api(each, document),
        "src_endpoint": _endpoint(document),
        "raw_data": each.raw.decode("utf-8", "replace") if each.raw else json_text(document),
    }
    if failed:
        common |= _filled({"status_code": document.get("errorCode"), "status_detail": document.get("errorMessage")})
    if agent := scalar_text(document.get("userAgent")):
        common["http_request"] = {"user_agent": agent}
    if isinstance(resources := document.get("resources"), list):
        common["resources"] = [_resource(item) for item in resources if isinstance(item, dict)]
    if unmapped := _unmapped(each, document):
        common["unmapped"] = unmapped
    return common


def _metadata(each: Leaving, document: Mapping[str, Any]) -> dict[str, Any]:
    feature = scalar_text(document.get("eventCategory"))
    product = {"name": "CloudTrail", "vendor_name": "AWS", "version": scalar_text(document.get("eventVersion"))}
    return _filled(
        {
            "version": VERSION,
            "product": _filled({**product, "feature": {"name": feature} if feature else None}),
            "uid": each.cells["eventID"],
            "event_code": scalar_text(document.get("eventType")),
            "labels": list(each.annotation.tags) if each.annotation and each.annotation.tags else None,
            "original_time": each.cells["eventTime"],
        }
    )


def _api(each: Leaving, document: Mapping[str, Any]) -> dict[str, Any]:
    answer = _filled({"error": document.get("errorCode"), "message": document.get("errorMessage")})
    asked = _filled({"uid": scalar_text(document.get("requestID")), "data": _data(document.get("requestParameters"))})
    answer |= _filled({"data": _data(document.get("responseElements"))})
    return _filled(
        {
            "operation": each.cells["eventName"] or "Unknown",
            "version": scalar_text(document.get("apiVersion")),
            "service": {"name": each.cells["eventSource"] or "Unknown"},
            # `uid` is required of a request, `code` of none of ours.
            "request": {"uid": "", **asked} if asked else None,
            "response": answer,
        }
    )


def _data(value: Any) -> Any:
    return value if isinstance(value, dict) else None if value is None else {"value": value}


def _endpoint(document: Mapping[str, Any]) -> dict[str, Any]:
    text = scalar_text(document.get("sourceIPAddress"))
    place = "ip" if parse_address(text) else "domain"
    return _filled({place: text or "Unknown", "uid": scalar_text(document.get("vpcEndpointId"))})


def _actor(identity: Mapping[str, Any], user: dict[str, Any]) -> dict[str, Any]:
    context = _object(identity, "sessionContext")
    attributes = _object(context, "attributes")
    mfa = scalar_text(attributes.get("mfaAuthenticated"))
    session = _filled(
        {
            "issuer": scalar_text(_object(context, "sessionIssuer").get("arn")),
            "created_time": event_time_ms(scalar_text(attributes.get("creationDate"))),
            "is_mfa": {"true": True, "false": False}.get(mfa),
        }
    )
    return _filled({"user": user, "session": session, "invoked_by": scalar_text(identity.get("invokedBy"))})


def _user(identity: Mapping[str, Any]) -> dict[str, Any]:
    kind = scalar_text(identity.get("type"))
    account = scalar_text(identity.get("accountId"))
    found = _filled(
        {
            "uid": scalar_text(identity.get("arn")),
            "uid_alt": scalar_text(identity.get("principalId")),
            "name": scalar_text(identity.get("userName")),
            "type": kind,
            "account": {"uid": account, "type": "AWS Account", "type_id": 10} if account else None,
            "credential_uid": scalar_text(identity.get("accessKeyId")),
        }
    )
    if not found.keys() & {"uid", "name", "account"}:
        found["name"] = scalar_text(identity.get("invokedBy")) or "Unknown"
    return {**found, "type_id": toml_table("export.toml")["ocsf"]["user"].get(kind, 99 if kind else 0)}


def _resource(item: Mapping[str, Any]) -> dict[str, Any]:
    account = scalar_text(item.get("accountId"))
    owner = {"account": {"uid": account, "type": "AWS Account", "type_id": 10}} if account else None
    uid = scalar_text(item.get("ARN")) or scalar_text(item.get("ARNPrefix"))
    return _filled({"uid": uid, "type": scalar_text(item.get("type")), "owner": owner})


def _unmapped(each: Leaving, document: Mapping[str, Any]) -> dict[str, Any]:
    """Members of the record that have no place of their own, and what the investigator says."""
    found = {name: value for name, value in document.items() if name not in _TAKEN}
    identity = document.get("userIdentity")
    if isinstance(identity, dict) and (rest := {k: v for k, v in identity.items() if k not in _TAKEN_OF_USER}):
        found["userIdentity"] = rest
    elif identity is not None and not isinstance(identity, dict):
        found["userIdentity"] = identity
    said = each.annotation
    if said is not None:
        row = {"bookmark": said.bookmark, "note": said.note, "severity": said.severity, "verdict": said.verdict}
        found["ctwork"] = _filled({**row, "bookmark": said.bookmark or None})
    return found


def _object(node: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = node.get(name)
    return found if isinstance(found, dict) else {}


def _filled(members: Mapping[str, Any]) -> dict[str, Any]:
    """`members` without those that say nothing."""
    return {name: value for name, value in members.items() if value is not None and value not in ("", {}, [])}
