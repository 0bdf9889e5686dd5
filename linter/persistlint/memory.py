"""What was found before, for whoever checks a file again of which most stayed the same, as an editor does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache, wraps
from typing import Any, Generic, TypeVar, cast

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

_MOST_TEXTS = 2000
_LONGEST = 4000  # code points of a text that is kept


_forget: list[Callable[[], None]] = []


class Memory(Generic[T]):
    """The results for the `most` keys that were asked for last. A key holds all that its result is made of."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._known: OrderedDict[Hashable, T] = OrderedDict()
        _forget.append(self._known.clear)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The result for a key, made if it is not known."""
        known = self.recall(key)
        return known if known is not None else self.keep(key, make())

    def recall(self, key: Hashable) -> T | None:
        """The result for a key, None if it is not known."""
        if key not in self._known:
            return None
        self._known.move_to_end(key)
        return self._known[key]

    def keep(self, key: Hashable, result: T) -> T:
        """Remember the result for a key, and return it."""
        self._known[key] = result
        self._known.move_to_end(key)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return result


def by_text(function: F) -> F:
    """Remember what a function made of the texts that it was given last, as its first argument; not of long ones.
    Nothing but its arguments may go into what it makes, and nobody may change that."""
    known = lru_cache(maxsize=_MOST_TEXTS)(function)
    _forget.append(known.cache_clear)

    @wraps(function)
    def asked(text: str, *others: Hashable) -> Any:
        return known(text, *others) if len(text) <= _LONGEST else function(text, *others)

    return cast("F", asked)


def forget() -> None:
    """Forget everything, as if the process were new."""
    for clear in _forget:
        clear()
