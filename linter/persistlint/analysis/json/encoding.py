"""What JSON cannot hold: values that make an encoder fail, or that come out as something else."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.flow import Domain, Flow
from persistlint.analysis.json.places import Place, place_of
from persistlint.analysis.names import Names, last_name
from persistlint.facts import JsonEncode
from persistlint.ir import (
    Attribute,
    Binary,
    Call,
    Collection,
    Comprehension,
    Conditional,
    Expression,
    Function,
    Import,
    Mapping,
    Module,
    Name,
    Number,
    Sequence,
    Spread,
    Statement,
    String,
    Subscript,
    TypeAssertion,
    Unary,
    Unknown,
)
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.languages import Syntax
    from persistlint.source import Range, SourceFile

# What makes a value of which kind, by qualified name, and what becomes of it where that is no error.
_MADE: dict[str, dict[str, tuple[str, str]]] = {
    "python": {
        **dict.fromkeys(
            (
                "datetime.datetime.now",
                "datetime.datetime.utcnow",
                "datetime.datetime.today",
                "datetime.datetime.fromtimestamp",
                "datetime.datetime.strptime",
                "datetime.datetime.fromisoformat",
                "datetime.datetime",
                "datetime.datetime.combine",
                "django.utils.timezone.now",
            ),
            ("a datetime", ""),
        ),
        **dict.fromkeys(("datetime.date.today", "datetime.date", "datetime.date.fromisoformat"), ("a date", "")),
        "datetime.timedelta": ("a timedelta", ""),
        "decimal.Decimal": ("a Decimal", ""),
        **dict.fromkeys(("uuid.uuid1", "uuid.uuid3", "uuid.uuid4", "uuid.uuid5", "uuid.UUID"), ("a UUID", "")),
        **dict.fromkeys(("set", "frozenset"), ("a set", "")),
        **dict.fromkeys(("bytes", "bytearray"), ("bytes", "")),
        "pathlib.Path": ("a Path", ""),
        **dict.fromkeys(("math.nan", "math.inf", "numpy.nan", "numpy.inf"), ("NaN", "NaN")),
    },
    "javascript": {
        "BigInt": ("a BigInt", ""),
        "new Map": ("a Map", "{}"),
        "new Set": ("a Set", "{}"),
        "new WeakMap": ("a WeakMap", "{}"),
        "new Error": ("an Error", "{}"),
        "new TypeError": ("an Error", "{}"),
        "new RegExp": ("a RegExp", "{}"),
    },
}
_TYPES = {  # declared types
    "bigint": ("a BigInt", ""),
    "Map": ("a Map", "{}"),
    "Set": ("a Set", "{}"),
    "Error": ("an Error", "{}"),  # of JavaScript; in Python a class of that name is somebody's own
    "datetime": ("a datetime", ""),
    "datetime.datetime": ("a datetime", ""),
    "date": ("a date", ""),
    "Decimal": ("a Decimal", ""),
    "UUID": ("a UUID", ""),
    "uuid.UUID": ("a UUID", ""),
    "bytes": ("bytes", ""),
    "set": ("a set", ""),
    "Set[str]": ("a set", ""),
}
_BYTES = regex(rb"(?i)(?:b|br|rb)[\"']")
_CIRCULAR = frozenset(["window", "document", "globalThis"])
_EXCHANGE = regex(r"req(?:uest)?|res(?:ponse)?")  # the parameters of a handler of HTTP requests
_ENCODERS = {"python": ("json.dumps", "json.dump"), "javascript": ("JSON.stringify",)}
_TAKES_CARE = {"default", "cls", "allow_nan", "skipkeys"}  # keyword arguments that say what is to be done
_MOST_ENTRIES = 200


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a value that JSON cannot hold."""

    range: Range
    kind: str
    becomes: str


@dataclass
class _Held:
    """The variables that hold such a value, or one with such a part; None for any other value."""

    parts: dict[Place, _Part | None] = field(default_factory=dict)


def facts(syntax: Syntax, module: Module, is_wanted: Callable[[Function], bool]) -> Iterator[JsonEncode]:
    """The calls of a file that encode what JSON cannot hold."""
    folder = languages()[syntax.source.language].libraries
    encoders = {name.rpartition(".")[2] for name in _ENCODERS.get(folder, ())}
    if not any(name in encoders for name, _ in syntax.calls):
        return
    domain = _Encoding(syntax.source, folder, is_wanted)
    Flow(domain, _Held(), leaves_switch=folder != "python").block(module.body)
    yield from domain.found.values()


