"""Which expression is a database handle, and what a chain of calls on one does.

A chain is read from its root outwards: `prisma.user.update(…)`, `db.Model(&u).Where(…).Update(…)`. The library tables
say what each method gives and does. A root is known by its constructor, its declared type, the import, or else by
what people call it.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.analysis.names import Names, canonical, last_name, path_of
from persistlint.analysis.values import Atom, Instance
from persistlint.facts import Handle, Role
from persistlint.ir import (
    Argument,
    Attribute,
    Await,
    Binary,
    Call,
    Conditional,
    Constant,
    Expression,
    Mapping,
    Name,
    String,
    Subscript,
    TaggedTemplate,
    Template,
    TypeAssertion,
    Unary,
)
from persistlint.libraries import Catalogue, Library, Operation, Type, catalogue
from persistlint.records import dataclass
from persistlint.sql.lexer import HOLE

if TYPE_CHECKING:
    from persistlint.settings import ProjectNames

_TRANSACTION_NAME = re.compile(r"(?:^|_)(?:tx|txn|trx|dbtx|transaction)$|[a-z](?:Tx|Txn|Trx|Transaction)$", re.ASCII)
_TRANSACTION_TYPE = re.compile(
    r"(?:^|[.*_])(?:\w*(?:Tx|Trx|Transaction|TransactionClient|TransactionSql|QueryRunner))$"
)
_HANDLE_TYPE = re.compile(
    r"(?:DB|Db|Database|[Cc]onn|[Cc]onnection|Session|Tx|Transaction|Pool|Client|Prisma\w*|Repository|Queries|Querier"
    r"|[Cc]ursor|Engine|EntityManager)\b"
)
_POOL_NAME = re.compile(r"(?:^|[._])\w*pool(?:cluster|promise)?$", re.IGNORECASE)
_WORDS = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_LONGEST_TEXT = 20_000  # code points of SQL that are put together
_HANDS_BACK = frozenset(["closing", "aclosing", "enter_context", "enter_async_context"])
_DEEPEST = 200  # calls in one chain, one inside the other


@dataclass(frozen=True, slots=True)
class Known:
    """A database object: the handle it belongs to, its type, and what a builder or statement was made for."""

    handle: Handle
    type: Type
    table: str = ""
    sql: str = ""
    is_new: bool = False  # made by the expression itself: whoever it is assigned to names it


@dataclass
class Variable:
    """What a function knows of one of its variables. `row` is the offset of the read that it was loaded by."""

    known: Known | None = None
    value: Expression | None = None
    annotation: str = ""
    names: frozenset[str] = frozenset()


@dataclass
class Scope:
    """The variables of one function, and those around it. Keys are paths: `tx`, `this.db`."""

    parent: Scope | None = None
    owner: str | None = None
    receiver: str | None = None
    variables: dict[str, Variable] = field(default_factory=dict)

    def find(self, path: str) -> Variable | None:
        """The variable of that name, the innermost first."""
        scope: Scope | None = self
        while scope is not None:
            if path in scope.variables:
                return scope.variables[path]
            scope = scope.parent
        return None

    def names(self) -> frozenset[str]:
        """The variables of a function and of those around it; what the module knows is none of them."""
        found: set[str] = set()
        scope: Scope | None = self
        while scope is not None and scope.parent is not None:
            found.update(scope.variables)
            scope = scope.parent
        return frozenset(found)

    def inner(self, owner: str | None = None, receiver: str | None = None) -> Scope:
        """A scope inside this one."""
        return Scope(self, owner or self.owner, receiver or self.receiver)


@dataclass
class Chain:
    """A chain of calls as far as it was followed: what it gives, and what it does on the way."""

    known: Known | None = None
    root: Known | None = None
    effect: str = ""
    call: Call | TaggedTemplate | None = None
    operation: Operation | None = None
    table: str = ""
    sql: str = ""
    locks: bool = False
    upserts: bool = False
    bound_to: tuple[Expression, ...] = ()
    is_on_row: bool = False  # the call that does it is a method of a row
    calls: list[Call] = field(default_factory=list)


# Effects after which a handle belongs to what it did before.
_KEEPS = ("read", "write", "upsert", "begin", "context", "transaction")
_STRENGTH = {
    "": 0,
    "acquire": 1,
    "bind": 1,
    "lock": 1,
    "prepare": 1,
    "read": 2,
    "execute": 3,
    "savepoint": 4,
}


@dataclass
class Handles:
    """Finds the handles of one file."""

    names: Names
    language: str
    project: ProjectNames
    tables: Catalogue = field(init=False)
    in_use: list[Library] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tables = self.names.catalogue

    def learn_imports(self) -> None:
        """Take note of the libraries that the file imports, or whose own name it imports from elsewhere."""
        found = {library.name: library for library in self.tables.imported(self.names.modules)}
        local = {name.lower() for name in self.names.imports}
        for library in self.tables.libraries:
            if library.name.lower() in local:
                found.setdefault(library.name, library)
        self.in_use = [library for library in found.values() if library.modules]

    # ------------------------------------------------------------------------------------------------- roots

    def parameter(self, name: str, annotation: str, origin: int) -> Known | None:
        """The handle that a parameter is, by its declared type, else by its name."""
        known = self.declared(annotation, name, origin)
        is_other = annotation and annotation not in ("any", "Any", "object")
        if known is None and (not is_other or _says_handle(annotation)):
            known = self.guess(name, origin)
            known = _undeclared(known) if is_other and _EITHER.search(annotation) else known
        is_own = origin >= 0  # of this function, not of the constructor that kept it
        if is_own and known is not None and known.type.parameter and known.handle.role is Role.POOL:
            return replace(known, handle=replace(known.handle, role=Role(known.type.parameter)))
        return known

    def declared(self, annotation: str, name: str, origin: int) -> Known | None:
        """A handle by its declared type."""
        value = self.names.declared(annotation) if annotation else None
        bare = re.split(r"[\[<]", annotation.strip("&* "), maxsplit=1)[0]
        type = value.type if isinstance(value, Atom) else None
        if type is None and self.language == "go":
            type = self.tables.types.get(bare)  # of a package of the program that a generator made: `ent.Client`
        if type is None or not type.library.takes_part:
            return None
        return Known(Handle(name, _role(type, bare, name), type.library, origin, declared=True), type)

    def guess(self, name: str, origin: int = -1) -> Known | None:
        """A handle by what people call it: a library that is in use goes before one that is only named so."""
        plain = name.lstrip("_$#")
        words = _WORDS.findall(plain)
        for word in dict.fromkeys((plain.lower(), words[-1].lower() if words else "")):
            types = _by_handle(self.names.language).get(word, ())
            if word in (own.lower() for own in self.project.handles) or plain in self.project.handles:
                types = types or _by_handle(self.names.language).get("db", ())
            for type in types:
                # A word of several that one library alone uses (`queryInterface`) is as good as its own name.
                is_own = word == plain.lower() and len(words) > 1 and len(types) == 1
                if type.library in self.in_use or type.library.name.lower() == word or is_own:
                    handle = Handle(name, _role(type, name), type.library, origin, declared=True)
                    return Known(handle, type) if type.library.takes_part else None
            for type in types:
                if not type.library.modules:
                    return Known(Handle(name, _role(type, name), None, origin), type)
        return None

    def _model(self, name: str, origin: int) -> Known | None:
        """A class of the program's own that a library in use takes for a model."""
        if not name[:1].isupper() or name.isupper() or len(name) < 2 or not self._is_own(name):
            return None
        for library in (*self.in_use, *self.tables.libraries):
            if library not in self.in_use and library.modules:
                continue
            for type in library.types.values():
                if type.models is True or (type.models and self._stands_in(name, str(type.models))):
                    role = Role(type.role) if type.role else Role.INSTANCE
                    shown = library if library.modules else None
                    return Known(Handle(name, role, shown, origin, declared=library in self.in_use), type, table=name)
        return None

    def _stands_in(self, name: str, module: str) -> bool:
        """Whether a class is imported from a module of that name, or derives from another in this file."""
        definition = self.names.classes.get(name)
        return bool(definition.bases) if definition is not None else module in self.names.imports[name].split(".")

    def called(self, expression: Expression) -> Expression:
        """A decorator or context without parentheses as the call that it stands for: `@atomic`, `with db_session:`."""
        operation = self._function(self.names.qualified(expression) or "")
        is_bare = operation is not None and operation.effect and not isinstance(expression, Call)
        return Call(expression.range, expression, ()) if is_bare else expression

    def _is_own(self, name: str) -> bool:
        """Whether a class is declared here, or imported from elsewhere than a library."""
        module = self.names.imports.get(name)
        return name in self.names.classes or (module is not None and not self._is_library(module))

    def _is_library(self, module: str) -> bool:
        return _is_of_library(module, self.names.language)

    # ------------------------------------------------------------------------------------------------ chains

    def known(self, expression: Expression, scope: Scope) -> Known | None:
        """The database object that an expression is, if it is one."""
        return self.follow(expression, scope).known

    def follow(self, expression: Expression, scope: Scope, depth: int = 0) -> Chain:
        """Read a chain of calls and attributes."""
        if depth > _DEEPEST:
            return Chain()
        match expression:
            case Name(id=name):
                return self._name(name, expression, scope)
            case Attribute(value=value, name=name):
                return self._attribute(expression, value, name, scope, depth)
            case Call():
                return self._call(expression, scope, depth)
            case TaggedTemplate():
                return self._tagged(expression, scope, depth)
            case Await(value=inner) | TypeAssertion(value=inner) | Subscript(value=inner) | Unary(operand=inner):
                return self.follow(inner, scope, depth + 1)
            case Binary(operator="or" | "??", left=left, right=right):
                return _either(self.follow(left, scope, depth + 1), self.follow(right, scope, depth + 1))
            case Conditional(then=then, otherwise=otherwise):
                return _either(self.follow(then, scope, depth + 1), self.follow(otherwise, scope, depth + 1))
        return Chain()

    def _name(self, name: str, expression: Expression, scope: Scope) -> Chain:
        variable = scope.find(name)
        if variable is not None:
            return _start(variable.known)
        module = self.names.imports.get(name)
        if name == scope.receiver or (module is not None and self._is_library(module)):
            return _start(self._exported(name, module))
        return _start(self._model(name, -1) or self.guess(name))

    def _exported(self, name: str, module: str | None) -> Known | None:
        """An object that a library exports ready for use: `from django.db import connection`, `alembic.op`."""
        type = self.tables.types.get(module or "") or self.tables.created.get(module or "")
        if type is None and module is not None and name in type_handles(self.names.language, module):
            return self.guess(name)
        if type is None or not type.role:
            return None
        return Known(Handle(name, _role(type, name), type.library, -1, declared=True), type)

    def _attribute(self, node: Attribute, value: Expression, name: str, scope: Scope, depth: int) -> Chain:
        path = path_of(node)
        variable = scope.find(path) if path is not None else None
        if variable is not None and variable.known is not None:
            return _start(variable.known)
        if (qualified := self.names.qualified(node)) is not None and qualified in self.tables.types:
            return _start(self._exported(name, qualified))
        chain = self.follow(value, scope, depth + 1)
        base = chain.known
        if base is not None:
            type = self._member(base.type, name)
            table = name if name not in base.type.fields else base.table
            chain.known = Known(_owner(base.handle, base.type, type), type, table) if type is not None else None
            if chain.known is not None and chain.known.handle is not base.handle:
                chain.root = chain.known
            if chain.known is not None or chain.effect or base.handle.role is Role.TRANSACTION:
                return chain
        manager = _managers(self.names.language).get(name)
        if manager is not None:
            table = last_name(value)
            handle = Handle(table, Role(manager.role), manager.library, -1, declared=True)
            return _start(Known(handle, manager, table))
        if path is None:
            return chain
        owner = self.names.classes.get(scope.owner or "")
        if owner is not None and isinstance(value, Name) and value.id == scope.receiver:
            declared = dict(owner.fields).get(name, "")
            if declared:
                return _start(self.parameter(name, declared, -1) and _named(self.parameter(name, declared, -1), path))
        return _start(_named(self.guess(name), path)) if base is None else chain

    def _member(self, type: Type, name: str) -> Type | None:
        types = type.library.types
        found = type.fields.get(name)
        if found is None and type.method(name) is None:
            found = type.members
        return types.get(found) if found else None

    def _call(self, node: Call, scope: Scope, depth: int) -> Chain:
        function = node.function
        is_variable = isinstance(function, Name) and scope.find(function.id) is not None
        qualified = None if is_variable else self._qualified(function)
        chain = self.follow(function.value, scope, depth + 1) if isinstance(function, Attribute) else Chain()
        if isinstance(function, Attribute) and chain.known is not None and chain.known.type.method(function.name):
            return self._method(node, function.name, chain, scope)
        if qualified is not None and (operation := self._function(qualified)) is not None:
            ran = self._ran(node, operation, scope)
            if ran is not None:
                return ran
        if not is_variable and (made := self._made(node, qualified, scope)) is not None:
            return _start(made)
        if isinstance(function, Attribute):
            if chain.known is None and not chain.effect and (row := self._row(node, function.name, scope)) is not None:
                chain = Chain(row, row, calls=_calls_of(function.value))
            if chain.known is not None:
                return self._method(node, function.name, chain, scope)
            if chain.effect:
                chain.calls.append(node)
                return chain
        if last_name(function) in _HANDS_BACK and node.arguments:  # `with closing(connection)`
            return self.follow(node.arguments[0].value, scope, depth + 1)
        if isinstance(function, Name):
            chain = self.follow(function, scope, depth + 1)
            called = chain.known
            if called is not None and called.type.call is not None:
                return self._operate(node, called.type.call, chain, scope)
            if called is None and scope.find(function.id) is None:
                return _start(self.guess(function.id))
        return Chain()

    def _qualified(self, function: Expression) -> str | None:
        """The qualified name of what is called; `require("knex")` is the module itself."""
        match function:
            case Name(id=name):
                return self.names.qualified(function) or self.names.unqualified(name)
            case Call():
                return required(function)
        return self.names.qualified(function)

    def _made(self, node: Call, qualified: str | None, scope: Scope) -> Known | None:
        """What a constructor or factory of a library makes; without a role, it belongs to the handle it is given."""
        candidates = [*filter(None, (qualified, path_of(node.function)))]
        for name in (*candidates, *map(canonical, candidates)):
            type = self.tables.created.get(name) or self.tables.types.get(name)
            if type is None or not type.library.takes_part:
                continue
            table = self.table_of(node.arguments[0].value, scope) if type.statement and node.arguments else ""
            if not type.role and (given := self._given(node, scope)) is not None:
                return Known(given.handle, type, table)
            role = _role(type, name)
            if role is Role.IMPLICIT and any(map(_commits_at_once, node.arguments)):
                role = Role.CONNECTION
            is_kept = not any(isinstance(a.value, String) and a.value.value == ":memory:" for a in node.arguments)
            handle = Handle(name.rsplit(".", 1)[-1], role, type.library, node.range.start, True, owned=is_kept)
            return Known(handle, type, table, is_new=True)
        return None

    def _given(self, node: Call, scope: Scope) -> Known | None:
        """The handle among the first arguments of a call; a context may go before it."""
        known = (self.known(argument.value, scope) for argument in node.arguments[:2])
        return next(filter(None, known), None)

    def _row(self, node: Call, name: str, scope: Scope) -> Known | None:
        """An object of generated code, by the handle that it is given: `user.Insert(ctx, tx, boil.Infer())`."""
        for library in self.in_use:
            for type in library.types.values():
                operation = type.method(name) if type.models else None
                if operation is None or operation.handle is None or operation.handle >= len(node.arguments):
                    continue
                given = self.known(node.arguments[operation.handle].value, scope)
                if given is not None:
                    return Known(given.handle, type)
        return None

    def _function(self, qualified: str) -> Operation | None:
        return self.tables.functions.get(qualified) or self.tables.functions.get(canonical(qualified))

    def _ran(self, node: Call, operation: Operation, scope: Scope) -> Chain | None:
        """A function of a library: `transaction.atomic()`, `execute_values(cursor, …)`, `sq.Insert("users")`; None
        where it neither does something nor makes an object."""
        type = operation.library.types.get(operation.returns or "")
        root = self._given(node, scope)
        if operation.effect or operation.role or (operation.sql is not None and root is not None):
            role = Role(operation.role) if operation.role else Role.POOL
            root = root or Known(Handle("", role, operation.library, -1, True), type or _NOTHING)
            return self._operate(node, operation, _start(root), scope)
        if type is None or not operation.library.takes_part:
            return None
        table = "" if operation.table is None else self.table_of(node.arguments[operation.table].value, scope)
        handle = root.handle if root is not None else Handle("", _role(type), operation.library, -1, True)
        chain = _start(Known(handle, type, table))
        chain.calls.append(node)
        return chain

    def _method(self, node: Call, name: str, chain: Chain, scope: Scope) -> Chain:
        base = chain.known
        operation = base.type.method(name) if base is not None else None
        if base is not None and operation is None and (member := self._member(base.type, name)) is not None:
            operation = member.call  # `new sqlite3.Database(path)`
        if base is None or operation is None:
            chain.calls.append(node)
            if base is not None and not base.type.fluent:
                chain.known = None
            return chain
        if operation.name.endswith("*"):
            chain.table = name.removeprefix(operation.name.rstrip("*"))  # `order.addItem(item)`
        return self._operate(node, operation, chain, scope)

    def _operate(self, node: Call, operation: Operation, chain: Chain, scope: Scope) -> Chain:
        base = chain.known
        chain.calls.append(node)
        if base is None:
            return chain
        text = self.sent(node, operation, scope)
        if base.handle.role is Role.IMPLICIT and any(map(_commits_at_once, node.arguments)):
            base = replace(base, handle=replace(base.handle, role=Role.CONNECTION))
        if operation.handle is not None and operation.handle < len(node.arguments):
            given = self.known(node.arguments[operation.handle].value, scope)
            base = chain.root = replace(base, handle=given.handle) if given is not None else base
        if operation.effect == "bind":
            chain.bound_to = (*chain.bound_to, *(argument.value for argument in node.arguments))
            base = chain.root = replace(base, handle=self._bound(node, base.handle, scope))
        chain.locks = chain.locks or _asks_for_lock(node)
        if operation.effect == "lock":
            chain.locks = chain.locks or self.language != "go" or _mentions(node, "Locking")
            chain.upserts = chain.upserts or _mentions(node, "OnConflict")
        if operation.table is not None and operation.table < len(node.arguments):
            chain.table = self.table_of(node.arguments[operation.table].value, scope) or chain.table
        table = chain.table or base.table
        effect = operation.effect or ("sql" if text is not None else "")
        if operation.sql is not None and effect in ("sql", "read", "write"):
            sent = None if text else self._statement(node, operation, scope)
            effect, table = (
                (sent.type.statement, sent.table) if sent is not None else ("sql" if text else effect, table)
            )
        if effect == "upsert":
            chain.upserts, effect = True, "" if chain.effect == "write" else "write"
        if effect == "execute":
            text, effect = base.sql or None, "sql" if base.sql else "read"
        if effect and _STRENGTH.get(effect, 5) >= _STRENGTH.get(chain.effect, 5):
            chain.effect, chain.call, chain.operation = effect, node, operation
            chain.sql = text or ""
            chain.is_on_row = base.type.role == "instance" and table == base.table
        chain.table = table
        type = base.type.returned(operation.returns) if operation.returns != "self" else base.type
        if operation.returns and type is None:
            type = operation.library.types.get(operation.returns)
        if type is None and base.type.fluent:
            type = base.type
        handle = _handed(base.handle, type, operation)
        chain.known = Known(handle, type, table, text or "", handle is not base.handle or base.is_new) if type else None
        return chain

    def _bound(self, node: Call, handle: Handle, scope: Scope) -> Handle:
        """The handle that a builder is bound to; what cannot be told apart from a transaction is taken for one."""
        given = self._given(node, scope)
        if given is not None:
            return given.handle
        is_unknown = any(not isinstance(argument.value, String | Constant) for argument in node.arguments)
        return replace(handle, role=Role.TRANSACTION) if is_unknown else handle

    def _statement(self, node: Call, operation: Operation, scope: Scope) -> Known | None:
        """The statement as an object that a call sends: `session.execute(insert(User))`."""
        known = (self.known(argument.value, scope) for argument in node.arguments[operation.sql or 0 :])
        return next((found for found in known if found is not None and found.type.statement), None)

    def _tagged(self, node: TaggedTemplate, scope: Scope, depth: int) -> Chain:
        tag = node.tag
        if isinstance(tag, Attribute):
            chain = self.follow(tag.value, scope, depth + 1)
            operation = chain.known.type.method(tag.name) if chain.known is not None else None
            if operation is None or operation.tag is None:
                return Chain()
        else:
            chain = self.follow(tag, scope, depth + 1)
            operation = None
            if chain.known is None or chain.known.type.tag is None:
                return Chain()
        chain.effect, chain.call, chain.operation = "sql", node, operation
        chain.sql = self.text(node.template, scope) or ""
        chain.known = None
        return chain

    # ------------------------------------------------------------------------------------------------ texts

    def sent(self, node: Call, operation: Operation, scope: Scope) -> str | None:
        """The SQL that a call sends; "" where it sends some that is not known, None where it sends none."""
        if operation.sql is None or operation.yields is not None or operation.raw:
            return None
        named = [a.value for a in node.arguments if a.keyword is not None and a.keyword in operation.keys]
        positional = [a.value for a in node.arguments if a.keyword is None]
        # Of a handle of unknown type nobody knows whether a context goes first.
        candidates = named or positional[operation.sql : operation.sql + 1]
        if not operation.library.modules:
            candidates = named or positional[:3]
        for candidate in candidates:
            text = self.text(candidate, scope)
            if text is not None:
                return text
        return ""

    def text(self, expression: Expression, scope: Scope, depth: int = 0) -> str | None:
        """The text of an expression, `HOLE` for what is not known; None where it is no text at all."""
        if depth > _DEEPEST:
            return None
        match expression:
            case String(value=value):
                return value[:_LONGEST_TEXT]
            case Template(parts=parts):
                known = [
                    part.value if isinstance(part, String) else self.text(part.value, scope, depth + 1) or HOLE
                    for part in parts
                ]
                return "".join(known)[:_LONGEST_TEXT]
            case Binary(operator="+", left=left, right=right):
                texts = [self.text(left, scope, depth + 1), self.text(right, scope, depth + 1)]
                return None if texts == [None, None] else "".join(text or HOLE for text in texts)[:_LONGEST_TEXT]
            case Binary(operator="%", left=left):
                return self.text(left, scope, depth + 1)
            case Name(id=name):
                variable = scope.find(name)
                if variable is not None and variable.value is not None and depth < 8:
                    return self.text(variable.value, scope, depth + 8)
                return None
            case Call(function=Attribute(name="format" | "strip" | "trim", value=value)):
                return self.text(value, scope, depth + 1)
            case Call(arguments=(first, *_)):
                return self.text(first.value, scope, depth + 1)
            case TaggedTemplate(template=template):
                return self.text(template, scope, depth + 1)
            case Mapping(entries=entries):
                for entry in entries:
                    if isinstance(entry.key, String) and entry.key.value.lower() in ("text", "sql", "query"):
                        return self.text(entry.value, scope, depth + 1)
        return None

    def table_of(self, expression: Expression, scope: Scope) -> str:
        """The table or model that an argument names: `users`, `&User{}`, `"users"`, a variable of that type."""
        match expression:
            case String(value=value):
                return value.split(" ", 1)[0]
            case Unary(operand=operand) | Await(value=operand) | TypeAssertion(value=operand):
                return self.table_of(operand, scope)
            case Mapping(type=type) if type:
                return _bare(type)
            case Call(function=function):
                return last_name(function) if last_name(function)[:1].isupper() else ""
            case Name(id=name):
                variable = scope.find(name)
                if variable is None:
                    return name
                if variable.annotation:
                    return _bare(variable.annotation)
                if variable.known is not None and variable.known.table:
                    return variable.known.table
                if variable.value is not None and not isinstance(variable.value, Name):
                    return self.table_of(variable.value, scope) or name
                return name
            case Attribute(name=name):
                return name
        return ""


