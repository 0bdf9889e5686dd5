"""Calls that go round a transaction, sent through it: by its handle, by an option, or as their library asks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.facts import EffectKind, Role, Scoping
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handing import handed_to_helper
from persistlint.fixes.handles import call_at, with_option
from persistlint.fixes.together import form_of
from persistlint.ir import Attribute, Call, Mapping, Name
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Handle, Transaction
    from persistlint.fixes.program import Program
    from persistlint.ir import Expression
    from persistlint.libraries import Library

_NAME = regex(r"[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*")
_CALL = regex(r"(?:\.[\w$]+)*[(`]")  # what stands behind a handle, up to its first call
_ROOT = regex(r"([A-Za-z_][\w.]*)\.\w+\(")
_OWN = (Role.POOL, Role.SESSION, Role.CONNECTION, Role.IMPLICIT, Role.TRANSACTION)
_ROWS = (EffectKind.WRITE, EffectKind.PENDING)


def passed_on(program: Program, effect: Effect, transaction: Transaction, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """Send a call through the transaction that it goes round; `effects` are those of the function."""
    handle = transaction.handle
    if handle is None or not _NAME.fullmatch(handle.name) or _commits_rows(effect, transaction, effects):
        return ()
    library = transaction.opener.library or handle.library
    option = library.transactions.option if library is not None else ""
    if effect.via:
        return handed_to_helper(program, effect, handle, library, option)
    if option:
        return _with_option(program, effect, option, handle.name)
    edit = _sent_through(program, effect, transaction, effects, library)
    return unsafe(f"Use {handle.name}", edit) if edit is not None else ()


def _commits_rows(effect: Effect, transaction: Transaction, effects: Sequence[Effect]) -> bool:
    """Whether MySQL would commit what the transaction has written when the schema is changed in it."""
    library = effect.handle.library
    if effect.kind is not EffectKind.SCHEMA or (library is not None and library.dialect in ("postgresql", "sqlite")):
        return False
    inside = (other for other in effects if other.transaction == transaction.range and other.is_bound)
    return any(other.kind in _ROWS and other.range.start < effect.range.start for other in inside)


def _sent_through(
    program: Program, effect: Effect, transaction: Transaction, effects: Sequence[Effect], library: Library | None
) -> Edit | None:
    """The edit that puts the handle of the transaction in the place of the one that a call is sent through."""
    handle = transaction.handle
    assert handle is not None
    root = Range(effect.range.start, effect.range.start + len(effect.handle.name.encode()))
    behind = _CALL.match(program.source.text(Range(root.end, effect.range.end)))
    own = effect.handle.library
    if effect.handle.name == handle.name:
        return None
    if program.source.text(root) != effect.handle.name or behind is None:
        return _as_argument(program, effect, handle.name) if own is library else None
    bound = _bound_elsewhere(program, effect, effects, handle.name)
    if bound:
        return Edit(root, bound)
    if own is not library and None not in (own, library):
        return None
    if own is None or library is None:
        types = library.types.values() if library is not None and behind[0].count(".") == 1 else ()
        has = any(type.role and effect.method in type.methods for type in types)
        is_like = has or any(_is_called_so(program, other, handle, behind[0]) for other in effects)
        return Edit(root, handle.name) if is_like or _is_asked_so(program, transaction, handle, behind[0]) else None
    form = form_of(library.name, effect.handle.name, program.source.language)
    through = library.transactions.through
    by_hand = form is not None and through and transaction.scoping is Scoping.MANUAL
    name = f"{handle.name}.{through}" if by_hand else handle.name
    if form is not None and form.argument:
        end = root.end + len(form.argument)
        return insert(end, name) if program.source.text(Range(root.end, end + 1)) == f"{form.argument})" else None
    if form is not None and form.through:
        return Edit(root, form.through.format(handle=name, root=effect.handle.name))
    if not _has_what_is_called(library, behind[0]):
        return None
    is_of_opener = effect.handle.name == transaction.opener.name
    if through and behind[0].startswith(f".{through}."):
        root = Range(root.start, root.end + len(f".{through}"))
    elif _is_asked_itself(library, behind[0]):
        name = handle.name
    return Edit(root, name) if is_of_opener or form is not None or _takes_the_same(library, effect) else None


def _is_asked_itself(library: Library, behind: str) -> bool:
    """Whether it is what a transaction is begun on that is asked, and not the field of it that statements are sent
    through: what takes SQL, and the begin."""
    member = behind.lstrip(".").split(".")[0].rstrip("(`")
    asked = [type.methods[member] for type in library.types.values() if type.role and member in type.methods]
    return any(method.sql is not None or method.effect == "begin" for method in asked)


def _as_argument(program: Program, effect: Effect, name: str) -> Edit | None:
    """The edit that gives a statement the handle of the transaction, where it is given one to run on: `.run(pool)`."""
    call: Expression | None = call_at(program, effect.range)
    places = []
    while isinstance(call, Call | Attribute):
        given = call.arguments if isinstance(call, Call) else ()
        places += [each.value.range for each in given if program.source.text(each.value.range) == effect.handle.name]
        call = call.function if isinstance(call, Call) else call.value
    return Edit(places[0], name) if len(places) == 1 else None


def _bound_elsewhere(program: Program, effect: Effect, effects: Sequence[Effect], name: str) -> str:
    """What takes the place of a handle that the function binds to the transaction elsewhere: the variable that holds
    it then, `qtx` of `qtx := queries.WithTx(tx)`, or the same once more. "" where it does not."""
    root = effect.handle.name
    inside = [other for other in effects if other.transaction == effect.transaction and not other.via]
    bind = next((each for each in inside if each.kind is EffectKind.OTHER and each.instance == root), None)
    if bind is None:
        return ""
    texts = [program.source.text(each.range) for each in inside if each.handle.is_same(bind.handle) and each.is_bound]
    roots = [found[1] for text in texts if (found := _ROOT.match(text)) and found[1] not in (root, name)]
    return roots[0] if roots else f"{root}.{bind.method}({name})"


def _is_called_so(program: Program, other: Effect, handle: Handle, behind: str) -> bool:
    """Whether the handle of the transaction is called as another one is, which tells that it takes the same."""
    text = program.source.text(other.range)
    if other.via or not other.handle.is_same(handle) or not text.startswith(handle.name):
        return False
    found = _CALL.match(text, len(handle.name))
    return found is not None and found[0].count(".") == behind.count(".") and found[0][-1] == behind[-1]


def _has_what_is_called(library: Library, behind: str) -> bool:
    """Whether the transactions of a library have the method or the field that is asked of something else of it, as far
    as its table tells."""
    member = behind.lstrip(".").split(".")[0].rstrip("(`")
    types = [type for type in library.types.values() if type.role]
    ours = [type for type in types if type.role == "transaction"]
    is_known = any(member in {*type.methods, *type.fields} for type in types)
    return not ours or not is_known or any(member in {*type.methods, *type.fields} for type in ours)


def _is_asked_so(program: Program, transaction: Transaction, handle: Handle, behind: str) -> bool:
    """Whether the same is asked of the handle of a transaction of the program's own."""
    inside = program.source.text(transaction.range)
    return re.search(rf"(?<![\w.]){re.escape(handle.name + behind)}", inside) is not None


