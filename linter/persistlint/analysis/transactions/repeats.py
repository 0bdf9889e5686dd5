"""Whether a write comes to the same where it runs again, so that whoever does so completes what was left half-way: one
that removes rows, or sets columns to values that do not depend on what they held."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.written import conditions, settings, statement_calls
from persistlint.facts import deletes, inserts, updates
from persistlint.ir import Attribute, Call, Collection, Name, String, Unary
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.chain import Chain
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.ir import Expression
    from persistlint.sql.outline import Outline

_SAVES = regex(r"a?save", re.IGNORECASE)
_HOW = frozenset(["where", "select", "include"])  # what Prisma is given beside the data
_STAMP = regex(
    r"(?:last_?\w*(?:at|on|time|date|seen|used|active|activity)|updated_?(?:at|on)|modified_?(?:at|on)?|last_?seen)",
    re.IGNORECASE,
)
# What leaves out, or updates, rows that are there: Prisma, Sequelize, Django.
_PASSES_OVER = regex(r"\b(?:skipDuplicates|ignoreDuplicates|updateOnDuplicate)\s*:|\b(?:ignore|update)_conflicts=True")
# What adds to a column, or makes rows of another table by the way (Prisma).
_ADDS = regex(
    r"\b(?:in|de)crement|\b(?:F|Expr|literal|multiply|divide|push|array_append)\s*[(:]"
    r"|\b(?:create|createMany|connectOrCreate)\s*:|([\w.\"`]{1,100})\s*=\s*\1\s*[-+*/|]"
)


def passes_over(call: str) -> bool:
    """Whether a call, as it is written, leaves out or updates the rows that are there already."""
    return _PASSES_OVER.search(call) is not None


def repeats(chain: Chain, found: Outline | None, effect: Effect, walk: Walk) -> bool:
    """Whether a write does so."""
    text = walk.text(effect.range)
    is_replaced = "deleteMany:" in text  # what it makes by the way takes the place of what it removes
    if any(back.range == effect.range for back in walk.rows.written):
        return False
    if found is not None:
        taken = (found.conditions & set(found.columns)) - set(found.relative)  # what a second run does not find
        return found.verb in ("UPDATE", "DELETE", "TRUNCATE") and (bool(taken) or not found.relative)
    if _ADDS.search(text) and not is_replaced:
        return False
    names = [last_name(call.function) for call in statement_calls(chain)]
    if any(map(inserts, names)):
        return effect.is_upsert
    return any(updates(name) or deletes(name) for name in names) or (
        any(map(_SAVES.match, names)) and _is_loaded(chain, walk)
    )


def claims(chain: Chain, found: Outline | None, effect: Effect) -> bool:
    """Whether an update takes a row only in the state that it changes, so that one of several gets it:
    `UPDATE jobs SET status = 'running' WHERE id = ? AND status = 'new'`."""
    if found is not None:
        return found.verb == "UPDATE" and not found.conditions.isdisjoint(found.columns)
    set_to = {column for column, _ in settings(chain, found, effect)}
    return not set_to.isdisjoint(conditions(chain))


def stamps(chain: Chain, found: Outline | None, effect: Effect) -> bool:
    """Whether an update only takes down when something was last done: `SET last_seen_at = now()`."""
    set_to = found.columns if found is not None else [column for column, _ in settings(chain, found, effect)]
    columns = [*_saved(chain)] or [column for column in set_to if column not in _HOW]
    return bool(columns) and all(map(_STAMP.fullmatch, columns))


def _saved(chain: Chain) -> Iterator[str]:
    """The columns that Django's `save(update_fields=[…])` sends."""
    for argument in chain.call.arguments if isinstance(chain.call, Call) else ():
        if argument.keyword == "update_fields" and isinstance(argument.value, Collection):
            yield from (field.value for field in argument.value.elements if isinstance(field, String))


def _is_loaded(chain: Chain, walk: Walk) -> bool:
    """Whether what is saved is a row that was there before, of which nothing was counted up."""
    call = chain.call
    if not isinstance(call, Call):
        return False
    if chain.is_on_row and isinstance(call.function, Attribute):
        name = path_of(call.function.value)
        variable = walk.scope.find(name or "")
        is_given = name is not None and (variable is None or variable.value is None)
    else:
        name, is_given = next((found for a in call.arguments if (found := _name(a.value))), None), False
    return name is not None and (is_given or name in walk.rows.rows) and name not in walk.rows.counted


def _name(value: Expression) -> str | None:
    value = value.operand if isinstance(value, Unary) else value
    return value.id if isinstance(value, Name) and value.id[:1].islower() else None
