"""What TypeScript adds to JavaScript, and the scripts of Vue and Svelte components."""

from __future__ import annotations

import pytest

from languages.javascript_test import expression, function, program, statement, syntax
from persistlint import ir
from persistlint.languages import language_of


@pytest.mark.parametrize("path", ["a.ts", "a.mts", "a.cts", "a.tsx", "a.vue", "a.svelte"])
def test_the_language_is_known_by_its_suffix(path: str) -> None:
    assert language_of(path) == "typescript"


def test_declarations_are_not_read() -> None:
    assert language_of("a.d.ts") is None


def test_scan_captures_calls_of_what_is_not_null() -> None:
    assert [name for name, _ in syntax("f!(); a.g!(); h<T>(); new I<T>()", "a.ts").calls] == ["f", "g", "h", "I"]


# ------------------------------------------------------------------------------------- type arguments of a tag


def tagged(root: object) -> list[tuple[str, ir.TaggedTemplate]]:
    """The tagged templates of a program, by the last name of their tags."""
    found: list[tuple[str, ir.TaggedTemplate]] = []
    stack = [root]
    while stack:
        match stack.pop():
            case tuple() as nodes:
                stack.extend(nodes)
            case ir.FunctionDefinition(function=inner) | ir.Lambda(function=inner):
                stack.append(inner.body)
            case ir.TaggedTemplate(tag=ir.Name(id=name) | ir.Attribute(name=name)) as node:
                found.append((name, node))
            case ir.Assign(value=value) | ir.Return(value=value) | ir.ExpressionStatement(value=value):
                stack.append(value)
            case ir.Entry(value=value) | ir.Argument(value=value):
                stack.append(value)
            case ir.Call(function=called, arguments=arguments):
                stack.extend((called, arguments))
            case ir.Mapping(entries=entries):
                stack.append(entries)
            case ir.Expression() as node:
                stack.extend(ir.children(node))
    return found


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("const a = await prisma.$queryRaw<User[]>`… ${y}`", "$queryRaw"),
        ("const [a] = await prisma.$queryRaw<Array<{ id: number }>>`… ${y}`", "$queryRaw"),
        ("const q = sql<Row[]>`… ${y}`;", "sql"),
        ("const q = sql<Row[]>`… ${y}`", "sql"),
        ("let q: Q = sql<Row[]>`… ${y}`, r = 1", "sql"),
        ("q = sql<Row[]>`… ${y}`.execute(db)", "sql"),
        ("function f() { return sql<{ id: number; n: 'a' | 'b' }>`… ${y}` }", "sql"),
        ("const f = () => sql<Row[]>`… ${y}`", "sql"),
        ("db.execute(sql<Foo[]>`… ${y}`)", "sql"),
        ("const o = { a: sql<Row[]>`… ${y}`, b: 1 }", "sql"),
        ("const o = [sql<Row[]>`… ${y}`, 1]", "sql"),
        ("const o = c ? sql<Row[]>`… ${y}` : 0", "sql"),
        ("await sql<\n  { a: string }[]\n>`… ${y}`.execute(db)", "sql"),
        ("sql<number>`… ${y}`", "sql"),
        ("styled.div<{ on: (x: A) => void }>`… ${y}`", "div"),
    ],
)
@pytest.mark.parametrize("path", ["a.ts", "a.tsx"])
def test_a_tag_may_have_type_arguments(text: str, tag: str, path: str) -> None:
    found = syntax(f"before();\n{text}\nafter();\n", path)
    body = found.lower().body
    ((name, node),) = tagged(body)
    assert name == tag
    match node.template:
        case ir.Template(parts=(ir.String(value="… "), ir.Hole(value=ir.Name(id="y")))):
            assert found.source.text(node.template.range) == "`… ${y}`"
        case other:
            pytest.fail(str(other))
    assert not found.errors
    match body[0], body[-1]:
        case ir.ExpressionStatement(value=ir.Call()), ir.ExpressionStatement(value=ir.Call()):
            pass
        case around:
            pytest.fail(str(around))


@pytest.mark.parametrize(
    ("text", "value"),
    [("`foo<br>`", "foo<br>"), ("'<T>`'", "<T>`"), ("`a<b>` + c", "a<b>")],
)
def test_text_that_looks_like_type_arguments_stays(text: str, value: str) -> None:
    match expression(text, "a.ts"):
        case ir.String(value=found) | ir.Binary(left=ir.String(value=found)):
            assert found == value
        case other:
            pytest.fail(str(other))


def test_comparisons_and_holes_before_a_template_stay() -> None:
    match expression("a < b && c>`d`", "a.ts"):
        case ir.Binary(operator="and", left=ir.Binary(operator="<"), right=ir.Binary(operator=">")):
            pass
        case other:
            pytest.fail(str(other))
    match expression('`x<a href="${url}">`', "a.ts"):
        case ir.Template(parts=(ir.String(), ir.Hole(value=ir.Name(id="url")), ir.String())):
            pass
        case other:
            pytest.fail(str(other))


# -------------------------------------------------------------------------------------------------- what it adds


