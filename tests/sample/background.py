"""Everything that happens anyway."""

from collections.abc import Callable

from .insight import write_insights
from .ledger import Ledger
from .network import write_network
from .oddity import write_oddities
from .office import write_office
from .pipeline import write_pipelines
from .record import Record
from .service import write_services
from .workload import write_workloads

_WRITERS: tuple[Callable[[Ledger], None], ...] = (
    write_services,
    write_workloads,
    write_pipelines,
    write_office,
    write_oddities,
    write_network,
    write_insights,
)


def write_background() -> list[Record]:
    """The records of every background scenario."""
    records: list[Record] = []
    for writer in _WRITERS:
        ledger = Ledger(writer.__name__)
        writer(ledger)
        records += ledger.records
    return records
