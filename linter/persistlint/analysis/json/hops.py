"""Steps into decoded JSON: which of them something checks, and which stop the program where nothing is there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.json.places import Place, place_of
from persistlint.analysis.json.run import Chain, Run
from persistlint.analysis.json.values import A_ROW, OF_ONE_ROW, Document
from persistlint.facts import HopKind, JsonHop, JsonOrigin
from persistlint.ir import Expression, Number, Unary
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.analysis.json.state import State

_LONGEST = 30  # steps of one chain; what is longer is not followed
_CLOSING = regex(rb"[\s)]*")  # between an object and the step from it
_ON_NOTHING = ("AttributeError", "TypeError", "Exception", "BaseException")
_ERRORS = {  # of Python, where a step leads nowhere
    HopKind.KEY: ("KeyError", "LookupError", "Exception", "BaseException"),
    HopKind.INDEX: ("IndexError", "LookupError", "Exception", "BaseException"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """A step that leads from `base`, which is decoded JSON, to `node`. `index` is the number in brackets, `is_optional`
    where the step is `?.`, `has_default` where it gives something else when nothing is there."""

    node: Expression
    base: Expression
    kind: HopKind
    name: str = ""
    index: Expression | None = None
    is_optional: bool = False
    has_default: bool = False


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What is to be said of a step; the fields are those of `JsonHop`."""

    is_checked: bool
    can_fail: bool
    cause: HopKind | None


def take(step: Step, run: Run, state: State) -> Document | None:
    """Take a step, and return what it leads to."""
    whole = run.document(step.base)
    if whole is None:
        return None
    chain = run.chains.pop(id(step.base), None) or Chain(step.base.range, step.base, whole.origin)
    if len(chain.hops) >= _LONGEST:
        return None
    place = place_of(step.node)
    is_there = step.has_default or state.is_present(place) or _holds(whole, step.index)
    judge = _in_script if run.is_script else _in_go if run.language == "go" else _in_python
    judgement = judge(step, whole, chain, is_there, run)
    can_fail = judgement.can_fail and _counts(step, whole, chain, judgement)
    can_fail = can_fail and _is_first(step, run)
    closing = _CLOSING.match(run.source.content, step.base.range.end)
    hop = JsonHop(
        Range(closing.end() if closing else step.base.range.end, step.node.range.end),
        step.name,
        step.kind,
        judgement.is_checked or _was_read(step, place, can_fail, run),
        can_fail,
        judgement.cause if can_fail else None,
    )
    run.chains[id(step.node)] = replace(
        chain, range=step.node.range, hops=(*chain.hops, hop), ends_optional=step.is_optional
    )
    if can_fail:
        _learn(step, place, run, state)
    reach = _reached_in_go if run.language == "go" else _reached
    reached = reach(step, whole, is_there, judgement.is_checked, run)
    # Of rows, what stands at a number is one of them, whichever number a variable holds.
    is_one = step.kind is HopKind.INDEX or (step.kind is HopKind.KEY and not step.name and whole.length < A_ROW)
    is_row = whole.origin is JsonOrigin.ROWS and is_one
    length = A_ROW if is_row else state.length(place)
    return replace(reached, length=length, place=place)


def _in_script(step: Step, whole: Document, chain: Chain, is_there: bool, run: Run) -> _Judgement:
    """In JavaScript a step fails where it starts from nothing; what is not there is `undefined`."""
    is_checked = whole.cause is None or step.is_optional or chain.ends_optional or run.catches()
    return _Judgement(is_checked, not is_checked, whole.cause)


def _in_go(step: Step, whole: Document, chain: Chain, is_there: bool, run: Run) -> _Judgement:
    """In Go a step fails behind a pointer to nothing, and past the end of a slice."""
    if step.kind is HopKind.INDEX:
        return _Judgement(is_there, not is_there and not run.catches(), HopKind.INDEX)
    is_checked = whole.cause is None or run.catches()
    return _Judgement(is_checked, not is_checked, whole.cause)


