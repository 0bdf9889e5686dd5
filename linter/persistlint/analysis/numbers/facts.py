"""From the numbers of a file to facts: which files are looked at, scope by scope, and what was found before."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from persistlint.analysis.numbers.calculations import File, Reader
from persistlint.analysis.numbers.comments import NEAR, Comments
from persistlint.analysis.numbers.statuses import Statuses
from persistlint.analysis.numbers.vocabulary import known_words, words
from persistlint.analysis.scopes import functions_in, holds, scopes_of, top_level
from persistlint.analysis.signs import places
from persistlint.facts import Quantity
from persistlint.memory import Memory
from persistlint.patterns import one_by_one
from persistlint.reading import digest
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator

    from persistlint.analysis.scopes import Scope
    from persistlint.facts import Calculation, Sign
    from persistlint.ir import Function
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_PLAIN = regex(r"[012](?:\.0*)?")  # numbers that mean what they are
_FORMULAS = known_words("formulas")
_COMPILED = one_by_one(
    rb"\b__generator\b",
    rb"\b__awaiter\b",
    rb"\b__webpack_require__\b",
    rb"\b__publicField\b",
    rb"\bfaker\b",
    rb"\bgofakeit\b",
    rb"\bfactory.(?:Faker|LazyAttribute|Sequence)\b",
)  # what a compiler writes, and what makes up data
_HEAD = 500  # bytes of a file in which a program says that it wrote it
_GENERATED = regex(rb"(?i)\bgenerated (?:from|by|with)\b|\bdo not (?:edit|modify)\b")
_BANNER = b"/*!"  # which tools keep when they make a library smaller
# A number that is none of `_PLAIN`, wherever it stands.
_NUMBER = regex(rb"[0-9.](?<![\w.].)(?:(?<=[3-9])|(?<=[0-2])[\w.]|(?<=\.)\d)")
_LINES_BESIDE = range(-NEAR, 2)  # of the first line of a function, whose comments may speak of its numbers
_LONGEST_KEPT = 10_000  # bytes of a function
_MEMORY: Memory[tuple[Calculation, ...]] = Memory(most=5000)  # functions: more than a file has that people edit


def may_have(source: SourceFile, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> bool:
    """Whether a file can have a calculation, with signs one that has to do with them."""
    if signs and places(source, signs) == ():
        return False
    if not _NUMBER.search(source.content) and b"Decimal" not in source.words:
        return False
    return not _is_left_out(source)


def _is_left_out(source: SourceFile) -> bool:
    """Whether a file is full of numbers that nobody here would name: a published library, what a compiler wrote, what
    another program did, or made-up data."""
    if source.content.startswith(_BANNER):
        return True
    return (_GENERATED.search(source.content, 0, _HEAD) or _COMPILED.search(source.content)) is not None


def facts(syntax: Syntax, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> Iterator[Calculation]:
    """The calculations of a file with numbers in them that nothing beside them explains; with signs, at least those
    that have to do with a place where one of them stands."""
    source = syntax.source
    near = places(source, signs) if signs else None
    candidates = [range for range in syntax.numbers if not _PLAIN.fullmatch(source.text(range))]
    candidates += [range for name, range in syntax.calls if name == "Decimal"]
    if near is not None:
        candidates = [range for range in candidates if holds(near, range)]
    if not candidates or _is_left_out(source):
        return
    module = syntax.lower()
    starts = sorted(candidate.start for candidate in candidates)
    file = File(syntax, Comments(syntax), Statuses(syntax, module))
    is_of_formulas = _is_formula(PurePosixPath(source.path).stem)
    top = top_level(module)
    kept = _calculations(file, top)
    yield from _codes(kept) if is_of_formulas else kept
    broken = [error.start for error in syntax.errors]
    for function in functions_in(top, starts):
        make = partial(_found_in, file, function, starts)
        # What broken syntax is taken for depends on what is around it; what is large is not worth its place.
        is_kept = not holds(broken, function.range) and function.range.end - function.range.start <= _LONGEST_KEPT
        found = _MEMORY.get(_key(file, function), make) if is_kept else make()
        moved = (calculation.moved(function.range.start) for calculation in found)
        yield from _codes(moved) if is_of_formulas else moved


def _found_in(file: File, function: Function, starts: list[int]) -> tuple[Calculation, ...]:
    """The calculations of a function and of those in it, as if it stood at the start of the file."""
    found = (calculation for scope in scopes_of(function, starts) for calculation in _calculations(file, scope))
    return tuple(calculation.moved(-function.range.start) for calculation in found)


def _calculations(file: File, scope: Scope) -> Iterator[Calculation]:
    found = Reader(file, scope).calculations()
    is_formula = any(_is_formula(function.name, function.owner or "") for function in scope.functions)
    yield from _codes(found) if is_formula else found


def _codes(calculations: Iterable[Calculation]) -> Iterator[Calculation]:
    """Of the calculations of a formula those with the codes of answers, which are none of its numbers."""
    for calculation in calculations:
        codes = tuple(number for number in calculation.numbers if number.quantity is Quantity.STATUS)
        if codes:
            yield replace(calculation, numbers=codes)


def _key(file: File, function: Function) -> Hashable:
    """All that the calculations of a function depend on: its lines and those beside them, what else of the file is
    looked at for them, and where it begins in its lines."""
    source, range = file.syntax.source, function.range
    first, last = source.line_of(range.start), source.line_of(range.end)
    begin = source.line_starts[max(first - 2, 0)]
    end = source.line_starts[last + 1] if last + 1 < len(source.line_starts) else len(source.content)
    return (
        source.language,
        digest(source.content[begin:end]),
        range.start - begin,
        range.end - begin,
        (function.name, function.owner),
        tuple(file.comments.above(first + distance) for distance in _LINES_BESIDE),
        file.statuses.digest,
    )


def _is_formula(*names: str) -> bool:
    return any(word in _FORMULAS or word.endswith("hash") for name in names for word in words(name))
