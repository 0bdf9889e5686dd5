"""What the functions of a file do with transactions: effects in program order, the transactions around them, values
that are written back, and errors that are taken."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from persistlint.analysis.exports import Elsewhere
from persistlint.analysis.names import Names, path_of, required
from persistlint.analysis.schedule import Wanted
from persistlint.analysis.transactions.chain import Known
from persistlint.analysis.transactions.closing import uncommitted
from persistlint.analysis.transactions.cursors import unclosed
from persistlint.analysis.transactions.decorators import decorated
from persistlint.analysis.transactions.entry import is_entry
from persistlint.analysis.transactions.file import File
from persistlint.analysis.transactions.handlers import handled
from persistlint.analysis.transactions.handles import Handles
from persistlint.analysis.transactions.helpers import home_of, remember
from persistlint.analysis.transactions.imported import may_be_models
from persistlint.analysis.transactions.requests import Requests
from persistlint.analysis.transactions.roots import may_be_transaction
from persistlint.analysis.transactions.scans import dropped_scans
from persistlint.analysis.transactions.telling import (
    calls_of,
    effects_in,
    may_call,
    may_show,
    places,
    repeated,
    tags_of,
)
from persistlint.analysis.transactions.variables import Scope, Variable
from persistlint.analysis.transactions.walk import Walk
from persistlint.facts import EffectKind, Handle, Handled, Procedure, Role, Scoping, Sign, Use, swallowed_change
from persistlint.ir import (
    Assign,
    Attribute,
    Call,
    ClassDefinition,
    FunctionDefinition,
    If,
    Import,
    Lambda,
    Nested,
    Try,
)
from persistlint.languages import languages
from persistlint.libraries import catalogue
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.transactions.checks import Checks
    from persistlint.analysis.transactions.keys import Keys
    from persistlint.facts import Effect, Fact
    from persistlint.ir import Block, Function, Module
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile


def facts(syntax: Syntax, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> Iterator[Fact]:
    """The facts about the transactions of a file: `Procedure`, `Transaction`, `StaleWrite`, `Handled`; with signs, at
    least those of the functions that can hold what these are about."""
    language = languages()[syntax.source.language]
    table = catalogue(language.libraries)
    candidates = calls_of(syntax, effects_in(syntax.source, names)) + tags_of(syntax)
    asked = Wanted(places(syntax, names, signs) if candidates and signs else candidates, syntax.called)
    looped = repeated(syntax, candidates) if candidates and Sign.LOOP in signs else []
    if not asked.starts and not looped:
        return
    module = syntax.lower()
    known = Names(table, language.libraries)
    _learn(module.body, known)
    elsewhere = Elsewhere(syntax.source, known)
    may_be = frozenset(name.decode("utf-8", "replace") for name in may_be_models(syntax.source))
    handles = Handles(known, language.name, names, elsewhere=elsewhere, asked=may_be)
    handles.learn_imports(syntax.source.words)
    file = File(syntax.source, handles, comments=syntax.comments)
    top = Scope()
    todo: list[tuple[Function, Scope]] = []
    _declare(module, file, top, todo)
    wanted = file.wanted = Wanted(candidates, syntax.called)
    wanted.learn(file.every_function)
    asked.learn(file.every_function)
    asked.add(looped)
    walked = Walk(file, top)
    walked.block(tuple(s for s in module.body if not isinstance(s, FunctionDefinition | ClassDefinition | Import)))
    todo.extend(walked.later)
    file.forget_walks()  # for only now all variables of the module are known
    results: list[tuple[Function | None, Walk]] = [(None, walked)]
    seen: set[int] = set()
    while todo:
        found, scope = todo.pop(0)
        if id(found) in seen or not (wanted.includes(found) and _is_among(found, asked, known)):
            continue
        seen.add(id(found))
        walk = _walked(file, found, scope)
        todo.extend(walk.later)
        results.append((found, walk))
    file.forget_walks()
    opens = any(_opens(walk) or _asks(walk) for _, walk in results)
    inside = file.called_inside()
    keys = _keys([walk.checks for _, walk in results if walk.checks.found], syntax)
    requests = Requests(syntax.source)
    for function, walk in results:
        yield from _facts_of(function, walk, file, opens, inside, requests)
    yield from elsewhere.consulted()
    yield from (asked.consulted for asked in (keys, requests) if asked is not None and asked.consulted is not None)


def _keys(checks: list[Checks], syntax: Syntax) -> Keys | None:
    """What tells of each of these checks, when somebody asks, whether a unique key keeps the second row out."""
    if not checks:
        return None
    from persistlint.analysis.transactions.keys import Keys  # what reads models and SQL takes long to import

    keys = Keys(syntax)
    for each in checks:
        each.found = [replace(found, is_unique=partial(keys.may_refuse, found)) for found in each.found]
    return keys


def _walked(file: File, function: Function, scope: Scope) -> Walk:
    """The walk through a function for its own sake: that of it as a helper, where nothing makes a difference."""
    known = file.alone.get(id(function))
    if known is not None and known.scope.parent is scope:
        return known
    walk = Walk(file, scope.inner(function.owner, function.receiver))
    decorated(function, walk)
    walk.enter(function)
    if home_of(function, walk) is scope:
        remember(walk, function)
    return walk


def may_have(source: SourceFile, names: ProjectNames, signs: frozenset[Sign] = frozenset()) -> bool:
    """Whether a file can have something to do with a transaction; with signs, one of these too."""
    return may_call(source, effects_in(source, names)) and (not signs or may_show(source, names, signs))


def _is_among(function: Function, asked: Wanted, names: Names) -> bool:
    """Whether a function can hold what is asked for, or is run inside of it by a decorator of its own or of its
    class."""
    owner = names.classes.get(function.owner or "")
    decorators = (*function.decorators, *(owner.decorators if owner is not None else ()))
    return asked.includes(function) or any(asked.holds(decorator.range) for decorator in decorators)


def _learn(body: Block, names: Names) -> None:
    for statement in body:
        match statement:
            case Import():
                names.add(statement)
            case Assign(value=Call(function=Call() as called)) if (module := required(called)) is not None:
                names.modules.add(module)  # `const db = require("knex")({ … })`
            case ClassDefinition(name=name):
                names.classes[name] = statement
            case Nested(body=inner):
                _learn(inner, names)
            case Try(body=inner, handlers=handlers):  # `try: import psycopg` and what there is else
                _learn((*inner, *(caught for handler in handlers for caught in handler.body)), names)
            case If(then=then, otherwise=otherwise):
                _learn((*then, *otherwise), names)


def _declare(module: Module, file: File, top: Scope, todo: list[tuple[Function, Scope]]) -> None:
    """Find the functions of a file, and the attributes that constructors set."""
    for statement in module.body:
        match statement:
            case FunctionDefinition(function=function):
                file.functions.setdefault(function.name, function)
                file.every_function.append(function)
                todo.append((function, top))
            case Assign(target=target, value=Lambda(function=function)):
                file.every_function.append(function)
                file.functions.setdefault(path_of(target) or function.name, function)
            case ClassDefinition():
                _declare_class(statement, file, top, todo)


def _declare_class(definition: ClassDefinition, file: File, top: Scope, todo: list[tuple[Function, Scope]]) -> None:
    scope = top.inner(definition.name)
    methods = [s.function for s in definition.body if isinstance(s, FunctionDefinition)]
    file.every_function.extend(methods)
    for method in methods:
        file.functions.setdefault(f"{definition.name}.{method.name}", method)
    if any(_lends(method, file.handles) for method in methods):
        file.lent.add(definition.name)
    for method in sorted(methods, key=lambda m: m.name not in ("__init__", "constructor")):
        if method.name in ("__init__", "constructor"):
            _constructor(method, scope, file)
        todo.append((method, scope))
    for statement in definition.body:
        if isinstance(statement, ClassDefinition):
            _declare_class(statement, file, top, todo)


def _lends(method: Function, handles: Handles) -> bool:
    """Whether a method gives its object on the handle that it is handed, that of a transaction mostly: `WithTx(tx)`."""
    if not _LENDS.fullmatch(method.name) or method.returns.strip() in ("", "error"):
        return False
    known = (handles.parameter(p.name, p.annotation, p.range.start) for p in method.parameters if p.name)
    return any(found is not None for found in known)


def _constructor(method: Function, scope: Scope, file: File) -> None:
    """`self.pool = pool`: what the object holds, under the names that its methods use."""
    inner = scope.inner(method.owner, method.receiver)
    for parameter in method.parameters:
        if parameter.name:
            known = file.handles.parameter(parameter.name, parameter.annotation, -1)
            inner.variables[parameter.name] = Variable(known, annotation=parameter.annotation)
    for statement in method.body:
        if isinstance(statement, Assign) and isinstance(statement.target, Attribute) and statement.value is not None:
            path = path_of(statement.target)
            known = file.handles.known(statement.value, inner)
            if path is None or known is None or path.split(".", 1)[0] != method.receiver:
                continue
            handle = Handle(path, known.handle.role, known.handle.library, -1, known.handle.declared)
            scope.variables[path] = Variable(Known(handle, known.type, known.table))


def _dropped(walk: Walk) -> Iterator[Handled]:
    """Go: the changes of a schema whose error nobody takes."""
    for effect in walk.effects:
        if effect.kind is EffectKind.SCHEMA and effect.use in (Use.DROPPED, Use.DISCARDED) and not effect.via:
            yield swallowed_change(effect.range, effect.handle.role, effect.sql)


def _facts_of(
    function: Function | None, walk: Walk, file: File, opens: bool, inside: set[int], requests: Requests
) -> Iterator[Fact]:
    receives = _received(function, walk) if function is not None else None
    transactions = tuple(opened.fact(walk) for opened in walk.opened)
    taken = tuple(handled(walk))
    has_caller = function is not None and opens and not is_entry(function) and not _opens(walk)
    if walk.effects or transactions:
        yield Procedure(
            function.range if function is not None else file.source_range(),
            function.name if function is not None else "",
            tuple(walk.effects),
            transactions,
            receives,
            id(function) in inside
            or (function is not None and not has_caller and _is_request(function, walk, requests)),
            has_caller,
            function is not None and is_entry(function),
            function is not None and function.is_async,
            (*walk.apart, *(frozenset(e.range for e in found.effects) for found in taken if found.is_tolerant)),
            id(function) in file.pooled,
        )
    yield from transactions
    yield from walk.rows.written
    yield from walk.checks.found
    yield from walk.numbering.found
    yield from taken
    yield from walk.answers
    if walk.handles.language == "go":
        yield from _dropped(walk)
        yield from unclosed(function, walk) if function is not None else ()
        yield from dropped_scans(function, walk) if function is not None else ()
    yield from uncommitted(walk, function.range if function is not None else file.source_range())
    yield from walk.results.stale(walk.effects)


def _is_request(function: Function, walk: Walk, requests: Requests) -> bool:
    """Whether the framework opens a transaction around each request, and so around what a function does. The settings
    that say so have to be looked for in the whole project."""
    alone = [effect for effect in walk.effects if effect.transaction is None and _setting(effect)]
    is_torn = sum(effect.kind is EffectKind.WRITE for effect in alone) > 1 or any(effect.lock for effect in alone)
    return is_torn and requests.include(function, _setting(alone[0]))


def _setting(effect: Effect) -> str:
    """The setting by which the framework of a library opens a transaction around each request."""
    return effect.handle.library.transactions.requests if effect.handle.library is not None else ""


# What a function is given by type, so that a transaction goes through it, whatever it calls it.
_LENT = (Role.TRANSACTION, Role.CONNECTION, Role.SESSION)
_MANAGED = (Scoping.CONTEXT, Scoping.DECORATOR, Scoping.CALLBACK)
# What frameworks hand over with every request: what hangs on it is the program's own pool.
_CONTEXTS = frozenset(
    ["ctx", "context", "c", "req", "request", "app", "fastify", "server", "event", "locals", "interaction", "env"]
)


def _opens(walk: Walk) -> bool:
    """Whether a function opens a transaction that ends by itself."""
    return any(opened.scoping in _MANAGED for opened in walk.opened)


def _asks(walk: Walk) -> bool:
    """Whether the file of a function that reaches a database asks whether a transaction is open."""
    libraries = {effect.handle.library for effect in walk.effects}
    names = {found.transactions.asks for found in libraries if found is not None and found.transactions.asks}
    return any(name.encode() in walk.file.source.content for name in names)


_LENDS = regex(
    r"(?:with|set|use|bind|on)_?(?:to_?)?(?:tx|trx|txn|transaction|client|db|database|conn|connection|session|executor)",
    re.IGNORECASE,
)


def _received(function: Function, walk: Walk) -> Role | None:
    """The role of a handle that the function is given and uses: its caller may have opened a transaction on it."""
    used = {(effect.handle.name, effect.handle.origin) for effect in walk.effects}
    roles = []
    for parameter in function.parameters:
        through = any(name.startswith(f"{parameter.name}.") for name, _ in used) and parameter.name not in _CONTEXTS
        taken_apart = parameter.pattern is not None and any(origin == parameter.range.start for _, origin in used)
        if (parameter.name and through) or taken_apart:
            roles.append(Role.CONNECTION)  # whoever calls it may put a transaction there
        known = (
            walk.handles.parameter(parameter.name, parameter.annotation, parameter.range.start)
            if parameter.name
            else None
        )
        if known is not None and (parameter.name, parameter.range.start) in used:
            # The library finds what the caller has opened: `db: Database` of encode/databases.
            is_ambient = known.type.library.transactions.ambient and not is_entry(function)
            is_pool = known.handle.role is Role.POOL
            is_handed = is_pool and (is_ambient or may_be_transaction(known, parameter.annotation))
            roles.append(Role.CONNECTION if is_handed else known.handle.role)
        elif known is not None and known.handle.declared and known.handle.role in _LENT:
            roles.append(known.handle.role)  # where there is one: `manager?.getRepository(User) ?? this.users`
    if function.owner in walk.file.lent:
        roles.append(Role.CONNECTION)
    order = (Role.TRANSACTION, Role.SESSION, Role.IMPLICIT, Role.CONNECTION)
    return next((role for role in order if role in roles), None)
