"""Alembic: revisions whose `upgrade` and `downgrade` call the operations of `op`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.sqlalchemy import SqlAlchemy
from persistlint.analysis.migrations.values import DEEPEST, called, positional
from persistlint.analysis.migrations.walk import Framework
from persistlint.analysis.migrations.writing import join
from persistlint.ir import Attribute, Call, Name

if TYPE_CHECKING:
    from persistlint.analysis.migrations.values import Values
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.ir import Expression, With

# How a connection is sent a statement.
_SENDS = frozenset({"execute", "exec_driver_sql", "scalar", "scalars"})


# How SQLAlchemy begins a statement that reads or writes rows.
_OF_ROWS = frozenset({"select", "insert", "update", "delete", "exists"})
# Methods of connections, sessions and inspectors that change no table.
_BESIDE = frozenset(
    {
        "commit", "rollback", "flush", "close", "begin", "expunge_all", "expire_all", "has_table", "get_table_names",
        "get_columns", "get_indexes", "get_foreign_keys", "get_unique_constraints", "get_pk_constraint",
        "get_check_constraints", "get_view_names", "get_schema_names", "get_enums",
    }
)  # fmt: skip


class Alembic(Framework):
    """One file of Alembic's. `batches` are the names of open batches with their tables."""

    handles = frozenset({"op"})

    def __init__(self, dialect: str | None) -> None:
        self.dialect = dialect
        self.batches: dict[str, dict[str, Expression]] = {}

    def call(self, walk: Walk, call: Call) -> bool:
        function = call.function
        if isinstance(function, Attribute) and _is_beside(function, walk.values):
            return True
        if not isinstance(function, Attribute) or not isinstance(function.value, Name):
            return self._is_sent(walk, call)
        receiver = function.value.id
        if receiver not in ("op", *self.batches):
            return self._is_sent(walk, call)
        operation = table("alembic").operations.get(function.name)
        if function.name == "execute" and call.arguments and _is_of_rows(call.arguments[0].value, walk.values):
            return True
        if operation is None:
            walk.take(None, call.range)
            return True
        given = Given.of(call.arguments, operation, walk.values, self.batches.get(receiver, {}))
        writer = SqlAlchemy(walk.values, self.dialect, given.get("postgresql_ops"))
        for fragment in writer.written(operation, given):
            if (
                fragment is None
                and function.name == "execute"
                and walk.values.begins_with_rows(call.arguments[0].value)
            ):
                continue
            sql = join(fragment, call.range) if fragment is not None else None
            of_table = walk.values.text(given.get("table_name")) if function.name != "execute" else ""
            walk.take(sql, call.range, is_rebuilt=receiver != "op", table=of_table)
        for fragment in writer.indexes(given) if function.name in ("create_table", "add_column") else ():
            walk.take(join(fragment, call.range), call.range)
        return True

    def _is_sent(self, walk: Walk, call: Call) -> bool:
        """`op.get_bind().execute(…)`, or the same of what it gave."""
        function = call.function
        if not isinstance(function, Attribute) or function.name not in _SENDS or not call.arguments:
            return False
        if not walk.is_about_database(function.value):
            return False
        if _is_of_rows(call.arguments[0].value, walk.values):
            return True
        text = SqlAlchemy(walk.values, self.dialect).text(call.arguments[0].value)
        if text is not None or not walk.values.begins_with_rows(call.arguments[0].value):
            walk.take(join(text, call.range) if text is not None else None, call.range)
        return True

    def enters(self, walk: Walk, statement: With) -> bool:
        context = statement.context
        name = called(context)
        if name == "batch_alter_table" and isinstance(context, Call):
            given = positional(context)
            keywords = {argument.keyword: argument.value for argument in context.arguments if argument.keyword}
            target = given[0].value if given else keywords.get("table_name")
            if target is None or not isinstance(statement.target, Name):
                return False
            bound = {"table_name": target, "source_table": target}
            if "schema" in keywords:
                bound |= {"schema": keywords["schema"], "source_schema": keywords["schema"]}
            self.batches[statement.target.id] = bound
            walk.block(statement.body)
            return True
        if name == "autocommit_block":
            with walk.inside(None):
                walk.block(statement.body)
            return True
        return False


def _is_of_rows(node: Expression, values: Values) -> bool:
    """Whether a statement is built of what changes rows alone: `sa.update(rooms).where(…)`, `rooms.delete()`."""
    found = values.resolve(node)
    for _ in range(DEEPEST):
        if not isinstance(found, Call):
            break
        if called(found) in _OF_ROWS:
            return True
        found = values.resolve(found.function.value) if isinstance(found.function, Attribute) else None
    return False


def _is_beside(function: Attribute, values: Values) -> bool:
    """Whether a method changes no table: it ends a transaction or looks something up, or its object is an enum."""
    if function.name in ("create", "drop"):
        return called(values.resolve(function.value)) in ("Enum", "ENUM")
    return function.name in _BESIDE
