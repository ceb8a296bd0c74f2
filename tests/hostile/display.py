"""Family D: values that would take over, garble or freeze a terminal. To a reader they are plain text, kept exactly."""

import json
from collections.abc import Iterator

from hostile.case import Case, case, event_id, odd, trail

ESC, BEL, ST, CSI = "\x1b", "\x07", "\x1b\\", "\x9b"
PAYLOADS: dict[str, str] = {
    "clear-screen": f"{ESC}[2J{ESC}[H",
    "red": f"{ESC}[31mroot{ESC}[0m",
    "cursor-up": f"{ESC}[5A",
    "scroll-region": f"{ESC}[1;2r",
    "alternate-screen": f"{ESC}[?1049l",
    "mouse-on": f"{ESC}[?1003h",
    "reset": f"{ESC}c",
    "answer-back": f"{ESC}[6n",
    "device-attributes": f"{ESC}[c",
    "window-report": f"{ESC}[21t",
    "title-by-bell": f"{ESC}]2;owned{BEL}",
    "title-by-terminator": f"{ESC}]2;owned{ST}",
    "clipboard": f"{ESC}]52;c;b3duZWQ={ST}",
    "link": f"{ESC}]8;;http://192.0.2.1/{ST}click{ESC}]8;;{ST}",
    "palette": f"{ESC}]4;1;#ffffff{ST}",
    "notification": f"{ESC}]9;owned{BEL}",
    "device-control": f"{ESC}P1$r0m{ST}",
    "kitty-graphics": f"{ESC}_Gf=100;AAAA{ST}",
    "sixel": f"{ESC}Pq#0;2;0;0;0~{ST}",
    "privacy-message": f"{ESC}^x{ST}",
    "osc-left-open": f"{ESC}]0;",
    "c1-csi": f"{CSI}2J",
    "c1-osc": "\x9d2;owned\x9c",
    "c1-dcs": "\x90q\x9c",
    "next-line": "a\x85b",
    "bell": BEL,
    "backspace": "admin\b\b\b\b\bguest",
    "delete": "a\x7fb",
    "zero": "a\0b",
    "carriage-return": "real\rfake",
    "newline": "a\nb",
    "cr-lf": "a\r\nb",
    "tab": "a\tb",
    "vertical-tab": "a\x0bb\x0cc",
    "shift-out": "a\x0eb\x0f",
    "right-to-left-override": "gpj.\u202egnp.exe",
    "isolates": "\u2066a\u2069\u2067b\u2069",
    "arabic-letter-mark": "a\u061cb",
    "zero-width-space": "ad\u200bmin",
    "zero-width-joiner": "a\u200db",
    "word-joiner": "a\u2060b",
    "byte-order-mark": "\ufeffadmin",
    "soft-hyphen": "ad\u00admin",
    "line-separator": "a\u2028b\u2029c",
    "hangul-filler": "\u3164",
    "braille-blank": "\u2800",
    "variation-selectors": "a\ufe0f\U000e0100",
    "tag-characters": "a\U000e0061\U000e0062",
    "interlinear": "\ufff9a\ufffab\ufffb",
    "private-use": "\ue000\U0010ffff",
    "combining-run": "a" + "\u0301" * 200,
    "family-emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "wide": "\u6f22\u5b57" * 100,
    "look-alikes": "\u0430dm\u0456n",
    "markup": "[/nope][@click=app.quit]x[/]",
    "rich-tag": "[bold red]x[/bold red]",
    "formula": '=HYPERLINK("http://192.0.2.1/","x")',
    "percent-and-braces": "%s%n{0}{x!r}${HOME}`id`",
}


def values() -> Iterator[Case]:
    """Each payload in three columns and a key: escaped as AWS does it, where UTF-8 allows also bare."""
    for number, (name, payload) in enumerate(PAYLOADS.items()):
        bare = all(char >= " " for char in payload) and number % 2
        value = json.dumps(payload, ensure_ascii=not bare).encode()
        one = odd(1, "userAgent", value)[:-1] + b',"errorMessage":%s,"errorCode":%s,%s:1}' % (value, value, value)
        yield case(f"D-{name}", trail(one), (event_id(1),))


CASES = list(values())
