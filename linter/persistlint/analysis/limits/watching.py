"""Runs a program and takes down what comes from a request, and every call that may count rows."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.interpreter import Interpreter
from persistlint.analysis.interpretation.values import origin_of
from persistlint.analysis.queries.sinks import Sinks
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Name, Subscript, Unknown
from persistlint.records import dataclass, replace

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.analysis.interpretation.resolving import Met, Resolved
    from persistlint.analysis.interpretation.values import Value
    from persistlint.analysis.names import Names
    from persistlint.analysis.schedule import Wanted
    from persistlint.ir import Expression, Module
    from persistlint.source import Range, SourceFile

_READ = (Attribute, Subscript, Call, Name)  # what a request is read by


def watch(source: SourceFile, names: Names, module: Module, wanted: Wanted) -> Watching:
    """Run the functions of a file that are wanted."""
    machine = Watching(names, source.language, Sinks(source, names).on_call, lambda *_: None, lambda _: None)
    machine.resolving, machine.on_call = machine.on_call, machine.meet
    machine.run(module, wanted)
    return machine


@dataclass
class Watching(Interpreter):
    """A run that is watched. `nodes` are the expressions that it came by, `requested` the places of those that read
    something from a request, `met` the calls, `slices` the parts that were taken of something."""

    resolving: Callable[[Met], Resolved | None] | None = None
    nodes: dict[Range, Expression] = field(default_factory=dict)
    requested: set[Range] = field(default_factory=set)
    met: list[Met] = field(default_factory=list)
    slices: list[Subscript] = field(default_factory=list)

    def evaluate(self, expression: Expression) -> Value:
        """The value of an expression, which is taken down."""
        value = super().evaluate(expression)
        self.nodes[expression.range] = expression
        if isinstance(expression, _READ) and origin_of(value) is Origin.REQUEST:
            self.requested.add(expression.range)
        if isinstance(expression, Subscript) and isinstance(expression.index, Unknown):
            self.slices.append(expression)
        return value

    def meet(self, met: Met) -> Resolved | None:
        """Take down a call, whose arguments were evaluated; return the operation that it is."""
        resolved = self.resolving(met) if self.resolving is not None else met.resolved
        self.met.append(replace(met, resolved=resolved))
        return resolved
