"""Ids of keys and principals of the right form: the account can be computed back from them."""

from base64 import b32encode

from .clock import american
from .dice import BASE32, BASE64, Dice


def encoded_account(dice: Dice, account: str) -> str:
    """16 base32 characters whose first six bytes hold ``1 | account (40 bits) | 7 random bits``."""
    head = (1 << 47) | (int(account) << 7) | dice.between(0, 127)
    tail = bytes(dice.between(0, 255) for _ in range(4))
    return b32encode(head.to_bytes(6) + tail).decode()


def key_id(dice: Dice, kind: str, account: str) -> str:
    """An access key id: ``AKIA`` (long-term) or ``ASIA`` (temporary) and 16 characters."""
    return kind + encoded_account(dice, account)


def unique_id(kind: str, account: str, name: str) -> str:
    """The id behind a name (``AIDA`` user, ``AROA`` role, ``ANPA`` policy): 21 characters, the same on every call."""
    dice = Dice(f"unique-id/{kind}/{account}/{name}")
    return kind + encoded_account(dice, account) + dice.pick(BASE32)


def credentials(dice: Dice, key: str, expires: int) -> dict[str, str]:
    """The ``responseElements.credentials`` of an STS answer. The token is noise: it opens nothing."""
    return {
        "accessKeyId": key,
        "sessionToken": "IQoJb3JpZ2luX2VjE" + dice.text(BASE64, 149) + "==",
        "expiration": american(expires),
    }
