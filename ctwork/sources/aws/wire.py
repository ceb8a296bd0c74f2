"""Requests to one bucket over pooled connections: signed, bounded in time, never following a redirect.

Only the operations of `Gate` can be asked for, and only GET is ever sent.
"""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from xml.etree import ElementTree

import aiohttp
from yarl import URL

from ctwork.sources.aws.permit import Gate
from ctwork.sources.aws.sign import Signer, encoded_path, encoded_query
from ctwork.sources.aws.terms import Endpoint, Keys
from ctwork.sources.aws.trouble import Trouble, code_of_status

CONNECT_S = 10
READ_S = 30
"""Seconds without a byte."""
_WHOLE_S = 60
_SLOWEST = 32_768
"""Bytes per second below which an answer counts as stuck."""
_ERROR_BYTES = 65_536
_OK = frozenset({200, 206})


class Wire:
    """One process's connections to one bucket."""

    def __init__(self, endpoint: Endpoint, keys: Keys | None, connections: int) -> None:
        self.endpoint = endpoint
        self.gate = Gate()
        self._base = URL(endpoint.base)
        self._host = self._base.host_port_subcomponent or ""
        if self._base.port == (443 if self._base.scheme == "https" else 80):
            self._host = self._base.host_subcomponent or ""
        self._proxy = endpoint.proxy or None
        self._signer = Signer(keys, endpoint.region)
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> "Wire":
        trusted: ssl.SSLContext | bool = True
        if self.endpoint.ca_bundle:
            trusted = ssl.create_default_context(cafile=self.endpoint.ca_bundle)
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=trusted, ttl_dns_cache=300),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_S, sock_read=READ_S),
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            skip_auto_headers=("Accept", "Accept-Encoding", "User-Agent"),
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    def renew(self, keys: Keys | None) -> None:
        """Signs with other credentials from now on."""
        self._signer = Signer(keys, self.endpoint.region)

    @asynccontextmanager
    async def get(
        self,
        operation: str,
        key: str,
        query: Mapping[str, str],
        headers: Mapping[str, str] | None = None,
        size: int = 0,
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """The answer to one GET that succeeded, its body not read yet; `size` is what it may take time for.

        Raises Trouble, also for what goes wrong while the caller reads the body.
        """
        self.gate.permit("s3", operation)
        path, words = self.endpoint.path + encoded_path(key), encoded_query(query)
        extra = {"user-agent": self.endpoint.agent, "accept-encoding": "identity", **(headers or {})}
        if self.endpoint.payer:
            extra["x-amz-request-payer"] = "requester"
        signed = self._signer.headers(self._host, path, words, extra, time.time())
        url = URL(f"{self.endpoint.base}{path}{'?' if words else ''}{words}", encoded=True)
        assert self._session is not None, "the wire is entered first"
        try:
            async with (
                asyncio.timeout(_WHOLE_S + size / _SLOWEST),
                self._session.get(url, headers=signed, allow_redirects=False, proxy=self._proxy) as answer,
            ):
                if answer.status not in _OK:
                    raise await _refusal(answer)
                yield answer
        except TimeoutError as problem:
            raise Trouble("Timeout", str(problem)) from problem
        except aiohttp.ClientPayloadError as problem:
            raise Trouble("IncompleteBody", str(problem)) from problem
        except aiohttp.ClientConnectorCertificateError as problem:
            raise Trouble("CertificateFailed", str(problem)) from problem
        except (aiohttp.ClientError, ssl.SSLError, ConnectionError, ValueError) as problem:
            raise Trouble("ConnectionFailed", str(problem) or type(problem).__name__) from problem


async def _refusal(answer: aiohttp.ClientResponse) -> Trouble:
    """What an answer that is no success says."""
    body = await bounded(answer, _ERROR_BYTES)
    found = error_of(body)
    code, message = found or (code_of_status(answer.status), "")
    if code == "PermanentRedirect" and (region := answer.headers.get("x-amz-bucket-region")):
        message = f"{message} (region {region})"
    return Trouble(code, message[:500])


async def bounded(answer: aiohttp.ClientResponse, most: int) -> bytes:
    """The body of `answer`, or its first `most` bytes and a little more."""
    pieces, size = [], 0
    async for piece in answer.content.iter_any():
        pieces.append(piece)
        size += len(piece)
        if size > most:
            answer.close()
            break
    return b"".join(pieces)


def error_of(body: bytes) -> tuple[str, str] | None:
    """Code and message of an S3 error document; None for anything else."""
    if b"<!DOCTYPE" in body:
        return None
    try:
        root = ElementTree.fromstring(body)  # noqa: S314 - no document type is let through, and a document is bounded
    except ElementTree.ParseError:
        return None
    said = {each.tag.rpartition("}")[2]: (each.text or "").strip() for each in root}
    return (said["Code"], said.get("Message", "")) if said.get("Code") else None
