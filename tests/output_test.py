"""What is printed: text for people, JSON for programs."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest

from persistlint.cli import main
from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Related, Severity
from persistlint.discovery import Failure
from persistlint.output import formats, writer
from persistlint.running.run import Fixed, Result, Run
from persistlint.source import Range, SourceFile

BIND = Fix("Bind it as a parameter", (Edit(Range(0, 1), "$1"),), Applicability.SAFE)
GUESS = Fix("Quote it", (), Applicability.UNSAFE)


def test_the_formats_are_the_modules_of_the_folder() -> None:
    assert formats() == ("concise", "github", "gitlab", "json", "junit", "markdown", "sarif", "statistics", "text")


def test_a_diagnostic_is_shown_with_its_source() -> None:
    source = _source("def find(c, x):\n    c.execute(f'… {x}')\n")
    related = Related(_range(source, "x):"), "It comes from here.")
    diagnostic = _diagnostic(source, "{x}", help="Bind it.", related=(related,), fixes=(BIND, GUESS))
    assert _text(source, diagnostic) == (
        "error[interpolated-sql]: It is bad.\n"
        " --> src/a.py:2:19\n"
        "  |\n"
        "2 |     c.execute(f'… {x}')\n"
        "  |                   ^^^\n"
        "  = help: Bind it.\n"
        "  = safe fix: Bind it as a parameter\n"
        "  = unsafe fix: Quote it\n"
        "note: It comes from here.\n"
        " --> src/a.py:1:13\n"
        "  |\n"
        "1 | def find(c, x):\n"
        "  |             ^^^\n"
        "\n"
    )


def test_the_widest_line_number_of_all_places_makes_room_for_them() -> None:
    source = _source("x = 1\n" * 8 + "f(x)\ng(x)\n")
    related = Related(_range(source, "g(x)"), "It goes there.")
    assert _text(source, _diagnostic(source, "f(x)", related=(related,))) == (
        "error[interpolated-sql]: It is bad.\n"
        "  --> src/a.py:9:1\n"
        "   |\n"
        " 9 | f(x)\n"
        "   | ^^^^\n"
        "note: It goes there.\n"
        "  --> src/a.py:10:1\n"
        "   |\n"
        "10 | g(x)\n"
        "   | ^^^^\n"
        "\n"
    )


@pytest.mark.parametrize(
    ("line", "marked", "carets"),
    [
        ("\tf(\tx)", "x", "          ^"),
        ("f('日本', x)", "x", "          ^"),
        ("f('日本', x)", "日本", "   ^^^^"),
        ("f('e\u0301', x)", "x", "       ^"),
        ("f(x)", "", "^"),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, marked: str, carets: str) -> None:
    source = _source(line)
    *_, shown, blank = _text(source, _diagnostic(source, marked)).splitlines()
    assert (shown, blank) == (f"  | {carets}", "")


def test_several_lines_are_underlined_without_their_indentation() -> None:
    source = _source("a(\n    b,\n\n  c)")
    assert _text(source, _diagnostic(source, "a(\n    b,\n\n  c")).splitlines()[2:] == [
        "  |",
        "1 | a(",
        "  | ^^",
        "2 |     b,",
        "  |     ^^",
        "3 |",
        "4 |   c)",
        "  |   ^",
        "",
    ]


def test_the_middle_of_many_lines_is_left_out() -> None:
    source = _source("".join(f"line {number}\n" for number in range(1, 13)))
    shown = _text(source, _diagnostic(source, source.content.decode().strip()))
    assert [line for line in shown.splitlines() if "line" in line] == [" 1 | line 1", " 2 | line 2", "12 | line 12"]
    assert "\n...\n" in shown


def test_a_long_line_is_cut_around_what_is_meant() -> None:
    source = _source("x" * 5000 + "HERE" + "y" * 5000)
    *_, line, carets, _ = _text(source, _diagnostic(source, "HERE")).splitlines()
    assert len(line) < 140
    assert "…" in line.split("HERE")[0]
    assert line.endswith("…")
    assert line.index("HERE") == carets.index("^^^^")


def test_what_is_meant_may_fill_the_whole_line() -> None:
    source = _source("HERE" * 30 + ".")
    *_, line, carets, _ = _text(source, _diagnostic(source, "HERE" * 30)).splitlines()
    assert line.endswith("HERE…")
    assert carets.count("^") == 120


def test_what_would_change_the_terminal_is_shown_as_a_picture() -> None:
    source = SourceFile("a\n\x1b[2J.py", b"a = '\x1b[31m' \xe2\x80\xae x", "python")
    shown = _text(source, _diagnostic(source, "x", message="Bad \x1b[31m"))
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "--> a␊␛[2J.py:1:" in shown


def test_there_are_colours_only_where_they_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    source = _source("x")
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert "\x1b" not in _text(source, _diagnostic(source, "x"))
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[1;31merror[interpolated-sql]" in _text(source, _diagnostic(source, "x"))
    monkeypatch.setenv("NO_COLOR", "1")
    assert "31m" not in _text(source, _diagnostic(source, "x"))


def test_the_last_line_sums_up() -> None:
    source = _source("x")
    bad, fixable = _diagnostic(source, "x"), _diagnostic(source, "x", severity=Severity.WARNING, fixes=(GUESS, BIND))
    note = _diagnostic(source, "x", severity=Severity.INFO)
    failures = [Failure("b.py", "it is a binary file"), Failure("b.py", "and more")]
    assert _summary(Run(files=120)) == "All good: 120 files checked."
    assert (
        _summary(Run(files=1, fixed=[Fixed("a.py", 2, ("unused-suppression",))]))
        == "Fixed 2 problems. All good: 1 file checked."
    )
    assert _summary(Run()) == "No files to check."
    assert _summary(Run([Result(source, (bad,))], files=1)) == "Found 1 error in 1 file (1 file checked)."
    assert _summary(Run([Result(source, (bad, bad, fixable, note))] * 2, failures, files=9)) == (
        "Found 4 errors, 2 warnings and 2 notes in 2 files (9 files checked). "
        "`persistlint check --fix` repairs 2 of them. 1 file could not be checked."
    )


def test_json_keeps_its_contract(tmp_path: Path) -> None:
    other = tmp_path / "b.py"
    other.write_text("\nname = 1\n")
    source = _source("# é\nf('é', x)\n")
    related = (Related(Range(1, 5), "It is made here.", other.as_posix()), Related(Range(0, 1), "And here."))
    diagnostic = _diagnostic(source, "x", help="Bind it.", related=related, fixes=(BIND,))
    run = Run([Result(source, (diagnostic,))], [Failure("c.py", "it is a binary file")], files=10)
    stream = io.StringIO()
    writer("json")(run, stream)
    start, end = {"line": 2, "column": 8, "offset": 13}, {"line": 2, "column": 9, "offset": 14}
    first, second = {"line": 1, "column": 1, "offset": 0}, {"line": 1, "column": 2, "offset": 1}
    value = json.loads(stream.getvalue())
    url = value["diagnostics"][0].pop("url")
    assert isinstance(url, str)
    assert value == {
        "version": 1,
        "diagnostics": [
            {
                "rule": "interpolated-sql",
                "group": "injection",
                "severity": "error",
                "message": "It is bad.",
                "help": "Bind it.",
                "path": "src/a.py",
                "start": start,
                "end": end,
                "related": [
                    {
                        "path": other.as_posix(),
                        "message": "It is made here.",
                        "start": {"line": 2, "column": 1, "offset": 1},
                        "end": {"line": 2, "column": 5, "offset": 5},
                    },
                    {"path": "src/a.py", "message": "And here.", "start": first, "end": second},
                ],
                "fixes": [
                    {
                        "title": "Bind it as a parameter",
                        "applicability": "safe",
                        "edits": [{"start": first, "end": second, "text": "$1"}],
                    }
                ],
            }
        ],
        "errors": [{"path": "c.py", "message": "it is a binary file"}],
        "summary": {"files": 10, "diagnostics": 1, "fixable": 1},
    }


def test_json_of_a_real_run_has_the_shape(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.py").write_text("def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM t WHERE a = '{name}'\")\n")
    Path("b.py").write_text("a()  # persistlint: ignore[no-rule]\n")
    assert main(["check", "--format", "json", "b.py", "a.py", "gone.py"]) == 2
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, SHAPE)
    assert [item["path"] for item in value["diagnostics"]] == ["b.py", "a.py"]
    assert value["errors"] == [{"path": "gone.py", "message": "it does not exist"}]
    assert value["summary"]["files"] == 2


def _closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [*properties], "additionalProperties": False}


TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
POSITION = _closed(line={"type": "integer", "minimum": 1}, column={"type": "integer", "minimum": 1}, offset=COUNT)
PLACE = {"start": POSITION, "end": POSITION}
FIX = _closed(
    title=TEXT,
    applicability={"enum": ["safe", "unsafe"]},
    edits={"type": "array", "items": _closed(**PLACE, text=TEXT)},
)
DIAGNOSTIC = _closed(
    **dict.fromkeys(("rule", "group", "message", "help", "url", "path"), TEXT),
    **PLACE,
    severity={"enum": ["error", "warning", "info"]},
    related={"type": "array", "items": _closed(path=TEXT, message=TEXT, **PLACE)},
    fixes={"type": "array", "items": FIX},
)
SHAPE = _closed(
    version={"const": 1},
    diagnostics={"type": "array", "items": DIAGNOSTIC},
    errors={"type": "array", "items": _closed(path=TEXT, message=TEXT)},
    summary=_closed(files=COUNT, diagnostics=COUNT, fixable=COUNT),
)


def _source(text: str) -> SourceFile:
    return SourceFile("src/a.py", text.encode(), "python")


def _range(source: SourceFile, marked: str) -> Range:
    start = source.content.index(marked.encode())
    return Range(start, start + len(marked.encode()))


def _diagnostic(
    source: SourceFile,
    marked: str,
    *,
    message: str = "It is bad.",
    severity: Severity = Severity.ERROR,
    help: str = "",
    related: tuple[Related, ...] = (),
    fixes: tuple[Fix, ...] = (),
) -> Diagnostic:
    return Diagnostic("interpolated-sql", "injection", severity, _range(source, marked), message, help, related, fixes)


def _text(source: SourceFile, *diagnostics: Diagnostic) -> str:
    stream = io.StringIO()
    writer("text")(Run([Result(source, diagnostics)], files=1), stream, quiet=True)
    return stream.getvalue()


def _summary(run: Run) -> str:
    stream = io.StringIO()
    writer("text")(run, stream)
    return stream.getvalue().splitlines()[-1]
