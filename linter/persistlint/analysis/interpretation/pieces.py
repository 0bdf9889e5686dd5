"""A text as a tuple of pieces: constant strings, splices (one interpolated expression each) and alternatives, where
branches of the program build different text.

Joins factor out what both sides share, so that a query built over a hundred `if`s stays as long as its source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.facts import Origin
    from persistlint.source import Range


_MOST_ALTERNATIVES = 2_000  # pieces of all of them together


@dataclass(frozen=True, slots=True)
class Splice:
    """One expression that became part of a text. `template` is the whole expression that spliced it in.

    `doubled` is a quote that was doubled inside it, which makes it safe between two of those quotes. Where backslashes
    were doubled before, it is a backslash, and what was written for each quote then: `\\''`, `\\\\'`.
    """

    range: Range
    template: Range
    origin: Origin
    doubled: str = ""


@dataclass(frozen=True, slots=True)
class Alternatives:
    """Pieces of which one sequence is in the text, depending on the way that the program took."""

    options: tuple[tuple[Piece, ...], ...]


Piece: TypeAlias = "str | Splice | Alternatives"


def splices(pieces: Iterable[Piece]) -> Iterator[Splice]:
    """Every splice, in source order of the pieces."""
    for piece in pieces:
        if isinstance(piece, Splice):
            yield piece
        elif isinstance(piece, Alternatives):
            for option in piece.options:
                yield from splices(option)


def size(pieces: tuple[Piece, ...], most: int | None = None) -> int:
    """How many strings and splices there are; where there are more than `most`, any number above that."""
    count, pending = 0, [pieces]
    while pending and (most is None or count <= most):
        inner = pending.pop()
        count += len(inner)
        if most is None or count <= most:
            pending += [option for piece in inner if isinstance(piece, Alternatives) for option in piece.options]
    return count


def linearise(pieces: tuple[Piece, ...], most: int = 24) -> list[tuple[str | Splice, ...]]:
    """Texts without alternatives that together hold every splice, at most `most` of them."""
    texts = [_one_text(pieces, None)]
    seen = {piece for piece in texts[0] if isinstance(piece, Splice)}
    for splice in splices(pieces):
        if splice not in seen and len(texts) < most:
            text = _one_text(pieces, splice)
            texts.append(text)
            seen.update(piece for piece in text if isinstance(piece, Splice))
    return texts


def joined(left: tuple[Piece, ...], right: tuple[Piece, ...]) -> tuple[Piece, ...]:
    """A text that is the one or the other, with what both share only once."""
    shortest = min(len(left), len(right))
    head = shortest if left[:shortest] == right[:shortest] else 0  # mostly one side goes on where the other ends
    while head < shortest and left[head] == right[head]:
        head += 1
    tail = 0
    while tail < shortest - head and left[-1 - tail] == right[-1 - tail]:
        tail += 1
    middle = alternatives([left[head : len(left) - tail], right[head : len(right) - tail]])
    return (*left[:head], *middle, *left[len(left) - tail :])


def alternatives(options: list[tuple[Piece, ...]]) -> tuple[Piece, ...]:
    """A text that is one of these."""
    flat: list[tuple[Piece, ...]] = []
    for option in options:
        if len(option) == 1 and isinstance(option[0], Alternatives):
            flat.extend(option[0].options)
        else:
            flat.append(option)
    distinct = tuple(dict.fromkeys(flat))
    # What doubles at every branch is not followed on all ways.
    is_one = len(distinct) == 1 or sum(size(option, _MOST_ALTERNATIVES) for option in distinct) > _MOST_ALTERNATIVES
    return distinct[0] if is_one else (Alternatives(distinct),)


def _one_text(pieces: tuple[Piece, ...], wanted: Splice | None) -> tuple[str | Splice, ...]:
    text: list[str | Splice] = []
    for piece in pieces:
        if isinstance(piece, Alternatives):
            options = [option for option in piece.options if wanted is not None and wanted in splices(option)]
            chosen = options[0] if options else max(piece.options, key=len)
            text.extend(_one_text(chosen, wanted))
        else:
            text.append(piece)
    return tuple(text)
