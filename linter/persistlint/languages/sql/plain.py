"""Statements of SQL that are as they stand: where they end, and what they call that runs SQL."""

from __future__ import annotations

from persistlint.ir import Expression, ExpressionStatement, Statement
from persistlint.languages.sql.expressions import expression, expressions, query_value
from persistlint.languages.sql.reader import Reader, identifier
from persistlint.sql.lexer import Kind, word_set

# Functions that run the SQL in one of their arguments, also where a plain statement calls them.
DYNAMIC_FUNCTIONS = word_set(
    "dblink dblink_exec dblink_open dblink_send_query query_to_xml query_to_xmlschema query_to_xml_and_xmlschema"
    " cursor_to_xml crosstab crosstab2 crosstab3 crosstab4 connectby cron.schedule cron.schedule_in_database ts_stat"
    " openquery openrowset dbms_sql.parse dbms_utility.exec_ddl_statement dbms_xmlgen.getxml dbms_xmlgen.newcontext"
    " xpath_table pg_background_launch run_command_on_workers run_command_on_shards"
)
STARTS = word_set(  # they begin a T-SQL statement, where no semicolon ends the one before
    "DECLARE IF WHILE BEGIN END EXEC EXECUTE RETURN PRINT RAISERROR THROW ELSE OPEN CLOSE DEALLOCATE GOTO BREAK"
    " CONTINUE COMMIT ROLLBACK TRUNCATE DROP"
)
ASSIGNING = {":=": "=", "=": "=", "+=": "+", "-=": "-", "*=": "*", "/=": "/"}


def plain(reader: Reader) -> list[Statement]:
    """A statement of SQL that is as it stands: only what it calls can matter."""
    start, calls_nothing = reader.index, reader.word() in ("GRANT", "REVOKE", "COMMENT", "DROP", "ALTER")
    skip_plain(reader)
    end = reader.index
    found = [] if calls_nothing else calls_in(reader, start, end)
    reader.index = max(end, reader.index)
    reader.accept(";")
    return found


def perform(reader: Reader) -> list[Statement]:
    """PERFORM and CALL: expressions whose values are dropped."""
    reader.step()
    found: list[Statement] = [ExpressionStatement(value.range, value) for value in expressions(reader)]
    return [*found, *plain(reader)]


def grant(reader: Reader) -> list[Statement]:
    """GRANT and REVOKE, in which EXECUTE is a privilege."""
    reader.skip_until(";")
    reader.accept(";")
    return []


def query(reader: Reader) -> Expression:
    """Step over a query up to the end of the statement, and return what it gives."""
    start = reader.index
    skip_plain(reader)
    end = reader.index
    reader.index = start
    value = query_value(reader, end)
    reader.index = end
    return value


def calls_in(reader: Reader, start: int, end: int) -> list[Statement]:
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


def finish(reader: Reader) -> None:
    """Step over what is left of a statement."""
    if reader.dialect != "tsql":
        reader.skip_until(";")
    reader.accept(";")


def skip_plain(reader: Reader) -> None:
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
        return follows_variable and reader.word(2) in ASSIGNING
    if word == "FETCH":
        return reader.word(-1) not in ("ROWS", "ROW")
    if word == "EXECUTE" or word == "EXEC":
        return reader.word(-1) not in ("GRANT", "REVOKE", "DENY", "AS", "WITH")
    if word in ("DROP", "TRUNCATE"):
        return reader.word(-1) not in ("ALTER", "GRANT", ",") and _first_word(reader) != "ALTER"
    return word in STARTS and not (word == "IF" and reader.word(1) == "EXISTS" and reader.word(-1) in _OBJECTS)


_OBJECTS = word_set(
    "TABLE VIEW PROCEDURE FUNCTION INDEX TRIGGER SCHEMA DATABASE SEQUENCE TYPE COLUMN CONSTRAINT USER ROLE"
)


def _first_word(reader: Reader) -> str:
    index = reader.index
    while index > 0 and reader.tokens[index - 1].text != ";" and reader.index - index < 12:
        index -= 1
    return reader.tokens[index].word
