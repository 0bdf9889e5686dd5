"""
## What it finds

A value that becomes part of the text of a SQL statement instead of travelling beside it as a bind parameter.

How the text is put together does not matter: f-string, template literal, `+`, `+=` over several statements, `%`,
`.format`, `Sprintf`, a builder, `join`, `replace`, a helper of the same file that returns SQL. A value is left alone
where nothing it can hold changes the statement: a constant, a number made by `int()` or `Number()`, a member of an
enum, a value that was tested against an allow-list on every way to the query, a run of placeholders, the result of the
driver's own quoting function, a hole of a template tag that binds. So is what only an operator sets (a cluster, a
credential), what has a type that the program names, and a bare value of nobody knows where: without quotes around it a
text would be no value. A text that no call of the file sends is reported
only where a value stands in quotes or comes out of a request. Quotes that are doubled by hand are enough where a
backslash is no escape, and in a statement that takes no parameters; data of a request is to be bound all the same.

What is, without quotes, the key of a row by its name, and a name that a function is given to ask the catalogue for it,
is an info: it is no text of anybody in all likelihood. In a migration, what does not come out of a request is a
warning: it is met once, by who deploys.

## Why it matters

Whoever controls the value controls the statement: `' OR 1 = 1 --` reads every row, and a name such as O'Brien breaks
the query. Escaping by hand has failed again and again; a bound value is never parsed as SQL, whatever it holds.

## Example

```python
import sqlite3

def find_user(connection: sqlite3.Connection, email: str):
    return connection.execute(f"SELECT id FROM users WHERE email = '{email}'").fetchone()
```

```python
import sqlite3

def find_user(connection: sqlite3.Connection, email: str):
    return connection.execute("SELECT id FROM users WHERE email = ?", (email,)).fetchone()
```

```ts
import { Pool } from "pg";

export function findUser(pool: Pool, email: string) {
  return pool.query(`SELECT id FROM users WHERE email = '${email}'`);
}
```

```ts
import { Pool } from "pg";

export function findUser(pool: Pool, email: string) {
  return pool.query("SELECT id FROM users WHERE email = $1", [email]);
}
```

```go
package store

import (
        "database/sql"
        "fmt"
)

func FindUser(db *sql.DB, email string) *sql.Row {
        return db.QueryRow(fmt.Sprintf("SELECT id FROM users WHERE email = '%s'", email))
}
```

```go
package store

import "database/sql"

func FindUser(db *sql.DB, email string) *sql.Row {
        return db.QueryRow("SELECT id FROM users WHERE email = $1", email)
}
```

```sql
CREATE FUNCTION find_user(p_email text) RETURNS SETOF users LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT * FROM users WHERE email = ''' || p_email || '''';
END;
$$;
```

```sql
CREATE FUNCTION find_user(p_email text) RETURNS SETOF users LANGUAGE plpgsql AS $$
BEGIN
  RETURN QUERY EXECUTE 'SELECT * FROM users WHERE email = $1' USING p_email;
END;
$$;
```

## Fix

Write a placeholder in the place of the value, without quotes around it, and pass the value as a parameter. Where the
file, or the module of one in Go, tells which driver it uses, there is a fix that does both, also where the text is put
together over several statements, or where the value is a list or a part of a pattern. Where no value can be passed on
the way to the driver, there may be one that quotes it where it is put into the text. Where there is none, the help of
the diagnostic says why.

## Options

- `trust-annotations` (default `true`): take a parameter that is declared as a number (`limit: int`, `limit: number`)
  for a number. Python and TypeScript do not enforce that when the program runs.

## When not to use it

Where statements are only ever built from data of the program itself, as in a one-off script, ignore the line with the
reason beside it.

## References

- [CWE-89: SQL injection](https://cwe.mitre.org/data/definitions/89.html)
- [OWASP: SQL injection prevention](https://cheatsheetseries.owasp.org/cheatsheets/SQL_Injection_Prevention_Cheat_Sheet.html)
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Remedy, Severity
from persistlint.facts import Context, Hole, Origin, Query, Sign, SqlText
from persistlint.interpolation import (
    at,
    holes_of,
    is_amount,
    is_asked_of_catalogue,
    is_evident,
    is_key_of_row,
    is_made_of_sql,
    is_of_program,
    is_of_server,
    is_written_out,
    names_table,
    related,
    why,
)
from persistlint.paths import changes_schema, is_test, queries_service
from persistlint.regexes import regex
from persistlint.rule import Option, RuleContext, rule
from persistlint.sql.lexer import tokenize
from persistlint.sql.parameters import takes_no_parameters

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMED_AS_SQL = regex(
    r"(?:\w+\.)*(?:(?:\w+_)?sql\w*|\w*sql|\w+(?:Sql|SQL))"
    r"|(?:\w+\.)+\w*(?:Expr|Expression|_expr|_expression)(?: \?\? .*)?",
    re.ASCII,
)
# Where a column is compared with a value, or set to it.
_COMPARED = regex(r"[=<>]\s*…")
# What holds what a caller or a user wants, by its name: `params["id"]`, `self.filters.get("owner")`.
_OF_CALLER = regex(
    r"(?:\w+\.)*_*\w*(?:params?|arg(?:ument)?s?|inputs?|query|filters?|req(?:uest)?|body|form|payload)[.\[]",
    re.IGNORECASE,
)
_SETTING = regex(r"\s*SET\s+(?:LOCAL\s+|SESSION\s+)?\w+\.\w+\s*(?:=|TO)", re.IGNORECASE)
_FIRST_WORD = regex(r"\s*([A-Za-z]+)\s")
_NOTIFY = regex(r"\s*NOTIFY\s", re.IGNORECASE)
_LONGEST = 60  # characters of an expression that a message shows
_STANDS = {
    Context.VALUE: "",
    Context.QUOTED: ", inside quotes",
    Context.PART: ", inside quotes",
    Context.LIST: ", as a list of values",
}


@rule(
    "interpolated-sql",
    on=SqlText,
    severity=Severity.ERROR,
    languages=("python", "javascript", "typescript", "go", "sql"),
    signs=(Sign.JOINED_TEXT,),
    options=(Option("trust-annotations", True, "Take a parameter that is declared as a number for a number."),),
    skips=(is_test, queries_service),
)
def interpolated_sql(fact: SqlText, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first value that a query splices into its SQL."""
    least = Origin.ENVIRONMENT if context.options["trust-annotations"] else Origin.ANNOTATED
    holes = holes_of(fact, partial(_is_interpolated, fact, least))
    # A script of SQL may define what anybody calls.
    is_migration = context.file.language != "sql" and changes_schema(context.file.path)
    if is_migration:
        holes = tuple(hole for hole in holes if not _is_of_migration(hole))
    if not holes:
        return
    first = holes[0]
    # Only who deploys runs a migration, and once: what breaks it has to be in the data by then.
    is_once = is_migration and all(hole.origin is not Origin.REQUEST for hole in holes)
    is_far = is_once or not isinstance(fact, Query)
    is_lesser = partial(_is_lesser, fact, context.file.language)
    yield context.report(
        first.range,
        f"{_what(first)} becomes part of the SQL text{_STANDS[first.context]}{at(first)}{why(first)}.",
        help=_help(fact),
        remedy=partial(_bound, fact, holes, context),
        severity=Severity.INFO if all(map(is_lesser, holes)) else Severity.WARNING if is_far else None,
        related=related(fact, holes),
    )


