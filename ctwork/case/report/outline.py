"""The report itself: what stands under which title, made of what there is to tell."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ctwork import __version__
from ctwork.case.report.attack import techniques
from ctwork.case.report.block import Block, Bullets, Cell, Heading, Inline, Note, Table, Value, text
from ctwork.case.report.matter import Marked, Matter
from ctwork.model.entry import Entry
from ctwork.model.instant import format_instant
from ctwork.model.legible import grouped, sized
from ctwork.model.target import EventTarget, MomentTarget, SpanTarget, ValueTarget

_ROWS = 1_000
"""So many rows of a table are for people; all of them are in a bundle."""
_NONE = "none"
_OPENING = 120
"""Code points of a note that a table shows."""


def outline(matter: Matter) -> Iterator[Block]:
    """Every block, in reading order."""
    yield Heading(1, "Report of a CloudTrail investigation")
    yield from _summary(matter)
    yield from _scope(matter)
    yield from _trust(matter)
    yield from _unseen(matter)
    yield from _timeline(matter)
    yield from _marks(matter)
    yield from _elsewhere(matter)
    yield Heading(2, "Findings")
    yield text("No detection rules were run: what stands in this report was marked by an investigator.")
    yield from _attack(matter)
    yield from _who(matter)
    yield from _journal(matter)
    yield from _appendix(matter)


def _summary(matter: Matter) -> Iterator[Block]:
    worst = next(iter(matter.by_severity()), "")
    rows: list[tuple[Cell, ...]] = [
        ("Case", Value(matter.dossier.case) if matter.dossier.case else "without a journal"),
        ("State of", matter.made),
        ("Made by", f"ctwork {__version__}"),
        ("Investigators", _values(sorted({each.actor for each in matter.dossier.entries}))),
        ("Journal", f"{matter.dossier.anchor.seq} entries, head {matter.dossier.anchor.hash}"),
        ("Marks", f"{grouped(len(matter.marks))}, the gravest {worst}" if worst else grouped(len(matter.marks))),
    ]
    yield Table(("", ""), tuple(rows))


def _scope(matter: Matter) -> Iterator[Block]:
    load = matter.load
    files, records = load["files"], load["records"]
    lens = str(matter.lens)
    yield Heading(2, "What was examined")
    shown: Inline = Value(lens) if lens else "everything: no filter was set"
    rows: list[tuple[Cell, ...]] = [
        ("Sources", _values(load["sources"])),
        ("Files", ", ".join(f"{grouped(files[name])} {name.replace('_', ' ')}" for name in files)),
        ("Records read", ", ".join(f"{grouped(records[name])} {name}" for name in records)),
        ("Events from", load["first_event"] or _NONE),
        ("to", load["last_event"] or _NONE),
        ("Accounts", _values(load["accounts"])),
        ("Regions", _values(load["regions"])),
        ("Lens", shown),
        ("Events it shows", grouped(matter.events)),
    ]
    yield Table(("", ""), tuple(rows))


def _trust(matter: Matter) -> Iterator[Block]:
    yield Heading(2, "How far it can be relied on")
    verdicts, load = matter.verdicts, matter.load
    account = load["bytes"]
    again = verdicts["records"]["read_again_and_equal"]
    items = [
        (f"Integrity: {verdicts['integrity']['verdict']}. {verdicts['integrity']['why']}",),
        (f"Coverage: {verdicts['coverage']['verdict']}. {verdicts['coverage']['why']}",),
        (
            f"Load: {verdicts['load']['verdict']}; losses: {grouped(verdicts['load']['losses'])}, "
            f"doubts: {grouped(verdicts['load']['doubts'])}, notes: {grouped(verdicts['load']['notes'])}.",
        ),
    ]
    if account:
        items.append(
            (
                f"Of {grouped(account['inflated'])} bytes of content {grouped(account['read'])} were read as records "
                f"and their structure, {grouped(account['reported'])} were reported as something else, and "
                f"{grouped(account['unaccounted'])} are unaccounted for.",
            )
        )
    if again is not None:
        exported = verdicts["records"]["exported"]
        items.append((f"{grouped(again)} of {grouped(exported)} events were read again, and equal what was loaded.",))
    items += [(f"The account does not balance: {each}.",) for each in load["breaches"]]
    yield Bullets(tuple(items))


def _unseen(matter: Matter) -> Iterator[Block]:
    yield Heading(2, "What was not visible")
    load = matter.load
    items: list[tuple[Inline, ...]] = []
    if not load["complete"]:
        items.append(("The load was stopped before everything was read.",))
    if load["filtered"]:
        items.append((f"{grouped(load['filtered'])} files were left unopened by a filter on their path.",))
    items += [("The load was limited to ", name, " ", _one(value), ".") for name, value in load["filter"].items()]
    if matter.events != load["records"]["unique"]:
        left = load["records"]["unique"] - matter.events
        items.append((f"The lens leaves out {grouped(left)} of {grouped(load['records']['unique'])} events.",))
    items.append(("What CloudTrail does not record, or was not set to record, is not in these logs.",))
    yield Bullets(tuple(items))
    told = tuple((each["kind"], each["weight"], grouped(each["count"])) for each in load["issues"])
    if told:
        yield text("What could not be read, or looked odd while it was read:")
        yield Table(("issue", "weight", "count"), told, (2,))


def _timeline(matter: Matter) -> Iterator[Block]:
    yield Heading(2, "Timeline")
    if matter.picture is not None:
        yield matter.picture
    timed = [each for each in matter.marks if each.at_ms is not None]
    if not timed:
        yield text("No event is marked.")
        return
    rows = tuple(_timed(each) for each in timed[:_ROWS])
    yield Table(("time (UTC)", "severity", "verdict", "what", "who", "from", "tags"), rows)
    yield from _more(len(timed))


def _timed(mark: Marked) -> tuple[Cell, ...]:
    said, about = mark.said, mark.said.about
    what: Cell = Value(about.event) if about else ""
    if isinstance(mark.target, MomentTarget):
        what = ("without a record: ", _opening(said.note))
    elif isinstance(mark.target, SpanTarget):
        what = (f"until {format_instant(mark.target.end_ms)}: ", _opening(said.note))
    who, address = (about.principal, about.address) if about else ("", "")
    return (mark.time, said.severity, said.verdict, what, _one(who), _one(address), _values(said.tags))


def _opening(note: str) -> Inline:
    """The first line of a note."""
    return _one(next(iter(note.strip().splitlines()), "")[:_OPENING])


def _marks(matter: Matter) -> Iterator[Block]:
    yield Heading(2, "Marks by severity")
    if not matter.marks:
        yield text("Nothing is marked.")
    left = _ROWS
    for severity, marks in matter.by_severity().items():
        yield Heading(3, f"{severity or 'without a severity'} ({grouped(len(marks))})")
        # What was said of many at once is said once.
        for note, group in _by_note(marks[:left]):
            yield Bullets(tuple(_named(each) for each in group))
            if note:
                yield Note(note)
        left = max(left - len(marks), 0)
    yield from _more(len(matter.marks))


def _by_note(marks: Sequence[Marked]) -> list[tuple[str, list[Marked]]]:
    found: dict[str, list[Marked]] = {}
    for each in marks:
        found.setdefault(each.said.note, []).append(each)
    return list(found.items())


def _named(mark: Marked) -> tuple[Inline, ...]:
    """A mark in one line."""
    target, said = mark.target, mark.said
    verdict: tuple[Inline, ...] = (f", {said.verdict}",) if said.verdict else ()
    tags = tuple(part for tag in said.tags for part in (" ", Value(tag)))
    by = (", by ", Value(said.author)) if said.author else ()
    if isinstance(target, EventTarget):
        about = said.about
        what = (mark.time, " ", Value(about.event), " by ", Value(about.principal)) if about else ("an event",)
        return (*what, verdict[0] if verdict else "", *tags, *by, ", eventID ", Value(target.event_id or _NONE))
    if isinstance(target, ValueTarget):
        return (Value(target.column), " is ", Value(target.value), *verdict, *tags, *by)
    if isinstance(target, SpanTarget):
        return (f"{mark.time} to {format_instant(target.end_ms)}", *verdict, *tags, *by)
    return (f"{mark.time}, of which there is no record", *verdict, *tags, *by)


def _elsewhere(matter: Matter) -> Iterator[Block]:
    """What was marked that is no event."""
    values, spans, moments = matter.of(ValueTarget), matter.of(SpanTarget), matter.of(MomentTarget)
    if not (values or spans or moments):
        return
    yield Heading(2, "Marked values, stretches of time, and moments without a record")
    rows: list[tuple[Cell, ...]] = []
    for each in (*values, *spans, *moments):
        said = (each.said.severity, each.said.verdict, _values(each.said.tags))
        if isinstance(each.target, ValueTarget):
            rows.append((Value(each.target.column), Value(each.target.value), *said))
        elif isinstance(each.target, SpanTarget):
            rows.append(("stretch of time", f"{each.time} to {format_instant(each.target.end_ms)}", *said))
        elif isinstance(each.target, MomentTarget):
            rows.append(("moment", (f"{each.time}: ", _opening(each.said.note)), *said))
    yield Table(("what", "which", "severity", "verdict", "tags"), tuple(rows[:_ROWS]))
    yield from _more(len(rows))


def _attack(matter: Matter) -> Iterator[Block]:
    yield Heading(2, "ATT&CK techniques")
    found = techniques((each.time, each.said.tags) for each in matter.marks)
    if not found:
        yield text("No mark names a technique; a tag such as ", Value("attack.t1078.004"), " does.")
        return
    rows = tuple(
        (each.id, each.name, ", ".join(each.tactics), grouped(each.marks), each.first, each.last) for each in found
    )
    yield Table(("technique", "name", "tactics", "marks", "first", "last"), rows, (3,))


def _who(matter: Matter) -> Iterator[Block]:
    for title, part in (("Principals", "principal"), ("Addresses", "address")):
        counted = matter.counted(part)
        yield Heading(2, f"{title} of the marked events")
        if not counted:
            yield text("None.")
            continue
        rows = tuple((Value(value), grouped(count), first, last) for value, count, first, last in counted[:_ROWS])
        yield Table((part, "marked events", "first", "last"), rows, (1,))
        yield from _more(len(counted))


def _journal(matter: Matter) -> Iterator[Block]:
    entries = matter.dossier.entries
    asked = [each for each in entries if each.kind in ("ask", "look")]
    yield Heading(2, "Questions asked")
    saved = sorted(matter.dossier.lenses.values(), key=lambda each: each.name)
    if asked:
        yield Table(("time (UTC)", "who", "question"), tuple(map(_asked, asked[:_ROWS])))
        yield from _more(len(asked))
    if saved:
        yield text("Lenses that were saved:")
        yield Table(("name", "lens"), tuple((Value(each.name), Value(each.lens)) for each in saved))
    if not (asked or saved):
        yield text("The journal holds none.")
    yield Heading(2, "Exports made")
    made = [each for each in entries if each.kind == "export"]
    if made:
        yield Table(("time (UTC)", "who", "export"), tuple(map(_asked, made[:_ROWS])))
        yield from _more(len(made))
    else:
        yield text("None before this state of the case.")


def _asked(entry: Entry) -> tuple[Cell, ...]:
    said = entry.payload
    parts: list[Inline] = []
    for name in sorted(said):
        parts += [f"{'; ' if parts else ''}", Value(name), " ", Value(str(said[name]))]
    return (format_instant(entry.at_ms), Value(f"{entry.actor}@{entry.host}"), tuple(parts))


def _appendix(matter: Matter) -> Iterator[Block]:
    yield Heading(2, "Appendix: files and their hashes")
    rows = tuple(map(_file, matter.files[:_ROWS]))
    yield Table(
        ("file", "state", "size", "records", "SHA-256 as stored", "SHA-256 inflated, where it differs"), rows, (2, 3)
    )
    yield from _more(len(matter.files))
    yield Heading(2, "Appendix: journal")
    anchor = matter.dossier.anchor
    yield text(
        f"The journal of this case had {anchor.seq} entries, the last of them with the hash ", Value(anchor.hash), "."
    )


def _file(row: Mapping[str, Any]) -> tuple[Cell, ...]:
    inflated = row["inflated_sha256"] if row["inflated_sha256"] != row["sha256"] else None
    records = "" if row["records"] is None else grouped(row["records"])
    hashes = (_one(row["sha256"] or ""), _one(inflated or ""))
    return (Value(row["source"]), row["state"], sized(row["size"] or 0), records, *hashes)


def _more(total: int) -> Iterator[Block]:
    if total > _ROWS:
        yield text(f"{grouped(total - _ROWS)} more are not shown here; a bundle holds all of them.")


def _values(values: Sequence[Any]) -> Cell:
    """Values beside each other."""
    parts: list[Inline] = []
    for value in values:
        parts += [" ", Value(str(value))] if parts else [Value(str(value))]
    return tuple(parts) or ""


def _one(value: Any) -> Inline:
    return Value(str(value)) if value not in (None, "") else ""
