"""What goes into the calls of a file that send SQL, as the interpreter meets them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import sql_arguments
from persistlint.analysis.interpretation.guesses import Guess, begins_as_sql, guess, is_of_database, mark, may_send
from persistlint.analysis.interpretation.pieces import Piece, linearise, size
from persistlint.analysis.interpretation.resolving import Resolved, of_other_libraries
from persistlint.analysis.interpretation.values import (
    Atom,
    Class,
    Closure,
    Entries,
    Imported,
    Instance,
    Items,
    Sql,
    Text,
    Value,
    choice,
    options_of,
    origin_of,
    pieces_of,
)
from persistlint.analysis.names import Names, last_name
from persistlint.analysis.queries import raw_placeholders
from persistlint.analysis.queries.placeholders import takes_values
from persistlint.analysis.queries.statements import tail
from persistlint.facts import Origin, Tail
from persistlint.ir import Attribute, Call, Expression
from persistlint.libraries import Library, Operation
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.recognise import reads_as_fragment, reads_as_sql

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.arguments import Actual
    from persistlint.analysis.interpretation.resolving import Met
    from persistlint.source import Range, SourceFile

_SAYS_SQL = regex(
    r"(?:.*[._]|^)?(?:sql|query|queries|stmt|statement|ddl|dml)(?:_?(?:text|str|string|template|tpl|base))?\d*$", re.I
)
_OF_SQL = regex(r"(?:^|_)(?:sql|query|statement)(?:_|$)", re.I)
_CAMEL = regex(r"(?<=[a-z0-9])(?=[A-Z])")
_LIBRARY_MARK = regex(r"(\$\w+|\$[({<\[/]\w+[)}>\]/]):(?:name|raw|value|alias|csv|list|json)")  # pg-promise
_SHORT = 40  # pieces of a text that is always looked at
_PIECES, _BYTES = 20_000, 8  # of longer ones together so many pieces are looked at, and one more for so many bytes
_TEXT_KEYS = ("text", "sql", "query", "statement", "sqlText")


@dataclass(frozen=True)
class Sent:
    """One call that sends SQL, before the holes are looked at."""

    node: Call
    argument: Range
    operation: Operation
    library: Library | None
    method: str
    handle: str
    pieces: tuple[Piece, ...]
    is_fragment: bool
    has_parameters: bool
    tail: Tail
    driver: Library | None = None  # of the connection that the call is handed

    @property
    def makes_text(self) -> bool:
        """Whether the call sends nothing itself, but makes text that goes into one that does."""
        return self.operation.raw or self.operation.yields == "argument"


@dataclass
class Sinks:
    """Takes down what the interpreter meets: `sent` in the order in which the calls run, and as `named` the texts that
    are stored or returned under a name that says SQL, each with the name and its place."""

    source: SourceFile
    names: Names
    sent: list[Sent] = field(default_factory=list)
    named: list[tuple[str, Range, tuple[Piece, ...]]] = field(default_factory=list)
    undecided: set[Range] = field(default_factory=set)  # calls that may be of several drivers
    handed: dict[tuple[int, int], Operation] = field(default_factory=dict)  # by operation and driver
    looked_at: Counter[str] = field(default_factory=Counter)  # pieces of long texts, of those sent and those named

    def on_call(self, met: Met) -> Resolved | None:
        """Take down a call if SQL goes into it; return the operation that it is, guessed by names where need be."""
        node, receiver, called, resolved, actuals = met.node, met.receiver, met.called, met.resolved, met.actuals
        if isinstance(called, Closure | Class):
            return resolved
        if met.is_tag:
            operation = resolved.operation if resolved is not None else _TAG
            library = operation.library if resolved is not None else None
            self._take(
                node, operation, library, actuals[0], is_fragment=False, certain=False, actuals=actuals, is_tag=True
            )
        elif resolved is None:
            found = guess(node, receiver, called, actuals, self.names)
            if found is not None:
                resolved = found.resolved
                if not found.is_decided:
                    self.undecided.add(node.range)
                self._send(node, resolved.operation, found.library, actuals, found.is_certain)
            if (text := _statement(node, found, actuals)) is not None:
                self._take(node, _OWN, None, text, is_fragment=False, certain=False, actuals=actuals)
            elif found is None and may_send(node):
                for actual in actuals:
                    given = actual.value.entries if isinstance(actual.value, Entries) else (("sql", actual.value),)
                    for key, value in given:
                        if key in _TEXT_KEYS:
                            self.on_text("sql", actual.expression, value)
        elif resolved.operation.is_sink:
            others = [other.operation for other in of_other_libraries(node, receiver, resolved)]
            if len({mark(operation) for operation in (resolved.operation, *others)}) > 1:
                self.undecided.add(node.range)
            self._send(node, resolved.operation, resolved.operation.library, actuals, certain=True)
        return resolved

    def on_text(self, name: str, expression: Expression, value: Value) -> None:
        """Take down a text that is stored or returned under a name that says SQL."""
        if not _says_sql(name):
            return
        for option in options_of(value):
            if (
                isinstance(option, Text)
                and self._looks("named", option.pieces)
                and origin_of(option) > Origin.ANNOTATED
            ):
                self.named.append((name, expression.range, option.pieces))

    def _looks(self, kind: str, pieces: tuple[Piece, ...]) -> bool:
        """Whether to look at one more text of a kind. One that grows in every line and is sent in every line is as
        long, all of them together, as the square of the program: there are bounds to that."""
        length = size(pieces, _SHORT)
        if length <= _SHORT:
            return True
        is_left = self.looked_at[kind] < _PIECES + len(self.source.content) // _BYTES
        if is_left:
            self.looked_at[kind] += size(pieces)
        return is_left

    def _send(
        self, node: Call, operation: Operation, library: Library | None, actuals: list[Actual], certain: bool
    ) -> None:
        for actual, is_fragment in sql_arguments(operation, actuals):
            self._take(node, operation, library, actual, is_fragment, certain, actuals)
        if library is not None and actuals:
            for filled in raw_placeholders.filled(library, actuals):
                self._take(node, operation, library, filled, is_fragment=False, certain=True, actuals=actuals)

    def _take(
        self,
        node: Call,
        operation: Operation,
        library: Library | None,
        actual: Actual,
        is_fragment: bool,
        certain: bool,
        actuals: list[Actual],
        is_tag: bool = False,  # what a template binds are its holes alone
    ) -> None:
        value = actual.value
        if isinstance(value, Items):
            value = choice(value.elements) if value.elements else Text(())
        texts_of_objects = [
            item
            for option in options_of(value)
            if isinstance(option, Entries)
            for key, item in option.entries
            # Django's `extra(select={"late": "due_on < …"})`: what only a keyword takes gives SQL a name.
            if key is not None and (key in (operation.keys or _TEXT_KEYS) or (is_fragment and not operation.fragments))
        ]
        if texts_of_objects:  # a batch may hold plain texts beside them
            value = choice([*texts_of_objects, *(o for o in options_of(value) if isinstance(o, Text | Sql))])
        texts = [option for option in options_of(value) if isinstance(option, Text | Sql)]
        bare = [option for option in options_of(value) if not isinstance(option, Text | Sql)]
        pieces: list[tuple[Piece, ...]] = [_as_sent(text, library) for text in texts]
        if bare and self._counts_alone(operation, is_fragment, choice(bare), actual):
            pieces.append(pieces_of(choice(bare), actual.range, actual.range))
        driver = _driver_of(actuals)
        if library is not None and driver is not None and driver.text and not (library.placeholder or library.generic):
            operation, library = self._through(operation, library, driver)
        for text in pieces:
            if not self._looks("sent", text) or (not certain and not reads_as(text, is_fragment)):
                continue
            self.sent.append(
                Sent(
                    node,
                    actual.range,
                    operation,
                    library,
                    last_name(node.function),
                    self.source.text(node.function.value.range) if isinstance(node.function, Attribute) else "",
                    text,
                    is_fragment,
                    not is_tag and takes_values(operation, actuals, self.source),
                    tail(operation, actuals, self.source),
                    driver,
                )
            )

    def _through(self, operation: Operation, library: Library, driver: Library) -> tuple[Operation, Library]:
        """An operation that hands its text to another library, as it is then: what has placeholders is that one's."""
        key = id(operation), id(driver)
        if key not in self.handed:
            own = replace(library, text=driver.text, placeholder=driver.placeholder, binds=driver.binds)
            self.handed[key] = replace(operation, library=own)
        found = self.handed[key]
        return found, found.library

    def _counts_alone(self, operation: Operation, is_fragment: bool, value: Value, actual: Actual) -> bool:
        """Whether a value that was not put together here is interpolation all the same: what an escape hatch takes
        is spliced into a query wherever it comes from."""
        if isinstance(value, Closure | Class | Instance | Imported | Entries | Items):
            return False
        if isinstance(value, Atom) and (value.type is not None or value.origin <= Origin.BOUND):
            return False
        name = last_name(actual.expression)
        if (name == "raw" or _SAYS_SQL.fullmatch(_CAMEL.sub("_", name))) and origin_of(value) is not Origin.REQUEST:
            return False  # a thin wrapper: whoever calls it writes the SQL
        origin = origin_of(value)
        if isinstance(actual.expression, Call) and origin is Origin.UNKNOWN:
            return False  # a function of another file made it
        if origin is Origin.REQUEST and not is_fragment and isinstance(actual.expression, Attribute):
            return False  # `req.query` as a whole is an object, not SQL
        if operation.raw or origin is Origin.REQUEST:
            return True
        return operation.bare and origin is Origin.PARAMETER


