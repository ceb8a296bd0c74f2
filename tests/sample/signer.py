"""Signs digests with the sample-only key beside this file, and prints the public half as ListPublicKeys does."""

import hashlib
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

_KEY_FILE = Path(__file__).with_name("sample-only-key.pem")
_OLDER_KEY_FILE = Path(__file__).with_name("sample-only-older-key.pub.pem")


@cache
def _private_key() -> rsa.RSAPrivateKey:
    key = serialization.load_pem_private_key(_KEY_FILE.read_bytes(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key


def _der(public_key: Any) -> bytes:
    """PKCS#1 ``RSAPublicKey``."""
    return bytes(public_key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.PKCS1))


def fingerprint() -> str:
    """MD5 of the public key's DER bytes, in hex: how digests name their key."""
    return hashlib.md5(_der(_private_key().public_key())).hexdigest()


def sign(text: str) -> str:
    """RSA PKCS#1 v1.5 with SHA-256 over `text`, in hex."""
    return _private_key().sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()).hex()


def public_keys() -> dict[str, Any]:
    """What ``aws cloudtrail list-public-keys`` prints: the key in use, and an older one whose time overlaps."""
    older = serialization.load_pem_public_key(_OLDER_KEY_FILE.read_bytes())
    return {
        "PublicKeyList": [
            _entry(_der(older), "2025-02-04T18:20:11+00:00", "2025-03-06T18:20:11+00:00"),
            _entry(_der(_private_key().public_key()), "2025-03-01T18:20:11+00:00", "2025-03-31T18:20:11+00:00"),
        ]
    }


def _entry(der: bytes, start: str, end: str) -> dict[str, str]:
    return {
        "Value": b64encode(der).decode(),
        "ValidityStartTime": start,
        "ValidityEndTime": end,
        "Fingerprint": hashlib.md5(der).hexdigest(),
    }
