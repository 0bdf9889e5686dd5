"""What database libraries do, as data: one TOML file per library in `libraries/<language>/`.

```toml
library = "psycopg 3"                     # its name, as people write it
like = "psycopg2"                         # what it does not say is as in that table of the folder, but for the names of
                                          # modules, types and functions
modules = ["psycopg", "psycopg_pool"]     # import paths; Go without the `/v5` of a major version
dialect = "postgres"                      # sqlglot's name; left out where the connection decides
placeholder = "%s"                        # how a bind parameter is written: ?  %s  $1  :name  @name
binds = "server"                          # "client" where the driver writes values into the text itself
percent = "literal"                       # where `%` is not doubled beside a `%s`, as mysql-connector has it
finds = "anywhere"                        # where a `?` in a string or comment of SQL is a placeholder, or an operator
splices = '[$](?P<name>[0-9]+):raw'         # the placeholders that are filled with text as it is, by a pattern whose
                                          # `name` is that of the value, or its number from 1
strict = true                             # a value must have the very type that the database expects (asyncpg)
quote = '^import (.+) from "pg": $1.escapeIdentifier({})'   # what quotes a name `{}`; before the colon what the file
                                          # must hold for it, `$1` being the first group of that
literal = '^import (.+) from "pg": $1.escapeLiteral({})'  # the same for a value, where no bind parameter can stand;
                                          # `import psycopg.sql: $1.quote({})` imports it, `$0` is what sends the query
quotes-since = "8.11"                     # the version in which the two came, where many programs have an older one
text = "text"                             # the function without which a text of SQL has no placeholders
expands = true                            # an array as a value stands for all its elements
generic = true                            # an interface over many databases: a driver that the file imports decides
told-by = ["prisma/schema.prisma"]        # or a file of the project, by its path from a folder above, which names it
drives = true                             # such a driver: its placeholder and dialect hold for what is `generic`
statements = "one"                        # for operations that have no such key themselves
references = "unchecked"                  # it looks at no foreign key until a connection is told to (SQLite)
opened-as = ["sqlite3"]                   # what `sql.Open` calls it (Go)
words = ["selectFrom"]                    # what only a program that uses it says, though another file imports it
template-strings = true                   # it binds the holes of a Python t-string
bind = "Pass the value as a parameter: `execute(\\"… WHERE id = %s\\", (id,))`."         # help for a value
identifier = "Compose it with `psycopg.sql.Identifier`."                                # help for a name

[paths]                                   # what is an object of the library wherever it is imported from, by the end of
"db.session" = "Session"                  # its path; the first is what the others are sent through
"Model.query" = "Select"                  # `Model` is any class of the program's own

[objects]                                 # how `values` that are "objects" are written
module = "google.cloud.bigquery"          # where what stands before each `(` is
key = "job_config"                        # the keyword argument of the call for all of them
all = "QueryJobConfig(query_parameters={})"
one = 'ScalarQueryParameter({name}, "{type}", {value})'
list = 'ArrayQueryParameter({name}, "{type}", {value})' # a list as one value
text = "STRING"                           # what `{type}` is for a text; in the same way `integer` and `number`

[types.Connection]                        # a type of the library that has methods
names = ["psycopg.Connection"]            # its qualified names: annotations, and calls that construct one
created-by = ["psycopg.connect"]          # functions that return one
handles = ["conn", "connection"]          # what people call a variable that holds one
fluent = true                             # a method without `returns` returns the object itself (query builders)
tag = "binds"                             # the object is a template tag that binds its holes
call = { returns = "Builder" }            # what calling the object itself does
fields = { client = "Client" }            # attributes that hold an object of another type
requests = ["query", "body"]              # attributes that hold data from outside
checked = ["data"]                        # attributes that hold one of a fixed set of values, or a number
role = "connection"                       # what a statement sent through it belongs to, see below
parameter = "connection"                  # the role of one that a function is handed: a transaction has this type, too
extends = "Queryable"                     # it has the methods and fields of another type of this table, too
statement = "write"                       # it is a statement that does this where it is sent: "read", "write"
attributes = ["objects"]                  # an attribute of this name is one, whatever it is an attribute of
begins = ["filter"]                       # methods that tell, on an object of which nothing is known, that it is one
models = true                             # a class of the program's own, by its capital, is one (models of an ORM);
                                          # "models": where it is imported from a module of that name
members = "Delegate"                      # the type of every attribute that nothing else names (`prisma.user`)

[types.Connection.methods]
execute = { sql = 0, keys = ["query"], parameters = 1, returns = "Cursor" }
cursor = { returns = "Cursor" }
"add*" = { effect = "write" }             # every method whose name goes on with a capital behind this

[functions]                               # by qualified name: `module.name`, or `module` for a default import
"psycopg.sql.Identifier" = { yields = "identifier" }
"psycopg.sql.SQL" = { sql = 0, raw = true, yields = "argument", returns = "Composable" }

[transactions]                            # how the library knows which transaction a call belongs to
option = "transaction"                    # a key of the options of a call; without it, the object that is called
ambient = true                            # it finds the open transaction by itself
synchronous = true                        # calls give no promise, and a callback must not be async
lazy = true                               # a query that nobody awaits is never sent; "Query": what a method of a model
                                          # gives that is of this type, and nothing else
optimistic = true                         # a write fails where the row is not as it was read
exit-commits = true                       # leaving `with connection:` commits
requests = "ATOMIC_REQUESTS"              # the setting of its framework that opens one around each request
asks = "in_atomic_block"                  # what a program asks to be sure that its caller has opened one
commands = "/management/commands/"        # the folder of what its framework starts by hand
unseen = true                             # its forms and serializers write where nothing says so
old = '\\),\\s*\\w+='                      # calls of this shape are of a version that commits each of them
through = "manager"                       # the field of what begins one by hand that statements are sent through
```

Qualified names join the import path and the member by a dot: `psycopg.sql.SQL`, `pg.Pool`,
`github.com/jackc/pgx.Conn`, `better-sqlite3` (the default import or `require` of it).

A library of which no type and no function has a `role` takes no part in transactions.

Keys of an operation (a method or function):

- `sql`: index of the argument that is a whole statement, not counting the receiver.
- `fragment`: index, list of indexes, or "all", of the arguments that are a piece of SQL, and of the computed keys of a
  literal of Go; `clause` says of what:
  "where" (default), "select", "from", "group", "order", "set", "value", "with", "name" (a bare name).
- `raw`: the argument is spliced into SQL whatever it is, so that a variable alone is already interpolation.
- `bare`: a plain variable that the caller handed over counts too, as strings are what people pass there (`Order`).
- `keys`: other ways to pass the SQL: a keyword argument, or a property of an object in the place of the SQL.
- `parameters`: where bound values go: index, "rest", or a list of keys (keyword arguments or object properties), in
  which an index may stand too where there are both ways.
- `values`: "objects" where a bound value is an object that describes it, with its name or its type; "sets" where the
  call takes many sets of values and runs for each.
- `inputs`: the method of its receiver that takes the name and the value of one bound value, before the call; behind
  what the receiver gives first, where it has none itself (`request().input`, `new Request().input`).
- `returns`: a type of this library, "self", or an absent key for something unknown.
- `yields`: the result as a value inside SQL: "number", "identifier" (a quoted name), "literal" (a quoted value),
  "placeholder", "checked" (refuses anything unsafe), "argument" (argument 0 unchanged, or the receiver of a method
  without arguments), "request" (data from outside), "schema" (which parses objects, its fields being argument 0),
  "option" (declares one of the command line), "options" (what those come to).
- `format`: argument 0 is a format string: "printf" (Python's `%`, Go's and C's verbs), "sql" (`%I` `%L` are
  quoted), "braces" (`{}`).
- `tag`: as a template tag it "binds" its holes, splices "raw" ones, makes a quoted "identifier" of them, or is "text"
  (a plain string, as `String.raw`).
- `placeholder`: how its bind parameters are written, where that is not as in the library; "unknown" where that
  depends on something else.
- `dollar`: which of the keys of `parameters` is for marks with a dollar sign: `$1` with a list, `$name` with an object.
- `binder`: the method of the prepared statement that takes its values, where running it does not.
- `composes`: a plain value that `format` of its result fills in is quoted, or refused.
- `spliced`: how a bound position smuggles raw text: this function's result is SQL even as a parameter (`AsIs`).
- `called`: a function in the place of the SQL, or in an object there, is called and gives it (`Raw((alias) => …)`);
  what else such an object holds is bound.
- `distinctive`: the method's name alone says that it is this one, whatever the receiver (`orderByRaw`).
- `effect`: what the call does to the database, where no SQL tells: "read", "write", "upsert" (a write that may run
  twice), "schema", "pending" (a write that a later flush or commit sends), "begin", "context" (a begin where a `with`
  or a decorator holds it, and nothing yet elsewhere), "transaction" (runs the callback or the statements that it is
  given in one; without `returns` the object itself is inside meanwhile), "commit", "rollback", "savepoint", "lock" (the
  read of its chain locks the rows), "bind" (its argument is what its chain is sent through), "acquire" and "release" (a
  connection of a pool), "after" (what it is given runs after the commit), "prepare" and "execute" (the SQL is kept, and
  sent later), "autocommit" (from here on every statement commits at once). Beside `sql`, "read" and "write" say what a
  text does that is not known.
- `table`: index of the argument that names the table or model.
- `rows`: index of the argument that is the number of rows that a query gives at most, or a list of the keys of an
  object that has it.
- `results`: how many results it has (Go): a call whose results are taken otherwise is one of another function.
- `fills`: index of the argument that points to the variable which what it yields is put into (Go); without `yields`,
  that is as hostile as the receiver of a method, or the first argument of a function.
- `keeps`: the number that it gives is the one that it is given, or a larger one.
- `options`: index of the argument in which the option of `[transactions]` stands.
- `handle`: index of the argument that it is sent through, where that is not the receiver.
- `role`: of a function that is given no handle: what its statement belongs to.
- `statements`: what a call does with several statements in one text: runs them all ("many"), refuses them ("one"),
  silently runs the "first" alone, refuses them where values are bound ("one-with-parameters", as PostgreSQL's extended
  protocol does) or unless the connection is made otherwise ("one-by-default"); the library's `statements-option` names
  what makes the last two take several. Where neither the operation nor the library has the key, nothing is known.

The role of a type: "pool" (every statement may run on another connection and commits at once), "connection" (one
connection that commits at once), "implicit" (one connection whose driver opens a transaction by itself), "session"
(a unit of work that sends what is pending in one transaction), "transaction" (inside one), "instance" (a row as an
object). A type without a role, such as a cursor or a builder, belongs to what it was made by.

A plugin brings tables that are laid out in the same way. They are read behind those of this folder, so that theirs is
the last word about a qualified name.
"""

