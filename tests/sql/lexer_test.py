"""Tokens and statements of every dialect."""

from __future__ import annotations

import re

import pytest

from effort import DOUBLED, calls
from persistlint.sql.lexer import HOLE, Kind, string_value, tokenize
from persistlint.sql.splitter import split

K = Kind
HOSTILE = [
    *("'", '"', "/*", "$a$b", "$", "(", "q'[", "\\'", ":", "a", "-", "[", "`"),
    *("DELIMITER x\n", "GO\n", "/\n", "values (", "values (1), "),
]


@pytest.mark.parametrize(
    ("dialect", "text", "kinds"),
    [
        (None, 'SELECT a1, "b" FROM t;', [K.WORD, K.WORD, K.PUNCTUATION, K.QUOTED, K.WORD, K.WORD, K.PUNCTUATION]),
        (None, "'it''s' E'a\\'b' N'x' U&'y' x'00'", [K.STRING] * 5),
        (None, "'a\\' b", [K.STRING, K.WORD]),
        ("mysql", "'a\\' b'", [K.STRING]),
        ("mysql", '"a" `b``c`', [K.STRING, K.QUOTED]),
        ("mysql", "1 # a comment", [K.NUMBER, K.COMMENT]),
        ("postgres", "a # b", [K.WORD, K.OPERATOR, K.WORD]),
        ("tsql", "[a b]]c].#tmp @v @@error", [K.QUOTED, K.PUNCTUATION, K.WORD, K.PARAMETER, K.PARAMETER]),
        ("oracle", "q'[it's]' v$session", [K.STRING, K.WORD]),
        (None, "$$ a ' $$ $t$ $$ $t$", [K.DOLLAR, K.DOLLAR]),
        ("mysql", "$$", [K.OTHER, K.OTHER]),
        (None, "1 1.5 .5 1e-3 0xFF", [K.NUMBER] * 5),
        (None, "? %s %(name)s $1 :name @name", [K.PARAMETER] * 6),
        (None, "a::int", [K.WORD, K.OPERATOR, K.WORD]),
        (None, "a ?| b", [K.WORD, K.OPERATOR, K.WORD]),
        (None, "a<@b @> c", [K.WORD, K.OPERATOR, K.PARAMETER, K.OPERATOR, K.WORD]),
        (None, "-- x\n/* a /* b */ c */ d", [K.COMMENT, K.COMMENT, K.WORD]),
        (None, f"tbl_{HOLE} {HOLE}", [K.WORD, K.WORD]),
        (None, "é ñ_1", [K.WORD, K.WORD]),
        (None, "\x00 “", [K.OTHER, K.OTHER]),
        (None, "'never closed", [K.STRING]),
        (None, '"never closed', [K.QUOTED]),
        (None, "/* never closed", [K.COMMENT]),
        (None, "$a$ never closed $b$", [K.DOLLAR]),
        (None, "", []),
    ],
)
def test_kinds(dialect: str | None, text: str, kinds: list[Kind]) -> None:
    tokens = tokenize(text, dialect)
    assert [token.kind for token in tokens] == kinds
    assert all(text[token.start : token.end] == token.text for token in tokens)


def test_offsets_count_code_points() -> None:
    assert [(token.start, token.end) for token in tokenize("é 'ü' x")] == [(0, 1), (2, 5), (6, 7)]


@pytest.mark.parametrize(
    ("text", "value", "content"),
    [
        ("'it''s'", "it's", (1, 6)),
        ("N'x'", "x", (2, 3)),
        ("$t$ a $t$", " a ", (3, 6)),
        ("q'[a'b]'", "a'b", (3, 6)),
        ("'open", "open", (1, 5)),
        ('"a""b"', 'a"b', (1, 5)),
        ("''", "", (1, 1)),
    ],
)
def test_string_value(text: str, value: str, content: tuple[int, int]) -> None:
    found, start, end = string_value(tokenize(text, "oracle" if text.startswith("q") else None)[0])
    assert found == value
    assert (start, end) == content or "''" in text


@pytest.mark.parametrize(
    ("dialect", "script"),
    [
        (None, "[select 1]; [select ';'];\n-- c;\n[select 2]"),
        (None, "[do $$ begin a; b; end $$]; [select 1]"),
        (None, "[create function f() returns int begin atomic select 1; end]; [select 2]"),
        (None, "[begin]; [update t set a = 1]; [commit];"),
        ("sqlite", "[create trigger t begin update b set x = case when 1 then 2 end; delete from c; end]; [select 1]"),
        (None, "DELIMITER $$\n[CREATE PROCEDURE p() BEGIN SELECT 1; END]$$\nDELIMITER ;\n[select 1];"),
        (
            "mysql",
            "delimiter //\n[create trigger a begin if 1 then set x = 1; end if; end] //\ndelimiter ;\n[select 2]",
        ),
        ("tsql", "[create proc a as select 1; select 2]\nGO\n[select 3]\ngo"),
        ("oracle", "[create procedure p is v int; begin if a then b; end if; end;]\n/\n[select 1 from dual];"),
        ("oracle", "[create procedure p is v int; begin null; end]; [select 1 from dual]"),
        ("postgres", "\\set x 1\n[select 1];\n\\connect it's\n[select 2];"),
        ("postgres", "[COPY t (a) FROM stdin];\n1\tit's; x\n\\.\n[select 2];"),
        ("postgres", "[COPY t FROM STDIN WITH (FORMAT csv, NULL 'x')];\n1,it's; x\n\\.\n[select 2];"),
        (None, ""),
        (None, ";;; -- nothing"),
        (None, "[select 'open; select 1]"),
        (
            None,
            "[insert into t values (1, 'a;b''c', -2), (null, 'd')]; [insert into t values (e'\\';', 1)]; [select 1]",
        ),
        (None, "[insert into t values (1 -- );\n), (2)]; [insert into t values (f(';'))]; [select 1]"),
        (None, "[insert into t values (1), ('open; select 1]"),
        (
            "mysql",
            "[insert into t values ('a\\';', 1)]; [insert into t values (1) on duplicate key update a = 2]; [select 2]",
        ),
        ("oracle", "[insert into t values (q'{it's;}')]; [select 1 from dual]"),
    ],
)
def test_split(dialect: str | None, script: str) -> None:
    text = script.replace("[", "").replace("]", "")
    assert [text[start:end] for start, end in split(text, dialect)] == re.findall(r"\[(.*?)\]", script, re.DOTALL)


@pytest.mark.parametrize("dialect", [None, "mysql", "tsql", "oracle"])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_takes_linear_time(text: str, dialect: str | None) -> None:
    assert tokenize(text * 20_000, dialect)
    split(text, dialect)  # imports what is needed
    short, long = (text * count for count in (4_000, 8_000))
    assert calls(lambda: split(long, dialect)) < DOUBLED * calls(lambda: split(short, dialect))
