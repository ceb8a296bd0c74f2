"""Signs requests for S3 (AWS Signature Version 4, headers): a few microseconds each, the day's key kept.

The recipe is in the S3 API reference, "Authenticating Requests (AWS Signature Version 4)". Only requests without a
body are signed here: nothing else is ever sent.
"""

import hashlib
import hmac
import time
from collections.abc import Mapping
from urllib.parse import quote

from ctwork.sources.aws.terms import Keys

_NO_BODY = hashlib.sha256(b"").hexdigest()
_ALGORITHM = "AWS4-HMAC-SHA256"
_SAFE = "-_.~"


def encoded_path(key: str) -> str:
    """`key` as it stands in a URL, its slashes kept."""
    return quote(key, safe=_SAFE + "/")


def encoded_query(query: Mapping[str, str]) -> str:
    """`query` in the order and the spelling that the signature covers."""
    pairs = sorted((quote(name, safe=_SAFE), quote(value, safe=_SAFE)) for name, value in query.items())
    return "&".join(f"{name}={value}" for name, value in pairs)


class Signer:
    """Makes the headers that show a request to be ours."""

    def __init__(self, keys: Keys | None, region: str) -> None:
        """Without `keys` requests go unsigned."""
        self._keys = keys
        self._region = region
        self._day = ""
        self._key = b""

    def headers(self, host: str, path: str, query: str, extra: Mapping[str, str], now_s: float) -> dict[str, str]:
        """All headers of a GET of `path` and `query`, both encoded; names in `extra` are lower case."""
        sent = {"host": host, **extra}
        if self._keys is None:
            return sent
        moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now_s))
        sent["x-amz-content-sha256"] = _NO_BODY
        sent["x-amz-date"] = moment
        if self._keys.token:
            sent["x-amz-security-token"] = self._keys.token
        names = sorted(sent)
        signed = ";".join(names)
        canonical = "".join(f"{name}:{' '.join(sent[name].split())}\n" for name in names)
        request = f"GET\n{path}\n{query}\n{canonical}\n{signed}\n{_NO_BODY}"
        scope = f"{moment[:8]}/{self._region}/s3/aws4_request"
        text = f"{_ALGORITHM}\n{moment}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
        signature = hmac.digest(self._key_of(moment[:8], self._keys.secret), text.encode(), "sha256").hex()
        credential = f"{self._keys.access_key}/{scope}"
        sent["authorization"] = f"{_ALGORITHM} Credential={credential}, SignedHeaders={signed}, Signature={signature}"
        return sent

    def _key_of(self, day: str, secret: str) -> bytes:
        if day != self._day:
            key = f"AWS4{secret}".encode()
            for part in (day, self._region, "s3", "aws4_request"):
                key = hmac.digest(key, part.encode(), "sha256")
            self._day, self._key = day, key
        return self._key
