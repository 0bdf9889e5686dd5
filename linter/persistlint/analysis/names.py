"""What names stand for: imports, qualified names, and the types that annotations declare."""

from __future__ import annotations

import re
from dataclasses import field
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import NUMBER, Atom, Instance, Items, Value, origin_of
from persistlint.facts import Origin
from persistlint.ir import (
    Argument,
    Attribute,
    Call,
    ClassDefinition,
    Expression,
    Import,
    Name,
    String,
    Subscript,
    TypeAssertion,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.libraries import Catalogue, Type

# Attributes that name a part of the schema, and objects that hold the configuration: the developer's, not data.
METADATA = regex(
    r"_{0,2}(?:table|schema|db_?table|relation|collection|index|view|prefix|keyspace|bucket|scope|database|db|catalog|dataset"
    r"|namespace)(?:_?(?:name|prefix|schema|id))?s?(?:_{2})?"
    r"|\w+[a-z](?:Table|Schema|Column|Col)(?:Name)?|_meta|__tablename__|__table__|_table\w*|tablePrefix|\w+_table(?:_name)?|\w+TableName|\w+_schema|_*(?:(?!sort|order)\w+_)?(?:columns|cols|column_names)|_*sequence_?name",
    re.IGNORECASE,
)
GO_METADATA = regex(r"\w*[a-z](?:Table|Schema)(?:Name)?|[tT]able(?:Name)?|[sS]chema(?:Name)?")
SETTINGS = regex(
    r"_?(?:settings?|viper|variables?|config|configuration|conf|cfg|constants?|consts|schema|models?)", re.IGNORECASE
)
_DESCRIBES = regex(r"_?(?:\w+_)?meta(?:data)?", re.IGNORECASE)  # of an object: its tables and columns
_OF_A_PART = regex(r"_*\w+_(?:settings|config|configuration|conf|cfg)|\w+(?:Settings|Config)")  # of the settings
_MAJOR_VERSION = regex(r"/v\d+(?=$|/|\.)|\.v\d+$")
_WRAPPERS = regex(
    r"^(?:Optional|Annotated|Awaitable|Promise|Readonly|Partial|NonNullable|AsyncGenerator|AsyncIterator|Generator"
    r"|Iterator|Type|type|Final|ClassVar|InstanceType)\s*[\[<](.*)[\]>]$",
    re.DOTALL,
)
_WITH_MORE = ("Annotated", "AsyncG", "Generator")  # those that have something else behind the type
_MOST_TYPES = 5_000  # that are kept
_LITERAL = r"(?:'[^']*'|\"[^\"]*\"|\d+)"
_NUMERIC = {
    "python": regex(
        r"(?:builtins\.)?(?:u?int\d*|float\d*|bool|Decimal|decimal\.Decimal|UUID|uuid\.UUID|date|datetime|datetime\.date(?:time)?"
        r"|timedelta|conint\(.*\)|PositiveInt|NonNegativeInt|Literal\[.*\])"
    ),
    "javascript": regex(
        rf"number|bigint|boolean|Date|{_LITERAL}(?:\s*\|\s*{_LITERAL})*|keyof(?: typeof)? \w+"
        r"|\(?typeof \w+\)?\[(?:number|keyof typeof \w+)\]|(?:Exclude|Extract)<.*>"
    ),
    "go": regex(
        r"u?int(?:8|16|32|64|ptr)?|float(?:32|64)|bool|byte|rune|time\.(?:Time|Duration|Month)|uuid\.UUID"
        r"|sql\.Null(?:Int(?:16|32|64)|Float64|Bool|Time|Byte)"
    ),
    "sql": regex(
        r"(?:small|big|tiny|medium)?int(?:eger)?\d?(?:\(\d+\))?|numeric.*|decimal.*|real|float.*|double precision"
        r"|bool(?:ean)?|bit|uuid|date|time.*|interval|oid|reg\w+|money|number.*|pls_integer|binary_integer"
        r"|(?:big)?serial|uniqueidentifier|datetime.*|year",
        re.IGNORECASE,
    ),
}
_LIST_OF = {  # the type of the elements of a list
    "python": regex(
        r"(?:\w+\.)*(?:[lL]ist|(?:[fF]rozen)?[sS]et|Sequence|Iterable|Collection|[tT]uple)\[(.+?)(?:,\s*\.\.\.)?\]"
    ),
    "javascript": regex(r"(?:readonly\s+)?(.+?)\[\]|(?:Readonly)?(?:Array|Set)<(.+)>"),
    "go": regex(r"\[\d*\](.+)"),
}
_NAMED_TYPE = {
    "python": regex(r"(?:\w+\.)*[A-Z]\w+"),
    "javascript": regex(r"(?:\w+\.)*[A-Z]\w+"),
    "go": regex(r"\*?(?:\w+\.)?[a-zA-Z]\w+"),
}
_ANY_TEXT = regex(
    r"(?:\w+\.)*(?:string|error|any|comparable|Any|AnyStr|Text|LiteralString|String|Object|Function|Record|Array|NullString|"
    r"Stringer|RawMessage|Value|\w*(?:SQL|Sql|Query|Table|Column|Name))"
)
_FORWARD = regex(r"([\"'])[^\"'|]*\1")
_ARGUMENTS = regex(r"[\[<(]")
_ENFORCED = {"go", "sql"}  # languages in which a value cannot be of another type than its declaration says


@dataclass
class Names:
    """The names of one file: what it imports and the classes that it declares."""

    catalogue: Catalogue
    language: str
    imports: dict[str, str] = field(default_factory=dict)
    modules: set[str] = field(default_factory=set)
    opened: list[str] = field(default_factory=list)  # modules of which every name is imported
    classes: dict[str, ClassDefinition] = field(default_factory=dict)

    def add(self, statement: Import) -> None:
        """Take note of an import."""
        module = canonical(statement.module)
        self.modules.add(module)
        parts = module.split(".")
        if self.language == "python":
            self.modules.update(".".join(parts[:count]) for count in range(1, len(parts)))
            if statement.member:
                self.modules.add(f"{module}.{statement.member}")
        if statement.local == "*":
            self.opened.append(module)
            return
        dot = "" if module.endswith(".") else "."  # `from . import db`
        self.imports[statement.local] = f"{module}{dot}{statement.member}" if statement.member else module

    def qualified(self, expression: Expression) -> str | None:
        """The qualified name of an expression that names something of another module, else None."""
        root = expression
        while type(root) is Attribute:
            root = root.value
        module = self.imports.get(root.id) if type(root) is Name else None
        if module is None:
            return None
        parts: list[str] = []
        while type(expression) is Attribute:
            parts.append(expression.name)
            expression = expression.value
        return ".".join([module, *reversed(parts)])

    def unqualified(self, name: str) -> str | None:
        """The qualified name of something that a library exports and that came with `from m import *`."""
        tables = self.catalogue
        candidates = (f"{module}.{name}" for module in self.opened)
        return next((n for n in candidates if n in tables.functions or n in tables.types or n in tables.created), None)

    def declared(self, annotation: str) -> Value | None:
        """The value that a declared type allows, or None where the type tells nothing."""
        parts = _alternatives(annotation, self.language)
        if parts and all(self._is_numeric(part.lstrip("*")) for part in parts):
            return self._numeric()
        list_of = _LIST_OF.get(self.language)
        if list_of is not None and len(parts) == 1 and (match := list_of.fullmatch(parts[0])):
            element = next(filter(None, match.groups())).strip()
            known = self._numeric() if self._is_numeric(element) else self._object(element)
            if isinstance(known, Instance) or (known is not None and origin_of(known) <= Origin.ANNOTATED):
                return Items((known,))
        values = [value for part in parts if (value := self._object(part)) is not None]
        return values[0] if values else None

    def handed(self, annotation: str) -> Value | None:
        """What a caller can hand over where a type is declared, or None where that can be anything."""
        declared = self.declared(annotation)
        if isinstance(declared, Instance):
            return Instance(declared.definition, Origin.PARAMETER)
        if isinstance(declared, Items):
            return Items(
                tuple(
                    Instance(e.definition, Origin.PARAMETER) if isinstance(e, Instance) else e
                    for e in declared.elements
                )
            )
        if declared is not None:
            return declared
        list_of = _LIST_OF.get(self.language)
        match = list_of.fullmatch(annotation.strip()) if list_of is not None else None
        of_program = Atom(Origin.ANNOTATED, members=Origin.PARAMETER)
        if match is not None:
            element = next(filter(None, match.groups())).strip()
            return Items((of_program,)) if self._is_of_program(element) else None
        return of_program if self._is_of_program(annotation) else None

    def _is_of_program(self, annotation: str) -> bool:
        """Whether a declared type is one that another file of the program gives a name: an enum, a union of strings,
        the type of a key or a class. None of them is any text."""
        text = annotation.strip().strip("\"'")
        parts = [part for part in re.split(r"\s*\|\s*", text) if part not in ("None", "null", "undefined")]
        named = _NAMED_TYPE.get(self.language)
        if named is None or len(parts) != 1:
            return False
        return named.fullmatch(parts[0]) is not None and _ANY_TEXT.fullmatch(parts[0].lstrip("*")) is None

    def _is_numeric(self, type: str) -> bool:
        return _is_numeric(type, self.language)

    def _is_closed(self, definition: ClassDefinition, above: tuple[str, ...] = ()) -> bool:
        """Whether a type is another name for numbers or constants alone, also through further such names, those of
        which led here being `above`."""
        if definition.fields or definition.body or definition.name in above:
            return False
        others = [(base, self.classes.get(base)) for base in definition.bases]
        return bool(others) and all(
            self._is_numeric(base)
            or (other is not None and (other.is_enum or self._is_closed(other, (*above, definition.name))))
            for base, other in others
        )

    def _numeric(self) -> Atom:
        return NUMBER if self.language in _ENFORCED else Atom(Origin.ANNOTATED)

    def type_named(self, qualified: str) -> Type | None:
        """The type of a library with that qualified name."""
        return self.catalogue.types.get(qualified)

    def _object(self, text: str) -> Value | None:
        base = _ARGUMENTS.split(text.lstrip("*&"), maxsplit=1)[0].strip()
        if base in self.classes:
            definition = self.classes[base]
            if definition.is_enum:
                return Atom(Origin.ANNOTATED)
            return self._numeric() if self._is_closed(definition) else Instance(definition)
        root, _, rest = base.partition(".")
        if root in self.imports:
            base = ".".join(filter(None, [self.imports[root], rest]))
        elif self.language == "python" and base in self.modules:
            pass
        type = self.type_named(base)
        if type is None and root not in self.imports:
            type = self._global(base)
        return Atom(Origin.UNKNOWN, type) if type is not None else None

    def _global(self, name: str) -> Type | None:
        """A type that needs no import, such as Cloudflare's `D1Database`."""
        return self.catalogue.types.get(name)


@lru_cache(maxsize=_MOST_TYPES)  # a program has most types in many places
def _alternatives(annotation: str, language: str) -> tuple[str, ...]:
    """The types that a declared one allows, without what is around them and what stands for nothing."""
    text = annotation.strip()
    if language == "python" and _FORWARD.fullmatch(text):
        text = text[1:-1]  # a forward reference
    while match := _WRAPPERS.match(text):
        text = match.group(1).split(",")[0] if text.startswith(_WITH_MORE) else match.group(1)
    if not text:
        return ()
    return tuple(part for each in text.split("|") if (part := each.strip()) not in ("None", "null", "undefined"))


@lru_cache(maxsize=_MOST_TYPES)
def _is_numeric(type: str, language: str) -> bool:
    pattern = _NUMERIC.get(language)
    return pattern is not None and pattern.fullmatch(type) is not None


def canonical(module: str) -> str:
    """An import path without what does not tell libraries apart: Go major versions, `node:` prefixes."""
    return _MAJOR_VERSION.sub("", module).removeprefix("node:") if "/" in module or ":" in module else module


def required(call: Call) -> str | None:
    """The module of `require("knex")`."""
    match call:
        case Call(function=Name(id="require"), arguments=(Argument(value=String(value=module)), *_)):
            return canonical(module)
    return None


def path_of(expression: Expression) -> str | None:
    """A stable spelling of a variable, attribute chain or constant subscript: the key under which it is remembered."""
    # By type, for little is asked as often, and `match` takes three times as long.
    if type(expression) is Name:
        return expression.id
    if type(expression) is Attribute:
        base = path_of(expression.value)
        return f"{base}.{expression.name}" if base else None
    if type(expression) is Subscript and type(expression.index) is String:
        base = path_of(expression.value)
        return f"{base}.{expression.index.value}" if base else None
    return path_of(expression.value) if type(expression) is TypeAssertion else None


def last_name(expression: Expression) -> str:
    """The name by which a reader would call an object: `pool` of `this.pool`, `get_db` of `get_db()`."""
    if type(expression) is Name:
        return expression.id
    if type(expression) is Attribute:
        return expression.name
    if type(expression) is Call:
        return last_name(expression.function)
    return last_name(expression.value) if isinstance(expression, Subscript | TypeAssertion) else ""


def is_settings(expression: Expression) -> bool:
    """Whether an expression is an object that holds the configuration or a description of the schema: `settings`,
    `self.config`, `app.config`, `self.metadata`; not one that came along with data, as `job.conf` does where `job` is
    a parameter."""
    match expression:
        case Name(id=id):
            return bool(SETTINGS.fullmatch(id))
        case Attribute(value=Name(id="self" | "cls" | "this" | "app" | "current_app"), name=name):
            return any(pattern.fullmatch(name) for pattern in (SETTINGS, _DESCRIBES, _OF_A_PART))
    return False


def all_caps(name: str) -> bool:
    """Whether a name is spelled as constants are."""
    return name.isupper() and len(name) > 1
