"""Regular expressions that are compiled when they are first used. The modules that a run imports have some five hundred
of them, of which it uses a fifth, and to compile all takes as long as to check a file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, AnyStr, cast

_MEMBERS = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


def regex(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, which it is from its first use on. What is wrong with it is raised then too."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


class _Late:
    """Stands for a compiled regular expression; it has the members of that as soon as one of them is asked for."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self._told = pattern, flags

    if not TYPE_CHECKING:  # the type checker knows the members of what it stands for

        def __getattr__(self, name: str) -> Any:
            if name.startswith("_"):
                raise AttributeError(name)
            compiled = re.compile(*self._told)
            vars(self).update({member: getattr(compiled, member) for member in _MEMBERS})
            return getattr(compiled, name)
