"""What persistlint and squawk find in folders of migrations, and how long they take.

    python bench/migrations.py ~/checkouts/lemmy/migrations ~/checkouts/langfuse/packages/shared/prisma/migrations

Squawk is the one beside this Python (`pip install squawk-cli`), or on the path. Both run with the rules that are on by
default, without the project's own configuration, on all SQL files of a folder. A finding counts as shared where the
other linter reports a line at most two lines away, whatever it says about it. Times are seconds of the processor, of
the whole process. The last part checks a folder of 1,000 migrations that it makes, and compares that with splitting
the same SQL into tokens and statements.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "linter"))

from persistlint.sql.script import read_script  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

Finding = tuple[str, str, int]  # rule, path, 1-based line
_NEAR = 2  # lines between two findings about one thing
_MIGRATIONS = 1000
_STATEMENTS = 27  # rows inserted by each migration that is made: 5 MB in all
_TOKENISE = """
import sys
sys.path.insert(0, {linter!r})
from pathlib import Path
from persistlint.sql.splitter import statements
for file in sorted(Path({folder!r}).glob("*.sql")):
    for _ in statements(file.read_text(), "postgres"):
        pass
"""


def main() -> None:
    """Print three Markdown tables: by folder, by rule, and the times for a large folder."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="*", type=Path)
    ours, theirs, shared_ours, shared_theirs = Counter[str](), Counter[str](), Counter[str](), Counter[str]()
    print("| folder | files | statements | unknown | persistlint | seconds | squawk | seconds |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    for folder in parser.parse_args().folders:
        files = [file for file in sorted(folder.resolve().rglob("*.sql")) if file.is_file()]
        scripts = [read_script(str(file), file.read_bytes(), "postgres") for file in files]
        read = sum(len(script.statements) for script in scripts)
        unread = sum(len(script.unread) for script in scripts)
        own, own_time = _timed(_persistlint, files)
        peer, peer_time = _timed(_squawk, files)
        print(
            f"| {folder} | {len(files)} | {read} | {unread} |"
            f" {len(own)} | {own_time:.1f} | {len(peer)} | {peer_time:.1f} |",
            flush=True,
        )
        for found, others, total, shared in ((own, peer, ours, shared_ours), (peer, own, theirs, shared_theirs)):
            lines = {(path, line) for _, path, line in others}
            for rule, path, line in found:
                total[rule] += 1
                shared[rule] += any((path, line + step) in lines for step in range(-_NEAR, _NEAR + 1))
    for name, total, shared in (("persistlint", ours, shared_ours), ("squawk", theirs, shared_theirs)):
        print(f"\n| {name} | findings | the other one as well |\n|---|--:|--:|")
        for rule, count in total.most_common():
            print(f"| `{rule}` | {count} | {shared[rule]} |")
    _large()


def _persistlint(files: list[Path]) -> list[Finding]:
    select = "schema,migrations,consistency"
    command = [sys.executable, "-m", "persistlint", "check", "--no-cache", "--isolated", "--format", "json"]
    output = subprocess.run([*command, *map(str, files)], capture_output=True, cwd=ROOT / "linter", check=False).stdout
    found = [(each["rule"], each["path"], each["start"]["line"]) for each in json.loads(output)["diagnostics"]]
    groups = {path.stem.replace("_", "-") for group in select.split(",") for path in _rules(group)}
    return [finding for finding in found if finding[0] in groups]


def _rules(group: str) -> list[Path]:
    return list((ROOT / "linter" / "persistlint" / "rules" / group).glob("*.py"))


def _squawk(files: list[Path]) -> list[Finding]:
    beside = Path(sys.executable).with_name("squawk")
    program = str(beside) if beside.exists() else shutil.which("squawk")
    if program is None:
        sys.exit("squawk is not installed: pip install squawk-cli")
    output = subprocess.run([program, "--reporter", "json", *map(str, files)], capture_output=True, check=False).stdout
    return [(each["rule_name"], each["file"], each["line"] + 1) for each in json.loads(output)]


def _tokenise(files: list[Path]) -> list[Finding]:
    code = _TOKENISE.format(linter=str(ROOT / "linter"), folder=str(files[0].parent))
    subprocess.run([sys.executable, "-c", code], check=True)
    return []


def _timed(run: Callable[[list[Path]], list[Finding]], files: list[Path]) -> tuple[list[Finding], float]:
    """What it finds, and the seconds of the processor that its processes took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = run(files)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _large() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number in range(_MIGRATIONS):
            (folder / f"{number:04}_step.sql").write_text(_migration(number), "utf-8")
        files = sorted(folder.glob("*.sql"))
        size = sum(file.stat().st_size for file in files) / 1e6
        tokens, own, peer = (_timed(run, files)[1] for run in (_tokenise, _persistlint, _squawk))
        print(f"\n{_MIGRATIONS} migrations, {size:.1f} MB: tokens and statements {tokens:.1f} s,", end=" ")
        print(f"persistlint {own:.1f} s ({own / tokens:.1f} times as long), squawk {peer:.1f} s")


def _migration(number: int) -> str:
    """A migration that makes a table, fills it, and changes the one before it."""
    table, earlier = f"orders_{number}", f"orders_{max(number - 1, 0)}"
    columns = "".join(
        f"    field_{index} text NOT NULL DEFAULT '', -- what the customer said of it\n" for index in range(30)
    )
    rows = "".join(
        f"INSERT INTO {table} (id, note) VALUES ({row}, 'a note about the order, of the length that notes have');\n"
        for row in range(_STATEMENTS)
    )
    change = f"ALTER TABLE {earlier} ADD COLUMN added_{number} bigint;\n" if number else ""
    return (
        f"BEGIN;\nCREATE TABLE {table} (\n    id bigint PRIMARY KEY,\n    note text,\n{columns}"
        f"    created_at timestamptz NOT NULL DEFAULT now()\n);\nCREATE INDEX ON {table} (created_at);\n"
        f"{change}{rows}COMMIT;\n"
    )


if __name__ == "__main__":
    main()
