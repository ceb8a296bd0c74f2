"""What the load report sends out for, in threads: rows, bytes of the evidence, events, a file to be written."""

from dataclasses import dataclass

from textual.message import Message

from ctwork.model.legible import grouped
from ctwork.tui.desk import Extent, IssueLine, IssuePages, Report, Sieve, Surroundings
from ctwork.tui.screens.aside import AsideScreen

_REST_S = 0.08
"""How long the cursor must rest before the bytes of its row are read."""


class InquiryScreen(AsideScreen):
    """A screen whose answers arrive as messages, each with the question it answers."""

    @dataclass
    class Told(Message):
        """The report was asked for, with the rows of a sieve."""

        sieve: Sieve
        report: Report | None
        pages: IssuePages | None
        extent: Extent | None = None
        problem: str = ""

    @dataclass
    class Read(Message):
        """The bytes around a row were read, or could not be."""

        line: IssueLine
        found: Surroundings | None
        problem: str = ""

    @dataclass
    class Found(Message):
        """The event of a row was looked for."""

        row: int | None
        problem: str = ""

    @dataclass
    class Saved(Message):
        """The report was written, or not."""

        said: str

    def tell(self, sieve: Sieve) -> None:
        """Sends for the report and for the rows of `sieve`."""
        desk = self.bench.desk
        self.send(
            "report",
            lambda: self.Told(sieve, desk.report(), desk.issues(sieve), desk.extent()),
            lambda said: self.Told(sieve, None, None, problem=said),
        )

    def read(self, line: IssueLine) -> None:
        """Sends for the bytes around the place of `line`."""
        desk = self.bench.desk
        self.send(
            "surroundings",
            lambda: self.Read(line, desk.surroundings(line)),
            lambda said: self.Read(line, None, said),
            rest_s=_REST_S,
        )

    def find(self, line: IssueLine) -> None:
        """Sends for the event that `line` names."""
        desk = self.bench.desk
        self.send("find", lambda: self.Found(desk.event_of(line)), lambda said: self.Found(None, said))

    def save(self, path: str) -> None:
        """Has the whole report written to `path`."""
        desk = self.bench.desk
        self.send(
            "save",
            lambda: self.Saved(f"wrote {grouped(desk.save_issues(path))} rows to {path}"),
            lambda said: self.Saved(f"not written: {said}"),
        )
