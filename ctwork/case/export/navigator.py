"""A layer for the ATT&CK Navigator, format 4.5: the techniques that tags of marks name, and how often.

A tag names a technique as ``attack.t1078``, ``T1078.004`` or ``attack-t1078``, in any letter case
(github.com/mitre-attack/attack-navigator, layers/spec/v4.5).
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from ctwork.case.export.leaving import Leaving
from ctwork.case.outlet import Row, dumped
from ctwork.model.annotation import Annotation
from ctwork.model.document import legal_text

_TECHNIQUE = re.compile(r"(?:attack[.\-:_])?(t[0-9]{4}(?:\.[0-9]{3})?)", re.IGNORECASE)
_NOTES = 20
"""Notes of one technique that its comment holds."""


@dataclass(slots=True)
class Techniques:
    """Techniques as they are met."""

    found: dict[str, int] = field(default_factory=dict)
    """By id, how often."""
    comments: dict[str, list[str]] = field(default_factory=dict)

    def take(self, tags: Iterable[str], comment: str = "") -> None:
        """Counts the techniques that one event, mark or finding names."""
        for name in sorted({name for tag in tags if (name := technique_of(tag))}):
            self.found[name] = self.found.get(name, 0) + 1
            said = self.comments.setdefault(name, [])
            if comment and comment not in said and len(said) < _NOTES:
                said.append(comment)

    def layer(self, name: str, description: str) -> Row:
        """The layer of all that was met."""
        return {
            "name": name,
            "versions": {"layer": "4.5"},
            "domain": "enterprise-attack",
            "description": description,
            "techniques": [
                {
                    "techniqueID": technique,
                    "score": count,
                    "comment": "\n\n".join(self.comments[technique]),
                    "enabled": True,
                    "showSubtechniques": "." in technique,
                }
                for technique, count in sorted(self.found.items())
            ],
            "gradient": {
                "colors": ["#fff7bc", "#d95f0e"],
                "minValue": 0,
                "maxValue": max(self.found.values(), default=1),
            },
            "legendItems": [],
            "hideDisabled": False,
        }


def technique_of(tag: str) -> str:
    """The technique that a tag names, as ``T1078.004``; "" for another tag."""
    found = _TECHNIQUE.fullmatch(tag)
    return found[1].upper() if found else ""


class NavigatorExporter:
    """One layer."""

    name = "navigator"
    suffixes: tuple[str, ...] = (".navigator.json", ".layer.json")
    needs: tuple[str, ...] = ()
    parses: bool = False
    told = "ATT&CK Navigator layer of the techniques that tags name"

    def write(self, events: Iterable[Leaving], head: Mapping[str, Any], out: BinaryIO) -> None:
        techniques = Techniques()
        for each in events:
            if each.annotation is not None:
                techniques.take(each.annotation.tags, each.annotation.note)
        for row in head["marks"]:
            said = Annotation.of(row)
            techniques.take(said.tags, said.note)
        lens = head["lens"] or "all events"
        layer = techniques.layer("ctwork", f"Marks of {lens}, by ctwork {head['tool']['version']}")
        out.write(legal_text(dumped(layer, indent=1)).encode() + b"\n")
