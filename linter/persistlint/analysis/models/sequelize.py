"""Sequelize: `sequelize.define(…)`, `Model.init(…)`, and the classes of sequelize-typescript.

Sources: https://sequelize.org/docs/v6/core-concepts/model-basics/, https://github.com/sequelize/sequelize-typescript.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import Given
from persistlint.analysis.migrations.sequelize import SequelizeWriter
from persistlint.analysis.migrations.values import Values, called, positional
from persistlint.analysis.migrations.writing import listed, quoted, said
from persistlint.analysis.models.classes import assignments, classes_of
from persistlint.analysis.models.draft import Draft, texts
from persistlint.analysis.names import last_name
from persistlint.analysis.scopes import scopes
from persistlint.ir import Attribute, Call, Mapping, Name, String, expressions, walk
from persistlint.records import dataclass
from persistlint.schema.models import Field
from persistlint.schema.naming import plural

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import ClassDefinition, Expression, Function
    from persistlint.languages import Syntax
    from persistlint.source import Range

# The columns that options of a model add, with their types.
_ADDED = (("paranoid", "deletedAt", "timestamptz"), ("version", "version", "integer NOT NULL DEFAULT 0"))
# The types of TypeScript that sequelize-typescript gives a type for.
_TYPES = {"string": "varchar(255)", "number": "integer", "boolean": "boolean", "Date": "timestamptz"}


@dataclass(frozen=True, slots=True)
class _Described:
    """A model as it is written: its name, its attributes, and its options."""

    name: String
    range: Range
    attributes: Expression
    options: Expression | None


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file."""
    places = [range for name, range in syntax.calls if name in ("define", "init")]
    module = syntax.lower()
    top = Values(syntax.source.content)
    top.learn(module.body)
    for scope in scopes(module, places) if places else ():
        values = top.inner()
        for function in scope.functions:
            values.learn(function.body)
        for statement in scope.statements:
            for expression in expressions(statement):
                for node in walk(expression):
                    found = _described(node, values, scope.functions)
                    if found is not None:
                        draft = _draft(found, values, dialect)
                        draft.is_complete &= b"belongsTo" not in syntax.source.content  # which adds a column
                        yield draft
    if b"sequelize-typescript" in syntax.source.content:
        for definition in classes_of(module.body):
            yield from _of_class(definition, top, dialect)


def _described(node: Expression, values: Values, functions: tuple[Function, ...]) -> _Described | None:
    """What a call describes: `sequelize.define("user", { … }, { … })`, `User.init({ … }, { sequelize, … })`, or
    `super.init({ … }, { sequelize, … })` in a class."""
    if not isinstance(node, Call) or not isinstance(node.function, Attribute):
        return None
    given = [argument.value for argument in positional(node)]
    receiver = node.function.value
    if node.function.name == "define" and len(given) in (2, 3):
        name = values.string(given[0])
        is_named = last_name(receiver).lower().endswith("sequelize") and isinstance(values.resolve(given[1]), Mapping)
        is_model = is_named or any(_has_type(entry.value, values) for entry in values.entries(given[1]))
        options = given[2] if len(given) == 3 else None
        return _Described(name, node.range, given[1], options) if name is not None and is_model else None
    if node.function.name == "init" and len(given) == 2 and values.entry(given[1], "sequelize") is not None:
        owner = functions[-1].owner if functions and last_name(receiver) in ("super", "this") else last_name(receiver)
        named = values.string(values.entry(given[1], "modelName"))
        name = String(receiver.range, named.value if named else owner or "", receiver.range)
        return _Described(name, node.range, given[0], given[1]) if name.value else None
    return None


def _has_type(attribute: Expression, values: Values) -> bool:
    """Whether an attribute is described by a type of Sequelize: `DataTypes.TEXT`, `{ type: STRING(80) }`."""
    type = values.resolve(values.entry(attribute, "type") or attribute)
    function = type.function if isinstance(type, Call) else type
    return isinstance(function, Attribute | Name) and last_name(function).isupper()


