"""What the user says about reaching AWS; the rest of the house hands it on and never looks inside."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Access:
    """What the user says about reaching AWS. Holds no secret."""

    profile: str = ""
    endpoint: str = ""
    """The URL of another server that speaks these APIs; "" for AWS's own."""
    region: str = ""
    """The region to sign for; "" for the profile's, or the one that the bucket names."""
    anonymous: bool = False
    """Whether requests go unsigned, as public buckets allow."""
    requester_pays: bool = False
    allow_imds: bool = False
    """Whether the instance's metadata service may be asked for credentials."""
    ca_bundle: str = ""
    in_flight: int = 128
    """Requests for objects at one moment, over all processes."""
