"""What Python programs are in the language-neutral picture, and where in the file their parts stand."""

from __future__ import annotations

from importlib.resources import files
from textwrap import dedent

import pytest
import tree_sitter_python
from tree_sitter import Language, Parser, Query, QueryCursor

from ir_nodes import nodes
from persistlint import ir
from persistlint.languages import language_of, read
from persistlint.source import Range, SourceFile

GRAMMAR = Language(tree_sitter_python.language())


def lower(code: str) -> ir.Module:
    return read(SourceFile("a.py", code.encode(), "python")).lower()


def statement(code: str) -> ir.Statement:
    (found,) = lower(dedent(code)).body
    return found


def value(code: str) -> ir.Expression:
    found = statement(code)
    assert isinstance(found, ir.ExpressionStatement)
    return found.value


def function(code: str) -> ir.Function:
    found = statement(code)
    assert isinstance(found, ir.FunctionDefinition)
    return found.function


def text(code: str, range: Range) -> str:
    return code.encode()[range.start : range.end].decode()


def show(node: object) -> str:
    """A program in one line: operators prefixed, names bare, strings quoted."""
    match node:
        case ir.Name(id=id):
            return id
        case ir.String(value=found):
            return repr(found)
        case ir.Number(text=found):
            return found
        case ir.Constant(value=constant):
            return repr(constant)
        case ir.Attribute(value=inner, name=name):
            return f"{show(inner)}.{name}"
        case ir.Subscript(value=inner, index=index):
            return f"{show(inner)}[{show(index)}]"
        case ir.Call(function=called, arguments=arguments):
            return f"{show(called)}({', '.join(map(show, arguments))})"
        case ir.Argument(value=inner, keyword=keyword, spread=spread):
            return ("*" if spread else f"{keyword}=" if keyword else "") + show(inner)
        case ir.Binary(operator=operator, left=left, right=right):
            return f"({show(left)} {operator} {show(right)})"
        case ir.Unary(operator=operator, operand=operand):
            return f"({operator} {show(operand)})"
        case ir.Conditional(test=test, then=then, otherwise=otherwise):
            return f"({show(test)} ? {show(then)} : {show(otherwise)})"
        case ir.Collection(kind=kind, elements=elements):
            return f"{kind.value}({', '.join(map(show, elements))})"
        case ir.Mapping(entries=entries):
            return "{" + ", ".join(f"{show(e.key) if e.key else '**'}: {show(e.value)}" for e in entries) + "}"
        case ir.Template(parts=parts, prefix=prefix):
            return f"{prefix}<{''.join(map(show, parts))}>"
        case ir.Hole(value=inner, conversion=conversion, format=format):
            return "{" + show(inner) + (f"!{conversion}" if conversion else "") + (f":{format}" if format else "") + "}"
        case ir.Comprehension(element=element, target=target, iterable=iterable, conditions=conditions, key=key):
            tests = "".join(f" if {show(condition)}" for condition in conditions)
            return f"[{show(key) + ': ' if key else ''}{show(element)} for {show(target)} in {show(iterable)}{tests}]"
        case ir.AssignmentExpression(target=target, value=inner):
            return f"({show(target)} := {show(inner)})"
        case ir.Await(value=inner):
            return f"await {show(inner)}"
        case ir.Yield(value=inner):
            return f"yield {show(inner)}"
        case ir.Spread(value=inner):
            return f"*{show(inner)}"
        case ir.Lambda(function=called):
            return f"lambda({', '.join(p.name for p in called.parameters)}: {show(called.body)})"
        case ir.Unknown(operands=operands):
            return f"?({', '.join(map(show, operands))})"
        case ir.ExpressionStatement(value=inner):
            return show(inner)
        case ir.Assign(target=target, value=assigned, operator=operator, annotation=annotation):
            return f"{show(target)}{': ' + annotation if annotation else ''} {operator} {show(assigned)}"
        case ir.If(test=test, then=body, otherwise=rest):
            return f"if {show(test)} {show(body)}" + (f" else {show(rest)}" if rest else "")
        case ir.Loop(target=for_target, iterable=for_iterable, test=while_test, body=body, otherwise=rest):
            head = f"for {show(for_target)} in {show(for_iterable)}" if for_target else f"while {show(while_test)}"
            return f"{head} {show(body)}" + (f" else {show(rest)}" if rest else "")
        case ir.With(context=context, target=with_target, body=body):
            return f"with {show(context)} as {show(with_target)} {show(body)}"
        case ir.Return(value=returned):
            return f"return {show(returned)}"
        case ir.Raise(value=raised):
            return f"raise {show(raised)}"
        case ir.Assert(test=test):
            return f"assert {show(test)}"
        case ir.Jump(kind=kind):
            return kind
        case ir.Import(module=module, member=member, local=local):
            return f"{local} = {module}" + (f":{member}" if member else "")
        case tuple():
            return "{" + "; ".join(map(show, node)) + "}"
        case None:
            return "-"
    raise AssertionError(f"cannot show {node!r}")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("a + b * c - 1", "((a + (b * c)) - 1)"),
        ("(a + (b)) % c", "((a + b) % c)"),
        ("a < b <= c not in d", "(((a < b) and (b <= c)) and (c not in d))"),
        ("a is  not None", "(a is not None)"),
        ("not a and -b or c", "(((not a) and (- b)) or c)"),
        ("a if b else c", "(b ? a : c)"),
        ("db.cursor().execute(q, (x,), *a, k=1, **kw)", "db.cursor().execute(q, tuple(x), *a, k=1, *kw)"),
        ("f(x for x in y)", "f([x for x in y])"),
        ("a[1:n]", "a[?(1, n)]"),
        ("a[b, c]", "a[tuple(b, c)]"),
        ("[a, *b]", "list(a, *b)"),
        ("{a, b}", "set(a, b)"),
        ("{'a': 1, **b}", "{'a': 1, **: b}"),
        ("1, x", "tuple(1, x)"),
        ("[x for a in b if a if c for x in a]", "[[x for x in a] for a in b if a if c]"),
        ("{k: v for k, v in d}", "[k: v for tuple(k, v) in d]"),
        ("(n := len(a))", "(n := len(a))"),
        ("lambda x, *y: x", "lambda(x, y: {return x})"),
        ("await f(x)", "await f(x)"),
        ("0x_ff + 1.5 + 2j", "((0x_ff + 1.5) + 2j)"),
        ("...", "?()"),
        ("[ # why\n a]", "list(a)"),
    ],
)
def test_expressions(code: str, shown: str) -> None:
    assert show(value(code)) == shown


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        (r"'a\tb\x41\u00e9\N{EM DASH}\101\q'", repr("a\tbAé—A\\q")),
        (r"'\N{NO SUCH CHARACTER}'", repr("\\N{NO SUCH CHARACTER}")),
        ("r'a\\d' \"it's\"", repr("a\\dit's")),
        ("'{x}{{'", "'{x}{{'"),
        ("f'a{{b}}'", "'a{b}'"),
        ("f'{{{x}}}'", "f<'{'{x}'}'>"),
        ("rf'\\d{x}'", "rf<'\\\\d'{x}>"),
        ("f'{x!r:>{w}}'", "f<{x!r:>{w}}>"),
        ("f'{d:%Y-%m}'", "f<{d:%Y-%m}>"),
        ("f'{x = }'", "f<'x = '{x!r}>"),
        ("f'{x=:d}'", "f<'x='{x:d}>"),
        ("f'{a, b}'", "f<{tuple(a, b)}>"),
        ("f'{d[\"k\"]}'", "f<{d['k']}>"),
        ("f'{f'{x}'}'", "f<{f<{x}>}>"),
        ("('a{' f'b{x}' 'c')", "f<'a{''b'{x}'c'>"),
        ("t'a{x:i}'", "t<'a'{x:i}>"),
        ("t'a'", "t<'a'>"),
        ("b'a' b'b'", "?()"),
        ("'\\ud800'", "'\ufffd'"),
        ("'a\\\nb'", "'ab'"),
        ("''", "''"),
    ],
)
def test_strings(code: str, shown: str) -> None:
    assert show(value(code)) == shown


