"""How soon a new case shows its first events: opened as the workbench opens it, looked at until there is one.

python -m tests.bench.sides.first CORPUS CASE
"""

import json
import sys
import time
from importlib import import_module
from pathlib import Path

from ctwork.case.opening import Opening
from ctwork.cli.options import Choice

_EVERY_S = 0.01


def main() -> None:
    """Print when the first events could be seen, on the system's monotonic clock."""
    choice = Choice((sys.argv[1],), case=Path(sys.argv[2]), fresh=True)
    lens, case = choice.lens(), choice.find()
    case.check_sources()
    opening = Opening(case)
    # The workbench loads its terminal library now, beside the loader.
    import_module("ctwork.tui.app")
    try:
        while not (view := opening.select(lens, lambda: False)).total:
            opening.poll()
            if opening.progress.done:
                sys.exit(f"the load ended without events: {opening.progress.message}")
            time.sleep(_EVERY_S)
        lines = view.page(0, 50)
        print(json.dumps({"seen": time.monotonic(), "events": view.total, "lines": len(lines)}))
    finally:
        opening.close()


if __name__ == "__main__":
    main()
