"""What Logstash, Filebeat and Elasticsearch make of records."""

import re
from collections.abc import Iterator
from typing import Any

from ctwork.resources import toml_table
from ctwork.sources.base import IssueKind
from ctwork.sources.formats.carried import take_text
from ctwork.sources.formats.document import (
    Envelope,
    inner_at,
    is_record,
    placed_at,
    take_documents,
    value_span,
    values_of,
)
from ctwork.sources.formats.mapping import first_wins, flattened, mapped
from ctwork.sources.formats.member import event_time
from ctwork.sources.formats.rebuild import take_rebuilt
from ctwork.sources.harvest import DERIVED, Harvest
from ctwork.sources.jsonhead import Head

_PLAIN_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ").fullmatch


class LogstashItem:
    """A record that lost its ``eventTime`` to ``@timestamp``: it gets it back, every other byte stays."""

    name = "logstash"

    def claims(self, data: bytes, head: Head) -> bool:
        return head.has("@timestamp", "eventName", "eventSource") and not head.has("eventTime") and is_record(head)

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        span, record = (head.start, head.end), data[head.start : head.end]
        time = event_time(head.text("@timestamp"))
        if not _PLAIN_TIME(time):
            harvest.take(record, *span)
            harvest.tell(IssueKind.BAD_EVENT_TIME, "Its @timestamp cannot be read as a time.", span)
            return
        harvest.take(b'{"eventTime":"%s",%s' % (time.encode(), record[1:].lstrip()), *span, DERIVED)


class EcsItem(Envelope):
    """A Filebeat document: ``event.original`` when it is there, else what its fields still say."""

    name = "filebeat"

    def claims(self, data: bytes, head: Head) -> bool:
        keys = head.keys or {}
        if any(key.startswith("aws.cloudtrail") for key in keys) or inner_at(head, "aws", "cloudtrail"):
            return True
        event = inner_at(head, "event")
        original = event.text("original") if event else head.text("event.original")
        return '"eventName"' in original and '"eventSource"' in original

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        values, span = flattened(values_of(data, head)), (head.start, head.end)
        original = values.get("event.original")
        if isinstance(original, str) and take_text(original.encode("utf-8", "replace"), span, harvest, self._sniff):
            return
        take_ecs(values, span, harvest)


def take_ecs(values: dict[str, Any], span: tuple[int, int], harvest: Harvest) -> None:
    """Takes the record that the dotted fields of a document describe."""
    if not take_rebuilt(first_wins(_ecs_values(values)), span, harvest):
        harvest.tell(IssueKind.SYNTAX, "A document of Filebeat that names no event.", span)


def _ecs_values(values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    table = toml_table("mapping.toml")["ecs"]
    yield from mapped(values, table["fields"])
    for source, target in table["flattened"].items():
        prefix = source + "."
        for key, value in values.items():
            if key.startswith(prefix):
                yield target + "." + key.removeprefix(prefix), value
    yield from mapped(values, table["text"])


class Hits(Envelope):
    """``{"hits": {"hits": [...]}}``: the answer to a search."""

    name = "elasticsearch"

    def claims(self, data: bytes, head: Head) -> bool:
        hits = inner_at(head, "hits")
        return hits is not None and hits.list_of("hits") is not None

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        hits = placed_at(data, head, "hits")
        if hits is not None:
            take_documents(data, value_span(data, hits, "hits")[0], harvest, self._sniff)
