"""
## What it finds

A foreign key that the script defines and with none of whose columns an index begins: no primary key, unique key or
index of the table, neither here nor in the rest of the project. One that begins with the tenant leaves no more to read
than the rows of that. A partial index counts only where it is partial for `IS NOT NULL`.

The keys of one table are one report: a warning where one of them says what becomes of its rows with a delete (`ON
DELETE CASCADE`, `SET NULL`), for then deletes are meant to happen, and else a note. MySQL makes such an index by
itself. A table of which only this change is known is left alone, unless the column is new.

## Why it matters

With every delete of a row, and every change of its key, the database looks for rows that refer to it: without an index
it reads the whole table, once for each row.

## Example

```sql dialect=postgres
CREATE TABLE carts (id bigint PRIMARY KEY);
CREATE TABLE cart_items (id bigint PRIMARY KEY, cart_id bigint NOT NULL REFERENCES carts (id));
```

```sql dialect=postgres
CREATE TABLE carts (id bigint PRIMARY KEY);
CREATE TABLE cart_items (id bigint PRIMARY KEY, cart_id bigint NOT NULL REFERENCES carts (id));
CREATE INDEX cart_items_cart_id_idx ON cart_items (cart_id);
```

## Fix

Make an index on the columns of the key: at once for a new table, `CONCURRENTLY` in a migration of its own for an old
one. The fix makes it behind the statement: for a new table, and in PostgreSQL outside of a transaction for an old one,
which is unsafe as all is in the project of a runner. For a script that ran already, or runs in a transaction, it makes
a new migration, where the names of those beside it and their runner are plain.

## When not to use it

Where rows of the other table are never deleted, ignore the line and say so.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.facts import DECLARING
from persistlint.fixes.editor import Editor
from persistlint.fixes.following import following
from persistlint.fixes.naming import NO_NAME, identifiers, index_name, new_name, qualified
from persistlint.fixes.refusal import RefusalError, explained, first_of
from persistlint.fixes.scripts import careful, refuse_joined, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn, CreateTable, TableChange
from persistlint.schema.indexing import narrows
from persistlint.schema.script import CONSTRAINTS, Script
from persistlint.schema.together import listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Constraint, Reference, Table

_FOLLOWED = frozenset(["CASCADE", "SET NULL", "SET DEFAULT"])  # who says so means to delete rows of the other table


@rule("fk-index-missing", on=Script, changes=CONSTRAINTS, severity=Severity.WARNING, languages=DECLARING)
def fk_index_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table with foreign keys whose rows are found by reading all of it."""
    if script.dialect not in ("postgres", "sqlite"):
        return
    added = {(change.table.key, change.column.name) for change in script.of(AddColumn)}
    found: dict[str, list[tuple[Table, Constraint, Reference]]] = {}
    for table, constraint in script.constraints():
        if constraint.reference is None or narrows(table, constraint.columns):
            continue
        is_new = all((table.name.key, column) in added for column in constraint.columns)
        if table.is_complete or is_new:
            found.setdefault(table.name.key, []).append((table, constraint, constraint.reference))
    for (table, constraint, reference), *others in found.values():
        references = [reference, *(each for *_, each in others)]
        tables = dict.fromkeys(each.table.name for each in references)
        columns = dict.fromkeys(", ".join(each.columns) for each in (constraint, *(each for _, each, _ in others)))
        is_followed = any(each.on_delete in _FOLLOWED for each in references)
        yield context.report(
            constraint.range,
            f"No index of `{table.name}` begins with {listed([*columns])}: each delete in {listed([*tables])} reads all"
            f" of `{table.name}`.",
            help=_help(script, table, constraint, context),
            severity=None if is_followed else Severity.INFO,
            related=tuple(Related(each.range, "this one too") for _, each, _ in others),
            remedy=explained(_fix, script, table, constraint, context),
        )


