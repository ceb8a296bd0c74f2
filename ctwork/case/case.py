"""The folder an investigation lives in: found again for the same sources, never beside the evidence."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from glob import iglob
from pathlib import Path
from typing import Any

import msgspec
import orjson

from ctwork.case.ledger import FILE as JOURNAL
from ctwork.config import data_folder
from ctwork.errors import CaseError, SourceError, UsageError
from ctwork.model.shown import Progress
from ctwork.sources import check_source, open_source
from ctwork.sources.base import DEFAULT_BOUNDS, Bounds, Issue, IssueKind, path_text
from ctwork.sources.layout import OPEN_FILTER
from ctwork.store.load import Loader, Plan
from ctwork.store.pointer import current, current_generation, read_stamps

_FILE = "case.json"
_STORE = "store"
_PLACES = "places.json"
"""Where on this machine the sources lie: beside the store, which is of this machine, too."""
_FORMAT = 2
_KEPT = "evidence"
"""What came over the network, as it was delivered."""
_GLOB = frozenset("*?[")


class _Noted(msgspec.Struct):
    """What a case folder says of itself: nothing that would be different on another machine."""

    format: int
    sources: list[str]
    """Their names, as a person reads them."""


class _Places(msgspec.Struct):
    """Where the sources of a case lie."""

    paths: list[str]
    """As hexadecimal bytes: a path need not be UTF-8."""


@dataclass(frozen=True, slots=True)
class Case:
    """A case folder and the plan that fills its store."""

    folder: Path
    plan: Plan

    @property
    def store(self) -> Path:
        """Where the store lies; a cache that can always be made again from the sources."""
        return self.folder / _STORE

    @property
    def names(self) -> list[str]:
        """The sources by their names, without the places where they lie."""
        return [_name(source) for source in self.plan.sources]

    @property
    def loaded(self) -> bool:
        """Whether a finished store is there to be opened at once."""
        return not self.plan.fresh and current_generation(self.store) is not None

    def stale(self) -> bool:
        """Whether the sources hold anything the store has not read, or no longer hold something it has.

        Raises SourceError for a case that was brought here without its store and its sources.
        """
        generation, meta = current(self.store)
        if not self.plan.sources:
            if generation is None:
                raise SourceError("this case does not know where its sources lie", "ctwork SOURCE --case FOLDER")
            return False
        if generation is None or self.plan.fresh:
            return True
        if not _is_of(meta, self.plan):
            return True
        known = read_stamps(generation)
        seen = 0
        for item in open_source(self.plan.sources, self.plan.opening(self.store, survey=True)).walk():
            if isinstance(item, Issue):
                # Whoever asks again must be told that the bucket does not answer.
                if item.kind is IssueKind.NOT_FETCHED and self.plan.access is not None:
                    return True
            else:
                seen += 1
                if known.get(path_text(item.name)) != item.stamp:
                    return True
        return seen != len(known)

    def check_sources(self) -> None:
        """Raises SourceError when a source is not there at all."""
        if self.plan.sources:
            check_source(self.plan.sources, self.plan.opening(self.store))

    def loader(self) -> Loader:
        """A loader for this case; forks at once, so make it before anything starts threads."""
        self.remember()
        # What another plan has read is not of this one: its files would count as vanished.
        generation, meta = current(self.store)
        other = generation is not None and not _is_of(meta, self.plan)
        return Loader(replace(self.plan, fresh=True) if other else self.plan, self.store)

    def refresh(self, report: Callable[[Progress], None]) -> Progress | None:
        """Bring the store up to date; None when it already was."""
        return self.loader().run(report) if self.stale() else None

    def remember(self) -> None:
        """Write down which sources this case is of."""
        paths = [os.fsencode(source).hex() for source in self.plan.sources]
        if not paths and (self.folder / _FILE).exists():  # a case whose sources are not here must not forget them
            return
        try:
            self.store.mkdir(parents=True, exist_ok=True)
            _write_note(self.store / _PLACES, {"paths": paths})
            _write_note(self.folder / _FILE, {"format": _FORMAT, **self.plan.identity(), "sources": self.names})
        except OSError as problem:
            raise CaseError(
                f"cannot write the case folder {self.folder}: {problem.strerror}", "name another folder with --case"
            ) from problem


def find_case(sources: Sequence[str], folder: Path | None, plan: Plan, bounds: Bounds | None = None) -> Case:
    """The case of `sources`: in `folder` when given, else where the same sources had theirs before.

    `plan` says all but the sources and the bounds; without `bounds` those stay that the case was read with. A single
    source that is itself a case folder is opened as that case. Raises UsageError for a case folder that would lie
    inside or above a source.
    """
    if len(sources) == 1 and folder is None and _is_case(Path(sources[0])):
        folder = Path(sources[0]).resolve()
        read = _noted_sources(folder)
        # A note that came with the evidence must not have anything written there.
        refuse_evidence(folder, read)
        read = read if all(map(_is_there, read)) else ()
    else:
        read = tuple(_spelled(source) if _elsewhere(source) else _absolute(source) for source in sources)
        folder = (folder or _default_folder(replace(plan, sources=read))).resolve()
        refuse_evidence(folder, read)
    keep = str(folder / _KEPT) if any("://" in source for source in read) else ""
    return _settled(Case(folder, replace(plan, sources=read, keep=keep)), bounds)


def _name(source: str) -> str:
    """A source without the place where it lies; a URI is no place of this machine."""
    return source if _elsewhere(source) else path_text(Path(source).name or source)


def _write_note(path: Path, note: Mapping[str, Any]) -> None:
    """Writes `note` in one step: a case whose note is half written could not be opened again."""
    written = orjson.dumps(note, option=orjson.OPT_INDENT_2)
    with suppress(FileNotFoundError):
        if path.read_bytes() == written:
            return
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(written)
    partial.replace(path)


def _is_case(folder: Path) -> bool:
    """Whether `folder` is a case and not evidence with a file of that name: every case has a store, or a journal."""
    return (folder / _FILE).is_file() and ((folder / _STORE).is_dir() or (folder / JOURNAL).is_file())


def _settled(case: Case, bounds: Bounds | None) -> Case:
    """The same case with `bounds`, or those of its store, and with no path filter where the store holds everything.

    Then its lens does the filtering.
    """
    _, meta = current(case.store)
    plan = replace(case.plan, bounds=bounds or Bounds(**meta.get("bounds", {})))
    whole = replace(plan, path_filter=OPEN_FILTER)
    return replace(case, plan=whole if _is_of(meta, whole) else plan)


def _is_of(meta: Mapping[str, Any], plan: Plan) -> bool:
    """Whether a store that says `meta` was read from the sources of `plan`, through its filter, in its bounds."""
    return all(meta.get(name) == wanted for name, wanted in plan.identity().items())


def _noted_sources(folder: Path) -> tuple[str, ...]:
    """The sources that a case folder remembers, none where it has come without the places. Raises CaseError."""
    try:
        noted = msgspec.json.decode((folder / _FILE).read_bytes(), type=_Noted)
        # Before format 2 a case held the places itself.
        places = folder / _FILE if noted.format < _FORMAT else folder / _STORE / _PLACES
        if noted.format >= _FORMAT and not places.is_file():
            return ()
        found = msgspec.json.decode(places.read_bytes(), type=_Places)
        return tuple(os.fsdecode(bytes.fromhex(path)) for path in found.paths)
    except (OSError, ValueError) as problem:
        raise CaseError(f"{folder / _FILE} cannot be read", "name the sources and --case instead") from problem


def _is_there(source: str) -> bool:
    """Whether a remembered source can be read again."""
    return source != "-" and ("://" in source or bool(_GLOB & set(source)) or Path(source).exists())


def _default_folder(plan: Plan) -> Path:
    """A filtered plan shares the folder of the whole one when that has been loaded."""
    cases = data_folder() / "cases"
    if "-" in plan.sources:
        return cases / f"stdin-{time.time_ns():x}"
    whole = cases / _key(replace(plan, path_filter=OPEN_FILTER))
    return whole if current_generation(whole / _STORE) is not None else cases / _key(plan)


def _key(plan: Plan) -> str:
    plan = replace(plan, bounds=DEFAULT_BOUNDS)
    identity = {**plan.identity(), "sources": [os.fsencode(source).hex() for source in sorted(plan.sources)]}
    return hashlib.sha256(orjson.dumps(identity, option=orjson.OPT_SORT_KEYS)).hexdigest()[:24]


def _absolute(source: str) -> str:
    """One spelling for each path, ``..`` taken out, links not followed: the same sources must find the same case."""
    return os.path.abspath(source)  # noqa: PTH100 - a path object keeps the dots


def _spelled(source: str) -> str:
    """One spelling for each URI: a bucket as a whole with its slash."""
    scheme, mark, rest = source.partition("://")
    return f"{source}/" if mark and scheme == "s3" and "/" not in rest else source


def _elsewhere(source: str) -> bool:
    """Whether `source` is no path: standard input, or a URI."""
    return source == "-" or "://" in source


def refuse_evidence(folder: Path, sources: tuple[str, ...]) -> None:
    """Raises UsageError when the case or its store, which may be a link, lies inside or above any of the evidence."""
    hint = "nothing is ever written beside the evidence: name another folder with --case"
    own = (folder, (folder / _STORE).resolve())
    for evidence in (path for source in sources if not _elsewhere(source) for path in _places(source)):
        is_folder = evidence.is_dir()
        for written in own:
            if is_folder and (evidence.is_relative_to(written) or written.is_relative_to(evidence)):
                raise UsageError(f"the case folder {folder} would lie inside or above the evidence {evidence}", hint)
            if evidence.is_relative_to(written):
                raise UsageError(f"the case folder {folder} holds the evidence {evidence.name}", hint)


def _places(source: str) -> Iterator[Path]:
    """What `source` names: a path, or everything a pattern finds."""
    if os.path.lexists(source) or not _GLOB & set(source):
        yield Path(source).resolve()
    else:
        # A path object takes no absolute pattern.
        yield from (Path(path).resolve() for path in iglob(source, recursive=True, include_hidden=True))  # noqa: PTH207
