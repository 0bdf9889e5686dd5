"""The rules. The folder is the registry: `rules/<group>/<rule>.py` declares the rule of that name.

A group's `__init__.py` has `MAY_HAVE`, a pattern of bytes (or one of `patterns.py`) in lower case, as a file is when it
is looked at: where it matches nothing, no rule of the group has anything to say about a file, and the file is not even
parsed for it. Where all rules of a group speak of some languages alone, it has a pattern for each of them by its name.
What all of them skip by the path of a file it may have as `SKIPS`, so that the file is not even looked at.

Which rules exist is known from file names alone, and which are on from their text, so that a run imports only the
groups that have something to say.

A plugin brings groups that are laid out in the same way, and stand behind those of this folder.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from dataclasses import replace
from functools import cache, lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from persistlint.folders import modules_in, packages_in
from persistlint.patterns import AnyOf
from persistlint.plugins import RULES, Plugin, plugins
from persistlint.tables import kept

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from persistlint.patterns import Pattern
    from persistlint.rule import Rule

SUPPRESSIONS = "suppressions"  # the group of the rules about comments that silence others


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """The names of the rules of every group, both in alphabetical order, those of plugins behind the others.

    Raises `PluginError` where a plugin cannot be imported, or takes a name that is taken."""
    found: dict[str, tuple[str, ...]] = {}
    for group, plugin in _sources():
        if plugin and group in found:
            raise plugin.refused(f"there is another group of rules `{group}`")
        with _loading(plugin):
            names = tuple(sorted(map(_rule, modules_in(_folders(group)))))
        taken = {*found, *(name for others in found.values() for name in others)}.intersection(names)
        if plugin and taken:
            raise plugin.refused(f"there is another rule `{min(taken)}`")
        found[group] = names
    return found


@cache
def group_of(name: str) -> str | None:
    """The group of a rule, None if there is no rule of that name."""
    return next((group for group, names in groups().items() if name in names), None)


def may_apply(group: str, lowered: bytes, language: str) -> bool:
    """Whether the rules of a group can have something to say about a file of a language with these bytes, which are in
    lower case."""
    pattern = _pattern(group, language)
    return pattern is not None and _stands_in(pattern, lowered)


def skips(group: str, path: str) -> bool:
    """Whether all rules of a group skip the file at a path, as far as the group tells."""
    return any(is_skipped(path) for is_skipped in _skipped(group))


@cache
def _skipped(group: str) -> tuple[Callable[[str], bool], ...]:
    return getattr(import_module(_package(group)), "SKIPS", ())


@cache
def _pattern(group: str, language: str) -> Pattern | None:
    """What stands in every file of a language that the rules of a group can have something to say about."""
    pattern = getattr(import_module(_package(group)), "MAY_HAVE", None)
    found: Pattern | None = pattern.get(language) if isinstance(pattern, dict) else pattern
    return found


@lru_cache(maxsize=64)  # several groups may have one pattern, or a part of it
def _stands_in(pattern: Pattern, text: bytes) -> bool:
    if isinstance(pattern, AnyOf):
        return any(_stands_in(part, text) for part in pattern.patterns)
    return pattern.search(text) is not None


@cache
def is_default(name: str) -> bool:
    """Whether a rule is on without configuration, read from its declaration, for importing every rule takes longer than
    checking a file does. Raises `KeyError` if there is no rule of that name."""
    group = group_of(name)
    if group is None:
        raise KeyError(name)
    return name not in _off(group)


@cache
def load(name: str) -> Rule[Any]:
    """The rule of that name. Raises `KeyError` if there is none, `PluginError` if a plugin brings it in vain."""
    group = group_of(name)
    if group is None:
        raise KeyError(name)
    with _loading(dict(_sources())[group]):
        module = import_module(f"{_package(group)}.{name.replace('-', '_')}")
        from persistlint.rule import Rule  # which the module has imported

        found = [value for value in vars(module).values() if isinstance(value, Rule) and value.name == name]
        if not found:
            raise ValueError(f"{module.__name__} declares no rule `{name}`")
        return replace(found[0], group=group)  # a plugin's package may be called otherwise than its group


def every_rule() -> tuple[Rule[Any], ...]:
    """All rules, by group and name."""
    return tuple(load(name) for names in groups().values() for name in names)


@cache
def _sources() -> tuple[tuple[str, Plugin | None], ...]:
    """Every group, and the plugin that brings it, None for those of this folder."""
    own = ((name, None) for name in packages_in(__path__))
    return (*own, *((plugin.name, plugin) for plugin in plugins() if plugin.kind == RULES))


@cache
def _package(group: str) -> str:
    """The package that holds the rules of a group."""
    plugin = dict(_sources())[group]
    return plugin.package if plugin else f"{__name__}.{group}"


@cache
def _off(group: str) -> frozenset[str]:
    """The rules of a group that are off without configuration."""
    return frozenset(name for folder in _folders(group) for name in kept(folder, *_declared(folder)))


def _declared(folder: str) -> tuple[tuple[Any, ...], Callable[[], list[str]]]:
    """What tells the modules of a folder from any others, and a function that finds those of them that are off."""
    files = [entry for entry in os.scandir(folder) if entry.name.endswith(".py")]
    states = [(entry.name, status.st_mtime_ns, status.st_size) for entry in files for status in [entry.stat()]]
    return tuple(sorted(states)), lambda: [_rule(file.name) for file in files if _is_off(file.path)]


def _is_off(path: str) -> bool:
    with open(path, "rb", buffering=0) as stream:
        _, _, behind = stream.readall().partition(b"\n@rule(")
    return b"default=False" in behind.partition(b"\ndef ")[0]


def _rule(file: str) -> str:
    """The name of the rule of a module."""
    return file.removesuffix(".py").replace("_", "-")


@cache
def _folders(group: str) -> tuple[str, ...]:
    """Where the modules of a group stand. A group of this folder is not imported for that."""
    plugin = dict(_sources())[group]
    return tuple(import_module(plugin.package).__path__) if plugin else (f"{__path__[0]}/{group}",)


def _loading(plugin: Plugin | None) -> AbstractContextManager[None]:
    return plugin.loading() if plugin else nullcontext()
