"""The lowering of Go: what each construct becomes, and that nothing makes it fail."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ir_nodes import force
from persistlint import ir
from persistlint.languages import language_of, read
from persistlint.source import Range, SourceFile

if TYPE_CHECKING:
    from persistlint.languages import Syntax


def syntax(text: str) -> Syntax:
    return read(SourceFile("a.go", text.encode(), "go"))


def module(text: str) -> ir.Module:
    return syntax("package p\n" + text).lower()


def body(text: str) -> ir.Block:
    """The statements of a function with this body."""
    match module(f"func f() {{\n{text}\n}}").body:
        case (ir.FunctionDefinition(function=function),):
            return function.body
    raise AssertionError("not one function")


def statement(text: str) -> ir.Statement:
    (found,) = body(text)
    return found


def expression(text: str) -> ir.Expression:
    match statement(f"_ = {text}"):
        case ir.Assign(target=ir.Name(id="_"), value=ir.Expression() as value):
            return value
    raise AssertionError("not an assignment")


def names(block: ir.Block) -> list[str]:
    """The names that the calls of a block have, in order."""
    return [
        call.function.id
        for call in (item.value for item in block if isinstance(item, ir.ExpressionStatement))
        if isinstance(call, ir.Call) and isinstance(call.function, ir.Name)
    ]


# --------------------------------------------------------------------------------------------------------- scan


def test_the_language_is_known_by_its_suffix() -> None:
    assert language_of("internal/store/user.go") == "go"


def test_scan_captures_numbers_without_a_name() -> None:
    found = syntax(
        "package p\nfunc f() int { x := 3; if x > 4 { f(5, -6); x *= 7.5 }; switch x { case 8, 9: }\n"
        "_ = T{A: 10, B: []int{11}}; return 12 }"
    )
    assert [found.source.text(range) for range in found.numbers] == ["4", "5", "6", "7.5", "8", "9", "12"]


def test_scan_captures_calls_templates_comments_and_errors() -> None:
    found = syntax('package p\nfunc f() { // note\n db.Query("a" + x); g(); h[int](y); p.K[T](z); x + `b`; := }\n')
    assert [name for name, _ in found.calls] == ["Query", "g", "h", "K"]
    assert [found.source.text(range) for range in found.templates] == ['"a" + x', "x + `b`"]
    assert [found.source.text(range) for range in found.comments] == ["// note"]
    assert found.errors


# -------------------------------------------------------------------------------------------------- expressions


@pytest.mark.parametrize(
    ("text", "value", "content"),
    [
        ('"SELECT 1"', "SELECT 1", "SELECT 1"),
        (r'"a\tb\"\\"', 'a\tb"\\', r"a\tb\"\\"),
        (r'"\x41\101\u00e9\U0001F600"', "AAé😀", r"\x41\101\u00e9\U0001F600"),
        (r'"\xc3\xa9"', "é", r"\xc3\xa9"),
        ('""', "", ""),
        ('`a\\n"b"\r\n`', 'a\\n"b"\n', '`a\\n"b"\r\n`'[1:-1]),
        ("'x'", "x", "x"),
        (r"'\''", "'", r"\'"),
    ],
)
def test_strings_and_runes(text: str, value: str, content: str) -> None:
    source = f"package p\nvar x = {text}"
    match module(f"var x = {text}").body:
        case (ir.Assign(value=ir.String(value=found, content=range)),):
            assert (found, source.encode()[range.start : range.end].decode()) == (value, content)
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0o17", 15),
        ("017", 15),
        ("0b11", 3),
        ("1.5e3", 1500.0),
        ("0x1p-2", 0.25),
        ("1e999", None),
        ("2i", None),
        ("9" * 5000, None),
    ],
)
def test_numbers(text: str, value: float | None) -> None:
    match expression(text):
        case ir.Number(text=written, value=found):
            assert (written, found) == (text, value)
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(("text", "value"), [("nil", None), ("true", True), ("false", False)])
def test_constants(text: str, value: bool | None) -> None:
    match expression(text):
        case ir.Constant(value=found):
            assert found is value
        case other:
            raise AssertionError(other)


def test_call_of_a_method_with_spread_arguments() -> None:
    match expression("r.db.QueryRow(ctx, q, args...)"):
        case ir.Call(
            function=ir.Attribute(value=ir.Attribute(value=ir.Name(id="r"), name="db"), name="QueryRow"),
            arguments=(
                ir.Argument(value=ir.Name(id="ctx"), spread=False),
                ir.Argument(value=ir.Name(id="q"), spread=False),
                ir.Argument(value=ir.Name(id="args"), spread=True),
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("string(x)", "string"),
        ("[]byte(x)", "[]byte"),
        ("make([]int, 3)", "make"),
        ("new(T)", "new"),
        ("Map[int](x)", "Map"),
        ("Map[int, string](x, y)", "Map"),
    ],
)
def test_conversions_and_generic_calls_are_calls(text: str, function: str) -> None:
    match expression(text):
        case ir.Call(function=ir.Name(id=found), arguments=arguments):
            assert found == function
            assert arguments
        case other:
            raise AssertionError(other)


def test_call_of_a_generic_function_of_a_package() -> None:
    match expression("gorm.G[User](db)"):
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id="gorm"), name="G"), arguments=(ir.Argument(value=ir.Name(id="db")),)
        ):
            pass
        case other:
            raise AssertionError(other)


def test_composite_literals_with_keys_are_mappings() -> None:
    match expression('map[string]T{"a": {N: 1}, key: x}'):
        case ir.Mapping(
            type="map[string]T",
            entries=(
                ir.Entry(
                    key=ir.String(value="a"),
                    value=ir.Mapping(type="T", entries=(ir.Entry(key=ir.String(value="N"), value=ir.Number(value=1)),)),
                ),
                ir.Entry(key=ir.Name(id="key"), value=ir.Name(id="x")),
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_address_of_a_composite_literal() -> None:
    match expression("&Config{Name: n}"):
        case ir.Unary(
            operator="&", operand=ir.Mapping(type="Config", entries=(ir.Entry(key=ir.String(value="Name")),))
        ):
            pass
        case other:
            raise AssertionError(other)


def test_keys_of_a_literal_of_another_package_are_fields_or_variables() -> None:
    match expression("sq.Eq{column: x}"), expression("pgx.TxOptions{IsoLevel: x}"):
        case (
            ir.Mapping(type="sq.Eq", entries=(ir.Entry(key=ir.Name(id="column")),)),
            ir.Mapping(type="pgx.TxOptions", entries=(ir.Entry(key=ir.String(value="IsoLevel")),)),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_composite_literals_without_keys_are_collections() -> None:
    match expression('[]string{"a", b}'), expression("[...]P{{1, 2}}"), expression("pgx.Identifier{t}.Sanitize()"):
        case (
            ir.Collection(kind=ir.Sequence.LIST, type="[]string", elements=(ir.String(value="a"), ir.Name(id="b"))),
            ir.Collection(type="[...]P", elements=(ir.Collection(type="P", elements=(ir.Number(), ir.Number())),)),
            ir.Call(function=ir.Attribute(value=ir.Collection(type="pgx.Identifier"), name="Sanitize")),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_empty_composite_literals() -> None:
    match expression("[]any{}"), expression("map[string]any{}"), expression("T{}"):
        case ir.Collection(elements=(), type="[]any"), ir.Mapping(entries=()), ir.Mapping(entries=(), type="T"):
            pass
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("text", "operator"),
    [("a + b", "+"), ("a && b", "and"), ("a || b", "or"), ("a != b", "!="), ("a << b", "<<"), ("a % b", "%")],
)
def test_binary_operators(text: str, operator: str) -> None:
    match expression(text):
        case ir.Binary(operator=found, left=ir.Name(id="a"), right=ir.Name(id="b")):
            assert found == operator
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(("text", "operator"), [("!a", "not"), ("-a", "-"), ("^a", "~"), ("&a", "&"), ("*a", "*")])
def test_unary_operators(text: str, operator: str) -> None:
    match expression(text):
        case ir.Unary(operator=found, operand=ir.Name(id="a")):
            assert found == operator
        case other:
            raise AssertionError(other)


def test_and_not_is_made_of_two_operators() -> None:
    match expression("a &^ b"):
        case ir.Binary(operator="&", right=ir.Unary(operator="~", operand=ir.Name(id="b"))):
            pass
        case other:
            raise AssertionError(other)


def test_index_slice_and_type_assertion() -> None:
    match expression("m[k]"), expression("s[1:n]"), expression("v.(*T)"), expression("(<-ch)"):
        case (
            ir.Subscript(value=ir.Name(id="m"), index=ir.Name(id="k")),
            ir.Subscript(value=ir.Name(id="s"), index=ir.Unknown(operands=(ir.Number(value=1), ir.Name(id="n")))),
            ir.TypeAssertion(value=ir.Name(id="v"), type="*T"),
            ir.Unknown(operands=(ir.Name(id="ch"),)),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_function_literal_is_lowered_when_its_body_is_asked_for() -> None:
    match expression("func(x int) string { return g(x) }"):
        case ir.Lambda(
            function=ir.Function(
                name="", parameters=(ir.Parameter(name="x", annotation="int"),), returns="string", body=(ir.Return(),)
            )
        ):
            pass
        case other:
            raise AssertionError(other)


def test_ranges_are_those_of_the_text() -> None:
    text = 'package p\nfunc é() { db.Query(ctx, "é"+x) }\n'
    source = SourceFile("a.go", text.encode(), "go")
    match read(source).lower().body:
        case (ir.FunctionDefinition(function=function) as definition,):
            assert source.text(definition.range) == text.splitlines()[1]
            assert source.text(function.name_range) == "é"
        case other:
            raise AssertionError(other)
    match function.body:
        case (
            ir.ExpressionStatement(
                value=ir.Call(
                    function=ir.Attribute() as method, arguments=(_, ir.Argument(value=ir.Binary(left=left) as sum))
                ) as call
            ),
        ):
            assert source.text(call.range) == 'db.Query(ctx, "é"+x)'
            assert source.text(method.name_range) == "Query"
            assert source.text(sum.range) == '"é"+x'
            assert source.text(left.range) == '"é"'
        case other:
            raise AssertionError(other)


# --------------------------------------------------------------------------------------------------- assignments


def test_short_declaration_of_two_names_from_one_call() -> None:
    match statement("rows, err := db.Query(q)"):
        case ir.Assign(
            target=ir.Collection(kind=ir.Sequence.TUPLE, elements=(ir.Name(id="rows"), ir.Name(id="err"))),
            value=ir.Call(),
            operator="=",
            declares=True,
            constant=False,
        ):
            pass
        case other:
            raise AssertionError(other)


def test_assignment_of_several_values() -> None:
    match statement("a, b.c = b.c, a"):
        case ir.Assign(
            target=ir.Collection(elements=(ir.Name(id="a"), ir.Attribute(name="c"))),
            value=ir.Collection(elements=(ir.Attribute(name="c"), ir.Name(id="a"))),
            declares=False,
        ):
            pass
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("text", "operator"), [("q += x", "+"), ("q <<= x", "<<"), ("q = x", "="), ("q++", "+"), ("q--", "-")]
)
def test_operator_of_an_assignment(text: str, operator: str) -> None:
    match statement(text):
        case ir.Assign(target=ir.Name(id="q"), value=ir.Name() | ir.Number(value=1), operator=found, declares=False):
            assert found == operator
        case other:
            raise AssertionError(other)


def test_var_with_and_without_a_value() -> None:
    match module("var (\n a, b *sql.DB\n q string = `x`\n)").body:
        case (
            ir.Assign(target=ir.Name(id="a"), value=None, declares=True, annotation="*sql.DB"),
            ir.Assign(target=ir.Name(id="b"), value=None, declares=True, annotation="*sql.DB"),
            ir.Assign(target=ir.Name(id="q"), value=ir.String(value="x"), declares=True, annotation="string"),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_constants_repeat_the_expression_before_them() -> None:
    match module('const q = "x"\nconst (\n A Color = 1 << iota\n B // again\n _\n D, E = iota, "e"\n)').body:
        case (
            ir.Assign(target=ir.Name(id="q"), value=ir.String(value="x"), constant=True, declares=True),
            ir.Assign(
                target=ir.Name(id="A"), value=ir.Binary(right=ir.Number(text="iota", value=0)), annotation="Color"
            ),
            ir.Assign(target=ir.Name(id="B"), value=ir.Binary(right=ir.Number(value=1)), annotation="Color"),
            ir.Assign(target=ir.Name(id="_")),
            ir.Assign(
                target=ir.Collection(elements=(ir.Name(id="D"), ir.Name(id="E"))),
                value=ir.Collection(elements=(ir.Number(value=3), ir.String(value="e"))),
                constant=True,
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


# ---------------------------------------------------------------------------------------------------- statements


def test_if_with_else_if() -> None:
    match statement("if a { x() } else if b { y() } else { z() }"):
        case ir.If(
            test=ir.Name(id="a"),
            then=(ir.ExpressionStatement(),),
            otherwise=(ir.If(test=ir.Name(id="b"), otherwise=(ir.ExpressionStatement(),)),),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_what_an_if_declares_ends_with_it() -> None:
    match statement("if err := g(); err != nil { return }"):
        case ir.Nested(body=(ir.Assign(target=ir.Name(id="err"), declares=True), ir.If(test=ir.Binary(operator="!=")))):
            pass
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("header", "targets"), [("i, x := range", ["i", "x"]), ("_, x = range", ["_", "x"]), ("i := range", ["i"])]
)
def test_range_loops(header: str, targets: list[str]) -> None:
    match statement(f"for {header} xs {{ g() }}"):
        case ir.Loop(
            target=ir.Collection(elements=elements),
            iterable=ir.Name(id="xs"),
            test=None,
            body=(ir.ExpressionStatement(),),
        ):
            assert [element.id for element in elements if isinstance(element, ir.Name)] == targets
        case other:
            raise AssertionError(other)


def test_other_loops() -> None:
    match body("for range ch {}\nfor {}\nfor a {}\nfor i := 0; i < n; i++ { g() }\nfor ; ; {}"):
        case (
            ir.Loop(target=None, iterable=ir.Name(id="ch"), test=None),
            ir.Loop(target=None, iterable=None, test=None),
            ir.Loop(target=None, iterable=None, test=ir.Name(id="a")),
            ir.Nested(
                body=(
                    ir.Assign(target=ir.Name(id="i"), declares=True),
                    ir.Loop(test=ir.Binary(operator="<"), body=(ir.ExpressionStatement(), ir.Assign(operator="+"))),
                )
            ),
            ir.Loop(target=None, iterable=None, test=None),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_switch_with_a_subject() -> None:
    match statement('switch s { case "a", "b": x(); fallthrough; case "c": y(); break; default: z() }'):
        case ir.Switch(
            subject=ir.Name(id="s"),
            cases=(
                ir.Case(values=(ir.String(value="a"), ir.String(value="b")), body=(_,), falls_through=True),
                ir.Case(values=(ir.String(value="c"),), body=(_,), falls_through=False),
                ir.Case(values=(), body=(_,)),
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_switch_without_a_subject_and_with_an_initializer() -> None:
    match body("switch { case a > b: }\nswitch x := g(); x { case 1: break L }"):
        case (
            ir.Switch(subject=None, cases=(ir.Case(values=(ir.Binary(operator=">"),)),)),
            ir.Nested(
                body=(
                    ir.Assign(target=ir.Name(id="x")),
                    ir.Switch(subject=ir.Name(id="x"), cases=(ir.Case(body=(ir.Jump(kind="break", label="L"),)),)),
                )
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_type_switch_narrows_its_variable() -> None:
    match statement("switch v := x.(type) { case int: a(v); case *T, string: b(); case nil: default: }"):
        case ir.Nested(
            body=(
                ir.Assign(target=ir.Name(id="v"), value=ir.Name(id="x"), declares=True),
                ir.Switch(
                    subject=ir.TypeAssertion(value=ir.Name(id="v"), type="type"),
                    cases=(
                        ir.Case(
                            values=(ir.Name(id="int"),),
                            body=(ir.Assign(target=ir.Name(id="v"), value=ir.TypeAssertion(type="int")), _),
                        ),
                        ir.Case(values=(ir.Name(id="*T"), ir.Name(id="string")), body=(ir.ExpressionStatement(),)),
                        ir.Case(values=(ir.Constant(value=None),), body=()),
                        ir.Case(values=(), body=()),
                    ),
                ),
            )
        ):
            pass
        case other:
            raise AssertionError(other)


def test_select() -> None:
    match statement("select { case v, ok := <-ch: a(); case ch <- 1: b(); case <-done: default: c() }"):
        case ir.Switch(
            subject=None,
            cases=(
                ir.Case(values=(ir.Unknown(),), body=(ir.Assign(target=ir.Collection(), declares=True), _)),
                ir.Case(values=(ir.Unknown(),), body=(ir.ExpressionStatement(value=ir.Unknown()), _)),
                ir.Case(values=(ir.Unknown(),), body=(ir.ExpressionStatement(value=ir.Unknown()),)),
                ir.Case(values=(), body=(ir.ExpressionStatement(value=ir.Call()),)),
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_defer_go_blocks_and_jumps() -> None:
    match body("defer tx.Rollback(ctx)\ngo func() { g() }()\n{ h() }\nL: for { continue L }\ngoto L\nch <- x"):
        case (
            ir.Defer(kind="defer", call=ir.Call(function=ir.Attribute(name="Rollback"))),
            ir.Defer(kind="go", call=ir.Call(function=ir.Lambda())),
            ir.Nested(body=(ir.ExpressionStatement(),)),
            ir.Nested(body=(ir.Loop(body=(ir.Jump(kind="continue", label="L"),)),)),
            ir.Jump(kind="goto", label="L"),
            ir.ExpressionStatement(value=ir.Unknown(operands=(ir.Name(id="ch"), ir.Name(id="x")))),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_return_of_none_one_and_several_values() -> None:
    match body("return\nreturn x\nreturn x, nil"):
        case (
            ir.Return(value=None),
            ir.Return(value=ir.Name(id="x")),
            ir.Return(value=ir.Collection(kind=ir.Sequence.TUPLE, elements=(ir.Name(id="x"), ir.Constant(value=None)))),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_named_results_are_variables_that_a_bare_return_returns() -> None:
    match module("func f() (q string, err error) { q = g(); return }").body:
        case (ir.FunctionDefinition(function=function),):
            assert function.returns == "(q string, err error)"
        case other:
            raise AssertionError(other)
    match function.body:
        case (
            ir.Assign(target=ir.Name(id="q"), value=None, declares=True, annotation="string"),
            ir.Assign(target=ir.Name(id="err"), value=None, declares=True, annotation="error"),
            ir.Assign(target=ir.Name(id="q"), value=ir.Call()),
            ir.Return(value=ir.Collection(elements=(ir.Name(id="q"), ir.Name(id="err")))),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_panic_and_exit_stay_calls() -> None:
    match body("panic(err)\nlog.Fatal(err)\nos.Exit(1)"):
        case tuple(statements):
            assert all(
                isinstance(item, ir.ExpressionStatement) and isinstance(item.value, ir.Call) for item in statements
            )
            assert len(statements) == 3


# -------------------------------------------------------------------------------------------------- declarations


@pytest.mark.parametrize(
    ("text", "module_", "local"),
    [
        ('"database/sql"', "database/sql", "sql"),
        ('"github.com/jackc/pgx/v5"', "github.com/jackc/pgx/v5", "pgx"),
        ('"github.com/jackc/pgx/v5/pgxpool"', "github.com/jackc/pgx/v5/pgxpool", "pgxpool"),
        ('"gopkg.in/gorp.v3"', "gopkg.in/gorp.v3", "gorp"),
        ('"github.com/ClickHouse/clickhouse-go/v2"', "github.com/ClickHouse/clickhouse-go/v2", "clickhouse"),
        ('"github.com/mattn/go-sqlite3"', "github.com/mattn/go-sqlite3", "sqlite3"),
        ('sq "github.com/Masterminds/squirrel"', "github.com/Masterminds/squirrel", "sq"),
        ('_ "github.com/lib/pq"', "github.com/lib/pq", "_"),
        ('. "github.com/go-jet/jet/v2/postgres"', "github.com/go-jet/jet/v2/postgres", "*"),
    ],
)
def test_imports(text: str, module_: str, local: str) -> None:
    for declaration in (f"import {text}", f"import (\n{text}\n)"):
        match module(declaration).body:
            case (ir.Import(module=path, member=None, local=name),):
                assert (path, name) == (module_, local)
            case other:
                raise AssertionError(other)


def test_struct_gathers_its_methods_wherever_they_stand() -> None:
    found = module("""
