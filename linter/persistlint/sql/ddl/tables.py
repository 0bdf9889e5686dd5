"""CREATE TABLE and ALTER TABLE."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.records import replace
from persistlint.schema.altering import dropped
from persistlint.schema.changes import (
    AddColumn,
    AddConstraint,
    AlterTable,
    AttachPartition,
    ChangeType,
    CreateIndex,
    CreateTable,
    DetachPartition,
    DropColumn,
    DropConstraint,
    DropIndex,
    RenameColumn,
    RenameKey,
    RenameTable,
    SetDefault,
    SetIdentity,
    SetNotNull,
    SetRowSecurity,
    SetTrigger,
    ValidateConstraint,
)
from persistlint.schema.definitions import Column, Name, Table
from persistlint.sql.ddl import columns
from persistlint.sql.ddl.once import once
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from persistlint.schema.catalog import Catalog
    from persistlint.schema.changes import Change, Statement
    from persistlint.schema.definitions import Constraint, Index
    from persistlint.source import Range
    from persistlint.sql.ddl.cursor import Cursor

_LONGEST_HEAD = 12  # words up to the name of a table
_TEMPORARY = word_set("TEMP TEMPORARY")
_NAMED = word_set("CONSTRAINT INDEX KEY")


def create_table(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`CREATE TABLE …`, from its first word on; what a MySQL table has for indexes is part of it."""
    head = cursor.words(most=_LONGEST_HEAD)
    table = _table(cursor)
    if table is not None:
        if_not_exists = head[head.index("TABLE") + 1 :][:3] == ("IF", "NOT", "EXISTS")
        yield CreateTable(table.range, statement, table.name, catalog.tables.get(table.name.key), table, if_not_exists)


@once
def _table(cursor: Cursor) -> Table | None:
    start = cursor.index
    is_temporary = False
    while not cursor.accept("TABLE"):
        is_temporary |= cursor.word() in _TEMPORARY
        cursor.index += 1
    cursor.accept("IF", "NOT", "EXISTS")
    name = cursor.name()
    if name is None:
        return None
    parent = cursor.name() if cursor.accept("PARTITION", "OF") else None
    body = cursor.skip_group() if cursor.word() == "(" else None
    is_closed = body is not None and body.end < cursor.index  # else the text is the beginning of a longer one
    options = tuple(cursor.token(offset).text.upper() for offset in range(cursor.end - cursor.index))
    items = _Items(body, name) if body is not None and parent is None else _Items(None, name)
    is_complete = items.is_complete and is_closed and not {"INHERITS", "LIKE", "OF", "CLONE"} & set(options)
    cursor.index = cursor.end
    return Table(
        name,
        cursor.range(start),
        tuple(items.columns),
        (*(constraint for column in items.columns for constraint in column.constraints), *items.constraints),
        tuple(items.indexes),
        options=options,
        is_complete=is_complete and parent is None,
        is_temporary=is_temporary,
        is_new=True,
        parent=parent,
    )


class _Items:
    """What stands in the parentheses of CREATE TABLE."""

    def __init__(self, body: Cursor | None, table: Name) -> None:
        self.columns: list[Column] = []
        self.constraints: list[Constraint] = []
        self.indexes: list[Index] = []
        self.is_complete = body is None or body.word() not in ("SELECT", "WITH")
        for item in body.items() if body is not None and self.is_complete else ():
            self._read(item, table)

    def _read(self, item: Cursor, table: Name) -> None:
        if item.at("LIKE"):
            self.is_complete = False
        elif columns.is_constraint(item):
            start = item.index
            constraint = columns.constraint(item)
            item.index = start
            self.is_complete &= constraint is not None or not _has_hole(item)
            if constraint:
                self.constraints.append(constraint)
        elif columns.is_mysql_key(item):
            self.indexes.append(columns.mysql_key(item, table))
        else:
            self.is_complete &= not _is_template(item)
            column = columns.column(item)
            if column:
                self.columns.append(column)


def _is_template(item: Cursor) -> bool:
    """Whether something else is written for the type of a column before it is SQL: `id {{ serial }}`, `id $%KEY%$`."""
    return item.end - item.index > 1 and item.token(1).text[:1] in ("{", "$", "%", "<", "@")


def _has_hole(item: Cursor) -> bool:
    """Whether something is put into it before it is SQL: `CONSTRAINT pk_{{ table }} PRIMARY KEY (id)`."""
    return any(item.token(offset).text[:1] == "{" for offset in range(item.end - item.index))


