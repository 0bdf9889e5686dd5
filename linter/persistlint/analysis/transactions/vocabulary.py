"""What the library tables of one language call handles, effects and modules, gathered from all of them once."""

from __future__ import annotations

from functools import cache, lru_cache

from persistlint.analysis.names import last_name
from persistlint.ir import Attribute, Call, Expression, Name, String
from persistlint.libraries import Library, Operation, Type, any_of, catalogue

_MOST_NAMES = 10_000  # of which it is kept what they say
_LONGEST_CHAIN = 200  # calls and attributes
# Calls that give what they are given: `with closing(connection)`.
HANDS_BACK = frozenset(["closing", "aclosing", "enter_context", "enter_async_context"])

# What a call does that changes nothing by itself: what it gives may, by another call.
_LOOKS = frozenset(["read", "acquire", "release", "bind", "prepare"])


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


@lru_cache(maxsize=512)
def change_names(libraries: frozenset[Library], types: frozenset[Type], has_sql: bool) -> frozenset[str]:
    """Of these names, those of the calls that may change something, make a statement that does, or open, end or lock
    something. What a call does that is given SQL this tells, in a file that has any: `has_sql`."""
    every = types.union(*(library.types.values() for library in libraries))
    operations = [operation for type in every for operation in type.methods.values()]
    operations += [operation for library in libraries for operation in library.functions.values()]
    found = {operation.name for operation in operations if _may_change(operation, has_sql)}
    found |= {name for type in every if type.statement == "write" for name in (*type.names, *type.created_by)}
    called = {h for type in every if type.call is not None and _may_change(type.call, has_sql) for h in type.handles}
    return frozenset(name.rsplit(".", 1)[-1] for name in found) | called


def _may_change(operation: Operation, has_sql: bool) -> bool:
    is_sent = operation.is_sink or operation.effect == "execute"
    # Without a word of its SQL, a call of Go that gives no rows counts as a write.
    if is_sent and (has_sql or operation.name.startswith(("Exec", "MustExec", "NamedExec"))):
        return True
    made = operation.library.types.get(operation.returns or "")
    is_write = made is not None and made.statement == "write"
    return is_write or (operation.effect or "execute") not in _LOOKS | {"execute"}


@lru_cache(maxsize=512)
def words_of(names: frozenset[str]) -> tuple[frozenset[bytes], frozenset[str]]:
    """The words that names of calls show as in a file, and the beginnings among them (`add*`)."""
    whole = frozenset(name.strip("$").encode() for name in names if not name.endswith("*"))
    return whole, frozenset(name.lstrip("$") for name in names if name.endswith("*"))


@cache
def by_handle(language: str) -> dict[str, tuple[Type, ...]]:
    found: dict[str, list[Type]] = {}
    for library in catalogue(language).libraries:
        for type in library.types.values():
            for handle in (
                type.handles if type.role or any(o.effect or o.is_sink for o in type.methods.values()) else ()
            ):
                found.setdefault(handle.lower(), []).append(type)
    return {handle: tuple(types) for handle, types in found.items()}


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
def named(language: str) -> tuple[tuple[Library, str, frozenset[bytes]], ...]:
    """The libraries, each with its name in lower case, and with the words that only programs use which use it."""
    return tuple(
        (library, library.name.lower(), frozenset(word.encode() for word in library.words))
        for library in catalogue(language).libraries
    )


@cache
def modelled(library: Library) -> tuple[Type, ...]:
    """The types of a library that classes of the program's own can be."""
    return tuple(type for type in library.types.values() if type.models)


def may_do(call: Call, language: str) -> bool:
    """Whether a chain of calls can do something to a database, as far as the names of its calls tell."""
    expression: Expression = call
    for _ in range(_LONGEST_CHAIN):
        if type(expression) is Call:
            if _may_be_operation(last_name(expression.function), language):
                return True
            expression = expression.function
        elif type(expression) is Attribute:
            expression = expression.value
        else:
            return type(expression) is not Name and type(expression) is not String
    return True


@lru_cache(maxsize=_MOST_NAMES)
def _may_be_operation(name: str, language: str) -> bool:
    """Whether something of a library may be called so: an operation, or an object that can be called itself and may
    have any name. In Python such objects are classes."""
    names, has_objects = _operations(language)
    return name in names or any_of(name) in names or (has_objects and (language != "python" or name[:1].isupper()))


@cache
def _operations(language: str) -> tuple[frozenset[str], bool]:
    """The last names of all operations of libraries and of what hands back what it is given, and whether some of their
    objects do something when they are called."""
    types = [type for library in catalogue(language).libraries for type in library.types.values()]
    functions = (name for library in catalogue(language).libraries for name in library.functions)
    names = {*HANDS_BACK, *(name for type in types for name in type.methods)}
    names.update(name.rsplit(".", 1)[-1] for name in functions)
    return frozenset(names), any(type.call is not None and type.call.effect for type in types)


@cache
def managers(language: str) -> dict[str, Type]:
    return {
        name: type
        for library in catalogue(language).libraries
        for type in library.types.values()
        for name in type.attributes
    }


@cache
def makers_of_statements(language: str) -> dict[str, Type]:
    """The methods of objects that stand for tables, and the statements that they give."""
    return {
        operation.name: made
        for library in catalogue(language).libraries
        for type in library.types.values()
        if not type.role and not type.statement
        for operation in type.methods.values()
        if (made := library.types.get(operation.returns or "")) is not None and made.statement
    }


@cache
def paths(language: str) -> dict[str, dict[str, tuple[Type, str]]]:
    """By the last names of paths, and by what stands before these, the types of what they name, and what that is sent
    through."""
    found: dict[str, dict[str, tuple[Type, str]]] = {}
    for library in catalogue(language).libraries:
        for path, name in library.paths.items():
            owner, _, end = path.rpartition(".")
            found.setdefault(end, {})[owner] = (library.types[name], next(iter(library.paths)))
    return found


@lru_cache(maxsize=4096)
def is_of_library(module: str, language: str) -> bool:
    """Whether a module is one of a library, or inside one."""
    ends = (len(module), *(index for index, character in enumerate(module) if character in "./"))
    return any(module[:end] in _modules(language) for end in ends)


@cache
def library_of(module: str, language: str) -> Library | None:
    """The library that a module, or what is imported from one, belongs to."""
    known = catalogue(language).libraries
    return next((found for found in known if any(f"{module}.".startswith(f"{each}.") for each in found.modules)), None)


@cache
def _modules(language: str) -> frozenset[str]:
    return frozenset(module for library in catalogue(language).libraries for module in library.modules)
