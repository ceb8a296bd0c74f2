"""The options that commands share, declared once: a command names those it takes, and is given them as one value."""

from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields, replace
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import typer

from ctwork.cli.bound import LIST, bound_lines, bounds_of
from ctwork.cli.options import Choice
from ctwork.config import LoadSettings
from ctwork.errors import UsageError

_FILTER = "Which events"
_OUTPUT = "Output"
_CASE = "Case"
PART = ("account", "region", "since", "until")
LENS = ("where", "named", *PART)
CASE = ("case", "fresh")
LOADING = ("workers", "memory", "bound", "examine")
OUTPUT = ("form", "output", "quiet", "no_color", "offline")


def _tell_bounds(words: list[str]) -> list[str]:
    """Answers `--bound list`, which is help and needs no source."""
    if LIST in words:
        for line in bound_lines():
            typer.echo(line)
        raise typer.Exit
    return words


@dataclass(frozen=True, slots=True)
class Call:
    """What one call was given of the shared options; those its command does not take have their usual values."""

    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…",
            help="Folder, file, glob, archive (.zip .tar .tar.gz/.bz2/.xz/.zst), '-' for standard input, or a "
            "case folder.",
            show_default=False,
        ),
    ] = field(default_factory=list)
    where: Annotated[
        str, typer.Option("--where", "-w", metavar="LENS", help="Only events this lens shows.", rich_help_panel=_FILTER)
    ] = ""
    named: Annotated[
        str,
        typer.Option("--lens", metavar="NAME", help="Only events this saved lens shows.", rich_help_panel=_FILTER),
    ] = ""
    since: Annotated[
        str, typer.Option(metavar="T", help="From this time on: ISO 8601, a date, or -24h.", rich_help_panel=_FILTER)
    ] = ""
    until: Annotated[str, typer.Option(metavar="T", help="Before this time.", rich_help_panel=_FILTER)] = ""
    account: Annotated[
        list[str], typer.Option(metavar="ID", help="Only this account; may be repeated.", rich_help_panel=_FILTER)
    ] = field(default_factory=list)
    region: Annotated[
        list[str], typer.Option(metavar="NAME", help="Only this region; may be repeated.", rich_help_panel=_FILTER)
    ] = field(default_factory=list)
    columns: Annotated[
        str, typer.Option("--columns", metavar="A,B", help="Which columns, in which order.", rich_help_panel=_OUTPUT)
    ] = ""
    limit: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="At most so many rows.", rich_help_panel=_OUTPUT)
    ] = None
    sort: Annotated[
        str, typer.Option("--sort", metavar="COL[:desc]", help="Order of the rows.", rich_help_panel=_OUTPUT)
    ] = ""
    case: Annotated[
        Path | None,
        typer.Option(
            "--case", metavar="DIR", help="Where the case lives; never beside the evidence.", rich_help_panel=_CASE
        ),
    ] = None
    fresh: Annotated[
        bool,
        typer.Option("--fresh", help="Read the sources again into a new store; marks stay.", rich_help_panel=_CASE),
    ] = False
    workers: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=64, help="Processes that read; one per core.", rich_help_panel=_CASE),
    ] = None
    memory: Annotated[
        int, typer.Option(metavar="MB", min=64, help="Soft bound for what they hold at once.", rich_help_panel=_CASE)
    ] = 1024
    bound: Annotated[
        list[str],
        typer.Option(
            "--bound",
            metavar="NAME=N|list",
            help="Allow more or less than usual, such as inflated-bytes=4G or ratio=500; may be repeated. "
            "`--bound list` prints every bound with its usual value.",
            callback=_tell_bounds,
            is_eager=True,
            rich_help_panel=_CASE,
        ),
    ] = field(default_factory=list)
    examine: Annotated[
        bool,
        typer.Option(
            "--examine",
            help="Look into every record, not only in the first files, for repeated keys, huge numbers, deep nesting.",
            rich_help_panel=_CASE,
        ),
    ] = False
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="table|csv|json|jsonl",
            help="Table on a terminal, else jsonl; json is one document.",
            rich_help_panel=_OUTPUT,
        ),
    ] = ""
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write there instead, and beside it FILE.report.json: tool, time, sources, bounds, sums, hash.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    tz: Annotated[
        str, typer.Option("--tz", metavar="ZONE", help="Show times in this zone, with offset.", rich_help_panel=_OUTPUT)
    ] = "UTC"
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on stderr.", rich_help_panel=_OUTPUT)] = (
        False
    )
    no_color: Annotated[bool, typer.Option("--no-color", help="No colour.", rich_help_panel=_OUTPUT)] = False
    offline: Annotated[
        bool, typer.Option("--offline", help="Never open a socket (already so for local sources).", hidden=True)
    ] = False

    @property
    def choice(self) -> Choice:
        """What is to be read, and which events of it are wanted. Raises UsageError."""
        settings = LoadSettings(memory_bytes=self.memory << 20)
        return Choice(
            tuple(self.sources),
            self.case,
            self.fresh,
            self.where,
            self.since,
            self.until,
            tuple(self.account),
            tuple(self.region),
            self.sort,
            settings if self.workers is None else replace(settings, workers=self.workers),
            bounds_of(self.bound, examine=self.examine),
            named=self.named,
        )


_HINTS = get_type_hints(Call, include_extras=True)
_FIELDS = {each.name: each for each in fields(Call)}


def taking(*names: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A command with the shared options `names` besides its own; its first parameter is the `Call` made of them."""

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        hints = get_type_hints(command, include_extras=True)
        own = [
            each.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[each.name])
            for each in list(signature(command).parameters.values())[1:]
        ]

        def run(**given: Any) -> None:
            call = Call(**{name: given.pop(name) for name in names})
            command(call, **given)

        shared = [_parameter(name) for name in names]
        # The sources come first in the usage line, and what is the command's own before what all have.
        first = [each for each in shared if each.name == "sources"]
        parameters = [*first, *own, *(each for each in shared if each not in first)]
        # The parser asks the function for its parameters.
        run.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
        run.__annotations__ = {each.name: each.annotation for each in parameters}
        run.__name__, run.__doc__, run.__module__ = command.__name__, command.__doc__, command.__module__
        return run

    return decorate


def columns_of(words: str) -> list[str]:
    """The names in a list like ``A,B``; none for "". Raises UsageError for a list that names nothing."""
    names = [name.strip() for name in words.split(",") if name.strip()]
    if words and not names:
        raise UsageError("--columns names no column", "for example --columns time,principal,event")
    return names


def sources_and_ids(words: list[str], name: str, ids: int = 1) -> tuple[list[str], list[str]]:
    """The sources and the eventIDs of a call. Raises UsageError when there is not enough of them."""
    if len(words) <= ids:
        wanted, usage = ("an eventID", "EVENT_ID") if ids == 1 else ("two eventIDs", "EVENT_ID EVENT_ID")
        raise UsageError(
            f"{name} needs a source and {wanted}, and got {' '.join(words)} alone", f"ctwork {name} SOURCE {usage}"
        )
    return words[:-ids], words[-ids:]


def _parameter(name: str) -> Parameter:
    """The shared option `name` as a parameter; without a default it must be given."""
    shared = _FIELDS[name]
    default = Parameter.empty if name == "sources" else shared.default
    if default is MISSING:
        default = shared.default_factory() if shared.default_factory is not MISSING else None
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=_HINTS[name])
