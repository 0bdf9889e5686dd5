"""What is known of the unique keys of tables: from the SQL and the models in the same file, and from what makes the
tables of the project.

A key in any of these places counts, for none of them need be all that there is. Where none of them makes a table,
nothing is known of it.
"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.models import models
from persistlint.facts import Consulted
from persistlint.paths import is_product
from persistlint.regexes import regex
from persistlint.schema.definitions import ConstraintKind
from persistlint.source import Range
from persistlint.sql.lexer import HOLE
from persistlint.sql.script import read_script

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.analysis.tables.catalogs import Tables
    from persistlint.facts import CheckedInsert
    from persistlint.languages import Syntax
    from persistlint.schema.definitions import Table
    from persistlint.schema.models import Model

_DDL = regex(rb"\b(?:CREATE\s+(?:UNIQUE\s+)?(?:TEMP\w*\s+)?(?:TABLE|INDEX)|ALTER\s+TABLE)\b", re.IGNORECASE)
_CHANGES = regex(r"\s*(?:CREATE|ALTER)\s", re.IGNORECASE)
_SAYS_UNIQUE = regex(r"unique|\bprimary|\bindex\b", re.IGNORECASE)
_KEYS = frozenset([ConstraintKind.PRIMARY_KEY, ConstraintKind.UNIQUE, ConstraintKind.EXCLUDE])


class Keys:
    """What one file and its project say of the unique keys of tables, by their names or those of their models.
    `consulted` is the fact that the project was asked, None where it was not."""

    def __init__(self, syntax: Syntax) -> None:
        self.consulted: Consulted | None = None
        self._syntax = syntax

    @cached_property
    def _models(self) -> Sequence[Model]:
        return models(self._syntax)

    def may_refuse(self, insert: CheckedInsert) -> bool | None:
        """Whether a unique key may refuse the second of two such rows; None where the table is not known."""
        around = self._around()
        found = [model for model in self._models if model.name == insert.table] or around.models(insert.table)
        if found:
            return _by_models(found, insert, around)
        own = self._tables.get(insert.table)
        made = around.find(insert.table) or around.find(_of_prisma(insert.table))
        return _by_tables([*([own] if own is not None else []), *made], insert)

    def _around(self) -> Tables:
        """The tables of the project; nothing for a file that is no part of the product."""
        from persistlint.analysis.tables.catalogs import NO_TABLES, tables_around  # only who asks reads the project

        source = self._syntax.source
        tables = tables_around(source) if is_product(source.path) else NO_TABLES
        if tables.mark:
            self.consulted = Consulted(Range(0, 0), tables.mark)
        return tables

    @cached_property
    def _tables(self) -> dict[str, Table]:
        """The tables that the SQL in the file makes."""
        if _DDL.search(self._syntax.source.content) is None:
            return {}
        from persistlint.analysis.tables.ddl import ddl_texts  # which reads texts as this package does

        source = self._syntax.source
        texts = [text for text in ddl_texts(self._syntax) if _CHANGES.match(text)]
        if any(HOLE in text and _SAYS_UNIQUE.search(text) for text in texts):
            return {}  # nobody knows of which table it speaks
        script = read_script(source.path, ";\n".join(texts).encode(), source.dialect)
        made = script.after.tables.values() if not script.unread else ()
        return {table.name.name: table for table in made if table.is_known and table.is_complete}


def _of_prisma(name: str) -> str:
    """The table that Prisma has for `prisma.orderItem`, unless its schema gives it another name: that of the model.
    Source: https://www.prisma.io/docs/orm/prisma-schema/data-model/database-mapping."""
    return name[:1].upper() + name[1:]


def _by_models(found: Sequence[Model], insert: CheckedInsert, around: Tables) -> bool | None:
    """What models of one name say, with the tables that migrations make for them. Where there are migrations, and none
    of them makes the table, it is made elsewhere."""
    knows_all = True
    for model in found:
        columns = {field.name: field.column for field in model.fields}
        meant = replace(
            insert,
            columns=tuple(columns.get(name, name) for name in insert.columns),
            values=tuple(columns.get(name, name) for name in insert.values),
        )
        made = around.find(model.table.name.name, model.table.name.schema)
        if any(_refuses(table, meant) for table in (model.table, *made)):
            return True
        is_made = bool(made) or not around.catalogs
        knows_all &= model.knows_keys and _has(model.table, meant.columns) and is_made
    return False if knows_all else None


def _by_tables(found: Sequence[Table], insert: CheckedInsert) -> bool | None:
    if any(_refuses(table, insert) for table in found):
        return True
    knows_all = all(table.is_known and table.is_complete and _has(table, insert.columns) for table in found)
    return False if found and knows_all else None


def _has(table: Table, columns: tuple[str, ...]) -> bool:
    return all(table.column(name) is not None for name in columns)


def _refuses(table: Table, insert: CheckedInsert) -> bool:
    """Whether a key has a column that was looked for, or only columns that are set. One that is an expression may have
    any."""
    keys = [set(found.columns) for found in table.constraints if found.kind in _KEYS]
    keys += [set(index.columns) for index in table.indexes if index.is_unique]
    looked_for, values = set(insert.columns), {*insert.values, ""}
    return any(key & looked_for or key <= values for key in keys)
