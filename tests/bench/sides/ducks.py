"""DuckDB as a loader: `read_json` with every column spelled out, to Parquet.

    python -m tests.bench.sides.ducks CORPUS WORKERS FILE

Tuned as well as it would go: explicit types (inference fails on real trails, whose keys may differ in case only), no
insertion order, objects as large as the largest trail file.
"""

import json
import sys

import duckdb

from tests.bench.columns import DOCUMENTS, IDENTITY, PLAIN

VERSION = "1.5.6"
"""2.0.0 reads many small compressed files five to eight times slower: not the peer to be measured against."""
_LARGEST_OBJECT = 32 << 20


def main() -> None:
    """Load the corpus into a Parquet file."""
    corpus, workers, target = sys.argv[1:4]
    if duckdb.__version__ != VERSION:
        sys.exit(f"DuckDB {VERSION} is the peer, this is {duckdb.__version__}")
    database = duckdb.connect()
    database.execute(f"SET threads = {int(workers)}")
    database.execute("SET preserve_insertion_order = false")
    (rows,) = database.execute(statement(corpus, target)).fetchall()[0]
    print(json.dumps({"rows": rows}))


def statement(corpus: str, target: str) -> str:
    """The whole load in one statement."""
    plain = ", ".join(f'"{name}" VARCHAR' for name in PLAIN)
    documents = ", ".join(f'"{name}" JSON' for name in DOCUMENTS)
    record = f"STRUCT({plain}, {documents}, userIdentity {_structure(IDENTITY)})"
    columns = [f'r."{name}"' for name in (*PLAIN, *DOCUMENTS)]
    columns += [f'r.userIdentity.{_quoted(name)} AS "userIdentity.{name}"' for name in IDENTITY]
    files = f"{corpus}/**/*.json.gz".replace("'", "''")
    source = (
        f"read_json('{files}', columns = {{'Records': '{record}[]'}}, format = 'unstructured', "
        f"compression = 'gzip', maximum_object_size = {_LARGEST_OBJECT})"
    )
    target = target.replace("'", "''")
    return (
        f"COPY (SELECT {', '.join(columns)} FROM (SELECT unnest(Records) AS r FROM {source}) AS record) "
        f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)"
    )


def _structure(paths: tuple[str, ...]) -> str:
    """The STRUCT type that holds all dotted `paths` as text."""
    below: dict[str, list[str]] = {}
    for path in paths:
        head, _, rest = path.partition(".")
        below.setdefault(head, []).extend([rest] if rest else [])
    fields = (f'"{head}" {_structure(tuple(rest)) if rest else "VARCHAR"}' for head, rest in below.items())
    return f"STRUCT({', '.join(fields)})"


def _quoted(path: str) -> str:
    return ".".join(f'"{step}"' for step in path.split("."))


if __name__ == "__main__":
    main()
