"""What was found before, for whoever checks a file again of which most stayed the same, as an editor does."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

T = TypeVar("T")


class Memory(Generic[T]):
    """The results for the `most` keys that were asked for last. A key holds all that its result is made of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, T] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for a key, made if it is not known."""
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        result = self._known[key] = make()
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return result
