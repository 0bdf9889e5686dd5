"""What the parts of the analysis share while they walk one file."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import field
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.json.places import place_of
from persistlint.analysis.json.values import Document, Thing
from persistlint.ir import Name
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.json.places import Place
    from persistlint.analysis.json.shapes import Shapes
    from persistlint.analysis.json.tables import Entry, Owner, Table
    from persistlint.analysis.json.values import Value
    from persistlint.analysis.names import Names
    from persistlint.facts import JsonAccess, JsonAssertion, JsonHop, JsonOrigin, JsonParse, JsonShape
    from persistlint.ir import Call, Expression, Function
    from persistlint.source import Range, SourceFile

_VALIDATES = regex(r"valid|schema|expect|accepts|use_args|use_kwargs|arguments", re.IGNORECASE)
_ASKS_FOR_KEYS = regex(rb"\bfor (\w+), \w+ in [\w.]+\.items\(\):\s*if \1 in \w")
_HOLDS_FUNCTION = regex(rb"[\"'](\w+)[\"']:\s*(\w+)\s*[,}]")
_BEFORE_REQUESTS = regex(r"\.before_(?:app_)?request\b")
ANY_ERROR = "*"  # among the names of what a handler catches: everything


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps into a value, as far as they were walked; `range` is all of it. `is_asserted` where one of them is
    reported as an assertion, `ends_optional` where the last step is `?.`, which the step behind it goes with."""

    range: Range
    root: Expression
    origin: JsonOrigin
    hops: tuple[JsonHop, ...] = ()
    ends_optional: bool = False
    is_asserted: bool = False


_LONGEST_QUERY = 1_000  # bytes
_MOST_ASKED = 50  # queries that are remembered
_INSERTS = regex(r"\s*INSERT\s+(?:IGNORE\s+)?INTO\s+[\"'`\[]?(?:\w+\.)?(\w+)", re.IGNORECASE)


