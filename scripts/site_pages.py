"""What mkdocs asks while it builds the site (mkdocs.yml names this file): pages that are made from the rules, the
library tables and the command line, and pages that stand elsewhere in the repository.

Nothing that it makes is written into the checkout.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "scripts"), str(ROOT / "linter"), str(ROOT / "lsp")]

import library_pages  # noqa: E402

from persistlint.cli.arguments import parser  # noqa: E402
from persistlint.rules import groups  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

DOCS = ROOT / "docs"
ELSEWHERE = {  # files of the repository that are pages of the site
    "editors/README.md": "editors.md",
    "editors/vscode/README.md": "vscode.md",
    "ARCHITECTURE.md": "how-it-works.md",
    "CONTRIBUTING.md": "contributing.md",
    "CHANGELOG.md": "changelog.md",
    "bench/README.md": "measurements.md",
    "tests/rules/README.md": "rule-tests.md",
}
ALIASES = {  # what links mean that lead to them
    "README.md": "index.md",
    "docs/rules": "rules/README.md",
    "linter/persistlint/libraries": "libraries/index.md",
}
_LINK = re.compile(r"(!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)#:\s]+)(?P<anchor>#[^)]*)?\)")
_CODE = re.compile(r"(^```.*?^```|`[^`\n]+`)", re.DOTALL | re.MULTILINE)
_FENCE = re.compile(r"^```(?P<kind>\w+)(?P<rest>[^\n]*)$", re.MULTILINE)
_RELEASE = re.compile(r"^## \[(?P<version>[^\]]+)\](?: - (?P<date>\S+))?$", re.MULTILINE)


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """Give every rule and every library its place among the pages."""
    if not config.nav:
        return config
    for entry in config.nav:
        if "Rules" in entry:
            entry["Rules"] = ["rules/README.md", *({group: _rules(names)} for group, names in groups().items())]
        elif "Libraries" in entry:
            entry["Libraries"] = ["libraries/index.md", *_libraries()]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages that are not in docs/."""
    from mkdocs.structure.files import File

    for path, text in pages():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Say in the page of a rule which example is which, and its history."""
    del config, files
    path = page.file.src_uri
    if path.startswith("rules/") and path != "rules/README.md":
        return with_history(with_titles(markdown), Path(path).stem)
    return relinked(markdown, DOCS / path, path) if (DOCS / path).exists() else markdown


def pages() -> Iterator[tuple[str, str]]:
    """The paths and texts of all pages that are made or come from elsewhere."""
    yield "commands.md", _commands()
    yield "libraries/index.md", library_pages.index()
    for folder in library_pages.FOLDERS:
        for library in library_pages.libraries(folder):
            yield f"libraries/{folder}/{library_pages.slug(library)}.md", library_pages.page(library, folder)
    for source, path in ELSEWHERE.items():
        yield path, relinked((ROOT / source).read_text("utf-8"), ROOT / source, path)


def relinked(markdown: str, source: Path, path: str) -> str:
    """The text of a file of the repository as the page `path`: links lead to pages, and those that lead to no page lose
    their target, for the site does not say where the repository is."""

    def link(match: re.Match[str]) -> str:
        target = (source.parent / match["target"]).resolve()
        name = target.relative_to(ROOT).as_posix() if target.is_relative_to(ROOT) else ""
        page = ALIASES.get(name) or ELSEWHERE.get(name)
        if page is None and target.is_relative_to(DOCS) and target.is_file():
            page = target.relative_to(DOCS).as_posix()
        if page is None:
            return match["text"]
        relative = os.path.relpath(page, Path(path).parent)
        return f"{match[1]}[{match['text']}]({relative}{match['anchor'] or ''})"

    parts = _CODE.split(markdown)
    return "".join(part if index % 2 else _LINK.sub(link, part) for index, part in enumerate(parts))


def with_titles(markdown: str) -> str:
    """The page of a rule, whose examples are titled: of every language the first is the bad one and the second good."""
    before, heading, rest = markdown.partition("\n## Example\n")
    examples, following, after = rest.partition("\n## ")
    seen: dict[str, int] = {}

    def title(match: re.Match[str]) -> str:
        if "beside" in match["rest"].split():
            return f'```{match["kind"]} title="beside it"'
        if {"merged", "ahead"} & set(match["rest"].split()):
            return f'```{match["kind"]} title="on the default branch"'
        number = seen[match["kind"]] = seen.get(match["kind"], 0) + 1
        return f'```{match["kind"]} title="{"reported" if number == 1 else "not reported"}"'

    is_open = False
    lines = []
    for line in examples.splitlines():
        if line.startswith("```"):
            is_open = not is_open
            line = _FENCE.sub(title, line) if is_open else line
        lines.append(line)
    return "".join((before, heading, "\n".join(lines), "\n", following, after))


def with_history(markdown: str, rule: str) -> str:
    """The page of a rule, with what the changelog says of it. A rule that it does not name is there from the first."""
    releases = _RELEASE.split((ROOT / "CHANGELOG.md").read_text("utf-8"))[1:]
    rows = []
    for version, date, text in zip(releases[::3], releases[1::3], releases[2::3], strict=True):
        entries = (entry for entry in re.split(r"^(?=- |### )", text, flags=re.MULTILINE) if entry.startswith("- "))
        said = [" ".join(entry[2:].split()) for entry in entries if f"`{rule}`" in entry]
        rows += [f"- **{version}**{f' ({date})' if date else ''}: {entry}" for entry in said]
    return f"{markdown}\n\n## History\n\n" + ("\n".join(rows) or "There since the first version.") + "\n"


def _rules(names: tuple[str, ...]) -> list[Any]:
    return [{name: f"rules/{name}.md"} for name in names]


def _libraries() -> Iterator[dict[str, Any]]:
    for folder, title in library_pages.FOLDERS.items():
        found = library_pages.libraries(folder)
        yield {title: [{entry.name: f"libraries/{folder}/{library_pages.slug(entry)}.md"} for entry in found]}


def _commands() -> str:
    """The page of the command line, as its own help says it."""
    os.environ["COLUMNS"] = "100"
    whole = parser()
    whole.color = False  # type: ignore[attr-defined]  # Python 3.14 would colour it
    parts = ["# Commands", "What `persistlint COMMAND --help` says."]
    (commands,) = (action for action in whole._actions if isinstance(action, argparse._SubParsersAction))
    for name, command in commands.choices.items():
        command.color = False
        parts.append(f"## {name}\n\n```text\n{command.format_help().strip()}\n```")
    return "\n\n".join(parts) + "\n"
