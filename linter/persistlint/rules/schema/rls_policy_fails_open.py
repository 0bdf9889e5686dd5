"""
## What it finds

A policy that holds where a setting is missing: `current_setting(…, true) IS NULL OR …`, `= '' OR …`, or
`COALESCE(current_setting(…, true), column)`.

## Why it matters

A connection that forgets to say whose it is, or a pool that resets it, sees the rows of everybody. Nothing fails, so
nobody notices.

## Example

```sql dialect=postgres
CREATE POLICY own ON projects USING (
    current_setting('app.tenant_id', true) IS NULL OR tenant_id::text = current_setting('app.tenant_id', true)
);
```

```sql dialect=postgres
CREATE POLICY own ON projects USING (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
```

## Fix

Compare with the setting alone: where it is missing, the comparison is NULL, and no row is seen.

## When not to use it

Give roles that are to see everything `BYPASSRLS`, or a policy of their own.

## References

- [PostgreSQL: row security policies](https://www.postgresql.org/docs/current/ddl-rowsecurity.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreatePolicy
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.definitions import Expression

_SETTING = r"current_setting \( [^()]* \)(?: :: \w+)?(?: \))*(?: , '' \))?"
_OPEN = (
    regex(rf"{_SETTING} (?:is null|= '') (?:\) )*or\b|\bor (?:\( )*(?:nullif \( )?{_SETTING} (?:is null|= '')"),
    regex(
        r"coalesce \( (?:nullif \( )?current_setting \( [^()]* \)[^()]*"
        r"(?:\) )?(?::: \w+ )?, [a-z_]+(?: :: \w+)? \)"
    ),
)


@rule("rls-policy-fails-open", on=Script, changes=(CreatePolicy,), severity=Severity.ERROR)
def rls_policy_fails_open(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every policy that lets everybody in where nobody said who they are."""
    for change in script.of(CreatePolicy):
        if any(_is_open(condition) for condition in (change.policy.using, change.policy.check)):
            yield context.report(
                change.range,
                "Where the setting is missing, the policy lets everybody at every row.",
                help="Compare with the setting alone: where it is missing, no row is seen.",
            )


def _is_open(condition: Expression | None) -> bool:
    text = " ".join(condition.words) if condition is not None else ""
    return any(pattern.search(text) for pattern in _OPEN)
