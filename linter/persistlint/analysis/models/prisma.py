"""Prisma: the models of a schema, be it one file or all of a folder.

Source: https://www.prisma.io/docs/orm/reference/prisma-schema-reference, and what `prisma migrate diff` writes.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.analysis.migrations.values import Values, keyword, positional
from persistlint.analysis.migrations.writer import as_serial
from persistlint.analysis.migrations.writing import as_type, listed, literal, quoted, said, verbatim
from persistlint.analysis.models.draft import Draft
from persistlint.analysis.names import last_name
from persistlint.ir import Assign, Attribute, Call, ClassDefinition, Collection, Constant, Name, Number, String
from persistlint.reading import ReadError, read_bytes
from persistlint.records import dataclass
from persistlint.schema.models import Field
from persistlint.sql.listing import files_below
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Expression, Module
    from persistlint.languages import Syntax
    from persistlint.source import Range, SourceFile
    from persistlint.sql.listing import Signature

PATTERN = "*.prisma"  # of the files of one schema, which lie in one folder


@cache
def _table() -> dict[str, Any]:
    return read_table(Path(__file__).with_suffix(".toml"))


@dataclass(frozen=True)
class Schema:
    """All blocks of a schema, by their names. `provider` is that of its database, "" where nothing tells; with
    `has_keys` the database keeps the references of the models."""

    blocks: Mapping[str, ClassDefinition]
    provider: str
    has_keys: bool

    @property
    def dialect(self) -> str | None:
        """The dialect of the database; None where its tables are not known, or there are none."""
        found: str | None = _table()["providers"].get(self.provider)
        return found

    def model(self, type: str) -> ClassDefinition | None:
        """The model that a field of a type refers to."""
        found = self.blocks.get(type.rstrip("?[]"))
        return found if found is not None and found.bases[0] in ("model", "view") else None

    def enum(self, type: str) -> ClassDefinition | None:
        """The enum that a field of a type holds."""
        found = self.blocks.get(type.rstrip("?[]"))
        return found if found is not None and found.is_enum else None


def schema_of(path: str, module: Module) -> Schema:
    """The schema that a file is a part of, with what the other files of its folder say."""
    file = Path(path).absolute()
    others = _others(files_below(str(file.parent), (PATTERN,))) if file.is_file() else {}
    modules = [*(other for name, other in others.items() if name != str(file)), module]
    blocks = [block for each in modules for block in each.body if isinstance(block, ClassDefinition)]
    source = next((block for block in blocks if block.bases == ("datasource",)), None)
    settings = {name_of(a): a.value for a in source.body if isinstance(a, Assign)} if source is not None else {}
    provider, mode = settings.get("provider"), settings.get("relationMode")
    return Schema(
        {block.name: block for block in blocks if block.bases[0] in ("model", "view", "enum", "type")},
        provider.value if isinstance(provider, String) else "",
        not (isinstance(mode, String) and mode.value == "prisma"),
    )


@lru_cache(maxsize=16)
def _others(files: Signature) -> dict[str, Module]:
    from persistlint.languages.prisma.lower import lower

    found = {}
    for path, _, _ in files:
        try:
            found[path] = lower(read_bytes(path)[0])
        except ReadError:
            continue
    return found


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file."""
    module = syntax.lower()
    schema = schema_of(syntax.source.path, module)
    return drafts_of(module, schema, syntax.source) if schema.dialect or not schema.provider else iter(())


def drafts_of(module: Module, schema: Schema, source: SourceFile) -> Iterator[Draft]:
    """The models of one file of a schema."""
    values = Values(source.content)
    for block in module.body:
        if isinstance(block, ClassDefinition) and block.bases == ("model",):
            yield _Model(block, schema, values).draft()


