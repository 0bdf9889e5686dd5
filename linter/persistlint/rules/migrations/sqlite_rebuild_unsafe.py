"""
## What it finds

The rebuild of a table in SQLite (make another one, copy the rows, drop the old one, rename) while foreign keys are
checked, where another table refers to it with `ON DELETE CASCADE`, `SET NULL` or `SET DEFAULT`.

Silent where the script switches `PRAGMA foreign_keys` off before, or its runner does, as TypeORM around a transaction;
whether that works is the matter of `sqlite-pragma-in-transaction`. `PRAGMA defer_foreign_keys` is not enough: it puts
off the check, not the action.
## Why it matters

`DROP TABLE` deletes all rows first, and the foreign keys act on it: the rows of the other table go with them, or lose
what they referred to. The copy under the old name has its rows, and nobody looks for those that are missing elsewhere.

## Example

```sql dialect=sqlite
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);

CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users_new (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
```

```sql dialect=sqlite
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE);

PRAGMA foreign_keys = OFF;
CREATE TABLE users_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT INTO users_new (id, name) SELECT id, name FROM users;
DROP TABLE users;
ALTER TABLE users_new RENAME TO users;
PRAGMA foreign_keys = ON;
```

## Fix

Switch foreign keys off before the transaction begins, look for orphans with `PRAGMA foreign_key_check` before it
commits, and switch them on again behind it.

## When not to use it

Where no connection switches foreign keys on, which is what SQLite does by itself, the rows stay.

## References

- [SQLite: making other kinds of table schema changes](https://www.sqlite.org/lang_altertable.html#otheralter)
- [SQLite: DROP TABLE](https://www.sqlite.org/lang_droptable.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import DropTable, Insert, RenameTable, SetVariable
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_ACTIONS = {
    "CASCADE": "are deleted with it",
    "SET NULL": "lose what they refer to",
    "SET DEFAULT": "lose what they refer to",
}
_OFF = frozenset({"0", "off", "false", "no"})


@rule("sqlite-rebuild-unsafe", on=Script, changes=(DropTable,), severity=Severity.WARNING)
def sqlite_rebuild_unsafe(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every table that is dropped for its copy while others hang on it."""
    if script.dialect != "sqlite" or not (script.runner.checks_references or script.runner.is_off):
        return
    copies = {change.to.key: change.table.key for change in script.of(RenameTable)}
    filled = {change.table.key for change in script.of(Insert) if change.is_query}
    for change in script.of(DropTable):
        if copies.get(change.table.key) not in filled or _is_switched_off(script, change):
            continue
        for table in script.after.tables.values():
            actions = [
                reference.on_delete
                for _, reference in table.foreign_keys
                if reference.table.key == change.table.key and reference.on_delete in _ACTIONS
            ]
            if actions and table.name.key != change.table.key:
                yield context.report(
                    change.range,
                    f"Where foreign keys are on, the rows of `{table.name}` that refer to `{change.table}`"
                    f" {_ACTIONS[actions[0]]}, though their rows are copied.",
                    help="Switch `PRAGMA foreign_keys` off before the transaction, and on again behind it.",
                )
                break


def _is_switched_off(script: Script, change: DropTable) -> bool:
    """Whether the last word on foreign keys before a change is that they are off."""
    said = [
        each.value
        for each in script.of(SetVariable)
        if each.name == "foreign_keys" and script.position(each) < script.position(change)
    ]
    return bool(said) and said[-1] in _OFF
