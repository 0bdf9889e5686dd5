"""The checklist of a release. It checks everything that can be checked, and says what is left to do by hand.

    python scripts/release.py
    python scripts/release.py --python python3.12 python3.13

With `--python` the built wheel is tested on these interpreters, outside of the checkout. Nothing is published, tagged
or changed. The exit status is 1 where a step failed; the steps that follow are done anyway.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parent.parent
VERSION = ROOT / "linter" / "persistlint" / "version.py"
# Where else the version stands, for tools that can read it from nowhere else and for people who copy a line.
MENTIONS = {
    "README.md": r"rev: v(\S+)",
    "docs/hook.md": r"rev: v(\S+)",
    "docs/ci.md": r"/persistlint@v(\S+)",
    "editors/vscode/package.json": r'"version": "([^"]+)"',
    "editors/neovim/packages/mason.yaml": r"pkg:pypi/persistlint@(\S+)",
}
BY_HAND = """\
Left to do by hand, with {version} for the version:
  git tag --annotate --message {version} v{version} && git push origin v{version}
  python -m twine upload dist/*
  copy the section of CHANGELOG.md into the notes of the release
  write the next version into linter/persistlint/version.py"""


class StepError(Exception):
    """A step of the list is not as it must be; the message says what is wrong, on one or more lines."""


def main() -> int:
    """Go through the list; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--python", nargs="*", default=[], help="the interpreters to test the built wheel on")
    interpreters = parser.parse_args().python
    failed = False
    for name, step in _steps(interpreters):
        try:
            step()
        except StepError as error:
            failed = True
            print(f"no  {name}", *str(error).splitlines(), sep="\n      ", flush=True)
        else:
            print(f"ok  {name}", flush=True)
    print(BY_HAND.format(version=current_version()))
    return 1 if failed else 0


def current_version() -> str:
    """The version that version.py names."""
    match = re.search(r'^VERSION = "(.*)"$', VERSION.read_text("utf-8"), re.MULTILINE)
    assert match
    return match[1]


def check_mentions() -> None:
    """Every place that names the version names this one."""
    for name, pattern in MENTIONS.items():
        found = set(re.findall(pattern, (ROOT / name).read_text("utf-8")))
        if found != {current_version()}:
            raise StepError(f"{name} names {', '.join(sorted(found)) or 'none'}")


def check_changelog(text: str) -> None:
    """The newest release in a changelog is the current version, it has a date, and nothing waits above it."""
    heading = re.search(r"^## \[(?!Unreleased)(\S+)\](?: - (\d{4}-\d\d-\d\d))?$", text, re.MULTILINE)
    if heading is None or heading[1] != current_version():
        raise StepError(f"CHANGELOG.md has no section `## [{current_version()}] - YYYY-MM-DD`")
    if heading[2] is None:
        raise StepError("the section has no date")
    waiting = text[: heading.start()].partition("## [Unreleased]")[2].strip()
    if waiting:
        raise StepError("something stands under `Unreleased`")


def check_distributions(folder: Path) -> None:
    """The source distribution holds what the tests need, and the wheel what people use and no tests."""
    with tarfile.open(next(folder.glob("*.tar.gz"))) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"pyproject.toml", "LICENSE", "CHANGELOG.md", "tests/rules_test.py", "docs/index.md", "action.yml"}
    if missing := needed - names:
        raise StepError(f"the source distribution has no {', '.join(sorted(missing))}")
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        metadata = next(wheel.read(name).decode() for name in names if name.endswith("METADATA"))
    roots = {name.partition("/")[0] for name in names}
    if extra := {root for root in roots if root not in ("persistlint", "persistlint_lsp") and "dist-info" not in root}:
        raise StepError(f"the wheel has {', '.join(sorted(extra))}")
    for name in ("persistlint/py.typed", "persistlint/pages/interpolated-sql.md", "persistlint/profiles/mvp.toml"):
        if name not in names:
            raise StepError(f"the wheel has no {name}")
    if f"\nVersion: {current_version()}\n" not in metadata or "\nLicense-Expression: MIT\n" not in metadata:
        raise StepError("the metadata names another version or licence")


def _steps(interpreters: list[str]) -> Iterator[tuple[str, Callable[[], None]]]:
    """The list: what is to be so, and what makes sure of it. Raises nothing; a step raises `StepError`."""
    python = sys.executable
    yield "the work tree is clean", _check_clean
    yield f"every mention of the version is {current_version()}", check_mentions
    yield "CHANGELOG.md has the release", lambda: check_changelog((ROOT / "CHANGELOG.md").read_text("utf-8"))
    yield "generated pages are current", lambda: _run(python, "scripts/generate_docs.py", "--check")
    yield "the schema is current", lambda: _run(python, "scripts/generate_schema.py", "--check")
    yield "ruff finds nothing", lambda: _run(python, "-m", "ruff", "check")
    yield "mypy finds nothing", lambda: _run(python, "-m", "mypy")
    yield "the site is built without a warning", lambda: _run(python, "-m", "mkdocs", "build", "--strict", "--quiet")
    with TemporaryDirectory() as name:
        dist = Path(name) / "dist"
        yield "sdist and wheel are built", lambda: _run(python, "-m", "build", "--outdir", str(dist))
        yield "sdist and wheel hold what they should", lambda: check_distributions(dist)
        for interpreter in interpreters:
            yield f"the tests pass on {interpreter}", lambda interpreter=interpreter: _test(interpreter, dist)  # type: ignore[misc]


def _check_clean() -> None:
    run = subprocess.run(["git", "status", "--porcelain"], cwd=ROOT, capture_output=True, text=True)
    if run.returncode or run.stdout:
        raise StepError((run.stderr or run.stdout).strip())


def _test(interpreter: str, dist: Path) -> None:
    """Install the wheel for an interpreter, and run the tests of the source distribution on what was installed."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        _run(interpreter, "-m", "venv", str(folder / "venv"))
        python = str(folder / "venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python"))
        wheel = next(dist.glob("*.whl"))
        _run(python, "-m", "pip", "install", "--quiet", f"{wheel}[dev]")
        with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
            archive.extractall(folder, filter="data")
        (sources,) = (path for path in folder.iterdir() if path.name.startswith("persistlint-"))
        # No sources are on the path: what they import is what was installed.
        _run(python, "-m", "pytest", "-q", "-o", "pythonpath=tests scripts", cwd=sources)


def _run(*command: str, cwd: Path = ROOT) -> None:
    run = subprocess.run(command, cwd=cwd, capture_output=True, text=True, env={**os.environ, "NO_COLOR": "1"})
    if run.returncode:
        raise StepError("\n".join((run.stdout + run.stderr).strip().splitlines()[-10:]))


if __name__ == "__main__":
    sys.exit(main())
