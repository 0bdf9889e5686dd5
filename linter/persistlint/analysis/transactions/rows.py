"""Rows that were read, what is computed from them, and where the result is written back.

`wallet.balance -= n; wallet.save()` loses the write of whoever came in between. The write is a write-back only where
the column that it sets holds what was computed from the same column of a row that was read before.
"""

from __future__ import annotations

import re
from dataclasses import field, replace
from typing import TYPE_CHECKING

from persistlint.analysis.names import last_name, path_of
from persistlint.analysis.transactions.parameters import parameter, scalars_of
from persistlint.analysis.vocabulary import words
from persistlint.facts import EffectKind, Role, WriteBack
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    Collection,
    Conditional,
    Expression,
    Mapping,
    Name,
    Number,
    String,
    Subscript,
    TypeAssertion,
    Unary,
    walk,
)
from persistlint.records import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from persistlint.analysis.transactions.chain import Chain
    from persistlint.analysis.transactions.walk import Walk
    from persistlint.facts import Effect, Handle
    from persistlint.ir import TaggedTemplate
    from persistlint.source import Range
    from persistlint.sql.outline import Outline

_ARITHMETIC = ("+", "-", "*", "/", "//", "%")
_FETCHES = frozenset(
    [
        "fetchone",
        "fetchall",
        "fetchmany",
        "fetchrow",
        "fetchval",
        "first",
        "one",
        "one_or_none",
        "scalar",
        "scalar_one",
        "scalars",
        "all",
    ]
)
_OR_CREATES = frozenset(["get_or_create", "aget_or_create", "findOrCreate"])
_COMPUTES = [  # the first words of functions: `Add`, `addPrices`, `max`
    (word,) for word in ("max", "min", "add", "sub", "subtract", "plus", "minus", "increase", "decrease", "sum")
]
_SCANS = frozenset(["Scan", "StructScan", "MapScan"])
_SETS_COLUMN = frozenset(["Update", "UpdateColumn"])  # GORM: `db.Model(&w).Update("balance", …)`
_INSERTS = re.compile(r"create|insert|bulk_?create|add", re.IGNORECASE)
_WORD = re.compile(r"\w+")
_SERIALIZABLE = re.compile(r"serializable", re.IGNORECASE)
_VERSIONS = re.compile(r"(?:.*_)?(?:version|lock_version|row_?version|etag|xmin|updated_?at|revision)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read, and the column where a variable holds one column alone."""

    effect: Effect
    column: str = ""


@dataclass(frozen=True, slots=True)
class Computed:
    """Something that was computed from a column of a row; `range` is what changed the row itself."""

    row: Row
    column: str
    range: Range | None = None


@dataclass
class Rows:
    """What one function read, computed and wrote back."""

    rows: dict[str, Row] = field(default_factory=dict)
    computed: dict[str, Computed] = field(default_factory=dict)
    changed: dict[str, Computed] = field(default_factory=dict)  # rows of which an attribute was changed, by variable
    written: list[WriteBack] = field(default_factory=list)
    last_read: dict[str, Effect] = field(default_factory=dict)  # by the name of the handle

    def assigned(self, statement: Assign, walk: Walk, effects: Sequence[Effect]) -> None:
        """An assignment: a row is loaded, a column of it is changed, or something is computed from it."""
        target, value = statement.target, statement.value
        path = path_of(target)
        if isinstance(target, Attribute | Subscript):
            self._changed(target, statement)
        if value is None:
            return
        read = next((effect for effect in effects if _loads(effect) and not effect.via), None)
        if read is None and len(effects) == 1 and _loads(effects[0]):
            read = effects[0]  # a helper that only reads gives what it read
        if read is None:
            read = self._fetched(value)
        names = [path] if path is not None else []
        if isinstance(target, Collection):
            names = [name for element in target.elements[:1] if (name := path_of(element)) is not None]
        if isinstance(target, Mapping):  # `const { rows } = await …`, `const { rows: [wallet] } = await …`
            held = [e.value.elements[:1] if isinstance(e.value, Collection) else (e.value,) for e in target.entries]
            names = [name for (element,) in filter(None, held) if (name := path_of(element)) is not None]
        scalars = scalars_of(target, value, read) if read is not None else {}
        for name in (*names, *(scalars.keys() - set(names))):
            self.changed.pop(name, None)
            if read is not None and not isinstance(value, Binary):
                self.rows[name] = Row(read, scalars.get(name, ""))
                self.computed.pop(name, None)
            elif isinstance(target, Name) and statement.operator in _ARITHMETIC and name in self.rows:
                row = self.rows.pop(name)
                if row.column:  # `balance -= cents`
                    self.computed[name] = Computed(row, row.column)
            elif isinstance(target, Name) and (column := self._column(value)) is not None and column.column:
                self.rows[name] = replace(column.row, column=column.column)  # `balance = row["balance"]`
                self.computed.pop(name, None)
            elif (source := self._row_of(value)) is not None and not isinstance(target, Attribute | Subscript):
                self.rows[name] = source
            elif isinstance(target, Name):
                self.rows.pop(name, None)
                found = self.relative(value)
                if found is not None:
                    self.computed[name] = found
                elif statement.operator == "=":
                    self.computed.pop(name, None)

    def _changed(self, target: Attribute | Subscript, statement: Assign) -> None:
        """`row.n -= k`, `row.n = row.n - k`, `row["n"] = …`."""
        owner = path_of(target.value)
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
        if statement.operator in _ARITHMETIC:
            self.changed[owner] = Computed(row, column, statement.range)
        elif (found := self.relative(statement.value)) is not None and found.row is row and found.column == column:
            self.changed[owner] = replace(found, range=statement.range)

    def left(self, handle: Handle, walk: Walk) -> None:
        """A block of a session ends, which sends what was changed."""
        for computed in self.changed.values():
            read = computed.row.effect
            if read.handle.name == handle.name and computed.range is not None:
                is_locked = read.lock or _keeps_others_out(read, walk)
                self.written.append(WriteBack(computed.range, computed.column, read.range, is_locked, True))

    def read_of(self, value: Expression) -> Effect | None:
        """What read the row or the rows that an expression is."""
        row = self._row_of(value)
        return row.effect if row is not None else self._fetched(value)

    def _fetched(self, value: Expression) -> Effect | None:
        """`cursor.fetchone()` gives the row of the query before."""
        while isinstance(value, Await | Subscript | TypeAssertion):
            value = value.value
        if isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name in _FETCHES:
            owner = path_of(value.function.value) or ""
            result = self.rows.get(owner)  # `cursor = connection.execute(…)`
            return self.last_read.get(owner) or (result.effect if result is not None else None)
        return None

    def _row_of(self, value: Expression) -> Row | None:
        """`rows[0]`, `result.rows[0]`, `row`: the same row under another name."""
        while isinstance(value, Subscript | Attribute | Await | TypeAssertion | Unary):
            path = path_of(value)
            if path in self.rows and path is not None:
                return self.rows[path]
            if isinstance(value, Attribute) and value.name not in ("rows", "data", "row", "recordset"):
                return None
            if isinstance(value, Subscript) and isinstance(value.index, String):
                return None
            value = value.operand if isinstance(value, Unary) else value.value
        return self.rows.get(path_of(value) or "") if isinstance(value, Name) else None

    def relative(self, value: Expression) -> Computed | None:
        """What a value is computed from, where that is a column of a row and something else."""
        for node in walk(value):
            if isinstance(node, Name) and node.id in self.computed:
                return self.computed[node.id]
            if isinstance(node, Binary) and node.operator in _ARITHMETIC:
                for side in (node.left, node.right):
                    if (found := self._column(side)) is not None:
                        return found
            if isinstance(node, Call) and words(last_name(node.function))[:1] in _COMPUTES:
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
            case Subscript(value=owner, index=Number()):
                row = self._row_of(owner)
                return Computed(row, "") if row is not None and isinstance(owner, Name) else None
            case Name(id=name):
                row = self.rows.get(name)
                return Computed(row, row.column) if row is not None and row.column else None
            case Binary(operator="or" | "??", left=left) | Conditional(then=left) | TypeAssertion(value=left):
                return self._column(left)
        return None

    def accessed(
        self, node: Call | TaggedTemplate, chain: Chain, found: Outline | None, effect: Effect, walk: Walk
    ) -> None:
        """A call to the database: a read fills variables, a write may write back."""
        arguments = [argument for call in chain.calls for argument in call.arguments]
        if effect.kind is EffectKind.READ:
            for call in chain.calls:
                if isinstance(call.function, Attribute):
                    self.last_read[path_of(call.function.value) or ""] = effect
            for argument in arguments:
                pointed = argument.value
                if isinstance(pointed, Name) and _is_pointer(pointed, walk):
                    pointed = Unary(pointed.range, "&", pointed)
                if isinstance(pointed, Unary) and pointed.operator == "&":
                    name = path_of(pointed.operand)
                    if name is not None:  # Go: `db.First(&w, id)`, `….Scan(&balance)`
                        scalar = any(last_name(call.function) in _SCANS for call in chain.calls)
                        self.rows[name] = Row(effect, name if scalar else "")
                        self.computed.pop(name, None)
                        self.changed.pop(name, None)
        elif effect.kind in (EffectKind.WRITE, EffectKind.PENDING, EffectKind.COMMIT):
            self._wrote(node, chain, found, effect, walk)

    def _wrote(
        self, node: Call | TaggedTemplate, chain: Chain, found: Outline | None, effect: Effect, walk: Walk
    ) -> None:
        computed = next(iter(self._written_back(chain, found, effect)), None)
        if computed is None:
            return
        read = computed.row.effect
        conditions = found.conditions if found is not None else frozenset(_conditions(chain))
        is_versioned = any(_VERSIONS.fullmatch(word) or word == computed.column for word in conditions)
        is_relative = found is not None and computed.column in found.relative
        is_locked = read.lock or is_versioned or is_relative or _keeps_others_out(effect, walk)
        self.written.append(
            WriteBack(effect.range, computed.column, read.range, is_locked, effect.transaction is not None)
        )

    def _written_back(self, chain: Chain, found: Outline | None, effect: Effect) -> Iterator[Computed]:
        root = chain.root
        for call in chain.calls:
            if isinstance(call.function, Attribute) and (owner := path_of(call.function.value)) in self.changed:
                yield self.changed.pop(owner or "")
            for argument in call.arguments:
                value = argument.value.operand if isinstance(argument.value, Unary) else argument.value
                if isinstance(value, Name) and value.id in self.changed and chain.effect != "read":
                    yield self.changed.pop(value.id)
        if effect.kind is EffectKind.COMMIT and root is not None and root.handle.role is Role.SESSION:
            yield from [c for c in self.changed.values() if c.row.effect.handle.name == root.handle.name]
        if effect.kind is not EffectKind.WRITE:
            return
        if found is not None:
            yield from self._of_parameters(chain, found)
            return
        if _INSERTS.match(effect.method):
            return  # a new row, whatever its values were computed from
        for call in chain.calls:
            match [argument.value for argument in call.arguments]:
                case [String(value=column), value] if last_name(call.function) in _SETS_COLUMN:
                    if (c := self._same_column(column, value, effect)) is not None:
                        yield c
            for argument in call.arguments:
                if argument.keyword is not None and (c := self._same_column(argument.keyword, argument.value, effect)):
                    yield c
                yield from self._of_mapping(argument.value, effect)

    def _of_mapping(self, value: Expression, effect: Effect, depth: int = 0) -> Iterator[Computed]:
        if isinstance(value, Mapping) and depth < 3:
            for entry in value.entries:
                if isinstance(entry.key, String):
                    if entry.key.value in ("data", "values", "update", "set", "$set", "defaults"):
                        yield from self._of_mapping(entry.value, effect, depth + 1)
                    elif found := self._same_column(entry.key.value, entry.value, effect):
                        yield found

    def _same_column(self, column: str, value: Expression, effect: Effect) -> Computed | None:
        found = self.relative(value)
        return found if found is not None and _plain(found.column) in (_plain(column), "") else None

    def _of_parameters(self, chain: Chain, found: Outline) -> Iterator[Computed]:
        """`UPDATE t SET n = ?` with a parameter that was computed from `n`."""
        for column, value in found.values:
            given = parameter(chain, value)
            computed = self.relative(given) if given is not None else None
            if computed is not None:
                same_table = not computed.row.effect.table or computed.row.effect.table == found.table
                if same_table and _plain(computed.column) in (_plain(column), ""):
                    yield computed


def _is_pointer(name: Name, walk: Walk) -> bool:
    """Go: whether a variable was made as a pointer to a row: `w := &Wallet{}`, `w := new(Wallet)`."""
    variable = walk.scope.find(name.id)
    match variable.value if variable is not None else None:
        case Unary(operator="&"):
            return True
        case Call(function=Name(id="new")):
            return walk.handles.language == "go"
    return False


def _keeps_others_out(effect: Effect, walk: Walk) -> bool:
    """Whether nobody can write between a read and a write of one transaction: because of a lock that was taken, of its
    isolation, or of an engine that refuses the write then, as SQLite does."""
    if walk.is_locked or (walk.active and _SERIALIZABLE.search(walk.text(walk.active[0].range))):
        return True
    if effect.transaction is None:  # what a driver begins by itself holds a lock until the commit
        own = effect.handle if effect.handle.role is Role.IMPLICIT else None
        return own is not None and any(other.lock and other.handle.is_same(own) for other in walk.effects)
    library = effect.handle.library
    is_serial = library is not None and library.dialect == "sqlite"
    return is_serial or any(other.lock and other.transaction == effect.transaction for other in walk.effects)


def _conditions(chain: Chain) -> Iterator[str]:
    """The columns that an ORM chooses rows by: `filter(version=…)`, `{ where: { version } }`, `Where("…")`."""
    for call in chain.calls:
        for argument in call.arguments:
            value = argument.value
            if isinstance(value, Mapping):
                for entry in value.entries:
                    if isinstance(entry.key, String) and entry.key.value == "where":
                        yield from _keys(entry.value)
            elif call is chain.call:
                continue
            elif argument.keyword is not None:
                yield argument.keyword
            elif isinstance(value, String):
                yield from _WORD.findall(value.value)


def _keys(value: Expression) -> Iterator[str]:
    if isinstance(value, Mapping):
        for entry in value.entries:
            if isinstance(entry.key, String):
                yield entry.key.value


def _loads(effect: Effect) -> bool:
    """Whether a row comes back that was there before, or may have been."""
    return effect.kind is EffectKind.READ or effect.method in _OR_CREATES


def _plain(name: str) -> str:
    return name.replace("_", "").lower()
