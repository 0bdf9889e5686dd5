"""What a number means where it stands: what it counts or measures, what it is converted to, what it could be called."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, TypeGuard

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.numbers.composition import composed, factors, is_of_time
from persistlint.analysis.numbers.constant_names import is_telling, name_for
from persistlint.analysis.numbers.layouts import layouts
from persistlint.analysis.numbers.quantities import counted_in, quantity_of, quantity_of_name, told_by
from persistlint.analysis.numbers.vocabulary import function_names, is_unit, words
from persistlint.facts import Number, NumberRole, Quantity
from persistlint.ir import Assign, Binary, Call, Expression, Function, Name, Statement, Subscript
from persistlint.ir import Number as NumberExpression
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range, SourceFile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.analysis.numbers.arithmetic import Arithmetic
    from persistlint.analysis.numbers.constants import Constants
    from persistlint.analysis.numbers.places import Place
    from persistlint.analysis.numbers.statuses import Statuses

_CUT = regex(rb"(\w*)(?:\.(?:slice|substr|substring|truncate)\(|\[[^\]\n]*:[^\]\n]*\])")
_GOES_ON = regex(rb"[^\s()]*\)?\s*\+\s*[\"'`]")
_CUT_WITHIN = 150  # bytes behind a number
_PAGED, _PAGED_WITHIN = regex(rb"(?i)offset|\bskip\b|page"), 150  # bytes around a number
_CONVERSIONS = function_names("conversions") | function_names("transparent")
_LENGTHS = frozenset([Quantity.LENGTH, Quantity.PARTS, Quantity.BYTES])
_OTHER_CODES = frozenset(["fault", "postal", "zip", "area", "country"])  # what has codes that are none of HTTP
_UNTOLD = frozenset([Quantity.OTHER, Quantity.CODE])
_LONGEST_LINE = 400  # bytes of a line that are looked at
_LONGEST_SUBJECT = 60  # characters
_EQUALITY = frozenset(["==", "!="])
_ORDERS = frozenset(["<", "<=", ">", ">="])
_OF_STATUS = frozenset(["status", "http"])
_WINDOW = regex(r"(?:window|screen)\.\w*(?:[wW]idth|[hH]eight|[XY])")
_TOLERANCES = frozenset(
    [0.01, 0.005, 0.001, 0.0005, 0.0001, 0.00005, 0.00001]
)  # of numbers that are taken for the same
_CENT = 0.01  # of which what is less is next to nothing
_COUNTER = regex(rb"(?:\[|<< ?|>> ?|uint\()(?:\(\d+ ?- ?)?([A-Za-z_]\w*)")
# A field of a struct of Go that JSON fills: the code of an API, which is seldom that of HTTP.
_CODE_IN_JSON = regex(rb"^[ \t]*(?:Err(?:or)?)?Code[ \t]+\w+[ \t]+`[^`\n]*json:", re.MULTILINE)
_TOO_MUCH = frozenset(
    [
        "too",
        "long",
        "longer",
        "large",
        "larger",
        "big",
        "exceed",
        "exceeds",
        "exceeded",
        "over",
        "overflow",
        "oversized",
    ]
)
_BEGINNING = regex(rb"(?:\[0?:|\.(?:slice|substr(?:ing)?)\(0, ?)(\d+)[\])]\)? ?[!=]=")
_WORDS = frozenset([32, 64])  # bits, as many as there are to shift by
_ASCII = frozenset([31, 32, 47, 48, 57, 58, 64, 65, 90, 91, 96, 97, 122, 123, 126, 127])  # where its classes end
_END = regex(rb"(?:\[|\.(?:slice|substr)\()-(\d+)[:)]")
_LONGEST_END = 8  # characters that tell one number of an account from another
_LONGEST_ASKED = 20_000  # bytes of a function in which further queries are looked for
_LEAST_UNIT, _PERCENT = 7, 100


@dataclass
class Meanings:
    """The numbers of one scope, and what the scope calculates with. `function` is None outside of functions; `within`
    is the name of the innermost function around the scope that has one, or ""."""

    source: SourceFile
    function: Function | None
    statements: Sequence[Statement]
    constants: Constants
    statuses: Statuses
    arithmetic: Arithmetic
    within: str = ""

    def number(self, node: Expression, value: float, place: Place) -> Number:
        """The fact of a number at a place of the scope, all of which was read before."""
        if place.other is not None:
            subject = self._text(place.other)
            quantity = place.quantity or self._quantity(place.other)
        else:
            subject = self.function.name if self.function is not None else ""
            quantity = quantity_of_name(subject)
        if quantity in _LENGTHS and value != int(value):
            quantity = Quantity.OTHER  # what is calculated with a length is none
        status = self.statuses.name(value) if place.operator in ("", "==", "!=") else ""
        if quantity is Quantity.CODE and place.other is not None and _ends_in_code(place.other):
            is_class = place.operator in _ORDERS  # of codes: `code >= 4000 && code < 5000`
            is_own = self.source.language == "go" and _CODE_IN_JSON.search(self.source.content) is not None
            quantity = Quantity.STATUS if (is_class or value in self.statuses.known) and not is_own else quantity
        is_cut = place.other is not None and self._is_cut(place.other, node.range.end)
        name = (
            status
            if quantity is Quantity.STATUS
            else name_for(
                self.source.language,
                place,
                quantity,
                "" if self._asks_again(place) else self.within,
                is_cut=is_cut,
                is_paged=self._is_paged(node.range),
                is_text=place.other is not None and self._is_text(place.other, node.range.end),
            )
        )
        around = self._around(node.range)
        if place.operator == ">=" and name[:3].lower() == "min" and _is_too_much(f"{self.within} {around}"):
            name = ""  # what has so much is none that has enough
        told = told_by(value, subject, f"{self.within} {around}") or self._calculated(node, value, place, quantity)
        if told is None and quantity in _UNTOLD and not status and self._is_status(value, place, around):
            told = Quantity.STATUS
        is_word = place.quantity is None and value in self.arithmetic.words_of_bits
        is_flag = place.role is NumberRole.STEP and self.arithmetic.is_flag(value)
        is_converted = self.arithmetic.is_converted(abs(value))
        return Number(
            node.range,
            value,
            place.role,
            place.operator,
            subject,
            Quantity.BITS if is_word or is_flag else told or quantity,
            name,
            is_telling(name, place, quantity),
            is_unit(abs(value)) or self.arithmetic.is_step(abs(value)) or any(map(is_of_time, factors(node))),
            is_converted,
        )

    def _is_cut(self, other: Expression, behind: int) -> bool:
        """Whether what is measured is cut behind an offset, or something without a name is."""
        measured = last_name(counted_in(other)).encode()
        cuts = _CUT.finditer(self.source.content, behind, behind + _CUT_WITHIN)
        return any(cut[1] in (b"", measured) for cut in cuts)

    def _is_text(self, other: Expression, behind: int) -> bool:
        """Whether what is measured is cut behind an offset, and another text follows: it is no list."""
        measured = last_name(counted_in(other)).encode()
        cuts = _CUT.finditer(self.source.content, behind, behind + _CUT_WITHIN)
        return any(cut[1] == measured and _GOES_ON.match(self.source.content, cut.end()) for cut in cuts)

    def _asks_again(self, place: Place) -> bool:
        """Whether a function limits the rows of several queries, so that its name is that of none of them."""
        if self.function is None or place.other is None or place.role is not NumberRole.ARGUMENT or place.waits:
            return False
        called = b".%s(" % last_name(place.other).encode()
        start, end = self.function.range.start, self.function.range.end
        return self.source.content.count(called, start, min(end, start + _LONGEST_ASKED)) > 1

    def _is_paged(self, number: Range) -> bool:
        """Whether rows are skipped beside a number, so that it is the size of a page."""
        start, end = max(number.start - _PAGED_WITHIN, 0), number.end + _PAGED_WITHIN
        return _PAGED.search(self.source.content, start, end) is not None

    def _is_status(self, value: float, place: Place, around: str) -> bool:
        """Whether a number without a name is the code of an answer: the words beside it speak of a status."""
        is_equal = place.operator in ("==", "!=") and value in self.statuses.known
        return is_equal and not _OF_STATUS.isdisjoint(words(around))

    def _calculated(self, node: Expression, value: float, place: Place, quantity: Quantity) -> Quantity | None:
        """What a number is by the calculation that it stands in, None where that tells nothing."""
        if value == _PERCENT and self.source.text(node.range) == "100.0":
            return Quantity.PERCENT  # the whole of a share that has fractions
        told = composed(node, value, place, self._is_time(place.other))
        if told is None and place.other is not None:
            told = self._met(value, place, place.other)
            if told is None and place.operator in _ORDERS:
                told = self._bounded(value, place, place.other, quantity)
        return told

    def _met(self, value: float, place: Place, other: Expression) -> Quantity | None:
        """What a number is by what it meets: what is added to round up (`(n + 7) / 8`), a code of a format
        (`data[0] == 12`), the class of a status, how many places a loop counts, or a place (`basePriority + 7`)."""
        if place.operator == "+" and value >= _LEAST_UNIT and value + 1 in self.arithmetic.factors:
            return Quantity.REMAINDER
        part = _converted(other) if place.operator in _EQUALITY else other
        if place.quantity is None and (_is_part(part) or self.arithmetic.is_octet(value)):
            return Quantity.LAYOUT
        if place.role is NumberRole.REPETITION and self._counts_places(other):
            return Quantity.LAYOUT
        if _is_class(self._defined(other)):
            return Quantity.REMAINDER
        if _is_offset(place) and words(last_name(other))[:1] == ("base",):
            return Quantity.POSITION
        return None

    def _bounded(self, value: float, place: Place, other: Expression, quantity: Quantity) -> Quantity | None:
        """What a number is by what it bounds: a window, the codes of a status, a variable of a few lines (`v > 9`), a
        length that has to reach a position, a share (`x < 0 || x > 100`), or how far two numbers lie apart."""
        if (
            _of_window(other)
            or self.arithmetic.is_status_range(value, other)
            or self.arithmetic.is_size(value, other)
            or (value in _WORDS and isinstance(other, Name) and other.id in self._counters)
        ):
            return Quantity.LAYOUT
        if value in _ASCII and _is_part(_converted(other)):
            return Quantity.CHARACTER
        if _is_letter(other) and self._quantity(other) in (Quantity.OTHER, Quantity.PIXELS):
            return Quantity.POSITION
        if quantity in _LENGTHS and self._is_position(value, place):
            return Quantity.LAYOUT
        if value == _PERCENT and self.arithmetic.is_share(other):
            return Quantity.PERCENT
        if value in _TOLERANCES and (_is_difference(other) or (value < _CENT and _is_magnitude(other))):
            return Quantity.REMAINDER
        return None

    def _is_time(self, other: Expression | None) -> bool:
        return other is not None and self._quantity(other) is Quantity.TIME

    def _around(self, number: Range) -> str:
        """The line of a number, and the one above and below it."""
        line = self.source.line_of(number.start)
        starts = self.source.line_starts[max(line - 2, 0) : line + 1]
        return " ".join(self.source.text(Range(start, start + _LONGEST_LINE)).partition("\n")[0] for start in starts)

    def _defined(self, other: Expression) -> Expression:
        """What a variable was assigned, else the expression itself."""
        return self._definitions.get(other.id, other) if isinstance(other, Name) else other

    def _counts_places(self, counter: Expression) -> bool:
        """Whether a loop counts from a constant place on, or the places or bits of something: `b[i]`, `1 << i`."""
        if not isinstance(counter, Name):
            return False
        start = self._definitions.get(counter.id)
        if start is not None and (self.constants.value(start) or 0) > 1:
            return True
        return counter.id in self._counters

    def _quantity(self, other: Expression) -> Quantity:
        """What is counted there. A variable is what it was assigned."""
        quantity = quantity_of(other)
        if quantity in _UNTOLD and (found := quantity_of(self._defined(other))) is not Quantity.OTHER:
            other, quantity = self._defined(other), found
        has_layout = quantity in _LENGTHS and path_of(counted_in(other)) in self._layouts
        return Quantity.LAYOUT if has_layout else quantity

    def _is_position(self, value: float, place: Place) -> bool:
        """Whether something has so many elements that there is one at a position which the scope looks at, or a
        beginning of that length that is compared with a text."""
        last = value if place.operator in (">", "<=") else value - 1
        is_end = value <= _LONGEST_END and str(value) in self._ends
        return last in self._positions or str(last + 1) in self._beginnings or is_end

    @cached_property
    def _definitions(self) -> dict[str, Expression]:
        return {
            statement.target.id: statement.value
            for statement in self.statements
            if isinstance(statement, Assign) and statement.operator == "=" and statement.value is not None
            if isinstance(statement.target, Name)
        }

    @cached_property
    def _positions(self) -> frozenset[float]:
        return frozenset().union(*self._layouts.values())

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        """The lengths of the beginnings that texts are looked for at: `name[:4] == "YYYY"`."""
        return self.source.found(_BEGINNING, self.function.range) if self.function is not None else frozenset()

    @cached_property
    def _ends(self) -> frozenset[str]:
        """The lengths of the ends of texts that are looked at: `number[-4:]`."""
        return self.source.found(_END, self.function.range) if self.function is not None else frozenset()

    @cached_property
    def _counters(self) -> frozenset[str]:
        """The names that places or bits of something are counted by: `b[i]`, `1 << i`."""
        return self.source.found(_COUNTER, self.function.range) if self.function is not None else frozenset()

    @cached_property
    def _layouts(self) -> dict[str, frozenset[float]]:
        return layouts(self.statements, self.constants, self.source)

    def _text(self, expression: Expression) -> str:
        text = self.source.text(expression.range)
        return text if len(text) <= _LONGEST_SUBJECT and "\n" not in text else last_name(expression)


def _converted(expression: Expression) -> Expression:
    """What a number is made of: `octets[0]` of `int(octets[0])`."""
    match expression:
        case Call(function=function, arguments=(argument, *_)) if last_name(function) in _CONVERSIONS:
            return argument.value
    return expression


def _is_part(expression: Expression) -> bool:
    """Whether an expression is what stands at a constant place of something: `data[0]`."""
    return isinstance(expression, Subscript) and isinstance(expression.index, NumberExpression)


def _is_difference(expression: Expression) -> bool:
    """Whether an expression is how far two numbers lie apart: `abs(a - b)`."""
    match expression:
        case Call(function=function, arguments=(argument,)) if last_name(function).lower() in ("abs", "fabs"):
            return isinstance(argument.value, Binary) and argument.value.operator == "-"
    return False


def _is_magnitude(expression: Expression) -> bool:
    """Whether an expression is a number without its sign: what is next to nothing is taken for it."""
    return isinstance(expression, Call) and last_name(expression.function).lower() in ("abs", "fabs")


def _of_window(expression: Expression) -> bool:
    """Whether an expression is a measure of the window that a page is seen in."""
    return _WINDOW.fullmatch(path_of(expression) or "") is not None


def _is_class(expression: Expression) -> bool:
    """Whether an expression is the class of a code, which its first digit tells: `status // 100`."""
    match expression:
        case Binary(operator="/" | "//", right=NumberExpression(value=value)):
            return value == _PERCENT
    return False


def _is_offset(place: Place) -> bool:
    return place.role is NumberRole.ARITHMETIC and place.operator in ("+", "-")


def _is_letter(expression: Expression) -> TypeGuard[Name]:
    return isinstance(expression, Name) and len(expression.id) == 1


def _is_too_much(text: str) -> bool:
    said = set(words(text))
    return not _TOO_MUCH.isdisjoint(said) and "enough" not in said


def _ends_in_code(expression: Expression) -> bool:
    *others, last = words(last_name(expression)) or ("",)
    return last in ("code", "error") and (not others or others[-1] not in _OTHER_CODES)
