"""Writes the sample archive: ``python -m tests.sample.make [DEST]`` (default: ``sample_logs/`` of this repository)."""

import json
import shutil
import sys
from pathlib import Path

from .background import write_background
from .deliver import deflated, deliver
from .digest import write_digests
from .intrusion import write_intrusion
from .ledger import Ledger
from .readme import write_readme
from .signer import public_keys
from .tamper import tamper
from .truth import Outcome, write_truth
from .witness import write_witnesses
from .world import PRODUCTION, TRAILS


def main(arguments: list[str]) -> None:
    """Replace what an earlier run left at the destination."""
    destination = Path(arguments[0]) if arguments else Path(__file__).resolve().parents[2] / "sample_logs"
    shutil.rmtree(destination / "AWSLogs", ignore_errors=True)
    make(destination)


def make(destination: Path) -> None:
    """Write the whole archive below `destination`."""
    story = write_intrusion()
    records = write_background() + story.ledger.records
    witnesses = Ledger("witnesses")
    write_witnesses(witnesses, deliver(record for record in records if record.account == PRODUCTION))
    records += witnesses.records
    files = deliver(records)
    digests = write_digests(TRAILS, files)
    outcome = Outcome(records, files, digests, tamper(files, story), story)
    for file in outcome.tampering.files:
        _write(destination / file.key, deflated(file.body))
    for digest in digests:
        _write(destination / digest.key, deflated(digest.body))
        if digest.newest:
            _write(destination / f"{digest.key}.metadata.json", digest.sidecar)
    _write(destination / "public-keys.json", _pretty(public_keys()))
    truth = write_truth(destination, outcome)
    _write(destination / "ground-truth.json", _pretty(truth))
    _write(destination / "README.md", write_readme(truth).encode())


def _pretty(document: object) -> bytes:
    return json.dumps(document, indent=1).encode() + b"\n"


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


if __name__ == "__main__":
    main(sys.argv[1:])