def _calls_of(expression: Expression) -> list[Call]:
    """The calls of a chain, the innermost first."""
    found: list[Call] = []
    while isinstance(expression, Call | Attribute):
        if isinstance(expression, Call):
            found.append(expression)
        expression = expression.function if isinstance(expression, Call) else expression.value
    return found[::-1]


def required(call: Call) -> str | None:
    """The module of `require("knex")`."""
    match call:
        case Call(function=Name(id="require"), arguments=(Argument(value=String(value=module)), *_)):
            return canonical(module)
    return None


def _owner(handle: Handle, type: Type, member: Type) -> Handle:
    """What an attribute of a handle belongs to: `db.session` is a session, `env.cr` a connection."""
    is_own = member.role == "session" or (not type.role and member.role != "")
    return replace(handle, role=Role(member.role)) if is_own and handle.role is not Role.TRANSACTION else handle


def _handed(handle: Handle, type: Type | None, operation: Operation) -> Handle:
    """The handle that an operation gives: another connection, a session, or the one that it was called on."""
    if operation.effect == "acquire":
        # Whether a driver that opens transactions by itself does so here was said where its pool was made.
        role = Role.IMPLICIT if type is not None and type.role == "implicit" else Role.CONNECTION
        return replace(handle, role=role if handle.role is Role.POOL else handle.role, owned=role is Role.CONNECTION)
    if type is not None and type.role and operation.returns != "self" and operation.effect not in _KEEPS:
        made = Role(type.role)
        if made is not Role.INSTANCE and made is not handle.role and handle.role is not Role.TRANSACTION:
            return replace(handle, role=made, owned=True)
    return handle


