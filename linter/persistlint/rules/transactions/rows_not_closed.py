"""
## What it finds

Rows of Go that a function asks for and does not close: `rows, err := db.Query(…)` without `rows.Close()`, where they
are not read to their end, or where the loop that reads them returns before the last one.

Silent where they are handed on, where they belong to a transaction, or to a handle that the function opens itself,
where the function cancels the context of the query, and where the loop has no `return`.

## Why it matters

Rows keep a connection of the pool until they are closed or read to their end. Each call that ends earlier takes one
away for good, and when none is left every query waits.

## Example

```go
package store

import "database/sql"

func Names(db *sql.DB) ([]string, error) {
        rows, err := db.Query("SELECT name FROM people")
        if err != nil {
                return nil, err
        }
        var names []string
        for rows.Next() {
                var name string
                if err := rows.Scan(&name); err != nil {
                        return nil, err
                }
                names = append(names, name)
        }
        return names, rows.Err()
}
```

```go
package store

import "database/sql"

func Names(db *sql.DB) ([]string, error) {
        rows, err := db.Query("SELECT name FROM people")
        if err != nil {
                return nil, err
        }
        defer rows.Close()
        var names []string
        for rows.Next() {
                var name string
                if err := rows.Scan(&name); err != nil {
                        return nil, err
                }
                names = append(names, name)
        }
        return names, rows.Err()
}
```

## Fix

`defer rows.Close()` behind the test of the error. There is no fix in a loop, at whose end nothing deferred runs.

## When not to use it

Never: to close rows twice does nothing.

## References

- [Go: querying for data](https://go.dev/doc/database/querying)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import OpenRows, Sign
from persistlint.fixes.closing import closed_rows
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "rows-not-closed",
    on=OpenRows,
    severity=Severity.WARNING,
    languages=("go",),
    skips=(is_test, is_generated),
    signs=(Sign.ROWS,),
)
def rows_not_closed(fact: OpenRows, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the query of which the rows stay open."""
    when = "the loop returns before the last one" if fact.is_read else "the function ends"
    yield context.report(
        fact.range,
        f"Nothing closes `{fact.name}`, so they keep their connection where {when}.",
        help=f"Put `defer {fact.name}.Close()` behind the test of the error.",
        fixes=closed_rows(context.program, fact.range, fact.name) if context.program is not None else (),
    )
