"""Identities and resources interned by their raw bytes: each distinct one is read once in a worker's life."""

from operator import attrgetter
from typing import Any

import numpy as np
import orjson
from msgspec import Raw
from numpy.typing import NDArray

from ctwork.model.document import legal_text
from ctwork.model.identity import Identity, read_identity_raw
from ctwork.model.resource import declared, derive_raw
from ctwork.store.intern import Interner
from ctwork.store.wire import Rec, decoded

_IDENTITY_FIELDS = attrgetter(
    "principal",
    "session",
    "principal_type",
    "type",
    "arn",
    "account_id",
    "access_key_id",
    "user_name",
    "principal_id",
    "invoked_by",
    "issuer_arn",
    "created",
    "mfa",
    "source_identity",
)

_NEW, _BY_CONTEXT = -1, -2

Codes = NDArray[np.uint32]


class _Known(dict[bytes, int]):
    """Codes by raw bytes; an unknown value gets the mark `NEW` and is remembered as such until it is learnt."""

    def __missing__(self, raw: bytes) -> int:
        self[raw] = _NEW
        return _NEW

    def codes(self, recs: list[Rec], field: str) -> tuple[list[bytes], NDArray[np.int64]]:
        """The raw field of each record and its code, `NEW` for what has to be learnt."""
        raws = list(map(bytes, map(attrgetter(field), recs)))
        return raws, np.fromiter(map(self.__getitem__, raws), np.int64, len(raws))


class IdentityCodes:
    """Interns identities by their raw bytes; each distinct one is parsed once."""

    def __init__(self, rows: Interner[tuple[Any, ...]], limit: int) -> None:
        self._rows = rows
        self._limit = limit
        self._by_raw = _Known()
        self._by_context: dict[tuple[bytes, str, str, str], int] = {}
        self._accounts: dict[int, str] = {0: ""}

    def account(self, code: int) -> str:
        """The account of the identity behind `code`."""
        return self._accounts[code]

    def of(self, recs: list[Rec]) -> Codes:
        """A code per record."""
        if len(self._by_raw) + len(self._by_context) > self._limit:
            self._by_raw.clear()
            self._by_context.clear()
            self._accounts = {0: ""}
        raws, codes = self._by_raw.codes(recs, "userIdentity")
        for row in np.flatnonzero(codes < 0).tolist():
            raw, rec = raws[row], recs[row]
            code = self._by_raw[raw]
            if code == _NEW:
                code = self._by_raw[raw] = self._learn(raw, rec)
            codes[row] = self._in_context(raw, rec) if code == _BY_CONTEXT else code
        return codes.astype(np.uint32)

    def _learn(self, raw: bytes, rec: Rec) -> int:
        """The code of `raw`, or the mark that the record around it decides."""
        identity = _identity(raw, rec)
        return _BY_CONTEXT if identity.from_context else self._code(identity)

    def _in_context(self, raw: bytes, rec: Rec) -> int:
        key = (raw, rec.sourceIPAddress or "", rec.userAgent or "", rec.recipientAccountId or "")
        code = self._by_context.get(key)
        if code is None:
            code = self._by_context[key] = self._code(_identity(raw, rec))
        return code

    def _code(self, identity: Identity) -> int:
        code = self._rows[_IDENTITY_FIELDS(identity)]
        self._accounts[code] = identity.account
        return code


def _identity(raw: bytes, rec: Rec) -> Identity:
    return read_identity_raw(
        raw,
        address=rec.sourceIPAddress or "",
        agent=rec.userAgent or "",
        recipient=rec.recipientAccountId or "",
    )


class ResourceCodes:
    """Interns resource lists: declared ones by their raw bytes, derived ones by call and texts."""

    def __init__(self, rows: Interner[tuple[str, ...]], limit: int) -> None:
        self._rows = rows
        self._limit = limit
        self._by_raw = _Known()

    def of(
        self, recs: list[Rec], call: Codes, request: tuple[Codes, list[bytes]], response: tuple[Codes, list[bytes]]
    ) -> Codes:
        """A code per record."""
        if len(self._by_raw) > self._limit:
            self._by_raw.clear()
        raws, found = self._by_raw.codes(recs, "resources")
        for row in np.flatnonzero(found == _NEW).tolist():
            raw = raws[row]
            if self._by_raw[raw] == _NEW:
                self._by_raw[raw] = self._rows[_declared(raw)]
            found[row] = self._by_raw[raw]
        codes = found.astype(np.uint32)
        bare = np.flatnonzero((codes == 0) & ((request[0] != 0) | (response[0] != 0)))
        if bare.size:
            codes[bare] = self._derive(recs, bare, call, request, response)
        return codes

    def _derive(
        self,
        recs: list[Rec],
        bare: NDArray[np.intp],
        call: Codes,
        request: tuple[Codes, list[bytes]],
        response: tuple[Codes, list[bytes]],
    ) -> Codes:
        """Codes for the rows `bare`, working once per distinct (call, request, response)."""
        wide = request[0][bare].astype(np.uint64) * np.uint64(len(response[1]) + 1) + response[0][bare]
        keys = (call[bare].astype(np.uint64) << np.uint64(44)) ^ wide
        _, first, back = np.unique(keys, return_index=True, return_inverse=True)
        rows = bare[first]
        sent, answered = ([b"", *request[1]], [b"", *response[1]])
        lists = map(
            derive_raw,
            [recs[row].eventSource or "" for row in rows.tolist()],
            map(sent.__getitem__, request[0][rows].tolist()),
            map(answered.__getitem__, response[0][rows].tolist()),
        )
        return np.fromiter(map(self._rows.__getitem__, lists), np.uint32, len(rows))[back]


def _declared(raw: bytes) -> tuple[str, ...]:
    if not raw or raw == b"null":
        return ()
    try:
        return tuple(map(legal_text, declared(orjson.loads(raw))))
    except ValueError:
        return tuple(map(legal_text, declared(decoded(Raw(raw)))))
