"""Kysely: migrations that build statements from `db.schema` and execute them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations.links import Link, chain_of
from persistlint.analysis.migrations.walk import Framework
from persistlint.analysis.migrations.writer import Writer
from persistlint.analysis.migrations.writing import join, listed, quoted, said
from persistlint.ir import Call, Lambda, Name, Return, String, TaggedTemplate

if TYPE_CHECKING:
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression
    from persistlint.sql.text import Text


class Kysely(Framework):
    """One file of Kysely's."""

    def __init__(self, dialect: str | None) -> None:
        self.dialect = dialect

    def call(self, walk: Walk, call: Call) -> bool:
        root, links = chain_of(call)
        if not links or links[-1].name != "execute":
            return False
        writer = KyselyWriter(walk.values, self.dialect)
        if isinstance(root, TaggedTemplate):
            text = writer.text(root)
            walk.take(join(text, call.range) if text is not None else None, call.range)
            return True
        if not isinstance(root, Name) or root.id not in walk.handles:
            return False
        if links[0].name != "schema":
            return True  # rows
        found = writer.statement(links[1], links[2:-1]) if len(links) > 2 else None
        walk.take(join(found, call.range) if found is not None else None, call.range)
        return True


class KyselyWriter(Writer):
    """Writes what Kysely's builders say, for one dialect."""

    def name(self, node: Expression) -> Fragment | None:
        """An identifier, with its schema where it has one."""
        schema, dot, last = self.values.text(node).rpartition(".")
        return (quoted(schema, node.range), ".", quoted(last, node.range)) if dot else super().name(node)

    def statement(self, first: Link, rest: tuple[Link, ...]) -> Fragment | None:
        """The statement that a chain builds; None for one that is not understood."""
        target = first.argument(0)
        name = self.name(target) if target is not None else None
        names = {link.name for link in rest}
        if name is None:
            return None
        guard = ("IF EXISTS",) if "ifExists" in names else ()
        match first.name:
            case "dropTable":
                return ("DROP TABLE", *guard, *name, *(("CASCADE",) if "cascade" in names else ()))
            case "dropIndex":
                return ("DROP INDEX", *guard, *name)
            case "createView":
                kind = ("MATERIALIZED VIEW",) if "materialized" in names else ("VIEW",)
                return ("CREATE", *kind, *name, "AS SELECT query ( )")
            case "dropView":
                return ("DROP", *(("MATERIALIZED VIEW",) if "materialized" in names else ("VIEW",)), *guard, *name)
            case "createTable":
                items = [item for link in rest if (item := self._item(link)) is not None]
                made = ("IF NOT EXISTS",) if "ifNotExists" in names else ()
                return ("CREATE TABLE", *made, *name, "(", *listed(items), ")")
            case "alterTable":
                actions = [self._action(link) for link in rest]
                if not actions or not all(actions):
                    return None
                return ("ALTER TABLE", *name, *listed(action for action in actions if action))
            case "createIndex":
                return self._index(name, rest)
        return None

    def _index(self, name: Fragment, rest: tuple[Link, ...]) -> Fragment | None:
        by_name = {link.name: link for link in rest}
        on = by_name["on"].argument(0) if "on" in by_name else None
        keys = [link.argument(0) for link in rest if link.name in ("column", "columns")]
        columns = [self._keys(key) for key in keys if key is not None]
        chosen = by_name["where"].argument(0) if "where" in by_name else None
        column = self.name(chosen) if isinstance(chosen, String) else None
        where: Fragment = ("WHERE condition (", *(column or ()), ")") if "where" in by_name else ()
        of_table = self.name(on) if on is not None else None
        if of_table is None or not columns or not all(columns):
            return None
        unique = ("UNIQUE",) if "unique" in by_name else ()
        listed_columns = listed(column for column in columns if column)
        return ("CREATE", *unique, "INDEX", *name, "ON", *of_table, "(", *listed_columns, ")", *where)

    def _keys(self, node: Expression) -> Fragment | None:
        """The columns of an index, of which each may have a direction behind it: `"id desc"`."""
        elements = self.values.elements(node) or (node,)
        found = [(*self.values.text(element).rpartition(" "), element.range) for element in elements]
        keys = [
            (quoted(name, range), direction)
            if name and direction.lower() in ("asc", "desc")
            else (quoted(f"{name}{space}{direction}", range),)
            for name, space, direction, range in found
        ]
        return listed(keys) if all(direction for _, _, direction, _ in found) else None

    def _item(self, link: Link) -> Fragment | None:
        """What a link adds to a new table."""
        if link.name == "addColumn":
            return self._column(link) or ("LIKE", "others")
        words = {
            "addPrimaryKeyConstraint": "PRIMARY KEY",
            "addUniqueConstraint": "UNIQUE",
            "addForeignKeyConstraint": "FOREIGN KEY",
        }.get(link.name)
        named, over = link.argument(0), link.argument(1)
        if words is None or named is None or over is None:
            return None
        name, columns = self.name(named), self.names(over)
        if name is None or columns is None:
            return None
        head: Fragment = (said("CONSTRAINT", link.range), *name, said(words, link.range), "(", *columns, ")")
        if words != "FOREIGN KEY":
            return head
        target, referred = link.argument(2), link.argument(3)
        of_table = self.name(target) if target is not None else None
        others = self.names(referred) if referred is not None else None
        return (*head, "REFERENCES", *of_table, "(", *others, ")") if of_table and others else None

    def _action(self, link: Link) -> Fragment | None:
        """What a link does to a table."""
        first, second = link.argument(0), link.argument(1)
        name = self.name(first) if first is not None else None
        match link.name:
            case "addColumn":
                column = self._column(link)
                return ("ADD COLUMN", *column) if column else None
            case "dropColumn":
                return ("DROP COLUMN", *name) if name else None
            case "dropConstraint":
                return ("DROP CONSTRAINT", *name) if name else None
            case "renameTo":
                return ("RENAME TO", *name) if name else None
            case "renameColumn":
                to = self.name(second) if second is not None else None
                return ("RENAME COLUMN", *name, "TO", *to) if name and to else None
        item = self._item(link)
        return ("ADD", *item) if item else None

    def _column(self, link: Link) -> Fragment | None:
        """`addColumn("name", "type", (column) => column.notNull())`."""
        first, of_type, build = (link.argument(at) for at in range(3))
        name = self.name(first) if first is not None else None
        type = self._type(of_type) if of_type is not None else None
        if name is None or type is None:
            return None
        found: list[Text | str] = [*name, *type]
        body = build.function.body if isinstance(build, Lambda) else ()
        built = body[0].value if body and isinstance(body[0], Return) else None
        for option in chain_of(built)[1] if built is not None else ():
            found += self._option(option)
        return tuple(found)

    def _type(self, node: Expression) -> Fragment | None:
        found = self.unwrapped(node)
        if isinstance(found, String | TaggedTemplate):
            text = self.values.text(found)
            return (said(text, node.range),) if text else None
        return None

    def _option(self, link: Link) -> Fragment:
        words = {"notNull": "NOT NULL", "primaryKey": "PRIMARY KEY", "unique": "UNIQUE"}.get(link.name)
        if words is not None:
            return (said(words, link.range),)
        value = link.argument(0)
        if link.name == "defaultTo" and value is not None:
            sql = self.text(value) if isinstance(self.unwrapped(value), TaggedTemplate) else None
            return ("DEFAULT", *(sql or self.or_some(value)))
        if link.name == "references" and value is not None:
            of_table, _, column = self.values.text(value).rpartition(".")
            if of_table:
                range = value.range
                return ("REFERENCES", quoted(of_table, range), "(", quoted(column, range), ")")
        if link.name == "onDelete" and value is not None:
            word = self.word(value)
            return ("ON DELETE", *word) if word else ()
        return ()
