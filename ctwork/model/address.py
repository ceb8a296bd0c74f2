"""What kind of origin a sourceIPAddress names, and whether it lies in a network."""

import re
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from ctwork.model.service import is_service_name

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_INTERNAL = re.compile(r"AWS Internal(?:/\d+)?", re.ASCII | re.IGNORECASE)
_QUAD = re.compile(r"(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(/\d{1,3})?", re.ASCII)

# The standard library's is_private also covers documentation and benchmark ranges, which in anonymised evidence stand
# for real outside addresses. Private here means: nobody outside can have it (RFC 1918, 3927, 4193, 4291, 6598).
_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "169.254.0.0/16",
        "100.64.0.0/10",
        "fc00::/7",
        "fe80::/10",
    )
)


def address_class(text: str) -> str:
    """``public``, ``private``, ``loopback``, ``internal``, ``service``, ``masked``, ``other``, or ``none`` for "".

    ``masked`` is a dotted quad that is no address: leading zeros, parts above 255, a prefix length.
    The unspecified address (``0.0.0.0``, ``::``) belongs to nobody and is ``other``.
    """
    if not text:
        return "none"
    address = _strict(text)
    if address is not None:
        return _reach(address)
    if _INTERNAL.fullmatch(text):
        return "internal"
    if is_service_name(text.lower()):
        return "service"
    return "masked" if _QUAD.fullmatch(text) else "other"


def in_network(value: str, network: str) -> bool:
    """True when the address `value` lies in `network` (CIDR or one address). Never raises: nonsense is in no network.

    A masked quad is matched after its leading zeros are dropped, so ``253.252.51.07`` is in ``253.252.51.0/24``.
    """
    wanted = parse_network(network)
    address = parse_address(value)
    return wanted is not None and address is not None and address.version == wanted.version and address in wanted


@lru_cache(maxsize=1024)
def parse_network(text: str) -> Network | None:
    """A CIDR block (host bits are ignored) or a single address; None when `text` is neither."""
    if not text[:1].strip():
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def parse_address(text: str) -> Address | None:
    """The address in `text`, leading zeros of a quad forgiven; None when there is none."""
    address = _strict(text)
    if address is None and (quad := _QUAD.fullmatch(text)) and quad[5] is None:
        address = _strict(".".join(str(int(part)) for part in quad.groups()[:4]))
    return address


def _strict(text: str) -> Address | None:
    if "." not in text and ":" not in text:
        return None
    try:
        return ip_address(text)
    except ValueError:
        return None


def _reach(address: Address) -> str:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_loopback:
        return "loopback"
    if address.is_unspecified:
        return "other"
    private = any(address.version == network.version and address in network for network in _PRIVATE)
    return "private" if private else "public"
