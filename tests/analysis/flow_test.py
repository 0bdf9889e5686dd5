"""The walk of `persistlint.analysis.flow`: what is known where, in which order, and that nothing stops it."""

from __future__ import annotations

import sys

import pytest

from persistlint import ir
from persistlint.analysis.flow import Domain, Ends, Flow
from persistlint.analysis.names import last_name, path_of
from persistlint.languages import read
from persistlint.source import SourceFile

SUFFIXES = {"python": "py", "javascript": "js", "typescript": "ts", "go": "go"}


class Knowledge(Domain[set[str]]):
    """Knows which variables were tested, and how it came out: `x` is true, `!x` is false, `x=` has a value. A call
    `here("a")` takes down what is known in that place."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.log: list[str] = []
        self.ends: dict[str, Ends[set[str]]] = {}

    def copy(self, state: set[str]) -> set[str]:
        return set(state)

    def merge(self, left: set[str], right: set[str]) -> set[str]:
        return left & right

    def visit(self, expression: ir.Expression, state: set[str]) -> None:
        if isinstance(expression, ir.Call) and last_name(expression.function) == "here":
            (argument,) = expression.arguments
            assert isinstance(argument.value, ir.String)
            self.seen[argument.value.value] = " ".join(sorted(state))
        if isinstance(expression, (ir.Name, ir.Attribute)):
            self.log.append(path_of(expression) or "?")

    def assume(self, test: ir.Expression, truth: bool, state: set[str]) -> None:
        match test:
            case ir.Binary(operator="==" | "!=" as operator, left=left, right=ir.Constant(value=None)):
                test, truth = left, truth is (operator == "!=")
            case ir.Binary(operator="==", left=left, right=ir.String(value=value) | ir.Number(text=value)):
                state.add(f"{path_of(left)}=={value}" if truth else f"{path_of(left)}!={value}")
                return
        if (path := path_of(test)) is not None:
            state.difference_update((path, f"!{path}"))
            state.add(path if truth else f"!{path}")

    def bind(self, target: ir.Expression, value: ir.Expression | None, state: set[str], operator: str = "=") -> None:
        for node in ir.walk(target):
            if (path := path_of(node)) is not None:
                state.difference_update((path, f"!{path}"))
                state.add(f"{path}{operator if operator != '=' else ''}=")

    def iterate(self, target: ir.Expression, iterable: ir.Expression, state: set[str]) -> None:
        self.bind(target, iterable, state, "of ")

    def enter_function(self, function: ir.Function, state: set[str]) -> set[str]:
        return set(state)

    def leave_function(self, function: ir.Function, ends: Ends[set[str]]) -> None:
        self.ends[function.name] = ends

    def enter_loop(self, loop: ir.Loop, assigned: tuple[ir.Expression, ...], state: set[str]) -> None:
        for target in assigned:
            state.difference_update((path_of(target) or "?", f"!{path_of(target)}", f"{path_of(target)}="))


def walked(text: str, language: str = "python") -> Knowledge:
    """What the walk over a program met."""
    domain = Knowledge()
    syntax = read(SourceFile(f"a.{SUFFIXES[language]}", text.encode(), language))
    assert not syntax.errors
    flow = Flow(domain, set(), leaves_switch=language != "python")
    flow.block(syntax.lower().body)
    return domain


def known(text: str, language: str = "python") -> dict[str, str]:
    """What is known at every `here(…)` of a program that can be reached."""
    return walked(text, language).seen


def test_an_early_exit_guards_what_follows() -> None:
    text = """
def f(x, y):
    if not x:
        return
    here("a")
    if y:
        raise ValueError
    here("b")
    sys.exit()
    here("never")
"""
    assert known(text) == {"a": "x", "b": "!y x"}


def test_branches_meet_with_what_all_of_them_know() -> None:
    text = """
if a:
    x = 1
    here("then")
elif b:
    x = 2
    y = 3
    here("elif")
else:
    x = 4
    here("else")
here("after")
"""
    assert known(text) == {"then": "a x=", "elif": "!a b x= y=", "else": "!a !b x=", "after": "x="}


def test_logic_guards_its_right_side() -> None:
    assert known("a and b and here('x') or here('y')") == {"x": "a b", "y": ""}
    assert known("a or here('x')") == {"x": "!a"}
    assert known("not (a or b) and here('x')") == {"x": "!a !b"}
    assert known("(a or b) and here('x')") == {"x": ""}
    assert known("a ?? here('x');", "javascript") == {"x": "!a"}


def test_logic_as_a_test_guards_its_branches() -> None:
    assert known("if a and not b:\n    here('x')\nelse:\n    here('y')\nhere('z')") == {"x": "!b a", "y": "", "z": ""}
    assert known("if a or b:\n    here('x')\nelse:\n    here('y')") == {"x": "", "y": "!a !b"}


def test_conditional_expressions_comprehensions_and_assertions_guard() -> None:
    assert known("here('x') if a else here('y')") == {"x": "a", "y": "!a"}
    assert known("[here('x') for v in vs if v if w]\nhere('y')") == {"x": "v vof = w", "y": ""}
    assert known("assert a, here('?')\nhere('x')")["x"] == "a"
    assert known("assert(a); here('x'); assert.ok(b); here('y'); invariant(c); here('z');", "javascript") == {
        "x": "a",
        "y": "a b",
        "z": "a b c",
    }


def test_what_a_loop_assigns_is_not_known_in_its_body() -> None:
    text = """
x = 1
y = 1
while a:
    here("body")
    for v in vs:
        x = 2
else:
    here("else")
