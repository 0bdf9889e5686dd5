"""Steps into values that may not be there, made so that they cannot fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.facts import HopKind
from persistlint.fixes.guards import (
    go_failure,
    guard,
    guarded_place,
    has_names_inside,
    insert,
    is_in_loop,
    is_plain,
    unsafe,
)
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Attribute,
    Binary,
    Call,
    Collection,
    Comprehension,
    If,
    Loop,
    Mapping,
    Name,
    Return,
    Spread,
    Subscript,
    Template,
    Unary,
    Unknown,
    expressions_in,
)
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import JsonAccess, JsonHop
    from persistlint.fixes.program import Frame, Program
    from persistlint.ir import Expression

_ARITHMETIC = frozenset(["+", "-", "*", "/", "%", "**", "<", "<=", ">", ">=", "in"])
_STRICT = {  # what JavaScript and Node.js have that throws for undefined
    "Promise": ("all", "allSettled", "any", "race"),
    "Object": ("entries", "fromEntries", "keys", "values"),
    "Array": ("from",),
    "Buffer": ("from",),
    "JSON": ("parse",),
    "path": ("basename", "dirname", "extname", "join", "resolve"),
}
_CONVERSIONS = frozenset(
    ["BigInt", "Date", "Number", "String", "parseFloat", "parseInt"]
)  # make something of undefined
_OF_LISTS = frozenset([".entries", ".every", ".filter", ".flat", ".flatMap", ".forEach", ".join", ".map", ".some"])
_TAKEN_APART = regex(rb"(?:\.\.\.|\*|\b(?:of|in)\s+)\Z")  # the name behind it
_STEPPED_INTO = regex(rb"\s*[.\[(]")
_LONGEST_WORD = 20  # bytes, with the blanks behind it
_KEY = regex(r"\[(?:\"[^\"\\]*\"|'[^'\\]*')\]")
_NONE = regex(r"\b(?:None|Optional|Any)\b")
_WRITTEN = regex(rb"[ \t]*(?:=(?![=>])|(?:[-+*/%&|^]|\*\*|<<|>>>?|&&|\|\||\?\?)=|\+\+|--|`)")


def optional_steps(program: Program, fact: JsonAccess) -> tuple[Fix, ...]:
    """`?.` in the place of every step of JavaScript that can fail."""
    chain = fact.range
    is_pattern = any(fact.before(hop) == hop.range for hop in fact.failing)
    if is_pattern or not program.is_clean(chain) or _is_written_into(program, fact):
        return ()
    if _is_needed(program, chain):
        return _empty_list(program, fact)
    return unsafe("Step only into what is there", *_steps(program, fact.failing))


def _steps(program: Program, hops: Sequence[JsonHop]) -> list[Edit]:
    """The edits that make each of these steps optional; none where one cannot be."""
    edits = []
    for hop in hops:
        text = program.source.text(hop.range)
        if text.startswith("["):
            edits.append(insert(hop.range.start, "?."))
        elif text.startswith(".") and not text.startswith(".("):
            edits.append(insert(hop.range.start, "?"))
        else:
            return []
    return edits


def _empty_list(program: Program, fact: JsonAccess) -> tuple[Fix, ...]:
    """`(data.items ?? []).map` where what a method of a list gives is needed."""
    *others, last = fact.failing
    items = fact.before(last)
    others_made = _steps(program, others)
    before = program.source.content[program.line_start(items.start) : items.start]
    is_after_all = bool(before.strip()) or bool(program.semicolon)  # a line that begins so would call the one before
    if last is not fact.hops[-1] or last.cause is HopKind.INDEX or len(others_made) != len(others) or not is_after_all:
        return ()
    if program.source.text(last.range) not in _OF_LISTS:
        return ()
    return unsafe(
        "Take an empty list where it is missing", insert(items.start, "("), *others_made, insert(items.end, " ?? [])")
    )


def lasting_gets(program: Program, fact: JsonAccess) -> tuple[Fix, ...]:
    """`(….get(…) or {})` in the place of every `.get(…)` of Python that another one follows."""
    if not program.is_clean(fact.range) or _is_iterated(program, fact.range):
        return ()
    opened, edits = 0, []
    for get, hop in zip(fact.hops, fact.hops[1:], strict=False):
        if hop in fact.failing and hop.cause is HopKind.GET:
            if hop.kind is not HopKind.GET or get.kind is not HopKind.GET:
                return ()
            opened += 1
            edits.append(insert(get.range.end, " or {})"))
    return (
        unsafe("Let a missing key be an empty object", insert(fact.range.start, "(" * opened), *edits) if edits else ()
    )


def lasting_keys(program: Program, fact: JsonAccess) -> tuple[Fix, ...]:
    """`(body["data"] or {}).get("id")` where a part may be missing, and the value is only kept or returned."""
    frame, first = program.frame(fact.range), fact.failing[0]
    statement = frame.statement if frame is not None else None
    if frame is None or not isinstance(statement, Assign | Return) or not program.is_clean(fact.range):
        return ()
    if statement.value is None or statement.value.range != fact.range:
        return ()
    returns = frame.function.returns if frame.function is not None else ""
    if isinstance(statement, Return):
        if returns and _NONE.search(returns) is None:
            return ()  # who calls it expects something
    elif statement.operator != "=" or _hands_on(program, frame, statement, fact.range):
        return ()
    hops = fact.hops[fact.hops.index(first) :]
    if any(hop.kind is not HopKind.KEY or _KEY.fullmatch(program.source.text(hop.range)) is None for hop in hops):
        return ()
    edits = []
    for hop in hops:
        key = program.source.text(hop.range)[1:-1]
        edits.append(Edit(hop.range, f" or {{}}).get({key})"))
    return unsafe("Let a missing part be an empty object", insert(fact.range.start, "(" * len(hops)), *edits)


def checked_element(program: Program, fact: JsonAccess, hop: JsonHop) -> tuple[Fix, ...]:
    """A test of the list before the statement that takes its first element, in Python and Go."""
    index = hop if hop.kind is HopKind.INDEX else fact.hops[max(0, fact.hops.index(hop) - 1)]
    elements = program.source.text(fact.before(index))
    if program.source.text(index.range) != "[0]" or not is_plain(elements):
        return ()
    if program.source.language == "python":
        frame = guarded_place(program, fact.range)
        function = frame.function if frame is not None else None
        if frame is None or is_in_loop(program, fact.range) or function is None or function.is_generator:
            return ()
        if function.name == "__init__":
            return ()  # which would leave half an object
        if has_names_inside(program, frame, fact.before(index)):
            return ()
        if function.returns and _NONE.search(function.returns) is None:
            return ()  # who calls it expects something
        return unsafe("Return None where it is empty", guard(program, frame, f"not {elements}", "return None"))
    return _go_guard(program, fact.range, f"len({elements}) == 0", f"{elements} is empty")


def checked_pointer(program: Program, fact: JsonAccess, hop: JsonHop) -> tuple[Fix, ...]:
    """A test of a pointer of Go before the statement that follows it."""
    pointer = program.source.text(fact.before(hop)).lstrip("*")
    if not is_plain(pointer):
        return ()
    return _go_guard(program, fact.range, f"{pointer} == nil", f"{pointer} is missing")


def _go_guard(program: Program, place: Range, condition: str, message: str) -> tuple[Fix, ...]:
    frame = guarded_place(program, place)
    failure = go_failure(program, frame, f'errors.New("{message}")', "errors") if frame is not None else None
    if frame is None or failure is None or '"' in message:
        return ()
    return unsafe("Return an error where it is missing", guard(program, frame, condition, failure[0]), *failure[1])


def _is_iterated(program: Program, chain: Range) -> bool:
    """Whether a loop goes over what a chain gives, which fails for None."""
    frame = program.frame(chain)
    statements = [frame.statement] if frame is not None else []
    loops = expressions_in(*statements)
    return any(
        isinstance(each, Loop | Comprehension) and each.iterable is not None and each.iterable.range == chain
        for each in (*statements, *loops)
    )


def _is_needed(program: Program, chain: Range) -> bool:
    """Whether a chain stands where `?.` cannot, or where undefined does harm."""
    if _WRITTEN.match(program.source.content, chain.end):
        return True
    frame = program.frame(chain)
    if frame is None:
        return True
    statement = frame.statement
    if isinstance(statement, Assign) and (chain in statement.target.range or statement.operator != "="):
        return True
    if isinstance(statement, Loop) and statement.iterable is not None and _begins_with(statement.iterable, chain):
        return True
    if isinstance(statement, Assign) and _hands_on(program, frame, statement, chain):
        return True
    nodes = [node for node in expressions_in(statement) if chain in node.range]
    return any(_wants_value(node, chain) for node in nodes)


def _is_written_into(program: Program, fact: JsonAccess) -> bool:
    """Whether the statement writes into what may not be there, or is a test of whether something in it is missing, and
    goes into it then: it fails all the same."""
    frame = program.frame(fact.range)
    missing = [program.source.text(fact.before(hop)) for hop in fact.failing]
    match frame.statement if frame is not None else None:
        case Assign(target=target):
            written = program.source.text(target.range)
            return any(written.startswith((f"{text}.", f"{text}[")) for text in missing)
        case If(test=Unary(operator="not"), then=(first, *_) as then):
            inside = program.source.text(Range(first.range.start, then[-1].range.end))
            return any(f"{text}." in inside or f"{text}[" in inside for text in missing)
    return False


def _hands_on(program: Program, frame: Frame, assign: Assign, chain: Range) -> bool:
    """Whether what a chain gives is taken apart, or kept under a name that is stepped into or spread behind it:
    undefined would fail there instead."""
    value = assign.value
    if not isinstance(value, Attribute | Subscript | Call) or value.range.start != chain.start:
        return False
    kept = program.source.text(assign.target.range)
    if not isinstance(assign.target, Name | Attribute) or not is_plain(kept):
        return isinstance(assign.target, Collection | Mapping | Unknown)
    content = program.source.content
    end = frame.function.range.end if frame.function is not None else len(content)
    for at in program.standing.mentions(kept.split(".", 1)[0], assign.range.end, end):
        before, behind = content[max(at - _LONGEST_WORD, 0) : at], at + len(kept.encode())
        if content[at:behind] != kept.encode():
            continue
        if _TAKEN_APART.search(before) or (not before.endswith(b".") and _STEPPED_INTO.match(content, behind)):
            return True
    return False


def _begins_with(node: Expression, chain: Range) -> bool:
    """Whether an expression is a chain or goes on from it, and so is undefined where the chain is."""
    is_chain = isinstance(node, Attribute | Subscript | Call)
    return is_chain and node.range.start == chain.start and node.range.end >= chain.end


def _wants_value(node: Expression, chain: Range) -> bool:
    """Whether an expression around a chain cannot do with undefined: it assigns to it, makes, spreads or counts with
    it."""
    match node:
        case AssignmentExpression(target=target):
            return chain in target.range
        case Unary(operator=operator):
            return operator in ("delete", "++", "--", "-", "+")
        case Binary(operator=operator, left=left, right=right):
            return operator in _ARITHMETIC and any(_begins_with(each, chain) for each in (left, right))
        case Template():
            return True
        case Spread(value=value):
            return _begins_with(value, chain)
        case Call(function=function, arguments=arguments, new=is_new):
            given = [argument for argument in arguments if argument.value.range.start == chain.start]
            is_given = bool(given)
            if any(argument.spread for argument in given):
                return True
            return (is_new and chain in function.range) or (is_given and _fails_on_undefined(function))
    return False


def _fails_on_undefined(function: Expression) -> bool:
    match function:
        case Name(id=name):
            return name in _CONVERSIONS
        case Attribute(value=Name(id=module), name=name):
            return name in _STRICT.get(module, ())
    return False
