"""
## What it finds

A name, a direction, a keyword or a whole piece of SQL that comes from unchecked data and becomes part of the text of a
statement: a table, a column of `ORDER BY`, `ASC` or `DESC`, an operator, a `WHERE` clause, the argument of an escape
hatch such as `sql.raw`.

A table that a function is given, what it is given besides for a statement about that table, the name of an index and
the like, and a clause by its name, is an info, for those who call it mostly write their own. By what rows are sorted is
not among it, for users say that too.
Where a web framework, a chat or a language model calls the function, it is an error like all that comes from outside.

Names from the program itself are left alone: constants, model metadata such as `Model.__tablename__`, settings,
constants that another module exports, names that were tested against an allow-list, names that the driver's own
quoting function made. So is what another function, a row or a field gives for a name, unless it comes out of a request:
that is mostly a name of the program, too; and what a function of a migration or of a dialect takes. A text that no call
of the file sends is reported only where it holds data of a request.

## Why it matters

A name cannot be a bind parameter, so the usual remedy does not help: `ORDER BY ?` sorts by a constant, and `FROM ?`
fails. Left as it is, whoever controls the name reads other tables and columns, or appends statements.

## Example

```python
import sqlite3

def listing(connection: sqlite3.Connection, sort: str):
    return connection.execute(f"SELECT id, name FROM products ORDER BY {sort}").fetchall()
```

```python
import sqlite3

SORTABLE = {"name", "price"}

def listing(connection: sqlite3.Connection, sort: str):
    if sort not in SORTABLE:
        raise ValueError(f"cannot sort by {sort!r}")
    return connection.execute(f"SELECT id, name FROM products ORDER BY {sort}").fetchall()
```

```ts
import { Pool } from "pg";

export function listing(pool: Pool, sort: string) {
  return pool.query(`SELECT id, name FROM products ORDER BY ${sort}`);
}
```

```ts
import { Pool } from "pg";

const COLUMNS: Record<string, string> = { name: "name", price: "price" };

export function listing(pool: Pool, sort: string) {
  const column = COLUMNS[sort] ?? "name";
  return pool.query(`SELECT id, name FROM products ORDER BY ${column}`);
}
```

```go
package store

import "database/sql"

func Listing(db *sql.DB, sort string) (*sql.Rows, error) {
        return db.Query("SELECT id, name FROM products ORDER BY " + sort)
}
```

```go
package store

import (
        "database/sql"
        "fmt"
)

var columns = map[string]string{"name": "name", "price": "price"}

func Listing(db *sql.DB, sort string) (*sql.Rows, error) {
        column, ok := columns[sort]
        if !ok {
                return nil, fmt.Errorf("cannot sort by %q", sort)
        }
        return db.Query("SELECT id, name FROM products ORDER BY " + column)
}
```

```sql
CREATE PROCEDURE wipe(p_table text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'TRUNCATE ' || p_table;
END;
$$;
```

```sql
CREATE PROCEDURE wipe(p_table text) LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('TRUNCATE %I', p_table);
END;
$$;
```

## Fix

Look the name up in a constant mapping, test it against an allow-list that raises, or let the driver quote it
(`psycopg.sql.Identifier`, `pgx.Identifier`, `??` of knex and mysql2, `format('%I', …)`). Never bind it.

There is a fix where the driver can quote and the file imports it, or where the statement itself selects the columns
that can be meant. It is unsafe: a quoted name keeps its capitals, and the list may lack a name. In Python and Go the
quotes in a name are doubled where it stands between quotes already.

## When not to use it

In code that works on any schema by design, such as a database client or a migration tool, ignore the file with the
reason beside it.

## References

- [CWE-89: SQL injection](https://cwe.mitre.org/data/definitions/89.html)
- [PostgreSQL: executing dynamic commands](https://www.postgresql.org/docs/current/plpgsql-statements.html#PLPGSQL-STATEMENTS-EXECUTING-DYN)
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from persistlint.diagnostic import Diagnostic, Remedy, Severity
from persistlint.facts import Context, Hole, Origin, Query, Sign, SqlText
from persistlint.interpolation import (
    BEFORE_TABLE,
    at,
    brings_operator,
    ends_name_with_key,
    holes_of,
    is_evident,
    is_made_of_sql,
    is_of_server,
    related,
    spelled,
    why,
)
from persistlint.paths import changes_schema, is_test, queries_service
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.source import SourceFile

_ROLES = {
    Context.IDENTIFIER: "is used as a name in the SQL text",
    Context.KEYWORD: "is used as a keyword in the SQL text",
    Context.FRAGMENT: "becomes a piece of the SQL text",
}
# What a variable that holds SQL is called. Where it is put together is the place to report, not where it is used.
_NAMED_AS_SQL = regex(
    r"(?:.*[._])?(?:sub)?(?:sqls?(?:_\w+|(?-i:[A-Z])\w*)?|query|stmt|statement|ddl|select)(?:[._]?(?:text|str|string))?\d*"
    r"|(?:\w+\.)*\w+(?-i:Sql|SQL)|(?:\w+\.)+\w*expr(?:ession)?(?: \?\? .*)?",
    re.I,
)

# What a variable that holds a clause is called.
_NAMED_AS_CLAUSE = regex(
    r"(?:\w+\.)*(?:\w*(?:clauses?|cte|predicates?|fragments?)|(?:\w+_)?(?:conditions?|where)|\w+(?-i:Conditions?|Where))"
    r"(?:\[\w+\])?",
    re.I,
)

# What an object says of the part of a schema that it describes: `table.name`, `target.fullname`, `props.TableName`.
# What a caller says of the query that it wants is data: `opts.tableName`.
_OF_SCHEMA = regex(
    r"(?:\w+\.)*(?:table|column|col|target|mapper|relation|relationship|index|idx|constraint|fk|sequence)\.\w+"
    r"|(?:[\w\[\]]+\.)*(?:\w+(?:Table|Column)|\w+_(?:table|column)|tables?\[\w+\](?:\[\w+\])?)\.name"
    r"|(?:\w+\.)*(?!(?:opt(?:ion)?s?|params?|arg(?:ument)?s?|inputs?|query|filters?|req(?:uest)?|body|form|payload|data|dto)\.)"
    r"\w+\.(?:\w*Table|\w*[tT]able_?[nN]ame)",
    re.ASCII,
)
# What PostgreSQL gives for the name of an object that changed, in quotes where it needs them.
_QUOTED = regex(r"(?:\w+\.)*object_identity")
# The name of a table or of a channel, which quotes may stand around, or a prefix before.
_TABLE_PLACE = regex(
    rf"(?:{BEFORE_TABLE}|\b(?:VIEW|INDEX|STAGE|SEQUENCE)(?: IF(?: NOT)? EXISTS)? "
    r"|ANALY[ZS]E |\b(?:UN)?LISTEN |\bNOTIFY )[\"`\[]?\w*…",
    re.IGNORECASE,
)
_CALLED = regex(r"\.\w*…\(")  # a routine of a schema
_SORTS = regex(r"\b(?:ORDER|GROUP) BY\b", re.IGNORECASE)
# What belongs to a table is named by the program. Databases, schemas and roles are named after users too.
_OF_TABLE_CHANGE = regex(
    r"\s*(?:(?:CREATE|ALTER|DROP)\s(?:UNIQUE\s|MATERIALIZED\s|OR\sREPLACE\s)*(?:TABLE|INDEX|VIEW|TRIGGER|SEQUENCE)"
    r"|REINDEX)\b",
    re.IGNORECASE,
)
# The project and the set of tables in the cloud that a program works in, before the name of a table.
_OF_CLOUD = regex(r"(?:\w+\.)*_*(?:\w+_)?(?:project|dataset)(?:_?(?:id|name|prefix))?", re.IGNORECASE)
# What lives for the time of a session, and so is named by the program alone.
_OF_SESSION = regex(r"(?:\w+\.)*\w*(?:cursor|savepoint|save_point)(?:_?(?:name|id))?", re.IGNORECASE)


@rule(
    "interpolated-identifier",
    on=SqlText,
    severity=Severity.ERROR,
    languages=("python", "javascript", "typescript", "go", "sql"),
    signs=(Sign.JOINED_TEXT,),
    skips=(is_test, queries_service),
)
def interpolated_identifier(fact: SqlText, context: RuleContext) -> Iterator[Diagnostic]:
    """Report the first name, keyword and fragment that a query splices into its SQL."""
    least = _least(context.file)
    for kind, role in _ROLES.items():
        holes = holes_of(fact, partial(_is_unchecked, fact, least, kind))
        if not holes:
            continue
        first = holes[0]
        is_handed = context.file.language != "sql" and all(
            _is_handed(fact, hole) for hole in holes
        )  # anybody calls a routine
        yield context.report(
            first.range,
            f"`{first.expression}` {role}{at(first)}, and nothing here checks it{why(first)}.",
            help=_help(fact, kind),
            remedy=partial(_quoted, fact, holes, context),
            severity=Severity.INFO if is_handed else None if isinstance(fact, Query) else Severity.WARNING,
            related=related(fact, holes),
        )


def _quoted(fact: SqlText, holes: Sequence[Hole], context: RuleContext) -> Remedy:
    from persistlint.fixes.binding import name  # only a query with such a name pays for it

    return name(fact, holes, context.program)


def _is_handed(fact: SqlText, hole: Hole) -> bool:
    """Whether a hole is a table or a routine that a function is given, or a clause or a project by its name. Who calls
    it mostly writes its own. Who hands a clause to an escape hatch says that it is safe, and has to know."""
    if hole.origin is not Origin.PARAMETER:
        return False
    is_raw = isinstance(fact, Query) and fact.is_raw
    is_clause = (
        not is_raw and hole.context is Context.FRAGMENT and _NAMED_AS_CLAUSE.fullmatch(hole.expression) is not None
    )
    is_project = hole.context is Context.IDENTIFIER and _OF_CLOUD.fullmatch(hole.expression) is not None
    is_called = hole.context is Context.IDENTIFIER and _CALLED.search(hole.excerpt) is not None
    is_table = _TABLE_PLACE.search(hole.excerpt) is not None
    return is_clause or is_project or is_called or is_table or (not is_raw and _is_of_any_table(fact, hole))


def _is_of_any_table(fact: SqlText, hole: Hole) -> bool:
    """Whether a statement is about whatever table a function is given, or changes what belongs to one: who calls that
    knows the columns as well. By what rows are sorted, users say too."""
    if hole.context is Context.KEYWORD or _SORTS.search(hole.excerpt):
        return False
    for text in fact.texts:
        begins = str(text.parts[0]) if text.parts else ""
        is_given = any(each.origin is Origin.PARAMETER and _TABLE_PLACE.search(each.excerpt) for each in text.holes)
        if hole in text.holes and not is_given and not _OF_TABLE_CHANGE.match(begins):
            return False
    return True


def _least(file: SourceFile) -> Origin:
    """The least hostile origin of a name that is reported in a file."""
    if file.language == "sql":
        # The names of the catalogue are known there, and what is left was stored by somebody or given by a caller.
        return Origin.UNKNOWN
    # What another function, a row or a field gives for a name is mostly a name of the program itself, and nobody but
    # migrations calls the functions that they share.
    return Origin.REQUEST if changes_schema(file.path) else Origin.PARAMETER


def _is_unchecked(fact: SqlText, least: Origin, kind: Context, hole: Hole) -> bool:
    if hole.context is not kind or hole.origin < least:
        return False
    if not is_evident(fact, hole) or is_made_of_sql(fact, hole) or is_of_server(hole):
        return False
    if ends_name_with_key(hole):
        return False
    if hole.origin is Origin.REQUEST:
        return True
    # Whoever calls a function that takes SQL wrote it.
    if hole.origin is Origin.PARAMETER and brings_operator(fact, hole):
        return False
    if kind is Context.KEYWORD:
        return True
    known = (_NAMED_AS_SQL, _OF_SCHEMA, _OF_SESSION, _QUOTED)
    return not any(pattern.fullmatch(spelled(hole)) for pattern in known)


def _help(fact: SqlText, kind: Context) -> str:
    if kind is Context.KEYWORD:
        return "Compare it with the words that are allowed there, such as `ASC` and `DESC`; a keyword cannot be bound."
    is_name = kind is Context.IDENTIFIER or (isinstance(fact, Query) and (fact.is_raw or fact.is_fragment))
    if is_name and isinstance(fact, Query) and fact.library is not None and fact.library.identifier:
        return fact.library.identifier
    what = "a name" if kind is Context.IDENTIFIER else "a piece of SQL"
    return f"Look it up in a constant mapping, or test it against an allow-list before; {what} cannot be bound."
