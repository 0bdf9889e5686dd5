"""GORM: structs with tags `gorm:"…"`, or with `gorm.Model` embedded.

Sources: https://gorm.io/docs/models.html, https://gorm.io/docs/indexes.html, and `schema/naming.go` of GORM.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.writing import listed, quoted, said
from persistlint.analysis.models.classes import assignments, classes_of
from persistlint.analysis.models.draft import Draft, texts
from persistlint.ir import FunctionDefinition, Name, Return, String
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.schema.models import Field
from persistlint.schema.naming import plural
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.ir import Assign, ClassDefinition
    from persistlint.languages import Syntax
    from persistlint.source import Range

_TAG = regex(r'(?:^|\s)gorm:"((?:[^"\\]|\\.)*)"')
_SETTING = regex(r"(?:[^;\\]|\\.)+")
_TYPE = regex(r"[A-Za-z][\w ]*(?:\([\w\s,.']*\))?(?:\[\])?")
_BORDER = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[A-Z])(?=[A-Z][0-9])")
_DEEPEST = 5  # structs that are embedded in each other


@dataclass(frozen=True)
class _Knowledge:
    types: dict[str, str]
    associations: frozenset[str]
    embedded: dict[str, dict[str, str]]
    initialisms: re.Pattern[str]


@cache
def _knowledge() -> _Knowledge:
    data = read_table(Path(__file__).with_suffix(".toml"))
    initialisms = re.compile("|".join(data["naming"]["initialisms"]))
    return _Knowledge(data["types"], frozenset(data["associations"]["keys"]), data["embedded"], initialisms)


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file. A struct that another one embeds is none by itself."""
    classes = {definition.name: definition for definition in classes_of(syntax.lower().body)}
    embedded = {base.lstrip("*") for definition in classes.values() for base in definition.bases}
    for definition in classes.values():
        if definition.name not in embedded and _is_model(definition):
            yield _Struct(definition, classes).draft()


def _is_model(definition: ClassDefinition) -> bool:
    if any(base in _knowledge().embedded for base in definition.bases):
        return True
    return any(_settings(statement) for _, statement in assignments(definition.body))


def column_name(name: str) -> str:
    """What GORM calls a column or table for a Go name, before a plural is made of it."""
    plain = _knowledge().initialisms.sub(lambda match: match.group().capitalize(), name)
    return _BORDER.sub("_", plain).lower()


def _settings(statement: Assign) -> dict[str, str]:
    """The settings of a tag, by their names in lower case."""
    tag = next((d.value for d in statement.decorators if isinstance(d, String)), "")
    match = _TAG.search(tag)
    found: dict[str, str] = {}
    for setting in _SETTING.findall(match.group(1).replace("\\\\", "\\") if match else ""):
        key, _, value = setting.partition(":")
        found.setdefault(key.strip().lower(), value.strip())
    return found


