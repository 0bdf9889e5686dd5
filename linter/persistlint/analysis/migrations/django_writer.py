"""How Django's models, fields and constraints are written in SQL.

A field stands for its column under its own name, also where the column of a foreign key has `_id` behind it: what
removes a field does not say which kind it is.
"""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.values import Values, called, keyword, positional
from persistlint.analysis.migrations.writer import REST, Writer
from persistlint.analysis.migrations.writing import listed, quoted, said
from persistlint.ir import Attribute, Call, String, walk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.operations import Kinds
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Argument, Expression
    from persistlint.sql.text import Text

_RELATIONS = frozenset({"ForeignKey", "OneToOneField", "ParentalKey"})
_ELSEWHERE = frozenset({"ManyToManyField", "ParentalManyToManyField", "GenericForeignKey", "GenericRelation"})
_SIZED = frozenset({"varchar", "numeric"})  # whose sizes Django sends; those of other fields are for forms
_EMPTY_TEXTS = frozenset({"CharField", "TextField", "SlugField", "EmailField", "URLField", "FileField", "ImageField"})


class DjangoWriter(Writer):
    """Writes what Django says, for one dialect and one application."""

    def __init__(self, values: Values, dialect: str | None, app: str) -> None:
        super().__init__(values, dialect)
        self.app = app
        self.tables: dict[str, str] = {}  # of models that this migration gives another one than that of their names
        self.classes: Expression | None = None  # the operator classes of the index that is written

    @property
    def kinds(self) -> Kinds:
        return super().kinds | {
            "model": self.model_name,
            "added": self.added,
            "constraint": self.constraint,
            "condition": self.condition,
            "keys": lambda node: self.keys(node, self.classes),
        }

    def table_of(self, model: Expression) -> Expression:
        """The table of a model of the application, as a text of the program."""
        name = self.values.text(model).lower()
        return String(model.range, self._named(self.app, name) if name else "", model.range)

    def call_table(self, model: Expression, table: Expression | None) -> None:
        """Remember what the table of a model is called."""
        if name := self.values.text(table):
            self.tables[self.values.text(model).lower()] = name

    def rename(self, old: Expression, new: Expression) -> bool:
        """Remember the new name of a model; say whether that changes nothing, for its table is not called after it."""
        own = self.tables.pop(self.values.text(old).lower(), "")
        if own:
            self.tables[self.values.text(new).lower()] = own
        return bool(own)

    def _named(self, app: str, model: str) -> str:
        """The table of a model by its name in small letters."""
        own = self.tables.get(model) if app == self.app else None
        return own or f"{app}_{model}"

    def model_name(self, node: Expression) -> Fragment | None:
        """The table of a model."""
        return self.name(self.table_of(node))

    def keys(self, node: Expression, classes: Expression | None = None) -> Fragment | None:
        """The fields of an index, a `-` before one that is descending, each with its operator class."""
        elements = self.values.elements(node) or ()
        names = [self.values.text(element).lstrip("-") for element in elements]
        words: list[Fragment] = [self.word(each) or () for each in self.values.elements(classes) or ()]
        if not names or not all(names):
            return None
        keys = zip(names, elements, chain(words, repeat(())), strict=False)
        return listed((quoted(name, element.range), *of_class) for name, element, of_class in keys)

    def condition(self, node: Expression) -> Fragment | None:
        """A condition that is built from `Q`. What it says is not read, only which fields it is about."""
        names = [
            argument.keyword or self.values.text(next(iter(self.values.elements(argument.value) or ()), None))
            for call in walk(node)
            if isinstance(call, Call)
            for argument in call.arguments
        ]
        fields = [quoted(name.partition("__")[0], node.range) for name in names if name and not name.startswith("_")]
        return ("condition (", *listed((field,) for field in fields), ")")

    # ------------------------------------------------------------------------------------------------------- fields

    def is_elsewhere(self, node: Expression | None) -> bool:
        """Whether a field is no column of its table."""
        return called(self.values.resolve(node)) in _ELSEWHERE

    def may_be_null(self, field: Call) -> bool:
        """Whether a row may go without a value in a field."""
        return called(field) == "NullBooleanField" or self._is(field, "null")

    def is_relation(self, field: Call) -> bool:
        """Whether the column of a field holds the key of another table, and has `_id` behind its name."""
        return called(field) in _RELATIONS

    def field(self, node: Expression) -> Fragment | None:
        """What a field says behind its name, but for its default."""
        call = self.values.resolve(node)
        if not isinstance(call, Call):
            return None
        kind = called(call)
        type = self._type(call, kind)
        if type is None:
            return None
        found: list[Text | str] = [*type]
        if not self.may_be_null(call):
            found.append(said("NOT NULL", call.range))
        if self._is(call, "primary_key"):
            found.append(said("PRIMARY KEY", call.range))
        elif self._is(call, "unique") or kind == "OneToOneField":
            found.append(said("UNIQUE", call.range))
        target = keyword(call, "to") or next(iter(positional(call)), None)
        if kind in _RELATIONS and target is not None and not self._is_unconstrained(call):
            found += self._reference(target.value)
        return tuple(found)

    def added(self, node: Expression) -> Fragment | None:
        """The same for a field of a table that is there, with the value that its rows get."""
        call = self.values.resolve(node)
        found = self.field(node)
        if found is None or not isinstance(call, Call):
            return found
        default = keyword(call, "default") or keyword(call, "db_default")
        is_filled = self._is(call, "auto_now") or self._is(call, "auto_now_add")
        is_filled |= self._is(call, "blank") and called(call) in _EMPTY_TEXTS
        if default is not None:
            return (*found, "DEFAULT", *self._constant(default.value))
        return (*found, "DEFAULT", "''") if is_filled else found

    def _constant(self, node: Expression) -> Fragment:
        """A default as Django writes it: a callable is called once, before."""
        return self.default(node) or (said("'default'", node.range),)

    def _type(self, call: Call, kind: str) -> Fragment | None:
        """The type of a field; None for a class of the project's own, which may be no column at all."""
        if kind in _RELATIONS:
            return ()  # that of the key that it refers to
        written = table("django").type(kind, self.dialect)
        if written is None:
            return None
        sizes = [keyword(call, key) for key in ("max_length", "max_digits", "decimal_places")]
        numbers = [self.values.number(size.value) for size in sizes if size is not None]
        is_sized = bool(numbers) and all(numbers) and written.partition("(")[0] in _SIZED
        text = f"{written.partition('(')[0]}({', '.join(numbers)})" if is_sized else written
        return (said(text, call.range),)

    def _is_unconstrained(self, call: Call) -> bool:
        given = keyword(call, "db_constraint")
        return given is not None and self.values.is_false(given.value)

    def _reference(self, target: Expression) -> Fragment:
        """What `to="app.Model"` refers to; a model that the settings choose is not known."""
        app, _, model = self.values.text(target).rpartition(".")
        if not model or isinstance(self.values.resolve(target), Attribute):
            return ()
        name = self._named(app.lower() or self.app, model.lower())
        return (said("REFERENCES", target.range), quoted(name, target.range))

    def _is(self, call: Call, key: str) -> bool:
        given = keyword(call, key)
        return given is not None and self.values.is_true(given.value)

    # ------------------------------------------------------------------------------------------------------- tables

    def model(self, call: Call) -> Iterator[Fragment]:
        """The table of `CreateModel`, and the indexes of its fields."""
        arguments = [argument.value for argument in positional(call)]
        by_name = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
        named = by_name.get("name") or next(iter(arguments), None)
        fields = by_name.get("fields") or (arguments[1] if len(arguments) > 1 else None)
        options = by_name.get("options") or (arguments[2] if len(arguments) > 2 else None)
        if named is None or fields is None:
            return
        if self.values.is_true(self.values.entry(options, "proxy")) or self.values.is_false(
            self.values.entry(options, "managed")
        ):
            return
        given = self.values.entry(options, "db_table")
        self.call_table(named, given)
        of_table = self.name(given or self.table_of(named))
        if of_table is None:
            return
        items: list[Fragment] = []
        indexes: list[Fragment] = []
        for element in self.values.elements(fields) or ():
            pair = self.values.elements(element) or ()
            if len(pair) != 2 or self.is_elsewhere(pair[1]):
                continue
            name, field = self.name(pair[0]), self.field(pair[1])
            if name and field is not None:
                items.append((*name, *field))
                indexes += self._index(pair[0], pair[1], of_table)
        yield ("CREATE TABLE", *of_table, "(", *listed([*items, REST]), ")")
        yield from indexes

    def _index(self, name: Expression, field: Expression, of_table: Fragment) -> list[Fragment]:
        """The index that Django makes for a field: every foreign key has one."""
        call = self.values.resolve(field)
        column = self.name(name)
        if not isinstance(call, Call) or column is None or not self.is_indexed(call):
            return []
        return [("CREATE INDEX ON", *of_table, "(", *column, ")")]

    def is_indexed(self, field: Call) -> bool:
        """Whether Django makes an index for a field that is not unique."""
        given = keyword(field, "db_index")
        is_key = called(field) in ("ForeignKey", "ParentalKey", "SlugField")
        is_off = given is not None and self.values.is_false(given.value)
        return (self._is(field, "db_index") or (is_key and not is_off)) and not self._is(field, "unique")

    def indexed(self, given: Given) -> list[Fragment]:
        """The index that comes with a field that is added."""
        name, field, of_table = (given.get(key) for key in ("name", "field", "table"))
        target = self.name(of_table) if of_table is not None else None
        return self._index(name, field, target) if name is not None and field is not None and target else []

    def altered(self, call: Call) -> Iterator[Fragment]:
        """What `AlterField` may change: the type, and whether there must be a value."""
        arguments = [argument.value for argument in positional(call)]
        by_name = {argument.keyword: argument.value for argument in call.arguments if argument.keyword}
        model, name, field = (by_name.get(key) for key in ("model_name", "name", "field"))
        if len(arguments) == 3:
            model, name, field = arguments
        found = self.values.resolve(field)
        if model is None or name is None or not isinstance(found, Call):
            return
        of_table, column = self.model_name(model), self.name(name)
        if of_table is None or column is None:
            return
        head = ("ALTER TABLE", *of_table, "ALTER COLUMN", *column)
        type = self._type(found, called(found))
        if type is None:
            return
        if type:
            yield (*head, "TYPE", *type)
        yield (*head, "DROP" if self.may_be_null(found) else "SET", said("NOT NULL", found.range))

    def partial_key(self, given: Given) -> Fragment | None:
        """The index that a `UniqueConstraint` with a condition or expressions is; None for any other constraint."""
        fields, condition, name, target = (
            given.get(key) for key in ("constraint.fields", "constraint.condition", "constraint.name", "table")
        )
        call = self.values.resolve(given.get("constraint"))
        expressions = positional(call) if isinstance(call, Call) and called(call) == "UniqueConstraint" else ()
        if name is None or target is None or (condition is None and not expressions):
            return None
        columns = self.keys(fields) if fields is not None else self._computed(expressions)
        where = self.condition(condition) if condition is not None else None
        of_index, of_table = self.name(name), self.name(target)
        if columns is None or of_index is None or of_table is None:
            return None
        head: Fragment = ("CREATE UNIQUE INDEX", *of_index, "ON", *of_table, "(", *columns, ")", *self.nulls(call))
        return (*head, "WHERE", *where) if where is not None else head

    def nulls(self, constraint: Expression | None) -> Fragment:
        """What a `UniqueConstraint` with `nulls_distinct=False` says besides its fields."""
        given = keyword(constraint, "nulls_distinct") if isinstance(constraint, Call) else None
        return ("NULLS NOT DISTINCT",) if given is not None and self.values.is_false(given.value) else ()

    def _computed(self, expressions: tuple[Argument, ...]) -> Fragment | None:
        """Keys of an index that are computed; of each only the fields are read."""
        keys: list[Fragment] = []
        for expression in expressions:
            named = (node for node in walk(expression.value) if isinstance(node, String))
            fields = listed((quoted(node.value, node.range),) for node in named)
            keys.append(("( computed (", *fields, ") )"))
        return listed(keys) if keys else None

    def constraint(self, node: Expression) -> Fragment | None:
        """`models.UniqueConstraint(…)`, `models.CheckConstraint(…)`."""
        call = self.values.resolve(node)
        if not isinstance(call, Call):
            return None
        given = keyword(call, "name")
        name = self.name(given.value) if given is not None else None
        head: Fragment = (said("CONSTRAINT", call.range), *name) if name else ()
        fields = keyword(call, "fields")
        if called(call) == "UniqueConstraint" and fields is not None and keyword(call, "condition") is None:
            columns = self.keys(fields.value)
            return (*head, said("UNIQUE", call.range), *self.nulls(call), "(", *columns, ")") if columns else None
        if called(call) == "CheckConstraint":
            return (*head, said("CHECK ( condition ( ) )", call.range))
        return None
