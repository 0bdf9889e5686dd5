"""What a rule says of a script that ran long ago: once, however often it stands there."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from persistlint.diagnostic import Diagnostic
    from persistlint.schema.script import Script


def folded(script: Script, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """The diagnostics of one rule. Of a script that others of its project follow, and which nobody changes any more,
    the first one, which counts those behind it."""
    if not script.is_followed:
        yield from found
        return
    first, *others = (*found, None)
    if first is not None:
        count = len(others) - 1
        times = "once more" if count == 1 else f"{count} more times"
        yield replace(first, message=f"{first.message} It holds {times} below.") if count else first
