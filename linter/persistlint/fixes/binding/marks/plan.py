"""What becomes a bind parameter: which stretch of a text a mark replaces, and what its value is."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.facts import Hole
from persistlint.fixes.binding.marks import expressions
from persistlint.fixes.binding.marks.calling import calling
from persistlint.fixes.binding.marks.grammar import (
    binds_anywhere,
    check_script,
    check_statement,
    function_around,
    is_grouped,
    is_key_column,
    is_name_place,
    sets_option,
    sets_variables,
    stands_for_query,
)
from persistlint.fixes.binding.marks.several import is_list_among, is_range
from persistlint.fixes.binding.marks.typed import TYPES, type_before
from persistlint.fixes.binding.refusal import NotBoundError, RefusalError
from persistlint.fixes.binding.text.lists import Listed, listed
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.splitting import mapped, split
from persistlint.fixes.binding.text.tuples import tuple_written
from persistlint.fixes.binding.text.view import HOLE, Value, View
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.lexer import Kind, Token, string_value, tokenize, word_set

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from persistlint.diagnostic import Edit
    from persistlint.facts import Query
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_OPENING = regex(r"[A-Za-z_&]*")
_SNAPSHOTS = word_set("SYSTEM OF")  # `AS OF SYSTEM TIME '…'`, where no type stands: CockroachDB, TiDB, MariaDB
_OF_ANY_TYPE = word_set(
    "CONCAT CONCAT_WS FORMAT JSON_BUILD_ARRAY JSON_BUILD_OBJECT JSONB_BUILD_ARRAY JSONB_BUILD_OBJECT TO_JSON TO_JSONB"
)
_ARITHMETIC = frozenset("+-*/%")
_NUMBER = regex(r"int|float|len|Number|parseInt|parseFloat|Itoa|Format(?:Int|Uint|Float)")  # what makes one
_UNIT = regex(r"(?:\w+_)?(?:MICROSECOND|SECOND|MINUTE|HOUR|DAY|WEEK|MONTH|QUARTER|YEAR)")  # of MySQL
_STAGE = regex(r"@[^\s'\"]*\Z")  # of Snowflake, with the path behind it
_LONGEST = 300  # characters of such a path
# Of what has become SQL already.
_WRITTEN = regex(r"fmt|format|quot|escap|liter|sanit|sql|^dumps$|^stringify$", re.IGNORECASE)
_ESCAPED = regex(r"escap|quoted", re.IGNORECASE)  # of a value whose quotes are doubled already
_TEXTS = frozenset(["str", "repr"])
_COUNTS = frozenset(["LIMIT", "OFFSET", "TOP"])
_TAKES_TUPLE = frozenset(["IN", "VALUES"])  # what a tuple of Python is written behind
_NAMED = (":name", "%(name)s", "@name")
_STRINGS = frozenset([Kind.STRING, Kind.DOLLAR])


@dataclass(slots=True)
class Parameter:
    """One bind parameter. `start` and `end` are the half-open stretch of the view that its mark replaces; `before` and
    `after` are what the mark is written between. `value` is the expression that is bound, `name` a name for it.

    `listed` where it is a list whose marks are made where the program runs; `number` is the expression for the number
    of its mark, where that is known only then, and `around` what the mark has before and behind it. `type` is that of
    the value, of one element where `is_array`, where the SQL around it tells. `expands` where one named mark stands for
    a whole list. `edits` are those of a list that is made in a statement of its own."""

    start: int
    end: int
    value: str
    name: str
    before: str = ""
    after: str = ""
    listed: Listed | None = None
    type: str = ""
    is_array: bool = False
    number: str = ""
    around: tuple[str, str] = ("$", "")
    expands: bool = False
    is_doubtful: bool = False
    edits: tuple[Edit, ...] = ()


def plan(
    found: View, query: Query, wanted: Callable[[Value], bool], program: Program, dialect: str | None
) -> list[Parameter]:
    """The parameters that the wanted values become, in order. Raises `RefusalError` where one cannot be bound."""
    text, source = found.text, program.source
    tokens = [token for token in tokenize(text, dialect) if token.kind is not Kind.COMMENT]
    call, sets = None, False
    if not query.is_fragment and not binds_anywhere(query, dialect):
        call = calling(text, tokens, dialect)
        sets = sets_variables(tokens, dialect)
        if call is None and not sets:
            check_statement(tokens, dialect)
    if not query.is_fragment:
        check_script(tokens, query, dialect)
    made: list[Parameter] = []
    covered = 0
    for index, item in enumerate(found.items):
        if index < covered or not isinstance(item, Value) or not wanted(item):
            continue
        place = next((number for number, token in enumerate(tokens) if token.start <= index < token.end), None)
        if place is None:
            raise RefusalError("a value stands in a comment of the SQL")
        token = tokens[place]
        is_repeated = any(_is_same(item, other) for other in found.values)
        if token.kind in _STRINGS or (_is_text_of_sqlite(token, query, dialect) and not is_repeated):
            parameter = _quoted(found, tokens, place, query, source, dialect)
            parameter.is_doubtful |= token.kind is Kind.QUOTED
        elif token.text == HOLE:
            if sets:  # some drivers pass a number as a text or a fraction, which most variables refuse
                check_statement(tokens)
            if is_repeated and _is_name_too(item, query):
                raise RefusalError(f"`{source.text(item.expression.range)}` is a name in the SQL as well")
            parameter = _bare(found, tokens, place, query, program, dialect)
        elif token.kind is Kind.QUOTED and is_repeated:
            continue  # the same value is a name here, and stays one
        else:
            raise RefusalError("a value is a part of a name or of a number, which cannot be bound")
        is_option = sets_option(tokens, place, dialect)
        parameter.is_doubtful |= is_option
        is_compared = query.library is None or query.library.binds != "client"  # which writes both into the text
        if is_compared and is_grouped(tokens, place) and any(other.value == parameter.value for other in made):
            raise NotBoundError("the rows are grouped by the value, which has to be the same text in both places")
        if call is not None:
            parameter.start, parameter.before, parameter.after = call.start, call.before, call.after
            parameter.value = _as_text(parameter.value, source) if call.is_text else parameter.value
            parameter.is_doubtful = True
        parameter.is_doubtful |= sets
        made.append(parameter)
        covered = parameter.end
    return made


def bound_by(parameters: Sequence[Parameter], found: View) -> list[Value]:
    """The values that parameters are for."""
    items = (item for parameter in parameters for item in found.items[parameter.start : parameter.end])
    return [item for item in items if isinstance(item, Value)]


def _is_text_of_sqlite(token: Token, query: Query, dialect: str | None) -> bool:
    """Whether a name in double quotes is a text for SQLite, which takes it for one where there is no such name, or for
    a database that nothing tells: most of those whose placeholder is a question mark do."""
    is_open = dialect is None and query.placeholder == "?"
    return token.kind is Kind.QUOTED and (dialect == "sqlite" or is_open) and token.text.startswith('"')


def _is_same(value: Value, other: Value) -> bool:
    """Whether a format string puts in one argument at both places."""
    return value is not other and value.form is not None and value.expression.range == other.expression.range


def _is_name_too(value: Value, query: Query) -> bool:
    """Whether the text has a value in the place of a name, too."""
    holes = (part for text in query.texts for part in text.parts if isinstance(part, Hole))
    return any(hole.range == value.expression.range and not hole.context.is_value for hole in holes)


def _quoted(
    found: View, tokens: list[Token], place: int, query: Query, source: SourceFile, dialect: str | None
) -> Parameter:
    """The parameter for a string of SQL that holds a value, or several."""
    token = tokens[place]
    if is_name_place(tokens, place):
        raise RefusalError("the value stands where only a name can, which cannot be bound")
    quote = _quote_of(token)
    _, begin, end = string_value(token)
    parts: list[str | Value] = []
    inner = found.items[begin:end]
    for item in inner:
        if isinstance(item, Value):
            parts.append(item)
        elif parts and isinstance(parts[-1], str):
            parts[-1] += item.text
        else:
            parts.append(item.text)
    if quote:
        parts = [part.replace(quote * 2, quote) if isinstance(part, str) else part for part in parts]
    values = [part for part in parts if isinstance(part, Value)]
    constant = "".join(part for part in parts if isinstance(part, str))
    if "\\" in constant or "\ue001" in constant:
        raise RefusalError("the string of SQL around the value has escapes in it")
    if any(value.spec == "!r" for value in values):
        raise RefusalError("the value is quoted twice")
    for item in values:
        if not item.is_raw and (_ESCAPED.search(_called(item)) or _ESCAPED.search(last_name(item.expression))):
            raise RefusalError(f"`{source.text(item.expression.range)}` may have its quotes doubled already")
    if len(parts) == 1 and (found_list := listed(values[0], source)) is not None and found_list.is_quoted:
        return _list(found_list, tokens, place, query, source, dialect, "quoted")
    is_alone = len(parts) == 1 and place > 1 and tokens[place - 1].text == "(" and tokens[place - 2].word == "IN"
    if is_alone and found.part_at(token.start) is None and _may_be_list(values[0], source):
        raise RefusalError("nothing here tells what the list of values is made of")
    start = token.start
    has_type = takes_objects(query)
    before, after, doubtful, type = "", "", has_type, "STRING" if has_type else ""
    previous = tokens[place - 1] if place else None
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    is_strict = query.library is not None and query.library.strict
    value = expressions.joined(parts, source)
    is_text = len(parts) > 1
    if typed := type_before(tokens, place):
        if len(typed) < place and tokens[place - len(typed) - 1].word in _SNAPSHOTS:
            raise NotBoundError("not every database takes a parameter for the time that it is to read as of")
        if dialect == "mysql" and typed[0].word == "INTERVAL":
            _check_unit(following)
        elif following is not None and following.word in ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"):
            raise RefusalError("the unit of this interval is not a part of the value")
        else:
            start, of_type = typed[0].start, found.text[typed[0].start : typed[-1].end]
            inner_before, inner_after = ("CAST(", " AS text)") if is_strict else ("", "")
            before, after = f"CAST({inner_before}", f"{inner_after} AS {of_type})"
            if dialect == "bigquery" and of_type.upper() == "JSON":
                before, after = "PARSE_JSON(", ")"
            value = value if is_text or not is_strict else _as_text(value, source)
    elif is_strict and following is not None and following.text == "::":
        before, after = "CAST(", " AS text)"
        value = value if is_text else _as_text(value, source)
    elif dialect == "postgres" and query.library is not None and _is_of_any_type(tokens, place):
        if query.library.binds == "server":
            before, after = "CAST(", " AS text)"
            value = _as_text(value, source) if is_strict and not is_text else value
    elif has_type:
        pass
    elif (is_strict and not is_text) or source.language == "sql" or query.placeholder.startswith("{"):
        doubtful = True
    elif dialect == "sqlite" and not is_text and previous is not None and _is_computed(tokens, place):
        value = _as_text(value, source)  # only a column converts what it is compared with to its own type
    if _is_cast(following, query):
        before, after = f"({before}", f"{after})"
    name = expressions.name_of(values[0], source)
    return Parameter(start, token.end, value, name, before, after, type=type, is_doubtful=doubtful)


def _quote_of(token: Token) -> str:
    """What ends a string of SQL and is doubled inside it, "" where nothing is. Raises `RefusalError`."""
    text = token.text
    if token.kind is Kind.DOLLAR and string_value(token)[2] < token.end:
        return ""
    opening = _OPENING.match(text)
    prefix = opening.group() if opening else ""
    quote = text[len(prefix)]
    if prefix.upper() not in ("", "N", "E") or not text.endswith(quote) or quote not in "'\"":
        raise RefusalError("the string of SQL around the value is written in a special way")
    return quote


def _check_unit(following: Token | None) -> None:
    """Refuse a value that may have the unit of an interval in it, which MySQL takes from the text alone."""
    if following is None or not (_UNIT.fullmatch(following.word) or following.text in _ARITHMETIC):
        raise RefusalError("the unit of this interval is a part of the value, and no bind parameter can be one")


def takes_objects(query: Query) -> bool:
    """Whether the values of a query are objects that have their names and types."""
    return query.site is not None and query.site().operation.values in ("objects", "described")


def _is_cast(following: Token | None, query: Query) -> bool:
    """Whether a colon follows that SQLAlchemy would take for the end of the mark: `:name::jsonb`."""
    is_cast = following is not None and following.text.startswith("::")
    return is_cast and query.placeholder == ":name" and query.library is not None and bool(query.library.text)


def _is_of_any_type(tokens: list[Token], place: int) -> bool:
    """Whether a value is an argument of a function that takes any type, so that PostgreSQL cannot tell which one a
    bind parameter has."""
    return function_around(tokens, place) in _OF_ANY_TYPE


def _is_computed(tokens: list[Token], place: int) -> bool:
    """Whether what a string is compared with is no column: it ends with a parenthesis."""
    before = [token.text for token in tokens[max(place - 2, 0) : place]]
    return len(before) == 2 and before[0] == ")" and before[1] in ("=", "<>", "!=", "<", ">", "<=", ">=")


def _as_text(value: str, source: SourceFile) -> str:
    if source.language == "python":
        return value if value.startswith(("str(", 'f"', "f'")) else f"str({value})"
    if source.language == "go":
        return value
    return value if value.startswith(("String(", "`")) else f"String({value})"


def _bare(
    found: View, tokens: list[Token], place: int, query: Query, program: Program, dialect: str | None
) -> Parameter:
    """The parameter for a value that stands in the SQL without quotes."""
    source = program.source
    if query.placeholder.startswith("{"):
        raise RefusalError("the placeholders of this driver name the type of the value, which only the table tells")
    token = tokens[place]
    item = found.items[token.start]
    assert isinstance(item, Value)
    is_path = (
        dialect == "snowflake" and _STAGE.search(found.text, max(token.start - _LONGEST, 0), token.start) is not None
    )
    if is_path or is_key_column(tokens, place):
        raise RefusalError("the value stands where only a name can, which cannot be bound")
    found_list = listed(item, source)
    if found_list is None and query.site is not None and place and tokens[place - 1].text == "(":
        found_list = mapped(item, query.site(), source)
    name = expressions.name_of(item, source) if found_list is None else found_list.name
    match item.expression:
        case ir.Call(function=ir.Attribute(value=ir.Name(id=text), name="format")):
            raise RefusalError(f"`{text}` is a text that is made, or used, in another place, too")
    if item.made is None and (_WRITTEN.search(name) or _WRITTEN.search(_called(item))):
        raise RefusalError(f"`{source.text(item.expression.range)}` may be SQL already, with quotes of its own")
    if found_list is not None:
        parameter = _list(found_list, tokens, place, query, source, dialect, "bare")
        parameter.is_doubtful |= isinstance(item.expression, ir.Name)  # made of another list, which may have changed
        return parameter
    written = tuple_written(item.expression, source)
    if isinstance(item.expression, ir.Collection) or written:
        word = tokens[place - 1].word if place else ""
        if query.placeholder not in ("?", "%s") or not written or word not in _TAKES_TUPLE:
            raise RefusalError("a tuple is written into the text")
        marks = ", ".join([query.placeholder] * (len(written) - 1))
        return Parameter(token.start, token.end, f"*[{', '.join(written)}]", name, "(", f", {marks})" if marks else ")")
    if isinstance(item.expression, ir.Subscript) and _called(replace(item, expression=item.expression.value)) in _TEXTS:
        raise RefusalError("nothing here tells what the list of values is made of")
    if len(tokens) == 1 or (not query.is_fragment and (place == 0 or tokens[place - 1].text == ";")):
        raise RefusalError(f"`{source.text(item.expression.range)}` gives the whole statement, with the value in it")
    if stands_for_query(tokens, place) and item.spec != "%d":
        raise RefusalError(f"`{source.text(item.expression.range)}` may be a query of its own")
    previous = tokens[place - 1] if place else None
    following = tokens[place + 1] if place + 1 < len(tokens) else None
    word = previous.word if previous is not None else ""
    if word == "VALUES":
        raise RefusalError(
            f"`{source.text(item.expression.range)}` stands for whole rows, with parentheses of their own"
        )
    if word == "," and place > 2 and tokens[place - 3].word == "LIMIT":
        word = "LIMIT"  # of MySQL: `LIMIT 20, 10`
    if word == "IN" or (previous is not None and previous.text == "(" and place > 1 and tokens[place - 2].word == "IN"):
        following_text = following.text if following is not None else ""
        is_number = item.spec == "%d" or _NUMBER.fullmatch(_called(item)) is not None
        if word != "IN" and following_text == ")" and not is_number:  # one text alone may have commas in it
            parts = split(item, query.site(), program) if query.site is not None else None
            if parts is not None:
                return replace(_list(parts, tokens, place, query, source, dialect, "bare"), is_doubtful=True)
        if word == "IN" or (following_text == ")" and not is_number):
            raise RefusalError("nothing here tells what the list of values is made of")
    if is_list_among(name, tokens, place) or (word == "LIMIT" and is_range(name, item.expression)):
        raise RefusalError(f"`{source.text(item.expression.range)}` may be several values with commas between them")
    if word in TYPES:
        if dialect not in ("mysql", "bigquery") or word != "INTERVAL":
            raise RefusalError("an interval without quotes takes no bind parameter")
        _check_unit(following)
    if _is_named_there(item, found, tokens, source):
        raise RefusalError(f"`{source.text(item.expression.range)}` may be a name, for the SQL asks whether it is null")
    value = expressions.plain(item, source)
    before, after = ("(", ")") if word == "TOP" else ("", "")  # where T-SQL takes an expression
    if word in _COUNTS and (dialect == "mysql" or (query.library is not None and query.library.strict)):
        value = expressions.number(value, source.language)
    # MySQL 8.0.22 and newer take the number of a prepared statement's LIMIT as text alone, MariaDB takes either.
    doubtful = word in _COUNTS and query.name == "execute" and query.placeholder == "?" and dialect == "mysql"
    if source.language == "sql":
        doubtful = True  # the variable has a type of its own, which a text had not
    elif query.placeholder == "$1":
        around = {previous.text if previous else "", following.text if following else ""}
        is_strict = query.library is not None and query.library.strict
        doubtful = bool(around & _ARITHMETIC) or (is_strict and word not in _COUNTS)
    doubtful |= takes_objects(query) or _is_beside_name(tokens, place)
    type = "INT64" if word in _COUNTS or word == "INTERVAL" else ""
    if _is_cast(following, query):
        before, after = f"({before}", f"{after})"
    return Parameter(token.start, token.end, value, name, before, after, type=type, is_doubtful=doubtful)


def _is_beside_name(tokens: list[Token], place: int) -> bool:
    """Whether a value without quotes is set, or compared with, a name that is put into the SQL as well, so that it may
    be one, too: `SET {column} = {other}`."""
    before = [token.text for token in tokens[max(place - 2, 0) : place]]
    return len(before) == 2 and before[0] == HOLE and before[1] in ("=", "<>", "!=", "<", ">", "<=", ">=")


def _is_named_there(item: Value, found: View, tokens: list[Token], source: SourceFile) -> bool:
    """Whether the text sets another name to what it asks whether that is null, as it asks of columns."""
    text = source.text(item.expression.range)
    same = {i for i, v in enumerate(found.items) if isinstance(v, Value) and source.text(v.expression.range) == text}
    places = [place for place, token in enumerate(tokens) if token.text == HOLE and token.start in same]
    is_asked = any(token.word == "IS" for place in places for token in tokens[place + 1 : place + 2])
    return is_asked and any(_is_beside_name(tokens, place) for place in places)


def _called(item: Value) -> str:
    """The name of the function that gives a value, nothing where none does."""
    node = item.expression
    while isinstance(node, ir.Await):
        node = node.value
    return last_name(node.function) if isinstance(node, ir.Call) else ""


def _may_be_list(item: Value, source: SourceFile) -> bool:
    return bool(re.search(r"s$|list|ids|str$|join|values|\(", source.text(item.expression.range), re.I))


def _list(
    found: Listed, tokens: list[Token], place: int, query: Query, source: SourceFile, dialect: str | None, kind: str
) -> Parameter:
    """The parameter for a list of values in `IN (…)`."""
    parameter = _list_of(found, tokens, place, query, source, dialect, kind)
    parameter.edits = found.edits
    return parameter


def _list_of(
    found: Listed, tokens: list[Token], place: int, query: Query, source: SourceFile, dialect: str | None, kind: str
) -> Parameter:
    is_in_parentheses = place > 1 and tokens[place - 1].text == "(" and tokens[place - 2].word == "IN"
    after = tokens[place + 1].text if place + 1 < len(tokens) else ""
    name = found.name
    token = tokens[place]
    if found.quote == '"' and dialect != "mysql":
        raise RefusalError("double quotes make a name of what stands in them")
    if takes_objects(query):
        if not is_in_parentheses or after != ")" or found.array is None:
            raise RefusalError("the list of values is written in a way that a fix does not know")
        start, end = tokens[place - 1].start, tokens[place + 1].end
        type = "STRING" if kind == "quoted" or found.is_quoted or found.quote else "INT64"
        made = (found.array, name, "UNNEST(", ")")
        return Parameter(start, end, *made, type=type, is_array=True, is_doubtful=True)
    if found.is_tuple:
        word = tokens[place - 1].word if place else ""
        if word not in _TAKES_TUPLE or kind == "quoted":
            raise RefusalError("a tuple is written into the text")
        if word == "IN" and dialect == "postgres" and query.placeholder in ("%s", "$1"):
            return _array(found, tokens, place - 1, token.end, query, kind)
        if query.placeholder not in ("?", "%s"):
            raise RefusalError("a list takes as many placeholders as it has values, which this driver numbers or names")
        return Parameter(token.start, token.end, found.spread, name, listed=found)
    if dialect == "postgres" and query.placeholder in ("%s", "$1") and is_in_parentheses and after == ")":
        return _array(found, tokens, place - 2, tokens[place + 1].end, query, kind)
    is_declared = query.library is not None and bool(query.library.text) and source.language == "python"
    if query.placeholder == ":name" and is_declared and is_in_parentheses and after == ")":
        start, end = tokens[place - 1].start, tokens[place + 1].end
        return Parameter(start, end, found.array or found.name, name, expands=True)
    if query.library is not None and query.library.expands and query.placeholder in (":name", "?"):
        if not is_in_parentheses or after != ")":
            raise RefusalError("the list of values stands in no parentheses")
        start, end = tokens[place - 1].start, tokens[place + 1].end
        value = found.spread.removesuffix("...") if source.language == "go" else found.array or found.name
        return Parameter(start, end, value, name, "(", ")", is_doubtful=source.language == "go" and kind == "bare")
    if query.placeholder in _NAMED and found.length and not is_declared and not takes_objects(query):
        return Parameter(token.start, token.end, found.spread, name, listed=found)
    if query.placeholder not in ("?", "%s"):
        raise RefusalError("a list takes as many placeholders as it has values, which this driver numbers or names")
    if found.marks is None:
        raise RefusalError("the list of values is made where it is joined, and would have to be made twice")
    # Go makes texts of numbers before it joins them. Without elements there is one empty text between quotes, and
    # nothing between parentheses once these are bound, which few databases take.
    is_quoted = found.is_quoted or kind == "quoted"
    doubtful = source.language == "go" if not is_quoted else dialect != "sqlite"
    return Parameter(token.start, token.end, found.spread, name, listed=found, is_doubtful=doubtful)


def _array(found: Listed, tokens: list[Token], first: int, end: int, query: Query, kind: str) -> Parameter:
    """The parameter for a list that is one value, an array. `first` is the index of `IN`, `end` where its list ends."""
    if found.array is None:
        raise RefusalError("an array of this driver is not known here")
    is_negated = first > 0 and tokens[first - 1].word == "NOT"
    start = tokens[first - 1].start if is_negated else tokens[first].start
    before, behind = ("<> ALL(", ")") if is_negated else ("= ANY(", ")")
    doubtful = kind == "quoted" or query.library is None or query.library.strict
    return Parameter(start, end, found.array, found.name, before, behind, is_doubtful=doubtful)
