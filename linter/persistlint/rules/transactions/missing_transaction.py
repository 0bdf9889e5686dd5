"""
## What it finds

Two or more writes of one function that belong together, each of which commits by itself, so that a failure between
them leaves half of the change behind.

Writes belong together where they go to the same database and have data in common, and where one function sends both
with data in SQL of its own. What a helper of the same file does counts where it is given what the other write made, as
the lines of an order are given the order; any other helper is a step of its own.

Silent: writes inside a transaction, on a connection whose driver opens one by itself, on a session that sends
everything with one commit, on a handle that the caller hands over or that the object is copied with (`WithTx(tx)`), on
a handle that the function commits and somebody else began, in branches that exclude one another, behind a write that
some ways leave out by choice, where the first write failed, in migrations and in tests. Silent as well where half of
the change does no harm: two writes that may both run twice (`ON CONFLICT`, upsert), two updates of one row, a row that
is only made where it is missing (`get_or_create`), which the next run finds, a session that is made, what stands behind
the delete of a code for one use, what is removed because it is old, a write whose own handler goes on, what sets a
database up, and files that are no part of the product.

Of severity `info`: what a function of Python does that is no view, task or command, where the library finds the
transaction of its caller by itself (Django, Peewee), so that you may look there. So are writes that come to the same
when they run again, and complete what was left half-way, such as updates to fixed values and deletes. The first must
not be the delete of what the others hang on, which nobody looks for again, nor may the others need what it gave.

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

Open a transaction around the writes and send every one of them through it. The fix does so for Django, asyncpg and
psycopg, Prisma, Drizzle, Knex, Kysely, TypeORM, postgres.js, Sequelize, better-sqlite3, pools of node-postgres and
mysql2, and `database/sql`, sqlx, pgx and GORM of Go, where nothing leaves the writes half-way. What the writes give is
handed out of the transaction where it is needed behind it. The fix is unsafe, for what the first write did is undone
where the second fails.

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
from persistlint.facts import Effect, EffectKind, Part, Procedure, Role, Sign, Use, tidies
from persistlint.fixes import pools
from persistlint.fixes.go_together import begun_and_committed
from persistlint.fixes.together import in_one_transaction
from persistlint.paths import is_example, is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule
from persistlint.schema.naming import singular

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Fix
    from persistlint.facts import Handle
    from persistlint.source import SourceFile


_DELETES = regex(r"delete|destroy|remove|del\b|truncate", re.IGNORECASE)
_UPDATES = regex(r"update|patch|set", re.IGNORECASE)
_SENDS = regex(r"\$?exec|query|run|raw", re.IGNORECASE)
_PROGRESS = regex(r"\s*UPDATE\b.*\bSET\b.*\b(?:status|state|phase)\b", re.IGNORECASE | re.DOTALL)
# Whoever gets no session signs in again.
_SESSION = regex(r"(?:(?:user|auth|login)_?)?sessions?|.*(?:refresh|access)_?tokens?", re.IGNORECASE)
_INSERTS = regex(r"create|insert|add", re.IGNORECASE)
# Whoever loses a code for one use asks for another.
_FOR_ONE_USE = regex(
    r".*(?:(?:verif\w*|confirm\w*|reset|log_?in|magic_?link|auth\w*|access|refresh|one_?time)_?(?:tokens?|codes?)"
    r"|otps?|nonces?|password_?resets?|api_?keys?)",
    re.IGNORECASE,
)
# What is only made where it is missing: the next run finds it, and goes on from there.
_ONLY_IF_MISSING = frozenset(["get_or_create", "aget_or_create", "findOrCreate", "findCreateFind", "FirstOrCreate"])
_GETS = regex(r"(?:.*\.)?_?(?:get|find|ensure|fetch|load|upsert)(?=[A-Z_])")
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
_SYNCS = regex(r"(?:.*\.)?_?(?:re)?(?:sync|fresh|build|calc|count|concile|index)\w*", re.IGNORECASE)
_NOTHING = regex(r"\bupdate\s*:\s*\{\s*\}")  # of Prisma's `upsert`
_OR_NOTHING = regex(r"\s*INSERT\s+(?:OR\s+)?IGNORE\b|\s*INSERT\b.*\bDO\s+NOTHING\b", re.IGNORECASE | re.DOTALL)
# A time in common makes no rows belong together.
_TIME = regex(
    r"(?:.*_)?(?:now|today|ago|cutoff|since|threshold|timestamp|deadline|expiry|days|hours|minutes)|.*(?:Ago|Cutoff)"
)
_COMMITS_AT_ONCE = (Role.POOL, Role.CONNECTION)
_NOT_OF_WORDS = regex(r"[^a-z0-9.]+")
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
    if fact.receives is not None or fact.is_called_inside or _sets_up(fact, context):
        return
    # How many effects outside the database stand before each write that commits by itself.
    alone: list[tuple[int, Effect]] = []
    outside = 0
    for effect in fact.effects:
        outside += effect.kind is EffectKind.EXTERNAL
        if _stands_alone(effect, fact) and len(alone) < _MOST_WRITES:
            alone.append((outside, effect))
    torn = list(_torn(alone, fact, context.file))
    found = next((pair for pair in torn if not _runs_again(*pair)), torn[0] if torn else None)
    if found is not None:
        earlier, later = found
        is_of_caller = context.file.language == "python" and _has_caller(earlier, later, fact)
        following = [effect for _, effect in alone if effect.range.start >= later.range.start]
        yield context.report(
            later.range,
            f"{_what(earlier)} and {_what(later)} are committed separately, so a failure between them leaves the first"
            " without the second.",
            help="Do both in one transaction.",
            severity=Severity.INFO if _runs_again(earlier, later) or is_of_caller else None,
            related=(Related(earlier.range, "the first write"),),
            fixes=_fix(earlier, following, fact, context),
        )


def _torn(alone: list[tuple[int, Effect]], procedure: Procedure, file: SourceFile) -> Iterator[tuple[Effect, Effect]]:
    """Each write that a failure can part from one before it, with the first such."""
    for number, (outside, later) in enumerate(alone):
        before = (effect for passed, effect in alone[:number] if passed == outside)
        torn = (e for e in before if _belong_together(e, later) and not _may_part(e, later, procedure))
        yield from ((e, later) for e in islice(torn, 1) if not _NOTHING.search(file.text(e.range)))


def _sets_up(procedure: Procedure, context: RuleContext) -> bool:
    """Whether a function sets a database up."""
    is_named_so = _SETS_UP.fullmatch(procedure.name.rpartition(".")[2]) is not None
    return is_named_so or _SETTING_UP.search(context.file.path) is not None


def _runs_again(earlier: Effect, later: Effect) -> bool:
    """Whether both may run again, which completes what was left half-way; or nobody can tell, or the first is made for
    the other alone, inside its call."""
    is_again = all(effect.is_repeatable or effect.is_upsert for effect in (earlier, later))
    is_kept = earlier.use not in (Use.DROPPED, Use.DISCARDED)
    needs = is_kept and bool(earlier.instance) and earlier.instance in later.names and not later.is_upsert
    is_helper = bool(later.via) and (later.is_repeatable or _SYNCS.match(later.via) is not None)
    is_step = later.is_stamp or is_helper
    is_unknown = all(_SENDS.match(effect.method) and not (effect.sql or effect.table) for effect in (earlier, later))
    is_whole = is_again and not needs and not (_deletes(earlier) and _hangs_on(later, earlier.table))
    is_inside = later.range.start <= earlier.range.start and earlier.range.end <= later.range.end
    return earlier.is_claim or is_step or is_unknown or is_inside or is_whole


def _has_caller(earlier: Effect, later: Effect, procedure: Procedure) -> bool:
    """Whether the library finds a transaction that a caller has opened, and the function has a caller in the program;
    but for what takes from one row and gives to another, which none should have to think of."""
    library = later.handle.library
    is_move = all(_UPDATES.match(effect.method) and not effect.is_repeatable for effect in (earlier, later))
    return library is not None and library.transactions.ambient and not procedure.is_entry and not is_move


def _hangs_on(effect: Effect, table: str) -> bool:
    """Whether rows are chosen by a column that is called after another table: `user_id`, `userId`."""
    one = singular(_plain(table).rpartition(".")[2])
    return bool(one) and f"{one}id" in _plain(effect.row or effect.sql)


def _plain(text: str) -> str:
    return _NOT_OF_WORDS.sub("", text.lower())


def _fix(earlier: Effect, later: list[Effect], fact: Procedure, context: RuleContext) -> tuple[Fix, ...]:
    """A transaction around as many of the writes as can be in one."""
    if context.program is None:
        return ()
    ways = (begun_and_committed,) if context.file.language == "go" else (in_one_transaction, pools.in_one_transaction)
    found = (way(context.program, earlier, last, fact.effects) for last in reversed(later) for way in ways)
    return next((fixes for fixes in found if fixes), ())


def _stands_alone(effect: Effect, procedure: Procedure) -> bool:
    """Whether a write commits by itself."""
    library = effect.handle.library
    return (
        effect.kind is EffectKind.WRITE
        and effect.transaction is None
        and effect.handle.role in _COMMITS_AT_ONCE
        and (effect.handle.declared or bool(effect.sql))
        and not (library is not None and library.transactions.option == "session")
        and not (library is not None and library.transactions.ambient and procedure.may_run_inside)
        and not effect.is_part
        and not _ends_elsewhere_begun(effect.handle, procedure)
        and not effect.place.is_in(Part.HANDLER)
        and not effect.place.is_in(Part.FINAL)
        and not effect.is_aside
        and not effect.is_retention
        and not tidies(effect.via)
    )


def _ends_elsewhere_begun(handle: Handle, procedure: Procedure) -> bool:
    """Whether the function commits or rolls back what it does not begin: whoever made the handle began it."""
    ends = any(
        e.kind in (EffectKind.COMMIT, EffectKind.ROLLBACK) and e.handle.is_same(handle) for e in procedure.effects
    )
    handles = (found for opened in procedure.transactions for found in (opened.opener, opened.handle))
    return ends and not any(found is not None and found.is_same(handle) for found in handles)


def _belong_together(earlier: Effect, later: Effect) -> bool:
    is_ambient = later.handle.library is not None and later.handle.library.transactions.ambient
    same = earlier.handle.library is later.handle.library
    return (
        same
        and not (earlier.is_detached and later.is_detached)
        and not earlier.is_conditional
        and not ((earlier.via or later.via) and not _is_given(earlier, later))
        and earlier.range != later.range
        and not earlier.place.excludes(later.place)
        and not earlier.place.is_optional(later.place)
        and not (earlier.is_upsert and later.is_upsert)
        and not _is_same_row(earlier, later)
        and not _is_made_if_missing(earlier)
        and not (_is_made_if_missing(later) and not _is_given(earlier, later))
        and not (_SESSION.fullmatch(later.table) and _INSERTS.match(later.method))
        and not (_FOR_ONE_USE.fullmatch(earlier.table) and _deletes(earlier))
        and not (is_ambient and earlier.via and later.via)  # where each of them would report it again
        and _are_of_one_matter(earlier, later)
    )


def _may_part(earlier: Effect, later: Effect, procedure: Procedure) -> bool:
    """Whether the function goes on where one of them fails and the other does not: it wants them apart."""
    return any((earlier.range in group) is not (later.range in group) for group in procedure.tolerated)


def _is_given(earlier: Effect, later: Effect) -> bool:
    """Whether the later write is given what the earlier one gave."""
    return bool(earlier.instance) and earlier.instance in later.names


def _are_of_one_matter(earlier: Effect, later: Effect) -> bool:
    """Whether both are about the same data; or each about data of its own, in SQL that one function sends itself."""
    if _is_given(earlier, later):
        return True
    common = earlier.names & later.names
    if common:
        return not all(map(_TIME.fullmatch, common))
    has_data = bool(earlier.names) and bool(later.names)
    return has_data and bool(earlier.sql) and bool(later.sql) and not (earlier.via or later.via)


def _is_made_if_missing(effect: Effect) -> bool:
    return (
        effect.method in _ONLY_IF_MISSING
        or _GETS.match(effect.via) is not None
        or _OR_NOTHING.match(effect.sql) is not None
    )


def _is_same_row(earlier: Effect, later: Effect) -> bool:
    """Whether one row is written twice, as that of a job is which takes down how far it has come."""
    is_one = bool(earlier.instance) and earlier.instance == later.instance and not (earlier.sql and later.sql)
    if is_one or (later.row and later.row == earlier.instance) or (earlier.via and earlier.via == later.via):
        return True
    if earlier.table == later.table and _PROGRESS.match(earlier.sql) and _PROGRESS.match(later.sql):
        return True
    if earlier.table == later.table and earlier.row and earlier.row == later.row:
        return _UPDATES.match(earlier.method) is not None and _UPDATES.match(later.method) is not None
    one_key = earlier.names <= later.names or later.names <= earlier.names
    return bool(earlier.table) and earlier.table == later.table and one_key and not _deletes(earlier)


def _deletes(effect: Effect) -> bool:
    return bool(_DELETES.match(effect.method) or _DELETES.match(effect.sql.strip()))


def _what(effect: Effect) -> str:
    done = f"`{effect.via}`" if effect.via else f"`{effect.method}`"
    return f"{done} on `{effect.table}`" if effect.table and not effect.via else done
