"""Drizzle: constants that are made by `pgTable`, `mysqlTable` or `sqliteTable`.

A column whose name is not given may be called as the field or, with `casing` of the configuration, otherwise.
Source: https://orm.drizzle.team/docs/sql-schema-declaration.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.analysis.migrations.links import Link, chain_of
from persistlint.analysis.migrations.values import Values
from persistlint.analysis.migrations.writing import listed, quoted, said
from persistlint.analysis.models.draft import Draft
from persistlint.analysis.names import last_name
from persistlint.ir import Assign, Attribute, Call, FunctionDefinition, Lambda, Mapping, Name, Return, String
from persistlint.regexes import regex
from persistlint.schema.models import Field
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression
    from persistlint.languages import Syntax

# Where schemas are kept. Elsewhere lie those that a tool has written and nobody uses.
_KEPT = regex(
    r"(?:^|/)(?:schemas?|models?|tables|db|database|drizzle)/|(?:^|[/.])(?:schemas?|models?|tables?)\.[cm]?[jt]s$"
)


@cache
def _table() -> dict[str, Any]:
    return read_table(Path(__file__).with_suffix(".toml"))


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file; nothing for one that does not lie where schemas are kept."""
    if not _KEPT.search(syntax.source.path):
        return
    module = syntax.lower()
    values = Values(syntax.source.content)
    values.learn(module.body)
    tables = {
        statement.target.id: (statement.target, statement.value)
        for statement in module.body
        if isinstance(statement, Assign) and isinstance(statement.target, Name)
        if isinstance(statement.value, Call) and last_name(statement.value.function) in _table()["tables"]
    }
    values.constants |= {
        statement.function.name: Lambda(statement.range, statement.function)
        for statement in module.body
        if isinstance(statement, FunctionDefinition)
    }
    calls: dict[str, Expression] = {name: call for name, (_, call) in tables.items()}
    for target, call in tables.values():
        if isinstance(call, Call) and isinstance(call.function, Name) and len(call.arguments) > 1:
            yield _Model(target, call, values, calls).draft()


