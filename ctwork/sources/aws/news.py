"""What a pull is asked for and what it tells: the wish, the plan, how far it is, and what became of each object."""

from dataclasses import dataclass

from ctwork.resources import toml_table
from ctwork.sources.base import IssueKind
from ctwork.sources.layout import OPEN_FILTER, PathFilter

PROCESSES = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a bucket."""

    admits: PathFilter = OPEN_FILTER
    versions: bool = False
    """Whether earlier versions and deleted logs are wanted, too."""
    processes: int = PROCESSES


@dataclass(slots=True)
class Counts:
    """How far a pull is."""

    listed: int = 0
    """Objects of the bucket that were looked at."""
    wanted: int = 0
    """Of those: to be fetched."""
    wanted_bytes: int = 0
    here: int = 0
    """Of those: here already."""
    here_bytes: int = 0
    archived: int = 0
    """Of those: in an archive, which only the owner opens."""
    fetched: int = 0
    fetched_bytes: int = 0
    unlike: int = 0
    """Of those: bytes that came twice the same and do not give the ETag."""
    failed: int = 0
    """Objects and parts of the listing that could not be had."""
    listing: bool = True
    """Whether there may be more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a pull comes to, before anything is fetched."""

    objects: int
    bytes: int
    listed: int
    here: int
    archived: int
    lists: int
    """Listing requests made so far."""

    @property
    def request_cost(self) -> float:
        """Of all requests, in USD, at the prices of us-east-1: an estimate."""
        prices = toml_table("aws.toml")["prices"]
        cost = self.lists * prices["per_thousand_lists"] + self.objects * prices["per_thousand_gets"]
        return float(cost) / 1_000

    @property
    def transfer_cost(self) -> float:
        """Of the bytes, in USD, if they leave AWS: an estimate."""
        return float(self.bytes / 1e9 * toml_table("aws.toml")["prices"]["per_gigabyte_out"])


@dataclass(frozen=True, slots=True)
class Arrived:
    """An object is here."""

    key: str
    version: str
    """"" for the current one."""
    path: str
    """Below the folder of the copy."""


@dataclass(frozen=True, slots=True)
class Failed:
    """An object, or a part of a listing, could not be had."""

    key: str
    version: str
    code: str
    hint: str
    """What must be done."""


@dataclass(frozen=True, slots=True)
class Noticed:
    """Something about an object that an investigator must know."""

    key: str
    version: str
    kind: IssueKind
    message: str


News = Arrived | Failed | Noticed
