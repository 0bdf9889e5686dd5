"""What a change does to real code: the diagnostics that two revisions differ in, as Markdown.

    python scripts/ecosystem.py main HEAD ~/checkouts/django ~/checkouts/gitea

The checkouts are read as they are; nothing is fetched. The configuration of the checkouts is left out of account.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent


def main() -> int:
    """Print the differences; return 1 where a revision reports errors that the base does not."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("base", help="the revision to compare with")
    parser.add_argument("head", help="the revision to look at")
    parser.add_argument("checkouts", nargs="+", type=Path, help="folders to check")
    parser.add_argument("--select", default="default", help="the rules to run, as for `persistlint check`")
    arguments = parser.parse_args()
    is_worse = False
    with _worktree(arguments.base) as base, _worktree(arguments.head) as head:
        print(f"# {arguments.base} and {arguments.head}\n")
        for checkout in arguments.checkouts:
            old, old_errors = _check(base, checkout, arguments.select)
            new, new_errors = _check(head, checkout, arguments.select)
            print(f"## {checkout.name}\n\n{len(old)} diagnostics before, {len(new)} now.\n")
            for sign, lines in (("+", new - old), ("-", old - new), ("!", new_errors - old_errors)):
                for line in sorted(lines):
                    print(f"    {sign} {line}")
            print()
            is_worse |= bool(new_errors - old_errors)
    return 1 if is_worse else 0


@contextmanager
def _worktree(revision: str) -> Iterator[Path]:
    """A checkout of one revision of persistlint in a temporary folder."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "persistlint"
        subprocess.run(["git", "-C", ROOT, "worktree", "add", "--quiet", "--detach", path, revision], check=True)
        try:
            yield path
        finally:
            subprocess.run(["git", "-C", ROOT, "worktree", "remove", "--force", path], check=True)


def _check(persistlint: Path, checkout: Path, select: str) -> tuple[set[str], set[str]]:
    """The diagnostics and the errors of one checkout, a line each."""
    run = subprocess.run(
        [
            sys.executable,
            "-m",
            "persistlint",
            "check",
            "--format=json",
            "--no-cache",
            "--isolated",
            "--select",
            select,
            ".",
        ],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(persistlint / "linter"), str(persistlint / "lsp")])},
        capture_output=True,
        text=True,
    )
    try:
        report = json.loads(run.stdout)
    except json.JSONDecodeError:
        return set(), {run.stderr.strip().rsplit("\n", 1)[-1]}
    diagnostics = {
        f"{found['path']}:{found['start']['line']}:{found['start']['column']} {found['rule']} {found['message']}"
        for found in report["diagnostics"]
    }
    return diagnostics, {f"{error['path']} {error['message']}" for error in report["errors"]}


if __name__ == "__main__":
    sys.exit(main())
