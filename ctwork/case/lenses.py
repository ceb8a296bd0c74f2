"""The lenses of a case over time: those that were looked through, and those that were given a name."""

from collections.abc import Iterator, Sequence

from ctwork.case.casebook import Casebook
from ctwork.errors import UsageError
from ctwork.model.savedlens import SavedLens

NAME_LIMIT = 200


class LensBook:
    """What the journal of a case tells of lenses. Every call may wait for the disk: call it in a thread."""

    def __init__(self, book: Casebook) -> None:
        self._book = book

    def history(self, limit: int) -> Sequence[str]:
        """Up to `limit` lenses as they were typed, the oldest first, none twice in a row. Raises CtworkError."""
        found: list[str] = []
        for text in self._looks():
            if text and found[-1:] != [text]:
                found.append(text)
        return found[-limit:]

    def remember(self, text: str) -> None:
        """Adds a lens to the history. Raises CtworkError."""
        self._book.note("look", {"lens": text})

    def saved(self) -> Sequence[SavedLens]:
        """The lenses that have a name, by name. Raises CtworkError."""
        found = self._book.state.lenses.values()
        return sorted(found, key=lambda each: (each.name.casefold(), each.name))

    def save(self, name: str, text: str) -> SavedLens:
        """Gives a lens a name; one that had it before gives way. Raises UsageError for no name, CtworkError."""
        name = " ".join(name.split())[:NAME_LIMIT]
        if not name:
            raise UsageError("a lens is saved under a name", "write a word or a few")
        return SavedLens(name, text, self._book.save_lens(name, text))

    def forget(self, name: str) -> None:
        """Takes a name away. Raises CtworkError."""
        self._book.save_lens(name, None)

    def lens(self, name: str) -> str:
        """The text of the lens saved as `name`. Raises UsageError when there is none, and names what there is."""
        known = {each.name: each.lens for each in self.saved()}
        if name not in known:
            said = ", ".join(known) if known else "none; S saves one in the workbench"
            raise UsageError(f"no lens is saved as {name}", f"saved lenses: {said}")
        return known[name]

    def _looks(self) -> Iterator[str]:
        for entry in self._book.entries():
            if entry.kind == "look":
                yield str(entry.payload.get("lens", ""))
            elif entry.kind == "begin":
                yield from map(str, entry.payload.get("looks", ()))
