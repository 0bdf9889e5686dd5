"""What a file of Go says of the type of a value: a `%s` writes a number, or what has a method `String`, as another text
than the one that a driver makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.statements import flat
from persistlint.fixes.binding.text.variables import is_name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.fixes.program import Program

_MOST_STEPS = 8  # variables, fields and calls that are made of one another
_NUMBERS = regex(r"u?int(?:8|16|32|64)?|float(?:32|64)|byte|rune")
# Functions and methods whose only, or first, result is a text wherever they are of.
_GIVE_TEXT = regex(
    r"Sprintf?|Sprintln|Itoa|Format(?:Int|Uint|Float|Bool)?|Quote|Join|Repeat|Replace(?:All)?|Trim\w*|To(?:Lower|Upper|Title)"
    r"|Title|String|Error|EncodeToString|Getenv|(?:Post)?FormValue|PostForm|DefaultQuery|DefaultPostForm|PathValue|URLParam"
    r"|QueryParam|QueryEscape|PathEscape|Param|Params|UserAgent|Referer|Base|Dir|Ext|Clean|Hex"
)
_GIVE_TYPE = {
    "mux.Vars": "map[string]string",
    "strings.Split": "[]string",
    "strings.SplitN": "[]string",
    "strings.Fields": "[]string",
    "flag.Args": "[]string",
    "flag.Arg": "string",
}
_OF_VALUES = ("Query", "Form", "PostForm", "Header", "MultipartForm")  # whose `Get` gives a text
_OF_PACKAGES = {"os.Args": "[]string"}
_LIST = regex(r"(?:\.\.\.|\[\w*\])(?P<of>[\w.\[\]*]+)")
_MAP = regex(r"map\[(?P<key>\w+)\](?P<of>[\w.\[\]*]+)")
_FIRST = regex(r"\(?\s*(?:\w+\s+)?(?P<type>[\w.\[\]*]+)")


def type_of(node: ir.Expression, program: Program, steps: int = 0) -> str:
    """The type of an expression as it is written, "" where the file does not tell it."""
    if steps > _MOST_STEPS:
        return ""
    match node:
        case ir.String() | ir.Template():
            return "string"
        case ir.Number(value=value):
            return "int" if isinstance(value, int) else "float64"
        case ir.TypeAssertion(type=type):
            return type
        case ir.Binary(operator="+", left=left, right=right):
            return type_of(left, program, steps + 1) or type_of(right, program, steps + 1)
        case ir.Call():
            return _of_call(node, program, steps)
        case ir.Subscript(value=value):
            held = type_of(value, program, steps + 1)
            match = _LIST.fullmatch(held) or _MAP.fullmatch(held)
            return match["of"] if match is not None else "byte" if held == "string" else ""
        case ir.Attribute(value=value, name=name):
            if (known := _OF_PACKAGES.get(program.source.text(node.range))) is not None:
                return known
            owner = type_of(value, program, steps + 1).lstrip("*")
            return _fields(owner, program).get(name, "") if owner else ""
        case ir.Name(id=name):
            return _of_name(node, name, program, steps)
    return ""


def is_text(node: ir.Expression, program: Program) -> bool:
    """Whether a value is a text, or the bytes of one, for certain."""
    return type_of(node, program) in ("string", "[]byte", "sql.RawBytes", "json.RawMessage")


def is_shown(node: ir.Expression, program: Program) -> bool:
    """Whether a value is written into a text in a way of its own for certain: its type, one of the file, has a method
    for it."""
    type = type_of(node, program).lstrip("*")
    return bool(type) and any(f.owner == type and f.name == "String" and not f.parameters for f in program.functions())


def _of_call(node: ir.Call, program: Program, steps: int) -> str:
    text, name = program.source.text(node.function.range), last_name(node.function)
    if isinstance(node.function, ir.Name) and (name == "string" or _NUMBERS.fullmatch(name)):
        return name
    if text in _GIVE_TYPE:
        return _GIVE_TYPE[text]
    own = [f for f in program.functions() if f.name == name and name and bool(f.owner) is ("." in text)]
    if own:
        types = {match["type"] if (match := _FIRST.match(f.returns)) is not None else "" for f in own}
        return types.pop() if len(types) == 1 else ""
    if name == "Get" and isinstance(node.function, ir.Attribute):
        inner = node.function.value
        inner = inner.function if isinstance(inner, ir.Call) else inner
        return "string" if last_name(inner) in _OF_VALUES else ""
    return "string" if isinstance(node.function, ir.Attribute) and _GIVE_TEXT.fullmatch(name) else ""


def _of_name(node: ir.Name, name: str, program: Program, steps: int) -> str:
    """The type of a variable: what the innermost function that has it says of it, or else the file."""
    seen: list[ir.Function] = []
    for frame in reversed(program.frames(node.range)):
        function = frame.function
        if function is None or function in seen:
            continue
        seen.append(function)
        if function.receiver == name and function.owner:
            return function.owner
        for parameter in function.parameters:
            if parameter.name == name:
                return f"...{parameter.annotation}" if parameter.kind == "rest" else parameter.annotation
        types = {*_told(flat(function.body), name, program, steps)}
        if types:
            return types.pop() if len(types) == 1 else ""
    types = {*_told(program.module.body, name, program, steps)}
    return types.pop() if len(types) == 1 else ""


def _told(statements: Iterator[ir.Statement] | ir.Block, name: str, program: Program, steps: int) -> Iterator[str]:
    """The types that statements give a variable."""
    for statement in statements:
        match statement:
            case ir.Assign(target=ir.Name(id=own), annotation=type) if own == name and type:
                yield type
            case ir.Assign(target=target, value=ir.Expression() as value, declares=True):
                first = target.elements[0] if isinstance(target, ir.Collection) and target.elements else target
                if is_name(first, name):
                    yield type_of(value, program, steps + 1)
                elif any(is_name(each, name) for each in getattr(target, "elements", ())):
                    yield ""
            case ir.Loop(target=ir.Expression() as target, iterable=ir.Expression() as value):
                elements = target.elements if isinstance(target, ir.Collection) else (target,)
                if any(is_name(each, name) for each in elements):
                    yield _of_element(type_of(value, program, steps + 1), is_first=is_name(elements[0], name))


def _of_element(type: str, *, is_first: bool) -> str:
    """The type of an index or a key, or of an element, of a list or a map."""
    if (match := _MAP.fullmatch(type)) is not None:
        return match["key"] if is_first else match["of"]
    match = _LIST.fullmatch(type)
    return "int" if match is not None and is_first else match["of"] if match is not None else ""


def _fields(name: str, program: Program) -> dict[str, str]:
    """The types of the fields of a struct of the file."""
    found = (s for s in program.module.body if isinstance(s, ir.ClassDefinition) and s.name == name)
    return dict(next((each.fields for each in found), ()))