def _in_python(step: Step, whole: Document, chain: Chain, is_there: bool, run: Run) -> _Judgement:
    """In Python a step fails where what it asks for is not there. A single key is left alone: it fails where the
    program looks first, with the name of the key. What `get` gave may be None, and any step from None fails."""
    errors = _ERRORS.get(step.kind, _ON_NOTHING)
    is_checked = is_there or run.catches(*errors) or _is_declared(whole, step)
    if whole.cause is HopKind.GET:
        if chain.hops:
            return _Judgement(is_checked, not run.catches(*_ON_NOTHING), HopKind.GET)
        # A variable that holds what the call gave.
        return _Judgement(is_checked, not run.catches(*_ON_NOTHING), HopKind.INDEX if step.index else HopKind.KEY)
    if step.kind is HopKind.INDEX:
        return _Judgement(is_checked, not is_checked, HopKind.INDEX)
    can_fail = step.kind is HopKind.KEY and whole.cause is not None and not is_checked
    return _Judgement(is_checked, can_fail, HopKind.KEY)


def _holds(whole: Document, index: Expression | None) -> bool:
    """Whether something tells that there are elements. How many, where one is asked for by its number, people know."""
    match index:
        case Number() | Unary(operator="-", operand=Number()):
            return whole.length > 0
    return False


def _is_declared(whole: Document, step: Step) -> bool:
    return step.kind is not HopKind.INDEX and whole.keys is not None and step.name not in whole.keys


def _counts(step: Step, whole: Document, chain: Chain, judgement: _Judgement) -> bool:
    """Whether a step counts. What the program wrote itself is as it should be, and what its own server sends has the
    keys that it should have, but for a `get` from a file, which says that the key may be missing. A query that counts
    gives a row. Where nothing is known of the value but its shape, two keys and a number are JSON."""
    is_element = judgement.cause is HopKind.INDEX
    if whole.origin.is_trusted if is_element else whole.origin.has_known_shape:
        return whole.origin is JsonOrigin.FILE and judgement.cause is HopKind.GET
    if whole.origin is JsonOrigin.ROWS and is_element and step.name in OF_ONE_ROW:
        return False
    if whole.origin is not JsonOrigin.UNKNOWN or judgement.cause is HopKind.GET:
        return True
    keys = sum(hop.kind is HopKind.KEY and bool(hop.name) for hop in chain.hops)
    return step.kind is HopKind.INDEX and keys > 1


def _is_first(step: Step, run: Run) -> bool:
    """Whether no other step of the function starts from the same missing part: one report for it is enough."""
    place = place_of(step.base)
    if place is None:
        return True
    key = (id(run.functions[-1]) if run.functions else 0, place)
    return run.missing.setdefault(key, step.base.range) == step.base.range


def _was_read(step: Step, place: Place | None, can_fail: bool, run: Run) -> bool:
    """Whether a key of Python was taken for granted before in the same function, where it is reported."""
    if run.language != "python" or step.kind is not HopKind.KEY or can_fail or place is None:
        return False
    read = (id(run.functions[-1]) if run.functions else 0, place)
    if read in run.read:
        return True
    run.read.add(read)
    return False


def _learn(step: Step, place: Place | None, run: Run, state: State) -> None:
    """Behind a step that can fail, what it needs is known to be there: one report for one missing part is enough."""
    before = place_of(step.base)
    if before is not None:
        state.know([before])
        if isinstance(step.index, Number) and isinstance(step.index.value, int) and not run.is_script:
            state.measure(before, step.index.value + 1)
    if place is not None and run.language == "python" and step.kind is HopKind.KEY:
        state.know([place])


def _reached(step: Step, whole: Document, is_there: bool, is_checked: bool, run: Run) -> Document:
    if _is_declared(whole, step):
        if whole.origin is JsonOrigin.ROWS and run.shapes.is_json_name(step.name):
            return Document(JsonOrigin.COLUMN, step.node.range)
        return Document(whole.origin, whole.root, whole.keys)
    is_known = is_there
    if run.language == "python":
        # An element that was not there would have failed; so would a key, but its value may be None.
        is_known = is_there or step.kind is HopKind.INDEX or (is_checked and step.kind is HopKind.KEY)
    return Document(whole.origin, whole.root, whole.keys, None if is_known else step.kind)


def _reached_in_go(step: Step, whole: Document, is_there: bool, is_checked: bool, run: Run) -> Document:
    is_element = step.kind is HopKind.INDEX
    type = run.shapes.element(whole.type) if is_element else run.shapes.member(whole.type, step.name)
    cause = HopKind.POINTER if type.startswith("*") and not is_element and not is_there else None
    keys = None if run.shapes.is_untyped(type) else whole.keys
    return Document(whole.origin, whole.root, keys, cause, type=type)
