"""`pull`: a copy of a bucket's logs on this disk, with what S3 says of each object; it goes on where it stopped."""

import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ctwork.case.head import bare_head
from ctwork.cli.call import ACCESS, OUTPUT, PART, Call, taking
from ctwork.cli.narrate import Interrupted, Narrator, stopping
from ctwork.cli.render import renderer
from ctwork.cli.session import LOSSES
from ctwork.errors import SourceError, UsageError
from ctwork.model.legible import grouped, plain, sized
from ctwork.sources.layout import PathFilter

if TYPE_CHECKING:
    from ctwork.sources.aws.news import Counts, Failed, News, Noticed
    from ctwork.sources.aws.news import Plan as PullPlan
    from ctwork.sources.aws.pull import Pull
    from ctwork.sources.aws.state import Saved

_KINDS = {
    "trail": "CloudTrail",
    "digest": "CloudTrail-Digest",
    "insight": "CloudTrail-Insight",
    "network-activity": "CloudTrail-NetworkActivity",
    "aggregated": "CloudTrail-Aggregated",
}
_ROWS_SHOWN = 20


@taking(*PART, "workers", *ACCESS, *OUTPUT)
def pull(
    call: Call,
    source: Annotated[
        str, typer.Argument(metavar="URI", help="s3://bucket/prefix: which objects.", show_default=False)
    ],
    dest: Annotated[
        Path | None, typer.Argument(metavar="DEST", help="A new folder, or one pulled before.", show_default=False)
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option("--kind", metavar="|".join(_KINDS), help="Only logs of this kind; may be repeated."),
    ] = None,
    plan: Annotated[bool, typer.Option("--plan", help="List and count, fetch nothing.")] = False,
    policy: Annotated[
        bool, typer.Option("--policy", help="Print the IAM policy that this needs, and ask for nothing.")
    ] = False,
) -> None:
    """Copy a bucket's logs, only reading there. A second run fetches what is new, or goes on where the first stopped.

    The objects come as they are, below DEST/BUCKET; DEST/ctwork-pull/acquisition.jsonl has a line for each: version,
    ETag, dates, storage class, encryption, user metadata with the signatures of digests, and the SHA-256 of the bytes.
    What could not be had is told with what its owner must do.
    """
    if policy:
        from ctwork.sources.aws.policy import policy as policy_of

        typer.echo(policy_of(source), nl=False)
        return
    if dest is None and not plan:
        raise UsageError("pull needs a folder to copy to", f"ctwork pull {plain(source)} DEST")
    admits = replace(call.choice.admits, kinds=_kinds(kind or []))
    with (
        _folder(dest) as dest,
        _pulling(call, source, dest, admits) as (run, stopped),
        renderer(call.form, call.output, (), bare_head) as out,
    ):
        report = _Report(run, call.quiet)
        report.follow(run.plan())
        if not plan and not stopped:
            report.announce()
            report.follow(run.run())
            if not stopped:
                report.save_state()
        report.end()
        out.document(report.document(planned=plan), report.lines)
        if stopped:
            raise Interrupted
        _judge(run.counts, planned=plan)


def _kinds(words: list[str]) -> frozenset[str]:
    if unknown := [word for word in words if word not in _KINDS]:
        raise UsageError(f"there is no kind {unknown[0]}", "one of " + ", ".join(_KINDS))
    return frozenset(_KINDS[word] for word in words)


@contextmanager
def _folder(dest: Path | None) -> Iterator[Path]:
    """Where the copy goes; a plan for no folder in particular needs one only while it is made."""
    if dest is not None:
        yield dest
        return
    with tempfile.TemporaryDirectory(prefix="ctwork-plan-") as folder:
        yield Path(folder) / "copy"


def _judge(counts: "Counts", *, planned: bool) -> None:
    """The exit code: what was had, what was not. Raises SourceError when there was nothing at all."""
    had = counts.here + (counts.wanted if planned else counts.fetched)
    if not had and not counts.failed:
        raise SourceError(
            "there is no log to fetch", "check the prefix, and --account, --region, --kind, --since, --until"
        )
    if not had:
        raise SourceError("nothing could be fetched", "the rows above say why")
    if counts.failed:
        raise typer.Exit(LOSSES)


