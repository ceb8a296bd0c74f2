"""One visit to an account: who asks, in which regions, its event history, its state, and the marks that this leaves."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from ctwork.errors import EnvironmentFailure
from ctwork.sources.access import Access
from ctwork.sources.aws.answer import append
from ctwork.sources.aws.door import Caller, Door
from ctwork.sources.aws.footprint import Footprint
from ctwork.sources.aws.history import Wanted, enabled_regions, fetch_history
from ctwork.sources.aws.refusal import refused
from ctwork.sources.aws.state import save_state
from ctwork.sources.base import Blob, Issue
from ctwork.sources.layout import PathFilter

REQUESTS = "requests.jsonl"
STATE = "state"


class Visit:
    """Asks one account through one door."""

    def __init__(self, access: Access, root: Path, admits: PathFilter) -> None:
        """Asks who the caller is. Raises UsageError for a profile that does not exist."""
        self._root = root
        self._admits = admits
        self._door = Door(access)
        self.problem = ""
        """Why nothing can be asked; "" when it can."""
        self.hint = ""
        """What must be done about it."""
        self._caller = self._ask_caller()

    @property
    def account(self) -> str:
        """Twelve digits; "" when nothing can be asked."""
        return self._caller.account

    def _ask_caller(self) -> Caller:
        try:
            self._door.keys()
        except EnvironmentFailure as failure:
            self.problem, self.hint = failure.title, failure.hint
            return Caller()
        caller = self._door.caller()
        if not caller.account:
            refusal = refused("sts", "GetCallerIdentity", caller.code, caller.problem)
            self.problem, self.hint = refusal.code, refusal.hint or refusal.message
        return caller

    def fetch(self, regions: tuple[str, ...], stopped: Callable[[], bool]) -> Iterator[Blob | Issue]:
        """What is new in `regions`, or in all that the account uses; then its state is saved."""
        admits = self._admits
        if admits.accounts and self.account not in admits.accounts:
            return
        if not regions and admits.regions:
            regions = tuple(sorted(admits.regions))
        elif not regions:
            regions, issue = enabled_regions(self._door, self.account)
            if issue is not None:
                yield issue
        regions = tuple(region for region in regions if not admits.regions or region in admits.regions)
        wanted = Wanted(self._root, self.account, regions, admits.since_s, admits.until_s)
        state, any_new = self._root / self.account / STATE, False
        for item in fetch_history(self._door, wanted, stopped):
            any_new = any_new or isinstance(item, Blob)
            yield item
        if any_new or not state.is_dir():
            save_state(self._door, state, regions, _span(wanted), stopped=stopped)

    def leave(self) -> Footprint:
        """What was asked, which is noted beside the answers."""
        footprint = Footprint.of(self._caller.arn, self._door.agent, self._door.gate)
        append(self._root / REQUESTS, footprint.as_line())
        return footprint


def _span(wanted: Wanted) -> tuple[datetime, datetime]:
    first, last = wanted.stretch(int(time.time()))
    return datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC)
