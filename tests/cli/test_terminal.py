"""On a terminal nothing from the evidence moves a cursor, hides or reorders, in any command and any form."""

import json
import os
import pty
import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from hostile.display import PAYLOADS
from store.build import event_id, record, write_trail

from cli.door import ROOT, ask, environment
from ctwork.case.casebook import Casebook
from ctwork.case.lenses import LensBook

_HOSTILE = (
    "x\x1b[2J\x1b]0;owned\x07\x9b31m\u202egnp\u2066\u200b\x00\x7f\x08\r\n\x1b[?1049h[/x][@click=app.quit]\ufeff"
    + "é" * 50
)
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One record with hostile text in every field, in a file with a hostile name."""
    folder = tmp_path_factory.mktemp("hostile")
    fields = (
        "eventName",
        "eventSource",
        "errorCode",
        "errorMessage",
        "awsRegion",
        "sourceIPAddress",
        "userAgent",
        "eventTime",
    )
    hostile = record(1, **dict.fromkeys(fields, _HOSTILE), requestParameters={_HOSTILE: _HOSTILE})
    hostile["userIdentity"] = {"type": "IAMUser", "userName": _HOSTILE, "accountId": _HOSTILE}
    hostile["resources"] = [{"ARN": _HOSTILE}]
    others = [
        hostile_event(10 + number, dict.fromkeys(fields, payload)) for number, payload in enumerate(PAYLOADS.values())
    ]
    write_trail(
        folder / "logs" / "a\x1b[31m\u202e.json", [json.dumps(hostile, ensure_ascii=False).encode(), record(2), *others]
    )
    (folder / "logs" / "b\x1b]0;owned\x07\u200b.json").write_bytes(b'{"Records":[17,{"eventName":"\\u001b[2J"')
    assert ask("load", folder / "logs", "--case", folder / "case").code == 3
    book = LensBook(Casebook(folder / "case"))
    for payload in (_HOSTILE, *PAYLOADS.values()):
        if payload.split():
            book.save(payload, f'principal:="{len(payload)}" {payload}')
    return folder / "case"


def hostile_event(number: int, values: dict[str, str]) -> dict[str, object]:
    """A record with one payload in many fields."""
    return record(number, **{name: value for name, value in values.items() if name != "eventTime"})


_FORMS = ("", "table", "csv", "json", "jsonl")
_COLUMNS = "time,event,principal,agent,resource,source,error,requestParameters"
_CALLS = [
    *(
        ("events", "CASE", "--columns", _COLUMNS, *_form)
        for _form in [("--format", form) if form else () for form in _FORMS]
    ),
    *(
        ("count", "CASE", "--by", "event,source", *_form)
        for _form in [("--format", form) if form else () for form in _FORMS]
    ),
    *(("show", "CASE", event_id(1), *_form) for _form in [("--format", form) if form else () for form in _FORMS]),
    *((name, "CASE") for name in ("status", "issues", "events", "timeline", "files", "lenses")),
    *(("issues", "CASE", "--format", form) for form in _FORMS[2:]),
    *(("files", "CASE", "--format", form) for form in _FORMS[2:]),
    *(("lenses", "CASE", "--format", form) for form in _FORMS[2:]),
    *(("count", "CASE", "--by", column) for column in ("principal", "ip", "agent", "region", "error,resource")),
    ("keys",),
    ("events", "CASE", "--raw"),
    ("events", "CASE", "--since", "x\x1b]0;owned\x07:\u202e"),
    ("events", "CASE", "--lens", "no\x1b[2J\u202e"),
    ("events", "CASE", "--columns", "no\x1b[2J\u202e"),
    ("show", "CASE", "no\x1b[2J\u202e"),
    ("open\x1b[2J",),
    ("show", "CASE", event_id(1), "--raw"),
    ("events", "CASE", "--tz", "Mars\x1b[31m\u202e"),
]
_END = "-- end of one call --"
_UNGUARDED = """
import ctwork.model.legible as legible
legible.plain = legible.spelled = lambda text, limit=None: text
legible.is_plain = lambda text: True
"""
_PROGRAM = f"""
import json, sys
from ctwork.cli.main import run
from ctwork.__main__ import list_keys
keys = list_keys()
keys.append(dict(keys[0], keys={_HOSTILE!r}, action={_HOSTILE!r}))
for arguments in json.loads(sys.argv[1]):
    run(arguments, lambda *_, **__: 0, lambda: keys)
    print({_END!r}, flush=True)
"""


def told(case: Path, prelude: str = "") -> dict[tuple[str, ...], str]:
    """Everything each call sends to a terminal of 120 columns; one process for all."""
    calls = [[str(case) if argument == "CASE" else argument for argument in arguments] for arguments in _CALLS]
    program = [sys.executable, "-W", "error", "-c", prelude + _PROGRAM, json.dumps(calls)]
    leader, follower = pty.openpty()
    pieces = []
    with subprocess.Popen(
        program, cwd=ROOT, env=environment(COLUMNS="120"), stdin=follower, stdout=follower, stderr=follower
    ) as process:
        os.close(follower)
        with suppress(OSError):  # how a terminal says that nobody is on its other side any more
            while piece := os.read(leader, 65_536):
                pieces.append(piece)
    os.close(leader)
    assert process.returncode == 0
    texts = b"".join(pieces).decode(errors="surrogateescape").replace("\r\n", "\n").split(_END + "\n")
    return dict(zip(_CALLS, texts, strict=False))


@pytest.fixture(scope="module")
def said(case: Path) -> dict[tuple[str, ...], str]:
    return told(case)


@pytest.mark.parametrize("arguments", _CALLS, ids=" ".join)
def test_hostile_text_is_shown_and_does_nothing(said: dict[tuple[str, ...], str], arguments: tuple[str, ...]) -> None:
    text = said[arguments]
    assert _UNSEEN.findall(text) == []
    assert "Traceback" not in text
    if arguments[0] in ("events", "show", "count") and "--tz" not in arguments:
        assert "owned" in text or "…" in text or "␛" in text


def test_without_legible_every_table_leaks(case: Path) -> None:
    """The proof that the calls above show what is hostile."""
    dumb = {("timeline", "CASE")}  # times and numbers only
    silent = {arguments for arguments, text in told(case, _UNGUARDED).items() if not _UNSEEN.search(text)}
    assert {arguments for arguments in silent if "--format" not in arguments} <= dumb


def test_messages_are_escaped_too(said: dict[tuple[str, ...], str]) -> None:
    assert "--tz Mars␛[31m� is not a time zone" in said["events", "CASE", "--tz", "Mars\x1b[31m\u202e"]


def test_a_table_fits_the_terminal(said: dict[tuple[str, ...], str]) -> None:
    assert max(map(len, said["events", "CASE"].splitlines())) <= 120


def test_programs_get_the_values_as_they_are(case: Path) -> None:
    rows = ask("events", case, "--columns", "event,resource").rows
    assert rows[-1]["event"] == _HOSTILE
    assert rows[-1]["resource"] == [_HOSTILE]