@dataclass
class _Struct:
    """The reading of one struct. `shared` are the indexes that several fields name, and what each says."""

    definition: ClassDefinition
    classes: dict[str, ClassDefinition]
    shared: dict[str, tuple[list[Fragment], dict[str, str]]] = field(default_factory=dict)

    def draft(self) -> Draft:
        """The model that the struct is."""
        definition = self.definition
        told = self._told_name()
        guess = "_".join((*(parts := column_name(definition.name).split("_"))[:-1], plural(parts[-1])))
        draft = Draft("GORM", definition.name, definition.name_range, definition.range, told, is_named=told is not None)
        if told is None and not self._names_itself():
            draft.table = (quoted(guess, definition.name_range),)
        self._take(definition, "", draft, _DEEPEST)
        has_key = any("PRIMARY KEY" in part for item in draft.items for part in texts(item))
        for index, found in enumerate(draft.fields):
            if found.name.lower() == "id" and not has_key:
                draft.items[index] = (*draft.items[index], said("PRIMARY KEY", definition.range))
        for keys, options in self.shared.values():
            _index(draft, listed(keys), options)
        return draft

    def _names_itself(self) -> bool:
        methods = (s.function.name for s in self.definition.body if isinstance(s, FunctionDefinition))
        return "TableName" in methods

    def _told_name(self) -> Fragment | None:
        """What the method `TableName` returns."""
        for statement in self.definition.body:
            if isinstance(statement, FunctionDefinition) and statement.function.name == "TableName":
                body = statement.function.body
                value = body[-1].value if len(body) == 1 and isinstance(body[-1], Return) else None
                if not isinstance(value, String) or not value.value:
                    return None
                schema, _, name = value.value.rpartition(".")
                last = (quoted(name, value.range),)
                return (quoted(schema, value.range), ".", *last) if schema else last
        return None

    def _take(self, definition: ClassDefinition, prefix: str, draft: Draft, deepest: int) -> None:
        """Take the fields of a struct, those of what it embeds before them."""
        for base in definition.bases:
            plain = base.lstrip("*")
            if plain in _knowledge().embedded:
                for name, type in _knowledge().embedded[plain].items():
                    self._column(Name(definition.name_range, name), type, {}, prefix, draft)
            elif plain in self.classes and deepest:
                self._take(self.classes[plain], prefix, draft, deepest - 1)
            else:
                draft.is_complete = False
        for target, statement in assignments(definition.body):
            settings = _settings(statement)
            if not target.id[:1].isupper() or "-" in settings:
                continue
            type = statement.annotation.lstrip("*")
            if "embedded" in settings:
                if type in self.classes and deepest:
                    inner = prefix + settings.get("embeddedprefix", "")
                    self._take(self.classes[type], inner, draft, deepest - 1)
                else:
                    draft.is_complete = False
            elif not self._is_association(type, settings):
                self._column(target, statement.annotation, settings, prefix, draft)

    def _is_association(self, type: str, settings: dict[str, str]) -> bool:
        """Whether a field stands for rows of another table."""
        if {"type", "serializer", "column"} & settings.keys():
            return False
        if _knowledge().associations & settings.keys():
            return True
        plain = type.removeprefix("[]").lstrip("*")
        return plain in self.classes and bool(self.classes[plain].fields)

    def _column(self, target: Name, annotation: str, settings: dict[str, str], prefix: str, draft: Draft) -> None:
        type = self._type(annotation.lstrip("*"), settings)
        if type is None and not settings:
            draft.is_complete = False  # a type of another file: a column, or rows of another table
            return
        column = prefix + (settings.get("column") or column_name(target.id))
        is_required = "not null" in settings
        is_key = "primarykey" in settings or "primary_key" in settings
        name: Fragment = (quoted(column, target.range),)
        written: list[Fragment] = [(said(type, target.range),)] if type else []
        if is_required:
            written.append((said("NOT NULL", target.range),))
        if is_key:
            written.append((said("PRIMARY KEY", target.range),))
        if "unique" in settings:
            written.append((said("UNIQUE", target.range),))
        says_null = is_required or is_key
        draft.add(
            Field(target.id, column, says_null, is_named="column" in settings),
            name,
            tuple(p for w in written for p in w),
        )
        for key in ("uniqueindex", "index"):
            if key in settings:
                self._take_index(settings[key], name, draft, target.range, is_unique=key == "uniqueindex")

    def _type(self, type: str, settings: dict[str, str]) -> str | None:
        """The type of a column; None where the type of the field is not known."""
        given = settings.get("type")
        if given is not None:
            return given if _TYPE.fullmatch(given) else None
        if "serializer" in settings:
            return None
        named = self.classes.get(type)
        if named is not None and not named.fields and len(named.bases) == 1:
            type = named.bases[0]  # `type Status string`
        return _knowledge().types.get(type)

    def _take_index(self, said_of: str, name: Fragment, draft: Draft, range: Range, *, is_unique: bool) -> None:
        """`index:idx_name,unique,where:…`: an index of this column, or its part of one that several name."""
        first, *others = said_of.split(",") if said_of else [""]
        parts = [first, *others] if ":" in first else others
        options = {key.strip().lower(): value for key, _, value in (part.partition(":") for part in parts)}
        index_name = "" if ":" in first else first.strip()
        if is_unique:
            options["unique"] = ""
        key: Fragment = ("( expression ( ) )",) if "expression" in options else name
        if index_name:
            keys, known = self.shared.setdefault(index_name, ([], {}))
            keys.append(key)
            known |= options
        else:
            _index(draft, key, options)


def _index(draft: Draft, keys: Fragment, options: dict[str, str]) -> None:
    is_unique = "unique" in options or options.get("class", "").upper() == "UNIQUE"
    draft.index(keys, is_unique=is_unique, where=("condition ( )",) if "where" in options else ())
