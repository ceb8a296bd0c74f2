"""Worker side of a load: blobs become a `Part`. Nothing here imports polars."""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import Any

import numpy as np
from msgspec.structs import astuple
from numpy.typing import NDArray

from ctwork.model.document import legal_text, scalar_text
from ctwork.model.outcome import SIGN_IN_EVENTS, outcome, sign_in_result
from ctwork.sources.base import Blob, Bounds, Issue, IssueKind
from ctwork.store.early import early_records
from ctwork.store.intern import Fresh, Interner
from ctwork.store.known import IdentityCodes, ResourceCodes
from ctwork.store.part import OddRow, Part
from ctwork.store.reading import read_blob
from ctwork.store.stamp import hashed_id, read_ids, read_times
from ctwork.store.typed import Reading
from ctwork.store.wire import Rec, Transfer, decoded

_call = attrgetter("eventSource", "eventName", "readOnly", "managementEvent", "eventType", "eventCategory", "errorCode")
_place = attrgetter("awsRegion", "recipientAccountId", "eventVersion", "vpcEndpointId")
_NO_CALL = (None,) * 7
_NO_PLACE = (None,) * 4
_INSIGHT_FIELDS = ("eventName", "eventSource", "errorCode")

Codes = NDArray[np.uint32]


class Parser:
    """One worker's session: interners live as long as the worker, parts come out one by one."""

    def __init__(self, session: str, bounds: Bounds, *, limit: int = 100_000) -> None:
        self._session = session
        self._bounds = bounds
        self._number = 0
        self._call: Interner[tuple[Any, ...]] = Interner(_NO_CALL, limit=limit)
        self._place: Interner[tuple[Any, ...]] = Interner(_NO_PLACE, limit=limit)
        self._address: Interner[str | None] = Interner(None, "", limit=limit)
        self._agent: Interner[str | None] = Interner(None, "", limit=limit)
        self._message: Interner[str | None] = Interner(None, "", limit=limit)
        self._transfer: Interner[Transfer | None] = Interner(None, Transfer(), limit=limit)
        self._identity: Interner[tuple[Any, ...]] = Interner(("",) * 14, limit=limit)
        self._identity_codes = IdentityCodes(self._identity, limit)
        self._resource: Interner[tuple[str, ...]] = Interner((), limit=limit)
        self._resource_codes = ResourceCodes(self._resource, limit)

    def parse(self, blobs: Iterable[Blob]) -> Iterator[Part]:
        """Read `blobs`, one after the other, into the session's next part; a large table goes on in further ones."""
        readings: list[Reading] = []
        for reading in chain.from_iterable(read_blob(blob, self._bounds) for blob in blobs):
            readings.append(reading)
            if reading.goes_on:
                yield self._part(readings)
                readings = []
        yield self._part(readings)

    def _part(self, readings: list[Reading]) -> Part:
        part = self._made(readings)
        self._number += 1
        return part

    def _made(self, readings: list[Reading]) -> Part:
        recs = [rec for reading in readings for rec in reading.records]
        counts = [len(reading.records) for reading in readings]
        issues = [issue for reading in readings for issue in reading.issues]
        n = len(recs)
        request, request_texts = _intern_texts(recs, "requestParameters")
        response, response_texts = _intern_texts(recs, "responseElements")
        message = _codes(self._message, map(attrgetter("errorMessage"), recs), n)
        call = self._call_codes(recs, message)
        address = _codes(self._address, map(attrgetter("sourceIPAddress"), recs), n)
        arrays: dict[str, NDArray[Any]] = {
            "file": np.repeat(np.arange(len(counts), dtype=np.uint32), counts),
            "index": _positions(readings),
            "call": call,
            "address": address,
            "agent": _codes(self._agent, map(attrgetter("userAgent"), recs), n),
            "message": message,
            "transfer": _codes(self._transfer, map(attrgetter("additionalEventData"), recs), n),
            "identity": self._identity_codes.of(recs),
            "resource": self._resource_codes.of(recs, call, (request, request_texts), (response, response_texts)),
            "request": request,
            "response": response,
        }
        arrays["place"] = self._place_codes(recs, arrays["identity"])
        arrays["time"], arrays["id"], odd = _stamps(recs, readings, arrays, issues)
        return Part(
            session=self._session,
            number=self._number,
            files=[reading.file for reading in readings],
            issues=issues,
            odd=odd,
            fresh={
                "call": self._call.ship(),
                "place": self._place.ship(),
                "address": self._address.ship(),
                "agent": self._agent.ship(),
                "message": self._message.ship(),
                "transfer": _as_tuples(self._transfer.ship()),
                "identity": self._identity.ship(),
                "resource": self._resource.ship(),
            },
            arrays=arrays,
            texts={"request": request_texts, "response": response_texts},
            goes_on=bool(readings) and readings[-1].goes_on,
            early=() if self._number else early_records(readings),
        )

    def _call_codes(self, recs: list[Rec], message: Codes) -> Codes:
        """Codes of the call axis; a record whose outcome its error code alone cannot tell gets the outcome appended."""
        codes = _codes(self._call, map(_call, recs), len(recs))
        special = set(_matching(self._call, codes, lambda key: not key[1] or key[1] in SIGN_IN_EVENTS).tolist())
        for row in sorted(special.union(np.flatnonzero(message).tolist())):
            rec = recs[row]
            if not rec.eventName:
                _lift_insight(rec)
            if not rec.errorCode or rec.eventName in SIGN_IN_EVENTS:
                verdict = outcome(
                    rec.eventName or "", rec.errorCode or "", rec.errorMessage or "", _sign_in_result(rec)
                )
                codes[row] = self._call[(*_call(rec), verdict)]
            elif row in special:
                codes[row] = self._call[_call(rec)]
        return codes

    def _place_codes(self, recs: list[Rec], identity: Codes) -> Codes:
        """Codes of the place axis; without a recipient the account comes from the identity."""
        codes = _codes(self._place, map(_place, recs), len(recs))
        for row in _matching(self._place, codes, lambda key: not key[1]).tolist():
            account = self._identity_codes.account(int(identity[row]))
            codes[row] = self._place[(*_place(recs[row]), account)]
        return codes


