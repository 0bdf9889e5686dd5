"""What libraries do with JSON, as data: one TOML file per language beside this module.

```toml
globals = ["open"]                             # names that need no import
[functions]                                    # by qualified name
"json.loads" = { decodes = 0 }                 # which argument is JSON text
"json.dumps" = { encodes = 0 }                 # which argument becomes JSON text
"os.getenv" = { gives = "text", origin = "environment" }

[[members]]                                    # attributes and methods, by their names
names = ["json"]
on = "response"                                # of what these functions and members give
of = "resp|response"                           # or of what people call so (whole name, in lower case)
path = "req|ctx\\.request"                      # or of what is reached so, from a variable on
imports = "requests"                           # only where the file imports this, or something of it
unless = ".*valid.*"                           # not where it imports something whose name is like this
near = "Session\\("                              # only where the text of the file has this
beside = "res|response"                        # only of a parameter that has one of this name beside it
parameter = "req"                              # of what people call so only where it is a parameter
gives = "document"
origin = "response"
```

Keys of functions and members alike:

- `decodes`, `encodes`: index of the argument, -1 for the object of a method.
- `into`: index of the argument that points to the variable to decode into (Go).
- `gives`: what the result is: a "document" (decoded JSON), "text" (which may be JSON), "response" (of HTTP, whose
  status tells whether it worked), "answer" (the same from a library that raises where it did not), "client" (gives
  responses), "rows" (of a query), "row", "result" (what has the rows), "cursor", "decoder", "encoder", "file", "same"
  (what the argument, or the object of the method, is).
- `origin`: the name of a `JsonOrigin` in lower case.
- `sql`: index of the argument that is a SQL statement, which tells how many rows there are. Where it is none, the
  member is another one.
- `rows`: what stands in the text of a call that gives the rows themselves, in place of the result that has them.

`called` of a member: true for a method alone, false for an attribute alone. `arguments` is how many it takes at most.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.facts import JsonOrigin
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping
    from collections.abc import Set as AbstractSet

KINDS = frozenset(
    "document text response answer client rows row result cursor decoder encoder file same".split()  # noqa: SIM905
)


_WORD = regex(rb"\w+")
# What a method is called on, where that is a name.
_HANDLE = regex(rb"([\w$\x80-\xff]*)[?!]?\s*\.\s*\Z")
_BEGINNINGS = frozenset(["document", "rows", "row", "result", "answer"])


@dataclass(frozen=True, eq=False)
class Entry:
    """What one function or member does; the fields are the keys of the module's documentation."""

    decodes: int | None = None
    encodes: int | None = None
    into: int | None = None
    gives: str | None = None
    origin: JsonOrigin | None = None
    sql: int | None = None
    rows: re.Pattern[str] | None = None

    @property
    def is_beginning(self) -> bool:
        """Whether what it does is of interest by itself; a field of a request is where something decodes it."""
        is_of_interest = self.gives in _BEGINNINGS and self.origin is not JsonOrigin.FIELD
        return self.decodes is not None or self.encodes is not None or is_of_interest


@dataclass(frozen=True, slots=True)
class Owner:
    """An object whose member is named: its kind, "" where that is not known; its name in lower case; the way to it from
    a variable, with dots; and the parameters beside it, None where it is none itself."""

    kind: str
    name: str = ""
    path: str = ""
    siblings: Collection[str] | None = None


@dataclass(frozen=True, eq=False)
class Member:
    """An entry of `[[members]]`."""

    names: tuple[str, ...]
    entry: Entry
    on: frozenset[str] = frozenset()
    of: re.Pattern[str] | None = None
    path: re.Pattern[str] | None = None
    imports: frozenset[str] = frozenset()
    unless: re.Pattern[str] | None = None
    near: re.Pattern[str] | None = None
    beside: re.Pattern[str] | None = None
    parameter: re.Pattern[str] | None = None
    called: bool | None = None
    arguments: int | None = None

    def is_of(self, owner: Owner) -> bool:
        """Whether an object can have this member."""
        if owner.kind:
            return owner.kind in self.on
        is_named = self.of is not None and self.of.fullmatch(owner.name) is not None
        if not is_named and (self.path is None or self.path.fullmatch(owner.path) is None):
            return False
        if self.parameter is not None and owner.siblings is None and self.parameter.fullmatch(owner.name):
            return False
        if self.beside is None or owner.siblings is None:
            return True
        return any(map(self.beside.fullmatch, owner.siblings))


