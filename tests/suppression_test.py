"""Which comments suppress what, and what is reported of those that suppress nothing."""

from __future__ import annotations

import pytest

from persistlint.diagnostic import Diagnostic, Severity
from persistlint.engine import check
from persistlint.fixes.converge import converge
from persistlint.languages import language_of, read
from persistlint.rules import groups
from persistlint.settings import Settings
from persistlint.source import Range, SourceFile
from persistlint.suppression import apply

RULES = frozenset(rule for names in groups().values() for rule in names)
PYTHON = [
    ("a(HERE)  # persistlint: ignore[interpolated-sql]", True),
    ("a(HERE)  # persistlint: ignore[interpolated-sql] because it is safe", True),
    ("a(HERE)  # persistlint: ignore[injection]", True),
    ("a(HERE)  # persistlint: ignore", True),
    ("a(HERE)  # persistlint:ignore [ interpolated-identifier , interpolated-sql ]", True),
    ("a(HERE)  # noqa: E501  # persistlint: ignore[interpolated-sql]", True),
    ("a(HERE)  # persistlint: ignore[interpolated-identifier]", False),
    ("a(HERE)  # persistlint: ignore[]", False),
    ("a(HERE)  # persistlint: ignored", False),
    ("a(HERE)  # say persistlint: ignore[interpolated-sql] to ignore it", False),
    ("# persistlint: ignore[interpolated-sql]\na(HERE)", True),
    ("# persistlint: ignore[interpolated-sql]\n# for a reason\na(HERE)", True),
    ("# persistlint: ignore[interpolated-sql]\n\na(HERE)", False),
    ("b()  # persistlint: ignore[interpolated-sql]\na(HERE)", False),
    ("a(HERE)\n# persistlint: ignore[interpolated-sql]", False),
    ("a(\n  HERE\n)  # persistlint: ignore[interpolated-sql]", False),
    ("a(HERE\n  HERE\n  HERE)  # persistlint: ignore[interpolated-sql]", True),
    ("a('''\n-- persistlint: ignore[interpolated-sql]\nselect HERE''')", True),
    ("a('''\nselect HERE -- persistlint: ignore[interpolated-sql]\n''')", True),
    ("a('''\nselect HERE /* persistlint: ignore[interpolated-sql] */\n''')", True),
    ("a('''\nselect HERE, 'persistlint: ignore[interpolated-sql]'\n''')", False),
    ("# persistlint: ignore-file\nb()\n\na(HERE)", True),
    ("#!/usr/bin/env python\n# coding: utf-8\n\n# persistlint: ignore-file[injection] old\nb()\n\na(HERE)", True),
    ("# persistlint: ignore-file[interpolated-identifier]\na(HERE)", False),
    ("b()\n# persistlint: ignore-file\na(HERE)", False),
    ("a('# persistlint: ignore-file')\na(HERE)", False),
]
OTHERS = [
    ("a.js", "a(HERE); // persistlint: ignore[interpolated-sql]", True),
    ("a.js", "a(HERE); /* persistlint: ignore[interpolated-sql] */", True),
    ("a.js", "/* persistlint: ignore[interpolated-sql] */ a(HERE);", True),
    ("a.js", "/*\n * persistlint: ignore[interpolated-sql]\n * for a reason\n */\na(HERE);", True),
    ("a.js", "a(`\nselect ${HERE} -- persistlint: ignore[interpolated-sql]\n`)", True),
    ("a.js", "a(`\nselect ${HERE} # persistlint: ignore[interpolated-sql]\n`)", True),
    ("a.js", "#!/usr/bin/env node\n// persistlint: ignore-file\na(HERE)", True),
    ("a.jsx", "x = <b>\n{/* persistlint: ignore[interpolated-sql] */}\n{a(HERE)}</b>", True),
    ("a.vue", "<template>x</template>\n<script>\n// persistlint: ignore-file\na(HERE)\n</script>", True),
    ("a.go", "package p // persistlint: ignore[interpolated-sql]\n\nvar a = HERE", False),
    ("a.go", "// persistlint: ignore-file\n\npackage p\n\nvar a = HERE", True),
]


@pytest.mark.parametrize(("path", "text", "is_suppressed"), [*(("a.py", *case) for case in PYTHON), *OTHERS])
def test_a_comment_suppresses(path: str, text: str, is_suppressed: bool) -> None:
    found = _apply(_source(text, path))
    assert all(item.rule != "interpolated-sql" for item in found) == is_suppressed
    unused = [item for item in found if item.rule == "unused-suppression"]
    assert not (is_suppressed and any("`interpolated-sql`" in item.message for item in unused))


@pytest.mark.parametrize(
    ("text", "marked", "fixed"),
    [
        ("a()  # persistlint: ignore[interpolated-sql] why\n", "interpolated-sql", "a()\n"),
        ("a()  # persistlint: ignore\n", "# persistlint: ignore", "a()\n"),
        ("a()  # persistlint: ignore[injection]\r\n", "injection", "a()\r\n"),
        ("a()\n  # persistlint: ignore[injection]\nb()\n", "injection", "a()\nb()\n"),
        ("a()\n# persistlint: ignore[injection]", "injection", "a()\n"),
        ("a()  # persistlint: ignore[injection] why  # noqa: E501\n", "injection", "a()  # noqa: E501\n"),
        ("a()  # noqa: E501  # persistlint: ignore[injection] why\n", "injection", "a()  # noqa: E501\n"),
        ("# persistlint: ignore-file[injection]\na()\n", "injection", "a()\n"),
        ("a()\n# persistlint: ignore-file\nb()\n", "# persistlint: ignore-file", "a()\nb()\n"),
        ("a()  # persistlint: ignore[]\n", "# persistlint: ignore[]", "a()\n"),
        (
            "a(HERE)  # persistlint: ignore[no-rule, injection]\n",
            "no-rule",
            "a(HERE)  # persistlint: ignore[injection]\n",
        ),
        (
            "a(HERE)  # persistlint: ignore[injection, no-rule]\n",
            "no-rule",
            "a(HERE)  # persistlint: ignore[injection]\n",
        ),
        (
            "a(HERE)  # persistlint: ignore[injection, x, y] why\n",
            "x",
            "a(HERE)  # persistlint: ignore[injection] why\n",
        ),
        ("a()  # persistlint: ignore[x, y] why\n", "x", "a()\n"),
    ],
)
def test_what_suppresses_nothing_is_reported_and_removed(text: str, marked: str, fixed: str) -> None:
    source = _source(text)
    found = [item for item in _apply(source) if item.group == "suppressions"]
    assert source.text(found[0].range) == marked
    assert found[0].severity is Severity.WARNING
    assert converge(source, _apply)[0].content.decode() == fixed


