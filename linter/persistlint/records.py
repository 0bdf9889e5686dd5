"""Dataclasses that cost less: to define, for a run defines some two hundred before it reads a file, and, where they are
frozen, to make, for it makes one per node of a program. To the type checker they are the standard library's.

The type checker is what refuses to assign to a frozen one; nothing does when the program runs. Equality, hash and text
are those of a dataclass, and all that the standard library does with one works; `order` gives `<` alone, which sorts.
"""

from __future__ import annotations

import sys
from importlib import import_module
from operator import attrgetter
from types import ModuleType
from typing import TYPE_CHECKING, Any


def _import_dataclasses() -> ModuleType:
    """The module, without `inspect`, which takes longer to import than all else that it needs. It uses that to write a
    docstring that is missing, where it is imported then, and since Python 3.13 for the annotations of a class and the
    functions that its methods wrap."""
    if "inspect" in sys.modules or "dataclasses" in sys.modules:
        return import_module("dataclasses")
    stands_in: Any = ModuleType("inspect")
    stands_in.__getattr__ = lambda name: getattr(import_module("inspect"), name)
    stands_in.get_annotations, stands_in.unwrap = _annotations, _unwrapped
    sys.modules["inspect"] = stands_in
    try:
        return import_module("dataclasses")
    finally:
        del sys.modules["inspect"]


def _annotations(cls: type) -> dict[str, Any]:
    return dict(cls.__dict__.get("__annotations__", {}))  # noqa: RUF063 - it stands in for that


def _unwrapped(member: Any) -> Any:
    while hasattr(member, "__wrapped__"):
        member = member.__wrapped__
    return member


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass

    dataclasses: Any
else:
    dataclasses = _import_dataclasses()

    def dataclass(cls=None, *, frozen=False, eq=True, order=False, slots=False):
        def make(cls):
            cls.__doc__ = cls.__doc__ or cls.__name__  # without, `inspect` writes one
            model = type(cls)(cls.__name__, cls.__bases__, _members(cls))
            made = _with_slots(cls) if slots else cls
            for name in _LATE:
                setattr(made, name, _Late(name, model, made))
            made.__repr__ = _repr
            if eq:
                made.__eq__, made.__hash__ = _eq, _hash if frozen else None
            if order:
                made.__lt__ = _lt
            return made

        return make if cls is None else make(cls)


# What takes long to make, for it is written as text and compiled, or is not asked for in most runs.
_LATE = ("__init__", "__dataclass_fields__", "__dataclass_params__", "__match_args__", "__compared__")


class _Late:
    """A member of a class, made with the others when the first of them is asked for. The standard library makes them,
    of a `model` of the class."""

    def __init__(self, name: str, model: Any, made: Any) -> None:
        self._name, self._model, self._made = name, model, made

    def __get__(self, instance: Any, owner: type) -> Any:
        model, made = self._model, self._made
        if isinstance(vars(made)[self._name], _Late):
            dataclasses.dataclass(model, eq=False, repr=False)
            names = [field.name for field in dataclasses.fields(model) if field.compare]
            model.__compared__ = staticmethod(attrgetter(*names) if names else _nothing)
            for name in _LATE:
                setattr(made, name, vars(model)[name])
        return getattr(owner if instance is None else instance, self._name)


def _members(cls: type) -> dict[str, Any]:
    return {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}


def _with_slots(cls: Any) -> Any:
    """A class of the same members, which has a slot for each of its fields, where their defaults stood."""
    taken = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    names = tuple(cls.__annotations__)
    members = {name: value for name, value in _members(cls).items() if name not in names}
    members["__slots__"] = tuple(name for name in names if name not in taken)
    made = type(cls)(cls.__name__, cls.__bases__, members)
    made.__qualname__ = cls.__qualname__
    return made


def _nothing(_: Any) -> tuple[()]:
    return ()


def _eq(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self is other or self.__compared__(self) == self.__compared__(other)


def _lt(self: Any, other: Any) -> Any:
    if other.__class__ is not self.__class__:
        return NotImplemented
    return self.__compared__(self) < self.__compared__(other)


def _hash(self: Any) -> int:
    return hash(self.__compared__(self))


def _repr(self: Any) -> str:
    shown = (f"{name}={getattr(self, name)!r}" for name, field in self.__dataclass_fields__.items() if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"
