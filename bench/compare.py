"""How fast persistlint is: beside other linters and the least that any can take, by stage and rule, and as files grow.

    python bench/compare.py --peers ~/peers ~/checkouts/saleor ~/checkouts/hatchet

All run on a copy of the files of one language, in turns, several times; the figures are medians. A linter that is not
installed is named as absent: `--peers` is a folder whose `node_modules` has those of npm, the others are beside this
Python or on the path. The report goes to `bench/results/<date>.md`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import platform
import shutil
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
sys.path[:1] = [str(ROOT), str(ROOT / "linter")]  # not this folder: its modules are those of `bench`

from bench.growth import growth  # noqa: E402
from bench.measure import PERSISTLINT, interleaved  # noqa: E402
from bench.peers import GROUPS, contenders  # noqa: E402
from bench.stages import stages  # noqa: E402

from persistlint.discovery import discover  # noqa: E402
from persistlint.languages import language_of  # noqa: E402
from persistlint.running.workers import cores  # noqa: E402
from persistlint.version import VERSION  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bench.measure import Cost
    from bench.peers import Command

CHECK: Command = [*PERSISTLINT, "check", "--isolated", "--statistics"]
BOUND = "bound: start, walk, read, parse"
# How many times the wall time of the second the first may take.
GOALS = (
    ("all rules", BOUND, 1.7),
    ("injection", BOUND, 0.4),
    ("injection", "ruff S608", 1.2),
    ("injection,literals", "ruff S608,PLR2004", 3),
    ("injection,literals", "Biome noMagicNumbers", 1),
    ("injection,literals", "ESLint no-magic-numbers", 1 / 15),
    ("injection,literals", "bandit B608", 1 / 20),
    ("injection,literals", "semgrep", 1 / 4),
    ("all rules", "squawk", 1),
    ("all rules, warm", "ruff S608,PLR2004, warm", 1),
    ("all rules, warm", "all rules", 1 / 15),
    ("all rules", "all rules, one process", 1 / 1.7),
)


def main() -> None:
    """Measure, and write the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--peers", type=Path, default=Path(), help="the folder with `node_modules`")
    parser.add_argument("--runs", type=int, default=5, help="how often everything runs")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results", help="where the report goes")
    parser.add_argument("--only", choices=("peers", "stages", "growth"), help="one part of the report")
    arguments = parser.parse_args()
    arguments.results.mkdir(exist_ok=True)
    compileall.compile_dir(ROOT / "linter", quiet=2)  # as whoever installs it does
    with (
        (arguments.results / f"{date.today()}.md").open("w") as report,
        tempfile.TemporaryDirectory(prefix="persistlint-bench-") as scratch,
    ):
        for line in lines(arguments, Path(scratch)):
            print(line, flush=True)
            print(line, file=report, flush=True)


def lines(arguments: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """The report, as Markdown."""
    yield f"# persistlint {VERSION}, {date.today()}\n"
    load = f", load {os.getloadavg()[0]:.1f} before the runs" if hasattr(os, "getloadavg") else ""
    yield f"{cores()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}{load}."
    yield f"Medians of {arguments.runs} runs of: {', '.join(folder.resolve().name for folder in arguments.folders)}.\n"
    groups = {group: copied(arguments.folders, group, scratch) for group in dict.fromkeys(GROUPS.values())}
    for group, folder in groups.items():
        files = [file for file in folder.rglob("*") if file.is_file()]
        if files and arguments.only in (None, "peers"):
            size = sum(file.stat().st_size for file in files) / 1e6
            yield f"## {group}: {len(files)} files, {size:.1f} MB\n"
            yield from compared(group, folder, arguments, scratch)
    if arguments.only in (None, "stages"):
        yield from stages(groups)
    if arguments.only in (None, "growth"):
        yield from growth(groups, scratch)


def copied(folders: list[Path], group: str, scratch: Path) -> Path:
    """A folder with the files of a group of languages, without the configuration of their projects."""
    target = scratch / group.split()[0].lower()
    target.mkdir()
    for folder in folders:
        for file in discover([folder]).files:
            if GROUPS.get(language_of(file.name) or "") == group and file.suffix not in (".vue", ".svelte"):
                copy = target / folder.resolve().name / file.relative_to(folder)
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, copy)
    return target


def compared(group: str, folder: Path, arguments: argparse.Namespace, scratch: Path) -> Iterator[str]:
    """The tables of a group of languages."""
    commands, absent = dict(ours(folder, scratch)), []
    if group != "SQL":  # which is not parsed by tree-sitter
        commands[BOUND] = [sys.executable, ROOT / "bench" / "bound.py", "."]
    for name, command in contenders(group, arguments.peers.resolve(), scratch):
        if command:
            commands[name] = command
        else:
            absent.append(name)
    interleaved({name: command for name, command in commands.items() if name.endswith("warm")}, folder, 1)
    costs = interleaved(commands, folder, arguments.runs)
    base = costs.get(BOUND)
    yield "| | wall (s) | CPU (s) | peak (MB) | × bound, wall | × bound, CPU |\n|---|--:|--:|--:|--:|--:|"
    for name, cost in costs.items():
        ratios = f"{cost.wall / base.wall:.2f} | {cost.cpu / base.cpu:.2f}" if base else "|"
        yield f"| {name} | {cost.wall:.2f} | {cost.cpu:.2f} | {cost.peak:.0f} | {ratios} |"
    yield f"\nNot installed: {', '.join(absent)}.\n" if absent else ""
    yield from goals(costs)


def ours(folder: Path, scratch: Path) -> Iterator[tuple[str, Command]]:
    """The runs of persistlint."""
    cold: Command = [*CHECK, "--no-cache"]
    files = sorted(folder.rglob("*.*"), key=lambda file: file.stat().st_size)
    yield "all rules", [*cold, "--select=all"]
    yield "all rules, one process", [*cold, "--select=all", "--jobs=1"]
    yield "all rules, warm", [*CHECK, "--select=all", f"--cache-dir={scratch / 'cache' / folder.name}"]
    yield "injection", [*cold, "--select=injection"]
    yield "injection,literals", [*cold, "--select=injection,literals"]
    yield "all rules, one file", [*cold, "--select=all", files[len(files) // 2]]


def goals(costs: dict[str, Cost]) -> Iterator[str]:
    """What was to be reached, and what was."""
    found = [(mine, theirs, most) for mine, theirs, most in GOALS if {mine, theirs} <= costs.keys()]
    if found:
        yield "| | at most × wall | wall | CPU |\n|---|--:|--:|--:|"
    for mine, theirs, most in found:
        wall, cpu = costs[mine].wall / costs[theirs].wall, costs[mine].cpu / costs[theirs].cpu
        yield f"| {mine} / {theirs} | {most:.2f} | {wall:.2f} | {cpu:.2f} |"
    yield ""


if __name__ == "__main__":
    main()
