"""Which key does what, for everyone who shows it: footer, help, palette, and the user's own keys."""

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from textual.binding import ActiveBinding, Binding
from textual.dom import DOMNode
from textual.keys import format_key

from ctwork.errors import UsageError
from ctwork.resources import toml_table

_RARE = {"pane.compare"}
"""Actions that seldom do something, and are seen at once when they do."""
_NAMES = {
    "escape": "esc",
    "enter": "enter",
    "pagedown": "pgdn",
    "pageup": "pgup",
    "down": "↓",
    "up": "↑",
    "left": "←",
    "right": "→",
    "space": "space",
    "tab": "tab",
    "home": "home",
    "end": "end",
}


def prints(key: str) -> bool:
    """Whether pressing `key` in a text field writes a character."""
    return key == "space" or ("+" not in key and key not in _NAMES and len(format_key(key)) == 1)


def shown(key: str) -> str:
    """A key as a person names it: ``ctrl+q``, ``/``, ``esc``, ``G``."""
    *modifiers, last = key.split("+")
    return "+".join([*modifiers, _NAMES.get(last) or format_key(last)])


def shipped(profile: str) -> dict[str, str]:
    """A key profile that comes with the program. Raises `UsageError` for an unknown one."""
    profiles: Mapping[str, dict[str, str]] = toml_table("keys.toml")["profile"]
    if profile not in profiles:
        raise UsageError(f"there is no key profile {profile!r}", f"known profiles: {', '.join(sorted(profiles))}")
    return dict(profiles[profile])


def read_keymap(path: Path, known: Iterable[str]) -> dict[str, str]:
    """The user's keys: a TOML table ``[keys]`` of binding ids. Raises `UsageError` and names what is wrong."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"the keys in {path.name} cannot be read: {error}", "it is a TOML file with a table [keys]"
        ) from error
    keys = shipped(str(table.get("profile", "default"))) | dict(table.get("keys", {}))
    strange = sorted(set(keys) - set(known))
    if strange:
        raise UsageError(
            f"{path.name} sets keys for {strange[0]!r}, which is no action", "press ? for the list of actions"
        )
    wrong = [name for name, key in keys.items() if not isinstance(key, str) or not key.strip()]
    if wrong:
        raise UsageError(f"{path.name}: the key of {wrong[0]!r} is not a text", 'write it like "ctrl+o"')
    return keys


def actions(bindings: Mapping[str, ActiveBinding]) -> list[tuple[str, ActiveBinding]]:
    """``(keys as shown, binding)`` once per described action that works here, in the order of the bindings."""
    found: dict[tuple[int, str], tuple[list[str], ActiveBinding]] = {}
    for key, active in bindings.items():
        if active.binding.id and active.binding.description and active.enabled:
            found.setdefault((id(active.node), active.binding.action), ([], active))[0].append(shown(key))
    return [(" ".join(keys), active) for keys, active in found.values()]


def told(binding: Binding) -> str:
    """What an action does, as a sentence of the help and of the palette begins."""
    said = binding.tooltip or binding.description
    return said[:1].upper() + said[1:]


def footer(bindings: Mapping[str, ActiveBinding], *, writing: bool) -> list[tuple[str, str, str]]:
    """``(key as shown, description, key)`` once per action to be seen, the way in and the way back first.

    While `writing`, keys that write a character are left out.
    """
    found: dict[str, tuple[str, str, str]] = {}
    rare = {active.binding.action for active in bindings.values() if active.binding.id in _RARE}
    for key, active in bindings.items():
        if active.binding.show and active.enabled and not (writing and prints(key)):
            found.setdefault(active.binding.action, (shown(key), active.binding.description, key))
    first = sorted(found.items(), key=lambda entry: entry[1][2] not in {"enter", "escape"} and entry[0] not in rare)
    return [entry for _, entry in first]


def key_of(bindings: Mapping[str, ActiveBinding], name: str) -> str:
    """The first key of the action with the binding id `name`, as shown; "" when it does nothing here."""
    return next((shown(key) for key, active in bindings.items() if active.binding.id == name and active.enabled), "")


def known_ids(nodes: Iterable[DOMNode]) -> set[str]:
    """The ids of every binding of these nodes' classes."""
    classes = {base for node in nodes for base in type(node).__mro__}
    bound = (binding for base in classes for binding in base.__dict__.get("BINDINGS", ()))
    return {binding.id for binding in bound if isinstance(binding, Binding) and binding.id}
