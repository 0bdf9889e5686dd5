"""node-pg-migrate: migrations that call the methods of `pgm`, all for PostgreSQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.values import called
from persistlint.analysis.migrations.walk import Methods
from persistlint.analysis.migrations.writer import REST, Writer
from persistlint.analysis.migrations.writing import listed, literal, said
from persistlint.ir import Call, Mapping, String

if TYPE_CHECKING:
    from persistlint.analysis.migrations.operations import Kinds
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression
    from persistlint.sql.text import Text


class NodePgMigrate(Methods):
    """One file of node-pg-migrate's."""

    def method(self, walk: Walk, name: str, call: Call) -> None:
        self.is_off |= name == "noTransaction"
        operation = table("node_pg_migrate").operations.get(name)
        if operation is None:
            walk.take(None, call.range)
            return
        given = Given.of(call.arguments, operation, walk.values, {})
        NodePgWriter(walk.values, self.dialect).take(walk, operation, given, call.range)


class NodePgWriter(Writer):
    """Writes what node-pg-migrate says."""

    @property
    def kinds(self) -> Kinds:
        return super().kinds | {
            "type": self.type,
            "items": self.items,
            "added": self.added,
            "dropped": self.dropped,
            "constraint": self.constraint,
            "values": self.values_of_enum,
        }

    def name(self, node: Expression) -> Fragment | None:
        """An identifier; also `{ schema, name }`."""
        return self.named(node, "name")

    def type(self, node: Expression) -> Fragment | None:
        """A type."""
        text = self.values.text(node)
        return (said(text, node.range),) if text else None

    def called_default(self, call: Call) -> Fragment | None:
        """`pgm.func("now()")`."""
        return self.text(call.arguments[0].value) if called(call) == "func" and call.arguments else None

    def _column(self, node: Expression) -> Fragment | None:
        """What a column says behind its name: `"id"`, a type, or `{ type, notNull, … }`."""
        found = self.unwrapped(node)
        if isinstance(found, String):
            return (said("serial PRIMARY KEY" if found.value == "id" else found.value, node.range),)
        of_type = self.values.entry(found, "type")
        type = self.type(of_type) if of_type is not None else None
        if type is None or any(entry.key is None for entry in self.values.entries(found)):
            return None
        written: list[Text | str] = [*type]
        for key, words in (("notNull", "NOT NULL"), ("primaryKey", "PRIMARY KEY"), ("unique", "UNIQUE")):
            value = self.values.entry(found, key)
            if value is not None and self.values.is_true(value):
                written.append(said(words, value.range))
        default = self.values.entry(found, "default")
        if default is not None:
            written += ("DEFAULT", *self.or_some(default))
        for key in ("generated", "sequenceGenerated", "expressionGenerated"):
            value = self.values.entry(found, key)
            if value is not None and not self.values.is_false(value):
                written += ("DEFAULT", said("unknown()", value.range))
        return (*written, *self._reference(found))

    def _reference(self, node: Expression) -> Fragment:
        """`references: "users"`, `references: '"users"(id)'`, with what a delete does."""
        referred = self.values.entry(node, "references")
        if referred is None:
            return ()
        text = self.values.text(referred)
        target = (said(text, referred.range),) if text and not text.isidentifier() else self.name(referred)
        if not target:
            return ()
        action = self.values.entry(node, "onDelete")
        word = self.word(action) if action is not None else None
        return ("REFERENCES", *target, *(("ON DELETE", *word) if word else ()))

    def items(self, node: Expression) -> Fragment | None:
        """The columns of a table; one that is not understood leaves it incomplete."""
        return listed(column or REST for column in self._columns(node)) or REST

    def added(self, node: Expression) -> Fragment | None:
        """`ADD COLUMN` for each of several."""
        columns = self._columns(node)
        return listed(("ADD COLUMN", *column) for column in columns if column) if columns and all(columns) else None

    def _columns(self, node: Expression) -> list[Fragment | None]:
        found: list[Fragment | None] = []
        for entry in self.values.entries(node):
            name = self.name(entry.key) if entry.key is not None else None
            column = self._column(entry.value)
            found.append((*name, *column) if name and column is not None else None)
        return found

    def dropped(self, node: Expression) -> Fragment | None:
        """`DROP COLUMN` for each of several: a name, a list of names, or an object with them as keys."""
        keys = [entry.key for entry in self.values.entries(node)]
        elements = self.values.elements(node) or keys or (node,)
        names = [self.name(element) if element is not None else None for element in elements]
        return listed(("DROP COLUMN", *name) for name in names if name) if all(names) else None

    def constraint(self, node: Expression) -> Fragment | None:
        """What `addConstraint` adds: SQL, or an object."""
        found = self.unwrapped(node)
        if not isinstance(found, Mapping):
            return self.text(found)
        for key, words in (("unique", "UNIQUE"), ("primaryKey", "PRIMARY KEY")):
            over = self.values.entry(found, key)
            names = self.names(over) if over is not None else None
            if names is not None:
                return (said(words, node.range), "(", *names, ")")
        return ("CHECK ( unknown ( ) )",) if self.values.entry(found, "check") is not None else None

    def values_of_enum(self, node: Expression) -> Fragment | None:
        """The values of an enum."""
        elements = self.values.elements(node)
        texts = [self.values.string(element) for element in elements or ()]
        return listed((literal(text.value, text.range),) for text in texts if text) if texts and all(texts) else None