func (r *Repo[T]) Find(id int) {}
func helper() {}
type Repo[T any] struct { *Base; db, ro *sqlx.DB; sql.Tx `x:"y"`; opts map[string]int `json:"opts"` }
func (Repo[T]) close() {}
""").body
    match found:
        case (
            ir.FunctionDefinition(function=ir.Function(name="helper", exported=False, owner=None, receiver=None)),
            ir.ClassDefinition(
                name="Repo",
                bases=("Base", "sql.Tx"),
                fields=(
                    ("Base", "*Base"),
                    ("db", "*sqlx.DB"),
                    ("ro", "*sqlx.DB"),
                    ("Tx", "sql.Tx"),
                    ("opts", "map[string]int"),
                ),
                body=(
                    ir.Assign(target=ir.Name(id="db"), value=None, declares=True, annotation="*sqlx.DB"),
                    ir.Assign(target=ir.Name(id="ro")),
                    ir.Assign(target=ir.Name(id="opts"), decorators=(ir.String(value='json:"opts"'),)),
                    ir.FunctionDefinition(function=ir.Function(name="Find", owner="Repo", receiver="r", exported=True)),
                    ir.FunctionDefinition(
                        function=ir.Function(name="close", owner="Repo", receiver=None, exported=False)
                    ),
                ),
            ),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_methods_of_a_type_of_another_file() -> None:
    match module("func (s *Store) A() {}\nfunc g() {}\nfunc (s Store) B() {}").body:
        case (
            ir.ClassDefinition(
                name="Store",
                fields=(),
                body=(
                    ir.FunctionDefinition(function=ir.Function(name="A")),
                    ir.FunctionDefinition(function=ir.Function(name="B")),
                ),
            ),
            ir.FunctionDefinition(),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_other_types() -> None:
    match module("type (\n Reader interface { Read(x int) error }\n ID int64\n DB = sql.DB\n)").body:
        case (
            ir.ClassDefinition(name="Reader", bases=(), body=(), fields=()),
            ir.ClassDefinition(name="ID", bases=("int64",)),
            ir.ClassDefinition(name="DB", bases=("sql.DB",)),
        ):
            pass
        case other:
            raise AssertionError(other)


def test_parameters() -> None:
    match module("func F[T any](ctx context.Context, a, b string, _ int, xs ...T) error { return nil }").body:
        case (ir.FunctionDefinition(function=ir.Function(name="F", parameters=parameters, exported=True)),):
            assert [(item.name, item.annotation, item.kind) for item in parameters] == [
                ("ctx", "context.Context", "positional"),
                ("a", "string", "positional"),
                ("b", "string", "positional"),
                ("_", "int", "positional"),
                ("xs", "T", "rest"),
            ]
        case other:
            raise AssertionError(other)


# ---------------------------------------------------------------------------------------------------- robustness


def test_empty_file() -> None:
    match syntax("").lower():
        case ir.Module(range=Range(start=0, end=0), body=()):
            pass
        case other:
            raise AssertionError(other)


def test_long_concatenations_lean_to_the_left() -> None:
    value = expression(" + ".join(f'"{index}"' for index in range(5000)))
    count = 1
    while isinstance(value, ir.Binary):
        assert isinstance(value.right, ir.String)
        value = value.left
        count += 1
    assert isinstance(value, ir.String)
    assert count == 5000


def test_long_else_if_chains_keep_every_arm() -> None:
    text = " else ".join(f"if x == {index} {{ a() }}" for index in range(3000))
    count = 0
    block = body(text)
    while block:
        (arm,) = block
        assert isinstance(arm, ir.If)
        assert names(arm.then) == ["a"]
        block = arm.otherwise
        count += 1
    assert count == 3000


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 10000 + "1" + ")" * 10000,
        "x = " + "!" * 10000 + "y",
        "x = " + "f(" * 3000 + "1" + ")" * 3000,
        "x = " + "a[" * 3000 + "1" + "]" * 3000,
        "x = a" + ".b()" * 3000,
        "x = " + "[]T{" * 3000 + "}" * 3000,
        "x = []T{" + "{" * 3000 + "}" * 3000 + "}",
        "x = a" + " + b - c" * 3000,
        "x = " + "a + (" * 3000 + "b" + ")" * 3000,
        "if x {" * 2000 + "}" * 2000,
        "{" * 3000 + "}" * 3000,
        "for {" * 3000,
        "switch x { case 1: " * 2000,
        "func() {" * 2000 + "}" * 2000,
        "x = " + "(" * 10000,
        "var x " + "*" * 5000 + "T",
        "var x " + "[]" * 5000 + "T",
    ],
    ids=lambda text: text[:14],
)
def test_deep_nesting_does_not_fail(text: str) -> None:
    assert force(module(f"func f() {{ {text} }}")) > 1


@pytest.mark.parametrize(
    "text",
    [
        "func",
        "func (",
        "func () f",
        "func (*) f() {}",
        "func f( { x := }",
        "type",
        "type T struct { a",
        "type T struct { ; * }",
        "const ( A = ",
        "var = 3",
        "import (",
        'import "',
        'func f() { db.Query("a" + ) }',
        "func f() { if { } else if }",
        "func f() { for i := range { } }",
        "func f() { switch x := .(type) { case : } }",
        "func f() { select { case : } }",
        "func f() { return , }",
        "func f() { x := []int{1: , } }",
        "func f() { x.(, y[ , z[: }",
        "func f() { x++ ++; = 3; defer; go }",
        'var s = "a\\',
        'var s = "\\ud800\\U99999999"',
        "\0\0func f() { \0 }",
        "}}}}))))",
        "func (r *Repo) F() { {{{ \nfunc (r *Repo) G() { x() }",
    ],
)
def test_broken_files_do_not_fail(text: str) -> None:
    assert force(module(text)) > 1
    assert force(syntax(text).lower()) > 1


def test_functions_beside_broken_code_are_lowered() -> None:
    found = module('func f() { db.Query("a" + ) }\nfunc g() { h() }\n').body
    functions = [item.function for item in found if isinstance(item, ir.FunctionDefinition)]
    assert [function.name for function in functions] == ["f", "g"]
    assert names(functions[1].body) == ["h"]
