"""Which assignments of a variable a place of a function can see: one that begins it anew hides those before."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.statements import holding
from persistlint.fixes.binding.text.trimming import is_trim, is_trimmed
from persistlint.fixes.binding.text.variables import is_name, variable
from persistlint.identity import Same

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.source import Range

_MOST = 100  # assignments of one variable; each is held against all of its uses


@lru_cache(maxsize=2)  # every value of a query asks for it
def _assigned(same: Same[tuple[ir.Statement, ...]]) -> dict[str, list[ir.Assign]]:
    found: dict[str, list[ir.Assign]] = {}
    for statement in same.value:
        if isinstance(statement, ir.Assign):
            for name in {node.id for node in _targets(statement.target)}:
                found.setdefault(name, []).append(statement)
    return found


def _targets(target: ir.Expression) -> list[ir.Name]:
    parts = ir.walk(target) if isinstance(target, ir.Collection | ir.Mapping) else (target,)
    return [found for node in parts if (found := variable(node)) is not None]


@lru_cache(maxsize=2)
def _ends(same: Same[tuple[ir.Statement, ...]]) -> dict[int, int]:
    """Where the block ends that a statement stands in, by identity; nothing for the statements of the function."""
    blocks = [block for statement in same.value for block in ir.blocks(statement) if block]
    return {id(inner): block[-1].range.end for block in blocks for inner in block}


def assignments(site: Site, name: str) -> list[ir.Assign]:
    """The statements of a function that assign to a variable, in source order."""
    return _assigned(Same(site.statements)).get(name, [])


def begins_apart(node: ir.Expression, site: Site) -> bool:
    """Whether the text of a variable begins with a blank wherever it is not empty: ` ORDER BY id`."""
    made = assignments(site, node.id) if isinstance(node, ir.Name) else []
    begun = ["" if s.value is None else _head(s.value) for s in made if s.operator == "="]
    added = [_head(s.value) for s in made if s.operator != "=" and s.value is not None]
    if not begun or any(head is None for head in begun):
        return False
    heads = [*(head for head in begun if head), *(added if "" in begun else ())]
    return bool(heads) and all(head is not None and head[:1].isspace() for head in heads)


def _head(node: ir.Expression) -> str | None:
    """The constant that a text begins with; None where it begins with a value."""
    while True:
        match node:
            case ir.String(value=value):
                return value
            case ir.Template(parts=[ir.Expression() as first, *_]) | ir.Binary(operator="+" | "%", left=first):
                node = first
            case ir.Call(function=ir.Attribute(value=ir.Name(id="fmt"), name="Sprintf"), arguments=[text, *_]):
                node = text.value
            case _:
                return None


def reaching(name: ir.Name, site: Site) -> list[ir.Assign]:
    """The assignments that make what a variable holds where it is named, in source order, and those that change it
    afterwards. The first of them begins it anew on every way there, if one does. Raises `RefusalError`."""
    found = assignments(site, name.id)
    if len(found) > _MOST:
        raise RefusalError(f"`{name.id}` is assigned more than {_MOST} times")
    base = _base(name, site)
    if base is None:
        anew = _anew(name, site)
        hidden = {id(s) for s in found for other in anew if s is other or _comes_by(other, s.range, site)}
        return [s for s in found if id(s) not in hidden]
    around = holding(site.statements, name.range)
    loops = [s for s in around if isinstance(s, ir.Loop) and base.range not in s.range]
    result = [base]
    for statement in found[found.index(base) + 1 :]:
        is_late = statement.range.end > name.range.start
        is_repeated = any(statement.range in loop.range for loop in loops)
        is_new = begins(statement, name.id)
        is_hidden = any(_comes_by(other, statement.range, site) for other in _later(base, name.id, site))
        if not (is_late and (is_new or is_hidden) and not is_repeated):
            result.append(statement)
    return result


def is_seen(use: Range, name: ir.Name, site: Site) -> bool:
    """Whether a place can see what a variable holds where it is named, and not only what it is given anew."""
    base = _base(name, site)
    if base is None:
        return not any(_comes_by(other, use, site) for other in _anew(name, site))
    if use.start < base.range.end:  # also where the new value is made of the old one
        loops = [s for s in holding(site.statements, use) if isinstance(s, ir.Loop) and base.range in s.range]
        early = [s for s in assignments(site, name.id) if begins(s, name.id) and s.range.start < base.range.start]
        return any(not any(s.range in loop.range and _comes_by(s, use, site) for s in early) for loop in loops)
    return not any(_comes_by(other, use, site) for other in _later(base, name.id, site))


def begins(statement: ir.Assign, name: str) -> bool:
    """Whether an assignment gives a variable a new value, in which the old one may be used, and not more or less of
    it."""
    return statement.operator == "=" and not extension(statement, name) and not is_trim(statement, name)


def extension(statement: ir.Assign, name: str) -> tuple[ir.Expression, ...]:
    """What an assignment adds to the end of a variable, nothing where it does something else."""
    if statement.operator == "+":
        return () if statement.value is None else (statement.value,)
    if statement.operator == "=" and own_place(statement.value, name) is not None:
        return () if statement.value is None else (statement.value,)
    added: list[ir.Expression] = []
    node = statement.value if statement.operator == "=" else None
    while isinstance(node, ir.Binary) and node.operator == "+":
        added.append(node.right)
        node = node.left
    is_same = node is not None and (is_name(node, name) or is_trimmed(node, name))
    return tuple(added[::-1]) if is_same else ()


def own_places(site: Site) -> frozenset[Range]:
    """Where the texts of a function begin with what their variable held before."""
    return _own_places(Same(site.statements))


@lru_cache(maxsize=2)  # every query of a function asks for it
def _own_places(same: Same[tuple[ir.Statement, ...]]) -> frozenset[Range]:
    assigned = [s for s in same.value if isinstance(s, ir.Assign)]
    places = [own_place(s.value, s.target.id) for s in assigned if isinstance(s.target, ir.Name)]
    return frozenset(place for place in places if place is not None)


def own_place(value: ir.Expression | None, name: str) -> Range | None:
    """Where a text begins with what a variable holds, None where it does not or has it once more: `${sql} LIMIT 10`,
    `fmt.Sprintf(sql+" LIMIT %d", count)`."""
    match value:
        case ir.Template(parts=[ir.Hole(value=ir.Name(id=same) as own, conversion="", format=""), *_]):
            pass
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id="fmt"), name="Sprintf"),
            arguments=[ir.Argument(value=ir.String(value=format)), ir.Argument(value=ir.Name(id=same) as own), *_],
        ) if format.startswith(("%s", "%v")):
            pass
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id="fmt"), name="Sprintf"),
            arguments=[ir.Argument(value=ir.Binary(operator="+") as format), *_],
        ) if isinstance(first := _leftmost(format), ir.Name):
            own, same = first, first.id
        case _:
            return None
    uses = sum(isinstance(node, ir.Name) and node.id == name for node in ir.walk(value))
    return own.range if same == name and uses == 1 else None


def _leftmost(node: ir.Expression) -> ir.Expression:
    """The first operand of a sum."""
    while isinstance(node, ir.Binary) and node.operator == "+":
        node = node.left
    return node


def _base(name: ir.Name, site: Site) -> ir.Assign | None:
    """The last assignment that begins the variable anew and runs on every way to the place where it is named."""
    found = [s for s in assignments(site, name.id) if begins(s, name.id) and _comes_by(s, name.range, site)]
    return found[-1] if found and found[-1].value is not None and isinstance(found[-1].target, ir.Name) else None


def _anew(name: ir.Name, site: Site) -> list[ir.Assign]:
    """The assignments that begin a variable anew behind the place where it is named, or with what it holds there, to
    which no loop goes back."""
    behind = [s for s in assignments(site, name.id) if begins(s, name.id) and s.range.end > name.range.start]
    loops = [s for s in holding(site.statements, name.range) if isinstance(s, ir.Loop)] if behind else []
    return [s for s in behind if not any(s.range in loop.range for loop in loops)]


def _later(base: ir.Assign, name: str, site: Site) -> list[ir.Assign]:
    return [s for s in assignments(site, name) if begins(s, name) and s.range.start > base.range.start]


def _comes_by(statement: ir.Statement, place: Range, site: Site) -> bool:
    """Whether every way to a place, from the top of the block that a statement stands in, comes by the statement."""
    end = _ends(Same(site.statements)).get(id(statement), math.inf)
    return statement.range.end <= place.start < end
