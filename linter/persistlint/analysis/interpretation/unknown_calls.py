"""The value of a call of a function that nothing is known of, by its name and its arguments."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import options, subjects
from persistlint.analysis.interpretation.arguments import Actual, bound
from persistlint.analysis.interpretation.collection_methods import is_short_quote
from persistlint.analysis.interpretation.resolving import constructed
from persistlint.analysis.interpretation.state import NOTHING
from persistlint.analysis.interpretation.values import (
    CHECKED,
    NUMBER,
    UNKNOWN,
    Atom,
    Closure,
    Imported,
    Items,
    Text,
    Value,
    origin_of,
)
from persistlint.analysis.names import SETTINGS, last_name, path_of
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Expression, Name
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter


_KEPT = (Origin.NUMBER, Origin.CHECKED, Origin.QUOTED, Origin.ANNOTATED)  # by what a value's own methods give
_QUOTES = regex(
    r"sanit|escape|quote|literal(?:_?string|_?value)?$|wrap_?(?:ident|id$|name|table|column)|safe_?(?:ident|name|sql|column|table)"
    r"|whitelist|allowlist|validated?|^ident(?:ifier)?$",
    re.I,
)
_QUOTES_FOR_ANOTHER_LANGUAGE = (
    "html",
    "shlex",
    "urllib",
    "markupsafe",
    "re",
    "json",
    "cgi",
    "querystring",
    "lodash",
    "net/url",
)
_ESCAPES_FOR_ANOTHER_LANGUAGE = ("html.escape", "shlex.quote", "markupsafe.escape", "urllib.parse.quote")
_ENVIRONMENT = ("os.getenv", "os.environ.get", "os.Getenv", "os.LookupEnv", "Deno.env.get")
# What knows how its database writes things.
_DIALECT = regex(r"(?:\w+_)?(?:db|database|data_?store|dialect|driver|grammar|platform|adapter)", re.IGNORECASE)
# What people call functions that look a name up outside the program.
_LOOKS_UP = regex(r"get|param|arg|env|input|request|query|header|cookie|read|fetch|load|prompt|ask", re.I)
_MAKES_UP = regex(
    r"_*(?:generate|gen|random|make|new|create)_?\w*(?:password|secret|token|uuid|id|key|name|suffix)", re.I
)
_COUNTS = ("LastInsertId", "RowsAffected")  # of what a statement of `database/sql` or of what is made like it gives
# What gives a number, by its name: `get_int("LIMIT")`, `env.readFloat("RATE")`, `c.QueryInt("page")`.
_GIVES_NUMBER = regex(
    r"(?:\w+_)?(?:int|integer|float)(?:_[a-z]\w*)?|(?:[a-zA-Z]\w*)?(?:Int(?:eger)?(?:32|64)?|Float(?:32|64)?)(?:[A-Z_]\w*)?",
    re.ASCII,
)
# What writes numbers as text, by its name; Go hands nothing else to it: `utils.Int64ToStr(id)`.
_WRITES_NUMBER = regex(r"\w*?u?int(?:\d+|s)?(?:_?(?:slice|array|list))?_?to_?\w*str(?:ing)?s?", re.IGNORECASE)
# What writes a name in another manner, by its name. In Go such functions leave alone what is no letter and no space,
# where those of JavaScript mostly drop it: `strcase.ToSnake(field)`.
_REWRITES = regex(
    r"(?:to_?)?(?:lower_?|upper_?|screaming_?)?(?:snake|camel|pascal|kebab|underscore)_?(?:cased?|str(?:ing)?|name)?",
    re.IGNORECASE,
)
_MAKES_PLACEHOLDERS = regex(r"\w*params?|\w*(?:placeholder|question_?mark|bind)s?(?:_?list)?", re.IGNORECASE)


def unknown(
    node: Call, receiver: Value | None, called: Value | None, actuals: list[Actual], machine: Interpreter
) -> Value:
    """A call of a function that nothing is known of, but its name and its arguments."""
    name = last_name(node.function)
    if (made := constructed(node, called, machine)) is not None:
        return made
    if isinstance(receiver, Atom) and receiver.type is not None and receiver.type.fluent:
        return receiver
    qualified = called.name if isinstance(called, Imported) else ""
    if qualified in _ESCAPES_FOR_ANOTHER_LANGUAGE and actuals:
        return Atom(max(origin_of(actuals[0].value), Origin.DERIVED))  # to SQL it is the same
    if not qualified.startswith(_QUOTES_FOR_ANOTHER_LANGUAGE) and actuals:
        if subjects.VALIDATES.search(name):
            machine.refine(NOTHING.union(*(subjects.tested(actual.expression) for actual in actuals)))
        if is_short_quote(called, name) or _QUOTES.search(name) or subjects.VALIDATES.search(name):
            return CHECKED
    if (path_of(node.function) or qualified) in _ENVIRONMENT or qualified in _ENVIRONMENT:
        return Atom(Origin.ENVIRONMENT)
    if machine.language == "python" and name == "add_argument":
        options.declare(actuals, machine)  # of a parser that a function is given
        return UNKNOWN
    if _GIVES_NUMBER.fullmatch(name):
        return Atom(Origin.ANNOTATED)
    if machine.language == "go" and name in _COUNTS:
        return Items((NUMBER, UNKNOWN), fixed=True)
    if machine.language == "go" and _WRITES_NUMBER.fullmatch(name):
        return Atom(Origin.ANNOTATED)
    if machine.language == "go" and len(actuals) == 1 and _REWRITES.fullmatch(name):
        return Atom(max(origin_of(actuals[0].value), Origin.DERIVED))
    _hand_over(actuals, machine)
    origins = [origin_of(actual.value) for actual in actuals]
    if (
        isinstance(receiver, Text | Items)
        and origin_of(receiver) <= Origin.BOUND
        and all(o <= Origin.BOUND for o in origins)
    ):
        return Atom(Origin.CONSTANT if isinstance(receiver, Text) else Origin.UNKNOWN)
    module = qualified.rsplit(".", 2)[-2] if "." in qualified else ""
    if SETTINGS.fullmatch(module.rsplit("/", 1)[-1]) and actuals and all(o is Origin.CONSTANT for o in origins):
        return Atom(Origin.METADATA)  # `conf.GetString("table.prefix")`
    if not actuals and name in ("now", "utcnow", "today"):
        return NUMBER
    if _MAKES_UP.fullmatch(name) and all(origin <= Origin.METADATA for origin in origins):
        return Atom(Origin.METADATA)  # `generatePassword()`
    is_metadata = isinstance(receiver, Atom) and receiver.origin in (Origin.METADATA, Origin.DERIVED)
    if is_metadata and isinstance(receiver, Atom) and all(origin <= Origin.DERIVED for origin in origins):
        return Atom(receiver.origin)  # `Model._meta.get_table()`
    is_function = isinstance(called, Imported) or (called is None and isinstance(node.function, Name))
    if (
        isinstance(called, Imported)
        and not actuals
        and (name in ("String", "toString", "Name") or _asks(node, machine))
    ):
        return Atom(Origin.METADATA)  # a constant of another module, as text
    of_constants = is_function and all(origin <= Origin.METADATA for origin in origins)
    if isinstance(node.function, Attribute) and _DIALECT.fullmatch(last_name(node.function.value)):
        of_constants = all(origin <= Origin.METADATA for origin in origins)  # `db.now()`, `dialect.varchar(255)`
    if of_constants and (not _LOOKS_UP.search(name) or any(_is_count(actual.expression) for actual in actuals)):
        return Atom(Origin.DERIVED)
    of_numbers = bool(origins) and all(origin is Origin.NUMBER for origin in origins)
    if of_numbers and (_MAKES_PLACEHOLDERS.fullmatch(name) or not _LOOKS_UP.search(name)):
        return Atom(Origin.DERIVED)  # `Params(n)`, `s.placeholder(n)`
    if SETTINGS.fullmatch(re.sub(r"^(?:get|load|read)_?", "", name)) and all(
        origin is Origin.CONSTANT for origin in origins
    ):
        return Atom(Origin.METADATA)
    if isinstance(receiver, Atom) and receiver.origin in _KEPT:
        return Atom(receiver.origin)  # `key.String()` of a UUID, `moment.astimezone(utc)` of a declared time
    if isinstance(receiver, Atom) and receiver.origin in (Origin.REQUEST, Origin.ENVIRONMENT):
        return Atom(receiver.origin)
    return UNKNOWN


def _asks(node: Call, machine: Interpreter) -> bool:
    """Go: whether a call asks something of what another package exports: `fields.ContextBody.TagType()`."""
    function = node.function
    is_method = isinstance(function, Attribute) and isinstance(function.value, Attribute)
    return machine.language == "go" and is_method and not _LOOKS_UP.search(last_name(function))


def _is_count(expression: Expression) -> bool:
    """Whether an expression is the length of something: `len(ids)`, `ids.length`. Nobody looks a name up by that."""
    if isinstance(expression, Call):
        return isinstance(expression.function, Name) and expression.function.id == "len"
    return isinstance(expression, Attribute) and expression.name == "length"


def _hand_over(actuals: list[Actual], machine: Interpreter) -> None:
    """`run("name", function, a, b)`: a function that is handed over with arguments behind it is called with them."""
    for index, actual in enumerate(actuals[:-1]):
        if isinstance(actual.value, Closure):
            rest = [later for later in actuals[index + 1 :] if later.keyword is None]
            arguments, paths = bound(actual.value.function, rest, actual.value.receiver is not None)
            behind = len(actual.value.function.parameters) - len(rest)
            if behind > 0:  # the parameters before them come from the caller: a cursor, a transaction
                names = [parameter.name for parameter in actual.value.function.parameters[behind:]]
                arguments = dict(zip(names, (later.value for later in rest), strict=False))
                paths = {}
            machine.call_closure(actual.value, arguments, paths)
