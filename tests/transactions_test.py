"""Programs that nobody writes on purpose, before the rules of transactions and errors: nested, long, tangled, cut off,
unusual. None of them makes a rule fail, and twice as much of one takes twice as long."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from effort import calls
from persistlint.engine import Report, check
from persistlint.languages import language_of
from persistlint.rules import groups
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

RULES = frozenset((*groups()["transactions"], *groups()["errors"]))
LANGUAGES = ["py", "js", "ts", "go"]
DEEP = 3_000
FOLD = 4  # how much longer the longer of two programs is
GROWTH = 5.5  # what it may cost; FOLD times FOLD where every part looks at all others

HEAD = {
    "py": "import asyncpg\n\n",
    "js": 'const { Pool } = require("pg");\nconst pool = new Pool();\n',
    "ts": 'import { Pool } from "pg";\nconst pool = new Pool();\n',
    "go": 'package main\n\nimport "database/sql"\n\n',
}
WRITE = {
    "py": 'await pool.execute("UPDATE t SET n = $1 WHERE id = $2", x, i)',
    "js": 'await pool.query("UPDATE t SET n = $1 WHERE id = $2", [x, i]);',
    "ts": 'await pool.query("UPDATE t SET n = $1 WHERE id = $2", [x, i]);',
    "go": 'if _, err := db.Exec("UPDATE t SET n = $1 WHERE id = $2", x, i); err != nil { return err }',
}
READ = {
    "py": 'row = await pool.fetchrow("SELECT n FROM t WHERE id = $1 FOR UPDATE", i)',
    "js": 'rows = await pool.query("SELECT n FROM t WHERE id = $1 FOR UPDATE", [i]);',
    "ts": 'rows = await pool.query("SELECT n FROM t WHERE id = $1 FOR UPDATE", [i]);',
    "go": 'db.QueryRow("SELECT n FROM t WHERE id = $1 FOR UPDATE", i).Scan(&x)',
}
CALL = {"py": "await {}(pool, x, i)", "js": "await {}(x, i);", "ts": "await {}(x, i);", "go": "{}(db, x, i)"}


def function(language: str, lines: Sequence[str], name: str = "f") -> str:
    """A function with these lines as its body."""
    if language == "py":
        body = "".join(f"    {line}\n" for line in lines)
        return f"async def {name}(pool: asyncpg.Pool, x, i):\n{body}\n"
    body = "".join(f"  {line}\n" for line in lines)
    if language == "go":
        return f"func {name}(db *sql.DB, x, i int) error {{\n{body}  return nil\n}}\n\n"
    return f"async function {name}(x, i) {{\n{body}}}\n\n"


def report(language: str, text: str) -> Report:
    """What all rules of both groups make of a program."""
    name = language_of(f"a.{language}")
    assert name is not None
    return check(SourceFile(f"a.{language}", text.encode(), name), Settings(RULES))


def survive(language: str, text: str) -> None:
    """Check a program, which must not make a rule fail."""
    assert not report(language, text).errors


def one(language: str, lines: Sequence[str]) -> str:
    """A program of one function."""
    return HEAD[language] + function(language, lines)


# ------------------------------------------------------------------------------------------------------ long programs


def statements(language: str, count: int) -> str:
    """Assignments, then two writes of what they made."""
    return one(language, ["x = x + 1"] * (10 * count) + [WRITE[language]] * 2)


def writes(language: str, count: int) -> str:
    """Nothing but writes."""
    return one(language, [WRITE[language]] * count)


def reads(language: str, count: int) -> str:
    """Reads into one variable, and a write of it at the end."""
    return one(language, [READ[language]] * count + [WRITE[language]])


def branches(language: str, count: int) -> str:
    """A write in each of many branches, one behind the other."""
    if language == "py":
        return one(language, [f"if x == {n}:\n        {WRITE[language]}" for n in range(count)])
    return one(language, [f"if (x == {n}) {{ {WRITE[language]} }}" for n in range(count)])


def alternatives(language: str, count: int) -> str:
    """A write in each of many branches of which one is taken."""
    if language == "py":
        rest = [f"elif x == {n}:\n        {WRITE[language]}" for n in range(count)]
        return one(language, ["if x < 0:\n        pass", *rest])
    return one(
        language, ["if (x < 0) {}" + "".join(f" else if (x == {n}) {{ {WRITE[language]} }}" for n in range(count))]
    )


def handlers(language: str, count: int) -> str:
    """Errors that are caught, each with a comment."""
    if language == "py":
        handler = "    except Exception as e:\n        # it is gone by now\n        print(e)"
        each = f"try:\n        {WRITE[language]}\n{handler}"
    elif language == "go":
        each = f"{WRITE[language].removesuffix('{ return err }')}{{\n    // it is gone by now\n    log.Print(err)\n  }}"
    else:
        each = f"try {{ {WRITE[language]} }} catch (e) {{\n    // it is gone by now\n    console.error(e);\n  }}"
    return one(language, [each] * count)


def transactions(language: str, count: int) -> str:
    """Transactions, one behind the other."""
    each = {
        "py": f"async with conn.transaction():\n        {WRITE['py']}",
        "js": f"await pool.transaction(async (tx) => {{ {WRITE['js']} }});",
        "ts": f"await pool.transaction(async (tx) => {{ {WRITE['ts']} }});",
        "go": "{\n    tx, err := db.Begin()\n    if err != nil { return err }\n    defer tx.Rollback()\n"
        '    tx.Exec("UPDATE t SET n = 1")\n    if err := tx.Commit(); err != nil { return err }\n  }',
    }
    return one(language, [each[language]] * count)


def begins(language: str, count: int) -> str:
    """Transactions by hand that begin and never end, and end and never began."""
    send = {
        "py": 'await conn.execute("{}")',
        "js": 'await c.query("{}");',
        "ts": 'await c.query("{}");',
        "go": 'c.Exec("{}")',
    }
    words = ["BEGIN"] * count + ["UPDATE t SET n = 1", "COMMIT", "ROLLBACK"] * count
    return one(language, [send[language].format(word) for word in words])


def exits(language: str, count: int) -> str:
    """One transaction with many ways out."""
    if language == "py":
        ways = ["if x: return await t.rollback()"] * count
        return one(language, ["t = conn.transaction()", "await t.start()", *ways, WRITE["py"], "await t.commit()"])
    if language == "go":
        ways = ["if x > 0 { tx.Rollback(); return nil }"] * count
        return one(language, ["tx, err := db.Begin()", "if err != nil { return err }", *ways, "return tx.Commit()"])
    ways = ["if (x) { await t.rollback(); return; }"] * count
    return one(language, ["const t = await sequelize.transaction();", *ways, WRITE[language], "await t.commit();"])


def names(language: str, count: int) -> str:
    """A row under many names, one after the other, and a write of what the last one holds."""
    if language == "py":
        return one(language, [READ["py"], *["row = row"] * count, WRITE["py"].replace("x,", 'row["n"] + 1,')])
    if language == "go":
        return one(language, [READ["go"], *["x = x + 1"] * count, WRITE["go"]])
    return one(
        language,
        [f"let {READ[language]}", *["rows = rows.rows;"] * count, WRITE[language].replace("x,", "rows[0].n + 1,")],
    )


def operands(language: str, count: int) -> str:
    """A long sum, and a long list of parameters."""
    return one(language, [WRITE[language].replace("x,", " + ".join(["x"] * count) + ",")] * 2) + function(
        language, [WRITE[language].replace("x,", "x, " * count)] * 2, "g"
    )


def columns(language: str, count: int) -> str:
    """A statement that sets many columns."""
    sql = "UPDATE t SET " + ", ".join(f"c{n} = ${n + 1}" for n in range(count))
    return one(language, [WRITE[language].replace("UPDATE t SET n = $1", sql)] * 2)


def chains(language: str, count: int) -> str:
    """Calls on what a call gave, and attributes of attributes."""
    root = "db" if language == "go" else "pool"
    return one(language, [f"{root}{'.where(x)' * count}.update(i)", f"x = {root}{'.a' * count}.b", WRITE[language]])


def helpers(language: str, count: int) -> str:
    """A chain of functions each of which calls the next."""
    chain = [function(language, [CALL[language].format(f"f{n + 1}"), WRITE[language]], f"f{n}") for n in range(count)]
    return HEAD[language] + "".join(chain) + function(language, [WRITE[language]], f"f{count}")


def callers(language: str, count: int) -> str:
    """One helper that is called many times, and two that call one another."""
    called = [CALL[language].format(name) for name in ("g", "h")] * count
    return (
        HEAD[language]
        + function(language, called)
        + function(language, [WRITE[language], CALL[language].format("h"), CALL[language].format("g")], "g")
        + function(language, [CALL[language].format("g"), WRITE[language]], "h")
    )


def methods(language: str, count: int) -> str:
    """A class of many methods, each with a transaction of its own."""
    if language == "py":
        each = (
            "    async def m{}(self, x):\n        async with self.pool.transaction():\n            await self.m{}(x)\n"
        )
        return "class A:\n" + "".join(each.format(n, n + 1) for n in range(count))
    if language == "go":
        inner = "a.db.Transaction(func(tx *sql.Tx) error {{ return a.m{}(x) }})"
        each = f"func (a *A) m{{}}(x int) error {{{{ return {inner} }}}}\n"
        return HEAD["go"] + "type A struct{ db *sql.DB }\n" + "".join(each.format(n, n + 1) for n in range(count))
    each = "  async m{}(x) {{ await this.pool.transaction(async (tx) => {{ await this.m{}(x); }}); }}\n"
    return HEAD[language] + "class A {\n" + "".join(each.format(n, n + 1) for n in range(count)) + "}\n"


LONG: list[tuple[Callable[[str, int], str], int]] = [
    (statements, 1_000),
    (writes, 1_000),
    (reads, 1_000),
    (branches, 1_000),
    (alternatives, 1_000),
    (handlers, 600),
    (transactions, 600),
    (begins, 600),
    (exits, 1_000),
    (names, 2_000),
    (operands, 2_000),
    (columns, 2_000),
    (chains, 1_000),
    (helpers, 600),
    (callers, 1_000),
    (methods, 600),
]


@pytest.mark.parametrize("language", ["py", "js", "go"])
@pytest.mark.parametrize(("program", "count"), LONG, ids=[program.__name__ for program, _ in LONG])
def test_a_longer_program_takes_no_more_than_its_length(
    program: Callable[[str, int], str], count: int, language: str
) -> None:
    short, long = program(language, count // FOLD), program(language, count)
    survive(language, program(language, 1))  # imports what is needed
    assert calls(lambda: survive(language, long)) < GROWTH * calls(lambda: survive(language, short))


def test_a_function_of_twenty_thousand_statements_is_read_to_its_end() -> None:
    found = report("py", statements("py", 2_000)).diagnostics
    assert [diagnostic.rule for diagnostic in found if diagnostic.rule == "unchecked-affected-rows"] == [
        "unchecked-affected-rows"
    ] * 2


def test_a_chain_of_three_thousand_calls_is_followed() -> None:
    found = report("js", helpers("js", 3_000))
    assert not found.errors
    assert sum(diagnostic.rule == "unchecked-affected-rows" for diagnostic in found.diagnostics) == 3_001


@pytest.mark.parametrize("language", LANGUAGES)
def test_functions_that_all_call_one_another_end(language: str) -> None:
    calls = [CALL[language].format(f"f{n}") for n in range(20)]
    every = "".join(function(language, [*calls, WRITE[language]], f"f{n}") for n in range(20))
    survive(language, HEAD[language] + every)


# ---------------------------------------------------------------------------------------------------- nested programs

NESTED = {
    "blocks": {"js": ("if (x) {", "}"), "ts": ("{", "}"), "go": ("if x > 0 {", "}")},
    "loops": {"js": ("for (const x of i) {", "}"), "ts": ("while (x) {", "}"), "go": ("for range x {", "}")},
    "handlers": {
        "js": ("try {", "} catch (e) { console.error(e); }"),
        "ts": ("try {", "} finally { x(); }"),
        "go": ("if err := func() error {", "return nil }(); err != nil { return err }"),
    },
    "callbacks": {
        "js": ("run(async () => {", "});"),
        "ts": ("items.forEach(async (x) => {", "});"),
        "go": ("run(func() {", "})"),
    },
    "transactions": {
        "js": ("await pool.transaction(async (pool) => {", "});"),
        "ts": ("await pool.$transaction(async (tx) => {", "});"),
        "go": ("db.Transaction(func(db *gorm.DB) error {", "return nil })"),
    },
    "promises": {
        "js": ("pool.query(x).then(() => {", "});"),
        "ts": ("new Promise((done) => {", "});"),
        "go": ("defer func() {", "}()"),
    },
    "functions": {"js": ("function f() {", "}"), "ts": ("const f = () => {", "};"), "go": ("go func() {", "}()")},
}
# The parser itself takes no more than a hundred levels of indentation.
INDENTED = [
    "if x:",
    "for x in i:",
    "async with conn.transaction():",
    "def f():",
    "class A:",
    "while x:",
    "match x:\n{}case 1:",
]


@pytest.mark.parametrize("language", ["js", "ts", "go"])
@pytest.mark.parametrize("kind", NESTED)
@pytest.mark.parametrize("depth", [50, DEEP])
def test_nested_blocks_are_survived(language: str, kind: str, depth: int) -> None:
    opening, closing = NESTED[kind][language]
    survive(language, one(language, [opening] * depth + [WRITE[language]] * 2 + [closing] * depth))


@pytest.mark.parametrize("opening", INDENTED)
@pytest.mark.parametrize("depth", [90, 600])
def test_nested_blocks_of_python_are_survived(opening: str, depth: int) -> None:
    lines = [" " * n + opening.format(" " * (n + 4)) for n in range(depth)]
    survive("py", one("py", [*lines, " " * depth + WRITE["py"], " " * depth + WRITE["py"]]))


@pytest.mark.parametrize(
    ("language", "opening", "closing"),
    [
        ("py", "run(lambda: ", ")"),
        ("py", "pool.execute(", ")"),
        ("py", "await ", ""),
        ("py", "[x for x in ", "]"),
        ("js", "pool.query(", ")"),
        ("js", "await ", ""),
        ("js", "pool.transaction(async (pool) => ", ")"),
        ("ts", "Promise.all([", "])"),
        ("ts", "(x as any) ?? ", ""),
        ("go", "db.Exec(", ")"),
        ("go", "func() error { return ", "}()"),
    ],
)
def test_nested_expressions_are_survived(language: str, opening: str, closing: str) -> None:
    value = {"py": 'pool.execute("DELETE FROM t")', "go": 'db.Exec("DELETE FROM t")'}
    inner = value.get(language, 'pool.query("DELETE FROM t")')
    for depth in (40, DEEP):
        survive(language, one(language, [f"x = {opening * depth}{inner}{closing * depth}", WRITE[language]]))


# --------------------------------------------------------------------------------------------------- broken programs

WHOLE = {
    "py": """
