"""How quick the language server is: its start, an edit until its diagnostics, an action, and memory.

    python bench/lsp.py [--lines 5000] [--edits 50] [--peers FOLDER]

Every figure is taken over stdin and stdout, as an editor takes it. A bare pygls server and the servers of other linters
are measured beside it, in the languages that they read; `servers.py` says where they are looked for, FOLDER among it.
Ours is measured twice: it pushes its diagnostics, once typing rests, and what it waits for, `session.DEBOUNCE`, is left
out; and it is asked for them after every edit, as VS Code does. Others are asked where they do not push.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path[:1] = [
    str(ROOT / name) for name in ("linter", "lsp", "tests", "")
]  # not this folder: this file is no package `lsp`

from bench.servers import ASKED, OURS, PYGLS, Client, Server, peers  # noqa: E402

from persistlint_lsp.session import DEBOUNCE  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

PLAIN = {  # what most of a file is
    "python": "def area_{0}(width: int, height: int) -> int:\n    return width * height + {0}\n\n\n",
    "typescript": "export function area{0}(width: number, height: number): number {{\n  return width * height;\n}}\n\n",
    "sql": "CREATE TABLE items_{0} (\n  id bigint PRIMARY KEY,\n  name text NOT NULL\n);\n\n",
}
QUERIES = {
    "python": """\
def find_{0}(cursor: sqlite3.Cursor, name: str) -> list[tuple[int, str]]:
    query = f"SELECT id, name FROM items WHERE name = '{{name}}'"
    return cursor.execute(query).fetchall()


""",
    "typescript": """\
export async function find{0}(db: Client, name: string) {{
  return db.query(`SELECT id, name FROM items WHERE name = '${{name}}'`);
}}

""",
    "sql": """\
CREATE FUNCTION count_{0}(name text) RETURNS bigint AS $$
DECLARE found bigint;
BEGIN
  EXECUTE 'SELECT count(*) FROM ' || name INTO found;
  RETURN found;
END;
$$ LANGUAGE plpgsql;

""",
}
HEADS = {"python": "import sqlite3\n\n\n", "typescript": 'import { Client } from "pg";\n\n', "sql": ""}
CAPABILITIES = {
    "publishDiagnostics": {"versionSupport": True},
    "codeAction": {"dataSupport": True, "resolveSupport": {"properties": ["edit"]}},
}
SUFFIXES = {"python": "py", "typescript": "ts", "sql": "sql"}


def program(language: str, lines: int) -> str:
    """A file of a language: one query in about a hundred lines."""
    parts = [HEADS[language]]
    count = 0
    while count < lines:
        part = (QUERIES if len(parts) % 20 == 1 else PLAIN)[language].format(len(parts))
        parts.append(part)
        count += part.count("\n")
    return "".join(parts)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--lines", type=int, default=5000)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--peers", type=Path, metavar="FOLDER")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure(list(peers(arguments.peers, Path(folder))), arguments.lines, arguments.edits)


def measure(others: list[Server], lines: int, edits: int) -> None:
    """Print the tables of our server and others."""
    print("| server | start to the reply to `initialize`, median of 5 (ms) |\n|---|--:|")
    for server in (OURS, PYGLS, *others):
        print(f"| {server.name} | {statistics.median(started(server) for _ in range(5)):.0f} |", flush=True)
    print("\n| server | file | edit to diagnostics: median | p95 (ms) | code action: median | p95 (ms) |")
    print("|---|---|--:|--:|--:|--:|")
    for language in PLAIN:
        for server in (OURS, ASKED, *others):
            if language in server.languages:
                row(server, language, lines, edits)
    print("\n| edits | memory of the server (MB) |\n|---|--:|")
    for count, size in memory(lines):
        print(f"| {count} | {size:.0f} |", flush=True)


def started(server: Server) -> float:
    """Milliseconds until a new server answers `initialize`."""
    begin = time.perf_counter()
    with Client(server) as client:
        client.start({})
        return (time.perf_counter() - begin) * 1000


def row(server: Server, language: str, lines: int, edits: int) -> None:
    """Print how long edits and actions take."""
    uri = (server.folder / f"example.{SUFFIXES[language]}").as_uri()
    waits = DEBOUNCE * 1000 if server is OURS else 0.0
    found, actions = [], []
    with Client(server) as client:
        client.start({"textDocument": CAPABILITIES | ({"diagnostic": {}} if server.pulls else {})})
        client.open(program(language, lines), uri, language)
        diagnostics = client.diagnostics(1, uri)
        for version in range(2, edits + 2):
            comment = "-- x\n" if language == "sql" else "\n"

            def edit(version: int = version, comment: str = comment) -> None:
                client.insert(version, lines // 2 // 10 * 10, comment, uri)

            def shown(version: int = version) -> None:
                client.diagnostics(version, uri)

            found.append(timed(edit, shown) - waits)
        if diagnostics:
            one = {"diagnostics": diagnostics[:1]}
            params = {"textDocument": {"uri": uri}, "range": diagnostics[0]["range"], "context": one}
            actions = [timed(lambda: client.call("textDocument/codeAction", params)) for _ in range(edits)]
    print(f"| {server.name} | {language}, {lines} lines | {figures(found)} | {figures(actions)} |", flush=True)


def timed(*steps: Callable[[], object]) -> float:
    """Milliseconds that some steps take."""
    begin = time.perf_counter()
    for step in steps:
        step()
    return (time.perf_counter() - begin) * 1000


def figures(times: list[float]) -> str:
    """The median and the 95th percentile."""
    if not times:
        return "none | none"
    return f"{statistics.median(times):.1f} | {statistics.quantiles(times, n=20)[-1]:.1f}"


def memory(lines: int) -> list[tuple[int, float]]:
    """Resident memory after some thousands of edits, where the system tells it."""
    uri = "file:///project/example.py"
    sizes = []
    with Client(OURS) as client:
        client.start({})
        client.open(program("python", lines), uri)
        client.published(1)
        version = 1
        for target in (1, 1000, 5000, 10_000):
            while version < target:
                version += 1
                client.insert(version, lines // 2, " " if version % 2 else "#", uri)
                if version % 500 == 0:
                    client.published(version)
            status = Path(f"/proc/{client.process.pid}/status")
            if status.exists():
                (line,) = (line for line in status.read_text().splitlines() if line.startswith("VmRSS"))
                sizes.append((target, int(line.split()[1]) / 1024))
    return sizes


if __name__ == "__main__":
    main()
