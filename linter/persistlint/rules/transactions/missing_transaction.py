"""
## What it finds

Two or more writes of one function that belong together, each of which commits by itself, so that a failure between
them leaves half of the change behind.

Writes belong together where they go to the same database and have data in common, and where one function sends both
with data in SQL of its own. What a helper of the same file does counts where it is given what the other write made, as
the lines of an order are given the order; any other helper is a step of its own.

Silent: writes inside a transaction, on a connection whose driver opens one by itself, on a session that sends
everything with one commit, on a handle that the caller hands over, unless one of the same file hands over a pool, or
that the object is copied with (`WithTx(tx)`), on a handle that the function commits and somebody else began, in
branches that exclude one another, behind a write that some ways leave out by choice, where the first write failed, in
migrations and in tests. Silent as well where half of the change does no harm: two writes that may both run twice (`ON
CONFLICT`, upsert), two updates of one row, a row that is only made where it is missing (`get_or_create`), which the
next run finds, a session that is made, what stands behind the delete of a code for one use, what is removed because it
is old, a write whose own handler goes on, what sets a database up, and files that are no part of the product.

A commit between two writes parts them as well, on what commits only where it is told to (a session of SQLAlchemy,
drivers of Python): where the later one points to the row that the earlier one made, or both take from one row and give
to another, and nothing else is done between them.

Of severity `info`: what a function does that a caller may have opened a transaction around, where the library finds
that by itself, so that you may look there: any of Python (Django, Peewee) that is no view, task or command, and any in
a file that opens transactions elsewhere (better-sqlite3 too). So are logs, events and the like beside what they tell
of, and writes that come to the same when they run again, and complete what was left half-way, such as updates to fixed
values and deletes. The first must not be the delete of what the others hang on, which nobody looks for again, nor may
the others need what it gave. And so is an upsert that only sees to a row before another is made, and what a script
does. Writes that may run again are left alone where something runs them again: in a script, in the jobs of a clock or a
queue, and where the later one goes through many rows in batches.

## Why it matters

A process that is stopped, a lost connection or a constraint that fails between the two leaves data that no code ever
meant to exist: money that left one account and reached none, an order without lines. No test finds it, and no error
names it later.

## Example

```python
from django.db.models import F

from bank.models import Account

def transfer(source, target, amount):
    Account.objects.filter(pk=source).update(balance=F("balance") - amount)
    Account.objects.filter(pk=target).update(balance=F("balance") + amount)
```

```python
from django.db import transaction
from django.db.models import F

from bank.models import Account

@transaction.atomic
def transfer(source, target, amount):
    Account.objects.filter(pk=source).update(balance=F("balance") - amount)
    Account.objects.filter(pk=target).update(balance=F("balance") + amount)
```

```ts
import { prisma } from "./prisma";

export async function accept(inviteId: string, userId: string) {
  const invite = await prisma.invite.findUniqueOrThrow({ where: { id: inviteId } });
  await prisma.membership.create({ data: { userId, teamId: invite.teamId } });
  await prisma.invite.delete({ where: { id: inviteId } });
}
```

```ts
import { prisma } from "./prisma";

export async function accept(inviteId: string, userId: string) {
  const invite = await prisma.invite.findUniqueOrThrow({ where: { id: inviteId } });
  await prisma.$transaction([
    prisma.membership.create({ data: { userId, teamId: invite.teamId } }),
    prisma.invite.delete({ where: { id: inviteId } }),
  ]);
}
```

```go
package store

import "database/sql"

func DeleteUser(db *sql.DB, id int64) error {
        if _, err := db.Exec("DELETE FROM sessions WHERE user_id = $1", id); err != nil {
                return err
        }
        _, err := db.Exec("DELETE FROM users WHERE id = $1", id)
        return err
}
```

```go
package store

import "database/sql"

func DeleteUser(db *sql.DB, id int64) error {
        tx, err := db.Begin()
        if err != nil {
                return err
        }
        defer tx.Rollback()
        if _, err := tx.Exec("DELETE FROM sessions WHERE user_id = $1", id); err != nil {
                return err
        }
        if _, err := tx.Exec("DELETE FROM users WHERE id = $1", id); err != nil {
                return err
        }
        return tx.Commit()
}
```

## Fix

Open a transaction around the writes and send every one of them through it. The fix does so for Django, Peewee,
Tortoise, databases, asyncpg, psycopg, sqlite3 and APSW, Prisma, Drizzle, Knex, Kysely, Objection, TypeORM, postgres.js,
Bun, pg-promise, Slonik, Sequelize, better-sqlite3, node:sqlite and more of SQLite, node-postgres, mysql2 and MariaDB,
and `database/sql`, sqlx, pgx, GORM, Bun, go-pg, gorp, goqu and dbr of Go, where nothing leaves the writes half-way, and
none that belongs to them would stay outside. What the writes give is handed out of the transaction where it is needed
behind it. Where a commit stands between two writes, the one behind them is left alone; in a session of SQLAlchemy a
`flush` takes its place, which gives the row its key. The fix is unsafe, for what the first write did is undone where
the second fails.

## Options

The names of the configuration tell of what the project calls things of its own: `transactions` lists functions and
decorators that run what they are given inside a transaction, `handles` variables that hold a connection or a pool.

```toml
[names]
transactions = ["in_one_go"]
handles = ["ledger"]
```

## When not to use it

Where the caller opens the transaction by other means (a middleware, a request hook).

## References

- [PostgreSQL: transactions](https://www.postgresql.org/docs/current/tutorial-transactions.html)
- [CWE-460: improper cleanup on thrown exception](https://cwe.mitre.org/data/definitions/460.html)
"""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import Effect, EffectKind, Part, Procedure, Role, Sign, inserts, tidies, updates
from persistlint.fixes.begun import begun_for_both
from persistlint.fixes.commits import left_to_the_next
from persistlint.fixes.refusal import remedied
from persistlint.fixes.uniting import united
from persistlint.paths import is_example, is_generated, is_job, is_migration, is_script, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.rules.beside import first_beside, last_beside, may_part, weight
from persistlint.rules.parted import Parted, parted
from persistlint.rules.torn import belong_together, runs_again

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.facts import Handle
    from persistlint.source import SourceFile