@contextmanager
def _pulling(call: Call, source: str, dest: Path, admits: PathFilter) -> "Iterator[tuple[Pull, list[bool]]]":
    """The run, and whether it was interrupted; it is closed whatever happens."""
    # The library that signs for AWS, and only now.
    from ctwork.sources.aws.copybook import Copybook
    from ctwork.sources.aws.door import Door
    from ctwork.sources.aws.news import PROCESSES, Wish
    from ctwork.sources.aws.place import S3Place
    from ctwork.sources.aws.pull import Pull

    place = S3Place.of(source)
    if call.offline:
        raise UsageError("--offline forbids what pull is for", "leave it out")
    door, book = Door(call.access), Copybook(dest)
    with stopping(lambda: None) as stopped:
        try:
            run = Pull(place, book, door, Wish(admits, call.versions, call.workers or PROCESSES), lambda: bool(stopped))
        except BaseException:
            book.abandon()
            raise
        try:
            yield run, stopped
        except (Interrupted, typer.Exit, SourceError):
            run.close()
            raise
        except BaseException:
            run.abandon()
            raise
        run.close()


class _Report:
    """What is said of a run while it goes on and when it has ended."""

    def __init__(self, run: "Pull", quiet: bool) -> None:
        self._run = run
        self._quiet = quiet
        self._narrator = Narrator(quiet)
        self._began = time.monotonic()
        self._plan: PullPlan | None = None
        self._saved: Saved | None = None
        self._failed: list[Failed] = []
        self._noticed: list[Noticed] = []

    def follow(self, news: "Iterable[News]") -> None:
        """Takes in what happens, and shows how far it is."""
        from ctwork.sources.aws.news import Arrived, Failed

        for item in news:
            if isinstance(item, Failed):
                self._failed.append(item)
            elif not isinstance(item, Arrived):
                self._noticed.append(item)
            self._narrator.line(lambda: _progress(self._run.counts, time.monotonic() - self._began))

    def announce(self) -> None:
        """Says what is going to happen, before it does."""
        self._plan = self._run.planned
        self._began = time.monotonic()
        self._narrator.end()
        if not self._quiet:
            for line in _plan_lines(self._plan):
                sys.stderr.write(f"ctwork: {plain(line)}\n")

    def save_state(self) -> None:
        """Keeps what verifies the copy without the network."""
        self._narrator.line(lambda: "asking for keys and trails", always=True)
        self._saved = self._run.save_state()

    def _refused(self) -> list[dict[str, str]]:
        assert self._saved is not None, "it is asked for when there is something"
        return [{"operation": each.operation, "code": each.code, "hint": each.hint} for each in self._saved.refusals]

    def end(self) -> None:
        """Clears the line of progress."""
        self._narrator.end()

    def document(self, *, planned: bool) -> dict[str, Any]:
        """The report, as programs read it."""
        counts, plan, survey = self._run.counts, self._plan or self._run.planned, self._run.survey
        return {
            "listed": counts.listed,
            "fetched": counts.fetched,
            "skipped": counts.here,
            "failed": [_row(item.key, item.version, code=item.code, hint=item.hint) for item in self._failed],
            "findings": [
                _row(item.key, item.version, kind=item.kind.value, message=item.message) for item in self._noticed
            ],
            "bytes": counts.fetched_bytes,
            "plan": {
                "only": planned,
                "objects": plan.objects,
                "bytes": plan.bytes,
                "archived": plan.archived,
                "request_cost_usd": round(plan.request_cost, 6),
                "transfer_cost_usd": round(plan.transfer_cost, 6),
            },
            "filtered": survey.filtered,
            "left_out": [{"prefix": prefix, "reason": reason} for prefix, reason in survey.left_out.items()],
            "unlike_logs": survey.unlike_logs,
            "unlike_etag": counts.unlike,
            "state": None if self._saved is None else {"answers": self._saved.answers, "refused": self._refused()},
            "footprint": self._run.footprint.as_line(),
        }

    def lines(self) -> Iterator[str]:
        """The report, as people read it."""
        counts, survey = self._run.counts, self._run.survey
        if self._plan is None:
            yield f"listed    {grouped(counts.listed)} objects; nothing was fetched"
            yield from (f"plan      {line}" for line in _plan_lines(self._run.planned))
        else:
            yield (
                f"fetched   {grouped(counts.fetched)} objects, {sized(counts.fetched_bytes)}; "
                f"{grouped(counts.here)} were here already; {grouped(counts.listed)} listed"
            )
        for prefix, reason in list(survey.left_out.items())[:_ROWS_SHOWN]:
            yield f"left out  {prefix}: {reason}"
        if survey.unlike_logs:
            yield f"left out  {grouped(survey.unlike_logs)} objects whose names are not those of logs"
        if counts.unlike:
            yield (
                f"finding   {grouped(counts.unlike)} objects came twice the same and do not give their ETag: see "
                f"unlike in ctwork-pull/acquisition.jsonl"
            )
        yield from self._failures()
        for noticed in self._noticed[:_ROWS_SHOWN]:
            yield f"finding   {noticed.key}  {noticed.kind.value}: {noticed.message}"
        if len(self._noticed) > _ROWS_SHOWN:
            yield f"finding   {grouped(len(self._noticed) - _ROWS_SHOWN)} more: see ctwork-pull/acquisition.jsonl"
        if self._saved is not None:
            refused = (
                f"; {grouped(len(self._saved.refusals))} refused: see ctwork-pull/state" if self._saved.refusals else ""
            )
            yield f"state     {grouped(self._saved.answers)} answers about keys, trails and buckets kept{refused}"
        for number, line in enumerate(self._run.footprint.lines):
            yield f"{'' if number else 'footprint':10}{line}"

    def _failures(self) -> Iterator[str]:
        """What could not be had, a line for each reason; programs and the log have a row for each object."""
        reasons: dict[tuple[str, str], list[str]] = {}
        for failed in self._failed:
            reasons.setdefault((failed.code, failed.hint), []).append(failed.key or "the whole bucket")
        for (code, hint), keys in reasons.items():
            more = f" and {grouped(len(keys) - 1)} more" if len(keys) > 1 else ""
            yield f"failed    {keys[0]}{more}: {code}: {hint}"
        if len(self._failed) > len(reasons):
            yield "          all of them: ctwork-pull/acquisition.jsonl, or --format json"


