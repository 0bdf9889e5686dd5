"""What in a call is the number of rows that a query gives at most: an argument or an option of a query builder, the end
of a slice of one, or what stands behind `LIMIT` in SQL."""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import sql_arguments
from persistlint.analysis.interpretation.pieces import Splice, linearise
from persistlint.analysis.interpretation.values import Items, Sql, Text, element_of, options_of
from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Call, Collection, Mapping, String, Unknown
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.patterns import any_in
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.sql.lexer import HOLE, Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.resolving import Met
    from persistlint.analysis.limits.watching import Watching
    from persistlint.ir import Expression, Subscript
    from persistlint.libraries import Catalogue, Library, Operation
    from persistlint.source import SourceFile

_FIXED = rb"\s*(?:-?\d[\d_]*|(?:\w+\.)*[A-Z][A-Z\d_]*)\s*"


def fixed(behind: bytes) -> bytes:
    """The pattern of what stands before a number of rows that is not fixed by its spelling, as digits and the name of a
    constant are, with this pattern behind it."""
    return rb"(?!" + _FIXED + behind + rb")"


# The slice of what a call gives, as far as its end.
_SLICE = regex(rb"\)\[[^\]\n:]*:" + fixed(rb"\]") + rb"[^\]\n:]")
_NUMBERED = regex(r"[$?:@]p?(\d+)")
_NAMED = regex(r"[$:@](\w+)|%\((\w+)\)s?")
_MOST_TEXTS = 4  # of those that a query may be


Counting = dict[str, "list[Operation]"]


def counted_by(libraries: Iterable[Library]) -> Counting:
    """The methods of these libraries that are given a number of rows, by their names."""
    found: Counting = {}
    for library in libraries:
        for type in library.types.values():
            for name, operation in type.methods.items():
                if operation.rows is not None:
                    found.setdefault(name, []).append(operation)
    return found


def counts(run: Watching, source: SourceFile, counting: Counting) -> Iterator[Expression]:
    """All of them in what was run."""
    for met in run.met:
        yield from _of_call(met, counting)
        yield from _of_text(met, source, run.nodes)
    for slice in run.slices:
        if (found := _of_slice(slice, source, run.names.catalogue)) is not None:
            yield found


def slices(source: SourceFile) -> list[Range]:
    """The parts of a query that are taken in a file, as far as their end."""
    managers = _managers(catalogue(languages()[source.language].libraries))
    if not any_in([name.encode() for name in managers], source.content):
        return []
    return [Range(match.start() + 1, match.end()) for match in _SLICE.finditer(source.content)]


def _of_call(met: Met, counting: Counting) -> Iterator[Expression]:
    """The number of rows that a query builder is given. Where nobody knows what it is called on, its name and what the
    file imports tell."""
    operations = [met.operation] if met.operation is not None else counting.get(last_name(met.node.function), [])
    positional = [actual.expression for actual in met.actuals if actual.keyword is None]
    for operation in operations if isinstance(met.node.function, Attribute) else ():
        if isinstance(operation.rows, int):
            yield from positional[operation.rows : operation.rows + 1]
        elif operation.rows:
            for expression in positional:
                yield from (found for key in operation.rows if (found := _entry(expression, key)) is not None)


def _of_slice(slice: Subscript, source: SourceFile, tables: Catalogue) -> Expression | None:
    """The end of a slice of a query that is known by what begins its chain: `Model.objects.filter(…)[:count]`."""
    index = slice.index
    if not isinstance(index, Unknown) or not 1 <= len(index.operands) <= 2:
        return None
    last = index.operands[-1]
    if b":" not in source.content[index.range.start : last.range.start]:
        return None
    chain: Expression = slice.value
    while isinstance(chain, Attribute | Call):
        if isinstance(chain, Attribute) and chain.name in _managers(tables):
            return last
        chain = chain.function if isinstance(chain, Call) else chain.value
    return None


