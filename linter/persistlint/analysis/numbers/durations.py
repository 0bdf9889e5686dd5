"""From what waits to facts: durations whose unit nothing tells, or that are in another unit than is taken."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.numbers.comments import Comments
from persistlint.analysis.numbers.constants import Constants
from persistlint.analysis.numbers.vocabulary import words
from persistlint.analysis.scopes import Scope, holds, scopes
from persistlint.facts import Duration
from persistlint.ir import (
    Assign,
    Attribute,
    Binary,
    Call,
    ClassDefinition,
    Expression,
    Mapping,
    Name,
    String,
    Unary,
    expressions,
    walk,
)
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.ir import Module
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

_TABLES: dict[str, Any] = read_table(Path(__file__).with_name("durations.toml"))
_UNITS: dict[str, str] = {word: unit for unit, text in _TABLES["units"].items() for word in text.split()}
_NAMED = {"typescript": "javascript"}  # languages that have no table of their own
# What Go multiplies a duration by, and the structs that take one.
_IN_GO = regex(
    rb"\btime\.(?:(?:Nano|Micro|Milli)?second|Second|Minute|Hour)\b|"
    + "|".join(map(re.escape, _TABLES["go"]["fields"])).encode()
)
# A field of a struct that is a duration, and what is given to a field as a plain number.
_FIELD_OF_GO = regex(rb"^[ \t]*((?:\w+,[ \t]*)*\w+)[ \t]+time\.Duration\b", re.MULTILINE)
_GIVEN_IN_GO = regex(rb"\b(\w+):[ \t]*[\d(]")
# A field that is multiplied where it is used holds how many of the unit there are, whatever its type says.
_SCALED_IN_GO = r"\.{0}\b\)*\s*\*|\*\s*(?:time\.Duration\()?[\w.]+\.{0}\b"


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Duration]:
    """The durations of a file whose unit is doubtful."""
    candidates = _candidates(syntax)
    if not candidates:
        return
    module = syntax.lower()
    reader = _Reader(syntax, module)
    starts = sorted(candidate.start for candidate in candidates)
    for scope in scopes(module, candidates):
        reader.enter(scope)
        for statement in scope.statements:
            for expression in expressions(statement) if holds(starts, statement.range) else ():
                for node in walk(expression):
                    yield from reader.durations(node)


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have a duration."""
    if source.language == "go" and (_IN_GO.search(source.content) or _FIELD_OF_GO.search(source.content)):
        return True
    return not source.words.isdisjoint(name.encode() for name in _takers(source.language))


@cache
def _takers(language: str) -> frozenset[str]:
    """The last names of what takes a duration."""
    language = _NAMED.get(language, language)
    takers = [name.rpartition(".")[2] for name in _TABLES[language]["functions"]]
    return frozenset([*takers, "timedelta"] if language == "python" else takers)


def _candidates(syntax: Syntax) -> list[Range]:
    """Whatever takes a duration, by its name."""
    language = syntax.source.language
    takers = _takers(language)
    found = [range for name, range in syntax.calls if name in takers]
    if language != "go":
        return found
    content = syntax.source.content
    own = {name.strip() for match in _FIELD_OF_GO.finditer(content) for name in match[1].split(b",")}
    given = (match for match in _GIVEN_IN_GO.finditer(content) if match[1] in own) if own else ()
    return found + [Range(*match.span()) for match in (*_IN_GO.finditer(content), *given)]


