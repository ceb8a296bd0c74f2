"""OCSF as Security Lake makes it of CloudTrail: mapped back as far as the schema allows (facts: formats 5.2)."""

from collections.abc import Iterator
from typing import Any

from ctwork.resources import toml_table
from ctwork.sources.base import IssueKind
from ctwork.sources.formats.document import Span, inner_at, values_of
from ctwork.sources.formats.mapping import first_wins, flattened, mapped
from ctwork.sources.formats.rebuild import take_rebuilt
from ctwork.sources.harvest import Harvest
from ctwork.sources.jsonhead import Head

_PRODUCT = "metadata.product.name"


class OcsfItem:
    """One OCSF event whose product is CloudTrail."""

    name = "ocsf"

    def claims(self, data: bytes, head: Head) -> bool:
        if not head.has("class_uid", "metadata"):
            return False
        product = inner_at(head, "metadata", "product")
        return product is not None and product.text("name").lower() == "cloudtrail"

    def records(self, data: bytes, head: Head, harvest: Harvest) -> None:
        take_ocsf(values_of(data, head), (head.start, head.end), harvest)


def take_ocsf(event: dict[str, Any], span: Span, harvest: Harvest) -> None:
    """Takes the record that an OCSF event describes; tells of an event of another product."""
    values = flattened(event)
    product = str(values.get(_PRODUCT, ""))
    if product.lower() != "cloudtrail":
        harvest.tell(IssueKind.NOT_CLOUDTRAIL, f"An OCSF event of {product or 'no product'}, not of CloudTrail.", span)
        return
    if not take_rebuilt(first_wins(_record_values(event, values)), span, harvest):
        harvest.tell(IssueKind.SYNTAX, "An OCSF event that names no CloudTrail event.", span)


def _record_values(event: dict[str, Any], values: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    table = toml_table("mapping.toml")["ocsf"]
    for target, value in mapped(values, table["fields"]):
        if target == "eventCategory":
            yield target, table["categories"].get(str(value), value)
        elif target == "userIdentity.arn" and not str(value).startswith("arn:"):
            yield "userIdentity.principalId", value
        else:
            yield target, value
    for side, target in (("request", "requestParameters"), ("response", "responseElements")):
        data = _at(event, "api", side, "data")
        if isinstance(data, dict):
            yield target, data
    if isinstance(resources := event.get("resources"), list):
        yield "resources", [_resource(item) for item in resources if isinstance(item, dict)]
    yield from _unmapped(event.get("unmapped"))


def _at(node: Any, *path: str) -> Any:
    for key in path:
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _resource(item: dict[str, Any]) -> dict[str, Any]:
    account = _at(item, "owner", "account", "uid") or item.get("account_uid")
    return {"ARN": item.get("uid"), "accountId": account, "type": item.get("type")}


def _unmapped(value: Any) -> Iterator[tuple[str, Any]]:
    """What the mapping had no place for: dotted paths of the record, as an object or as a map of a columnar file."""
    if isinstance(value, list):
        for item in value:
            if isinstance(item, dict) and isinstance(item.get("key"), str):
                yield item["key"], item.get("value")
            elif isinstance(item, list | tuple) and len(item) == 2:
                yield str(item[0]), item[1]
    elif isinstance(value, dict):
        yield from flattened(value).items()
