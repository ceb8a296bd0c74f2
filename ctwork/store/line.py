"""The cells of one page: a line per event, ready to be shown."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ctwork.model.column import ISSUE_COLUMN
from ctwork.model.shown import Line
from ctwork.store.frame import Frame
from ctwork.store.stamp import NO_TIME

_COLUMNS = (
    "principal",
    "session",
    "service",
    "eventName",
    "sourceIPAddress",
    "awsRegion",
    "account",
    "outcome",
    "errorCode",
    "verb",
)


def read_lines(frame: Frame, rows: NDArray[np.uint32], base: int = 0) -> Sequence[Line]:
    """One line per row of `rows`, numbered from `base`."""
    cells = [frame.texts(column, rows) for column in _COLUMNS]
    targets = frame.value_lists("resource", rows)
    times = frame.columns.time[rows].tolist()
    return [
        Line(
            row=base + row,
            time_ms=None if time == NO_TIME else time,
            principal=principal,
            session=session,
            service=service,
            event=event,
            target=resources[0] if resources else "",
            targets=len(resources),
            address=address,
            region=region,
            account=account,
            outcome=outcome,
            error=error,
            verb=verb,
            copies=frame.copy_counts.get(row, 1),
            conflict=row in frame.conflicts,
            issues=tuple(issues),
        )
        for row, time, resources, issues, (
            principal,
            session,
            service,
            event,
            address,
            region,
            account,
            outcome,
            error,
            verb,
        ) in zip(
            rows.tolist(), times, targets, frame.value_lists(ISSUE_COLUMN, rows), zip(*cells, strict=True), strict=True
        )
    ]
