"""What is kept between sessions, in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ctwork.errors import EnvironmentFailure
from ctwork.tui.shelf import SavedLens

SAVED_MS = 1_700_000_000_000


@dataclass
class FakeLenses:
    """Lenses of a case that is nowhere."""

    typed: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    full: bool = False

    def history(self, limit: int) -> Sequence[str]:
        return self.typed[-limit:]

    def remember(self, text: str) -> None:
        self.typed.append(text)

    def saved(self) -> Sequence[SavedLens]:
        return [SavedLens(name, self.named[name], SAVED_MS) for name in sorted(self.named)]

    def save(self, name: str, text: str) -> SavedLens:
        if self.full:
            raise EnvironmentFailure("cannot write lenses.jsonl: No space left on device", "check the space")
        self.named[name] = text
        return SavedLens(name, text, SAVED_MS)

    def forget(self, name: str) -> None:
        self.named.pop(name, None)


@dataclass
class FakeHints:
    """Somebody who has seen every hint but those that are `fresh`."""

    fresh: set[str] = field(default_factory=set)

    def seen(self, name: str) -> bool:
        return name not in self.fresh

    def dismiss(self, name: str) -> None:
        self.fresh.discard(name)
