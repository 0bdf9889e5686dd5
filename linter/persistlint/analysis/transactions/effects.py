"""From a chain of calls to the effect that is taken down."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.chain import Chain
from persistlint.analysis.transactions.mentions import names_in
from persistlint.analysis.transactions.open import close, misplaced_option, names_transaction
from persistlint.analysis.transactions.options import sets_autocommit
from persistlint.analysis.transactions.repeats import claims, passes_over, repeats, stamps
from persistlint.analysis.transactions.scopes import open_transaction
from persistlint.analysis.transactions.shapes import is_row
from persistlint.analysis.transactions.written import chosen_by
from persistlint.facts import Effect, EffectKind, Handle, Role, Scoping, Use
from persistlint.ir import (
    Argument,
    Attribute,
    Call,
    Expression,
    Lambda,
    Mapping,
    Name,
    TaggedTemplate,
    Unary,
)
from persistlint.regexes import regex
from persistlint.sql.outline import Deed, Outline, outline

if TYPE_CHECKING:
    from persistlint.analysis.transactions.chain import Chain, Known
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.ir import Expression
    from persistlint.source import Range
    from persistlint.sql.outline import Outline

_KINDS = {
    "read": EffectKind.READ,
    "write": EffectKind.WRITE,
    "pending": EffectKind.PENDING,
    "schema": EffectKind.SCHEMA,
    "begin": EffectKind.BEGIN,
    "commit": EffectKind.COMMIT,
    "rollback": EffectKind.ROLLBACK,
    "savepoint": EffectKind.SAVEPOINT,
    "acquire": EffectKind.ACQUIRE,
    "release": EffectKind.RELEASE,
    "lock": EffectKind.READ,
}


_LINE_END = regex(r",?\s+")
_DEEDS = {
    Deed.READ: EffectKind.READ,
    Deed.WRITE: EffectKind.WRITE,
    Deed.SCHEMA: EffectKind.SCHEMA,
    Deed.BEGIN: EffectKind.BEGIN,
    Deed.COMMIT: EffectKind.COMMIT,
    Deed.ROLLBACK: EffectKind.ROLLBACK,
    Deed.SAVEPOINT: EffectKind.SAVEPOINT,
    Deed.OTHER: EffectKind.OTHER,
}


def add_access(walker: Walk, node: Call | TaggedTemplate, chain: Chain, use: Use) -> None:
    """Take down what a call does to the database."""
    root = chain.root
    assert root is not None
    assert chain.call is not None
    if _only_builds(chain, root, use) or _is_only_named_so(chain, use):
        return
    found = outline(chain.sql, root.type.library.dialect) if chain.effect == "sql" else None
    kind = _kind(chain, found, walker.handles.language)
    table = found.table if found is not None and found.table else chain.table
    handle = chain.known.handle if chain.known is not None and chain.effect == "acquire" else root.handle
    effect = add_effect(
        walker,
        kind,
        node,
        handle,
        last_name(chain.call.function) if isinstance(chain.call, Call) else last_name(chain.call.tag),
        table,
        use,
        chain=chain,
        found=found,
    )
    if kind in (EffectKind.COMMIT, EffectKind.ROLLBACK):
        close(effect, walker.opened)
    if kind is EffectKind.BEGIN and chain.effect == "sql":
        opened = open_transaction(walker, node.range, Scoping.MANUAL, chain, root.handle)
        opened.on_connection = True
    if chain.effect == "autocommit" and isinstance(chain.call, Call) and sets_autocommit(chain.call):
        walker.settled.add(root.handle)
    walker.rows.accessed(node, chain, found, effect, walker)
    if kind is EffectKind.WRITE:
        again, claimed = repeats(chain, found, effect, walker), claims(chain, found, effect)
        stamped = again and stamps(chain, found, effect)
        walker.effects[-1] = replace(effect, is_repeatable=again, is_claim=again and claimed, is_stamp=stamped)
    walker.checks.accessed(chain, effect, walker)
    walker.numbering.accessed(chain, found, effect, walker)


def _only_builds(chain: Chain, root: Known, use: Use) -> bool:
    """Whether a call only adds to a query that another statement awaits: `query.andWhere(…)`."""
    is_builder = root.type.fluent and not root.type.role
    is_lazy = root.type.library.transactions.lazy is True
    if is_builder and chain.effect == "lock" and not is_lazy:  # `query.setLock(…)`: what ends it sends it
        return use in (Use.DROPPED, Use.RETURNED)
    return is_builder and is_lazy and use is Use.DROPPED


def _is_only_named_so(chain: Chain, use: Use) -> bool:
    """Whether a method that the beginning of its name alone tells gives no promise: `user.getFlag(…)`."""
    by_beginning = chain.operation is not None and chain.operation.name.endswith("*")
    is_awaited = use in (Use.AWAITED, Use.DISCARDED, Use.RETURNED, Use.CHECKED)
    return by_beginning and not is_awaited


def _is_sent_later(chain: Chain) -> bool:
    """Whether a call only makes a statement, which belongs to whoever sends it: `select(User).with_for_update()`."""
    return chain.root is not None and bool(chain.root.type.statement)


def add_effect(
    walker: Walk,
    kind: EffectKind,
    node: Expression,
    handle: Handle,
    method: str,
    table: str,
    use: Use,
    chain: Chain | None = None,
    found: Outline | None = None,
) -> Effect:
    transaction = walker.current()
    if chain is not None and transaction is None and names_transaction(chain, walker.scope, walker.handles):
        handle = replace(handle, role=Role.TRANSACTION)  # somebody else's, which it is given
    is_later = chain is not None and _is_sent_later(chain)
    effect = Effect(
        node.range,
        kind,
        handle,
        method,
        table,
        walker.place,
        use,
        transaction.range if transaction is not None else None,
        transaction is None or chain is None or is_later or transaction.binds(chain, walker.scope),
        argument_names(walker, chain) if chain is not None else names_in(node, walker.scope),
        "",
        False,
        walker.parallel,
        walker.detached,
        (found is not None and found.upserts)
        or (chain is not None and (chain.upserts or passes_over(walker.text(node.range)))),
        (chain is not None and chain.locks) or (found is not None and found.locks),
        chain.operation.options if chain is not None and chain.operation is not None else None,
        misplaced_option(chain, transaction) if chain is not None else None,
        _instance(chain),
        chain.sql if chain is not None else "",
        _row(chain, walker) if chain is not None else "",
        not is_later,
    )
    walker.effects.append(effect)
    return effect


def argument_names(walker: Walk, chain: Chain) -> frozenset[str]:
    calls = chain.calls or ((chain.call,) if isinstance(chain.call, Call) else ())
    # A callback that is called when the query is done is none of its data.
    nodes = [a.value for call in calls for a in call.arguments if not isinstance(a.value, Lambda)]
    nodes += [
        call.function.value
        for call in calls
        if isinstance(call.function, Attribute) and isinstance(call.function.value, Name)
    ]
    is_begun = chain.root is not None and bool(chain.root.type.begins)
    nodes += [row for call in calls if (row := _row_under(call.function, walker, is_begun)) is not None]
    if isinstance(chain.call, TaggedTemplate):
        nodes.append(chain.call.template)
    return frozenset().union(*(names_in(node, walker.scope) for node in nodes)) if nodes else frozenset()


def _row_under(function: Expression, walker: Walk, is_begun: bool) -> Name | None:
    """The variable of the row of which a method reaches others: `order` of `order.items.all`; one of which nothing is
    known where a query may begin so."""
    while isinstance(function, Attribute):
        function = function.value
    variable = walker.scope.find(function.id) if isinstance(function, Name) else None
    known = variable.known if variable is not None else None
    is_known = variable is not None and (is_row(known) if known is not None else is_begun)
    return function if is_known and isinstance(function, Name) else None


def _kind(chain: Chain, found: Outline | None, language: str) -> EffectKind:
    if chain.effect != "sql":
        return _KINDS.get(chain.effect, EffectKind.OTHER)
    if found is not None:
        return _DEEDS[found.deed]
    method = chain.operation.name if chain.operation is not None else ""
    return (
        EffectKind.WRITE
        if language == "go" and method.startswith(("Exec", "MustExec", "NamedExec"))
        else EffectKind.OTHER
    )


def _row(chain: Chain, walker: Walk) -> str:
    """What an ORM chooses rows by, in one line however it is written: a condition in a variable as that was set, or the
    variable of the row that a repository saves."""
    call = chain.call
    if isinstance(call, Call) and call.arguments and last_name(call.function) in ("save", "Save", "remove"):
        saved = call.arguments[-1].value
        if isinstance(saved, Name):
            return saved.id
    conditions = (walker.text(_told(condition, range, walker)) for condition, range in chosen_by(chain))
    return _LINE_END.sub(" ", " ".join(conditions))


def _told(condition: Expression, range: Range, walker: Walk) -> Range:
    """Where a condition is told: that in a variable, where it was set."""
    variable = walker.scope.find(condition.id) if isinstance(condition, Name) else None
    value = variable.value if variable is not None else None
    return value.range if isinstance(value, Call | Mapping) else range


def _instance(chain: Chain | None) -> str:
    """The variable of the row that a call saves, or of the handle that it binds to a transaction."""
    call = chain.call if chain is not None else None
    if chain is not None and chain.effect == "bind" and isinstance(call, Call) and isinstance(call.function, Attribute):
        return path_of(call.function.value) or ""
    if chain is None:
        return ""
    if isinstance(call, Call) and isinstance(call.function, Attribute) and isinstance(call.function.value, Name):
        return call.function.value.id if chain.is_on_row else _scanned(chain)
    return _scanned(chain)


def _scanned(chain: Chain) -> str:
    """Go: the first variable that the row goes into, where the chain ends so: `….Scan(&id)`."""
    last = chain.calls[-1] if chain.calls else None
    match last:
        case Call(function=Attribute(name="Scan"), arguments=(Argument(value=Unary(operand=Name(id=name))), *_)):
            return name
    return ""
