"""
## What it finds

`ADD COLUMN` with a default that is another one for every row (`gen_random_uuid()`, `clock_timestamp()`, `random()`,
`nextval()`), as `serial`, as an identity, or as a stored generated column, on a table that the same script did not
make. It is reported once for each statement, which writes the table once.

## Why it matters

PostgreSQL writes the whole table and all of its indexes anew under an ACCESS EXCLUSIVE lock, for which all reads and
writes wait. Constants and `now()` are cheap: they are kept once, in the catalog.

## Example

```sql dialect=postgres
ALTER TABLE orders ADD COLUMN public_id uuid NOT NULL DEFAULT gen_random_uuid();
```

```sql dialect=postgres
ALTER TABLE orders ADD COLUMN public_id uuid;
ALTER TABLE orders ALTER COLUMN public_id SET DEFAULT gen_random_uuid();
```

## Fix

Add the column without a default, set the default for new rows, and fill the old rows in batches. The fix sets the
default for new rows; it is unsafe, for the old ones stay NULL until they are filled.

## When not to use it

Where every table is small or the application is stopped for a migration, switch the rule off.

## References

- [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import find
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddColumn
from persistlint.schema.locks import locks, rewrites
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_DEFAULT = regex(rb"\s+DEFAULT\s*\Z", re.IGNORECASE)


@rule("add-column-rewrites-table", on=Script, changes=(AddColumn,), severity=Severity.WARNING, momentary=True)
def add_column_rewrites_table(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every new column for which all rows are written anew."""
    if script.dialect != "postgres":
        return
    reported: set[Range] = set()  # of statements, for each writes the table once, however many columns it adds
    for change in script.of(AddColumn):
        why = rewrites(change.column)
        if not why or change.is_on_new or change.statement.range in reported:
            continue
        reported.add(change.statement.range)
        yield context.report(
            change.range,
            f"All rows are written anew, for {why}, under a lock of mode {locks(change)[0]}.",
            help="Add the column without it, `SET DEFAULT` for new rows, and fill the old ones in batches.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: AddColumn, context: RuleContext) -> tuple[Fix, ...]:
    """The default as an action of its own, behind the one that adds the column: it holds for new rows only."""
    default = change.column.default
    if default is None:
        raise RefusalError("a column that counts or is computed has no default that could be set later")
    if change.column.is_required or change.column.constraints or change.if_not_exists:
        raise RefusalError("the old rows would have to be filled before the rest of the definition holds")
    written = find(context.file, Range(change.column.range.start, default.range.start), _DEFAULT)
    if written is None or default.range.end != change.column.range.end:
        raise RefusalError("more is said of the column behind its default")
    column = context.file.text(change.column.name_range)
    action = f", ALTER COLUMN {column} SET DEFAULT {context.file.text(default.range)}"
    edit = Edit(Range(written.start, default.range.end), action)
    return unsafe(script, "Set the default for new rows only", edit)
