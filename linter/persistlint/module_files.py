"""Which file of the program a name stands for that another file imports: `../db.pool`, `app.db.get_connection`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from persistlint.records import dataclass
from persistlint.sql.neighbours import absolute
from persistlint.surroundings import module_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_SUFFIXES = (".js", ".ts", ".mjs", ".cjs", ".mts", ".cts", ".jsx", ".tsx")
# What a compiler of TypeScript makes of a source, which is imported under the name that it has then.
_SOURCES = {".js": (".ts", ".tsx"), ".mjs": (".mts",), ".cjs": (".cts",), ".jsx": (".tsx",)}
_ALIASES = ("@/", "~/")  # the folder of the sources, as Next.js, Nuxt and Vite set it up
# Folders upwards in which the root of the program is looked for. A file marks that of JavaScript, and routes lie deep
# below it: `app/api/(shop)/orders/[id]/items/[item]/route.ts`.
_FURTHEST = {"javascript": 16, "python": 6}


@dataclass(frozen=True)
class ModuleFile:
    """A file that exports something. `path` is from the root, "" where there is none; `members` are the names that lead
    from what it exports to what was asked for; `seen` are the paths that decided this, be a file there or not, with the
    marks of what is there (`surroundings.mark_of_module`)."""

    path: str
    members: tuple[str, ...]
    seen: Mapping[str, str]


def find(name: str, importer: str, language: str, modules: Iterable[str]) -> ModuleFile | None:
    """The file behind a qualified name in a file at `importer`, which imports `modules`; None for what is none of the
    program's own by its spelling."""
    places = _in_python(name, importer) if language == "python" else _in_javascript(name, importer, modules)
    seen: dict[str, str] = {}
    for path, members in places:
        seen[path], is_file = module_at(path)
        if is_file:
            return ModuleFile(path, members, seen)
    return ModuleFile("", (), seen) if seen else None


def _in_javascript(name: str, importer: str, modules: Iterable[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where Node.js and bundlers look, in their order (Node.js, "File modules" and "Folders as modules")."""
    if not name.startswith((".", *_ALIASES)):
        return
    module = max((m for m in modules if name == m or name.startswith(f"{m}.")), key=len, default="")
    if not module:
        return
    members = tuple(filter(None, name[len(module) + 1 :].split(".")))
    folder = os.path.dirname(absolute(importer))  # noqa: PTH120
    bases = [os.path.normpath(f"{folder}/{module}")]
    if not module.startswith("."):
        rest = module.partition("/")[2]
        root = _above(folder, "javascript", lambda place: os.path.isfile(f"{place}/package.json"))  # noqa: PTH113
        bases = [f"{root}/src/{rest}", f"{root}/{rest}"] if root else []
    for base in bases:
        stem, suffix = os.path.splitext(base)  # noqa: PTH122
        if suffix in _SUFFIXES:
            yield from ((path, members) for path in (base, *(stem + other for other in _SOURCES.get(suffix, ()))))
        yield from ((f"{base}{suffix}", members) for suffix in _SUFFIXES)
        yield from ((f"{base}/index{suffix}", members) for suffix in _SUFFIXES[:2])


def _in_python(name: str, importer: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Where Python looks: in the package for a relative name, else in the folder of the file and those above it, one of
    which is on the path."""
    own = absolute(importer)
    folder = os.path.dirname(own)  # noqa: PTH120
    relative = name.lstrip(".")
    parts = relative.split(".")
    dots = len(name) - len(relative)
    if dots:
        for _ in range(dots - 1):
            folder = os.path.dirname(folder)  # noqa: PTH120
        yield from _modules_of(folder, parts)
        return
    top = parts[0]

    def is_root(place: str) -> bool:
        module = f"{place}/{top}"  # what is imported in `redis.py` under that name is a library
        return (module != own.removesuffix(".py") and os.path.isfile(f"{module}.py")) or os.path.isdir(module)  # noqa: PTH112, PTH113

    if root := _above(folder, "python", is_root):
        yield from _modules_of(root, parts)


def _modules_of(folder: str, parts: list[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The files that the beginning of a dotted name can be, the longest first."""
    for count in range(len(parts), 0, -1):
        path, members = "/".join((folder, *parts[:count])), tuple(parts[count:])
        yield f"{path}.py", members
        yield f"{path}/__init__.py", members


def _above(folder: str, language: str, is_root: Callable[[str], bool]) -> str:
    """The nearest folder, this one or one above it, of which something holds; "" where it holds of none near."""
    for _ in range(_FURTHEST[language]):
        if is_root(folder):
            return folder
        folder = os.path.dirname(folder)  # noqa: PTH120
    return ""