import sqlite3
from django.db import transaction
from shop.models import Order

class Store:
    def __init__(self, path):
        self.db = sqlite3.connect(path)

    @transaction.atomic
    def place(self, user, skus):
        order = Order.objects.select_for_update().get(user=user)
        order.total += 1
        try:
            with self.db:
                self.db.execute("INSERT INTO lines (id) VALUES (?)", (order.pk,))
        except sqlite3.Error as error:
            print(f"no {error!r}")
        match skus:
            case [sku, *_]:
                return [Order.objects.create(sku=s) for s in skus]
        order.save()
""",
    "js": """
const { sequelize, Order } = require("./models");
const { Pool } = require("pg");
const pool = new Pool();
class Store {
  #pool = pool;
  async place(user, { skus = [], ...rest }) {
    const t = await sequelize.transaction();
    try {
      const { rows: [row] } = await this.#pool.query(`SELECT n FROM t WHERE id = ${user?.id ?? 0} FOR UPDATE`);
      await Order.update({ n: row.n + 1 }, { where: { user }, transaction: t });
      await Promise.all(skus.map(async (sku) => Order.create({ sku, ...rest })));
      await t.commit();
    } catch (error) {
      await t.rollback();
    } finally {
      console.log("done");
    }
  }
}
""",
    "ts": """
