"""Writes that stand one behind the other, put into one transaction in the way of their library."""

from __future__ import annotations

import re
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.facts import Role
from persistlint.fixes.guards import insert, unsafe
from persistlint.fixes.handles import with_option
from persistlint.fixes.imports import python_member
from persistlint.fixes.refusal import RefusalError, first_of
from persistlint.fixes.regions import (
    LEAVES,
    NOT_IN_ONE_BLOCK,
    WAITS,
    is_tried,
    leaves_early,
    needed_behind,
    refuse_others,
    region_of,
    waits_for_others,
)
from persistlint.fixes.wrapping import wrapped
from persistlint.ir import (
    Argument,
    Assign,
    Await,
    Call,
    Collection,
    Import,
    Lambda,
    Return,
    expressions,
    expressions_in,
    names_in,
    statements_in,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range
from persistlint.tables import read_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.diagnostic import Fix
    from persistlint.facts import Effect, Handle
    from persistlint.fixes.program import Program
    from persistlint.ir import Block, Statement

_MODEL = regex(r"[A-Z]\w*|(?:db|models)\.\w+")


@dataclass(frozen=True)
class Form:
    """How a library runs statements in one transaction: an entry of `together.toml`, which says what its keys mean."""

    head: str
    tail: str = ""
    handle: str = ""
    imports: str = ""
    opener: str = ""
    named: str = ""
    unless: str = ""
    chooses: str = ""
    on: str = "pool"
    waits: bool = False
    blocks: bool = False
    through: str = ""
    argument: str = ""
    types: tuple[str, ...] = ()


def in_one_transaction(program: Program, earlier: Effect, later: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """A transaction around two writes and all that stands between them, where nothing leaves them half-way. What they
    make is handed out of it where it is needed behind them."""
    library = later.handle.library
    at_once = _at_once(program, earlier, later, effects)
    if at_once or library is None or library.name not in _forms():
        return at_once
    region = region_of(program, earlier.range, later.range)
    if earlier.via or later.via:
        raise RefusalError(f"`{earlier.via or later.via}` writes by itself, and would have to be given the transaction")
    if region is None:
        raise RefusalError(NOT_IN_ONE_BLOCK)
    fitting = [form for form in _forms()[library.name] if earlier.handle.role.value == form.on]
    if not fitting:
        raise RefusalError(f"nothing here tells what a transaction of {library.name} is opened on")
    return first_of(partial(_in_form, program, form, earlier.handle, effects, region) for form in fitting)


def _in_form(
    program: Program, form: Form, handle: Handle, effects: Sequence[Effect], region: tuple[Block, Block, bool]
) -> tuple[Fix, ...]:
    """The statements of a block in a transaction of this form. Raises `RefusalError`."""
    library = handle.library
    block, following, is_async = region
    is_closure = program.source.language != "python"
    if is_closure is not bool(form.tail):
        return ()  # of a library of another language that is called the same
    needed = needed_behind(program, block) if is_closure else []
    if needed != [] and following and _only_gives(program, following[0]):
        block, needed = (*block, following[0]), []
    whole = Range(program.line_start(block[0].range.start), program.line_end(block[-1].range.end))
    inside = [effect for effect in effects if effect.range in whole]
    refuse_others(block, inside, handle)
    if leaves_early(block):
        raise RefusalError(LEAVES)
    if form.waits and not is_async:
        raise RefusalError("the function is not `async`, so that it cannot wait for the transaction")
    if form.blocks and is_async:
        raise RefusalError("the function is `async`, and the transaction would block it")
    if is_closure and waits_for_others(block, inside):
        raise RefusalError(WAITS)
    if is_closure and not form.waits and _awaits(block):
        raise RefusalError("something between the writes is awaited, which a synchronous transaction cannot")
    is_on_connection = any(effect.handle.role is Role.CONNECTION for effect in inside)
    if form.unless and is_on_connection and program.has_name(form.unless):
        raise RefusalError(f"the file speaks of `{form.unless}`, under which the transaction may have no effect")
    opener = _opener(program, form, handle, inside)
    if "{opener}" in form.head and not opener:
        raise RefusalError("nothing here tells what the transaction is opened on")
    changes = _sent_through(program, inside, form, library.transactions.option if library is not None else "", whole)
    imported = python_member(program, *form.imports.split(":")) if form.imports else ("", ())
    if changes is None:
        raise RefusalError("one of the calls cannot be sent through the transaction as it is written")
    if needed is None:
        raise RefusalError("what the block makes changes behind it, so that it cannot be handed out of the transaction")
    scope = whole if is_closure else _function(program, whole)
    if imported is None or (form.handle and program.has_name(form.handle, scope)):
        taken = form.handle or form.imports.rpartition(":")[2]
        raise RefusalError(f"the name `{taken}` stands for something else here")
    database = _database(program, form, inside, block) if form.chooses else ""
    head = form.head.format(opener=opener, handle=form.handle, name=imported[0], database=database)
    head = head.replace("\n", f"\n{program.indentation(whole.start)}{program.indent}")
    tail = f"{form.tail}{program.semicolon}" if form.tail else ""
    if is_closure and isinstance(block[-1], Return):
        # A handler sees the errors of what is waited for, and no others.
        head = f"return {head if is_tried(program, block[-1].range) else head.removeprefix('await ')}"
    elif needed:
        given = needed[0] if len(needed) == 1 else f"{{ {', '.join(needed)} }}"
        head = f"const {given} = {head}"
        tail = f"{program.indent}return {given}{program.semicolon}\n{program.indentation(whole.start)}{tail}"
    edits = wrapped(program, block, head, (tail,) if tail else (), changes)
    if not edits:
        raise RefusalError(NOT_IN_ONE_BLOCK)
    return unsafe("Do both in one transaction", *edits, *imported[1])


def _at_once(program: Program, earlier: Effect, later: Effect, effects: Sequence[Effect]) -> tuple[Fix, ...]:
    """`$transaction([…])` of Prisma in the place of a `Promise.all([…])` of nothing but its queries."""
    frame = program.frame(earlier.range)
    nodes = [*expressions_in(frame.statement)] if frame is not None else []
    for call in nodes:
        if not isinstance(call, Call) or program.source.text(call.function.range) != "Promise.all":
            continue
        match call.arguments:
            case (Argument(value=Collection(elements=elements)),):
                places = [each.range for each in elements]
                sent = [each for each in effects if each.range in places]
                is_whole = {earlier.range, later.range} <= set(places) == {each.range for each in sent}
                is_one = all(each.handle.is_same(later.handle) and not each.via for each in sent)
                library = later.handle.library
                if is_whole and is_one and library is not None and library.name == "Prisma":
                    edit = Edit(call.function.range, f"{later.handle.name}.$transaction")
                    return unsafe("Do all in one transaction", edit)
    return ()


def _opener(program: Program, form: Form, handle: Handle, effects: Sequence[Effect]) -> str:
    """What a transaction is opened on; "" where nothing in the file is known for it. Every model has the object of its
    library, which the types of TypeScript do not promise."""
    if form.named and re.search(rf"{form.named}\Z", handle.name) is None:
        return ""
    if not form.opener:
        return handle.name
    modules = handle.library.modules if handle.library is not None else ()
    if any(_declares(each, form.opener, modules) for each in program.module.body):
        return form.opener
    model = handle.library.model if handle.library is not None else None
    methods = model.methods if model is not None else {}
    names = [e.handle.name for e in effects if e.method in methods or _MODEL.fullmatch(e.handle.name)]
    return f"{names[0]}.{form.opener}" if names and program.source.language == "javascript" else ""


def _database(program: Program, form: Form, effects: Sequence[Effect], block: Block) -> str:
    """What names the database to which all of these go, as an argument; "" for the one that is meant where nothing
    does. Raises `RefusalError` where they may go to several."""
    texts = [program.source.text(effect.range) for effect in effects]
    if not any(re.search(rf"\b{form.chooses}\s*[=(]", text) for text in texts):
        return ""
    named = rf"\b{form.chooses}\s*[=(]\s*(?:{form.chooses}\s*=\s*)?(\w+(?:\.\w+)*|\"\w+\"|'\w+')\s*[,)]"
    found = {tuple(re.findall(named, text)) for text in texts}
    database = next(iter(found), ())[:1]
    names = {
        name
        for statement in statements_in(block)
        if isinstance(statement, Assign)
        for name in names_in(statement.target)
    }
    if len(found) != 1 or len(set(*found)) != 1 or not names.isdisjoint(database):
        raise RefusalError("the writes may go to more than one database")
    return f"{form.chooses}={database[0]}"


def _only_gives(program: Program, statement: Statement) -> bool:
    """Whether a statement returns something that is there already."""
    is_plain = isinstance(statement, Return) and program.is_alone(statement)
    parts = expressions(statement) if is_plain else ()
    return is_plain and not any(isinstance(node, Call | Await | Lambda) for part in parts for node in walk(part))


def _awaits(block: Block) -> bool:
    """Whether something in a block is waited for, which a function that is not async cannot."""
    parts = (part for statement in statements_in(block) for part in expressions(statement))
    return any(isinstance(node, Await) for part in parts for node in walk(part))


def _declares(statement: Statement, name: str, modules: Sequence[str]) -> bool:
    """Whether a statement of the top level gives a name to something that is none of these modules as a whole."""
    if isinstance(statement, Import):
        return statement.local == name and (bool(statement.member) or statement.module not in modules)
    return isinstance(statement, Assign) and name in names_in(statement.target)


def _sent_through(
    program: Program, effects: Sequence[Effect], form: Form, option: str, whole: Range
) -> list[Edit] | None:
    """The edits that send every effect through the transaction; None where one cannot be, or something else is given
    what they were sent through."""
    is_taken = form.handle and not option and not form.argument
    names = {effect.handle.name for effect in effects} if is_taken else set()
    for name in names:
        sent = sum(effect.handle.name == name for effect in effects)
        if len(re.findall(rf"(?<![\w$.]){re.escape(name)}(?![\w$])", program.source.text(whole))) != sent:
            return None
    edits: list[Edit] = []
    for effect in effects if form.handle else ():
        if option:
            entry = option if option == form.handle else f"{option}: {form.handle}"
            edit = with_option(program, effect, entry)
        else:
            root = Range(effect.range.start, effect.range.start + len(effect.handle.name.encode()))
            is_root = program.source.text(root) == effect.handle.name and effect.handle.role.value == form.on
            edit = _through(program, form, root) if is_root else None
        if edit is None:
            return None
        edits.append(edit)
    return edits


def _through(program: Program, form: Form, root: Range) -> Edit | None:
    """The edit that sends what is called on a root through the transaction, None where it is not called so."""
    if form.argument:
        end = root.end + len(form.argument)
        is_called_so = program.source.text(Range(root.end, end + 1)) == f"{form.argument})"
        return insert(end, form.handle) if is_called_so else None
    through = form.through or "{handle}"
    return Edit(root, through.format(handle=form.handle, root=program.source.text(root)))


def _function(program: Program, place: Range) -> Range:
    function = program.function_around(place)
    return function.range if function is not None else place


def form_of(library: str, name: str, language: str) -> Form | None:
    """The form in which a library of a language runs what was sent through a handle of this name in a transaction that
    has a handle of its own."""
    forms = (form for form in _forms().get(library, ()) if form.handle and bool(form.tail) is (language != "python"))
    return next((form for form in forms if re.search(rf"(?:{form.named})\Z", name)), None)


@cache
def _forms() -> dict[str, list[Form]]:
    found: dict[str, list[Form]] = {}
    for form in read_table(Path(__file__).with_name("together.toml"))["form"]:
        for library in form.pop("libraries"):
            found.setdefault(library, []).append(Form(**form))
    return found
