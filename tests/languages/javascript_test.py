"""The lowering of JavaScript: what each construct becomes, and that nothing makes it fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ir_nodes import force, nodes
from persistlint import ir
from persistlint.languages import language_of, read
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from persistlint.languages import Syntax


def syntax(text: str, path: str = "a.js") -> Syntax:
    return read(SourceFile(path, text.encode(), language_of(path) or ""))


def program(text: str, path: str = "a.js") -> ir.Block:
    return syntax(text, path).lower().body


def statement(text: str, path: str = "a.js") -> ir.Statement:
    (found,) = program(text, path)
    return found


def expression(text: str, path: str = "a.js") -> ir.Expression:
    match statement(f"x = {text}", path):
        case ir.Assign(value=ir.Expression() as value):
            return value
    raise AssertionError("not an assignment")


def function(text: str, path: str = "a.js") -> ir.Function:
    """The first function of a program."""
    return next(node for node in nodes(program(text, path)) if isinstance(node, ir.Function))


# --------------------------------------------------------------------------------------------------------- scan


@pytest.mark.parametrize("path", ["a.js", "a.mjs", "a.cjs", "a.jsx"])
def test_the_language_is_known_by_its_suffix(path: str) -> None:
    assert language_of(path) == "javascript"


@pytest.mark.parametrize("path", ["a.js", "a.ts"])
def test_scan_captures_numbers_without_a_name(path: str) -> None:
    found = syntax(
        "let x = 3; if (x > 4) { f(5, -6); x *= 7.5; } switch (x) { case 8: }\n"
        "const y = { a: 10, b: [11] }; function g(a = 13) { return x ? 12 : (14); }",
        path,
    )
    assert [found.source.text(range) for range in found.numbers] == ["4", "5", "6", "7.5", "8", "12", "14"]


def test_scan_captures_calls_templates_comments_and_errors() -> None:
    found = syntax('f(); a.g(); new H(); new b.I(); t`x`; this.#j(); `a${b}`; "c" + d; e + `f`; 1 + 2 // note\n) (')
    assert [name for name, _ in found.calls][:6] == ["f", "g", "H", "I", "t", "#j"]
    assert [found.source.text(range) for range in found.templates] == ["`a${b}`", '"c" + d', "e + `f`"]
    assert [found.source.text(range) for range in found.comments] == ["// note"]
    assert found.errors


# -------------------------------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    ("text", "value", "content"),
    [
        ("'a'", "a", "a"),
        (r'"\n\x41\u0042\u{43}\uD83D\uDE00\q\0"', "\nABC😀q\0", r"\n\x41\u0042\u{43}\uD83D\uDE00\q\0"),
        ("'a\\\nb'", "ab", "a\\\nb"),
        ("`a\\`b`", "a`b", "a\\`b"),
        (r'"\uD83D"', "\ufffd", r"\uD83D"),
    ],
)
def test_strings_have_their_escapes_resolved(text: str, value: str, content: str) -> None:
    found = syntax(f"x = {text}")
    match found.lower().body:
        case (ir.Assign(value=ir.String() as string),):
            assert string.value == value
            assert found.source.text(string.range) == text
            assert found.source.text(string.content) == content
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("text", "value"),
    [("0x1F", 31), ("0b11", 3), ("017", 15), ("089", 89), ("1_000", 1000), ("10n", 10), (".5", 0.5), ("1e3", 1000.0)],
)
def test_numbers_have_their_value(text: str, value: float) -> None:
    match expression(text):
        case ir.Number(text=written, value=found):
            assert (written, found) == (text, value)
        case other:
            pytest.fail(str(other))


def test_templates_alternate_between_text_and_holes() -> None:
    found = syntax(r"x = `a\n${b}${c.d}e`")
    match found.lower().body:
        case (
            ir.Assign(
                value=ir.Template(
                    parts=(
                        ir.String(value="a\n") as text,
                        ir.Hole(value=ir.Name(id="b")) as hole,
                        ir.Hole(value=ir.Attribute(name="d")),
                        ir.String(value="e"),
                    )
                )
            ),
        ):
            assert found.source.text(text.range) == r"a\n"
            assert found.source.text(hole.range) == "${b}"
        case other:
            pytest.fail(str(other))


def test_the_tag_of_a_template_is_kept_and_raw_text_is_raw() -> None:
    match expression(r"String.raw`\d${x}`"):
        case ir.TaggedTemplate(
            tag=ir.Attribute(name="raw"), template=ir.Template(parts=(ir.String(value=text), ir.Hole()))
        ):
            assert text == r"\d"
        case other:
            pytest.fail(str(other))
    match expression("sql.type(row)`a`"):
        case ir.TaggedTemplate(tag=ir.Call(), template=ir.String(value="a")):
            pass
        case other:
            pytest.fail(str(other))


def test_optional_chains_keep_every_link() -> None:
    match expression("a?.b?.[c]?.(d)"):
        case ir.Call(
            function=ir.Subscript(
                value=ir.Attribute(value=ir.Name(id="a"), name="b", optional=True), index=ir.Name(id="c"), optional=True
            ),
            arguments=(ir.Argument(value=ir.Name(id="d")),),
            optional=True,
        ):
            pass
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("text", "operator"),
    [
        ("a === b", "=="),
        ("a !== b", "!="),
        ("a && b", "and"),
        ("a || b", "or"),
        ("a ?? b", "??"),
        ("a >>> b", ">>"),
        ("a in b", "in"),
    ],
)
def test_operators_are_spelled_as_in_every_language(text: str, operator: str) -> None:
    match expression(text):
        case ir.Binary(operator=found, left=ir.Name(id="a"), right=ir.Name(id="b")):
            assert found == operator
        case other:
            pytest.fail(str(other))


def test_a_regular_expression_is_a_call_that_makes_it() -> None:
    match expression(r"/^\w+$/i"):
        case ir.Call(
            function=ir.Name(id="RegExp"),
            arguments=(ir.Argument(value=ir.String(value=pattern)), ir.Argument(value=ir.String(value="i"))),
        ):
            assert pattern == r"^\w+$"
        case other:
            pytest.fail(str(other))


def test_object_literals_hold_every_kind_of_member() -> None:
    match expression("{ a, 'b': 1, [c]: 2, d() {}, e: () => 1, ...f }"):
        case ir.Mapping(
            entries=(
                ir.Entry(key=ir.String(value="a"), value=ir.Name(id="a")),
                ir.Entry(key=ir.String(value="b"), value=ir.Number()),
                ir.Entry(key=ir.Name(id="c")),
                ir.Entry(key=ir.String(value="d"), value=ir.Lambda(function=method)),
                ir.Entry(value=ir.Lambda(function=arrow)),
                ir.Entry(key=None, value=ir.Name(id="f")),
            )
        ):
            assert (method.name, method.receiver) == ("d", "this")
            assert (arrow.name, arrow.receiver) == ("e", None)
        case other:
            pytest.fail(str(other))


def test_arrays_keep_the_places_of_their_elements() -> None:
    match statement("const [, a, ...b] = [1, ...c]"):
        case ir.Assign(
            target=ir.Collection(elements=(ir.Unknown(), ir.Name(id="a"), ir.Spread(value=ir.Name(id="b")))),
            value=ir.Collection(elements=(ir.Number(), ir.Spread(value=ir.Name(id="c")))),
            declares=True,
            constant=True,
        ):
            pass
        case other:
            pytest.fail(str(other))


def test_destructuring_maps_properties_to_targets() -> None:
    match statement("const { a, b: c = 1, ...d } = o"):
        case ir.Assign(
            target=ir.Mapping(
                entries=(
                    ir.Entry(key=ir.String(value="a"), value=ir.Name(id="a")),
                    ir.Entry(
                        key=ir.String(value="b"),
                        value=ir.AssignmentExpression(target=ir.Name(id="c"), value=ir.Number()),
                    ),
                    ir.Entry(key=None, value=ir.Name(id="d")),
                )
            )
        ):
            pass
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize("text", ["(a, b)", "import(a, b)", "<p x={a}>{b}</p>", "<><i>{a}</i>{b}</>"])
def test_what_has_no_word_is_unknown_with_its_operands(text: str) -> None:
    match expression(text, "a.jsx"):
        case ir.Unknown(operands=(ir.Name(id="a"), ir.Name(id="b"))):
            pass
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(("text", "operator"), [("i++", "+"), ("--i", "-")])
def test_an_increment_is_an_assignment(text: str, operator: str) -> None:
    match statement(text):
        case ir.Assign(target=ir.Name(id="i"), value=ir.Number(value=1), operator=found):
            assert found == operator
        case other:
            pytest.fail(str(other))
    match expression(text):
        case ir.AssignmentExpression(target=ir.Name(id="i"), operator=found):
            assert found == operator
        case node:
            pytest.fail(str(node))


def test_new_await_yield_and_spread() -> None:
    match expression("new A.B(...c)"):
        case ir.Call(
            function=ir.Attribute(name="B"), arguments=(ir.Argument(value=ir.Name(id="c"), spread=True),), new=True
        ):
            pass
        case other:
            pytest.fail(str(other))
    match function("async function* f() { await a; yield* b; yield }"):
        case ir.Function(is_async=True, is_generator=True) as found:
            kinds = [type(item.value) for item in found.body if isinstance(item, ir.ExpressionStatement)]
            assert kinds == [ir.Await, ir.Yield, ir.Yield]


# --------------------------------------------------------------------------------------------------- statements


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("import a from 'm'", [("m", None, "a")]),
        ("import * as a from 'm'", [("m", None, "a")]),
        ("import a, { b as c, default as d } from 'm'", [("m", None, "a"), ("m", "b", "c"), ("m", None, "d")]),
        ("const a = require('m')", [("m", None, "a")]),
        ("const a = require('m').b.c", [("m", "b.c", "a")]),
        ("const { a, b: c, d: { e } } = require('m')", [("m", "a", "a"), ("m", "b", "c"), ("m", "d.e", "e")]),
        ("const { a } = await import('m')", [("m", "a", "a")]),
        ("import 'm'", []),
        ("export { a } from 'm'; export * from 'm'", [("m", "a", "a"), ("m", None, "*")]),
    ],
)
def test_imports_say_what_a_local_name_stands_for(text: str, imports: list[tuple[str, str | None, str]]) -> None:
    found = [(item.module, item.member, item.local) for item in program(text) if isinstance(item, ir.Import)]
    assert found == imports
    assert len(found) == len(program(text))


def test_a_module_that_is_called_at_once_stays_a_call() -> None:
    match statement("const knex = require('knex')({ client: 'pg' })"):
        case ir.Assign(value=ir.Call(function=ir.Call(function=ir.Name(id="require"), arguments=(ir.Argument(),)))):
            pass
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    ("text", "name", "exported"),
    [
        ("export function f() {}", "f", True),
        ("export const f = async (a) => a", "f", True),
        ("export default () => 1", "", True),
        ("function f() {} export { f as g }", "f", True),
        ("const f = function () {}; module.exports = { f }", "f", True),
        ("module.exports.f = function () {}", "f", True),
        ("exports.f = () => 1", "f", True),
        ("module.exports = { f() {} }", "f", True),
        ("function f() {}", "f", False),
        ("const f = () => 1", "f", False),
        ("const o = { f() {} }", "f", False),
        ("call(() => 1)", "", True),
        ("class A { f() {} }", "f", False),
        ("export class A { f() {} }", "f", True),
        ("export class A { #f() {} }", "#f", False),
        ("class A { f() {} } module.exports = new A()", "f", True),
        ("class A { f = () => 1 } export default A", "f", True),
    ],
)
def test_functions_know_their_name_and_whether_they_are_exported(text: str, name: str, exported: bool) -> None:
    found = function(text)
    assert (found.name, found.exported) == (name, exported)


def test_the_body_of_an_arrow_function_is_one_return() -> None:
    match function("(a) => a.b").body:
        case (ir.Return(value=ir.Attribute(name="b")),):
            pass
        case other:
            pytest.fail(str(other))


def test_parameters_of_every_kind() -> None:
    match function("function f(a, { b }, [c], d = 1, ...e) {}").parameters:
        case (
            ir.Parameter(name="a"),
            ir.Parameter(name="", pattern=ir.Mapping()),
            ir.Parameter(name="", pattern=ir.Collection()),
            ir.Parameter(name="d", default=ir.Number()),
            ir.Parameter(name="e", kind="rest"),
        ):
            pass
        case other:
            pytest.fail(str(other))


def test_classes_hold_fields_methods_and_static_blocks() -> None:
    match statement("class A extends B.C { static t = 'x'; #p = 1; constructor() {} get g() {} static { f() } }"):
        case ir.ClassDefinition(
            name="A",
            bases=("B.C",),
            body=(
                ir.Assign(target=ir.Name(id="t"), value=ir.String(value="x")),
                ir.Assign(target=ir.Name(id="#p")),
                ir.FunctionDefinition(function=constructor),
                ir.FunctionDefinition(function=getter),
                ir.Nested(body=(ir.ExpressionStatement(),)),
            ),
        ):
            assert (constructor.name, constructor.owner, constructor.receiver) == ("constructor", "A", "this")
            assert getter.name == "g"
        case other:
            pytest.fail(str(other))


@pytest.mark.parametrize(
    "text", ["const A = class { m() {} }", "exports.A = class { m() {} }", "module.exports = class A { m() {} }"]
)
def test_a_class_that_is_stored_is_a_class(text: str) -> None:
    match program(text)[0]:
        case ir.ClassDefinition(name="A", body=(ir.FunctionDefinition(),)):
            pass
        case other:
            pytest.fail(str(other))


def test_loops() -> None:
    match program("for (let i = 0; i < n; i++) f(); for (const [k, v] of o) {} for await (x of y) {} do {} while (z)"):
        case (
            ir.Assign(target=ir.Name(id="i"), declares=True),
            ir.Loop(test=ir.Binary(), body=(ir.ExpressionStatement(), ir.Assign(operator="+"))),
            ir.Loop(target=ir.Collection(elements=(ir.Name(id="k"), ir.Name(id="v"))), iterable=ir.Name(id="o")),
            ir.Loop(target=ir.Name(id="x"), is_async=True),
            ir.Loop(test=ir.Name(id="z")),
        ):
            pass
        case other:
            pytest.fail(str(other))


def test_the_break_that_ends_an_arm_is_dropped() -> None:
    match statement("switch (a) { case 1: case 2: { f(); break } case 3: g(); default: return_() }"):
        case ir.Switch(
            subject=ir.Name(id="a"),
            cases=(
                ir.Case(values=(ir.Number(),), body=(), falls_through=True),
                ir.Case(body=(ir.Nested(body=(ir.ExpressionStatement(),)),), falls_through=False),
                ir.Case(body=(ir.ExpressionStatement(),), falls_through=True),
                ir.Case(values=(), falls_through=False),
            ),
        ):
            pass
        case other:
            pytest.fail(str(other))


def test_exceptions_labels_and_jumps() -> None:
    match program("try { a() } catch (e) { throw e } finally { b() } l: for (;;) { continue l }"):
        case (
            ir.Try(handlers=(ir.Handler(types=(), name="e", body=(ir.Raise(),)),), final=(ir.ExpressionStatement(),)),
            ir.Nested(body=(ir.Loop(test=None, body=(ir.Jump(kind="continue", label="l"),)),)),
        ):
            pass
        case other:
            pytest.fail(str(other))


def test_else_if_is_an_if_alone_in_otherwise() -> None:
    match statement("if (a) b(); else if (c) { d() } else e()"):
        case ir.If(
            then=(ir.ExpressionStatement(),),
            otherwise=(ir.If(then=(ir.ExpressionStatement(),), otherwise=(ir.ExpressionStatement(),)),),
        ):
            pass
        case other:
            pytest.fail(str(other))


# --------------------------------------------------------------------------------------------------- robustness

DEEP = 10_000


@pytest.mark.parametrize("path", ["a.js", "a.ts", "a.tsx", "a.vue"])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\0b; f(`x${\0}`)",
        "const = ; function ( { class { } ) ${ ` ` ${ x",
        "x = " + "(" * DEEP + "a" + ")" * DEEP,
        "x = " + "[" * DEEP + "]" * DEEP,
        "x = " + "{a:" * DEEP + "1" + "}" * DEEP,
        "x = " + "a + (" * DEEP + "b" + ")" * DEEP,
        "(function(){" * DEEP + "})()" * DEEP,
        "x = " + "a => " * DEEP + "1",
        "{" * DEEP + "}" * DEEP,
        "x = " + "`${" * DEEP + "a" + "}`" * DEEP,
        "x = " + "a ? b : " * DEEP + "c",
        "a" + ".b()" * 2_000,
        "const " + "{a:" * DEEP + "b" + "}" * DEEP + " = require('m')",
        "class A { x = " * 1_000 + "}" * 1_000,
        "x = " + "<a>" * DEEP + "</a>" * DEEP,
    ],
    ids=lambda text: text[:12],
)
def test_nothing_makes_it_fail(text: str, path: str) -> None:
    text = f"<script>{text}</script>" if path == "a.vue" else text
    assert force(syntax(text, path).lower()) > 0


def test_a_chain_of_operands_is_as_deep_as_it_is_long() -> None:
    node = expression(" + ".join(["a"] * 5_000))
    depth = 0
    while isinstance(node, ir.Binary):
        node, depth = node.left, depth + 1
    assert depth == 4_999


def test_a_long_chain_of_else_if_is_followed() -> None:
    node: ir.Statement | None = statement("if (a) b(); " + "else if (a) b(); " * 3_000)
    depth = 0
    while isinstance(node, ir.If):
        node, depth = next(iter(node.otherwise), None), depth + 1
    assert depth == 3_001


def test_one_line_of_a_megabyte_is_read() -> None:
    line = "function f(a,b){return g(a+b,'x'+a,[1,2,{k:a}])&&h.i(b)};"
    assert len(program(line * (1_000_000 // len(line)))) == 1_000_000 // len(line)


def test_the_rest_of_a_broken_file_is_lowered() -> None:
    found = syntax("const = 1;\nfunction f() { g() }\n")
    functions = [item.function for item in found.lower().body if isinstance(item, ir.FunctionDefinition)]
    assert [item.name for item in functions] == ["f"]
    assert len(functions[0].body) == 1
    assert found.errors
