"""Other values for accounts, addresses and names: the same one for the same value throughout a case, and none to go
back from.

A pseudonym comes from the value and a key that lies in the case folder and in no export or bundle: whoever has both
may tell what was meant, nobody else can, not by trying out all accounts either.
"""

import base64
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path

from ctwork.errors import CaseError
from ctwork.model.address import address_class, parse_address

_FILE = "pseudonyms.key"
_KEY_BYTES = 32
_PUBLIC_4, _PUBLIC_6 = IPv4Network("240.0.0.0/4"), IPv6Network("2001:db8::/32")
"""Reserved (RFC 1112) and for documentation (RFC 3849): they belong to nobody, and have room so that two addresses
never become one. The three documentation networks of IPv4 hold 768 between them."""
_PRIVATE_4, _OTHER_PRIVATE_4 = IPv4Network("100.64.0.0/10"), IPv4Network("10.0.0.0/8")
_PRIVATE_6 = IPv6Network("fd00::/8")
Spelling = Callable[[int], str]
"""How a large number becomes a pseudonym."""


def case_key(folder: Path) -> bytes:
    """The key of the case in `folder`, made by the first who asks. Raises CaseError."""
    path = folder / _FILE
    try:
        if not path.exists():
            partial = path.with_name(f".{_FILE}.{os.getpid()}.partial")
            handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
            with open(handle, "wb") as stream:
                stream.write(secrets.token_bytes(_KEY_BYTES))
                stream.flush()
                os.fsync(stream.fileno())
            try:
                path.hardlink_to(partial)  # of two who make one at the same time, the first one's stays
            except FileExistsError:
                pass
            finally:
                partial.unlink()
        key = path.read_bytes()
    except OSError as problem:
        raise CaseError(f"cannot keep the key of pseudonyms in {folder}: {problem.strerror}", "check it") from problem
    if len(key) != _KEY_BYTES:
        raise CaseError(f"{path} is no key", "move it away: a new one gives other pseudonyms")
    return key


class Pseudonyms:
    """The other values of one case."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._taken: dict[str, str] = {}

    def account(self, account: str) -> str:
        """Twelve digits for twelve digits, the first never 0, so that a number stays one."""
        return self._only("account", account, lambda number: str(10**11 + number % (9 * 10**11)))

    def access_key(self, key_id: str) -> str:
        """An access key id of the same kind and length, of the form that holds no account."""
        prefix, rest = key_id[:4], key_id[4:]
        return self._only("key", key_id, lambda number: prefix + "I" + _letters(number, len(rest) - 1))

    def unique_id(self, unique_id: str) -> str:
        """The id of a user or role, of the same kind and length."""
        return self._only("id", unique_id, lambda number: unique_id[:4] + _letters(number, len(unique_id) - 4))

    def name(self, name: str) -> str:
        """A name; an e-mail address stays one. Letter case does not matter."""
        tail = "@example.invalid" if "@" in name else ""
        return self._only("name", name.casefold(), lambda number: f"name-{_letters(number, 8).lower()}{tail}")

    def address(self, text: str) -> str:
        """An address of the same family and class; what names nobody (loopback, unspecified) and no address stays."""
        address, kind = parse_address(text), address_class(text)
        if address is None or kind in ("loopback", "other", "none"):
            return text
        network = _network(address, kind)
        room = network.num_addresses
        first = int(network.network_address)
        same = ip_address(address)  # one spelling
        return self._only("address", str(same), lambda number: str(type(same)(first + number % room)))

    def _only(self, kind: str, value: str, spell: Spelling) -> str:
        """The pseudonym of `value`, which no other value has."""
        turn = 0
        while True:
            said = f"{kind}\0{turn}\0{value}".encode("utf-8", "surrogatepass")
            number = int.from_bytes(hmac.new(self._key, said, hashlib.sha256).digest(), "big")
            found = spell(number)
            if self._taken.setdefault(found, f"{kind}\0{value}") == f"{kind}\0{value}":
                return found
            turn += 1


def _network(address: IPv4Address | IPv6Address, kind: str) -> IPv4Network | IPv6Network:
    if isinstance(address, IPv6Address):
        return _PRIVATE_6 if kind == "private" else _PUBLIC_6
    if kind != "private":
        return _PUBLIC_4
    # Never in the network it comes from, so that no pseudonym is the address of a neighbour.
    return _OTHER_PRIVATE_4 if address in _PRIVATE_4 else _PRIVATE_4


def _letters(number: int, count: int) -> str:
    letters = base64.b32encode(number.to_bytes(32, "big")).decode()
    return letters[:count] if count <= len(letters) else letters.ljust(count, "A")
