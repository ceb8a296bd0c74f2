"""The standard library: gzip and json, one list per column.

python -m tests.bench.sides.plain CORPUS
"""

import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.bench.columns import DOCUMENTS, IDENTITY, PLAIN


def main() -> None:
    """Read all files into column lists."""
    columns: dict[str, list[Any]] = {name: [] for name in (*PLAIN, *DOCUMENTS, *IDENTITY)}
    steps = {name: name.split(".") for name in IDENTITY}
    for path in Path(sys.argv[1]).rglob("*.json.gz"):
        with gzip.open(path) as file:
            records = json.load(file)["Records"]
        for record in records:
            for name in PLAIN:
                columns[name].append(record.get(name))
            for name in DOCUMENTS:
                value = record.get(name)
                columns[name].append(None if value is None else json.dumps(value))
            identity = record.get("userIdentity")
            for name, path_steps in steps.items():
                columns[name].append(_below(identity, path_steps))
    print(json.dumps({"rows": len(columns["eventID"]), "events": dict(sorted(Counter(columns["eventName"]).items()))}))


def _below(value: Any, steps: list[str]) -> Any:
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    return value


if __name__ == "__main__":
    main()