import { PrismaClient, type Prisma } from "@prisma/client";
const prisma = new PrismaClient();
export abstract class Store<T extends { id: string }> {
  constructor(private readonly prisma: PrismaClient, protected name?: string) {}
  async place(item: T, tx: Prisma.TransactionClient = this.prisma): Promise<void> {
    await prisma.$transaction(async (tx) => {
      const found = (await tx.item.findUnique({ where: { id: item.id } }))!;
      await tx.item.update({ where: { id: item.id }, data: { n: (found as any).n + 1 } });
      await this.prisma.line.create({ data: { itemId: item.id } satisfies object });
    }, { isolationLevel: "Serializable" });
  }
}
""",
    "go": """
package store

import "database/sql"

type Store[T any] struct{ db *sql.DB }

func (s *Store[T]) Place(id int64, items ...T) (err error) {
	tx, err := s.db.Begin()
	if err != nil {
		return err
	}
	defer func() {
		if r := recover(); r != nil {
			_ = tx.Rollback()
		}
	}()
	var n int64
	if err := tx.QueryRow("SELECT n FROM t WHERE id = $1", id).Scan(&n); err != nil {
		return err
	}
	for i := range items {
		if _, err = tx.Exec(`UPDATE t SET n = $1 WHERE id = $2`, n+1, i); err != nil {
			break
		}
	}
	return tx.Commit()
}
""",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_programs_that_are_cut_off_are_survived(language: str) -> None:
    text = WHOLE[language]
    assert report(language, text).diagnostics
    for end in range(0, len(text), 13):
        assert not report(language, text[:end]).errors, text[:end]
        assert not report(language, text[end:]).errors, text[end:]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "odd", ["(", ")", "{", "}", '"', "`", "\0", "=>", "await ", "\u2028", "try {", "with ", "\ufffd"]
)
def test_programs_with_a_slip_of_the_pen_are_survived(language: str, odd: str) -> None:
    text = WHOLE[language]
    for position in range(3, len(text), 41):
        assert not report(language, text[:position] + odd + text[position:]).errors, text[:position] + odd


# -------------------------------------------------------------------------------------------------- unusual programs

# Programs, parted by lines of dashes.
UNUSUAL = {
    "py": """
