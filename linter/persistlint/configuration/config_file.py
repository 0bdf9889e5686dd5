"""One configuration file, read and checked: `persistlint.toml`, or `[tool.persistlint]` in `pyproject.toml`."""

from __future__ import annotations

import re
from dataclasses import field, fields
from typing import TYPE_CHECKING, Any, NoReturn

from persistlint.configuration.selection import UnknownSelectorError, expand, selectors
from persistlint.diagnostic import Severity
from persistlint.profiles import profiles
from persistlint.records import dataclass
from persistlint.rules import group_of, load
from persistlint.settings import ProjectNames
from persistlint.suggestion import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from persistlint.rule import Option

# Names of sqlglot's; spelled out here because importing sqlglot takes longer than checking most files.
DIALECTS = (
    "bigquery", "clickhouse", "databricks", "duckdb", "mysql", "oracle", "postgres", "presto", "redshift", "snowflake",
    "spark", "sqlite", "trino", "tsql",
)  # fmt: skip
KEYS = (
    "extend", "profile", "select", "extend-select", "ignore", "per-file-ignores", "exclude", "baseline", "dialect",
    "names", "rules",
)  # fmt: skip
NAMES = tuple(field.name for field in fields(ProjectNames))
SEVERITIES = tuple(severity.value for severity in Severity)


class ConfigError(Exception):
    """The configuration cannot be used. The message names the file, the line where it is known, and the key."""


@dataclass(frozen=True)
class ConfigFile:
    """What one file says, defaults where it says nothing. `select` is None where the base's selection stays."""

    path: Path
    extend: str | None = None
    profile: str | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    exclude: tuple[str, ...] = ()
    baseline: Path | None = None  # absolute where `path` is
    dialect: str | None = None
    severities: Mapping[str, Severity] = field(default_factory=dict)
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    names: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def find_in(directory: Path) -> Path | None:
    """The configuration file that stands in a directory; `persistlint.toml` goes before `pyproject.toml`.

    Raises `ConfigError` if a `pyproject.toml` cannot be read, for nobody can tell whether it matters.
    """
    own, shared = directory / "persistlint.toml", directory / "pyproject.toml"
    try:
        if own.is_file():
            return own
        is_shared = shared.is_file()
    except OSError:  # nothing in this directory may be looked at
        return None
    return shared if is_shared and b"[tool.persistlint" in _bytes(shared) else None


def read(path: Path) -> ConfigFile:
    """Read and check a configuration file. Raises `ConfigError` for the first thing in it that is wrong."""
    import tomllib  # only a project that is configured pays for it

    data = _bytes(path)
    try:
        text = data.decode("utf-8-sig")  # some editors write a byte order mark
        table = tomllib.loads(text)
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: it is not UTF-8 text") from error
    except tomllib.TOMLDecodeError as error:
        reason, place = _told(error)
        raise ConfigError(f"{path}{place}: it is not valid TOML: {reason}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}: it is not valid TOML: it is nested too deeply") from error
    if path.name == "pyproject.toml":
        tools = table.get("tool", {})
        table = tools.get("persistlint", {}) if isinstance(tools, dict) else {}
    return _Reader(path, text).file(table)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigError(f"{path}: it cannot be read: {error.strerror}") from error


def _meant(word: str, known: tuple[str, ...]) -> str:
    """Which of a few known words was meant; all of them where none is close."""
    return did_you_mean(word, known) or f" There are {', '.join(known)}."


def _told(error: Exception) -> tuple[str, str]:
    """What is wrong with a file and where: tomllib says both in one sentence."""
    match = re.fullmatch(r"(?P<reason>.*) \(at line (?P<line>\d+), column (?P<column>\d+)\)", str(error), re.DOTALL)
    return (match["reason"], f":{match['line']}:{match['column']}") if match else (str(error), "")