def _bound(fact: SqlText, holes: Sequence[Hole], context: RuleContext) -> Remedy:
    from persistlint.fixes.binding import bind  # only a query with such a value pays for it

    return bind(fact, holes, context.program)


def _is_interpolated(fact: SqlText, least: Origin, hole: Hole) -> bool:
    if (
        not is_evident(fact, hole)
        or is_of_server(hole)
        or is_written_out(hole)
        or is_of_program(fact, hole)
        or _is_alone(hole)
        or _is_own_of_table(fact, hole)
    ):
        return False
    # What is called `sql` or `source.nameExpression` is SQL that somebody else wrote, in the place of a value.
    is_bare = hole.context in (Context.VALUE, Context.LIST) and hole.origin is not Origin.REQUEST
    is_sql = is_bare and (is_made_of_sql(fact, hole) or bool(_NAMED_AS_SQL.fullmatch(hole.expression)))
    is_unknown = hole.context is Context.VALUE and hole.origin is Origin.UNKNOWN
    if is_unknown and not _OF_CALLER.match(hole.expression) and not _COMPARED.search(hole.excerpt):
        return False  # without quotes around it a text is no value: it is as likely SQL that was made elsewhere
    in_quotes = hole.context in (Context.QUOTED, Context.PART)
    if in_quotes and hole.origin is Origin.DERIVED:
        return True  # what stands in quotes is data, not a name that another module knows
    return hole.context.is_value and hole.origin >= least and not is_sql and not is_amount(hole)


