"""What is known of the unique keys of tables: from the SQL that makes them and the models of Python in the same file,
and from what makes the tables of the project.

A key in any of these places counts, for none of them need be all that there is. Where none of them makes a table,
nothing is known of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.scopes import scopes
from persistlint.analysis.transactions.texts import text_of
from persistlint.analysis.transactions.variables import Scope
from persistlint.facts import Consulted
from persistlint.ir import Assign, Call, ClassDefinition, Constant, Name, String, Template, expressions, walk
from persistlint.paths import is_product
from persistlint.records import dataclass
from persistlint.schema.definitions import ConstraintKind
from persistlint.source import Range
from persistlint.sql.lexer import HOLE
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from persistlint.facts import CheckedInsert
    from persistlint.languages import Syntax
    from persistlint.schema.definitions import Table

_DDL = re.compile(rb"\b(?:CREATE\s+(?:UNIQUE\s+)?(?:TEMP\w*\s+)?(?:TABLE|INDEX)|ALTER\s+TABLE)\b", re.IGNORECASE)
_CHANGES = re.compile(r"\s*(?:CREATE|ALTER)\s", re.IGNORECASE)
_SAYS_UNIQUE = re.compile(r"unique|\bprimary|\bindex\b", re.IGNORECASE)
# Bases that have no columns of their own which could be a key.
_BASES = frozenset(["Model", "models.Model", "db.Model", "Base", "DeclarativeBase", "SQLModel"])
_KEY_FIELDS = frozenset(["OneToOneField", "AutoField", "BigAutoField"])
_INDEX_OUTSIDE = re.compile(rb"\bIndex\([^)]*\bunique\s*=\s*True|CREATE\s+UNIQUE", re.IGNORECASE)
_EXCLUDE = ConstraintKind.EXCLUDE


@dataclass(frozen=True, slots=True)
class _Known:
    columns: frozenset[str]
    keys: tuple[frozenset[str], ...]  # "" among the columns of one that is not known
    is_complete: bool = True

    def may_refuse(self, insert: CheckedInsert) -> bool:
        """Whether a key has a column that was looked for, or only columns that are set."""
        looked_for, values = set(insert.columns), {*insert.values, ""}
        return any(key & looked_for or key <= values for key in self.keys)


class Keys:
    """The tables that one file defines, by their names or those of their models, and those of its project. `consulted`
    is the fact that the project was asked, None where it was not."""

    def __init__(self, syntax: Syntax) -> None:
        self.consulted: Consulted | None = None
        self._syntax = syntax
        self._tables: dict[str, _Known] = {}
        if _DDL.search(syntax.source.content):
            self._read_sql()
        if syntax.source.language == "python":
            self._read_models()

    def may_refuse(self, insert: CheckedInsert) -> bool | None:
        """Whether a unique key may refuse the second of two such rows; None where the table is not known."""
        own = self._tables.get(insert.table)
        defined = [own] if own is not None else []
        if own is None or not own.may_refuse(insert):
            defined += [_known(table) for table in self._around(insert.table)]
        if any(table.may_refuse(insert) for table in defined):
            return True
        knows_all = all(table.is_complete and table.columns.issuperset(insert.columns) for table in defined)
        return False if defined and knows_all else None

    def _around(self, name: str) -> tuple[Table, ...]:
        """The table of a name in every schema of the project; nothing for a file that is no part of the product."""
        if not is_product(self._syntax.source.path):
            return ()
        from persistlint.analysis.catalogs import tables_around  # only who needs them reads the files of the project

        tables = tables_around(self._syntax.source)
        self.consulted = Consulted(Range(0, 0), tables.mark) if tables.mark else None
        return tables.find(name)

    def _read_sql(self) -> None:
        source = self._syntax.source
        places = [Range(*match.span()) for match in _DDL.finditer(source.content)]
        texts: list[str] = []
        nothing = Scope()
        for scope in scopes(self._syntax.lower(), places):
            for statement in scope.statements:
                for expression in expressions(statement):
                    for node in walk(expression):
                        text = text_of(node, nothing) if isinstance(node, String | Template) else None
                        if text is not None and _CHANGES.match(text):
                            texts.append(text)
        if any(HOLE in text and _SAYS_UNIQUE.search(text) for text in texts):
            return  # nobody knows of which table it speaks
        script = read_script(source.path, ";\n".join(texts).encode(), source.dialect)
        for table in script.after.tables.values():
            if table.is_known and table.is_complete and not script.unread:
                self._tables[table.name.name] = _known(table)

    def _read_models(self) -> None:
        source = self._syntax.source
        if _INDEX_OUTSIDE.search(source.content):
            return
        for statement in self._syntax.lower().body:
            if isinstance(statement, ClassDefinition) and _BASES.issuperset(statement.bases) and statement.bases:
                self._tables[statement.name] = self._model(statement)

    def _model(self, model: ClassDefinition) -> _Known:
        columns: set[str] = set()
        keys: list[frozenset[str]] = []
        for statement in model.body:
            match statement:
                case Assign(target=Name(id=name), value=Call() as field):
                    columns.add(name)
                    if last_name(field.function) in _KEY_FIELDS or _is_key(field):
                        keys.append(frozenset([name]))
                case Assign() | ClassDefinition() if _SAYS_UNIQUE.search(self._syntax.source.text(statement.range)):
                    keys.append(frozenset([""]))  # `__table_args__`, `class Meta`
        return _Known(frozenset(columns), tuple(keys))


def _is_key(field: Call) -> bool:
    """`Column(…, unique=True)`; a value that is not known counts."""
    marks = [a.value for a in field.arguments if a.keyword in ("unique", "primary_key", "pk")]
    return any(not (isinstance(mark, Constant) and not mark.value) for mark in marks)


def _known(table: Table) -> _Known:
    keys = [frozenset(found.columns) for found in table.constraints if found.is_key or found.kind is _EXCLUDE]
    keys += [frozenset(index.columns) for index in table.indexes if index.is_unique]
    is_complete = table.is_known and table.is_complete
    return _Known(frozenset(column.name for column in table.columns), tuple(keys), is_complete)