here("after")
"""
    assert known(text) == {"body": "a y=", "else": "!a y=", "after": "!a y="}


def test_break_and_continue_go_where_they_lead() -> None:
    text = """
while True:
    if a:
        continue
    if b:
        break
    here("end")
here("after")
"""
    assert known(text) == {"end": "!a !b", "after": "!a b"}
    assert known("while True:\n    pass\nhere('never')") == {}
    assert known("for v in vs:\n    if v:\n        break\nelse:\n    here('x')\nhere('y')") == {"x": "", "y": ""}


def test_a_label_leads_out_of_the_outer_loop() -> None:
    text = """
outer: while (true) {
  while (a) {
    if (b) break outer;
    if (c) continue outer;
    here("inner");
  }
}
here("after");
"""
    assert known(text, "javascript") == {"inner": "!b !c a", "after": "a b"}


def test_a_handler_starts_with_what_holds_after_any_statement() -> None:
    text = """
x = 1
try:
    y = 2
    if a:
        raise ValueError
    here("body")
except ValueError:
    here("handler")
else:
    here("else")
here("after")
"""
    assert known(text) == {"body": "!a x= y=", "handler": "x=", "else": "!a x= y=", "after": "x="}


def test_finally_runs_on_every_way_and_does_not_blur_the_one_that_goes_on() -> None:
    text = """
def f():
    try:
        if a:
            return
        x = 1
    finally:
        y = 2
    here("after")
"""
    domain = walked(text)
    assert domain.seen == {"after": "!a x= y="}
    ends = domain.ends["f"]
    assert ends.returned == {"y="}
    assert ends.raised == {"y="}


def test_an_error_that_no_handler_is_for_leaves_the_function() -> None:
    assert walked("def f():\n    try:\n        x = 1\n    except KeyError:\n        pass").ends["f"].raised == set()
    assert walked("def f():\n    try:\n        x = 1\n    except Exception:\n        pass").ends["f"].raised is None
    assert walked("def f():\n    try:\n        x = 1\n    except:\n        raise").ends["f"].raised == set()


def test_continue_passes_finally() -> None:
    text = """
for v in vs:
    try:
        if a:
            continue
    finally:
        x = 1
    here("end")
    break
here("after")
"""
    assert known(text) == {"end": "!a vof = x=", "after": ""}


def test_arms_of_a_switch_are_tests() -> None:
    text = """
switch (x) {
  case "a": here("a"); break;
  case "b":
  case "c": here("bc");
  default: here("rest");
}
here("after");
"""
    assert known(text, "javascript") == {"a": "x==a", "bc": "x!=a", "rest": "x!=a", "after": ""}
    go = """
package a
func f() {
	switch {
	case a:
		return
	case b, c:
		here("bc")
	}
	here("after")
}
"""
    assert known(go, "go") == {"bc": "!a", "after": "!a"}
    assert known("match x:\n    case 1:\n        here('a')\n    case _:\n        here('b')") == {
        "a": "x==1",
        "b": "x!=1",
    }


def test_break_leaves_the_loop_around_a_match() -> None:
    text = "while True:\n    match x:\n        case 1:\n            y = 1\n            break\nhere('after')"
    assert known(text) == {"after": "x==1 y="}


def test_a_statement_before_a_test_in_go_is_seen_first() -> None:
    go = """
package a
func f() {
	if v, ok := m["k"]; ok {
		here("then")
	}
	here("after")
}
"""
    assert known(go, "go") == {"then": "ok ok= v=", "after": "ok= v="}


def test_functions_start_with_what_holds_around_them_and_change_nothing() -> None:
    text = """
function f() {
  if (!a) return;
  const g = () => { b = 1; here("inside"); return 1; };
  here("after");
}
"""
    assert known(text, "javascript") == {"inside": "a b=", "after": "a g="}


def test_operands_come_in_the_order_of_evaluation() -> None:
    assert walked("f(a, b.c)[d] + e").log == ["f", "a", "b", "b.c", "d", "e"]
    assert walked("x.y[i] = a").log == ["a", "x", "x.y", "i"]
    assert walked("x.y += a").log == ["a", "x", "x", "x.y"]
    assert walked("({ a = b } = c);", "javascript").log == ["c", "b"]


DEEP = 4_000


@pytest.mark.parametrize(
    "text",
    [
        " or ".join(["a"] * DEEP),
        " + ".join(["a"] * DEEP),
        "a" + ".b(c)" * DEEP,
        "if a: pass\n" + "elif b: pass\n" * DEEP,
        "(" * 500 + "a" + " if b else c)" * 500,
        "try:\n"
        + "".join(" " * depth + "try:\n" for depth in range(1, 60))
        + " " * 60
        + "x\n"
        + "".join(" " * depth + "finally:\n" + " " * (depth + 1) + "y\n" for depth in range(59, -1, -1)),
        "".join(f"{' ' * depth}try:\n{' ' * depth} x\n{' ' * depth}finally:\n" for depth in range(60)) + " " * 60 + "x",
        "".join(f"{' ' * depth}while a:\n" for depth in range(80)) + " " * 80 + "x = 1",
        "".join(f"{' ' * depth}def f():\n" for depth in range(90)) + " " * 90 + "x = 1",
        "\n".join(f"if a{n}: x{n} = 1" for n in range(DEEP)),
    ],
    ids=["or", "+", "calls", "elif", "conditional", "try", "finally", "while", "def", "if"],
)
def test_depth_and_length_stop_nothing(text: str) -> None:
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(12_000)  # that of the engine
    walked(text)
    sys.setrecursionlimit(limit)
