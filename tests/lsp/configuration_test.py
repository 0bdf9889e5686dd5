"""What can be written where in a configuration file. `|` in a text is the cursor."""

from __future__ import annotations

import pytest

from persistlint.configuration.config_file import DIALECTS, KEYS
from persistlint.configuration.config_keys import DESCRIPTIONS, NAMES
from persistlint_lsp import lines
from persistlint_lsp.configuration import Place, place_at, words
from persistlint_lsp.mentions import Mention, mention_at

RULES = {"interpolated-sql", "unused-suppression"}
SELECTORS = RULES | {"injection", "all", "default"}


def at(text: str, *, is_shared: bool = False) -> Place | None:
    before, after = text.split("|")
    rows = lines.split(before)
    return place_at(lines.split(before + after), len(rows) - 1, len(rows[-1]), is_shared=is_shared)


@pytest.mark.parametrize(
    ("text", "some"),
    [
        ("|", {"select", "rules"}),
        ("sel|", {"select"}),
        ("dialect = 'postgres'\n|", {"select"}),
        ("select = ['a']\nig|", {"ignore"}),
        ("se|lect = []", {"select"}),
        ("select = ['|']", SELECTORS),
        ('select = ["int|', SELECTORS),
        ("ignore = [\n  'x', # ]\n  '|'\n]", SELECTORS),
        ("ignore = [\n  'x'\n]\n|", {"select"}),
        ("dialect = |", {"postgres"}),
        ("[|", {"rules"}),
        ("[rules.|]", RULES),
        ("[rules.inter|polated-sql]", RULES),
        ("[rules]\ninter|", RULES),
        ("[rules.interpolated-sql]\n|", {"severity", "trust-annotations"}),
        ("rules.interpolated-sql.|", {"severity", "trust-annotations"}),
        ("[rules.interpolated-sql]\nseverity = '|'", {"error", "info"}),
        ("rules.interpolated-sql.severity = '|'", {"error", "info"}),
        ("[per-file-ignores]\n'tests/' = ['|']", SELECTORS),
        ("[names]\n|", {"handles"}),
    ],
)
def test_what_is_known_there(text: str, some: set[str]) -> None:
    place = at(text)
    assert place
    assert some <= set(words(place))


@pytest.mark.parametrize(
    "text", ["exclude = ['|']", "[rules.interpolated-sql]\ntrust-annotations = |", "[rules.no-such]\n|", "[other]\n|"]
)
def test_where_nothing_is_known(text: str) -> None:
    place = at(text)
    assert place
    assert words(place) == {}


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("|", None),
        ("[tool.ruff]\nselect = ['|']", None),
        ("[tool.persistlint]\n|", ()),
        ("[tool.persistlint.rules.|]", ("rules",)),
        ("[tool.persistlint]\nselect = ['|']\n[tool.ruff]", ("select",)),
    ],
)
def test_of_a_shared_file_only_our_table(text: str, path: tuple[str, ...] | None) -> None:
    place = at(text, is_shared=True)
    assert (place.path if place else None) == path


def test_every_key_is_described() -> None:
    assert set(DESCRIPTIONS) == set(KEYS)
    assert {"handles", "transactions", "json"} <= set(NAMES)
    assert {"postgres", "mysql"} <= set(DIALECTS)


@pytest.mark.parametrize(
    ("line", "column", "word"),
    [
        ("x  # persistlint: ignore[interpolated-sql]", 27, "interpolated-sql"),
        ("x  # persistlint: ignore[interpolated-sql]", 41, "interpolated-sql"),
        ("x  # persistlint: ignore[interpolated-sql]", 24, None),
        ("x  # persistlint: ignore[a, b] c", 28, "b"),
        ("x  # persistlint: ignore[a, b] c", 31, None),
        ("-- persistlint: ignore-file[", 28, ""),
        ("a[b]", 2, None),
    ],
)
def test_where_a_comment_names_a_rule(line: str, column: int, word: str | None) -> None:
    mention = mention_at(line, column)
    assert (mention.word if mention else None) == word


def test_a_mention_knows_its_columns() -> None:
    assert mention_at("# persistlint: ignore[a, bc]", 26) == Mention("bc", 25, 27)
