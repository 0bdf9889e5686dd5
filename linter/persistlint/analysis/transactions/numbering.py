"""Rows that are numbered by what is there already: `SELECT MAX(number) …`, and an insert of one more.

Two that run at the same time read the same, and insert the same number.
"""

from __future__ import annotations

import re
from dataclasses import field
from itertools import islice
from typing import TYPE_CHECKING

from persistlint.analysis.names import path_of
from persistlint.analysis.transactions.checks import may_run_beside
from persistlint.analysis.transactions.locks import keeps_others_out
from persistlint.analysis.transactions.pairs import put_in
from persistlint.facts import EffectKind, Numbered
from persistlint.facts.verbs import inserts
from persistlint.ir import Binary, Name, Number, walk
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Chain
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.ir import Assign, Expression
    from persistlint.sql.outline import Outline

# One number of all rows or of some: the largest, or how many there are.
_COUNTS = regex(r"\s*SELECT\s+(?:(?:COALESCE|IFNULL|NVL)\s*\(\s*)?(?:MAX|COUNT)\s*\(", re.IGNORECASE)
_METHODS = frozenset(["count", "acount", "countDocuments", "max"])
# What a list is sorted by: two with one number stand side by side, and that is all.
_ORDERS = regex(
    r".*(?:sort|position|order|rank|index|priority|sequence)(?:_?(?:order|index|key|no|number))?", re.IGNORECASE
)
_KEYED = regex(r"(\w+)[\"']?[ \t]*:[ \t]*([^,\n]{1,200})")
_ONE_MORE = regex(r"\+\s*1\b")
_WORD = regex(r"\w+")
_GROUPS = regex(r"\bGROUP\s+BY\b", re.IGNORECASE)
_FEW = 5  # sums of one expression that are looked into
_NEAR = 3  # effects before, among which is one that stands in the expression itself


@dataclass
class Numbering:
    """The variables of one function that hold the next number, with what read the last one."""

    next: dict[str, Effect] = field(default_factory=dict)
    found: list[Numbered] = field(default_factory=list)

    def assigned(self, statement: Assign, walker: Walk) -> None:
        """`next = last + 1`, `code = f"INV-{count + 1}"`, `last += 1`."""
        if not self.next and not walker.effects and walker.rows.is_empty:
            return
        name = path_of(statement.target)
        if name is None or statement.value is None:
            return
        read = self._more(statement.value, walker)
        if statement.operator == "+" and _is_one(statement.value):
            read = _counted(walker.rows.read_of(statement.target))
        if read is not None:
            self.next[name] = read
        elif statement.operator == "=":
            self.next.pop(name, None)

    def accessed(self, chain: Chain, found: Outline | None, effect: Effect, walker: Walk) -> None:
        """A call to the database: an insert that is given such a number, into the table that it was read from."""
        is_insert = found.verb == "INSERT" if found is not None else inserts(effect.method)
        if effect.kind not in (EffectKind.WRITE, EffectKind.PENDING) or not is_insert or effect.is_upsert:
            return
        given = effect.names & self.next.keys()
        _, values = put_in(chain, effect.table, walker)
        if not values:  # one that holds others: `data: { sort: count + 1, items: { create: … } }`
            values = dict(_KEYED.findall(walker.text(effect.range)))
        if any(_ORDERS.fullmatch(column) and _is_given(text, given) for column, text in values.items()):
            return
        reads = [self.next[name] for name in sorted(given)]
        for call in chain.calls:
            reads += [read for a in call.arguments if (read := self._more(a.value, walker)) is not None]
        for read in reads:
            is_same = bool(read.table) and read.table.lower() == effect.table.lower()
            if is_same and not read.lock and not keeps_others_out(effect, walker) and may_run_beside(effect, walker):
                self.found.append(Numbered(effect.range, effect.table, read.range))
                return

    def _more(self, value: Expression, walker: Walk) -> Effect | None:
        """What read the number that one is added to in an expression."""
        sums = (n for n in walk(value) if isinstance(n, Binary) and n.operator == "+")
        more = (n for n in sums if _is_one(n.right) or _is_one(n.left))
        for node in islice(more, _FEW):
            read = _counted(_read_in(node.left if _is_one(node.right) else node.right, walker))
            if read is not None:
                return read
        return None


def _read_in(value: Expression, walker: Walk) -> Effect | None:
    """What read a row or a number that stands in an operand: `(rows[0].last || 0)`, `int(cursor.fetchone()[0])`."""
    whole = {effect.range: effect for effect in walker.effects[-_NEAR:]}
    for node in walk(value):
        if node.range in whole:
            return whole[node.range]
        if type(node) is Name and (computed := walker.rows.computed.get(node.id)) is not None:
            return computed.row.effect
        if (read := walker.rows.read_of(node)) is not None:
            return read
    return None


def _is_given(text: str, names: frozenset[str]) -> bool:
    """Whether a value is such a number, by its source."""
    return _ONE_MORE.search(text) is not None or not names.isdisjoint(_WORD.findall(text))


def _is_one(value: Expression) -> bool:
    return isinstance(value, Number) and value.value == 1


def _counted(read: Effect | None) -> Effect | None:
    """A read, where what it gives is the largest number or a count."""
    if read is None or read.kind is not EffectKind.READ:
        return None
    is_count = _COUNTS.match(read.sql) is not None and _GROUPS.search(read.sql) is None
    return read if is_count or (not read.sql and read.method in _METHODS) else None
