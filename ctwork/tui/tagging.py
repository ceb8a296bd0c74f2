"""Tags as they are written on one line: taken apart, compared with what was there, and gone on with."""

from collections.abc import Iterable, Sequence

from textual.suggester import Suggester

from ctwork.model.legible import is_plain, plain


def tags_of(text: str) -> tuple[str, ...]:
    """The tags on a line, each once."""
    return tuple(dict.fromkeys(text.split()))


def line_of(tags: Iterable[str]) -> str:
    """Tags as a line shows them."""
    return " ".join(plain(tag) for tag in tags)


def differing(text: str, before: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The tags that a line adds to those `before`, and those it drops.

    One that cannot be shown as it is stays what it is while its legible form stands on the line.
    """
    wanted = tags_of(text)
    shown = {plain(tag): tag for tag in before}
    return tuple(tag for tag in wanted if tag not in shown), tuple(shown[each] for each in shown if each not in wanted)


class KnownTags(Suggester):
    """Goes on with the last tag of a line as a tag that is known does."""

    def __init__(self, known: Iterable[str]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._known = sorted({tag for tag in known if is_plain(tag)})

    async def get_suggestion(self, value: str) -> str | None:
        head, _, begun = value.rpartition(" ")
        if not begun:
            return None
        taken = set(tags_of(head))
        found = next((tag for tag in self._known if tag.startswith(begun) and tag not in taken and tag != begun), None)
        return None if found is None else value + found[len(begun) :]
