"""Where every scenario writes its calls: the ledger turns them into records and remembers them."""

from dataclasses import replace
from typing import Any

from .actor import Actor, session_actor
from .clock import HOUR
from .credential import credentials, key_id
from .dice import Dice
from .record import Detail, Record, make_record
from .refusal import Failure
from .world import BUCKET_HOMES, HOME, Role

_S3_REQUEST_ID = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"


class Ledger:
    """One scenario's records, in the order they were written."""

    def __init__(self, name: str) -> None:
        self.dice = Dice(name)
        self.records: list[Record] = []

    def call(
        self,
        actor: Actor,
        when: int,
        action: str,
        region: str = HOME,
        request: dict[str, Any] | None = None,
        **more: Any,
    ) -> Record:
        """One API call; `more` are the members of `Detail`."""
        record = make_record(self.dice, actor, when, action, region, Detail(request=request, **more))
        self.records.append(record)
        return record

    def s3(
        self,
        actor: Actor,
        when: int,
        name: str,
        bucket: str = "",
        key: str | None = None,
        *,
        sent: int = 0,
        received: int = 0,
        failure: Failure | None = None,
        method: str = "AuthHeader",
        request: dict[str, Any] | None = None,
        shared: str = "",
    ) -> Record:
        """One S3 call: on the service without `bucket`, on the bucket without `key`, else a data event.

        `sent` are the bytes S3 sent out, `received` those it took in; both become floats in data events, as at AWS.
        A bucket nobody knows is taken for one of the caller's.
        """
        owner, region = BUCKET_HOMES.get(bucket, (actor.account, HOME))
        data = key is not None
        if failure:
            sent, received = 243, 0
        host = f"{bucket}.s3.{region}.amazonaws.com" if bucket else "s3.amazonaws.com"
        parameters: dict[str, Any] = {"bucketName": bucket} if bucket else {}
        parameters |= {"Host": host} | (request or {})
        if name == "ListObjects":
            parameters |= {"list-type": "2", "prefix": key}
        elif key:
            parameters["key"] = key
        additional = {
            "SignatureVersion": "SigV4",
            "CipherSuite": "TLS_AES_128_GCM_SHA256",
            "bytesTransferredIn": float(received) if data else received,
            "AuthenticationMethod": method,
            "x-amz-id-2": self.dice.base64(76),
            "bytesTransferredOut": float(sent) if data else sent,
        }
        detail = Detail(
            request=parameters,
            failure=failure,
            additional=additional,
            resources=_s3_resources(name, bucket, owner, key),
            data=data,
            host=host,
            request_id=self.dice.text(_S3_REQUEST_ID, 16),
            recipient=owner,
            shared=shared or (self.dice.guid() if actor.account != owner else ""),
        )
        record = make_record(self.dice, actor, when, f"s3:{name}", region, detail)
        self.records.append(record)
        return record

    def assume(
        self,
        actor: Actor,
        when: int,
        role: Role,
        session: str,
        *,
        region: str = HOME,
        duration_s: int = HOUR,
        source_identity: str = "",
        external_id: str = "",
    ) -> tuple[Actor, list[Record]]:
        """AssumeRole that succeeds: the session it opens, and the record of each account it touches.

        Across accounts there are two records with one ``sharedEventID``: the caller's with its identity, the role
        owner's with an ``AWSAccount``. A service's or an outsider's call is recorded in the role's account only.
        """
        key = key_id(self.dice, "ASIA", role.account)
        arn = f"arn:aws:sts::{role.account}:assumed-role/{role.name}/{session}"
        request: dict[str, Any] = {"roleArn": role.arn, "roleSessionName": session}
        response: dict[str, Any] = {
            "credentials": credentials(self.dice, key, when + duration_s),
            "assumedRoleUser": {"assumedRoleId": f"{role.unique_id}:{session}", "arn": arn},
        }
        if external_id:
            request["externalId"] = external_id
        request["durationSeconds"] = duration_s
        if source_identity:
            request["sourceIdentity"] = source_identity
            response["sourceIdentity"] = source_identity
        abroad = actor.account != role.account
        detail = Detail(
            request=request,
            response=response,
            resources=[{"accountId": role.account, "type": "AWS::IAM::Role", "ARN": role.arn}],
            request_id=self.dice.guid(),
            shared=self.dice.guid() if abroad else "",
            html_safe=actor.by_service,
        )
        written = []
        if actor.account and actor.identity.get("type") != "AWSAccount":
            written.append(make_record(self.dice, actor, when, "sts:AssumeRole", region, detail))
        if abroad:
            seen_as = _seen_from_abroad(actor) if written else actor
            detail = replace(detail, recipient=role.account)
            written.append(make_record(self.dice, seen_as, when, "sts:AssumeRole", region, detail))
        self.records += written
        opened = session_actor(role, session, key, when, actor.address, actor.agent, source_identity=source_identity)
        return opened, written


def _seen_from_abroad(actor: Actor) -> Actor:
    """The caller as the role's account sees it: no name, no key."""
    identity = {
        "type": "AWSAccount",
        "principalId": actor.identity["principalId"],
        "accountId": actor.account,
    }
    return replace(actor, identity=identity)


def _s3_resources(name: str, bucket: str, owner: str, key: str | None) -> list[dict[str, str]]:
    """The bucket, and before it the object, or the prefix for calls that mean many objects."""
    if not bucket:
        return []
    resources = [{"accountId": owner, "type": "AWS::S3::Bucket", "ARN": f"arn:aws:s3:::{bucket}"}]
    if key is not None:
        member = "ARN" if key and name != "ListObjects" else "ARNPrefix"
        resources.insert(0, {"type": "AWS::S3::Object", member: f"arn:aws:s3:::{bucket}/{key}"})
    return resources
