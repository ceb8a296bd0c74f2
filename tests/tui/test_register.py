"""Every action of the house can be found, named in a key file, and is told of where one looks for it."""

import pytest

from ctwork.errors import UsageError
from ctwork.resources import data_path
from ctwork.tui.keymap import read_keymap
from ctwork.tui.register import Bound, bound, rows
from ctwork.tui.screens.help import GROUPS

HOUSE = bound()


@pytest.mark.parametrize("entry", HOUSE, ids=lambda entry: f"{entry.where}: {entry.keys}")
def test_a_binding_says_what_it_does(entry: Bound) -> None:
    assert entry.id and "." in entry.id
    assert entry.binding.description
    assert entry.binding.tooltip
    assert entry.id.partition(".")[0] in GROUPS, "help has no group for it"


def test_an_id_means_one_thing() -> None:
    """Widgets of one kind share their ids, so that one line of a key file changes them all; each id is one action."""
    meant: dict[str, set[str]] = {}
    for entry in HOUSE:
        meant.setdefault(entry.id, set()).add(entry.binding.action.partition("(")[0])
    assert {name: actions for name, actions in meant.items() if len(actions) > 1} == {}
    places = [(entry.id, entry.where) for entry in HOUSE if entry.where != "everywhere"]
    assert len(places) == len(set(places))


def test_the_guides_name_only_what_is_bound() -> None:
    import re

    ids = {entry.id for entry in HOUSE}
    for page in data_path("help").glob("*.md"):
        named = set(re.findall(r"\{([a-z]+\.[a-z-]+)\}", page.read_text(encoding="utf-8")))
        assert named <= ids, page.name


def test_the_list_shows_the_users_own_keys() -> None:
    found = {row["id"]: row for row in rows({"lens.undo": "f9,ctrl+l"})}
    assert found["lens.undo"] == {
        "id": "lens.undo", "keys": "f9 ctrl+l", "action": "Back to the lens before", "where": "everywhere",
    }  # fmt: skip
    assert found["app.palette"]["keys"] == ": ctrl+p"


def test_a_key_file_may_name_every_action_and_no_other(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "keys.toml"
    path.write_text("[keys]\n" + "".join(f'"{entry.id}" = "f2"\n' for entry in {e.id: e for e in HOUSE}.values()))
    assert len(read_keymap(path, {entry.id for entry in HOUSE})) >= len({entry.id for entry in HOUSE})
    path.write_text('[keys]\n"lens.fly" = "f2"\n')
    with pytest.raises(UsageError, match=r"lens\.fly"):
        read_keymap(path, {entry.id for entry in HOUSE})
