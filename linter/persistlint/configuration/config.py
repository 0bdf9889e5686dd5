"""The configuration that applies to a path: from the nearest file upwards, what it extends, and the command line.

Selections are layers, from the base to the file to the command line. In each layer `select` starts anew,
`extend-select` adds and `ignore` takes away, so the last word is the nearest one. A profile changes what `default`
stands for, and its severities are below all others. `per-file-ignores` and `exclude` of
all layers hold; their patterns are those of `.gitignore`, relative to the directory of the file that they stand in, or
to the current directory where the command line names the file.
"""

from __future__ import annotations

import os
from dataclasses import field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from persistlint.configuration.config_file import ConfigError, ConfigFile, find_in, read
from persistlint.configuration.selection import expand
from persistlint.profiles import path_of
from persistlint.records import dataclass
from persistlint.settings import NO_NAMES, ProjectNames, Settings

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from pathspec import GitIgnoreSpec

__all__ = [
    "ConfigError",
    "Configuration",
    "Overrides",
    "absolute",
    "configuration_for",
    "excludes",
    "forget",
    "is_excluded",
    "settings_for",
]


@dataclass(frozen=True)
class Overrides:
    """What the command line says about configuration. `config` is the one file to use for every path, `isolated`
    uses none; `select`, `only` and `profile` are None where they were not given. Their words are expected to be known
    ones."""

    config: Path | None = None
    isolated: bool = False
    select: tuple[str, ...] | None = None
    only: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    profile: str | None = None


@dataclass(frozen=True, eq=False)
class Configuration:
    """What applies to the files of a directory. `files` are the configuration files, the base first;
    `baseline` is absolute."""

    files: tuple[ConfigFile, ...]
    rules: frozenset[str]
    profile: str | None = None
    dialect: str | None = None
    baseline: Path | None = None
    severities: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: ProjectNames = NO_NAMES


NO_OVERRIDES = Overrides()


def settings_for(path: str | Path, overrides: Overrides = NO_OVERRIDES) -> Settings:
    """The settings for one file, which need not exist. Raises `ConfigError`."""
    configuration = configuration_for(path, overrides)
    rules = configuration.rules
    for file in configuration.files:
        for pattern, words in file.per_file_ignores.items():
            if _matches(_root(file, overrides), (pattern,), path):
                rules -= expand(words)
    return _settings(configuration, rules)


@cache
def _settings(configuration: Configuration, rules: frozenset[str]) -> Settings:
    """The same object for all files that are checked alike."""
    return Settings(rules, configuration.severities, configuration.options, configuration.dialect, configuration.names)


def excludes(path: str | Path, overrides: Overrides = NO_OVERRIDES) -> bool:
    """Whether the configuration for the folder of a file leaves any file out. Raises `ConfigError`."""
    return any(file.exclude for file in configuration_for(path, overrides).files)


def is_excluded(path: str | Path, overrides: Overrides = NO_OVERRIDES, *, is_directory: bool = False) -> bool:
    """Whether `exclude` of the configuration speaks of a path. Raises `ConfigError`."""
    files = configuration_for(path, overrides).files
    return any(_matches(_root(file, overrides), file.exclude, path, is_directory) for file in files if file.exclude)


def configuration_for(path: str | Path, overrides: Overrides = NO_OVERRIDES) -> Configuration:
    """What applies to the file `path`, remembered for its directory. Raises `ConfigError`."""
    return _of_folder(os.path.dirname(path), os.getcwd(), overrides)  # noqa: PTH109, PTH120 - `Path` takes ten times as long


def forget() -> None:
    """Read every configuration file anew the next time that it is asked for."""
    for function in (_of_folder, _found_in, _configuration, _settings):
        function.cache_clear()


def absolute(path: Path) -> Path:
    """The path from the root, without `.` and `..`; symbolic links stay."""
    return Path(os.path.normpath(path.absolute()))


