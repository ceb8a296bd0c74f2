"""The options that commands share, declared once: a command names those it takes, and is given them as one value."""

from collections.abc import Callable
from copy import copy
from dataclasses import MISSING, dataclass, field, fields, replace
from inspect import Parameter, Signature, signature
from pathlib import Path
from typing import Annotated, Any, get_args, get_type_hints

import typer

from ctwork.cli.bound import LIST, bound_lines, bounds_of
from ctwork.cli.options import Choice
from ctwork.config import LoadSettings
from ctwork.errors import UsageError
from ctwork.sources.access import Access

_FILTER = "Which events"
_OUTPUT = "Output"
_CASE = "Case"
_AWS = "S3 and the CloudTrail API"
PART = ("account", "region", "since", "until")
LENS = ("where", "named", *PART)
ACCESS = (
    *("profile", "endpoint_url", "bucket_region", "no_sign_request", "requester_pays", "allow_imds", "ca_bundle"),
    *("in_flight", "versions"),
)
"""Shown where `LOADING` is; the other commands take them as well, and do not list them."""
CASE = ("case", "fresh", *ACCESS)
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
            help="Folder, file, glob, archive (.zip .tar .tar.gz/.bz2/.xz/.zst), '-' for standard input, "
            "s3://bucket/prefix, lookup://profile/region, or a case folder.",
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
        bool,
        typer.Option(
            "--offline", help="Never open a socket: of s3:// and lookup:// what is kept.", rich_help_panel=_AWS
        ),
    ] = False
    profile: Annotated[
        str,
        typer.Option(metavar="NAME", help="Credentials of this profile; else as the AWS CLI.", rich_help_panel=_AWS),
    ] = ""
    endpoint_url: Annotated[
        str, typer.Option(metavar="URL", help="Ask this server instead of AWS; TLS, or loopback.", rich_help_panel=_AWS)
    ] = ""
    bucket_region: Annotated[
        str, typer.Option(metavar="NAME", help="Sign for this region; usually the bucket tells.", rich_help_panel=_AWS)
    ] = ""
    no_sign_request: Annotated[
        bool, typer.Option("--no-sign-request", help="No credentials: for public buckets.", rich_help_panel=_AWS)
    ] = False
    requester_pays: Annotated[
        bool, typer.Option("--requester-pays", help="Our account pays for requests and bytes.", rich_help_panel=_AWS)
    ] = False
    allow_imds: Annotated[
        bool,
        typer.Option(
            "--allow-imds", help="Let this instance's metadata service give credentials.", rich_help_panel=_AWS
        ),
    ] = False
    ca_bundle: Annotated[
        Path | None, typer.Option("--ca-bundle", metavar="FILE", help="Authorities to trust.", rich_help_panel=_AWS)
    ] = None
    in_flight: Annotated[
        int, typer.Option(metavar="N", min=1, max=1024, help="Requests at one moment.", rich_help_panel=_AWS)
    ] = 128
    versions: Annotated[
        bool, typer.Option("--versions", help="Also earlier versions and deleted logs.", rich_help_panel=_AWS)
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
            access=self._access,
            versions=self.versions,
        )

    @property
    def remote(self) -> bool:
        """Whether a source lies on the network."""
        return any("://" in source for source in self.sources)

    @property
    def _access(self) -> Access | None:
        """How the network is reached; None when it must not be, or need not."""
        return None if self.offline or not self.remote else self.access

    @property
    def access(self) -> Access:
        """How the network is reached."""
        return Access(
            profile=self.profile,
            endpoint=self.endpoint_url,
            region=self.bucket_region,
            anonymous=self.no_sign_request,
            requester_pays=self.requester_pays,
            allow_imds=self.allow_imds,
            ca_bundle="" if self.ca_bundle is None else str(self.ca_bundle),
            in_flight=self.in_flight,
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

        shared = [_parameter(name, shown="workers" in names or name not in ACCESS) for name in names]
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


def _parameter(name: str, *, shown: bool = True) -> Parameter:
    """The shared option `name` as a parameter; without a default it must be given."""
    shared = _FIELDS[name]
    default = Parameter.empty if name == "sources" else shared.default
    if default is MISSING:
        default = shared.default_factory() if shared.default_factory is not MISSING else None
    hint = _HINTS[name]
    if not shown:
        kind, option = get_args(hint)
        option = copy(option)
        option.hidden = True
        hint = Annotated[kind, option]
    return Parameter(name, Parameter.KEYWORD_ONLY, default=default, annotation=hint)
