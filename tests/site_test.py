"""The site: it is built without a warning, and has a page for every rule, library and command."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest

from persistlint.rules import every_rule

pytest.importorskip("mkdocs", reason="mkdocs is not installed")
ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site."""
    folder = tmp_path_factory.mktemp("site")
    run = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


def test_every_rule_has_a_page_with_every_part(site: Path) -> None:
    for rule in every_rule():
        headings = _Text.of(site / "rules" / rule.name / "index.html").headings
        for heading in (
            "What it finds",
            "Why it matters",
            "Example",
            "Fix",
            "When not to use it",
            "References",
            "History",
        ):
            assert heading in headings, f"{rule.name}: {heading}"


def test_an_example_says_whether_it_is_reported(site: Path) -> None:
    page = (site / "rules" / "interpolated-sql" / "index.html").read_text("utf-8")
    titles = re.findall(r'<span class="filename">(.*?)</span>', page)
    assert titles == ["reported", "not reported"] * 4


def test_the_history_of_a_rule_comes_from_the_changelog(site: Path) -> None:
    assert "Unreleased: The rules interpolated-sql and" in _Text.of(site / "rules/interpolated-sql/index.html").text
    assert "There since the first version." in _Text.of(site / "rules/drop-cascade/index.html").text


@pytest.mark.parametrize(
    ("page", "sentences"),
    [
        (
            "python/psycopg-3",
            (
                "Known where a file imports psycopg",
                "A placeholder is written %s. The values travel beside the statement",
                "Connection one connection, whose driver opens a transaction by itself",
                "Connection.transaction begins one, where with or a decorator holds it",
                "Connection.execute argument 1 is a statement; takes several statements only without values",
            ),
        ),
        ("javascript/sequelize", ("A call belongs to a transaction by its option transaction",)),
        ("go/gorm", ("is a piece of SQL (where)",)),
    ],
)
def test_the_page_of_a_library_says_what_its_table_says(site: Path, page: str, sentences: tuple[str, ...]) -> None:
    text = _Text.of(site / "libraries" / page / "index.html").text
    for sentence in sentences:
        assert sentence in text


def test_every_table_has_a_page(site: Path) -> None:
    index = (site / "libraries" / "index.html").read_text("utf-8")
    for table in (ROOT / "linter" / "persistlint" / "libraries").glob("*/*.toml"):
        name = re.search(r'^library = "(.*)"$', table.read_text("utf-8"), re.MULTILINE)
        assert name
        if re.search(r"^modules = \[\S", table.read_text("utf-8"), re.MULTILINE):
            assert f">{name[1].replace('&', '&amp;')}</a>" in index, name[1]


@pytest.mark.parametrize("command", ["check", "baseline", "init", "explain", "rules", "config", "completion", "server"])
def test_the_help_of_every_command_is_there(site: Path, command: str) -> None:
    assert f"usage: persistlint {command}" in _Text.of(site / "commands" / "index.html").text


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    for page in ("index.html", "rules/index.html"):
        loaded = re.findall(r'(?:src|<link[^>]+href)="(https?:[^"]+)"', (site / page).read_text("utf-8"))
        assert loaded == []


class _Text(HTMLParser):
    """The words of a page, with one space between them, and its headings."""

    @classmethod
    def of(cls, path: Path) -> _Text:
        parser = cls()
        parser.feed(path.read_text("utf-8"))
        return parser

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._is_heading = False
        self.headings: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._is_heading = tag in ("h1", "h2")
        if tag in ("td", "li", "p"):
            self._parts.append(" ")

    def handle_data(self, data: str) -> None:
        self._parts.append(data)
        if self._is_heading:
            self.headings.append(data.strip())
            self._is_heading = False

    @property
    def text(self) -> str:
        return " ".join("".join(self._parts).split())
