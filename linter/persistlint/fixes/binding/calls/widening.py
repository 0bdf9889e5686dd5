"""A function of the file that sends the SQL it is given, without values: it gets a further parameter for them, which no
call has to pass, and hands them on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.facts import Site
from persistlint.fixes.binding.calls.describing import configuration, configured, key_of_values
from persistlint.fixes.binding.calls.passing import is_callback
from persistlint.fixes.binding.calls.sending import calls_of
from persistlint.fixes.binding.marks.laying import behind
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.statements import flat
from persistlint.fixes.binding.text.variables import is_name
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.fixes.program import Program
    from persistlint.libraries import Operation

_NAMES = {"python": ("params", "values", "bound"), "go": ("args", "values", "bound")}
_OPENED = regex(rb"\s*\(")
_LIST_OF_ITS_OWN = regex(rb"\s*[,)]")  # what follows a parameter that stands in parentheses


@dataclass(frozen=True, slots=True)
class Send:
    """A call that sends the SQL of a function. `name` is the parameter for the values where it calls another function
    of the file, which `edits` make take them; `plain` as in `Sender`."""

    call: ir.Call
    operation: Operation
    name: str = ""
    edits: tuple[Edit, ...] = ()
    plain: bool = True


def widened(
    function: ir.Function, sql: str, sends: Sequence[Send], program: Program
) -> tuple[str, int | str | tuple[str, ...], tuple[Edit, ...]]:
    """The name of the new parameter, where a call passes it (as `Operation.parameters` says it), and the edits of the
    function. `sql` is the parameter that the function sends as it is. Raises `RefusalError`."""
    language = program.source.language
    refused = RefusalError(f"`{function.name}` sends the SQL and takes no values")
    if not _is_simple(function, program):
        raise refused
    name = next((n for n in _NAMES.get(language, ("values", "params")) if not program.has_name(n, function.range)), "")
    if not name:
        raise RefusalError("the names for a list of values are taken")
    handed: list[Edit] = []
    for send in sends:
        if send.operation.values == "objects":
            handed += _configured(send, name, function, program)
            continue
        edit = _run_with(send, name, function) if _is_run_later(send, program) else _handed(send, name, program)
        if edit is None:
            raise refused
        handed.append(edit)
    rests = {send.operation.parameters == "rest" or _is_run_later(send, program) for send in sends}
    is_rest = True in rests
    if len(rests) > 1:
        raise refused
    before = [parameter for parameter in function.parameters if parameter.kind == "positional"]
    at = end_of(before[-1], program)
    if not _LIST_OF_ITS_OWN.match(program.source.content, at):
        raise refused
    tells = any(_before_callback(send.call) != send.call.arguments for send in sends)
    declared = _declared(name, is_rest, sends[0].operation, program, tells)
    taken = behind(Range(before[-1].range.start, at), [declared], program.source)
    is_next = before[-1].name == sql
    if is_rest:
        if not is_next:
            raise refused
        return name, "rest", (taken, *handed)
    edits = tuple(dict.fromkeys((taken, *handed)))  # several calls may need the same imports
    return name, len(before) if is_next or language != "python" else (name,), edits


def _handed(send: Send, name: str, program: Program) -> Edit | None:
    """The edit that hands the values on in a call, None where it cannot take them."""
    operation, arguments = send.operation, _before_callback(send.call)
    if (
        operation.values not in ("", "described")
        or operation.options is not None
        or operation.inputs
        or (operation.effect == "prepare" and (operation.returns or operation.parameters is None))  # run with them
    ):
        return None
    language = program.source.language
    places = operation.parameters if isinstance(operation.parameters, tuple) else (operation.parameters,)
    key = next((place for place in places if isinstance(place, str) and place != "rest"), send.name)
    spread = [a for a in arguments if a.spread]
    is_open = any(not program.source.text(a.range).startswith("**") for a in spread)
    positional = [a for a in arguments if a.keyword is None and not a.spread]
    if is_open or not arguments:
        return None
    if "rest" in places:
        written = {"python": "*{}", "go": "{}..."}.get(language, "...{}").format(name)
        last = positional[-1] if positional and len(positional) == len(arguments) else None
    elif len(positional) in places:
        written, last = name, positional[-1] if positional else None
    elif key and language == "python" and not any(a.keyword == key for a in arguments):
        written, last = f"{key}={name}", max((a for a in arguments if not a.spread), key=lambda a: a.range.end)
    else:
        return None
    return behind(last.range, [written], program.source) if last is not None else None


def _is_run_later(send: Send, program: Program) -> bool:
    """Whether a call of Go prepares a statement, which is then run with the values."""
    operation = send.operation
    is_go = program.source.language == "go" and operation.effect == "prepare"
    return is_go and operation.parameters is None and not operation.binder and bool(operation.returns)


def _run_with(send: Send, name: str, function: ir.Function) -> Edit | None:
    """The edit that runs a prepared statement with the values, None where it runs in several places, or with others."""
    operation = send.operation
    type = operation.library.types.get(operation.returns or "")
    calls = calls_of(Site(send.call, operation, tuple(flat(function.body))))
    runs = [call for call in calls if type is not None and last_name(call.function) in type.methods]
    if len(runs) != 1 or type is None or type.methods[last_name(runs[0].function)].parameters != "rest":
        return None
    run = runs[0]
    is_plain = len(run.arguments) == (1 if last_name(run.function).endswith("Context") else 0)
    at = run.arguments[-1].range.end if run.arguments else run.range.end - 1
    return Edit(Range(at, at), f"{', ' if run.arguments else ''}{name}...") if is_plain else None


def _configured(send: Send, name: str, function: ir.Function, program: Program) -> list[Edit]:
    """The edits that hand on values which are objects, in the one that a call takes. Raises `RefusalError`."""
    places, arguments = send.operation.parameters, send.call.arguments
    key = places[0] if isinstance(places, tuple) else ""
    if key != send.operation.library.objects.get("key") or any(a.spread for a in arguments):
        raise RefusalError(f"`{function.name}` sends the SQL and takes no values")
    site = Site(send.call, send.operation, tuple(flat(function.body)))
    there = next((argument.value for argument in arguments if argument.keyword == key), None)
    if there is not None:
        made = configuration(there, site)
        if made is None or any(argument.spread for argument in made.arguments):
            raise RefusalError(f"`{function.name}` sends the SQL with values of its own")
        written, last = f"{key_of_values(send.operation)}={name}", made.arguments[-1:] or None
        at = made.range.end - 1
        return [behind(last[0].range, [written], program.source) if last else Edit(Range(at, at), written)]
    text, imports = configured(name, site, program)
    return [behind(arguments[-1].range, [f"{key}={text}"], program.source), *imports]


def is_at_once(function: ir.Function, calls: Sequence[ir.Call], program: Program) -> bool:
    """Whether the calls of a function that send a text in the same way send it through the same driver: what they are
    called on, where a variable of the function holds it, is made in one way."""
    made: set[str] = set()
    for call in calls:
        root: ir.Expression = call.function
        while isinstance(root, ir.Attribute):
            root = root.value
        if isinstance(root, ir.Name):
            made |= {program.source.text(value.range) for value in _made(root.id, function.body)}
    return len(made) <= 1 or len(calls) == 1


def _made(name: str, block: ir.Block) -> list[ir.Expression]:
    """What a variable is made of: the call of it without its arguments."""
    found: list[ir.Expression] = []
    for statement in block:
        value = None
        if isinstance(statement, ir.Assign) and is_name(statement.target, name):
            value = statement.value
        elif isinstance(statement, ir.With) and statement.target is not None and is_name(statement.target, name):
            value = statement.context
        if value is not None:
            value = value.value if isinstance(value, ir.Await) else value
            found.append(value.function if isinstance(value, ir.Call) else value)
        for inner in ir.blocks(statement):
            found += _made(name, inner)
    return found


def end_of(parameter: ir.Parameter, program: Program) -> int:
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
        is_list = operation.library.dialect == "sqlite" or bool(operation.values)
        nothing = "()" if is_list else "None"  # `sqlite3` takes no `None`, and objects stand in a list
        return f"*{name}" if is_rest else f"{name}={nothing}"
    if language == "go":
        return f"{name} ...any"
    type = "" if language != "typescript" else ": any[]" if is_rest else "?: any"
    return f"...{name}{type}" if is_rest else f"{name}{type}"


def _is_simple(function: ir.Function, program: Program) -> bool:
    """Whether one more parameter breaks no call of a function. A method that Go exports may be there for an
    interface."""
    if any(not isinstance(each, ir.Name) or "method" not in each.id for each in function.decorators):
        return False
    if any(parameter.kind == "rest" or parameter.pattern is not None for parameter in function.parameters):
        return False
    if any(parameter.name == "" for parameter in function.parameters):
        return False
    content, ends = program.source.content, len(function.name.encode())
    mentions = program.standing.mentions(function.name)
    calls = [at for at in mentions if _OPENED.match(content, at + ends)]
    if program.source.language == "go":
        is_open = function.exported and bool(function.receiver)
        return not is_open and len(mentions) == len(calls)
    is_arrow = re.match(rb"[^()]*=>", program.source.content[function.range.start : function.range.end]) is not None
    return not is_arrow or program.source.language == "python"
