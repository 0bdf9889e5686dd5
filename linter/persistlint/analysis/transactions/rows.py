"""Rows that were read, what is computed from them, and where the result is written back.

`wallet.balance -= n; wallet.save()` loses the write of whoever came in between. The write is a write-back only where
the column that it sets holds what was computed from the same column of a row that was read before.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.numbers.vocabulary import words
from persistlint.analysis.transactions.locks import keeps_others_out
from persistlint.analysis.transactions.row_shapes import (
    HOLDS_ROWS,
    RECORDS,
    SCALARS,
    Computed,
    Row,
    column_at,
    column_named,
    element_of,
    parts,
    selected,
    shaped,
)
from persistlint.analysis.transactions.written import conditions, settings
from persistlint.facts import EffectKind, Role, WriteBack
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Conditional,
    Expression,
    Name,
    Number,
    String,
    Subscript,
    TypeAssertion,
    Unary,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.analysis.transactions.chain import Chain
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect, Handle
    from persistlint.ir import TaggedTemplate
    from persistlint.sql.outline import Outline

_ARITHMETIC = ("+", "-", "*", "/", "//", "%")
_FETCHES = RECORDS | SCALARS | {"fetchall", "fetchmany", "scalars", "all"}
_OR_CREATES = frozenset(["get_or_create", "aget_or_create", "findOrCreate"])
_COMPUTES = [  # the first words of functions: `Add`, `addPrices`, `max`
    (word,) for word in ("max", "min", "add", "sub", "subtract", "plus", "minus", "increase", "decrease", "sum")
]
_BOUNDS = [("max",), ("min",)]
_SCANS = frozenset(["Scan", "StructScan", "MapScan"])
_VERSIONS = regex(r"(?:.*_)?(?:version|lock_version|row_?version|etag|xmin|updated_?at|revision)", re.IGNORECASE)


@dataclass
class Rows:
    """What one function read, computed and wrote back."""

    rows: dict[str, Row] = field(default_factory=dict)
    computed: dict[str, Computed] = field(default_factory=dict)
    changed: dict[str, Computed] = field(default_factory=dict)  # rows of which an attribute was changed, by variable
    written: list[WriteBack] = field(default_factory=list)
    last_read: dict[str, Effect] = field(default_factory=dict)  # by the name of the handle
    counted: set[str] = field(default_factory=set)  # objects of which an attribute was counted up, or set by a sum

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read yet, so that nothing comes of a row."""
        return not (self.rows or self.computed or self.changed or self.last_read)

    def assigned(self, statement: Assign, walk: Walk, effects: Sequence[Effect]) -> None:
        """An assignment: a row is loaded, a column of it is changed, or something is computed from it."""
        target, value = statement.target, statement.value
        if type(target) is not Name and isinstance(target, Attribute | Subscript):
            self._changed(target, statement)
        if value is None or (self.is_empty and not effects):
            return
        read = next((effect for effect in effects if _loads(effect) and not effect.via), None)
        if read is None and len(effects) == 1 and _loads(effects[0]):
            read = effects[0]  # a helper that only reads gives what it read
        row = None
        if isinstance(value, Binary):
            pass  # computed from what was read
        elif read is not None:
            row = shaped(value, read)
        elif type(target) is Name or not isinstance(target, Attribute | Subscript):
            row = self._row_of(value)
        for name, part in parts(target, row):
            self.changed.pop(name, None)
            if part is not None:
                self.rows[name] = part
                self.computed.pop(name, None)
            elif isinstance(target, Name):
                self._computed(name, value, statement.operator)

    def _computed(self, name: str, value: Expression, operator: str) -> None:
        """`left = stock - n`, `stock -= n`, `stock = row["stock"]`."""
        found, column = self.relative(value), self._column(value)
        if found is None and column is not None and operator == "=":
            self.rows[name] = replace(column.row, column=column.column)
            self.computed.pop(name, None)
            return
        row = self.rows.get(name)
        if found is None and operator in _ARITHMETIC and row is not None and row.column is not None:
            found = Computed(row, row.column)
        self.rows.pop(name, None)
        if found is not None:
            self.computed[name] = found
        elif operator == "=":
            self.computed.pop(name, None)

    def each(self, target: Expression, iterable: Expression, effects: Sequence[Effect]) -> None:
        """A loop over rows."""
        read = next((effect for effect in effects if _loads(effect)), None) or self.read_of(iterable)
        row = Row(read, is_one=True) if read is not None else None
        for name, part in parts(target, row):
            self.computed.pop(name, None)
            self.changed.pop(name, None)
            self.rows.pop(name, None)
            if part is not None:
                self.rows[name] = part

    def _changed(self, target: Attribute | Subscript, statement: Assign) -> None:
        """`row.n -= k`, `row.n = row.n - k`, `row["n"] = …`."""
        owner = path_of(target.value)
        is_sum = isinstance(statement.value, Binary) and statement.value.operator in _ARITHMETIC
        if owner is not None and (is_sum or statement.operator in _ARITHMETIC):
            self.counted.add(owner)
        row = self.rows.get(owner or "")
        column = (
            target.name
            if isinstance(target, Attribute)
            else target.index.value
            if isinstance(target.index, String)
            else ""
        )
        if owner is None or row is None or not column or statement.value is None:
            return
        if _is_merged(column, statement.value):
            return
        if statement.operator in _ARITHMETIC:
            self.changed[owner] = Computed(row, column, statement.range)
        elif (found := self.relative(statement.value)) is not None and found.row is row and found.column == column:
            self.changed[owner] = replace(found, range=statement.range)

    def left(self, handle: Handle, walk: Walk) -> None:
        """A block of a session ends, which sends what was changed."""
        for computed in self.changed.values():
            read = computed.row.effect
            if read.handle.name == handle.name and computed.range is not None:
                is_locked = read.lock or keeps_others_out(read, walk)
                library = read.handle.library
                self.written.append(WriteBack(computed.range, computed.column, read.range, is_locked, True, library))

    def read_of(self, value: Expression) -> Effect | None:
        """What read the row or the rows that an expression is."""
        row = self._row_of(value)
        return row.effect if row is not None else None

    def _row_of(self, value: Expression) -> Row | None:
        """`rows[0]`, `result.rows[0]`, `row`, `cursor.fetchone()`: a row under any name."""
        path = path_of(value)
        if path is not None and path in self.rows:
            return self.rows[path]
        match value:
            case Await(value=inner) | TypeAssertion(value=inner) | Unary(operand=inner):
                return self._row_of(inner)
            case Attribute(value=inner, name=name) if name in HOLDS_ROWS:
                return self._row_of(inner)
            case Subscript(value=inner, index=index) if not isinstance(index, String):
                row = self._row_of(inner)
                return element_of(row, index) if row is not None else None
            case Call(function=Attribute(value=owner, name=name)) if name in _FETCHES:
                result = self.rows.get(path_of(owner) or "")  # `cursor = connection.execute(…)`
                read = self.last_read.get(path_of(owner) or "") or (result.effect if result is not None else None)
                return shaped(value, read) if read is not None else None
        return None

    def relative(self, value: Expression) -> Computed | None:
        """What a value is computed from, where that is a column of a row and something else."""
        if not self.rows and not self.computed:
            return None
        nodes = list(walk(value))
        # The element of a list: what was computed is no list, and so that came from elsewhere.
        lists = {id(n.value) for n in nodes if isinstance(n, Subscript) and not isinstance(n.index, String)}
        for node in nodes:
            if isinstance(node, Name) and node.id in self.computed and id(node) not in lists:
                return self.computed[node.id]
            if isinstance(node, Binary) and node.operator in _ARITHMETIC:
                for side in (node.left, node.right):
                    if (found := self._column(side)) is not None:
                        return found
            if isinstance(node, Call) and _computes(node):
                candidates = [a.value for a in node.arguments]
                if isinstance(node.function, Attribute):
                    candidates.append(node.function.value)
                for side in candidates:
                    if (found := self._column(side)) is not None:
                        return found
        return None

    def _column(self, value: Expression) -> Computed | None:
        """The column of a row that an operand is."""
        while isinstance(value, Call) and len(value.arguments) == 1 and not isinstance(value.function, Attribute):
            value = value.arguments[0].value  # `Number(row.n)`, `int(row["n"])`
        match value:
            case Attribute(value=owner, name=name):
                row = self._row_of(owner)
                return Computed(row, name) if row is not None else None
            case Subscript(value=owner, index=String(value=name)):
                row = self._row_of(owner)
                return Computed(row, name) if row is not None else None
            case Subscript(value=owner, index=Number() as index) if isinstance(owner, Name):
                row = self._row_of(owner)
                return Computed(row, column_named(row.effect, index)) if row is not None else None
            case Name() | Subscript() | Call():
                row = self._row_of(value)
                return Computed(row, row.column) if row is not None and row.column is not None else None
            case Binary(operator="or" | "??", left=left) | Conditional(then=left) | TypeAssertion(value=left):
                return self._column(left)
        return None

    def accessed(
        self, node: Call | TaggedTemplate, chain: Chain, found: Outline | None, effect: Effect, walk: Walk
    ) -> None:
        """A call to the database: a read fills variables, a write may write back."""
        if effect.kind is EffectKind.READ:
            for call in chain.calls:
                if isinstance(call.function, Attribute):
                    self.last_read[path_of(call.function.value) or ""] = effect
            for call in chain.calls:
                self._filled(call, effect, walk)
        elif effect.kind in (EffectKind.WRITE, EffectKind.PENDING, EffectKind.COMMIT):
            self._wrote(node, chain, found, effect, walk)

    def _filled(self, call: Call, effect: Effect, walk: Walk) -> None:
        """Go: `db.First(&w, id)`, `….Scan(&balance)`, `db.Get(&balance, "SELECT …")`."""
        is_single = len(selected(effect)) == 1
        is_scan = last_name(call.function) in _SCANS
        pointers = [argument.value for argument in call.arguments if _is_pointer(argument.value, walk)]
        for index, pointer in enumerate(pointers):
            name = path_of(pointer.operand if isinstance(pointer, Unary) else pointer)
            if name is None:
                continue
            column = column_at(effect, index) if is_scan or is_single else ""
            is_scalar = is_scan or bool(column)
            self.rows[name] = Row(effect, (column or name) if is_scalar else None)
            self.computed.pop(name, None)
            self.changed.pop(name, None)

    def _wrote(
        self, node: Call | TaggedTemplate, chain: Chain, found: Outline | None, effect: Effect, walk: Walk
    ) -> None:
        computed = next(iter(self._written_back(chain, found, effect)), None)
        if computed is None:
            return
        read = computed.row.effect
        chosen_by = found.conditions if found is not None else frozenset(conditions(chain))
        is_versioned = any(_VERSIONS.fullmatch(word) or word == computed.column for word in chosen_by)
        is_relative = found is not None and computed.column in found.relative
        is_locked = read.lock or is_versioned or is_relative or keeps_others_out(effect, walk)
        in_transaction, library = effect.transaction is not None, effect.handle.library
        is_handed = computed.row.is_handed
        self.written.append(
            WriteBack(effect.range, computed.column, read.range, is_locked, in_transaction, library, is_handed)
        )

    def _written_back(self, chain: Chain, found: Outline | None, effect: Effect) -> Iterator[Computed]:
        root = chain.root
        for call in chain.calls:
            if isinstance(call.function, Attribute) and (owner := path_of(call.function.value)) in self.changed:
                yield self.changed.pop(owner or "")
            for argument in call.arguments:
                value = argument.value.operand if isinstance(argument.value, Unary) else argument.value
                name = path_of(value)  # `&wallet`, `wallet!`
                if name is not None and name in self.changed and chain.effect != "read":
                    yield self.changed.pop(name)
        if effect.kind is EffectKind.COMMIT and root is not None and root.handle.role is Role.SESSION:
            sent = [n for n, c in self.changed.items() if c.row.effect.handle.name == root.handle.name]
            yield from [self.changed.pop(name) for name in sent]
        if effect.kind is not EffectKind.WRITE:
            return
        for column, value in settings(chain, found, effect):
            computed = self.relative(value)
            if computed is None or _plain(computed.column) not in (_plain(column), ""):
                continue
            own = self.rows.get(effect.instance)  # `task.update({ rank: others[0].rank + 1 })` is of another row
            if own is not None and own.effect is not computed.row.effect:
                continue
            if found is None or computed.row.effect.table in ("", found.table):
                yield computed


def _computes(call: Call) -> bool:
    """Whether a function computes something new, and no default: `Math.max(seats, 1)`."""
    first = words(last_name(call.function))[:1]
    is_default = first in _BOUNDS and any(isinstance(argument.value, Number) for argument in call.arguments)
    return first in _COMPUTES and not is_default


def _is_merged(column: str, value: Expression) -> bool:
    """Whether what is added are the rows that another one has: `to.recipes += from.recipes`."""
    return isinstance(value, Attribute) and value.name == column and column.endswith("s")


def _is_pointer(value: Expression, walk: Walk) -> bool:
    """Go: `&wallet`, or a variable that was made as `&Wallet{}` or `new(Wallet)`."""
    if isinstance(value, Name):
        variable = walk.scope.find(value.id)
        made = variable.value if variable is not None else None
        return _is_address(made) or (isinstance(made, Call) and path_of(made.function) == "new")
    return _is_address(value)


def _is_address(value: Expression | None) -> bool:
    return isinstance(value, Unary) and value.operator == "&"


def _loads(effect: Effect) -> bool:
    """Whether a row comes back that was there before, or may have been."""
    return effect.kind is EffectKind.READ or effect.method in _OR_CREATES


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
