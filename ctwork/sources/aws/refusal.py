"""Why an API other than S3's gave no answer: its code, its words, and what must be done."""

from dataclasses import dataclass
from functools import cache

from botocore.exceptions import ClientError

from ctwork.resources import toml_table
from ctwork.sources.aws.door import code_of
from ctwork.sources.aws.permit import reads


@dataclass(frozen=True, slots=True)
class Refusal:
    """One call that gave nothing."""

    operation: str
    """``service:Operation``."""
    code: str
    """As AWS or its library names it."""
    message: str
    """Their own words. May hold hostile text."""
    hint: str
    """What must be done, in a sentence; "" when nothing is known."""
    kind: str
    """The code that `code` stands for in the table of hints: ``Throttling`` for all of its names."""

    def __str__(self) -> str:
        return f"{self.operation} was refused: {self.code}. {self.hint or self.message}".rstrip(". ") + "."


@cache
def _kinds() -> dict[str, str]:
    codes = toml_table("aws.toml")["api_codes"].items()
    return {code: kind for kind, names in codes for code in names}


def refusal_of(service: str, operation: str, problem: Exception) -> Refusal:
    """What `problem`, raised by a call, says."""
    said = problem.response.get("Error", {}) if isinstance(problem, ClientError) else {}
    return refused(service, operation, code_of(problem), str(said.get("Message") or problem))


def refused(service: str, operation: str, code: str, message: str = "") -> Refusal:
    """The refusal with `code`."""
    kind = _kinds().get(code, code)
    action = reads().get((service, operation)) or f"{service}:{operation}"
    hint: str = toml_table("aws.toml")["api_hints"].get(kind, "").format(action=action)
    return Refusal(f"{service}:{operation}", code, message, hint, kind)