_NO_UNIT = frozenset(["per", "every", "each"])  # `itemsPerSecond` is none, and `EVERY_MINUTES` is that long
_NUMBERS = frozenset(
    ["half", "a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "ten", "fifteen", "thirty"]
)


_DATES = frozenset([("date",), ("day",), ("today",), ("tomorrow",), ("yesterday",)])


class _Reader:
    """Reads the expressions of one file."""

    def __init__(self, syntax: Syntax, module: Module) -> None:
        self.language = _NAMED.get(syntax.source.language, syntax.source.language)
        self.source = syntax.source
        self.constants = Constants()
        self.comments = Comments(syntax)
        self.shared: set[str] = set()  # variables of the file
        self.timed: set[str] = set()
        self.scaled: set[int] = set()  # products that are multiplied once more
        self.dated: set[int] = set()  # distances from a date, which are in days
        table = _TABLES[self.language]
        self.unit: str = table["unit"]
        self.functions: dict[str, int] = table["functions"]
        self.fields = {type: text.split() for type, text in table.get("fields", {}).items()}
        if self.language == "go":
            self.fields |= {
                each.name: fields
                for each in module.body
                if isinstance(each, ClassDefinition) and (fields := self._own_fields(each))
            }
        self.plain = {
            statement.target.id
            for statement in module.body
            if isinstance(statement, Assign) and statement.constant and isinstance(statement.target, Name)
            if statement.value is not None and self.constants.value(statement.value) is not None
        }

    def _own_fields(self, definition: ClassDefinition) -> list[str]:
        """The fields of a struct of the file that are durations by their type, and not numbers by their use."""
        names = [name for name, annotation in definition.fields if annotation == "time.Duration"]
        text = self.source.content.decode("utf-8", "replace") if names else ""
        return [name for name in names if not re.search(_SCALED_IN_GO.format(re.escape(name)), text)]

    def enter(self, scope: Scope) -> None:
        """Learn which variables of a scope of Go hold durations, whatever unit their names say."""
        own = {
            statement.target.id
            for statement in scope.statements
            if isinstance(statement, Assign) and isinstance(statement.target, Name) and self.language == "go"
            if isinstance(statement.value, Binary) and statement.value.operator == "*"
            if _unit_constant(statement.value.left) or _unit_constant(statement.value.right)
        }
        if not scope.functions:
            self.shared = own
        self.timed = own | (self.timed if len(scope.functions) > 1 else self.shared)

    def durations(self, node: Expression) -> Iterator[Duration]:
        """The durations that an expression gives to somebody."""
        match node:
            case Call(function=function, arguments=arguments):
                name = path_of(function) or ""
                if name == "time.Duration" and self.language == "go":
                    return
                if self.language == "python" and last_name(function) == "timedelta" and id(node) not in self.dated:
                    yield from self._timedelta(node)
                position = self.functions.get(name, self.functions.get(last_name(function), -1))
                if 0 <= position < len(arguments) and arguments[position].keyword is None:
                    yield from self._given(arguments[position].value, self.source.text(function.range), self.unit)
            case Mapping(type=type, entries=entries) if type in self.fields:
                for entry in entries:
                    if isinstance(entry.key, String) and entry.key.value in self.fields[type]:
                        yield from self._given(entry.value, entry.key.value, self.unit)
            case Binary(operator="+" | "-", left=left, right=Call() as distance) if _is_date(left):
                self.dated.add(id(distance))
            case Binary(operator="*", left=Binary(operator="*") as inner, right=right) if self._is_plain(right):
                self.scaled.add(id(inner))  # `days * time.Hour * 24`
            case Binary(operator="*", left=left, right=right) if self.language == "go" and id(node) not in self.scaled:
                for value, unit in ((left, right), (right, left)):
                    if taken := _unit_constant(unit):
                        yield from self._given(value, self.source.text(unit.range), taken, is_bare=False)

    def _given(self, value: Expression, taker: str, taken: str, is_bare: bool = True) -> Iterator[Duration]:
        inner = _converted(value)
        unit = "" if is_bare and isinstance(inner, Name) and inner.id in self.timed else _unit_of(inner)
        if unit and unit != taken:
            yield Duration(inner.range, taker, unit, taken)
        elif is_bare and self.language == "go" and self._is_plain(inner):
            yield Duration(inner.range, taker, "", taken)

    def _is_plain(self, value: Expression) -> bool:
        """Whether a value is a number without a unit, other than zero."""
        number = self.constants.value(value)
        return (number is not None and number > 0) or (isinstance(value, Name) and value.id in self.plain)

    def _timedelta(self, call: Call) -> Iterator[Duration]:
        """`timedelta(30)`: the first argument is a number of days, the second of seconds."""
        for argument, unit in zip(call.arguments, ("days", "seconds"), strict=False):
            if argument.keyword is None and self.constants.value(argument.value):
                if self.comments.explains(argument.value.range):
                    return
                yield Duration(argument.value.range, "timedelta", "", unit)
                return


def _is_date(value: Expression) -> bool:
    """Whether a value is a date by its name or by the function that gives it: `start_date`, `now.date()`."""
    named = value.function if isinstance(value, Call) else value
    name = words(last_name(named)) if isinstance(named, Name | Attribute) else ()
    return name[-1:] in _DATES


def _converted(value: Expression) -> Expression:
    """What is converted to a duration: `x` of `time.Duration(x)`."""
    match value:
        case Call(function=Attribute(value=Name(id="time"), name="Duration"), arguments=(argument,)):
            return argument.value
        case Unary(operator="+", operand=operand):
            return operand
    return value


def _unit_of(value: Expression) -> str:
    """The unit that the name of a variable says; "" for a unit itself (`SECONDS`) and anything else."""
    name = words(last_name(value)) if isinstance(value, Name | Attribute) else ()
    if len(name) > 1 and (name[-2].isdigit() or name[-2] in _NUMBERS):
        return ""  # `twoMinutes` is that long, in whatever unit
    if "".join(name[-2:]) in _UNITS:
        return _UNITS["".join(name[-2:])]  # `durMicroSeconds`
    return (
        _UNITS.get(name[-1], "")
        if name and _NO_UNIT.isdisjoint(name) and (len(name) > 1 or last_name(value).islower())
        else ""
    )


def _unit_constant(value: Expression) -> str:
    """The unit that a constant of Go's package `time` is."""
    match value:
        case Attribute(value=Name(id="time"), name=name):
            unit = f"{name.lower()}s"
            return unit if unit in _TABLES["units"] else ""
    return ""
