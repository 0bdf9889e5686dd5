"""How SQLAlchemy's columns, types and constraints are written in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import table
from persistlint.analysis.migrations.values import DEEPEST, called, keyword, positional
from persistlint.analysis.migrations.writer import REST, Writer, as_serial
from persistlint.analysis.migrations.writing import as_type, listed, quoted, said
from persistlint.ir import Attribute, Call, Expression

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.operations import Given, Kinds
    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Argument
    from persistlint.sql.text import Text

_TABLE_LEVEL = frozenset({"PrimaryKeyConstraint", "ForeignKeyConstraint", "UniqueConstraint", "CheckConstraint"})


class SqlAlchemy(Writer):
    """Writes what SQLAlchemy says, for one dialect."""

    def __init__(self, values: Values, dialect: str | None, classes: Expression | None = None) -> None:
        """`classes` are the operator classes of an index by the names of its columns."""
        super().__init__(values, dialect)
        self.classes = classes

    @property
    def kinds(self) -> Kinds:
        return super().kinds | {"type": self.type, "column": self.column, "items": self.items}

    def key(self, node: Expression) -> Fragment | None:
        """One key of an index, with its operator class."""
        of_class = self.values.entry(self.classes, self.values.text(self.unwrapped(node))) if self.classes else None
        found, word = super().key(node), self.word(of_class) if of_class is not None else None
        return (*found, *word) if found and word else found

    def text(self, node: Expression) -> Fragment | None:
        """SQL in a string, in `text(…)` or what stands for it."""
        node = self.unwrapped(node)
        if isinstance(node, Call) and called(node) in ("text", "literal_column") and node.arguments:
            node = self.unwrapped(node.arguments[0].value)
        return super().text(node)

    def unwrapped(self, node: Expression) -> Expression:
        """What is in `op.f(…)`, `quoted_name(…)` or before `.bindparams(…)`."""
        node = self.values.resolve(node) or node
        for _ in range(DEEPEST):
            if not isinstance(node, Call) or not node.arguments:
                break
            if called(node) in ("f", "quoted_name"):
                node = self.values.resolve(node.arguments[0].value) or node.arguments[0].value
            elif called(node) == "bindparams" and isinstance(node.function, Attribute):
                node = self.values.resolve(node.function.value) or node.function.value
            else:
                break
        return node

    # ------------------------------------------------------------------------------------------------------ columns

    def type(self, node: Expression) -> Fragment | None:
        """A type; one that is not known keeps its name."""
        range = node.range
        node = self.values.resolve(node) or node
        name = called(node)
        arguments = positional(node) if isinstance(node, Call) else ()
        if name == "with_variant" and isinstance(node, Call) and isinstance(node.function, Attribute):
            return self.type(node.function.value)
        if name in ("ARRAY", "as_mutable") and arguments:
            found = self.type(arguments[0].value)
            return (*found, "[]") if found is not None and name == "ARRAY" else found
        if name in ("Enum", "ENUM") and isinstance(node, Call) and self._is_text(node):
            return (said(self._text_type(node), range),)
        if name in ("Enum", "ENUM"):
            given = keyword(node, "name") if isinstance(node, Call) else None
            of_enum = self.values.text(given.value) if given else ""
            return (as_type(of_enum or "enum", range),)
        written = table("alembic").type(name, self.dialect)
        if name in ("DateTime", "TIMESTAMP", "Time") and isinstance(node, Call):
            has_zone = keyword(node, "timezone") or next(iter(arguments), None)
            if has_zone is not None and self.values.is_true(has_zone.value):
                written = f"{written}tz" if written in ("timestamp", "time") else written
        if written is None:
            return (as_type(name.lower(), range),) if name else None
        numbers = [self.values.number(argument.value) for argument in arguments]
        if isinstance(node, Call):
            numbers += [
                self.values.number(argument.value)
                for key in ("length", "precision", "scale")
                if (argument := keyword(node, key)) is not None
            ]
        given_numbers = [number for number in numbers if number]
        return (said(written.replace("{}", f"({', '.join(given_numbers)})" if given_numbers else ""), range),)

    def _is_text(self, enum: Call) -> bool:
        """Whether an enum is kept as text: `Enum(…, native_enum=False)`."""
        given = keyword(enum, "native_enum")
        return given is not None and self.values.is_false(given.value)

    def _text_type(self, enum: Call) -> str:
        """The type that holds the longest value of an enum, or as much as it is told to."""
        length = keyword(enum, "length")
        if length is not None:
            return f"varchar({self.values.number(length.value)})" if self.values.number(length.value) else "varchar"
        texts = [self.values.string(argument.value) for argument in positional(enum)]
        lengths = [len(text.value) for text in texts if text is not None]
        return f"varchar({max(lengths)})" if lengths and len(lengths) == len(texts) else "varchar"

    def called_default(self, call: Call) -> Fragment | None:
        """`sa.text(…)`, `sa.func.now()`, `sa.false()`."""
        name = called(call)
        if name in ("text", "literal_column", "literal"):
            return self.text(call)
        return (said(name if name in ("true", "false", "null") else f"{name}()", call.range),)

    def column(self, node: Expression) -> Fragment | None:
        """`sa.Column(…)`."""
        return self._column(node, frozenset())

    def _column(self, node: Expression, keys: frozenset[str]) -> Fragment | None:
        call = self.values.resolve(node)
        if not isinstance(call, Call) or not called(call).endswith("Column"):
            return None
        arguments = list(positional(call))
        named = keyword(call, "name")
        first = arguments.pop(0).value if arguments and named is None else named.value if named else None
        name = self.name(first) if first is not None else None
        if first is None or name is None:
            return None
        return (*name, *self.described(call, tuple(arguments), self.values.text(first), keys))

    def described(
        self, call: Call, arguments: tuple[Argument, ...], name: str, keys: frozenset[str], otherwise: Fragment = ()
    ) -> Fragment:
        """What a column of a name says behind it. `arguments` are those of its call that follow the name, `keys` the
        columns of the primary key of the table, `otherwise` the type where the call gives none."""
        others = [
            (other, called(other))
            for argument in arguments
            if (other := self.values.resolve(argument.value)) is not None
        ]
        type = keyword(call, "type_") or keyword(call, "sa_type")
        is_described = bool(others) and others[0][1] not in (
            "ForeignKey",
            "Identity",
            "Computed",
            "Sequence",
            *_TABLE_LEVEL,
        )
        of_type = others.pop(0)[0] if is_described else type.value if type is not None else None
        is_key = self._is(call, "primary_key") or name in keys
        found: list[Text | str] = []
        written = self.type(of_type) if of_type is not None else otherwise or None
        if written is not None:
            is_alone = is_key and len(keys) <= 1 and not {"ForeignKey", "Identity"} & {name for _, name in others}
            is_counted = (
                is_alone and not self._is_off(call, "autoincrement") and keyword(call, "server_default") is None
            )
            found += as_serial(written) if is_counted else written
        for other, kind in others:
            found += self._beside(other, kind)
        of_index = self._is(call, "index")  # which is then what is unique
        for argument in call.arguments:
            found += self._option(argument.keyword or "", argument.value, of_index)
        return tuple(found)

    def _option(self, key: str, value: Expression, of_index: bool) -> Fragment:
        """What a named argument of a column says, which may have an index of its own."""
        if key == "nullable" and self.values.is_false(value):
            return (said("NOT NULL", value.range),)
        if key == "primary_key" and self.values.is_true(value):
            return (said("PRIMARY KEY", value.range),)
        if key == "unique" and not of_index and self.values.is_true(value):
            return (said("UNIQUE", value.range),)
        if key == "server_default" and not self.values.is_false(value):
            return ("DEFAULT", *self.or_some(value))
        return ()

    def _beside(self, node: Expression, kind: str) -> Fragment:
        """What stands beside the type of a column."""
        if not isinstance(node, Call):
            return ()
        if kind == "ForeignKey" and node.arguments:
            return self._reference(node) or ()
        if kind == "Identity":
            return (said("GENERATED BY DEFAULT AS IDENTITY", node.range),)
        if kind == "Computed" and node.arguments:
            text = self.text(node.arguments[0].value)
            given = keyword(node, "persisted")
            is_virtual = given is not None and self.values.is_false(given.value)
            return ("GENERATED ALWAYS AS (", *text, ")", "VIRTUAL" if is_virtual else "STORED") if text else ()
        if kind == "CheckConstraint" and node.arguments:
            text = self.text(node.arguments[0].value)
            return (*self._constraint_name(node), "CHECK (", *text, ")") if text else ()
        return ()

    def _reference(self, node: Call) -> Fragment | None:
        """`ForeignKey("schema.table.column")`."""
        target = self.target(node.arguments[0].value)
        return (*self._constraint_name(node), *target, *self._actions(node)) if target else None

    def target(self, node: Expression) -> Fragment | None:
        """What `"schema.table.column"` refers to."""
        target = self.values.string(node)
        parts = target.value.split(".") if target is not None else []
        if len(parts) < 2 or target is None:
            return None
        *tables, column = (quoted(part, target.range) for part in parts)
        name = tables if len(tables) == 1 else [tables[-2], ".", tables[-1]]
        return ("REFERENCES", *name, "(", column, ")")

    def _constraint_name(self, node: Call) -> Fragment:
        given = keyword(node, "name")
        name = self.name(given.value) if given is not None else None
        return (said("CONSTRAINT", node.range), *name) if name else ()

    def _actions(self, node: Call) -> Fragment:
        found: list[Text | str] = []
        for key, words in (("ondelete", "ON DELETE"), ("onupdate", "ON UPDATE")):
            given = keyword(node, key)
            action = self.word(given.value) if given is not None else None
            found += (words, *action) if action else ()
        return tuple(found)

    # ------------------------------------------------------------------------------------------------------- tables

    def items(self, node: Expression) -> Fragment | None:
        """The columns and constraints of a table. One that is not understood leaves the table incomplete."""
        elements = self.values.elements(node) or ()
        keys = frozenset(
            self.values.text(argument.value)
            for element in elements
            if isinstance(call := self.values.resolve(element), Call) and called(call) == "PrimaryKeyConstraint"
            for argument in positional(call)
        )
        found = []
        for element in elements:
            item = self._column(element, keys) or self.constraint(element)
            if item is None or item:
                found.append(item or REST)
        return listed(found)

    def constraint(self, node: Expression) -> Fragment | None:
        """A constraint of a table; nothing for what is no part of CREATE TABLE."""
        call = self.values.resolve(node)
        kind = called(call)
        if not isinstance(call, Call):
            return None
        if kind in ("Index", "ExcludeConstraint", "Comment"):
            return ()
        if kind not in _TABLE_LEVEL:
            return None
        name = self._constraint_name(call)
        arguments = [argument.value for argument in positional(call)]
        if kind == "CheckConstraint":
            text = self.text(arguments[0]) if arguments else None
            return (*name, said("CHECK", call.range), "(", *text, ")") if text else ()
        if kind == "ForeignKeyConstraint":
            return self._foreign_key(call, name, arguments)
        columns = [self.name(argument) for argument in arguments]
        words = "PRIMARY KEY" if kind == "PrimaryKeyConstraint" else "UNIQUE"
        words += " NULLS NOT DISTINCT" if self._is(call, "postgresql_nulls_not_distinct") else ""
        if not columns or not all(columns):
            return None
        return (*name, said(words, call.range), "(", *listed(column for column in columns if column), ")")

    def _foreign_key(self, call: Call, name: Fragment, arguments: list[Expression]) -> Fragment | None:
        if len(arguments) < 2:
            return None
        columns = self.names(arguments[0])
        targets = [self.values.string(target) for target in self.values.elements(arguments[1]) or (arguments[1],)]
        parts = [target.value.split(".") for target in targets if target is not None]
        if columns is None or len(parts) != len(targets) or not parts or any(len(part) < 2 for part in parts):
            return None
        range = arguments[1].range
        *schema, of_table, _ = parts[0]
        before: Fragment = (quoted(schema[-1], range), ".") if schema else ()
        referred = listed((quoted(part[-1], range),) for part in parts)
        head = (
            *name,
            said("FOREIGN KEY", call.range),
            "(",
            *columns,
            ")",
            "REFERENCES",
            *before,
            quoted(of_table, range),
        )
        return (*head, "(", *referred, ")", *self._actions(call))

    def indexes(self, given: Given) -> Iterator[Fragment]:
        """The indexes of a table beside it: those of columns with `index=True`, and each `sa.Index(…)`."""
        target = given.get("table_name")
        of_table = self.name(target) if target is not None else None
        schema = given.get("schema")
        within = self.name(schema) if schema is not None else None
        if of_table is not None and within is not None:
            of_table = (*within, ".", *of_table)
        columns = given.get("columns")
        elements = self.values.elements(columns) if columns is not None else None
        alone = given.get("column")
        for element in elements or ((alone,) if alone is not None else ()):
            call = self.values.resolve(element)
            if of_table is None or not isinstance(call, Call) or not call.arguments:
                continue
            if called(call) == "Index":
                yield from self._index(call, of_table)
            if not self._is(call, "index"):
                continue
            node = call.arguments[0].value
            name = self.name(node)
            if name is not None:
                unique: Fragment = ("UNIQUE",) if self._is(call, "unique") else ()
                index = quoted(f"ix_{self.values.text(target)}_{self.values.text(node)}", node.range)
                yield ("CREATE", *unique, "INDEX", index, "ON", *of_table, "(", *name, ")")

    def _index(self, call: Call, of_table: Fragment) -> Iterator[Fragment]:
        """`sa.Index("name", "column", …)`; nothing where a key is not known."""
        named, *columns = positional(call) or (None,)
        options = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
        writer = SqlAlchemy(self.values, self.dialect, options.get("postgresql_ops"))
        keys = [writer.key(argument.value) for argument in columns]
        using = self.word(options["postgresql_using"]) if "postgresql_using" in options else None
        where = self.text(options["postgresql_where"]) if "postgresql_where" in options else None
        if named is not None and keys and all(keys):
            unique: Fragment = ("UNIQUE",) if self._is(call, "unique") else ()
            method: Fragment = ("USING", *using) if using else ()
            over = listed(key for key in keys if key)
            name = self.name(named.value) or ()
            head: Fragment = ("CREATE", *unique, "INDEX", *name, "ON", *of_table, *method, "(", *over, ")")
            yield (*head, "WHERE", *where) if where else head

    def _is(self, call: Call, key: str) -> bool:
        given = keyword(call, key)
        return given is not None and self.values.is_true(given.value)

    def _is_off(self, call: Call, key: str) -> bool:
        given = keyword(call, key)
        return given is not None and self.values.is_false(given.value)
