"""
## What it finds

A query inside a transaction that goes round it: through the pool, the client or another session instead of the handle
that the transaction gave, or without the option that names it (`{ transaction: t }`, `{ session }`).

An object of the program's own counts as well, a store or a repository, where it runs a function in a transaction
(`store.WithTx(func(tx Store) error { … })`) and is asked something inside instead of what it gave.

Silent where the library finds the open transaction by itself (Django, Tortoise, MikroORM, Sequelize with CLS), where
the parameter of the callback has the name of the outer handle, where the query is bound to it in another way
(`.transacting(trx)`, `withRepository`), for handles that are called replicas, and in a migration that is given its
handle, for the runner of which it depends whether there is a transaction. Where a callback takes no notice of its
transaction at all, the first write of it is reported.

Of severity `info`: a read of what the transaction, which is begun in the same function, has not written by then, and
a change of the schema where the database may commit the transaction by it.

## Why it matters

The query runs on another connection. It does not see what the transaction wrote, it stays when the transaction is
rolled back, and where the pool is small both wait for each other for ever.

## Example

```ts
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export async function open(owner: string) {
  await prisma.$transaction(async (tx) => {
    const account = await tx.account.create({ data: { owner } });
    await prisma.entry.create({ data: { accountId: account.id } });
  });
}
```

```ts
import { PrismaClient } from "@prisma/client";

const prisma = new PrismaClient();

export async function open(owner: string) {
  await prisma.$transaction(async (tx) => {
    const account = await tx.account.create({ data: { owner } });
    await tx.entry.create({ data: { accountId: account.id } });
  });
}
```

```go
package store

import "database/sql"

func Place(db *sql.DB, user int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        defer tx.Rollback()
        if _, err := tx.Exec("INSERT INTO orders (user_id) VALUES ($1)", user); err != nil {
                return err
        }
        if _, err := db.Exec("UPDATE users SET orders = orders + 1 WHERE id = $1", user); err != nil {
                return err
        }
        return tx.Commit()
}
```

```go
package store

import "database/sql"

func Place(db *sql.DB, user int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        defer tx.Rollback()
        if _, err := tx.Exec("INSERT INTO orders (user_id) VALUES ($1)", user); err != nil {
                return err
        }
        if _, err := tx.Exec("UPDATE users SET orders = orders + 1 WHERE id = $1", user); err != nil {
                return err
        }
        return tx.Commit()
}
```

```python
import asyncpg

async def place(pool: asyncpg.Pool, user_id):
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO orders (user_id) VALUES ($1)", user_id)
        await pool.execute("UPDATE users SET orders = orders + 1 WHERE id = $1", user_id)
```

```python
import asyncpg

async def place(pool: asyncpg.Pool, user_id):
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("INSERT INTO orders (user_id) VALUES ($1)", user_id)
        await connection.execute("UPDATE users SET orders = orders + 1 WHERE id = $1", user_id)
```

## Fix

Use the handle of the transaction, pass it in the options, or hand it to the function that asks the database. The fix
does so in the way of the library: the handle in the place of another one that takes the same, `withRepository` of
TypeORM, `query(trx)` of Objection, the option of Sequelize, `session` of MongoDB. A helper of the file is handed the
transaction by the parameter that it has for one; in JavaScript, and in TypeScript with Prisma, Drizzle and Kysely, it
gets one that is what it has used until now where nobody gives it. A change of the schema is left where the transaction
wrote something before it, which MySQL would commit. The fix is unsafe, for the call may have been meant to stay.

## Options

The names of the configuration tell of what the project calls things of its own: `transactions` lists functions and
decorators that run what they are given inside a transaction, `handles` variables that hold a connection or a pool.

```toml
[names]
transactions = ["in_one_go"]
handles = ["ledger"]
```

## When not to use it

Where the query is meant to stay when the transaction is rolled back, or to read what is committed, ignore the line
with that reason.

## References

- [Sequelize: passing the transaction](https://sequelize.org/docs/v6/other-topics/transactions/)
- [Prisma: interactive transactions](https://www.prisma.io/docs/orm/prisma-client/queries/transactions)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import Effect, EffectKind, Procedure, Role, Scoping, Sign, Transaction
from persistlint.fixes.passing import passed_on
from persistlint.paths import is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.source import Range


_ASIDE = regex(r"replica|read_?only|reporting|analytics|\blogs?\b|audit", re.IGNORECASE)
_WRITES = (EffectKind.WRITE, EffectKind.PENDING, EffectKind.SCHEMA)
_ASKS = (EffectKind.READ, *_WRITES)


@rule(
    "transaction-not-passed", on=Procedure, severity=Severity.ERROR, skips=(is_test, is_generated), signs=(Sign.CHANGE,)
)
def transaction_not_passed(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report every query inside a transaction that does not belong to it; where none does, the first write."""
    empty: set[Range] = set()  # the transactions that nothing belongs to, of which that is reported
    for effect in fact.effects:
        transaction = next((found for found in fact.transactions if found.range == effect.transaction), None)
        if (
            transaction is None
            or (transaction.scoping is Scoping.PARAMETER and is_migration(context.file.path))  # its runner decides
            or effect.is_bound
            or effect.is_part
            or effect.kind not in _ASKS
            or not _goes_round(effect, transaction, fact)
            or _reads_aside(effect, transaction, fact)
            or _is_choice(effect, transaction, fact)
        ):
            continue
        if transaction.handle is None:
            if effect.kind is EffectKind.READ or transaction.range in empty:
                continue
            empty.add(transaction.range)
        handle = transaction.handle.name if transaction.handle is not None else ""
        library = transaction.opener.library or (transaction.handle.library if transaction.handle is not None else None)
        option = library.transactions.option if library is not None else ""
        is_read = effect.kind is EffectKind.READ
        is_first = _misses_nothing(effect, transaction, fact)
        effects = "stays when it is rolled back" if not is_read else "does not see what it wrote"
        effects = "takes a connection of its own" if is_first else effects
        yield context.report(
            effect.range,
            f"`{effect.via or effect.handle.name}` goes round the transaction that is open here, so this {effects}.",
            severity=Severity.INFO if is_first or _commits_what_is_open(effect) else None,
            help=_help(option, handle),
            fixes=passed_on(context.program, effect, transaction, fact.effects) if context.program is not None else (),
            related=(Related(transaction.range, "the transaction is opened here"),),
        )


