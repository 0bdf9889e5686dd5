"""
## What it finds

A unique key or unique index over two or more columns of which one may be NULL, without `NULLS NOT DISTINCT`. An index
whose predicate speaks of one of its columns or picks rows of one kind, an index over an expression such as
`COALESCE(…)`, and a key beside which another unique index covers the rows where the column is NULL are left alone. So
is a key of which all columns may be NULL, but for those that say whose row it is: an address that a row may not have.
And so is a column that a row may go without or never does: it has a default, it is what another system calls the row
(`external_id`, `dedupe_key`), or another unique key of the same columns has another one in its place.

## Why it matters

NULL is not equal to NULL: of the rows that have it there, any number may be equal in all other columns, and the key
does not keep them apart.

## Example

```sql dialect=postgres
CREATE TABLE seats (id bigint PRIMARY KEY, venue text NOT NULL, row_label text, UNIQUE (venue, row_label));
```

```sql dialect=postgres
CREATE TABLE seats (
    id bigint PRIMARY KEY,
    venue text NOT NULL,
    row_label text,
    UNIQUE NULLS NOT DISTINCT (venue, row_label)
);
```

## Fix

Make the column `NOT NULL`, say `NULLS NOT DISTINCT` (PostgreSQL 15 and later), or add a unique index over the other
columns `WHERE` it is NULL. The fix says `NULLS NOT DISTINCT` in PostgreSQL; it is unsafe, for it wants version 15 and
refuses rows.

## When not to use it

Where rows with NULL are meant to be free of the key, ignore the line and say so.

## References

- [PostgreSQL: unique constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.fixes.editor import find, insert
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import scripted, unsafe
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.changes import CreateIndex
from persistlint.schema.definitions import ConstraintKind, Table
from persistlint.schema.naming import singular, tenant_column, words
from persistlint.schema.script import CONSTRAINTS, Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.source import Range

_CONSTRAINT = regex(rb"\A(?:CONSTRAINT\s+\S+\s+)?(UNIQUE)(?=\s*\()", re.IGNORECASE)
# What another system, or whoever sent the row, calls it.
_NAMES = frozenset(
    ["id", "uid", "uuid", "guid", "identifier", "key", "ref", "reference", "token", "hash", "fingerprint", "sha"]
)
_KINDS = frozenset(["=", "in", "any"])  # what a predicate picks the rows of some kind by
_INDEX = regex(rb"\ACREATE\s+UNIQUE\s+INDEX\s[^()]*\([^()]*\)(?=\s*\Z)", re.IGNORECASE)


@rule("nullable-unique", on=Script, changes=(*CONSTRAINTS, CreateIndex), severity=Severity.WARNING)
def nullable_unique(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every unique key over several columns of which one may be NULL."""
    keys = list(_keys(script))
    tables = frozenset(singular(table.name.name).lower() for table in script.final.tables.values() if keys)
    for table, columns, range in keys:
        optional = [name for name in columns if _is_missed(table, name, tables)]
        is_anyway = table.primary_key is not None and set(table.primary_key.columns) <= set(columns)
        is_free = is_anyway or _is_covered(table, optional) or _is_absent(table, columns, optional)
        is_free = is_free or any(_says_when(table, name) for name in optional)
        if len(columns) < 2 or not optional or is_free or _has_twin(table, columns, optional):
            continue
        remedy = "say `NULLS NOT DISTINCT`" if script.dialect == "postgres" else "make it `NOT NULL`"
        yield context.report(
            range,
            f"Any number of rows may be equal here where `{optional[0]}` is NULL.",
            help=f"Make the column `NOT NULL`, or {remedy}."
            if script.dialect == "postgres"
            else "Make the column `NOT NULL`.",
            remedy=scripted(script, _fix, script, range, context, is_emptied=_is_emptied(table, optional)),
        )


def _is_emptied(table: Table, optional: list[str]) -> bool:
    """Whether a foreign key sets one of the columns to NULL, which may be so in many rows then."""
    keys = (key for key, reference in table.foreign_keys if "SET NULL" in (reference.on_delete, reference.on_update))
    return any(name in key.columns for key in keys for name in optional)


