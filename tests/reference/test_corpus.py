"""A corpus from the generator of the shared folder: the reference reader and the real one see the same records."""

import subprocess
import sys
from pathlib import Path

import pytest

from reference.test_agreement import compare

EVENTS = 5_000
SEEDS = ("invictus-ir", "stratus-red-team")


@pytest.mark.long
def test_a_generated_corpus(shared_data: Path, tmp_path: Path) -> None:
    generator = shared_data.parent / "perf" / "gen_corpus.py"
    if not generator.is_file():
        pytest.skip("there is no generator of corpora here")
    seeds = [str(shared_data / name) for name in SEEDS]
    corpus = tmp_path / "corpus"
    command = [sys.executable, str(generator), str(corpus), "--events", str(EVENTS), "--seed", "7", "--src", *seeds]
    subprocess.run(command, check=True, capture_output=True)
    assert compare(corpus, tmp_path) >= EVENTS