def _takes_the_same(library: Library, effect: Effect) -> bool:
    """Whether all that a library sends statements through takes what is sent here in the same way."""
    roles = {role.value for role in _OWN}
    types = [type for type in library.types.values() if type.role in roles and not type.models]
    methods = [type.methods[effect.method] for type in types if effect.method in type.methods]
    places = {(method.sql, method.parameters, method.effect) for method in methods}
    return effect.handle.role in (Role.POOL, Role.SESSION) and len(places) == 1 and len(methods) == len(types)


def _with_option(program: Program, effect: Effect, option: str, handle: str) -> tuple[Fix, ...]:
    entry = option if option == handle else f"{option}: {handle}"
    if program.source.language == "python":
        edit = _with_keyword(program, effect, option, handle)
        return unsafe(f"Pass {option}={handle}", edit) if edit is not None else ()
    if effect.method == "create" and option == "session":
        return _as_list(program, effect, entry)
    edit = with_option(program, effect, entry)
    return unsafe(f"Pass {entry}", edit) if edit is not None else ()


def _with_keyword(program: Program, effect: Effect, option: str, handle: str) -> Edit | None:
    """`collection.update_one(…, session=session)`."""
    call = call_at(program, effect.range)
    if call is None or any(each.spread or each.keyword == option for each in call.arguments):
        return None
    if not program.source.content.endswith(b")", 0, call.range.end) or not program.is_clean(call.range):
        return None
    if not call.arguments:
        return insert(call.range.end - 1, f"{option}={handle}")
    return insert(call.arguments[-1].range.end, f", {option}={handle}")


def _as_list(program: Program, effect: Effect, entry: str) -> tuple[Fix, ...]:
    """Mongoose: `create([{ … }], { session })`, which gives a list; so where nobody looks at what it gives."""
    call = call_at(program, effect.range)
    if call is None or len(call.arguments) != 1 or not program.is_clean(call.range):
        return ()
    frame, document = program.frame(effect.range), call.arguments[0]
    is_plain = isinstance(document.value, Mapping | Name) and not document.spread
    is_unused = frame is not None and program.source.text(frame.statement.range).rstrip(";") in (
        program.source.text(call.range),
        f"await {program.source.text(call.range)}",
    )
    if not is_plain or not is_unused:
        return ()
    place = document.range
    return unsafe(f"Pass {entry}", insert(place.start, "["), insert(place.end, f"], {{ {entry} }}"))
