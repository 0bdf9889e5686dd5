"""Expressions of procedural SQL, lowered. What is not understood becomes `Unknown` with its operands."""

from __future__ import annotations

from persistlint.ir import (
    Argument,
    Attribute,
    Binary,
    Collection,
    Conditional,
    Constant,
    Expression,
    Name,
    Number,
    Sequence,
    Subscript,
    Unary,
    Unknown,
)
from persistlint.languages.sql.calls import call_of, cast, matched, special
from persistlint.languages.sql.catalog import CATALOG, given_value, is_catalog, known_names, of_catalog
from persistlint.languages.sql.literals import number, string, type_name
from persistlint.languages.sql.operators import (
    COMPARISON,
    NOT_PRECEDENCE,
    PRECEDENCE,
    UNARY,
    compared,
    joined,
    like,
    quantified,
)
from persistlint.languages.sql.reader import DEEPEST, Reader, identifier
from persistlint.source import Range
from persistlint.sql.lexer import Kind, word_set

# A word behind an operand that ends the expression, and never begins one.
STOPS = word_set(
    "THEN ELSE ELSIF ELSEIF ELSIF WHEN END LOOP USING INTO FROM WHERE GROUP ORDER HAVING LIMIT UNION DO AS RETURNING"
    " ON BEGIN DECLARE EXEC EXECUTE SET IF WHILE RETURN PRINT OFFSET FETCH FOR COLLATE OUTPUT OUT READONLY AND OR"
    " REVERSE BY BULK LIMIT UNTIL WINDOW"
)
_SCHEMAS = word_set("pg_catalog public dbo sys master standard")


def expression(reader: Reader, weakest: int = 0) -> Expression:
    """Lower the expression that comes next; it ends before what cannot belong to it. Always steps over something,
    where anything is left that is not the end of a statement."""
    start = reader.index
    if reader.depth >= DEEPEST:
        reader.skip_until(";", ",")
        return Unknown(reader.range_from(start))
    reader.depth += 1
    try:
        left = _prefix(reader)
        while not reader.at_end:
            word = reader.word()
            strength = PRECEDENCE.get(word)
            if strength is None or strength < weakest or (word == "NOT" and reader.word(1) not in PRECEDENCE):
                return left
            left = _infix(reader, start, left, word, strength)
        return left
    finally:
        reader.depth -= 1


def expressions(reader: Reader, *ends: str) -> list[Expression]:
    """Lower a list of expressions with commas between them, up to one of the words `ends` or what cannot belong."""
    found: list[Expression] = []
    while not reader.at_end and reader.word() not in ends and reader.word() not in (")", "]", ";"):
        before = reader.index
        found.append(expression(reader))
        if reader.index == before:
            break
        if not reader.accept(","):
            break
    return found


def is_query(reader: Reader) -> bool:
    """Whether a query comes next, perhaps in parentheses."""
    offset = 0
    while reader.word(offset) == "(" and offset < DEEPEST:
        offset += 1
    return reader.word(offset) in ("SELECT", "WITH", "VALUES", "TABLE")


def query_value(reader: Reader, end: int) -> Expression:
    """What a query that comes next gives, up to the token at index `end`: its first column, or rows of the catalog.
    The columns of tables of the catalog are the developer's names, those of other tables are data."""
    start = reader.index
    while reader.accept("("):
        pass
    reads_catalog = is_catalog(reader, end)
    operands: list[Expression] = []
    if reader.accept("SELECT"):
        for word in ("DISTINCT", "ALL"):
            reader.accept(word)
        if reader.accept("TOP"):
            _prefix(reader)
        operands = expressions(reader)
    reader.index = end
    range = reader.range_from(start)
    value = operands[0] if len(operands) == 1 else Unknown(range, tuple(operands))
    if not reads_catalog:
        return value
    declared = frozenset(reader.types)
    if len(operands) == 1 and not isinstance(value, Name | Attribute | Unknown):
        return of_catalog(value, declared)
    return Attribute(range, Name(range, CATALOG), "rows", range)


# ------------------------------------------------------------------------------------------------------- operators


def _infix(reader: Reader, start: int, left: Expression, word: str, strength: int) -> Expression:
    reader.step()
    if strength == COMPARISON:
        negated = word == "NOT"
        if negated:
            word = reader.step().word
        return _comparison(reader, start, left, word, negated)
    if word in ("~", "~*", "!~", "!~*"):
        pattern = expression(reader, strength + 1)
        return matched(reader.range_from(start), left, pattern, negated=word.startswith("!"))
    right = expression(reader, strength + 1)
    return joined(reader.range_from(start), word, left, right)