def test_string_ranges() -> None:
    code = "'é' f'''a{x!r:>3}b'''"
    template = value(code)
    assert isinstance(template, ir.Template)
    assert [text(code, part.range) for part in template.parts] == ["é", "a", "{x!r:>3}", "b"]
    hole = template.parts[2]
    assert isinstance(hole, ir.Hole)
    assert text(code, hole.value.range) == "x"
    single, several = value("r'''a'''"), value("'a' 'b'")
    assert isinstance(single, ir.String)
    assert isinstance(several, ir.String)
    assert single.content == Range(4, 5)
    assert several.content == several.range == Range(0, 7)


def test_ranges_of_chains_and_parentheses() -> None:
    code = "(db).cursor().execute(('a') + b, x)"
    call = value(code)
    assert isinstance(call, ir.Call)
    match call.function, call.arguments[0].value:
        case ir.Attribute(range=function, name_range=name), ir.Binary(range=binary, left=left):
            assert text(code, function) == "(db).cursor().execute"
            assert text(code, name) == "execute"
            assert text(code, binary) == "('a') + b"
            assert text(code, left.range) == "'a'"
        case _:
            raise AssertionError(call)


def test_ranges_of_a_chained_comparison() -> None:
    code = "a < b < c"
    match value(code):
        case ir.Binary(operator="and", left=ir.Binary(range=left), right=ir.Binary(range=right)) as both:
            assert [text(code, range) for range in (both.range, left, right)] == [code, "a < b", "b < c"]
        case other:
            raise AssertionError(other)


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        ("x: int = 3", "x: int = 3"),
        ("x: str", "x: str = -"),
        ("a, *b = c", "tuple(a, *b) = c"),
        ("a = b = f()", "a = (b := f())"),
        ("a.b += 'x'", "a.b + 'x'"),
        ("a //= 2", "a // 2"),
        ("type A = int", "A = int"),
        ("x = yield y", "x = yield y"),
        ("del a, b[0]", "(delete a); (delete b[0])"),
        ("assert a, 'b'", "assert a"),
        ("raise A(b) from c", "raise A(b)"),
        ("raise", "raise -"),
        ("return a, b", "return tuple(a, b)"),
        ("pass", ""),
        ("for a, b in c:\n  break\nelse:\n  d", "for tuple(a, b) in c {break} else {d}"),
        ("while a:\n  continue", "while a {continue}"),
        ("if a: b\nelif c: d\nelse: e", "if a {b} else {if c {d} else {e}}"),
        ("with a as b, c as (d, e), f(): g", "with a as b {with c as tuple(d, e) {with f() as - {g}}}"),
        ("with (a as b, c): d", "with a as b {with c as - {d}}"),
        ("import a.b as c, d.e, f", "c = a.b; d = d; d.e = d.e; f = f"),
        ("from a.b import c as d, e", "d = a.b:c; e = a.b:e"),
        ("from ..a import b", "b = ..a:b"),
        ("from . import b", "b = .:b"),
        ("from a import *", "* = a"),
        ("from __future__ import annotations", "annotations = __future__:annotations"),
        ("print 'a', b", "?('a', b)"),
    ],
)
def test_statements(code: str, shown: str) -> None:
    assert show(lower(code).body) == "{" + shown + "}"


