"""A finished store opened again, up to its first page.

python -m tests.bench.sides.reopen STORE
"""

import json
import sys
from pathlib import Path

from ctwork.model.lens import Lens
from ctwork.store.store import Store

_LINES = 50


def main() -> None:
    """Open the store and read one page."""
    view = Store.open(Path(sys.argv[1])).look(Lens.parse(""))
    print(json.dumps({"rows": view.total, "lines": len(view.page(0, _LINES))}))


if __name__ == "__main__":
    main()
