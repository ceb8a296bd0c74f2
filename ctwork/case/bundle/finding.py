"""What the check of a bundle has found so far. Problems mean that it is not what was made; notes are to be known."""

from dataclasses import dataclass, field
from typing import Any

from ctwork.case.bundle.signature import Signing

_TOLD = 20
"""So many problems of one kind are told one by one."""


@dataclass(slots=True)
class Findings:
    """Gathers what is wrong, a sentence each."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    _untold: dict[str, int] = field(default_factory=dict)

    def wrong(self, kind: str, sentence: str) -> None:
        """Adds a problem; of one `kind` only the first ones are spelled out."""
        count = self._untold[kind] = self._untold.get(kind, 0) + 1
        if count <= _TOLD:
            self.problems.append(sentence)

    def close(self) -> None:
        """Says how many were not spelled out."""
        for kind, count in self._untold.items():
            if count > _TOLD:
                self.problems.append(f"{count - _TOLD:,} more: {kind}")


@dataclass(frozen=True, slots=True)
class Checked:
    """What came of a check."""

    problems: tuple[str, ...]
    notes: tuple[str, ...]
    signing: Signing
    head: dict[str, Any]
    """What the bundle says of itself, as far as that could be read."""
    files: int
    records: int

    @property
    def is_whole(self) -> bool:
        """Whether nothing is wrong."""
        return not self.problems

    def row(self) -> dict[str, Any]:
        """As `ctwork check` prints it."""
        head, signing = self.head, self.signing
        return {
            "verdict": "whole" if self.is_whole else "broken",
            "problems": list(self.problems),
            "notes": list(self.notes),
            "signature": {"state": signing.state, "key": signing.key or None, "signer": signing.signer or None},
            "files": self.files,
            "records": self.records,
            "case": head.get("case") or None,
            "journal": head.get("journal"),
            "made": head.get("made"),
            "lens": head.get("lens"),
        }
