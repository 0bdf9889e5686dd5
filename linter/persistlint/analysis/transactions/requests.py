"""Whether a request of a Django project runs in one transaction, as its settings say for all of them:
https://docs.djangoproject.com/en/stable/topics/db/transactions/#tying-transactions-to-http-requests."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.facts import Consulted
from persistlint.reading import ReadError, read_bytes
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.surroundings import recent

if TYPE_CHECKING:
    from persistlint.ir import Function
    from persistlint.source import SourceFile

# `ATOMIC_REQUESTS = env.bool("ATOMIC_REQUESTS", default=True)`, `DATABASES["default"]["ATOMIC_REQUESTS"] = True`
_SAYS_SO = regex(rb"^[^#\n]*\bATOMIC_REQUESTS\b[^#\n]*\bTrue\b", re.MULTILINE)
# What no request runs: commands, and the tasks of a queue.
_ASIDE = regex(r"(?:^|/)(?:management/commands/|(?:tasks?|cron|jobs?|workers?|celery)(?:/|\.py$))")
_TASKS = regex(r"\w*tasks?|job|command|cron|scheduled?|periodic\w*")


class Requests:
    """What the project of one file says. `consulted` is the fact that it was asked, None where it was not."""

    def __init__(self, source: SourceFile) -> None:
        self.consulted: Consulted | None = None
        self._source = source

    def include(self, function: Function) -> bool:
        """Whether the function runs inside the transaction of a request."""
        is_task = any(_TASKS.fullmatch(last_name(decorator)) for decorator in function.decorators)
        return not is_task and self._are_atomic

    @cached_property
    def _are_atomic(self) -> bool:
        source = self._source
        path = Path(source.path)
        if _ASIDE.search(source.path) or not path.is_file():
            return False
        around, program = recent(), str(path.absolute())
        mark = around.mark_of_tables(program)
        self.consulted = Consulted(Range(0, 0), mark)
        return any(_says_so(file, mark) for file in around.tables(program).settings)


@lru_cache(maxsize=64)
def _says_so(file: Path, mark: str) -> bool:
    try:
        return _SAYS_SO.search(read_bytes(str(file))[0]) is not None
    except ReadError:
        return False
