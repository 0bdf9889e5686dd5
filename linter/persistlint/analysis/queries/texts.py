"""From the pieces of a text to SQL with holes: where each hole stands, and what that says of its value."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.pieces import Piece, Splice, linearise
from persistlint.analysis.queries.placeholders import with_placeholders
from persistlint.facts import Context, Hole, Origin, Text
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.context import contexts
from persistlint.sql.lexer import HOLE, Kind, tokenize
from persistlint.sql.parameters import takes_no_parameters

if TYPE_CHECKING:
    from persistlint.source import Range, SourceFile

_OPENS_ESCAPED = regex(r"\b[eE]'[^']*$")  # PostgreSQL's strings with escapes


@dataclass(frozen=True)
class Place:
    """Where a text goes. `clause` is what it is a piece of, "" for a whole statement; `is_whole` where the call takes
    a whole statement, `is_sent` where a call sends it. `backslash` is whether the database takes a backslash for an
    escape, so that a doubled quote may still end a string; None where that is not known. `bound` is where bind
    parameters are reported, None where they are not looked for; `marks` are the characters that their placeholders
    begin with."""

    clause: str = ""
    dialect: str | None = None
    bound: Range | None = None
    marks: str = ""
    is_whole: bool = True
    is_sent: bool = True
    backslash: bool | None = None


def texts_of(pieces: tuple[Piece, ...], source: SourceFile, place: Place) -> tuple[Text, ...]:
    """The texts that pieces make, with the context of every hole."""
    return tuple(_text(text, source, place) for text in linearise(pieces))


def _text(text: tuple[str | Splice, ...], source: SourceFile, place: Place) -> Text:
    if place.bound is not None:
        text = with_placeholders(text, place.bound, place.marks, place.dialect, is_fragment=bool(place.clause))
    text = _joined(text)
    parts = [piece if isinstance(piece, str) else None for piece in text]
    found = iter(contexts(parts, place.clause, place.dialect) if None in parts else ())
    made: list[str | Hole] = []
    expressions: dict[Range, str] = {}  # all placeholders stand for one expression, the whole text of the SQL
    is_begun = not place.is_whole  # whether anything of the statement stands before
    before = opened = ""
    names: set[str] = set()  # that stand in the text as such: `SET {name} = upper({name})`
    is_placeholder = False  # whether the hole before is part of the name of one
    for index, piece in enumerate(text):
        if isinstance(piece, str):
            made.append(piece)
            before, opened = piece, opened + piece[-_LONGEST_NAME:]
            stripped = piece.rstrip()
            is_begun = not stripped.endswith(";") if stripped else is_begun
            continue
        context = next(found)
        origin = piece.origin
        in_quotes = context.kind in (Context.QUOTED, Context.PART)
        if piece.doubled.endswith("'"):
            in_string = in_quotes or (context.kind is Context.LIST and before.endswith("'"))
            is_quoted = in_string and _is_escaped(piece, opened, text, place)
        else:
            is_quoted = bool(piece.doubled) and _is_quoted(piece, opened, _following(text, index))
        is_placeholder = not in_quotes and _names_placeholder(before, is_placeholder, place.marks)
        if is_quoted:
            origin = Origin.QUOTED
        elif origin < Origin.REQUEST and (not is_begun or is_placeholder):
            # A statement that somebody else wrote, or the name of a placeholder: `:{name}`.
            origin = min(origin, Origin.METADATA)
        elif origin is Origin.NUMBER and context.kind is Context.VALUE and before.endswith("-"):
            origin = Origin.PARAMETER  # `-{n}` with a negative number begins a comment: `--1`
        if piece.range not in expressions:
            expressions[piece.range] = " ".join(source.text(piece.range).split())
        expression = expressions[piece.range]
        # Whoever binds a value knows that it is the same for every row.
        kind = Context.VALUE if context.is_inferred and piece.origin is Origin.BOUND else context.kind
        if kind is Context.VALUE:
            is_name = expression in names and _OPENS_CALL.search(before)
            kind = Context.IDENTIFIER if is_name or _NAMES_COLUMN.fullmatch(expression) else kind
        elif kind is Context.IDENTIFIER:
            names.add(expression)
        made.append(Hole(piece.range, expression, piece.template, origin, kind, context.excerpt))
        is_begun, before = True, ""
        opened = (opened + "_")[-_LONGEST_NAME:] if _is_harmless(piece) else ""
    return Text(tuple(made))


def _joined(text: tuple[str | Splice, ...]) -> tuple[str | Splice, ...]:
    """The same text, with no two strings side by side."""
    result: list[str | Splice] = []
    for is_string, group in groupby(text, key=lambda piece: isinstance(piece, str)):
        pieces = list(group)
        result.extend(["".join(map(str, pieces))] if is_string else pieces)
    return tuple(result)


# The name of a column or a table, by the name of the variable. Without quotes around it a text is no value in SQL, so
# that it can only be meant as a name: `lower(${columnName})`.
_NAMES_COLUMN = regex(
    r"(?:\w+\.)*(?:(?:\w+_)?(?:column|col|field|table)(?:_(?:name|ref|identifier))?"
    r"|(?:\w*(?:Column|Col|Field|Table)|column|col|field|table)(?:Name|Ref|Identifier)|\w+(?:Column|Field))",
    re.ASCII,
)
_OPENS_CALL = regex(r"\w(?<!VALUES)\(\s*\Z", re.IGNORECASE)
_NAMES_PLACEHOLDER = regex(r"((?<![:\w]):|@|\$|%\()\w*$")


_LONGEST_NAME = 200  # characters before a hole in which the quote that opens is looked for
_MOST_PARTS = 8  # of a quoted name
_PART_OF_NAME = regex(r"[\w.-]*")


def _names_placeholder(before: str, goes_on: bool, marks: str) -> bool:
    """Whether a hole is in the name of a placeholder, by the text before it: `:{name}`, or `_{key}` where the one
    `goes_on` that the hole before is in. What no placeholder begins with begins something else, as a stage does with
    `@` for Snowflake."""
    match = _NAMES_PLACEHOLDER.search(before)
    if match is not None:
        return not marks or match[1][0] in marks
    return goes_on and before.replace("_", "a").isalnum()


def _is_harmless(piece: Splice) -> bool:
    """Whether what stands in a hole cannot end the quotes around it."""
    return bool(piece.doubled) or piece.origin <= Origin.BOUND


def _following(text: tuple[str | Splice, ...], index: int) -> str:
    """What comes behind a hole in the same name, with `_` for holes that cannot end the quotes around them."""
    found = ""
    for piece in text[index + 1 : index + 1 + _MOST_PARTS]:
        if not isinstance(piece, str):
            if not _is_harmless(piece):
                break
            found += "_"
        elif _PART_OF_NAME.fullmatch(piece):
            found += piece
        else:
            return found + piece
    return ""


def _is_quoted(piece: Splice, before: str, after: str) -> bool:
    """Whether the doubled quotes of a hole are those of the name that it stands in."""
    opening = "[" if piece.doubled == "]" else piece.doubled
    inside = re.match(rf"[\w.-]*{re.escape(piece.doubled)}", after)
    return bool(inside and re.search(rf"{re.escape(opening)}[\w.-]*$", before))


def _is_closed(doubled: str, before: str, place: Place) -> bool:
    """Whether a string that begins in a text cannot be ended by a value, whatever it holds. What MySQL takes for an
    escape depends on the character set and the mode of the connection, so that nothing is certain there."""
    if place.backslash is False and not _OPENS_ESCAPED.search(before):
        return doubled.endswith("''") or doubled == "'"
    return len(doubled) > 1 and place.backslash is True and place.dialect not in (None, "mysql")


def _is_escaped(piece: Splice, before: str, text: tuple[str | Splice, ...], place: Place) -> bool:
    """Whether a value stays in its string, in which quotes were doubled by hand, and could not better be bound. Some
    databases take a backslash for an escape, too; and what comes out of a request is to be bound wherever it can."""
    if not place.is_sent or piece.origin <= Origin.UNKNOWN:
        return True
    if piece.origin is not Origin.REQUEST and _is_closed(piece.doubled, before, place):
        return True
    tokens = tokenize("".join(part if isinstance(part, str) else HOLE for part in text), place.dialect)
    is_only_way = takes_no_parameters([token for token in tokens if token.kind is not Kind.COMMENT])
    return is_only_way and (place.backslash is not True or len(piece.doubled) > 1)
