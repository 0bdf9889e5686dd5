"""SQLAlchemy: declarative classes, those of Flask-SQLAlchemy and SQLModel, and `Table` objects.

Sources: https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html,
https://flask-sqlalchemy.readthedocs.io/en/stable/models/, https://sqlmodel.tiangolo.com/tutorial/.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.operations import table
from persistlint.analysis.migrations.sqlalchemy import SqlAlchemy
from persistlint.analysis.migrations.values import Values, called, keyword, positional
from persistlint.analysis.migrations.writing import quoted, said
from persistlint.analysis.models.classes import assigned, assignments, classes_of, lineage
from persistlint.analysis.models.draft import Draft
from persistlint.analysis.models.sqlalchemy_tables import (
    is_null_said,
    is_on,
    says_null,
    says_reference,
    table_draft,
    take_index,
)
from persistlint.ir import Assign, Call, FunctionDefinition, Mapping, Name, expressions
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.models import Field
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.analysis.models.classes import Lineage
    from persistlint.ir import ClassDefinition, Expression
    from persistlint.languages import Syntax

_COLUMNS = frozenset({"Column", "mapped_column"})
_MAPPED = regex(r"^(?:\w+\.)*Mapped\[(.*)\]$", re.DOTALL)
_OPTIONAL = regex(r"^(?:\w+\.)*Optional\[(.*)\]$", re.DOTALL)
_NONE = regex(r"\s*\|\s*None\b|\bNone\s*\|\s*")
_WORD = regex(r"((?<=[a-z0-9])[A-Z]|(?!^)[A-Z](?=[a-z]))")  # as Flask-SQLAlchemy splits names of classes


@dataclass(frozen=True)
class _Knowledge:
    annotations: dict[str, str]
    others: frozenset[str]
    bases: frozenset[str]


@cache
def _knowledge() -> _Knowledge:
    data = read_table(Path(__file__).with_suffix(".toml"))
    return _Knowledge(data["annotations"], frozenset(data["others"]["names"]), frozenset(data["bases"]["names"]))


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file."""
    module = syntax.lower()
    values = Values(syntax.source.content)
    values.learn(module.body)
    classes = {definition.name: definition for definition in classes_of(module.body)}
    calls = (found for statement in module.body for found in expressions(statement))
    has_indexes = any(isinstance(call, Call) and called(call) == "Index" for call in calls)  # of any of the models
    for definition in classes.values():
        draft = _Class(definition, lineage(definition, classes), values.inner(), dialect).draft()
        if draft is not None:
            draft.knows_keys &= not has_indexes
            yield draft
    for target, statement in assignments(module.body):
        call = statement.value
        if isinstance(call, Call) and called(call) == "Table" and len(call.arguments) > 1:
            draft = table_draft(target, call, SqlAlchemy(values, dialect))
            if draft is not None:
                yield draft


