"""What another module of a program exports that reaches a database: a connection, a pool, a function that gives one, or
one that hands SQL and its values on to a driver. So a file is read for what it says whose handle comes from
`require("../db")`. Nothing else is known of what another file exports."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.interpreter import Interpreter
from persistlint.analysis.interpretation.values import (
    CONSTANT,
    Atom,
    Choice,
    Class,
    Closure,
    Entries,
    Imported,
    Instance,
    Value,
    choice,
)
from persistlint.analysis.names import Names, path_of
from persistlint.analysis.passing import Passing, type_made
from persistlint.analysis.presence import present
from persistlint.analysis.schedule import Wanted
from persistlint.facts import Consulted, Origin
from persistlint.ir import Assign, ClassDefinition, ExpressionStatement, FunctionDefinition, statements_in
from persistlint.languages import languages, read
from persistlint.libraries import Operation, Type, catalogue
from persistlint.memory import Memory
from persistlint.module_files import ModuleFile, find
from persistlint.reading import ReadError, read_file
from persistlint.records import dataclass
from persistlint.source import Range
from persistlint.surroundings import mark_of_module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.ir import Statement
    from persistlint.source import SourceFile

_DEEPEST = 3  # modules that one export is followed through
_LARGEST = 30_000  # bytes of such a module; what makes a connection is short
_SHORT = 4_000  # bytes of one that may pass on what another module exports
_DEFAULT = "default"
_EXPORT = f"export {_DEFAULT}"
_BEFORE = 40  # bytes that this takes before a declaration, with the blanks behind it


class Elsewhere:
    """What the names of a file stand for that it imports from other modules of its program."""

    def __init__(self, source: SourceFile, names: Names, depth: int = 0) -> None:
        self._path = source.path
        self._is_asked = depth < _DEEPEST and source.language in ("python", "javascript", "typescript")
        self._names = names
        self._depth = depth
        self._known: dict[str, Atom | None] = {}
        self.marks: dict[str, str] = {}  # by the paths of the files

    def find(self, name: str) -> Atom | None:
        """What reaches a database behind a qualified name; None where nothing does, or nobody knows."""
        if not self._is_asked:
            return None
        if not self._known and not os.path.isfile(self._path):  # noqa: PTH113 - nothing is around what is on no disk
            self._is_asked = False
            return None
        if name not in self._known:
            self._known[name] = self._found(name)
        return self._known[name]

    def consulted(self) -> Iterator[Consulted]:
        """The other files that this depends on."""
        return (Consulted(Range(0, 0), mark) for mark in self.marks.values())

    def _found(self, name: str) -> Atom | None:
        file = find(name, self._path, self._names.language, self._names.modules)
        if file is None:
            return None
        self.marks.update(file.seen)
        if not file.path:
            return None
        try:
            answer = _answer(file, self._depth + 1)
        except RecursionError:  # it is nested deeper than Python goes
            return None
        self.marks.update(answer.marks)
        return answer.found


@dataclass(frozen=True)
class _Answer:
    """What reaches a database of what a module exports under some names, with the marks of what this depends on besides
    the module itself, by the paths of the files."""

    found: Atom | None
    marks: Mapping[str, str]


class _Module:
    """A module whose top level ran."""

    def __init__(self, source: SourceFile, depth: int) -> None:
        language = languages()[source.language]
        self._source = source
        self._names = Names(catalogue(language.libraries), language.libraries)
        self._passing = Passing()
        self.elsewhere = Elsewhere(source, self._names, depth)
        self._machine = Interpreter(
            self._names, language.name, self._passing.on_call, lambda *_: None, self.elsewhere.find
        )
        self._module = read(source).lower()
        self._machine.run(self._module, Wanted((), {}))
        self._made = self._assigned()

    def exported(self, members: tuple[str, ...]) -> Atom | None:
        """What reaches a database of what it exports, by the names that lead to it."""
        value = self._value(members)
        return self._portable(value) if value is not None else None

    def _assigned(self) -> dict[str, Type]:
        """The variables that functions of the module assign an object of a library to. One of the module that has no
        other value is that object from now on."""
        machine = self._machine
        found: dict[str, set[Type]] = {}
        makers = Wanted(self._source.places(self._names.catalogue.maker_words), {})
        for function in [each for each, _, _ in machine.functions.values() if makers.holds(each.range)]:
            for statement in statements_in(function.body):
                type = type_made(statement, machine) if isinstance(statement, Assign) else None
                path = path_of(statement.target) if isinstance(statement, Assign) and type is not None else None
                if path is not None and type is not None:
                    found.setdefault(path, set()).add(type)
        made = {path: types.pop() for path, types in found.items() if len(types) == 1}
        machine.outer.update(
            (name, Atom(Origin.UNKNOWN, type)) for name, type in made.items() if machine.outer.get(name) == CONSTANT
        )
        return made

    def _value(self, members: tuple[str, ...]) -> Value | None:
        """The value behind these names; with none it is what the module is itself."""
        known, imports = self._machine.outer, self._names.imports
        if not members:
            passed_on = Imported(imports[_DEFAULT]) if _DEFAULT in imports else None
            return known.get("module.exports") or self._default() or passed_on
        first, *others = members
        own = (known.get(f"{prefix}{first}") for prefix in ("module.exports.", "exports.", ""))
        value = next(filter(None, own), None)
        if value is None and first in imports:
            value = Imported(imports[first])
        if value is None:
            whole = self._value(())
            value = self._member(whole, first) if whole is not None else None
        if value is None:
            value = choice([Imported(f"{module}.{first}") for module in self._names.opened])
        for name in others:
            value = self._member(value, name) if value is not None else None
        return value

    def _default(self) -> Value | None:
        for statement in self._module.body:
            match statement:
                case ExpressionStatement() if self._source.text(statement.range).startswith(_EXPORT):
                    return self._machine.evaluate(statement.value)
                case FunctionDefinition() if self._is_behind_export(statement):
                    return self._machine.outer.get(statement.function.name)
                case ClassDefinition() if self._is_behind_export(statement):
                    return self._machine.outer.get(statement.name)
        return None

    def _is_behind_export(self, statement: Statement) -> bool:
        start = statement.range.start
        return self._source.content[max(0, start - _BEFORE) : start].rstrip().endswith(_EXPORT.encode())

    def _member(self, value: Value, name: str) -> Value | None:
        match value:
            case Entries():
                return value.get(name)
            case Instance(definition=definition) | Class(definition=definition):
                return self._machine.attribute_of(definition, name)
            case Imported(name=module):
                return Imported(f"{module}.{name}")
            case Choice(options=options):
                return choice(filter(None, (self._member(option, name) for option in options)))
        return None

    def _portable(self, value: Value) -> Atom | None:
        """What another file can make use of."""
        if isinstance(value, Closure):
            return self._passing.on(value, self._machine, self._made)
        if isinstance(value, Imported):
            return self.elsewhere.find(value.name)
        if isinstance(value, Choice):
            found = {made.type: made for made in map(self._portable, value.options) if made is not None}
            return next(iter(found.values())) if len(found) == 1 else None
        if isinstance(value, Class):
            return self._class(value.definition)
        return Atom(Origin.UNKNOWN, value.type) if isinstance(value, Atom) and value.type is not None else None

    def _class(self, definition: ClassDefinition) -> Atom | None:
        """A class of which some methods hand SQL on: calling it gives an object that has them."""
        names = [each.function.name for each in definition.body if isinstance(each, FunctionDefinition)]
        found = ((name, self._machine.attribute_of(definition, name)) for name in names)
        passing = {name: self._portable(value) for name, value in found if isinstance(value, Closure)}
        methods = {name: made.type.call for name, made in passing.items() if made and made.type and made.type.call}
        if not methods:
            return None
        library = next(iter(methods.values())).library
        call = Operation(library, definition.name, returns="self", is_own=True)
        return Atom(Origin.UNKNOWN, Type(library, definition.name, call=call, methods=methods))


# Answers are small, and the files of a folder ask for the same ones; a module holds all of its syntax, and is asked for
# several names at a time.
_ANSWERS: Memory[_Answer] = Memory(most=1_000)
_MODULES: Memory[_Module] = Memory(most=4)


def _answer(file: ModuleFile, depth: int) -> _Answer:
    """What a module exports under the names that were asked for."""
    key = file.path, file.seen[file.path], depth
    known = _ANSWERS.recall((*key, file.members))
    if known is not None and _are_current(known.marks):
        return known
    module = _MODULES.recall(key)
    if module is None or not _are_current(module.elsewhere.marks):
        source = _worth_reading(file.path)
        module = _MODULES.keep(key, _Module(source, depth)) if source is not None else None
    found = module.exported(file.members) if module is not None else None
    return _ANSWERS.keep(
        (*key, file.members), _Answer(found, dict(module.elsewhere.marks) if module is not None else {})
    )


def _are_current(marks: Mapping[str, str]) -> bool:
    """Whether files are as they were when they had these marks."""
    return all(mark_of_module(path) == mark for path, mark in marks.items())


def _worth_reading(path: str) -> SourceFile | None:
    """The module in a file; None for one that cannot be read, or has nothing to do with a database."""
    try:
        source = read_file(Path(path))
    except ReadError:
        return None
    size = len(source.content)
    if size > _LARGEST or not source.is_written_by_hand:
        return None
    return source if size <= _SHORT or present(languages()[source.language].libraries, source) else None