def _comparison(reader: Reader, start: int, left: Expression, word: str, negated: bool) -> Expression:
    match word:
        case "IS":
            negated = reader.accept("NOT")
            if reader.accept("DISTINCT", "FROM"):
                right = expression(reader, COMPARISON + 1)
                return Binary(reader.range_from(start), "==" if negated else "!=", left, right)
            right = expression(reader, COMPARISON + 1)
            return Binary(reader.range_from(start), "is not" if negated else "is", left, right)
        case "IN":
            right = _members(reader)
            return Binary(reader.range_from(start), "not in" if negated else "in", left, right)
        case "BETWEEN":
            low = expression(reader, COMPARISON + 1)
            high = expression(reader, COMPARISON + 1) if reader.accept("AND") else low
            return Unknown(reader.range_from(start), (left, low, high))
        case "REGEXP" | "RLIKE":
            pattern = expression(reader, COMPARISON + 1)
            return matched(reader.range_from(start), left, pattern, negated=negated)
        case "LIKE" | "ILIKE" | "SIMILAR" | "GLOB":
            reader.accept("TO")
            right = expression(reader, COMPARISON + 1)
            if reader.accept("ESCAPE"):
                expression(reader, COMPARISON + 1)
            return like(reader.range_from(start), left, right, negated=negated)
    if reader.word() in ("ANY", "SOME", "ALL") and reader.word(1) == "(":
        quantifier = reader.step().word
        members = _members(reader)
        return quantified(reader.range_from(start), left, word, quantifier, members)
    right = expression(reader, COMPARISON + 1)
    return compared(reader.range_from(start), word, left, right)


def _members(reader: Reader) -> Expression:
    """What follows IN: a list of values, or a query."""
    start = reader.index
    if not reader.accept("("):
        return expression(reader, COMPARISON + 1)
    if is_query(reader):
        reader.index = start
        reader.skip_group()
        return Unknown(reader.range_from(start))
    values = expressions(reader)
    reader.skip_until(")")
    reader.accept(")")
    return Collection(reader.range_from(start), Sequence.TUPLE, tuple(values))


# -------------------------------------------------------------------------------------------------------- operands


def _prefix(reader: Reader) -> Expression:
    start = reader.index
    word = reader.word()
    if word in ("NOT", "-", "+", "~", "PRIOR", "DISTINCT", "BINARY", "ALL", "!", "VARIADIC"):
        reader.step()
        operand = expression(reader, NOT_PRECEDENCE if word == "NOT" else UNARY)
        if word in ("NOT", "!"):
            return Unary(reader.range_from(start), "not", operand)
        return Unary(reader.range_from(start), word, operand) if word in ("-", "+", "~") else operand
    return _postfix(reader, start, _primary(reader))


def _postfix(reader: Reader, start: int, value: Expression) -> Expression:
    while True:
        if reader.accept("::"):
            value = cast(reader.range_from(start), value, type_name(reader))
        elif reader.word() == "[" and reader.dialect != "tsql":
            reader.step()
            index = expression(reader) if reader.word() not in ("]", ":") else Unknown(reader.range_from(start))
            reader.skip_until("]")
            reader.accept("]")
            value = Subscript(reader.range_from(start), value, index)
        elif reader.accept("."):
            if reader.token().kind not in (Kind.WORD, Kind.QUOTED):
                reader.accept("*")
                return value
            name = reader.step()
            if reader.word() == "(":  # a method, as `.value('.', 'nvarchar(max)')` of XML: the text stays what it is
                reader.skip_group()
            else:
                value = Attribute(reader.range_from(start), value, identifier(name), reader.range_of(name))
        elif reader.accept("COLLATE"):
            reader.name()
        elif reader.word() == "AT" and reader.word(1) == "TIME":
            reader.index += 3
            _primary(reader)
        elif reader.word() in ("OVER", "FILTER") and reader.word(1) == "(":
            reader.step()
            reader.skip_group()
        elif reader.word() == "WITHIN" and reader.word(1) == "GROUP":
            reader.index += 2
            reader.skip_group()
        else:
            return value


def _primary(reader: Reader) -> Expression:
    token = reader.token()
    match token.kind:
        case Kind.STRING | Kind.DOLLAR:
            return string(reader, reader.step())
        case Kind.NUMBER:
            reader.step()
            return Number(reader.range_of(token), token.text, number(token.text))
        case Kind.PARAMETER | Kind.QUOTED:
            return _named(reader)
        case Kind.WORD:
            return _keyword(reader, token.word)
    if token.text == "(":
        return _parenthesis(reader)
    if token.text and token.text not in ");,":
        reader.step()
    return Unknown(reader.range_of(token) if token.text else reader.range_from(reader.index))


def _keyword(reader: Reader, word: str) -> Expression:
    start, token = reader.index, reader.token()
    if word in ("EXEC", "EXECUTE") or (word in STOPS and reader.word(1) not in ("(", ".")):
        return Unknown(Range(reader.range_of(token).start, reader.range_of(token).start))
    match word:
        case "NULL" | "TRUE" | "FALSE":
            reader.step()
            return Constant(reader.range_of(token), {"NULL": None, "TRUE": True, "FALSE": False}[word])
        case "CASE":
            return _case(reader)
        case "ARRAY" if reader.word(1) == "[":
            reader.index += 2
            values = expressions(reader)
            reader.skip_until("]")
            reader.accept("]")
            return Collection(reader.range_from(start), Sequence.LIST, tuple(values))
        case "EXISTS" if reader.word(1) == "(":
            return known_names(reader)
        case "CAST" | "TRY_CAST" | "CONVERT" | "TRY_CONVERT" if reader.word(1) == "(":
            return _conversion(reader, word)
        case "SELECT" | "WITH":
            reader.skip_until(";")
            return Unknown(reader.range_from(start))
    if reader.token(1).kind is Kind.STRING and reader.token(1).start > token.end and word not in STOPS:
        reader.step()  # DATE '…', INTERVAL '…'
        return string(reader, reader.step())
    return _named(reader)


