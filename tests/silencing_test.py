"""Where the ignore action writes its comment: the file still parses, and the comment silences the line."""

from __future__ import annotations

import pytest

from persistlint import suppression
from persistlint.diagnostic import Diagnostic, Severity
from persistlint.languages import language_of, read
from persistlint.silencing import ignore_edits, ignore_file_edit
from persistlint.source import Range, SourceFile

RULE = "interpolated-sql"
CASES = [
    ("at the end of the line", "a.py", "run({x})\ny\n", "run({x})  # persistlint: ignore[interpolated-sql]\ny\n"),
    ("at the end of the file", "a.py", "run({x})", "run({x})  # persistlint: ignore[interpolated-sql]"),
    ("before CRLF", "a.py", "run({x})\r\ny\r\n", "run({x})  # persistlint: ignore[interpolated-sql]\r\ny\r\n"),
    (
        "after another comment",
        "a.py",
        "run({x})  # all of it\n",
        "run({x})  # all of it  # persistlint: ignore[interpolated-sql]\n",
    ),
    (
        "in the list that is there",
        "a.py",
        "run({x})  # persistlint: ignore[other] known\n",
        "run({x})  # persistlint: ignore[other, interpolated-sql] known\n",
    ),
    (
        "in the list on the line above",
        "a.py",
        "# persistlint: ignore[other]\nrun({x})\n",
        "# persistlint: ignore[other, interpolated-sql]\nrun({x})\n",
    ),
    (
        "not in a list that speaks of the line above",
        "a.py",
        "y  # persistlint: ignore[other]\nrun({x})\n",
        "y  # persistlint: ignore[other]\nrun({x})  # persistlint: ignore[interpolated-sql]\n",
    ),
    (
        "above a line that ends inside a string",
        "a.py",
        'if y:\n\trun(f"""{x}\n"""\n)\n',
        'if y:\n\t# persistlint: ignore[interpolated-sql]\n\trun(f"""{x}\n"""\n)\n',
    ),
    (
        "above a line that ends inside a string, with CRLF",
        "a.py",
        'run(f"""{x}\r\n""")\r\n',
        '# persistlint: ignore[interpolated-sql]\r\nrun(f"""{x}\r\n""")\r\n',
    ),
    (
        "above a line that goes on after a backslash",
        "a.py",
        "z = {x} + \\\n  y\n",
        "# persistlint: ignore[interpolated-sql]\nz = {x} + \\\n  y\n",
    ),
    (
        "as a comment of the SQL in the middle of a string",
        "a.py",
        'run(f"""\n  SELECT a, {x}\n  FROM t""")\n',
        'run(f"""\n  SELECT a, {x}  -- persistlint: ignore[interpolated-sql]\n  FROM t""")\n',
    ),
    ("in JavaScript", "a.js", "run({x})\n", "run({x})  // persistlint: ignore[interpolated-sql]\n"),
    (
        "in a template literal",
        "a.ts",
        "run(`\n  SELECT '${{x}}'\n  FROM t`)\n",
        "run(`\n  SELECT '${{x}}'  -- persistlint: ignore[interpolated-sql]\n  FROM t`)\n",
    ),
    (
        "in Go",
        "a.go",
        "package a\n\nfunc f() {\n\trun(x)\n}\n",
        "package a\n\nfunc f() {\n\trun(x)  // persistlint: ignore[interpolated-sql]\n}\n",
    ),
    (
        "in a component",
        "a.vue",
        "<template><p/></template>\n<script>\nrun(x)\n</script>\n",
        "<template><p/></template>\n<script>\nrun(x)  // persistlint: ignore[interpolated-sql]\n</script>\n",
    ),
]
NOWHERE = [
    ("inside a string of the SQL", "a.py", 'run(f"""\n  SELECT \'{x}\n  \' """)\n'),
    ("in a line of a continued statement", "a.py", "z = y + \\\n  {x} + \\\n  y\n"),
    ("between the tags of JSX", "a.tsx", "const a = <p>\n  one\n  {x}\n</p>\n"),
]


