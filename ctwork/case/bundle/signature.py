"""Signatures by OpenSSH: `ssh-keygen -Y` signs a tag manifest with a key that the investigator names, and verifies it.

No key is ever made, read or kept here: the program reads the key, or has an agent sign with it.
"""

import base64
import binascii
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ctwork.case.bundle.bag import NAMESPACE
from ctwork.errors import EnvironmentFailure, UsageError

_PROGRAM = "ssh-keygen"
_PATIENCE_S = 300
"""Somebody may have to type a passphrase or touch a token."""
_ARMOR = re.compile(rb"-----BEGIN SSH SIGNATURE-----\n([A-Za-z0-9+/=\n]+)\n-----END SSH SIGNATURE-----\n")
_KEY = re.compile(r"with (\S+) key (SHA256:[A-Za-z0-9+/]+)")


@dataclass(frozen=True, slots=True)
class Signing:
    """What came of looking at a signature."""

    state: str
    """``none``, ``good`` (by a signer whom the list names), ``unvouched`` (right, but nobody says whose the key is),
    ``bad``, or ``unchecked`` (the program is not here)."""
    key: str = ""
    """Kind and fingerprint."""
    signer: str = ""
    """As the list of signers calls him."""
    why: str = ""


def check_key(key: Path) -> None:
    """Raises UsageError or EnvironmentFailure when nothing could be signed with `key`: before hours of work."""
    if not key.is_file():
        raise UsageError(f"{key} is no key file", "name a private key, or a public one whose key an agent holds")
    if shutil.which(_PROGRAM) is None:
        raise EnvironmentFailure(f"{_PROGRAM} is not here", "install OpenSSH 8 or later, or leave --sign out")


def sign(content: bytes, key: Path) -> bytes:
    """The signature of `content`. Raises EnvironmentFailure."""
    done = _run(["sign", "-n", NAMESPACE, "-f", str(key)], content)
    if done.returncode or not _ARMOR.fullmatch(done.stdout):
        said = (done.stderr.decode("utf-8", "replace").strip().splitlines() or ["it said nothing"])[-1]
        raise EnvironmentFailure(f"{_PROGRAM} did not sign: {said}", "is the key there, or in the agent? `ssh-add -l`")
    return done.stdout


def verify(content: bytes, signature: bytes, signers: Path | None) -> Signing:
    """Whether `signature` is one of `content`, and of somebody in the file `signers` (ssh-keygen(1), ALLOWED SIGNERS).

    Raises UsageError when `signers` is no file.
    """
    if signers is not None and not signers.is_file():
        raise UsageError(f"{signers} is no list of signers", "a line is:  NAME ssh-ed25519 AAAA…")
    if not _is_armored(signature):
        return Signing("bad", why="the signature is not in the form that ssh-keygen writes")
    if shutil.which(_PROGRAM) is None:
        return Signing("unchecked", why=f"{_PROGRAM} is not here to verify the signature")
    with tempfile.NamedTemporaryFile(suffix=".sig") as file:
        file.write(signature)
        file.flush()
        right = _run(["check-novalidate", "-n", NAMESPACE, "-s", file.name], content)
        found = _KEY.search(right.stdout.decode("utf-8", "replace"))
        if right.returncode or found is None:
            return Signing("bad", why="the signature is not one of this tag manifest")
        key = f"{found[1]} {found[2]}"
        if signers is None:
            return Signing("unvouched", key)
        return _vouched(content, file.name, signers, key)


def _vouched(content: bytes, signature: str, signers: Path, key: str) -> Signing:
    named = _run(["find-principals", "-s", signature, "-f", str(signers)], content)
    for signer in named.stdout.decode("utf-8", "replace").splitlines():
        asked = ["verify", "-n", NAMESPACE, "-s", signature, "-f", str(signers), "-I", signer]
        if not _run(asked, content).returncode:
            return Signing("good", key, signer)
    return Signing("unvouched", key)


def _is_armored(signature: bytes) -> bool:
    """Whether it is exactly what the program writes: no byte beside it that nothing would be said about."""
    match = _ARMOR.fullmatch(signature)
    if match is None:
        return False
    lines = match[1].split(b"\n")
    try:
        blob = base64.b64decode(match[1], validate=False)
    except binascii.Error:
        return False
    wide = len(lines[0])
    plain = base64.b64encode(blob)
    return match[1] == b"\n".join(plain[at : at + wide] for at in range(0, len(plain), wide))


def _run(words: list[str], content: bytes) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(  # noqa: S603 - a fixed program, no shell
            [_PROGRAM, "-Y", *words], input=content, capture_output=True, timeout=_PATIENCE_S, check=False
        )
    except (OSError, subprocess.SubprocessError) as problem:
        raise EnvironmentFailure(f"{_PROGRAM} could not be run: {problem}", "is OpenSSH installed?") from problem
