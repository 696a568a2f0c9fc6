"""Evaluates a form's binds on an instance: flags, severity, warnings, what is missing, what breaks a constraint.

Checks across records (P4, P6, P8) are not the form's and live in `field.services.plausibility`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from field.xforms.definition import Bind, FormDefinition
from field.xforms.functions import to_boolean, to_string
from field.xforms.instance import Instance
from field.xforms.xpath import NAMES, Expression, NotSupported

LookUp = Callable[[str, str, str, str], str]
ALWAYS = {"true()", "true"}
INPUTS = {"single", "multi", "int", "decimal", "text", "date", "time", "datetime", "geopoint", "file"}


def no_tables(table: str, column: str, key: str, value: str) -> str:
    """A mission without context."""
    return ""


class Environment:
    """What an expression sees: values by path, the rows of repeats, the tables of the mission, the device's clock."""

    __slots__ = ("look_up", "now", "outer", "rows", "values")

    def __init__(self, values: dict[str, str], rows: dict[str, list[dict[str, str]]], look_up: LookUp, now: str) -> None:
        self.values, self.rows, self.look_up, self.now = values, rows, look_up, now
        self.outer: dict[str, str] = {}

    def get(self, path: str) -> str:
        """The value of one node."""
        return self.values.get(path, "")

    def nodes(self, path: str) -> Any:
        """In the row at hand its value; from outside the values of all rows."""
        if path in self.values:
            return self.values[path]
        for repeat, rows in self.rows.items():
            if path == repeat:
                return [""] * len(rows)
            if path.startswith(repeat + "/"):
                return "" if self.outer else [row[path] for row in rows if path in row]
        return ""


@dataclass(slots=True)
class Outcome:
    """What the form says about an instance."""

    flags: dict[str, int] = field(default_factory=dict)
    severity: int | None = None
    warnings: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    computed: dict[str, str] = field(default_factory=dict)


class _Node:
    __slots__ = ("calculate", "code", "constraint", "is_input", "path", "relevant", "required")

    def __init__(self, path: str) -> None:
        self.path = path
        self.code = path.rpartition("/")[2]
        self.calculate: Expression | None = None
        self.relevant: tuple[Expression, ...] = ()
        self.required: Expression | bool = False
        self.constraint: Expression | None = None
        self.is_input = False


