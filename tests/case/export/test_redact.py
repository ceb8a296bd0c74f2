"""What must not leave does not: secrets never, and with pseudonyms no account, address or name; equal stays equal."""

import ipaddress
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case.export.shipment import book_of, event_id, evidence, lines, mark, marked, record, shipped
from ctwork.case.export.exporter import EXPORTERS
from ctwork.case.export.leaving import Leaving
from ctwork.case.export.pseudonym import Pseudonyms, case_key
from ctwork.case.export.redact import KINDS, Redactor, kinds_of
from ctwork.case.export.secret import is_secret_member, may_hold_secret, without_secrets
from ctwork.errors import CaseError, UsageError
from ctwork.model.address import address_class
from ctwork.model.annotation import Annotation
from ctwork.model.identity import account_of_key
from ctwork.resources import toml_table

TABLE = toml_table("redact.toml")
TOKEN = "FwoGZXIvYXdzEBYaDHqa0AP1x2y3z4w5+/abc=="
DERIVED = [each for each in EXPORTERS if each.name != "raw"]


def leaving(document: Any, said: Annotation | None = None, **cells: Any) -> Leaving:
    """An event with a document."""
    return Leaving(cells, json.dumps(document).encode(), "0" * 64, document, said)


def redacted(document: Any, *asked: str, **cells: Any) -> Leaving:
    """An event as it leaves."""
    redactor, each = Redactor(asked, Pseudonyms(b"k" * 32)), leaving(document, **cells)
    redactor.learn(each)
    return redactor.leaving(each)


@pytest.mark.parametrize(("before", "after"), TABLE["secret"]["samples"])
def test_secrets_are_removed(before: str, after: str) -> None:
    assert redacted(json.loads(before)).document == json.loads(after)


def test_the_tables_agree_with_each_other() -> None:
    for name in TABLE["secret"]["members"]:
        assert is_secret_member(name) and may_hold_secret(f'{{"{name}":1}}'.encode()), name
        assert "hunter2" not in without_secrets(f"{name}=hunter2&n=1"), name
        assert "hunter2" not in without_secrets(json.dumps({name.title().replace("-", ""): "hunter2"})), name
    for name in TABLE["secret"]["harmless"]:
        assert not is_secret_member(name)


def test_a_secret_of_one_member_is_nowhere_in_the_cells_either() -> None:
    gone = redacted(
        {
            "responseElements": {
                "credentials": {"sessionToken": "opaque-value", "accessKeyId": "ASIAX"},
                "pin": {"Password": "ab"},
            }
        },
        **{
            "responseElements": ["opaque-value", "ASIAX", "ab"],
            "responseElements.credentials.sessionToken": "opaque-value",
        },
        other="about ab and opaque-value",
    )
    assert gone.cells == {
        "responseElements": ["[removed]", "ASIAX", "[removed]"],
        "responseElements.credentials.sessionToken": "[removed]",
        "other": "about ab and [removed]",
    }
    assert gone.raw == b""


def test_what_holds_no_secret_leaves_as_it_is() -> None:
    each = leaving({"eventName": "GetObject", "n": 1}, event="GetObject")
    assert Redactor().leaving(each) == each


accounts = st.integers(10**11, 10**12 - 1).map(str)
quads = st.ip_addresses(v=4).map(str)
sixes = st.ip_addresses(v=6).map(str)
NAMES = st.from_regex(r"[a-z]{3}[a-z0-9]{3,8}([._-][a-z0-9]{3,8})?", fullmatch=True).filter(
    lambda name: (
        not {"name", "user", "role", "bucket", "assumed", "session", "example", "about", "amazonaws"}
        & set(re.split("[._-]", name))
    )
)


@settings(max_examples=150)
@given(accounts, quads | sixes, NAMES, NAMES, st.booleans())
def test_nothing_that_was_redacted_is_anywhere_and_equal_values_stay_equal(
    account: str, address: str, name: str, session: str, listed: bool
) -> None:
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    text = f"about {name} of {account} from {address}"
    document = {
        "userIdentity": {"arn": arn, "accountId": account, "principalId": f"AROAABCDEFGHIJKLMNOPQ:{session}"},
        "sourceIPAddress": address,
        "requestParameters": {
            "userName": name,
            "list": [account, {"x": text}] if listed else text,
            "owner": int(account),
        },
    }
    gone = redacted(
        document, *KINDS, principal=f"{account}:role/{name}", session=session, ip=address, note=[text, account]
    )
    said = json.dumps([gone.document, gone.cells])
    for value in (account, name, session):
        assert value not in said
    public = address_class(address)
    if public in ("public", "private"):
        assert f'"{address}"' not in said and f"from {address}" not in said
    new = gone.document
    assert re.fullmatch(r"arn:aws:sts::\d{12}:assumed-role/name-\w{8}/name-\w{8}", new["userIdentity"]["arn"])
    number, path = new["userIdentity"]["arn"].split(":")[4:]
    assert {number, new["userIdentity"]["accountId"], str(new["requestParameters"]["owner"])} == {number}
    assert path.split("/")[1:] == [new["requestParameters"]["userName"], gone.cells["session"]]
    assert gone.cells["principal"] == f"{number}:role/{path.split('/')[1]}"
    assert gone.cells["ip"] == new["sourceIPAddress"] and address_class(gone.cells["ip"]) == public
    assert gone.cells["note"][0] == f"about {path.split('/')[1]} of {number} from {gone.cells['ip']}"
    assert ipaddress.ip_address(gone.cells["ip"]).version == ipaddress.ip_address(address).version


