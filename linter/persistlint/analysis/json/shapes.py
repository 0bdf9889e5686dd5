"""What a file declares of the shapes of decoded values: types of TypeScript and Go, and the columns of its models."""

from __future__ import annotations

import re
from dataclasses import field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.json.values import Document
from persistlint.facts import JsonOrigin
from persistlint.patterns import any_in
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import ClassDefinition
    from persistlint.source import Range, SourceFile

_UNTYPED = regex(
    r"(?:any|unknown|object|\{\s*\}|never|Json\w*|JSON\w*|Dict\w*"
    r"|(?:Readonly|Partial)?<?Record<.*>?|\{\s*\[.*|Map<.*|Prisma\.Json\w*)?",
    re.DOTALL,
)
_NAME = regex(r"[A-Za-z_$][\w$]*")
_WRAPPER = regex(r"^(?:Promise|Readonly|Awaited|NonNullable|Required)<(.*)>$", re.DOTALL)
_NAMED = regex(r"(?:[a-z]\w*\.)?[A-Z]\w*(?:[<\[].*[>\]])?(?:\[\])*(?:\s*\|\s*(?:null|undefined|None))*", re.DOTALL)
_CONTAINERS = regex(
    r"(?:typing\.|t\.)?(?:Any|Dict|List|Mapping|Optional|Union|Sequence|Iterable|Array|Map|Set|Record|Object|String)\b"
)
_OPTIONAL = regex(r"(?<![\w$])[\"']?([\w$]+)[\"']?\?\s*:")
_OR_NOTHING = regex(r"\|\s*(?:null|undefined)\b")
_KEY_BEFORE = regex(r"(?<![\w$])([\w$]+)\s*:\s*(?:\{[^{}]*\}\s*|[^;,{}\n:]*)\Z")
_FARTHEST = 200  # code points between a key and what its type ends with
_LONGEST_TYPE = 20_000  # code points that are looked at
_GO_UNTYPED = regex(r"\*?(?:any|interface\{\}|map\[string\](?:any|interface\{\})|(?:jwt\.)?MapClaims|\w+\.JSONMap)")
_GO_CLAIMS = regex(r"(?:jwt\.)?MapClaims|\w+\.JSONMap")
_GO_ANY_LIST = regex(r"\[\](?:any|interface\{\}|map\[string\](?:any|interface\{\}))")
_GO_FIELD = r"\b{}\s+(\S[^`\n]*)"
_JSON_NAME = regex(
    r"settings|preferences|prefs|metadata|meta|payload|attributes|properties|config|configuration|options|extras?|context"
    r"|details|data|\w+_(?:json|data|config|settings|metadata|payload|meta)|\w+(?:Json|JSON|Metadata|Settings|Payload)"
)
_JSON_COLUMN = {
    "python": regex(
        r"^[ \t]+(\w+)[ \t]*(?::[^=\n]+)?=\s*(?:[\w.]*\bJSONField\b|[\w.]*(?:[cC]olumn)\([^#\n]*\bJSONB?\b)",
        re.MULTILINE,
    ),
    "javascript": regex(
        r"\b(\w+)\s*:\s*(?:\{\s*type\s*:\s*)?(?:DataTypes?|Sequelize)\.JSONB?\b|\b(\w+)\s*:\s*jsonb?\(", re.MULTILINE
    ),
}
# What no file with one of these columns is without.
_MODELS = {"python": (b"Field", b"olumn("), "javascript": (b".JSON", b"json(", b"jsonb(")}
_TEXT_COLUMN = {
    "python": regex(
        r"^[ \t]+(\w+)[ \t]*(?::[^=\n]+)?=\s*(?:[\w.]*\b(?:TextField|CharField)\("
        r"|[\w.]*(?:[cC]olumn)\([^#\n]*\b(?:Text|String|Unicode|UnicodeText|VARCHAR)\b)",
        re.MULTILINE,
    ),
}


