"""The packed column: the closed answers of one observation as bytes, in the order the form version fixes.

`answers` stays the truth; this is derived from it for counting (DESIGN 3, "Figures"), rebuilt by `manage.py
rebuild_packed` and compared with the truth in a test. One byte per single choice (0 none, 1.. the option, 255 another
word), one per option of a multiple choice (0/1; all 0 when unanswered, preceded by a byte that says "answered"), one
per flag (0 none, severity + 1), one that says "answered" per number or time that can raise a flag, two per number that an
indicator needs (65535 none).
"""

from __future__ import annotations

from typing import Any

OTHER = 255
NUMBERS = ("H11", "H12")
NONE = 65535


class Layout:
    """Where each closed answer lies in the bytes of one form version."""

    def __init__(self, questions: list[dict[str, Any]]) -> None:
        self.codes = {question["code"] for question in questions}
        self.singles: list[tuple[str, int, dict[str, int]]] = []
        self.multis: list[tuple[str, int, dict[str, int]]] = []
        self.flags: list[tuple[str, int]] = []
        self.numbers: list[tuple[str, int]] = []
        self.given: list[tuple[str, int]] = []
        flagged = {code[5:] for code in self.codes if code.startswith("flag_")}
        at = 0
        for question in questions:
            code, names = question["code"], [option["name"] for option in question.get("options", [])]
            if question.get("repeat"):
                continue
            if question["kind"] == "single" and names and len(names) < OTHER:
                self.singles.append((code, at, {name: index for index, name in enumerate(names, start=1)}))
                at += 1
            elif question["kind"] == "multi" and names:
                self.multis.append((code, at, {name: at + index for index, name in enumerate(names, start=1)}))
                at += 1 + len(names)
            elif code in NUMBERS and question["kind"] == "int":
                self.numbers.append((code, at))
                at += 2
            if code in flagged and not names:
                self.given.append((code, at))
                at += 1
            if code.startswith("flag_"):
                self.flags.append((code[5:], at))
                at += 1
        self.size = at

    def pack(self, answers: dict[str, Any], flags: dict[str, int]) -> bytes:
        """The bytes of one observation."""
        out = bytearray(self.size)
        for code, at, names in self.singles:
            value = answers.get(code)
            if value:
                out[at] = names.get(value, OTHER)
        for code, at, names in self.multis:
            value = answers.get(code)
            if value:
                out[at] = 1
                for name in value:
                    where = names.get(name)
                    if where is not None:
                        out[where] = 1
        for code, at in self.numbers:
            value = answers.get(code)
            number = value if isinstance(value, int) and 0 <= value < NONE else NONE
            out[at], out[at + 1] = number & 255, number >> 8
        for code, at in self.given:
            out[at] = 1 if answers.get(code) not in (None, "") else 0
        for code, at in self.flags:
            if code in flags:
                out[at] = flags[code] + 1
        return bytes(out)