@cache
def _of_folder(folder: str, here: str, overrides: Overrides) -> Configuration:
    if overrides.isolated:
        return _configuration(None, overrides)
    if overrides.config is not None:
        return _configuration(absolute(overrides.config), overrides)
    directory = os.path.normpath(os.path.join(here, folder))  # noqa: PTH118 - as above
    while (found := _found_in(directory)) is None and directory != (around := os.path.dirname(directory)):  # noqa: PTH120
        directory = around
    return _configuration(found, overrides)


@cache
def _found_in(directory: str) -> Path | None:
    return find_in(Path(directory))


@cache
def _configuration(path: Path | None, overrides: Overrides) -> Configuration:
    files = _with_bases(path) if path else ()
    profile = overrides.profile or next((file.profile for file in reversed(files) if file.profile), None)
    base = _profile(profile)
    is_selected = overrides.select is not None or any(file.select is not None for file in files)
    rules = frozenset[str]() if is_selected else _expand(("default",), profile)
    dialect: str | None = None
    baseline: Path | None = None
    severities: dict[str, Any] = dict(base.severities)
    options: dict[str, dict[str, Any]] = {rule: dict(values) for rule, values in base.options.items()}
    names: dict[str, tuple[str, ...]] = {}
    for file in files:
        rules = (rules if file.select is None else _expand(file.select, profile)) | _expand(file.extend_select, profile)
        rules -= _expand(file.ignore, profile)
        dialect = file.dialect or dialect
        baseline = absolute(file.baseline) if file.baseline else baseline
        severities |= file.severities
        names |= file.names
        for rule, values in file.options.items():
            options[rule] = options.get(rule, {}) | dict(values)
    if overrides.select is not None:
        rules = _expand(overrides.select, profile)
    if overrides.only is not None:
        rules &= _expand(overrides.only, profile)
    rules -= _expand(overrides.ignore, profile)
    return Configuration(files, rules, profile, dialect, baseline, severities, options, ProjectNames(**names))


@cache
def _profile(name: str | None) -> ConfigFile:
    return read(path_of(name)) if name else ConfigFile(Path())


def _expand(words: Collection[str], profile: str | None) -> frozenset[str]:
    """The rules that selectors stand for, where a profile changes what `default` is."""
    rules, base = expand(words), _profile(profile)
    if profile is None or "default" not in words:
        return rules
    others = expand(word for word in words if word != "default")
    return (rules | expand(base.extend_select)) - (expand(base.ignore) - others)


def _with_bases(path: Path) -> tuple[ConfigFile, ...]:
    """The file and everything that it extends, the base first."""
    files: list[ConfigFile] = []
    following: Path | None = path
    while following is not None:
        if any(file.path == following for file in files):
            raise ConfigError(f"{files[-1].path}: `extend` leads back to {following}")
        file = read(following)
        files.append(file)
        following = _base(file) if file.extend else None
    return tuple(reversed(files))


def _base(file: ConfigFile) -> Path:
    """The file that another one extends."""
    try:
        base = absolute(file.path.parent / Path(file.extend or "").expanduser())
        is_file = base.is_file()
    except (OSError, RuntimeError) as error:  # a name too long for the file system, a user who does not exist
        raise ConfigError(f"{file.path}: `extend` names {file.extend}, which no file can be called") from error
    if not is_file:
        what = "is a directory" if base.is_dir() else "does not exist"
        raise ConfigError(f"{file.path}: `extend` names {base}, which {what}")
    return base


def _root(file: ConfigFile, overrides: Overrides) -> Path:
    return file.path.parent if overrides.config is None else Path.cwd()


def _matches(root: Path, patterns: tuple[str, ...], path: str | Path, is_directory: bool = False) -> bool:
    try:
        relative = absolute(Path(path)).relative_to(root).as_posix()
    except ValueError:  # a file given by name outside of the configuration's directory
        return False
    return _compiled(patterns).match_file(f"{relative}/" if is_directory else relative)


@cache
def _compiled(patterns: tuple[str, ...]) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec  # only patterns pay for it

    return GitIgnoreSpec.from_lines(patterns)