def _is_lesser(fact: SqlText, language: str, hole: Hole) -> bool:
    """Whether a hole holds no text of anybody in all likelihood: the key of a row, or a name that a function is given
    to ask the catalogue for it, or for a table. Anybody calls a routine of the database."""
    is_handed = hole.origin is Origin.PARAMETER and language != "sql"
    is_key = is_key_of_row(hole) and not _OF_CALLER.match(hole.expression)
    return is_key or (is_handed and (is_asked_of_catalogue(fact, hole) or names_table(fact, hole)))


def _is_alone(hole: Hole) -> bool:
    """Whether a hole is all that an escape hatch such as `AsIs` takes, so that it is as likely a name: what a field
    gives for that is mostly one of the program itself."""
    return hole.origin is Origin.UNKNOWN and hole.excerpt == "…"


# The key of a row, which the program itself has made: `team.id`, `teamId`, `teams[0].id`, `user_uuid`.
_KEY = regex(r"(?:\w+(?:\[\w+\])?[?!]?\.)*(?:(?:\w+_)?(?:id|uuid)|\w+(?:Id|ID|Uuid|UUID))", re.ASCII)


_OF_NOTHING = regex(r"(?:[\w.]+\()+\)+")  # `http_date(now())`
_OWN = regex(r"(?:\w+(?:\(\))?\.)*\w+\(\)")  # `settings().zone()`
_OF_TABLE = regex(r"\s*(?:CREATE|ALTER)\s+TABLE\b", re.IGNORECASE)
# Where the name of a table or of what belongs to one stands in quotes.
_IN_CATALOG = regex(
    r"(?:pragma_\w+|to_regclass|regclass|nextval)\("
    r"|\b(?:(?:tbl|table|column|index|constraint|schema|sequence)_?|rel|att|con)?name ?=",
    re.IGNORECASE,
)


def _is_own_of_table(fact: SqlText, hole: Hole) -> bool:
    """Whether a hole in the definition of a table holds what a function gives that is told nothing: the program says
    what its tables are like."""
    begins = fact.texts[0].parts[0] if fact.texts and fact.texts[0].parts else ""
    is_of_table = isinstance(begins, str) and _OF_TABLE.match(begins) is not None
    return is_of_table and hole.origin is not Origin.REQUEST and _OWN.fullmatch(hole.expression) is not None


def _is_of_migration(hole: Hole) -> bool:
    """Whether a hole in a migration holds what only its own code can give: what a function takes that nobody but
    migrations calls, what one makes of constants or of nothing, the key of a row, or an expression. Other text in a row
    was written by somebody."""
    if hole.origin is Origin.REQUEST:
        return False
    is_bare = hole.context in (Context.VALUE, Context.LIST)
    is_bare |= _IN_CATALOG.search(hole.excerpt) is not None or _KEY.fullmatch(hole.expression) is not None
    return is_bare or hole.origin in (Origin.PARAMETER, Origin.DERIVED) or bool(_OF_NOTHING.fullmatch(hole.expression))


def _what(hole: Hole) -> str:
    return f"`{hole.expression}`" if len(hole.expression) <= _LONGEST else "This value"


def _help(fact: SqlText) -> str:
    text = fact.texts[0].parts[0] if fact.texts[0].parts else ""
    if isinstance(text, str) and _SETTING.match(text):
        return "Set it with `SELECT set_config(name, value, is_local)`, which takes bind parameters; `SET` takes none."
    if isinstance(text, str) and _NOTIFY.match(text):
        return "Send it with `SELECT pg_notify(channel, payload)`, which takes bind parameters; `NOTIFY` takes none."
    library = fact.library if isinstance(fact, Query) else None
    first = _FIRST_WORD.match(text) if isinstance(text, str) else None
    dialect = library.dialect if library is not None else None
    tokens = tokenize(text, dialect) if first is not None and isinstance(text, str) else ()
    if first and library is not None and library.binds != "client" and takes_no_parameters(tokens, dialect):
        no_place = f"`{first[1].upper()}` takes no bind parameters"
        return f"{no_place}: write a constant there, or every quote in the value twice."
    if library is not None and library.bind:
        return library.bind
    return "Write a placeholder there, without quotes, and pass the value to the driver as a bind parameter."
