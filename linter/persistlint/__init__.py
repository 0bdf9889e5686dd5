"""persistlint: a linter for the persistence layer, where application code meets a database.

This module is what other programs may rely on; docs/library.md says what that means.

    from persistlint import Config, check, read

    source = read("src/app.py")
    for diagnostic in check(source, Config.of(source.path)):
        print(source.position(diagnostic.range.start).line, diagnostic.message)

A name is imported when it is used first, so that `import persistlint` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from persistlint.version import __version__

if TYPE_CHECKING:
    from persistlint.api import CheckError, Config, check, fix, read
    from persistlint.configuration.config_file import ConfigError
    from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, NewFile, Related, Severity
    from persistlint.plugins import PluginError
    from persistlint.reading import ReadError
    from persistlint.source import Position, Range, SourceFile

__all__ = [
    "Applicability",
    "CheckError",
    "Config",
    "ConfigError",
    "Diagnostic",
    "Edit",
    "Fix",
    "NewFile",
    "PluginError",
    "Position",
    "Range",
    "ReadError",
    "Related",
    "Severity",
    "SourceFile",
    "__version__",
    "check",
    "fix",
    "read",
]

_HOMES = {
    **dict.fromkeys(("CheckError", "Config", "check", "fix", "read"), "api"),
    **dict.fromkeys(("Applicability", "Diagnostic", "Edit", "Fix", "NewFile", "Related", "Severity"), "diagnostic"),
    **dict.fromkeys(("Position", "Range", "SourceFile"), "source"),
    "ConfigError": "configuration.config_file",
    "PluginError": "plugins",
    "ReadError": "reading",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