def test_async_statements() -> None:
    found = function("async def f():\n  async for a in b: pass\n  async with c: pass")
    assert found.is_async
    assert [statement.is_async for statement in found.body if isinstance(statement, (ir.Loop, ir.With))] == [True, True]


def test_try() -> None:
    found = statement("""
        try: a
        except (A, b.C) as e: c
        except* D: d
        except: f
        else: g
        finally: h
    """)
    assert isinstance(found, ir.Try)
    assert [(handler.types, handler.name, show(handler.body)) for handler in found.handlers] == [
        (("A", "b.C"), "e", "{c}"),
        (("D",), None, "{d}"),
        ((), None, "{f}"),
    ]
    assert [show(block) for block in (found.body, found.otherwise, found.final)] == ["{a}", "{g}", "{h}"]


def test_match() -> None:
    found = statement("""
        match s:
            case "a" | ("b") | A.B: 1
            case {"k": v, **rest}: 2
            case Point(x=px) as p: 3
            case [1, -1]: 4
            case -1: 5
            case other if other in ALLOWED: 6
            case _: 7
    """)
    assert isinstance(found, ir.Switch)
    assert show(found.subject) == "s"
    assert [(", ".join(map(show, case.values)), show(case.body)) for case in found.cases] == [
        ("'a', 'b', A.B", "{1}"),
        ("?()", "{v = ?(); rest = ?(); 2}"),
        ("?()", "{p = s; px = ?(); 3}"),
        ("?()", "{4}"),
        ("(- 1)", "{5}"),
        ("?()", "{other = s; if (other in ALLOWED) {6}}"),
        ("", "{7}"),
    ]


def test_functions() -> None:
    code = "@app.get('/')\nasync def find(a: str, /, b=1, *rest: int, key: 'X' = None, **more) -> Row:\n  yield a\n"
    found = function(code)
    assert (found.name, text(code, found.name_range), found.returns) == ("find", "find", "Row")
    assert text(code, found.range).startswith("async def find")
    assert found.is_async
    assert found.is_generator
    assert found.exported
    assert show(found.decorators) == "{app.get('/')}"
    assert [(p.name, p.annotation, show(p.default), p.kind) for p in found.parameters] == [
        ("a", "str", "-", "positional"),
        ("b", "", "1", "positional"),
        ("rest", "int", "-", "rest"),
        ("key", "'X'", "None", "positional"),
        ("more", "", "-", "keywords"),
    ]


