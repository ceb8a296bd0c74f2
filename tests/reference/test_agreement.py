"""The reference reader and the real one see the same records: in every real set, the sample, and what is made up."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

import pytest
from hostile.case import R, gz, trail

from ctwork.sources import Opening, open_source
from ctwork.sources.base import DEFAULT_BOUNDS, Blob
from ctwork.sources.decode import decode
from ctwork.store import reading
from reference.reader import Found, files, records

SETS = (
    *("awsdocs-cloudtrail-guide", "cloud-custodian-eventbridge", "cloudgrep", "invictus-ir", "plaso-lookup-events"),
    *("sans504-bulk", "stratus-red-team", "streamalert", "synthetic-correlation-a", "traildiscover", "trailscraper"),
)


def expected(folder: Path) -> Iterator[Found]:
    for _, data in files(folder):
        yield from records(data)


def delivered(folder: Path, tmp_path: Path) -> Iterator[bytes]:
    """The raw records that a load sees, each of them as its typed reading has it too."""
    once = lru_cache(maxsize=2)(decode)
    with patch.object(reading, "decode", once):  # the original bytes of a file's records are asked for one by one
        for item in open_source([str(folder)], Opening(pack=str(tmp_path / "pack"))).walk():
            if isinstance(item, Blob):
                for part in reading.read_blob(item, DEFAULT_BOUNDS):
                    numbers = part.indices or range(len(part.records))
                    for number, record in zip(numbers, part.records, strict=True):
                        raw = part.raw(number)
                        assert json.loads(raw).get("eventID") == record.eventID
                        yield raw


def compare(folder: Path, tmp_path: Path) -> int:
    truth = list(expected(folder))
    raws = list(delivered(folder, tmp_path))
    values = [json.loads(raw) for raw in raws]
    assert Counter(str(value.get("eventID")) for value in values) == Counter(str(one.event_id) for one in truth)
    assert Counter(raw.decode() for raw in raws) >= Counter(one.raw for one in truth if one.raw is not None)
    rows = {one.event_id for one in truth if one.is_row}
    canonical = [json.dumps(value, sort_keys=True) for value in values if value.get("eventID") not in rows]
    assert Counter(canonical) == Counter(json.dumps(one.value, sort_keys=True) for one in truth if not one.is_row)
    return len(truth)


@pytest.mark.parametrize("name", SETS)
def test_real_sets(shared_data: Path, tmp_path: Path, name: str) -> None:
    assert compare(shared_data / name, tmp_path) > 0


def test_the_sample(sample_logs: Path, tmp_path: Path) -> None:
    assert compare(sample_logs, tmp_path) > 0


def test_made_up(tmp_path: Path) -> None:
    folder = tmp_path / "source"
    folder.mkdir()
    (folder / "a.json.gz").write_bytes(gz(trail(*R[:5])))
    (folder / "b.json").write_bytes(b"[%s]" % b" ,\n".join(R[5:8]))
    (folder / "c.jsonl").write_bytes(b"\n".join(R[8:]))
    assert compare(folder, tmp_path) == 12
