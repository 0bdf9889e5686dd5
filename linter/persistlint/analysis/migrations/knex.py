"""Knex: migrations that call `knex.schema`, and describe tables in callbacks."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.links import Link, chain_of
from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.walk import Framework
from persistlint.analysis.migrations.writer import REST, Writer
from persistlint.analysis.migrations.writing import join, listed, quoted, said
from persistlint.ir import Call, Constant, Lambda, Mapping, Name, String
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    import re

    from persistlint.analysis.migrations.operations import Kinds
    from persistlint.analysis.migrations.walk import Walk
    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression
    from persistlint.source import Range
    from persistlint.sql.text import Text

_ARGUMENT = regex(r"\{(\d):([^}]*)\}")
_TABLES = frozenset({"createTable", "createTableIfNotExists", "alterTable", "table"})
# How Knex names what gets no name.
_SUFFIXES = {"dropIndex": "index", "dropForeign": "foreign", "dropUnique": "unique", "index": "index"}
_SETTINGS = frozenset({"comment", "engine", "charset", "collate", "inherits"})


@dataclass
class _Built:
    """A table that a callback describes. `items` are what CREATE TABLE has in its parentheses, `after` the indexes
    that follow it."""

    bound: dict[str, Expression]
    is_new: bool
    items: list[Fragment] = field(default_factory=list)
    after: list[tuple[Fragment, Range]] = field(default_factory=list)


class Knex(Framework):
    """One file of Knex's. `built` are the tables that are described at the moment, by the names of their builders."""

    def __init__(self, dialect: str | None) -> None:
        self.dialect = dialect
        self.built: dict[str, _Built] = {}

    def call(self, walk: Walk, call: Call) -> bool:
        if isinstance(call.function, Name) and self._is_helped(walk, call, call.function.id):
            return True
        root, links = chain_of(call)
        if isinstance(root, Call) and isinstance(root.function, Name) and root.function.id in walk.handles:
            return True  # rows: `knex("orders").update(…)`
        if not isinstance(root, Name) or not links:
            return False
        if root.id in self.built:
            self._column(walk, self.built[root.id], links, call.range)
            return True
        if root.id not in walk.handles:
            return False
        self._schema(walk, root, links, call)
        return True

    def _is_helped(self, walk: Walk, call: Call, name: str) -> bool:
        """Take a call of a function of the program that is given a builder: one of another file may say anything of the
        table."""
        given = [argument.value for argument in call.arguments]
        built = next((self.built[each.id] for each in given if isinstance(each, Name) and each.id in self.built), None)
        if built is None or name in walk.functions:
            return False
        if built.is_new:
            built.items.append(REST)
        else:
            walk.take(None, call.range)
        return True

    def _schema(self, walk: Walk, root: Expression, links: tuple[Link, ...], call: Call) -> None:
        bound: dict[str, Expression] = {}
        operations = table("knex").operations
        for link in links:
            range = link.range if len(links) > 2 else call.range
            if link.name in ("withSchema", "table") and len(link.arguments) == 1:
                if link.name == "withSchema":
                    bound["schema"] = link.arguments[0].value
            elif link.name in _TABLES:
                self._table(walk, link, bound, range)
            elif link.name == "transaction" and link.arguments and isinstance(link.arguments[0].value, Lambda):
                walk.inline(link.arguments[0].value.function, (root,))
            elif link.name in ("then", "catch", "finally"):
                for argument in link.arguments:
                    if isinstance(argument.value, Lambda) and link.name != "catch":
                        walk.inline(argument.value.function, ())
            elif (operation := operations.get(link.name)) is not None and link.arguments:
                given = Given.of(link.arguments, operation, walk.values, bound)
                KnexWriter(walk.values, self.dialect).take(walk, operation, given, range)
            elif link.arguments and link.name.startswith(("create", "alter", "drop", "refresh")):
                walk.take(None, range)

    def _table(self, walk: Walk, link: Link, bound: dict[str, Expression], range: Range) -> None:
        name, callback = link.argument(0), link.argument(1)
        function = callback.function if isinstance(callback, Lambda) else None
        if isinstance(callback, Name) and callback.id in walk.functions:
            function = walk.functions[callback.id]
        if name is None or function is None or not function.parameters:
            walk.take(None, range)
            return
        built = _Built({**bound, "table": name}, link.name.startswith("create"))
        writer = KnexWriter(walk.values, self.dialect)
        of_table = writer.qualified(built.bound)
        builder = function.parameters[0].name
        outer = self.built.get(builder)
        self.built[builder] = built
        walk.inline(function, ())
        if outer is not None:
            self.built[builder] = outer
        else:
            del self.built[builder]
        if not built.is_new:
            return
        guard = ("IF NOT EXISTS",) if link.name.endswith("IfNotExists") else ()
        if of_table is None:
            walk.take(None, range)
            return
        walk.take(join(("CREATE TABLE", *guard, *of_table, "(", *listed(built.items or [REST]), ")"), range), range)
        for fragment, place in built.after:
            walk.take(join(fragment, place), place)

    def _column(self, walk: Walk, built: _Built, links: tuple[Link, ...], range: Range) -> None:
        """One statement of a callback."""
        writer = KnexWriter(walk.values, self.dialect)
        of_table = writer.qualified(built.bound)
        first, *rest = links
        operation = table("knex").operations.get(first.name)
        if of_table is None or first.name in _SETTINGS:
            return
        if operation is not None and first.name != "raw":
            given = Given.of(first.arguments, operation, walk.values, built.bound)
            self._name(given, first, writer)
            if built.is_new:
                fragments = writer.written(operation, given)
                built.after += [(fragment, range) for fragment in fragments if fragment is not None]
            else:
                writer.take(walk, operation, given, range)
            return
        if any(link.name == "alter" for link in rest):
            actions = writer.altered(first, rest)
            walk.take(join(("ALTER TABLE", *of_table, *actions), range) if actions else None, range)
            return
        constraint = writer.constraint(first, rest)
        columns = [constraint] if constraint is not None else writer.columns(first, rest)
        if not columns:
            built.items.append(REST)
            if not built.is_new:
                walk.take(None, range)
            return
        if built.is_new:
            built.items += columns
        else:
            verb = "ADD" if constraint is not None else "ADD COLUMN"
            actions = listed((verb, *column) for column in columns)
            walk.take(join(("ALTER TABLE", *of_table, *actions), range), range)
        index = writer.index(first, rest, of_table)
        if index is not None:
            built.after.append((index, range))
            if not built.is_new:
                walk.take(join(index, range), range)

    def _name(self, given: Given, link: Link, writer: KnexWriter) -> None:
        """The name that Knex itself gives to an index or a key without one: `orders_number_index`."""
        suffix = _SUFFIXES.get(link.name)
        columns = given.get("columns")
        options = given.get("name")
        if isinstance(writer.unwrapped(options) if options is not None else None, Mapping):
            named = writer.values.entry(options, "indexName")
            given.arguments.pop("name")
            given.arguments |= {"name": named} if named is not None else {}
        if suffix is None or columns is None or given.get("name") is not None:
            return
        texts = [writer.values.text(column) for column in writer.values.elements(columns) or (columns,)]
        name = "_".join((writer.values.text(given.get("table")), *texts, suffix)).lower()
        given.arguments["name"] = String(columns.range, name, columns.range)


