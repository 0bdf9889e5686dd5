"""
## What it finds

`ON CONFLICT (columns)` for which the table has no primary key, unique constraint or unique index over just these
columns at that point, as this script and those before it in the project leave it. A partial index counts where the
target has a `WHERE`. Targets with expressions, tables of which not all is known, and what stands behind an `IF` are
left alone. For a query that a program sends, the migrations and schema files of its project say what keys there are.

## Why it matters

PostgreSQL and SQLite refuse the statement, whether there is a row in the way or not.

## Example

```sql dialect=postgres
CREATE TABLE couriers (id bigint PRIMARY KEY, code text NOT NULL, label text);
INSERT INTO couriers (id, code) VALUES (1, 'north') ON CONFLICT (code) DO NOTHING;
```

```sql dialect=postgres
CREATE TABLE couriers (id bigint PRIMARY KEY, code text NOT NULL UNIQUE, label text);
INSERT INTO couriers (id, code) VALUES (1, 'north') ON CONFLICT (code) DO NOTHING;
```

## Fix

Name the columns of a key that the table has, or make the columns unique first.

## When not to use it

The statement cannot succeed as it is. Where something else than the scripts of the folder makes the index, ignore the
line.

## References

- [PostgreSQL: ON CONFLICT](https://www.postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT)
- [SQLite: UPSERT](https://www.sqlite.org/lang_upsert.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import EVERYWHERE, Statements
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Insert

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.changes import ConflictTarget
    from persistlint.schema.definitions import Table


@rule(
    "conflict-target-mismatch",
    on=Statements,
    changes=(Insert,),
    severity=Severity.ERROR,
    languages=EVERYWHERE,
    momentary=True,
)
def conflict_target_mismatch(statements: Statements, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every ON CONFLICT that no unique key answers."""
    for change in statements.of(Insert):
        target, table = change.target, change.before
        if target is None or "" in target.columns or change.statement.is_conditional or change.statement.is_guarded:
            continue
        if table is None or not table.columns or not table.is_known or not table.is_complete or _has_key(table, target):
            continue
        columns = ", ".join(f"`{name}`" for name in target.columns)
        yield context.report(
            target.range,
            f"`{change.table}` has no unique key over just {columns} at this point.",
            help=_help(table),
        )


def _has_key(table: Table, target: ConflictTarget) -> bool:
    """Whether a key of the table has the columns of the target, in whatever order."""
    keys = [constraint.columns for constraint in table.constraints if constraint.is_key]
    keys += [
        index.columns
        for index in table.indexes
        if index.is_unique and (index.predicate is None or target.has_predicate)
    ]
    wanted = {name.lower() for name in target.columns}
    return any({name.lower() for name in columns} == wanted for columns in keys)


def _help(table: Table) -> str:
    found = [constraint.columns for constraint in table.constraints if constraint.is_key]
    found += [index.columns for index in table.indexes if index.is_unique and "" not in index.columns]
    keys = " and ".join([*dict.fromkeys(f"({', '.join(columns)})" for columns in found)][:3])
    return f"Its keys are {keys}: name one of them, or make the columns unique." if keys else "Make the columns unique."
