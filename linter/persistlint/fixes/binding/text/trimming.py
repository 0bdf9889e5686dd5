"""Text whose end is cut off again, as the last comma is of what a loop adds: `sql[:-2]`, `sql.rstrip(",")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.variables import is_length, is_name, variable
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Site

_OUTSIDE = regex(r"[^'\")]+")  # what ends with no string of SQL and with no list
_SEPARATORS = ", ;\n\t"


@dataclass(frozen=True, slots=True)
class Trim:
    """A variable without the end of its text: `taken` is how many characters are cut off, or those that are where they
    stand there, "" for blanks alone."""

    inner: ir.Name
    taken: int | str


def trim_of(node: ir.Expression | None) -> Trim | None:
    """What an expression takes from the end of a variable; None for other expressions."""
    match node:
        case ir.Call(
            function=ir.Attribute(value=text, name="slice" | "substring" | "substr" as method),
            arguments=[ir.Argument(value=ir.Number(value=0)), ir.Argument(value=end)],
        ):
            taken: int | str | None = _left_out(end, text, from_end=method == "slice")
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id="strings"), name="TrimSuffix" | "TrimRight"),
            arguments=[ir.Argument(value=text), ir.Argument(value=ir.String(value=taken))],
        ):
            pass
        case ir.Call(
            function=ir.Attribute(value=text, name="strip" | "rstrip" | "removesuffix" as method),
            arguments=[ir.Argument(value=ir.String(value=taken), keyword=None)],
        ) if method != "strip" or not taken.strip(_SEPARATORS):
            pass
        case ir.Call(function=ir.Attribute(value=text, name="strip" | "rstrip" | "trim" | "trimEnd"), arguments=()):
            taken = ""
        case ir.Subscript(value=text, index=ir.Unknown(operands=[*first, end]) as index):
            behind = index.range.end - end.range.end  # the bracket of Go; Python's bounds have none
            before = first[-1].range.end if first else index.range.start + behind
            # One colon, around which gofmt puts blanks where there is more than a name, and nothing behind.
            is_end = behind < 2 and end.range.start - before in (1, 3)
            is_whole = len(first) < 2 and all(isinstance(bound, ir.Number) and bound.value == 0 for bound in first)
            taken = _left_out(end, text, from_end=True) if is_whole and is_end else None
        case _:
            return None
    inner = variable(text)
    return Trim(inner, taken) if inner is not None and taken is not None else None


def is_trimmed(node: ir.Expression | None, name: str) -> bool:
    """Whether an expression is a variable without the end of its text."""
    found = trim_of(node)
    return found is not None and found.inner.id == name


def is_trim(statement: ir.Assign, name: str) -> bool:
    """Whether an assignment takes something from the end of a variable and does nothing else."""
    return statement.operator == "=" and is_name(statement.target, name) and is_trimmed(statement.value, name)


def own_uses(statements: Sequence[ir.Assign], name: str) -> int:
    """How often statements that change a variable use what it held, in order to change it."""
    firsts = [_first(s.value) for s in statements if s.operator == "=" and s.value is not None]
    nodes = (node for first in firsts if first is not None for node in ir.walk(first))
    return sum(is_name(node, name) for node in nodes)


def check_trims(statements: Sequence[ir.Assign], name: str, site: Site) -> None:
    """Hold what every one of the statements takes from the end of a text against those before it, as `check_cut`."""
    for index, statement in enumerate(statements):
        found = trim_of(_first(statement.value)) if statement.operator == "=" else None
        if found is not None and found.inner.id == name:
            check_cut(found, statements[:index], site)


def check_cut(trim: Trim, statements: Sequence[ir.Assign], site: Site) -> None:
    """Refuse where something else is taken from the end of a text than what each of its statements has put there as a
    constant, as a comma: a mark has another length than its value. Raises `RefusalError`."""
    name, taken = trim.inner.id, trim.taken
    for step in statements if taken else ():
        if is_trim(step, name) or isinstance(step.value, ir.String) or _is_of_elsewhere(step.value, site):
            continue  # no value stands in it
        tail = _tail(step.value, site)
        text = tail[-taken:] if isinstance(taken, int) else taken
        is_there = len(tail) >= taken if isinstance(taken, int) else bool(tail)
        if not (is_there and _OUTSIDE.fullmatch(text)):
            raise RefusalError(f"more may be cut off the end of `{name}` than what stands there behind each value")


def _is_of_elsewhere(node: ir.Expression | None, site: Site) -> bool:
    """Whether an expression is a variable that no statement of the function makes, whose text stays the same."""
    assigned = (s.target for s in site.statements if isinstance(s, ir.Assign))
    return isinstance(node, ir.Name) and not any(node.id in ir.names_in(target) for target in assigned)


def _first(node: ir.Expression | None) -> ir.Expression | None:
    """What other texts are added to."""
    while isinstance(node, ir.Binary) and node.operator == "+":
        node = node.left
    return node


def _tail(node: ir.Expression | None, site: Site) -> str:
    """The constant that a text ends with, nothing where it ends with a value."""
    match node:
        case ir.String(value=value):
            return value
        case ir.Name(id=name):
            made = [s.value for s in site.statements if isinstance(s, ir.Assign) and is_name(s.target, name)]
            return made[0].value if len(made) == 1 and isinstance(made[0], ir.String) else ""
        case ir.Template(parts=[*_, ir.String(value=value)]):
            return value
        case ir.Binary(operator="+", right=right):
            return _tail(right, site)
        case ir.Binary(operator="%", left=text):
            return _tail(text, site)
        case ir.Call(function=ir.Attribute(value=ir.Name(id="fmt"), name="Sprintf"), arguments=[text, *_]):
            return _tail(text.value, site)
        case ir.Call(function=ir.Attribute(value=text, name="format")):
            return _tail(text, site)
    return ""


def _left_out(end: ir.Expression, text: ir.Expression, *, from_end: bool) -> int | None:
    """How many characters of a text a bound leaves out: `-1`, or the length without 1."""
    name = variable(text)
    match end:
        case ir.Unary(operator="-", operand=ir.Number(value=int(count))) if from_end:
            return count
        case ir.Binary(operator="-", left=left, right=ir.Number(value=int(count))):
            return count if name is not None and is_length(left, name.id) else None
    return None
