"""Why there is no fix."""

from __future__ import annotations

from typing import TYPE_CHECKING, Concatenate, ParamSpec

from persistlint.diagnostic import Fix, Remedy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from persistlint.fixes.program import Program

P = ParamSpec("P")


class RefusalError(Exception):
    """There is no fix that is certain to be right; the message says why, as it goes on after "No fix: "."""


def remedied(
    program: Program | None,
    way: Callable[Concatenate[Program, P], tuple[Fix, ...]],
    *arguments: P.args,
    **more: P.kwargs,
) -> Callable[[], Remedy] | None:
    """What gives the fixes of a way to make them, or why it refuses; None without a program."""
    return explained(way, program, *arguments, **more) if program is not None else None


def explained(way: Callable[P, tuple[Fix, ...]], *arguments: P.args, **more: P.kwargs) -> Callable[[], Remedy]:
    """What gives the fixes of a way to make them, or why it refuses."""

    def remedy() -> Remedy:
        try:
            return Remedy(way(*arguments, **more))
        except RefusalError as refusal:
            return Remedy(reason=str(refusal))

    return remedy


def first_of(ways: Iterable[Callable[[], tuple[Fix, ...]]]) -> tuple[Fix, ...]:
    """What the first way gives that has a fix. Raises the last `RefusalError` where none does and one refuses."""
    refused: RefusalError | None = None
    for way in ways:
        try:
            found = way()
        except RefusalError as refusal:
            refused = refusal
            continue
        if found:
            return found
    if refused is not None:
        raise refused
    return ()
