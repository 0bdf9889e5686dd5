"""
## What it finds

A number that decides something, a limit, a threshold, a rate, a time to wait, and whose meaning no name tells.

A number that has a name beside it is never reported: one that is assigned, passed by keyword, the value of an option,
a field or a default, an element of a list. Nor is one that something explains:

- a comment: behind it, above it, in the branch that it leads to, or in the documentation of its function. It may say
  it in words, with a unit (`7 days`), as bits, as a percentage (`3%` for 0.03), or as the last number on the other side
  (`no more than 499` for `>= 500`); behind a code one word is enough, and so is a sentence right above a bound, which
  says what is decided there;
- a text in the branch, behind it, behind `or` or behind a function of one line: `must have 12 letters`, `"99+"`,
  `"19-30"`, `"premium90days"`, or a message that is given the number; a text that has in it what it is compared with;
- a name: that of the function (`has_at_least_8_letters`), of what is calculated (`fiveMinutesAgo`), or one on the line
  or beside it that has the number in it (`top_50_translated`);
- a unit beside it: `5 * time.Second`.

Nor are the numbers that mean what they are:

- 0, 1 and 2, small offsets, and counts that something is equal to; halves and quarters; 100 of a whole, percentages
  between 0 and 100; the largest and the least number of a type;
- positions, the number of parts, bytes of a format, a length that goes with a position the code looks at, loops over
  the places or the bits of something;
- units and factors between them (a mile in metres, too), chains of sizes (`1024**2`), hours, months, the minutes of
  a day, an age of one unit, an aspect ratio (`16 / 9`), the days that others count from;
- angles, character codes, masks, bits, words of bits, chances, tolerances of `abs(a - b)`, steps of rounding, and what
  a divisor is at least so that it is not zero;
- versions, ports, parts of the addresses of networks, digits of an identifier or a commit, classes of a status and
  ranges of codes, switches that only give a name, a constant or a function for each code, and chains of tests that give
  each bracket a word;
- formulas such as hashes, checksums and colours. What is calculated with is reported where it is a decision: where the
  names beside it speak of money, scores, limits, attempts or times, or where it is the only factor of what it meets,
  and no share is scaled by it, nothing raised to a power, nothing drawn;
- a wait of one unit, a moment, a pause or a `debounce` of less than a second, and a delay that only shows something;
- a channel for bursts (up to 100) or one that is never full (from 1000 on);
- how often people are told how far it is, what is drawn, and the length that a text is cut to with dots behind it.

What meets the same number again in a function, and the codes that one line asks for, are one report.

Tests and their helpers, migrations, generated and vendored code, examples, front ends, and files that hold settings or
constants are left alone.

## Why it matters

The next reader cannot tell whether the 12 here and the 12 there are the same rule, so one of them is changed and the
other is not. And nobody finds the limit by looking for its name.

## Example

```python
def check(form):
    if len(form["password"]) < 12:
        raise ValueError("the password is too short")
```

```python
MIN_PASSWORD_LENGTH = 12

def check(form):
    if len(form["password"]) < MIN_PASSWORD_LENGTH:
        raise ValueError("the password is too short")
```

```js
export const isFresh = (entry) => Date.now() - entry.at < 15 * 60 * 1000;
```

```js
const CACHE_TTL_MS = 15 * 60 * 1000;

export const isFresh = (entry) => Date.now() - entry.at < CACHE_TTL_MS;
```

```ts
export const price = (net: number): number => net * 1.19;
```

```ts
const VAT_FACTOR = 1.19;

export const price = (net: number): number => net * VAT_FACTOR;
```

```go
package store

import "database/sql"

func open(db *sql.DB) {
        db.SetMaxOpenConns(25)
}
```

```go
package store

import "database/sql"

func open(db *sql.DB) {
        const maxOpenConns = 25

        db.SetMaxOpenConns(maxOpenConns)
}
```

## Fix

Make it a constant. The help of a diagnostic proposes a name where the code beside the number suggests a good one. The
fix declares the constant behind the imports, in Go in the function that needs it, or uses the one of that value and
name that is there. It is unsafe where the name says little (`WIDTH_THRESHOLD`, a delay that has its name from the
function around it), and where the number may belong together with another one: it stands again in its function, or a
text is cut to another length behind it.

## Options

- `allowed-numbers` (default `[-1, 0, 1, 2]`): the whole numbers that need no name anywhere.

## When not to use it

In code that is made of numbers, such as a simulation, a codec or a layout, exclude the folder with `per-file-ignores`.

## References

- [Refactoring: replace magic literal](https://refactoring.com/catalog/replaceMagicLiteral.html)
- [ESLint: no-magic-numbers](https://eslint.org/docs/latest/rules/no-magic-numbers)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Applicability, Edit, Fix, Related, Severity
from persistlint.facts import Calculation, Number, NumberRole, Quantity
from persistlint.fixes.constants import known_constant, new_constant, without_parentheses
from persistlint.fixes.refusal import RefusalError, remedied
from persistlint.paths import NOT_PRODUCT, is_front_end, is_settings
from persistlint.regexes import regex
from persistlint.rule import Option, RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.fixes.program import Program

_UNIT_OFFSETS = frozenset([0.5, 32, 48, 60, 100, 180, 360, 1000, 3600, 86_400, 3_600_000, 86_400_000])
_OF_TIME = frozenset([7, 11, 12, 23, 24, 28, 29, 30, 31, 59, 60, 365, 366, 999, 1000, 3600])
_FRACTIONS, _QUARTERS = frozenset([0.25, 0.5, 0.75]), frozenset([25, 50, 75])
_OF_BYTES = frozenset([255, 256])
_OF_BITS = frozenset([128, 256])  # of an address, and what a byte and its lower half can be
_LARGEST = frozenset(  # of a type, and how many values it has
    [32_767, 32_768, *(bound - rest for bound in (1 << 16, 1 << 31, 1 << 32, 1 << 53) for rest in (0, 1))]
)
_LEAST = -32_768  # of a type
_HTTP = range(100, 601)  # status codes and the bounds of their classes, which have no name
_SMALL_OFFSET = 16
_SMALL, _OFFSET, _FEW, _SHORT_LOOP, _FEW_PARTS, _SHORT_BUFFER = 4, 64, 3, 4, 6, 64
_MOST_COUNTED = 11  # what is equal to less is counted, or chosen; what is compared with a code is not
_WHOLE = 100
_TOLERANCE = 1e-5  # what is smaller only tells rounding errors from differences
_CLAMPED = frozenset([3, 59])  # a few, and the seconds of a minute
_CUT = regex(rb"\.(?:slice|substr|substring|truncate)\(|\[[^\]\n]*:[^\]\n]*\]")
_CUT_WITHIN = 400  # bytes behind a number
_FACTORS = frozenset(["*", "/", "//", "%"])
_EQUALITY = frozenset(["==", "!="])
_CODES = frozenset([Quantity.CODE, Quantity.STATUS])
_LENGTHS = {Quantity.LENGTH: _FEW, Quantity.PARTS: _FEW_PARTS, Quantity.BYTES: _SHORT_BUFFER}
_ALWAYS_PLAIN = frozenset([
    Quantity.ARITY, Quantity.REMAINDER, Quantity.BITS, Quantity.CALENDAR, Quantity.ANGLE, Quantity.CHARACTER,
    Quantity.VERSION, Quantity.LAYOUT, Quantity.CHANCE,
])  # fmt: skip
_WITH_OFFSETS = frozenset([Quantity.POSITION, *_LENGTHS])
_WHERE = {
    NumberRole.COMPARISON: "`{}` is compared with it",
    NumberRole.REPETITION: "it ends a loop over `{}`",
    NumberRole.CASE: "it is a case of `{}`",
    NumberRole.ARITHMETIC: "`{}` is calculated with it",
    NumberRole.STEP: "`{}` is changed by it",
    NumberRole.RESULT: "`{}` returns it",
    NumberRole.ARGUMENT: "`{}` is given it",
}
_CLAMPS = {"min": "it is the upper bound of `{}`", "max": "it is the lower bound of `{}`"}


@rule(
    "magic-number",
    on=Calculation,
    severity=Severity.INFO,
    options=(Option("allowed-numbers", (-1, 0, 1, 2), "Whole numbers that need no name."),),
    skips=(*NOT_PRODUCT, is_settings, is_front_end),
)
def magic_number(fact: Calculation, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first number of a calculation that needs a name."""
    allowed = context.options["allowed-numbers"]
    numbers = [number for number in fact.numbers if number.value not in allowed and not _is_plain(number)]
    if not numbers:
        return
    first, *others = numbers
    text = context.file.text(first.range)
    what = _CLAMPS.get(first.operator, _WHERE[first.role])
    where = f": {what.format(first.subject)}" if first.subject else ""
    yield context.report(
        first.range,
        f"No name tells what `{text}` means{where}.",
        help=f"Make it a constant: `{first.name} = {text}`." if first.name else "Make it a constant that says it.",
        related=tuple(Related(other.range, "this one too") for other in others),
        remedy=remedied(context.program, _fix, first),
    )


