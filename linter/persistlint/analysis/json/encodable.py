"""Which values of Go encoding to JSON cannot fail on, by their types as far as the file tells, as errchkjson has it."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.json.places import Place, place_of
from persistlint.ir import (
    Attribute,
    Call,
    ClassDefinition,
    Collection,
    Constant,
    Expression,
    Mapping,
    Name,
    Number,
    String,
    Template,
    Unary,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable

_SAFE = regex(
    r"\*?(?:bool|string|u?int(?:8|16|32|64)?|byte|rune|time\.(?:Time|Duration)|uuid\.UUID|error|http\.Header|url\.Values)"
)
_OF_ANY = regex(r"(?:map\[string\]|\[\])+(?:any|interface ?\{\})")
_TEXTS = frozenset(["String", "Error", "Encode", "Sprintf", "Sprint", "Itoa", "Join"])  # what gives text
_FIELD = regex(r"[{\n;]\s*(\w+)\s+([^`\n;}]+)")
# Types that are declared elsewhere: none of those that every program has and that can hold what JSON cannot.
_DECLARED_ELSEWHERE = regex(
    r"(?!json\.)\w+\.[A-Z]\w*|(?!(?:any|interface|func|chan|float\d+|complex\d+)\b)[A-Za-z_]\w*"
)
_DEEPEST = 20  # literals inside one another
_MOST_TYPES = 100  # that are looked into for one value


@dataclass
class Encodable:
    """The types of one file, and those of its variables; both by name or place. `made` are the maps that variables
    hold, as they are written."""

    classes: dict[str, ClassDefinition]
    types: dict[Place, str] = field(default_factory=dict)
    made: dict[Place, Mapping | Collection] = field(default_factory=dict)

    def is_safe(self, value: Expression, *, unknown: bool, depth: int = 0) -> bool:
        """Whether a value is of a type that encoding cannot fail on; `unknown` where the file does not tell."""
        match value:
            case Constant():
                return True
            case Mapping(type=type, entries=entries) if _holds_any(type, depth):
                return all(self.is_safe(entry.value, unknown=unknown, depth=depth + 1) for entry in entries)
            case Collection(type=type, elements=elements) if _holds_any(type, depth):
                return all(self.is_safe(element, unknown=unknown, depth=depth + 1) for element in elements)
        type = type_of(value)
        place = place_of(value)
        if place in self.made and depth < _DEEPEST:
            return self.is_safe(self.made[place], unknown=unknown, depth=depth + 1)
        if not type and place is not None:
            type = self.types.get(place, "")
        return self._is_safe_type(type, set(), unknown=unknown)

    def _is_safe_type(self, type: str, seen: set[str], *, unknown: bool) -> bool:
        """The same for a type, given what `seen` types turn out to be."""
        type = type.strip().lstrip("*&")
        if len(seen) > _MOST_TYPES:
            return False
        if not type or type in seen:
            return bool(type) or unknown
        seen.add(type)
        if _SAFE.fullmatch(type):
            return True
        if type.startswith("struct"):
            return self._are_safe(_FIELD.findall(type), seen, unknown=unknown)
        if match := re.match(r"(?:\[\d*\]|map\[[\w.]+\])", type):
            return self._is_safe_type(type[match.end() :], seen, unknown=unknown)
        definition = self.classes.get(type)
        if definition is None:
            return unknown and _DECLARED_ELSEWHERE.fullmatch(type) is not None
        if definition.fields:
            return self._are_safe(definition.fields, seen, unknown=unknown)
        return len(definition.bases) == 1 and self._is_safe_type(definition.bases[0], seen, unknown=unknown)

    def _are_safe(self, fields: Iterable[tuple[str, str]], seen: set[str], *, unknown: bool) -> bool:
        """The same for the fields of a struct, those that are encoded."""
        return all(self._is_safe_type(type, seen, unknown=unknown) for name, type in fields if name[:1].isupper())


def type_of(value: Expression) -> str:
    """The type of a value that says it."""
    match value:
        case Unary(operator="&", operand=operand):
            return type_of(operand)
        case Mapping(type=type) | Collection(type=type):
            return type
        case String() | Template() | Call(function=Name(id="string")):
            return "string"
        case Number():
            return "int"
        case Call(function=Attribute(name=name)) if name in _TEXTS:
            return "string"
        case Call(function=Name(id="make" | "new"), arguments=(argument, *_)) if isinstance(argument.value, Name):
            return argument.value.id
    return ""


def _holds_any(type: str, depth: int) -> bool:
    """Whether a literal of this type holds what its elements are; one within another may leave its type out."""
    return depth < _DEEPEST and (_OF_ANY.fullmatch(type) is not None or (not type and depth > 0))