class _Model:
    """The reading of one model."""

    def __init__(self, definition: ClassDefinition, schema: Schema, values: Values) -> None:
        self.definition = definition
        self.schema = schema
        self.values = values
        self.dialect = schema.dialect or "postgres"
        self.columns = {
            field.target.id: mapped(field.decorators) or field.target.id
            for field in definition.body
            if isinstance(field, Assign) and isinstance(field.target, Name)
        }

    def draft(self) -> Draft:
        """The model, with its columns, keys and indexes."""
        definition = self.definition
        draft = Draft("Prisma", definition.name, definition.name_range, definition.range, _table_of(definition))
        for field in definition.body:
            if isinstance(field, Assign) and isinstance(field.target, Name):
                self._take(field, field.target, draft)
        for attribute in definition.decorators:
            if isinstance(attribute, Call):
                self._take_key(attribute, draft)
        return draft

    def _take(self, field: Assign, target: Name, draft: Draft) -> None:
        attributes = {last_name(node): node for node in field.decorators if isinstance(node, Call)}
        if self.schema.model(field.annotation) is not None or "relation" in attributes:
            if "relation" in attributes:
                self._reference(attributes["relation"], field.annotation, draft)
            return
        type = self._type(field, target.range)
        if type is None:
            draft.is_complete = False  # what the field is stands in another file
            return
        name: Fragment = (quoted(self.columns[target.id], target.range),)
        default = attributes.get("default")
        value = default.arguments[0].value if default is not None and default.arguments else None
        is_counted = isinstance(value, Call) and last_name(value) == "autoincrement"
        written = [*(as_serial(type) if is_counted and self.dialect == "postgres" else type)]
        if not field.annotation.endswith(("?", "]")):
            written.append(said("NOT NULL", target.range))
        if is_counted:
            written += [said("AUTO_INCREMENT", value.range)] if self.dialect == "mysql" and value is not None else []
        elif value is not None:
            written += self._default(value)
        if "id" in attributes:
            written.append(said("PRIMARY KEY", attributes["id"].range))
        says_null = not field.annotation.endswith("]")  # nothing can be said of a list
        said_of = Field(target.id, self.columns[target.id], says_null, says_reference=self.schema.has_keys)
        draft.add(said_of, name, tuple(written))
        if "unique" in attributes:
            at = attributes["unique"].range
            draft.items.append((said("UNIQUE", at), "(", *name, said(")", at)))

    def _type(self, field: Assign, range: Range) -> Fragment | None:
        """The type of a column; None where nobody knows what it is, nothing where SQL has no word for it here."""
        bare = field.annotation.rstrip("?[]")
        array = "[]" if field.annotation.endswith("]") else ""
        native = next((node for node in field.decorators if isinstance(node, Call) and _is_native(node)), None)
        enum = self.schema.enum(bare)
        known = _table()["types"][self.dialect].get(bare)
        if native is not None:
            word = last_name(native)
            sizes = ", ".join(self.values.number(argument.value) for argument in native.arguments)
            text = _table()["native"].get(word, word.lower())
            text = f"{text}({sizes}){array}" if sizes else f"{text}{array}"
        elif enum is not None:
            return (as_type(mapped(enum.decorators) or enum.name, range), *([array] if array else ()))
        elif known is None:
            return None
        else:
            text = f"{known}{array}" if known else ""
        return (said(text, range),) if text else ()

    def _default(self, value: Expression) -> Fragment:
        """The value of a column for rows that name none; nothing where the client makes it."""
        found: Fragment = ()
        match value:
            case String(value=text):
                found = (literal(text, value.range),)
            case Number(text=text):
                found = (said(text, value.range),)
            case Constant(value=flag):
                found = (said(str(flag).lower(), value.range),)
            case Name(id=member):
                found = (literal(member, value.range),)
            case Collection():
                found = (said("unknown()", value.range),)
            case Call() if last_name(value) == "now":
                found = (said("CURRENT_TIMESTAMP", value.range),)
            case Call() if last_name(value) == "dbgenerated":
                given = value.arguments[0].value if value.arguments else None
                is_told = isinstance(given, String) and given.value
                sql = self.values.string(given) if is_told else None
                found = (verbatim(sql, self.values.content) if sql is not None else said("unknown()", value.range),)
        return ("DEFAULT", *found) if found else ()

    def _reference(self, relation: Call, type: str, draft: Draft) -> None:
        """`@relation(fields: [ownerId], references: [id], onDelete: Cascade)`."""
        target = self.schema.model(type)
        own, referred = self._columns(relation, "fields"), keyword(relation, "references")
        if own is None or referred is None:
            return
        if target is None:
            draft.knows_keys = False
            return
        others = _Model(target, self.schema, self.values)._columns(relation, "references")
        of_table = _table_of(target, relation.range)
        if others is None:
            return
        action = keyword(relation, "onDelete")
        word = _table()["actions"].get(last_name(action.value)) if action is not None else None
        head: Fragment = (said("FOREIGN KEY", relation.range), "(", *own, ")", "REFERENCES", *of_table, "(", *others)
        delete: Fragment = ("ON DELETE", said(word, action.range)) if word and action is not None else ()
        draft.items.append((*head, said(")", relation.range), *delete))

    def _take_key(self, attribute: Call, draft: Draft) -> None:
        """`@@id([a, b])`, `@@unique([a, b])`, `@@index([a(sort: Desc), b])`."""
        kind = last_name(attribute)
        columns = self._columns(attribute, "fields") if kind in ("id", "unique", "index") else None
        if columns is None:
            draft.knows_keys &= kind != "unique"
            return
        if kind == "index":
            of_type = keyword(attribute, "type")
            method: Fragment = ("USING", said(last_name(of_type.value), of_type.range)) if of_type is not None else ()
            draft.index(columns, is_unique=False, method=method, range=attribute.range)
        else:
            words = "PRIMARY KEY" if kind == "id" else "UNIQUE"
            draft.items.append((said(words, attribute.range), "(", *columns, said(")", attribute.range)))

    def _columns(self, attribute: Call, name: str) -> Fragment | None:
        """The columns of the fields that an attribute names; None where it names none, or one that is not there."""
        first = next((argument.value for argument in positional(attribute)), None)
        given = keyword(attribute, name)
        node = given.value if given is not None else first
        elements = node.elements if isinstance(node, Collection) else (node,) if node is not None else ()
        names = [(last_name(element), element.range) for element in elements]
        if not names or not all(each in self.columns for each, _ in names):
            return None
        return listed((quoted(self.columns[each], range),) for each, range in names)


def _is_native(node: Call) -> bool:
    """`@db.VarChar(80)`."""
    return isinstance(node.function, Attribute)


def mapped(attributes: tuple[Expression, ...]) -> str:
    """The name that `@map` or `@@map` gives; "" without one."""
    return _argument(attributes, "map")


def name_of(statement: Assign) -> str:
    """The name of a field, or of a member of an enum."""
    return last_name(statement.target)


def relation_name(field: Assign) -> str:
    """The name that `@relation` gives; "" without one."""
    return _argument(field.decorators, "relation")


def _argument(attributes: tuple[Expression, ...], name: str) -> str:
    """The text that an attribute is given as its first argument, or under its name; "" without one."""
    for node in attributes:
        if isinstance(node, Call) and last_name(node) == name:
            given = keyword(node, "name") or next(iter(positional(node)), None)
            return given.value.value if given is not None and isinstance(given.value, String) else ""
    return ""


def _table_of(definition: ClassDefinition, range: Range | None = None) -> Fragment:
    """The table of a model, as said at a range, or where the model has its name."""
    at = range or definition.name_range
    schema = _argument(definition.decorators, "schema")
    name = quoted(mapped(definition.decorators) or definition.name, at)
    return (quoted(schema, at), ".", name) if schema else (name,)
