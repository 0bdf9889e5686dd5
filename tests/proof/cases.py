"""What fixes are proven on: one table, queries over it in every shape, and what they are called with."""

from __future__ import annotations

from dataclasses import dataclass

NAMES = ("Åsa", "O'Brien", "", None, "50%", "a_b", "back\\slash", "%s", "naïve", "x:y", "{brace}", "$1", "?", 'a"b')
ROWS = tuple((number, name, number - 6, f"{name}-{number - 6}") for number, name in enumerate(NAMES, 1))
TABLE = "CREATE TABLE people (id integer PRIMARY KEY, name varchar(50), score integer, code varchar(60))"

# Ordinary values: a text, a number and a list of numbers.
TEXTS = ("Åsa", "", None, "50%", "a_b", "back\\slash", "%s", "naïve", "x:y", "{brace}", "$1", "?", 'a"b', "nobody")
QUOTE = "O'Brien"  # breaks the SQL that it is written into
NUMBERS = (3, 0, -2)
LISTS = ((1, 2, 3), (5,), (-1, 4))


@dataclass(frozen=True)
class Query:
    """A query before its fix. `sql` is the expression of its text, `before` the lines that stand before it; `attack` is
    what makes it give rows that it should not, for the text and for the number. `without` are drivers that have no fix
    for it."""

    name: str
    sql: str
    before: tuple[str, ...] = ()
    attack: tuple[str, str | int] = ("x' OR '1'='1", 0)
    without: tuple[str, ...] = ()

    def fits(self, driver: str) -> bool:
        """Whether there is a fix for it with a driver."""
        return driver not in self.without