def _draft(found: _Described, values: Values, dialect: str | None) -> Draft:
    writer = SequelizeWriter(values, dialect, Given(values, {}))
    draft = _named(found.name, found.range, found.options, writer)
    is_snake = values.is_true(values.entry(found.options, "underscored"))
    for entry in values.entries(found.attributes):
        key = values.string(entry.key) if entry.key is not None else None
        if key is None:
            draft.is_complete = draft.knows_keys = False
            continue
        _take(key, values.resolve(entry.value) or entry.value, writer, draft, is_snake=is_snake)
    _finish(draft, found.options, writer)
    _add_key(draft)
    return draft


def _named(name: String, range: Range, options: Expression | None, writer: SequelizeWriter) -> Draft:
    """A draft with the name of its table, as its options say it or as Sequelize makes it."""
    values = writer.values
    given = values.entry(options, "tableName")
    table = writer.name(given) if given is not None else None
    is_frozen = values.is_true(values.entry(options, "freezeTableName"))
    if given is None:
        table = (quoted(name.value if is_frozen else plural(name.value), name.range),)
    schema = values.entry(options, "schema")
    if schema is not None and table is not None:
        before = writer.name(schema)
        table = (*before, ".", *table) if before else None
    draft = Draft("Sequelize", name.value, name.content, range, table)
    draft.is_named = given is not None or is_frozen
    return draft


def _take(key: String, attribute: Expression, writer: SequelizeWriter, draft: Draft, *, is_snake: bool) -> None:
    """Take one attribute."""
    values = writer.values
    written = writer.attribute(attribute)
    if _is_virtual(attribute, values):
        return
    if written is None:
        draft.is_complete = draft.knows_keys = False
        return
    field = values.entry(attribute, "field")
    told = values.text(field)
    column = told or (_snake(key.value) if is_snake else key.value)
    if field is not None and not told:
        draft.is_complete = False
        return
    null = values.entry(attribute, "allowNull")
    says_null = values.is_true(values.entry(attribute, "primaryKey")) or (
        null is not None and (values.is_true(null) or values.is_false(null))
    )
    draft.add(
        Field(key.value, column, says_null, is_named=bool(told) or is_snake), (quoted(column, key.range),), written
    )
    group = values.entry(attribute, "unique")
    if isinstance(values.resolve(group), String | Mapping) and not isinstance(values.resolve(group), Mapping):
        draft.knows_keys = False  # `unique: "name"`: a key that it shares with others


def _is_virtual(attribute: Expression, values: Values) -> bool:
    """Whether an attribute is computed, and no column."""
    return called(values.entry(attribute, "type") or attribute) == "VIRTUAL"


def _finish(draft: Draft, options: Expression | None, writer: SequelizeWriter) -> None:
    """Take what the options of a model say of its columns and indexes."""
    values = writer.values
    indexes = values.entry(options, "indexes")
    elements = values.elements(indexes)
    if indexes is not None and elements is None:
        draft.knows_keys = False
    at = draft.name_range
    for option, name, type in _ADDED:
        if values.is_true(values.entry(options, option)):
            draft.add(Field(name, name, is_named=False), (quoted(name, at),), (said(type, at),))
    columns = {found.name: found.column for found in draft.fields}
    for index in elements or ():
        fields = values.elements(values.entry(index, "fields"))
        keys = [_key(each, columns, writer) for each in fields or ()]
        if not keys or not all(keys):
            draft.knows_keys = False
            continue
        is_unique = (
            values.is_true(values.entry(index, "unique"))
            or values.text(values.entry(index, "type")).upper() == "UNIQUE"
        )
        where = ("condition ( )",) if values.entry(index, "where") is not None else ()
        draft.index(listed(key for key in keys if key), is_unique=is_unique, where=where)