def _named(reader: Reader) -> Expression:
    """A variable, a field of one, or a call."""
    start = reader.index
    tokens = [reader.step()]
    while reader.word() == "." and reader.token(1).kind in (Kind.WORD, Kind.QUOTED):
        reader.step()
        tokens.append(reader.step())
    names = [identifier(token) for token in tokens]
    range = reader.range_from(start)
    if reader.word() == "(" and names[0] in reader.types and len(names) == 1:  # an element of a collection of PL/SQL
        element = arguments(reader)
        index = element[0].value if len(element) == 1 else Unknown(range)
        return Subscript(reader.range_from(start), Name(range, names[0]), index)
    if reader.word() == "(" and tokens[0].kind is not Kind.PARAMETER:
        return _call(reader, start, names, range)
    given = given_value(range, names[0], reader.dialect) if len(names) == 1 and names[0] not in reader.types else None
    if given is not None:
        return given
    value: Expression = Name(reader.range_of(tokens[0]), names[0])
    for name, token in zip(names[1:], tokens[1:], strict=True):
        name_range = reader.range_of(token)
        value = Attribute(Range(range.start, name_range.end), value, name, name_range)
    return value


def _call(reader: Reader, start: int, names: list[str], name_range: Range) -> Expression:
    if len(names) > 1 and (names[0] in _SCHEMAS or names[-1] in reader.routines) and not names[-2].startswith("dbms_"):
        names = names[-1:]
    elif len(names) > 2 and names[0] == "sys":
        names = names[1:]
    values = arguments(reader)
    range = reader.range_from(start)
    name = names[0] if len(names) == 1 else ""
    if name not in reader.routines and (lowered := special(name, values, range)) is not None:
        return lowered
    return call_of(".".join(names), name_range, range, values)


def arguments(reader: Reader) -> list[Argument]:
    """Step over the arguments of a call, parentheses included."""
    reader.accept("(")
    found: list[Argument] = []
    while not reader.at_end and reader.word() not in (")", ";"):
        before = reader.index
        keyword = None
        if reader.token(1).text in ("=>", ":=") and reader.token().kind in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER):
            keyword = identifier(reader.step())
            reader.step()
        spread = reader.word() == "VARIADIC"
        value = expression(reader)
        found.append(Argument(reader.range_from(before), value, keyword, spread))
        if reader.word() not in (",", ")"):
            reader.skip_until(",", ")", ";")  # ORDER BY of an aggregate, FROM and FOR of substring
        if not reader.accept(",") and reader.index == before:
            break
    reader.accept(")")
    return found


def _parenthesis(reader: Reader) -> Expression:
    start = reader.index
    if is_query(reader):
        reader.skip_group()
        end = reader.index
        reader.index = start
        value = query_value(reader, end)
        reader.index = end
        return value
    reader.step()
    values = expressions(reader)
    reader.skip_until(")")
    reader.accept(")")
    if len(values) == 1:
        return values[0]
    return Collection(reader.range_from(start), Sequence.TUPLE, tuple(values))


def _case(reader: Reader) -> Expression:
    """CASE, one arm at a time, the last arm first made."""
    start = reader.index
    reader.step()
    subject = expression(reader) if reader.word() != "WHEN" else None
    arms: list[tuple[Expression, Expression]] = []
    while reader.accept("WHEN"):
        before = reader.index
        test = expression(reader)
        if subject is not None:
            test = Binary(reader.range_from(before), "==", subject, test)
        reader.accept("THEN")
        arms.append((test, expression(reader)))
    otherwise = expression(reader) if reader.accept("ELSE") else None
    reader.accept("END")
    range = reader.range_from(start)
    chosen: Expression = otherwise if otherwise is not None else Constant(range, None)
    for test, value in reversed(arms):
        chosen = Conditional(range, test, value, chosen)
    return chosen


def _conversion(reader: Reader, word: str) -> Expression:
    """CAST(x AS type), CONVERT(type, x [, style]), CONVERT(x, type) and CONVERT(x USING charset)."""
    start = reader.index
    reader.index += 2
    if word in ("CONVERT", "TRY_CONVERT") and reader.dialect != "mysql":
        type = type_name(reader)
        reader.accept(",")
        value = expression(reader)
    else:
        value = expression(reader)
        type = type_name(reader) if reader.accept("AS") or reader.accept(",") else "text"
    reader.skip_until(")")
    reader.accept(")")
    return cast(reader.range_from(start), value, type)