def _help(script: Script, table: Table, constraint: Constraint, context: RuleContext) -> str:
    if context.file.language == "prisma":
        return "Add an `@@index` over the fields of the relation."
    name = index_name(script, table.name.name, constraint.columns) if script.dialect == "sqlite" else ""
    index = f"{identifiers((name,), script.dialect)} " if name else ""
    keys = identifiers(constraint.columns, script.dialect)
    return f"`CREATE INDEX {index}ON {qualified(table.name, script.dialect)} ({keys})`."


def _fix(script: Script, table: Table, constraint: Constraint, context: RuleContext) -> tuple[Fix, ...]:
    """The index where the foreign key is made, or else in a new migration. Raises `RefusalError`."""
    if script.runner.no_drift:
        raise RefusalError(script.runner.no_drift)
    return first_of(partial(way, script, table, constraint, context) for way in (_here, _afterwards))


def _afterwards(script: Script, table: Table, constraint: Constraint, context: RuleContext) -> tuple[Fix, ...]:
    """The index in a new migration, for one that ran already, or runs in a transaction."""
    editor = Editor(script, context.file)
    changes = (change for change in script.forward if isinstance(change, TableChange))
    change = next((change for change in changes if constraint.range in change.statement.range), None)
    name = index_name(script, table.name.name, constraint.columns)
    if change is None or script.dialect != "postgres":
        return ()
    if not name:
        raise RefusalError(NO_NAME)
    written = editor.text_later(change.table)
    index = identifiers((name,), script.dialect, written)
    schema = written[: written.rfind(".") + 1] if change.table.schema else ""
    columns = identifiers(constraint.columns, script.dialect, written)
    return following(
        script,
        "Index it in a new migration",
        f"index {table.name.name} {' '.join(constraint.columns)}",
        editor.like(f"CREATE INDEX CONCURRENTLY {index} ON {written} ({columns})"),
        editor.like(f"DROP INDEX CONCURRENTLY {schema}{index}"),
        is_alone=True,
    )


def _here(script: Script, table: Table, constraint: Constraint, context: RuleContext) -> tuple[Fix, ...]:
    """All indexes that the statement needs, behind it; concurrently on a table that was there before."""
    editor = Editor(script, context.file)
    statement = editor.statement_at(constraint.range)
    changes = [change for change in script.forward if isinstance(change, TableChange) and change.statement is statement]
    if not changes:
        return ()
    written, is_new = editor.text(changes[0].table), isinstance(changes[0], CreateTable) or changes[0].is_on_new
    is_old = not is_new and script.dialect == "postgres"  # and may hold many rows
    if is_old:
        refuse_joined(script, statement)
    lines = []
    made = script.after.find(changes[0].table)  # what the script leaves, and a later one may drop
    own = [
        key for each, key in script.constraints() if each.name.key == table.name.key and key.range in statement.range
    ]
    for key in own:
        if key.reference is not None and not narrows(table, key.columns):
            if made is not None and narrows(made, key.columns):
                raise RefusalError("a later migration drops the index that it has")
            parts = (table.name.name, *key.columns)
            name = index_name(script, table.name.name, key.columns) or new_name(script, *parts, "fk", "idx")
            if not name:
                raise RefusalError(NO_NAME)
            index = identifiers((name,), script.dialect, written)
            if is_old:
                schema = written[: written.rindex(".") + 1] if changes[0].table.schema else ""
                lines.append(f"DROP INDEX CONCURRENTLY IF EXISTS {schema}{index}")
            is_again = isinstance(changes[0], CreateTable) and changes[0].if_not_exists
            kind = f"INDEX{' IF NOT EXISTS' if is_again else ' CONCURRENTLY' if is_old else ''}"
            columns = identifiers(key.columns, script.dialect, written)
            lines.append(f"CREATE {kind} {index} ON {written} ({columns})")
    edits = editor.behind(statement, *dict.fromkeys(lines))
    return (
        careful(script, f"Index the foreign keys of {table.name}", *edits)
        if is_new
        else unsafe(script, f"Index the foreign keys of {table.name}", *edits)
    )
