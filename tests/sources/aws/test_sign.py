"""Signatures of our own against those of the AWS library, for keys and queries of every kind."""

from unittest.mock import patch
from urllib.parse import quote

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from ctwork.sources.aws.sign import Signer, encoded_path, encoded_query
from ctwork.sources.aws.terms import Keys

NOW = 1_700_000_000.0
HOST = "bucket.s3.eu-west-1.amazonaws.com"
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
WORDS = st.text("abcXYZ019 ", min_size=1, max_size=12)


def theirs(keys: Keys, path: str, query: str, extra: dict[str, str]) -> str:
    request = AWSRequest("GET", f"https://{HOST}{path}{'?' if query else ''}{query}", headers={"host": HOST, **extra})
    request.context["timestamp"] = "20231114T221320Z"
    auth = S3SigV4Auth(Credentials(keys.access_key, keys.secret, keys.token or None), "s3", "eu-west-1")
    with patch("botocore.auth.get_current_datetime") as clock:
        from datetime import UTC, datetime

        clock.return_value = datetime.fromtimestamp(NOW, UTC)
        auth.add_auth(request)
    return str(request.headers["Authorization"])


@given(
    key=TEXT,
    query=st.dictionaries(WORDS, TEXT, max_size=4),
    extra=st.dictionaries(st.sampled_from(["range", "if-match", "x-amz-request-payer"]), WORDS),
    token=st.sampled_from(["", "to/ken+=="]),
)
def test_every_request_is_signed_as_the_library_signs_it(
    key: str, query: dict[str, str], extra: dict[str, str], token: str
) -> None:
    keys = Keys("AKIAEXAMPLE", "sec/ret+", token)
    path, words = "/" + encoded_path(key), encoded_query(query)
    ours = Signer(keys, "eu-west-1").headers(HOST, path, words, extra, NOW)
    assert ours["authorization"] == theirs(keys, path, words, extra)


def test_unsigned_requests_name_nobody() -> None:
    assert Signer(None, "eu-west-1").headers(HOST, "/k", "", {"range": "bytes=5-"}, NOW) == {
        "host": HOST,
        "range": "bytes=5-",
    }


def test_the_key_of_a_day_is_made_once_and_for_that_day_alone() -> None:
    signer = Signer(Keys("AKIA", "secret"), "us-east-1")
    first = signer.headers(HOST, "/k", "", {}, NOW)["authorization"]
    assert signer.headers(HOST, "/k", "", {}, NOW)["authorization"] == first
    later = signer.headers(HOST, "/k", "", {}, NOW + 86_400)["authorization"]
    assert "/20231115/" in later
    assert (
        later == Signer(Keys("AKIA", "secret"), "us-east-1").headers(HOST, "/k", "", {}, NOW + 86_400)["authorization"]
    )


def test_paths_keep_their_slashes_and_nothing_else_that_a_url_gives_a_meaning() -> None:
    assert encoded_path("a//../b?c#d é") == "a//../b%3Fc%23d%20%C3%A9"
    assert quote("x", safe="") == encoded_path("x")