try:
    session.add(x)
except* ValueError:
    pass
---
with a.begin() as (b, c), d as e[0], f() as g.h:
    g.h.execute('DELETE FROM t')
---
async def f():
    async for x in pool.fetch('SELECT 1'):
        yield await x.execute('DELETE FROM t')
---
if (conn := connect()) and (row := conn.execute('SELECT 1')):
    conn.execute('DELETE FROM t', row)
---
def f(*args, conn=None, **kwargs):
    conn.execute(*args, **kwargs)
    conn.execute(*[*args])
---
class A(session.Base, metaclass=B):
    session = session
    session.add(1)
    session.commit()
---
@(lambda f: f)
@transaction.atomic()
@a[0].b
def f():
    global conn
    del conn
    conn.execute('DELETE')
---
match conn.execute('SELECT 1'):
    case {'a': [x, *_], **rest} if x:
        x.save()
    case Model(pk=1) | None:
        pass
---
x = lambda conn=conn: (yield conn.execute('DELETE FROM t'))
x.save().save.save().save = x.save()
---
for conn.x, (a, *b) in conn.execute('SELECT 1'):
    conn.commit()
else:
    conn.rollback()
---
while True:
    try:
        conn.commit()
        break
    finally:
        continue
---
type Rows[T] = list[T]
def f[T](conn: T) -> T:
    return conn.execute(t'DELETE FROM {conn}')
