"""What other programs call; they import it from `persistlint` itself."""

from __future__ import annotations

from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint import engine, fixing
from persistlint.configuration.config import settings_for
from persistlint.configuration.selection import expand
from persistlint.reading import read_file
from persistlint.records import dataclass
from persistlint.settings import NO_NAMES, ProjectNames, Settings

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from persistlint.diagnostic import Diagnostic, Severity
    from persistlint.source import SourceFile


@dataclass(frozen=True)
class Config:
    """Which rules run, and how: the keys of `persistlint.toml`, with its defaults.

    `select` and `ignore` hold names of rules and of groups, `default` or `all`; `dialect` is a name of sqlglot's, such
    as `postgres`. `severities` and `options` say by rule what differs from the rule's own. Raises `ValueError` where
    `select` or `ignore` name what does not exist.
    """

    select: Sequence[str] = ("default",)
    ignore: Sequence[str] = ()
    dialect: str | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: ProjectNames = NO_NAMES

    def __post_init__(self) -> None:
        """Refuse selectors that nobody knows."""
        expand((*self.select, *self.ignore))

    @classmethod
    def of(cls, path: str | os.PathLike[str]) -> Config:
        """What the configuration files of a project say about a path in it, as on the command line.

        Raises `ConfigError` where one of them cannot be used."""
        found = settings_for(Path(path))
        return cls(sorted(found.rules), (), found.dialect, found.severities, found.options, found.names)


class CheckError(Exception):
    """A rule or the analysis failed, which is a defect of persistlint or of a plugin. The message says which;
    `diagnostics` is what was found all the same."""

    def __init__(self, message: str, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(message)
        self.diagnostics = diagnostics


def read(path: str | os.PathLike[str]) -> SourceFile:
    """Read a file, whose name tells its language. Raises `ReadError`.

    For text that is in memory, make a `SourceFile` of a path, UTF-8 bytes and the name of a language."""
    return read_file(Path(path))


def check(source: SourceFile, config: Config | None = None) -> tuple[Diagnostic, ...]:
    """What the rules find in one file, in source order; without `config`, the rules that are on by default.

    Nothing is executed or written. Raises `CheckError` where a rule failed, `PluginError` where a plugin did.
    """
    config = config or Config()
    return _check(_with_dialect(source, config), _settings(config))


def fix(source: SourceFile, config: Config | None = None, *, unsafe: bool = False) -> SourceFile:
    """The file as the safe fixes make it, with `unsafe` the others too. Nothing is written; the content is UTF-8.

    Raises what `check` raises.
    """
    config = config or Config()
    settings = _settings(config)
    fixed, _ = fixing.fix(_with_dialect(source, config), lambda current: _check(current, settings), unsafe=unsafe)
    return fixed


def _check(source: SourceFile, settings: Settings) -> tuple[Diagnostic, ...]:
    report = engine.check(source, settings)
    if report.errors:
        raise CheckError("; ".join(report.errors), report.diagnostics)
    return report.diagnostics


def _with_dialect(source: SourceFile, config: Config) -> SourceFile:
    """The file, of which the configuration tells the dialect unless it is known."""
    return source if source.dialect or not config.dialect else replace(source, dialect=config.dialect)


def _settings(config: Config) -> Settings:
    rules = expand(config.select) - expand(config.ignore)
    return Settings(rules, config.severities, config.options, config.dialect, config.names)