# What is done once to a new database, or on purpose to one for trials.
_SETS_UP = regex(
    r"_?(?:create|init(?:iali[sz]e)?|set_?up|seed|load|populate|ensure|insert|generate|add|reset)_?(?:the_?)?"
    r"(?:root|default|initial|first|demo|sample|dummy|fake|test|fixtures?|db|database)(?-i:(?![a-z]))\w*"
    r"|_?(?:seed|bootstrap|populate|migrate)(?-i:(?![a-z]))\w*|init_?(?:db|database|data)\w*",
    re.IGNORECASE,
)
_SETTING_UP = regex(
    r"(?:^|/)(?:init_?db|bootstrap|populate\w*|migrate_\w+|load\w*fixtures?|(?:sample|demo|dev|fake)_?data"
    r"|(?:inject|generate|fake|mock)[-_][\w-]*data)\.\w+$",
    re.IGNORECASE,
)
_ALTERS = regex(r"\s*ALTER\s+TABLE\b", re.IGNORECASE)
_NOTHING = regex(r"\bupdate\s*:\s*\{\s*\}")  # of Prisma's `upsert`
_COUNTS = regex(r"\b(?:increment|decrement)\b|[+*/-]\s*(?:\d|\$|\?|[a-z])", re.IGNORECASE)
_OF_MANY = regex(r"(?:update|delete)_?many|bulk_", re.IGNORECASE)
_COMMITS_AT_ONCE = (Role.POOL, Role.CONNECTION)
_MOST_WRITES = 100  # of one function that are compared with one another


