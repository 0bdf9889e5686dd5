"""What keeps others out between a read and a write: locks beside the database and in it, and the transaction itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.callbacks import is_synchronous
from persistlint.facts import Role, Scoping
from persistlint.ir import Call
from persistlint.patterns import Marked
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.analysis.transactions.open import Open
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect
    from persistlint.ir import Expression, Function

_SERIALIZABLE = regex(r"serializable", re.IGNORECASE)
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


def _text(function: Function, walk: Walk) -> str:
    """A function, with what stands before it on its line: `await serializable(async (tx) => {`."""
    source = walk.file.source
    line = source.line_range(source.line_of(function.range.start))
    return source.text(Range(line.start, function.range.end))


def keeps_others_out(effect: Effect, walk: Walk) -> bool:
    """Whether nobody can write between a read and a write of one transaction: because of a lock that was taken, of its
    isolation, or of an engine or a library that refuses the write then, as SQLite and Pony do. Python's
    `with connection` begins no transaction before the first write: https://docs.python.org/3/library/sqlite3.html#sqlite3-transaction-control-isolation-level"""
    if walk.is_locked or (walk.active and _SERIALIZABLE.search(_text(walk.active[0], walk))):
        return True
    library, opened = effect.handle.library, walk.current()
    if library is not None and library.transactions.optimistic:
        return True
    if opened is not None and library is not None and library.dialect == "sqlite":
        is_late = library.transactions.exit_commits and opened.scoping is Scoping.CONTEXT
        return not is_late
    if opened is not None and opened.opener.library is None and _waits_for_nothing(opened, walk):
        return True
    if effect.transaction is not None:
        return any(other.lock and other.transaction == effect.transaction for other in walk.effects)
    # What a driver begins by itself holds a lock until the commit.
    is_begun = effect.handle.role is Role.IMPLICIT
    return is_begun and any(other.lock and other.handle.is_same(effect.handle) for other in walk.effects)


def _waits_for_nothing(opened: Open, walk: Walk) -> bool:
    """Whether a driver that nobody names runs a transaction at once, as those of SQLite alone do in JavaScript: its
    callback gives no promise, nor does what stands around the present place in it."""
    around = [f for f in walk.active if opened.range.start <= f.range.start and f.range.end <= opened.range.end]
    is_script = walk.handles.language not in ("python", "go") and opened.scoping is Scoping.CALLBACK
    return is_script and bool(around) and all(map(is_synchronous, around))
