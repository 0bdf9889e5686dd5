"""Which expression is a database handle, and what a chain of calls on one does.

A chain is read from its root outwards: `prisma.user.update(…)`, `db.Model(&u).Where(…).Update(…)`. The library tables
say what each method gives and does, `roots` which name a chain can start from.
"""

from __future__ import annotations

from dataclasses import field

from persistlint.analysis.names import canonical, last_name, path_of, required
from persistlint.analysis.transactions.chain import Chain, Known, calls_of, either, named, owner_of, start
from persistlint.analysis.transactions.operations import operate
from persistlint.analysis.transactions.options import begins_query, commits_at_once
from persistlint.analysis.transactions.roots import Roots, role_of, undeclared
from persistlint.analysis.transactions.texts import table_of, text_of
from persistlint.analysis.transactions.variables import Scope
from persistlint.analysis.transactions.vocabulary import HANDS_BACK, managers, paths
from persistlint.facts import Handle, Role
from persistlint.ir import (
    Assign,
    Attribute,
    Await,
    Binary,
    Call,
    ClassDefinition,
    Conditional,
    Expression,
    Name,
    String,
    Subscript,
    TaggedTemplate,
    TypeAssertion,
    Unary,
)
from persistlint.libraries import OF_MODELS, Library, Operation, Type
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.sql.outline import Deed, outline

_CONVERTS = regex(r"(?:^|[a-z])(?:[Tt]o|[Ff]rom)_?(?:DB|Db|Database)$|_(?:to|from)_db$")  # `dateTimeToDB(now)`
_DEEPEST = 200  # calls in one chain, one inside the other
_NOTHING = Type(Library(""), "")


