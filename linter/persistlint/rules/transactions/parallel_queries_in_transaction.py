"""
## What it finds

Writes on the handle of one transaction inside `Promise.all` and its kin.

## Why it matters

A transaction has one connection, so the queries run one behind the other all the same. And where one fails, the
transaction rolls back while the others are still under way: they fail with errors nobody expects, or run outside.

## Example

```ts
import { sequelize, Item } from "./models";

export async function reprice(items: { id: number; price: number }[]) {
  await sequelize.transaction(async (transaction) => {
    await Promise.all(items.map((i) => Item.update({ price: i.price }, { where: { id: i.id }, transaction })));
  });
}
```

```ts
import { sequelize, Item } from "./models";

export async function reprice(items: { id: number; price: number }[]) {
  await sequelize.transaction(async (transaction) => {
    for (const item of items) {
      await Item.update({ price: item.price }, { where: { id: item.id }, transaction });
    }
  });
}
```

```python
import asyncio

import asyncpg

async def reprice(connection: asyncpg.Connection, items):
    async with connection.transaction():
        await asyncio.gather(
            *(connection.execute("UPDATE items SET price = $1 WHERE id = $2", item.price, item.id) for item in items)
        )
```

```python
import asyncpg

async def reprice(connection: asyncpg.Connection, items):
    async with connection.transaction():
        for item in items:
            await connection.execute("UPDATE items SET price = $1 WHERE id = $2", item.price, item.id)
```

## Fix

One behind the other, in a loop. The fix writes the loop; it is unsafe, for the turns run one behind the other then.

## When not to use it

Where the driver is known to queue the queries and none of them can fail.

## References

- [MongoDB: operations in parallel are not supported in a transaction](https://www.mongodb.com/docs/drivers/node/current/crud/transactions/)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.facts import EffectKind, Procedure, Scoping, Sign
from persistlint.fixes.loops import one_by_one
from persistlint.paths import is_generated, is_test
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator


@rule(
    "parallel-queries-in-transaction",
    on=Procedure,
    severity=Severity.INFO,
    languages=("python", "javascript", "typescript"),
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def parallel_queries_in_transaction(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first parallel write of every transaction."""
    seen = {found.range for found in fact.transactions if found.scoping is Scoping.ARRAY}
    for effect in fact.effects:
        is_write = effect.kind in (EffectKind.WRITE, EffectKind.PENDING)
        if (
            effect.is_parallel
            and not effect.via
            and is_write
            and effect.transaction is not None
            and effect.transaction not in seen
        ):
            seen.add(effect.transaction)
            yield context.report(
                effect.range,
                "Writes of one transaction run in parallel, and where one fails the others are still under way.",
                help="Run them one behind the other.",
                fixes=one_by_one(context.program, effect.range) if context.program is not None else (),
            )
