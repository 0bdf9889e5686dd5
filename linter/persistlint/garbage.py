"""How often Python looks for cycles of garbage. Next to nothing that an analysis makes is part of one, and looking for
them as often as Python does takes a tenth of the time of a run."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_OBJECTS = 100_000  # made before garbage is looked for


def collect_seldom() -> None:
    """Look for it seldom, from now on."""
    gc.set_threshold(_OBJECTS, *gc.get_threshold()[1:])


@contextmanager
def collecting_seldom() -> Iterator[None]:
    """Look for it seldom, meanwhile."""
    before = gc.get_threshold()
    collect_seldom()
    try:
        yield
    finally:
        gc.set_threshold(*before)