def _row(key: str, version: str, **said: str) -> dict[str, str]:
    return {"key": key, **({"version": version} if version else {}), **said}


def _plan_lines(plan: "PullPlan") -> Iterator[str]:
    here = f" ({grouped(plan.here)} are here already)" if plan.here else ""
    archived = f"; archived besides: {grouped(plan.archived)}" if plan.archived else ""
    yield f"{grouped(plan.objects)} objects to fetch, {sized(plan.bytes)}{here}{archived}"
    yield (
        f"requests cost about {plan.request_cost:.4f} USD, and the bytes about {plan.transfer_cost:.4f} USD if they "
        f"leave AWS (prices of us-east-1)"
    )


def _progress(counts: "Counts", seconds: float) -> str:
    """How far it is, how fast, and how long it will take, in one line."""
    failed = f" · ⚠ {grouped(counts.failed)}" if counts.failed else ""
    if counts.listing and not counts.fetched:
        return f"listing · {grouped(counts.listed)} objects{failed}"
    rate = counts.fetched / seconds if seconds > 0 else 0.0
    left_s = int((counts.wanted - counts.fetched) / rate) if rate else 0
    return (
        f"fetching · {grouped(counts.fetched)} of {grouped(counts.wanted)} · {sized(counts.fetched_bytes)} · "
        f"{rate:,.0f}/s · {left_s // 60}:{left_s % 60:02d} left{failed}"
    )
