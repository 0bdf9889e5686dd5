"""SQLAlchemy: `Table` objects, and what the calls that make columns and indexes say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.values import called, keyword, positional
from persistlint.analysis.migrations.writing import listed, quoted
from persistlint.analysis.models.draft import Draft
from persistlint.ir import Call, Collection, Name, Sequence, String
from persistlint.schema.models import Field

if TYPE_CHECKING:
    from persistlint.analysis.migrations.sqlalchemy import SqlAlchemy
    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression


def table_draft(target: Name, call: Call, writer: SqlAlchemy) -> Draft | None:
    """`users = Table("users", metadata, Column(…), …)`, where Flask-SQLAlchemy leaves out the second argument."""
    named, *rest = positional(call) or (None,)
    if rest and not isinstance(writer.values.resolve(rest[0].value), Call):
        rest = rest[1:]
    elements = [argument.value for argument in rest]
    columns = [column for element in elements if called(column := writer.unwrapped(element)) == "Column"]
    name = writer.name(named.value) if named is not None else None
    if name is None or not columns:
        return None
    draft = Draft("SQLAlchemy Core", target.id, target.range, call.range, name)
    schema = keyword(call, "schema")
    if schema is not None:
        before = writer.name(schema.value)
        draft.table = (*before, ".", *name) if before else None
    draft.is_complete = not any(argument.spread or argument.keyword == "autoload_with" for argument in call.arguments)
    items = writer.items(Collection(call.range, Sequence.TUPLE, tuple(elements)))
    for column in columns:
        if isinstance(column, Call) and column.arguments:
            text = writer.values.text(column.arguments[0].value)
            says = is_null_said(column) and says_null(column, writer.values), says_reference(column, writer)
            draft.fields.append(Field(text, text, says[0], says_reference=says[1]))
            if is_on(column, "index", writer.values):
                draft.index((quoted(text, column.range),), is_unique=is_on(column, "unique", writer.values))
    draft.items = [items] if items else []
    for element in elements:
        take_index(writer, element, draft)
    return draft


def take_index(writer: SqlAlchemy, node: Expression, draft: Draft) -> bool:
    """Take `Index("name", "column", …, unique=True)`; say whether it is one."""
    call = writer.unwrapped(node)
    if not isinstance(call, Call) or called(call) != "Index":
        return False
    named, *columns = positional(call) or (None,)
    keys = [_key(argument.value, writer, draft) for argument in columns]
    if named is None or not keys or not all(keys):
        draft.knows_keys = False
        return True
    condition = next((a.value for a in call.arguments if (a.keyword or "").endswith("_where")), None)
    where = (writer.text(condition) or ("condition ( )",)) if condition is not None else ()
    name = writer.name(named.value) or ()
    is_one_null = is_on(call, "postgresql_nulls_not_distinct", writer.values)
    draft.index(
        listed(key for key in keys if key),
        is_unique=is_on(call, "unique", writer.values),
        name=name,
        where=where,
        nulls=("NULLS NOT DISTINCT",) if is_one_null else (),
    )
    return True


def _key(node: Expression, writer: SqlAlchemy, draft: Draft) -> Fragment | None:
    """One key of an index: the name of a column, the field itself, or an expression."""
    if isinstance(node, Name):
        column = next((found.column for found in draft.fields if found.name == node.id), None)
        return (quoted(column, node.range),) if column is not None else None
    text = node if isinstance(node, String) else None
    return writer.name(text) if text is not None else ("( expression ( ) )",)


def says_null(call: Call, values: Values) -> bool:
    """Whether all that decides about NULL is known."""
    if any(argument.spread for argument in call.arguments):
        return False
    given = [keyword(call, key) for key in ("nullable", "primary_key")]
    return all(a is None or values.is_true(a.value) or values.is_false(a.value) for a in given)


def is_null_said(call: Call) -> bool:
    """Whether a column that has no type of Python says itself whether it may be NULL. Where it does not, it may, which
    many leave so for what the database refuses."""
    return any(keyword(call, key) is not None for key in ("nullable", "primary_key"))


def says_reference(call: Call, writer: SqlAlchemy) -> bool:
    """Whether all that a column refers to is known: `ForeignKey(Room.id)` and what stands elsewhere are not."""
    for argument in call.arguments:
        found = writer.values.resolve(argument.value)
        if argument.spread or (argument.keyword is None and isinstance(found, Name) and not found.id[:1].isupper()):
            return False
        is_key = isinstance(found, Call) and called(found) == "ForeignKey"
        if is_key and isinstance(found, Call) and found.arguments and writer.target(found.arguments[0].value) is None:
            return False
    return True


def is_on(call: Call, key: str, values: Values) -> bool:
    given = keyword(call, key)
    return given is not None and values.is_true(given.value)
