"""The short name of an AWS service, from an event source."""

SUFFIXES = (".amazonaws.com", ".amazonaws.com.cn")


def service(event_source: str) -> str:
    """``s3.amazonaws.com`` -> ``s3``; what is no AWS service name stays as it is, in lower case."""
    name = event_source.lower()
    for suffix in SUFFIXES:
        if name.endswith(suffix):
            return name[: -len(suffix)] or name
    return name


def is_service_name(text: str) -> bool:
    """True for the DNS name of an AWS service, as ``cloudtrail.amazonaws.com``."""
    return text.endswith(SUFFIXES) and text not in SUFFIXES and " " not in text and "/" not in text
