"""The short name of an AWS service, from an event source."""

import re

_SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]*\.amazonaws\.com(?:\.cn)?", re.IGNORECASE | re.ASCII)


def service(event_source: str) -> str:
    """``s3.amazonaws.com`` -> ``s3``; what is no AWS service name stays as it is, in lower case."""
    name = event_source.lower()
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)] or name
    return name


def is_service_name(text: str) -> bool:
    """True for the DNS name of an AWS service, as ``cloudtrail.amazonaws.com``."""
    return _NAME.fullmatch(text) is not None
