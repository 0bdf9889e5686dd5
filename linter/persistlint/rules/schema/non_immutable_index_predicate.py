"""
## What it finds

`now()`, `CURRENT_DATE`, `random()`, `current_setting()` and other functions that PostgreSQL does not know to be
immutable, in the expression or the `WHERE` of an index.

## Why it matters

PostgreSQL refuses the index: "functions in index predicate must be marked IMMUTABLE". A row would have to leave the
index when time passes, and nothing does that.

## Example

```sql dialect=postgres
CREATE INDEX fresh ON events (kind) WHERE created_at > now();
```

```sql dialect=postgres
CREATE INDEX fresh ON events (created_at, kind);
```

## Fix

Leave the condition out, and put the column into the keys.

## When not to use it

The statement cannot succeed as it is; there is no reason to ignore it.

## References

- [PostgreSQL: CREATE INDEX](https://www.postgresql.org/docs/current/sql-createindex.html)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex
from persistlint.schema.locks import VOLATILE
from persistlint.schema.script import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_STABLE = frozenset({"now", "current_setting", "statement_timestamp", "transaction_timestamp", "age"})
_KEYWORDS = frozenset({"current_timestamp", "current_date", "current_time", "localtimestamp", "current_user"})


@rule("non-immutable-index-predicate", on=Script, changes=(CreateIndex,), severity=Severity.ERROR)
def non_immutable_index_predicate(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index whose meaning would change with time."""
    if script.dialect != "postgres":
        return
    for change in script.of(CreateIndex):
        index = change.index
        for expression in (*index.expressions, *((index.predicate,) if index.predicate is not None else ())):
            calls = sorted((expression.calls & (VOLATILE | _STABLE)) - _fixed(expression.words))
            changing = calls + sorted(_KEYWORDS & set(expression.words))
            if changing:
                yield context.report(
                    expression.range,
                    f"An index cannot depend on `{changing[0]}`, whose value changes.",
                    help="Leave the condition out, and put the column into the keys.",
                )
                break


def _fixed(words: tuple[str, ...]) -> frozenset[str]:
    """`age` of two arguments is immutable."""
    return frozenset({"age"}) if "age" in words and "," in words[words.index("age") :] else frozenset()
