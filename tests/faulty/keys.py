"""Keys that S3 takes and a careless program stumbles over."""

from tests.faulty.bucket import as_bytes

_DEEP = "/".join("d" * (1 + number % 3) for number in range(300))
HOSTILE: tuple[bytes, ...] = tuple(
    as_bytes(key)
    for key in (
        "../outside.json", "a/../../outside.json", "..", ".", "a/./b.json", "a/..", "/leading.json", "//two.json",
        "a//b.json", "a//", "a/ /b.json", "trailing/", "a", "a/b", "a/b.json", "a/b.json/c.json", "A", "A/B",
        ".hidden.json", "dir/.hidden", "~", "-rf", "--help.json", "con.json", "NUL", "a\\b.json", "C:\\x.json",
        "tab\there.json", "line\nbreak.json", "cr\rhere.json", "bell\x07.json", "nul\x00byte.json", "del\x7f.json",
        "esc\x1b[31mred.json", "osc\x1b]0;title\x07.json", "c1\x9b31m.json", "rtl\u202egz.nosj", "zero\u200bwidth.json",
        "nfc\u00e9.json", "nfce\u0301.json", "\u0000", "\ufffe.json", "\uffff.json", "emoji\U0001f600.json",
        "plus+plus.json", "per%cent.json", "per%2Fcent.json", "%", "%25.json", "a b c.json", "amp&lt;<>.json",
        "quote\"'.json", "[@click=app.quit]x[/].json", "semi;colon|pipe$(id)`id`.json", "*?.json", "k" * 1_024,
        "n" * 400 + ".json", "é" * 512, f"{_DEEP}/f.json", "a/" * 511 + "f", "ctwork-pull/acquisition.jsonl",
        "%versions/1/a.json", "AWSLogs/x/../../../etc/passwd.json",
    )
)  # fmt: skip
"""All of them together lie in one bucket without being in each other's way, at most 1,024 bytes each."""
LAWLESS: tuple[bytes, ...] = (as_bytes("lone\ud800.json"), b"latin\xe9.json", b"\xff\xfe.json", b"over\xc0\xaf.json")
"""Keys that are no UTF-8: S3 takes none, and a server that speaks S3 may."""
