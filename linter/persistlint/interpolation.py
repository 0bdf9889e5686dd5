"""What the rules about interpolated SQL share: where to report, and what to say of it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.diagnostic import Related
from persistlint.facts import Context, Hole, Origin, Query, SqlText
from persistlint.identity import Same
from persistlint.ir import Assign, Attribute, Call, Collection, Expression, Mapping, Name, walk
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Callable

    from persistlint.facts import Text
    from persistlint.ir import Statement


BEFORE_TABLE = r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE(?: IF(?: NOT)? EXISTS)?|TRUNCATE|ONLY) (?:\S+\.)?"
"""The pattern of what the excerpt of a hole has right before the name of a table."""

_WHY = {
    Origin.REQUEST: " (it comes from outside the program)",
    Origin.ENVIRONMENT: " (it comes from the environment)",
    Origin.ANNOTATED: " (its annotation is not enforced)",
}


def holes_of(fact: SqlText, wanted: Callable[[Hole], bool]) -> tuple[Hole, ...]:
    """The wanted holes of a query, in source order. A person mends a whole query at a time, so it gets one
    diagnostic, at the first of them."""
    found = {hole.range: hole for text in fact.texts for hole in text.holes if wanted(hole)}
    return tuple(found[range] for range in sorted(found))


_IN_QUOTES = (Context.QUOTED, Context.PART)


def is_evident(fact: SqlText, hole: Hole) -> bool:
    """Whether a hole is a defect wherever its text goes. What becomes of a text that reaches no query in its file is
    not known: names and expressions of such a one are put together by the program more often than not. Data of a
    request, and a value that is put into quotes by hand, are a defect there too."""
    return isinstance(fact, Query) or hole.origin is Origin.REQUEST or hole.context in _IN_QUOTES


# What people call SQL, or a piece of it, that a function put together.
_MADE_OF_SQL = regex(
    r"(?:\w+\.)*(?:\w*(?:sql\w*|query|clauses?|bindings?|placeholders?|fragment|predicate|cte|pagination)"
    r"|\w*placeholder\w*(?=\()"
    r"|(?:\w+_)?order_?by|\w*(?:sort|order_?by)(?=\())(?:\(.*\))?",
    re.IGNORECASE | re.DOTALL,
)
# What the object that speaks to the database says of its dialect: `db.timestamp_now`, `self.engine.row_id_name`. A
# row that describes a database may be called so as well, and its name is data.
_OF_DIALECT = regex(
    r"(?:\w+\.)*(?:\w+_)?(?:db|database|dialect|engine|driver|grammar|platform|adapter)"
    r"\.(?!(?:\w*_)?(?:name|user|owner|password|host|label|title|value)$)[a-z]\w*[_A-Z]\w*",
    re.ASCII,
)

# What the settings call the server, what is on it and how one gets into its storage, which hardly anybody but an
# operator names.
_OF_SERVER = regex(
    r"(?:\w+\.)*_*(?:get_)?(?:\w+_)?(?:cluster|cluster_?name|database|database_?name|db_?name)(?:\(\))?"
    r"|(?:\w+\.)*\w*(?:conn(?:ection)?_?(?:str|string)|dsn|db_?url)|\w+\.\w+DB"
    r"|(?:\w+\.)*\w*(?:access_?key(?:_?id)?|(?:secret|account)_?(?:access_?)?key|sas_?token|iam_?role|role_?arn|aws_?region)"
    r"|(?:\w+\.)*\w*(?:creds|credentials?)\.\w+",
    re.IGNORECASE,
)


_ARROW = regex(r"\s*->>?\s*'(\w+)'")


def spelled(hole: Hole) -> str:
    """What stands in a hole, with the key of a JSON value as the field of an object: `parts ->> 'query'` is
    `parts.query`."""
    return _ARROW.sub(r".\1", hole.expression)


def is_made_of_sql(fact: SqlText, hole: Hole) -> bool:
    """Whether a hole holds SQL that a function of another file put together: by its name a clause, a run of
    placeholders, an expression, what a dialect calls something, or what came together with the values that the call
    passes, as a clause that a function is given does. Where it is put together is the place to report, not where it is
    used."""
    if hole.origin in (Origin.UNKNOWN, Origin.PARAMETER) and _OF_DIALECT.fullmatch(hole.expression):
        return True
    if hole.origin is Origin.PARAMETER and hole.context is Context.FRAGMENT:
        return _comes_with_values(fact, hole)
    if hole.origin is not Origin.UNKNOWN:
        return False
    return bool(_MADE_OF_SQL.fullmatch(spelled(hole))) or _has_values(fact, hole)


# Where the text itself says that it is about the server or the connection.
_AT_SERVER = regex(
    r"(?:.*\bON CLUSTER ['\"`]?|\s*PRAGMA (?:[\w.…]+ ?[=(] ?-?['\"`\[]?)?"
    r"|\s*SET (?:SESSION |LOCAL |GLOBAL )?(?:TRANSACTION SNAPSHOT|\w*(?:engine|encoding|names)(?: ?=| TO)?) ?['\"]?)"
    r"…['\"`\]]?\)?",
    re.IGNORECASE | re.DOTALL,
)
_AT_PATH = regex(r"\s*SET (?:\w+ )?search_path (?:=|TO) ['\"]?….*", re.IGNORECASE | re.DOTALL)


def is_of_server(hole: Hole) -> bool:
    """Whether a hole holds the cluster or the database that the program works with, or how it is set up: by its name,
    or by its place."""
    if hole.origin is Origin.REQUEST:
        return False
    is_handed = hole.origin is Origin.PARAMETER
    is_named = _OF_SERVER.fullmatch(hole.expression) is not None or _AT_PATH.fullmatch(hole.excerpt) is not None
    return (is_named and not is_handed) or _AT_SERVER.fullmatch(hole.excerpt) is not None


# Where the path of a file stands that the database reads or writes.
_AT_FILE = regex(
    r"(?:\b(?:read_\w+|\w+_scan(?:_\w+)?|parquet_\w+|glob|sniff_csv)\(\[?|\bCOPY .*\b(?:FROM|TO) |\) TO "
    r"|\bFROM |\b(?:IN|OUT)FILE |\bLOAD |\b(?:EXPORT|IMPORT) DATABASE |\bPUT )'[^']*…[^…]*\Z",
    re.IGNORECASE | re.DOTALL,
)
# A statement that sets a setting of the session.
_SETTING = regex(r"\s*SET\s", re.IGNORECASE)
# One that takes no parameters wherever it exists.
_OF_SESSION = regex(r"\s*ALTER\s+SESSION\s+SET\s", re.IGNORECASE)
# What a database says of its tables is asked of.
_CATALOGUE = regex(
    r"\b(?:information_schema\.|pg_(?:catalog\.|class\b|tables\b|attribute\b|indexes\b|namespace\b|views\b|constraint\b|proc\b"
    r"|type\b)|sqlite_(?:master|schema)\b|sys\.(?:tables|columns|objects|indexes)\b"
    r"|(?:user|all|dba)_(?:tables|tab_columns|constraints|indexes)\b|system\.(?:tables|columns)\b)",
    re.IGNORECASE,
)
# Where the name of a table or of what belongs to one stands in quotes.
_AT_NAME = regex(
    r"(?:\b(?:pragma_\w+|to_regclass|(?:next|set|curr)val|object_id)\("
    r"|\b(?:(?:tbl|table|column|index|constraint|sequence)_?|rel|att|con)name ?= ?)'…[^…]*\Z",
    re.IGNORECASE,
)


def is_of_program(fact: SqlText, hole: Hole) -> bool:
    """Whether a hole in quotes is, by its place, no data: the path of a file, a name that is looked up in the
    catalogue, a setting that comes from the environment. A caller and a request give anything."""
    if hole.origin >= Origin.PARAMETER:
        return False
    setting = _SETTING if hole.origin is Origin.ENVIRONMENT else _OF_SESSION
    others = [text for text in fact.texts if not setting.match(str(text.parts[0]))]
    if len(others) < len(fact.texts) and not any(hole in text.parts for text in others):
        return True
    return bool(_AT_FILE.search(hole.excerpt) or _AT_NAME.search(hole.excerpt)) or is_asked_of_catalogue(fact, hole)


def is_asked_of_catalogue(fact: SqlText, hole: Hole) -> bool:
    """Whether a hole in quotes is, like all of its query, about what the database says of its tables."""
    if hole.context not in _IN_QUOTES:
        return False
    return _names_catalogue(Same(fact.texts))


@lru_cache(maxsize=4)  # every hole of a query asks for it
def _names_catalogue(same: Same[tuple[Text, ...]]) -> bool:
    parts = (part for text in same.value for part in text.parts if isinstance(part, str))
    return any(map(_CATALOGUE.search, parts))


# The key of an object, or of each of several: `shop.id`, `row["shop_id"]`, `rows.map((r) => r.id).join(",")`,
# `[str(row.id) for row in rows]`, `shopIds`.
_ENDS_AS_KEY = r"(?:(?:\w+_)?(?:id|pk)|\w+(?:Id|ID))"
_OF_ROWS = regex(
    rf"(?:[\w$]+[?!]?(?:\.|\[['\"]))*{_ENDS_AS_KEY}s?(?:_?(?i:list|str|string|array|csv))?(?:['\"]\])?(?:\.join\(.*\))?"
    rf"|[\w$.]+\.map\(\(?(\w+)(?:: ?\w+)?\)? => \1(?:\.|\[['\"]){_ENDS_AS_KEY}(?:['\"]\])?\)(?:\.join\(.*\))?"
    rf"|[\[(]?(?:str\()?(\w+)(?:\.|\[['\"]){_ENDS_AS_KEY}(?:['\"]\])?\)? for \2 in .*",
    re.ASCII,
)


def is_key_of_row(hole: Hole) -> bool:
    """Whether a hole without quotes around it is, by its name, the key of a row that the program has read or made: a
    number, for without quotes a text would be no value."""
    is_bare = hole.context in (Context.VALUE, Context.LIST) and not hole.excerpt.rstrip(")").endswith("'…'")
    return hole.origin is Origin.UNKNOWN and is_bare and _OF_ROWS.fullmatch(hole.expression) is not None


_APPENDED = regex(r"\w…")


def ends_name_with_key(hole: Hole) -> bool:
    """Whether a hole is the end of a name that is made for one row, with its key: `events_` and `team.id`."""
    is_appended = hole.context is Context.IDENTIFIER and _APPENDED.search(hole.excerpt) is not None
    return hole.origin is Origin.UNKNOWN and is_appended and _OF_ROWS.fullmatch(hole.expression) is not None


_AT_TABLE = regex(rf"{BEFORE_TABLE}…", re.IGNORECASE)


def names_table(fact: SqlText, hole: Hole) -> bool:
    """Whether the same thing stands elsewhere in a statement as the name of a table."""
    others = (each for text in fact.texts for each in text.holes)
    return any(each.expression == hole.expression and _AT_TABLE.search(each.excerpt) is not None for each in others)


def _has_values(fact: SqlText, hole: Hole) -> bool:
    """Whether one assignment gives a call both the SQL of a hole and the values that it passes beside."""
    if not isinstance(fact, Query) or fact.site is None or not hole.expression.isidentifier():
        return False
    site = fact.site()
    passed = {node.id for a in site.call.arguments for node in walk(a.value) if isinstance(node, Name)}
    together = _given_together(Same(site.statements)).get(hole.expression, ())
    return any(names & passed - {hole.expression} for names in together)


@lru_cache(maxsize=2)  # every hole in a function asks for it
def _given_together(same: Same[tuple[Statement, ...]]) -> dict[str, list[set[str]]]:
    """The variables that one assignment gives what a call returns, by the name of each of them."""
    found: dict[str, list[set[str]]] = {}
    for statement in same.value:
        match statement:
            case Assign(target=Collection(elements=elements), value=Call()):
                names = {element.id for element in elements if isinstance(element, Name)}
                for name in names:
                    found.setdefault(name, []).append(names)
    return found


# What a function calls the values of a statement that it is given.
_OF_VALUES = regex(r"(?:query_?|sql_?)?(?:args|arguments|params|parameters|values|binds|bindings)", re.IGNORECASE)


def _comes_with_values(fact: SqlText, hole: Hole) -> bool:
    """Whether a function is given both the SQL of a hole and its values: `where string, args ...any`."""
    if not isinstance(fact, Query) or fact.site is None or not hole.expression.isidentifier():
        return False
    site = fact.site()
    passed = [(a.spread, a.value.id) for a in site.call.arguments if isinstance(a.value, Name)]
    lists = {name for spread, name in passed if spread or _OF_VALUES.fullmatch(name)}
    if not lists:
        return False
    made = _made(Same(site.statements))
    return bool(lists - made) and hole.expression not in made


@lru_cache(maxsize=2)
def _made(same: Same[tuple[Statement, ...]]) -> frozenset[str]:
    """The variables that statements give a value."""
    return frozenset(s.target.id for s in same.value if isinstance(s, Assign) and isinstance(s.target, Name))


_CALL_OF_NOTHING = regex(r"(?:await )?[\w.]+\(\)")
_BRINGS_PARENTHESES = regex(r"\bIN …", re.IGNORECASE)


def is_written_out(hole: Hole) -> bool:
    """Whether what stands in a bare hole is SQL that a function somewhere else wrote: what one gives that is
    told nothing, as `dialect.is_true()` does, or a list that brings its own parentheses: `IN {ids2str(ids)}`."""
    if hole.origin is not Origin.UNKNOWN or hole.context not in (Context.VALUE, Context.LIST):
        return False
    return (
        _CALL_OF_NOTHING.fullmatch(hole.expression) is not None or _BRINGS_PARENTHESES.search(hole.excerpt) is not None
    )


_BEFORE_OPERAND = regex(r"(?:\A|\b(?:WHERE|AND|OR|NOT|HAVING|ON)|\()\s*\Z", re.IGNORECASE)
_PLACEHOLDER = regex(r"\s?(?:\?|[$]\d|%s)(?!\w)")


def brings_operator(fact: SqlText, hole: Hole) -> bool:
    """Whether a value is, here or elsewhere in the query, a column together with its operator, so that a placeholder
    comes right behind it: `"AND " + condition + "? "`. Only the program itself writes that."""
    return hole.expression in _operands(Same(fact.texts))


@lru_cache(maxsize=4)
def _operands(same: Same[tuple[Text, ...]]) -> frozenset[str]:
    """What stands in holes between the place of an operand and a placeholder."""
    neighbours = (near for text in same.value for near in zip(text.parts, text.parts[1:], text.parts[2:], strict=False))
    return frozenset(
        here.expression
        for before, here, after in neighbours
        if isinstance(here, Hole) and isinstance(before, str) and isinstance(after, str)
        if _BEFORE_OPERAND.search(before) and _PLACEHOLDER.match(after)
    )


# A number, by a unit at the end of its name: `timeouts.lockTimeoutMs`, `ttl_seconds`.
_OF_UNIT = regex(
    r"(?:[\w()]+\.)*(?:\w+(?:Duration|Timeout)|(?:\w+_)?(?:duration|timeout))"
    r"|(?:[\w()]+\.)*\w+(?:(?:Ms|Millis|Milliseconds|Secs|Seconds|Minutes|Hours)"
    r"|_(?:ms|millis|milliseconds|secs|seconds|minutes|hours))",
    re.ASCII,
)


def is_amount(hole: Hole) -> bool:
    """Whether a hole holds, by its name, a number of some unit. What comes out of a request can be anything."""
    return hole.origin in (Origin.UNKNOWN, Origin.PARAMETER) and _OF_UNIT.fullmatch(hole.expression) is not None


# What makes a name of a parameter, which the library then writes into the text: `bun.Ident(…)`, `ch.Name(…)`,
# `dal.ClauseTable{…}`, or a class of the program that the driver asks how it is written: `IdentifierAdapter(…)`.
_MAKES_NAME = regex(r"(?:\w+\.)*(?:(?:Clause)?(?:Name|Safe|Table|Column)|\w*Ident(?:ifier)?(?:[A-Z]\w*)?)")


def passes_name(query: Query) -> bool:
    """Whether a call passes a name as such beside its SQL, alone or among other values."""
    arguments = query.site().call.arguments if query.site is not None else ()
    beside = (argument.value for argument in arguments if argument.value.range != query.sql)
    return any(_makes_name(node) for value in beside for node in walk(value))


def _makes_name(value: Expression) -> bool:
    match value:
        case Call(function=Name(id=name) | Attribute(name=name)):
            return _MAKES_NAME.fullmatch(name) is not None
        case Mapping(type=type) | Collection(type=type):
            return _MAKES_NAME.fullmatch(type) is not None
    return False


def at(hole: Hole) -> str:
    """Where in the SQL a value stands, where there is more of it than the value."""
    return f", at `{hole.excerpt}`" if hole.excerpt != "…" else ""


def why(hole: Hole) -> str:
    """What makes a value dangerous, where that is known."""
    return _WHY.get(hole.origin, "")


def related(fact: SqlText, holes: tuple[Hole, ...]) -> tuple[Related, ...]:
    """The other holes of the same query, and the call that sends the query where it stands elsewhere."""
    others = [Related(hole.range, f"`{hole.expression}` too") for hole in holes[1:]]
    if isinstance(fact, Query) and holes[0].range not in fact.range:
        others.append(Related(fact.range, f"the query is sent here, by `{fact.name}`"))
    return tuple(others)
