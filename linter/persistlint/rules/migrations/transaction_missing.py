"""
## What it finds

A script of two or more changes outside of any transaction, at least one of which changes the schema and cannot be run
twice. It is for scripts that nothing but a client runs: where a runner wraps the file in a transaction, may do so, or
was told not to, nothing is reported.

Dumps, scripts in which every statement can be run again (`IF NOT EXISTS`), and scripts with a statement that cannot be
in a transaction, or that validates a constraint apart from the one that adds it, are left alone. MySQL
has no transactions for DDL.

## Why it matters

Each statement commits by itself. When the third fails, the first two stay, and the script cannot be run again: it fails
at its first statement.

## Example

```sql dialect=postgres
CREATE TABLE addresses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, street text NOT NULL);
INSERT INTO addresses (street) SELECT street FROM customers;
```

```sql dialect=postgres
BEGIN;
CREATE TABLE addresses (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, street text NOT NULL);
INSERT INTO addresses (street) SELECT street FROM customers;
COMMIT;
```

## Fix

Put `BEGIN;` before the first statement and `COMMIT;` behind the last. The fix does so; it is unsafe, for
what runs the script may open a transaction around it.

## When not to use it

Where the script is run as `psql --single-transaction`, switch the rule off for its folder.

## References

- [psql: --single-transaction](https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-OPTION-SINGLE-TRANSACTION)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AddEnumValue, Begin, CreateIndex, DropIndex, End, ValidateConstraint
from persistlint.schema.idempotence import repeatable
from persistlint.schema.script import Script
from persistlint.schema.transactions import is_alone, is_concurrent, is_ddl, is_dml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.changes import Change

_CLIENT_COMMAND = regex(rb"^\\", re.MULTILINE)  # of psql, which may read another file or connect anew


@rule("transaction-missing", on=Script, severity=Severity.WARNING)
def transaction_missing(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first change of the schema that is not in a transaction with the others."""
    is_program = context.file.language != "sql"
    if (
        script.dialect not in ("postgres", "sqlite", *([None] if is_program else []))
        or script.runner.wraps is not False
        or script.runner.is_off
        or script.is_dump
    ):
        return
    alone = [
        change
        for change in script.forward
        if change.statement.transaction is None and (is_ddl(change) or is_dml(change))
    ]
    if any(is_alone(change) or is_concurrent(change) or isinstance(change, ValidateConstraint) for change in alone):
        return
    statements = {change.statement.range for change in alone}
    if len(statements) < 2:
        return
    safe = repeatable(script)
    first = next((change for change in alone if is_ddl(change) and script.position(change) not in safe), None)
    if first is None:
        return
    count = len(statements) - 1
    others = f"{count} other statements" if count > 1 else "another statement"
    yield context.report(
        first.statement.range,
        f"This and {others} commit one by one: a failure leaves half of them behind.",
        help="Open a transaction, and pass it to each of them."
        if is_program
        else "Run them in one transaction, between `BEGIN` and `COMMIT`.",
        remedy=scripted(script, _fix, script, alone, context),
    )


def _fix(script: Script, alone: list[Change], context: RuleContext) -> tuple[Fix, ...]:
    """BEGIN and COMMIT around the changes, where nothing between them minds a transaction."""
    first, last = alone[0].statement, script.statements[-1]
    within = [each for each in script.statements if first.range.start <= each.range.start <= last.range.start]
    minds = any(isinstance(change, Begin | End | AddEnumValue) or is_alone(change) for change in script.forward)
    minds |= any(_is_better_concurrent(change) for change in alone)
    is_known = all(each.words[0] not in ("CALL", "PRAGMA", "COPY") for each in within) and not script.unread
    between = context.file.content[first.range.start : last.range.end]
    if minds:
        raise RefusalError("a statement between them does not go well with a transaction")
    if not is_known or _CLIENT_COMMAND.search(between):
        raise RefusalError("a statement between them is not understood")
    if script.backward:
        raise RefusalError("the file has a part that undoes it")
    editor = Editor(script, context.file)
    begin, commit = editor.before(first, "BEGIN"), editor.behind(last, "COMMIT")
    # What runs it may have opened one around it.
    return unsafe(script, "Wrap them in a transaction", *begin, *commit)


def _is_better_concurrent(change: Change) -> bool:
    """Whether it is an index that is better built or dropped concurrently, which no transaction allows."""
    if isinstance(change, CreateIndex):
        return not change.is_on_new
    return isinstance(change, DropIndex) and not (change.table is not None and change.table.is_new)
