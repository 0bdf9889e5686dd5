"""Locks beside the database, and helpers that take one in it: whoever holds one keeps others out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.ir import Call
from persistlint.patterns import Marked
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import Expression

# A word of a name: `redis_lock`, `w.mu.Lock`, `lockParent`, `mutex.runExclusive`; not `unlock`, `block`, `lockfile`.
_LOCK = r"(?:[Ll]ock|LOCK|[Mm]utex|[Ss]emaphore|[Rr]edlock|[Ee]xclusive)(?![a-z])"
_NAMED = regex(rf"(?:^|(?<=[._])|(?<=[a-z])(?=[A-Z])){_LOCK}")
_NAMED_IN_BYTES = Marked(
    (b"ock", b"LOCK", b"utex", b"emaphore", b"xclusive"),
    regex(rf"(?:\b|(?<=_)|(?<=[a-z])(?=[A-Z])){_LOCK}".encode()),
)


def says_lock(content: bytes) -> bool:
    """Whether a file has a name of a lock anywhere."""
    return _NAMED_IN_BYTES.search(content) is not None


def takes_lock(node: Expression) -> bool:
    """Whether an expression is a lock, or a call that takes one."""
    called = node.function if isinstance(node, Call) else node
    return _NAMED.search(path_of(called) or last_name(called)) is not None
