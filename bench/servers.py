"""The language servers that are measured beside ours, and a client that answers what they ask."""

from __future__ import annotations

import shutil
import sys
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lsp.raw_client import SERVER, RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator

BARE = """
from pygls.lsp.server import LanguageServer
LanguageServer("bare", "1").start_io()
"""
ESLINT_RULES = """\
import parser from "@typescript-eslint/parser";
export default [{ files: ["**/*.ts"], languageOptions: { parser }, rules: { "no-magic-numbers": "error" } }];
"""
ESLINT_SETTINGS = {  # what the server asks for and cannot do without
    "validate": "on",
    "run": "onType",
    "useESLintClass": True,
    "packageManager": "npm",
    "experimental": {},
    "options": {},
    "nodePath": None,
    "problems": {"shortenToSingleLine": False},
    "rulesCustomizations": [],
    "codeAction": {"disableRuleComment": {"enable": False}, "showDocumentation": {"enable": False}},
}


@dataclass(frozen=True)
class Server:
    """A server: what it is called, how it is started, the languages it reads, the settings and the folder it works in.
    `pulls` tells whether diagnostics are asked for after an edit."""

    name: str
    command: list[str]
    languages: tuple[str, ...] = ()
    pulls: bool = False
    settings: dict[str, Any] = field(default_factory=dict)
    folder: Path = Path("/project")


OURS = Server("persistlint", SERVER, ("python", "typescript", "sql"))
ASKED = replace(OURS, name="persistlint, asked", pulls=True)
PYGLS = Server("bare pygls", [sys.executable, "-c", BARE])


def peers(packages: Path | None, folder: Path) -> Iterator[Server]:
    """The servers that are installed: ruff and squawk beside this Python or on the path, and ESLint in a folder with
    the npm packages `vscode-langservers-extracted`, `eslint`, `typescript` and `@typescript-eslint/parser`. It works in
    the other folder, which is empty."""
    beside = str(Path(sys.executable).parent)
    if ruff := shutil.which("ruff", path=beside) or shutil.which("ruff"):
        yield Server("ruff", [ruff, "server"], ("python",))
    if squawk := shutil.which("squawk", path=beside) or shutil.which("squawk"):
        yield Server("squawk", [squawk, "server"], ("sql",), pulls=True)
    if packages is not None:
        modules = packages.resolve() / "node_modules"
        (folder / "node_modules").symlink_to(modules)
        (folder / "eslint.config.mjs").write_text(ESLINT_RULES)
        settings = ESLINT_SETTINGS | {
            "workspaceFolder": {"name": "project", "uri": folder.as_uri()},
            "workingDirectory": {"directory": str(folder)},
        }
        command = ["node", str(modules / ".bin" / "vscode-eslint-language-server"), "--stdio"]
        yield Server("ESLint", command, ("typescript",), pulls=True, settings=settings, folder=folder)


class Client(RawClient):
    """A client that answers what the server asks for with its settings, and otherwise with nothing."""

    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__(server.command)

    def receive(self, message: dict[str, Any]) -> None:
        """Answer a request of the server; keep everything else."""
        if "method" in message and "id" in message:
            is_configuration = message["method"] == "workspace/configuration"
            self.send({"id": message["id"], "result": [self.server.settings] if is_configuration else None})
        else:
            super().receive(message)

    def start(self, capabilities: dict[str, Any]) -> None:
        """Shake hands."""
        folder = {"name": "project", "uri": self.server.folder.as_uri()}
        asks = {"workspace": {"configuration": True, "workspaceFolders": True}} if self.server.settings else {}
        self.initialize(pull=False, capabilities=capabilities | asks, workspaceFolders=[folder])

    def diagnostics(self, version: int, uri: str) -> list[dict[str, Any]]:
        """The diagnostics of a version of a document."""
        if not self.server.pulls:
            return self.published(version)
        found: list[dict[str, Any]] = self.call("textDocument/diagnostic", {"textDocument": {"uri": uri}})["items"]
        return found