def _help(option: str, handle: str) -> str:
    if not handle:
        return "Give the callback a parameter for the transaction, and use that."
    return f"Pass `{{ {option}: {handle} }}` in the options." if option else f"Use `{handle}` instead."


def _reads_aside(effect: Effect, transaction: Transaction, fact: Procedure) -> bool:
    """Whether a helper only looks something up in a table that the transaction does not write to; or the function is
    handed both, and chooses what it reads through."""
    if effect.kind is not EffectKind.READ:
        return False
    if transaction.scoping is Scoping.PARAMETER and transaction.range.start in fact.range:
        is_handed = fact.range.start <= effect.handle.origin < min(other.range.start for other in fact.effects)
        if is_handed and not effect.handle.owned:
            return True
    if not effect.via or not effect.table:
        return False
    inside = (other for other in fact.effects if other.transaction == transaction.range and other.kind in _WRITES)
    return all(other.table and other.table.lower() != effect.table.lower() for other in inside)


def _is_choice(effect: Effect, transaction: Transaction, fact: Procedure) -> bool:
    """Whether the other way of a branch sends the same through the transaction, so that this way goes round it on
    purpose."""
    same = (o for o in fact.effects if o.transaction == transaction.range and o.is_bound and o.method == effect.method)
    return any(other.names == effect.names and other.place.is_beside(effect.place) for other in same)


def _misses_nothing(effect: Effect, transaction: Transaction, fact: Procedure) -> bool:
    """Whether it reads what the transaction, which is begun here, has not written by then."""
    if effect.kind is not EffectKind.READ or transaction.scoping is Scoping.PARAMETER:
        return False
    inside = (other for other in fact.effects if other.transaction == transaction.range and other.kind in _WRITES)
    return all(_is_other(other, effect) for other in inside)


def _is_other(written: Effect, read: Effect) -> bool:
    """Whether a write comes behind a read for sure, or is to another table."""
    is_later = written.range.start > read.range.start and not read.place.loops
    return is_later or (bool(written.table and read.table) and written.table.lower() != read.table.lower())


def _commits_what_is_open(effect: Effect) -> bool:
    """Whether it changes a schema, which commits what is open in some databases, MySQL's for one."""
    library = effect.handle.library
    is_known = library is not None and library.dialect in ("postgresql", "sqlite")
    return effect.kind is EffectKind.SCHEMA and not is_known


def _goes_round(effect: Effect, transaction: Transaction, fact: Procedure) -> bool:
    if transaction.handle is None:
        return _is_dropped(transaction) and effect.handle.is_same(transaction.opener)
    if effect.handle.role in (Role.INSTANCE, Role.TRANSACTION):
        return False
    if effect.handle.name != effect.table and _ASIDE.search(effect.handle.name):
        return False
    if transaction.scoping is Scoping.PARAMETER and not any(
        _goes_through(other, transaction) for other in fact.effects
    ):
        return False
    ours, theirs = effect.handle.library, transaction.handle.library or transaction.opener.library
    if effect.handle.name == transaction.opener.name:
        return True
    # A connection that was there before is one to another database, and so is a second one that the function makes.
    are_made = effect.handle.role is Role.IMPLICIT and transaction.opener.role is Role.IMPLICIT
    is_taken_inside = effect.handle.owned and effect.handle.origin > transaction.range.start and not are_made
    is_bound_elsewhere = any(
        other.kind is EffectKind.OTHER
        and other.instance == effect.handle.name
        and other.transaction == transaction.range
        for other in fact.effects
    )  # `queries.WithTx(tx)`: by itself it goes through the pool
    # What the connection of the transaction was taken from is a pool, whatever its name says.
    gives = any(other.kind is EffectKind.ACQUIRE and other.handle.is_same(effect.handle) for other in fact.effects)
    is_pool = effect.handle.role in (Role.POOL, Role.SESSION) or gives
    may_be_same = is_pool or is_taken_inside or is_bound_elsewhere
    return may_be_same and (ours is theirs or None in (ours, theirs))


def _is_dropped(transaction: Transaction) -> bool:
    """Whether a callback takes no notice of the transaction that it is handed: `db.transaction(async () => …)`. Nothing
    is dropped where the library finds it, or may be told to (Sequelize, by the option that names it)."""
    library = transaction.opener.library
    is_found = library is None or library.transactions.ambient or bool(library.transactions.option)
    return transaction.scoping is Scoping.CALLBACK and not transaction.is_wrapped and not is_found


def _goes_through(effect: Effect, transaction: Transaction) -> bool:
    """Whether an effect is one on the handle of the transaction, or is given it."""
    if transaction.handle is not None and effect.handle.name == transaction.handle.name:
        return True
    is_row = effect.handle.role is Role.INSTANCE
    return effect.transaction == transaction.range and effect.is_bound and effect.kind in _ASKS and not is_row
