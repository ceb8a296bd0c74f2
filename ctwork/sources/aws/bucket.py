"""Where a bucket answers: its region, asked for once, and the address at which its objects are read."""

from typing import Any
from urllib.parse import urlsplit

from botocore.exceptions import BotoCoreError, ClientError
from botocore.utils import get_environ_proxies

from ctwork.errors import EnvironmentFailure, SourceError
from ctwork.sources.aws.door import Door
from ctwork.sources.aws.place import S3Place
from ctwork.sources.aws.terms import Endpoint
from ctwork.sources.aws.trouble import hint_for

_ANY_KEY = "k"
_REGION_HEADER = "x-amz-bucket-region"


def endpoint_of(door: Door, place: S3Place) -> Endpoint:
    """The address of the bucket. Raises SourceError when there is none, EnvironmentFailure when none can be reached."""
    region = door.access.region or _region(door, place)
    client = door.client("s3", region)
    # The library knows the addresses of all partitions, of access points, and of names that need another style.
    url = urlsplit(client.generate_presigned_url("get_object", {"Bucket": place.bucket, "Key": _ANY_KEY}))
    base = f"{url.scheme}://{url.netloc}"
    return Endpoint(
        base=base,
        path=url.path.removesuffix(_ANY_KEY),
        region=client.meta.region_name,
        agent=door.agent,
        payer=door.access.requester_pays,
        ca_bundle=door.ca_bundle,
        proxy=get_environ_proxies(base).get(url.scheme, ""),
    )


def _region(door: Door, place: S3Place) -> str:
    """The region that the bucket names, also where it refuses everything else; "" where nobody says."""
    if place.bucket.startswith("arn:"):
        return place.bucket.split(":")[3]
    client = door.client("s3")
    try:
        said = client.head_bucket(Bucket=place.bucket)
    except ClientError as problem:
        return _region_in(problem.response, place)
    except BotoCoreError as problem:
        raise EnvironmentFailure(f"the bucket cannot be reached: {problem}", hint_for("ConnectionFailed")) from problem
    return _header(said)


def _region_in(refusal: dict[str, Any], place: S3Place) -> str:
    """The region in a refusal. Raises SourceError when there is no such bucket."""
    region = _header(refusal)
    if refusal.get("ResponseMetadata", {}).get("HTTPStatusCode") == 404 and not region:
        raise SourceError(f"there is no bucket {place.bucket}", hint_for("NoSuchBucket"))
    return region


def _header(said: dict[str, Any]) -> str:
    headers = said.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return str(said.get("BucketRegion") or headers.get(_REGION_HEADER, ""))
