"""What the arguments of a call say about locks, conflicts and transactions."""

from __future__ import annotations

from persistlint.analysis.names import last_name
from persistlint.ir import Argument, Call, Collection, Constant, Expression, Lambda, Mapping, Number, String, Unary

_MODES = frozenset(["readonly", "readwrite"])


def commits_at_once(argument: Argument) -> bool:
    """Whether an argument of a Python driver's constructor says that no transaction is opened by itself."""
    match argument.value:
        case Constant(value=value):
            return (argument.keyword, value) in (("autocommit", True), ("isolation_level", None))
        case String(value="AUTOCOMMIT"):
            return argument.keyword == "isolation_level"
        case Mapping(entries=entries) if argument.keyword == "execution_options":
            keys = (
                entry.key.value for entry in entries if isinstance(entry.key, String) and _is_autocommit(entry.value)
            )
            return "isolation_level" in keys
    return False


def _is_autocommit(value: Expression) -> bool:
    return isinstance(value, String) and value.value == "AUTOCOMMIT"


def sets_autocommit(call: Call) -> bool:
    """Whether a call that sets the mode of a Python connection sets it to autocommit: `set_session(autocommit=True)`,
    `set_isolation_level(ISOLATION_LEVEL_AUTOCOMMIT)`, which is 0. A value that is not known may."""
    for argument in call.arguments:
        match argument.value:
            case Constant(value=value) | Number(value=value):
                is_on = value is True if argument.keyword or isinstance(value, bool) else value == 0
            case String(value=value):
                is_on = value.upper() == "AUTOCOMMIT"
            case _:
                name = last_name(argument.value)
                is_on = not name.startswith("ISOLATION_LEVEL_") or name.endswith("_AUTOCOMMIT")
        if is_on and argument.keyword in (None, "autocommit", "isolation_level"):
            return True
    return False


def asks_for_lock(node: Call) -> bool:
    """Whether the options of a call lock the row: `{ lock: t.LOCK.UPDATE }`, `with_for_update=True`."""
    entries = [e for a in node.arguments if isinstance(a.value, Mapping) for e in a.value.entries]
    keys = {entry.key.value for entry in entries if isinstance(entry.key, String)} | {a.keyword for a in node.arguments}
    return bool(keys & {"lock", "lockMode", "forUpdate", "with_for_update"})


def begins_query(node: Call) -> bool:
    """Whether a call is given what only queries are: keywords alone in Python, an object that says which rows or which
    values, or the queries of a transaction."""
    values = [argument.value for argument in node.arguments if argument.keyword is None]
    match values:
        case []:
            return True
        case [Mapping(entries=entries)]:
            return any(isinstance(entry.key, String) and entry.key.value in ("data", "where") for entry in entries)
        case [Collection() | Lambda(), *_]:
            return last_name(node.function) == "$transaction"
    return False


def names_mode(node: Call) -> bool:
    """Whether a call names a mode of IndexedDB, a database of the browser whose transactions end by themselves:
    `db.transaction("files", "readwrite")`."""
    return any(isinstance(a.value, String) and a.value.value in _MODES for a in node.arguments[1:])


def mentions(node: Call, clause: str) -> bool:
    """Whether Go's `Clauses(…)` or `For(…)` is given a lock, or what happens on a conflict."""
    for argument in node.arguments:
        match argument.value:
            case Mapping(type=type) | Unary(operand=Mapping(type=type)) if clause in type:
                return True
            case String(value=value) if clause == "Locking" and ("UPDATE" in value.upper() or "SHARE" in value.upper()):
                return True
    return False
