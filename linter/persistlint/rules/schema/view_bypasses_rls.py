"""
## What it finds

A view without `security_invoker` over a table that has row level security, and any materialized view over one.

## Why it matters

A view reads with the rights of its owner, who is exempt from the policies of their tables: everybody who may read the
view sees all rows.

## Example

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE VIEW project_names AS SELECT id FROM projects;
```

```sql dialect=postgres
CREATE TABLE projects (id uuid PRIMARY KEY, tenant_id uuid NOT NULL);
ALTER TABLE projects ENABLE ROW LEVEL SECURITY;
CREATE VIEW project_names WITH (security_invoker = true) AS SELECT id FROM projects;
```

## Fix

Say `WITH (security_invoker = true)` (PostgreSQL 15 and later). A materialized view cannot have it: keep it from those
who may not see everything. The fix says so; it is unsafe, for it wants PostgreSQL 15, and readers see fewer rows.

## When not to use it

Where the view is for those who may see everything, ignore the line and say so.

## References

- [PostgreSQL: CREATE VIEW](https://www.postgresql.org/docs/current/sql-createview.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import Editor, find, insert
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
    from persistlint.schema.definitions import Name

_BEFORE_AS = regex(rb"\A(?:\s*\([^()]*\))?(?=\s+AS\s)", re.IGNORECASE)


@rule("view-bypasses-rls", on=Script, changes=(CreateObject,), severity=Severity.WARNING)
def view_bypasses_rls(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every view that shows the rows which policies hide."""
    settled = {change.name.key for change in script.of(AlterObject) if "SECURITY_INVOKER" in change.words}
    for change in script.of(CreateObject):
        if not change.kind.endswith("VIEW") or "SECURITY_INVOKER" in change.words or change.name.key in settled:
            continue
        if script.final.placed.get(change.name.key, change.range) != change.range:
            continue  # a later one takes its place
        is_view = change.kind == "VIEW"
        guarded = next((source for source in change.sources if _is_guarded(source, script, is_view=is_view)), None)
        if guarded is None:
            continue
        remedy = "Say `WITH (security_invoker = true)`" if is_view else "Keep it from the roles of tenants"
        yield context.report(
            change.name.range,
            f"`{change.name}` shows all rows of `{guarded}`, whatever its policies hide.",
            help=f"{remedy}.",
            remedy=scripted(script, _fix, script, change, context, is_view=is_view),
        )


def _fix(script: Script, change: CreateObject, context: RuleContext, *, is_view: bool) -> tuple[Fix, ...]:
    """The option before AS, where the view has no other."""
    if not is_view:
        raise RefusalError("PostgreSQL has no such option for a materialized view")
    behind = Range(change.name.range.end, change.range.end)
    place = find(context.file, behind, _BEFORE_AS)
    if place is None:
        raise RefusalError("the view has options already")
    text = Editor(script, context.file).like(" WITH (security_invoker = true)", change.statement)
    return unsafe(script, "Let the view see what its reader may see", insert(place.end, text))


def _is_guarded(source: Name, script: Script, *, is_view: bool) -> bool:
    """Whether policies hide rows of a table from others than the owner of the view; forced ones hide them from the
    owner too, whenever the view is read."""
    table = script.final_table(source)
    return table is not None and table.has_row_security and not (is_view and table.is_forced)