from __future__ import annotations

import re
from dataclasses import field
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.libraries.transactions import BY_OBJECT, Binding
from persistlint.plugins import LIBRARIES, plugins
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_NAMES = 10_000  # whose beginnings are kept
_FIRST_WORD = regex(r"[$_a-z]+(?=[A-Z])|[A-Z][a-z]+(?=[A-Z])")


OF_MODELS = "Model."  # begins a path of `[paths]` that any class of the program's own may stand before


@dataclass(frozen=True)
class Operation:
    """What one function or method does with SQL; the fields are the keys of the module's documentation."""

    library: Library
    name: str
    sql: int | None = None
    fragments: tuple[int, ...] | None = None
    every_argument: bool = False
    clause: str = "where"
    raw: bool = False
    bare: bool = False
    keys: tuple[str, ...] = ()
    parameters: int | str | tuple[int | str, ...] | None = None
    values: str = ""
    inputs: str = ""
    placeholder: str = ""
    dollar: str = ""
    binder: str = ""
    returns: str | None = None
    yields: str | None = None
    format: str | None = None
    tag: str | None = None
    spliced: bool = False
    called: bool = False
    composes: bool = False
    distinctive: bool = False
    statements: str = ""
    effect: str = ""
    table: int | None = None
    options: int | None = None
    handle: int | None = None
    role: str = ""
    rows: int | tuple[str, ...] | None = None
    keeps: bool = False
    results: int | None = None
    fills: int | None = None
    is_own: bool = False  # of a function or a class of the program, which hands it on to the library; not in a table
    is_plain: bool = False  # of such a function that sends its text without any values

    @property
    def is_sink(self) -> bool:
        """Whether SQL goes into it."""
        return self.sql is not None or self.fragments is not None or self.every_argument


