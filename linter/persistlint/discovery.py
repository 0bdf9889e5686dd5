"""Which files a run checks: those that are given by name, and those that directories hold."""

from __future__ import annotations

import os
import re
import stat
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from persistlint.configuration.config import NO_OVERRIDES, Overrides, absolute, excludes, is_excluded
from persistlint.git import git, is_in_checkout
from persistlint.git import root as root_of
from persistlint.installed import INFO, installed
from persistlint.languages import language_of
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pathspec import GitIgnoreSpec

# What people do not write themselves, or do not want to be told about; the list of ruff's, and `vendor`.
SKIPPED = frozenset({
    ".bzr", ".direnv", ".eggs", ".git", ".git-rewrite", ".hg", ".ipynb_checkpoints", ".mypy_cache", ".nox", ".pants.d",
    ".persistlint_cache", ".pyenv", ".pytest_cache", ".pytype", ".ruff_cache", ".svn", ".tox", ".venv", ".vscode",
    "__pycache__", "__pypackages__", "_build", "buck-out", "build", "dist", "node_modules", "site-packages", "vendor",
    "venv",
})  # fmt: skip
# Of these, one that builds of Go put no source into: it is the name of a package like any other there.
_OF_GO = frozenset({"build"})


def is_skipped(parts: Iterable[str]) -> bool:
    """Whether a file lies in a directory that is skipped, from the parts of its path, the last being its name."""
    *folders, name = parts
    found = SKIPPED.intersection(folders)
    return bool(found) and not (found <= _OF_GO and name.endswith(".go"))


@dataclass(frozen=True)
class Failure:
    """A file that could not be checked, and why; `message` goes on after "path: "."""

    path: str
    message: str


