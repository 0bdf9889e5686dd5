"""One table, as a change of it leaves it. Tables are values: what is given back is another one."""

from __future__ import annotations

from functools import singledispatch

from persistlint.records import replace
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    ChangeType,
    CreateIndex,
    CreatePolicy,
    DropColumn,
    DropConstraint,
    DropPolicy,
    RenameColumn,
    RenameKey,
    SetDefault,
    SetIdentity,
    SetNotNull,
    SetRowSecurity,
    TableChange,
    ValidateConstraint,
)
from persistlint.schema.definitions import Column, Constraint, ConstraintKind, Expression, Index, Name, Table

_SUFFIXES = {"pkey": ConstraintKind.PRIMARY_KEY, "key": ConstraintKind.UNIQUE, "fkey": ConstraintKind.FOREIGN_KEY}
_SUFFIXES |= {"check": ConstraintKind.CHECK}


@singledispatch
def altered(change: TableChange, table: Table) -> Table | None:
    """The table after a change; None where the change does nothing to what is known of tables."""
    return None


@altered.register(AddColumn)
def _(change: AddColumn, table: Table) -> Table | None:
    if table.column(change.column.name) is not None:
        return None
    return replace(
        table,
        columns=(*table.columns, change.column),
        constraints=(*table.constraints, *change.column.constraints),
    )


@altered.register(DropColumn)
def _(change: DropColumn, table: Table) -> Table:
    name = change.column
    return replace(
        table,
        columns=tuple(column for column in table.columns if column.name != name),
        constraints=tuple(found for found in table.constraints if not _is_about(found, name)),
        indexes=tuple(index for index in table.indexes if not _depends(index, name)),
    )


@altered.register(RenameColumn)
def _(change: RenameColumn, table: Table) -> Table:
    old, new = change.column, change.to
    return replace(
        table,
        columns=_changed(table, old, name=new),
        constraints=tuple(
            replace(
                found,
                columns=_renamed(found.columns, old, new),
                expression=_renamed_in(found.expression, old, new),
            )
            for found in table.constraints
        ),
        indexes=tuple(_renamed_index(index, old, new) for index in table.indexes),
    )


@altered.register(ChangeType)
def _(change: ChangeType, table: Table) -> Table:
    if change.column is None:
        before = table.column(change.name)
        is_numbered = before is not None and (before.is_identity or before.is_serial)  # its default stays
        return replace(table, columns=_changed(table, change.name, type=change.type, is_identity=is_numbered))
    column = change.column
    return replace(
        table,
        columns=_changed(
            table,
            change.name,
            name=column.name,
            type=column.type,
            is_required=column.is_required,
            default=column.default,
            is_identity=column.is_identity,
            generated=column.generated,
        ),
    )


@altered.register(SetNotNull)
def _(change: SetNotNull, table: Table) -> Table:
    return replace(table, columns=_changed(table, change.column, is_required=change.is_required))


@altered.register(SetDefault)
def _(change: SetDefault, table: Table) -> Table:
    return replace(table, columns=_changed(table, change.column, default=change.default))


@altered.register(SetIdentity)
def _(change: SetIdentity, table: Table) -> Table:
    return replace(table, columns=_changed(table, change.column, is_identity=True))


@altered.register(AddConstraint)
def _(change: AddConstraint, table: Table) -> Table:
    constraint = change.constraint
    if constraint.index:
        index = next((index for index in table.indexes if index.name == constraint.index), None)
        constraint = replace(constraint, columns=index.columns if index else ())
        others = tuple(other for other in table.indexes if other is not index)  # it takes the index over
        return replace(table, indexes=others, constraints=(*table.constraints, constraint))
    return replace(table, constraints=(*table.constraints, constraint))


@altered.register(DropConstraint)
def _(change: DropConstraint, table: Table) -> Table:
    return replace(
        table, constraints=tuple(found for found in table.constraints if found is not dropped(change, table))
    )


