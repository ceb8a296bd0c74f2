"""The ways to go on with what is being typed, in a list over the screen; only the rows that changed are drawn."""

from collections.abc import Sequence

from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from ctwork.model.completion import Offer
from ctwork.model.legible import grouped
from ctwork.tui import glyph, styled
from ctwork.tui.ink import Ink, ink
from ctwork.tui.styled import Piece

_LEAST, _MOST = 34, 92
_COUNT = 10
"""Cells for the events with a value."""
_FIELD = 10


class OfferList(Widget):
    """Shows offers, one per line, the best first. It never has the focus."""

    DEFAULT_CSS = """
    OfferList {
        layer: above; position: absolute; width: 0; height: 0; background: $surface; color: $foreground;
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.offers: tuple[Offer, ...] = ()
        self.chosen: int | None = None
        self.cells = 0

    @property
    def open(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.offers)

    def show(self, offers: Sequence[Offer], chosen: int | None, x: int, y: int) -> None:
        """Shows `offers` from cell `x`, `y` on, or as far to the left as they need; none hides the list."""
        before, self.offers = self.offers, tuple(offers)
        was, self.chosen = self.chosen, chosen
        if not offers:
            # Not by `display`: another number of widgets on the screen would have all of it drawn anew.
            self.styles.width = self.styles.height = 0
            return
        room = self.screen.size.width
        # While it is open it only grows: a narrower list would cost what it uncovers.
        cells = min(max(self.cells if before else _LEAST, wanted(offers)), _MOST, room)
        self.cells = cells
        self.styles.width, self.styles.height = cells, len(offers)
        self.styles.offset = (max(min(x, room - cells), 0), y)
        for place, offer in enumerate(self.offers):
            if place >= len(before) or before[place] != offer or (was == place) != (chosen == place):
                self.refresh(Region(0, place, cells, 1))

    def render_line(self, y: int) -> Strip:
        inks, cells = ink(self), self.size.width
        if y >= len(self.offers):
            return styled.strip([], cells, inks.base)
        chosen = y == self.chosen
        return styled.strip(
            row(self.offers[y], cells, inks, chosen=chosen), cells, inks.cursor if chosen else inks.base
        )


def wanted(offers: Sequence[Offer]) -> int:
    """Cells in which no value has to be cut."""
    labels = max(styled.cells_of(styled.shortened(offer.label, _MOST)) for offer in offers)
    abouts = max(styled.cells_of(offer.about) + 2 if offer.about else _COUNT for offer in offers)
    return 2 + labels + (_FIELD + 1 if any(offer.field for offer in offers) else 0) + abouts + 1


def row(offer: Offer, cells: int, inks: Ink, *, chosen: bool) -> list[Piece]:
    """One offer in `cells` cells: what it is, of which column, and how many events have it."""
    behind = f" {styled.fitted(offer.field, _FIELD)}" if offer.field else ""
    if offer.count is None:
        label = styled.shortened(offer.label, max(cells - 3, 8))
        behind = "  " + styled.shortened(offer.about, max(cells - styled.cells_of(label) - 5, 0))
    else:
        behind += f"{grouped(offer.count):>{_COUNT}}"
        label = styled.fitted(offer.label, max(cells - 3 - styled.cells_of(behind), 8))
    if chosen:
        return [Piece(f"{glyph.CURSOR} {label}{behind}", inks.cursor)]
    return [Piece(glyph.WALL, inks.rule), Piece(f" {label}", inks.base), Piece(behind, inks.label)]
