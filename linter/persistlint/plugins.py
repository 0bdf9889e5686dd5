"""Packages that bring rules and library tables of their own, found by their entry points:

```toml
[project.entry-points."persistlint.rules"]
acme = "acme_persistlint.rules"          # the group of rules `acme`: a package laid out as `rules/<group>` is
[project.entry-points."persistlint.libraries"]
acme = "acme_persistlint.libraries"      # a package laid out as `libraries` is: `<language>/<library>.toml`
```

They are looked for where packages are installed, never in the current directory: a project that is checked must not
bring code that runs.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES, LIBRARIES = "persistlint.rules", "persistlint.libraries"
_MARK = b"[persistlint."  # how a section of entry points begins
_PARTS = (".py", ".toml")  # the files of a package that decide what it finds


class PluginError(Exception):
    """An installed plugin cannot be used. The message names it, its distribution and the reason."""


@dataclass(frozen=True)
class Plugin:
    """One entry point: its kind (`RULES` or `LIBRARIES`), its name, the package that it names, and the name and version
    of the distribution that declares it."""

    kind: str
    name: str
    package: str
    distribution: str

    @contextmanager
    def loading(self) -> Iterator[None]:
        """Make a `PluginError` of whatever is raised inside: the code of a plugin may fail in any way."""
        try:
            yield
        except PluginError:
            raise
        except Exception as error:
            raise self.refused(f"{type(error).__name__}: {error}") from error

    def refused(self, reason: str) -> PluginError:
        """The error that this plugin cannot be used."""
        where = f"`{self.name}` of {self.distribution}"
        return PluginError(f"the plugin {where} cannot be used: {reason}. Mend it, or uninstall it.")


@cache
def plugins() -> tuple[Plugin, ...]:
    """Every plugin that is installed, in alphabetical order."""
    places = _places()
    if not any(map(_has_plugins, places)):
        return ()
    from importlib.metadata import distributions  # it takes longer to import than a file does to check

    found = {
        Plugin(entry.group, entry.name, entry.value, f"{distribution.name} {distribution.version}")
        for distribution in distributions(path=places)
        for entry in distribution.entry_points
        if entry.group in (RULES, LIBRARIES)
    }
    return tuple(sorted(found, key=lambda plugin: (plugin.kind, plugin.name, plugin.distribution)))


@cache
def digest() -> str:
    """What tells one set of plugins from another, for whoever keeps results: the names and versions of all, and the
    content of their files, for one that is being written keeps its version. "" where there is none."""
    if not plugins():
        return ""
    from hashlib import sha256
    from importlib.util import find_spec

    state = sha256()
    for plugin in plugins():
        state.update(repr(plugin).encode())
        with plugin.loading():
            spec = find_spec(plugin.package)
        for folder in (spec and spec.submodule_search_locations) or ():
            for path in sorted(path for path in Path(folder).rglob("*") if path.suffix in _PARTS):
                state.update(repr((path.relative_to(folder).as_posix(), path.read_bytes())).encode())
    return state.hexdigest()


def _places() -> list[str]:
    """Where packages are installed. The current directory, where Python looks too, may hold code that is checked."""
    current = os.path.realpath(os.curdir)
    return [entry for entry in sys.path if entry and os.path.realpath(entry) != current]


def _has_plugins(place: str) -> bool:
    """Whether the entry points of something installed there speak of persistlint."""
    try:
        with os.scandir(place) as entries:
            names = [entry.name for entry in entries if entry.name.endswith(".dist-info")]
    except OSError:  # an archive, or nothing at all
        return False
    for name in names:
        try:
            with open(f"{place}/{name}/entry_points.txt", "rb", buffering=0) as stream:  # there may be hundreds
                if _MARK in stream.readall():
                    return True
        except OSError:  # most have none
            continue
    return False