class KnexWriter(Writer):
    """Writes what Knex says, for one dialect."""

    @property
    def kinds(self) -> Kinds:
        return super().kinds | {"dropped": self.dropped}

    def qualified(self, bound: dict[str, Expression]) -> Fragment | None:
        """A table with its schema."""
        name = self.name(bound["table"])
        schema = self.name(bound["schema"]) if "schema" in bound else None
        return (*schema, ".", *name) if schema and name else name

    def name(self, node: Expression) -> Fragment | None:
        """An identifier, with its schema where it has one."""
        schema, dot, last = self.values.text(node).rpartition(".")
        if not dot:
            return super().name(node)
        return (quoted(schema, node.range), ".", quoted(last, node.range))

    def text(self, node: Expression) -> Fragment | None:
        """SQL in a string, or in `knex.raw("…")`."""
        node = self.unwrapped(node)
        if isinstance(node, Call) and node.arguments and chain_of(node)[1][-1:] and chain_of(node)[1][-1].name == "raw":
            node = node.arguments[0].value
        return super().text(node)

    def called_default(self, call: Call) -> Fragment | None:
        """`knex.fn.now()`, `knex.raw("…")`, `knex.fn.uuid()`."""
        _, links = chain_of(call)
        if links and links[-1].name in ("now", "uuid"):
            name = "now()" if links[-1].name == "now" else "gen_random_uuid()"
            return (said(name, call.range),)
        return self.text(call)

    def dropped(self, node: Expression) -> Fragment | None:
        """`DROP COLUMN` for each of several."""
        names = [self.name(name) for element in self.values.elements(node) or () for name in self._flat(element)]
        return listed(("DROP COLUMN", *name) for name in names if name) if names and all(names) else None

    def _flat(self, node: Expression) -> tuple[Expression, ...]:
        return self.values.elements(node) or (node,)

    # ------------------------------------------------------------------------------------------------------ columns

    def columns(self, first: Link, rest: list[Link]) -> list[Fragment]:
        """The columns that one chain describes; none where it is not understood."""
        if first.name == "timestamps":
            return self._timestamps(first)
        name = first.argument(0)
        written = self.name(name) if name is not None else None
        if first.name in ("increments", "bigIncrements") and name is None:
            written = (quoted("id", first.range),)
        type = self._type(first)
        if written is None or type is None:
            return []
        found: list[Text | str] = [*written, *type]
        for link in rest:
            found += self._modifier(link)
        found += self._reference(rest)
        return [tuple(found)]

    def altered(self, first: Link, rest: list[Link]) -> Fragment:
        """What `.alter()` does to a column in PostgreSQL: what the chain does not say goes, but for what its options
        leave alone. https://knexjs.org/guide/schema-builder.html#alter. Nothing for other databases."""
        column, type = first.argument(0), self._type(first)
        name = self.name(column) if column is not None else None
        if self.dialect != "postgres" or name is None or type is None:
            return ()
        options = next(link.argument(0) for link in rest if link.name == "alter")
        actions: list[Fragment] = []
        if not self._is_off(options, "alterType"):
            actions.append(("TYPE", *type))
        if not self._is_off(options, "alterNullable"):
            is_required = any(link.name == "notNullable" for link in rest)
            actions.append(("SET NOT NULL" if is_required else "DROP NOT NULL",))
        default = next((link.argument(0) for link in rest if link.name in ("defaultTo", "default")), None)
        actions.append(("SET DEFAULT", *self.or_some(default)) if default is not None else ("DROP DEFAULT",))
        return listed((said("ALTER COLUMN", first.range), *name, *action) for action in actions)

    def _timestamps(self, link: Link) -> list[Fragment]:
        """`table.timestamps(useTimestamps, defaultToNow)`."""
        options = link.argument(0)
        now = self.values.entry(options, "defaultToNow") if options is not None else None
        is_now = self.values.is_true(now or link.argument(1))
        type = table("knex").type("timestamp", self.dialect) or "timestamptz"
        words = f"{type} NOT NULL DEFAULT CURRENT_TIMESTAMP" if is_now else type
        return [(quoted(name, link.range), said(words, link.range)) for name in ("created_at", "updated_at")]

    def _type(self, link: Link) -> Fragment | None:
        if link.name in ("specificType", "text") and (written := link.argument(1)) is not None:
            return self.word(written)
        type = table("knex").type(link.name, self.dialect)
        if type is None:
            return None
        if type == "timestamptz" and self._is_without_zone(link.argument(1)):
            type = "timestamp"

        def argument(match: re.Match[str]) -> str:
            return self.values.number(link.argument(int(match.group(1)))) or match.group(2)

        return (said(_ARGUMENT.sub(argument, type), link.range), *self._choices(link))

    def _is_without_zone(self, options: Expression | None) -> bool:
        """`{ useTz: false }`, or the older `true` for the type of the standard."""
        is_standard = isinstance(options, Constant) and options.value is True
        return is_standard or self._is_off(options, "useTz")

    def _is_off(self, options: Expression | None, key: str) -> bool:
        """Whether options say `false` to something."""
        value = self.values.entry(options, key) if options is not None else None
        return isinstance(value, Constant) and value.value is False

    def _choices(self, link: Link) -> Fragment:
        """The values of an enum, which Knex checks."""
        values = self.values.elements(link.argument(1)) if link.name in ("enum", "enu") else None
        name = link.argument(0)
        column = self.name(name) if name is not None else None
        if values is None or column is None:
            return ()
        return ("CHECK (", *column, "IN (", *listed(self.or_some(value) for value in values), ") )")

    def _modifier(self, link: Link) -> Fragment:
        """What a link behind the type adds."""
        words = {"notNullable": "NOT NULL", "primary": "PRIMARY KEY", "unique": "UNIQUE", "unsigned": ""}
        if words.get(link.name):
            return (said(words[link.name], link.range),)
        value = link.argument(0)
        if link.name in ("defaultTo", "default") and value is not None:
            return ("DEFAULT", *self.or_some(value))
        return ()

    def _reference(self, rest: list[Link]) -> Fragment:
        """`.references("id").inTable("users").onDelete("CASCADE")`."""
        by_name = {link.name: link for link in rest}
        first = by_name["references"].argument(0) if "references" in by_name else None
        if first is None:
            return ()
        of_table, _, column = self.values.text(first).rpartition(".")
        target = by_name["inTable"].argument(0) if "inTable" in by_name else None
        name = self.name(target) if target is not None else (quoted(of_table, first.range),) if of_table else None
        columns = (quoted(column, first.range),) if column else self.names(first)
        if name is None or columns is None:
            return ()
        found: list[Text | str] = ["REFERENCES", *name, "(", *columns, ")"]
        for key, words in (("onDelete", "ON DELETE"), ("onUpdate", "ON UPDATE")):
            action = by_name[key].argument(0) if key in by_name else None
            word = self.word(action) if action is not None else None
            found += (words, *word) if word else ()
        return tuple(found)

    def constraint(self, first: Link, rest: list[Link]) -> Fragment | None:
        """`table.primary([…])`, `table.unique([…])`, `table.foreign("a").references(…)`; None for anything else."""
        words = {"primary": "PRIMARY KEY", "unique": "UNIQUE", "foreign": "FOREIGN KEY"}.get(first.name)
        columns = first.argument(0)
        names = self.names(columns) if words is not None and columns is not None else None
        if words is None or names is None:
            return None
        named = first.argument(1)
        if named is not None and isinstance(self.unwrapped(named), Mapping):
            named = self.values.entry(named, "indexName") or self.values.entry(named, "constraintName")
        name = self.name(named) if named is not None else None
        head: Fragment = (said("CONSTRAINT", first.range), *name) if name else ()
        reference = self._reference(rest) if first.name == "foreign" else ()
        return (*head, said(words, first.range), "(", *names, ")", *reference)

    def index(self, first: Link, rest: list[Link], of_table: Fragment) -> Fragment | None:
        """The index that `.index()` behind a column makes."""
        link = next((link for link in rest if link.name == "index"), None)
        name = first.argument(0)
        column = self.name(name) if name is not None else None
        if link is None or column is None:
            return None
        named = link.argument(0)
        of_index = self.name(named) if named is not None else None
        return ("CREATE INDEX", *(of_index or ()), "ON", *of_table, "(", *column, ")")
