"""A load killed at any moment leaves the old truth or what can be taken up again, and never anything between."""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.proofs.kill import KINDS, SIGNALS, Range, fire, make_range
from tests.proofs.scene import PROGRAM, answers

KILL, TERM, INT = signal.SIGKILL, signal.SIGTERM, signal.SIGINT


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Range:
    """Evidence, loaded, and changed after that."""
    return make_range(tmp_path_factory.mktemp("range"))


@pytest.mark.parametrize(
    ("kind", "numbers"), [("first", (INT,)), ("first", (KILL, KILL)), ("reload", (KILL, TERM)), ("fresh", (KILL,))]
)
def test_a_killed_load_is_the_old_truth_or_is_taken_up(
    place: Range, kind: str, numbers: tuple[signal.Signals, ...]
) -> None:
    fire(place, kind, numbers, random.Random(time.time_ns()))


def test_a_stopped_reload_forgets_nothing(place: Range) -> None:
    fire(place, "reload", (INT, INT), random.Random(5))


def test_the_truths_differ_so_that_a_mixture_would_be_seen(place: Range) -> None:
    stores = [place.old, *place.new.values()]
    for part in ("status", "issues", "events"):
        assert len({getattr(store, part) for store in stores}) >= 2
    assert len({(store.status, store.issues, store.events) for store in stores}) == 3


def test_only_the_loader_is_killed_and_its_workers_let_go(place: Range) -> None:
    """The out-of-memory killer takes one process: those that are left end by themselves and give the case free."""
    case = place.scene.root / "orphans"
    words = [*PROGRAM, "load", *map(str, place.scene.sources), "--case", str(case), "--workers", "2"]
    process = subprocess.Popen(words, env=place.scene.environment(), stdout=subprocess.DEVNULL, start_new_session=True)
    while process.poll() is None and not list(case.glob("store/load/*.part")):
        time.sleep(0.001)
    process.kill()
    process.wait()
    # At once: no worker holds the lock, or goes on with what it was reading.
    assert place.scene.call("load", *place.scene.sources, "--case", case).code == 3
    assert not _alive(process.pid), "workers outlive their loader"


@pytest.mark.long
def test_two_hundred_kills(place: Range) -> None:
    dice = random.Random(11)
    while sum(place.seen.values()) < 200:
        kind = dice.choice(KINDS)
        case = fire(place, kind, dice.choices(SIGNALS, k=dice.choice((1, 1, 2, 3))), dice)
        if kind == "first":
            assert answers(place.scene, "--case", case) == answers(place.scene, "--case", case, ask=("--fresh",))
    assert {"old", "new", "nothing yet", "stopped"} <= place.seen.keys()


def _alive(group: int) -> bool:
    """Whether any process of a group still runs; what has ended and was not seen off by its parent does not."""
    return any(_runs(entry, group) for entry in Path("/proc").iterdir() if entry.name.isdigit())


def _runs(entry: Path, group: int) -> bool:
    try:
        state, _, own_group = (entry / "stat").read_text().rpartition(")")[2].split()[:3]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return int(own_group) == group and state not in "ZX"