def _fix(program: Program, number: Number) -> tuple[Fix, ...]:
    """The constant in the place of the number: one of that value and meaning, or a new one. In Python a bare name
    behind `case` means anything. Raises `RefusalError`."""
    text = program.source.text(number.range)
    if not number.name.isidentifier():
        raise RefusalError("nothing beside it suggests a name")
    if number.role is NumberRole.CASE and program.source.language == "python":
        raise RefusalError("behind `case`, a bare name means anything")
    if not program.is_clean(number.range):
        raise RefusalError("it stands in a part of the file that is not understood")
    if program.stands_again(number.range) or program.count_beside(number.range, number.subject) > 1:
        raise RefusalError("another number in the statement would have to change with it")
    known = known_constant(program, number.name, text, number.range)
    declaration = None if known else new_constant(program, number.name, text, number.range)
    if not known and declaration is None:
        is_taken = program.has_name(number.name)
        raise RefusalError(
            f"`{number.name}` stands for something else in this file"
            if is_taken
            else "the file has no place for a constant of that name"
        )
    place = without_parentheses(program, number.range)
    edits = (*((declaration,) if declaration is not None else ()), Edit(place, known or number.name))
    title = f"Use the constant {known}" if known else f"Make it the constant {number.name}"
    is_safe = bool(known) or (number.is_telling and not _is_one_of_several(number, program))
    return (Fix(title, edits, Applicability.SAFE if is_safe else Applicability.UNSAFE),)


