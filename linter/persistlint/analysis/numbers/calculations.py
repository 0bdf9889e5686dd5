"""The calculations of one scope: what its statements do with their numbers, and what those meet there.

A number that has a name beside it is none of one: it is assigned, passed by keyword, an entry, an element, a default,
or a template shows it. Nor is a position in a sequence, a part of a formula or of a layout, or one that is explained.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.numbers.arithmetic import Arithmetic
from persistlint.analysis.numbers.branches import Branches
from persistlint.analysis.numbers.constant_names import ambiguous_names
from persistlint.analysis.numbers.constants import CONVERSIONS, Constants
from persistlint.analysis.numbers.explanations import Explanations
from persistlint.analysis.numbers.formulas import Decisions
from persistlint.analysis.numbers.meanings import Meanings
from persistlint.analysis.numbers.operands import ARITHMETIC, LAYOUT, Operands, branches_of, calculates
from persistlint.analysis.numbers.places import Percentages, Place, explains, is_clamp, is_in_unit, policy
from persistlint.analysis.numbers.quantities import quantity_of_name
from persistlint.analysis.numbers.scales import scales
from persistlint.analysis.numbers.vocabulary import function_names, known_words, words
from persistlint.analysis.scopes import may_hold
from persistlint.facts import Calculation, Number, NumberRole
from persistlint.ir import (
    AssignmentExpression,
    Await,
    Binary,
    Call,
    Collection,
    Comprehension,
    Conditional,
    Expression,
    Function,
    Mapping,
    Return,
    String,
    Subscript,
    Template,
    TypeAssertion,
    Unary,
    Unknown,
    children,
)
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Iterator, Sequence

    from persistlint.analysis.numbers.comments import Comments
    from persistlint.analysis.numbers.statuses import Statuses
    from persistlint.analysis.scopes import Scope
    from persistlint.languages import Syntax

_FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "==", "!=": "!="}
_NEGATED = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "==": "!=", "!=": "=="}
_LOGIC = frozenset(["and", "or", "??"])
_EQUALITY = frozenset(["==", "!="])
_EXTENTS = frozenset(["w", "h"])  # of what is drawn
_SLICES = function_names("slices")
_DIGITS = function_names("digits")
_DRAWS = function_names("draws")
_FORMULA = regex(
    rb"\b(?:Math|math|np|numpy)\.(?:PI|pi|Pi|a?(?:sin|cos|tan)h?|atan2)\b|\b(?:fnv(?:-?1a?)?|djb2|murmur\d?|YCbCr)\b"
    rb"|>>=? ?(?:16|24)\b",
    re.IGNORECASE,
)  # what is computed with angles or packed into words, and hashes that go by their names
_LONGEST_LINE = 400  # bytes; what stands on a longer one is written by a program
_FEW_CODES = 3  # of what a status is looked for among
_MANY_RESULTS = 10  # of one function: fewer are no table
_FEW_RESULTS = 3
_DECIDED = known_words("results")
_LONGEST_MET = 100  # bytes of what a number meets, by which it is known again

_Found = tuple[Expression, float, Place]


@dataclass
class File:
    """What is known of a file before its scopes are read."""

    syntax: Syntax
    comments: Comments
    statuses: Statuses

    @cached_property
    def numbers(self) -> list[int]:
        """Where the numbers of the file are, and what makes one of a text. Nothing else is read: `i++` has none."""
        calls = (range.start for name, range in self.syntax.calls if name in CONVERSIONS)
        return sorted([*calls, *(number.start for number in self.syntax.numbers)])


class Reader:
    """Reads one scope. Expressions wait in `pending`, each with its place and the numbers of the calculation that it
    belongs to; all calculations are in `found`."""

    def __init__(self, file: File, scope: Scope) -> None:
        self.source = file.syntax.source
        self.numbers = file.numbers
        self.statuses = file.statuses
        self.function: Function | None = scope.functions[-1] if scope.functions else None
        self.statements = scope.statements
        self.constants = Constants()
        within = next((function.name for function in reversed(scope.functions) if function.name), "")
        self.arithmetic = Arithmetic(self.source, self.function)
        self.meanings = Meanings(
            self.source, self.function, self.statements, self.constants, file.statuses, self.arithmetic, within
        )
        self.pending: list[tuple[Expression, Place | None, list[_Found]]] = []
        self.found: list[list[_Found]] = []
        self.divisors: set[int] = set()
        self.of_unit: set[int] = set()  # products that are multiplied by a unit
        self.branches = Branches(
            self.source, self.constants, self.function.returns if self.function is not None else ""
        )
        self.explanations = Explanations(self.source, self.function, file.comments, self.branches)
        self.percentages = Percentages(self.constants)

    def calculations(self) -> Iterator[Calculation]:
        """The calculations of the scope."""
        result = Place(NumberRole.RESULT) if self._has_several_results() else None
        operands = Operands(
            self.branches, self.constants, self.statuses, scales(self.statements), self.function is not None, result
        )
        for statement in self.statements:
            if may_hold(self.numbers, statement):
                for expression, place in operands.of(statement):
                    self._begin(expression, place)
        while self.pending:
            self._read(*self.pending.pop())
        if not any(self.found) or self._is_computed():
            return
        read = [[(self.meanings.number(*item), item[2]) for item in found] for found in self._unexplained()]
        calculations = [
            sorted(numbers, key=lambda number: number.range)
            for numbers in Decisions(self.source, self.meanings.within, self.branches).among(read)
        ]
        ambiguous = ambiguous_names(number for numbers in calculations for number in numbers)
        for numbers in self._together(filter(None, calculations)):
            named = (replace(number, name="") if number.name in ambiguous else number for number in numbers)
            yield Calculation(Range(numbers[0].range.start, numbers[-1].range.end), tuple(named))

    def _together(self, calculations: Iterable[list[Number]]) -> Iterable[list[Number]]:
        """The calculations, those with one number as one where the same thing meets the same one in both, or where one
        line compares several with it, it with several, or asks for several codes: `state == 11 || state == 16`."""
        found: list[list[Number]] = []
        known: dict[Hashable, list[Number]] = {}
        for numbers in sorted(calculations, key=lambda numbers: numbers[0].range):
            keys = list(self._keys(numbers[0])) if len(numbers) == 1 else []
            kept = next((known[key] for key in keys if key in known), None)
            if kept is None:
                found.append(kept := [])
            kept += numbers
            known.update(dict.fromkeys(keys, kept))
        return found

    def _keys(self, number: Number) -> Iterator[Hashable]:
        """By what a number that stands alone belongs together with others."""
        text, line = self.source.text(number.range), self.source.line_of(number.range.start)
        yield number.subject, text
        if number.role is NumberRole.COMPARISON:
            yield line, text
            yield (line,) if number.operator in _EQUALITY else (line, "", number.subject)

    def _unexplained(self) -> list[list[_Found]]:
        """The numbers of each calculation that nothing explains, there or where the same thing meets the same one."""
        known = {self._meeting(item) for found in self.found for item in found if self.explanations.explain(*item)}
        return [[item for item in found if self._meeting(item) not in known] for found in self.found]

    def _meeting(self, item: _Found) -> tuple[str, str]:
        """The texts of a number and of what it meets."""
        number, _, place = item
        met = place.other.range if place.other is not None else number.range
        return self.source.text(number.range), self.source.text(
            Range(met.start, min(met.end, met.start + _LONGEST_MET))
        )

    def _is_element(self, node: Expression) -> bool:
        """Whether an expression is an element of a page, with what stands in it."""
        return self.source.language in ("javascript", "typescript") and self.source.content.startswith(
            b"<", node.range.start
        )

    def _has_several_results(self) -> bool:
        """Whether the function returns one of several numbers, so that its name is the name of none of them. With many
        it is a table."""
        values = {
            value
            for statement in self.statements
            if isinstance(statement, Return) and statement.value is not None
            for branch in branches_of(statement.value)
            if (value := self.constants.value(branch)) is not None
        }
        return self.function is not None and bool(self.function.name) and 1 < len(values) < _MANY_RESULTS

    def _is_decided(self, value: float, place: Place) -> bool:
        """Whether what a function returns is decided here: a whole number is mostly a place in an order, which the
        function is the name of, unless that says what is decided."""
        if place.role is not NumberRole.RESULT or self.function is None:
            return False
        return value != int(value) or (value > _FEW_RESULTS and not _DECIDED.isdisjoint(words(self.function.name)))

    def _is_computed(self) -> bool:
        if self.function is None:
            return False
        range = self.function.range
        return _FORMULA.search(self.source.content, range.start, range.end) is not None

    # ----------------------------------------------------------------------------------------------- expressions

    def _begin(self, expression: Expression, place: Place | None = None) -> None:
        """Read an expression whose numbers have nothing to do with those around it."""
        found: list[_Found] = []
        self.found.append(found)
        self.pending.append((expression, place, found))

    def _read(self, node: Expression, place: Place | None, found: list[_Found]) -> None:
        value = self.constants.value(node)
        if value is not None:
            if place is not None and (place.other is not None or self._is_decided(value, place)):
                self._take(node, value, place, found)
            return
        test = place if place is not None and place.other is None else None
        match node:
            case Binary(operator=operator) if operator in _LOGIC:
                if operator == ("or" if test is not None and test.is_negated else "and"):
                    test = (test or Place(NumberRole.COMPARISON))._replace(is_one_of_all=True)
                elif isinstance(node.right, String):
                    self.branches.add(node.left, node.right.range)  # `size >= 10 || "at least 10"`
                self._begin(node.left, test)
                self._begin(node.right, test)
            case Binary(operator=operator) if operator in _FLIPPED:
                compared = test or Place(NumberRole.COMPARISON)
                operator = _NEGATED[operator] if compared.is_negated else operator
                self._meet(node.left, compared._replace(operator=_FLIPPED[operator], other=node.right), found)
                self._meet(node.right, compared._replace(operator=operator, other=node.left), found)
            case Binary(operator="in" | "not in", right=Collection(elements=codes)) if self._are_codes(
                node.left, codes
            ):
                for code in codes:
                    self._meet(code, Place(NumberRole.COMPARISON, "==", node.left), found)
            case Binary(operator="*") if id(node) in self.of_unit:
                for factor in (node.left, node.right):
                    self._take_factor(factor, found)
            case Binary(operator=operator) if operator in ARITHMETIC:
                if operator == "/":
                    self.divisors.add(id(node.right))
                self._meet(node.left, Place(NumberRole.ARITHMETIC, operator, node.right), found)
                self._meet(node.right, Place(NumberRole.ARITHMETIC, operator, node.left), found)
            case Conditional(test=tested, then=then, otherwise=otherwise):
                if not self.branches.shows_bound(tested, then.range):
                    clamps = self.branches.clamps(node)
                    self._begin(tested, Place(NumberRole.COMPARISON, rejects=clamps, is_one_of_all=not clamps))
                self.branches.add(tested, then.range, otherwise.range)
                self.pending += [(then, place, found), (otherwise, place, found)]
            case Unary(operator="not", operand=operand):
                self._begin(operand, test._replace(is_negated=not test.is_negated) if test is not None else None)
            case Unary(operand=inner) | TypeAssertion(value=inner) | Await(value=inner):
                self.pending.append((inner, place, found))
            case Call():
                self._call(node, place, found)
            case AssignmentExpression(target=target, value=assigned, operator=operator):
                self._begin(target)
                self._begin(assigned, Place(NumberRole.STEP, operator, target) if operator in ARITHMETIC else None)
            case Subscript(value=inner):
                self._begin(inner)  # the index is a position
            case Comprehension(conditions=conditions):
                for part in children(node):  # a condition keeps what passes it
                    is_kept = any(part is condition for condition in conditions)
                    self._begin(part, Place(NumberRole.COMPARISON, is_one_of_all=True) if is_kept else None)
            case Unknown() if self._is_element(node):
                return  # how much of something is shown, and how
            case Mapping(entries=entries):
                for entry in entries:
                    key = entry.key.value if isinstance(entry.key, String) else ""
                    is_layout = key in _EXTENTS or quantity_of_name(key) in LAYOUT
                    if not (is_layout and (calculates(entry.value) or isinstance(entry.value, Template))):
                        self._begin(entry.value)
            case _:
                for part in children(node):
                    self._begin(part)

    def _are_codes(self, asked: Expression, values: Sequence[Expression]) -> bool:
        """Whether a status is looked for among a few codes of HTTP: `response.status_code in (502, 503)`. Many are a
        list that has a meaning of its own."""
        is_status = "status" in words(last_name(asked)) and len(values) <= _FEW_CODES
        return is_status and all(self.constants.value(value) in self.statuses.known for value in values)

    def _meet(self, node: Expression, place: Place, found: list[_Found]) -> None:
        """Read an operand that meets another one."""
        if place.operator == "*" and place.other is not None and is_in_unit(place.other):
            self._take_factor(node, found)
            return
        is_explained = place.other is not None and explains(place.other)
        self.pending.append((node, None if is_explained else place, found))

    def _take_factor(self, node: Expression, found: list[_Found]) -> None:
        """Read a factor of a product with a unit in it, which tells what its numbers are."""
        if isinstance(node, Binary) and node.operator == "*":
            self.of_unit.add(id(node))
        self.pending.append((node, None, found))

    def _call(self, node: Call, place: Place | None, found: list[_Found]) -> None:
        self._begin(node.function)
        name = last_name(node.function)
        if name in _DIGITS or (name in _DRAWS and self.source.language != "python"):
            return
        is_counted = (
            place is not None and place.role is NumberRole.REPETITION and place.other is not None and name == "range"
        )
        is_percentage = self.percentages.keeps(node)
        is_divisor = id(node) in self.divisors and is_clamp(node)
        for index, argument in enumerate(node.arguments):
            taken: Place | None = None
            if is_counted and len(node.arguments) == 1:
                taken = place
            elif is_percentage and self.constants.value(argument.value) is not None:
                continue
            elif is_divisor and 0 < (self.constants.value(argument.value) or 0) < 1:
                continue  # nothing is divided by zero
            elif argument.keyword is None and not argument.spread:
                taken = policy(node, index, self.constants, self.source.language)
            if taken is not None:
                self.pending.append((argument.value, taken, found))
            elif name not in _SLICES:
                # What is only handed on tells nobody that something is too long.
                self._begin(argument.value, Place(NumberRole.COMPARISON, is_one_of_all=True))

    def _take(self, node: Expression, value: float, place: Place, found: list[_Found]) -> None:
        line = self.source.line_of(node.range.start)
        ends = [*self.source.line_starts[line : line + 1], len(self.source.content)]
        if ends[0] - self.source.line_starts[line - 1] <= _LONGEST_LINE:
            found.append((node, value, place))
            self.arithmetic.meet(value, place)