def _of_text(met: Met, source: SourceFile, nodes: dict[Range, Expression]) -> Iterator[Expression]:
    """What stands behind `LIMIT` in the SQL that a call is given: what is spliced in there, or bound."""
    operation = met.operation
    if met.is_tag:
        sent = list(met.actuals)
    else:
        sent = [actual for actual, _ in sql_arguments(operation, met.actuals)] if operation is not None else []
    for actual in sent:
        value = element_of(actual.value) if isinstance(actual.value, Items) else actual.value
        for option in options_of(value):
            for text in linearise(option.pieces, _MOST_TEXTS) if isinstance(option, Text | Sql) else ():
                for splice, marks in _behind_limit(text, source.dialect):
                    found = nodes.get(splice) if splice is not None else _bound(operation, met.actuals, marks)
                    if found is not None:
                        yield found


def _behind_limit(text: tuple[str | Splice, ...], dialect: str | None) -> Iterator[tuple[Range | None, list[str]]]:
    """What stands behind each `LIMIT`: the place of what is spliced in, or the placeholders as far as that one."""
    whole = "".join(piece if isinstance(piece, str) else HOLE for piece in text)
    if "limit" not in whole.lower():
        return
    ends = list(accumulate(len(piece) if isinstance(piece, str) else 1 for piece in text))
    marks: list[str] = []
    tokens = [token for token in tokenize(whole, dialect) if token.kind is not Kind.COMMENT]
    is_count = False
    for index, token in enumerate(tokens):
        if token.kind is Kind.PARAMETER:
            marks.append(token.text)
        is_first = index > 0 and tokens[index - 1].word == "LIMIT"
        is_second = index > 2 and tokens[index - 3].word == "LIMIT" and tokens[index - 1].word == ","
        has_second = is_first and [other.word for other in tokens[index + 1 : index + 2]] == [","]
        is_count = (is_first and not has_second) or is_second  # MySQL: `LIMIT offset, count`
        if is_count and token.kind is Kind.PARAMETER:
            yield None, list(marks)
        elif is_count and token.text == HOLE:
            splice = text[bisect_right(ends, token.start)]
            if isinstance(splice, Splice):
                yield splice.range, []


def _bound(operation: Operation | None, actuals: list[Actual], marks: list[str]) -> Expression | None:
    """The value that a call binds to the last of these placeholders, where its arguments show it."""
    if operation is None or operation.parameters is None:
        return None
    positional = [actual.expression for actual in actuals if actual.keyword is None]
    places = operation.parameters if isinstance(operation.parameters, tuple) else (operation.parameters,)
    values: list[Expression] = []
    for place in places:
        if place == "rest":
            values = positional[(operation.sql or 0) + 1 :]
        elif isinstance(place, int):
            values = positional[place : place + 1]
        else:
            values = [actual.expression for actual in actuals if actual.keyword == place]
            values += [found for each in positional if (found := _entry(each, place)) is not None]
        if values:
            break
    if len(values) == 1 and isinstance(values[0], Collection):
        values = list(values[0].elements)
    numbered, named = _NUMBERED.fullmatch(marks[-1]), _NAMED.fullmatch(marks[-1])
    if named is not None and numbered is None:
        return _entry(values[0], named[1] or named[2]) if values else None
    index = int(numbered[1]) - 1 if numbered is not None else len(marks) - 1
    return values[index] if 0 <= index < len(values) else None


def _entry(expression: Expression, key: str) -> Expression | None:
    """What an object that is written there has under a key."""
    if not isinstance(expression, Mapping):
        return None
    entries = [entry for entry in expression.entries if isinstance(entry.key, String) and entry.key.value == key]
    return entries[-1].value if entries else None


@cache
def _managers(tables: Catalogue) -> frozenset[str]:
    """The attributes that are the beginning of a query, whatever they are of."""
    types = (type for library in tables.libraries for type in library.types.values())
    return frozenset(name for type in types for name in type.attributes)
