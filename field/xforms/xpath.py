"""Compiles the XPath of XForms binds into Python.

The form is the only source of rules (DESIGN 3, "Flags and checks"): what a phone evaluates in ODK's engine, the server
evaluates here, from the same text. elementpath does the same at many times the cost per form, which does not hold at the
door's rate: so an expression becomes Python source with known types, and `field.xforms.evaluate` puts a form's
expressions into one function. A test compares with elementpath on generated answers. What is not understood raises
`NotSupported` when a form is loaded, never while an observation arrives.

Source is made from parsed tokens only: literals through `repr`, functions from a fixed table, references as dictionary
keys. A node that is absent or not relevant is the empty string, as in JavaRosa.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from field.xforms.functions import FUNCTIONS, RETURNS, equals, to_boolean, to_number, to_string

TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<string>\"[^\"]*\"|'[^']*')"
    r"|(?P<op>!=|<=|>=|//|::|\.\.|[()\[\],/+\-*=<>|@.])|(?P<name>[\w][\w.\-]*(?::[\w][\w.\-]*)?))"
)
BINARY = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6}
TEXT, NUMBER, BOOLEAN, ANY = "text", "number", "boolean", "any"
NAMES: dict[str, Any] = {"ts": to_string, "num": to_number, "tb": to_boolean, "eq": equals, "fn": FUNCTIONS, "nan": float("nan")}


class NotSupported(ValueError):
    """The expression uses something that this evaluator does not know."""


@dataclass(frozen=True, slots=True)
class Code:
    """Python source over `v` (values by path) and `env`, and the type it yields."""

    source: str
    kind: str

    @property
    def text(self) -> str:
        """Source of the value as a string."""
        return self.source if self.kind == TEXT else f"ts({self.source})"

    @property
    def number(self) -> str:
        """Source of the value as a number."""
        return self.source if self.kind == NUMBER else f"num({self.source})"

    @property
    def boolean(self) -> str:
        """Source of the value as a boolean."""
        if self.kind == BOOLEAN:
            return self.source
        return f"({self.source} != '')" if self.kind == TEXT else f"tb({self.source})"


class Expression:
    """A compiled expression; `refs` are the absolute paths it reads, `code` its source, `run(env)` its value."""

    def __init__(self, text: str, *, here: str, repeats: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.refs: set[str] = set()
        self.code: Code = _Parser(text, here, repeats, self).parse()
        self._run = eval(f"lambda env, v: {self.code.source}", dict(NAMES))

    def run(self, env: Any) -> Any:
        """The value."""
        return self._run(env, env.values)


class _Parser:
    def __init__(self, text: str, here: str, repeats: frozenset[str], owner: Expression) -> None:
        self.text, self.here, self.repeats, self.owner = text, here, repeats, owner
        self.tokens = self._tokenize(text)
        self.at = 0

    def _tokenize(self, text: str) -> list[tuple[str, str]]:
        tokens, at, text = [], 0, text.strip()
        while at < len(text):
            match = TOKENS.match(text, at)
            if match is None or match.end() == at:
                raise NotSupported(f"{text[at : at + 20]!r} cannot be read in {text!r}.")
            kind = match.lastgroup or ""
            tokens.append((kind, match[kind]))
            at = match.end()
        return tokens

    def peek(self, ahead: int = 0) -> tuple[str, str]:
        """The token to come."""
        index = self.at + ahead
        return self.tokens[index] if index < len(self.tokens) else ("end", "")

    def next(self, expected: str | None = None) -> tuple[str, str]:
        """Take a token; with `expected`, it must be that one."""
        token = self.peek()
        if expected is not None and token[1] != expected:
            raise NotSupported(f"{expected!r} is missing in {self.text!r}.")
        self.at += 1
        return token

    def parse(self) -> Code:
        """The whole text."""
        result = self.expression(0)
        if self.peek()[0] != "end":
            raise NotSupported(f"{self.peek()[1]!r} is too much in {self.text!r}.")
        return result

    def expression(self, strength: int) -> Code:
        """Operators by precedence."""
        left = self.unary()
        while (symbol := self.peek()[1]) in BINARY and self.peek()[0] != "string" and BINARY[symbol] > strength:
            self.next()
            left = _binary(symbol, left, self.expression(BINARY[symbol]))
        return left

    def unary(self) -> Code:
        """A minus sign, or a value."""
        if self.peek() == ("op", "-"):
            self.next()
            return Code(f"(-{self.unary().number})", NUMBER)
        return self.primary()

    def primary(self) -> Code:
        """A literal, a call, a path, or an expression in parentheses."""
        kind, text = self.peek()
        if kind == "number":
            self.next()
            return Code(repr(float(text)), NUMBER)
        if kind == "string":
            self.next()
            return Code(repr(text[1:-1]), TEXT)
        if (kind, text) == ("op", "("):
            self.next()
            inner = self.expression(0)
            self.next(")")
            return inner
        if kind == "name" and self.peek(1) == ("op", "("):
            return self.call()
        if kind == "name" or text in {"/", ".", ".."}:
            return self.path()
        raise NotSupported(f"{text!r} cannot be read in {self.text!r}.")

    def call(self) -> Code:
        """A function call; `instance(…)` and `current()` begin a path."""
        name = self.next()[1]
        self.next("(")
        if name == "current":
            self.next(")")
            return self.path(after_current=True)
        arguments: list[Code] = []
        while self.peek()[1] != ")":
            arguments.append(self.expression(0))
            if self.peek()[1] == ",":
                self.next()
        self.next(")")
        if name == "instance":
            return self.lookup(arguments[0])
        return self._function(name, arguments)

    def _function(self, name: str, given: list[Code]) -> Code:
        if name == "if":
            test, yes, no = given
            kind = yes.kind if yes.kind == no.kind else ANY
            return Code(f"({yes.source} if {test.boolean} else {no.source})", kind)
        if name == "once":
            return Code(f"(v.get({self.here!r}) or {given[0].text})", TEXT)
        if name in {"today", "now"}:
            return Code("env.now[:10]" if name == "today" else "env.now", TEXT)
        if name == "pulldata":
            table, column, key, value = given
            return Code(f"env.look_up({table.text}, {column.text}, {key.text}, {value.text})", TEXT)
        if name == "not":
            return Code(f"(not {given[0].boolean})", BOOLEAN)
        if name == "contains":
            return Code(f"({given[1].text} in {given[0].text})", BOOLEAN)
        if name == "concat" and all(part.kind != ANY for part in given):
            return Code(f"''.join(({', '.join(part.text for part in given)},))", TEXT)
        if name not in FUNCTIONS:
            raise NotSupported(f"The function {name}() is not known to the server.")
        return Code(f"fn[{name!r}]({', '.join(part.source for part in given)})", RETURNS.get(name, ANY))

    def lookup(self, table: Code) -> Code:
        """`instance('t')/root/item[column = value]/wanted`: the only use of external data besides pulldata()."""
        steps = []
        key: tuple[str, Code] | None = None
        while self.peek()[1] == "/":
            self.next()
            steps.append(self.next()[1])
            if self.peek()[1] == "[":
                self.next()
                column = self.next()[1]
                self.next("=")
                key = (column, self.expression(0))
                self.next("]")
        if key is None or len(steps) != 3:
            raise NotSupported(f"Only instance(…)/root/item[column = value]/column can be looked up: {self.text!r}.")
        column, value = key
        return Code(f"env.look_up({table.text}, {steps[2]!r}, {column!r}, {value.text})", TEXT)

    def path(self, *, after_current: bool = False) -> Code:
        """An absolute or relative path without predicates."""
        base = [] if self.peek()[1] == "/" and not after_current else self.here.strip("/").split("/")
        expects_step = not after_current
        if self.peek()[1] == "/" and not after_current:
            self.next()
        while True:
            kind, text = self.peek()
            if expects_step and text == "..":
                self.next()
                base = base[:-1]
            elif expects_step and text == ".":
                self.next()
            elif expects_step and kind == "name":
                self.next()
                base = [*base, text.split(":")[-1]]
            elif not expects_step and text == "/":
                self.next()
                expects_step = True
                continue
            else:
                break
            expects_step = False
        if self.peek()[1] in {"[", "//", "::", "@"}:
            raise NotSupported(f"Predicates and axes are not evaluated by the server: {self.text!r}.")
        return self._read("/" + "/".join(base))

    def _read(self, path: str) -> Code:
        self.owner.refs.add(path)
        if any(path.startswith(repeat + "/") or path == repeat for repeat in self.repeats):
            return Code(f"env.nodes({path!r})", ANY)
        return Code(f"v.get({path!r}, '')", TEXT)


def _binary(symbol: str, left: Code, right: Code) -> Code:
    if symbol in {"or", "and"}:
        return Code(f"({left.boolean} {symbol} {right.boolean})", BOOLEAN)
    if symbol in {"=", "!="}:
        return _equality(symbol, left, right)
    if symbol in {"<", "<=", ">", ">="}:
        return Code(f"({left.number} {symbol} {right.number})", BOOLEAN)
    if symbol in {"+", "-", "*"}:
        return Code(f"({left.number} {symbol} {right.number})", NUMBER)
    return Code(f"fn[{symbol!r}]({left.source}, {right.source})", NUMBER)


def _equality(symbol: str, left: Code, right: Code) -> Code:
    """XPath compares booleans as booleans, else numbers as numbers, else strings; only unknown types wait for run time."""
    python, kinds = "==" if symbol == "=" else "!=", {left.kind, right.kind}
    if ANY in kinds:
        return Code(f"eq({left.source}, {right.source}, negate={symbol == '!='})", BOOLEAN)
    if BOOLEAN in kinds:
        return Code(f"({left.boolean} {python} {right.boolean})", BOOLEAN)
    if NUMBER in kinds:
        return Code(f"({left.number} {python} {right.number})", BOOLEAN)
    return Code(f"({left.source} {python} {right.source})", BOOLEAN)
