"""
## What it finds

`BEGIN`, `COMMIT` or `ROLLBACK` in a migration whose runner opens a transaction around it: Flyway, dbmate, goose, sqlx,
Diesel, refinery and others.

Left alone is a `COMMIT` behind which nothing stands but what no transaction may have around it, such as `CREATE INDEX
CONCURRENTLY`: the switch of the runner does the same.

## Why it matters

A `COMMIT` ends the transaction of the runner: what follows runs without one, and the row that says "this migration is
applied" is written apart from the migration. After a failure the two disagree.

## Example

```sql dialect=postgres path=db/migration/V2__regions.sql
CREATE TABLE regions (code text PRIMARY KEY);
COMMIT;
INSERT INTO regions (code) VALUES ('eu');
```

```sql dialect=postgres path=db/migration/V2__regions.sql
CREATE TABLE regions (code text PRIMARY KEY);
INSERT INTO regions (code) VALUES ('eu');
```

## Fix

Delete the statement, or tell the runner not to open a transaction; the help of the diagnostic says how. The fix deletes
`BEGIN` and `COMMIT` around all that the file does; it is unsafe, for a migration that was run already must not change.

## When not to use it

Where the runner is configured not to wrap migrations, switch the rule off.

## References

- [Flyway: transactions](https://documentation.red-gate.com/fd/migration-transaction-handling-273973399.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import Begin, End
from persistlint.schema.script import OF_RUNNER, Script
from persistlint.schema.transactions import is_alone, is_concurrent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix


@rule("transaction-control-in-managed-migration", on=Script, changes=(Begin, End), severity=Severity.WARNING)
def transaction_control_in_managed_migration(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first statement of a file that interferes with the transaction of its runner."""
    first = next((change for change in script.forward if isinstance(change, Begin | End)), None)
    if first is None or first.statement.transaction != OF_RUNNER or _is_switch(script, first):
        return
    verb = first.statement.words[0]
    switch = f", or switch that off: {script.runner.switch}" if script.runner.switch else ""
    yield context.report(
        first.range,
        f"{script.runner.name} runs this file in a transaction of its own, with which `{verb}` interferes.",
        help=f"Leave transactions to {script.runner.name}{switch}.",
        remedy=scripted(script, _fix, script, context),
    )


def _is_switch(script: Script, end: Begin | End) -> bool:
    """Whether a COMMIT does by hand what the runner could do: end its transaction before statements that none may have
    around them, and nothing else behind."""
    behind = script.forward[script.forward.index(end) + 1 :]
    return (
        isinstance(end, End)
        and end.is_commit
        and bool(behind)
        and all(is_concurrent(change) or is_alone(change) for change in behind)
    )


def _fix(script: Script, context: RuleContext) -> tuple[Fix, ...]:
    """Without the one BEGIN and its COMMIT around all that the file does."""
    found = [change for change in script.forward if isinstance(change, Begin | End)]
    steps = [each for each in script.statements if each.is_forward]
    is_around = len(found) == 2 and found[0].statement is steps[0] and found[1].statement is steps[-1]
    if not is_around or not isinstance(found[1], End) or not found[1].is_commit:
        raise RefusalError("it is not one transaction around all that the file does")
    editor = Editor(script, context.file)
    edits = [editor.without(change.statement) for change in found]
    return unsafe(script, "Leave the transaction to the runner", *edits[0], *edits[1])
