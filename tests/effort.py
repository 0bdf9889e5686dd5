"""What a piece of work costs, counted and not timed: no other load of the machine changes it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

DOUBLED = 2.6  # what twice as much may cost; 4 where every part looks at all others


def calls(work: Callable[[], object]) -> int:
    """How many functions are called to do it, those of C among them."""
    count = 0

    def counted(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count