def _fix(script: Script, range: Range, context: RuleContext, *, is_emptied: bool) -> tuple[Fix, ...]:
    """NULLS NOT DISTINCT, behind the word in a constraint and behind the keys in an index."""
    if script.dialect != "postgres":
        raise RefusalError("only PostgreSQL has a key in which NULL equals NULL")
    if is_emptied:
        raise RefusalError("a foreign key sets the column to NULL, in many rows at once")
    word = find(context.file, range, _CONSTRAINT, 1) or find(context.file, range, _INDEX)
    is_small = word is not None and context.file.text(word).islower()
    text = " nulls not distinct" if is_small else " NULLS NOT DISTINCT"
    if word is None:
        raise RefusalError("nothing here tells where the key ends")
    return unsafe(script, "Say NULLS NOT DISTINCT", insert(word.end, text))


def _keys(script: Script) -> Iterator[tuple[Table, tuple[str, ...], Range]]:
    """The unique keys that the script defines and in which NULL is distinct."""
    for table, constraint in script.constraints():
        if constraint.kind is ConstraintKind.UNIQUE and constraint.nulls_distinct:
            yield table, constraint.columns, constraint.range
    for change in script.of(CreateIndex):
        index = change.index
        table_in_the_end = script.final_table(change.table)
        is_chosen = index.predicate is not None and (
            any(map(index.predicate.mentions, index.columns)) or not _KINDS.isdisjoint(index.predicate.words)
        )
        is_plain = index.is_unique and index.nulls_distinct and not is_chosen and "" not in index.columns
        if table_in_the_end is not None and is_plain and script.lasts(change):
            yield table_in_the_end, index.columns, change.range


def _is_missed(table: Table, name: str, tables: frozenset[str]) -> bool:
    """Whether a column of a key may be NULL, so that the key misses rows: not one with a default, and not what another
    system calls the row, which need not know it. What refers to one of the tables is none of those."""
    column = table.column(name)
    if column is None or table.requires(name) or column.has_value:
        return False
    *before, last = words(name)
    is_reference = "_".join(before) in tables or _refers(table, name)
    return is_reference or last not in _NAMES or not before


def _refers(table: Table, name: str) -> bool:
    return any(name in key.columns for key, _ in table.foreign_keys)


def _is_absent(table: Table, columns: tuple[str, ...], optional: list[str]) -> bool:
    """Whether nothing but the owners of the row is left of the key where it is NULL: rows without one are no twins."""
    owner = tenant_column(table)
    owners = [name for name in columns if _refers(table, name) and table.requires(name)]
    owners += [owner.name] if owner is not None else []
    is_own = not any(_refers(table, name) for name in optional)
    return all(name in optional or (name in owners and is_own) for name in columns)


def _says_when(table: Table, name: str) -> bool:
    """Whether a check of the table says in which rows a column is NULL: they are meant to be as many as there are."""
    checks = (found.expression.words for found in table.constraints if found.expression is not None)
    return any((name.lower(), "is", "null") in zip(words, words[1:], words[2:], strict=False) for words in checks)


def _has_twin(table: Table, columns: tuple[str, ...], optional: list[str]) -> bool:
    """Whether another unique key has other columns in the place of the optional ones: a row has one or the other."""
    rest = set(columns) - set(optional)
    keys = [found.columns for found in table.constraints if found.kind is ConstraintKind.UNIQUE]
    keys += [index.columns for index in table.indexes if index.is_unique]
    return any(rest < set(key) and not set(key) & set(optional) for key in keys) if rest else False


def _is_covered(table: Table, optional: list[str]) -> bool:
    """Whether another unique index looks after the rows in which a column is NULL: by its predicate, or by an
    expression."""
    for index in table.indexes:
        expressions = (*index.expressions, *((index.predicate,) if index.predicate is not None else ()))
        if index.is_unique and any(found.mentions(name) for found in expressions for name in optional):
            return True
    return False