@pytest.mark.parametrize(
    ("text", "type"),
    [("a as Foo<B>", "Foo<B>"), ("a as const", "const"), ("a satisfies T", "T"), ("a!", "!"), ("<T>a", "T")],
)
def test_type_assertions(text: str, type: str) -> None:
    match expression(text, "a.ts"):
        case ir.TypeAssertion(value=ir.Name(id="a"), type=found):
            assert found == type
        case other:
            pytest.fail(str(other))


def test_classes_declare_fields_and_parameter_properties() -> None:
    text = """@Entity() export class A extends Repository<User> implements I {
      @Col() private readonly t: string = 'x';
      constructor(private readonly db: Pool, @Inject('q') public q?: Q, plain = 1) { super() }
      @Get() find(this: A, @Query('s') s: string, ...rest: any[]): Promise<User[]> {}
      private hidden() {}
      abstract gone(): void;
    }"""
    match statement(text, "a.ts"):
        case ir.ClassDefinition(
            name="A",
            bases=("Repository",),
            fields=(("t", "string"), ("db", "Pool"), ("q", "Q")),
            decorators=(ir.Call(function=ir.Name(id="Entity")),),
            body=(
                ir.Assign(target=ir.Name(id="t"), constant=True, annotation="string"),
                ir.FunctionDefinition(),
                ir.FunctionDefinition(function=find),
                ir.FunctionDefinition(function=hidden),
            ),
        ):
            assert [(p.name, p.annotation, p.kind) for p in find.parameters] == [
                ("s", "string", "positional"),
                ("rest", "any[]", "rest"),
            ]
            assert find.returns == "Promise<User[]>"
            assert [type(item) for item in find.decorators] == [ir.Call]
            assert (find.exported, hidden.exported) == (True, False)
        case other:
            pytest.fail(str(other))


def test_enums_are_classes_of_constants() -> None:
    match statement("export const enum E { A = 'a', 'B' = 1, C }", "a.ts"):
        case ir.ClassDefinition(
            name="E",
            is_enum=True,
            body=(
                ir.Assign(target=ir.Name(id="A"), value=ir.String(value="a"), constant=True),
                ir.Assign(target=ir.Name(id="B"), value=ir.Number()),
                ir.Assign(target=ir.Name(id="C"), value=None),
            ),
        ):
            pass
        case other:
            pytest.fail(str(other))


def test_interfaces_and_object_types_say_the_types_of_fields() -> None:
    text = "interface I extends J<K> { db: Pool; m(): void } type T = { readonly c?: Client }; type U = A | B"
    found = [
        (item.name, item.bases, item.fields) for item in program(text, "a.ts") if isinstance(item, ir.ClassDefinition)
    ]
    assert found == [("I", ("J",), (("db", "Pool"),)), ("T", (), (("c", "Client"),)), ("U", ("A", "B"), ())]


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("import x = require('m')", [("m", None, "x")]),
        ("import type { A } from 'm'", [("m", "A", "A")]),
        ("import { type A, b } from 'm'", [("m", "A", "A"), ("m", "b", "b")]),
        ("import type A from 'm'", [("m", None, "A")]),
    ],
)
def test_imports_of_types_count(text: str, imports: list[tuple[str, str | None, str]]) -> None:
    found = [(item.module, item.member, item.local) for item in program(text, "a.ts") if isinstance(item, ir.Import)]
    assert found == imports


def test_namespaces_are_nested_and_declarations_are_left_out() -> None:
    match program("namespace N { export const a = 1 } declare const b: number; function f(): void; f()", "a.ts"):
        case (ir.Nested(body=(ir.Assign(target=ir.Name(id="a")),)), ir.ExpressionStatement()):
            pass
        case other:
            pytest.fail(str(other))


def test_annotations_are_kept_as_written() -> None:
    match statement("const a: Map<string, number> = b", "a.ts"):
        case ir.Assign(annotation="Map<string, number>", constant=True):
            pass
        case other:
            pytest.fail(str(other))
    found = function("const f = async <T,>(a: T, b?: number): Promise<T> => a", "a.ts")
    assert ([item.annotation for item in found.parameters], found.returns) == (["T", "number"], "Promise<T>")


# --------------------------------------------------------------------------------------------------- components


COMPONENT = """<!-- <script>no()</script> -->
<script type="application/json">{"no": no()}</script>
<script>first()</script>
<template><p @click="a > b">{{ no() }} `</p></template>
<script setup lang="ts" generic="T extends Record<string, X>">
const é: number = sql<T[]>`… ${y}`
</script>
<style>p { color: red }</style>
"""


@pytest.mark.parametrize("path", ["a.vue", "a.svelte"])
def test_only_the_scripts_of_a_component_are_read(path: str) -> None:
    found = syntax(COMPONENT, path)
    assert [name for name, _ in found.calls] == ["first", "sql"]
    assert not found.errors
    match found.lower().body:
        case (ir.ExpressionStatement(), ir.Assign(value=ir.TaggedTemplate() as node)):
            assert found.source.text(node.range) == "sql<T[]>`… ${y}`"
        case other:
            pytest.fail(str(other))


def test_the_script_of_a_component_may_hold_tsx() -> None:
    found = syntax('<script lang="tsx">const a = <p>{b}</p></script>', "a.vue")
    assert not found.errors


def test_a_component_without_a_script_is_empty() -> None:
    assert program("<template><p>{{ a }}</p></template>", "a.vue") == ()
