"""Sequelize: migrations that call the methods of a `queryInterface`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.values import called, positional
from persistlint.analysis.migrations.walk import Framework
from persistlint.analysis.migrations.writer import REST, Writer, as_serial
from persistlint.analysis.migrations.writing import as_type, listed, quoted, said
from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Call, Constant, Lambda, Mapping, Name, String

if TYPE_CHECKING:
    from persistlint.analysis.migrations.operations import Kinds
    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression
    from persistlint.sql.text import Text

_CONSTRAINTS = {"unique": "UNIQUE", "primary key": "PRIMARY KEY", "foreign key": "FOREIGN KEY"}
_SUFFIXES = {"UNIQUE": "uk", "PRIMARY KEY": "pk", "FOREIGN KEY": "fk"}  # of names that Sequelize chooses


class Sequelize(Framework):
    """One file of Sequelize's. `transactions` are the numbers of those that it opens, by the names of what they are
    passed on as."""

    def __init__(self, dialect: str | None) -> None:
        self.dialect = dialect
        self.transactions: dict[str, int] = {}

    def call(self, walk: Walk, call: Call) -> bool:
        function = call.function
        if not isinstance(function, Attribute) or not walk.is_about_database(function.value):
            return False
        if function.name == "transaction":
            for argument in call.arguments:
                if isinstance(argument.value, Lambda):
                    walk.inline(argument.value.function, ())
            return True
        if function.name in ("commit", "rollback"):
            return True
        is_direct = isinstance(function.value, Name) or last_name(function.value) in ("queryInterface", "sequelize")
        operation = table("sequelize").operations.get(function.name) if is_direct else None
        if operation is None:
            return False
        given = Given.of(call.arguments, operation, walk.values, {})
        if function.name == "addIndex" and isinstance(walk.values.resolve(given.get("attributes")), Mapping):
            options = given.arguments["options"] = given.arguments["attributes"]  # all of it in one object
            fields = walk.values.entry(options, "fields")
            if fields is not None:
                given.arguments["attributes"] = fields
        if function.name == "addConstraint" and walk.values.elements(given.get("options")) is not None:
            fields, given.arguments["options"] = given.arguments["options"], given.arguments.get("others", call)
            given.arguments["fields"] = fields  # as Sequelize 4 had it
        with walk.inside(self._transaction(given, walk.values)):
            SequelizeWriter(walk.values, self.dialect, given).take(walk, operation, given, call.range)
        return True

    def _transaction(self, given: Given, values: Values) -> int | None:
        """The number of the transaction that one of the options names."""
        for argument in given.arguments.values():
            passed = values.entry(argument, "transaction")
            if passed is not None and not values.is_false(passed):
                return self.transactions.setdefault(last_name(passed), len(self.transactions) + 1)
        for argument in given.arguments.values():
            if isinstance(argument, Name) and argument.id == "transaction":  # `{ transaction }` under another name
                return self.transactions.setdefault(argument.id, len(self.transactions) + 1)
        return None


class SequelizeWriter(Writer):
    """Writes what Sequelize says, for one dialect."""

    def __init__(self, values: Values, dialect: str | None, given: Given) -> None:
        super().__init__(values, dialect)
        self.given = given

    @property
    def kinds(self) -> Kinds:
        return super().kinds | {
            "type": self.type,
            "attribute": self.attribute,
            "items": self.items,
            "constraint": self.constraint,
            "condition": self.condition,
        }

    def name(self, node: Expression) -> Fragment | None:
        """An identifier; a table also as `{ schema, tableName }`, a column of an index as `{ name, order }`."""
        return self.named(node, "tableName", "name", "attribute")

    def text(self, node: Expression) -> Fragment | None:
        """SQL in a string, in `literal("…")`, or under the key `query`."""
        node = self.unwrapped(node)
        if isinstance(node, Call) and called(node) == "literal" and node.arguments:
            node = self.unwrapped(node.arguments[0].value)
        return super().text(self.values.entry(node, "query") or node)

    def condition(self, node: Expression) -> Fragment | None:
        """SQL, or an object: `{ ownerId: { [Op.ne]: null } }`. Of another object only the columns are read."""
        node = self.unwrapped(node)
        if not isinstance(node, Mapping):
            return self.text(node)
        columns = [(self.values.text(entry.key), entry.value) for entry in self.values.entries(node)]
        named = [quoted(name, node.range) for name, _ in columns if name]
        if len(named) == len(columns) == 1 and self._is_not_null(columns[0][1]):
            return (*named, "IS NOT NULL")
        return ("condition (", *listed((name,) for name in named), ")")

    def _is_not_null(self, node: Expression) -> bool:
        """`{ [Op.ne]: null }`."""
        entries = list(self.values.entries(node))
        if len(entries) != 1 or entries[0].key is None or last_name(entries[0].key) not in ("ne", "not"):
            return False
        value = self.unwrapped(entries[0].value)
        return isinstance(value, Constant) and value.value is None

    def called_default(self, call: Call) -> Fragment | None:
        """`Sequelize.literal("…")`, `Sequelize.fn("now")`."""
        if called(call) == "fn" and call.arguments:
            return (said(f"{self.values.text(call.arguments[0].value) or 'unknown'}()", call.range),)
        return self.text(call)

    def type(self, node: Expression) -> Fragment | None:
        """A type; one that is not known keeps its name."""
        range = node.range
        node = self.unwrapped(node)
        if isinstance(node, String):
            return (said(node.value, range),) if node.value else None
        while isinstance(node, Attribute) and last_name(node) in ("UNSIGNED", "BINARY", "ZEROFILL"):
            node = self.unwrapped(node.value)  # INTEGER.UNSIGNED
        name = called(node)
        arguments = positional(node) if isinstance(node, Call) else ()
        if name == "ARRAY" and arguments:
            inner = self.type(arguments[0].value)
            return (*inner, "[]") if inner else None
        written = table("sequelize").type(name, self.dialect)
        if written is None:
            return (as_type(name.lower(), range),) if name else None
        numbers = [number for argument in arguments if (number := self.values.number(argument.value))]
        default = "(255)" if name == "STRING" else ""
        return (said(written.replace("{}", f"({', '.join(numbers)})" if numbers else default), range),)

    def attribute(self, node: Expression) -> Fragment | None:
        """What an attribute says behind its name: `{ type: …, allowNull: false }`, or a type alone."""
        node = self.unwrapped(node)
        if isinstance(node, Name) and table("sequelize").type(node.id, self.dialect) is None:
            return None  # an attribute from elsewhere
        if not isinstance(node, Mapping):
            return self.type(node)
        if any(entry.key is None for entry in self.values.entries(node)):
            return None
        of_type = self.values.entry(node, "type")
        found: list[Text | str] = []
        type = self.type(of_type) if of_type is not None else None
        if type is not None:
            found += as_serial(type) if self.values.is_true(self.values.entry(node, "autoIncrement")) else type
        for entry in self.values.entries(node):
            found += self._option(self.values.text(entry.key), entry.value)
        referred = self.values.entry(node, "references")
        found += self._reference(referred, node) if referred is not None else ()
        return tuple(found)

    def _option(self, key: str, value: Expression) -> Fragment:
        if key == "allowNull" and self.values.is_false(value):
            return (said("NOT NULL", value.range),)
        if key in ("primaryKey", "unique") and self.values.is_true(value):
            return (said("PRIMARY KEY" if key == "primaryKey" else "UNIQUE", value.range),)
        if key == "defaultValue" and not self._is_made_here(value):
            return ("DEFAULT", *self.or_some(value))
        return ()

    def _is_made_here(self, value: Expression) -> bool:
        """Whether Sequelize itself makes the value for each row, so that the column has no default."""
        return last_name(value) in ("UUIDV1", "UUIDV4") or self._is_undefined(value)

    def _is_undefined(self, value: Expression) -> bool:
        return isinstance(value, Name) and value.id == "undefined"

    def _reference(self, referred: Expression, attribute: Expression) -> Fragment:
        of_table = self.values.entry(referred, "model") or self.values.entry(referred, "table") or referred
        name = self.name(of_table)
        if name is None:
            return ()
        key = self.values.entry(referred, "key") or self.values.entry(referred, "field")
        column = self.name(key) if key is not None else None
        columns: Fragment = ("(", *column, ")") if column else ()
        return ("REFERENCES", *name, *columns, *self._actions(attribute))

    def _actions(self, node: Expression) -> Fragment:
        found: list[Text | str] = []
        for key, words in (("onDelete", "ON DELETE"), ("onUpdate", "ON UPDATE")):
            given = self.values.entry(node, key)
            action = self.word(given) if given is not None else None
            found += (words, *action) if action else ()
        return tuple(found)

    def items(self, node: Expression) -> Fragment | None:
        """The columns of a table; one that is not understood leaves it incomplete."""
        if not isinstance(self.unwrapped(node), Mapping):
            return REST
        found: list[Fragment] = []
        for entry in self.values.entries(node):
            field = self.values.entry(entry.value, "field")
            name = self.name(field or entry.key) if entry.key is not None else None
            attribute = self.attribute(entry.value)
            found.append((*name, *attribute) if name and attribute is not None else REST)
        return listed(found)

    def constraint(self, node: Expression) -> Fragment | None:
        """What `addConstraint` adds."""
        words = _CONSTRAINTS.get(self.values.text(self.values.entry(node, "type")).lower())
        fields = self.given.get("fields") or self.values.entry(node, "fields")
        columns = self.names(fields) if fields is not None else None
        if words is None or columns is None:
            return ("CHECK ( unknown ( ) )",) if words is None and columns is not None else None
        named = self._chosen_name(words, fields) if self.values.entry(node, "name") is None else ()
        head = (*named, said(words, node.range), "(", *columns, ")")
        if words != "FOREIGN KEY":
            return head
        referred = self.values.entry(node, "references")
        target = self._target(referred) if referred is not None else None
        return (*head, *target, *self._actions(node)) if target else None

    def _chosen_name(self, words: str, fields: Expression | None) -> Fragment:
        """The name that Sequelize gives to a constraint without one."""
        of_table = self.given.get("table")
        columns = [self.values.text(field) for field in self.values.elements(fields) or ()]
        if of_table is None or not self.values.text(of_table) or not columns or not all(columns):
            return ()
        name = "_".join((self.values.text(of_table), *columns, _SUFFIXES[words]))
        return ("CONSTRAINT", quoted(name, of_table.range))

    def _target(self, referred: Expression) -> Fragment | None:
        name = self.values.entry(referred, "table") or self.values.entry(referred, "model")
        of_table = self.name(name) if name is not None else None
        fields = self.values.entry(referred, "field") or self.values.entry(referred, "fields")
        columns = self.names(fields) if fields is not None else None
        return ("REFERENCES", *of_table, "(", *columns, ")") if of_table and columns else None
