"""Queries that are put together in steps, made at random: with their fix they send the same SQL, whichever steps run.

Nothing is sent to a database. A connection writes the values of a call in the place of their marks, so that the SQL
before a fix, which has them in its text, and behind it can be compared.
"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from persistlint.engine import check
from persistlint.fixing import fix
from persistlint.settings import Settings
from persistlint.source import SourceFile

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAMS = 60  # of each driver
FLAGS = 3  # conditions under which steps run
RULE = Settings(frozenset(["interpolated-sql"]))
_SEVERAL = 0.5  # of them have several parts
LEAST_FIXED = 0.3  # of the programs: the others have values and marks in an order that nothing tells


@dataclass(frozen=True)
class Driver:
    """`handle` is the parameter that is the connection, `mark` how a placeholder begins, `send` the call."""

    imports: str
    handle: str
    mark: str
    send: str


DRIVERS = {
    "sqlite3": Driver("import sqlite3", "db: sqlite3.Connection", "?", "db.execute({}{})"),
    "psycopg": Driver("import psycopg", "db: psycopg.Connection", "%s", "db.execute({}{})"),
    "asyncpg": Driver("import asyncpg", "db: asyncpg.Connection", "$", "db.execute({}{})"),
    "SQLAlchemy": Driver("from sqlalchemy import Connection, text", "db: Connection", ":", "db.execute(text({}){})"),
}


@pytest.mark.parametrize("driver", DRIVERS.values(), ids=list(DRIVERS))
@pytest.mark.parametrize("kind", ["alone", "helped", "nested", "beside", "chosen"])
def test_the_same_sql_is_sent_whichever_steps_run(kind: str, driver: Driver) -> None:
    if kind == "chosen" and driver.mark == ":":
        pytest.skip("a text that is chosen and grows has no fix where values have names")
    made, fixed = 0, 0
    for seed in range(PROGRAMS if kind == "alone" else PROGRAMS // 2):
        text = KINDS[kind](driver, random.Random(seed)).text()
        source = SourceFile("program.py", text.encode(), "python")
        result, count = fix(source, lambda source: check(source, RULE).diagnostics, unsafe=True)
        made += bool(check(source, RULE).diagnostics)
        fixed += bool(count)
        before, after = _function(driver, text), _function(driver, result.content.decode())
        for flags in itertools.product((False, True), repeat=FLAGS):
            for names in ((), ("x",), ("x", "y")):
                assert after(*flags, names) == before(*flags, names), f"{flags} {names}\n{result.content.decode()}"
    assert fixed > LEAST_FIXED * made > 0


class _Program:
    """A function that puts a query together: in a variable, in a list, or in a part that is not always there. Some have
    values of their own, whose marks are written or counted."""

    def __init__(self, driver: Driver, random: random.Random) -> None:
        self.driver, self.random = driver, random
        self.has_values = random.random() < 0.5
        self.columns = itertools.count()

    def text(self) -> str:
        lines = [] if not self.has_values else ["values = {}" if self.driver.mark == ":" else "values = []"]
        make, sql, add = self.random.choice(
            [
                ('query = "SELECT 1 WHERE 1 = 1"', "query", 'query += " AND " + {}'),
                ('where = ""', 'f"SELECT 1 WHERE 1 = 1{where}"', 'where += " AND " + {}'),
                ('parts = ["1 = 1"]', '"SELECT 1 WHERE " + " AND ".join(parts)', "parts.append({})"),
                ("parts = []", '"SELECT 1 " + ("WHERE " + " AND ".join(parts) if parts else "")', "parts.append({})"),
                ("parts = []", '"SELECT 1 WHERE {} AND z = \'{}\'".format(" AND ".join(parts), b)', "parts.append({})"),
            ]
        )
        lines.append(make)
        if self.random.random() < _SEVERAL:
            sql, adds = self.beside(lines)
        else:
            adds = [add]
        for _ in range(self.random.randrange(1, 5)):
            lines += self.step(self.random.choice(adds))
        passed = "" if not self.has_values else ", *values" if self.driver.mark == "$" else ", values"
        lines.append("return " + self.driver.send.format(sql, passed))
        body = "".join(f"    {line}\n" for line in lines)
        flags = ", ".join(f"flag{number}" for number in range(FLAGS))
        return f"{self.driver.imports}\n\ndef find({self.driver.handle}, a, b, {flags}, names):\n{body}"

    def beside(self, lines: list[str]) -> tuple[str, list[str]]:
        """The query of several parts that stand beside one another, and what adds to each of them. One of them may be
        chosen by a statement."""
        lines.append('first = ""')
        lines.append('second = ""')
        if self.random.random() < _SEVERAL:
            arms = [self.statements("third = {}", value) for value in "ab"]
            blocks = [[f"    {line}" for line in arm] for arm in arms]
            lines += ["if flag0:", *blocks[0], "else:", *blocks[1]]
        else:
            lines.append('third = "1 = 1"')
        middle = self.random.choice(["", " AND z = '{b}'"])
        sql = f'f"SELECT 1 WHERE {{third}}{{first}}{middle}{{second}}"'
        adds = ['first += " AND " + {}', 'second += " AND " + {}']
        return sql, adds if self.has_values else [*adds, 'second = " AND " + {}']

    def step(self, add: str) -> list[str]:
        kind = self.random.choice(["always", "if", "else", "for"])
        statements = [f"    {line}" for line in self.statements(add, "name" if kind == "for" else "a")]
        flag = f"if flag{self.random.randrange(FLAGS)}:"
        if kind == "always":
            return [line.strip() for line in statements]
        if kind == "else":
            return [flag, *statements, "else:", *(f"    {line}" for line in self.statements(add, "b"))]
        return ["for name in names:" if kind == "for" else flag, *statements]

    def statements(self, add: str, value: str) -> list[str]:
        column = f"c{next(self.columns)}"
        if not self.has_values or self.random.random() < 0.5:
            shape = self.random.choice(
                ["f\"{} = '{{{}}}'\"", "(\"{} = '%s'\" % {})", '"{} = \'" + {} + "\'"', '"{} = 1"']
            )
            return [add.format(shape.format(column, value))]
        if self.driver.mark == ":":
            return [add.format(f'"{column} = :{column}"'), f'values["{column}"] = {value}']
        append = f"values.append({value})"
        if self.driver.mark != "$":
            return self.random.sample([add.format(f'"{column} = {self.driver.mark}"'), append], 2)
        if self.random.random() < 0.5:
            return [append, add.format(f'f"{column} = ${{len(values)}}"')]
        return [add.format(f'f"{column} = ${{len(values) + 1}}"'), append]


class _Helped(_Program):
    """A function that puts the condition together for another one, which sends it, or for two."""

    def text(self) -> str:
        self.has_values = False
        make, returned, add = self.random.choice(
            [
                ('where = "1 = 1"', ["return where"], 'where += " AND " + {}'),
                (
                    "parts = []",
                    ["if not parts:", '    return "1 = 1"', 'return " AND ".join(parts)'],
                    "parts.append({})",
                ),
                ('parts = ["1 = 1"]', ["return f\"({' AND '.join(parts)})\""], "parts.append({})"),
            ]
        )
        lines = [make]
        for _ in range(self.random.randrange(1, 4)):
            lines += self.step(add)
        body = "".join(f"    {line}\n" for line in [*lines, *returned])
        flags = ", ".join(f"flag{number}" for number in range(FLAGS))
        given = f"a, b, {flags}, names" if self.random.random() < 0.5 else f"a, b, {flags}, names=names"
        text = f"{self.driver.imports}\n\ndef conditions(a, b, {flags}, names):\n{body}"
        for name in ("find", "count")[: self.random.randrange(1, 3)]:
            call = self.driver.send.format(self.random.choice(["sql", "f\"SELECT 1 WHERE {where} AND y = 'x'\""]), "")
            inner = f"    where = conditions({given})\n"
            inner += '    sql = f"SELECT 1 WHERE {where}"\n' if "(sql" in call else ""
            text += f"\ndef {name}({self.driver.handle}, a, b, {flags}, names):\n{inner}    return {call}\n"
        return text


class _Nested(_Program):
    """A list of conditions, some of which are made of lists of their own."""

    def text(self) -> str:
        self.has_values = False
        lines = ['parts = ["1 = 1"]']
        for number in range(self.random.randrange(1, 3)):
            inner = f"inner{number}"
            block = [f"{inner} = []" if self.random.random() < 0.5 else f'{inner} = ["2 = 2"]']
            block += self.statements(f"{inner}.append({{}})", "a")
            for _ in range(self.random.randrange(2)):
                block += self.step(f"{inner}.append({{}})")
            block.append(f'parts.append("(" + " OR ".join({inner}) + ")")')
            around = self.random.choice(["for name in names:", f"if flag{self.random.randrange(FLAGS)}:", ""])
            lines += [around, *(f"    {line}" for line in block)] if around else block
        where = self.random.choice(
            ['where = " AND ".join(parts)', 'where = ""', "where = f\"({' AND '.join(parts)})\""]
        )
        lines.append(where)
        if where.endswith('""'):
            lines += ["if parts:", '    where = " AND ".join(parts)']
        lines.append("return " + self.driver.send.format('f"SELECT 1 WHERE {where}"', ""))
        body = "".join(f"    {line}\n" for line in lines)
        flags = ", ".join(f"flag{number}" for number in range(FLAGS))
        return f"{self.driver.imports}\n\ndef find({self.driver.handle}, a, b, {flags}, names):\n{body}"


class _Beside(_Program):
    """A text that grows, with marks in it whose values stand in the call."""

    def text(self) -> str:
        self.has_values = False
        first, last = self.own(1), self.own(2)
        at = self.random.randrange(3)
        lines = [f'query = "SELECT 1 WHERE {f"y = {first}" if at < 2 else "1 = 1"}"']
        for _ in range(self.random.randrange(1, 4)):
            lines += self.step('query += " AND " + {}')
        passed = "b"
        if at:
            lines.append(f'query += " AND z = {last if at == 1 else first}"')
            passed = "b, a" if at == 1 else "b"
        if self.driver.mark == ":":
            names = ["own1", "own2"][: 1 + (at == 1)]
            values = ", {" + ", ".join(f'"{n}": {v}' for n, v in zip(names, passed.split(", "), strict=True)) + "}"
        else:
            values = f", {passed}" if self.driver.mark == "$" else f", [{passed}]"
        lines.append("return " + self.driver.send.format("query", values))
        body = "".join(f"    {line}\n" for line in lines)
        flags = ", ".join(f"flag{number}" for number in range(FLAGS))
        return f"{self.driver.imports}\n\ndef find({self.driver.handle}, a, b, {flags}, names):\n{body}"

    def own(self, number: int) -> str:
        return {"$": f"${number}", ":": f":own{number}"}.get(self.driver.mark, self.driver.mark)


class _Chosen(_Program):
    """One of several texts, which then grows, or is begun anew."""

    def text(self) -> str:
        self.has_values = False
        whole = 'query = "SELECT 1 WHERE 1 = 1 AND " + {}'
        lines = self.statements(whole, "b") if self.random.random() < _SEVERAL else []
        arms = [self.statements(whole, value) for value in "ab"]
        for arm in arms[: 1 + (not lines)]:
            for _ in range(self.random.randrange(2)):
                arm += self.step('query += " AND " + {}')
        blocks = [[f"    {line}" for line in arm] for arm in arms]
        lines += ["if flag0:", *blocks[0]]
        lines += ["else:", *blocks[1]] if len(lines) == 1 + len(blocks[0]) else []
        for _ in range(self.random.randrange(1, 4)):
            lines += self.step('query += " AND " + {}')
        if self.random.random() < 1 / 3:
            lines += ["if flag1:", *(f"    {line}" for line in self.statements(whole, "a"))]
        lines.append("return " + self.driver.send.format("query", ""))
        body = "".join(f"    {line}\n" for line in lines)
        flags = ", ".join(f"flag{number}" for number in range(FLAGS))
        return f"{self.driver.imports}\n\ndef find({self.driver.handle}, a, b, {flags}, names):\n{body}"


KINDS: dict[str, type[_Program]] = {
    "alone": _Program,
    "helped": _Helped,
    "nested": _Nested,
    "beside": _Beside,
    "chosen": _Chosen,
}


def _function(driver: Driver, text: str) -> Callable[..., str]:
    body = text.replace(driver.imports, "").replace(driver.handle, "db")
    names: dict[str, Any] = {"text": str}
    exec(compile(body, "program.py", "exec"), names)
    return lambda *given: names["find"](_Connection(driver.mark), "A", "B", *given)


class _Connection:
    def __init__(self, mark: str) -> None:
        self.mark = mark

    def execute(self, sql: str, *passed: Any) -> str:
        """The SQL with its values in it, each in quotes."""
        sql = re.sub(r"= ([AB])\b", r"= '\1'", sql)
        if self.mark == "$":
            numbers = [int(number) for number in re.findall(r"\$(\d+)", sql)]
            assert sorted(set(numbers)) == list(range(1, len(passed) + 1)), f"{sql} {passed}"
            return re.sub(r"\$(\d+)", lambda match: f"'{passed[int(match[1]) - 1]}'", sql)
        values: Any = passed[0] if passed else ()
        if self.mark == ":":
            return re.sub(r":(\w+)", lambda match: f"'{values[match[1]]}'", sql)
        assert sql.count(self.mark) == len(values), f"{sql} {values}"
        for value in values:
            sql = sql.replace(self.mark, f"'{value}'", 1)
        return sql
