"""The command line: names, options, exit codes, and one line per failure."""

import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from ctwork import __version__
from ctwork.cli import bundle, export, inventory, journal, kin, listing, marking, named, overview, pivot, pull
from ctwork.cli.narrate import Interrupted
from ctwork.cli.render import ReaderGone
from ctwork.cli.workbench import FrontEnd, keys, workbench
from ctwork.errors import CtworkError, UsageError
from ctwork.model.legible import plain

_INTERRUPTED = 130


class _SourcesFirst(TyperGroup):
    """`ctwork SOURCE` means `ctwork open SOURCE`: what is no command is a source."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and self.get_command(ctx, args[0]) is None and (not args[0].startswith("-") or args[0] == "-"):
            self._mind_slip(args[0])
            return super().resolve_command(ctx, ["open", *args])
        return super().resolve_command(ctx, args)

    def _mind_slip(self, word: str) -> None:
        """A word that is nothing on disk and nearly a command is no source."""
        near = get_close_matches(word, self.commands, 1)
        if near and "/" not in word and "*" not in word and not Path(word).exists():
            raise UsageError(
                f"there is no command {word}, and nothing at that path", f"did you mean `ctwork {near[0]}`?"
            )


app = typer.Typer(
    cls=_SourcesFirst,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=(
        "The terminal forensics workbench for AWS CloudTrail. `ctwork SOURCE` opens the workbench; every view has a "
        "command that prints the same numbers."
    ),
    epilog=(
        "Every export tells what made it: a JSON document begins with a head, and beside an --output FILE lies "
        "FILE.report.json. Only its time comes from the clock; set SOURCE_DATE_EPOCH, in seconds since 1970 UTC, to "
        "have the same bytes each time."
    ),
)


def _tell_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"ctwork {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_tell_version)
    ] = False,
) -> None:
    pass


app.command("open")(workbench)
app.command()(overview.load)
app.command()(overview.status)
app.command()(pull.pull)
app.command()(inventory.files)
app.command()(inventory.issues)
app.command()(listing.events)
app.command()(listing.show)
app.command()(kin.diff)
app.command()(kin.around)
app.command()(kin.related)
app.command()(pivot.count)
app.command()(pivot.timeline)
app.command()(named.lenses)
app.command()(marking.mark)
app.command()(marking.marks)
app.command()(marking.merge)
app.command()(journal.journal)
app.command()(export.export)
app.command()(bundle.check)
app.command()(bundle.report)
app.command()(keys)


def run(
    arguments: Sequence[str],
    open_workbench: Callable[..., int],
    list_keys: Callable[[], list[dict[str, str]]] = list,
) -> int:
    """Run one call; returns the exit code. The others are the other front end, unknown here."""
    front = FrontEnd(open_workbench, list_keys)
    try:
        # Without a word to go by, help is the answer; the parser would make it an error of one very long line.
        outcome = app(list(arguments) or ["--help"], prog_name="ctwork", standalone_mode=False, obj=front)
        if not arguments:
            return UsageError.exit_code
        return outcome if isinstance(outcome, int) else 0
    except CtworkError as problem:
        _tell(problem.title, problem.hint)
        return problem.exit_code
    except typer.Exit as done:
        return done.exit_code
    except Interrupted:
        _tell("stopped", "what was read is kept; the same command goes on from there")
        return _INTERRUPTED
    except (KeyboardInterrupt, typer.Abort):
        return _INTERRUPTED
    except ReaderGone:
        # The reader went away; the interpreter must not complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as problem:
        _tell(f"the system refused: {problem.strerror or problem}", "check space, permissions and the path")
        return 5
    except Exception as problem:
        # The base class of the parser's own errors is not public; its one method is.
        if wording := getattr(problem, "format_message", None):
            _tell(wording(), "`ctwork --help` lists what there is")
            return 2
        if os.environ.get("CTWORK_TRACEBACK"):
            raise
        _tell(
            f"internal error: {type(problem).__name__}: {problem}",
            "set CTWORK_TRACEBACK=1 and run it again to report it",
        )
        return 5


def _tell(title: str, hint: str) -> None:
    line = f"ctwork: {plain(title)}" + (f" ({plain(hint)})" if hint else "")
    sys.stderr.write(line + "\n")
