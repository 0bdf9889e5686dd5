"""
## What it finds

`ON DELETE CASCADE` on a foreign key of a table that records facts: audits, ledgers, payments, invoices, orders,
transactions, receipts, refunds, consents.

The word is what the rows are (`refunds`), or stands before what they are of it (`ledger_entries`): `payment_methods`
and `transaction_imports` hold something else. A table that is a part of the other one by its name (`orders` and
`order_items`), one of rows that pass (`auth_transactions`), and one that only joins two others, are left alone.

## Why it matters

Whoever deletes a customer deletes what was sold to them, what they paid and who changed it: records that the law, the
books or an inquiry will ask for.

## Example

```sql dialect=postgres
CREATE TABLE wallets (id bigint PRIMARY KEY);
CREATE TABLE ledger_entries (id bigint PRIMARY KEY, wallet_id bigint REFERENCES wallets (id) ON DELETE CASCADE);
```

```sql dialect=postgres
CREATE TABLE wallets (id bigint PRIMARY KEY);
CREATE TABLE ledger_entries (id bigint PRIMARY KEY, wallet_id bigint REFERENCES wallets (id) ON DELETE RESTRICT);
```

## Fix

Use `ON DELETE RESTRICT`, or mark rows as deleted. It is offered as an unsafe fix, for a delete that worked fails then.

## Options

- `records`: words in the names of tables that record facts, in the singular.

## When not to use it

Where the law wants the records of a person to go with the person, ignore the line and say so.

## References

- [PostgreSQL: foreign keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit, Severity
from persistlint.facts import DECLARING
from persistlint.fixes.refusal import RefusalError
from persistlint.fixes.scripts import modelled, scripted
from persistlint.regexes import regex
from persistlint.rule import Option, RuleContext, rule
from persistlint.schema.naming import base_name, singular, words
from persistlint.schema.script import CONSTRAINTS, Script
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic, Fix
    from persistlint.schema.definitions import Constraint, Reference, Table

_RECORDS = (
    "audit",
    "consent",
    "invoice",
    "ledger",
    "order",
    "payment",
    "payout",
    "receipt",
    "refund",
    "transaction",
)
# Words that make them no records.
_PASSING = frozenset(
    [
        "session",
        "token",
        "draft",
        "cache",
        "cart",
        "queue",
        "setting",
        "template",
        "tmp",
        "temp",
        "auth",
        "oauth",
        "login",
    ]
)
# What a record, or a part of one, is called behind the word.
_PARTS = frozenset(
    ["entry", "event", "item", "line", "log", "record", "history", "detail", "row", "posting", "movement", "trail"]
)
_CASCADE = regex(rb"ON\s+DELETE\s+(CASCADE)", re.IGNORECASE)


@rule(
    "cascade-unsafe",
    on=Script,
    changes=CONSTRAINTS,
    severity=Severity.WARNING,
    languages=DECLARING,
    options=(Option("records", _RECORDS, "Words in the names of tables that record facts."),),
    models=True,
)
def cascade_unsafe(script: Script, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every ON DELETE CASCADE that erases what has to stay."""
    records = frozenset(context.options["records"])
    for table, constraint in script.constraints():
        reference = constraint.reference
        if reference is None or reference.on_delete != "CASCADE" or _is_part(table, reference):
            continue
        if not _is_record(table.name.name, records):
            continue
        yield context.report(
            constraint.range,
            f"A delete in `{reference.table}` erases the records of `{table.name}` as well.",
            help="Use `ON DELETE RESTRICT`, or mark rows of the other table as deleted.",
            remedy=scripted(script, _fix, script, constraint, context),
        )


def _is_record(name: str, records: frozenset[str]) -> bool:
    """Whether the rows of a table of a name are records, or parts of some."""
    parts = [singular(word) for word in words(name) if not word.isdecimal()]
    while parts and parts[-1] in _PARTS:
        if parts[-1] in records:
            break
        parts.pop()
    return bool(parts) and parts[-1] in records and _PASSING.isdisjoint(parts)


def _is_part(table: Table, reference: Reference) -> bool:
    """Whether the rows of a table are a part of those that they refer to, or only join two others."""
    whole = base_name(reference.table.name)
    keys = {column for constraint, _ in table.foreign_keys for column in constraint.columns}
    is_join = len(table.foreign_keys) > 1 and all(column.name in keys for column in table.columns)
    begins = table.name.name.startswith((f"{whole}_", f"{reference.table.name}_"))
    return begins or table.name.key == reference.table.key or is_join


def _fix(script: Script, constraint: Constraint, context: RuleContext) -> tuple[Fix, ...]:
    written = _CASCADE.search(context.file.content, constraint.range.start, constraint.range.end)
    if written is None:
        raise RefusalError("the action stands elsewhere")
    edit = Edit(Range(*written.span(1)), "RESTRICT")
    return modelled(script, "Use ON DELETE RESTRICT", edit)
