"""The intrusion as told: steps with their records, keys issued on the way, and what was left behind."""

from dataclasses import dataclass, field

from .clock import iso
from .credential import key_id
from .dice import Dice
from .ledger import Ledger
from .record import Record
from .world import PRODUCTION, User

NEW_USER = User(PRODUCTION, "svc-backup-sync")
NEW_KEY = key_id(Dice("created-key"), "AKIA", PRODUCTION)
"""The long-term key the intruder made."""
SNAPSHOT = "snap-0f00dcafe5ba11ad0"
SESSION = "build-7731"
"""Session name the intruder uses on every hop: it looks like a build number."""


@dataclass(slots=True)
class Step:
    """One step of the story."""

    name: str
    text: str
    """One sentence for the answers."""
    records: list[Record] = field(default_factory=list)

    @property
    def start(self) -> str:
        """Time of the first record."""
        return iso(min(record.when for record in self.records))

    @property
    def end(self) -> str:
        """Time of the last record."""
        return iso(max(record.when for record in self.records))


@dataclass(frozen=True, slots=True)
class Issue:
    """One issuing of credentials."""

    when: int
    event_ids: tuple[str, ...]
    """The issuing record; two across accounts, the caller's first."""
    action: str
    key: str
    by_key: str
    """"" when the issuer's key is in no log of the organisation."""
    principal: str
    """ARN of the role or user the new key belongs to."""
    depth: int
    """Hops from the leaked key (0); None is never used: an unknown issuer counts as a root."""


@dataclass(slots=True)
class Story:
    """What the scenario modules fill in."""

    ledger: Ledger
    steps: list[Step] = field(default_factory=list)
    issues: list[Issue] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    """What the intruder created or changed and nobody had undone by the end."""
    _mark: int = field(default=0, init=False)

    def begin(self, name: str, text: str) -> None:
        """Start a step; what the ledger writes from now on belongs to it."""
        self._collect()
        self.steps.append(Step(name, text))
        self._mark = len(self.ledger.records)

    def finish(self) -> None:
        """Close the last step."""
        self._collect()

    def _collect(self) -> None:
        if self.steps:
            self.steps[-1].records = self.ledger.records[self._mark :]
