"""The family of a user agent: which kind of program made the call."""

import re
from functools import cache, lru_cache

from ctwork.model.service import is_service_name
from ctwork.resources import toml_table


@lru_cache(maxsize=8192)
def agent_family(text: str) -> str:
    """The first family of the packaged table whose pattern is found in `text`, else ``service`` or ``other``.

    ``none`` for "". S3 writes its user agents in brackets; they are taken off. Letter case does not matter.
    """
    agent = text.strip().lower()
    if agent.startswith("[") and agent.endswith("]"):
        agent = agent[1:-1]
    if not agent:
        return "none"
    for family, pattern in _table():
        if pattern.search(agent):
            return family
    return "service" if is_service_name(agent) else "other"


def families() -> tuple[str, ...]:
    """Every value `agent_family` can give, in the table's order."""
    return (*dict.fromkeys(family for family, _ in _table()), "service", "other", "none")


@cache
def _table() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((row["name"], re.compile(row["pattern"])) for row in toml_table("agents.toml")["family"])