_OWN = Operation(Library("a method of the program"), "send", sql=0, placeholder="unknown")
_TAG = Operation(Library("a template tag"), "tag", sql=0)


@lru_cache(maxsize=512)
def _says_sql(name: str) -> bool:
    """Whether something of this name is a text of SQL."""
    plain = _CAMEL.sub("_", name)
    return _SAYS_SQL.fullmatch(plain) is not None or _OF_SQL.search(plain) is not None


def reads_as(pieces: tuple[Piece, ...], is_fragment: bool) -> bool:
    """Whether pieces read as SQL. Alternatives that never go together may spoil a text, so it is also read without any
    of them."""
    for text in [*linearise(pieces, most=3), pieces]:
        parts = [_LIBRARY_MARK.sub(r"\1", piece) if isinstance(piece, str) else None for piece in text]
        if reads_as_sql(parts) or (is_fragment and reads_as_fragment(parts)):
            return True
    return False


def _as_sent(value: Text | Sql, library: Library | None) -> tuple[Piece, ...]:
    """The text that a library makes of a value: some do not know Python's t-strings."""
    if isinstance(value, Sql) and value.unbound is not None and library is not None and library.modules:
        return value.pieces if library.template_strings else value.unbound
    return value.pieces


def _statement(node: Call, found: Guess | None, actuals: list[Actual]) -> Actual | None:
    """The whole statement that a method of the program's own is given: `myDB.select("…")`, or `engine.query(name, "…")`
    where those of databases take it elsewhere."""
    if found is None and not is_of_database(node):
        return None
    statement = next(filter(begins_as_sql, actuals), None)
    if statement is None or found is None:
        return statement
    operation = found.resolved.operation
    is_elsewhere = statement not in [actual for actual, _ in sql_arguments(operation, actuals)]
    return statement if operation.is_sink and is_elsewhere else None


def _driver_of(actuals: list[Actual]) -> Library | None:
    """The library of the one object among the arguments of a call that reaches a database."""
    types = [o.type for a in actuals for o in options_of(a.value) if isinstance(o, Atom) and o.type is not None]
    found = {type.library for type in types if type.role}
    return found.pop() if len(found) == 1 else None