OUT_OF_A_PATTERN = ("nobody' OR 'x' LIKE '", 0)
OUT_OF_A_NUMBER = ("nobody", "99 OR 1 = 1")
PYTHON = (
    Query(
        "function that is called twice",
        "f\"SELECT id FROM people WHERE {condition(a)} OR {condition('Åsa')} ORDER BY id\"",
        ("def condition(name):", "    return f\"name = '{name}' AND code LIKE '%-{b}'\""),
        ("x' OR '1'='1' OR '1'='", 0),
        without=("sqlite3", "psycopg2", "asyncpg", "sqlalchemy", "django", "pymysql"),
    ),
    Query(
        "list of texts and numbers",
        "\"SELECT id FROM people WHERE name IN (\" + ', '.join([f\"'{v}'\" if isinstance(v, str) else str(v) for v in"
        ' found]) + ") ORDER BY id"',
        ("found = [str(a), 'Åsa']",),
        ("x') OR '1' IN ('1", 0),
    ),
    Query("f-string", "f\"SELECT id FROM people WHERE name = '{a}' ORDER BY id\""),
    Query("plus", '"SELECT id FROM people WHERE name = \'" + str(a) + "\' ORDER BY id"'),
    Query(
        "percent",
        "\"SELECT id FROM people WHERE name = '%s' AND score > %s ORDER BY id\" % (a, b)",
        (),
        ("x' OR '1'='1' OR '1'='", -99),
    ),
    Query(
        "format",
        "\"SELECT id FROM people WHERE name = '{}' AND code <> '{{}}' ORDER BY id\".format(a)",
        (),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query("keyword", "\"SELECT id FROM people WHERE name = '{name}' ORDER BY id\".format(name=a)"),
    Query(
        "mapping",
        "\"SELECT id FROM people WHERE name = '%(name)s' AND code <> '%(code)s' ORDER BY id\" % row",
        ('row = {"name": a, "code": "-"}',),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query(
        "spread mapping",
        "\"SELECT id FROM people WHERE name = '{name}' AND code <> '{code}' ORDER BY id\".format(**row)",
        ('row = {"name": a, "code": "-"}',),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query(
        "tuple",
        "\"SELECT id FROM people WHERE name = '%s' AND code <> '%s' ORDER BY id\" % row",
        ('row = (a, "-")',),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query("tuple of one", "\"SELECT id FROM people WHERE name = '%s' ORDER BY id\" % row", ("row = (a,)",)),
    Query(
        "list twice",
        "f\"SELECT id FROM people WHERE (id IN ({listed}) OR id IN ({listed})) AND (score < -4 OR name = '{a}') \"\n"
        '"ORDER BY id"',
        ("listed = ','.join([str(id) for id in ids])",),
    ),
    Query(
        "null",
        "f\"SELECT id FROM people WHERE score = {score} OR name = '{a}' ORDER BY id\"",
        ("score = b or 'NULL'",),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query("pattern", "f\"SELECT id FROM people WHERE name LIKE '%{a}%' ORDER BY id\"", (), OUT_OF_A_PATTERN),
    Query("percent sign", "f\"SELECT id FROM people WHERE code LIKE '%-%' AND name = '{a}' ORDER BY id\""),
    Query("twice", "f\"SELECT id FROM people WHERE name = '{a}' OR code = '{a}' ORDER BY id\""),
    Query("parts", "f\"SELECT id FROM people WHERE code = '{a}-{b}' ORDER BY id\"", (), ("x' OR '1'='1' OR 'x'='", 0)),
    Query("number", 'f"SELECT id FROM people WHERE score = {b} ORDER BY id DESC"', (), OUT_OF_A_NUMBER),
    Query("limit", 'f"SELECT id FROM people ORDER BY id LIMIT {b}"', (), ("", 0)),
    Query(
        "list",
        "f\"SELECT id FROM people WHERE id IN ({','.join(map(str, ids))}) AND (score < -4\" "
        "f\" OR name = '{a}') ORDER BY id\"",
    ),
    Query("two lines", "query", ('query = "SELECT id FROM people"', "query += f\" WHERE name = '{a}' ORDER BY id\"")),
    Query(
        "grows",
        "query",
        (
            "query = f\"SELECT id FROM people WHERE code LIKE '%-%' AND name = '{a}'\"",
            "if b:",
            '    query += f" AND score = {b}"',
            'query += " ORDER BY id"',
        ),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "pieces",
        '"SELECT id FROM people WHERE " + " AND ".join(clauses) + f" ORDER BY id LIMIT {9 + b * 0}"',
        (
            "clauses = [\"code LIKE '%-%'\"]",
            "clauses.append(f\"name = '{a}'\")",
            "if b:",
            '    clauses.append(f"score = {b}")',
        ),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "pieces that may be none",
        'f"SELECT id FROM people {where} ORDER BY id"',
        (
            "clauses = []",
            "if a != 'Åsa':",
            "    clauses.append(\"name = '%s'\" % a)",
            "for number in ids:",
            '    clauses.append("score <> %s" % number)',
            'where = "WHERE " + " AND ".join(clauses) if clauses else ""',
        ),
        ("x' OR '1'='1' OR '1'='1", 0),
    ),
    Query(
        "list of its own",
        "f\"SELECT id FROM people WHERE id IN ({listed}) AND (score < -4 OR name = '{a}') ORDER BY id\"",
        ("listed = ', '.join(str(id) for id in ids)",),
    ),
    Query(
        "list of quoted texts",
        "f\"SELECT id FROM people WHERE name IN ({','.join(quoted)}) ORDER BY id\"",
        ("names = [a, 'naïve']", "quoted = [f\"'{name}'\" for name in names]"),
        ("x') OR name IN ('Åsa", 0),
    ),
    Query(
        "list with a condition",
        "query",
        (
            'query = "SELECT id FROM people WHERE score > -99"',
            "names = [a, 'naïve']",
            "if b:",
            "    listed = ', '.join([f\"'{name}'\" for name in names if name])",
            '    query += f" AND name IN ({listed})"',
            'query += " ORDER BY id"',
        ),
        ("x') OR name IN ('Åsa", 3),
        without=("sqlalchemy",),
    ),
    Query(
        "repeated",
        "f\"SELECT id FROM people WHERE score > -99 AND ({condition}) AND name <> '{a}!' ORDER BY id\"",
        (
            "names = {a: b, 'naïve': 99}",
            "condition = ' OR '.join(f\"name = '{name}' AND score < {score}\" for name, score in names.items())",
        ),
        ("x' OR name = 'Åsa' OR name = 'x", 9),
    ),
    Query(
        "part that is not always there",
        'f"SELECT id FROM people WHERE score > -99 {where} ORDER BY id"',
        (
            'where = ""',
            'if a != "Åsa":',
            "    where = f\"AND name = '{a}'\"",
            "elif b:",
            '    where = f"AND score = {b}"',
        ),
    ),
    Query(
        "chosen",
        "f\"SELECT id FROM people WHERE code LIKE '%-%' {extra}\"",
        ("extra = f\"AND name = '{a}'\" if a != 'Åsa' else f\"AND score = {b} AND code <> '{a}'\"",),
    ),
    Query(
        "there or not",
        "f\"SELECT id FROM people WHERE name = '{a}'\" + (f\" AND score = {b}\" if b else '')",
        (),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "function of its own",
        'f"SELECT id FROM people WHERE {condition(a, b)} ORDER BY id"',
        (
            "def condition(name, score):",
            "    clauses = [\"code LIKE '%-%'\"]",
            "    if score:",
            '        clauses.append(f"score = {score}")',
            "    clauses.append(f\"name = '{name}'\")",
            '    return " AND ".join(clauses)',
        ),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "one of several",
        "query",
        (
            "if b:",
            "    query = f\"SELECT id FROM people WHERE name = '{a}' OR score = {b} ORDER BY id\"",
            "else:",
            "    query = \"SELECT id FROM people WHERE code LIKE '%-%' AND name = '{}' ORDER BY id\".format(a)",
        ),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "format string with a variable",
        "query.format(a)",
        ("column = 'name'", 'query = "SELECT id FROM people WHERE " + column + " = \'{}\' ORDER BY id"'),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "format string of its own",
        "query.format('id', a)",
        ("query = \"SELECT {} FROM people WHERE name = '{}' ORDER BY id\"",),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query(
        "formatted anew",
        "query",
        ("query = \"SELECT id FROM people WHERE name = '%s' ORDER BY id\"", "query = query % a"),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query(
        "replaced",
        "\"SELECT id FROM people WHERE name = '{name}' OR code = '{name}' ORDER BY id\".replace('{name}', name)",
        ('name = a or ""',),
    ),
    Query(
        "template",
        "Template(\"SELECT id FROM people WHERE code LIKE '%-%' AND name = '$name' ORDER BY id\").substitute(name=a)",
        ("from string import Template",),
    ),
    Query(
        "begun anew",
        "query",
        (
            'query = "SELECT 1"',
            "name = ''.join([character for character in str(a)])",
            "query = f\"SELECT id FROM people WHERE name = '{name}' ORDER BY id\"",
        ),
    ),
    Query(
        "part of its own", 'f"SELECT id FROM people WHERE {condition} ORDER BY id"', ("condition = f\"name = '{a}'\"",)
    ),
    Query(
        "joined where it is written",
        '" ".join(["SELECT id FROM people", f"WHERE name = \'{a}\'", "OR score > %s" % b, "ORDER BY id"])',
        (),
        ("x' OR '1'='1", 99),
    ),
    Query(
        "quotes of its own",
        '"SELECT id FROM people WHERE name LIKE %s AND score < %s ORDER BY id" % ("\'%" + str(a) + "%\'", b)',
        (),
        ("nobody' OR 'x' LIKE '", 0),
    ),
    Query(
        "chosen by a statement",
        "f\"SELECT id FROM people WHERE code LIKE '%-%' AND {where} AND name <> '{a}!' ORDER BY id\"",
        (
            "if a == 'Åsa':",
            '    where = f"score = {b}"',
            "elif b:",
            "    where = f\"(name = '{a}' OR code = '{a}')\"",
            "else:",
            "    where = \"code LIKE '%-%'\"",
        ),
        ("x') OR ('1'='1", 3),
    ),
    Query(
        "several parts",
        "f\"SELECT id FROM people WHERE score > -99 {names} AND code <> '-' {scores} ORDER BY id\"",
        (
            "names = ''",
            "scores = ''",
            "if a != 'Åsa':",
            "    names = f\"AND name = '{a}'\"",
            "if b:",
            '    scores = f"AND score <> {b}"',
        ),
        ("x' OR '1'='1' OR '1'='1", 0),
    ),
    Query(
        "tuple in a variable",
        "f\"SELECT id FROM people WHERE name = '{a}' OR (id IN {listed} AND score = {b}) ORDER BY id\"",
        ("listed = tuple(ids)",),
        ("x' OR '1'='1' OR '1'='", 0),
        without=("sqlalchemy",),
    ),
    Query(
        "text of a tuple",
        "\"SELECT id FROM people WHERE name = '%s' OR id IN %s ORDER BY id\" % (a, listed)",
        ("listed = str(tuple(ids))",),
        without=("sqlalchemy",),
    ),
    Query(
        "format in a format",
        '"SELECT id FROM people WHERE score > {} AND name IN ({}) ORDER BY id"\n'
        ".format(b, \"'{}'\".format(\"','\".join(names)))",
        ("names = [str(a), 'Ada']",),
        ("x') OR ('1'='1", -99),
    ),
    Query(
        "conditions of a list",
        "f\"SELECT id FROM people WHERE {' OR '.join(conditions)} ORDER BY id\"",
        ("conditions = [f\"(id = {id} OR name = '{a}')\" for id in ids]",),
    ),
    Query(
        "variables beside a name",
        "\"SELECT id FROM %(table)s WHERE name = '%(a)s' AND code LIKE '%%-%(b)s' ORDER BY id\" % locals()",
        ("table = str('people')",),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query(
        "number beside a name",
        "\"SELECT id FROM {1} WHERE name = '{0}' AND code <> '{{}}' OR name = '{0}' ORDER BY {2}\""
        ".format(a, str('people'), 'id')",
        (),
        ("x' OR '1'='1' OR '1'='", 0),
    ),
    Query("text of a text", 'str("SELECT id FROM people WHERE name = \'" + str(a) + "\' ORDER BY id")'),
)
JAVASCRIPT = (
    Query(
        "function that is called twice",
        "`SELECT id FROM people WHERE ${condition(a)} OR ${condition('Åsa')} ORDER BY id`",
        ("function condition(name) {", "  return `name = '${name}' AND code LIKE '%-${b}'`;", "}"),
        ("x' OR '1'='1' OR '1'='", 0),
        without=("postgres", "knex", "better-sqlite3"),
    ),
    Query("template", "`SELECT id FROM people WHERE name = '${a}' ORDER BY id`"),
    Query("plus", '"SELECT id FROM people WHERE name = \'" + a + "\' ORDER BY id"'),
    Query("pattern", "`SELECT id FROM people WHERE name LIKE '%${a}%' ORDER BY id`", (), OUT_OF_A_PATTERN),
    Query("twice", "`SELECT id FROM people WHERE name = '${a}' OR code = '${a}' ORDER BY id`"),
    Query("parts", "`SELECT id FROM people WHERE code = '${a}-${b}' ORDER BY id`", (), ("x' OR '1'='1' OR 'x'='", 0)),
    Query("number", "`SELECT id FROM people WHERE score = ${b} ORDER BY id DESC`", (), OUT_OF_A_NUMBER),
    Query("limit", "`SELECT id FROM people ORDER BY id LIMIT ${b}`", (), ("", 0)),
    Query(
        "list", "`SELECT id FROM people WHERE id IN (${ids.join(\",\")}) AND (score < -4 OR name = '${a}') ORDER BY id`"
    ),
    Query(
        "two lines", "query", ('let query = "SELECT id FROM people";', "query += ` WHERE name = '${a}' ORDER BY id`;")
    ),
    Query(
        "grows",
        "query",
        (
            "let query = `SELECT id FROM people WHERE name = '${a}'`;",
            "if (b) query += ` AND score = ${b}`;",
            "query += ' ORDER BY id';",
        ),
    ),
    Query(
        "pieces",
        '"SELECT id FROM people WHERE " + clauses.join(" AND ") + ` ORDER BY id LIMIT ${9 + b * 0}`',
        (
            "const clauses = [\"code LIKE '%-%'\"];",
            'clauses.push("name = \'" + a + "\'");',
            "if (b) clauses.push(`score = ${b}`);",
        ),
    ),
    Query(
        "pieces that may be none",
        '`SELECT id FROM people ${clauses.length ? "WHERE " + clauses.join(" AND ") : ""} ORDER BY id`',
        (
            "const clauses = [];",
            'if (a !== "Åsa") {',
            "  clauses.push(`name = '${a}'`);",
            "}",
            "for (const number of ids) clauses.push(`score <> ${number}`);",
        ),
        ("x' OR '1'='1' OR '1'='1", 0),
    ),
    Query(
        "list of its own",
        "`SELECT id FROM people WHERE id IN (${listed}) AND (score < -4 OR name = '${a}') ORDER BY id`",
        ('const listed = ids.join(",");',),
    ),
    Query(
        "part that is not always there",
        "`SELECT id FROM people WHERE score > -99 ${where} ORDER BY id`",
        (
            'let where = "";',
            "if (a !== 'Åsa') {",
            "  where = `AND name = '${a}'`;",
            "}",
            "if (b) where += ` AND score <> ${b}`;",
        ),
    ),
    Query(
        "chosen",
        "`SELECT id FROM people WHERE score > -99 ${extra}`",
        ("const extra = a !== 'Åsa' ? `AND name = '${a}'` : `AND score = ${b} AND code <> '${a}'`;",),
    ),
    Query(
        "function of its own",
        "`SELECT id FROM people WHERE ${condition(a)} ORDER BY id`",
        ("function condition(name) {", "  return `name = '${name}'`;", "}"),
    ),
    Query(
        "replaced",
        "`SELECT id FROM people WHERE name = ':name:' ORDER BY id`.replace(':name:', a)",
    ),
    Query(
        "begun anew",
        "query",
        (
            'let query = "SELECT 1";',
            "query = `SELECT id FROM people WHERE name = '${a}' ORDER BY id`;",
        ),
    ),
    Query(
        "part of its own",
        "`SELECT id FROM people WHERE ${condition} ORDER BY id`",
        ("const condition = `name = '${a}'`;",),
    ),
    Query(
        "joined where it is written",
        '["SELECT id FROM people", `WHERE name = \'${a}\'`, "ORDER BY id"].join(" ")',
    ),
    Query(
        "quotes of its own",
        '`SELECT id FROM people WHERE name LIKE ${"\'%" + a + "%\'"} ORDER BY id`',
        (),
        OUT_OF_A_PATTERN,
    ),
    Query(
        "chosen by a statement",
        "`SELECT id FROM people WHERE score > -99 AND ${where} ORDER BY id`",
        (
            "let where;",
            "if (a === 'Åsa') {",
            "  where = `score = ${b}`;",
            "} else {",
            "  where = `name = '${a}'`;",
            "}",
        ),
    ),
    Query(
        "several parts",
        "`SELECT id FROM people WHERE score > -99 ${names} ${scores} ORDER BY id`",
        (
            "let names = '';",
            "let scores = '';",
            "if (a !== 'Åsa') names = `AND name = '${a}'`;",
            "if (b) {",
            "  scores = `AND score <> ${b}`;",
            "}",
        ),
        ("x' OR '1'='1' OR '1'='1", 0),
    ),
    Query(
        "callback",
        "query",
        (
            "let query = `SELECT id FROM people WHERE name = '${a}'`;",
            "ids.forEach((id) => {",
            "  query += ` OR score = ${id}`;",
            "});",
            "query += ' ORDER BY id';",
        ),
    ),
    Query(
        "cut at its end",
        "query",
        (
            "let query = `SELECT id FROM people WHERE name = '${a}' OR score IN (`;",
            "for (const id of ids) {",
            "  query += `${id}, `;",
            "}",
            "query = query.slice(0, -2);",
            "query += ') ORDER BY id';",
        ),
    ),
    Query(
        "list in quotes",
        "`SELECT id FROM people WHERE name IN (${names.map((name) => `'${name}'`).join(\",\")}) ORDER BY id`",
        ("const names = [a, 'Åsa'];",),
        ("x') OR ('1'='1", 0),
    ),
    Query(
        "list of a part of rows",
        '`SELECT id FROM people WHERE id IN (${rows.map((row) => row.id).join(",")}) AND (score < -4 '
        "OR name = '${a}') ORDER BY id`",
        ("const rows = ids.map((id) => ({ id }));",),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "parts under conditions",
        "`SELECT id FROM people WHERE (name = '${a}' ${b ? `OR score = ${b}` : ''} "
        "${a === 'Åsa' ? '' : `OR code = '${a}-1'`}) AND score > ${b - 9} ORDER BY id`",
        (),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "part for every element",
        "`SELECT id FROM people WHERE score > -99 AND (name = '${a}' OR "
        "${ids.map((id) => `(id = ${id} AND code = '${a}')`).join(\" OR \")}) ORDER BY id`",
        (),
        ("x' OR '1'='1", 0),
    ),
    Query(
        "in the place of a constant",
        "`SELECT id FROM people WHERE ${where} ORDER BY id`",
        ("let where = 'score > -99';", "if (a !== 'Åsa') {", "  where = `name = '${a}'`;", "}"),
    ),
    Query(
        "made of the one before",
        "query",
        (
            "let query = 'SELECT id FROM people';",
            "query = `${query} WHERE name = '${a}'`;",
            "query = `${query} ORDER BY id`;",
        ),
    ),
    Query(
        "array that becomes text by itself",
        "`SELECT id FROM people WHERE id IN (${ids}) AND (score < -4 OR name = '${a}') ORDER BY id`",
    ),
    Query(
        "text with commas",
        "`SELECT id FROM people WHERE id NOT IN (${listed}) AND (score < -4 OR name = '${a}') ORDER BY id`",
        ("const listed = ids.toString();",),
    ),
    Query(
        "array of texts with quotes",
        "`SELECT id FROM people WHERE name IN (${quoted}) ORDER BY id`",
        ("const names = [a, 'Åsa'];", "const quoted = names.map((name) => {", "  return `'${name}'`;", "});"),
        ("x') OR ('1'='1", 0),
    ),
    Query(
        "dollar quotes",
        "`SELECT id FROM people WHERE name = $$${a}$$ AND code <> $n$${a}-9$n$ ORDER BY id`",
        (),
        ("x$$ OR $$1$$ = $$1$$ OR $$1$$ = $$", 0),
        without=("mysql2", "better-sqlite3"),
    ),
    Query(
        "behind values that are counted where it runs",
        "`SELECT id FROM people WHERE ${clauses.join(' AND ')} AND name = '${a}' ORDER BY id`, values",
        (
            "const clauses = ['score > -99'];",
            "const values = [];",
            "const add = (clause, value) => {",
            "  values.push(value);",
            "  clauses.push(clause.replace('?', `$${values.length}`));",
            "};",
            "if (b) add('score <> ?::int', b);",
            "if (ids.length) add('id <> ?::int', ids[0]);",
        ),
        without=("mysql2", "better-sqlite3", "knex", "sequelize"),
    ),
)
