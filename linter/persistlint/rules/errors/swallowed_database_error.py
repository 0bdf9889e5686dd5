"""
## What it finds

A write whose error goes no further: a handler that does nothing or only logs, be it what `catch` is given or a
callback's `if (error)`, beside a rollback, or before the very answer that is given where nothing fails, and in Go a
result that is dropped, or a log and `return nil`. In Go also a row that is read by `Scan` as a statement of its own, or
by `Get` and `Select` of sqlx, which is a warning: where it fails, the variables keep what they had.

Silent where the handler raises, returns something, sets something that tells of it or only rolls back, to a savepoint
or without a word, where the function goes on behind it only after a failure, or looks there at what is set by the write
or behind it (`saved = True`); where it only warns, unless the function does nothing else and ends with success
(`return True`); where a comment in it says why, or a comment above, the text that it logs or the documentation of the
function says that this may fail ("best effort", "must not block"); where it shows the error to whoever waits, or to
whoever runs the script; where what follows is the other way to do it, which the `try` returns before; where it takes
one kind of error alone (`IntegrityError`), or undoes its part by a savepoint; in a loop, where one failure must not
stop the others and is logged; in a listener, a timer and the function of a `go` statement, which have nobody to hand an
error to; inside another handler or a `finally`, where another error may be what matters; for logs, metrics and caches,
unless the handler gives the very answer of success; for what is removed because it is old; in a function that undoes
other steps, by its name; in examples and in tests.

`Scan` is left alone where its error goes to `_`, where what it reads into was given a value before, and where that is
compared with nothing (`name == ""`); of a single row also where that is compared at all (`user.Name == name`), and
where the function gives something and no error.

It is an info where the write sets columns of a row that may be set again, the error is logged, and that is the end of a
function which gives nothing back: the row stays as it was, and nobody is told of a success.

## Why it matters

The caller goes on as if the data were stored. The log says otherwise, and nobody reads it until a customer asks.

## Example

```js
const { Pool } = require("pg");
const pool = new Pool();

async function save(order) {
  try {
    await pool.query("INSERT INTO orders (id, total) VALUES ($1, $2)", [order.id, order.total]);
  } catch (error) {
    console.error(error);
  }
}
```

```js
const { Pool } = require("pg");
const pool = new Pool();

async function save(order) {
  try {
    await pool.query("INSERT INTO orders (id, total) VALUES ($1, $2)", [order.id, order.total]);
  } catch (error) {
    console.error(error);
    throw error;
  }
}
```

```go
package store

import "database/sql"

func Save(db *sql.DB, id int64) {
        db.Exec("INSERT INTO orders (id) VALUES ($1)", id)
}
```

```go
package store

import "database/sql"

func Save(db *sql.DB, id int64) error {
        _, err := db.Exec("INSERT INTO orders (id) VALUES ($1)", id)
        return err
}
```

```python
import logging

import psycopg

logger = logging.getLogger(__name__)

def save(connection: psycopg.Connection, order):
    try:
        connection.execute("INSERT INTO orders (id, total) VALUES (%s, %s)", (order.id, order.total))
    except Exception:
        logger.exception("order %s", order.id)
```

```python
import logging

import psycopg

logger = logging.getLogger(__name__)

def save(connection: psycopg.Connection, order):
    try:
        connection.execute("INSERT INTO orders (id, total) VALUES (%s, %s)", (order.id, order.total))
    except Exception:
        logger.exception("order %s", order.id)
        raise
```

## Fix

Raise the error again, or return it. The fix does so at the end of the handler; it is unsafe, for callers see the error
then.

## When not to use it

Where the write may fail without harm, say so in a comment that ignores the line.

## References

- [CWE-390: detection of error condition without action](https://cwe.mitre.org/data/definitions/390.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Related, Severity
from persistlint.facts import (
    Affecting,
    DroppedScan,
    Effect,
    EffectKind,
    Handled,
    Part,
    Procedure,
    Role,
    Sign,
    Use,
    tidies,
    updates,
)
from persistlint.fixes.raising import ends_without_result, handed_on, has_other_way, returned_error, returned_result
from persistlint.fixes.refusal import remedied
from persistlint.paths import is_example, is_generated, is_migration, is_test
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

# Whoever loses a session signs in again, and a view more or less counts little; but whoever keeps one stays in.
_OF_LITTLE_WEIGHT = regex(r"(?:.*_)?(?:sessions?|views?)", re.IGNORECASE)
# It stores nothing, and is done again the next time.
_UPKEEP = regex(r"\s*(?:VACUUM|ANALYZE|OPTIMIZE|REINDEX|CHECKPOINT|PRAGMA)\b", re.IGNORECASE)
_UPDATE = regex(r"\s*UPDATE\b", re.IGNORECASE)
_DELETES = regex(r"\s*(?:delete|destroy|remove|del\b)", re.IGNORECASE)
_PANICS = regex(r"Must\w+|\w+[a-z]X")  # methods of Go that give no error: `MustExec`, Ent's `SaveX`
# A log that says that the failure is expected and does no harm.
_SAYS_WHY = regex(
    r"\bnon[-_ ]?(?:fatal|critical|blocking)|\bnot (?:fatal|critical)|best[-_ ]effort"
    r"|\b(?:ignor|continu|proceed)(?:ed|ing)\b",
    re.IGNORECASE,
)
_HELP = {
    "python": "Raise the error again, or return it.",
    "javascript": "Throw the error again, or return it.",
    "typescript": "Throw the error again, or return it.",
    "go": "Return the error, or handle it.",
}
# What undoes the steps before one that failed must not fail over the error that it follows.
_UNDOES = regex(r"_?(?:roll_?back|undo|revert|compensate)(?:_\w+|(?-i:[A-Z])\w*)", re.IGNORECASE)
_LARGEST_BLOCK = 6  # statements; a larger one is a whole job, which somebody may run again


@rule(
    "swallowed-database-error",
    on=Affecting,
    severity=Severity.ERROR,
    skips=(is_test, is_migration, is_generated, is_example),
    signs=(Sign.CHANGE, Sign.SCAN),
)
def swallowed_database_error(fact: Affecting, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a handler that hides a failed write, and a result of Go that is dropped."""
    if isinstance(fact, Handled) and _hides(fact) and not _may_fail(fact, context):
        pending = [effect for effect in fact.effects if effect.kind is EffectKind.PENDING]
        if pending and all(effect.is_aside for effect in pending):
            return
        writes = [
            effect
            for effect in fact.effects
            if _matters(effect, fact.is_claimed)
            and (not effect.via or fact.size == 1)
            and not _passes_by(effect, context.file.language)
        ]
        # In a loop, one failure must not stop the others; in a handler, and at the end, another error may matter.
        elsewhere = any(map(writes[0].place.is_in, (Part.HANDLER, Part.FINAL))) if writes else False
        if writes and not (fact.is_repeated and fact.logs) and not elsewhere:
            who = "nobody but the log" if fact.logs else "nobody"
            yield context.report(
                fact.range,
                f"Where `{writes[0].via or writes[0].method}` fails, {who} learns of it.",
                help=_HELP[context.file.language],
                severity=Severity.INFO if all(map(_leaves_the_row, writes)) and _is_all(fact, context) else None,
                remedy=remedied(context.program, handed_on, fact.range),
                related=(Related(writes[0].range, "this may fail"),),
            )
    elif isinstance(fact, DroppedScan):
        kept = f"`{fact.name}` keeps what it had" if fact.name else "its variables keep what they had"
        yield context.report(
            fact.range,
            f"The error of `{fact.method}` is dropped, so where it fails {kept}, and counts as read.",
            help="Return the error, or handle it.",
            severity=Severity.WARNING,
            remedy=remedied(context.program, returned_error, fact.range),
        )
    elif isinstance(fact, Procedure) and context.file.language == "go" and not tidies(fact.name):
        for effect in fact.effects:
            is_dropped = effect.use is Use.DROPPED and not effect.via and not _PANICS.fullmatch(effect.method)
            if _matters(effect) and is_dropped:
                yield context.report(
                    effect.range,
                    f"The error of `{effect.method}` is dropped, so data that was not stored counts as stored.",
                    help="Return the error, or handle it.",
                    remedy=remedied(context.program, returned_result, effect),
                )