def _is_one_of_several(number: Number, program: Program) -> bool:
    """Whether a number may belong together with another one, which would keep no name: it stands again in its function,
    or is a length, and the text is cut to another one behind it."""
    frames = program.frames(number.range)
    inside = next((frame.function for frame in frames if frame.function is not None), None)
    if inside is not None and program.has_number(inside.range, number.range):
        return True
    around = frames[-1].statement.range if frames else number.range
    text = program.source.content[number.range.end : min(around.end, number.range.end + _CUT_WITHIN)]
    return number.quantity is Quantity.LENGTH and _CUT.search(text) is not None


def _is_plain(number: Number) -> bool:
    """Whether a number means what it is, where it stands."""
    value, quantity = number.value, number.quantity
    if quantity in _ALWAYS_PLAIN or (quantity is Quantity.PERCENT and value == _WHOLE) or 0 < abs(value) < _TOLERANCE:
        return True
    if abs(value) in _LARGEST or value == _LEAST:
        return True
    match number.role:
        case NumberRole.ARITHMETIC | NumberRole.STEP:
            return _is_plain_operand(number)
        case NumberRole.RESULT:
            return quantity is Quantity.PIXELS
        case NumberRole.ARGUMENT:
            is_clamped = number.is_converted or value in _CLAMPED or (quantity is Quantity.TIME and number.is_unit)
            return quantity is Quantity.STATUS or (bool(number.operator) and is_clamped)
        case NumberRole.REPETITION if quantity is Quantity.POSITION and not number.is_converted:
            return value <= _SHORT_LOOP or value in _OF_TIME or value in _OF_BITS
    return _is_plain_bound(number)


def _is_plain_bound(number: Number) -> bool:
    value, quantity = number.value, number.quantity
    if number.is_converted:
        return True
    if quantity in _LENGTHS:
        return number.operator in _EQUALITY or value <= _LENGTHS[quantity]
    if value in _OF_BYTES:
        return True
    if number.operator in _EQUALITY and quantity is Quantity.PERCENT and value in _QUARTERS:
        return True
    is_plain = value in range(_MOST_COUNTED) or value in _FRACTIONS or value == _WHOLE
    if number.operator in _EQUALITY and is_plain and quantity not in _CODES:
        return True
    match quantity:
        case Quantity.STATUS if number.operator not in _EQUALITY:
            return True
        case Quantity.STATUS | Quantity.CODE if value in _HTTP:
            return number.operator not in _EQUALITY or quantity is Quantity.STATUS
        case Quantity.POSITION:
            return True
        case Quantity.TIME_UNIT:
            return value in _OF_TIME
    return False


def _is_plain_operand(number: Number) -> bool:
    value, quantity = abs(number.value), number.quantity
    if quantity is Quantity.PIXELS or (value <= _SMALL and value == int(value)):
        return True
    if number.operator in _FACTORS:
        return number.is_unit
    if quantity in _WITH_OFFSETS:
        return value <= _OFFSET or (number.role is NumberRole.STEP and quantity is Quantity.POSITION)
    if quantity is not Quantity.TIME and value == int(value) and value <= _SMALL_OFFSET:
        return True  # a few more or less: mostly what a format or an order makes it
    return value in _UNIT_OFFSETS or (quantity is Quantity.TIME_UNIT and value in _OF_TIME)