@dataclass
class Handles(Roots):
    """Finds the handles of one file, and what chains of calls on them do."""

    made: dict[str, dict[str, Expression | None]] = field(default_factory=dict)  # of the fields of each class
    unknown: set[str] = field(default_factory=set)  # functions that are none of a library, whatever they are given

    def called(self, expression: Expression) -> Expression:
        """A decorator or context without parentheses as the call that it stands for: `@atomic`, `with db_session:`."""
        operation = self._function(self.names.qualified(expression) or "")
        is_bare = operation is not None and operation.effect and not isinstance(expression, Call)
        return Call(expression.range, expression, ()) if is_bare else expression

    def known(self, expression: Expression, scope: Scope) -> Known | None:
        """The database object that an expression is, if it is one."""
        return self.follow(expression, scope).known

    def follow(self, expression: Expression, scope: Scope, depth: int = 0) -> Chain:
        """Read a chain of calls and attributes."""
        if depth > _DEEPEST:
            return Chain()
        if type(expression) is Name:
            return self._name(expression.id, expression, scope)
        if type(expression) is Attribute:
            return self._attribute(expression, expression.value, expression.name, scope, depth)
        if type(expression) is Call:
            return self._call(expression, scope, depth)
        match expression:
            case TaggedTemplate():
                return self._tagged(expression, scope, depth)
            case Await(value=inner) | TypeAssertion(value=inner) | Subscript(value=inner) | Unary(operand=inner):
                return self.follow(inner, scope, depth + 1)
            case Binary(operator="or" | "??", left=left, right=right):
                return either(self.follow(left, scope, depth + 1), self.follow(right, scope, depth + 1))
            case Conditional(then=then, otherwise=otherwise):
                return either(self.follow(then, scope, depth + 1), self.follow(otherwise, scope, depth + 1))
        return Chain()

    def _name(self, name: str, expression: Expression, scope: Scope) -> Chain:
        variable = scope.find(name)
        if variable is not None:
            return start(variable.known)
        module = self.names.imports.get(name)
        if name == scope.receiver or (module is not None and self._is_library(module)):
            return start(self._exported(name, module))
        return start(self.imported(name, module, scope) or self.model(name) or self.guess(name))

    def _attribute(
        self, node: Attribute, value: Expression, name: str, scope: Scope, depth: int, before: Chain | None = None
    ) -> Chain:
        """What an attribute is; `before` is what its value comes to, where that is known already."""
        path = path_of(node)
        variable = scope.find(path) if path is not None else None
        if variable is not None and variable.known is not None:
            return start(variable.known)
        if (qualified := self.names.qualified(node)) is not None and qualified in self.tables.types:
            return start(self._exported(name, qualified))
        if path is not None and (imported := self.imported(path, qualified, scope)) is not None:
            return start(imported)
        if (at_path := self._at_path(value, name)) is not None:
            return start(at_path)
        chain = before if before is not None else self.follow(value, scope, depth + 1)
        base = chain.known
        if base is not None:
            type = self._member(base.type, name)
            table = name if name not in base.type.fields else base.table
            chain.known = Known(owner_of(base.handle, base.type, type), type, table) if type is not None else None
            if chain.known is not None and chain.known.handle is not base.handle:
                chain.root = chain.known
            if chain.known is not None and base.type.role == "instance":
                chain.table = table  # `order.items.create(…)` makes no order
            if chain.known is not None or chain.effect or base.handle.role is Role.TRANSACTION:
                return chain
        manager = managers(self.names.language).get(name)
        if manager is not None:
            table = last_name(value)
            handle = Handle(table, Role(manager.role), manager.library, -1, declared=True)
            return start(Known(handle, manager, table))
        if path is None:
            return chain
        owner = self.names.classes.get(scope.owner or "")
        if owner is not None and isinstance(value, Name) and value.id == scope.receiver:
            declared = dict(owner.fields).get(name, "")
            if declared:
                return start(self.parameter(name, declared, -1) and named(self.parameter(name, declared, -1), path))
            if (made := self._made_with(owner, name)) is not None and isinstance(made, Call):
                known = self.follow(made, Scope(), depth + 1).known
                if known is not None:
                    return start(named(known, path))
            if self.language == "go" and base is None:  # of a struct inside it, where it may be an interface
                return start(named(undeclared(self.guess(name)), path))
        return start(named(self.guess(name), path)) if base is None else chain

    def _at_path(self, value: Expression, name: str) -> Known | None:
        """What an attribute is wherever its owner is imported from: `db.session`, `Order.query`."""
        ends = paths(self.names.language).get(name)
        if ends is None:
            return None
        owner = last_name(value)
        found = ends.get(owner)
        is_model = found is None and isinstance(value, Name) and owner[:1].isupper() and self._is_own(owner)
        found = ends.get(OF_MODELS.rstrip(".")) if is_model else found
        if found is None:
            return None
        type, through = found
        role = type.library.types[type.library.paths[through]].role
        table = owner if is_model else ""
        return Known(Handle(through, Role(role), type.library, -1, declared=True), type, table)

    def _member(self, type: Type, name: str) -> Type | None:
        types = type.library.types
        found = type.fields.get(name)
        if found is None and type.method(name) is None:
            found = type.members
        return types.get(found) if found else None

    def _call(self, node: Call, scope: Scope, depth: int) -> Chain:
        function = node.function
        is_variable = type(function) is Name and scope.find(function.id) is not None
        if type(function) is Name and not is_variable and function.id in self.unknown:
            return Chain()
        qualified = None if is_variable else self._qualified(function)
        before = chain = self.follow(function.value, scope, depth + 1) if type(function) is Attribute else Chain()
        if type(function) is Attribute and chain.known is not None and chain.known.type.method(function.name):
            return self._method(node, function.name, chain, scope)
        if qualified is not None and (operation := self._function(qualified)) is not None:
            ran = self._ran(node, operation, scope)
            if ran is not None:
                return ran
        if not is_variable and (made := self._made(node, qualified, scope)) is not None:
            return start(made)
        if type(function) is Attribute:
            if chain.known is None and not chain.effect and (row := self._row(node, function.name, scope)) is not None:
                chain = Chain(row, row, calls=calls_of(function.value))
            if chain.known is None and not chain.effect:
                chain = start(self._begun(node, function, scope))
            if chain.known is not None:
                return self._method(node, function.name, chain, scope)
            if chain.effect:
                chain.calls += (node,)
                return chain
        if last_name(function) in HANDS_BACK and node.arguments:  # `with closing(connection)`
            return self.follow(node.arguments[0].value, scope, depth + 1)
        if path_of(function) is not None:  # `knex("users")`, `this.knex("users")`
            if type(function) is Attribute:
                chain = self._attribute(function, function.value, function.name, scope, depth + 1, before)
            else:
                chain = self.follow(function, scope, depth + 1)
            called = chain.known
            operation = called.type.call if called is not None else None
            if called is not None and operation is not None:
                # A function may be called like a handle, `withTransaction(…)`; but it is not given a table.
                names_table = any(isinstance(argument.value, String) for argument in node.arguments[:1])
                is_handle = called.handle.declared and not _CONVERTS.search(last_name(function))
                if operation.table is None or is_handle or names_table:
                    return operate(self, node, operation, chain, scope)
            if called is None and isinstance(function, Name) and not is_variable:
                name, guessed = function.id, self.guess(function.id)
                if not (guessed or qualified or self.model(name) or self._may_make(name) or name in HANDS_BACK):
                    self.unknown.add(name)
                return start(guessed)
        return Chain()

    def _qualified(self, function: Expression) -> str | None:
        """The qualified name of what is called; `require("knex")` is the module itself."""
        if type(function) is Call:
            return required(function)
        found = self.names.qualified(function)
        return found or self.names.unqualified(function.id) if type(function) is Name else found

    def _made(self, node: Call, qualified: str | None, scope: Scope) -> Known | None:
        """What a constructor or factory of a library makes; without a role, it belongs to the handle it is given."""
        path = path_of(node.function)
        if not self._may_make(path) and (qualified == path or not self._may_make(qualified)):
            return None
        # What the program exports under the name of a factory is what that made: `import { knex } from "./connection"`.
        is_made = path is not None and self._is_own(path)
        candidates = [*filter(None, (qualified, None if is_made else path))]
        for name in dict.fromkeys((*candidates, *map(canonical, candidates))):
            type = self.tables.created.get(name) or self.tables.types.get(name)
            if type is None or not type.library.takes_part:
                continue
            table = table_of(node.arguments[0].value, scope) if type.statement and node.arguments else ""
            if not type.role and (given := self.given(node, scope)) is not None:
                return Known(given.handle, type, table)
            role = role_of(type, name)
            autocommit = any(map(commits_at_once, node.arguments))
            if role is Role.IMPLICIT and autocommit:
                role = Role.CONNECTION
            is_kept = not any(isinstance(a.value, String) and a.value.value == ":memory:" for a in node.arguments)
            handle = Handle(name.rsplit(".", 1)[-1], role, type.library, node.range.start, True, is_kept, autocommit)
            return Known(handle, type, table, is_new=True)
        return None

    def _may_make(self, name: str | None) -> bool:
        """Whether something that is called so can make an object of a library. One that is not in the tables can where
        it has another spelling."""
        tables = self.tables
        return name is not None and (name in tables.created or name in tables.types or "/" in name or ":" in name)

    def given(self, node: Call, scope: Scope) -> Known | None:
        """The handle among the first arguments of a call; a context may go before it."""
        known = (self.known(argument.value, scope) for argument in node.arguments[:2])
        return next(filter(None, known), None)

    def _begun(self, node: Call, function: Attribute, scope: Scope) -> Known | None:
        """What a query of a library in use begins with, on an object of which nothing is known: the rows that belong to
        another one, `order.items.filter(paid=True)`, or a client that the program has put somewhere,
        `this.clients.main.order.update({ where, data })`."""
        type = self.beginning.get(function.name)
        path = path_of(function.value) if type is not None and begins_query(node) else None
        if type is None or path is None:
            return None
        table = last_name(function.value) if type.role != "pool" or type.fluent else ""
        root = path.rpartition(".")[0] if not type.role else table or path
        if not type.fluent and (not root or not self._is_kept(path, scope)):
            return None
        return Known(Handle(root, Role(type.role or "pool"), type.library, -1, declared=True), type, table)

    def _is_kept(self, path: str, scope: Scope) -> bool:
        """Whether a path begins with the object of a method or with an import, and not with what a function is handed,
        which may be a transaction."""
        root = path.partition(".")[0]
        return root == scope.receiver or root in self.names.imports

    def _row(self, node: Call, name: str, scope: Scope) -> Known | None:
        """An object of generated code, by the handle that it is given: `user.Insert(ctx, tx, boil.Infer())`."""
        for type in self.generated:
            operation = type.method(name)
            if operation is None or operation.handle is None or operation.handle >= len(node.arguments):
                continue
            given = self.known(node.arguments[operation.handle].value, scope)
            if given is not None:
                return Known(given.handle, type)
        return None

    def _function(self, qualified: str) -> Operation | None:
        return self.tables.functions.get(qualified) or self.tables.functions.get(canonical(qualified))

    def _ran(self, node: Call, operation: Operation, scope: Scope) -> Chain | None:
        """A function of a library: `transaction.atomic()`, `execute_values(cursor, …)`, `sq.Insert("users")`; None
        where it neither does something nor makes an object."""
        type = operation.library.types.get(operation.returns or "")
        root = self.given(node, scope)
        if operation.effect or operation.role or (operation.sql is not None and root is not None):
            role = Role(operation.role) if operation.role else Role.POOL
            root = root or Known(Handle("", role, operation.library, -1, True), type or _NOTHING)
            return operate(self, node, operation, start(root), scope)
        if type is None or not operation.library.takes_part:
            return None
        table = "" if operation.table is None else table_of(node.arguments[operation.table].value, scope)
        handle = root.handle if root is not None else Handle("", role_of(type), operation.library, -1, True)
        chain = start(Known(handle, type, table))
        chain.calls += (node,)
        return chain

    def _method(self, node: Call, name: str, chain: Chain, scope: Scope) -> Chain:
        base = chain.known
        operation = base.type.method(name) if base is not None else None
        if base is not None and operation is None and (member := self._member(base.type, name)) is not None:
            operation = member.call  # `new sqlite3.Database(path)`
        if base is None or operation is None:
            chain.calls += (node,)
            if base is not None and not base.type.fluent:
                chain.known = None
            return chain
        if operation.name.endswith("*"):
            chain.table = name.removeprefix(operation.name.rstrip("*"))  # `order.addItem(item)`
        return operate(self, node, operation, chain, scope)

    def _tagged(self, node: TaggedTemplate, scope: Scope, depth: int) -> Chain:
        tag = node.tag
        if isinstance(tag, Attribute):
            chain = self.follow(tag.value, scope, depth + 1)
            operation = chain.known.type.method(tag.name) if chain.known is not None else None
            if operation is None or operation.tag is None:
                return Chain()
        else:
            chain = self.follow(tag, scope, depth + 1)
            operation = None
            if chain.known is None or chain.known.type.tag is None:
                chain = self._by_own_tag(node, chain.known, scope)
            if chain.known is None:
                return Chain()
        chain.effect, chain.call, chain.operation = "sql", node, operation
        chain.sql = text_of(node.template, scope) or ""
        chain.known = None
        return chain

    def _by_own_tag(self, node: TaggedTemplate, known: Known | None, scope: Scope) -> Chain:
        """What a tag of the program's own is called on, which may send the statement that it is given."""
        module = self.names.imports.get(node.tag.id) if isinstance(node.tag, Name) else None
        if module is None or self._is_library(module) or (known is not None and known.handle.library is not None):
            return Chain()
        found = outline(text_of(node.template, scope) or "", None)
        is_sql = found is not None and found.deed is not Deed.OTHER
        return start(Known(Handle(last_name(node.tag), Role.CONNECTION, None), _NOTHING)) if is_sql else Chain()

    def _made_with(self, owner: ClassDefinition, name: str) -> Expression | None:
        """What a class gives a field where it declares it: `private orders = dataSource.getRepository(Order)`."""
        if owner.name not in self.made:
            given = [(s.target.id, s.value) for s in owner.body if isinstance(s, Assign) and isinstance(s.target, Name)]
            self.made[owner.name] = dict(reversed(given))  # the first one counts
        return self.made[owner.name].get(name)
