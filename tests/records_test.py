"""Records are dataclasses: whatever the standard library's do, they do too."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from dataclasses import field
from typing import Any

import pytest

from persistlint.records import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    x: int
    y: int = 2


@dataclass(frozen=True, slots=True)
class Marked(Point):
    """A class with fields of another one before its own."""

    marks: tuple[str, ...] = field(default_factory=tuple)
    seen: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Written:
    place: int

    def __hash__(self) -> int:
        return self.place * -1000


@dataclass(frozen=True, slots=True)
class Derived(Written):
    held: tuple[int, ...] = ()


@dataclass
class Tally:
    start: int
    found: list[int] = field(default_factory=list, repr=False)
    last: int = field(init=False)

    def __post_init__(self) -> None:
        self.last = self.start


def _standard(cls: type) -> Any:
    """The class that the standard library makes of the same fields."""
    listed = [
        (f.name, f.type, field(default=f.default, default_factory=f.default_factory, compare=f.compare, repr=f.repr))
        for f in dataclasses.fields(cls)
        if f.init
    ]
    return dataclasses.make_dataclass(cls.__name__, listed, frozen=True)


@pytest.mark.parametrize("arguments", [(1,), (1, 5), (1, 5, ("a",)), (1, 5, ("a",), 9)])
def test_an_object_is_what_the_standard_library_makes(arguments: tuple[Any, ...]) -> None:
    made, same = Marked(*arguments), _standard(Marked)(*arguments)
    assert repr(made) == repr(same)
    assert dataclasses.asdict(made) == dataclasses.asdict(same)
    assert made == Marked(*arguments)


@pytest.mark.parametrize(("arguments", "named"), [((), {}), ((1, 2, (), 4, 5), {}), ((1,), {"z": 1}), ((1,), {"x": 1})])
def test_wrong_arguments_are_refused_in_the_same_words(arguments: tuple[Any, ...], named: dict[str, Any]) -> None:
    with pytest.raises(TypeError) as theirs:
        _standard(Marked)(*arguments, **named)
    with pytest.raises(TypeError) as ours:
        Marked(*arguments, **named)
    assert str(ours.value) == str(theirs.value)


def test_what_is_not_compared_makes_no_difference() -> None:
    assert Marked(1, seen=1) == Marked(1, seen=2)
    assert hash(Marked(1, seen=1)) == hash(Marked(1, seen=2))
    assert Marked(1) != Point(1)
    assert Marked(1) != Marked(2)


def test_a_hash_that_is_written_is_that_of_derived_classes_too() -> None:
    assert hash(Derived(1, (1,))) == hash(Written(1)) == -1000
    assert Derived(1, (1,)) != Derived(1, (2,))
    assert len({Derived(1, (1,)), Derived(1, (1,)), Derived(1, (2,))}) == 2


def test_every_object_has_its_own_list_and_is_finished_by_its_class() -> None:
    first, second = Tally(1), Tally(2)
    first.found.append(7)
    assert (first.found, second.found) == ([7], [])
    assert (first.last, second.last) == (1, 2)
    assert repr(first) == "Tally(start=1, last=1)"


def test_the_standard_library_takes_them_for_dataclasses() -> None:
    made = Marked(1, marks=("a",))
    assert dataclasses.replace(made, y=3) == Marked(1, 3, ("a",))
    assert copy.deepcopy(made) == pickle.loads(pickle.dumps(made)) == made
    match made:
        case Marked(x, y, marks):
            assert (x, y, marks) == (1, 2, ("a",))
