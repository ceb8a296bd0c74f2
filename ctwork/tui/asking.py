"""What the app asks of the desk: the events of its lens, how the load goes, to stop, to look into every record."""

from dataclasses import dataclass
from typing import Any, ClassVar

from textual import work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.timer import Timer
from textual.worker import get_current_worker

from ctwork.errors import CtworkError
from ctwork.model.legible import plain
from ctwork.model.lens import Lens
from ctwork.tui.desk import Desk, Progress, View
from ctwork.tui.pager import ahead

_POLL_S = 0.1
_REST_S = 0.005
"""While a lens is typed: the letter is drawn before its answer is worked out, and a burst of letters asks once."""


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked of the desk: a lens, of a snapshot of the store."""

    lens: Lens
    generation: int


class Asking(App[Any]):
    """An app with a lens, and the view that answers it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(
            "ctrl+c",
            "stop",
            "stop",
            show=False,
            priority=True,
            id="app.stop",
            tooltip="Stop loading, keep what is read",
        ),
    ]

    lens: reactive[Lens | None] = reactive(None, init=False, repaint=False)
    """What the investigator asks for."""
    view: reactive[View | None] = reactive(None, init=False, repaint=False)
    """The last answer."""
    busy: reactive[bool] = reactive(False, init=False, repaint=False)
    """An answer is being made."""
    progress: reactive[Progress] = reactive(Progress(), init=False, repaint=False)
    """How the load goes."""

    @dataclass
    class Answered(Message):
        """A view was selected."""

        question: Question
        view: View

    @dataclass
    class Failed(Message):
        """A question could not be answered."""

        question: Question
        title: str
        hint: str

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.desk = desk
        self.set_reactive(Asking.progress, desk.progress)
        self._clock: Timer | None = None
        self._asked: Question | None = None

    def say(self, text: str) -> None:
        """A passing remark. `text` may hold data."""
        raise NotImplementedError

    def complain(self, title: str, hint: str) -> None:
        """Says where the lens is written what is wrong with it."""
        raise NotImplementedError

    def begin(self) -> None:
        """Follows the load from now on."""
        self.progress = self.desk.poll()
        if not self.progress.done:
            self._clock = self.set_interval(_POLL_S, self._poll)

    # The view

    def watch_lens(self, lens: Lens | None) -> None:
        if lens is not None:
            self._ask(Question(lens, self.progress.generation), rest_s=_REST_S if self.is_passing(lens) else 0.0)

    def is_passing(self, lens: Lens) -> bool:
        """Whether `lens` is still being typed."""
        return False

    def _ask(self, question: Question, rest_s: float = 0.0) -> None:
        self._asked = question
        self.busy = True
        self._select(question, rest_s)

    @work(thread=True, exclusive=True, group="select", exit_on_error=False)
    def _select(self, question: Question, rest_s: float) -> None:
        worker = get_current_worker()
        if rest_s and worker.cancelled_event.wait(rest_s):
            return
        message: Message
        try:
            message = self.Answered(question, ahead(self.desk.select(question.lens, lambda: worker.is_cancelled)))
        except CtworkError as error:
            message = self.Failed(question, error.title, error.hint)
        except Exception as error:  # the top of a worker: a fault below must not take the screen along
            message = self.Failed(
                question, f"the events cannot be selected ({type(error).__name__})", plain(str(error), 200)
            )
        if not worker.is_cancelled:
            self.post_message(message)

    def on_asking_answered(self, message: Answered) -> None:
        if message.question == self._asked:
            self.busy = False
            if self.view is None:
                self._learn()
            self.view = message.view

    @work(thread=True, group="learn", exit_on_error=False)
    def _learn(self) -> None:
        """Loads the lens language now, so that the first key typed into the lens does not wait for it."""
        Lens.parse("word")

    def ask_again(self) -> None:
        """Asks the last question once more: what it is about has changed."""
        if self._asked is not None:
            self._ask(Question(self._asked.lens, self.progress.generation))

    def on_asking_failed(self, message: Failed) -> None:
        if message.question == self._asked:
            self.busy = False
            self.complain(message.title, message.hint)

    def _poll(self) -> None:
        try:
            self.progress = self.desk.poll()
        except CtworkError as error:
            self.say(f"{error.title}. {error.hint}")
        asked = self._asked
        if not self.busy and asked is not None and asked.generation != self.progress.generation:
            self._ask(Question(asked.lens, self.progress.generation))
        elif self.progress.done and not self.busy and self.progress.examining is None and self._clock is not None:
            self._clock.pause()

    def action_stop(self) -> None:
        if self.progress.examining is not None:
            self.desk.stop()
            self.say("no longer looking into the rest; the load stands as it was")
        elif self.progress.done:
            self.say("nothing is loading; ctrl+q leaves")
        else:
            self.desk.stop()
            self.say("stopped loading; what was read is kept")

    def examine(self) -> None:
        """Has every record looked into, beside everything else. Raises CtworkError."""
        if self.progress.examining is not None:
            self.say("already looking into the rest")
            return
        self.desk.examine()
        if self._clock is None:
            self._clock = self.set_interval(_POLL_S, self._poll)
        self._clock.resume()
        self._poll()
