"""Evidence with something of everything, a case with marks of every kind, and the bundles made of both."""

import hashlib
import json
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

from cli.door import call
from store.trail import event_id, record, write_trail

from ctwork.case.bundle import bag
from ctwork.case.bundle.checking import check_bundle
from ctwork.case.bundle.finding import Checked
from ctwork.case.casebook import Casebook
from ctwork.case.custody import Actor
from ctwork.model.annotation import About, Annotation, Change
from ctwork.model.target import EventTarget, MomentTarget, SpanTarget, ValueTarget

NOW = 1_700_000_000_000
HOSTILE = "\x1b]0;x\x07 \u202e=cmd|'/c calc'!A1 <script>alert(1)</script> [x](javascript:1) `|"
NOTE = f"The trail was **stopped**.\n\n- first\n- then\n\n<img src=x onerror=1> ![x](http://evil.example/x) {HOSTILE}"


def make_evidence(folder: Path) -> Path:
    """Files of several kinds: gzip, indented JSON, a second delivery, a zip, a compressed tar, one cut short."""
    logs = folder / "logs"
    many = [record(number) for number in range(6)]
    write_trail(logs / "a.json.gz", many)
    write_trail(logs / "again" / "a b%.json.gz", many[:3])
    odd = record(10, userAgent=HOSTILE, requestParameters={"n": 2**70, "text": "ü\u2028"}, errorCode="AccessDenied")
    (logs / "b.json").write_text(json.dumps({"Records": [odd, record(11, eventID=...)]}, indent=2))
    inside = write_trail(folder / "made" / "c.json", [record(20), record(21)])
    with zipfile.ZipFile(logs / "c.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.write(inside, "deep/c.json")
    with tarfile.open(logs / "d.tar.gz", "w:gz") as tar:
        tar.add(write_trail(folder / "made" / "d.json", [record(30)]), "d.json")
    cut = write_trail(folder / "made" / "e.json", [record(40), record(41)])
    (logs / "e.json").write_bytes(cut.read_bytes()[:-40])
    return logs


def make_case(folder: Path, logs: Path) -> Path:
    """The case of `logs`, with marks of every kind."""
    case = folder / "case"
    assert call("load", logs, "--case", case, "--quiet").code == 3
    said = call("show", logs, event_id(2), "--case", case, "--format", "json", "--quiet").document
    book = Casebook(case, Actor("ann", "desk", "ctwork test"), lambda: NOW)
    assert book.take()
    event = str(EventTarget(event_id(2), said["sha256"]))
    about = About("2024-01-01T00:00:02Z", "GetObject", HOSTILE, "192.0.2.7", "a.json.gz", 2)
    change = Change(True, ("attack.t1562.008", "persistence"), note=NOTE, severity="critical", verdict="malicious")
    book.mark({event: Annotation(about=about)}, change, "event:GetObject")
    book.mark({str(ValueTarget("sourceIPAddress", HOSTILE)): Annotation()}, Change(severity="high", note="theirs"))
    book.mark({str(SpanTarget(1_704_067_200_000, 1_704_067_260_000)): Annotation()}, Change(severity="low"))
    book.mark({str(MomentTarget(1_704_067_210_000, "call")): Annotation()}, Change(note="phone call"))
    assert book.undo()
    assert book.redo()
    book.save_lens("gets", "event:GetObject")
    book.note("ask", {"question": HOSTILE})
    book.close()
    return case


def export(logs: Path, case: Path, dest: object, *more: object, **environ: str) -> str:
    """Makes a bundle through the command line; returns the hash of its tag manifest."""
    said = call("export", logs, dest, "--case", case, "--format", "json", "--quiet", *more, **environ)
    assert said.code == 3, said.err
    return str(said.document["sha256"])


def check(path: Path, signers: Path | None = None) -> Checked:
    """What the check says."""
    return check_bundle(path, signers, lambda _: None)


def altered(bundle: Path, place: Path, change: Callable[[Path], None], *, resealed: bool = False) -> Checked:
    """What the check says of a copy of `bundle` after `change`; `resealed`, with manifests that were made anew."""
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(bundle, place)
    change(place)
    if resealed:
        reseal(place)
    return check(place)


def reseal(bundle: Path) -> None:
    """Writes the manifests anew, as anyone can who may write."""
    files = [path for path in sorted((bundle / "data").rglob("*")) if path.is_file()]
    hashes = {path.relative_to(bundle).as_posix(): digest(path) for path in files}
    (bundle / bag.MANIFEST).write_bytes(bag.manifest(hashes))
    info = (bundle / bag.INFO).read_text().splitlines()
    oxum = f"Payload-Oxum: {sum(path.stat().st_size for path in files)}.{len(files)}"
    told = [oxum if line.startswith("Payload-Oxum") else line for line in info]
    (bundle / bag.INFO).write_text("\n".join(told) + "\n")
    (bundle / bag.TAGS).write_bytes(bag.manifest({name: digest(bundle / name) for name in bag.TAG_FILES}))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def new_key(folder: Path) -> Path:
    """A key pair for a test."""
    key = folder / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(key)], check=True)
    return key