def test_a_yield_belongs_to_its_own_function() -> None:
    found = function("def f():\n  def g():\n    yield 1\n  return lambda: (yield)\n")
    assert not found.is_generator
    inner = found.body[0]
    assert isinstance(inner, ir.FunctionDefinition)
    assert inner.function.is_generator
    assert not inner.function.exported


def test_classes() -> None:
    found = statement("""
        @dataclass
        class Repository(Base, Generic[T], metaclass=M):
            TABLE = "users"
            name: str
            limit: int = 10
            def find(self, key): return key
            @classmethod
            def make(cls): ...
            @staticmethod
            def check(value): ...
            def _private(self): ...
            async def __aenter__(self): ...
            quote = lambda self, x: x
    """)
    assert isinstance(found, ir.ClassDefinition)
    assert (found.name, found.bases, found.is_enum) == ("Repository", ("Base", "Generic[T]"), False)
    assert found.fields == (("name", "str"), ("limit", "int"))
    assert show(found.decorators) == "{dataclass}"
    methods = [member.function for member in found.body if isinstance(member, ir.FunctionDefinition)]
    assert [(m.name, m.owner, m.receiver, [p.name for p in m.parameters], m.exported) for m in methods] == [
        ("find", "Repository", "self", ["key"], True),
        ("make", "Repository", "cls", [], True),
        ("check", "Repository", None, ["value"], True),
        ("_private", "Repository", "self", [], False),
        ("__aenter__", "Repository", "self", [], True),
    ]
    quote = found.body[-1]
    assert isinstance(quote, ir.Assign)
    assert isinstance(quote.value, ir.Lambda)
    assert (quote.value.function.name, quote.value.function.owner) == ("quote", "Repository")


def test_enums() -> None:
    found = statement("class Order(str, enum.Enum):\n  UP = 'asc'\n")
    assert isinstance(found, ir.ClassDefinition)
    assert found.is_enum
    assert show(found.body) == "{UP = 'asc'}"


def test_bodies_are_lowered_once() -> None:
    found = function("def f(): return 1")
    assert "body" not in vars(found)
    assert found.body is found.body


def test_long_chains() -> None:
    names = [f"n{index}" for index in range(5_000)]
    depth = 0
    expression = value(" + ".join(names))
    while isinstance(expression, ir.Binary):
        expression, depth = expression.left, depth + 1
    assert (show(expression), depth) == ("n0", 4_999)
    assert sum(isinstance(node, ir.Call) for node in ir.walk(value("q" + ".where(x)" * 5_000))) == 5_000
    conditional = statement("if n0: pass\n" + "".join(f"elif {name}: pass\n" for name in names[1:]))
    count = 0
    while isinstance(conditional, ir.If):
        count += 1
        conditional = conditional.otherwise[0] if conditional.otherwise else ir.Jump(Range(0, 0), "break")
    assert count == 5_000
    assert sum(isinstance(node, ir.AssignmentExpression) for node in ir.walk(assigned("a = " * 3_000 + "b"))) == 2_999


def assigned(code: str) -> ir.Expression:
    found = statement(code)
    assert isinstance(found, ir.Assign)
    assert found.value is not None
    return found.value


@pytest.mark.parametrize(
    "code",
    [
        "",
        "\n# only a comment\n",
        "\0\0",
        "x = 'a\0b'",
        "def",
        "def f(:\n  pass\nclass\nfoo(a b, )\nif x\n  y = 1\nz = [1, 2\n",
        "f'{x!}' f'{' f'{x:{y' f'{}'",
        "with\nmatch x:\n case\n",
        "a = = b\nimport\nfrom . import\nfrom x import (\n@\ndel\nlambda\nx.\n",
        "except: pass\nelse: f(x)\n",
        "\xa0 é = 'é'",
        "try:\n  x\nexcept A, B:\n  y\n",
        "a <> b\n`x`\nexec 'a' in b\nprint >>f, a\nraise A, 'b'\n0777L\n",
        "(" * 10_000 + "x" + ")" * 10_000,
        "(" * 10_000,
        "[" * 10_000 + "]" * 10_000,
        "f(" * 5_000 + ")" * 5_000,
        "x = " + "lambda: " * 5_000 + "1",
        "not " * 10_000 + "x",
        "{1: " * 3_000 + "}" * 3_000,
        "match x:\n case " + "[" * 2_000 + "]" * 2_000 + ": pass\n",
        "".join(" " * depth + "if x:\n" for depth in range(400)) + " " * 400 + "y\n",
        "".join(" " * depth + "def f():\n" for depth in range(400)) + " " * 400 + "y\n",
        "a if b else " * 5_000 + "c",
        "f'{" * 500 + "x" + "}'" * 500,
        "x" * 100_000,
        "9" * 10_000,
        "1e999",
    ],
    ids=lambda code: repr(code[:24]),
)
def test_nothing_fails(code: str) -> None:
    module = lower(code)
    assert module.range == Range(0, len(code.encode()))
    for node in everything(module):
        assert node.range.start <= node.range.end <= module.range.end


