"""The floor under every loader: read, hash and inflate the same files, and nothing else.

    python -m tests.bench.sides.floor CORPUS WORKERS [carrier]

With ``carrier`` only the stored bytes are hashed, not the inflated ones.
"""

import hashlib
import json
import os
import sys
from collections.abc import Sequence

import deflate


def work(paths: Sequence[str], *, inflated_too: bool) -> int:
    """Inflated bytes of all `paths`."""
    total = 0
    for path in paths:
        with open(path, "rb", buffering=0) as file:
            carrier = file.read()
        hashlib.sha256(carrier).digest()
        data = deflate.gzip_decompress(carrier)
        if inflated_too:
            hashlib.sha256(data).digest()
        total += len(data)
    return total


def main() -> None:
    """Share the files among forked processes and wait for them."""
    corpus, workers, inflated_too = sys.argv[1], int(sys.argv[2]), sys.argv[3:] != ["carrier"]
    paths = [f"{folder}/{name}" for folder, _, names in os.walk(corpus) for name in names if name.endswith(".json.gz")]
    children = []
    for number in range(workers):
        source, sink = os.pipe()
        if not os.fork():
            os.write(sink, str(work(paths[number::workers], inflated_too=inflated_too)).encode())
            os._exit(0)
        os.close(sink)
        children.append(source)
    total = sum(int(os.read(source, 32)) for source in children)
    for _ in children:
        os.wait()
    print(json.dumps({"files": len(paths), "inflated": total, "stored": sum(map(os.path.getsize, paths))}))


if __name__ == "__main__":
    main()
