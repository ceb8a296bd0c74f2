"""What a case has read, as its journal tells it: which evidence, by its hashes, and not where it lay."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from ctwork.case.casebook import Casebook
from ctwork.model.entry import Entry
from ctwork.store.pointer import current_generation

if TYPE_CHECKING:
    from ctwork.store.store import Store


def note_load(book: Casebook, folder: Path, store: "Store", names: list[str]) -> Entry | None:
    """Writes down what the store in `folder` was read from; None when that has been told of this very store.

    The digest is the SHA-256 of the sorted hashes of all files, a line of lower-case hexadecimal each: the same for the
    same evidence, wherever it lies and whatever its files are called.
    """
    generation = current_generation(folder)
    told = last_load(book)
    if generation is None:
        return None
    # A store that was made again may have the name of the one before; one that was copied is still the same.
    noted = orjson.dumps(store.meta, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    name = f"{generation.name}-{hashlib.sha256(noted).hexdigest()[:16]}"
    if told is not None and told["store"] == name:
        return None
    counts, digest = store.summary(), evidence_digest(store)
    return book.note(
        "load",
        {
            "sources": names,
            "files": counts["files"]["seen"],
            "records": counts["records"]["read"],
            "unique": counts["records"]["unique"],
            "sha256": digest,
            "same": told is not None and told["sha256"] == digest,
            "store": name,
        },
    )


def last_load(book: Casebook) -> dict[str, Any] | None:
    """What the last load of the case was of; None before the first."""
    found = book.last("load")
    return None if found is None else found.payload


def evidence_digest(store: "Store") -> str:
    """What tells the evidence of a store from any other, by the bytes of its files alone."""
    hashes = sorted(each.hex() for each in store.frame.columns.files["carrier_sha256"].to_list() if each)
    return hashlib.sha256("".join(f"{each}\n" for each in hashes).encode("ascii")).hexdigest()
