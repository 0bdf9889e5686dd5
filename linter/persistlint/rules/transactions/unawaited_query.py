"""
## What it finds

A query, a commit or a rollback of a transaction that nobody waits for: a call without `await` whose result is
dropped, or one in the callback of `forEach(async …)`. Outside of a transaction a write that is dropped, where the
library sends one only when somebody waits for it (Drizzle, Knex, Prisma, queries of Mongoose).

Silent where the library is synchronous, and for the array form of `$transaction`.

## Why it matters

The transaction commits or rolls back while the query is still under way. It then runs outside of it or fails with
nobody listening, which ends a process of Node.js; with a library that sends a query only when it is awaited (Drizzle,
Knex, Prisma) it never runs.

## Example

```ts
import { db } from "./db";
import { profiles, users } from "./schema";

export async function signUp(email: string) {
  await db.transaction(async (tx) => {
    const [user] = await tx.insert(users).values({ email }).returning();
    tx.insert(profiles).values({ userId: user.id });
  });
}
```

```ts
import { db } from "./db";
import { profiles, users } from "./schema";

export async function signUp(email: string) {
  await db.transaction(async (tx) => {
    const [user] = await tx.insert(users).values({ email }).returning();
    await tx.insert(profiles).values({ userId: user.id });
  });
}
```

```python
import asyncpg

async def move(connection: asyncpg.Connection, item):
    async with connection.transaction():
        await connection.execute("DELETE FROM old WHERE id = $1", item)
        connection.execute("INSERT INTO new (id) VALUES ($1)", item)
```

```python
import asyncpg

async def move(connection: asyncpg.Connection, item):
    async with connection.transaction():
        await connection.execute("DELETE FROM old WHERE id = $1", item)
        await connection.execute("INSERT INTO new (id) VALUES ($1)", item)
```

## Fix

Write `await`, and `for … of` instead of `forEach`. The fix does so; a loop is unsafe, for its turns run one behind the
other then, and in Python `await` is.

## When not to use it

Never inside a transaction: what nobody waits for may run when it is over.

## References

- [Prisma: interactive transactions](https://www.prisma.io/docs/orm/prisma-client/queries/transactions)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Diagnostic, Fix, Severity
from persistlint.facts import Effect, EffectKind, Part, Procedure, Scoping, Sign, Use
from persistlint.fixes.loops import awaited, one_by_one
from persistlint.paths import is_generated, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Transaction


_SENDS = regex(
    r"\.\s*(?:then|catch|finally|asCallback|stream|pipe|exec(?:ute\w*)?|run|all|get|values|toArray|cursor)\s*\("
)
_CALLS_BACK = regex(r"=>|\bfunction\b|\b(?:cb|callback|done|next)\s*\)\Z")
_IS_CAUGHT = regex(r"\)\s*\.\s*(?:then|catch)\s*\(")
_IS_RESULT = regex(r"\(\s*await\b")  # what is called on the result of a query
_ENDS = (EffectKind.COMMIT, EffectKind.ROLLBACK)
_WAITED_FOR = (EffectKind.READ, EffectKind.WRITE, EffectKind.COMMIT, EffectKind.ROLLBACK)


@rule(
    "unawaited-query",
    on=Procedure,
    severity=Severity.ERROR,
    languages=("python", "javascript", "typescript"),
    skips=(is_test, is_generated),
    signs=(Sign.CHANGE,),
)
def unawaited_query(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the calls inside a transaction that nobody waits for."""
    for effect in fact.effects:
        transaction = _around(effect, fact)
        if effect.via or effect.kind not in _WAITED_FOR or _IS_RESULT.match(context.file.text(effect.range)):
            continue
        if transaction is None:
            if _is_never_sent(effect, context):
                yield context.report(
                    effect.range,
                    f"Nobody waits for `{effect.method}`, so it is never sent.",
                    help="Write `await` before it.",
                    fixes=_fix(effect, context),
                )
            continue
        if transaction.scoping is Scoping.ARRAY:
            continue
        if effect.is_detached:
            message = "The transaction does not wait for this callback, so it may end before the query runs."
            fixes = one_by_one(context.program, effect.range) if context.program is not None else ()
            yield context.report(effect.range, message, help="Use a `for` loop with `await`.", fixes=fixes)
        elif effect.kind in _ENDS and transaction.scoping is Scoping.CALLBACK:
            continue  # Drizzle's `tx.rollback()` throws
        elif effect.use is Use.DROPPED and _gives_promises(effect, transaction, fact, context.file.language):
            is_over = effect.kind is EffectKind.ROLLBACK
            if is_over and _IS_CAUGHT.search(context.file.text(effect.range)):
                continue  # nothing is done behind it, and its error is looked at
            harm = "its error is caught by nobody" if is_over else "the transaction may end before it runs"
            yield context.report(
                effect.range,
                f"Nobody waits for `{effect.method}`, so {harm}.",
                help="Write `await` before it.",
                fixes=_fix(effect, context),
            )


def _around(effect: Effect, fact: Procedure) -> Transaction | None:
    """The transaction that a call is inside of, or that it rolls back in the handler of the `try` that begins it."""
    if effect.transaction is not None:
        return next((found for found in fact.transactions if found.range == effect.transaction), None)
    if effect.kind is not EffectKind.ROLLBACK or not effect.place.is_in(Part.HANDLER):
        return None
    before = (found for found in reversed(fact.transactions) if found.range.start < effect.range.start)
    return next(
        (f for f in before if f.scoping is Scoping.MANUAL and effect.handle.is_same(f.handle or f.opener)), None
    )


def _is_never_sent(effect: Effect, context: RuleContext) -> bool:
    """Whether a write is dropped as an object, which its library sends when somebody waits for it or asks for it."""
    is_object = effect.gives_query and effect.handle.declared
    is_write = effect.kind is EffectKind.WRITE and effect.use is Use.DROPPED and not effect.is_parallel
    if not is_object or not is_write:
        return False
    text = context.file.text(effect.range)
    library = effect.handle.library
    may_call_back = library is not None and library.transactions.lazy is not True and _CALLS_BACK.search(text)
    return _SENDS.search(text) is None and not may_call_back


def _fix(effect: Effect, context: RuleContext) -> tuple[Fix, ...]:
    """In JavaScript, waiting for what is no promise does nothing."""
    edit = awaited(context.program, effect.range) if context.program is not None else None
    applicability = Applicability.UNSAFE if context.file.language == "python" else Applicability.SAFE
    return (Fix("Wait for it", (edit,), applicability),) if edit is not None else ()


def _gives_promises(effect: Effect, transaction: Transaction, fact: Procedure, language: str) -> bool:
    """Whether calls on the handle are waited for elsewhere: what a library of unknown name gives, that tells. One that
    sends a query only when it is awaited gives promises, and so does one whose block is `async with`; in a callback
    that is no `async` function somebody may wait with `then`. In Python only an `async` function can wait."""
    library = effect.handle.library
    if (library is not None and library.transactions.synchronous) or (language == "python" and not fact.is_async):
        return False
    if library is not None and effect.handle.declared and effect.kind is EffectKind.WRITE and transaction.is_async:
        is_block = transaction.scoping is Scoping.CONTEXT and library is transaction.opener.library
        if library.transactions.lazy is True or is_block:
            return True
    return any(
        other.use in (Use.AWAITED, Use.DISCARDED) or (other.use is Use.RETURNED and fact.is_async)
        for other in fact.effects
        if other.transaction == transaction.range
    )
