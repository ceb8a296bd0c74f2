"""Fetches one object, whatever happens on the way: tries again, goes on where it broke off, and checks what came."""

import asyncio
from collections.abc import Awaitable, Callable

import aiohttp

from ctwork.sources.aws.landing import Landing
from ctwork.sources.aws.record import line_of
from ctwork.sources.aws.renewal import Renewals
from ctwork.sources.aws.terms import Fetched, FetchJob
from ctwork.sources.aws.trouble import Trouble
from ctwork.sources.aws.valve import Valve, pause_s
from ctwork.sources.aws.wire import Wire

ATTEMPTS = 7
"""Over about half a minute of refusals."""
_PART = 206
_MD5_DIGITS = 32
_OTHER_ETAG = ("aws:kms", "aws:kms:dsse", "aws:fsx")
"""Encryptions under which an ETag is no MD5 (S3 API reference, "Object"): so is that of an upload in parts."""


async def patiently(valve: Valve, renewals: Renewals, attempt: Callable[[], Awaitable[None]]) -> None:
    """Makes `attempt` until it succeeds. Raises the last Trouble."""
    for number in range(ATTEMPTS):
        if renewals.hopeless:
            raise Trouble("ExpiredToken")
        credentials = renewals.number
        try:
            async with valve:
                await attempt()
        except Trouble as trouble:
            if trouble.busy:
                valve.refused()
            if trouble.expired and await renewals.after(credentials):
                continue
            if not trouble.transient or number == ATTEMPTS - 1:
                raise
            await asyncio.sleep(pause_s(number))
        else:
            valve.answered()
            renewals.answered()
            return


class Fetcher:
    """Fetches objects of one bucket into one folder."""

    def __init__(self, wire: Wire, valve: Valve, renewals: Renewals, folder: str, bucket: str) -> None:
        self._wire = wire
        self._valve = valve
        self._renewals = renewals
        self._folder = folder
        self._bucket = bucket

    async def fetch(self, job: FetchJob) -> Fetched:
        """Brings the object of `job` to the disk; what is to be told of it. Raises Trouble and OSError."""
        landing = Landing(job, self._folder)
        arrival = _Arrival(self._wire, job, landing)
        try:
            await patiently(self._valve, self._renewals, arrival.attempt)
            landing.settle()
        except BaseException as problem:
            # What a changed object has left is of no use to anyone.
            landing.abandon(keep=not (isinstance(problem, Trouble) and problem.code == "PreconditionFailed"))
            raise
        line = line_of(self._bucket, job, arrival.headers, landing.sha256, arrival.unlike)
        return Fetched(job.number, job.size, line, bool(arrival.unlike))


class _Arrival:
    """One object on its way."""

    def __init__(self, wire: Wire, job: FetchJob, landing: Landing) -> None:
        self._wire = wire
        self._job = job
        self._landing = landing
        self._refused = ""
        self.headers: dict[str, str] = {}
        self.unlike = ""

    async def attempt(self) -> None:
        """One request for what is still missing. Raises Trouble."""
        job, landing = self._job, self._landing
        asked = {"if-match": f'"{job.etag}"'} if job.etag else {}
        if landing.size and landing.size == job.size:
            landing.restart()  # it was whole, and not what it should be
        if landing.size:
            asked["range"] = f"bytes={landing.size}-"
        query = {"versionId": job.version} if job.version else {}
        async with self._wire.get("GetObject", job.key, query, asked, size=job.size) as answer:
            self._check_head(answer)
            async for piece in answer.content.iter_any():
                landing.add(piece)
                if landing.size > job.size:
                    landing.restart()
                    raise Trouble("SizeMismatch")
            self.headers = dict(answer.headers)
        if landing.size != job.size:
            raise Trouble("IncompleteBody")
        self._check_content()

    def _check_head(self, answer: aiohttp.ClientResponse) -> None:
        """Whether the answer is about the object that was listed, from where we are. Raises Trouble."""
        job, landing = self._job, self._landing
        etag = answer.headers.get("ETag", "").strip('"')
        if etag and job.etag and etag != job.etag:
            raise Trouble("PreconditionFailed", f"its ETag is {etag} and not {job.etag}")
        if answer.status == _PART and landing.size:
            span = answer.headers.get("Content-Range", "")
            if span != f"bytes {landing.size}-{job.size - 1}/{job.size}":
                landing.restart()
                raise Trouble("SizeMismatch", f"asked for the rest of {job.size:,} bytes, and got {span}")
        else:
            landing.restart()
            if answer.content_length is not None and answer.content_length != job.size:
                raise Trouble("SizeMismatch", f"{job.size:,} bytes were listed, {answer.content_length:,} announced")

    def _check_content(self) -> None:
        """Whether the bytes give the ETag, where that is their MD5. Raises Trouble."""
        etag, md5 = self._job.etag, self._landing.md5
        if len(etag) != _MD5_DIGITS or etag == md5 or self._has_other_etag():
            return
        if self._refused != md5:
            self._refused = md5
            raise Trouble("ContentMismatch")
        # The same bytes twice: not every server that speaks S3 has MD5s for ETags.
        self.unlike = md5

    def _has_other_etag(self) -> bool:
        said = {name.lower(): value for name, value in self.headers.items()}
        customer = "x-amz-server-side-encryption-customer-algorithm" in said
        return customer or said.get("x-amz-server-side-encryption", "") in _OTHER_ETAG
