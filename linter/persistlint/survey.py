"""What a project works with: its languages, database libraries, migration runners and databases.

It is read from file names, imports, manifests and the signs in `survey.toml`; nothing is run, and tests do not count.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from persistlint.configuration.config_file import DIALECTS
from persistlint.heads import head_of
from persistlint.languages import language_of, languages
from persistlint.libraries import catalogue
from persistlint.paths import is_test
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.dialect import guess
from persistlint.sql.manifests import dialects_named
from persistlint.sql.neighbours import is_evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from persistlint.libraries import Library

CLEAR = 0.8  # of all that tells a dialect must agree
FEWEST = 2  # files; a single one may be about anything
_MOST = 200_000  # bytes of a file that are looked at

_IMPORTS = {
    "python": regex(r"^[ \t]*(?:from|import)[ \t]+([\w.]+)", re.MULTILINE),
    "javascript": regex(r"""(?:\bfrom|\bimport|\brequire\s*\(|\bimport\s*\()\s*["'](?:node:)?([^"'\n]+)["']"""),
    "go": regex(r'^[ \t]*(?:import[ \t]+)?(?:[\w.]+[ \t]+)?"([^"\n]+)"[ \t]*$', re.MULTILINE),
}
_MAJOR_VERSION = regex(r"/v\d+(?=/|$)|\.v\d+$")


@dataclass
class Survey:
    """How many files speak for what. `dialects` are sqlglot's names."""

    languages: Counter[str] = field(default_factory=Counter)
    libraries: Counter[str] = field(default_factory=Counter)
    runners: Counter[str] = field(default_factory=Counter)
    dialects: Counter[str] = field(default_factory=Counter)

    @property
    def dialect(self) -> str | None:
        """The one dialect that nearly everything speaks for."""
        for dialect, count in self.dialects.most_common(1):
            if count >= max(FEWEST, CLEAR * self.dialects.total()):
                return dialect
        return None


@dataclass(frozen=True)
class _Sign:
    path: re.Pattern[str]
    content: re.Pattern[str] | None
    runner: str


def survey(root: Path, paths: Iterable[Path]) -> Survey:
    """Look at the files of a project; `paths` lie below `root`. A file that cannot be read tells nothing."""
    found = Survey()
    for path in paths:
        relative = path.relative_to(root).as_posix()
        if is_test(relative):
            continue
        language = language_of(path.name)
        signs = [sign for sign in _signs() if sign.path.search(relative)]
        if language is not None:
            found.languages[language] += 1
        tells = language is not None or is_evidence(path.name) or any(sign.content for sign in signs)
        text = head_of(path, _MOST) if tells else ""
        found.runners.update(sign.runner for sign in signs if sign.content is None or sign.content.search(text))
        found.dialects.update(dialect for named in dialects_named(path.name, text) for dialect in _known(named))
        if language == "sql":
            found.dialects.update(_known(guess(relative, text)))
        elif language is not None and languages()[language].libraries:
            _count_libraries(found, languages()[language].libraries, text)
    return found


def _count_libraries(found: Survey, folder: str, text: str) -> None:
    modules = {module: library for name in _imported(folder, text) for module, library in _library_of(folder, name)}
    found.libraries.update(modules.keys())
    found.dialects.update({dialect for library in modules.values() for dialect in _known(library.dialect)})


def _imported(folder: str, text: str) -> Iterator[str]:
    for name in set(_IMPORTS[folder].findall(text)):
        yield _MAJOR_VERSION.sub("", name) if folder == "go" else name


def _library_of(folder: str, name: str) -> Iterator[tuple[str, Library]]:
    """The module of a database library that an import names, it or a part of it."""
    parts = name.split(".") if folder == "python" else [name]
    for end in range(len(parts), 0, -1):
        module = ".".join(parts[:end])
        if module in _database_modules(folder):
            yield module, _database_modules(folder)[module]
            return


@cache
def _database_modules(folder: str) -> Mapping[str, Library]:
    """The modules of the libraries that send SQL, or that stand for a database."""
    return {
        module: library
        for library in catalogue(folder).libraries
        if library.dialect or any(method.is_sink for kind in library.types.values() for method in kind.methods.values())
        for module in library.modules
    }


def _known(dialect: str | None) -> list[str]:
    return [dialect] if dialect in DIALECTS else []


@cache
def _signs() -> tuple[_Sign, ...]:
    table = tomllib.loads(files(__package__).joinpath("survey.toml").read_text("utf-8"))
    return tuple(
        _Sign(
            re.compile(sign["path"]),
            re.compile(sign["content"], re.MULTILINE) if "content" in sign else None,
            sign["runner"],
        )
        for sign in table["sign"]
    )
