"""
## What it finds

A function or procedure with `SECURITY DEFINER` and no `SET search_path`, neither in its definition nor by a later
`ALTER FUNCTION` of the script.

## Why it matters

It runs with the rights of its owner, but finds tables, functions and operators by the `search_path` of the caller, who
can put objects of their own in front.

## Example

```sql dialect=postgres
CREATE FUNCTION close_ticket(p_id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
    UPDATE tickets SET closed = true WHERE id = p_id;
$$;
```

```sql dialect=postgres
CREATE FUNCTION close_ticket(p_id bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
    UPDATE tickets SET closed = true WHERE id = p_id;
$$;
```

## Fix

Say `SET search_path = …, pg_temp` with the schemas that it needs, or `SET search_path = ''` and qualify every name. The
fix names the schema of the function; it is unsafe, for it may need others.

## When not to use it

Where every name in the body is qualified with its schema, operators included, it does no harm.

## References

- [PostgreSQL: writing SECURITY DEFINER functions safely](https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, find, insert
from persistlint.fixes.naming import identifier
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import AlterObject, CreateObject
from persistlint.schema.script import Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix

_ROUTINES = frozenset({"FUNCTION", "PROCEDURE"})

_DEFINER = regex(rb"\bSECURITY\s+DEFINER\b", re.IGNORECASE)


@rule("security-definer-search-path", on=Script, changes=(CreateObject,), severity=Severity.WARNING)
def security_definer_search_path(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every function that lends its rights and lets the caller choose what it calls."""
    settled = {change.name.key for change in script.of(AlterObject) if "SEARCH_PATH" in change.words}
    for change in script.of(CreateObject):
        words = change.words
        is_definer = any(words[index : index + 2] == ("SECURITY", "DEFINER") for index in range(len(words)))
        if change.kind not in _ROUTINES or not is_definer or "SEARCH_PATH" in words or change.name.key in settled:
            continue
        yield context.report(
            change.name.range,
            f"`{change.name}` runs with the rights of its owner, and finds what it uses by the caller's `search_path`.",
            help="Say `SET search_path = …, pg_temp` with the schemas that it needs.",
            remedy=scripted(script, _fix, script, change, context),
        )


def _fix(script: Script, change: CreateObject, context: RuleContext) -> tuple[Fix, ...]:
    """The path behind SECURITY DEFINER: the schema of the function, and what is temporary last."""
    word = find(context.file, Range(change.name.range.end, change.range.end), _DEFINER)
    if word is None:
        raise RefusalError("`SECURITY DEFINER` stands in no place that is known")
    schema = identifier(change.name.schema or "public", script.dialect)
    text = Editor(script, context.file).like(" SET search_path = ", change.statement)
    return unsafe(script, "Fix its search_path", insert(word.end, f"{text}{schema}, pg_temp"))
