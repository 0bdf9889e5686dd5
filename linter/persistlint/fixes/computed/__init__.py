"""Values that the database computes or locks itself, where a program read them, changed them and wrote them back: a
module for what a library offers for it, and one for statements of SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.fixes.computed import chained, django, prisma, sqlalchemy
from persistlint.fixes.computed.statement import in_the_statement, locked_there
from persistlint.fixes.refusal import RefusalError
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.diagnostic import Fix
    from persistlint.facts import WriteBack
    from persistlint.fixes.program import Frame, Program

_UPDATE = regex(r"\bUPDATE\b")
_WAYS: dict[str, Callable[[Program, WriteBack, Frame], tuple[Fix, ...]]] = {
    "Django": django.computed,
    "Knex": chained.of_knex,
    "Prisma": prisma.computed,
    "Sequelize": chained.of_sequelize,
    "SQLAlchemy": sqlalchemy.computed,
    "SQLAlchemy asyncio": sqlalchemy.computed,
}


def computed_there(program: Program, fact: WriteBack) -> tuple[Fix, ...]:
    """What the library offers, else SQL that computes the value, else a lock where a transaction is open. Raises
    `RefusalError`."""
    frame = program.frame(fact.range)
    if frame is None:
        raise RefusalError("the write stands in no statement")
    way = _WAYS.get(fact.library.name) if fact.library is not None else None
    found = (way(program, fact, frame) if way is not None else ()) or in_the_statement(program, fact, frame)
    found = found or (locked_there(program, fact) if fact.in_transaction else ())
    if found:
        return found
    is_sql = _UPDATE.search(program.source.text(fact.range)) is not None
    if way is None and not is_sql:
        raise RefusalError("the row is saved with whatever else was changed in it")
    raise RefusalError("the new value is no plain sum of the old one and another, or something else needs the old one")