class CompiledForm:
    """A form ready to evaluate; made once per version and process. `not_evaluated` names binds the server cannot read."""

    def __init__(self, definition: FormDefinition) -> None:
        self.definition = definition
        self.not_evaluated: list[str] = []
        kinds = {question["path"]: question["kind"] for question in definition.questions}
        nodes = {path: self._node(path, kinds.get(path, "")) for path in definition.nodes}
        inside = [node for node in nodes.values() if self._repeat_of(node.path)]
        plain = {path: node for path, node in nodes.items() if not self._repeat_of(path)}
        self.order = [node for node in _sorted(plain) if node.calculate or node.relevant]
        self.settle = self._settler()
        self.checked = [node for node in plain.values() if node.constraint]
        self.asked = [node for node in plain.values() if node.is_input and node.required]
        self.always = [(node.path, node.code) for node in self.asked if node.required is True]
        self.sometimes = [node for node in self.asked if node.required is not True]
        self.in_rows: dict[str, list[_Node]] = {}
        for node in inside:
            self.in_rows.setdefault(self._repeat_of(node.path), []).append(node)
        self.flags = [(node.path, node.code[5:]) for node in plain.values() if node.code.startswith("flag_") and node.code.count("_") == 1]
        self.warnings = [(node.path, node.code[5:]) for node in plain.values() if node.code.startswith("warn_")]

    def _repeat_of(self, path: str) -> str:
        found = [repeat for repeat in self.definition.repeats if path.startswith(repeat + "/")]
        return max(found, key=len, default="")

    def _node(self, path: str, kind: str) -> _Node:
        node = _Node(path)
        bind = self.definition.binds.get(path) or Bind(path)
        node.is_input = kind in INPUTS and not bind.calculate
        node.calculate = self._compile(bind.calculate, path)
        node.constraint = self._compile(bind.constraint, path)
        node.relevant = tuple(self._relevances(path))
        if bind.required:
            node.required = True if bind.required.strip() in ALWAYS else (self._compile(bind.required, path) or False)
        return node

    def _relevances(self, path: str) -> Iterable[Expression]:
        steps = path.strip("/").split("/")
        for depth in range(2, len(steps) + 1):
            here = "/" + "/".join(steps[:depth])
            bind = self.definition.binds.get(here)
            compiled = self._compile(bind.relevant, here) if bind and bind.relevant not in ALWAYS else None
            if compiled:
                yield compiled

    def _compile(self, text: str, path: str) -> Expression | None:
        if not text:
            return None
        try:
            return Expression(text, here=path, repeats=self.definition.repeats)
        except (NotSupported, ValueError, IndexError) as error:
            self.not_evaluated.append(f"{path.rpartition('/')[2]}: {error}")
            return None

    def evaluate(self, instance: Instance, *, look_up: LookUp = no_tables, now: str = "") -> Outcome:
        """Evaluate all binds. The given instance is not changed."""
        values = dict(instance.values)
        env = Environment(values, instance.rows, look_up, now)
        outcome = Outcome()
        hidden: set[str] = set()
        self.settle(env, values, hidden, outcome.computed)
        for path, code in self.flags:
            if (text := values.get(path, "")) in {"0", "1", "2", "3"}:
                outcome.flags[code] = int(text)
        outcome.severity = max(outcome.flags.values(), default=None)
        outcome.warnings = [code for path, code in self.warnings if values.get(path) == "1"]
        for node in self.checked:
            if values.get(node.path) and not to_boolean(node.constraint.run(env)):  # type: ignore[union-attr]
                outcome.broken.append(node.code)
        outcome.unanswered = [code for path, code in self.always if not values.get(path) and path not in hidden]
        for node in self.sometimes:
            if not values.get(node.path) and node.path not in hidden and to_boolean(node.required.run(env)):  # type: ignore[union-attr]
                outcome.unanswered.append(node.code)
        if self.in_rows:
            self._rows(instance, env, outcome)
        return outcome

    def _settler(self) -> Callable[[Environment, dict[str, str], set[str], dict[str, str]], None]:
        """One Python function for all calculates and relevances, in the order of what they need.

        A node that is not relevant loses its value; so does a calculate that yields nothing.
        """
        lines = ["def settle(env, v, hidden, computed):", "    pass"]
        for node in self.order:
            path = repr(node.path)
            indent = "    "
            if node.relevant:
                lines.append(f"    if not ({' and '.join(test.code.boolean for test in node.relevant)}):")
                lines += [f"        hidden.add({path})", f"        v.pop({path}, None)"]
                if node.calculate is None:
                    continue
                lines.append("    else:")
                indent = "        "
            lines.append(f"{indent}x = computed[{node.code!r}] = {node.calculate.code.text}")  # type: ignore[union-attr]
            lines += [f"{indent}if x: v[{path}] = x", f"{indent}elif {path} in v: del v[{path}]"]
        space: dict[str, Any] = dict(NAMES)
        exec("\n".join(lines), space)
        return space["settle"]

    def _rows(self, instance: Instance, env: Environment, outcome: Outcome) -> None:
        for repeat, nodes in self.in_rows.items():
            for number, row in enumerate(instance.rows.get(repeat, ()), start=1):
                inner = Environment({**env.values, **row}, instance.rows, env.look_up, env.now)
                inner.outer = env.values
                for node in nodes:
                    if any(not to_boolean(test.run(inner)) for test in node.relevant):
                        continue
                    value = inner.values.get(node.path, "")
                    if node.calculate is not None:
                        inner.values[node.path] = to_string(node.calculate.run(inner))
                    if value and node.constraint and not to_boolean(node.constraint.run(inner)):
                        outcome.broken.append(f"{node.code}[{number}]")
                    required = node.required is True or (isinstance(node.required, Expression) and to_boolean(node.required.run(inner)))
                    if node.is_input and required and not value:
                        outcome.unanswered.append(f"{node.code}[{number}]")


def _sorted(nodes: dict[str, _Node]) -> list[_Node]:
    """Nodes after those they read; a circle is cut where it is met (the phone's engine refuses such a form)."""
    done: dict[str, _Node] = {}
    for start in nodes.values():
        stack: list[tuple[_Node, bool]] = [(start, False)]
        entered: set[str] = set()
        while stack:
            node, is_ready = stack.pop()
            if node.path in done:
                continue
            if is_ready:
                done[node.path] = node
                continue
            if node.path in entered:
                continue
            entered.add(node.path)
            stack.append((node, True))
            needs = (node.calculate.refs if node.calculate else set()).union(*(test.refs for test in node.relevant))
            stack.extend((nodes[path], False) for path in sorted(needs) if path in nodes and path not in done)
    return list(done.values())