def _bare(annotation: str) -> str:
    words = re.findall(r"\w+", re.sub(r"\[.*\]|<.*>", "", annotation)) or re.findall(r"\w+", annotation)
    return words[-1] if words else ""


def _start(known: Known | None) -> Chain:
    return Chain(known, known, table=known.table if known is not None else "")


def _named(known: Known | None, path: str) -> Known | None:
    return replace(known, handle=replace(known.handle, name=path)) if known is not None else None


def _either(left: Chain, right: Chain) -> Chain:
    """`tx ?? db`: inside a transaction where there is one."""
    known = [chain for chain in (left, right) if chain.known is not None]
    return next(
        (chain for chain in known if chain.known and chain.known.handle.role is Role.TRANSACTION), (known or [left])[0]
    )


def _role(type: Type, *names: str) -> Role:
    """The role of a handle, from the name of its type or its own before the table's."""
    if any(_TRANSACTION_TYPE.search(name) or _TRANSACTION_NAME.search(name) for name in names):
        return Role.TRANSACTION
    if any(_POOL_NAME.search(name) for name in names):
        return Role.POOL
    return Role(type.library.role_of(type) or Role.CONNECTION)


def _commits_at_once(argument: Argument) -> bool:
    """Whether an argument of a Python driver's constructor says that no transaction is opened by itself."""
    match argument.value:
        case Constant(value=value):
            return (argument.keyword, value) in (("autocommit", True), ("isolation_level", None))
        case String(value="AUTOCOMMIT"):
            return argument.keyword == "isolation_level"
    return False


