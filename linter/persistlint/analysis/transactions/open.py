"""A transaction while the walk goes through it: which calls belong to it, and whether every way out of it closes it."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name
from persistlint.facts import EffectKind, Role, Scoping, Transaction, Use
from persistlint.ir import Attribute, Call, Collection, Expression, Mapping, Name, String, TaggedTemplate, walk
from persistlint.libraries import Library, Type
from persistlint.libraries.transactions import BY_OBJECT, Binding
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable

    from persistlint.analysis.transactions.chain import Chain, Known
    from persistlint.analysis.transactions.file import Exit
    from persistlint.analysis.transactions.handles import Handles
    from persistlint.analysis.transactions.variables import Scope
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect, Handle, Place
    from persistlint.source import Range

_DEEPEST = 4  # calls, one as an argument of the other
_UNKNOWN = Type(Library(""), "")


@dataclass(eq=False)
class Open:
    """One transaction. `on_connection` where it belongs to the connection that it was begun on."""

    number: int
    range: Range
    scoping: Scoping
    opener: Handle
    type: Type
    method: str
    place: Place
    index: int  # how many effects stand before it
    end: int  # the offset behind it, where it ends with a block or a callback
    handle: Handle | None = None
    on_connection: bool = False
    is_async: bool = False
    is_savepoint: bool = False
    is_wrapped: bool = False  # a function of the program's own opens it, of which only the name is known
    stores: tuple[str, ...] = ()  # the paths of the objects of the program's own that it was opened on
    is_over: bool = False
    is_of_helper: bool = False  # a helper of the file opens it, which is called here
    nested_in: Open | None = None
    closings: list[Effect] = field(default_factory=list)
    exits: list[Exit] = field(default_factory=list)
    guards: frozenset[int] = frozenset()
    known_before: frozenset[str] = frozenset()  # the variables that there are outside of it
    deferred: bool = False
    commits: bool = False
    early: Range | None = None

    @property
    def binding(self) -> Binding:
        library = self.opener.library
        return library.transactions if library is not None else BY_OBJECT

    @property
    def is_ambient(self) -> bool:
        return self.binding.ambient

    def is_open_at(self, place: Place) -> bool:
        """Whether every way to a later place comes by its begin, and nothing closed it on the way."""
        if self.is_over or not self.place.dominates(place):
            return False
        return not any(closing.place.dominates(place) for closing in self.closings)

    def binds(self, chain: Chain, scope: Scope) -> bool:
        """Whether a call inside belongs to it."""
        root = chain.root
        if root is None or self._takes_all(root.handle) or _is_given_builder(chain, root):
            return True
        if root.handle.role is Role.TRANSACTION or (self.handle is not None and root.handle.is_same(self.handle)):
            return True
        if self._is_on(root.handle):
            return True
        if self.handle is None:
            return self.scoping is not Scoping.CALLBACK or root.handle.role is Role.INSTANCE
        option = self.binding.option
        if option and root.handle.library is not None and root.handle.library.transactions.option == option:
            if root.type.role == "instance" and chain.operation is not None and chain.operation.options is None:
                return True  # it keeps what it was loaded with
            is_loaded = root.handle.role is Role.INSTANCE or (root.type.role == "instance" and _is_loaded(chain, scope))
            return (is_loaded and option == "session") or _has_option(chain, option, scope)
        own = root.handle.library.transactions.option if root.handle.library is not None else ""
        if self.opener.library is None and own and _has_option(chain, own, scope):
            return True  # of a function of the program's own that opens it
        mentioned = [*chain.bound_to, *(a.value for call in chain.calls for a in call.arguments)]
        return any(
            isinstance(node, Name) and node.id == self.handle.name for value in mentioned for node in walk(value)
        )

    def _is_on(self, handle: Handle) -> bool:
        """Whether a handle is the connection that it was begun on, which has one transaction."""
        is_connection = self.opener.role is not Role.POOL and self.scoping is not Scoping.CALLBACK
        return is_connection and handle.is_same(self.opener) and not self._is_apart

    @property
    def _is_apart(self) -> bool:
        """Whether it has a handle of its own beside what it was begun on, which is a pool unless the caller gave a
        transaction: Ent's `client.Tx(ctx)`."""
        return self.handle is not None and not self.handle.is_same(self.opener) and self.type.role == "pool"

    def _takes_all(self, handle: Handle) -> bool:
        """Whether calls belong to it whatever they are called on: the library finds it, or nobody knows how."""
        finds = handle.library is not None and handle.library.transactions.ambient
        is_wrapper = (
            self.opener.library is None and not self.opener.name and (self.handle is None or not self.handle.name)
        )
        return self.is_ambient or self.scoping is Scoping.ARRAY or finds or is_wrapper

    def owns(self, handle: Handle) -> bool:
        """Whether what is done through a handle belongs to it, as far as the handle alone tells."""
        if self._takes_all(handle) or handle.role in (Role.TRANSACTION, Role.INSTANCE):
            return True
        return self.handle is None or handle.is_same(self.handle) or self._is_on(handle)

    def fact(self, walker: Walk) -> Transaction:
        """What the rules are told of it."""
        from persistlint.analysis.transactions.closing import leak_of, left_early, unfinished, unreleased

        unchecked = next(
            (
                closing.range
                for closing in self.closings
                if closing.kind is EffectKind.COMMIT
                and closing.use is Use.DROPPED
                and not closing.via
                and walker.handles.language == "go"
            ),
            None,
        )
        return Transaction(
            self.range,
            self.scoping,
            self.opener,
            self.handle,
            self.method,
            self.is_async,
            self.nested_in.range if self.nested_in is not None else None,
            self.is_savepoint,
            self.is_wrapped,
            self.commits or any(closing.kind is EffectKind.COMMIT for closing in self.closings),
            leak_of(self, walker),
            unchecked,
            self.early,
            unreleased(self, walker),
            self.is_of_helper,
            unfinished(self, walker),
            left_early(self, walker),
        )


