"""Every binding of the house, found in its classes: for the list of keys, and for who checks that list."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from textual.app import App
from textual.binding import Binding
from textual.dom import DOMNode

import ctwork.tui
from ctwork.tui.keymap import shown, told

_ROOM = ctwork.tui.__name__


@dataclass(frozen=True, slots=True)
class Bound:
    """One action and its keys."""

    id: str
    keys: str
    """As Textual names them, separated by commas."""
    action: str
    """What it does, as a sentence begins."""
    where: str
    """The class that binds it, in words: ``event grid``."""
    binding: Binding


def bound() -> list[Bound]:
    """Every binding of the screens and widgets of this room, in the order of their ids."""
    found = [
        Bound(binding.id or "", binding.key, told(binding), _place(node), binding)
        for node in _nodes()
        for binding in node.__dict__.get("BINDINGS", ())
        if isinstance(binding, Binding)
    ]
    return sorted(found, key=lambda entry: (entry.id, entry.where))


def rows(keymap: Mapping[str, str]) -> list[dict[str, str]]:
    """``{id, keys, action, where}`` of every binding, with the user's own keys in `keymap`."""
    return [
        {
            "id": entry.id,
            "keys": " ".join(shown(key.strip()) for key in keymap.get(entry.id, entry.keys).split(",")),
            "action": entry.action,
            "where": entry.where,
        }
        for entry in bound()
    ]


def _nodes() -> Iterator[type[DOMNode]]:
    """Every class of this room that may bind keys, each once."""
    seen: set[type] = set()
    for module in pkgutil.walk_packages(ctwork.tui.__path__, f"{_ROOM}."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, type) and issubclass(value, DOMNode) and value.__module__.startswith(_ROOM):
                if value not in seen:
                    yield value
                seen.add(value)


def _place(node: type[DOMNode]) -> str:
    """``EventGrid`` as ``event grid``; what the program itself binds works everywhere."""
    if issubclass(node, App):
        return "everywhere"
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in node.__name__).strip()
