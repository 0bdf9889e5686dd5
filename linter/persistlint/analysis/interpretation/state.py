"""What is known at one point of the program: variables, and which tests say what of which variable."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.values import Value, join
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping

Checked = frozenset[str]  # paths of variables that passed a test; "keys:" before one means its keys did
NOTHING: Checked = frozenset()


@dataclass(frozen=True, slots=True)
class Flag:
    """A variable that holds the outcome of a test: what is checked when it is true (or not null), and when not."""

    when_true: Checked = NOTHING
    when_false: Checked = NOTHING


@dataclass
class State:
    """Values by path (`x`, `self.x`, `row.name`), the flags among them, and of which variable one is a copy that only
    differs in its case or at its edges: `key = sort.lower()`."""

    values: dict[str, Value] = field(default_factory=dict)
    flags: dict[str, Flag] = field(default_factory=dict)
    objects: set[str] = field(default_factory=set)  # the paths of which an attribute is known
    originals: dict[str, str] = field(default_factory=dict)

    def copy(self) -> State:
        """A state that can change without this one."""
        return State(self.values.copy(), self.flags.copy(), self.objects.copy(), self.originals.copy())

    def same(self, path: str) -> set[str]:
        """A variable, what it is a copy of, and its copies."""
        original = self.originals.get(path, path)
        return {path, original, *(copy for copy, of in self.originals.items() if of in (path, original))}

    def know(self, path: str, value: Value) -> None:
        """Take note of what a variable is; it stays the same variable."""
        self.values[path] = value
        parent = path.rpartition(".")[0]
        while parent:
            self.objects.add(parent)
            parent = parent.rpartition(".")[0]

    def assign(self, path: str, value: Value, flag: Flag | None = None) -> None:
        """Set a variable; what was known of its attributes is forgotten."""
        if path in self.objects:
            prefix = path + "."
            for known in [known for known in self.values if known.startswith(prefix)]:
                del self.values[known]
        self.know(path, value)
        if self.originals:
            self.originals = {copy: of for copy, of in self.originals.items() if path not in (copy, of)}
        if flag is not None:
            self.flags[path] = flag
        else:
            self.flags.pop(path, None)


def merge(left: State | None, right: State | None, outer: Mapping[str, Value]) -> State | None:
    """What is known after two ways meet; None stands for a way that ends before. A variable that one way did not
    touch has the value of `outer` there, or is not defined and keeps the value of the other."""
    if left is None:
        return right
    if right is None:
        return left
    values = dict(left.values)
    # Most are the same ones on both ways, and a long function meets them at each of its branches.
    others = [(path, value) for path, value in right.values.items() if values.get(path) is not value]
    for path, value in others:
        known = values.get(path)
        if known is None:
            # An attribute that only one way looked at has no other value to join with.
            known = outer.get(path, value)
        values[path] = value if known is value else join(known, value)
    for path in left.values.keys() - right.values.keys():
        if path in outer:
            values[path] = join(left.values[path], outer[path])
        elif "." in path:
            del values[path]
    for path, _ in others:
        if path not in left.values and "." in path:
            del values[path]
    flags = {path: flag for path, flag in left.flags.items() if right.flags.get(path) == flag}
    originals = {path: of for path, of in left.originals.items() if right.originals.get(path) == of}
    return State(values, flags, left.objects | right.objects, originals)
