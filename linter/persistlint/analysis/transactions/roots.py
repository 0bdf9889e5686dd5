"""Which name is a database handle: by its declared type, by its import, or else by what people call it."""

from __future__ import annotations

import re
from dataclasses import field, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import Atom
from persistlint.analysis.transactions.chain import Known
from persistlint.analysis.transactions.vocabulary import by_handle, is_of_library, modelled, named, type_handles
from persistlint.facts import Handle, Role
from persistlint.ir import FunctionDefinition
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.exports import Elsewhere
    from persistlint.analysis.names import Names
    from persistlint.analysis.transactions.variables import Scope
    from persistlint.libraries import Catalogue, Library, Type
    from persistlint.settings import ProjectNames

_TRANSACTION_NAME = regex(r"(?:^|_)(?:tx|txn|trx|dbtx|transaction)$|[a-z](?:Tx|Txn|Trx|Transaction)$", re.ASCII)
_TRANSACTION_TYPE = regex(r"(?:^|[.*_])(?:\w*(?:Tx|Trx|Transaction|TransactionClient|TransactionSql|QueryRunner))$")
_HANDLE_TYPE = regex(
    r"(?:DB|Db|Database|[Dd]ata[Ss]tore|[Cc]onn|[Cc]onnection|Session|Tx|Transaction|Pool|Client|Prisma\w*|Repository|Queries|Querier"
    r"|[Cc]ursor|Engine|EntityManager)\b"
)
_POOL_NAME = regex(r"(?:^|[._])\w*pool(?:cluster|promise)?$", re.IGNORECASE)
_DEEPEST_STRUCT = 5  # structs, one embedded in the other
# In the name of a client: it is one of a service, and not of a database.
_SERVICES = frozenset({
    "api", "aws", "email", "grpc", "http", "https", "kafka", "mail", "mailer", "nats", "openai", "rabbit", "rest",
    "rpc", "s3", "ses", "slack", "smtp", "sns", "soap", "sqs", "stripe", "twilio",
})  # fmt: skip
_MOST_NAMES = 10_000  # of which it is kept what they say
_WORDS = regex(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
# Types that a program declares for pools and transactions alike.
_EITHER = regex(r"(?:Conn(?:ection)?|Session|DBTX|IDB|Ext(?:Context)?|Executor|Quer(?:y|i)er|Runner|Handle)$")


@dataclass
class Roots:
    """Finds the handles of one file that its names tell of."""

    names: Names
    language: str
    project: ProjectNames
    tables: Catalogue = field(init=False)
    in_use: list[Library] = field(default_factory=list)
    guessed: dict[str, Known | None] = field(default_factory=dict)
    models: dict[str, Known | None] = field(default_factory=dict)
    embeds: dict[str, tuple[Type, str] | None] = field(default_factory=dict)
    beginning: dict[str, Type] = field(default_factory=dict)  # of the libraries in use, by the method that tells them
    generated: list[Type] = field(default_factory=list)  # whose methods are given the handle
    elsewhere: Elsewhere | None = None  # what other modules of the program export
    told: dict[str, Known | None] = field(default_factory=dict)  # by them, of names that are imported
    asked: frozenset[str] = frozenset()  # the names, imported from the program, that may be models or have some

    def __post_init__(self) -> None:
        self.tables = self.names.catalogue

    def learn_imports(self, words: frozenset[bytes]) -> None:
        """Take note of the libraries that the file imports, or whose own name it imports from elsewhere, or that words
        of the file tell of."""
        found = {library.name: library for library in self.tables.imported(self.names.modules)}
        own = {name.lower() for name, module in self.names.imports.items() if not self._is_library(module)}
        for library, name, telling in named(self.names.language):
            # `import mysql from "mysql2/promise"` says nothing of the library `mysql`.
            if name in own or not telling.isdisjoint(words):
                found.setdefault(library.name, library)
        self.in_use = [library for library in found.values() if library.modules]
        for type in (type for library in self.in_use for type in library.types.values()):
            for method in type.begins:
                self.beginning.setdefault(method, type)
            if type.models and any(operation.handle is not None for operation in type.methods.values()):
                self.generated.append(type)

    def parameter(self, name: str, annotation: str, origin: int) -> Known | None:
        """The handle that a parameter is, by its declared type, else by its name."""
        known = self.declared(annotation, name, origin)
        is_other = annotation and annotation not in ("any", "Any", "object")
        if known is None and (not is_other or (_says_handle(annotation) and not self._is_row(annotation))):
            known = self.guess(name, origin)
            known = undeclared(known) if is_other and _EITHER.search(annotation) else known
        is_own = origin >= 0  # of this function, not of the constructor that kept it
        if is_own and known is not None and known.type.parameter and known.handle.role is Role.POOL:
            return replace(known, handle=replace(known.handle, role=Role(known.type.parameter)))
        return known

    def declared(self, annotation: str, name: str, origin: int) -> Known | None:
        """A handle by its declared type."""
        if not annotation:
            return None
        value = self.names.declared(annotation)
        bare = re.split(r"[\[<]", annotation.strip("&* "), maxsplit=1)[0]
        type = value.type if isinstance(value, Atom) else None
        if type is None and self.language == "go":
            # Of a package of the program that a generator made: `ent.Client`, or `Queries` whatever the package.
            type = self.tables.types.get(bare) or self.tables.types.get(bare.rpartition(".")[2])
        if type is None and self.language == "go" and bare in self.names.classes:
            return self.embedded(bare, name, origin)
        if type is None or not type.library.takes_part:
            return None
        is_known = bool(type.library.modules)  # else the program's own type, over a library that nobody names here
        library = type.library if is_known else None
        return Known(Handle(name, role_of(type, bare, name), library, origin, declared=is_known), type)

    def embedded(self, struct: str, name: str, origin: int) -> Known | None:
        """Go: the handle that a struct of this file embeds, so that it has the methods of that where it has none of its
        own: `type Store struct{ *sql.DB }`."""
        if struct not in self.embeds:
            self.embeds[struct] = self._embedded(struct)
        if (found := self.embeds[struct]) is None:
            return None
        type, base = found
        return Known(Handle(name, role_of(type, base, name), type.library, origin, declared=True), type)

    def _embedded(self, struct: str) -> tuple[Type, str] | None:
        """The type of the handle that a struct embeds, without the methods that it has itself, and its name as
        written."""
        own: set[str] = set()
        for _ in range(_DEEPEST_STRUCT):
            definition = self.names.classes.get(struct)
            if definition is None:
                return None
            own.update(s.function.name for s in definition.body if isinstance(s, FunctionDefinition))
            for base in definition.bases:
                value = self.names.declared(base)
                type = value.type if isinstance(value, Atom) else None
                if type is not None and type.library.takes_part and type.library.modules:
                    left = {method: operation for method, operation in type.methods.items() if method not in own}
                    return replace(type, methods=left), base
            struct = next((plain for base in definition.bases if (plain := base.strip("*")) in self.names.classes), "")
        return None

    def guess(self, name: str, origin: int = -1) -> Known | None:
        """A handle by what people call it: a library that is in use goes before one that is only named so."""
        if name not in self.guessed:
            self.guessed[name] = self._guess(name)
        known = self.guessed[name]
        if known is None or origin == -1:
            return known
        return replace(known, handle=replace(known.handle, origin=origin))

    def _guess(self, name: str) -> Known | None:
        plain, words = _said_by(name)
        handles, own = by_handle(self.names.language), self.project.handles
        for word in words:
            types = handles.get(word, ())
            if own and not types and (plain in own or word in (handle.lower() for handle in own)):
                types = handles.get("db", ())
            for type in types:
                is_own = word == plain.lower() and self._is_telling(name)
                if type.library in self.in_use or type.library.name.lower() == word or is_own:
                    handle = Handle(name, role_of(type, name), type.library, declared=True)
                    return Known(handle, type) if type.library.takes_part else None
            for type in types:
                if not type.library.modules:
                    return Known(Handle(name, role_of(type, name), None), type)
        return None

    def _is_telling(self, name: str) -> bool:
        """Whether one library alone uses a name of several words (`queryInterface`): it is as good as its own name."""
        plain = name.lstrip("_$#")
        is_known = len(by_handle(self.names.language).get(plain.lower(), ())) == 1
        return is_known and len(_WORDS.findall(plain)) > 1

    def model(self, name: str) -> Known | None:
        """A class of the program's own that a library in use takes for a model."""
        if name not in self.models:
            self.models[name] = self._model(name)
        return self.models[name]

    def _model(self, name: str) -> Known | None:
        is_class = name[:1].isupper() and not name.isupper() and len(name) > 1 and self._is_own(name)
        if not is_class or self._is_telling(name) or self._is_other(name):
            return None
        for library in (*self.in_use, *self.tables.libraries):
            if library not in self.in_use and library.modules:
                continue
            for type in modelled(library):
                if type.models is True or self._stands_in(name, str(type.models)):
                    role = Role(type.role) if type.role else Role.INSTANCE
                    shown = library if library.modules else None
                    return Known(Handle(name, role, shown, declared=library in self.in_use), type, table=name)
        return None

    def _stands_in(self, name: str, module: str) -> bool:
        """Whether a class is imported from a module of that name, or derives from another in this file."""
        definition = self.names.classes.get(name)
        return bool(definition.bases) if definition is not None else module in self.names.imports[name].split(".")

    def imported(self, name: str, qualified: str | None, scope: Scope) -> Known | None:
        """What another module of the program tells that it exports; `name` is what it is called here."""
        if qualified is None:
            return None
        if name not in self.told:
            self.told[name] = self._imported(name, qualified)
        known = self.told[name]
        return known if known is None or scope.find(name.partition(".")[0]) is None else None

    def _imported(self, name: str, qualified: str) -> Known | None:
        root, last = name.partition(".")[0], name.rpartition(".")[2]
        if (root not in self.asked and self.guess(last) is None) or self._is_library(qualified):
            return None
        found = self.elsewhere.find(qualified) if self.elsewhere is not None else None
        type = found.type if found is not None else None
        if type is None or not type.role or type.is_own or not type.library.modules:
            return None
        if type.models:
            is_part = name != last  # it has a name of its own where it is assigned: `const User = db.users`
            return Known(Handle(name, Role(type.role), type.library, declared=True), type, last, is_new=is_part)
        return Known(Handle(name, role_of(type, name), type.library, declared=True), type)

    def _exported(self, name: str, module: str | None) -> Known | None:
        """An object that a library exports ready for use: `from django.db import connection`, `alembic.op`."""
        type = self.tables.types.get(module or "") or self.tables.created.get(module or "")
        if type is None and module is not None and name in type_handles(self.names.language, module):
            return self.guess(name)
        if type is None or not type.role:
            return None
        return Known(Handle(name, role_of(type, name), type.library, -1, declared=True), type)

    def _is_row(self, annotation: str) -> bool:
        """Whether a `Transaction` is a row: a payment, of a class of this file or one that the program keeps among its
        models."""
        module = self.names.imports.get("Transaction", "")
        is_model = "Transaction" in self.names.classes or "models" in re.split(r"[./]", module)
        return is_model and re.search(r"\bTransaction\b", annotation) is not None

    def _is_own(self, name: str) -> bool:
        """Whether a class is declared here, or imported from elsewhere than a library."""
        module = self.names.imports.get(name)
        return name in self.names.classes or (module is not None and not self._is_library(module))

    def _is_other(self, name: str) -> bool:
        """Whether another module of the program tells that what it exports is no model."""
        module = self.names.imports.get(name) if name in self.asked else None
        return module is not None and self.elsewhere is not None and self.elsewhere.is_other(module)

    def _is_library(self, module: str) -> bool:
        return is_of_library(module, self.names.language)


@lru_cache(maxsize=_MOST_NAMES)  # the same names are in many files
def _said_by(name: str) -> tuple[str, tuple[str, ...]]:
    """A name without what marks it, and what that may call a handle: all of it, or its last word; nothing where it is
    that of a service."""
    plain = name.lstrip("_$#")
    words = [word.lower() for word in _WORDS.findall(plain)]
    if not _SERVICES.isdisjoint(words[:-1]):
        return plain, ()
    return plain, tuple(dict.fromkeys((plain.lower(), words[-1] if words else "")))


def role_of(type: Type, *names: str) -> Role:
    """The role of a handle, from the name of its type or its own before the table's."""
    if any(_TRANSACTION_TYPE.search(name) or _TRANSACTION_NAME.search(name) for name in names):
        return Role.TRANSACTION
    if any(_POOL_NAME.search(name) for name in names):
        return Role.POOL
    return Role(type.library.role_of(type) or Role.CONNECTION)


def is_named_transaction(name: str) -> bool:
    """Whether people call a transaction so: `tx`, `readTx`."""
    return _TRANSACTION_NAME.search(name) is not None


def may_be_transaction(known: Known, annotation: str) -> bool:
    """Whether a pool that a function is given may be a transaction as well: one that no type tells apart from it."""
    if "pool" in known.handle.name.lower() or known.handle.name.lower() == known.type.library.name.lower():
        return False
    return bool(_EITHER.search(annotation)) if annotation else True


def undeclared(known: Known | None) -> Known | None:
    """What is known by its name alone, for its type is one of the program's own."""
    return replace(known, handle=replace(known.handle, declared=False)) if known is not None else None


def _says_handle(annotation: str) -> bool:
    return bool(_HANDLE_TYPE.search(annotation))
