"""What another module of a program exports that reaches a database: a connection, a pool, a model, a function that
gives one, or one that hands SQL and its values on to a driver. So a file is read for what it says whose handle comes
from `require("../db")`, or whose models do from `require("../models")`. Nothing else is known of what another file
exports."""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.exported_models import gathered, made_by, model_of
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
from persistlint.ir import Assign, ClassDefinition, ExpressionStatement, FunctionDefinition, Name, statements_in
from persistlint.languages import languages, read
from persistlint.libraries import Operation, Type, catalogue
from persistlint.memory import Memory
from persistlint.module_files import ModuleFile, find
from persistlint.reading import ReadError, read_file
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.surroundings import mark_of_module

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.ir import Statement
    from persistlint.libraries import Library
    from persistlint.source import SourceFile

_DEEPEST = 3  # modules that one export is followed through
_LARGEST = 30_000  # bytes of such a module; what makes a connection is short
_SHORT = 4_000  # bytes of one that may pass on what another module exports
_RELATES = regex(rb"\b(?:belongsTo|belongsToMany|hasOne|hasMany)\(")  # models, which it passes on with these relations
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
        self._others: set[str] = set()
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

    def is_other(self, name: str) -> bool:
        """Whether what is behind a qualified name can be read, and is no model of any library."""
        return self.find(name) is None and name in self._others

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
        if answer.is_other:
            self._others.add(name)
        return answer.found


@dataclass(frozen=True)
class _Answer:
    """What reaches a database of what a module exports under some names, with the marks of what this depends on besides
    the module itself, by the paths of the files. `is_other` where it is something that is no model."""

    found: Atom | None
    marks: Mapping[str, str]
    is_other: bool = False


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

    def exported(self, members: tuple[str, ...]) -> _Answer:
        """What it exports, by the names that lead to it."""
        value = self._value(members)
        if value is not None:
            found = self._portable(value)
        else:
            found = gathered(self._source, self._of_library()) if len(members) == 1 else None
        is_other = found is None and value is not None and self._is_other(value)
        return _Answer(found, dict(self.elsewhere.marks), is_other)

    def _of_library(self) -> Library | None:
        """The library of models of which the module exports, or keeps, the object under the name of the library."""
        values = (self._value((name,)) for name in sorted(self._names.catalogue.with_models))
        found = (self._portable(value) for value in values if value is not None)
        return next((made.type.library for made in found if made is not None and made.type is not None), None)

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
            value = known.get(f"{self._path}.{first}") if self._path else None
            value = value or (self._member(whole, first) if whole is not None else None)
        if value is None and self._names.opened:
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

    @cached_property
    def _path(self) -> str | None:
        """The variable that the module exports as a whole, of which parts may be set one by one."""
        for statement in self._module.body:
            match statement:
                case ExpressionStatement() if self._source.text(statement.range).startswith(_EXPORT):
                    return path_of(statement.value)
                case Assign(value=Name(id=name)) if path_of(statement.target) == "module.exports":
                    return name
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
            case Atom(type=Type() as type):
                member = type.library.types.get(type.fields.get(name) or type.members or "")
                return Atom(Origin.UNKNOWN, member) if member is not None else None
            case Choice(options=options):
                return choice(filter(None, (self._member(option, name) for option in options)))
        return None

    def _portable(self, value: Value) -> Atom | None:
        """What another file can make use of."""
        if isinstance(value, Closure):
            made = made_by(value, self._machine)
            return made if made is not None else self._passing.on(value, self._machine, self._made)
        if isinstance(value, Imported):
            return self.elsewhere.find(value.name)
        if isinstance(value, Choice):
            found = {made.type: made for made in map(self._portable, value.options) if made is not None}
            return next(iter(found.values())) if len(found) == 1 else None
        if isinstance(value, Class):
            return model_of(value.definition, self._machine) or self._class(value.definition)
        return Atom(Origin.UNKNOWN, value.type) if isinstance(value, Atom) and value.type is not None else None

    def _is_other(self, value: Value) -> bool:
        """Whether a value is certainly no model: a class of its own, an object of one, a function, a plain object."""
        match value:
            case Class(definition=definition) | Instance(definition=definition):
                return not definition.bases
            case Imported(name=name):
                return self.elsewhere.is_other(name)
        return isinstance(value, Closure | Entries)

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
    answer = module.exported(file.members) if module is not None else _Answer(None, {})
    return _ANSWERS.keep((*key, file.members), answer)


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
    if size > _SHORT and _RELATES.search(source.content) is None:
        return source if present(languages()[source.language].libraries, source) else None
    return source
