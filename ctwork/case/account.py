"""What a journal amounts to as far as it was read: the marks and lenses, its last entry, and what is wrong with it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ctwork.model.entry import NOWHERE, Anchor, Entry, alteration, misplacement
from ctwork.model.state import State

_FAULTS_TOLD = 20


@dataclass(slots=True)
class Account:
    """What the entries came to that were read so far, in their order."""

    state: State = field(default_factory=State)
    seen: Anchor = NOWHERE
    """The last entry that was read."""
    settled: Anchor = NOWHERE
    """The last one that changed something."""
    faults: list[str] = field(default_factory=list)
    """What is wrong with them, a sentence each: the first 20."""

    def read(self, entries: Iterable[Entry]) -> None:
        """Takes in what follows the last entry read, and looks whether it is whole."""
        for each in entries:
            altered = alteration(each)
            self.faults += filter(None, (misplacement(each, self.seen), altered))
            # What was changed afterwards is told, and not taken for what was said.
            if altered:
                self._pass(each)
            else:
                self.add(each)
            del self.faults[_FAULTS_TOLD:]

    def add(self, whole: Entry) -> None:
        """Takes in an entry that is known to be whole and to follow the last one read."""
        try:
            self.state.apply(whole)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            self.faults.append(f"entry {whole.seq} cannot be understood: {problem}")
        self._pass(whole)

    def _pass(self, each: Entry) -> None:
        self.seen = each.anchor
        if each.settles:
            self.settled = each.anchor