@altered.register(RenameKey)
def _(change: RenameKey, table: Table) -> Table:
    return replace(
        table,
        constraints=tuple(
            replace(found, name=change.to) if found.name == change.name else found for found in table.constraints
        ),
        indexes=tuple(
            replace(index, name=change.to) if index.name == change.name else index for index in table.indexes
        ),
    )


@altered.register(ValidateConstraint)
def _(change: ValidateConstraint, table: Table) -> Table:
    return replace(
        table,
        constraints=tuple(
            replace(found, is_valid=True) if found.name == change.name else found for found in table.constraints
        ),
    )


@altered.register(SetRowSecurity)
def _(change: SetRowSecurity, table: Table) -> Table:
    enabled, forced = change.is_enabled, change.is_forced
    return replace(
        table,
        has_row_security=table.has_row_security if enabled is None else enabled,
        is_forced=table.is_forced if forced is None else forced,
    )


@altered.register(CreatePolicy)
def _(change: CreatePolicy, table: Table) -> Table:
    return replace(table, policies=(*table.policies, change.policy))


@altered.register(DropPolicy)
def _(change: DropPolicy, table: Table) -> Table:
    return replace(table, policies=tuple(policy for policy in table.policies if policy.name != change.name))


@altered.register(CreateIndex)
def _(change: CreateIndex, table: Table) -> Table | None:
    if change.if_not_exists and any(index.name == change.index.name for index in table.indexes):
        return None
    others = (index for index in table.indexes if not index.name or index.name != change.index.name)
    return replace(table, indexes=(*others, change.index))


def dropped(change: DropConstraint, table: Table) -> Constraint | None:
    """The constraint that is dropped, also by the name that PostgreSQL gives to one without a name."""
    if not change.name:
        return table.primary_key
    for found in table.constraints:
        if found.name == change.name:
            return found
    for found in table.constraints:
        if not found.name and change.name == default_name(found, table):
            return found
    return None


def default_name(constraint: Constraint, table: Table) -> str:
    """The name that PostgreSQL gives to a constraint without one."""
    suffix = next((suffix for suffix, kind in _SUFFIXES.items() if kind is constraint.kind), "")
    columns = () if constraint.kind is ConstraintKind.PRIMARY_KEY else constraint.columns
    return "_".join((table.name.name, *columns, suffix))


def without_key(constraints: tuple[Constraint, ...], key: str) -> tuple[Constraint, ...]:
    """The constraints but the key of a name."""
    return tuple(found for found in constraints if not found.is_key or found.name != key)


def refers(constraint: Constraint, name: Name) -> bool:
    """Whether it is a foreign key to the table of a name."""
    return constraint.reference is not None and constraint.reference.table.key == name.key


def redirected(constraint: Constraint, old: Name, new: Name) -> Constraint:
    """The constraint, which refers to the new name of a table if it did to the old one."""
    reference = constraint.reference
    if reference is None or reference.table.key != old.key:
        return constraint
    return replace(constraint, reference=replace(reference, table=replace(new, range=reference.table.range)))


def _changed(table: Table, column_name: str, /, **values: object) -> tuple[Column, ...]:
    return tuple(
        replace(column, **values) if column.name == column_name else column  # type: ignore[arg-type]
        for column in table.columns
    )


def _depends(index: Index, column: str) -> bool:
    """Whether an index goes with a column: as one of its keys, in an expression or in its predicate."""
    expressions = (*index.expressions, *((index.predicate,) if index.predicate is not None else ()))
    return column in index.columns or any(expression.mentions(column) for expression in expressions)


def _is_about(constraint: Constraint, column: str) -> bool:
    mentioned = constraint.expression is not None and constraint.expression.mentions(column)
    return column in constraint.columns or mentioned


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if column == old else column for column in columns)


def _renamed_in(expression: Expression | None, old: str, new: str) -> Expression | None:
    return expression and replace(expression, words=_renamed(expression.words, old.lower(), new.lower()))


def _renamed_index(index: Index, old: str, new: str) -> Index:
    return replace(index, columns=_renamed(index.columns, old, new), predicate=_renamed_in(index.predicate, old, new))