class _Encoding(Domain[_Held]):
    def __init__(self, source: SourceFile, folder: str, is_wanted: Callable[[Function], bool]) -> None:
        self.source = source
        self.folder = folder
        self._is_wanted = is_wanted
        self.names = Names(catalogue(folder), folder)
        self.values: dict[int, _Part] = {}
        self.exchanges: set[str] = set()  # a request and its response, which refer to each other
        self.own: set[str] = set()  # names of its own that the file gives to something
        self.found: dict[Range, JsonEncode] = {}

    def copy(self, state: _Held) -> _Held:
        return _Held(dict(state.parts))

    def merge(self, left: _Held, right: _Held) -> _Held:
        left.parts = {place: part for place, part in left.parts.items() if right.parts.get(place) == part}
        return left

    def before(self, statement: Statement, state: _Held) -> None:
        if isinstance(statement, Import):
            self.names.add(statement)

    def is_wanted(self, function: Function) -> bool:
        return self._is_wanted(function)

    def enter_function(self, function: Function, state: _Held) -> _Held | None:
        inside = self.copy(state)
        self.own.update(parameter.name for parameter in function.parameters)
        handled = {parameter.name for parameter in function.parameters if _EXCHANGE.fullmatch(parameter.name)}
        self.exchanges = handled if len(handled) > 1 else set()
        for parameter in function.parameters:
            base = re.split(r"[<\[]", parameter.annotation.strip(), maxsplit=1)[0]
            kind = _TYPES.get(base)
            if kind is not None and not (base == "Error" and self.folder == "python"):
                inside.parts[(parameter.name,)] = _Part(parameter.range, *kind)
            else:
                inside.parts.pop((parameter.name,), None)
        return inside

    def bind(self, target: Expression, value: Expression | None, state: _Held, operator: str = "=") -> None:
        place = place_of(target)
        if place is None:
            return
        if isinstance(target, Name):
            self.own.add(target.id)
        part = self.values.get(id(value)) if value is not None else None
        if operator == "=" and (part is not None or place in state.parts):
            state.parts[place] = part
        if isinstance(target, Subscript) and part is not None:
            state.parts[(place[0],)] = part  # `record["at"] = datetime.now()`

    def visit(self, expression: Expression, state: _Held) -> None:
        part = self._part(expression, state)
        if part is not None:
            self.values[id(expression)] = part
        else:
            self.values.pop(id(expression), None)
        if isinstance(expression, Call):
            self._encode(expression, state)

    def _encode(self, call: Call, state: _Held) -> None:
        name = self._qualified(call.function)
        if name not in _ENCODERS.get(self.folder, ()) or not call.arguments:
            return
        if self.folder == "javascript" and len(call.arguments) > 1 and not _is_nothing(call.arguments[1].value):
            return  # a replacer
        if any(argument.keyword in _TAKES_CARE or argument.spread for argument in call.arguments):
            return
        argument = call.arguments[0].value
        part = self.values.get(id(argument))
        is_name = part is None and self.folder == "javascript" and isinstance(argument, Name)
        if is_name and self.source.text(argument.range) in self.exchanges | (_CIRCULAR - self.own):
            part = _Part(argument.range, "an object that refers to itself", "")
        if part is not None:
            function = self.source.text(call.function.range)
            self.found.setdefault(call.range, JsonEncode(call.range, function, part.range, part.kind, part.becomes))

    def _qualified(self, function: Expression) -> str | None:
        if (name := self.names.qualified(function)) is not None:
            return name
        return self.source.text(function.range) if isinstance(function, Name | Attribute) else None

    def _part(self, node: Expression, state: _Held) -> _Part | None:
        """The part of a value that JSON cannot hold, None where there is none."""
        match node:
            case Name() | Attribute():
                if isinstance(node, Attribute) and (made := self._made(self.names.qualified(node), node)) is not None:
                    return made
                place = place_of(node)
                return state.parts.get(place) if place is not None else None
            case Number(text=text) if self.folder == "javascript" and text.endswith("n"):
                return _Part(node.range, "a BigInt", "")
            case Unknown(operands=()) if self.folder == "python":
                is_bytes = _BYTES.match(self.source.content, node.range.start) is not None
                return _Part(node.range, "bytes", "") if is_bytes else None
            case Call(function=function):
                return self._called(node, function)
            case Collection(kind=Sequence.SET) | Comprehension(kind=Sequence.SET):
                return _Part(node.range, "a set", "")
            case Collection(elements=elements):
                values = (None if isinstance(element, Spread) else element for element in elements[:_MOST_ENTRIES])
                return next((part for value in values if (part := self.values.get(id(value))) is not None), None)
            case Mapping(entries=entries):
                found = (self.values.get(id(entry.value)) for entry in entries[:_MOST_ENTRIES] if entry.key is not None)
                return next((part for part in found if part is not None), None)
            case Conditional(then=then, otherwise=otherwise):
                return self.values.get(id(then)) or self.values.get(id(otherwise))
            case Binary(operator="+" | "-" | "*" | "/" | "**" | "%", left=left, right=right):
                sides = (self.values.get(id(side)) for side in (left, right))
                return next((side for side in sides if side is not None and side.kind in _STAYS), None)
            case TypeAssertion(value=value) | Unary(operator="-", operand=value):
                return self.values.get(id(value))
        return None

    def _called(self, node: Call, function: Expression) -> _Part | None:
        if self.folder == "javascript":
            name = (
                f"new {last_name(function)}" if node.new and isinstance(function, Name) else self._qualified(function)
            )
        else:
            name = self._qualified(function)
            if name == "float" and node.arguments and isinstance(text := node.arguments[0].value, String):
                is_number = text.value.strip("+-").lower() not in ("nan", "inf", "infinity")
                return None if is_number else _Part(node.range, "NaN", "NaN")
        return self._made(name, node)

    def _made(self, name: str | None, node: Expression) -> _Part | None:
        made = _MADE.get(self.folder, {}).get(name or "")
        return _Part(node.range, *made) if made is not None else None


_STAYS = frozenset(["a BigInt", "a Decimal"])  # kinds of numbers that a calculation does not change


def _is_nothing(node: Expression) -> bool:
    return getattr(node, "value", "") is None
