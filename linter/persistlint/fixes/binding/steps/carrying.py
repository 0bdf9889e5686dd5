"""A value that becomes a part of another one before that is put into the text: `notes = f"Found {count}"`, or what the
function is given for `notes`. The other one is what the text has between quotes, and what can be bound."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Context
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.pieces import additions
from persistlint.fixes.binding.text.place import place_of
from persistlint.fixes.binding.text.texts import Texts
from persistlint.fixes.binding.text.tracing import MOST_STEPS, sources
from persistlint.fixes.binding.text.view import Value
from persistlint.identity import Same
from persistlint.sql.lexer import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.facts import Hole, Query, Site
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library

_QUOTES = ("'", "''", "\\'")
_MOST_READ = 200  # texts, with those of the values in them
_MOST_TEXTS = 20  # that one query is put together of


def carried(query: Query, holes: Sequence[Hole], program: Program, dialect: str | None) -> list[Hole] | None:
    """The holes, each of which another value of the text carries being that value; None where there is none of that
    kind, or a hole is no part of any."""
    if query.site is None or query.library is None:
        return None
    site = query.site()
    try:
        quoted, others = _values(query, site, query.library, holes, program, dialect)
    except RefusalError:
        return None
    found: dict[object, Hole] = {}
    for hole in holes:
        if any(hole.range == value.expression.range for value in [*quoted, *others]):
            found[hole.range] = hole
            continue
        carriers = []
        for value in quoted:
            way = _Carries(hole, program)
            if way.through(value.expression):
                if way.is_escaped:
                    return None
                carriers.append(value.expression)
        if not carriers:
            return None
        for node in carriers:
            text = program.source.text(node.range)
            found[node.range] = replace(hole, range=node.range, expression=text, context=Context.QUOTED)
    return list(found.values()) if [*found] != [hole.range for hole in holes] else None


def _values(
    query: Query, site: Site, library: Library, holes: Sequence[Hole], program: Program, dialect: str | None
) -> tuple[list[Value], list[Value]]:
    """The values in the texts of a query that a fix can read: those between quotes, and the others. Raises
    `RefusalError` where there is none."""
    texts = Texts(site, library, holes, program)
    place = place_of(query, site, library, holes, program)
    pending = [text for step in place.texts for text in step]
    quoted: list[Value] = []
    others: list[Value] = []
    names: set[str] = set()
    for number, node in enumerate(pending):
        if number == _MOST_READ:
            raise RefusalError("the SQL is put together of too many texts")
        try:
            view = texts.alone(node)
        except RefusalError:
            continue
        tokens = tokenize(view.text, dialect)
        for index, item in enumerate(view.items):
            if not isinstance(item, Value):
                continue
            token = next((token for token in tokens if token.start <= index < token.end), None)
            if token is not None and token.kind is Kind.STRING:
                quoted.append(item)
                continue
            others.append(item)
            inside = {*ir.names_in(item.expression)} - names
            names |= inside
            pending += _texts_of(inside, site) if number < _MOST_TEXTS else ()
    return quoted, others


def _texts_of(names: Collection[str], site: Site) -> list[ir.Expression]:
    """The texts that variables hold, and those that are added to them."""
    found = [text for name in names for text in _held(Same(site.statements)).get(name, ())]
    return sorted(found, key=lambda text: text.range)


@lru_cache(maxsize=2)  # every query of a function asks for it
def _held(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[ir.Expression]]:
    """The texts of each variable."""
    found: dict[str, list[ir.Expression]] = {}
    for statement in same.value:
        named = {name for expression in ir.expressions(statement) for name in ir.names_in(expression)}
        texts = [(name, step.texts) for name in named if (step := additions(statement, name)) is not None]
        if isinstance(statement, ir.Assign) and isinstance(statement.target, ir.Name) and statement.value is not None:
            texts.append((statement.target.id, (statement.value,)))
        for name, each in texts:
            held = [text for text in each if isinstance(text, ir.Template | ir.Binary | ir.Call)]
            found.setdefault(name, []).extend(held)
    return found


class _Carries:
    """Whether values are made of a hole, there or on the way through the functions of the file. `is_escaped` where
    something on the way puts a quote into them."""

    def __init__(self, hole: Hole, program: Program) -> None:
        self.hole = hole
        self.program = program
        self.seen: set[object] = set()
        self.is_escaped = False

    def through(self, node: ir.Expression, steps: int = 0) -> bool:
        """Whether a value is made of it."""
        self.is_escaped |= any(isinstance(part, ir.String) and part.value in _QUOTES for part in ir.walk(node))
        if self.hole.range in node.range:
            return True
        if steps > MOST_STEPS or node.range in self.seen:
            return False
        self.seen.add(node.range)
        if isinstance(node, ir.Conditional):
            return any(self.through(arm, steps) for arm in (node.then, node.otherwise))
        return any(
            self.through(source, steps + 1) for inner in ir.walk(node) for source in sources(inner, self.program)
        )
