"""What crosses between the process that plans and those that fetch: endpoint, credentials, jobs and their results.

All of it is passed as MessagePack through pipes: credentials stay in memory, and no worker needs the AWS library.
"""

import msgspec

LENGTH_BYTES = 4
"""Before each message list: its length, little-endian."""


class Keys(msgspec.Struct, frozen=True, array_like=True):
    """Credentials as they are now: never printed, never written."""

    access_key: str
    secret: str
    token: str = ""

    def __repr__(self) -> str:
        return f"Keys({self.access_key[:4]}…)"


class Endpoint(msgspec.Struct, frozen=True, array_like=True):
    """Where the bucket answers, and how to speak there."""

    base: str
    """Scheme and host, with any port."""
    path: str
    """What stands before every key: ``/`` where the host names the bucket, ``/bucket/`` elsewhere."""
    region: str
    agent: str
    payer: bool = False
    ca_bundle: str = ""
    proxy: str = ""


class Hello(msgspec.Struct, frozen=True, array_like=True, tag="hello"):
    """The first message to a worker."""

    endpoint: Endpoint
    keys: Keys | None
    bucket: str
    folder: str
    """Absolute: paths of objects are below it."""
    in_flight: int


class Renewed(msgspec.Struct, frozen=True, array_like=True, tag="renewed"):
    """The answer to `Expired`: new credentials, or none to be had."""

    keys: Keys | None


class ListJob(msgspec.Struct, frozen=True, array_like=True, tag="list"):
    """A prefix to be listed, page by page."""

    number: int
    prefix: str
    after: str = ""
    """Keys up to this one are left out."""
    stop: str = ""
    """The first key that is no longer wanted; "" for none."""
    folders: bool = False
    """Whether to list one level: files, and folders as prefixes."""
    versions: bool = False


class FetchJob(msgspec.Struct, frozen=True, array_like=True, tag="fetch"):
    """An object to be fetched."""

    number: int
    key: str
    version: str
    """"" for whichever is current."""
    etag: str
    size: int
    modified: str
    """As listed: ISO 8601."""
    storage: str
    path: str
    """Where its bytes go, below the folder."""


class Listed(msgspec.Struct, frozen=True, array_like=True):
    """One line of a listing."""

    key: str
    size: int
    etag: str
    """Without its quotes."""
    modified: str
    storage: str = ""
    version: str = ""
    latest: bool = True
    marker: bool = False
    """Whether it is a delete marker, and no object."""
    restored: bool = False
    """Whether it is archived and has been restored for a time."""


class Page(msgspec.Struct, frozen=True, array_like=True, tag="page"):
    """A part of a listing."""

    number: int
    objects: list[Listed]
    folders: list[str]
    last: bool


class Unlisted(msgspec.Struct, frozen=True, array_like=True, tag="unlisted"):
    """A listing broke off."""

    number: int
    code: str
    message: str


class Fetched(msgspec.Struct, frozen=True, array_like=True, tag="fetched"):
    """An object lies on the disk, whole."""

    number: int
    size: int
    line: bytes
    """What the acquisition log is to say of it."""
    unlike: bool = False
    """Whether its bytes came twice the same and do not give the ETag."""


class Missed(msgspec.Struct, frozen=True, array_like=True, tag="missed"):
    """An object could not be had."""

    number: int
    code: str
    message: str


class Expired(msgspec.Struct, frozen=True, array_like=True, tag="expired"):
    """A worker's credentials are no longer taken."""


class Called(msgspec.Struct, frozen=True, array_like=True, tag="called"):
    """How often a worker has called which S3 operations since it last told."""

    operations: dict[str, int]


class Broken(msgspec.Struct, frozen=True, array_like=True, tag="broken"):
    """This machine failed the worker: a full disk, no permission. Nothing more comes from it."""

    reason: str


ToWorker = Hello | Renewed | ListJob | FetchJob
FromWorker = Page | Unlisted | Fetched | Missed | Expired | Called | Broken