@dataclass
class _Class:
    """The reading of one class."""

    definition: ClassDefinition
    lineage: Lineage
    values: Values
    dialect: str | None
    columns: dict[str, Fragment] = field(default_factory=dict)

    def draft(self) -> Draft | None:
        """The model that the class is; None where it has no table of its own."""
        definition = self.definition
        is_abstract = any(_last(base) == "AbstractConcreteBase" for base in definition.bases)
        if is_abstract or self.values.is_true(assigned(definition, "__abstract__")):
            return None
        for each in self.lineage.classes:
            self.values.learn(each.body)
        table_name = self._table_name()
        if table_name is None:
            return None
        self.writer = SqlAlchemy(self.values, self.dialect)
        draft = Draft(self._library(), definition.name, definition.name_range, definition.range, table_name)
        draft.is_complete = all(self._is_bare(base) for base in self.lineage.others)
        self._take_arguments_first(draft)
        for each in self._oftable_draft():
            for statement in each.body:
                if isinstance(statement, Assign) and isinstance(statement.target, Name):
                    self._take(statement.target, statement, draft)
                elif isinstance(statement, FunctionDefinition):
                    self._take_function(statement, draft)
        self._take_arguments(draft)
        return draft

    def _oftable_draft(self) -> tuple[ClassDefinition, ...]:
        """The classes whose columns are those of the table: not the one that a class with a table of its own inherits
        from, which has another one."""
        *bases, own = self.lineage.classes
        parents = {
            each.name for each in bases if assigned(each, "__tablename__") is not None or "db.Model" in each.bases
        }
        return (*(each for each in bases if each.name not in parents), own)

    def _is_bare(self, base: str) -> bool:
        """Whether a base that is no class of the file has no columns."""
        return _last(base) in _knowledge().bases or called(self.values.constants.get(base)) == "declarative_base"

    def _library(self) -> str:
        return "SQLModel" if self._is_sqlmodel() else "SQLAlchemy"

    def _is_sqlmodel(self) -> bool:
        options = {option.keyword: option.value for option in self.definition.options}
        return self.values.is_true(options.get("table"))

    def _table_name(self) -> Fragment | None:
        definition = self.definition
        given = assigned(definition, "__tablename__")
        if given is not None:
            named = self.values.string(given)
            return (quoted(named.value, named.range),) if named is not None and named.value else None
        if any(isinstance(s, FunctionDefinition) and s.function.name == "__tablename__" for s in definition.body):
            return None
        if self._is_sqlmodel():
            return (quoted(definition.name.lower(), definition.name_range),)
        if "db.Model" in definition.bases:  # of Flask-SQLAlchemy
            name = _WORD.sub(r"_\1", definition.name).lower().lstrip("_")
            return (quoted(name, definition.name_range),)
        return None

    # ------------------------------------------------------------------------------------------------------ columns

    def _take(self, target: Name, statement: Assign, draft: Draft) -> None:
        """Take one statement of the body of a class."""
        value, annotation = statement.value, statement.annotation.strip("\"'")
        if target.id.startswith("__"):
            return
        if isinstance(value, Call) and called(value) == "deferred" and value.arguments:
            value = value.arguments[0].value
        name = called(value)
        if isinstance(value, Call) and name in _COLUMNS:
            self._column(target, value, annotation, draft)
        elif isinstance(value, Call) and name == "Field" and self._is_sqlmodel():
            self._field(target, value, annotation, draft)
        elif isinstance(value, Call):
            draft.is_complete &= name in _knowledge().others
        elif self._is_column_by_type(annotation):
            self._column(target, None, annotation, draft)

    def _is_column_by_type(self, annotation: str) -> bool:
        """Whether a field without a call is a column."""
        if self._is_sqlmodel():
            return annotation != "" and not annotation.startswith(("ClassVar", "List", "list"))
        return _MAPPED.match(annotation) is not None

    def _column(self, target: Name, call: Call | None, annotation: str, draft: Draft) -> None:
        """`Column(…)`, `mapped_column(…)`, or a type alone."""
        mapped = _MAPPED.match(annotation)
        declared = mapped.group(1).strip("\"' ") if mapped else annotation if self._is_sqlmodel() else ""
        given = list(positional(call)) if call is not None else []
        named = keyword(call, "name") if call is not None else None
        first = named.value if named is not None else given[0].value if given else None
        text = self.values.string(first) if first is not None else None
        if text is not None and named is None:
            given.pop(0)
        column = text.value if text is not None else target.id
        type, is_optional = self._annotated(declared, target)
        if call is None and not type:
            draft.is_complete = False  # what an alias of a type says stands elsewhere
            return
        written = self.writer.described(call, tuple(given), column, self.keys, type) if call is not None else type
        is_null_told = call is None or (says_null(call, self.values) and (bool(declared) or is_null_said(call)))
        is_key = call is not None and is_on(call, "primary_key", self.values)
        if declared and not is_optional and not is_key and (call is None or keyword(call, "nullable") is None):
            written = (*written, said("NOT NULL", target.range))
        is_null_told &= not declared or bool(type) or call is None or keyword(call, "nullable") is not None
        name: Fragment = (quoted(column, target.range),)
        is_reference_told = call is None or says_reference(call, self.writer)
        draft.add(Field(target.id, column, is_null_told, says_reference=is_reference_told), name, written)
        if call is not None and is_on(call, "index", self.values):
            draft.index(name, is_unique=is_on(call, "unique", self.values))

    def _field(self, target: Name, call: Call, annotation: str, draft: Draft) -> None:
        """`Field(…)` of SQLModel, which may hold a whole column."""
        given = keyword(call, "sa_column")
        if given is not None:
            column = self.values.resolve(given.value)
            if isinstance(column, Call) and called(column) in _COLUMNS:
                self._column(target, column, "", draft)
            else:
                draft.is_complete = False
            return
        plain = Call(call.range, call.function, tuple(a for a in call.arguments if a.keyword is not None))
        self._column(target, plain, annotation, draft)
        referred = keyword(call, "foreign_key")
        target_of = self.writer.target(referred.value) if referred is not None else None
        if target_of and draft.fields and draft.fields[-1].name == target.id:
            draft.items[len(draft.fields) - 1] += target_of

    def _annotated(self, declared: str, target: Name) -> tuple[Fragment, bool]:
        """The type that an annotation says, and whether it allows `None`."""
        optional = _OPTIONAL.match(declared)
        plain = optional.group(1) if optional else _NONE.sub("", declared)
        is_optional = optional is not None or plain != declared
        name = _knowledge().annotations.get(_last(plain.strip("\"' ")), "")
        written = table("alembic").type(name, self.dialect) if name else None
        return ((said(written.replace("{}", ""), target.range),) if written else (), is_optional)

    def _take_function(self, statement: FunctionDefinition, draft: Draft) -> None:
        """A column or an argument of the table that is made by a function."""
        names = {called(decorator) for decorator in statement.function.decorators}
        if "declared_attr" in names and statement.function.name == "__table_args__":
            draft.knows_keys = False
        elif "declared_attr" in names and not statement.function.name.startswith("__"):
            draft.is_complete = False

    # ------------------------------------------------------------------------------------------------------- tables

    def _take_arguments_first(self, draft: Draft) -> None:
        """What `__table_args__` says of the columns before they are read: the schema and the primary key."""
        elements, options = self._arguments()
        schema = self.values.entry(options, "schema") if options is not None else None
        if schema is not None and draft.table is not None:
            before = self.writer.name(schema)
            draft.table = (*before, ".", *draft.table) if before else None
        keys = (call for call in elements if called(call) == "PrimaryKeyConstraint")
        self.keys = frozenset(
            self.values.text(argument.value) for call in keys if isinstance(call, Call) for argument in positional(call)
        )

    def _take_arguments(self, draft: Draft) -> None:
        given = self.lineage.assigned("__table_args__")
        elements, options = self._arguments()
        if given is not None and not elements and options is None:
            draft.knows_keys = False
        for element in elements:
            if take_index(self.writer, element, draft):
                continue
            written = self.writer.constraint(element)
            if written:
                draft.items.append(written)
            elif written is None:
                draft.knows_keys = False

    def _arguments(self) -> tuple[tuple[Expression, ...], Expression | None]:
        """The elements of `__table_args__`, and the options among them."""
        given = self.values.resolve(self.lineage.assigned("__table_args__"))
        if isinstance(given, Mapping):
            return (), given
        elements = [self.values.resolve(element) or element for element in self.values.elements(given) or ()]
        options = next((element for element in elements if isinstance(element, Mapping)), None)
        return tuple(element for element in elements if element is not options), options


def _last(name: str) -> str:
    """The last part of a dotted name, without type arguments."""
    return name.partition("[")[0].rpartition(".")[2]