def everything(module: ir.Module) -> list[ir.Expression | ir.Statement]:
    """Every node, those in the bodies of functions included."""
    return [node for node in nodes(module) if isinstance(node, (ir.Expression, ir.Statement))]


def test_broken_code_keeps_what_is_whole() -> None:
    module = lower("def f(q):\n  db.execute(q)\n\nx = (1,\n")
    calls = [node for node in everything(module) if isinstance(node, ir.Call)]
    assert [show(call) for call in calls] == ["db.execute(q)"]


def test_scan_captures() -> None:
    code = dedent("""
        # why
        run(db.cursor().execute("a" + x))
        t"a{x}"
        y = ("a" "b") % x
        y += "c"
        "{}".format(y)
        z = y + "d" - 1
        f"none"
        x % "e"
    """)
    syntax = read(SourceFile("a.py", code.encode(), "python"))
    assert [text(code, range) for range in syntax.comments] == ["# why"]
    assert [name for name, _ in syntax.calls] == ["run", "cursor", "execute", "format"]
    assert [text(code, range) for range in syntax.templates] == [
        '"a" + x',
        't"a{x}"',
        '("a" "b") % x',
        'y += "c"',
        '"{}".format(y)',
        'y + "d"',
    ]
    assert syntax.errors == ()
    assert read(SourceFile("a.py", b"x = (\n", "python")).errors


def test_scan_captures_numbers_without_a_name() -> None:
    code = dedent("""
        x = 3
        if x > 4:
            f(5, -6, size=7)
        x *= 7.5
        match x:
            case 8 | 9:
                y = {"a": 10, "b": [11]}
        def g(a=13):
            return 12 if a else (14)
    """)
    syntax = read(SourceFile("a.py", code.encode(), "python"))
    assert [text(code, range) for range in syntax.numbers] == ["4", "5", "6", "7.5", "8", "9", "12", "14"]


def test_scan_captures_what_runs_again_and_again() -> None:
    code = dedent("""
        def f(xs):
            for x in xs:
                g(x)
            while xs: h()
            return [k(x) for x in xs]
        m = lambda x: x
        map(m, xs)
    """)
    syntax = read(SourceFile("a.py", code.encode(), "python"))
    assert [text(code, range) for range in syntax.loops] == ["g(x)", "h()", "[k(x) for x in xs]"]
    assert [(name, text(code, range)) for name, range in syntax.functions if name == "m"] == [("m", "lambda x: x")]
    assert {name for name, _ in syntax.functions} == {"f", "m"}
    assert ("map", "(m, xs)") in [(name, text(code, range)) for name, range in syntax.given]
    assert [code[start:][:3] for start in syntax.called["map"]] == ["map"]


def test_scan_of_a_very_long_chain() -> None:
    code = "x = " + "a + " * 50_000 + "'b'\nrun(f'{x}')\n"
    syntax = read(SourceFile("a.py", code.encode(), "python"))
    assert [name for name, _ in syntax.calls] == ["run"]
    assert [text(code, range)[-5:] for range in syntax.templates] == ["+ 'b'", "'{x}'"]


def test_every_pattern_of_the_scan_matches() -> None:
    query = Query(GRAMMAR, files("persistlint.languages.python").joinpath("scan.scm").read_text("utf-8"))
    code = (
        b"def g(): pass\nh = lambda: 1\nfor a in [b for b in x]: f(a.b)\na.f()\n# c\n"
        b"f'{x}'\n'a' + x\nx + 'a'\nx += 'a'\n'{}'.format(x)\n5 < x\nx = (\n"
    )
    matched = {index for index, _ in QueryCursor(query).matches(Parser(GRAMMAR).parse(code).root_node)}
    assert matched == set(range(query.pattern_count))


def test_suffixes() -> None:
    assert [language_of(f"a/b{suffix}") for suffix in (".py", ".pyi", ".pyw")] == ["python"] * 3
