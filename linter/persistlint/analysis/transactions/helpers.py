"""Helpers of the same file: what they do counts where they are called, and is reported there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.analysis.transactions.chain import Known
from persistlint.analysis.transactions.decorators import decorated
from persistlint.analysis.transactions.file import DEEPEST_CALL, MOST_EFFECTS, MOST_STEPS, Summary
from persistlint.analysis.transactions.mentions import names_in
from persistlint.analysis.transactions.open import Open, close, closes
from persistlint.facts import Effect, EffectKind, Role, Scoping, Use
from persistlint.ir import (
    Argument,
    Call,
    Function,
    Mapping,
    Parameter,
    String,
)

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Known
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.variables import Scope
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect, Place
    from persistlint.ir import Function, Parameter


def call_helper(walker: Walk, node: Call, function: Function, use: Use) -> None:
    """A helper of this file: what it does counts where it is called, and is reported there."""
    outer = walker.current()
    caller = walker.active[0] if walker.active else None
    walker.file.calls.setdefault(id(function), []).append((caller, outer is not None))
    if function.is_generator or not walker.file.is_wanted(function):
        return
    if walker.depth == DEEPEST_CALL or walker.file.steps > MOST_STEPS:
        walker.is_cut = True
        return
    given: list[tuple[str, Known]] = []
    parameters = [p for p in function.parameters if p.name != function.receiver]
    for position, argument in enumerate(node.arguments):
        parameter = _parameter(parameters, position, argument)
        value = walker.handles.known(argument.value, walker.scope)
        if parameter is not None and value is not None:
            given.append((parameter, value))
        elif isinstance(argument.value, Mapping):  # `helper({ prisma: tx })`
            for entry in argument.value.entries:
                value = walker.handles.known(entry.value, walker.scope)
                if isinstance(entry.key, String) and value is not None:
                    given.append((f"{parameter}.{entry.key.value}" if parameter else entry.key.value, value))
    if not any(argument.spread or argument.keyword for argument in node.arguments):
        for parameter_left in parameters[len(node.arguments) :]:  # `client = prisma`: what nobody gives it
            value = walker.handles.known(parameter_left.default, walker.scope) if parameter_left.default else None
            if value is not None:
                given.append((parameter_left.name, value))
    if outer is None and any(known.handle.role is Role.POOL and _is_handle(known) for _, known in given):
        walker.file.pooled.add(id(function))
    found = summary(walker, function, tuple(given))
    walker.file.steps += len(found.effects)
    names = frozenset[str]().union(*(names_in(argument.value, walker.scope) for argument in node.arguments))
    # Whether it takes the transaction, what it does past that is reported where it stands.
    is_handed = outer is not None and any(_is_of(value, outer) for _, value in given)
    ended: list[Place] = []  # where the helper ends the transaction that it is given
    ends: dict[EffectKind, Effect] = {}  # the last of each that it does on some way
    for effect in found.effects[: MOST_EFFECTS - len(walker.effects)]:
        is_inside = outer is not None and not any(place.dominates(effect.place) for place in ended)
        done = called(walker, effect, node, function, outer if is_inside else None, names, use)
        walker.effects.append(replace(done, is_bound=True) if is_handed else done)
        if effect.kind in (EffectKind.COMMIT, EffectKind.ROLLBACK):
            if outer is not None and closes(effect, outer):
                ended.append(effect.place)
            if not effect.is_conditional:
                close(done, walker.opened)
            else:
                ends[effect.kind] = done
    if len(ends) > 1:  # it commits or rolls back, as it is told
        for done in ends.values():
            close(replace(done, place=walker.place), walker.opened)
    for inner in found.opened if outer is not None else ():
        seen = replace(inner, range=node.range, nested_in=outer, is_over=True, is_of_helper=True, closings=[])
        walker.opened.append(seen)


def _is_handle(known: Known) -> bool:
    """Whether something is sent statements through for sure, and no row that came through it."""
    return known.handle.declared and known.type.role not in ("", "instance")


def _is_of(given: Known, opened: Open) -> bool:
    return opened.handle is not None and given.handle.is_same(opened.handle)


def summary(walker: Walk, function: Function, given: tuple[tuple[str, Known], ...]) -> Summary:
    """What a function comes to that is given these handles. Where none of the helpers that it calls was left out for
    being too far from the function that is looked at, it comes to the same wherever there are so many calls left."""
    found = walker.file.whole.get((id(function), given))
    if found is None or walker.depth + found.height >= DEEPEST_CALL:
        found = walker.file.summaries.get((id(function), given, walker.depth))
    if found is None:
        found = _summed_up(walker, function, given)
    walker.height = max(walker.height, found.height + 1)
    walker.is_cut = walker.is_cut or found.is_cut
    return found


def _summed_up(walker: Walk, function: Function, given: tuple[tuple[str, Known], ...]) -> Summary:
    key = (id(function), given, walker.depth)
    walker.file.summaries[key] = Summary()  # while it is under way, for helpers that call one another
    inner = walker.beside(home_of(function, walker).inner(function.owner, function.receiver))
    decorated(function, inner)
    inner.enter(function, dict(given))
    walker.file.summaries[key] = found = remember(inner, function, given)
    return found


def remember(walk: Walk, function: Function, given: tuple[tuple[str, Known], ...] = ()) -> Summary:
    """Take down what the walk through a function came to, for whatever calls it, and for its own sake."""
    opened = tuple(found for found in walk.opened if found.scoping is not Scoping.PARAMETER)
    found = Summary(_with_conditions(walk), opened, walk.height, walk.is_cut)
    if not walk.is_cut:
        walk.file.whole[id(function), given] = found
        if not given:
            walk.file.alone[id(function)] = walk
    return found


def home_of(function: Function, walker: Walk) -> Scope:
    """The variables around a function where it is called as a helper."""
    return walker.file.scopes.get(id(function)) or _outermost(walker.scope)


def _with_conditions(walk: Walk) -> tuple[Effect, ...]:
    """The effects of a function, with those that it comes to on some ways alone: inside a branch, or behind a return of
    something else. Every loop is a branch of its own; in Go, what returns early mostly returns an error."""
    returned = next((left.index for left in walk.exits if left.is_answered), len(walk.effects))
    first = len(walk.effects) if walk.handles.language == "go" else returned
    return tuple(
        replace(effect, is_conditional=True)
        if index >= first or len(effect.place.arms) > len(effect.place.loops)
        else effect
        for index, effect in enumerate(walk.effects)
    )


def called(
    walker: Walk,
    effect: Effect,
    node: Call,
    function: Function,
    outer: Open | None,
    names: frozenset[str],
    use: Use,
) -> Effect:
    """An effect of a helper, seen from where the helper is called."""
    own = effect.transaction is not None
    is_given = any(parameter.range.start == effect.handle.origin for parameter in function.parameters)  # by whom?
    return replace(
        effect,
        range=node.range,
        place=walker.place.around(effect.place),
        use=use if effect.use is Use.RETURNED else effect.use,
        transaction=effect.transaction if own or outer is None else outer.range,
        is_bound=effect.is_bound
        if own or outer is None or not effect.is_sent
        else is_given or outer.owns(effect.handle),
        names=names,
        via=function.name or last_name(node.function),
        turns=len(walker.place.loops),
        is_parallel=walker.parallel or effect.is_parallel,
        is_detached=walker.detached or effect.is_detached,
    )


def _parameter(parameters: list[Parameter], position: int, argument: Argument) -> str | None:
    if argument.keyword is not None:
        return argument.keyword
    return parameters[position].name if position < len(parameters) else None


def _outermost(scope: Scope) -> Scope:
    while scope.parent is not None:
        scope = scope.parent
    return scope
