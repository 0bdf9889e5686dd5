"""
## What it finds

A policy that compares a column of a known table, of the type `uuid` or a number, with `current_setting(…)` and no cast.

## Why it matters

A setting is a text, and PostgreSQL has no operator that compares the two: `CREATE POLICY` fails.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE POLICY own ON projects USING (tenant_id = current_setting('app.tenant_id', true));
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
CREATE POLICY own ON projects USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
```

## Fix

Cast the setting: `nullif(current_setting('…', true), '')::uuid`, for an empty text is no uuid. The fix casts it.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.fixes.editor import find
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import careful, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreatePolicy
from persistlint.schema.script import Script
from persistlint.schema.types import INTEGERS, base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import DataType, Expression

_COMPARED = regex(r"(?:^|[( ])(\w+) = (?:\( select )?current_setting \( [^()]* \)(?! ::)")
_OTHERS = frozenset({*INTEGERS, "uuid", "numeric"})

_SETTING = regex(rb"current_setting\s*\([^()]*\)(?!\s*(?:::|,))")


@rule("rls-type-mismatch", on=Script, changes=(CreatePolicy,), severity=Severity.ERROR)
def rls_type_mismatch(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every policy that compares a column with a setting of another type."""
    for change in script.of(CreatePolicy):
        table = script.final_table(change.table)
        for condition in (change.policy.using, change.policy.check):
            compared = _COMPARED.search(" ".join(condition.words)) if condition is not None else None
            column = table.column(compared.group(1)) if table is not None and compared is not None else None
            if column is None or column.type is None or base(column.type) not in _OTHERS:
                continue
            yield context.report(
                change.range,
                f"`{column.name}` is `{column.type.text}`, and a setting is a text: PostgreSQL cannot compare them.",
                help=f"Cast it: `nullif(current_setting('…', true), '')::{column.type.text}`.",
                remedy=scripted(script, _fix, script, column.type, (change.policy.using, change.policy.check), context),
            )
            break


def _fix(
    script: Script, type: DataType, conditions: tuple[Expression | None, ...], context: RuleContext
) -> tuple[Fix, ...]:
    """The cast of every setting in conditions of which each has one."""
    edits = []
    for condition in conditions:
        call = find(context.file, condition.range, _SETTING) if condition is not None else None
        if condition is not None and (call is None or context.file.text(condition.range).count("current_setting") != 1):
            raise RefusalError("the condition asks for several settings")
        if call is not None:
            edits.append(Edit(call, f"nullif({context.file.text(call)}, '')::{type.text}"))
    return careful(script, f"Cast it to {type.text}", *edits)
