"""What the default branch of the remote holds, as far as this clone knows it: the files where the branch that is
checked out left it, and those that came since. Nothing is fetched; where there is no such branch, nothing is known."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from persistlint.git import git, root
from persistlint.records import dataclass
from persistlint.surroundings import OF_HISTORY, recent

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_TIP = "refs/remotes/origin/HEAD"
_SHA1 = 40  # digits of an id


@dataclass(frozen=True, slots=True)
class Merged:
    """The files of a repository at the commit where what is checked out left the default branch. `blobs` are the ids
    of their contents by their paths from `top`."""

    top: Path
    commit: str
    blobs: Mapping[str, str]

    def has(self, path: Path) -> bool:
        """Whether a file was there."""
        return self._name(path) in self.blobs

    def before(self, path: Path, content: bytes) -> bytes | None:
        """What the file held there, where that is not what it holds now; with what git makes of line ends in a checkout
        it holds the same."""
        blob = self.blobs.get(self._name(path))
        if blob is None or blob in (_id(content, blob), _id(content.replace(b"\r\n", b"\n"), blob)):
            return None
        run = git(self.top, "cat-file", "blob", blob)
        return run.stdout if run is not None and not run.returncode else None

    def added_since(self, folder: Path) -> Iterator[bytes]:
        """The contents of the files below a folder that came to the default branch since."""
        arguments = ("diff-tree", "-r", "-p", "--diff-filter=A", "--no-renames", "--no-ext-diff", "--no-textconv")
        run = git(self.top, *arguments, self.commit, _TIP, "--", self._name(folder) or ".")
        for patch in f"\n{os.fsdecode(run.stdout)}".split("\ndiff --git ")[1:] if run is not None else ():
            _, _, hunk = patch.partition("\n@@ ")
            lines = hunk.split("\n")[1:]
            yield os.fsencode("".join(f"{line[1:]}\n" for line in lines if line.startswith("+")))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.top).as_posix() if path.is_relative_to(self.top) else ""


def state(path: Path) -> str:
    """The mark of what a result about a file depends on (`facts.Consulted`): it changes where the default branch moves,
    or what is checked out leaves it elsewhere."""
    top = root(path.parent)
    return f"{OF_HISTORY}{':'.join(recent().once(_ends, top) or ())}"


def merged(path: Path) -> Merged | None:
    """What was merged before the branch that a file is checked out from left the default one; None where nobody knows.
    git is asked once for all files of a repository."""
    top = root(path.parent)
    found: Merged | None = recent().once(_merged_in, top)
    return found


def _ends(top: Path) -> tuple[str, str] | None:
    """The commits where what is checked out left the default branch, and where that is now."""
    run = git(top, "rev-parse", f"HEAD...{_TIP}") if (top / ".git").exists() else None
    commits = os.fsdecode(run.stdout).split() if run is not None and not run.returncode else []
    bases = [commit[1:] for commit in commits if commit.startswith("^")]
    return (bases[0], commits[0]) if bases else None  # the end of a range comes first


def _merged_in(top: Path) -> Merged | None:
    ends = recent().once(_ends, top)
    if ends is None:
        return None
    commit, _ = ends
    listed = git(top, "ls-tree", "-r", "-z", "--full-tree", commit)
    if listed is None or listed.returncode:
        return None
    entries = (line.partition("\t") for line in os.fsdecode(listed.stdout).split("\0") if line)
    return Merged(top, commit, {path: about.split()[2] for about, _, path in entries})


def _id(content: bytes, like: str) -> str:
    """The id that git gives to a content, of the kind of another one."""
    from hashlib import sha1, sha256  # they load OpenSSL, and most files are not in a repository with a remote

    kind = sha1 if len(like) == _SHA1 else sha256
    return kind(b"blob %d\0" % len(content) + content).hexdigest()