@dataclass(frozen=True)
class Discovery:
    """`names` are the paths of files, with forward slashes, in the order of the arguments, below a directory in the
    order of their paths, each of them once, also where symbolic links lead to it. `failures` are arguments that do not
    exist and directories that cannot be listed, `unread` files given by name in a language that persistlint does not
    read."""

    names: tuple[str, ...]
    failures: tuple[Failure, ...]
    unread: tuple[Path, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The files. To make a `Path` takes as long as to find out that a file is known."""
        return tuple(map(Path, self.names))


def discover(paths: Sequence[Path], overrides: Overrides = NO_OVERRIDES, *, force_exclude: bool = False) -> Discovery:
    """Find the files to check among `paths`, which are files or directories; nothing else is opened.

    A file that is given by name counts even if the configuration excludes it. With `force_exclude` what a directory
    would not bring in is left out without a word.
    Raises `ConfigError`.
    """
    files: dict[str, str] = {}  # by absolute path, where several paths may lead to one file
    is_one = len(paths) == 1
    failures: list[Failure] = []
    unread: list[Path] = []
    links: set[str] = set()
    brought = cache(_installed_in)  # directories that many paths stand in are looked at once
    for path in paths:
        mode = _mode(path)
        if mode is None:
            failures.append(Failure(path.as_posix(), "it does not exist"))
        elif stat.S_ISDIR(mode):
            for name in sorted(_below(path.as_posix(), overrides, failures, links)):
                key = name if is_one else os.path.abspath(name)  # noqa: PTH100 - `Path` takes ten times as long
                files.setdefault(key, name)
        elif force_exclude and (language_of(path.as_posix()) is None or is_out(path, overrides, brought=brought)):
            continue
        elif language_of(path.as_posix()) is None:
            unread.append(path)
        else:
            files.setdefault(os.path.abspath(path), path.as_posix())  # noqa: PTH100
            if path.is_symlink():
                links.add(path.as_posix())
    return Discovery(_without_links(tuple(files.values()), links), tuple(failures), tuple(unread))


def _without_links(names: tuple[str, ...], links: set[str]) -> tuple[str, ...]:
    """The files without symbolic links to others of them, which would be reported, and fixed, twice. All `links` among
    them are known."""
    links = links.intersection(names)
    if not links:
        return names
    real = cache(os.path.realpath)  # of folders, of which there are fewer than files
    parts = (os.path.split(name) for name in names if name not in links)
    seen = {f"{real(folder)}/{file}" for folder, file in parts}
    twice = set()
    for link in sorted(links):
        if (target := Path(os.path.realpath(link)).as_posix()) in seen:
            twice.add(link)
        seen.add(target)
    return tuple(name for name in names if name not in twice)


def _installed_in(folder: Path) -> frozenset[str]:
    """Of what stands in a directory, what installed packages brought."""
    try:
        return installed(folder, os.listdir(folder))  # noqa: PTH208 - `Path` takes ten times as long
    except OSError:
        return frozenset()


def is_out(
    path: Path,
    overrides: Overrides = NO_OVERRIDES,
    root: Path | None = None,
    brought: Callable[[Path], frozenset[str]] = _installed_in,
) -> bool:
    """Whether a file would be left out of a run over a directory, without `root` the current one; `brought` tells what
    packages brought into a directory. Raises `ConfigError`."""
    file, here = absolute(path), absolute(root) if root else Path.cwd()
    parts = file.relative_to(here).parts if file.is_relative_to(here) else (file.name,)
    if is_skipped(parts) or is_excluded(path, overrides):
        return True
    above = (file, *file.parents)[: len(parts)]
    return any(each.name in brought(each.parent) for each in above)


def every_file(root: Path, overrides: Overrides, failures: list[Failure]) -> Iterator[Path]:
    """The regular files below a directory that git does not ignore, whatever they hold; directories that cannot be
    listed are added to `failures`. A directory that git knows as one entry (a submodule, a repository that is not
    added) is a root of its own; symbolic links to directories are not followed."""
    yield from map(Path, _every_name(root.as_posix(), overrides, failures, set()))


def _mode(path: str | Path, links: set[str] | None = None) -> int | None:
    """The mode of what a path leads to, None if that is nothing. What may not be looked at counts as a file, so that
    reading it says why. A path that is a symbolic link is added to `links`."""
    try:
        mode = os.lstat(path).st_mode
        if stat.S_ISLNK(mode):
            if links is not None:
                links.add(str(path))
            mode = os.stat(path).st_mode  # noqa: PTH116 - `Path` takes ten times as long
        return mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError:
        return stat.S_IFREG


def _below(root: str, overrides: Overrides, failures: list[Failure], links: set[str]) -> Iterator[str]:
    """The files to check below a directory; symbolic links are added to `links`."""
    excluding: dict[str, bool] = {}  # whether the configuration of a folder leaves anything out
    for name in _every_name(root, overrides, failures, links):
        if language_of(name) is None:
            continue
        folder = name.rpartition("/")[0]
        if folder not in excluding:
            excluding[folder] = excludes(name, overrides)
        if not excluding[folder] or not is_excluded(name, overrides):
            yield name


def _every_name(root: str, overrides: Overrides, failures: list[Failure], links: set[str]) -> Iterator[str]:
    """What `every_file` gives, as text with forward slashes, for there may be a hundred thousand of them."""
    roots, seen = [root], {os.path.realpath(root)}
    while roots:
        folder = roots.pop()
        before = "" if folder == "." else f"{folder.rstrip('/')}/"
        listed = _listed_by_git(folder)
        brought = _brought(folder, listed) if listed is not None else frozenset()
        for name in _walked(folder, overrides, failures) if listed is None else listed:
            if is_skipped(name.split("/")) or (brought and not brought.isdisjoint(_above_and(name))):
                continue
            path = f"{before}{name}"
            mode = _mode(path, links)
            if mode is not None and stat.S_ISDIR(mode):
                if _is_root(path) and (real := os.path.realpath(path)) not in seen:
                    seen.add(real)
                    roots.append(path)
            elif mode is not None and stat.S_ISREG(mode):
                yield path


def _brought(root: str, names: list[str]) -> frozenset[str]:
    """Of the paths below a directory, and the directories on the way there, those that installed packages begin at."""
    infos: dict[str, set[str]] = {}  # by the directory that they stand in
    for name in names:
        if f"{INFO}/" in name:
            folder, _, info = name[: name.index(f"{INFO}/") + len(INFO)].rpartition("/")
            infos.setdefault(folder, set()).add(info)
    return frozenset(
        f"{folder}/{name}" if folder else name
        for folder, own in infos.items()
        for name in installed(Path(root, folder), own)
    )


def _above_and(name: str) -> Iterator[str]:
    """A path, and the directories on the way there."""
    while name:
        yield name
        name = name.rpartition("/")[0]


def _is_root(path: str) -> bool:
    return not Path(path).is_symlink() and Path(path).name not in SKIPPED


def _listed_by_git(folder: str) -> list[str] | None:
    """What git tracks or would track below a directory, as paths from there; None if git is not there, does not know,
    or ignores it."""
    if not is_in_checkout(Path(folder)):
        return None
    run = git(Path(folder), "ls-files", "-zco", "--exclude-standard")
    if run is None or run.returncode or run.stderr or not run.stdout:  # it warns of directories that it cannot list
        return None
    return [name.rstrip("/") for name in dict.fromkeys(os.fsdecode(run.stdout).split("\0")) if name]


def _walked(root: str, overrides: Overrides, failures: list[Failure]) -> Iterator[str]:
    """What stands below a directory and no `.gitignore` of its repository speaks of, as paths from there."""

    def fail(error: OSError) -> None:
        failures.append(Failure(Path(error.filename).as_posix(), f"it cannot be listed: {error.strerror}"))

    around = "" if root == "." else f"{root.rstrip('/')}/"
    above = _above(Path(root))
    ignores: dict[str, tuple[_Ignore, ...]] = {}  # of every directory, with those of the directories above it
    for folder, directories, names in os.walk(root, onerror=fail):
        ignore = ignores.get(os.path.dirname(folder), above)  # noqa: PTH120 - as for `abspath`
        if ".gitignore" in names:
            ignore = (*ignore, *_gitignore(Path(folder)))
        ignores[folder] = ignore
        inside = folder[len(root) :].replace(os.sep, "/").strip("/")
        before = inside and f"{inside}/"
        brought = installed(Path(folder), directories) if any(name.endswith(INFO) for name in directories) else ()
        kept = [name for name in sorted(directories) if name not in SKIPPED - _OF_GO and name not in brought]
        if ignore:
            kept = [name for name in kept if not _is_ignored(Path(folder, name), ignore, is_directory=True)]
            names = [name for name in names if not _is_ignored(Path(folder, name), ignore)]
        if kept and excludes(f"{around}{before}-", overrides):
            kept = [name for name in kept if not is_excluded(f"{around}{before}{name}", overrides, is_directory=True)]
        directories[:] = kept
        yield from (f"{before}{name}" for name in names if name not in brought)


_Ignore: TypeAlias = "tuple[Path, GitIgnoreSpec]"  # a directory and the patterns that hold below it


def _above(root: Path) -> tuple[_Ignore, ...]:
    """What holds for a directory from above, up to the root of its repository; nothing where it is ignored itself, for
    then it was asked for all the same."""
    folder = absolute(root)
    above = [parent for parent in reversed(folder.parents) if parent.is_relative_to(root_of(folder))]
    ignores = tuple(ignore for parent in above for ignore in _gitignore(parent))
    return () if _is_ignored(root, ignores, is_directory=True) else ignores


def _gitignore(folder: Path) -> tuple[_Ignore, ...]:
    if not (folder / ".gitignore").is_file():
        return ()
    from pathspec import GitIgnoreSpec  # only a .gitignore pays for it

    try:
        lines = (folder / ".gitignore").read_text("utf-8", "replace").splitlines()
        return ((absolute(folder), GitIgnoreSpec.from_lines(lines)),)
    except (OSError, ValueError, re.error):  # the last two: a pattern that is none
        return ()


def _is_ignored(path: Path, ignores: tuple[_Ignore, ...], *, is_directory: bool = False) -> bool:
    """Whether the nearest `.gitignore` that speaks of a path leaves it out."""
    for folder, spec in reversed(ignores):
        relative = absolute(path).relative_to(folder).as_posix()
        verdict = spec.check_file(f"{relative}/" if is_directory else relative).include
        if verdict is not None:
            return verdict
    return False