def opens(
    number: int, range: Range, scoping: Scoping, chain: Chain, handle: Handle | None, place: Place, index: int
) -> Open:
    """A transaction that a chain of calls opens."""
    root = chain.root
    from persistlint.facts import Handle

    opener = root.handle if root is not None else Handle("", Role.POOL, None)
    type = chain.known.type if chain.known is not None else root.type if root is not None else _UNKNOWN
    call = chain.call
    method = chain.operation.name if chain.operation is not None else ""
    if isinstance(call, TaggedTemplate):
        method = "begin"
    return Open(number, range, scoping, opener, type, method, place, index, range.end, handle)


def closes(effect: Effect, opened: Open) -> bool:
    """Whether a commit or rollback is that of this transaction."""
    handle = opened.handle or opened.opener
    return opened.scoping not in (Scoping.ARRAY, Scoping.DECORATOR) and effect.handle.is_same(handle)


def close(effect: Effect, transactions: Iterable[Open]) -> bool:
    """Note a commit or rollback with those of the transactions that it ends; gives whether there is one."""
    ended = [opened for opened in transactions if closes(effect, opened)]
    for opened in ended:
        opened.closings.append(effect)
    return bool(ended)


def _is_given_builder(chain: Chain, root: Known) -> bool:
    """Whether a call goes on with a query that somebody else has begun, where nobody sees on what."""
    first = chain.calls[0].function if chain.calls else None
    while isinstance(first, Attribute):
        first = first.value
    is_builder = root.type.fluent and not root.type.role
    return is_builder and isinstance(first, Name) and first.id == root.handle.name


def _is_loaded(chain: Chain, scope: Scope) -> bool:
    """Whether a call is one on a row that another call gave, and not one on a new row."""
    call = chain.call.function if isinstance(chain.call, Call) else None
    variable = scope.find(call.value.id) if isinstance(call, Attribute) and isinstance(call.value, Name) else None
    return variable is not None and not (isinstance(variable.value, Call) and variable.value.new)


