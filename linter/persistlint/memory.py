"""What was found before, for whoever checks a file again of which most stayed the same, as an editor does."""

from __future__ import annotations

from collections import OrderedDict
from functools import lru_cache, wraps
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

F = TypeVar("F", bound="Callable[..., Any]")
T = TypeVar("T")

_MOST_TEXTS = 2000
_LONGEST = 4000  # code points of a text that is kept


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


def by_text(function: F) -> F:
    """Remember what a function made of the texts that it was given last, as its first argument; not of long ones.
    Nothing but its arguments may go into what it makes, and nobody may change that."""
    known = lru_cache(maxsize=_MOST_TEXTS)(function)

    @wraps(function)
    def asked(text: str, *others: Hashable) -> Any:
        return known(text, *others) if len(text) <= _LONGEST else function(text, *others)

    return cast("F", asked)
