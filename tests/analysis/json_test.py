"""What `persistlint.analysis.json.programs` finds beyond the cases of the rules: names of a project, ranges that fixes
need, and that nothing makes it fail or take long."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from markdown import FILENAMES, blocks
from persistlint.analysis.json.programs import facts
from persistlint.analysis.json.tables import table
from persistlint.engine import check
from persistlint.facts import HopKind, JsonAccess, JsonFact
from persistlint.languages import language_of, languages, read
from persistlint.rules import groups
from persistlint.settings import NO_NAMES, ProjectNames, Settings
from persistlint.source import SourceFile

RULES = Path(__file__).parent.parent / "rules" / "json"
EVERY_RULE = frozenset(groups()["json"])
PROGRAMS = [
    (FILENAMES[block.kind], block.text)
    for path in sorted(RULES.glob("*.md"))
    for block in blocks(path.read_text("utf-8"))
    if block.kind in FILENAMES
]


def source(path: str, text: str) -> SourceFile:
    language = language_of(path)
    assert language is not None
    return SourceFile(path, text.encode(), language)


def reported(path: str, text: str, names: ProjectNames = NO_NAMES) -> list[tuple[str, int]]:
    """The rules that report something, with the lines."""
    file = source(path, text)
    report = check(file, Settings(EVERY_RULE, names=names))
    assert not report.errors
    return [(diagnostic.rule, file.line_of(diagnostic.range.start)) for diagnostic in report.diagnostics]


def accesses(path: str, text: str) -> list[JsonAccess]:
    return [fact for fact in facts(read(source(path, text)), NO_NAMES) if isinstance(fact, JsonAccess)]


# ------------------------------------------------------------------------------------------------------ names


def test_functions_of_the_project_return_decoded_json_where_its_configuration_says_so() -> None:
    python = "def f():\n    body = load_answer()\n    return body['a']['b'], self.api.fetch_answer()['c']['d']\n"
    script = "export function f() { return fetchAnswer().a.b; }\n"
    names = ProjectNames(json=("load_answer", "fetch_answer", "fetchAnswer"))
    assert reported("a.py", python) == []
    assert reported("a.js", script) == []
    assert reported("a.py", python, names) == [("unsafe-json-access", 3), ("unsafe-json-access", 3)]
    assert reported("a.js", script, names) == [("unsafe-json-access", 1)]


# ------------------------------------------------------------------------------------------------------ ranges


@pytest.mark.parametrize(
    ("path", "text", "hops"),
    [
        ("a.js", "const f = (t) => JSON.parse(t) . a ?. b [ 0 ].c;", [". a", "?. b", "[ 0 ]", ".c"]),
        ("a.ts", "const f = (t) => ((JSON.parse(t) as any).a!).b;", [".a", ".b"]),
        ("a.py", "import json\ndef f(t):\n    return (json.loads(t)['a'])[0].get('b')", ["['a']", "[0]", ".get('b')"]),
    ],
)
def test_every_step_has_its_own_range(path: str, text: str, hops: list[str]) -> None:
    (access,) = (access for access in accesses(path, text) if len(access.hops) > 1)
    found = [source(path, text).text(hop.range).strip() for hop in access.hops]
    assert found == hops


def test_a_step_says_what_is_to_blame() -> None:
    (access,) = accesses("a.js", "const f = (t) => JSON.parse(t).a[0].b;")
    assert [hop.cause for hop in access.hops] == [None, HopKind.KEY, HopKind.INDEX]
    assert [hop.can_fail for hop in access.hops] == [False, True, True]


# ------------------------------------------------------------------------------------------------------ tables


@pytest.mark.parametrize("folder", sorted({language.libraries for language in languages().values()} - {"sql", ""}))
def test_every_table_loads(folder: str) -> None:
    loaded = table(folder)
    assert any(entry.decodes is not None for entry in loaded.functions.values())
    for members in loaded.members.values():
        for member in members:
            assert member.on or member.of or member.path, "a member of nothing"
            assert member.entry.gives or member.entry.decodes is not None or member.entry.encodes is not None


# ------------------------------------------------------------------------------------------------------ robustness


@pytest.mark.parametrize("seed", range(8))
def test_broken_programs_are_read_as_far_as_they_go(seed: int) -> None:
    chance = random.Random(seed)
    for path, text in chance.sample(PROGRAMS, 40):
        start = chance.randrange(len(text))
        reported(path, text[:start] + text[start + chance.randrange(1, 60) :])
        reported(path, text[:start])


LONG = 3_000


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "import json\ndef f(t):\n    x = json.loads(t)\n    return x" + "['a']" * LONG),
        ("a.py", "import json\ndef f(t):\n    x = json.loads(t)\n    return x" + ".get('a')" * LONG),
        ("a.py", "import json\ndef f(t):\n    x = json.loads(t)\n    return " + " or ".join(["x['a']['b']"] * LONG)),
        ("a.py", "import json\ndef f(t):\n    x = json.loads(t)\n" + "    if x['a']: x = x['b']['c']\n" * LONG),
        ("a.py", "import json\ndef f(t):\n" + "".join(f"    v{n} = json.loads(t)\n" for n in range(LONG))),
        ("a.py", "import json\ntry:\n    x = json.loads(t)\n" + "    x['a']['b']\n" * LONG + "finally: pass"),
        ("a.py", "import json\nx = json.dumps({" + ", ".join(f"'a{n}': {{1}}" for n in range(LONG)) + "})"),
        ("a.js", "const f = (t) => JSON.parse(t)" + ".a" * LONG + ";"),
        ("a.js", "const f = (t) => JSON.parse(t)" + "?.a(b)" * LONG + ";"),
        ("a.js", "fetch(a)" + ".then((r) => r.json())" * LONG + ";"),
        ("a.js", "const f = (t) => {" + "const {a: " * 100 + "{}" + "}" * 100 + " = JSON.parse(t); };"),
        ("a.js", "const f = (t) => {" + "JSON.parse(t).a.b.c;\n" * LONG + "};"),
        ("a.ts", "interface A { " + "a: b: c: " * LONG + "}\nconst f = (t: string) => (JSON.parse(t) as A).a.b;"),
        ("a.go", "package a\nfunc f(v any) {\n" + "\tv.(map[string]any)[\"a\"].(string)\n" * LONG + "}"),
        ("a.go", "package a\nfunc f(v any) {\n" + "func() {\n" * 200 + "v.([]any)" + "}\n" * 200 + "}"),
        ("a.go", 'package a\nimport "encoding/json"\nfunc f() {\n' + "\tx, err := json.Marshal(y)\n" * LONG + "}"),
        ("a.sql", "SELECT " + ", ".join("(a->>'b')::int" for _ in range(LONG)) + ";"),
        ("a.sql", "SELECT " + "(" * LONG + "a->>'b'" + ")" * LONG + "::int;"),
        ("a.sql", "SELECT " + "CASE WHEN (a->>'b')::int = 1 THEN " * LONG),
        ("a.py", "x = '" + "(a->>%s)::int " * LONG + "'"),
    ],
    ids=lambda value: value[:60].replace("\n", " "),
)  # fmt: skip
def test_length_and_depth_stop_nothing(path: str, text: str) -> None:
    reported(path, text)


def test_a_file_without_json_gives_nothing() -> None:
    found: list[object] = list(facts(read(source("a.py", "def f(x):\n    return x + 1\n")), NO_NAMES))
    assert found == []
    assert all(isinstance(fact, JsonFact) for fact in facts(read(source("a.py", PROGRAMS[0][1])), NO_NAMES))
