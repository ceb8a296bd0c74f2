"""The marks that an acquisition itself leaves in the logs: who asked, as what, when, and how to look past it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from ctwork.sources.aws.permit import Gate

_ALL = "ctwork/*acquisition/"
"""What the user agents of all runs have in common."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """What was asked of AWS in one run."""

    caller: str
    """ARN; "" where it could not be asked."""
    agent: str
    """How the user agent of every request begins; no other run has the same."""
    first: datetime | None
    """When the first request was made, UTC; None when there was none."""
    last: datetime | None
    calls: tuple[tuple[str, int], ...]
    """``service:Operation`` and how often, by name."""

    @classmethod
    def of(cls, caller: str, agent: str, gate: Gate) -> "Footprint":
        """What has passed `gate` so far."""
        calls = tuple(sorted((f"{service}:{name}", count) for (service, name), count in gate.called.items()))
        return cls(caller, agent, _moment(gate.first_s), _moment(gate.last_s), calls)

    @property
    def lens(self) -> str:
        """The lens that leaves these requests out: S3 logs a user agent in brackets, and the library adds its own."""
        return lens_of(self.agent)

    @property
    def lines(self) -> tuple[str, ...]:
        """In plain words; nothing when nothing was asked."""
        if self.first is None or self.last is None:
            return ()
        when = f"{self.first:%Y-%m-%dT%H:%M:%SZ} to {self.last:%Y-%m-%dT%H:%M:%SZ}"
        told = ", ".join(f"{name} {count:,}" for name, count in self.calls)
        return (
            f"Asked as {self.caller or 'a caller that is not named'}, {when}: {told}.",
            "The account's own logs hold these requests, too (reads of objects where data events are logged).",
            f"This lens leaves them out: {self.lens}",
        )

    def as_line(self) -> Mapping[str, Any]:
        """As a log and a report keep it, for any writer of JSON."""
        return {
            "caller": self.caller,
            "agent": self.agent,
            "first": _text(self.first),
            "last": _text(self.last),
            "calls": dict(self.calls),
            "lens": self.lens,
        }


def lens_of(agent: str) -> str:
    """The lens that leaves out the requests of the run whose user agent begins with `agent`."""
    return f"NOT agent:*{agent.rpartition(' ')[2]}*"


def told_of(runs: Sequence[Mapping[str, Any]]) -> str:
    """One sentence or two on several runs, as `Footprint.as_line` has kept them; "" when nothing was asked."""
    runs = [run for run in runs if isinstance(run.get("calls"), dict) and run.get("first") and run.get("lens")]
    if not runs:
        return ""
    first, last = min(str(run["first"]) for run in runs), max(str(run["last"]) for run in runs)
    callers = ", ".join(sorted({str(run.get("caller") or "a caller that is not named") for run in runs}))
    requests = sum(count for run in runs for count in run["calls"].values())
    lens = runs[0]["lens"] if len(runs) == 1 else f"NOT agent:*{_ALL}*"
    when = f"{first[:19]}Z to {last[:19]}Z"
    return (
        f"{requests:,} requests were made to AWS for this, {when}, as {callers}. The account's logs hold them, too; "
        f"this lens leaves them out: {lens}"
    )


def _moment(at_s: float) -> datetime | None:
    return datetime.fromtimestamp(at_s, UTC) if at_s else None


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="milliseconds")
