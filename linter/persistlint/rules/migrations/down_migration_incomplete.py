"""
## What it finds

A part or a file that undoes a migration and after which a table, a column, an index or an enum of the migration is
still there. In a program the report is at what stays. A way back that is not understood as a whole, that has `DO`
blocks, or that calls functions, is left alone.

## Why it matters

The migration cannot be run again: it fails on what is still there. And what was to be taken back is not.

## Example

```sql dialect=postgres path=migrations/1_flags.sql
-- +goose Up
CREATE TABLE flags (name text PRIMARY KEY);
ALTER TABLE users ADD COLUMN flag text;

-- +goose Down
DROP TABLE flags;
```

```sql dialect=postgres path=migrations/1_flags.sql
-- +goose Up
CREATE TABLE flags (name text PRIMARY KEY);
ALTER TABLE users ADD COLUMN flag text;

-- +goose Down
ALTER TABLE users DROP COLUMN flag;
DROP TABLE flags;
```

## Fix

Drop what the migration has made, in the opposite order. The fix does so at the end of the way back; it is unsafe, for
what is dropped may hold rows.

## When not to use it

Where something is left on purpose, ignore the line and say why.

## References

- [goose: SQL migrations](https://pressly.github.io/goose/documentation/annotations/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Related, Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("down-migration-incomplete", on=Script, severity=Severity.WARNING)
def down_migration_incomplete(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a way back that leaves something behind."""
    if not script.leftovers or not script.backward:
        return
    first, back = script.leftovers[0], script.backward[0].range
    is_here = context.file.language != "sql"
    more = f" and {len(script.leftovers) - 1} more" if len(script.leftovers) > 1 else ""
    yield context.report(
        first.made if is_here else back,
        f"The way back leaves {first.name}{more} behind.",
        help="Drop what the migration has made, in the opposite order.",
        related=(Related(back, "the way back"),) if is_here else (),
        remedy=scripted(script, _fix, script, context),
    )


def _fix(script: Script, context: RuleContext) -> tuple[Fix, ...]:
    """What is left is dropped behind the last statement of the way back."""
    drops = [_drop(each.name, script.dialect) for each in reversed(script.leftovers)]
    last = script.backward[-1].statement
    if not all(drops):
        raise RefusalError("MySQL drops an index from its table, which nothing here names")
    return unsafe(script, "Drop what is left", *Editor(script, context.file).behind(last, *drops))


def _drop(leftover: str, dialect: str | None) -> str:
    """The statement that drops what is left; "" where the dialect wants more than the name."""
    kind, _, quoted = leftover.removeprefix("the ").partition(" `")
    name = quoted.removesuffix("`")
    if kind == "column":
        table, _, column = name.rpartition(".")
        return f"ALTER TABLE {_written(table, dialect)} DROP COLUMN {identifier(column, dialect)}"
    return "" if kind == "index" and dialect == "mysql" else f"DROP {kind.upper()} {_written(name, dialect)}"


def _written(key: str, dialect: str | None) -> str:
    return ".".join(identifier(part, dialect) for part in key.split("."))
