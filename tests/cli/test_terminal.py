"""On a terminal nothing from the evidence moves a cursor, hides or reorders, in any command and any form."""

import os
import pty
import re
import select
import subprocess
from pathlib import Path

import pytest
from store.build import event_id, record, write_trail

from cli.door import ROOT, call, command, environment

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
    write_trail(folder / "logs" / "a\x1b[31m\u202e.json", [hostile, record(2)])
    assert call("load", folder / "logs", "--case", folder / "case").code == 0
    return folder / "case"


def _on_terminal(*arguments: object) -> str:
    """Everything a call sends to a terminal of 120 columns."""
    leader, follower = pty.openpty()
    try:
        with subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env=environment(COLUMNS="120"),
            stdin=follower,
            stdout=follower,
            stderr=follower,
        ) as process:
            os.close(follower)
            pieces = []
            while process.poll() is None or select.select([leader], [], [], 0)[0]:
                try:
                    if select.select([leader], [], [], 0.05)[0]:
                        pieces.append(os.read(leader, 65_536))
                except OSError:
                    break
    finally:
        os.close(leader)
    return b"".join(pieces).decode()


@pytest.mark.parametrize("form", ["", "table", "csv", "json", "jsonl"])
@pytest.mark.parametrize(
    "arguments",
    [
        ("events", "--columns", "time,event,principal,agent,resource,source,error,requestParameters"),
        ("count", "--by", "event,source"),
        ("show", event_id(1)),
    ],
    ids=lambda arguments: arguments[0],
)
def test_hostile_text_is_shown_and_does_nothing(case: Path, arguments: tuple[str, ...], form: str) -> None:
    name, *options = arguments
    places = [case, *options] if name != "show" else [case, event_id(1)]
    said = _on_terminal(name, *places, *(("--format", form) if form else ()))
    assert "owned" in said or "…" in said
    assert _UNSEEN.findall(said.replace("\r\n", "\n")) == []


@pytest.mark.parametrize(
    "arguments", [("status",), ("issues",), ("events", "--raw"), ("timeline",), ("show", event_id(1), "--raw")]
)
def test_the_other_commands_send_nothing_unseen_either(case: Path, arguments: tuple[str, ...]) -> None:
    name, *options = arguments
    said = _on_terminal(name, case, *options)
    assert _UNSEEN.findall(said.replace("\r\n", "\n")) == []


def test_messages_are_escaped_too(case: Path) -> None:
    said = _on_terminal("events", case, "--tz", "Mars\x1b[31m\u202e")
    assert "is not a known zone" in said
    assert _UNSEEN.findall(said.replace("\r\n", "\n")) == []


def test_a_table_fits_the_terminal(case: Path) -> None:
    said = _on_terminal("events", case)
    assert max(map(len, said.splitlines())) <= 120


def test_programs_get_the_values_as_they_are(case: Path) -> None:
    rows = call("events", case, "--columns", "event,resource").rows
    assert rows[-1]["event"] == _HOSTILE
    assert rows[-1]["resource"] == [_HOSTILE]