@rule(
    "missing-transaction",
    on=Procedure,
    severity=Severity.ERROR,
    skips=(is_test, is_migration, is_generated, is_example),
    signs=(Sign.CHANGE,),
)
def missing_transaction(fact: Procedure, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first write that a failure can part from one before it."""
    if fact.is_called_inside or _sets_up(fact, context):
        return
    if context.program is not None:
        yield from (_report_parted(each, context) for each in islice(parted(context.program, fact.effects), 1))
    if fact.receives is not None and not fact.is_handed_pool:
        return
    # How many effects outside the database stand before each write that commits by itself.
    alone: list[tuple[int, Effect]] = []
    outside = 0
    for effect in fact.effects:
        outside += effect.kind is EffectKind.EXTERNAL
        if _stands_alone(effect, fact) and len(alone) < _MOST_WRITES:
            alone.append((outside, effect))
    found = min(_torn(alone, fact, context.file), key=lambda pair: weight(*pair), default=None)
    if found is not None:
        earlier, later = found
        is_light = any(weight(earlier, later))
        by_hand = is_script(context.file.path)
        if is_light and (by_hand or is_job(context.file.path)):
            return  # who runs it sees where it stopped and runs it again, and so does what runs a job
        is_of_caller = _has_caller(earlier, later, fact, context.file.language)
        needed = last_beside(earlier, later, alone, fact)
        following = [effect for _, effect in alone if effect.range.start >= needed.range.start]
        yield context.report(
            later.range,
            f"{_what(earlier)} and {_what(later)} are committed separately, so a failure between them leaves the first"
            " without the second.",
            help="Do both in one transaction.",
            severity=Severity.INFO
            if is_light or by_hand or is_of_caller or _sees_to(earlier, later, context.file)
            else None,
            related=(Related(earlier.range, "the first write"),),
            remedy=remedied(context.program, united, first_beside(earlier, later, alone, fact), following, fact),
        )


def _report_parted(found: Parted, context: RuleContext) -> Diagnostic:
    return context.report(
        found.later.range,
        f"{_what(found.earlier)} and {_what(found.later)} are committed separately, so a failure between them leaves"
        " the first without the second.",
        help="Commit both at once.",
        related=(Related(found.earlier.range, "the first write"),),
        fixes=begun_for_both(context.program, found.earlier, found.commit)
        or left_to_the_next(context.program, found.earlier, found.commit)
        if context.program is not None
        else (),
    )


def _torn(alone: list[tuple[int, Effect]], procedure: Procedure, file: SourceFile) -> Iterator[tuple[Effect, Effect]]:
    """Each write that a failure can part from one before it, with the first such."""
    for number, (outside, later) in enumerate(alone):
        before = (effect for passed, effect in alone[:number] if passed == outside)
        torn = (
            e
            for e in before
            if belong_together(e, later) and not may_part(e, later, procedure) and not _is_batched(e, later)
        )
        yield from ((e, later) for e in islice(torn, 1) if not _NOTHING.search(file.text(e.range)))


def _is_batched(earlier: Effect, later: Effect) -> bool:
    """Whether the later one goes through many rows in batches, each of which commits on purpose and may run again."""
    is_inner = len(later.place.loops) > len(earlier.place.loops)
    return is_inner and _OF_MANY.match(later.method) is not None and runs_again(earlier, later)


def _sees_to(earlier: Effect, later: Effect, file: SourceFile) -> bool:
    """Whether the first write sees to it that a row is there, with values that may be set again, to which the row
    belongs that the other makes."""
    is_first = earlier.is_upsert and earlier.table != later.table and inserts(later.method) and not earlier.via
    return is_first and not _COUNTS.search(file.text(earlier.range))


def _sets_up(procedure: Procedure, context: RuleContext) -> bool:
    """Whether a function sets a database up, or changes its tables for good."""
    is_named_so = _SETS_UP.fullmatch(procedure.name.rpartition(".")[2]) is not None
    is_migration = any(_ALTERS.match(effect.sql) for effect in procedure.effects if effect.kind is EffectKind.SCHEMA)
    return is_named_so or is_migration or _SETTING_UP.search(context.file.path) is not None


def _has_caller(earlier: Effect, later: Effect, procedure: Procedure, language: str) -> bool:
    """Whether the library finds a transaction that a caller has opened, and the function has a caller in the program:
    in Python any may, but for what takes from one row and gives to another, which none should have to think of;
    elsewhere one where the file opens transactions besides."""
    library = later.handle.library
    if library is None or not library.transactions.ambient:
        return False
    is_move = all(updates(effect.method) and not effect.is_repeatable for effect in (earlier, later))
    is_called = language == "python" and not procedure.is_entry and not is_move
    return is_called or procedure.may_run_inside


def _stands_alone(effect: Effect, procedure: Procedure) -> bool:
    """Whether a write commits by itself."""
    library = effect.handle.library
    return (
        effect.kind is EffectKind.WRITE
        and effect.transaction is None
        and effect.handle.role in _COMMITS_AT_ONCE
        and (effect.handle.declared or bool(effect.sql))
        and not (library is not None and library.transactions.option == "session")
        and not effect.is_part
        and not _ends_elsewhere_begun(effect.handle, procedure)
        and not effect.place.is_in(Part.HANDLER)
        and not effect.place.is_in(Part.FINAL)
        and not effect.is_retention
        and not tidies(effect.via)
    )


def _ends_elsewhere_begun(handle: Handle, procedure: Procedure) -> bool:
    """Whether the function commits or rolls back what it does not begin: whoever made the handle began it. Where every
    statement commits at once, there is nothing to end."""
    ends = not handle.autocommit and any(
        e.kind in (EffectKind.COMMIT, EffectKind.ROLLBACK) and e.handle.is_same(handle) for e in procedure.effects
    )
    handles = (found for opened in procedure.transactions for found in (opened.opener, opened.handle))
    return ends and not any(found is not None and found.is_same(handle) for found in handles)


def _what(effect: Effect) -> str:
    done = f"`{effect.via}`" if effect.via else f"`{effect.method}`"
    return f"{done} on `{effect.table}`" if effect.table and not effect.via else done
