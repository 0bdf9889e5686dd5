"""Which libraries a file can have to do with. The words that it is made of tell, before anybody looks at its syntax, so
that no file pays for the libraries that it does not know."""

from __future__ import annotations

from collections import Counter
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from persistlint.libraries import OF_MODELS, catalogue
from persistlint.patterns import one_by_one
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from persistlint.libraries import Library, Type
    from persistlint.patterns import AnyOf
    from persistlint.source import SourceFile

_WORD = regex(rb"\w+")
_PARTS = regex(rb"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")


@lru_cache(maxsize=4)  # more than one room asks for the same file
def present(folder: str, source: SourceFile) -> frozenset[Library]:
    """The libraries of `libraries/<folder>` that have modules, and that a file can speak of: all words of one of their
    modules or names stand in it, or something is called as only they call it. Rather too many than too few."""
    signs = _signs(folder)
    found = {library for word in signs.keys() & source.words for words, library in signs[word] if words <= source.words}
    called = _called(folder)
    for name in called.keys() & source.called:
        library, is_compound = called[name]
        if not is_compound or _is_compound(name, source):
            found.add(library)
    return frozenset(found)


def is_present(library: Library, folder: str, source: SourceFile) -> bool:
    """Whether a library is one of those. To ask this of a few takes a fraction of the time that all of them take."""
    words = source.words
    if not _marks_of(library).isdisjoint(words) and any(sign <= words for sign in _signs_of(library)):
        return True
    return any(
        _is_compound(name, source) if is_compound else name in source.called
        for name, is_compound in _calling(folder).get(library, ())
        if name in source.lowered
    )


def nameable(folder: str, source: SourceFile) -> frozenset[Library]:
    """Those that are present, and those of which something in a file is called as one of their modules is."""
    modules = _modules(folder)
    return present(folder, source).union(*(modules[name] for name in modules.keys() & source.called))


def calls(source: SourceFile, word: bytes) -> bool:
    """Whether something of this last word is called in a file, or is the tag of a text."""
    return _call_of(word).search(source.content) is not None


@cache
def _call_of(word: bytes) -> AnyOf:
    """What matches there, with whatever stands before the arguments."""
    return one_by_one(rb"\b" + word + rb"\s*(?:[(`<\[!]|\?\.)")


@cache
def _modules(folder: str) -> Mapping[bytes, frozenset[Library]]:
    """The libraries by their modules, in lower case."""
    found: dict[bytes, set[Library]] = {}
    for library in catalogue(folder).libraries:
        for module in library.modules:
            found.setdefault(module.lower().encode(), set()).add(library)
    return {module: frozenset(libraries) for module, libraries in found.items()}


def _is_compound(name: bytes, source: SourceFile) -> bool:
    """Whether a word of a file is this name in lower case, and has several parts."""
    if b"_" not in name and source.content.count(name) == source.lowered.count(name):
        return False  # it is written in lower case everywhere
    length = len(name)
    alike = [word for word in source.words if len(word) == length]
    return any(word.lower() == name and len(_PARTS.findall(word)) > 1 for word in alike)


@cache
def _signs(folder: str) -> Mapping[bytes, tuple[tuple[frozenset[bytes], Library], ...]]:
    """What a library is known by, each sign under the word of it that the fewest others have."""
    signs = [(words, library) for library in catalogue(folder).libraries for words in _signs_of(library)]
    common = Counter(word for words, _ in signs for word in words)
    found: dict[bytes, list[tuple[frozenset[bytes], Library]]] = {}
    for words, library in signs:
        rarest = min(words, key=lambda word: (common[word], -len(word), word))
        found.setdefault(rarest, []).append((words, library))
    return {word: tuple(items) for word, items in found.items()}


@cache
def _signs_of(library: Library) -> frozenset[frozenset[bytes]]:
    """The words of each module and name of a library that has modules."""
    names = _names(library) if library.modules else ()
    return frozenset(frozenset(_WORD.findall(name.encode())) for name in names)


@cache
def _marks_of(library: Library) -> frozenset[bytes]:
    """A word of each of these."""
    return frozenset(max(words, key=len) for words in _signs_of(library) if words)


def _names(library: Library) -> Iterator[str]:
    yield from library.modules
    yield from library.words
    yield from library.functions
    yield from (path for path in library.paths if not path.startswith(OF_MODELS))
    for type in library.types.values():
        yield from (*type.names, *type.created_by, *type.attributes)


@cache
def _called(folder: str) -> Mapping[bytes, tuple[Library, bool]]:
    """What tells a library by being called so: its own name, or a name of several parts that it alone knows (true)."""
    handles: dict[str, set[Library]] = {}
    for library in catalogue(folder).libraries:
        for type in library.types.values():
            is_handle = type.role or any(method.effect or method.is_sink for method in type.methods.values())
            for handle in type.handles if is_handle else ():
                handles.setdefault(handle.lower(), set()).add(library)
    found = {name.encode(): (min(users, key=id), True) for name, users in handles.items() if len(users) == 1}
    own = {library.name.lower().encode(): (library, False) for library in catalogue(folder).libraries}
    return {name: known for name, known in (found | own).items() if known[0].modules}


@cache
def _calling(folder: str) -> Mapping[Library, tuple[tuple[bytes, bool], ...]]:
    """The same by the libraries, without names that nothing is called by."""
    found: dict[Library, list[tuple[bytes, bool]]] = {}
    for name, (library, is_compound) in _called(folder).items():
        if _WORD.fullmatch(name) and name == name.strip(b"_") and len(name) > is_compound:
            found.setdefault(library, []).append((name, is_compound))
    return {library: tuple(names) for library, names in found.items()}


def reachable(library: Library, source: SourceFile) -> frozenset[Type]:
    """The types of a library without modules that something in a file can be: of those whose handles the file names, or
    that a class can be, and whatever those lead to."""
    return led_to(library, frozenset(type for type in _roots(library) if _is_named(type, source)))


@cache
def _roots(library: Library) -> tuple[Type, ...]:
    return tuple(
        type for type in library.types.values() if type.handles or type.names or type.attributes or type.models
    )


def _is_named(type: Type, source: SourceFile) -> bool:
    if type.models is True or not source.called.isdisjoint(_handles(type)):
        return True
    return any(words <= source.words for words in _words(type))


@cache
def _handles(type: Type) -> frozenset[bytes]:
    return frozenset(handle.lower().strip("_$").encode() for handle in type.handles)


@cache
def _words(type: Type) -> tuple[frozenset[bytes], ...]:
    models = (type.models,) if isinstance(type.models, str) else ()
    names = (*type.names, *type.created_by, *type.attributes, *models)
    return tuple(frozenset(_WORD.findall(name.encode())) for name in names)


@cache
def led_to(library: Library, roots: frozenset[Type]) -> frozenset[Type]:
    """These types of a library, and all that their members and methods give."""
    found: set[Type] = set()
    pending = list(roots)
    while pending:
        type = pending.pop()
        if type not in found:
            found.add(type)
            operations = [*type.methods.values(), *([type.call] if type.call is not None else [])]
            names = {type.members, *type.fields.values(), *(operation.returns for operation in operations)}
            pending += (library.types[name] for name in names if name in library.types)
    return frozenset(found)