@dataclass(frozen=True)
class _Reader:
    """Checks the values of one file, and says where they stand when they are wrong."""

    path: Path
    text: str

    def file(self, table: object) -> ConfigFile:
        table = self.table("tool.persistlint", table)
        if self.path.name != "pyproject.toml" and "tool" in table:
            self.refuse("tool", "`[tool.persistlint]` is for pyproject.toml; its keys stand here without that table")
        self.known(table, KEYS, "key")
        for name in ("select", "extend-select", "ignore"):
            self.selectors(name, self.strings(name, table.get(name, [])))
        per_file_ignores = {
            self.pattern(pattern, pattern): self.selectors(pattern, self.strings(pattern, words))
            for pattern, words in self.table("per-file-ignores", table.get("per-file-ignores", {})).items()
        }
        dialect = self.string("dialect", table["dialect"]) if "dialect" in table else None
        if dialect is not None and dialect not in DIALECTS:
            self.refuse("dialect", f"`{dialect}` is no dialect of SQL.{_meant(dialect, DIALECTS)}")
        profile = self.string("profile", table["profile"]) if "profile" in table else None
        if profile is not None and profile not in profiles():
            self.refuse("profile", f"`{profile}` is no profile.{_meant(profile, profiles())}")
        severities, options = self.rules(self.table("rules", table.get("rules", {})))
        return ConfigFile(
            self.path,
            self.string("extend", table["extend"]) if "extend" in table else None,
            profile,
            tuple(table["select"]) if "select" in table else None,
            tuple(table.get("extend-select", ())),
            tuple(table.get("ignore", ())),
            per_file_ignores,
            tuple(self.pattern("exclude", word) for word in self.strings("exclude", table.get("exclude", []))),
            self.beside("baseline", table["baseline"]) if "baseline" in table else None,
            dialect,
            severities,
            options,
            self.names(self.table("names", table.get("names", {}))),
        )

    def names(self, table: dict[str, Any]) -> dict[str, tuple[str, ...]]:
        self.known(table, NAMES, "key of `names`")
        return {key: self.strings(key, words) for key, words in table.items()}

    def rules(self, table: dict[str, Any]) -> tuple[dict[str, Severity], dict[str, dict[str, Any]]]:
        names = [name for name in selectors() if group_of(name)]
        self.known(table, names, "rule")
        severities: dict[str, Severity] = {}
        options: dict[str, dict[str, Any]] = {}
        for name, entry in table.items():
            known = {option.name: option for option in load(name).options}
            entry = self.table(name, entry)
            self.known(entry, ("severity", *known), f"option of `{name}`")
            for key, value in entry.items():
                if key == "severity":
                    if value not in SEVERITIES:
                        self.refuse(key, f"`severity` is one of {', '.join(SEVERITIES)}", after=name)
                    severities[name] = Severity(value)
                else:
                    options.setdefault(name, {})[key] = self.option(name, known[key], value)
        return severities, options

    def option(self, rule: str, option: Option, value: object) -> object:
        """The value of an option; its type must be that of the default, and a tuple is a list in TOML."""
        default = option.default
        member = type(default[0]) if isinstance(default, tuple) and default else str
        if isinstance(default, tuple) and isinstance(value, list) and all(type(item) is member for item in value):
            return tuple(value)
        if type(value) is type(default):
            return value
        expected = {bool: "true or false", int: "a whole number", str: "a string"}.get(type(default))
        expected = expected or f"a list of {'whole numbers' if member is int else 'strings'}"
        return self.refuse(option.name, f"`{option.name}` of rule `{rule}` must be {expected}", after=rule)

    def table(self, key: str, value: object) -> dict[str, Any]:
        return value if isinstance(value, dict) else self.refuse(key, f"`{key}` must be a table")

    def string(self, key: str, value: object) -> str:
        return value if isinstance(value, str) else self.refuse(key, f"`{key}` must be a string")

    def beside(self, key: str, value: object) -> Path:
        """The file that a value names, relative to the configuration file."""
        name = self.string(key, value)
        if not name or "\0" in name:
            self.refuse(key, f"`{key}` must name a file")
        return self.path.parent / name

    def strings(self, key: str, value: object) -> tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(item, str) for item in value):
            return tuple(value)
        return self.refuse(key, f"`{key}` must be a list of strings")

    def selectors(self, key: str, words: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for word in words:
                expand((word,))
        except UnknownSelectorError as error:
            self.refuse(key, f"in `{key}`, {error}", value=word)
        return words

    def pattern(self, key: str, pattern: str) -> str:
        from pathspec import GitIgnoreSpec  # only patterns pay for it

        try:
            GitIgnoreSpec.from_lines([pattern])
        except (ValueError, re.error):
            self.refuse(key, f"`{pattern}` is no pattern of `.gitignore`", value=pattern)
        return pattern

    def known(self, table: dict[str, Any], names: Iterable[str], what: str) -> None:
        names = tuple(names)
        for key in table:
            if key not in names:
                self.refuse(key, f"unknown {what} `{key}`.{did_you_mean(key, names)}")

    def refuse(self, key: str, message: str, after: str = "[tool.persistlint", value: str = "") -> NoReturn:
        """Raise, with the line on which `key` stands after the first line that holds `after`, or where the string
        `value` stands behind it."""
        quoted = rf"[\"']?{re.escape(key)}[\"']?"
        pattern = re.compile(rf"^\s*{quoted}\s*[=.]|^\s*\[.*\b{quoted}\s*\]|[{{,]\s*{quoted}\s*=")
        lines = self.text.splitlines()
        first = next((index for index, line in enumerate(lines) if after in line), 0)
        number = next((index + 1 for index in range(first, len(lines)) if pattern.search(lines[index])), None)
        if number and value:
            strings = (f'"{value}"', f"'{value}'")
            behind = range(number - 1, len(lines))
            number = next((index + 1 for index in behind if any(word in lines[index] for word in strings)), number)
        raise ConfigError(f"{self.path}:{number}: {message}" if number else f"{self.path}: {message}")
