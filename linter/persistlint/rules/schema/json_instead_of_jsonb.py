"""
## What it finds

A column of the type `json` in PostgreSQL.

## Why it matters

It keeps the text as it was written: every access parses it anew, two equal documents are not equal, `DISTINCT` and
indexes do not work.

## Example

```sql dialect=postgres
CREATE TABLE prefs (owner text PRIMARY KEY, data json NOT NULL);
```

```sql dialect=postgres
CREATE TABLE prefs (owner text PRIMARY KEY, data jsonb NOT NULL);
```

## Fix

Use `jsonb`. The fix does so in a new table; it is unsafe, for `jsonb` keeps neither the order of keys nor doubled ones.

## When not to use it

It is off by default: where the text itself matters, as of a signed document, `json` is right.

## References

- [PostgreSQL: JSON types](https://www.postgresql.org/docs/current/datatype-json.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import ELSEWHERE, find
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, retyped, scripted
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.script import COLUMNS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Column, DataType, Table

_JSON = regex(rb"\Ajson\b", re.IGNORECASE)


@rule("json-instead-of-jsonb", on=Script, changes=COLUMNS, severity=Severity.WARNING, default=False)
def json_instead_of_jsonb(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every column of the type json."""
    if script.dialect != "postgres":
        return
    for table, column, final in script.columns():
        if column.type is not None and column.type.name == "json" and final.type == column.type:
            yield context.report(
                column.type.range,
                f"`{column.name}` is parsed anew with every access as `json`.",
                help="Use `jsonb`.",
                remedy=scripted(script, _fix, script, table, column, column.type, context),
            )


def _fix(script: Script, table: Table, column: Column, type: DataType, context: RuleContext) -> tuple[Fix, ...]:
    """The other word in the definition of a new table. Raises `RefusalError`."""
    if table.checks(column.name):
        raise RefusalError("a check of the column has functions of `json`")
    word = find(context.file, type.range, _JSON)
    is_own = script.is_created(type.range)
    if not is_own:
        raise RefusalError("rows that are there would have to be written anew")
    if word is None:
        raise RefusalError(ELSEWHERE)
    return modelled(script, "Use jsonb", retyped(context.file, word, "jsonb" if type.text.islower() else "JSONB"))