def test_pseudonyms_say_nothing_and_stay_of_their_kind() -> None:
    names = Pseudonyms(b"k" * 32)
    key = "ASIAU7JNQXUQ34567ABC"
    assert account_of_key(key) is not None and account_of_key(names.access_key(key)) is None
    assert len(names.access_key(key)) == 20 and names.access_key(key).startswith("ASIA")
    assert names.unique_id("AIDAABCDEFGHIJKLMNOPQ").startswith("AIDA")
    assert names.name("Ann@corp.com") == names.name("ann@corp.com") and names.name("a@b.c").endswith("@example.invalid")
    for text in ("127.0.0.1", "::1", "0.0.0.0", "AWS Internal", "s3.amazonaws.com", ""):
        assert names.address(text) == text
    assert Pseudonyms(b"x" * 32).account("111122223333") != names.account("111122223333")
    many = {names.address(f"198.51.{high}.{low}") for high in range(64) for low in range(256)}
    assert len(many) == 64 * 256


def test_ids_and_what_happened_are_kept() -> None:
    document = {
        "eventID": "123e4567-e89b-12d3-a456-426614174000",
        "eventName": "CreateUser",
        "eventSource": "iam.amazonaws.com",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "iam",
            "arn": "arn:aws:iam::111122223333:user/iam",
            "invokedBy": "x.amazonaws.com",
        },
        "requestParameters": {
            "roleName": "AWSServiceRoleForSupport",
            "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess",
        },
    }
    gone = redacted(document, *KINDS, sha256="1" * 64, service="iam").document
    for name in ("eventID", "eventName", "eventSource", "requestParameters"):
        assert gone[name] == document[name]
    assert gone["userIdentity"]["arn"].startswith("arn:aws:iam::") and not gone["userIdentity"]["arn"].endswith("/iam")


def test_the_key_of_a_case_is_made_once_and_is_nobody_elses_to_read(tmp_path: Path) -> None:
    key = case_key(tmp_path)
    assert case_key(tmp_path) == key and len(key) == 32
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o77 == 0
    path.write_bytes(b"short")
    with pytest.raises(CaseError, match="no key"):
        case_key(tmp_path)
    with pytest.raises(CaseError, match="cannot keep"):
        case_key(tmp_path / "no")


def test_what_is_asked_for_is_known() -> None:
    assert kinds_of("all") == KINDS and kinds_of("names, accounts") == ("accounts", "names") and kinds_of("") == ()
    with pytest.raises(UsageError, match="no such kind"):
        kinds_of("accounts,buckets")


@pytest.mark.parametrize("exporter", DERIVED, ids=lambda each: each.name)
def test_no_form_lets_out_what_was_redacted(exporter: Any, tmp_path: Path) -> None:
    identity = {
        "type": "AssumedRole", "arn": "arn:aws:sts::111122223333:assumed-role/payroll/wilhelmina",
        "accountId": "111122223333", "principalId": "AROAABCDEFGHIJKLMNOPQ:wilhelmina",
        "accessKeyId": "ASIAU7JNQXUQ34567ABC",
    }  # fmt: skip
    first = record(
        1, userIdentity=identity, sourceIPAddress="198.51.100.23",
        recipientAccountId="111122223333", userAgent="x 198.51.100.23",
        responseElements={"credentials": {"sessionToken": TOKEN, "accessKeyId": "ASIAU7JNQXUQ34567ABC"}},
    )  # fmt: skip
    store, book = evidence(tmp_path, first, record(2, userIdentity=identity)), book_of(tmp_path / "case")
    note = f"wilhelmina of payroll, 111122223333, from 198.51.100.23, {TOKEN}"
    mark(book, marked(store, 1), note=note, add_tags=("attack.t1078", "wilhelmina"), verdict="malicious")
    mark(book, "value/sourceIPAddress/198.51.100.23", note=note, severity="high")
    target = tmp_path / f"out{exporter.suffixes[0]}"
    columns = ("eventTime", "principal", "session", "sourceIPAddress", "responseElements", "source", "note")
    redactor = Redactor(KINDS, Pseudonyms(case_key(tmp_path / "case")))
    shipped(store, book, target, "session:wilhelmina", columns=columns, redactor=redactor, form=exporter.name)
    said = target.read_bytes() + (tmp_path / (target.name + ".report.json")).read_bytes()
    for value in (TOKEN, "wilhelmina", "payroll", "111122223333", "198.51.100.23", "U7JNQXUQ"):
        assert value.encode() not in said, value
    head = json.loads((tmp_path / (target.name + ".report.json")).read_bytes())["head"]
    assert head["redacted"] == ["secrets", *KINDS] and head["sources"] == []
    plain = tmp_path / f"plain{exporter.suffixes[0]}"
    shipped(store, book, plain, columns=columns, form=exporter.name)
    assert TOKEN.encode() not in plain.read_bytes()


def test_original_bytes_are_asked_for_and_said_to_be_so(tmp_path: Path) -> None:
    store = evidence(tmp_path, record(1, responseElements={"credentials": {"sessionToken": TOKEN}}))
    shipped(store, book_of(tmp_path / "case"), tmp_path / "x.raw.jsonl")
    assert TOKEN.encode() in (tmp_path / "x.raw.jsonl").read_bytes()
    head = json.loads((tmp_path / "x.raw.jsonl.report.json").read_bytes())["head"]
    assert "session tokens" in head["original"] and head["redacted"] == []
    (row,) = lines(tmp_path / "x.raw.jsonl.index.jsonl")
    assert row["eventID"] == event_id(1)