def _has_option(chain: Chain, option: str, scope: Scope) -> bool:
    """Whether a call of the chain is given the option, or something that may hold it."""
    return bool(chain.bound_to) or any(_may_hold(call, option, scope) for call in chain.calls)


def _may_hold(call: Call, option: str, scope: Scope, depth: int = 0) -> bool:
    """Whether the option may stand in what a call is given, or what that is made of: `Object.assign({}, options)`."""
    for argument in call.arguments:
        value = argument.value
        if argument.keyword == option or (argument.spread and argument.keyword is None):
            return True
        if isinstance(value, Name):
            variable = scope.find(value.id)
            held = variable.value if variable is not None else None
            if not isinstance(held, Mapping) and (value.id == option or "opt" in value.id.lower()):
                return True
            value = held if isinstance(held, Mapping) else value
        entries = value.entries if isinstance(value, Mapping) else ()
        if any(entry.key is None or (isinstance(entry.key, String) and entry.key.value == option) for entry in entries):
            return True
        if isinstance(value, Call) and depth < _DEEPEST:
            is_named_so = "opt" in last_name(value.function).lower()
            if is_named_so or _may_hold(value, option, scope, depth + 1):
                return True
    return False


def names_transaction(chain: Chain, scope: Scope, handles: Handles) -> bool:
    """Whether a call is given a transaction that this function did not open: as an option, or as an argument."""
    root = chain.root
    option = root.type.library.transactions.option if root is not None else ""
    if option and _has_option(chain, option, scope):
        return True
    given = [
        *chain.bound_to,
        *(a.value for call in chain.calls for a in call.arguments if isinstance(a.value, Name | Attribute)),
    ]
    known = (handles.known(value, scope) for value in given)
    if any(found is not None and found.handle.role is Role.TRANSACTION for found in known):
        return True
    is_wrapper = root is not None and not root.type.library.modules
    return is_wrapper and any(_names_connection(call, scope, handles) for call in chain.calls)


def _names_connection(call: Call, scope: Scope, handles: Handles) -> bool:
    """Whether a method of the program's own is given a connection in its options, behind the query and its values:
    `db.execute(sql, values, { wrappedConnection: connection })`, `db.execute(sql, values, dbOptions(ctx))`."""
    for argument in call.arguments[1:]:
        match argument.value:
            case Mapping(entries=entries):
                named = (entry.value for entry in entries if isinstance(entry.value, Name | Attribute))
                if any(handles.known(value, scope) is not None for value in named):
                    return True
            case Call(function=function, arguments=[_, *_]) if "options" in last_name(function).lower():
                return True
    return False


def misplaced_option(chain: Chain, opened: Open | None) -> Range | None:
    """An argument that names the transaction and is not the one in which the library looks for it. The first holds data
    or a condition, and a column may have that name: there, only what holds the handle of the transaction itself."""
    operation, call = chain.operation, chain.call
    if operation is None or operation.options is None or not isinstance(call, Call) or operation.name.endswith("*"):
        return None
    option = operation.library.transactions.option
    named = [index for index, argument in enumerate(call.arguments) if _option_in(argument.value, option) is not None]
    if not named or operation.options in named:
        is_array = bool(call.arguments) and isinstance(call.arguments[0].value, Collection)
        if named and option == "session" and operation.name == "create" and not is_array:
            return call.arguments[named[0]].range  # with one document, the second argument is another document
        return None
    first = call.arguments[named[0]]
    return first.range if named[0] > 0 or _is_handle(_option_in(first.value, option), opened) else None


def _option_in(value: Expression, option: str) -> Expression | None:
    """What an object literal gives for an option."""
    entries = value.entries if isinstance(value, Mapping) else ()
    return next((e.value for e in entries if isinstance(e.key, String) and e.key.value == option), None)


def _is_handle(value: Expression | None, opened: Open | None) -> bool:
    """Whether a value is the handle of a transaction that the function itself opened."""
    handle = opened.handle if opened is not None and opened.scoping is not Scoping.PARAMETER else None
    return handle is not None and isinstance(value, Name) and value.id == handle.name
