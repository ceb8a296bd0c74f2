"""The lenses the investigator has been at: a frozen value with a way back and a way forward."""

from dataclasses import dataclass, replace

from ctwork.model.lens import Lens

_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Trail:
    """Where one is, where one was, and what was undone."""

    now: Lens
    past: tuple[Lens, ...] = ()
    future: tuple[Lens, ...] = ()

    def __str__(self) -> str:
        """``lens 4 of 7``: where one is among the lenses that undo and redo lead to."""
        return f"lens {len(self.past) + 1} of {len(self.past) + 1 + len(self.future)}"

    def to(self, lens: Lens) -> "Trail":
        """The trail after going to `lens`. Going where one is changes nothing."""
        return self if lens == self.now else Trail(lens, (*self.past[-_LONGEST:], self.now))

    def back(self) -> "Trail":
        """The trail after one undo."""
        if not self.past:
            return self
        return replace(self, now=self.past[-1], past=self.past[:-1], future=(self.now, *self.future))

    def forth(self) -> "Trail":
        """The trail after one redo."""
        if not self.future:
            return self
        return replace(self, now=self.future[0], past=(*self.past, self.now), future=self.future[1:])
