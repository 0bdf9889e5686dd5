"""
## What it finds

The first statement of a file that takes a lock for which reads or writes wait, on a table that the file did not make,
with no `lock_timeout` set before it. A timeout of 0 or of more than a minute is none. `SET LOCAL` holds to the end of
its transaction; `set_config('lock_timeout', …)` counts as well.

## Why it matters

A lock that cannot be had at once is waited for, and everybody who comes later waits behind it. One slow report and one
quick `ALTER TABLE` stop the application until the report is done.

## Example

```sql dialect=postgres
ALTER TABLE orders ADD COLUMN channel text;
```

```sql dialect=postgres
SET lock_timeout = '2s';
ALTER TABLE orders ADD COLUMN channel text;
```

## Fix

Say `SET lock_timeout = '2s'` first, and run the migration again when it fails. The fix writes it before the statement;
it is unsafe, for one that waited long succeeded before.

## When not to use it

It is off by default: where the role that runs migrations has a `lock_timeout` of its own, nothing needs to be in the
files.

## References

- [PostgreSQL: lock_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.scripts import refuse_joined, scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Change, CreateTable, End, SetVariable, TableChange
from persistlint.schema.locks import Lock, locks
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_LONGEST = 60_000  # milliseconds
_UNITS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
_DURATION = regex(r"(\d+)\s*([a-z]*)")


@rule("lock-timeout-missing", on=Script, severity=Severity.WARNING, default=False, momentary=True)
def lock_timeout_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first strong lock that is asked for without a limit on the wait."""
    if script.dialect != "postgres":
        return
    is_set = is_set_locally = False
    made: set[str] = set()
    for change in script.forward:
        if isinstance(change, SetVariable) and change.name == "lock_timeout":
            limits = _limits(change.value)
            is_set_locally = limits if change.is_local else is_set_locally
            is_set = is_set if change.is_local else limits
        elif isinstance(change, End):
            is_set_locally = False
        lock = _first_lock(change, made)
        if lock is not None and not is_set and not is_set_locally:
            yield context.report(
                change.range,
                f"Nothing limits how long this waits for its lock of mode {lock} behind it.",
                help="Say `SET lock_timeout = '2s'` before it.",
                remedy=scripted(script, _fix, script, change, context),
            )
            return


def _fix(script: Script, change: Change, context: RuleContext) -> tuple[Fix, ...]:
    """The limit before the statement: in a transaction it ends with it. One statement that stands alone may want to,
    as an index that is built concurrently does."""
    if change.statement.transaction is None and len(script.statements) == 1:
        refuse_joined(script, change.statement)
    scope = "SET LOCAL" if change.statement.transaction is not None else "SET"
    edits = Editor(script, context.file).before(change.statement, f"{scope} lock_timeout = '2s'")
    return unsafe(script, "Limit how long it waits for locks", *edits)


def _first_lock(change: Change, made: set[str]) -> Lock | None:
    """The first lock on a table that the script did not make; remembers those that it makes."""
    if isinstance(change, CreateTable) or (isinstance(change, TableChange) and change.is_on_new):
        made.add(change.table.key)
    return next((lock for lock in locks(change) if lock.table.key not in made), None)


def _limits(value: str) -> bool:
    """Whether a value of lock_timeout limits the wait."""
    duration = _DURATION.fullmatch(value)
    if duration is None:
        return bool(value)  # a variable: somebody has thought of it
    return 0 < int(duration.group(1)) * _UNITS.get(duration.group(2), 1) <= _LONGEST
