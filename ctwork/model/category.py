"""The category of an event: as given, or inferred for records older than the field."""

from ctwork.model.verb import normalised_name
from ctwork.resources import toml_table


def category(
    event_category: str, event_type: str, management_event: bool | None, event_source: str, event_name: str
) -> str:
    """``Management``, ``Data``, ``Insight``, ``NetworkActivity``, ``Aggregated``, or whatever AWS wrote."""
    if event_category:
        return event_category
    table = toml_table("classify.toml")["category"]
    if by_type := table["type"].get(event_type):
        return str(by_type)
    if management_event is not None:
        return "Management" if management_event else "Data"
    data_events = table["data"].get(event_source.partition(".")[0].lower(), ())
    return "Data" if normalised_name(event_name) in data_events else "Management"