---
session.add(session.add(session.add(session)))
session = session.session = session
---
def conn(conn):
    def conn(conn):
        return conn(conn.execute('DELETE FROM t'))
    return conn
---
print(await conn.execute(), [await conn.execute('DELETE FROM t') for _ in await conn.fetch('SELECT 1')])
---
row = conn.execute('SELECT n').fetchone()
row['n'][0].x += row
row[row] = row
conn.execute('UPDATE t SET n = ?', row)
---
conn.execute('')
conn.execute(';;')
conn.execute('UPDATE SET = , WHERE')
conn.execute('BEGIN' * 3)
---
from a import *
from . import conn
import a.b.conn as session
session.execute('DELETE FROM t')
""",
    "js": """
outer: for (;;) { for await (const x of pool.query('SELECT 1')) { if (x) continue outer; else break outer; } }
---
switch (x) { case 1: await pool.query('BEGIN'); case 2: { await pool.query('COMMIT') } default: }
---
const { query = pool.query, ...rest } = pool, [a, , [b] = [], ...c] = await query('DELETE FROM t');
---
class A { static #db = new Pool(); static { A.#db.query('DELETE FROM t');
} get db() { return A.#db } set db(x) {} }
---
function* g() { const x = yield pool.query('DELETE FROM t'); yield* pool.query('BEGIN'); return x }
---
pool?.query?.('DELETE FROM t')?.then?.((x) => x)?.catch?.(() => {})?.[0]?.(1);
---
await (async () => { await using tx = await pool.transaction(); tx.query('DELETE FROM t') })();
---
x = (a, b, pool.query('DELETE FROM t')), void pool.query('BEGIN'), delete pool.query, typeof pool.query();
---
new (class extends Pool { query() { return super.query('DELETE FROM t') } })().query('BEGIN').x = 1;
---
pool.query`DELETE FROM ${pool.query`SELECT ${pool}`} WHERE id = ${async () => { await pool.query('BEGIN') }}`;
---
module.exports = { pool, async f() { pool.query('BEGIN') }, get g() {
return pool }, ['h' + 1]: () => pool.query('DELETE FROM t') };
---
try { throw pool.query('DELETE FROM t') } catch ({ code, ...error }) { if (code) throw error } finally {
return }
---
for (let i = 0, n = pool.query('SELECT 1'); i < n; i++, pool.query('DELETE FROM t')) ;
---
do { await pool.query('BEGIN') } while (await pool.query('COMMIT'));
---
with (pool) { query('DELETE FROM t') }
---
import('pg').then(({ Pool: P }) => new P().query('DELETE FROM t'), (e) => { throw e });
---
pool.transaction(pool.transaction(pool.transaction)); pool.transaction(...[], ...pool);
pool.transaction(async function f() { await f() });
---
let pool = pool; var x = x.save(); x.save = x; x.n += x.n++ + --x.n; x.save(x.save());
---
pool.query({ text: 'UPDATE t SET n = $1', values: [pool.query({ sql: 'DELETE FROM t' })] }); pool.query();
pool.query(null, undefined, NaN);
""",
    "ts": """
namespace A.B { export const db = new Pool(); db.query('DELETE FROM t') }
---
enum E { A = 1 << 2, B = A | 1 } declare const db: Pool; db.query<E>('DELETE FROM t')
---
function f(this: Pool, db?: Pool): asserts db is Pool; function f(db: any) { db!.query('DELETE FROM t') }
---
abstract class A<T> { abstract db: Pool; declare x: T; @inject() private readonly y!: Pool;
m(): void { this.y.query('BEGIN') } }
---
const x = <T,>(db: T) => (db as unknown as Pool).query('DELETE FROM t') satisfies any;
---
export default class { constructor(private db = new Pool(), public override readonly tx?: Pool) {
db.query('BEGIN') } }
---
type A = typeof pool extends infer T ? { [K in keyof T as `x${string & K}`]-?: T[K] } : never; let a: A;
a.query('DELETE FROM t');
---
import db = require('pg'); export = db; db.query('DELETE FROM t');
---
@Transactional({ x: pool.query('BEGIN') }) class A { @Transactional() async m(@Param() db: Pool) {
await db.query('DELETE FROM t') } }
---
for (const x of <any>pool.query('SELECT 1')) { (x as any).save(); x!.save()!.save!() }
""",
    "go": """
func f(db *sql.DB) { switch x := any(db).(type) { case *sql.DB, *sql.Tx: x.Exec("DELETE FROM t");
fallthrough; default: } }
---
func f(db *sql.DB) { select { case <-time.After(1): db.Begin(); case c <- 1: default: db.Exec("BEGIN") } }
---
func f(db *sql.DB) {
again:
 tx, _ := db.Begin()
 if tx != nil { goto again }
 defer tx.Commit()
}
---
func f[T interface{ Exec(string) }](db T) { db.Exec("DELETE FROM t"); begin := db.Begin; begin();
(*db).Begin(); (&db).Begin() }
---
type A struct{ *sql.DB; tx *sql.Tx `db:"tx"` }
func (A) f() {}
func (a *A) g() error { a.Exec("BEGIN"); return a.tx.Commit() }
---
func f(db *sql.DB) (tx *sql.Tx, err error) { tx, err = db.Begin(); return }
---
func f(db *sql.DB) { for range db.Begin { defer db.Exec("BEGIN") };
for i := range 3 { go func() { db.Exec("BEGIN") }() }; _ = i }
---
var _, _ = db.Exec("DELETE FROM t")
const ( a = iota; b )
var ( tx, err = db.Begin() )
func init() { tx.Commit() }
---
func f(db *sql.DB) { func() { func() { db.Begin() }() }(); x := []func(){ func() { db.Exec("BEGIN") } };
x[0]() }
---
func f(db *sql.DB) { if tx, err := db.Begin(); err != nil { } else if _, err := tx.Exec("DELETE");
err == nil { tx.Commit() } }
---
func f(db *sql.DB) { a, b, c := db, <-ch, map[string]*sql.DB{"x": db}; c["x"].Exec("DELETE FROM t");
a.b.c.Exec(b) }
---
func f(db *sql.DB) error { return errors.Join(db.Ping(), func() error { _, err := db.Exec("BEGIN");
return err }()) }
---
func f(db ...*sql.DB) { db[0].Exec("DELETE", db[1:]...); db[0].Exec(); db[0].Exec(nil, nil); x.y.z().w(db...) }
""",
}


@pytest.mark.parametrize(
    ("language", "text"),
    [(language, text) for language, texts in UNUSUAL.items() for text in texts.split("\n---\n")],
    ids=lambda value: value[:40],
)
def test_unusual_programs_are_survived(language: str, text: str) -> None:
    assert not report(language, HEAD[language] + text + "\n").errors
    inside = "\n".join(f"    {line}" for line in text.splitlines())
    if language == "py":
        assert not report(language, f"import sqlite3\n\nasync def outer(conn: sqlite3.Connection):\n{inside}\n").errors
    elif language != "go":
        assert not report(language, f"{HEAD[language]}async function outer(x) {{\n{inside}\n}}\n").errors