def _add_key(draft: Draft) -> None:
    """The primary key that Sequelize adds to a model without one."""
    at = draft.name_range
    if draft.fields and not any("PRIMARY KEY" in part for item in draft.items for part in texts(item)):
        draft.add(Field("id", "id"), (quoted("id", at),), (said("integer NOT NULL PRIMARY KEY", at),))


def _key(node: Expression, columns: dict[str, str], writer: SequelizeWriter) -> Fragment | None:
    """One field of an index: its name, an object with its name, or an expression."""
    values = writer.values
    text = values.text(node) or values.text(values.entry(node, "name") or values.entry(node, "attribute"))
    if text:
        return (quoted(columns.get(text, text), node.range),)
    return ("( expression ( ) )",) if isinstance(values.resolve(node), Call) else None


def _snake(name: str) -> str:
    """As Sequelize underscores a name."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


# ------------------------------------------------------------------------------------------- sequelize-typescript


def _of_class(definition: ClassDefinition, values: Values, dialect: str | None) -> Iterator[Draft]:
    """`@Table({ … }) class User extends Model { @Column({ … }) name: string }`."""
    tables = [node for node in definition.decorators if last_name(node) == "Table"]
    if not tables:
        return
    options = positional(tables[0])[0].value if isinstance(tables[0], Call) and tables[0].arguments else None
    writer = SequelizeWriter(values, dialect, Given(values, {}))
    named = values.string(values.entry(options, "modelName"))
    name = named or String(definition.name_range, definition.name, definition.name_range)
    draft = _named(name, definition.range, options, writer)
    draft.name_range = definition.name_range
    is_snake = values.is_true(values.entry(options, "underscored"))
    for target, statement in assignments(definition.body):
        decorators = {last_name(node): node for node in statement.decorators}
        if "Column" in decorators:
            _decorated(target, statement.annotation, decorators, writer, draft, is_snake=is_snake)
    _finish(draft, options, writer)
    if [base.rpartition(".")[2] for base in definition.bases] == ["Model"]:
        _add_key(draft)
    else:
        draft.is_complete = False
    yield draft


def _decorated(
    target: Name,
    annotation: str,
    decorators: dict[str, Expression],
    writer: SequelizeWriter,
    draft: Draft,
    *,
    is_snake: bool,
) -> None:
    """`@AllowNull(false) @Column(DataType.STRING(80)) label: string`."""
    values = writer.values
    node = decorators["Column"]
    given = positional(node)[0].value if isinstance(node, Call) and node.arguments else None
    given = values.resolve(given) if given is not None else None
    if given is not None and _is_virtual(given, values):
        return
    is_described = isinstance(given, Mapping)
    type = _TYPES.get(annotation.partition("|")[0].strip(), "")
    written: Fragment | None = (said(type, target.range),) if type else ()
    if given is not None:
        written = writer.attribute(given)
        if written is not None and is_described and values.entry(given, "type") is None and type:
            written = (said(type, target.range), *written)
    if written is None:
        draft.is_complete = draft.knows_keys = False
        return
    null = values.entry(given, "allowNull") if is_described else None
    says_null = null is not None and (values.is_true(null) or values.is_false(null))
    found = [*written]
    if "AllowNull" in decorators:
        allowed = decorators["AllowNull"]
        value = positional(allowed)[0].value if isinstance(allowed, Call) and allowed.arguments else None
        says_null = value is None or values.is_true(value) or values.is_false(value)
        if values.is_false(value):
            found.append(said("NOT NULL", target.range))
    for name, words in (("PrimaryKey", "PRIMARY KEY"), ("Unique", "UNIQUE")):
        mark = decorators.get(name)
        if mark is not None and not (isinstance(mark, Call) and mark.arguments):
            found.append(said(words, target.range))
            says_null |= name == "PrimaryKey"
        elif mark is not None:
            draft.knows_keys = False
    told = values.text(values.entry(given, "field")) if is_described else ""
    column = told or (_snake(target.id) if is_snake else target.id)
    named = Field(target.id, column, says_null, is_named=bool(told) or is_snake)
    draft.add(named, (quoted(column, target.range),), tuple(found))
