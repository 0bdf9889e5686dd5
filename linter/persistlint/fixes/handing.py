"""A transaction handed to a helper of the same file: by the parameter that it has for one, or by one that it gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import call_at
from persistlint.fixes.together import form_of
from persistlint.ir import Mapping, String
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Handle
    from persistlint.fixes.program import Program
    from persistlint.ir import Call, Function, Parameter
    from persistlint.libraries import Library

_SIMPLE = regex(r"[A-Za-z_$][\w$]*")
_TAKES = regex(
    r"(?:tx|trx|txn|t|client|db|database|conn|connection|executor|manager|entity_?manager|em|session|transaction)"
    r"|.*(?:[tT]x|[tT]rx|[tT]ransaction|_session|_conn|_connection)"
)
_OPTIONS = regex(r"opts|options", re.IGNORECASE)
_EITHER = regex(r"Tx|TX|[tT]ransaction|[eE]xecutor|[qQ]uerier|IDB|\b[aA]ny\b|EntityManager")
_MEMBER = regex(rb"\.(\w+)")
_GOES_ON = (b".", b"(", b"`", b"[")


def handed_to_helper(
    program: Program, effect: Effect, handle: Handle, library: Library | None, option: str
) -> tuple[Fix, ...]:
    """Hand the transaction to the helper of the file that goes round it; nothing where that would take it in no way."""
    call, function = call_at(program, effect.range), program.called(effect.via)
    if call is None or function is None or not program.is_clean(call.range):
        return ()
    if any(each.spread or each.keyword for each in call.arguments) or not _SIMPLE.fullmatch(handle.name):
        return ()
    parameters = [each for each in function.parameters if each.name != function.receiver]
    if any(each.kind != "positional" for each in parameters) or len(call.arguments) > len(parameters):
        return ()
    title = f"Hand {handle.name} to {effect.via}"
    for argument, parameter in zip(call.arguments, parameters, strict=False):
        if program.source.text(argument.value.range) == effect.handle.name:
            return unsafe(title, Edit(argument.value.range, handle.name)) if _may_take(parameter) else ()
    if program.source.language == "go":
        return ()
    for index, parameter in enumerate(parameters[len(call.arguments) :], len(call.arguments)):
        given = _given(program, function, parameter, handle, option)
        if given:
            return unsafe(title, _argument(program, call, parameters, index, given))
    if option or program.source.language not in ("javascript", "typescript"):
        return ()
    added = _parameter(program, function, parameters, effect.handle, handle.name, library)
    return unsafe(title, *added, _argument(program, call, parameters, len(parameters), handle.name)) if added else ()


def _may_take(parameter: Parameter) -> bool:
    """Whether a parameter that is given a pool takes a transaction as well."""
    return not parameter.annotation or _EITHER.search(parameter.annotation) is not None


def _given(program: Program, function: Function, parameter: Parameter, handle: Handle, option: str) -> str:
    """What a parameter that is left out has to be given so that the helper takes the transaction, "" for none."""
    if option and isinstance(parameter.pattern, Mapping):
        keys = {each.key.value for each in parameter.pattern.entries if isinstance(each.key, String)}
        return f"{{ {_entry(option, handle.name)} }}" if option in keys else ""
    if option and _OPTIONS.fullmatch(parameter.name):
        is_read = f"{parameter.name}.{option}" in program.source.text(function.range)
        return f"{{ {_entry(option, handle.name)} }}" if is_read else ""
    is_optional = parameter.default is not None or "?" in program.source.text(parameter.range)
    return handle.name if is_optional and _TAKES.fullmatch(parameter.name) else ""


def _entry(option: str, name: str) -> str:
    return option if option == name else f"{option}: {name}"


def _argument(program: Program, call: Call, parameters: list[Parameter], index: int, given: str) -> Edit:
    """The edit that gives a call the argument for the parameter of an index, and what stands for those before it."""
    count = len(call.arguments)
    if program.source.language == "python" and index < len(parameters):
        texts = [f"{parameters[index].name}={given}"]
    else:
        texts = [*["undefined"] * (index - count), given]
    if call.arguments:
        return insert(call.arguments[-1].range.end, "".join(f", {text}" for text in texts))
    return insert(call.range.end - 1, ", ".join(texts))


def _type(program: Program, root: str, ends: list[int], library: Library | None) -> str | None:
    """The declared type of a parameter that takes a handle and a transaction of it alike: what both have of what is
    asked of it. None where that cannot be told."""
    if program.source.language != "typescript":
        return ""
    form = form_of(library.name, root, program.source.language) if library is not None else None
    if form is None or not _SIMPLE.fullmatch(root):
        return None
    asked = [_MEMBER.match(program.source.content, at) for at in ends]
    members = " | ".join(sorted({f'"{found[1].decode()}"' for found in asked if found is not None}))
    for type in form.types:
        has_members = "{members}" in type
        if all(asked) if has_members else program.has_name(type.partition(".")[0]):
            return f": {type.format(root=root, members=members)}"
    return None


def _parameter(
    program: Program,
    function: Function,
    parameters: list[Parameter],
    used: Handle,
    name: str,
    library: Library | None,
) -> list[Edit]:
    """The edits that give a helper a parameter for the transaction, which is what it has used until now where nobody
    gives one; none where it does not use that alone, or its type cannot be told."""
    root, body = used.name, function.range
    if used.origin in (each.range.start for each in parameters) or program.has_name(name, body):
        return []
    uses = list(program.standing.names(root, body.start, body.end))
    end = len(root.encode())
    if not uses or any(program.source.content[at + end : at + end + 1] not in _GOES_ON for at in uses):
        return []
    type = _type(program, root, [at + end for at in uses], library)
    if type is None:
        return []
    text = f"{name}{type} = {root}"
    if parameters:
        last = parameters[-1].range
        place = insert(last.end, f", {text}")
        if not re.match(rb"\s*,?\s*\)", program.source.content[last.end : last.end + 80]):
            return []
    else:
        first = function.body[0].range.start if function.body else body.end
        opened = program.source.content.find(b"()", max(function.name_range.end, body.start), first)
        if opened < 0:
            return []
        place = insert(opened + 1, text)
    return [place, *(Edit(Range(at, at + end), name) for at in uses)]
