"""`--add-suppressions`: comments that hold, with a reason, in every language, and a file that else stays as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from persistlint.cli import main

REASON = "it's known: 100% safe"
ADD = ["check", "--add-suppressions", REASON]
CASES = {
    "above the line": (
        "a.py",
        "def f(c, x):\n    c.execute(f\"SELECT a FROM t WHERE b = '{x}'\")\n",
        "def f(c, x):\n    # persistlint: ignore[interpolated-sql] {reason}\n"
        "    c.execute(f\"SELECT a FROM t WHERE b = '{x}'\")\n",
    ),
    "one comment for two rules": (
        "a.py",
        "def f(c, x, y):\n    c.execute(f\"SELECT a FROM t WHERE b = '{x}' ORDER BY {y}\")\n",
        "def f(c, x, y):\n    # persistlint: ignore[interpolated-sql, interpolated-identifier] {reason}\n"
        "    c.execute(f\"SELECT a FROM t WHERE b = '{x}' ORDER BY {y}\")\n",
    ),
    "in the list that is there": (
        "a.py",
        "def f(c, x, y):\n    # persistlint: ignore[interpolated-identifier] old\n"
        "    c.execute(f\"SELECT a FROM t WHERE b = '{x}' ORDER BY {y}\")\n",
        "def f(c, x, y):\n    # persistlint: ignore[interpolated-identifier, interpolated-sql] old\n"
        "    c.execute(f\"SELECT a FROM t WHERE b = '{x}' ORDER BY {y}\")\n",
    ),
    "at the end, behind a line that goes on": (
        "a.py",
        "def f(c, x):\n    y = 1 + \\\n        c.execute(f\"SELECT a FROM t WHERE b = '{x}'\")\n",
        "def f(c, x):\n    y = 1 + \\\n        c.execute(f\"SELECT a FROM t WHERE b = '{x}'\")"
        "  # persistlint: ignore[interpolated-sql] {reason}\n",
    ),
    "in words, where the comment is one of SQL": (
        "a.py",
        "def f(c, x):\n    c.execute(f'''\n        SELECT a FROM t\n        WHERE b = {x}\n        ''')\n",
        "def f(c, x):\n    c.execute(f'''\n        SELECT a FROM t\n        WHERE b = {x}"
        "  -- persistlint: ignore[interpolated-sql] it s known 100 safe\n        ''')\n",
    ),
    "with the line ends of the file": (
        "a.js",
        "function f(db, x) {\r\n  db.query(`SELECT a FROM t WHERE b = ${x}`);\r\n}\r\n",
        "function f(db, x) {\r\n  // persistlint: ignore[interpolated-sql] {reason}\r\n"
        "  db.query(`SELECT a FROM t WHERE b = ${x}`);\r\n}\r\n",
    ),
    "above the comment of another linter": (
        "a.ts",
        "function f(db: Pool, x: string) {\n  // @ts-expect-error\n  db.query(`SELECT a FROM t WHERE b = ${x}`);\n}\n",
        "function f(db: Pool, x: string) {\n  // persistlint: ignore[interpolated-sql] {reason}\n"
        "  // @ts-expect-error\n  db.query(`SELECT a FROM t WHERE b = ${x}`);\n}\n",
    ),
    "above a comment of several lines": (
        "a.js",
        "function f(db, x) {\n  /* one\n     two */\n  db.query(`SELECT a FROM t WHERE b = ${x}`);\n}\n",
        "function f(db, x) {\n  // persistlint: ignore[interpolated-sql] {reason}\n  /* one\n     two */\n"
        "  db.query(`SELECT a FROM t WHERE b = ${x}`);\n}\n",
    ),
    "in Go": (
        "a.go",
        'package p\n\nimport "database/sql"\n\nfunc f(db *sql.DB, x string) {\n'
        '\tdb.Query("SELECT a FROM t WHERE b = \'" + x + "\'")\n}\n',
        'package p\n\nimport "database/sql"\n\nfunc f(db *sql.DB, x string) {\n'
        "\t// persistlint: ignore[interpolated-sql] {reason}\n"
        '\tdb.Query("SELECT a FROM t WHERE b = \'" + x + "\'")\n}\n',
    ),
    "in SQL": (
        "a.sql",
        "CREATE FUNCTION f(x text) RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n"
        "  EXECUTE 'DELETE FROM t WHERE b = ''' || x || '''';\nEND $$;\n",
        "CREATE FUNCTION f(x text) RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n"
        "  -- persistlint: ignore[interpolated-sql] {reason}\n"
        "  EXECUTE 'DELETE FROM t WHERE b = ''' || x || '''';\nEND $$;\n",
    ),
    "in a component": (
        "a.vue",
        "<script>\nfunction f(db, x) {\n  db.query(`SELECT a FROM t WHERE b = ${x}`);\n}\n</script>\n",
        "<script>\nfunction f(db, x) {\n  // persistlint: ignore[interpolated-sql] {reason}\n"
        "  db.query(`SELECT a FROM t WHERE b = ${x}`);\n}\n</script>\n",
    ),
}


@pytest.fixture(autouse=True)
def _in_an_empty_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(("name", "text", "expected"), CASES.values(), ids=list(CASES))
def test_a_comment_is_written_and_holds(
    name: str, text: str, expected: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path(name).write_bytes(text.encode())
    assert main(["check"]) == 1
    capsys.readouterr()
    assert main(ADD) == 0, capsys.readouterr().out
    assert capsys.readouterr().out.startswith("Added suppressions for ")
    assert Path(name).read_bytes().decode() == expected.replace("{reason}", REASON)
    assert main(["check"]) == 0


def test_the_encoding_and_the_mark_of_a_file_stay() -> None:
    text = "def f(c, x):\n    c.execute(f\"SELECT 'ü' FROM t WHERE b = '{x}'\")\n"
    Path("latin.py").write_bytes(f"# coding: latin-1\n{text}".encode("latin-1"))
    Path("mark.py").write_bytes(text.encode("utf-8-sig"))
    Path("mark.py").chmod(0o640)
    assert main(["check", "--add-suppressions", "für später"]) == 0
    comment = "    # persistlint: ignore[interpolated-sql] für später\n"
    expected = text.replace("\n    c", f"\n{comment}    c")
    assert Path("latin.py").read_bytes() == f"# coding: latin-1\n{expected}".encode("latin-1")
    assert Path("mark.py").read_bytes() == expected.encode("utf-8-sig")
    assert Path("mark.py").stat().st_mode & 0o777 == 0o640


def test_a_reason_that_the_encoding_cannot_hold_leaves_the_file_alone(capsys: pytest.CaptureFixture[str]) -> None:
    data = "# coding: latin-1\ndef f(c, x):\n    c.execute(f\"SELECT 'ü' FROM t WHERE b = '{x}'\")\n".encode("latin-1")
    Path("a.py").write_bytes(data)
    assert main(["check", "--add-suppressions", "日本"]) == 2
    assert "error: a.py: its encoding, latin-1, cannot hold the fix" in capsys.readouterr().out
    assert Path("a.py").read_bytes() == data


def test_what_cannot_be_silenced_is_still_reported_at_its_new_line(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.tsx").write_text(
        "function f(db: Pool, x: string) {\n  db.query(`SELECT a FROM t WHERE b = ${x}`);\n"
        "  return <p>\n    one\n    {db.query(`SELECT a FROM u WHERE b = ${x}`)}\n  </p>;\n}\n"
    )
    assert main(ADD) == 1
    out = capsys.readouterr().out
    assert "a.tsx:6:" in out
    assert "Added suppressions for 1 problem. Found 1 error in 1 file" in out


def test_suppressions_that_do_nothing_get_no_suppression(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text("a()  # persistlint: ignore[no-rule]\n")
    assert main(ADD) == 1
    assert Path("a.py").read_text() == "a()  # persistlint: ignore[no-rule]\n"
    assert "Added" not in capsys.readouterr().out


def test_only_what_is_new_gets_a_comment() -> None:
    text = "def f(c, x):\n    c.execute(f\"SELECT a FROM t WHERE b = '{x}'\")\n"
    Path("a.py").write_text(text)
    assert main(["baseline"]) == 0
    Path("b.py").write_text(text.replace("a FROM", "c FROM"))
    assert main([*ADD, "--baseline", "persistlint-baseline.json"]) == 0
    assert Path("a.py").read_text() == text
    assert REASON in Path("b.py").read_text()


@pytest.mark.parametrize("reason", ["", " ", "two\nlines", "a\x1b[0m"])
def test_a_reason_is_one_line_of_text(reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--add-suppressions", reason]) == 2
    assert "a reason is one line of text" in capsys.readouterr().err


def test_standard_input_has_no_file_to_write_to(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*ADD, "--stdin-filename", "a.py"]) == 2
    assert capsys.readouterr().err == "error: `--add-suppressions` cannot be used with standard input\n"
