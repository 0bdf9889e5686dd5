"""
## What it finds

`CREATE TABLE` of a table that the script has made before, or that an earlier migration of the project has made, without
a drop in between. With `IF NOT EXISTS` it is reported where the two have other columns. Scripts without a version or
number in their names may be alternatives of each other, and are compared with themselves alone. A script most of whose
tables are there already is the whole schema as it was at another time, and is left alone.

## Why it matters

Without `IF NOT EXISTS` the statement fails. With it, nothing happens: the table keeps its old columns, and the program
that expects the new ones fails later.

## Example

```sql dialect=postgres
CREATE TABLE accounts (id bigint PRIMARY KEY);
CREATE TABLE IF NOT EXISTS accounts (id bigint PRIMARY KEY, locale text NOT NULL);
```

```sql dialect=postgres
CREATE TABLE accounts (id bigint PRIMARY KEY);
ALTER TABLE accounts ADD COLUMN locale text NOT NULL DEFAULT 'en';
```

## Fix

Change the table by `ALTER TABLE`.

## When not to use it

There is hardly a reason to ignore it.

## References

- [PostgreSQL: CREATE TABLE](https://www.postgresql.org/docs/current/sql-createtable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateTable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_MANY = 3  # tables that are there already


@rule("duplicate-table-definition", on=Script, changes=(CreateTable,), severity=Severity.ERROR)
def duplicate_table_definition(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every CREATE TABLE of a table that is there already."""
    name = context.file.path.rpartition("/")[2]
    if _is_whole(script):
        return
    # What was made before may be in another database than the one that the script chooses.
    chooses = any(statement.words[0] == "USE" for statement in script.statements)
    for change in script.of(CreateTable):
        before = change.before
        if before is None or not before.columns or not before.is_complete or change.statement.is_conditional:
            continue
        if not before.is_new and (chooses or not (script.version or name[:1].isdigit())):
            continue
        old, new = ({column.name for column in table.columns} for table in (before, change.definition))
        if change.if_not_exists and (old == new or not change.definition.is_complete):
            continue
        differing = ", ".join(f"`{name}`" for name in sorted(old ^ new)[:5])
        yield context.report(
            change.table.range,
            f"`{change.table}` is there already{f', without or with other columns: {differing}' if differing else ''}.",
            help="Change it by `ALTER TABLE`.",
        )


def _is_whole(script: Script) -> bool:
    """Whether a script makes the whole schema, as it was when the script was written, and not one step of it."""
    made = [change for change in script.of(CreateTable) if not change.if_not_exists]
    again = sum(change.before is not None and not change.before.is_new for change in made)
    return again >= _MANY and 2 * again >= len(made)
