"""The operations that frameworks have for changes of a schema, and the SQL that each comes to: what the tables
`<framework>.toml` know.

An entry of `[operations]` has `parameters`, the names of its arguments in order (`*name` takes all that are left, an
argument that is given by its name counts as well), and `sql`, one statement or several. In these stand, besides words
of SQL:

=============== ====================================================================================================
`{path:kind}`   what an argument says, written as `kind` writes it; `a.b` is the key `b` of the argument `a`. Where it
                is not known, the whole operation is not understood
`{path?WORDS}`  words, where the argument counts as true
`{path!WORDS}`  words, where the argument is given and counts as false
`[ … ]`         a part that is left out where an argument in it is not given
=============== ====================================================================================================

An operation whose `sql` is "" changes nothing that matters here. A statement `{ when = "a", sql = "…" }` is made only
where the argument `a` is given.
"""

from __future__ import annotations

from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.writing import said
from persistlint.ir import Collection, Sequence
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.script import Runner
from persistlint.tables import read_table

if TYPE_CHECKING:
    import re
    from collections.abc import Callable, Iterator

    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Argument, Expression
    from persistlint.sql.text import Text

    Kinds = dict[str, Callable[[Expression], Fragment | None]]

_PART = regex(r"\{(?P<path>[\w.]+)(?P<sign>[:?!])(?P<rest>[^}]*)\}|(?P<open>\[)|(?P<close>\])|(?P<words>[^\s{}\[\]]+)")


@dataclass(frozen=True, slots=True)
class _Statement:
    sql: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One entry of a table."""

    parameters: tuple[str, ...]
    statements: tuple[_Statement, ...]


@dataclass(frozen=True)
class Table:
    """What is known of one framework. `types` are the types of SQL by their names in it, `dialects` those that differ
    in one dialect, `methods` those of indexes by the names of their classes."""

    runner: Runner
    operations: dict[str, Operation]
    types: dict[str, str] = field(default_factory=dict)
    dialects: dict[str, dict[str, str]] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)

    def type(self, name: str, dialect: str | None) -> str | None:
        """The type of SQL for a type of the framework."""
        return self.dialects.get(dialect or "", {}).get(name) or self.types.get(name)


@cache
def table(name: str) -> Table:
    """The table of a framework."""
    data = read_table(Path(__file__).with_name(f"{name}.toml"))
    operations = {
        key: Operation(tuple(entry["parameters"]), _statements(entry["sql"]))
        for key, entry in data["operations"].items()
    }
    return Table(
        Runner(**data["runner"]), operations, data.get("types", {}), data.get("dialects", {}), data.get("methods", {})
    )


def _statements(sql: str | list[str | dict[str, str]]) -> tuple[_Statement, ...]:
    entries = [sql] if isinstance(sql, str) else sql
    return tuple(_Statement(entry) if isinstance(entry, str) else _Statement(**entry) for entry in entries if entry)


@dataclass
class Given:
    """The arguments of a call by the names of its parameters. `inner` are arguments of what is called in an argument,
    by their paths: `index.name`."""

    values: Values
    arguments: dict[str, Expression]
    inner: dict[str, Expression] = field(default_factory=dict)

    @classmethod
    def of(
        cls, arguments: tuple[Argument, ...], operation: Operation, values: Values, bound: dict[str, Expression]
    ) -> Given:
        """Bind arguments to the parameters of an operation, those that are bound already left out."""
        found = dict(bound)
        parameters = [name for name in operation.parameters if name not in bound]
        rest: list[Expression] = []
        for argument in arguments:
            if argument.keyword is not None:
                found[argument.keyword] = argument.value
            elif parameters and not parameters[0].startswith("*"):
                found[parameters.pop(0)] = argument.value
            else:
                spread = values.elements(argument.value) if argument.spread else None
                rest += spread if spread is not None else [argument.value]
        if parameters and parameters[0].startswith("*"):
            at = rest[0].range if rest else next(iter(found.values())).range
            found[parameters[0][1:]] = Collection(at, Sequence.LIST, tuple(rest))
        return cls(values, found)

    def get(self, path: str) -> Expression | None:
        """What an argument, or a key in it, says; None where it is not given."""
        if path in self.inner:
            return self.inner[path]
        first, *keys = path.split(".")
        found = self.arguments.get(first)
        for key in keys:
            found = self.values.entry(found, key)
        return found

    def is_given(self, path: str) -> bool:
        """Whether an argument says anything but `None` or its kin."""
        found = self.get(path)
        return found is not None and not self.values.is_false(found)


class _UnknownError(Exception):
    """An argument that has to be known is not."""


def write(operation: Operation, given: Given, kinds: Kinds) -> Iterator[Fragment | None]:
    """The statements that an operation comes to; None for one of which an argument that it needs is not known."""
    for statement in operation.statements:
        if statement.when and given.get(statement.when) is None:
            continue
        try:
            yield _Writing(statement.sql, given, kinds).run()
        except _UnknownError:
            yield None


class _Writing:
    """One pass over a template."""

    def __init__(self, sql: str, given: Given, kinds: Kinds) -> None:
        self.parts = list(_PART.finditer(sql))
        self.given = given
        self.kinds = kinds
        self.index = 0

    def run(self) -> Fragment:
        found: list[Text | str] = []
        while self.index < len(self.parts) and self.parts[self.index].group("close") is None:
            part = self.parts[self.index]
            self.index += 1
            if part.group("open"):
                found += self._optional()
            elif part.group("words"):
                found.append(part.group("words"))
            else:
                found += self._argument(part)
        return tuple(found)

    def _optional(self) -> Fragment:
        end = next(index for index in range(self.index, len(self.parts)) if self.parts[index].group("close"))
        wanted = (part.group("path") for part in self.parts[self.index : end] if part.group("sign") == ":")
        is_there = all(self.given.is_given(path) for path in wanted)
        found = self.run() if is_there else ()
        self.index = end + 1
        return found

    def _argument(self, part: re.Match[str]) -> Fragment:
        path, sign, rest = part.group("path", "sign", "rest")
        value = self.given.get(path)
        if sign == ":":
            found = self.kinds[rest](value) if value is not None else None
            if found is None:
                raise _UnknownError
            return found
        is_wanted = value is not None and (
            self.given.values.is_true(value) if sign == "?" else self.given.values.is_false(value)
        )
        return (said(rest, value.range),) if value is not None and is_wanted else ()
