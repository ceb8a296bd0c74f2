"""The keys that walk through rows, the same for every widget that has rows."""

from textual.binding import Binding, BindingType


def walking(group: str, row: str) -> list[BindingType]:
    """Bindings ``<group>.down`` and so on for the actions ``move``, ``turn``, ``first`` and ``last``.

    `row` is what one row is called. `group` is the first part of the binding ids, as the user's key file names them.
    """
    keys = (
        ("down,j", "move(1)", f"next {row}", "down"),
        ("up,k", "move(-1)", f"previous {row}", "up"),
        ("pagedown,ctrl+f", "turn(1)", "page down", "page-down"),
        ("pageup,ctrl+b", "turn(-1)", "page up", "page-up"),
        ("home,g", "first", f"first {row}", "first"),
        ("end,G", "last", f"last {row}", "last"),
    )
    return [
        Binding(key, action, said, show=False, id=f"{group}.{name}", tooltip=said.capitalize())
        for key, action, said, name in keys
    ]
