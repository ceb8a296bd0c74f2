"""Principal, session and account of every shape of userIdentity."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ctwork.model.document import NumberText
from ctwork.model.identity import NO_IDENTITY, account_of_key, read_identity, read_identity_raw, reserved_sso

ACCOUNT = "123456789012"
SSO_ROLE = "role/aws-reserved/sso.amazonaws.com/us-east-2/AWSReservedSSO_AdministratorAccess_1b74cd717d47002b"
SSO_ARN = f"arn:aws:iam::{ACCOUNT}:{SSO_ROLE}"


def role(**members: Any) -> dict[str, Any]:
    issuer = {
        "type": "Role",
        "arn": f"arn:aws:iam::{ACCOUNT}:role/team/Admin",
        "accountId": ACCOUNT,
        "userName": "Admin",
    }
    return {
        "type": "AssumedRole",
        "principalId": "AROAEXAMPLE:al.ice@corp",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Admin/al.ice@corp",
        "accountId": ACCOUNT,
        "accessKeyId": "ASIAEXAMPLE",
        "sessionContext": {
            "sessionIssuer": issuer,
            "webIdFederationData": {},
            "attributes": {"creationDate": "2023-07-10T11:42:18Z", "mfaAuthenticated": "false"},
            "sourceIdentity": "alice",
        },
        **members,
    }


CASES = [
    ("root", {"type": "Root", "accountId": ACCOUNT, "accessKeyId": ""}, f"{ACCOUNT}:root", "", "root"),
    (
        "root by arn",
        {"type": "Odd", "arn": f"arn:aws:iam::{ACCOUNT}:root", "accessKeyId": "AK"},
        f"{ACCOUNT}:root",
        "AK",
        "root",
    ),
    (
        "user",
        {"type": "IAMUser", "accountId": ACCOUNT, "userName": "bob", "accessKeyId": "AK"},
        f"{ACCOUNT}:user/bob",
        "AK",
        "user",
    ),
    (
        "user without name",
        {"type": "IAMUser", "arn": f"arn:aws:iam::{ACCOUNT}:user/eng/bob"},
        f"{ACCOUNT}:user/bob",
        "",
        "user",
    ),
    (
        "hidden user name, arn knows",
        {"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "arn": f"arn:aws:iam::{ACCOUNT}:user/bob"},
        f"{ACCOUNT}:user/bob",
        "",
        "user",
    ),
    (
        "hidden user name, nobody knows",
        {"type": "IAMUser", "userName": "HIDDEN_DUE_TO_SECURITY_REASONS", "accountId": ACCOUNT, "accessKeyId": ""},
        f"{ACCOUNT}:user/HIDDEN_DUE_TO_SECURITY_REASONS",
        "",
        "user",
    ),
    ("role with path", role(), f"{ACCOUNT}:role/team/Admin", "al.ice@corp", "role"),
    ("role without issuer", role(sessionContext={}), f"{ACCOUNT}:role/Admin", "al.ice@corp", "role"),
    (
        "role by principal id only",
        {"type": "AssumedRole", "principalId": "AROAX:s:t", "accountId": ACCOUNT},
        f"{ACCOUNT}:role/AROAX",
        "s:t",
        "role",
    ),
    (
        "single sign-on role",
        role(sessionContext={"sessionIssuer": {"arn": SSO_ARN}}),
        f"{ACCOUNT}:{SSO_ROLE}",
        "al.ice@corp",
        "role",
    ),
    (
        "role itself",
        {"type": "Role", "arn": f"arn:aws:iam::{ACCOUNT}:role/x/Events"},
        f"{ACCOUNT}:role/x/Events",
        "",
        "role",
    ),
    (
        "federated user",
        {"type": "FederatedUser", "arn": f"arn:aws:sts::{ACCOUNT}:federated-user/guest", "accessKeyId": "ASIAF"},
        f"{ACCOUNT}:federated/guest",
        "ASIAF",
        "federated",
    ),
    (
        "identity centre",
        {
            "type": "IdentityCenterUser",
            "accountId": ACCOUNT,
            "onBehalfOf": {"userId": "u-1", "identityStoreArn": f"arn:aws:identitystore::{ACCOUNT}:identitystore/d-1"},
            "credentialId": "cred",
        },
        "idc:d-1/u-1",
        "cred",
        "identity-center",
    ),
    (
        "unknown on behalf of somebody",
        {"type": "Unknown", "principalId": "p", "onBehalfOf": {"userId": "u-1"}},
        "idc:-/u-1",
        "",
        "identity-center",
    ),
    (
        "role on behalf of somebody",
        role(onBehalfOf={"userId": "u"}),
        f"{ACCOUNT}:role/team/Admin",
        "al.ice@corp",
        "role",
    ),
    (
        "saml",
        {"type": "SAMLUser", "identityProvider": "idp", "userName": "alice", "principalId": "x:alice"},
        "idp:alice",
        "",
        "saml",
    ),
    (
        "web identity",
        {"type": "WebIdentityUser", "identityProvider": "cognito-identity.amazonaws.com", "userName": "id"},
        "cognito-identity.amazonaws.com:id",
        "",
        "web-identity",
    ),
    (
        "anonymous",
        {"type": "AWSAccount", "principalId": "", "accountId": "ANONYMOUS_PRINCIPAL"},
        "anonymous",
        "",
        "anonymous",
    ),
    (
        "role of another account",
        {"type": "AWSAccount", "principalId": "AROAX:sess", "accountId": ACCOUNT},
        f"{ACCOUNT}:role/AROAX",
        "sess",
        "role",
    ),
    (
        "user of another account",
        {"type": "AWSAccount", "principalId": "AIDAX", "accountId": ACCOUNT},
        f"{ACCOUNT}:AIDAX",
        "",
        "account",
    ),
    (
        "directory",
        {"type": "Directory", "userName": "jo", "accountId": ACCOUNT},
        f"{ACCOUNT}:directory/jo",
        "",
        "directory",
    ),
    ("service", {"type": "AWSService", "invokedBy": "ec2.amazonaws.com"}, "service:ec2.amazonaws.com", "", "service"),
    ("service event", {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}, "service:AWS Internal", "", "service"),
    ("unknown", {"type": "Unknown", "principalId": "p", "accountId": ACCOUNT}, "unknown:p", "", "unknown"),
    ("nothing in it", {}, "unknown:-", "", "unknown"),
    ("only empty strings", {"type": "", "userName": "", "arn": "", "principalId": ""}, "unknown:-", "", "unknown"),
]


@pytest.mark.parametrize(
    ("document", "principal", "session", "kind"), [case[1:] for case in CASES], ids=[c[0] for c in CASES]
)
def test_case(document: dict[str, Any], principal: str, session: str, kind: str) -> None:
    identity = read_identity(document)
    assert (identity.principal, identity.session, identity.principal_type) == (principal, session, kind)
    assert read_identity_raw(json.dumps(document).encode()) == identity


def test_every_text_of_a_role() -> None:
    identity = read_identity(role(invokedBy="cloudformation.amazonaws.com"))
    assert identity.account == identity.account_id == ACCOUNT
    assert identity.type == "AssumedRole"
    assert identity.access_key_id == "ASIAEXAMPLE"
    assert identity.user_name == ""
    assert identity.principal_id == "AROAEXAMPLE:al.ice@corp"
    assert identity.invoked_by == "cloudformation.amazonaws.com"
    assert identity.issuer_arn.endswith("role/team/Admin")
    assert (identity.created, identity.mfa, identity.source_identity) == ("2023-07-10T11:42:18Z", "false", "alice")
    assert not identity.from_context
    assert not identity.account_inferred


@pytest.mark.parametrize("nothing", [None, "AWS Internal", [], [{}], 7, True])
def test_no_identity_is_nobody(nothing: object) -> None:
    assert read_identity(nothing, address="ec2.amazonaws.com", recipient=ACCOUNT) == NO_IDENTITY
    assert (NO_IDENTITY.principal, NO_IDENTITY.principal_type) == ("", "none")


@pytest.mark.parametrize(
    ("address", "agent", "principal"),
    [
        ("rds.amazonaws.com", "ec2.amazonaws.com", "service:rds.amazonaws.com"),
        ("10.0.0.1", "ec2.amazonaws.com", "service:ec2.amazonaws.com"),
        ("10.0.0.1", "ec2.amazonaws.com.cn", "service:ec2.amazonaws.com.cn"),
        ("AWS Internal", "curl/8 evil.amazonaws.com", "unknown:-"),
    ],
)
@pytest.mark.parametrize("document", [{"type": "AWSService"}, {"accountId": ACCOUNT}])
def test_service_named_by_address_or_agent(document: dict[str, str], address: str, agent: str, principal: str) -> None:
    identity = read_identity(document, address=address, agent=agent)
    assert identity.principal == principal
    assert identity.from_context


def test_invoked_by_needs_no_context() -> None:
    identity = read_identity(
        {"type": "AWSService", "invokedBy": "a.amazonaws.com"}, address="b.amazonaws.com", recipient=ACCOUNT
    )
    assert (identity.principal, identity.from_context, identity.account) == ("service:a.amazonaws.com", False, "")


@pytest.mark.parametrize(
    ("document", "account"),
    [
        ({"accountId": "1", "arn": "arn:aws:iam::2:user/b"}, "1"),
        ({"arn": "arn:aws:iam::2:user/b", "sessionContext": {"sessionIssuer": {"accountId": "3"}}}, "2"),
        ({"arn": "odd", "sessionContext": {"sessionIssuer": {"accountId": "3"}}}, "3"),
    ],
)
def test_account_in_order(document: dict[str, Any], account: str) -> None:
    identity = read_identity({"type": "IAMUser", "userName": "b", **document}, recipient="9")
    assert (identity.account, identity.account_inferred, identity.from_context) == (account, False, False)


def test_account_from_recipient_is_marked() -> None:
    identity = read_identity({"type": "IAMUser", "userName": "b"}, recipient="9")
    assert (identity.principal, identity.account, identity.account_inferred, identity.from_context) == (
        "9:user/b",
        "9",
        True,
        True,
    )
    alone = read_identity({"type": "IAMUser", "userName": "b"})
    assert (alone.principal, alone.account, alone.account_inferred, alone.from_context) == ("-:user/b", "", False, True)


def test_scalars_of_another_type_are_their_json_text() -> None:
    raw = (
        b'{"type":"IAMUser","userName":4096.0,"accountId":12345678901234567890123,'
        b'"accessKeyId":true,"arn":null,"principalId":[1]}'
    )
    identity = read_identity_raw(raw)
    assert (identity.user_name, identity.account, identity.access_key_id) == (
        "4096.0",
        "12345678901234567890123",
        "true",
    )
    assert (identity.arn, identity.principal_id) == ("", "")
    assert identity.principal == "12345678901234567890123:user/4096.0"


def test_mfa_as_a_boolean() -> None:
    raw = b'{"type":"Root","sessionContext":{"attributes":{"mfaAuthenticated":true}}}'
    assert read_identity_raw(raw).mfa == "true"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"{",
        b"[]",
        b'"x"',
        b"\xff",
        b'{"sessionContext":[]}',
        b'{"type":"\\ud800"}',
        b"[" * 5000 + b"]" * 5000,
    ],
)
def test_raw_never_raises(raw: bytes) -> None:
    assert read_identity_raw(raw).principal_type in {"none", "unknown"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda c: st.lists(c, max_size=3) | st.dictionaries(st.text(max_size=4), c, max_size=3),
    max_leaves=6,
)
TYPES = st.sampled_from(sorted({str(case[1].get("type", "")) for case in CASES}))
GARBAGE = st.fixed_dictionaries(
    {},
    optional={
        name: JSON | st.fixed_dictionaries({}, optional={"sessionIssuer": JSON, "attributes": JSON, "userId": JSON})
        for name in (
            "arn",
            "accountId",
            "userName",
            "principalId",
            "invokedBy",
            "sessionContext",
            "onBehalfOf",
            "identityProvider",
        )
    },
)


@given(TYPES, GARBAGE)
def test_garbage_never_raises_and_gives_text(kind: str, members: dict[str, Any]) -> None:
    document = {"type": kind, **members}
    identity = read_identity(document, recipient=ACCOUNT)
    texts = [getattr(identity, name) for name in identity.__struct_fields__[:15]]
    assert all(isinstance(text, str) for text in texts)
    assert identity.principal
    assert identity == read_identity_raw(json.dumps(document).encode(), recipient=ACCOUNT)


def test_context_flag_tells_the_truth(real_records: dict[str, list[bytes]]) -> None:
    """Without the flag an identity must not change with the record around it: the store shares it between records."""
    seen = 0
    for raws in real_records.values():
        for raw in raws[::7]:
            document = json.loads(raw).get("userIdentity")
            bare = read_identity(document)
            around = read_identity(
                document, address="x.amazonaws.com", agent="y.amazonaws.com", recipient="999999999999"
            )
            seen += 1
            assert bare.from_context == around.from_context
            assert bare == around or bare.from_context
    assert seen > 3000


def test_principals_of_the_attack_simulation(real_records: dict[str, list[bytes]]) -> None:
    identities = [
        read_identity_raw(json.dumps(json.loads(raw).get("userIdentity")).encode())
        for raw in real_records["invictus-ir"]
    ]
    kinds = {kind: sum(1 for i in identities if i.principal_type == kind) for kind in ("user", "role", "service")}
    assert kinds == {"user": 2748, "role": 76, "service": 76}
    assert sum(1 for i in identities if i.principal == "123837392027:user/bert-jan") == 2642


@pytest.mark.parametrize(
    ("key", "account"),
    [
        ("ASIAY34FZKBOKMUTVV7A", "609629065308"),
        ("ASIAQNZGKIQY56JQ7WML", "029608264753"),
        ("ASIA3KF6UTOH236XUVZQ", "777788889999"),
        ("AKIAIOSFODNN7EXAMPLE", None),
        ("AKIAJ4EXAMPLEEXAMPLE", None),
        ("ASIAQ", None),
        ("", None),
        ("AROAY34FZKBOKMUTVV7A", None),
        ("ASIAY34FZKBOKMUTVV71", None),
        ("ASIAé34FZKBOKMUTVV7A", None),
    ],
)
def test_account_of_key(key: str, account: str | None) -> None:
    """The two decodable keys are published examples of the method (Trufflesecurity, Aidan Steele)."""
    assert account_of_key(key) == account


def test_account_of_key_on_real_keys(real_records: dict[str, list[bytes]]) -> None:
    """The attack simulation: its records were made anonymous, its file names and keys still tell the true account."""
    keys = [read_identity(json.loads(raw).get("userIdentity")).access_key_id for raw in real_records["invictus-ir"]]
    told = [account for key in keys if (account := account_of_key(key))]
    assert len(told) == 676
    assert set(told) == {"218007301253"}


def test_reserved_sso() -> None:
    assert reserved_sso(f"{ACCOUNT}:{SSO_ARN}", "alice") == ("alice", "AdministratorAccess")
    assert reserved_sso("1:role/AWSReservedSSO_Odd", "a") == ("a", "Odd")
    assert reserved_sso(f"{ACCOUNT}:role/Admin", "alice") is None


def test_numbers_already_kept_as_text() -> None:
    assert read_identity({"type": "IAMUser", "userName": NumberText("1e5")}).principal == "-:user/1e5"
