"""What is written alike is read once: scripts repeat columns, and an editor has a script read again and again."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, TypeVar

from persistlint.schema.moving import moved

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.sql.ddl.cursor import Cursor

T = TypeVar("T")
_LONGEST = 1_000  # code points of what is remembered
_MOST = 2_000  # definitions of one kind that are remembered


def once(read: Callable[[Cursor], T | None]) -> Callable[[Cursor], T | None]:
    """Remember what a function makes of the tokens from a cursor to its end. It must look at no token before them and
    at one behind them at most, and at nothing else; where it makes something, it steps over all of them."""
    known: dict[tuple[str, int, str | None], tuple[T, int]] = {}  # with the byte where it was read

    @wraps(read)
    def reading(cursor: Cursor) -> T | None:
        tokens, positions = cursor.tokens, cursor.text.positions
        if cursor.at_end:
            return read(cursor)
        start, end = tokens[cursor.index].start, tokens[min(cursor.end, len(tokens) - 1)].end
        at = positions[start]
        if end - start > _LONGEST or positions[end] - at != end - start:
            return read(cursor)  # long, or no code point is one byte, at which all of it could be moved
        key = (cursor.text.text[start:end], cursor.end - cursor.index, cursor.dialect)
        earlier = known.get(key)
        if earlier is not None:
            cursor.index = cursor.end
            definition, before = earlier
            if at == before:
                return definition
            found: T | None = moved(definition, at - before)
        else:
            found = read(cursor)
        if found is not None:
            if len(known) >= _MOST:
                known.clear()
            known[key] = (found, at)  # where it will be looked for again, but for what stands behind the next edit
        return found

    return reading