def alter_table(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`ALTER TABLE …`, behind these words: one change for each action."""
    cursor.accept("IF", "EXISTS")
    cursor.accept("ONLY")
    name = cursor.name()
    if name is None:
        return
    cursor.accept("*")
    yield from _Actions(name, catalog.find(name), catalog, statement).read(cursor)


class _Actions:
    """The actions on one table."""

    def __init__(self, table: Name, before: Table | None, catalog: Catalog, statement: Statement) -> None:
        self.table = table
        self.before = before
        self.catalog = catalog
        self.statement = statement

    def read(self, cursor: Cursor) -> Iterator[Change]:
        """The changes of all actions; each has the range of its action, but a lone one that of the statement."""
        items = list(cursor.items())
        for item in items:
            start = item.index
            range = item.range(start, item.end) if len(items) > 1 else self.statement.range
            read = _ACTIONS.get(item.word())
            item.index += 1
            found = list(read(self, item, range)) if read is not None and item.index <= item.end else []
            yield from found or [AlterTable(range, self.statement, self.table, self.before, item.words(start))]

    def add(self, item: Cursor, range: Range) -> Iterator[Change]:
        if columns.is_constraint(item):
            constraint = columns.constraint(item)
            if constraint:
                yield AddConstraint(range, self.statement, self.table, self.before, constraint)
            return
        if columns.is_mysql_key(item):
            index = columns.mysql_key(item, self.table)
            yield CreateIndex(range, self.statement, self.table, self.before, index)
            return
        if item.word() in ("PARTITION", "GENERATED", "PERIOD"):
            return
        item.accept("COLUMN")
        if_not_exists = item.accept("IF", "NOT", "EXISTS")
        group = item.skip_group()
        for each in group.items() if group is not None else (item,):
            if column := columns.column(each):
                yield AddColumn(range, self.statement, self.table, self.before, column, if_not_exists)

    def drop(self, item: Cursor, range: Range) -> Iterator[Change]:
        word = item.word()
        if word in ("PARTITION", "EXPRESSION"):
            return
        if word == "PRIMARY" and item.word(1) == "KEY":
            yield DropConstraint(range, self.statement, self.table, self.before, "")
            return
        if word in ("CONSTRAINT", "CHECK", "FOREIGN"):
            item.index += 2 if word == "FOREIGN" else 1
            if_exists = item.accept("IF", "EXISTS")
            name = item.identifier()
            is_cascade = item.at("CASCADE")
            change = DropConstraint(range, self.statement, self.table, self.before, name, if_exists, is_cascade)
            key = dropped(change, self.before) if is_cascade and self.before is not None else None
            is_needed = key is not None and key.is_key and self.catalog.is_needed(self.table, key.columns)
            yield replace(change, is_needed=is_needed)
            return
        if word in ("INDEX", "KEY") and item.token(1).text != "":
            item.index += 1
            if_exists = item.accept("IF", "EXISTS")
            if index := item.name():
                yield DropIndex(range, self.statement, index, self.before, if_exists=if_exists)
            return
        item.accept("COLUMN")
        if_exists = item.accept("IF", "EXISTS")
        if name := item.identifier():
            is_cascade = item.at("CASCADE")
            is_read = self.catalog.is_read(self.table)  # whether the column, nobody has looked
            is_needed = is_cascade and (is_read or self.catalog.is_needed(self.table, (name,)))
            yield DropColumn(range, self.statement, self.table, self.before, name, if_exists, is_cascade, is_needed)

    def alter(self, item: Cursor, range: Range) -> Iterator[Change]:
        if item.word() in ("CONSTRAINT", "INDEX", "CHECK"):
            return
        item.accept("COLUMN")
        item.accept("IF", "EXISTS")
        name = item.identifier()
        if item.accept("SET", "NOT", "NULL") or item.accept("DROP", "NOT", "NULL"):
            is_required = item.word(-3) == "SET"
            yield SetNotNull(range, self.statement, self.table, self.before, name, is_required)
        elif item.accept("SET", "DEFAULT"):
            yield SetDefault(range, self.statement, self.table, self.before, name, columns.default(item))
        elif item.accept("DROP", "DEFAULT"):
            yield SetDefault(range, self.statement, self.table, self.before, name, None)
        elif item.accept("ADD", "GENERATED"):
            yield SetIdentity(range, self.statement, self.table, self.before, name)
        elif item.accept("TYPE") or item.accept("SET", "DATA", "TYPE"):
            type = columns.data_type(item)
            using = item.find("USING")
            item.index = using + 1 if using >= 0 else item.end
            if type:
                expression = item.rest() if using >= 0 else None
                yield ChangeType(range, self.statement, self.table, self.before, name, type, expression)

    def modify(self, item: Cursor, range: Range) -> Iterator[Change]:
        """MODIFY and CHANGE of MySQL, which define the column anew."""
        is_change = item.word(-1) == "CHANGE"
        item.accept("COLUMN")
        item.accept("IF", "EXISTS")
        old = item.identifier() if is_change else ""
        column = columns.column(item)
        if column is None:
            return
        name = old or column.name
        if name != column.name:
            yield RenameColumn(range, self.statement, self.table, self.before, name, column.name)
        if column.type:
            yield ChangeType(range, self.statement, self.table, self.before, name, column.type, column=column)

    def rename(self, item: Cursor, range: Range) -> Iterator[Change]:
        if item.word() in ("CONSTRAINT", "INDEX", "KEY", "VALUE") and item.word(2) == "TO":
            kind = item.accept_any(_NAMED)
            name = item.identifier()
            if kind and item.accept("TO") and (new := item.identifier()):
                yield RenameKey(range, self.statement, self.table, self.before, name, new)
            return
        if item.accept("TO") or item.accept("AS") or item.end - item.index == 1:
            if to := item.name():
                yield RenameTable(
                    range,
                    self.statement,
                    self.table,
                    self.before,
                    Name(to.schema or self.table.schema, to.name, to.range),
                )
            return
        item.accept("COLUMN")
        name = item.identifier()
        if item.accept("TO") and (new := item.identifier()):
            yield RenameColumn(range, self.statement, self.table, self.before, name, new)

    def validate(self, item: Cursor, range: Range) -> Iterator[Change]:
        if item.accept("CONSTRAINT"):
            yield ValidateConstraint(range, self.statement, self.table, self.before, item.identifier())

    def switch(self, item: Cursor, range: Range) -> Iterator[Change]:
        """ENABLE, DISABLE, FORCE and NO FORCE."""
        verb = item.word(-1)
        if verb == "NO" and item.accept("FORCE"):
            verb = "NO FORCE"
        if item.accept("ROW", "LEVEL", "SECURITY"):
            is_enabled = {"ENABLE": True, "DISABLE": False}.get(verb)
            is_forced = {"FORCE": True, "NO FORCE": False}.get(verb)
            yield SetRowSecurity(range, self.statement, self.table, self.before, is_enabled, is_forced)
        elif item.word() in ("REPLICA", "ALWAYS", "TRIGGER"):
            item.index += 1 if item.word() != "TRIGGER" else 0
            if item.accept("TRIGGER"):
                name = item.word() if item.word() in ("ALL", "USER") else item.identifier()
                yield SetTrigger(range, self.statement, self.table, self.before, name, verb == "ENABLE")

    def attach(self, item: Cursor, range: Range) -> Iterator[Change]:
        is_attach = item.word(-1) == "ATTACH"
        if item.accept("PARTITION") and (partition := item.name()):
            if is_attach:
                yield AttachPartition(range, self.statement, self.table, self.before, partition)
            else:
                is_concurrent = item.word() in ("CONCURRENTLY", "FINALIZE")
                yield DetachPartition(range, self.statement, self.table, self.before, partition, is_concurrent)


_ACTIONS: dict[str, Callable[[_Actions, Cursor, Range], Iterator[Change]]] = {
    "ADD": _Actions.add,
    "DROP": _Actions.drop,
    "ALTER": _Actions.alter,
    "MODIFY": _Actions.modify,
    "CHANGE": _Actions.modify,
    "RENAME": _Actions.rename,
    "VALIDATE": _Actions.validate,
    **dict.fromkeys(("ENABLE", "DISABLE", "FORCE", "NO"), _Actions.switch),
    **dict.fromkeys(("ATTACH", "DETACH"), _Actions.attach),
}


def rename_table(cursor: Cursor, statement: Statement, catalog: Catalog) -> Iterator[Change]:
    """`RENAME TABLE a TO b, c TO d` of MySQL, behind the first word."""
    if not cursor.accept("TABLE"):
        return
    for item in cursor.items():
        start = item.index
        old = item.name()
        if old is not None and item.accept("TO") and (new := item.name()) is not None:
            yield RenameTable(item.range(start), statement, old, catalog.find(old), new)
