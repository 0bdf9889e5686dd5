"""
## What it finds

`now()`, `CURRENT_DATE`, `random()`, `current_setting()` and other functions that PostgreSQL does not know to be
immutable, in the expression or the `WHERE` of an index. Among them are those whose result depends on settings of the
session: `to_char`, `concat`, `to_tsvector` without a configuration, a cast of JSON text to a date, and whatever makes a
day or a part of a day of a `timestamptz` without saying the zone.

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

Leave the condition out, and put the column into the keys. Where the result depends on the zone, say which one:
`(created_at AT TIME ZONE 'UTC')::date`; `||` takes the place of `concat`.

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
    from persistlint.schema.definitions import Expression, Table

_STABLE = frozenset({"now", "current_setting", "statement_timestamp", "transaction_timestamp", "age"})
_KEYWORDS = frozenset({"current_timestamp", "current_date", "current_time", "localtimestamp", "current_user"})
# Not immutable for values of any type: https://www.postgresql.org/docs/current/catalog-pg-proc.html
_OF_SESSION = frozenset(
    [
        "array_to_json",
        "array_to_string",
        "concat",
        "concat_ws",
        "format",
        "json_build_object",
        "jsonb_build_object",
        "make_timestamptz",
        "row_to_json",
        "to_char",
        "to_date",
        "to_json",
        "to_jsonb",
        "to_number",
    ]
)
_TIMES = frozenset(["date", "time", "timetz", "timestamp", "timestamptz"])
_OF_ZONE = frozenset([*_TIMES - {"timestamptz"}, "text", "varchar"])  # what a timestamptz becomes in the zone
_AS_TEXT = frozenset(["->>", "#>>"])


@rule("non-immutable-index-predicate", on=Script, changes=(CreateIndex,), severity=Severity.ERROR)
def non_immutable_index_predicate(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every index whose meaning would change with time."""
    if script.dialect != "postgres":
        return
    for change in script.of(CreateIndex):
        index = change.index
        zoned = _zoned(change.before)
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
            if found := next(_of_session(expression, zoned), None):
                yield context.report(
                    expression.range,
                    f"An index cannot depend on {found[0]}, whose result depends on settings of the session.",
                    help=found[1],
                )
                break


def _fixed(words: tuple[str, ...]) -> frozenset[str]:
    """`age` of two arguments is immutable."""
    return frozenset({"age"}) if "age" in words and "," in words[words.index("age") :] else frozenset()


def _zoned(table: Table | None) -> frozenset[str]:
    """The columns of a table that hold a point in time, which is another day in another zone."""
    columns = table.columns if table is not None else ()
    return frozenset(
        column.name.lower()
        for column in columns
        if column.type is not None and column.type.name == "timestamptz" and not column.type.is_array
    )


def _of_session(expression: Expression, zoned: frozenset[str]) -> Iterator[tuple[str, str]]:
    """What in an expression depends on settings of the session, with what to do."""
    for name in sorted(expression.calls & _OF_SESSION):
        instead = "Write it with `||`" if name.startswith("concat") else "Use an immutable expression"
        yield f"`{name}`", f"{instead}, or keep the value in a column of its own."
    words = expression.words
    for at, word in enumerate(words):
        before, behind = words[max(at - 3, 0) : at], words[at + 1 : at + 6]
        if word == "to_tsvector" and behind[:1] == ("(",) and _is_single(words[at + 1 :]):
            yield "`to_tsvector`", "Name the configuration: `to_tsvector('english', …)`."
        elif word == "::" and behind and behind[0] in _TIMES and before[-1:] == (")",) and before[0] in _AS_TEXT:
            yield f"a cast of JSON text to `{behind[0]}`", "Index the text, or keep the value in a column of its own."
        elif word == "::" and behind and behind[0] in _OF_ZONE and before and before[-1] in zoned:
            yield f"`{before[-1]}::{behind[0]}`", _in_zone(before[-1])
        elif word == "date" and behind[:3:2] == ("(", ")") and behind[1] in zoned:
            yield "`date`", _in_zone(behind[1])
        elif word in ("date_trunc", "date_part", "extract") and behind[::4] == ("(", ")") and behind[3] in zoned:
            yield f"`{word}`", _in_zone(behind[3])


def _in_zone(column: str) -> str:
    return f"Say the zone: `{column} AT TIME ZONE 'UTC'`."


def _is_single(words: tuple[str, ...]) -> bool:
    """Whether the parentheses that words begin with hold one argument."""
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == "," and depth == 1:
            return False
        if depth == 0:
            break
    return True