def _undeclared(known: Known | None) -> Known | None:
    """What is known by its name alone, for its type is one of the program's own."""
    return replace(known, handle=replace(known.handle, declared=False)) if known is not None else None


def may_be_transaction(known: Known, annotation: str) -> bool:
    """Whether a pool that a function is given may be a transaction as well: one that no type tells apart from it."""
    if "pool" in known.handle.name.lower() or known.handle.name.lower() == known.type.library.name.lower():
        return False
    return bool(_EITHER.search(annotation)) if annotation else True


# Types that a program declares for pools and transactions alike.
_EITHER = re.compile(r"(?:Conn(?:ection)?|Session|DBTX|IDB|Ext(?:Context)?|Executor|Quer(?:y|i)er|Runner|Handle)$")


def _asks_for_lock(node: Call) -> bool:
    """Whether the options of a call lock the row: `{ lock: t.LOCK.UPDATE }`, `with_for_update=True`."""
    entries = [e for a in node.arguments if isinstance(a.value, Mapping) for e in a.value.entries]
    keys = {entry.key.value for entry in entries if isinstance(entry.key, String)} | {a.keyword for a in node.arguments}
    return bool(keys & {"lock", "lockMode", "forUpdate", "with_for_update"})


def _says_handle(annotation: str) -> bool:
    return bool(_HANDLE_TYPE.search(annotation))


