"""The door to AWS: whose credentials, which endpoint, which limits; every client passes the gate."""

import ipaddress
import threading
import uuid
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import boto3
import botocore.session
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from ctwork import __version__
from ctwork.errors import EnvironmentFailure, UsageError
from ctwork.sources.access import Access
from ctwork.sources.aws.chain import set_chain
from ctwork.sources.aws.permit import Gate, NotPermitted
from ctwork.sources.aws.terms import Keys

FAILURES = (ClientError, BotoCoreError, ResponseParserError, NotPermitted, RecursionError, ValueError, TypeError)
"""All that a call may raise: the library follows some redirects without end, and trusts what it is answered."""
CONNECT_S = 10
READ_S = 30
ATTEMPTS = 5
DEFAULT_REGION = "us-east-1"
"""Where a bucket's own region is asked for when nobody names one."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Who AWS says that we are."""

    arn: str = ""
    account: str = ""
    problem: str = ""
    """Why it could not be asked."""
    code: str = ""
    """The same as AWS or its library names it."""


class Door:
    """One opened access: makes clients that can only read."""

    def __init__(self, access: Access) -> None:
        """Raises UsageError for an endpoint without TLS, and for a profile that does not exist."""
        check_endpoint(access.endpoint)
        self.access = access
        self.gate = Gate()
        self.agent = f"ctwork/{__version__} acquisition/{uuid.uuid4().hex[:16]}"
        """The user agent of every request: it tells these from all others in the logs that they leave."""
        self._lock = threading.Lock()
        core = botocore.session.Session(profile=access.profile or None)
        self._core = core
        # Registered before any client is made, so that those which find credentials inherit it, too.
        core.register("before-call", self._check)
        core.register("request-created", self._count)
        try:
            # Those which find credentials shall be told from others in the logs as well.
            core.set_default_client_config(self._config())
            self.region = access.region or core.get_config_variable("region") or DEFAULT_REGION
            """Where a client asks that is given no region of its own."""
            set_chain(core, self.region, allow_imds=access.allow_imds)
            self._session = boto3.Session(botocore_session=core)
        except BotoCoreError as problem:
            raise UsageError(str(problem), "see `aws configure list-profiles`") from problem

    def _check(self, model: Any, **_: Any) -> None:
        """Called by the library before each call, with the model of its operation."""
        self.gate.check(model.service_model.service_name, model.name)

    def _count(self, event_name: str, **_: Any) -> None:
        """Called by the library for each request that a call makes: there are more when it tries again."""
        service, operation = event_name.split(".")[1:]
        self.gate.permit(service, operation)

    @property
    def ca_bundle(self) -> str:
        """The file of the authorities to be trusted; "" for the usual ones."""
        return self.access.ca_bundle or str(self._core.get_config_variable("ca_bundle") or "")

    def client(self, service: str, region: str = "") -> Any:
        """A client of `service`: explicit timeouts, adaptive retries, no endpoint but the one named."""
        access = self.access
        special = Config(
            signature_version=UNSIGNED if access.anonymous else None,
            # A server that is no AWS has no name per bucket.
            s3={"addressing_style": "path"} if access.endpoint else None,
        )
        # The library's sessions are not made for several threads; its clients are.
        with self._lock:
            return self._session.client(
                service,
                region_name=region or self.region,
                endpoint_url=access.endpoint or None,
                verify=self.ca_bundle or None,
                config=self._config().merge(special),
            )

    def _config(self) -> Config:
        return Config(
            user_agent=self.agent,
            connect_timeout=CONNECT_S,
            read_timeout=READ_S,
            retries={"mode": "adaptive", "total_max_attempts": ATTEMPTS},
            ignore_configured_endpoint_urls=True,
            # Other modes ask the instance which region it is in.
            defaults_mode="legacy",
        )

    def keys(self) -> Keys | None:
        """The credentials as they are now, renewed when they can be; None for unsigned requests.

        Raises EnvironmentFailure when there are none.
        """
        if self.access.anonymous:
            return None
        hint = "name a profile with --profile, set AWS_ACCESS_KEY_ID, or say --no-sign-request for a public bucket"
        if not self.access.allow_imds:
            hint += "; on an instance with a role: --allow-imds"
        try:
            found = self._session.get_credentials()
            frozen = None if found is None else found.get_frozen_credentials()
        except FAILURES as problem:
            raise EnvironmentFailure(f"the credentials cannot be had: {problem}", hint) from problem
        if frozen is None:
            raise EnvironmentFailure("there are no AWS credentials", hint)
        return Keys(frozen.access_key, frozen.secret_key, frozen.token or "")

    def caller(self) -> Caller:
        """Whose name the requests carry."""
        if self.access.anonymous:
            return Caller(problem="requests are unsigned", code="Unsigned")
        try:
            said = self.client("sts").get_caller_identity()
        except FAILURES as problem:
            return Caller(problem=str(problem), code=code_of(problem))
        return Caller(str(said.get("Arn", "")), str(said.get("Account", "")))


def code_of(problem: Exception) -> str:
    """What AWS or its library calls a failed call."""
    said = problem.response.get("Error", {}) if isinstance(problem, ClientError) else {}
    return str(said.get("Code") or type(problem).__name__)


def check_endpoint(url: str) -> None:
    """Raises UsageError for an endpoint that is no URL, or has no TLS and is not on this machine."""
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme == "https" and parts.hostname:
        return
    if parts.scheme == "http" and parts.hostname and _is_loopback(parts.hostname):
        return
    raise UsageError(
        f"{url} is no https endpoint", "plain http is allowed to this machine alone: http://127.0.0.1:PORT"
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
