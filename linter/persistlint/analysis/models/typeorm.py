"""TypeORM: classes with `@Entity()`.

Sources: https://typeorm.io/docs/entity/entities, https://typeorm.io/docs/help/decorator-reference, and
`DefaultNamingStrategy` of TypeORM.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.analysis.migrations.values import Values, positional
from persistlint.analysis.migrations.writing import listed, quoted, said
from persistlint.analysis.models.classes import assignments, classes_of, lineage
from persistlint.analysis.models.draft import Draft
from persistlint.analysis.names import last_name
from persistlint.ir import Call, Collection, Lambda, Mapping, Return
from persistlint.regexes import regex
from persistlint.schema.models import Field
from persistlint.schema.naming import snake
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.analysis.models.classes import Lineage
    from persistlint.ir import Assign, ClassDefinition, Expression, Name
    from persistlint.languages import Syntax

_NULL = regex(r"\s*\|\s*(?:null|undefined)\b|\b(?:null|undefined)\s*\|\s*")
_BARE = frozenset({"BaseEntity", "Object"})  # bases without columns


@cache
def _table() -> dict[str, Any]:
    return read_table(Path(__file__).with_suffix(".toml"))


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file."""
    module = syntax.lower()
    values = Values(syntax.source.content)
    values.learn(module.body)
    classes = {definition.name: definition for definition in classes_of(module.body)}
    for definition in classes.values():
        if any(last_name(node) == "Entity" for node in definition.decorators):
            yield _Entity(definition, lineage(definition, classes), values).draft()