@pytest.mark.parametrize(
    ("text", "fixed"),
    [
        ("a(); /* persistlint: ignore[injection] */\n", "a();\n"),
        ("/* persistlint: ignore[injection] */ a();\n", " a();\n"),
        ("/* persistlint: ignore[injection] */\na();\n", "a();\n"),
        ("x = <b>{/* persistlint: ignore[injection] */}</b>\n", "x = <b>{}</b>\n"),
    ],
)
def test_block_comments_are_removed_whole(text: str, fixed: str) -> None:
    assert converge(_source(text, "a.jsx"), _apply)[0].content.decode() == fixed


def test_a_misspelt_name_is_told_what_it_may_be() -> None:
    (found,) = _apply(_source("a()  # persistlint: ignore[interpolated-sq]"))
    assert found.rule == "unknown-suppression"
    assert found.help == "Did you mean `interpolated-sql`?"


def test_a_bracket_that_is_not_closed_suppresses_nothing_by_accident() -> None:
    found = _apply(_source("a(HERE)  # persistlint: ignore[no-rule"))
    assert [item.rule for item in found] == ["interpolated-sql", "unknown-suppression"]


@pytest.mark.parametrize("name", ["[interpolated-sql]", "[injection]", ""])
def test_a_suppression_of_rules_that_did_not_run_is_left_alone(name: str) -> None:
    source = _source(f"a()  # persistlint: ignore{name}")
    assert apply(source, read(source).comments, [], {"unused-suppression"}) == []


def test_the_rules_about_suppressions_are_rules_like_others() -> None:
    source = _source("a()  # persistlint: ignore[interpolated-sql, no-rule]")
    comments = read(source).comments
    assert apply(source, comments, [], RULES - set(groups()["suppressions"])) == []
    severities = {"unknown-suppression": Severity.INFO}
    found = apply(source, comments, [], RULES, severities)
    assert {item.rule: item.severity for item in found} == {
        "unused-suppression": Severity.WARNING,
        "unknown-suppression": Severity.INFO,
    }


def test_they_can_be_suppressed_by_name_alone() -> None:
    assert _apply(_source("a()  # persistlint: ignore[interpolated-sql, unused-suppression]")) == []
    assert _apply(_source("a()  # persistlint: ignore[no-rule, suppressions]")) == []
    assert [item.rule for item in _apply(_source("a()  # persistlint: ignore"))] == ["unused-suppression"]


def test_text_in_strings_is_never_reported() -> None:
    assert _apply(_source("a('# persistlint: ignore[no-rule]')")) == []


@pytest.mark.parametrize("piece", [b"# persistlint: ignore[", b"#", b" ", b"-- persistlint: ignore ", b"a,"])
def test_hostile_text_takes_no_time_worth_telling(piece: bytes) -> None:
    content = b"# persistlint: ignore[x] " + piece * (200_000 // len(piece))
    source = SourceFile("a.py", content, "python")
    assert {item.group for item in apply(source, [Range(0, len(content))], [], RULES)} <= {"suppressions"}


def test_the_pipeline_suppresses_real_diagnostics() -> None:
    line = "    cursor.execute(f\"SELECT * FROM users WHERE name = '{name}'\")"
    for comment, expected in (
        ("", ["interpolated-sql"]),
        ("  # persistlint: ignore[interpolated-sql] it is a test", []),
        ("  # persistlint: ignore[interpolated-sq]", ["interpolated-sql", "unknown-suppression"]),
    ):
        source = _source(f"def find(cursor, name):\n{line}{comment}\n")
        report = check(source, Settings(RULES))
        assert [item.rule for item in report.diagnostics] == expected


def test_a_suppression_is_not_unused_because_a_rule_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("persistlint.analysis.facts", broken)
    source = _source("cursor.execute(f'SELECT {x}')  # persistlint: ignore[interpolated-sql, no-rule]\n")
    report = check(source, Settings(RULES, {"unknown-suppression": Severity.INFO}))
    assert [(item.rule, item.severity) for item in report.diagnostics] == [("unknown-suppression", Severity.INFO)]
    assert report.errors


def _apply(source: SourceFile) -> list[Diagnostic]:
    """What is left of a diagnostic on everything from the first to the last HERE, after suppressions."""
    start, end = source.content.find(b"HERE"), source.content.rfind(b"HERE") + len(b"HERE")
    given = []
    if start >= 0:
        given = [Diagnostic("interpolated-sql", "injection", Severity.ERROR, Range(start, end), "Bad.")]
    return apply(source, read(source).comments, given, RULES)


def _source(text: str, path: str = "a.py") -> SourceFile:
    language = language_of(path)
    assert language is not None
    return SourceFile(path, text.encode(), language)
