"""Values that a driver takes as objects, each with the name and the type of its value, in a list of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.marks.marking import KEY
from persistlint.fixes.binding.marks.plan import bound_by
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.kinds import INTEGER, NUMBER, TEXT, kind_of
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.pieces import branches
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.fixes.imports import python_member
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from persistlint.diagnostic import Edit
    from persistlint.facts import Site
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.text.view import View
    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation

_KINDS = (TEXT, INTEGER, NUMBER)  # under which the table of a library has its types
_MAKES = {TEXT: "str", INTEGER: "int"}
_IS_TEXT = regex(r"[fF]?[\"'].*|str\(.*")
_EACH = regex(r"\[([\w.]+)( for .*)\]")
_NOTHING_TELLS = "the call takes objects that describe its values, which nothing here tells"


def described(parameters: Sequence[Parameter], found: View, site: Site, program: Program) -> list[Edit]:
    """Make objects of the values of the parameters, with `marking.KEY` for the name, and give the edits that import
    what they are made with. Raises `RefusalError` where a type is not known."""
    objects = site.operation.library.objects
    if not objects or program.source.language != "python":
        raise RefusalError(_NOTHING_TELLS)
    edits: list[Edit] = []
    for parameter in parameters:
        values = bound_by([parameter], found)
        kind = kind_of(values[0].expression, site, program) if len(values) == 1 else ""
        type = parameter.type or objects.get(kind, "")
        if not type or (parameter.listed is not None and parameter.listed.edits):
            raise RefusalError("the placeholders of this driver name the type of the value, which only the table tells")
        form = objects["list" if parameter.is_array else "one"]
        name, imports = _imported(form.partition("(")[0], objects, site, program)
        edits += imports
        wanted = next((each for each in _KINDS if objects.get(each) == type), "")
        text = _items(parameter.value, wanted) if parameter.is_array else _item(parameter.value, wanted, kind)
        rest = form.partition("(")[2].replace("{name}", KEY).replace("{type}", type).replace("{value}", text)
        parameter.value = f"{name}({rest}"
    return list(dict.fromkeys(edits))


def configured(values: str, site: Site, program: Program) -> tuple[str, list[Edit]]:
    """The object that a call takes with a list of described values, and the edits that import it. Raises
    `RefusalError`."""
    objects = site.operation.library.objects
    if not objects:
        raise RefusalError(_NOTHING_TELLS)
    name, _, rest = objects["all"].partition("(")
    name, imports = _imported(name, objects, site, program)
    return f"{name}({rest.replace('{}', values)}", list(imports)


def configuration(value: ir.Expression | None, site: Site) -> ir.Call | None:
    """The call that makes the object with the values which a call is given, in it or in the one place where its
    variable is assigned; None elsewhere."""
    made = value
    if isinstance(value, ir.Name):
        own = assignments(site, value.id)
        made = own[0].value if len(own) == 1 and not branches(own[0].range, site.call.range, site) else None
    name = site.operation.library.objects.get("all", "").partition("(")[0]
    return made if isinstance(made, ir.Call) and last_name(made.function) == name else None


def key_of_values(operation: Operation) -> str:
    """The keyword argument for the values where that object is made."""
    return operation.library.objects.get("all", "").removesuffix("={})").rpartition("(")[2]


def unconfigured(value: ir.Expression | None, site: Site) -> ir.Expression | None:
    """The list of values that a call passes in such an object, None where it has none; the value itself where the call
    takes no object."""
    if site.operation.values != "objects" or (made := configuration(value, site)) is None:
        return value
    key = key_of_values(site.operation)
    return next((argument.value for argument in made.arguments if argument.keyword == key), None)


def _item(text: str, wanted: str, kind: str) -> str:
    """A value of the wanted kind, made so where it may be of another than it is known to be."""
    function = _MAKES.get(wanted)
    is_known = kind == wanted or (wanted == TEXT and _IS_TEXT.fullmatch(text))
    return text if function is None or is_known or text.startswith(f"{function}(") else f"{function}({text})"


def _items(text: str, wanted: str) -> str:
    """A list whose elements are values of the wanted kind."""
    function = _MAKES[wanted]
    each = _EACH.fullmatch(text)
    return f"[{function}({each[1]}){each[2]}]" if each else f"[{function}(value) for value in {_inside(text)}]"


def _inside(text: str) -> str:
    """A list, without what only makes a list of it."""
    is_made = text.startswith("list(") and text.endswith(")") and ")" not in text[:-1]
    return text[5:-1] if is_made else text


def _imported(member: str, objects: Mapping[str, str], site: Site, program: Program) -> tuple[str, tuple[Edit, ...]]:
    """How the function writes a member of the module of the objects, and the edits that import it."""
    package, _, module = objects["module"].rpartition(".")
    own = (s for s in site.statements if isinstance(s, ir.Import))
    for found in own:
        if (found.module, found.member) == (package, module):
            return f"{found.local}.{member}", ()
    top = [s for s in program.module.body if isinstance(s, ir.Import)]
    if any(found.module == objects["module"] and found.member is not None for found in top):
        needed = python_member(program, objects["module"], member)
    else:
        line = rf"^[ \t]+from {re.escape(package)} import (?:.*\W)?{module}\b".encode()
        is_known = re.search(line, program.source.content, re.MULTILINE) is not None
        needed = python_member(program, package, module, again=is_known)
        needed = (f"{needed[0]}.{member}", needed[1]) if needed is not None else None
    if needed is None:
        raise RefusalError(_NOTHING_TELLS)
    return needed
