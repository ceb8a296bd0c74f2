"""Cases loaded once per session through the real command line."""

from pathlib import Path

import pytest
from store.build import record, write_trail

from cli.door import call


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six events in three files: a copy, a denial, resources, bytes, an odd time, no identity."""
    folder = tmp_path_factory.mktemp("small") / "logs"
    first = record(
        0,
        requestParameters={"bucketName": "logs", "key": "a/ü.txt", "n": 5},
        additionalEventData={"bytesTransferredOut": 4096.0},
    )
    denied = record(
        61, eventName="PutObject", readOnly=False, errorCode="AccessDenied", errorMessage="no", requestParameters=None
    )
    several = record(3_700, resources=[{"ARN": "arn:aws:s3:::one"}, {"ARN": "arn:aws:s3:::two"}], awsRegion="eu-west-1")
    odd = record(7_300, eventTime="2024-01-01T04:00:00.5+02:00", userAgent='say "hi", a\nb')
    write_trail(folder / "a.json.gz", [first, denied])
    write_trail(folder / "b.json", [denied, several, odd])
    write_trail(folder / "c.json", [record(90_000, userIdentity=..., recipientAccountId="444455556666"), b"17"])
    return folder


@pytest.fixture(scope="session")
def case(small: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The case of `small`; the load tells of the element that is no record."""
    folder = tmp_path_factory.mktemp("case") / "case"
    said = call("load", small, "--case", folder, "--format", "json", "--quiet")
    assert said.code == 3, said.err
    return folder