def _hides(fact: Handled) -> bool:
    """Whether a handler takes every error of a small block that somebody waits for, and says nothing of why it may."""
    is_deliberate = (fact.is_narrow or fact.is_expected or fact.is_explained or _is_of_transaction(fact)) or any(
        effect.kind is EffectKind.SAVEPOINT for effect in fact.effects
    )
    return fact.only_logs and not is_deliberate and not fact.is_launched and fact.size <= _LARGEST_BLOCK


def _is_of_transaction(fact: Handled) -> bool:
    """Whether what becomes of the transaction is what matters: it goes on, or is taken back without a word. Where
    that is logged, nothing is left half done, but the caller learns no more of it than of any other log."""
    return not (fact.is_over and fact.logs) and (fact.undoes or fact.transaction is not None)


def _passes_by(effect: Effect, language: str) -> bool:
    """JavaScript: whether it gives a promise that nobody waits for, whose error comes when the `try` is over."""
    library = effect.handle.library
    gives_promise = library is not None and not library.transactions.synchronous
    return language in ("javascript", "typescript") and gives_promise and effect.use is Use.DROPPED


def _leaves_the_row(effect: Effect) -> bool:
    """Whether a failure leaves a row as it was, for the next run to set it: nothing that was to be stored is lost, and
    nothing is left that should be gone."""
    is_update = _UPDATE.match(effect.sql) is not None or (
        updates(effect.method) and "create" not in effect.method.lower()
    )
    return is_update and effect.is_repeatable


def _is_all(fact: Handled, context: RuleContext) -> bool:
    frame = context.program.frame(fact.range) if context.program is not None else None
    return fact.logs and frame is not None and ends_without_result(frame)


def _may_fail(fact: Handled, context: RuleContext) -> bool:
    """Whether it is the log that cannot write, for `emit` of a handler of Python's logging raises nothing; what removes
    old rows, and does so again the next time; what undoes other steps; what the log says does no harm, or what is done
    in another way then."""
    frame = context.program.frame(fact.range) if context.program is not None else None
    function = frame.function if frame is not None else None
    if frame is None or function is None:
        return False
    if _SAYS_WHY.search(context.text(fact.range)) or has_other_way(frame):
        return True
    if _UNDOES.fullmatch(function.name):
        return True
    return tidies(function.name) or (function.name == "emit" and (function.owner or "").endswith("Handler"))


def _matters(effect: Effect, is_claimed: bool = False) -> bool:
    """Whether it stores something: a write, or the commit that sends what a session holds. What stands beside the data
    counts where the caller `is_claimed` to have it stored, for then that is what it called for."""
    return (
        (effect.kind is EffectKind.WRITE or (effect.kind is EffectKind.COMMIT and effect.handle.role is Role.SESSION))
        and (is_claimed or not effect.is_aside)
        and not effect.is_retention
        and not effect.is_stamp
        and not _UPKEEP.match(effect.sql)
        and (not _OF_LITTLE_WEIGHT.fullmatch(effect.table) or _deletes(effect))
        and (effect.handle.declared or bool(effect.sql))
    )


def _deletes(effect: Effect) -> bool:
    return any(_DELETES.match(text) for text in (effect.method, effect.sql))
