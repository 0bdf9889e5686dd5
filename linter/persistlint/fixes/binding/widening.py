"""A function of the file that sends the SQL it is given, without values: it gets a further parameter for them, which no
call has to pass, and hands them on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.origin import uses_among
from persistlint.fixes.binding.passing import is_callback
from persistlint.fixes.binding.pieces import is_name, nodes_inside
from persistlint.fixes.binding.reaching import assignments
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation

_NAMES = {"python": ("params", "values", "bound"), "go": ("args", "values", "bound")}
_LIST_OF_ITS_OWN = re.compile(rb"\s*[,)]")  # what follows a parameter that stands in parentheses


def widened(
    site: Site, function: ir.Function, sql: str, program: Program
) -> tuple[str, int | str | tuple[str, ...], tuple[Edit, ...]]:
    """The name of the new parameter, where a call passes it (as `Operation.parameters` says it), and the edits of the
    function. `sql` is the parameter that the function sends as it is. Raises `RefusalError`."""
    operation, language = site.operation, program.source.language
    place = operation.parameters
    key = next((key for key in place if isinstance(key, str)), "") if isinstance(place, tuple) else ""
    if isinstance(place, tuple):
        place = next((each for each in place if isinstance(each, int)), place)
    is_rest = place == "rest"
    refused = RefusalError(f"`{function.name}` sends the SQL and takes no values")
    if operation.values or operation.options is not None or operation.inputs or operation.effect == "prepare":
        raise refused
    if not (is_rest or isinstance(place, int) or (key and language == "python")) or not _is_simple(function, program):
        raise refused
    sends = _sends(site, function, sql, program)
    if len(uses_among(list(nodes_inside(function.body)), sql)) != len(sends):
        raise RefusalError(f"`{function.name}` uses the SQL in more than one place")
    for arguments in (_before_callback(send) for send in sends):
        if any(a.spread for a in arguments) or (isinstance(place, int) and place != len(arguments)):
            raise refused
    name = next((n for n in _NAMES.get(language, ("values", "params")) if not program.has_name(n, function.range)), "")
    if not name:
        raise RefusalError("the names for a list of values are taken")
    keyword = f"{key}=" if not is_rest and not isinstance(place, int) else ""
    spread = {"python": "*{}", "go": "{}..."}.get(language, "...{}") if is_rest else "{}"
    ends = [_before_callback(send)[-1].range.end for send in sends]
    handed = [Edit(Range(end, end), f", {keyword}{spread.format(name)}") for end in ends]
    before = [parameter for parameter in function.parameters if parameter.kind == "positional"]
    at = _end_of(before[-1], program)
    if not _LIST_OF_ITS_OWN.match(program.source.content, at):
        raise refused
    tells = any(_before_callback(send) != send.arguments for send in sends)
    taken = Edit(Range(at, at), f", {_declared(name, is_rest, operation, program, tells)}")
    is_next = before[-1].name == sql
    if is_rest:
        if not is_next:
            raise refused
        return name, "rest", (taken, *handed)
    return name, len(before) if is_next or language != "python" else (name,), (taken, *handed)


def _sends(site: Site, function: ir.Function, sql: str, program: Program) -> list[ir.Call]:
    """The calls of a function that send the SQL in the same way: once more, where the first could not."""
    method, same = site.call.function, program.source.text(site.call.function.range)
    root = method
    while isinstance(root, ir.Attribute):
        root = root.value
    if not isinstance(root, ir.Name):
        return [site.call]
    made = [s.value for s in assignments(site, root.id) if s.value is not None]
    opened = [s for s in site.statements if isinstance(s, ir.With) and s.target is not None]
    made += [s.context for s in opened if s.target is not None and is_name(s.target, root.id)]
    if len({program.source.text(value.range) for value in made}) > 1:
        return [site.call]  # they may be of two drivers
    nodes = (node for node in nodes_inside(function.body) if isinstance(node, ir.Call))
    calls = (node for node in nodes if program.source.text(node.function.range) == same)
    return [call for call in calls if any(is_name(argument.value, sql) for argument in call.arguments)]


def _end_of(parameter: ir.Parameter, program: Program) -> int:
    """Where the declaration of a parameter ends. In Go its range is that of its name, and the type follows."""
    content, at = program.source.content, parameter.range.end
    if program.source.language != "go":
        return at
    type = re.compile(rb"[ \t]+" + re.escape(parameter.annotation.encode())).match(content, at)
    return type.end() if type is not None else at


def _before_callback(send: ir.Call) -> tuple[ir.Argument, ...]:
    """The arguments of a call without the function that is told the result."""
    arguments = send.arguments
    return arguments[:-1] if len(arguments) > 1 and is_callback(arguments[-1].value) else arguments


def _declared(name: str, is_rest: bool, operation: Operation, program: Program, tells: bool) -> str:
    """The new parameter; one that is no list at all would be taken for the callback behind it."""
    language = program.source.language
    if tells and language in ("javascript", "typescript") and not is_rest:
        return f"{name}: any[] = []" if language == "typescript" else f"{name} = []"
    if language == "python":
        nothing = "()" if operation.library.dialect == "sqlite" else "None"  # `sqlite3` takes no `None`
        return f"*{name}" if is_rest else f"{name}={nothing}"
    if language == "go":
        return f"{name} ...any"
    type = "" if language != "typescript" else ": any[]" if is_rest else "?: any"
    return f"...{name}{type}" if is_rest else f"{name}{type}"


def _is_simple(function: ir.Function, program: Program) -> bool:
    """Whether one more parameter breaks no call of a function. What Go exports may be called as a value, or be there
    for an interface."""
    if any(not isinstance(each, ir.Name) or "method" not in each.id for each in function.decorators):
        return False
    if any(parameter.kind == "rest" or parameter.pattern is not None for parameter in function.parameters):
        return False
    if any(parameter.name == "" for parameter in function.parameters):
        return False
    word = rf"(?<![\w$]){re.escape(function.name)}(?![\w$])".encode()
    mentions = len(re.findall(word, program.source.content))
    calls = len(re.findall(word + rb"\s*\(", program.source.content))
    if program.source.language == "go":
        return not function.exported and mentions == calls
    is_arrow = re.match(rb"[^()]*=>", program.source.content[function.range.start : function.range.end]) is not None
    return not is_arrow or program.source.language == "python"