class _Model:
    """The reading of one table. `tables` are all of the file, by the names of their constants."""

    def __init__(self, target: Name, call: Call, values: Values, tables: dict[str, Expression]) -> None:
        self.target = target
        self.call = call
        self.values = values
        self.tables = tables

    def draft(self) -> Draft:
        """The model, with its columns, keys and indexes."""
        named, columns, *more = (argument.value for argument in self.call.arguments)
        told = self.values.string(named)
        table: Fragment | None = (quoted(told.value, told.range),) if told is not None else None
        draft = Draft("Drizzle", self.target.id, self.target.range, self.call.range, table)
        fields = self.values.resolve(_returned(columns))
        if not isinstance(fields, Mapping):
            draft.is_complete = draft.knows_keys = False
            return draft
        for entry in self.values.entries(fields):
            if isinstance(entry.key, String):
                self._take(entry.key, entry.value, draft)
            else:
                draft.is_complete = False  # columns of another file
        for extra in more:
            self._take_keys(extra, draft)
        return draft

    def _take(self, key: String, value: Expression, draft: Draft) -> None:
        """`ownerId: integer("owner_id").notNull().references(() => owners.id)`."""
        first, links = self._made(value)
        if first is None:
            draft.is_complete = draft.knows_keys = False
            return
        options = {link.name: link for link in links}
        column = _name_of(key, first, self.values)
        name: Fragment = (quoted(column, key.range),)
        written: list[Fragment] = []
        type = self._type(first, is_array="array" in options)
        if type:
            written.append((said(type, first.range),))
        if "notNull" in options:
            written.append((said("NOT NULL", options["notNull"].range),))
        if "primaryKey" in options:
            written.append((said("PRIMARY KEY", options["primaryKey"].range),))
        if "unique" in options:
            at = options["unique"].range
            draft.items.append((said("UNIQUE", at), "(", *name, said(")", at)))
        defaults = [link for link in links if link.name in ("default", "defaultNow", "defaultRandom")]
        defaults += [link for link in links if link.name.startswith("generated")]
        if defaults:
            written.append(("DEFAULT", said("unknown()", defaults[0].range)))
        reference = self._reference(options["references"]) if "references" in options else ()
        written.append(reference or ())
        says_reference = "references" not in options or bool(reference)
        found = Field(key.value, column, is_named=self._is_told(first), says_reference=says_reference)
        draft.add(found, name, tuple(part for each in written for part in each))

    def _made(self, value: Expression) -> tuple[Link | None, tuple[Link, ...]]:
        """The call that makes a column, also where a function of the file does it, and what follows it. None where a
        function of another file may do it, which is given no name."""
        first, links = _column(value)
        helper = self.values.constants.get(first.name) if first is not None else None
        made = _returned(helper) if isinstance(helper, Lambda) else None
        if made is not None and (inner := _column(made))[0] is not None:
            return inner[0], (*inner[1], *links)
        is_type = first is not None and (first.name in _table()["types"] or first.name in self.values.constants)
        return (first, links) if first is not None and (is_type or self._is_told(first)) else (None, ())

    def _is_told(self, first: Link) -> bool:
        return self.values.string(first.argument(0)) is not None

    def _type(self, first: Link, *, is_array: bool) -> str:
        """The type of a column in SQL; "" where it is one of the project's own, or depends on an option."""
        options = next((a.value for a in first.arguments if isinstance(self.values.resolve(a.value), Mapping)), None)
        mode = self.values.text(self.values.entry(options, "mode"))
        known: str = _table()["types"].get(first.name, "")
        if known == "timestamp" and self.values.is_true(self.values.entry(options, "withTimezone")):
            known = "timestamptz"
        if mode and known in ("integer", "text", "blob"):
            return ""  # SQLite keeps any value there
        return f"{known}[]" if known and is_array else known

    def _reference(self, link: Link) -> Fragment:
        """What `references(() => owners.id, { onDelete: "cascade" })` comes to; nothing for a table of another file."""
        value = _returned(link.argument(0))
        if not isinstance(value, Attribute) or not isinstance(value.value, Name):
            return ()
        other = self.tables.get(value.value.id)
        if not isinstance(other, Call) or len(other.arguments) < 2:
            return ()
        told = self.values.string(other.arguments[0].value)
        fields = _returned(other.arguments[1].value)
        entries = [e for e in self.values.entries(fields) if isinstance(e.key, String) and e.key.value == value.name]
        first, _ = _column(entries[0].value) if entries else (None, ())
        key = entries[0].key if entries else None
        if told is None or first is None or not isinstance(key, String):
            return ()
        column = _name_of(key, first, self.values)
        at = link.range
        return (said("REFERENCES", at), quoted(told.value, at), "(", quoted(column, at), said(")", at))

    def _take_keys(self, extra: Expression, draft: Draft) -> None:
        """`(table) => [unique().on(table.a, table.b), index("name").on(table.a)]`, or an object of these."""
        given = self.values.resolve(_returned(extra))
        found = self.values.elements(given)
        if found is None and isinstance(given, Mapping):
            found = tuple(entry.value for entry in given.entries)
        if found is None:
            draft.knows_keys = False
            return
        for each in found:
            first, links = _column(each)
            if first is None:
                draft.knows_keys = False
            else:
                self._take_key(first, {link.name: link for link in links}, draft)

    def _take_key(self, first: Link, options: dict[str, Link], draft: Draft) -> None:
        over = options.get("on") or options.get("using")
        nodes = [argument.value for argument in over.arguments] if over is not None else []
        if first.name == "primaryKey":
            nodes = list(self.values.elements(self.values.entry(first.argument(0), "columns")) or ())
            nodes = nodes or [argument.value for argument in first.arguments]
        columns = {field.name: field.column for field in draft.fields}
        names = [chain_of(node)[1] for node in nodes]
        is_known = bool(names) and all(links and links[0].name in columns for links in names)
        if not is_known:
            draft.knows_keys &= first.name not in ("unique", "uniqueIndex", "primaryKey", "foreignKey")
            return
        keys = listed((quoted(columns[links[0].name], links[0].range),) for links in names)
        if first.name in ("unique", "primaryKey"):
            words = "UNIQUE" if first.name == "unique" else "PRIMARY KEY"
            draft.items.append((said(words, first.range), "(", *keys, said(")", first.range)))
        elif first.name in ("index", "uniqueIndex"):
            where: Fragment = ("condition ( )",) if "where" in options else ()
            draft.index(keys, is_unique=first.name == "uniqueIndex", where=where, range=first.range)


def _column(value: Expression) -> tuple[Link | None, tuple[Link, ...]]:
    """The call that makes a column, be it `text("name")` or `t.text("name")`, and what follows it."""
    root, links = chain_of(value)
    if isinstance(root, Call) and isinstance(root.function, Name):
        return Link(root.function.id, root.arguments, root.range), links
    return (links[0], links[1:]) if isinstance(root, Name) and links else (None, ())


def _name_of(key: String, first: Link, values: Values) -> str:
    """The name of a column: what its type is given first, or else that of the field."""
    told = values.string(first.argument(0))
    return told.value if told is not None else key.value


def _returned(node: Expression | None) -> Expression | None:
    """What a function without more than one statement gives; anything else as it is."""
    if not isinstance(node, Lambda):
        return node
    body = node.function.body
    return body[0].value if len(body) == 1 and isinstance(body[0], Return) else None