def found(path: str, text: str, rule: str = RULE) -> tuple[SourceFile, Diagnostic]:
    language = language_of(path)
    assert language
    start = text.index("x")
    diagnostic = Diagnostic(rule, "injection", Severity.ERROR, Range(start, start + 1), "It is wrong.")
    return SourceFile(path, text.encode(), language), diagnostic


@pytest.mark.parametrize(("path", "text", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_comment_is_written_and_holds(path: str, text: str, expected: str) -> None:
    source, diagnostic = found(path, text)
    (edit,) = ignore_edits(source, [diagnostic])
    assert edit
    content = source.content[: edit.range.start] + edit.text.encode() + source.content[edit.range.end :]
    assert content.decode() == expected
    changed, moved = found(path, expected)
    assert suppression.apply(changed, read(changed).comments, [moved], [RULE]) == []


@pytest.mark.parametrize(("path", "text"), [case[1:] for case in NOWHERE], ids=[case[0] for case in NOWHERE])
def test_no_comment_is_written_where_none_can_stand(path: str, text: str) -> None:
    source, diagnostic = found(path, text)
    assert ignore_edits(source, [diagnostic]) == (None,)


def test_every_diagnostic_of_a_line_has_its_own_edit() -> None:
    source, first = found("a.py", "run({x})\n")
    second = found("a.py", "run({x})\n", "interpolated-identifier")[1]
    edits = ignore_edits(source, [first, second])
    assert [edit and edit.text for edit in edits] == [
        "  # persistlint: ignore[interpolated-sql]",
        "  # persistlint: ignore[interpolated-identifier]",
    ]


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        ("a.py", "x\n", "# persistlint: ignore-file[interpolated-sql]\nx\n"),
        ("a.py", "", "# persistlint: ignore-file[interpolated-sql]\n"),
        ("a.py", "\r\nx\r\n", "# persistlint: ignore-file[interpolated-sql]\r\n\r\nx\r\n"),
        ("a.py", "#!/bin/python\nx\n", "#!/bin/python\n# persistlint: ignore-file[interpolated-sql]\nx\n"),
        (
            "a.py",
            "#!/bin/python\n# -*- coding: utf-8 -*-\nx\n",
            "#!/bin/python\n# -*- coding: utf-8 -*-\n# persistlint: ignore-file[interpolated-sql]\nx\n",
        ),
        ("a.py", '"""It."""\nx\n', '# persistlint: ignore-file[interpolated-sql]\n"""It."""\nx\n'),
        (
            "a.py",
            "# It.\n# persistlint: ignore-file[json] old\nx\n",
            "# It.\n# persistlint: ignore-file[json, interpolated-sql] old\nx\n",
        ),
        ("a.js", "#!/bin/node\nx\n", "#!/bin/node\n// persistlint: ignore-file[interpolated-sql]\nx\n"),
        ("a.sql", "SELECT 1;\n", "-- persistlint: ignore-file[interpolated-sql]\nSELECT 1;\n"),
        (
            "a.go",
            "//go:build unix\n\n// Package a\npackage a\n",
            "// persistlint: ignore-file[interpolated-sql]\n\n//go:build unix\n\n// Package a\npackage a\n",
        ),
        (
            "a.vue",
            "<template/>\n<script>\nx\n</script>\n",
            "<template/>\n<script>\n// persistlint: ignore-file[interpolated-sql]\nx\n</script>\n",
        ),
    ],
)
def test_a_file_is_silenced_at_its_top(path: str, before: str, after: str) -> None:
    source = SourceFile(path, before.encode(), language_of(path) or "")
    edit = ignore_file_edit(source, RULE)
    assert edit
    content = source.content[: edit.range.start] + edit.text.encode() + source.content[edit.range.end :]
    assert content.decode() == after
    changed = SourceFile(path, content, source.language)
    found = Diagnostic(RULE, "injection", Severity.ERROR, Range(len(content) - 1, len(content)), "It is wrong.")
    assert suppression.apply(changed, read(changed).comments, [found], [RULE]) == []


def test_a_file_without_a_script_cannot_be_silenced() -> None:
    assert ignore_file_edit(SourceFile("a.vue", b"<template/>\n", "typescript"), RULE) is None
