"""Takes out of events what must not leave: secrets always, and on request whose account, from where, and who.

The same value has the same pseudonym wherever it stands, in the record, in a cell, in a note or in the lens. What is a
name is learned from the records first: members that hold names, and the ARNs of users, roles and sessions.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from ctwork.case.export.leaving import Leaving, read_document
from ctwork.case.export.naming import TYPES, names_in
from ctwork.case.export.pseudonym import Pseudonyms
from ctwork.case.export.secret import (
    is_secret_member,
    may_hold_secret,
    removed,
    secrets_in,
    without_known,
    without_secrets,
)
from ctwork.errors import UsageError
from ctwork.model.annotation import About, Annotation
from ctwork.model.column import resolve
from ctwork.model.document import REDACTED, NumberText
from ctwork.model.service import is_service_name
from ctwork.resources import toml_table

SECRETS = "secrets"
KINDS = ("accounts", "addresses", "names")
_KEPT_TEXTS = 100_000
_SHORT = 512
_NONE = frozenset[str]()
_WHOLE = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-fA-F]{32,}")
"""Ids and hashes: the digits in them are no account."""
_ACCOUNT = re.compile(rf"({_WHOLE.pattern})|((?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{{12,}})|(?<![0-9])[0-9]{{12}}(?![0-9])")
_ADDRESS = re.compile(
    r"(?<![0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?![0-9]|\.[0-9])"
    r"|(?<![0-9A-Za-z:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{0,4}|[0-9.]{7,15})(?![0-9A-Za-z:])"
    r"|(?<![0-9-])[0-9]{1,3}(?:-[0-9]{1,3}){3}(?=\.)"  # in the names of hosts: ip-10-0-0-5.ec2.internal
)
_UNIQUE = r"(?:AIDA|AROA|AGPA|ANPA|ANVA|AIPA|ASCA|APKA)[A-Z0-9]{12,}"
_MAIL = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
_NAMING = re.compile(
    rf"({_WHOLE.pattern}|arn:aws[\w-]*:[\w-]*:[\w-]*:(?:[0-9]*|aws):(?:(?:{TYPES})/)?|(?<=:)(?:{TYPES})/)"
    rf"|({_UNIQUE})|({_MAIL})|[^\W_]+"
)
"""What stays as it is, ids of principals, e-mail addresses, and words."""
_WORD = re.compile(r"[^\W_]+")


def kinds_of(text: str) -> tuple[str, ...]:
    """What ``--redact`` asks for. Raises UsageError."""
    asked = [name.strip() for name in text.split(",") if name.strip()]
    if asked == ["all"]:
        return KINDS
    for name in asked:
        if name not in KINDS:
            raise UsageError(
                f"--redact {name}: there is no such kind", "one or more of " + ", ".join(KINDS) + ", or all"
            )
    return tuple(kind for kind in KINDS if kind in asked)


@dataclass(slots=True)
class Redactor:
    """Takes values out of events on their way."""

    asked: tuple[str, ...] = ()
    """Of `KINDS`: what is given pseudonyms."""
    pseudonyms: Pseudonyms = field(default_factory=lambda: Pseudonyms(b""))
    _names: dict[str, str] = field(default_factory=dict)
    """The words of a name in lower case, joined as in the name, to its pseudonym."""
    _first: dict[str, int] = field(default_factory=dict)
    """The first word of each name to the most words of such a name."""
    _texts: dict[tuple[str, bool, bool], str] = field(default_factory=dict)

    @property
    def kinds(self) -> tuple[str, ...]:
        """What is taken out, as an export says it."""
        return (SECRETS, *self.asked)

    @property
    def learns(self) -> bool:
        """Whether it has to see every event once before the first one leaves."""
        return "names" in self.asked

    @property
    def parses(self) -> bool:
        """Whether it looks into every record, and not only into those that may hold a secret."""
        return bool(self.asked)

    # -- names --------------------------------------------------------------------------------------------------

    def learn(self, each: Leaving) -> None:
        """Takes in the names that a record holds."""
        self.learn_names(names_in(each.document))

    def learn_from(self, value: str, column: str) -> None:
        """Takes in the names that a value of a column holds."""
        self.learn_names(names_in({_member(column): value}))

    def learn_names(self, names: Iterable[str]) -> None:
        """Takes in names of users, roles, groups and sessions. What AWS named says nothing of anybody."""
        for name in names:
            words = _WORD.findall(name)
            if not words or name in self._names or _is_kept(name):
                continue
            start, end = name.find(words[0]), name.rfind(words[-1]) + len(words[-1])
            core = name[start:end].casefold()
            self._names[core] = self.pseudonyms.name(core)
            first = words[0].casefold()
            self._first[first] = max(self._first.get(first, 0), len(words))
            self._texts.clear()

    # -- what leaves --------------------------------------------------------------------------------------------

    def leaving(self, each: Leaving) -> Leaving:
        """`each` as it may leave; its original bytes are in it only if they say nothing that may not."""
        suspect = not each.raw or may_hold_secret(each.raw)
        document = each.document
        known = secrets_in(read_document(each.raw) if document is None and each.raw else document) if suspect else _NONE
        said = None if each.annotation is None else self.annotation(each.annotation, known)
        if not suspect and not self.asked:
            return each if said == each.annotation else replace(each, annotation=said)
        change = self._changer(known, secret=suspect)
        cells = {name: _changed(value, _member(name), change) for name, value in each.cells.items()}
        document = _changed(each.document, "", change)
        same = document is not None and document == each.document
        return replace(each, cells=cells, document=document, raw=each.raw if same else b"", annotation=said)

    def annotation(self, said: Annotation, known: Set[str] = _NONE) -> Annotation:
        """What the investigator says, as it may leave."""
        change = self._changer(known, secret=True)
        about = said.about
        seen = None
        if about is not None:
            row = {name: _changed(value, _ABOUT.get(name, name), change) for name, value in about.row().items()}
            seen = About.of(row)
        return replace(said, note=change(said.note, ""), tags=tuple(change(tag, "") for tag in said.tags), about=seen)

    def text(self, text: str) -> str:
        """Any other text as it may leave: a lens, the name of a file."""
        return self._changer(_NONE, secret=True)(text, "")

    def head(self, head: Mapping[str, Any]) -> dict[str, Any]:
        """The head of an export as it may leave; with pseudonyms, sources are named without the place they lie in."""
        change = self._changer(_NONE, secret=True)
        new = dict(head)
        if self.asked and "sources" in head:
            new["sources"] = [source.rstrip("/").rpartition("/")[2] for source in head["sources"]]
        for name in ("lens", "sources", "filter", "marks"):
            if name in new:
                new[name] = _changed(new[name], "", change)
        return new

    def _changer(self, known: Set[str], *, secret: bool) -> "Change":
        def change(text: str, member: str) -> str:
            if known:
                text = without_known(text, known)
            return self._settled(text, secret, member not in _keep())

        return change

    def _settled(self, text: str, secret: bool, meant: bool) -> str:
        """`text` as it leaves, whatever record it stands in: most texts are met again and again."""
        key = (text, secret, meant)
        if (found := self._texts.get(key)) is not None:
            return found
        new = without_secrets(text) if secret else text
        new = self._meant(new) if meant else new
        if len(text) <= _SHORT:
            if len(self._texts) >= _KEPT_TEXTS:
                self._texts.clear()
            self._texts[key] = new
        return new

    def _meant(self, text: str) -> str:
        """`text` with pseudonyms; names first, for they may hold an account or an address."""
        if "names" in self.asked:
            text = self._unnamed(text)
        if "addresses" in self.asked:
            text = _ADDRESS.sub(self._address, text)
        if "accounts" in self.asked:
            text = _ACCOUNT.sub(self._account, text)
        return text

    def _account(self, match: re.Match[str]) -> str:
        if match[1]:
            return match[1]
        return self.pseudonyms.access_key(match[2]) if match[2] else self.pseudonyms.account(match[0])

    def _address(self, match: re.Match[str]) -> str:
        text = match[0]
        if "-" in text:
            return self.pseudonyms.address(text.replace("-", ".")).replace(".", "-")
        return self.pseudonyms.address(text)

    def _unnamed(self, text: str) -> str:
        """`text` without the names that were learned, the longest first."""
        found = list(_NAMING.finditer(text))
        parts, at, place = [], 0, 0
        while place < len(found):
            match = found[place]
            place += 1
            new = None
            if match[2]:
                new, end = self.pseudonyms.unique_id(match[2]), match.end()
            elif not match[1]:
                first = _WORD.search(match[0])
                most = self._first.get(first[0].casefold(), 0) if first else 0
                for last in range(min(place - 1 + most, len(found)) - 1, place - 2, -1):
                    end = found[last].end()
                    core = text[match.start() : end].casefold()
                    if core in self._names and _stands_alone(text, match.start(), end):
                        new, place = self._names[core], last + 1
                        break
                if new is None and match[3]:
                    new, end = self.pseudonyms.name(match[3]), match.end()
            if new is not None:
                parts += [text[at : match.start()], new]
                at = end
        return "".join([*parts, text[at:]])


Change = Callable[[str, str], str]
"""A text and the name of its member to the text that leaves."""
_ABOUT = {"event": "eventName", "time": "eventTime"}


def _changed(value: Any, member: str, change: Change) -> Any:
    """`value` of `member` with every text in it changed; what is no text stays, but for numbers that are accounts."""
    if isinstance(value, NumberText):
        new = change(str(value), member) if _is_account_member(member) else value
        return NumberText(removed(new)) if is_secret_member(member) else NumberText(new)
    if isinstance(value, str):
        return removed(value) if is_secret_member(member) else change(value, member)
    if isinstance(value, dict):
        return {
            name if name.isidentifier() else change(name, ""): removed(item)
            if is_secret_member(name)
            else _changed(item, name, change)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_changed(item, member, change) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and _is_account_member(member):
        return int(change(str(value), member))
    return value


def _stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a name of a letter or two, or a small number, is meant as one: it is all of a text, or part of a path."""
    if end - start > 2 and not text[start:end].isdigit():
        return True
    if end - start >= 4:
        return True
    return (start == 0 or text[start - 1] in "/:") and (end == len(text) or text[end] == "/")


def _is_kept(name: str) -> bool:
    table = toml_table("redact.toml")["name"]
    return (
        name in table["kept"]
        or name in REDACTED
        or name.startswith(tuple(table["kept_prefixes"]))
        or is_service_name(name)
    )


def _is_account_member(member: str) -> bool:
    lower = member.lower()
    return "account" in lower or "owner" in lower


@cache
def _member(column: str) -> str:
    """The last member of the path that a column stands for."""
    return resolve(column, literal=True).name.rpartition(".")[2]


@cache
def _keep() -> frozenset[str]:
    return frozenset(toml_table("redact.toml")["keep"]["members"])