@dataclass(frozen=True, eq=False)
class Table:
    """What is known of one language."""

    globals: frozenset[str]
    functions: Mapping[str, Entry]
    members: Mapping[str, tuple[Member, ...]]

    def member(self, name: str, owner: Owner, modules: Collection[str], text: str, count: int | None) -> Entry | None:
        """What a member of an object does, in a file that imports these modules and has this text; `count` is the
        number of its arguments, None for an attribute."""
        for member in self.members.get(name, ()):
            if (
                (member.called is None or member.called is (count is not None))
                and (member.arguments is None or count is None or count <= member.arguments)
                and member.is_of(owner)
                and (not member.imports or not member.imports.isdisjoint(modules))
                and not (member.unless is not None and any(map(member.unless.fullmatch, modules)))
                and (member.near is None or member.near.search(text) is not None)
            ):
                return member.entry
        return None

    def beginnings(self, words: AbstractSet[bytes]) -> frozenset[str]:
        """The last names of the functions and methods that something begins with, in a file of these words: a function
        of a program that calls none of them is of no interest. Text and responses are of interest where something
        decodes them."""
        return self._methods.union(name for name, needed in self._functions if needed <= words)

    def may_begin(self, name: str, before: bytes) -> bool:
        """Whether something can begin with a call of this name, by the source before it: a method that only objects of
        some names have is called on one of these, or on what is not told so."""
        if name in self._names_of_functions or name not in self.members:
            return True
        handle = _HANDLE.search(before)
        if handle is None or not handle[1]:
            return handle is not None
        called = handle[1].decode("utf-8", "replace").lower()
        return any(
            bool(member.on) or member.path is not None or (member.of is not None and member.of.fullmatch(called))
            for member in self.members[name]
        )

    @cached_property
    def _names_of_functions(self) -> frozenset[str]:
        return frozenset(name for name, _ in self._functions)

    @cached_property
    def _methods(self) -> frozenset[str]:
        return frozenset(self._beginnings(called=True))

    @cached_property
    def _functions(self) -> tuple[tuple[str, frozenset[bytes]], ...]:
        """The last names of functions, each with the words that stand in every file that has it of its module."""
        names = [name for name, entry in self.functions.items() if entry.is_beginning]
        return tuple((name.rpartition(".")[2], frozenset(_WORD.findall(name.encode()))) for name in names)

    @cached_property
    def attributes(self) -> re.Pattern[bytes]:
        """Where an attribute or key is named that something begins with."""
        names = b"|".join(sorted(name.encode() for name in self._beginnings(called=False))) or b"(?!)"
        return re.compile(rb"(?:\.|\[[\"'])(?:%s)\b" % names)

    def _beginnings(self, *, called: bool) -> Iterator[str]:
        for name, found in self.members.items():
            for member in found:
                is_known = member.of is not None or member.path is not None or member.entry.decodes is not None
                if member.called is not (not called) and is_known and member.entry.is_beginning:
                    yield name


@cache
def table(language: str) -> Table:
    """The table of a language, by the name of its folder in `libraries`. Raises `ValueError` where it is malformed."""
    try:
        loaded = read_table(Path(__file__).with_name(f"{language}.toml"))
        functions = {name: _entry(keys) for name, keys in loaded["functions"].items()}
        members: dict[str, list[Member]] = {}
        for keys in loaded["members"]:
            member = _member(dict(keys))
            for name in member.names:
                members.setdefault(name, []).append(member)
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(f"analysis/json/{language}.toml: {error!r}") from error
    return Table(frozenset(loaded["globals"]), functions, {name: tuple(found) for name, found in members.items()})


def _entry(keys: dict[str, Any]) -> Entry:
    gives = keys.get("gives")
    if gives is not None and gives not in KINDS:
        raise ValueError(f"nothing is called {gives!r}")
    origin, rows = keys.pop("origin", None), keys.pop("rows", None)
    return Entry(
        origin=JsonOrigin[origin.upper()] if origin is not None else None,
        rows=re.compile(rows) if rows is not None else None,
        **keys,
    )


def _member(keys: dict[str, Any]) -> Member:
    names, on, of, path = keys.pop("names"), keys.pop("on", ()), keys.pop("of", None), keys.pop("path", None)
    imports, called, arguments = keys.pop("imports", ()), keys.pop("called", None), keys.pop("arguments", None)
    unless, near, beside = keys.pop("unless", None), keys.pop("near", None), keys.pop("beside", None)
    parameter = keys.pop("parameter", None)
    return Member(
        tuple(names),
        _entry(keys),
        frozenset([on] if isinstance(on, str) else on),
        re.compile(of) if of is not None else None,
        re.compile(path) if path is not None else None,
        frozenset([imports] if isinstance(imports, str) else imports),
        re.compile(unless) if unless is not None else None,
        re.compile(near) if near is not None else None,
        re.compile(beside) if beside is not None else None,
        re.compile(parameter) if parameter is not None else None,
        called,
        arguments,
    )
