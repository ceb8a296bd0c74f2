"""One line on every screen that says why marks are not kept, or not to be relied on; it cannot be dismissed."""

from textual.widget import Widget

from ctwork.tui import clock, glyph, styled
from ctwork.tui.markport import Hold


class CaseBanner(Widget):
    """Shows what a `Hold` leaves to worry about; takes no room when that is nothing."""

    DEFAULT_CSS = "CaseBanner { height: 1; width: 100%; background: $panel; display: none; }"

    def __init__(self) -> None:
        super().__init__()
        self.hold = Hold()
        self.key = ""
        """The key that takes the case over, as shown; "" where it does nothing."""

    def show(self, hold: Hold, *, folded: bool, key: str) -> None:
        """Shows `hold`; only what loses nothing can be `folded`."""
        if (hold, key) != (self.hold, self.key):
            self.hold, self.key = hold, key
            self.refresh()
        grave, text = said(hold, key)
        self.display = bool(text) and (grave or not folded)

    def render(self) -> styled.Content:
        grave, text = said(self.hold, self.key)
        shown = styled.shortened(f" {glyph.WARNING} {text}", max(self.size.width - 1, 1))
        return styled.content(shown, "bold $denied" if grave else "bold $write")


def said(hold: Hold, key: str) -> tuple[bool, str]:
    """Whether marks cannot be relied on, and the line that says why; "" when all is well."""
    if hold.trouble:
        return True, f"the journal cannot be used: {hold.trouble}"
    if hold.faults:
        more = f" (and {len(hold.faults) - 1} more)" if len(hold.faults) > 1 else ""
        return True, f"the journal is not whole: {hold.faults[0]}{more}"
    if hold.known and not hold.in_hand:
        way = f" {glyph.DASH} {key} takes it over" if key else ""
        since = f" {glyph.DOT} held since {clock.stamp(hold.since_ms, '%m-%d %H:%M')} UTC" if hold.since_ms else ""
        return True, f"read-only: {hold.holder or 'another'} has the case{way} {glyph.DOT} marks are not saved{since}"
    if hold.on_network:
        return False, "the case lies on a network file system: be the only one who marks in it"
    return False, ""
