"""TypeORM: classes whose `up` and `down` are given a `QueryRunner`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.walk import Methods
from persistlint.analysis.migrations.writer import REST, Writer, as_serial
from persistlint.analysis.migrations.writing import listed, said
from persistlint.ir import Call, Mapping

if TYPE_CHECKING:
    from persistlint.analysis.migrations.operations import Kinds
    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression
    from persistlint.sql.text import Text


class TypeOrm(Methods):
    """One file of TypeORM's."""

    def method(self, walk: Walk, name: str, call: Call) -> None:
        operation = table("typeorm").operations.get(name)
        if operation is None:
            walk.take(None, call.range)
            return
        given = Given.of(call.arguments, operation, walk.values, {})
        given.arguments = {name: _described(value, walk.values) for name, value in given.arguments.items()}
        TypeOrmWriter(walk.values, self.dialect).take(walk, operation, given, call.range)


def _described(node: Expression, values: Values) -> Expression:
    """The object that `new TableColumn({ … })` and its kin are given; anything else as it is."""
    found = values.resolve(node) or node
    if isinstance(found, Call) and found.new and found.arguments:
        return found.arguments[0].value
    return node


class TypeOrmWriter(Writer):
    """Writes what TypeORM's objects say, for one dialect."""

    @property
    def kinds(self) -> Kinds:
        return super().kinds | {
            "column": self.column,
            "items": self.items,
            "added": self.added,
            "dropped": self.dropped,
            "foreign": self.foreign,
        }

    def unwrapped(self, node: Expression) -> Expression:
        """What an object is described by."""
        return self.values.resolve(_described(node, self.values)) or node

    def name(self, node: Expression) -> Fragment | None:
        """An identifier, with its schema where it has one; of an object its name."""
        node = self.unwrapped(node)
        if isinstance(node, Mapping):
            named = self.values.entry(node, "name")
            return self.name(named) if named is not None else None
        schema, dot, last = self.values.text(node).rpartition(".")
        if not dot:
            return super().name(node)
        return (said(f"`{schema}`", node.range), ".", said(f"`{last}`", node.range))

    def column(self, node: Expression) -> Fragment | None:
        """`new TableColumn({ name, type, … })`."""
        node = self.unwrapped(node)
        name = self.values.entry(node, "name")
        of_type = self.values.entry(node, "type")
        written = self.name(name) if name is not None else None
        if written is None or any(entry.key is None for entry in self.values.entries(node)):
            return None
        found: list[Text | str] = [*written]
        is_counted = self._is(node, "isGenerated") and self.values.text(
            self.values.entry(node, "generationStrategy")
        ) in ("increment", "identity", "")
        if of_type is not None and (type := self._type(of_type, node)):
            found += as_serial(type) if is_counted else type
        if self._is(node, "isPrimary"):
            found.append(said("PRIMARY KEY", node.range))
        if not self._is(node, "isNullable"):
            found.append(said("NOT NULL", node.range))
        if self._is(node, "isUnique"):
            found.append(said("UNIQUE", node.range))
        default = self.values.entry(node, "default")
        if default is not None and not self.values.is_false(default):
            sql = self.text(default)  # a string holds SQL there
            found += ("DEFAULT", *(sql or self.or_some(default)))
        return tuple(found)

    def _type(self, of_type: Expression, column: Expression) -> Fragment | None:
        text = self.values.text(of_type)
        sizes = [self.values.entry(column, key) for key in ("length", "precision", "scale")]
        numbers = [self.values.number(size) or self.values.text(size) for size in sizes if size is not None]
        if not text:
            return None
        array = "[]" if self._is(column, "isArray") else ""
        return (said(f"{text}({', '.join(numbers)}){array}" if numbers else f"{text}{array}", of_type.range),)

    def items(self, node: Expression) -> Fragment | None:
        """The columns and keys of `new Table({ … })`."""
        columns = self.values.elements(self.values.entry(node, "columns"))
        found = [self.column(column) or REST for column in columns] if columns is not None else [REST]
        keys = self.values.elements(self.values.entry(node, "foreignKeys")) or ()
        found += [self.foreign(key) or REST for key in keys]
        for unique in self.values.elements(self.values.entry(node, "uniques")) or ():
            of_unique = self.values.entry(self.unwrapped(unique), "columnNames")
            names = self.names(of_unique) if of_unique is not None else None
            found.append((said("UNIQUE", unique.range), "(", *names, ")") if names else REST)
        return listed(found)

    def added(self, node: Expression) -> Fragment | None:
        """`ADD COLUMN` for each of several."""
        columns = [self.column(column) for column in self.values.elements(node) or ()]
        return listed(("ADD COLUMN", *column) for column in columns if column) if columns and all(columns) else None

    def dropped(self, node: Expression) -> Fragment | None:
        """`DROP COLUMN` for each of several."""
        names = [self.name(column) for column in self.values.elements(node) or ()]
        return listed(("DROP COLUMN", *name) for name in names if name) if names and all(names) else None

    def foreign(self, node: Expression) -> Fragment | None:
        """`new TableForeignKey({ … })`."""
        node = self.unwrapped(node)
        keys = ("columnNames", "referencedTableName", "referencedColumnNames")
        own, target, columns = (self.values.entry(node, key) for key in keys)
        if own is None or target is None or columns is None:
            return None
        names, of_table, referred = self.names(own), self.name(target), self.names(columns)
        if names is None or of_table is None or referred is None:
            return None
        named = self.values.entry(node, "name")
        name = self.name(named) if named is not None else None
        found: list[Text | str] = [said("CONSTRAINT", node.range), *name] if name else []
        found += (said("FOREIGN KEY", node.range), "(", *names, ")", "REFERENCES", *of_table, "(", *referred, ")")
        action = self.values.entry(node, "onDelete")
        word = self.word(action) if action is not None else None
        return (*found, "ON DELETE", *word) if word else tuple(found)

    def _is(self, node: Expression, key: str) -> bool:
        return self.values.is_true(self.values.entry(node, key))
