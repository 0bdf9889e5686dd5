"""Two writes that commit by themselves: whether they belong together, and what becomes of them when they run again."""

from __future__ import annotations

import re

from persistlint.facts import Effect, Use, deletes, inserts, updates
from persistlint.regexes import regex
from persistlint.schema.naming import singular

_SENDS = regex(r"\$?exec|query|run|raw", re.IGNORECASE)
_PROGRESS = regex(r"\s*UPDATE\b.*\bSET\b.*\b(?:status|state|phase)\b", re.IGNORECASE | re.DOTALL)
# Whoever gets no session signs in again.
_SESSION = regex(r"(?:(?:user|auth|login)_?)?sessions?|.*(?:refresh|access)_?tokens?", re.IGNORECASE)
# Whoever loses a code for one use asks for another.
_FOR_ONE_USE = regex(
    r".*(?:(?:verif\w*|confirm\w*|reset|log_?in|magic_?link|auth\w*|access|refresh|one_?time)_?(?:tokens?|codes?)"
    r"|otps?(?:_\w+)?|nonces?|password_?resets?|api_?keys?)",
    re.IGNORECASE,
)
_SYNCS = regex(r"(?:.*\.)?_?(?:re)?(?:sync|fresh|build|calc|count|concile|index)\w*", re.IGNORECASE)
# A time in common makes no rows belong together.
_TIME = regex(
    r"(?:.*_)?(?:now|today|ago|cutoff|since|threshold|timestamp|deadline|expiry|days|hours|minutes)|.*(?:Ago|Cutoff)"
)
_NOT_OF_WORDS = regex(r"[^a-z0-9.]+")


def runs_again(earlier: Effect, later: Effect) -> bool:
    """Whether both may run again, which completes what was left half-way; or nobody can tell, or the first is made for
    the other alone, inside its call."""
    is_again = all(effect.is_repeatable or effect.is_upsert for effect in (earlier, later))
    is_kept = earlier.use not in (Use.DROPPED, Use.DISCARDED)
    needs = is_kept and bool(earlier.instance) and earlier.instance in later.names and not later.is_upsert
    is_helper = bool(later.via) and (later.is_repeatable or _SYNCS.match(later.via) is not None)
    is_step = later.is_stamp or is_helper
    is_unknown = all(_SENDS.match(effect.method) and not (effect.sql or effect.table) for effect in (earlier, later))
    is_whole = is_again and not needs and not (_deletes(earlier) and _hangs_on(later, earlier.table))
    is_inside = later.range.start <= earlier.range.start and earlier.range.end <= later.range.end
    return earlier.is_claim or is_step or is_unknown or is_inside or is_whole


def belong_together(earlier: Effect, later: Effect) -> bool:
    """Whether half of a change stays behind where the earlier one is done and the later one is not."""
    return not earlier.place.is_optional(later.place) and may_belong_together(earlier, later)


def may_belong_together(earlier: Effect, later: Effect) -> bool:
    """Whether half of a change stays behind where the earlier one, which a branch may pass over, is done and the later
    one is not."""
    is_ambient = later.handle.library is not None and later.handle.library.transactions.ambient
    same = earlier.handle.library is later.handle.library
    return (
        same
        and not (earlier.is_detached and later.is_detached)
        and not earlier.is_conditional
        and not ((earlier.via or later.via) and not _is_given(earlier, later))
        and earlier.range != later.range
        and not earlier.place.excludes(later.place)
        and not (earlier.is_upsert and later.is_upsert)
        and not _is_same_row(earlier, later)
        and not earlier.is_made_if_missing
        and not (later.is_made_if_missing and not _is_given(earlier, later))
        and not (_SESSION.fullmatch(later.table) and inserts(later.method))
        and not (_FOR_ONE_USE.fullmatch(earlier.table) and _deletes(earlier))
        and not (is_ambient and earlier.via and later.via)  # where each of them would report it again
        and _are_of_one_matter(earlier, later)
    )


def _hangs_on(effect: Effect, table: str) -> bool:
    """Whether rows are chosen by a column that is called after another table: `user_id`, `userId`."""
    one = singular(_plain(table).rpartition(".")[2])
    return bool(one) and f"{one}id" in _plain(effect.row or effect.sql)


def _plain(text: str) -> str:
    return _NOT_OF_WORDS.sub("", text.lower())


def _is_given(earlier: Effect, later: Effect) -> bool:
    """Whether the later write is given what the earlier one gave."""
    return bool(earlier.instance) and earlier.instance in later.names


def _are_of_one_matter(earlier: Effect, later: Effect) -> bool:
    """Whether both are about the same data; or each about data of its own, in SQL that one function sends itself."""
    if _is_given(earlier, later):
        return True
    common = earlier.names & later.names
    if common:
        return not all(map(_TIME.fullmatch, common))
    has_data = bool(earlier.names) and bool(later.names)
    return has_data and bool(earlier.sql) and bool(later.sql) and not (earlier.via or later.via)


def _is_same_row(earlier: Effect, later: Effect) -> bool:
    """Whether one row is written twice, as that of a job is which takes down how far it has come."""
    is_one = bool(earlier.instance) and earlier.instance == later.instance and not (earlier.sql and later.sql)
    if is_one or (later.row and later.row == earlier.instance) or (earlier.via and earlier.via == later.via):
        return True
    if earlier.table == later.table and _PROGRESS.match(earlier.sql) and _PROGRESS.match(later.sql):
        return True
    if earlier.table == later.table and earlier.row and earlier.row == later.row:
        return updates(earlier.method) and updates(later.method)
    one_key = earlier.names <= later.names or later.names <= earlier.names
    return bool(earlier.table) and earlier.table == later.table and one_key and not _deletes(earlier)


def _deletes(effect: Effect) -> bool:
    return deletes(effect.method) or deletes(effect.sql.strip())