class _Entity:
    """The reading of one class."""

    def __init__(self, definition: ClassDefinition, lineage: Lineage, values: Values) -> None:
        self.definition = definition
        self.lineage = lineage
        self.values = values
        self.columns: dict[str, str] = {}  # of the fields

    def draft(self) -> Draft:
        """The model that the class is."""
        definition = self.definition
        entity = next(node for node in definition.decorators if last_name(node) == "Entity")
        given = _arguments(entity)
        options = next((node for node in given if isinstance(self.values.resolve(node), Mapping)), None)
        first = given[0] if given and given[0] is not options else self.values.entry(options, "name")
        told = self.values.string(first) if first is not None else None
        name = told.value if told is not None else snake(definition.name)
        table: Fragment | None = (quoted(name, told.range if told is not None else definition.name_range),)
        if first is not None and told is None:
            table = None  # a constant of another file
        schema = self.values.entry(options, "schema")
        if schema is not None and table is not None:
            before = self.values.string(schema)
            table = (quoted(before.value, before.range), ".", *table) if before is not None else None
        draft = Draft("TypeORM", definition.name, definition.name_range, definition.range, table)
        draft.is_named = told is not None
        draft.is_complete = all(base.rpartition(".")[2] in _BARE for base in self.lineage.others)
        if any(last_name(node) == "TableInheritance" for node in definition.decorators):
            draft.is_complete = draft.knows_keys = False
        for each in self.lineage.classes:
            for target, statement in assignments(each.body):
                self._take(target, statement, draft)
        for each in self.lineage.classes:
            for node in each.decorators:
                self._take_key(node, draft)
        return draft

    def _take(self, target: Name, statement: Assign, draft: Draft) -> None:
        """Take one field."""
        decorators = {last_name(node): node for node in statement.decorators}
        kind = next((name for name in decorators if name in _table()["columns"]), None)
        if kind is not None:
            self._column(target, statement, kind, decorators, draft)
        elif "ManyToOne" in decorators or ("OneToOne" in decorators and "JoinColumn" in decorators):
            self._relation(target, decorators, draft)

    def _column(
        self, target: Name, statement: Assign, kind: str, decorators: dict[str, Expression], draft: Draft
    ) -> None:
        known = _table()["columns"][kind]
        given = _arguments(decorators[kind])
        options = next((node for node in given if isinstance(self.values.resolve(node), Mapping)), None)
        if given and isinstance(given[0], Lambda):
            draft.is_complete = False  # columns of another class
            return
        declared = given[0] if given and given[0] is not options else self.values.entry(options, "type")
        entries = list(self.values.entries(options))
        type = self._type(declared, options, statement.annotation, known.get("type", ""))
        named = self.values.entry(options, "name")
        told = self.values.text(named)
        if named is not None and not told:
            draft.is_complete = False
            return
        null = self.values.entry(options, "nullable")
        is_open = any(entry.key is None for entry in entries)
        is_open |= null is not None and not (self.values.is_true(null) or self.values.is_false(null))
        written: list[Fragment] = [(said(type, (declared or target).range),)] if type else []
        is_optional = self.values.is_true(null) or (null is None and known.get("nullable", False))
        if "sql" in known and not is_optional:
            written.append((said(known["sql"], target.range),))
        elif not is_optional:
            written.append((said("NOT NULL", target.range),))
        if self.values.is_true(self.values.entry(options, "primary")):
            written.append((said("PRIMARY KEY", target.range),))
        if self.values.is_true(self.values.entry(options, "unique")):
            written.append((said("UNIQUE", target.range),))
        column = told or target.id
        self.columns[target.id] = column
        name: Fragment = (quoted(column, target.range),)
        said_of = Field(target.id, column, not is_open, is_named=bool(told))
        draft.add(said_of, name, tuple(part for each in written for part in each))
        index = decorators.get("Index")
        if index is not None:
            draft.index(name, is_unique=self._is_unique(index))
        if "Unique" in decorators:
            draft.items.append(("UNIQUE (", *name, ")"))

    def _type(self, declared: Expression | None, options: Expression | None, annotation: str, known: str) -> str:
        """The type of a column, by what is declared, or else by the type of the field."""
        text = self.values.text(declared)
        if text == "uuid" and known == "serial":
            return "uuid"
        if text in ("increment", "identity", "rowid"):
            return known
        array = "[]" if self.values.is_true(self.values.entry(options, "array")) else ""
        if text:
            sizes = [self.values.entry(options, key) for key in ("length", "precision", "scale")]
            numbers = [self.values.number(size) or self.values.text(size) for size in sizes if size is not None]
            plain = _table()["written"].get(text, text)
            return f"{plain}({', '.join(numbers)}){array}" if numbers and all(numbers) else f"{plain}{array}"
        if declared is not None:
            return ""
        return known or f"{found}{array}" if (found := _table()["types"].get(_NULL.sub("", annotation))) else known

    def _relation(self, target: Name, decorators: dict[str, Expression], draft: Draft) -> None:
        """`@ManyToOne(() => House, { nullable: false }) @JoinColumn({ name: "house_id" }) house: House`."""
        relation = decorators.get("ManyToOne") or decorators["OneToOne"]
        given = _arguments(relation)
        options = next((node for node in given if isinstance(self.values.resolve(node), Mapping)), None)
        join = _arguments(decorators["JoinColumn"]) if "JoinColumn" in decorators else ()
        settings = join[0] if join else None
        named = self.values.entry(settings, "name")
        told = self.values.text(named)
        if isinstance(self.values.resolve(settings), Collection) or (named is not None and not told):
            draft.is_complete = False
            return
        if self.values.entry(settings, "referencedColumnName") is not None and not told:
            draft.is_complete = False
            return
        column = told or f"{target.id}Id"
        self.columns[target.id] = column
        null = self.values.entry(options, "nullable")
        is_open = null is not None and not (self.values.is_true(null) or self.values.is_false(null))
        written: list[Fragment] = []
        if self.values.is_false(null) or self.values.is_true(self.values.entry(options, "primary")):
            written.append((said("NOT NULL", target.range),))
        if "OneToOne" in decorators:  # whatever else says of the column that it is one
            draft.items.append((said("UNIQUE", target.range), "(", quoted(column, target.range), ")"))
        if any(found.column == column.lower() for found in draft.fields):
            return  # a column of its own says more
        draft.add(
            Field(target.id, column, not is_open, is_named=bool(told)),
            (quoted(column, target.range),),
            tuple(part for each in written for part in each),
        )

    def _take_key(self, node: Expression, draft: Draft) -> None:
        """Take `@Unique(["a", "b"])`, or `@Index("name", ["a", "b"], { unique: true })`, of the class."""
        kind = last_name(node)
        if kind not in ("Unique", "Index"):
            return
        fields = next((f for each in _arguments(node) if (f := self._fields(each)) is not None), None)
        if fields is None or not all(name in self.columns for name, _ in fields):
            draft.knows_keys = False
            return
        keys = listed((quoted(self.columns[name], each.range),) for name, each in fields)
        if kind == "Unique":
            draft.items.append((said("UNIQUE", node.range), "(", *keys, ")"))
            return
        options = [each for each in _arguments(node) if isinstance(self.values.resolve(each), Mapping)]
        has_condition = any(self.values.entry(each, "where") is not None for each in options)
        draft.index(keys, is_unique=self._is_unique(node), where=("condition ( )",) if has_condition else ())

    def _fields(self, node: Expression) -> list[tuple[str, Expression]] | None:
        """The fields that `["a", "b"]`, or `(room) => [room.a, room.b]`, names."""
        if isinstance(node, Lambda):
            body = node.function.body
            value = body[-1].value if len(body) == 1 and isinstance(body[-1], Return) else None
            elements = value.elements if isinstance(value, Collection) else ()
            return [(last_name(element), element) for element in elements] or None
        found = self.values.elements(node)
        return [(self.values.text(element), element) for element in found] if found else None

    def _is_unique(self, index: Expression) -> bool:
        return any(self.values.is_true(self.values.entry(each, "unique")) for each in _arguments(index))


def _arguments(node: Expression) -> tuple[Expression, ...]:
    """What a decorator is given."""
    return tuple(argument.value for argument in positional(node)) if isinstance(node, Call) else ()
