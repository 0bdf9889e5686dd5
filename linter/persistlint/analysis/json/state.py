"""What is known at one place of a program about the JSON in its variables."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.json.places import Place, prefixes
from persistlint.analysis.json.values import Document, Value, join
from persistlint.facts import HopKind
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST = 60  # things that are remembered of one variable
_MOST_VARIABLES = 300


@dataclass(frozen=True, slots=True)
class Variable:
    """What is known of one variable and its parts, by place. `values` are what they hold; None is a value of which
    nothing is known. `present` are known to be there, and not null; `lengths` how many elements they have at least;
    `valid` are what something looked at as a whole. It is never changed, so that states can share it."""

    values: Mapping[Place, Value | None] = field(default_factory=dict)
    present: frozenset[Place] = frozenset()
    lengths: Mapping[Place, int] = field(default_factory=dict)
    valid: frozenset[Place] = frozenset()

    def without(self, place: Place, *, values: bool) -> Variable:
        """What is left where a part gets another value; `values` tells whether what it holds is gone too."""
        size = len(place)
        return Variable(
            {known: value for known, value in self.values.items() if not values or known[:size] != place},
            frozenset(known for known in self.present if known[:size] != place),
            {known: length for known, length in self.lengths.items() if known[:size] != place},
            frozenset(known for known in self.valid if known[:size] != place),
        )

    def without_step(self, name: str) -> Variable:
        """What is left where the variable has another value that indexes are."""
        start = (f"[{name}]", f"[{name}.")
        gone = {
            known
            for known in (*self.values, *self.present, *self.lengths)
            if any(step.startswith(start) for step in known[1:])
        }
        return Variable(
            {known: value for known, value in self.values.items() if known not in gone},
            self.present - gone,
            {known: length for known, length in self.lengths.items() if known not in gone},
            self.valid - gone,
        )

    def joined(self, other: Variable) -> Variable:
        """What is known where either of the two holds. Where only one of them has a value worth knowing, it is about
        that one: the other was set to something else."""
        if bool(self.values) is not bool(other.values):
            return self if self.values else other
        values = dict(self.values)
        for place, value in other.values.items():
            values[place] = join(values[place], value) if place in values else value
        lengths = {p: min(length, other.lengths[p]) for p, length in self.lengths.items() if p in other.lengths}
        return Variable(values, self.present & other.present, lengths, self.valid & other.valid)


_UNKNOWN = Variable()


@dataclass
class State:
    """The variables, by name. `indexes` tells of a variable which others have parts that are named by its value,
    `sources` of which part of another one it was set to: what is known of it is known of that part."""

    variables: dict[str, Variable] = field(default_factory=dict)
    indexes: dict[str, frozenset[str]] = field(default_factory=dict)
    sources: dict[str, Place] = field(default_factory=dict)

    def copy(self) -> State:
        """A state that can change without this one."""
        return State(self.variables.copy(), self.indexes.copy(), self.sources.copy())

    def merge(self, other: State) -> State:
        """What is known after two ways meet; this state is changed and returned."""
        for name, variable in other.variables.items():
            known = self.variables.get(name, _UNKNOWN)
            if known is not variable:
                self.variables[name] = known.joined(variable)
        for name in self.variables.keys() - other.variables.keys():
            self.variables[name] = self.variables[name].joined(_UNKNOWN)
        for name, roots in other.indexes.items():
            self.indexes[name] = self.indexes.get(name, frozenset()) | roots
        self.sources = {name: place for name, place in self.sources.items() if other.sources.get(name) == place}
        return self

    # --------------------------------------------------------------------------------------------- questions

    def holds(self, place: Place | None) -> bool:
        """Whether a place was given a value, be it one of which nothing is known."""
        return place is not None and place in self._of(place).values

    def lookup(self, place: Place) -> Value | None:
        """The value of a place, with what tests said of it."""
        return self.refined(place, self._of(place).values.get(place))

    def refined(self, place: Place | None, value: Value | None) -> Value | None:
        """A value with what tests said of the place that it has."""
        if not isinstance(value, Document) or place is None:
            return value
        variable = self._of(place)
        if variable.valid and any(prefix in variable.valid for prefix in prefixes(place)):
            return None
        if value.cause is not None and (place in variable.present or self._is_known(value)):
            value = value.there()
        length = variable.lengths.get(place, 0)
        return replace(value, length=length) if length > value.length else value

    def _is_known(self, part: Document) -> bool:
        """Whether a test of the place that a part was taken from says that it is there."""
        if part.place is None or len(part.place) < 2:
            return False
        return self.is_present(part.place) or (part.cause is HopKind.INDEX and self.length(part.place[:-1]) > 0)

    def is_present(self, place: Place | None) -> bool:
        """Whether a place is known to be there, and not null."""
        return place is not None and place in self._of(place).present

    def is_valid(self, place: Place | None) -> bool:
        """Whether something looked at a place as a whole."""
        return place is not None and place in self._of(place).valid

    def length(self, place: Place | None) -> int:
        """How many elements a place has at least."""
        return self._of(place).lengths.get(place, 0) if place is not None else 0

    def tests_of(self, place: Place | None) -> Variable:
        """What tests said of a place and of its parts, as if the place were the empty one."""
        if place is None:
            return _UNKNOWN
        variable, size = self._of(place), len(place)
        return Variable(
            present=frozenset(known[size:] for known in variable.present if known[:size] == place),
            lengths={known[size:]: length for known, length in variable.lengths.items() if known[:size] == place},
        )

    # ----------------------------------------------------------------------------------------------- changes

    def assign(self, place: Place, value: Value | None, *, is_kept: bool = False) -> None:
        """Set a variable or a part of one; what was known of it and its parts is forgotten. A value of which nothing
        is known is kept where `is_kept`, since the name would mean something else, and for parts."""
        self.forget(place)
        if value is None and not is_kept and len(place) == 1:
            return
        variable = self._of(place)
        if len(variable.values) < _MOST:
            self._set(place, replace(variable, values={**variable.values, place: value}))
        if isinstance(value, Document) and value.length:
            self.measure(place, value.length)  # so that it is known where the ways of a branch meet

    def forget(self, place: Place, *, values: bool = True) -> None:
        """Forget what tests said of a place and of its parts, and what they hold, where `values` says so."""
        name = place[0]
        if self.sources and len(place) == 1:
            self.sources = {of: part for of, part in self.sources.items() if name not in (of, part[0])}
        for root in self.indexes.pop(name, ()):
            if root in self.variables:
                self.variables[root] = self.variables[root].without_step(name)
        if len(place) == 1 and values:
            self.variables.pop(name, None)
        elif name in self.variables:
            self.variables[name] = self.variables[name].without(place, values=values)

    def know(self, places: Iterable[Place]) -> None:
        """Note that places are there, and not null."""
        for place in places:
            self._know(place)
            if (source := self.sources.get(place[0])) is not None:
                self._know((*source, *place[1:]))

    def _know(self, place: Place) -> None:
        variable = self._of(place)
        if place not in variable.present and len(variable.present) < _MOST:
            self._set(place, replace(variable, present=variable.present | {place}))

    def link(self, name: str, source: Place) -> None:
        """Note that a variable was set to a part of another one."""
        if source[0] != name and len(self.sources) < _MOST:
            self.sources[name] = source

    def measure(self, place: Place, length: int) -> None:
        """Note that a place has at least so many elements."""
        variable = self._of(place)
        if length > variable.lengths.get(place, 0) and len(variable.lengths) < _MOST:
            self._set(place, replace(variable, lengths={**variable.lengths, place: length}))

    def know_all(self, place: Place, tests: Variable) -> None:
        """Note of a place and of its parts what `tests_of` told of another one."""
        self.know((*place, *part) for part in tests.present)
        for part, length in tests.lengths.items():
            self.measure((*place, *part), length)

    def trust(self, place: Place, document: Document) -> None:
        """Note that a place has the parts that the program takes from it."""
        variable = self._of(place)
        if place in variable.values:
            self._set(place, replace(variable, values={**variable.values, place: replace(document, keys=frozenset())}))

    def validate(self, place: Place) -> None:
        """Note that something looked at a place as a whole."""
        variable = self._of(place)
        self._set(place, replace(variable, valid=variable.valid | {place}))

    def _of(self, place: Place) -> Variable:
        return self.variables.get(place[0], _UNKNOWN)

    def _set(self, place: Place, variable: Variable) -> None:
        if place[0] not in self.variables and len(self.variables) >= _MOST_VARIABLES:
            return
        self.variables[place[0]] = variable
        for step in place[1:]:
            if step.startswith("["):
                name = step[1:-1].partition(".")[0]
                self.indexes[name] = self.indexes.get(name, frozenset()) | {place[0]}
