"""Linters that look for something like what persistlint looks for: where they are, and how they are called."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

GROUPS = {
    "python": "Python",
    "javascript": "JavaScript and TypeScript",
    "typescript": "JavaScript and TypeScript",
    "go": "Go",
    "sql": "SQL",
}
Command = list[str | Path]

_ESLINT = """
import parser from "{parser}";
export default [{{
  files: ["**/*.{{js,jsx,mjs,cjs,ts,tsx,mts,cts}}"],
  languageOptions: {{ parser, parserOptions: {{ ecmaFeatures: {{ jsx: true }} }} }},
  linterOptions: {{ noInlineConfig: true }},
  rules: {{ "no-magic-numbers": ["warn", {options}] }},
}}];
"""
_SEMGREP = """
rules:
  - id: interpolated-sql
    languages: [python]
    severity: ERROR
    message: SQL with a value in it
    patterns:
      - pattern-either:
          - pattern: $C.execute(f"...", ...)
          - pattern: $C.execute("..." % ..., ...)
          - pattern: $C.execute("..." + $X, ...)
"""


def ruff() -> Path | None:
    """Ruff, beside this Python or on the path."""
    return _installed("ruff")


def eslint(peers: Path, config: Path, options: dict[str, Any]) -> Command | None:
    """ESLint's `no-magic-numbers` with these options, for TypeScript too; writes its configuration."""
    executable = peers / "node_modules/eslint/bin/eslint.js"
    parser = peers / "node_modules/@typescript-eslint/parser/dist/index.js"
    if not executable.exists() or not parser.exists():
        return None
    config.write_text(_ESLINT.format(parser=parser, options=json.dumps(options)), "utf-8")
    return ["node", executable, "--no-ignore", "--config", config]


def node_program(peers: Path, name: str) -> Path | None:
    """A program of a package of npm."""
    executable = peers / "node_modules/.bin" / name
    return executable if executable.exists() else None


def contenders(group: str, peers: Path, scratch: Path) -> Iterator[tuple[str, Command | None]]:
    """What to run on the files of a group of languages, each in the folder that holds them; None for what is not
    installed. `scratch` is a folder for what they keep, beside the files."""
    if group == "Python":
        yield from _with(ruff(), "ruff S608", "check", "--isolated", "--no-cache", "--select=S608", ".")
        yield from _with(ruff(), "ruff S608,PLR2004", "check", "--isolated", "--no-cache", "--select=S608,PLR2004", ".")
        kept = f"--cache-dir={scratch / 'ruff'}"
        yield from _with(ruff(), "ruff S608,PLR2004, warm", "check", "--isolated", kept, "--select=S608,PLR2004", ".")
        yield from _with(_installed("bandit"), "bandit B608", "-q", "-r", "-t", "B608", ".")
        rules = scratch / "semgrep.yaml"
        rules.write_text(_SEMGREP)
        options = (
            "scan",
            "--metrics=off",
            "--disable-version-check",
            "--no-git-ignore",
            "--quiet",
            f"--config={rules}",
        )
        yield from _with(_installed("semgrep"), "semgrep", *options, ".")
    elif group == "JavaScript and TypeScript":
        command = eslint(peers, scratch / "eslint.config.mjs", {})
        yield "ESLint no-magic-numbers", command and [*command, "."]
        rule = ("--only=style/noMagicNumbers", "--reporter=summary", "--max-diagnostics=none")
        yield from _with(node_program(peers, "biome"), "Biome noMagicNumbers", "lint", *rule, ".")
        yield from _with(
            node_program(peers, "oxlint"), "oxlint no-magic-numbers", "-A", "all", "-W", "no-magic-numbers"
        )
    elif group == "SQL":
        yield from _with(_installed("squawk") or node_program(peers, "squawk"), "squawk", "**/*.sql")
        yield from _with(_installed("sqlfluff"), "sqlfluff", "lint", "--dialect=postgres", "--processes=0", ".")


def _with(executable: Path | None, name: str, *arguments: str) -> Iterator[tuple[str, Command | None]]:
    yield name, [executable, *arguments] if executable else None


def _installed(name: str) -> Path | None:
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    return Path(found) if found else None
