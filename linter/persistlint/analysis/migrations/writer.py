"""How names, texts and values of a program are written in SQL, for every framework alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import write
from persistlint.analysis.migrations.writing import join, listed, literal, quoted, said, verbatim
from persistlint.ir import Call, Constant, Mapping, Number, String
from persistlint.source import Range
from persistlint.sql.text import Text

if TYPE_CHECKING:
    from persistlint.analysis.migrations.operations import Given, Kinds, Operation
    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression

SERIALS = {"integer": "serial", "bigint": "bigserial", "smallint": "smallserial"}
REST: Fragment = ("LIKE", "others")  # of a table of which not all columns are known


class Writer:
    """Writes what a place of a program says, for one dialect."""

    def __init__(self, values: Values, dialect: str | None) -> None:
        self.values = values
        self.dialect = dialect

    @property
    def kinds(self) -> Kinds:
        """What writes an argument, by its kind. It is not kept: a writer would hold itself, and be given up late."""
        return {
            "name": self.name,
            "names": self.names,
            "keys": self.keys,
            "word": self.word,
            "text": self.text,
            "statement": self.text,
            "default": self.default,
        }

    def take(self, walk: Walk, operation: Operation, given: Given, range: Range) -> None:
        """Make the statements of an operation the next steps of a walk. Text of which not all is known is none of them
        where it begins as what changes rows alone."""
        for fragment in self.written(operation, given):
            if fragment is None and self.values.begins_with_rows(given.get("sql")):
                continue
            of_table = self.values.text(given.get("table"))
            walk.take(join(fragment, range) if fragment is not None else None, range, table=of_table)

    def written(self, operation: Operation, given: Given) -> list[Fragment | None]:
        """The statements of an operation; None for one that is not understood."""
        return list(write(operation, given, self.kinds))

    def unwrapped(self, node: Expression) -> Expression:
        """What an expression stands for."""
        return self.values.resolve(node) or node

    def name(self, node: Expression) -> Fragment | None:
        """An identifier."""
        node = self.unwrapped(node)
        text = self.values.text(node)
        return (quoted(text, node.range),) if text else None

    def named(self, node: Expression, *keys: str) -> Fragment | None:
        """An identifier, which may also stand under one of these keys of an object, its schema beside it."""
        node = self.unwrapped(node)
        if not isinstance(node, Mapping):
            return Writer.name(self, node)
        last = next((found for key in keys if (found := self.values.entry(node, key))), None)
        before = self.values.entry(node, "schema")
        name = Writer.name(self, last) if last is not None else None
        schema = Writer.name(self, before) if before is not None else None
        return (*schema, ".", *name) if schema and name else name

    def names(self, node: Expression) -> Fragment | None:
        """Several of them, or one alone."""
        elements = self.values.elements(node) or (node,)
        found = [self.name(element) for element in elements]
        return listed(name for name in found if name) if all(found) else None

    def keys(self, node: Expression) -> Fragment | None:
        """What an index is made over: columns and expressions."""
        elements = self.values.elements(node) or (node,)
        found = [self.key(element) for element in elements]
        return listed(key for key in found if key) if all(found) else None

    def key(self, node: Expression) -> Fragment | None:
        """One of them."""
        name = self.name(node)
        if name is not None:
            return name
        text = self.text(node)
        return ("(", *text, ")") if text is not None else None

    def word(self, node: Expression) -> Fragment | None:
        """A word of SQL that stands in a string: CASCADE, gin."""
        text = self.values.text(node)
        return (said(text, node.range),) if text else None

    def text(self, node: Expression) -> Fragment | None:
        """SQL that stands in a string."""
        found = self.values.string(self.unwrapped(node))
        return (verbatim(found, self.values.content),) if found is not None else None

    def default(self, node: Expression) -> Fragment | None:
        """The value of a column for rows that name none."""
        range = node.range
        node = self.unwrapped(node)
        match node:
            case String(value=value):
                return (literal(value, range),)
            case Number(text=text):
                return (said(text, range),)
            case Constant(value=value):
                return (said("null" if value is None else str(value).lower(), range),)
            case Call():
                return self.called_default(node)
        return None

    def called_default(self, call: Call) -> Fragment | None:
        """The same where it is something that is called."""
        return None

    def or_some(self, node: Expression) -> Fragment:
        """The value of a column; some value where it is not known."""
        return self.default(node) or (said("unknown()", node.range),)


def as_serial(type: Fragment) -> Fragment:
    """The type of a column that the database counts up by itself."""
    found = type[0] if type else ""
    if not isinstance(found, Text) or found.text not in SERIALS:
        return type
    return (said(SERIALS[found.text], Range(found.positions[0], found.positions[-1])),)
