"""Dataclasses that cost less: to define, for a run defines some two hundred before it reads a file, to `replace`, and,
where they are frozen, to make, for it makes one per node of a program. To the type checker they are the standard
library's.

The type checker is what refuses to assign to a frozen one; nothing does when the program runs. Equality, hash and text
are those of a dataclass, and all that the standard library does with one works; `order` gives `<` alone, which sorts.
A `__hash__` that a frozen class is written with is that of the classes derived from it too.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from operator import attrgetter
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


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
    from dataclasses import replace as replace

    dataclasses: Any
else:
    dataclasses = _import_dataclasses()

    def dataclass(cls=None, *, frozen=False, eq=True, order=False, slots=False):
        def make(cls):
            cls.__doc__ = cls.__doc__ or cls.__name__  # without, `inspect` writes one
            members = _members(cls)
            made = _with_slots(cls, members) if slots else cls
            for name in _LATE:
                setattr(made, name, _Late(name, made, members))
            made.__repr__ = _repr
            if eq:
                made.__eq__ = _eq
                if not frozen:
                    made.__hash__ = None
                elif made.__hash__ in (object.__hash__, None):
                    made.__hash__ = _hash
            if order:
                made.__lt__ = _lt
            return made

        return make if cls is None else make(cls)

    def replace(instance, /, **changes):
        values = {name: getattr(instance, name) for name in instance.__match_args__}
        return instance.__class__(**(values | changes))


class _Late:
    """A member of a class that is made when somebody asks for it, for the members that the class was written with."""

    def __init__(self, name: str, made: Any, members: dict[str, Any]) -> None:
        self._name, self._made, self._members = name, made, members

    def __get__(self, instance: Any, owner: type) -> Any:
        if isinstance(vars(self._made)[self._name], _Late):
            setattr(self._made, self._name, _LATE[self._name](self._made, self._members))
        return getattr(owner if instance is None else instance, self._name)


def _fields(made: Any, members: dict[str, Any]) -> dict[str, Any]:
    """The fields of a class by their names, those of its bases first."""
    found: dict[str, Any] = {}
    for base in made.__mro__[:0:-1]:
        found |= getattr(base, "__fields__", {})
    for name in made.__annotations__:
        value = members.get(name, dataclasses.MISSING)
        found[name] = value if isinstance(value, dataclasses.Field) else dataclasses.field(default=value)
    return found


def _initializer(made: Any, members: dict[str, Any]) -> Any:
    """`__init__`. To write it as text and to compile that, as the standard library does, takes twenty times as long as
    to give other names to what was compiled for another class."""
    fields = {name: field for name, field in made.__fields__.items() if field.init}
    makers = [field.default_factory for field in fields.values()]
    is_made = [maker is not dataclasses.MISSING for maker in makers]
    code = _template(len(fields), any(is_made), hasattr(made, "__post_init__"))
    names = {f"_{number}": name for number, name in enumerate(fields)}
    code = code.replace(
        co_varnames=tuple(names.get(name, name) for name in code.co_varnames),
        co_names=tuple(names.get(name, name) for name in code.co_names),
    )
    pairs = zip(fields.values(), is_made, strict=True)
    defaults = [_MADE if is_made else field.default for field, is_made in pairs]
    while defaults and defaults[0] is dataclasses.MISSING:
        del defaults[0]
    if dataclasses.MISSING in defaults:
        raise TypeError(f"{made.__qualname__}: a field without a default stands behind one with a default")
    known = {"_MADE": _MADE, **{f"_make{number}": maker for number, maker in enumerate(makers)}}
    init = FunctionType(code, {"__name__": made.__module__, **known}, "__init__", tuple(defaults))
    init.__qualname__ = f"{made.__qualname__}.__init__"
    return init


_MADE: Any = object()  # the default of a field that has a factory


@cache
def _template(count: int, makes: bool, is_followed: bool) -> CodeType:
    """The code of an `__init__` of so many parameters, called `_0`, `_1` and so on, which may have factories."""
    value = "_{0} if _{0} is not _MADE else _make{0}()" if makes else "_{0}"
    lines = [f"self._{number} = {value.format(number)}" for number in range(count)]
    if is_followed:
        lines.append("self.__post_init__()")
    parameters = ", ".join(["self", *(f"_{number}" for number in range(count))])
    made: dict[str, Any] = {}
    exec(f"def __init__({parameters}):\n " + "\n ".join(lines or ["pass"]), made)
    code: CodeType = made["__init__"].__code__
    return code


def _compared(made: Any, members: dict[str, Any]) -> Any:
    """What of an object is compared."""
    names = [name for name, field in made.__fields__.items() if field.compare]
    return staticmethod(attrgetter(*names) if names else _nothing)


def _of_standard_library(name: str) -> Callable[[Any, dict[str, Any]], Any]:
    """A member that the standard library makes, of another class that is written alike."""

    def make(made: Any, members: dict[str, Any]) -> Any:
        model = type(made)(made.__name__, made.__bases__, dict(members))
        dataclasses.dataclass(model, init=False, eq=False, repr=False, match_args=False)
        return vars(model)[name]

    return make


_LATE: dict[str, Callable[[Any, dict[str, Any]], Any]] = {
    "__init__": _initializer,
    "__fields__": _fields,
    "__compared__": _compared,
    "__match_args__": lambda made, _: tuple(name for name, field in made.__fields__.items() if field.init),
    "__dataclass_fields__": _of_standard_library("__dataclass_fields__"),
    "__dataclass_params__": _of_standard_library("__dataclass_params__"),
}


def _members(cls: type) -> dict[str, Any]:
    return {name: value for name, value in vars(cls).items() if name not in ("__dict__", "__weakref__")}


def _with_slots(cls: Any, members: dict[str, Any]) -> Any:
    """A class of the same members, which has a slot for each of its fields, where their defaults stood."""
    taken = {name for base in cls.__mro__[1:] for name in getattr(base, "__slots__", ())}
    names = tuple(cls.__annotations__)
    kept = {name: value for name, value in members.items() if name not in names}
    kept["__slots__"] = tuple(name for name in names if name not in taken)
    made = type(cls)(cls.__name__, cls.__bases__, kept)
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
    shown = (f"{name}={getattr(self, name)!r}" for name, field in self.__fields__.items() if field.repr)
    return f"{self.__class__.__qualname__}({', '.join(shown)})"
