"""Whether a request runs in one transaction, as the settings of the project say for all of them. For Django:
https://docs.djangoproject.com/en/stable/topics/db/transactions/#tying-transactions-to-http-requests."""

from __future__ import annotations

import re
from functools import cache, cached_property, lru_cache
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

# What no request runs: commands, and the tasks of a queue.
_ASIDE = regex(r"(?:^|/)(?:management/commands/|(?:tasks?|cron|jobs?|workers?|celery)(?:/|\.py$))")
_TASKS = regex(r"\w*tasks?|job|command|cron|scheduled?|periodic\w*")


class Requests:
    """What the project of one file says. `consulted` is the fact that it was asked, None where it was not."""

    def __init__(self, source: SourceFile) -> None:
        self.consulted: Consulted | None = None
        self._source = source
        self._mark = ""  # of the state of the project that was asked

    def include(self, function: Function, setting: str) -> bool:
        """Whether the function runs inside the transaction of a request, as the setting of this name says."""
        is_task = any(_TASKS.fullmatch(last_name(decorator)) for decorator in function.decorators)
        return not is_task and any(_says_so(file, self._mark, setting) for file in self._settings)

    @cached_property
    def _settings(self) -> tuple[Path, ...]:
        """The files of settings around the program; none for what no request runs."""
        source = self._source
        path = Path(source.path)
        if _ASIDE.search(source.path) or not path.is_file():
            return ()
        around, program = recent(), str(path.absolute())
        self._mark = around.mark_of_tables(program)
        self.consulted = Consulted(Range(0, 0), self._mark)
        return tuple(around.tables(program).settings)


@lru_cache(maxsize=64)
def _says_so(file: Path, mark: str, setting: str) -> bool:
    """Whether a file of settings turns one on: `ATOMIC_REQUESTS = env.bool("ATOMIC_REQUESTS", default=True)`,
    `DATABASES["default"]["ATOMIC_REQUESTS"] = True`."""
    try:
        return _turned_on(setting).search(read_bytes(str(file))[0]) is not None
    except ReadError:
        return False


@cache
def _turned_on(setting: str) -> re.Pattern[bytes]:
    return re.compile(rb"^[^#\n]*\b%b\b[^#\n]*\bTrue\b" % setting.encode(), re.MULTILINE)
