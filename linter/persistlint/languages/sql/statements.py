"""Statements of procedural SQL, lowered: PL/pgSQL, PL/SQL, T-SQL and the routines of MySQL alike.

Dynamic SQL of every form becomes the call of a function named after its verb: `EXECUTE`, `EXECUTE IMMEDIATE`, `EXEC`,
`sp_executesql`, `PREPARE FROM`, `OPEN FOR`. Its first argument is the SQL, the values of USING are the others.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.ir import (
    Argument,
    Assign,
    Attribute,
    Block,
    Call,
    Case,
    Collection,
    Expression,
    ExpressionStatement,
    Handler,
    If,
    Jump,
    Loop,
    Name,
    Nested,
    Raise,
    Return,
    Sequence,
    Statement,
    Subscript,
    Switch,
    Try,
    Unknown,
)
from persistlint.languages.sql.expressions import (
    CATALOG,
    argument,
    arguments,
    call_of,
    expression,
    expressions,
    is_catalog,
    is_query,
    of_catalog,
    query_value,
)
from persistlint.languages.sql.reader import DEEPEST, Reader, identifier
from persistlint.sql.lexer import Kind, word_set

if TYPE_CHECKING:
    from collections.abc import Callable

# Functions that run the SQL in one of their arguments, also where a plain statement calls them.
DYNAMIC_FUNCTIONS = word_set(
    "dblink dblink_exec dblink_open dblink_send_query query_to_xml query_to_xmlschema query_to_xml_and_xmlschema"
    " cursor_to_xml crosstab crosstab2 crosstab3 crosstab4 connectby cron.schedule cron.schedule_in_database ts_stat"
    " openquery openrowset dbms_sql.parse dbms_utility.exec_ddl_statement dbms_xmlgen.getxml dbms_xmlgen.newcontext"
    " xpath_table pg_background_launch run_command_on_workers run_command_on_shards"
)
_STARTS = word_set(  # they begin a T-SQL statement, where no semicolon ends the one before
    "DECLARE IF WHILE BEGIN END EXEC EXECUTE RETURN PRINT RAISERROR THROW ELSE OPEN CLOSE DEALLOCATE GOTO BREAK"
    " CONTINUE COMMIT ROLLBACK TRUNCATE DROP"
)
_LOUD = frozenset({"NOTICE", "WARNING", "INFO", "LOG", "DEBUG"})  # levels of RAISE that go on
_ASSIGNING = {":=": "=", "=": "=", "+=": "+", "-=": "-", "*=": "*", "/=": "/"}


def block(reader: Reader, *ends: str) -> Block:
    """Lower statements up to one of the words `ends`, which is not stepped over, or to the end."""
    found: list[Statement] = []
    while not reader.at_end and reader.word() not in ends:
        if not reader.accept(";"):
            before = reader.index
            found.extend(statement(reader))
            if reader.index == before:
                reader.index += 1
    return tuple(found)


def statement(reader: Reader) -> list[Statement]:
    """Lower the statement that comes next, its semicolon included; nothing for one that does not matter here."""
    if reader.depth >= DEEPEST:
        reader.index = reader.end
        return []
    reader.depth += 1
    _label(reader)
    lowered = _STATEMENTS.get(reader.word())
    if lowered is not None:
        found = lowered(reader)
    elif reader.token().kind in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER):
        found = _assignment_or_call(reader)
    else:
        found = plain(reader)
    reader.depth -= 1
    return found


def declarations(reader: Reader) -> list[Statement]:
    """Lower the declarations of PL/pgSQL and PL/SQL, up to BEGIN, which is not stepped over."""
    found: list[Statement] = []
    while not reader.at_end and reader.word() not in ("BEGIN", "END"):
        before = reader.index
        if reader.word() in ("PROCEDURE", "FUNCTION"):
            from persistlint.languages.sql.routines import local_routine  # a routine holds declarations

            found.extend(local_routine(reader))
        elif reader.word() in ("MEMBER", "STATIC", "CONSTRUCTOR", "MAP", "ORDER"):  # of a TYPE BODY
            reader.step()
            continue
        elif reader.word() in ("TYPE", "SUBTYPE", "PRAGMA", "DECLARE"):
            if not reader.accept("DECLARE"):
                reader.skip_until(";")
        elif reader.word() == "CURSOR":  # PL/SQL: CURSOR c IS query
            reader.step()
            found.extend(_cursor(reader))
        else:
            found.extend(_declaration(reader))
        reader.accept(";")
        if reader.index == before:
            reader.index += 1
    return found


def body(reader: Reader) -> Block:
    """Lower a whole body: declarations if there are any, and a block."""
    found: list[Statement] = []
    _label(reader)
    if reader.word() == "DECLARE" and reader.dialect not in ("mysql", "tsql"):
        reader.step()
        found += declarations(reader)
    return (*found, *block(reader))


# ---------------------------------------------------------------------------------------------------- declarations


def _declaration(reader: Reader) -> list[Statement]:
    """`name [CONSTANT] type [NOT NULL] [:= value]`, `name CURSOR FOR query`, `name ALIAS FOR $1`."""
    start = reader.index
    token = reader.step()
    name, name_range = identifier(token), reader.range_of(token)
    constant = reader.accept("CONSTANT")
    if reader.accept("ALIAS", "FOR"):
        value = expression(reader)
        return [Assign(reader.range_from(start), Name(name_range, name), value, declares=True)]
    if reader.word() in ("CURSOR", "NO", "SCROLL"):
        reader.index = start
        return _cursor(reader)
    type = _declared_type(reader)
    reader.types[name] = type
    initial = expression(reader) if reader.word() in (":=", "=", "DEFAULT") and reader.step() else None
    reader.skip_until(";")
    target = Name(name_range, name)
    return [
        Assign(reader.range_from(start), target, initial, declares=True, constant=constant, annotation=type.lower())
    ]


def _declared_type(reader: Reader) -> str:
    start = reader.index
    while not reader.at_end and reader.word() not in (";", ":=", "=", "DEFAULT", "NOT", ",", ")", "OUTPUT", "READONLY"):
        if reader.word() == "(":
            reader.skip_group()
        elif reader.dialect == "tsql" and reader.index > start and reader.word() in _TSQL_AFTER_TYPE:
            break
        else:
            reader.step()
    if reader.index == start:
        return ""
    first, last = reader.tokens[start], reader.tokens[reader.index - 1]
    text = reader.text.text[first.start : last.end]
    while reader.word() in ("NOT", "NULL"):
        reader.step()
    return text


def _cursor(reader: Reader) -> list[Statement]:
    """`c CURSOR FOR query`, `c IS query`: the cursor stands for what its query gives."""
    start = reader.index
    token = reader.step()
    name = identifier(token)
    while not reader.at_end and reader.word() not in ("FOR", "IS", ";"):
        if reader.word() == "(":
            reader.skip_group()
        else:
            reader.step()
    value: Expression | None = None
    if reader.word() in ("FOR", "IS"):
        reader.step()
        value = _query(reader)
    return [Assign(reader.range_from(start), Name(reader.range_of(token), name), value, declares=True)]


def _query(reader: Reader) -> Expression:
    """Step over a query up to the end of the statement, and return what it gives."""
    start = reader.index
    _skip_plain(reader)
    end = reader.index
    reader.index = start
    value = query_value(reader, end)
    reader.index = end
    return value


def _declare(reader: Reader) -> list[Statement]:
    """DECLARE as a statement (MySQL, T-SQL), or the declarations of a nested block."""
    start = reader.index
    reader.step()
    if reader.token().kind is Kind.PARAMETER:
        return _declare_variables(reader, start)
    if reader.word(1) in ("CURSOR", "INSENSITIVE", "SCROLL"):
        found = _cursor(reader)
        reader.accept(";")
        return found
    if reader.word(1) == "HANDLER" or reader.word(2) == "HANDLER":
        while not reader.at_end and reader.word() not in ("BEGIN", "SET", "ROLLBACK", "RESIGNAL", "SIGNAL", ";"):
            reader.step()
        handled = statement(reader)
        return [If(reader.range_from(start), Unknown(reader.range_from(start)), tuple(handled))]
    if reader.dialect == "mysql":
        return _declare_names(reader, start)
    found = declarations(reader)
    inner = statement(reader) if reader.word() == "BEGIN" else []
    return [Nested(reader.range_from(start), (*found, *inner))]


_TSQL_AFTER_TYPE = word_set(
    "SET SELECT EXEC EXECUTE IF WHILE BEGIN DECLARE INSERT UPDATE DELETE RETURN PRINT END WITH AS"
)


def _declare_variables(reader: Reader, start: int) -> list[Statement]:
    """T-SQL: `DECLARE @a int = 1, @b nvarchar(10)`."""
    found: list[Statement] = []
    while reader.token().kind is Kind.PARAMETER:
        begin = reader.index
        token = reader.step()
        name = identifier(token)
        reader.accept("AS")
        type = _declared_type(reader)
        reader.types[name] = type
        initial = expression(reader) if reader.accept("=") else None
        target = Name(reader.range_of(token), name)
        found.append(Assign(reader.range_from(begin), target, initial, declares=True, annotation=type.lower()))
        if not reader.accept(","):
            break
    reader.accept(";")
    return found


def _declare_names(reader: Reader, start: int) -> list[Statement]:
    """MySQL: `DECLARE a, b INT DEFAULT 0;`."""
    names = [reader.step()]
    while reader.accept(","):
        names.append(reader.step())
    type = _declared_type(reader)
    initial = expression(reader) if reader.accept("DEFAULT") else None
    reader.skip_until(";")
    range = reader.range_from(start)
    reader.accept(";")
    for token in names:
        reader.types[identifier(token)] = type
    return [
        Assign(range, Name(reader.range_of(token), identifier(token)), initial, declares=True, annotation=type.lower())
        for token in names
    ]


# ------------------------------------------------------------------------------------------------- blocks and loops


def _label(reader: Reader) -> None:
    if reader.word() == "<<":
        while not reader.at_end and not reader.accept(">>"):
            reader.step()
    elif reader.word(1) == ":" and reader.word(2) in ("BEGIN", "LOOP", "WHILE", "REPEAT"):
        reader.index += 2


def _begin(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    if reader.word() in ("TRAN", "TRANSACTION", "WORK", "DISTRIBUTED", "DIALOG", "CONVERSATION"):
        _skip_plain(reader)
        return []
    if reader.accept("TRY"):
        return _try_catch(reader, start)
    reader.accept("NOT")
    reader.accept("ATOMIC")
    inside = block(reader, "END", "EXCEPTION")
    handlers = []
    if reader.accept("EXCEPTION"):
        while reader.word() == "WHEN":
            handlers.append(_handler(reader))
    _end(reader)
    range = reader.range_from(start)
    return [Try(range, inside, tuple(handlers))] if handlers else [Nested(range, inside)]


def _handler(reader: Reader) -> Handler:
    start = reader.index
    reader.step()
    types = []
    while not reader.at_end and reader.word() not in ("THEN", ";"):
        token = reader.step()
        if token.kind in (Kind.WORD, Kind.STRING) and token.word not in ("OR", "OTHERS", "SQLSTATE"):
            types.append(token.text)
    reader.accept("THEN")
    inside = block(reader, "WHEN", "END")
    return Handler(reader.range_from(start), tuple(types), None, inside)


def _try_catch(reader: Reader, start: int) -> list[Statement]:
    inside = block(reader, "END")
    _end(reader)
    begin = reader.index
    handlers: tuple[Handler, ...] = ()
    if reader.accept("BEGIN", "CATCH"):
        caught = block(reader, "END")
        _end(reader)
        handlers = (Handler(reader.range_from(begin), (), None, caught),)
    return [Try(reader.range_from(start), inside, handlers)]


def _end(reader: Reader) -> None:
    """Step over END, what it ends, a label, and the semicolon."""
    if not reader.accept("END"):
        return
    for word in ("IF", "LOOP", "CASE", "WHILE", "REPEAT", "FOR", "TRY", "CATCH"):
        reader.accept(word)
    if reader.word(1) == ";" and reader.token().kind in (Kind.WORD, Kind.QUOTED):
        reader.step()
    reader.accept(";")


def _if(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    test = expression(reader)
    if not _find_then(reader):
        then = tuple(statement(reader))
        reader.accept(";")
        otherwise = tuple(statement(reader)) if reader.accept("ELSE") else ()
        return [If(reader.range_from(start), test, then, otherwise)]
    then = block(reader, "ELSIF", "ELSEIF", "ELSE", "END")
    return [If(reader.range_from(start), test, then, _otherwise(reader))]


def _find_then(reader: Reader) -> bool:
    """Step over THEN, and over what was not understood of the condition before it."""
    if reader.accept("THEN"):
        return True
    if reader.dialect == "tsql":
        return False
    before = reader.index
    reader.skip_until("THEN", ";")
    if reader.accept("THEN"):
        return True
    reader.index = before
    return False


def _otherwise(reader: Reader) -> Block:
    """The rest of an IF behind its first arm, END IF included. A loop, for there can be thousands of arms."""
    arms: list[tuple[int, Expression, Block]] = []
    last: Block = ()
    while reader.word() in ("ELSIF", "ELSEIF"):
        start = reader.index
        reader.step()
        test = expression(reader)
        _find_then(reader)
        arms.append((start, test, block(reader, "ELSIF", "ELSEIF", "ELSE", "END")))
    if reader.accept("ELSE"):
        last = block(reader, "END")
    _end(reader)
    for start, test, then in reversed(arms):
        last = (If(reader.range_from(start), test, then, last),)
    return last


def _case(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    subject = expression(reader) if reader.word() != "WHEN" else None
    cases: list[Case] = []
    while reader.word() in ("WHEN", "ELSE"):
        begin = reader.index
        values: tuple[Expression, ...] = ()
        if reader.step().word == "WHEN":
            values = tuple(expressions(reader, "THEN"))
            _find_then(reader)
        inside = block(reader, "WHEN", "ELSE", "END")
        cases.append(Case(reader.range_from(begin), values, inside))
    _end(reader)
    return [Switch(reader.range_from(start), subject, tuple(cases))]


def _while(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    test = expression(reader)
    inside = _loop_body(reader) if reader.word() in ("LOOP", "DO") else tuple(statement(reader))
    return [Loop(reader.range_from(start), None, None, test, inside)]


def _loop_body(reader: Reader) -> Block:
    reader.skip_until("LOOP", "DO", ";")
    if not (reader.accept("LOOP") or reader.accept("DO")):
        return ()
    inside = block(reader, "END")
    _end(reader)
    return inside


def _loop(reader: Reader) -> list[Statement]:
    start = reader.index
    return [Loop(reader.range_from(start), None, None, None, _loop_body(reader))]


def _repeat(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    inside = block(reader, "UNTIL", "END")
    if reader.accept("UNTIL"):
        expression(reader)
    _end(reader)
    return [Loop(reader.range_from(start), None, None, None, inside)]


def _for(reader: Reader) -> list[Statement]:
    """FOR x IN EXECUTE e, FOR x IN query, FOR i IN 1..10, FOREACH x IN ARRAY e, FORALL i IN a..b statement."""
    start = reader.index
    is_forall = reader.step().word == "FORALL"
    targets = _targets(reader, "IN")
    sent: list[Statement] = []
    iterable: Expression
    begin = reader.index
    if reader.accept("SLICE"):
        reader.step()
    reader.accept("IN")
    reader.accept("ARRAY")
    reader.accept("REVERSE")
    if reader.word() in ("EXECUTE",):
        sent = _execute(reader)
        iterable = Unknown(reader.range_from(begin))
    elif is_query(reader):
        end = _position_of(reader, "LOOP")
        iterable = query_value(reader, end)
        reader.index = end
    else:
        iterable = expression(reader)
        if reader.accept(".."):
            low = iterable
            iterable = call_of("generate_series", low.range, low.range, [argument(low), argument(expression(reader))])
    inside = tuple(statement(reader)) if is_forall else _loop_body(reader)
    return [*sent, Loop(reader.range_from(start), _one_target(targets, reader, start), iterable, None, inside)]


def _position_of(reader: Reader, word: str) -> int:
    before = reader.index
    reader.skip_until(word, ";")
    found, reader.index = reader.index, before
    return found


def _exit(reader: Reader) -> list[Statement]:
    """EXIT, CONTINUE, LEAVE, ITERATE, BREAK, with their label and condition."""
    start = reader.index
    kind = "continue" if reader.step().word in ("CONTINUE", "ITERATE") else "break"
    label = None
    if reader.token().kind in (Kind.WORD, Kind.QUOTED) and reader.word() not in ("WHEN", *_STARTS):
        label = identifier(reader.step())
    jump = Jump(reader.range_from(start), kind, label)
    if reader.accept("WHEN"):
        test = expression(reader)
        reader.accept(";")
        return [If(reader.range_from(start), test, (jump,))]
    reader.accept(";")
    return [jump]


# ----------------------------------------------------------------------------------------------- values and control


def _return(reader: Reader) -> list[Statement]:
    start = reader.index
    reader.step()
    if reader.accept("QUERY"):
        if reader.word() == "EXECUTE":
            return _execute(reader)
        return plain(reader)
    is_next = reader.accept("NEXT")
    value = None
    if not reader.at_end and reader.word() not in (";", "END", "ELSE"):
        value = expression(reader)
    range = reader.range_from(start)
    _finish(reader)
    if is_next:
        return [ExpressionStatement(range, value)] if value is not None else []
    return [Return(range, value)]


def _raise(reader: Reader) -> list[Statement]:
    """RAISE, RAISERROR, SIGNAL, RESIGNAL, THROW. A RAISE that only tells something is a call."""
    start = reader.index
    reader.step()
    goes_on = reader.word() in _LOUD
    _skip_plain(reader)
    range = reader.range_from(start)
    reader.accept(";")
    return [] if goes_on else [Raise(range, None)]


def _set(reader: Reader) -> list[Statement]:
    """`SET @v = e`, `SET @v += e`, `SET a = 1, b = 2`; settings of the session are no variables."""
    reader.step()
    found: list[Statement] = []
    while not reader.at_end:
        start = reader.index
        for word in ("SESSION", "LOCAL", "GLOBAL"):
            reader.accept(word)
        target = _target(reader)
        operator = _ASSIGNING.get(reader.word())
        if target is None or operator is None:
            break
        reader.step()
        value = expression(reader)
        found.append(_assign(reader, start, target, value, operator))
        if not reader.accept(","):
            break
    if not found:
        _skip_plain(reader)
    reader.accept(";")
    return found


def _assign(reader: Reader, start: int, target: Expression, value: Expression, operator: str = "=") -> Assign:
    annotation = reader.types.get(target.id, "") if isinstance(target, Name) else ""
    return Assign(reader.range_from(start), target, value, operator, annotation=annotation.lower())


def _target(reader: Reader) -> Expression | None:
    """Step over what can be assigned to: a variable, a field or an element of one."""
    start = reader.index
    token = reader.token()
    if token.kind not in (Kind.WORD, Kind.QUOTED, Kind.PARAMETER):
        return None
    reader.step()
    target: Expression = Name(reader.range_of(token), identifier(token))
    while True:
        if reader.word() == "." and reader.token(1).kind in (Kind.WORD, Kind.QUOTED):
            reader.step()
            name = reader.step()
            target = Attribute(reader.range_from(start), target, identifier(name), reader.range_of(name))
        elif reader.word() == "[":
            reader.step()
            index = expression(reader)
            reader.skip_until("]")
            reader.accept("]")
            target = Subscript(reader.range_from(start), target, index)
        else:
            return target


def _targets(reader: Reader, *ends: str) -> list[Expression]:
    """Step over the targets of INTO, FETCH and FOR."""
    reader.accept("STRICT")
    found = []
    while reader.word() not in ends and (target := _target(reader)) is not None:
        found.append(target)
        if not reader.accept(","):
            break
    return found


def _one_target(targets: list[Expression], reader: Reader, start: int) -> Expression | None:
    if len(targets) > 1:
        return Collection(reader.range_from(start), Sequence.TUPLE, tuple(targets))
    return targets[0] if targets else None


def _assignment_or_call(reader: Reader) -> list[Statement]:
    start = reader.index
    target = _target(reader)
    operator = _ASSIGNING.get(reader.word())
    if target is not None and operator is not None:
        reader.step()
        value = _query(reader) if reader.word() in ("SELECT", "WITH") else expression(reader)
        made = _assign(reader, start, target, value, operator)
        _finish(reader)
        return [made]
    reader.index = start
    if reader.token(1).text in ("(", "."):  # a procedure of PL/SQL
        value = expression(reader)
        if isinstance(value, Call):
            range = reader.range_from(start)
            _finish(reader)
            name = value.function.id if isinstance(value.function, Name) else ""
            if name in ("raise_application_error", "raiserror"):
                return [Raise(range, value)]
            return [ExpressionStatement(range, value)]
        reader.index = start
    return plain(reader)


def _finish(reader: Reader) -> None:
    """Step over what is left of a statement."""
    if reader.dialect != "tsql":
        reader.skip_until(";")
    reader.accept(";")


# ---------------------------------------------------------------------------------------------------- dynamic SQL


def _execute(reader: Reader) -> list[Statement]:
    """EXECUTE and EXEC in all their forms, up to and with the semicolon."""
    start = reader.index
    verb = reader.step()
    word = verb.word
    if reader.accept("IMMEDIATE"):
        return _dynamic(reader, start, "EXECUTE IMMEDIATE")
    if reader.word() == "(" and (word == "EXEC" or reader.dialect in ("tsql", None)) and not is_query(reader):
        values = arguments(reader)
        call = call_of("EXEC", reader.range_of(verb), reader.range_from(start), values)
        if reader.word() in ("AT", "AS"):
            reader.index += 2
        reader.accept(";")
        return [ExpressionStatement(call.range, call)]
    if word == "EXEC" or reader.dialect == "tsql":
        return _procedure_call(reader, start)
    if reader.dialect == "mysql" or not reader.in_routine:  # a prepared statement
        _skip_plain(reader)
        return []
    return _dynamic(reader, start, "EXECUTE")


def _dynamic(reader: Reader, start: int, verb: str) -> list[Statement]:
    """`verb sql [INTO targets] [USING values]`, in any order."""
    verb_range = reader.range_from(start)
    values = [argument(expression(reader))]
    targets: list[Expression] = []
    while not reader.at_end:
        if reader.accept("INTO") or reader.accept("BULK", "COLLECT", "INTO"):
            targets = _targets(reader)
        elif reader.accept("USING"):
            values += _using(reader)
        elif reader.word() == "RETURNING":
            reader.step()
        else:
            break
    range = reader.range_from(start)
    call = ExpressionStatement(range, call_of(verb, verb_range, range, values))
    if reader.word() not in ("LOOP", ")"):
        _finish(reader)
    return [call, *(_assign(reader, start, target, Unknown(range)) for target in targets)]


def _using(reader: Reader) -> list[Argument]:
    """The values of USING; in PL/SQL each may say IN or OUT."""
    found = []
    while not reader.at_end:
        while reader.word() in ("IN", "OUT"):
            reader.step()
        found.append(argument(expression(reader)))
        if not reader.accept(","):
            break
    return found


def _procedure_call(reader: Reader, start: int) -> list[Statement]:
    """`EXEC [@result =] procedure @a = 1, @b`: dynamic only where the procedure is `sp_executesql`."""
    if reader.token().kind is Kind.PARAMETER and reader.word(1) == "=":
        reader.index += 2
    begin = reader.index
    name = reader.name().rsplit(".", 1)[-1]
    while reader.accept("..") or reader.accept("."):  # master..sp_executesql
        name = reader.name().rsplit(".", 1)[-1] or name
    name_range = reader.range_from(begin)
    values: list[Argument] = []
    while not reader.at_end and reader.word() not in (";", *_STARTS, "SELECT", "SET", "INSERT", "UPDATE", "WITH"):
        at = reader.index
        keyword = None
        if reader.token().kind is Kind.PARAMETER and reader.word(1) == "=":
            keyword = identifier(reader.step())
            reader.step()
        value = expression(reader)
        values.append(Argument(reader.range_from(at), value, keyword))
        for word in ("OUTPUT", "OUT"):
            reader.accept(word)
        if not reader.accept(","):
            break
    reader.accept(";")
    if name == "sp_executesql":  # its first parameter can be given by name
        values.sort(key=lambda value: value.keyword not in (None, "@stmt", "@statement"))
        values = [
            Argument(value.range, value.value, None if value.keyword in ("@stmt", "@statement") else value.keyword)
            for value in values
        ]
    range = reader.range_from(start)
    return [ExpressionStatement(range, call_of(name, name_range, range, values))] if name else []


def _prepare(reader: Reader) -> list[Statement]:
    """MySQL's PREPARE s FROM sql; PostgreSQL's PREPARE s AS is no dynamic SQL."""
    start = reader.index
    if reader.word(2) != "FROM":
        return plain(reader)
    reader.index += 3
    value = expression(reader)
    range = reader.range_from(start)
    _skip_plain(reader)
    return [ExpressionStatement(range, call_of("PREPARE FROM", range, range, [argument(value)]))]


def _open(reader: Reader) -> list[Statement]:
    """OPEN c FOR EXECUTE sql, OPEN c FOR sql (PL/SQL), OPEN c FOR query."""
    start = reader.index
    reader.step()
    target = _target(reader)
    for word in ("NO", "SCROLL"):
        reader.accept(word)
    if not reader.accept("FOR"):
        _finish(reader)
        return []
    if reader.word() == "EXECUTE":
        return _execute(reader)
    if is_query(reader):
        value = _query(reader)
        reader.accept(";")
        return [_assign(reader, start, target, value)] if target is not None else []
    return _dynamic(reader, start, "OPEN FOR")


def _fetch(reader: Reader) -> list[Statement]:
    """FETCH [NEXT FROM] cursor INTO targets."""
    start = reader.index
    reader.step()
    while reader.word() in ("NEXT", "FROM", "FIRST", "LAST", "PRIOR", "IN"):
        reader.step()
    source = _target(reader)
    found: list[Statement] = []
    if reader.accept("BULK", "COLLECT", "INTO") or reader.accept("INTO"):
        value = source if source is not None else Unknown(reader.range_from(start))
        found = [_assign(reader, start, target, value) for target in _targets(reader)]
    _finish(reader)
    return found


# ------------------------------------------------------------------------------------------------ plain statements


def _perform(reader: Reader) -> list[Statement]:
    """PERFORM and CALL: expressions whose values are dropped."""
    reader.step()
    found: list[Statement] = [ExpressionStatement(value.range, value) for value in expressions(reader)]
    return [*found, *plain(reader)]


def _select(reader: Reader) -> list[Statement]:
    """SELECT: it may assign (`SELECT e INTO v`, `SELECT @v = e`), and may call what runs SQL."""
    start = reader.index
    if reader.token(1).kind is Kind.PARAMETER and reader.word(2) in _ASSIGNING:
        reader.step()
        return _select_variables(reader)
    _skip_plain(reader)
    end = reader.index
    reader.index = start
    targets = _into(reader, start, end)
    reader.index = start
    if not targets:
        return plain(reader)
    calls = _calls_in(reader, start, end)
    reader.index = start
    values = _select_list(reader, end, len(targets))
    reader.index = end
    reader.accept(";")
    assigned = [_assign(reader, start, target, value) for target, value in zip(targets, values, strict=True)]
    return [*calls, *assigned]


def _into(reader: Reader, start: int, end: int) -> list[Expression]:
    """The targets of SELECT … INTO, where it has any outside of parentheses."""
    limit, reader.end = reader.end, end
    reader.skip_until("INTO")
    found = _targets(reader) if reader.accept("INTO") else []
    reader.end = limit
    is_table = reader.dialect in ("tsql", None) and not any(
        isinstance(target, Name) and (target.id in reader.types or target.id.startswith("@")) for target in found
    )
    return [] if is_table else found


def _select_list(reader: Reader, end: int, count: int) -> list[Expression]:
    """What each of `count` targets of a SELECT gets."""
    start = reader.index
    if count == 1:
        return [query_value(reader, end)]
    reader.accept("SELECT")
    for word in ("DISTINCT", "ALL"):
        reader.accept(word)
    values = expressions(reader)
    rows = Unknown(reader.range_from(start))
    reader.index = start
    if is_catalog(reader, end):
        place = rows.range
        return [Attribute(place, Name(place, CATALOG), "rows", place)] * count
    return values if len(values) == count else [rows] * count


def _select_variables(reader: Reader) -> list[Statement]:
    """T-SQL: `SELECT @a = e, @b += f FROM …`."""
    found: list[Statement] = []
    while reader.token().kind is Kind.PARAMETER and reader.word(1) in _ASSIGNING:
        start = reader.index
        target = _target(reader)
        operator = _ASSIGNING[reader.step().word]
        value = expression(reader)
        if target is not None:
            found.append(_assign(reader, start, target, value, operator))
        if not reader.accept(","):
            break
    if reader.word() == "FROM":
        before = reader.index
        _skip_plain(reader)
        end, reader.index = reader.index, before
        if is_catalog(reader, end):
            known = frozenset(reader.types)
            found = [
                replace(item, value=of_catalog(item.value, known)) if isinstance(item, Assign) and item.value else item
                for item in found
            ]
        reader.index = end
    reader.accept(";")
    return found


def plain(reader: Reader) -> list[Statement]:
    """A statement of SQL that is as it stands: only what it calls can matter."""
    start, calls_nothing = reader.index, reader.word() in ("GRANT", "REVOKE", "COMMENT", "DROP", "ALTER")
    _skip_plain(reader)
    end = reader.index
    found = [] if calls_nothing else _calls_in(reader, start, end)
    reader.index = max(end, reader.index)
    reader.accept(";")
    return found


def _calls_in(reader: Reader, start: int, end: int) -> list[Statement]:
    """The calls of functions that run SQL, and of routines of the file, among the tokens of a statement."""
    found: list[Statement] = []
    index = start
    while index < end:
        token = reader.tokens[index]
        is_called = index + 1 < end and reader.tokens[index + 1].text == "(" and token.kind in (Kind.WORD, Kind.QUOTED)
        if not is_called:
            index += 1
            continue
        name = identifier(token)
        first = index
        if index > 1 and reader.tokens[index - 1].text == ".":
            first = index - 2
            name = f"{identifier(reader.tokens[first])}.{name}"
        if name in DYNAMIC_FUNCTIONS or name.rsplit(".", 1)[-1] in DYNAMIC_FUNCTIONS | reader.routines:
            reader.index = first
            value = expression(reader)
            found.append(ExpressionStatement(value.range, value))
            index = max(reader.index, index + 1)
        else:
            index += 1
    reader.index = end
    return found


def _skip_plain(reader: Reader) -> None:
    """Step to the end of a plain statement, up to its semicolon; T-SQL needs none, there a verb begins the next."""
    if reader.dialect != "tsql":
        reader.skip_until(";")
        return
    cases = 0
    first = reader.index
    while not reader.at_end and reader.word() != ";":
        word = reader.word()
        if word == "CASE":
            cases += 1
        elif word == "END" and cases:
            cases -= 1
        elif reader.index > first and not cases and _begins_statement(reader, word):
            return
        if word == "(":
            reader.skip_group()
        elif word == ")":
            return
        else:
            reader.index += 1


def _begins_statement(reader: Reader, word: str) -> bool:
    follows_variable = reader.token(1).kind is Kind.PARAMETER
    if word in ("SET", "SELECT"):
        return follows_variable and reader.word(2) in _ASSIGNING
    if word == "FETCH":
        return reader.word(-1) not in ("ROWS", "ROW")
    if word == "EXECUTE" or word == "EXEC":
        return reader.word(-1) not in ("GRANT", "REVOKE", "DENY", "AS", "WITH")
    if word in ("DROP", "TRUNCATE"):
        return reader.word(-1) not in ("ALTER", "GRANT", ",") and _first_word(reader) != "ALTER"
    return word in _STARTS and not (word == "IF" and reader.word(1) == "EXISTS" and reader.word(-1) in _OBJECTS)


_OBJECTS = word_set(
    "TABLE VIEW PROCEDURE FUNCTION INDEX TRIGGER SCHEMA DATABASE SEQUENCE TYPE COLUMN CONSTRAINT USER ROLE"
)


def _first_word(reader: Reader) -> str:
    index = reader.index
    while index > 0 and reader.tokens[index - 1].text != ";" and reader.index - index < 12:
        index -= 1
    return reader.tokens[index].word


def _nothing(reader: Reader) -> list[Statement]:
    """A word that does nothing: NULL, or an ELSE without IF."""
    reader.step()
    reader.accept(";")
    return []


def _grant(reader: Reader) -> list[Statement]:
    """GRANT and REVOKE, in which EXECUTE is a privilege."""
    reader.skip_until(";")
    reader.accept(";")
    return []


def _end_of_nothing(reader: Reader) -> list[Statement]:
    """An END that ends nothing that is known."""
    _end(reader)
    return []


_STATEMENTS: dict[str, Callable[[Reader], list[Statement]]] = {
    "DECLARE": _declare,
    "BEGIN": _begin,
    "END": _end_of_nothing,
    "IF": _if,
    "CASE": _case,
    "WHILE": _while,
    "LOOP": _loop,
    "REPEAT": _repeat,
    **dict.fromkeys(("FOR", "FOREACH", "FORALL"), _for),
    **dict.fromkeys(("EXIT", "CONTINUE", "LEAVE", "ITERATE", "BREAK"), _exit),
    "RETURN": _return,
    **dict.fromkeys(("RAISE", "RAISERROR", "SIGNAL", "RESIGNAL", "THROW"), _raise),
    "SET": _set,
    **dict.fromkeys(("EXECUTE", "EXEC"), _execute),
    "PREPARE": _prepare,
    "OPEN": _open,
    "FETCH": _fetch,
    **dict.fromkeys(("PERFORM", "CALL"), _perform),
    "SELECT": _select,
    **dict.fromkeys(("GRANT", "REVOKE"), _grant),
    **dict.fromkeys(("ELSE", "NULL"), _nothing),
}