def _mentions(node: Call, clause: str) -> bool:
    """Whether Go's `Clauses(…)` or `For(…)` is given a lock, or what happens on a conflict."""
    for argument in node.arguments:
        match argument.value:
            case Mapping(type=type) | Unary(operand=Mapping(type=type)) if clause in type:
                return True
            case String(value=value) if clause == "Locking" and ("UPDATE" in value.upper() or "SHARE" in value.upper()):
                return True
    return False


_NOTHING = Type(Library(""), "")


@cache
def _by_handle(language: str) -> dict[str, tuple[Type, ...]]:
    found: dict[str, list[Type]] = {}
    for library in catalogue(language).libraries:
        for type in library.types.values():
            for handle in (
                type.handles if type.role or any(o.effect or o.is_sink for o in type.methods.values()) else ()
            ):
                found.setdefault(handle.lower(), []).append(type)
    return {handle: tuple(types) for handle, types in found.items()}


@lru_cache(maxsize=512)
def effect_names(libraries: frozenset[Library], types: frozenset[Type]) -> frozenset[str]:
    """The last names of every call that does something to a database, or opens or ends a transaction, among the
    operations of some libraries and of some types."""
    every = types.union(*(library.types.values() for library in libraries))
    operations = [operation for type in every for operation in type.methods.values()]
    found = {operation.name for operation in operations if operation.effect or operation.is_sink}
    called = {handle for type in every if type.call is not None for handle in type.handles}
    functions = {operation for library in libraries for operation in library.functions.values()}
    return frozenset(found | called | {item.name.rsplit(".", 1)[-1] for item in functions if item.effect})


@cache
def type_handles(language: str, module: str) -> frozenset[str]:
    """What people call the objects of the library that a name is imported from."""
    return frozenset(
        handle
        for library in catalogue(language).libraries
        if any(module == name or module.startswith((f"{name}.", f"{name}/")) for name in library.modules)
        for type in library.types.values()
        if type.role
        for handle in type.handles
    )


@cache
def _managers(language: str) -> dict[str, Type]:
    return {
        name: type
        for library in catalogue(language).libraries
        for type in library.types.values()
        for name in type.attributes
    }


@cache
def _modules(language: str) -> frozenset[str]:
    return frozenset(module for library in catalogue(language).libraries for module in library.modules)


@lru_cache(maxsize=4096)
def _is_of_library(module: str, language: str) -> bool:
    """Whether a module is one of a library, or inside one."""
    ends = (len(module), *(index for index, character in enumerate(module) if character in "./"))
    return any(module[:end] in _modules(language) for end in ends)


__all__ = ["Chain", "Handles", "Instance", "Known", "Scope", "Variable", "required"]
