"""The README of the sample archive: the exercise first, the answers last, the numbers from the ground truth."""

from pathlib import Path
from typing import Any

_TEMPLATE = Path(__file__).with_name("readme.template.md")


def write_readme(truth: dict[str, Any]) -> str:
    """Fill the template. Its fields are names in double braces."""
    text = _TEMPLATE.read_text(encoding="utf-8")
    for name, value in _fields(truth).items():
        text = text.replace("{{" + name + "}}", value)
    return text


def _fields(truth: dict[str, Any]) -> dict[str, str]:
    records, files, tampering = truth["records"], truth["files"], truth["tampering"]
    intrusion = truth["intrusion"]
    return {
        "read": f"{records['read']:,}",
        "unique": f"{records['unique']:,}",
        "copies": f"{records['copies']:,}",
        "conflicts": str(records["conflicts"]),
        "event_ids": f"{records['event_ids']:,}",
        "log_files": f"{files['log_files']:,}",
        "digests": f"{files['digests']:,}",
        "sidecars": str(files["digest_sidecars"]),
        "leaked_key": intrusion["keys"]["leaked"]["key"],
        "created_key": intrusion["keys"]["created"]["key"],
        "deleted": tampering["deleted_log"].rpartition("/")[2],
        "edited": tampering["edited_log"].rpartition("/")[2],
        "lost": str(len(tampering["lost_with_it"])),
        "steps": "\n".join(map(_step, intrusion["timeline"])),
        "chain": "\n".join(map(_hop, intrusion["role_chain"])),
        "taken": "\n".join(
            f"| `{bucket}` | {taken['objects']} | {taken['bytes']:,} |"
            for bucket, taken in intrusion["bytes_read_by_bucket"].items()
        ),
        "left": "\n".join(f"- {item}" for item in intrusion["left_behind"]),
        "named": str(truth["integrity"]["witnesses"]["named"]),
    }


def _step(step: dict[str, Any]) -> str:
    ids = step["event_ids"]
    shown = ", ".join(f"`{event_id}`" for event_id in ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")
    day, clock = step["start"][5:10], step["start"][11:19]
    return f"| {step['step']} | {day} {clock} | {step['what']} | {shown} |"


def _hop(hop: dict[str, Any]) -> str:
    by_key = f"`{hop['by_key']}`" if hop["by_key"] else "not in any log here"
    who = hop["principal"].partition("iam::")[2]
    cells = (str(hop["depth"]), hop["time"][5:19].replace("T", " "), hop["event"], by_key, f"`{hop['issued_key']}`")
    return f"| {' | '.join(cells)} | `{who}` |"
