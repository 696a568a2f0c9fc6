"""Compiles the XPath of XForms binds into Python closures.

The form is the only source of rules (DESIGN 3, "Flags and checks"): what a phone evaluates in ODK's engine, the server
evaluates here, from the same text. elementpath does the same at 30-40 times the cost per form (bench/bench_ingest.py),
which does not hold at the door's rate; a test compares both on generated answers. What is not understood raises
`NotSupported` when a form is loaded, never while an observation arrives.

A compiled expression is `f(env) -> str | float | bool | list[str]`. References are resolved to absolute paths when
compiled; a node that is absent or not relevant is the empty string, as in JavaRosa.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from field.xforms.functions import FUNCTIONS, equals, to_boolean, to_number, to_string

Value = Any
Compiled = Callable[[Any], Value]

TOKENS = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d*)?|\.\d+)|(?P<string>\"[^\"]*\"|'[^']*')"
    r"|(?P<op>!=|<=|>=|//|::|\.\.|[()\[\],/+\-*=<>|@.])|(?P<name>[\w][\w.\-]*(?::[\w][\w.\-]*)?))"
)
BINARY = {"or": 1, "and": 2, "=": 3, "!=": 3, "<": 4, "<=": 4, ">": 4, ">=": 4, "+": 5, "-": 5, "*": 6, "div": 6, "mod": 6}


class NotSupported(ValueError):
    """The expression uses something that this evaluator does not know."""


class Expression:
    """A compiled expression: call it with an environment; `refs` are the absolute paths it reads."""

    def __init__(self, text: str, *, here: str, repeats: frozenset[str] = frozenset()) -> None:
        self.text = text
        self.refs: set[str] = set()
        self.uses_clock = False
        parser = _Parser(text, here, repeats, self)
        self.run: Compiled = parser.parse()

    def string(self, env: Any) -> str:
        """The value as a string."""
        return to_string(self.run(env))

    def boolean(self, env: Any) -> bool:
        """The value as a boolean."""
        return to_boolean(self.run(env))


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

    def parse(self) -> Compiled:
        """The whole text."""
        result = self.expression(0)
        if self.peek()[0] != "end":
            raise NotSupported(f"{self.peek()[1]!r} is too much in {self.text!r}.")
        return result

    def expression(self, strength: int) -> Compiled:
        """Operators by precedence."""
        left = self.unary()
        while (symbol := self.peek()[1]) in BINARY and self.peek()[0] != "string" and BINARY[symbol] > strength:
            self.next()
            left = _binary(symbol, left, self.expression(BINARY[symbol]))
        return left

    def unary(self) -> Compiled:
        """A minus sign, or a value."""
        if self.peek() == ("op", "-"):
            self.next()
            inner = self.unary()
            return lambda env: -to_number(inner(env))
        return self.primary()

    def primary(self) -> Compiled:
        """A literal, a call, a path, or an expression in parentheses."""
        kind, text = self.peek()
        if kind == "number":
            self.next()
            number = float(text)
            return lambda env: number
        if kind == "string":
            self.next()
            literal = text[1:-1]
            return lambda env: literal
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

    def call(self) -> Compiled:
        """A function call; `instance(…)` and `current()` begin a path."""
        name = self.next()[1]
        self.next("(")
        if name == "current":
            self.next(")")
            return self.path(after_current=True)
        arguments: list[Compiled] = []
        while self.peek()[1] != ")":
            arguments.append(self.expression(0))
            if self.peek()[1] == ",":
                self.next()
        self.next(")")
        if name == "instance":
            return self.lookup(arguments[0])
        return self._bind(name, arguments)

    def _bind(self, name: str, arguments: list[Compiled]) -> Compiled:
        if name == "if":
            test, yes, no = arguments
            return lambda env: yes(env) if to_boolean(test(env)) else no(env)
        if name == "once":
            here, first = self.here, arguments[0]
            return lambda env: env.get(here) or first(env)
        if name in {"today", "now"}:
            self.owner.uses_clock = True
            return (lambda env: env.now[:10]) if name == "today" else (lambda env: env.now)
        if name == "pulldata":
            table, column, key, value = arguments
            return lambda env: env.look_up(to_string(table(env)), to_string(column(env)), to_string(key(env)), to_string(value(env)))
        function = FUNCTIONS.get(name)
        if function is None:
            raise NotSupported(f"The function {name}() is not known to the server.")
        if len(arguments) == 1:
            only = arguments[0]
            return lambda env: function(only(env))
        if len(arguments) == 2:
            first, second = arguments
            return lambda env: function(first(env), second(env))
        return lambda env: function(*[argument(env) for argument in arguments])

    def lookup(self, table: Compiled) -> Compiled:
        """`instance('t')/root/item[column = value]/wanted`: the only use of external data besides pulldata()."""
        steps = []
        key: tuple[str, Compiled] | None = None
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
        return lambda env: env.look_up(to_string(table(env)), steps[2], column, to_string(value(env)))

    def path(self, *, after_current: bool = False) -> Compiled:
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

    def _read(self, path: str) -> Compiled:
        self.owner.refs.add(path)
        if any(path.startswith(repeat + "/") or path == repeat for repeat in self.repeats):
            return lambda env: env.nodes(path)
        return lambda env: env.values.get(path, "")


def _binary(symbol: str, left: Compiled, right: Compiled) -> Compiled:
    if symbol == "or":
        return lambda env: to_boolean(left(env)) or to_boolean(right(env))
    if symbol == "and":
        return lambda env: to_boolean(left(env)) and to_boolean(right(env))
    if symbol == "=":
        return lambda env: equals(left(env), right(env))
    if symbol == "!=":
        return lambda env: equals(left(env), right(env), negate=True)
    if symbol == "<":
        return lambda env: to_number(left(env)) < to_number(right(env))
    if symbol == "<=":
        return lambda env: to_number(left(env)) <= to_number(right(env))
    if symbol == ">":
        return lambda env: to_number(left(env)) > to_number(right(env))
    if symbol == ">=":
        return lambda env: to_number(left(env)) >= to_number(right(env))
    if symbol == "+":
        return lambda env: to_number(left(env)) + to_number(right(env))
    if symbol == "-":
        return lambda env: to_number(left(env)) - to_number(right(env))
    if symbol == "*":
        return lambda env: to_number(left(env)) * to_number(right(env))
    if symbol == "mod":
        return lambda env: FUNCTIONS["mod"](left(env), right(env))
    return lambda env: FUNCTIONS["div"](left(env), right(env))
