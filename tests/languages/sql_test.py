"""The lowering of SQL: what each construct becomes, what is dynamic SQL, and that nothing makes it fail."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ir_nodes import force, nodes
from persistlint import ir
from persistlint.engine import check
from persistlint.languages import language_of, read
from persistlint.settings import Settings
from persistlint.source import Range, SourceFile

if TYPE_CHECKING:
    from persistlint.languages import Syntax

CASES = re.split(r"^=== ", Path(__file__).with_name("dynamic_sql.txt").read_text("utf-8"), flags=re.MULTILINE)[1:]
DIALECTS = (None, "postgres", "mysql", "tsql", "oracle", "sqlite", "snowflake")
POSTGRES = "CREATE FUNCTION f(p text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN\n{}\nEND $$;"
TSQL = "CREATE PROCEDURE dbo.f @p nvarchar(50) AS\n{}"
MYSQL = "CREATE PROCEDURE f(IN p TEXT) BEGIN\n{}\nEND"
ORACLE = "CREATE PROCEDURE f(p IN VARCHAR2) IS BEGIN\n{}\nEND;"


def source(text: str, dialect: str | None = None) -> SourceFile:
    return SourceFile("a.sql", text.encode(), "sql", dialect=dialect)


def syntax(text: str, dialect: str | None = None) -> Syntax:
    return read(source(text, dialect))


def functions(text: str, dialect: str | None = None) -> list[ir.Function]:
    """The routines of a file."""
    found = syntax(text, dialect).lower().body
    return [item.function for item in found if isinstance(item, ir.FunctionDefinition)]


def body(text: str, dialect: str = "postgres") -> ir.Block:
    """The statements of a routine with this body, its outermost block taken off."""
    frame = {"postgres": POSTGRES, "tsql": TSQL, "mysql": MYSQL, "oracle": ORACLE}[dialect]
    (function,) = functions(frame.format(text), dialect)
    match function.body:
        case (ir.Nested(body=inside),):
            return inside
    return function.body


def shown(node: object) -> str:
    """A statement or expression as compact text."""
    match node:
        case ir.String(value=value):
            return repr(value)
        case ir.Number(text=text):
            return text
        case ir.Constant(value=value):
            return str(value)
        case ir.Name(id=id):
            return id
        case ir.Attribute(value=value, name=name):
            return f"{shown(value)}.{name}"
        case ir.Subscript(value=value, index=index):
            return f"{shown(value)}[{shown(index)}]"
        case ir.Call(function=function, arguments=arguments):
            named = [f"{item.keyword}={shown(item.value)}" if item.keyword else shown(item.value) for item in arguments]
            return f"{shown(function)}({', '.join(named)})"
        case ir.Binary(operator=operator, left=left, right=right):
            return f"({shown(left)} {operator} {shown(right)})"
        case ir.Unary(operator=operator, operand=operand):
            return f"({operator} {shown(operand)})"
        case ir.Conditional(test=test, then=then, otherwise=otherwise):
            return f"({shown(then)} if {shown(test)} else {shown(otherwise)})"
        case ir.Collection(elements=elements):
            return f"[{', '.join(map(shown, elements))}]"
        case ir.TypeAssertion(value=value, type=type):
            return f"{shown(value)}::{type}"
        case ir.ExpressionStatement(value=value):
            return shown(value)
        case ir.Assign(target=target, value=value, operator=operator, declares=declares, annotation=annotation):
            declared = "let " if declares else ""
            typed = f": {annotation}" if annotation else ""
            given = f" {operator if operator == '=' else operator + '='} {shown(value)}" if value is not None else ""
            return f"{declared}{shown(target)}{typed}{given}"
        case ir.If(test=test, then=then, otherwise=otherwise):
            return f"if {shown(test)} {{{block(then)}}}" + (f" else {{{block(otherwise)}}}" if otherwise else "")
        case ir.Loop(target=target, iterable=iterable, test=test, body=inside):
            head = f"for {shown(target)} in {shown(iterable)}" if iterable is not None else f"while {shown(test)}"
            return f"{head} {{{block(inside)}}}"
        case ir.Switch(subject=subject, cases=cases):
            arms = "; ".join(f"{[shown(value) for value in case.values]}: {block(case.body)}" for case in cases)
            return f"switch {shown(subject)} {{{arms}}}"
        case ir.Try(body=inside, handlers=handlers):
            return f"try {{{block(inside)}}}" + "".join(f" except {h.types} {{{block(h.body)}}}" for h in handlers)
        case ir.Nested(body=inside):
            return f"{{{block(inside)}}}"
        case ir.Return(value=value):
            return f"return {shown(value)}"
        case ir.Raise():
            return "raise"
        case ir.Jump(kind=kind):
            return kind
    return "?"


def block(statements: ir.Block) -> str:
    return "; ".join(map(shown, statements))


# ------------------------------------------------------------------------------------------------------ end to end


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.split("\n", 1)[0])
def test_dynamic_sql_is_found(case: str) -> None:
    """Every line with `-- !` splices a value that nothing checks, and no other line does."""
    text = case.split("\n", 1)[1]
    expected = {number for number, line in enumerate(text.split("\n"), 1) if "-- !" in line}
    file = source(text)
    report = check(file, Settings(frozenset({"interpolated-sql", "interpolated-identifier"})))
    assert not report.errors
    assert {file.line_of(diagnostic.range.start) for diagnostic in report.diagnostics} == expected


# ----------------------------------------------------------------------------------------------------- dynamic SQL


@pytest.mark.parametrize(
    ("dialect", "text", "lowered"),
    [
        ("postgres", "EXECUTE 'a' || p;", "EXECUTE(('a' + p))"),
        ("postgres", "EXECUTE 'a' USING p, 1;", "EXECUTE('a', p, 1)"),
        ("postgres", "EXECUTE 'a' INTO STRICT v, w USING p;", "EXECUTE('a', p); v = ?; w = ?"),
        ("postgres", "EXECUTE format('%I', p);", "EXECUTE(format('%I', p))"),
        ("postgres", "RETURN QUERY EXECUTE p USING 1;", "EXECUTE(p, 1)"),
        ("postgres", "FOR r IN EXECUTE p USING 2 LOOP NULL; END LOOP;", "EXECUTE(p, 2); for r in ? {}"),
        ("postgres", "OPEN c FOR EXECUTE p USING 1;", "EXECUTE(p, 1)"),
        ("postgres", "PERFORM dblink_exec('c', p);", "dblink_exec('c', p)"),
        ("postgres", "SELECT * FROM public.dblink('c', p) AS t(a int);", "dblink('c', p)"),
        ("postgres", "INSERT INTO t SELECT cron.schedule('a', 'b', p);", "cron.schedule('a', 'b', p)"),
        ("tsql", "EXEC(@s)", "EXEC(@s)"),
        ("tsql", "EXECUTE ('a' + @p) AT srv", "EXEC(('a' + @p))"),
        ("tsql", "EXEC sp_executesql @s, N'@a int', @a = @p", "sp_executesql(@s, '@a int', @a=@p)"),
        ("tsql", "EXEC sys.sp_executesql @stmt = @s", "sp_executesql(@s)"),
        ("tsql", "INSERT INTO t EXEC(@s)", "EXEC(@s)"),
        ("tsql", "SELECT * FROM OPENQUERY(srv, 'a')", "openquery(srv, 'a')"),
        ("mysql", "PREPARE s FROM @v;", "PREPARE FROM(@v)"),
        ("mysql", "PREPARE s FROM 'a'; EXECUTE s USING @a;", "PREPARE FROM('a')"),
        ("mysql", "EXECUTE IMMEDIATE CONCAT('a', p) USING 1;", "EXECUTE IMMEDIATE(('a' + p), 1)"),
        ("oracle", "EXECUTE IMMEDIATE 'a' || p;", "EXECUTE IMMEDIATE(('a' + p))"),
        ("oracle", "EXECUTE IMMEDIATE 'a' INTO v USING IN p, OUT q;", "EXECUTE IMMEDIATE('a', p, q); v = ?"),
        ("oracle", "OPEN c FOR 'a' || p USING 1;", "OPEN FOR(('a' + p), 1)"),
        ("oracle", "DBMS_SQL.PARSE(c, p, DBMS_SQL.NATIVE);", "dbms_sql.parse(c, p, dbms_sql.native)"),
    ],
)
def test_dynamic(dialect: str, text: str, lowered: str) -> None:
    assert block(body(text, dialect)) == lowered


@pytest.mark.parametrize(
    ("dialect", "text"),
    [
        ("postgres", "OPEN c FOR SELECT * FROM t WHERE a = p;"),
        ("postgres", "RAISE NOTICE 'table % has %', p, 1;"),
        ("postgres", "GRANT EXECUTE ON FUNCTION f(text) TO x;"),
        ("postgres", "CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW EXECUTE FUNCTION g();"),
        ("tsql", "EXEC dbo.other @a = 1, @b = @p OUTPUT"),
        ("tsql", "EXECUTE dbo.other"),
        ("tsql", "GRANT EXECUTE ON dbo.p TO x"),
        ("mysql", "EXECUTE s USING @a;"),
        ("oracle", "OPEN c FOR SELECT * FROM t WHERE a = p;"),
    ],
)
def test_not_dynamic(dialect: str, text: str) -> None:
    verbs = ("EXECUTE", "EXEC(", "sp_executesql", "PREPARE", "OPEN FOR")
    assert not any(verb in block(body(text, dialect)) for verb in verbs)


def test_a_script_runs_what_was_prepared() -> None:
    text = "PREPARE plan (int) AS SELECT 1;\nEXECUTE plan(42);\nGRANT EXECUTE ON FUNCTION f() TO x;"
    assert all(syntax(text, dialect).lower().body == () for dialect in ("postgres", "mysql"))


def test_calls_are_the_verbs_of_dynamic_sql() -> None:
    text = (
        "EXECUTE immediate x; EXEC (@s); Prepare s FROM @v; OPEN c FOR x; EXEC dbo.sp_executesql @s; cron.schedule(1)"
    )
    found = syntax(text).calls
    assert [name for name, _ in found] == [
        "EXECUTE IMMEDIATE",
        "EXEC",
        "PREPARE FROM",
        "OPEN FOR",
        "sp_executesql",
        "schedule",
    ]
    assert text[found[1][1].start : found[1][1].end] == "EXEC"


def test_privileges_and_triggers_are_no_calls() -> None:
    text = "GRANT EXECUTE ON FUNCTION f TO x; GRANT SELECT, EXECUTE TO y; EXECUTE AS x;"
    text += "CREATE TRIGGER t BEFORE UPDATE ON x EXECUTE PROCEDURE g();"
    assert "EXECUTE" not in [name for name, _ in syntax(text).calls]


# ------------------------------------------------------------------------------------------------------ statements


@pytest.mark.parametrize(
    ("dialect", "text", "lowered"),
    [
        ("postgres", "v := p; v = p; r.x := 1; a[1] := 2;", "v = p; v = p; r.x = 1; a[1] = 2"),
        ("postgres", "SELECT a INTO v FROM t;", "v = a"),
        ("postgres", "SELECT a, b INTO STRICT v, w FROM t;", "v = a; w = b"),
        ("postgres", "IF p = 'a' THEN v := 1; ELSIF p IN ('b', 'c') THEN v := 2; ELSE v := 3; END IF;",
         "if (p == 'a') {v = 1} else {if (p in ['b', 'c']) {v = 2} else {v = 3}}"),
        ("postgres", "IF p IS NULL THEN RAISE EXCEPTION 'x %', p USING HINT = 'y'; END IF; v := 1;",
         "if (p is None) {raise}; v = 1"),
        ("postgres", "CASE p WHEN 'a', 'b' THEN v := 1; ELSE v := 2; END CASE;",
         "switch p {[\"'a'\", \"'b'\"]: v = 1; []: v = 2}"),
        ("postgres", "WHILE p > 1 LOOP EXIT WHEN p = 2; CONTINUE; END LOOP;",
         "while (p > 1) {if (p == 2) {break}; continue}"),
        ("postgres", "LOOP v := 1; END LOOP x;", "while ? {v = 1}"),
        ("postgres", "FOR i IN REVERSE 1..p LOOP v := i; END LOOP;", "for i in generate_series(1, p) {v = i}"),
        ("postgres", "FOR r IN SELECT a FROM t LOOP v := r.a; END LOOP;", "for r in a {v = r.a}"),
        ("postgres", "FOR r IN SELECT tablename FROM pg_tables LOOP v := 1; END LOOP;", "for r in schema.rows {v = 1}"),
        ("postgres", "FOREACH x SLICE 1 IN ARRAY p LOOP v := x; END LOOP;", "for x in p {v = x}"),
        ("postgres", "RETURN p || 'x';", "return (p + 'x')"),
        ("postgres", "RETURN;", "return ?"),
        ("postgres", "RETURN NEXT p; v := 1;", "p; v = 1"),
        ("postgres", "BEGIN v := 1; EXCEPTION WHEN a OR SQLSTATE '22012' THEN v := 2; WHEN OTHERS THEN RAISE; END;",
         "try {v = 1} except ('a', \"'22012'\") {v = 2} except () {raise}"),
        ("postgres", "<<l>> DECLARE x int := 1; y CONSTANT text NOT NULL DEFAULT 'a'; BEGIN v := x; END l;",
         "{let x: int = 1; let y: text = 'a'; {v = x}}"),
        ("postgres", "RAISE 'x'; RAISE WARNING 'y'; RAISE division_by_zero;", "raise; raise"),
        ("tsql", "SET @v = @p; SET @v += 'x'\nSELECT @v = a, @w = @w + b FROM t",
         "@v = @p; @v += 'x'; @v = a; @w = (@w + b)"),
        ("tsql", "DECLARE @a int = 1, @b nvarchar(max)\nSET @b = @a",
         "let @a: int = 1; let @b: nvarchar(max); @b: nvarchar(max) = @a"),
        ("tsql", "IF @p = 1 SET @v = 1 ELSE IF @p = 2 SET @v = 2 ELSE BEGIN SET @v = 3 END SET @w = 4",
         "if (@p == 1) {@v = 1} else {if (@p == 2) {@v = 2} else {{@v = 3}}}; @w = 4"),
        ("tsql", "WHILE @p > 0 BEGIN SET @v = 1 BREAK END", "while (@p > 0) {{@v = 1; break}}"),
        ("tsql", "BEGIN TRY SET @v = 1 END TRY BEGIN CATCH THROW; END CATCH", "try {@v = 1} except () {raise}"),
        ("tsql", "BEGIN TRAN UPDATE t SET a = CASE WHEN 1 = 1 THEN 2 END COMMIT SET @v = 1 RETURN", "@v = 1; return ?"),
        ("tsql", "DECLARE c CURSOR FOR SELECT a FROM t OPEN c FETCH NEXT FROM c INTO @v", "let c = a; @v = c"),
        ("mysql", "DECLARE a, b INT DEFAULT 0; SET a = 1, @c = p; SET @@session.x = 1;",
         "let a: int = 0; let b: int = 0; a: int = 1; @c = p; @@session.x = 1"),
        ("mysql", "IF p THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'x'; ELSEIF 1 THEN SET a = 1; END IF;",
         "if p {raise} else {if 1 {a = 1}}"),
        ("mysql", "l: LOOP LEAVE l; END LOOP l; REPEAT SET a = 1; UNTIL 1 END REPEAT; WHILE 1 DO SET a = 2; END WHILE;",
         "while ? {break}; while ? {a = 1}; while 1 {a = 2}"),
        ("oracle", "FOR r IN (SELECT a FROM t) LOOP v := r.a; END LOOP; FORALL i IN 1..2 EXECUTE IMMEDIATE p;",
         "for r in a {v = r.a}; for i in generate_series(1, 2) {EXECUTE IMMEDIATE(p)}"),
        ("oracle", "raise_application_error(-20001, 'x'); RAISE; NULL;", "raise; raise"),
        ("oracle", "pkg.log(p); v := pkg.g(p);", "pkg.log(p); v = pkg.g(p)"),
    ],
)  # fmt: skip
def test_statements(dialect: str, text: str, lowered: str) -> None:
    assert block(body(text, dialect)) == lowered


@pytest.mark.parametrize(
    ("dialect", "text", "lowered"),
    [
        ("postgres", "'a' || b || 1", "(('a' + b) + 1)"),
        ("tsql", "N'a' + @b", "('a' + @b)"),
        ("postgres", "'it''s' || E'a\\nb' || $x$c$x$", "((\"it's\" + 'a\\nb') + 'c')"),
        ("postgres", "concat('a', b, c)", "(('a' + b) + c)"),
        ("postgres", "concat_ws(', ', a, b)", "((a + ', ') + b)"),
        ("postgres", "Lower(A.B)", "lower(a.b)"),
        ("postgres", 'pg_catalog.quote_ident("Name")', "quote_ident(name)"),
        ("oracle", "SYS.DBMS_ASSERT.ENQUOTE_NAME(a)", "dbms_assert.enquote_name(a)"),
        ("postgres", "a::text || b::int", "(a + b::int)"),
        ("postgres", "CAST(a AS numeric(10, 2))", "a::numeric(10, 2)"),
        ("tsql", "CONVERT(int, @a)", "@a::int"),
        ("tsql", "CAST(@a AS nvarchar(10))", "@a"),
        ("postgres", "CASE WHEN a THEN 1 WHEN b THEN 2 END", "(1 if a else (2 if b else None))"),
        ("postgres", "CASE a WHEN 'x' THEN 1 ELSE 2 END", "(1 if (a == 'x') else 2)"),
        ("postgres", "a = 1 AND NOT b <> 2 OR c", "(((a == 1) and (not (b != 2))) or c)"),
        ("postgres", "a NOT IN ('x', 'y')", "(a not in ['x', 'y'])"),
        ("postgres", "a = ANY (ARRAY['x', 'y'])", "(a in ['x', 'y'])"),
        ("postgres", "a = ANY ('{x,y}')", "(a in ['x', 'y'])"),
        ("postgres", "a <> ALL (b)", "(a not in b)"),
        ("postgres", "a IS NOT NULL", "(a is not None)"),
        ("postgres", "a IS DISTINCT FROM b", "(a != b)"),
        ("postgres", "a ~ '^x$'", "'^x$'.test(a)"),
        ("postgres", "a !~* '^x$'", "(not '^x$'.test(a))"),
        ("mysql", "a NOT REGEXP '^x$'", "(not '^x$'.test(a))"),
        ("tsql", "@a LIKE '%[^a-z]%'", "(not '^[a-z]*$'.test(@a))"),
        ("postgres", "a LIKE b ESCAPE '!'", "?"),
        ("postgres", "coalesce(a, b, 'c')", "(a ?? (b ?? 'c'))"),
        ("postgres", "ARRAY[a, 'b']", "[a, 'b']"),
        ("postgres", "a[1].b", "a[1].b"),
        ("postgres", "(SELECT max(id) FROM t)", "max(id)"),
        ("postgres", "DATE '2020-01-01'", "'2020-01-01'"),
        ("postgres", "-1 + 2 * 3", "((- 1) + (2 * 3))"),
        ("postgres", "f(a => 1, b := 2)", "f(a=1, b=2)"),
        ("postgres", "tg_table_name", "schema.tg_table_name"),
        ("postgres", "current_date", "current_date"),
    ],
)
def test_expressions(dialect: str, text: str, lowered: str) -> None:
    target = "@v" if dialect == "tsql" else "v"
    operator = ":=" if dialect in ("postgres", "oracle") else "="
    verb = "" if operator == ":=" else "SET "
    (found,) = body(f"{verb}{target} {operator} {text};", dialect)
    assert shown(found) == f"{target} = {lowered}"


# -------------------------------------------------------------------------------------------------------- routines


@pytest.mark.parametrize(
    ("dialect", "head", "parameters"),
    [
        ("postgres", "CREATE FUNCTION s.f(a int, IN b text DEFAULT 'x', VARIADIC c text[]) AS $$BEGIN END$$",
         [("a", "int"), ("b", "text"), ("c", "text[]")]),
        ("postgres", "CREATE OR REPLACE PROCEDURE f(text, numeric(10,2)) LANGUAGE plpgsql AS 'BEGIN END'",
         [("$1", "text"), ("$2", "numeric(10,2)")]),
        ("postgres", "CREATE FUNCTION f() RETURNS trigger AS $$BEGIN END$$ LANGUAGE 'plpgsql'", []),
        ("tsql", "CREATE OR ALTER PROC [dbo].[f] @a int = 1, @b nvarchar(10) OUTPUT WITH RECOMPILE AS SELECT 1",
         [("@a", "int"), ("@b", "nvarchar(10)")]),
        ("tsql", "CREATE FUNCTION dbo.f (@a int) RETURNS int AS BEGIN RETURN @a END", [("@a", "int")]),
        ("mysql", "CREATE DEFINER=`x`@`%` PROCEDURE `f`(IN a INT, OUT b VARCHAR(3)) DETERMINISTIC BEGIN END",
         [("a", "int"), ("b", "varchar(3)")]),
        ("mysql", "CREATE FUNCTION f(a INT) RETURNS INT RETURN a + 1", [("a", "int")]),
        ("oracle", "CREATE FUNCTION f(a IN OUT NOCOPY VARCHAR2, b NUMBER := 1) RETURN NUMBER IS BEGIN NULL; END;",
         [("a", "varchar2"), ("b", "number")]),
        ("oracle", "CREATE PROCEDURE f AS x NUMBER; BEGIN NULL; END f;", []),
    ],
)  # fmt: skip
def test_parameters(dialect: str, head: str, parameters: list[tuple[str, str]]) -> None:
    (function,) = functions(head + ";", dialect)
    assert function.name == "f"
    assert [(parameter.name, parameter.annotation) for parameter in function.parameters] == parameters
    assert force(function) > 1


def test_a_package_gives_its_routines() -> None:
    text = """CREATE PACKAGE BODY k AS
      c CONSTANT VARCHAR2(9) := 'x';
      PROCEDURE a; PROCEDURE a IS v NUMBER := 1; BEGIN EXECUTE IMMEDIATE c; END a;
      FUNCTION b(p VARCHAR2) RETURN NUMBER IS BEGIN RETURN 1; END;
    END k;"""
    assert [function.name for function in functions(text, "oracle")] == ["a", "b"]
    assert shown(syntax(text, "oracle").lower().body[0]) == "let c: varchar2(9) = 'x'"


def test_a_trigger_of_postgres_has_no_body() -> None:
    assert functions("CREATE TRIGGER t BEFORE UPDATE ON x FOR EACH ROW EXECUTE FUNCTION f();", "postgres") == []


def test_other_languages_are_left_alone() -> None:
    text = "CREATE FUNCTION f() RETURNS int AS $$ plpy.execute('x' + y) $$ LANGUAGE plpython3u;"
    assert functions(text, "postgres") == []


def test_a_do_block_is_part_of_the_file() -> None:
    text = "DO $$ DECLARE v text := 'a'; BEGIN EXECUTE v; END $$;"
    assert shown(syntax(text).lower().body[0]) == "{let v: text = 'a'; {EXECUTE(v)}}"


# ---------------------------------------------------------------------------------------------------------- places


@pytest.mark.parametrize(
    "text",
    [
        "CREATE FUNCTION f(a text) RETURNS void AS $$ BEGIN /* é 😀 */ EXECUTE 'x' || hole; END $$ LANGUAGE plpgsql;",
        "CREATE FUNCTION f(a text) LANGUAGE plpgsql AS ' BEGIN y := ''it''''s é''; EXECUTE ''x'' || hole; END';",
        "INSERT INTO t VALUES ('é;');\nCREATE FUNCTION f() LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'x' || hole; END $$;",
    ],
)
def test_ranges_are_bytes_of_the_file(text: str) -> None:
    (function,) = functions(text, "postgres")
    names = [node for node in nodes(function.body) if isinstance(node, ir.Name) and node.id == "hole"]
    assert [text.encode()[name.range.start : name.range.end] for name in names] == [b"hole"]


def test_comments() -> None:
    text = "-- a 'b\nSELECT '-- no', \"/* no */\"; /* c */\nCOPY t FROM stdin;\nit's -- no\n\\.\n-- d"
    assert [text[range.start : range.end] for range in syntax(text).comments] == ["-- a 'b", "/* c */", "-- d"]


def test_files_of_sql() -> None:
    assert {language_of(f"x{suffix}") for suffix in (".sql", ".SQL", ".psql", ".pkb", ".tsql", ".ddl")} == {"sql"}


# ------------------------------------------------------------------------------------------------------- never fail


@pytest.mark.parametrize("dialect", DIALECTS)
def test_nesting_and_loose_ends(dialect: str | None) -> None:
    heads = (POSTGRES.split("{}", 1)[0], TSQL.split("{}", 1)[0], MYSQL.split("{}", 1)[0], "EXECUTE ")
    pieces = [
        "(",
        "[",
        "BEGIN",
        "CASE",
        "DECLARE",
        "LOOP",
        "SELECT",
        "NOT",
        "-",
        "'",
        "$x$",
        "/*",
        "\x00",
        ";",
        "EXEC(",
        "EXECUTE",
        "END",
        "::",
        "a.b.",
        "a:=",
        "ELSIF",
    ]
    phrases = [
        "IF a THEN ",
        "FOR r IN ",
        "CASE WHEN a THEN ",
        "a || ",
        "SET @a = ",
        "SELECT a INTO b ",
        "OPEN c FOR ",
        "a IN (",
        "PROCEDURE p IS ",
    ]
    for head in heads:
        for piece in [*pieces, *phrases]:
            assert force(syntax(head + f"{piece} " * 400, dialect).lower().body) >= 0
            assert force(syntax(head + piece, dialect).lower().body) >= 0


def test_any_cut_and_any_shuffle_of_the_cases() -> None:
    whole = "\n".join(CASES)
    chooser = random.Random(1)
    for start in range(0, len(whole), 97):
        assert force(syntax(whole[start : start + 1500], chooser.choice(DIALECTS)).lower().body) >= 0
    tokens = whole.split()
    for _ in range(300):
        text = " ".join(chooser.choice(tokens) for _ in range(60))
        assert force(syntax(text, chooser.choice(DIALECTS)).lower().body) >= 0


@pytest.mark.parametrize(
    "text",
    [
        "INSERT INTO t VALUES (1, 'it''s', NULL);\n" * 60_000 + POSTGRES.format("EXECUTE p;"),
        "COPY t FROM stdin;\n" + "1\tit's\n" * 200_000 + "\\.\n",
        "-- it's\n" * 200_000,
        "'" * 1_000_001,
        "/*" * 500_000,
    ],
    ids=["inserts", "copy", "comments", "quotes", "openings"],
)
def test_a_dump_is_read_quickly(text: str) -> None:
    found = syntax(text)
    found.lower()
    assert found.errors == ()
    assert all(isinstance(range, Range) for range in found.comments)
