"""Threads beside the event loop: enough of them, and quick to hand the interpreter back."""

import asyncio
import sys
from concurrent.futures import ThreadPoolExecutor

_MOST = 24
"""Of these some rest, some were superseded and are about to notice; the newest errand must not queue behind them."""
_TURN_S = 0.0005
"""So long a busy thread keeps the interpreter from the screen; Python's own 5 ms would be felt at every step."""


def mind_threads() -> None:
    """Sets the running loop and the interpreter up for errands. Call once, in the loop."""
    sys.setswitchinterval(_TURN_S)
    asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(_MOST, "errand"))