@dataclass
class Run:
    """One file. `values` and `chains` go by the identity of the expression; what is found goes by its range, so that a
    part that is walked twice is found once."""

    source: SourceFile
    language: str
    names: Names
    table: Table
    shapes: Shapes
    decoded_by: frozenset[str]  # functions of the project that return decoded JSON
    values: dict[int, Value] = field(default_factory=dict)
    chains: dict[int, Chain] = field(default_factory=dict)
    called: set[int] = field(default_factory=set)  # expressions that are the function of a call
    functions: list[Function] = field(default_factory=list)
    guards: list[frozenset[str]] = field(default_factory=list)
    returned: dict[int, Value | None] = field(default_factory=dict)
    checked_assertions: set[int] = field(default_factory=set)
    accesses: dict[Range, JsonAccess] = field(default_factory=dict)
    parses: dict[Range, JsonParse] = field(default_factory=dict)
    outermost: list[int] = field(default_factory=list)  # where the functions begin that stand in no other
    loops: list[Range] = field(default_factory=list)  # what is done for one element after the other
    assertions: dict[Range, JsonAssertion] = field(default_factory=dict)
    sent: set[Range] = field(default_factory=set)  # requests over HTTP
    requests: dict[Range, list[Range]] = field(default_factory=dict)  # the calls that decode the response of a request
    read: set[tuple[int, Place]] = field(default_factory=set)  # keys that a function takes for granted
    key_sets: dict[str, Place | None] = field(default_factory=dict)  # what the keys in a variable are keys of
    tests: dict[str, Expression | None] = field(default_factory=dict)  # what a variable says of something else
    lengths: dict[str, Place | None] = field(default_factory=dict)  # what a variable may be the length of
    counts: dict[str, Expression | None] = field(default_factory=dict)  # whose elements a variable is the number of
    missing: dict[tuple[int, Place], Range] = field(default_factory=dict)  # where a function first misses a part
    answered: set[Range] = field(default_factory=set)  # requests whose status somebody looks at
    counted: set[str] = field(default_factory=set)  # the queries whose rows are counted, by their texts
    asked: dict[tuple[int, str], tuple[Range, bool]] = field(default_factory=dict)  # queries of a function, by text
    shaped: dict[Range, tuple[Place | None, JsonShape]] = field(default_factory=dict)
    validated: set[Place] = field(default_factory=set)
    is_decoded_before: bool = False  # a hook decodes every body, and says what one means that is no JSON

    @cached_property
    def dispatched(self) -> dict[str, list[str]]:
        """The keys under which a mapping holds functions that are called where an object has that key, by their names:
        `for key, apply in FILTERS.items(): if key in params: …`."""
        found: dict[str, list[str]] = {}
        if self.language == "python" and _ASKS_FOR_KEYS.search(self.source.content):
            for match in _HOLDS_FUNCTION.finditer(self.source.content):
                found.setdefault(match[2].decode(), []).append(match[1].decode("utf-8", "replace"))
        return found

    @property
    def is_script(self) -> bool:
        """Whether the language is JavaScript or TypeScript."""
        return self.language in ("javascript", "typescript")

    def is_global(self, name: str) -> bool:
        """Whether a name means something where no variable has it."""
        return name in self.table.globals or name in self.names.imports

    def value(self, expression: Expression) -> Value | None:
        """The value of an expression that was walked."""
        return self.values.get(id(expression))

    def document(self, expression: Expression) -> Document | None:
        """The value of an expression, where it is decoded JSON."""
        value = self.values.get(id(expression))
        return value if isinstance(value, Document) else None

    def is_call(self, expression: Expression) -> bool:
        """Whether an expression is no variable or part of one, but what a call gives."""
        place = place_of(expression)
        return place is None or place[-1].endswith("()")

    def member(self, name: str, owner: Owner, count: int | None = None) -> Entry | None:
        """What the tables say of a member of an object, which is called with so many arguments, or not at all."""
        return self.table.member(name, owner, self.names.modules, self._text, count)

    @cached_property
    def _text(self) -> str:
        return self.source.content.decode("utf-8", "replace")

    @property
    def is_validated(self) -> bool:
        """Whether a decorator of the function here checks what it is asked with, before it runs."""
        return self._is_decorated(_VALIDATES)

    @property
    def is_before_requests(self) -> bool:
        """Whether the function here runs before those that answer requests, as `before_request` of Flask has it."""
        return self._is_decorated(_BEFORE_REQUESTS)

    def _is_decorated(self, pattern: re.Pattern[str]) -> bool:
        decorators = self.functions[-1].decorators if self.functions else ()
        return any(pattern.search(self.source.text(decorator.range)) for decorator in decorators)

    def siblings(self, expression: Expression) -> frozenset[str] | None:
        """The parameters beside a variable that is a parameter; None for anything else."""
        if not isinstance(expression, Name):
            return None
        for function in reversed(self.functions):
            names = {parameter.name for parameter in function.parameters}
            if expression.id in names:
                return frozenset(names - {expression.id})
        return None

    def within(self, place: Range) -> int:
        """Which function that stands in no other one holds a place, 0 for none: a number."""
        return bisect_right(self.outermost, place.start)

    def catches(self, *errors: str) -> bool:
        """Whether a handler around the current place catches one of these errors."""
        return any(ANY_ERROR in guard or not guard.isdisjoint(errors) for guard in self.guards)

    def decoding(self, call: Call, response: Range) -> None:
        """Note that a call decodes the response of a request."""
        found = self.requests.setdefault(response, [])
        if call.range not in found:
            found.append(call.range)

    def look_at(self, value: Value | None) -> None:
        """Note that something looks at the status of a response, or can: it is handed on."""
        if isinstance(value, Thing) and value.kind == "response":
            self.answered.add(value.range)

    def look_into(self, document: Document) -> None:
        """Note that something looks at the shape of decoded JSON: what a failed request gives does not pass for it."""
        self.answered.update(request for request, decoded in self.requests.items() if document.root in decoded)

    def count_rows(self, query: Expression) -> None:
        """Note that the rows of a query are counted, which is known again by its text where that is short."""
        if _is_short(query):
            self.counted.add(self.text(query))

    def is_counted(self, query: Expression) -> bool:
        """Whether the rows of such a query were counted before."""
        return bool(self.counted) and _is_short(query) and self.text(query) in self.counted

    def ask_again(self, query: Expression, content: str) -> bool:
        """Note that SQL is sent; gives whether a query asks for what its function asked for before in the same words,
        and has put in since: `if (!rows.length) { await insert(); rows = await select(); }`."""
        place = self.functions[-1].range.start if self.functions else -1
        if len(self.asked) >= _MOST_ASKED or any(key[0] != place for key in self.asked):
            self.asked.clear()
        if (table := _INSERTS.match(content)) is not None:
            for key, (range, _) in self.asked.items():
                if re.search(rf"\b{table[1]}\b", key[1]):
                    self.asked[key] = range, True
            return False
        if not _is_short(query):
            return False
        before, is_made = self.asked.setdefault((place, self.text(query)), (query.range, False))
        return is_made and before != query.range

    def text(self, expression: Expression) -> str:
        """The source text of an expression, on one line."""
        return " ".join(self.source.text(expression.range).split())


def _is_short(query: Expression) -> bool:
    return query.range.end - query.range.start <= _LONGEST_QUERY