def _as_tuples(fresh: Fresh[Transfer | None]) -> Fresh[tuple[Any, ...]]:
    return Fresh(fresh.first, [astuple(value) for value in fresh.values if value is not None])


def _codes(interner: Interner[Any], values: Iterator[Any], n: int) -> Codes:
    return np.fromiter(map(interner.__getitem__, values), np.uint32, n)


def _matching(interner: Interner[Any], codes: Codes, wanted: Callable[[Any], bool]) -> NDArray[np.intp]:
    """Rows whose interned tuple is `wanted`."""
    special = [code for key, code in interner.items() if wanted(key)]
    return np.flatnonzero(np.isin(codes, special)) if special else np.empty(0, np.intp)


def _intern_texts(recs: list[Rec], field: str) -> tuple[Codes, list[bytes]]:
    """A ref per record (0 = absent) and the distinct texts in order of first use."""
    interner: Interner[bytes] = Interner(b"", b"null")
    refs = _codes(interner, map(bytes, map(attrgetter(field), recs)), len(recs))
    return refs, interner.ship().values


def _positions(readings: list[Reading]) -> Codes:
    """Each record's index in its file."""
    return np.concatenate(
        [np.empty(0, np.uint32)]
        + [
            np.arange(len(reading.records), dtype=np.uint32)
            if reading.indices is None
            else np.array(reading.indices, np.uint32)
            for reading in readings
        ]
    )


def _sign_in_result(rec: Rec) -> str:
    if rec.eventName not in SIGN_IN_EVENTS:
        return ""
    return sign_in_result(rec.eventName or "", decoded(rec.responseElements), decoded(rec.serviceEventDetails))


def _lift_insight(rec: Rec) -> None:
    """Insight events name their call inside `insightDetails`."""
    details = decoded(rec.insightDetails)
    if not isinstance(details, dict):
        return
    for field in _INSIGHT_FIELDS:
        if not getattr(rec, field):
            setattr(rec, field, legal_text(scalar_text(details.get(field))) or None)


def _stamps(
    recs: list[Rec], readings: list[Reading], arrays: dict[str, NDArray[Any]], issues: list[Issue]
) -> tuple[NDArray[np.int64], NDArray[np.uint64], list[OddRow]]:
    """Times, ids and the odd rows; each missing id or unreadable time becomes an issue."""
    time, odd_times = read_times(list(map(attrgetter("eventTime"), recs)))
    ids, odd_ids = read_ids(list(map(attrgetter("eventID"), recs)))
    limit = np.iinfo(np.int64).max
    for row in sorted({*odd_times, *odd_ids}):
        reading, index = readings[int(arrays["file"][row])], int(arrays["index"][row])
        if time[row] == limit:
            issues.append(_row_issue(reading, index, IssueKind.BAD_EVENT_TIME, f"eventTime is {recs[row].eventTime!r}"))
        if not recs[row].eventID:
            issues.append(_row_issue(reading, index, IssueKind.MISSING_ID, "the record has no eventID"))
            ids[row] = hashed_id(b"raw", reading.raw(index))
    odd = [OddRow(row, recs[row].eventID, recs[row].eventTime) for row in sorted({*odd_times, *odd_ids})]
    return time, ids, odd


def _row_issue(reading: Reading, index: int, kind: IssueKind, message: str) -> Issue:
    issue = Issue(reading.file.name, kind, message, index=index)
    reading.file.doubt([issue])
    return issue
