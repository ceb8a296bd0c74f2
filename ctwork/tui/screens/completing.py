"""What is typed into the lens is completed: columns at once, values when the dictionaries have been asked."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.message import Message
from textual.widgets import Input

from ctwork.model.completion import Begun, Offer, begun, named, taken, valued
from ctwork.tui import styled
from ctwork.tui.desk import Suggestion
from ctwork.tui.screens.errand import ErrandScreen, superseded
from ctwork.tui.widgets.lens_bar import LensBar
from ctwork.tui.widgets.offer_list import OfferList

_ROWS = 8
_REST_S = 0.015
"""How long the keys must rest before the dictionaries are asked."""


class CompletingScreen(ErrandScreen):
    """Has a list of offers under its `LensBar` while that is written in."""

    @dataclass
    class Suggested(Message):
        """The dictionaries were asked how `begun` may go on."""

        begun: Begun
        found: Sequence[Suggestion]

    def __init__(self) -> None:
        super().__init__()
        self._list = OfferList()
        self._begun: Begun | None = None
        self._typed = ("", 0)
        """The lens and the caret as they were before an offer was chosen."""
        self.written = ""
        """The lens with the chosen offer."""
        self._waits = self._hurried = False
        """The dictionaries have not answered yet; the best of what they say is wanted at once."""

    @property
    def bar(self) -> LensBar:
        return self.query_one(LensBar)

    @property
    def mistake_lines(self) -> int:
        """Lines under the lens that say what is wrong with it."""
        return 0

    @property
    def offers(self) -> tuple[Offer, ...]:
        """What may be taken now."""
        return self._list.offers if self._begun is not None else ()

    @property
    def expects(self) -> bool:
        """A value is to be written next, and the list says, or is about to say, which there are."""
        now = self._begun
        return now is not None and not now.text and now.sought != "word" and bool(self._waits or self.offers)

    def unhelped(self) -> None:
        """A value was expected, but there is none to offer."""

    def offer(self, text: str, caret: int) -> None:
        """Looks for what may go on at `caret` of what was typed."""
        before = self._begun
        self._begun, self._typed, self._hurried = begun(text, caret), (text, caret), False
        now = self._begun
        if now is None or before is None or (now.sought, now.start) != (before.sought, before.start):
            self._list.show((), None, 0, 0)
        if now is None:
            self.close_offers()
            return
        # What was offered for the letters before stays until the answer is there: the list is drawn once per key.
        self._waits = now.sought != "name"
        if self._waits:
            self.send(
                "suggest",
                lambda: self.Suggested(now, self.bench.desk.suggest(now.field, now.text, _ROWS, superseded)),
                lambda _: self.Suggested(now, ()),
                rest_s=_REST_S,
            )
        else:
            self._show(named(now))

    def on_completing_screen_suggested(self, message: Suggested) -> None:
        if message.begun != self._begun or self._list.chosen is not None:
            return
        expected = self.expects
        self._waits = False
        self._show((*named(message.begun), *valued(message.begun, message.found)))
        if expected and not self.offers:
            self.unhelped()
        if self._hurried:
            self._hurried = False
            self._complete()

    def close_offers(self) -> None:
        """Offers nothing."""
        self._begun = None
        self._waits = self._hurried = False
        self._list.show((), None, 0, 0)

    def settle_offers(self) -> None:
        """Keeps the list below what is said of a mistake."""
        if self.offers:
            self._show(self.offers, self._list.chosen)

    def _show(self, offers: Sequence[Offer], chosen: int | None = None) -> None:
        assert self._begun is not None
        text, caret = self._typed
        written = text[self._begun.start : caret]
        news = tuple(offer for offer in offers if offer.written != written)[:_ROWS]
        x = self.bar.caret + styled.cells_of(text[: self._begun.start]) - 2
        self._list.show(news, chosen, x, 1 + self.mistake_lines)

    # Keys

    def on_lens_bar_best_wanted(self) -> None:
        if self._waits:
            self._hurried = True
        elif self._list.chosen is None:
            self._complete()
        else:
            self._over(self._list.chosen)

    def on_lens_bar_stepped(self, message: LensBar.Stepped) -> None:
        """Down into the offers, each of which is written as it is reached, and up again; else through the history."""
        here, offers = self._list.chosen, self.offers
        if not offers or (here is None and message.step < 0):
            self.bar.recall(message.step)
        elif here is None:
            self._choose(0)
        else:
            place = here + message.step
            self._choose(min(place, len(offers) - 1) if place >= 0 else None)

    def give_back(self) -> bool:
        """Whether an offer was chosen: what was typed is there again then."""
        if not self.offers or self._list.chosen is None:
            return False
        self._choose(None)
        return True

    def _choose(self, place: int | None) -> None:
        assert self._begun is not None
        text, caret = self._typed
        offers = self.offers
        if place is not None:
            text, caret = taken(text, self._begun, caret, offers[place], over=False)
        self.written = text
        self.bar.put(text, caret)
        self._show(offers, place)

    def _complete(self) -> None:
        if self.offers:
            self._over(0)
        else:
            self.bar.post_message(LensBar.Helpless())

    def _over(self, place: int) -> None:
        """Writes offer `place` as if it had been typed: the next token may be begun by it."""
        assert self._begun is not None
        text, caret = self._typed
        text, caret = taken(text, self._begun, caret, self.offers[place], over=True)
        self.close_offers()
        self.written = text
        self.bar.put(text, caret)
        self.offer(text, caret)

    def on_input_blurred(self, event: Input.Blurred) -> None:
        if event.input is self.bar.input:
            self.close_offers()
