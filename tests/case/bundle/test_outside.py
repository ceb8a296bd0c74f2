"""Tools that know nothing of ctwork agree: coreutils, OpenSSH, jq, a BagIt library."""

import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from case.bundle.conftest import Made
from case.bundle.parcel import check, export, new_key, reseal
from ctwork.case.bundle import bag
from ctwork.errors import EnvironmentFailure, UsageError


def _tool(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not here")
    return found


def _shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([_tool("bash"), "-c", script], cwd=folder, capture_output=True, text=True, timeout=60)


def test_sha256sum_agrees(made: Made) -> None:
    _tool("sha256sum")
    for name in (bag.TAGS, bag.MANIFEST):
        done = _shell(f"sha256sum --check --strict --quiet {name}", made.folder)
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_bagit_library_agrees(made: Made, tmp_path: Path) -> None:
    validate = [sys.executable, "-W", "ignore", "-m", "bagit", "--validate", "--quiet"]
    assert subprocess.run([*validate, str(made.folder)], capture_output=True, timeout=60).returncode == 0
    copy = tmp_path / "copy"
    shutil.copytree(made.folder, copy)
    (copy / bag.MARKS).write_text("{}")
    assert subprocess.run([*validate, str(copy)], capture_output=True, timeout=60).returncode != 0


def test_every_event_is_found_by_hand(made: Made) -> None:
    raw = (made.folder / bag.RAW).read_bytes()
    for line in (made.folder / bag.INDEX).read_text().splitlines():
        row = json.loads(line)
        event = raw[row["offset"] : row["offset"] + row["length"]]
        assert hashlib.sha256(event).hexdigest() == row["sha256"]
        assert json.loads(event)


def test_the_recipe_in_the_bundle_walks_the_journal(made: Made, tmp_path: Path) -> None:
    _tool("jq")
    text = (made.folder / bag.README).read_text()
    recipe = text.partition("4. The journal.")[2].partition("Its last hash")[0]
    script = "\n".join(line for line in recipe.splitlines() if line.startswith("     "))
    assert "every line is as it was written" in script
    done = _shell(script, made.folder)
    assert done.stdout.splitlines() == ["every line is as it was written", "none was taken out, added or moved"], done
    copy = tmp_path / "copy"
    shutil.copytree(made.folder, copy)
    journal = copy / bag.JOURNAL
    journal.write_text(re.sub('"severity":"critical"', '"severity":"low"', journal.read_text(), count=1))
    assert "every line is" not in _shell(script, copy).stdout


def test_a_signature_says_who(made: Made, tmp_path: Path) -> None:
    _tool("ssh-keygen")
    key = new_key(tmp_path)
    signers = tmp_path / "signers"
    signers.write_text("ann@example.org " + key.with_suffix(".pub").read_text())
    packed = tmp_path / "bag.zip"
    export(made.logs, made.case, packed, "--sign", key)
    said = check(packed, signers)
    assert (said.problems, said.signing.state, said.signing.signer) == ((), "good", "ann@example.org")
    said = check(packed)
    assert (said.problems, said.signing.state) == ((), "unvouched")
    signers.write_text("bob " + new_key(_folder(tmp_path / "bob")).with_suffix(".pub").read_text())
    assert not check(packed, signers).is_whole
    assert not check(made.folder, signers).is_whole, "one without a signature"


def _folder(path: Path) -> Path:
    path.mkdir()
    return path


def test_openssh_verifies_it_alone_and_a_forgery_has_no_signature(made: Made, tmp_path: Path) -> None:
    _tool("ssh-keygen")
    key = new_key(tmp_path)
    folder = tmp_path / "bag"
    export(made.logs, made.case, folder, "--sign", key)
    signers = tmp_path / "signers"
    signers.write_text("ann " + key.with_suffix(".pub").read_text())
    verify = f"ssh-keygen -Y verify -f {signers} -I ann -n ctwork-bundle -s {bag.SIGNATURE} < {bag.TAGS}"
    assert _shell(verify, folder).returncode == 0
    content = (folder / bag.SIGNATURE).read_bytes()
    for at in range(0, len(content), 5):
        (folder / bag.SIGNATURE).write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
        assert not check(folder, signers).is_whole, at
    (folder / bag.SIGNATURE).write_bytes(content)
    assert check(folder, signers).is_whole
    (folder / bag.REPORT_TEXT).write_text("nothing happened")
    reseal(folder)
    assert any("signature" in each for each in check(folder, signers).problems)
    (folder / bag.SIGNATURE).unlink()
    assert any("signature is gone" in each for each in check(folder).problems)


def test_a_key_that_is_none_is_told_before_anything_is_written(made: Made, tmp_path: Path) -> None:
    from cli.door import call

    for key in (tmp_path / "nothing", made.folder / bag.README):
        said = call("export", made.logs, tmp_path / "bag", "--case", made.case, "--quiet", "--sign", key)
        assert said.code in (UsageError.exit_code, EnvironmentFailure.exit_code), said.err
        assert said.err.count("\n") == 1
    assert not list(tmp_path.iterdir())