@dataclass
class Shapes:
    """The declarations of one file. `classes` are its types, by name."""

    source: SourceFile
    folder: str
    classes: dict[str, ClassDefinition] = field(default_factory=dict)

    @cached_property
    def json_columns(self) -> frozenset[str]:
        """The names of columns that models of the file declare to hold JSON."""
        return _columns(self.source, self.folder, _JSON_COLUMN.get(self.folder))

    @cached_property
    def text_columns(self) -> frozenset[str]:
        """The names of columns that models of the file declare to hold text."""
        return _columns(self.source, self.folder, _TEXT_COLUMN.get(self.folder))

    @property
    def mentions(self) -> re.Pattern[bytes] | None:
        """Where the columns of models are used; None where there are none."""
        names = sorted(name.encode() for name in self.json_columns | self.text_columns)
        return re.compile(rb"\.(?:%s)\b" % b"|".join(names)) if names else None

    def is_json_name(self, name: str) -> bool:
        """Whether a column of a row, of this name, holds JSON: declared so, or called what JSON is called."""
        return name in self.json_columns or _JSON_NAME.fullmatch(name) is not None

    def keys(self, type: str) -> frozenset[str] | None:
        """The keys that may be missing of an object of this type of TypeScript, None where the type says nothing."""
        type = type.strip()
        while match := _WRAPPER.match(type):
            type = match.group(1).strip()
        if _UNTYPED.fullmatch(type.removesuffix("[]")):
            return None
        return _optional_in(type).union(*(self._optional[name] for name in self._parts_of(type)))

    def _parts_of(self, type: str) -> list[str]:
        """The types of the file that a type is made of; all of them for one that is declared elsewhere."""
        found = [name for name in _NAME.findall(type) if name in self.classes]
        for name in found:  # which grows
            others = _NAME.findall(self._texts[name])
            found += (other for other in dict.fromkeys(others) if other in self.classes and other not in found)
        return found or list(self.classes)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {name: self.source.text(each.range)[:_LONGEST_TYPE] for name, each in self.classes.items()}

    @cached_property
    def _optional(self) -> dict[str, frozenset[str]]:
        """The keys that each type of the file declares to be optional."""
        return {name: _optional_in(text) for name, text in self._texts.items()}

    def is_named(self, type: str) -> bool:
        """Whether a type is one with a name of its own, of which a value of any shape need not be."""
        type = type.strip()
        while match := _WRAPPER.match(type):
            type = match.group(1).strip()
        return (
            _NAMED.fullmatch(type) is not None and _CONTAINERS.match(type) is None and _UNTYPED.fullmatch(type) is None
        )

    # -------------------------------------------------------------------------------------------------- Go

    def is_untyped(self, type: str) -> bool:
        """Whether a type of Go is what JSON of any shape is decoded into."""
        type = type.removeprefix("&")
        bases = self.classes[type].bases if type in self.classes else ()
        return _GO_UNTYPED.fullmatch(type) is not None or any(_GO_UNTYPED.fullmatch(base) for base in bases)

    def is_untyped_list(self, type: str) -> bool:
        """Whether a type of Go is a list of such values."""
        return _GO_ANY_LIST.fullmatch(type) is not None

    def untyped(self, type: str, range: Range) -> Document | None:
        """What a value of a type of Go is whose origin is not known: by its name JSON that was decoded, or a value that
        can hold it; None for any other type."""
        if not self.is_untyped(type) and not self.is_untyped_list(type):
            return None
        origin = JsonOrigin.TEXT if _GO_CLAIMS.fullmatch(type) else JsonOrigin.PARAMETER
        return Document(origin, range, type=type)

    def member(self, type: str, name: str) -> str:
        """The type of a field of a type of Go, "" where that is not declared in the file."""
        type = type.lstrip("*&")
        if type.startswith("struct"):
            found = re.search(_GO_FIELD.format(re.escape(name)), type)
            return _balanced(type[found.start(1) :]) if found else ""
        definition = self.classes.get(type)
        return dict(definition.fields).get(name, "") if definition is not None else ""

    def element(self, type: str) -> str:
        """The type of the elements of a list or map of Go, "" for another type."""
        type = type.lstrip("*&")
        if type in self.classes and len(self.classes[type].bases) == 1 and not self.classes[type].fields:
            type = self.classes[type].bases[0]
        match = re.match(r"(?:\[\d*\]|map\[[^\]]*\])", type)
        return type[match.end() :] if match else ""


@lru_cache(maxsize=4)  # they are asked for before a file is parsed, and again behind
def _columns(source: SourceFile, folder: str, pattern: re.Pattern[str] | None) -> frozenset[str]:
    if pattern is None or not any_in(_MODELS[folder], source.content):
        return frozenset()
    text = source.content.decode("utf-8", "replace")
    return frozenset(name for match in pattern.finditer(text) for name in match.groups() if name)


def _optional_in(text: str) -> frozenset[str]:
    """The keys that a type of TypeScript declares with `?`, or as null or undefined."""
    text = text[:_LONGEST_TYPE]
    found = {match.group(1) for match in _OPTIONAL.finditer(text)}
    for match in _OR_NOTHING.finditer(text):
        key = _KEY_BEFORE.search(text[max(0, match.start() - _FARTHEST) : match.start()])
        found.update(key.groups() if key is not None else ())
    return frozenset(found)


def _balanced(text: str) -> str:
    """A type at the start of a text: up to the end of its line, or of the braces that it opens."""
    depth = 0
    for index, character in enumerate(text):
        depth += (character == "{") - (character == "}")
        if depth == 0 and (character in "}\n`" or depth < 0):
            return text[: index + (character == "}")].strip()
    return text.strip()
