"""What all changes have in common, and the statement that makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from persistlint.schema.definitions import Name, Table
    from persistlint.source import Range


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement of a script. `range` leaves out its separator; `words` are its first words, in capitals.

    `transaction` numbers the transaction that it runs in, None where it commits by itself. `is_forward` is false in the
    part of a file that undoes it. `is_conditional` is true behind an IF, `is_guarded` where a handler of exceptions
    stands behind it, `is_swallowed` where that takes every error and goes on. `is_block` is a `DO` block itself, whose
    statements follow it. `is_rebuilt` where a tool makes the table anew if the database cannot change it.
    """

    range: Range
    words: tuple[str, ...]
    transaction: int | None = None
    is_forward: bool = True
    is_conditional: bool = False
    is_guarded: bool = False
    is_block: bool = False
    is_rebuilt: bool = False
    is_swallowed: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """Something that a statement does."""

    range: Range
    statement: Statement


@dataclass(frozen=True, slots=True)
class TableChange(Change):
    """A change of a table or its rows. `before` is the table as it was, None where the script at hand and what is known
    of its project do not say."""

    table: Name
    before: Table | None

    @property
    def is_on_new(self) -> bool:
        """Whether the script itself made the table, so that nobody waits for it and it holds next to nothing."""
        return self.before is not None and (self.before.is_new or self.before.is_temporary)
