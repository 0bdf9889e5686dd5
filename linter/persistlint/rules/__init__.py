"""The rules. The folder is the registry: `rules/<group>/<rule>.py` declares the rule of that name.

A group's `__init__.py` has `MAY_HAVE`, a pattern of bytes: where it matches nothing, no rule of the group has anything
to say about a file, and the file is not even parsed for it. Where all rules of a group speak of some languages alone,
it has a pattern for each of them by its name.

Which rules exist is known from file names alone, and which are on from their text, so that a run imports only the
groups that have something to say.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import get_data, iter_modules
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from persistlint.rule import Rule


@cache
def groups() -> dict[str, tuple[str, ...]]:
    """The names of the rules of every group, both in alphabetical order."""
    found: dict[str, tuple[str, ...]] = {}
    for module in iter_modules(__path__):
        if module.ispkg:
            package = import_module(f"{__name__}.{module.name}")
            names = sorted(rule.name.replace("_", "-") for rule in iter_modules(package.__path__))
            found[module.name] = tuple(names)
    return found


@cache
def group_of(name: str) -> str | None:
    """The group of a rule, None if there is no rule of that name."""
    return next((group for group, names in groups().items() if name in names), None)


def may_apply(group: str, content: bytes, language: str) -> bool:
    """Whether the rules of a group can have something to say about a file of a language with these bytes."""
    pattern = getattr(import_module(f"{__name__}.{group}"), "MAY_HAVE", None)
    if isinstance(pattern, dict):
        pattern = pattern.get(language)
    return pattern is not None and pattern.search(content) is not None


@cache
def is_default(name: str) -> bool:
    """Whether a rule is on without configuration, read from its declaration, for importing every rule takes longer than
    checking a file does. Raises `KeyError` if there is no rule of that name."""
    group = group_of(name)
    if group is None:
        raise KeyError(name)
    text = get_data(f"{__name__}.{group}", f"{name.replace('-', '_')}.py") or b""
    _, _, behind = text.partition(b"\n@rule(")
    return b"default=False" not in behind.partition(b"\ndef ")[0]


@cache
def load(name: str) -> Rule[Any]:
    """The rule of that name. Raises `KeyError` if there is none."""
    group = group_of(name)
    if group is None:
        raise KeyError(name)
    module = import_module(f"{__name__}.{group}.{name.replace('-', '_')}")
    return next(value for value in vars(module).values() if getattr(value, "name", None) == name)


def every_rule() -> tuple[Rule[Any], ...]:
    """All rules, by group and name."""
    return tuple(load(name) for names in groups().values() for name in names)
