"""A connection at hand where a text is made by a function of its library, which knows none: one that the object of the
class around it holds, or that hangs on a model which that holds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.facts import Hole
    from persistlint.fixes.program import Program
    from persistlint.libraries import Library, Type

_GIVEN = r"@InjectModel\(\s*{}\s*[,)]"  # a model of this class, as NestJS hands it over


def connected(library: Library, yields: str, holes: Sequence[Hole], program: Program) -> str:
    """The call of a method that yields a name ("identifier") or a string ("literal") for `{}`, on what the object of
    the method around all holes has; "" where it has nothing of that kind."""
    owners = {_owner(hole, program) for hole in holes}
    owner = owners.pop() if len(owners) == 1 else None
    definition = next((s for s in program.module.body if isinstance(s, ir.ClassDefinition) and s.name == owner), None)
    if definition is None:
        return ""
    for name, annotation in definition.fields:
        for path, type in _types(annotation, library, program):
            method = next((method for method, each in type.methods.items() if each.yields == yields), "")
            if method:
                return f"this.{name}{path}.{method}({{}})"
    return ""


def _owner(hole: Hole, program: Program) -> str | None:
    """The class whose object is `this` at a hole, None where nothing tells."""
    functions: list[ir.Function] = []
    for frame in program.frames(hole.range):
        if frame.function is not None and frame.function not in functions:
            functions.append(frame.function)
    if not functions or functions[0].owner is None:
        return None
    own = (program.source.text(each.range) for each in functions[1:])
    return None if any(re.match(r"(?:async\s+)?function\b", text) for text in own) else functions[0].owner


def _types(annotation: str, library: Library, program: Program) -> Iterator[tuple[str, Type]]:
    """The types of the library that a declared type leads to, each behind the way to it."""
    for type in library.types.values():
        if any(name.rpartition(".")[2] == annotation for name in type.names):
            yield "", type
        if type.models is True and (model := annotation.removeprefix("typeof ")) != annotation:
            text = program.source.content.decode("utf-8", "replace")
            if re.search(_GIVEN.format(re.escape(model)), text):
                mark = "!" if program.is_typed else ""
                yield from ((f".{field}{mark}", library.types[of]) for field, of in type.fields.items())