@dataclass(frozen=True, eq=False)
class Type:
    """A type of a library: a connection, a cursor, a query builder."""

    library: Library
    name: str
    names: tuple[str, ...] = ()
    created_by: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    fluent: bool = False
    tag: str | None = None
    call: Operation | None = None
    fields: Mapping[str, str] = field(default_factory=dict)
    requests: tuple[str, ...] = ()
    checked: tuple[str, ...] = ()
    methods: Mapping[str, Operation] = field(default_factory=dict)
    role: str = ""
    attributes: tuple[str, ...] = ()
    models: bool | str = False
    members: str | None = None
    statement: str = ""
    parameter: str = ""
    begins: tuple[str, ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether it is a class of the program, which may have more methods than are known."""
        return self.call is not None and self.call.is_own

    def method(self, name: str) -> Operation | None:
        """The method of that name, or the one that the beginning of the name stands for (`add*` for `addRole`)."""
        return self.methods.get(name) or self.methods.get(any_of(name))

    def returned(self, name: str | None) -> Type | None:
        """The type of this library with that name, where "self" is this one."""
        return self if name == "self" else self.library.types.get(name) if name else None


@lru_cache(maxsize=_MOST_NAMES)  # the same names are in many files
def any_of(name: str) -> str:
    """What stands in a table for every name that goes on with a capital behind the same beginning: `add*`."""
    match = _FIRST_WORD.match(name)
    return f"{match.group()}*" if match else ""


@dataclass(frozen=True, eq=False)
class Library:
    """One database library of one language."""

    name: str
    modules: tuple[str, ...] = ()
    dialect: str | None = None
    placeholder: str = ""
    binds: str = "server"
    percent: str = "doubled"
    finds: str = "placeholders"
    splices: str = ""
    strict: bool = False
    text: str = ""
    expands: bool = False
    quote: str = ""
    literal: str = ""
    quotes_since: str = ""
    objects: Mapping[str, str] = field(default_factory=dict)
    generic: bool = False
    told_by: tuple[str, ...] = ()
    drives: bool = False
    template_strings: bool = False
    bind: str = ""
    identifier: str = ""
    statements: str = ""
    statements_option: str = ""
    references: str = "checked"
    opened_as: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    transactions: Binding = BY_OBJECT
    paths: Mapping[str, str] = field(default_factory=dict)
    types: dict[str, Type] = field(default_factory=dict)
    functions: dict[str, Operation] = field(default_factory=dict)

    @cached_property
    def takes_part(self) -> bool:
        """Whether it has something to do with transactions: anything of it has a role."""
        parts: list[Type | Operation] = [*self.types.values(), *self.functions.values()]
        return any(part.role for part in parts)

    @cached_property
    def model(self) -> Type | None:
        """The type of its models, where it has models."""
        return next((type for type in self.types.values() if type.models), None)

    def role_of(self, type: Type) -> str:
        """The role of a type, or else of the first type of the table that makes one."""
        return type.role or self._made.get(type.name, "")

    @cached_property
    def _made(self) -> Mapping[str, str]:
        """By the names of types, the role of the first type with one that makes an object of it."""
        found: dict[str, str] = {}
        for maker in self.types.values():
            made = (*maker.fields.values(), *(operation.returns for operation in maker.methods.values()))
            for name in made if maker.role else ():
                if name:
                    found.setdefault(name, maker.role)
        return found


@dataclass(frozen=True, eq=False)
class Catalogue:
    """Every library of one language, by the names that code uses for its parts."""

    libraries: tuple[Library, ...]
    types: Mapping[str, Type]  # by qualified name
    created: Mapping[str, Type]  # by the qualified name of a function that returns one
    functions: Mapping[str, Operation]  # by qualified name
    methods: Mapping[str, tuple[tuple[Type, Operation], ...]]  # by the name of a method that is a sink
    distinctive: Mapping[str, tuple[Type, Operation]]  # by the name of a method that needs no known receiver
    requests: Mapping[str, frozenset[str]]  # attributes that hold data from outside, by what people call their object

    @cached_property
    def distinctive_sinks(self) -> frozenset[str]:
        """The names of methods that take SQL, whatever they are called on."""
        return frozenset(name for name, (_, operation) in self.distinctive.items() if operation.is_sink)

    @cached_property
    def makers(self) -> frozenset[str]:
        """The last names of everything that makes an object."""
        return frozenset(re.split(r"[./]", name)[-1] for name in (*self.created, *self.types))

    @cached_property
    def with_models(self) -> frozenset[str]:
        """The names, in lower case, of the libraries that have models of their own."""
        return frozenset(library.name.lower() for library in self.libraries if library.modules and library.model)

    @cached_property
    def maker_words(self) -> frozenset[bytes]:
        """The same as they stand in a file."""
        return frozenset(name.encode() for name in self.makers)

    @cached_property
    def method_names(self) -> frozenset[str]:
        """The names of all methods of what takes part in transactions."""
        types = (type for library in self.libraries if library.takes_part for type in library.types.values())
        return frozenset(name for type in types for name in type.methods)

    def imported(self, modules: Iterable[str]) -> tuple[Library, ...]:
        """The libraries that a file imports."""
        found = set(modules)
        return tuple(library for library in self.libraries if found.intersection(library.modules))


@cache
def catalogue(folder: str) -> Catalogue:
    """All libraries of `libraries/<folder>` and of the folders of that name that plugins bring. Raises `ValueError`
    naming the file where a table is not well formed, `PluginError` where it is a plugin's."""
    from persistlint.libraries.reading import read_libraries

    loaded = list(read_libraries(Path(__file__).parent, folder))
    for plugin in plugins():
        if plugin.kind == LIBRARIES:
            from importlib.resources import files

            with plugin.loading():
                loaded += read_libraries(files(plugin.package), folder)
    types: dict[str, Type] = {}
    created: dict[str, Type] = {}
    functions: dict[str, Operation] = {}
    methods: dict[str, list[tuple[Type, Operation]]] = {}
    distinctive: dict[str, tuple[Type, Operation]] = {}
    requests: dict[str, frozenset[str]] = {}
    for library in loaded:
        functions.update(library.functions)
        for type in library.types.values():
            types.update(dict.fromkeys(type.names, type))
            for handle in type.handles if type.requests else ():
                requests[handle] = requests.get(handle, frozenset()).union(type.requests)
            created.update(dict.fromkeys(type.created_by, type))
            for name, operation in type.methods.items():
                if operation.is_sink:
                    methods.setdefault(name, []).append((type, operation))
                if operation.distinctive:
                    distinctive.setdefault(name, (type, operation))
    sinks = {name: tuple(found) for name, found in methods.items()}
    return Catalogue(tuple(loaded), types, created, functions, sinks, distinctive, requests)
