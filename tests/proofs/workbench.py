"""A visit to the workbench on a real terminal: it opens, an event's detail is shown, and it is left."""

import json
from collections.abc import Mapping, Sequence

from tests.tui.terminal import Terminal

_START = """
import json, os
words = json.loads({words!r})
os.chdir({cwd!r})
os.environ.pop("PYTHONPYCACHEPREFIX")
os.execvpe(words[0], words, os.environ)
"""
DOWN, ENTER, QUIT = b"j", b"\r", b"\x11"


def visit(
    words: Sequence[str], environ: Mapping[str, str], cwd: str, *, needle: bytes, keys: Sequence[bytes] = (DOWN, ENTER)
) -> tuple[int, bytes]:
    """Run the program of `words` on a terminal, wait for `needle`, press `keys` and quit: the exit code, every byte."""
    terminal = Terminal(_START.format(words=json.dumps(list(words)), cwd=cwd), 100, 30, environ)
    terminal.until(needle, 60)
    terminal.read(0.6, 20)
    for key in keys:
        terminal.type(key)
        terminal.read(0.4)
    terminal.type(QUIT)
    return terminal.leave(20), terminal.output
