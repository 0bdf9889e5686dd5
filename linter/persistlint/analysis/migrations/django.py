"""Django: classes with a list of operations.

Django makes tables, columns and indexes that no migration names, so that its tables are never known as a whole.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.django_writer import DjangoWriter
from persistlint.analysis.migrations.operations import Given, table
from persistlint.analysis.migrations.steps import Migration, Step
from persistlint.analysis.migrations.values import Values, called, keyword, positional
from persistlint.analysis.migrations.writing import is_verbatim, join
from persistlint.ir import Assign, Call, ClassDefinition, Name, String
from persistlint.regexes import regex
from persistlint.sql.replay import How

if TYPE_CHECKING:
    from persistlint.ir import Expression
    from persistlint.languages import Syntax
    from persistlint.source import Range
    from persistlint.sql.text import Text

_APP = regex(r"([^/]+)/migrations/[^/]+$")
# What changes nothing in the database, or nothing that can be told here.
_STATE = frozenset(
    {
        "AlterModelOptions", "AlterModelManagers", "AlterUniqueTogether", "AlterIndexTogether", "RenameIndex",
        "AlterOrderWithRespectTo", "AlterModelTableComment", "CreateExtension", "TrigramExtension", "AlterConstraint",
        "UnaccentExtension", "BtreeGinExtension", "BtreeGistExtension", "CITextExtension", "HStoreExtension",
        "CryptoExtension", "CreateCollation", "RemoveCollation",
    }
)  # fmt: skip


def migration_of(syntax: Syntax, dialect: str | None) -> Migration | None:
    """The migration that a file is; None for any other program."""
    if b"migrations.Migration" not in syntax.source.content:
        return None
    module = syntax.lower()
    values = Values(syntax.source.content)
    values.learn(module.body)
    found = next((s for s in module.body if isinstance(s, ClassDefinition) and "migrations.Migration" in s.bases), None)
    if found is None:
        return None
    own = {s.target.id: s.value for s in found.body if isinstance(s, Assign) and isinstance(s.target, Name)}
    if "replaces" in own:  # others put together, which are mostly still there
        return None
    app = _APP.search(syntax.source.path)
    reading = _Reading(values, dialect, app.group(1) if app else "app")
    for operation in values.elements(own.get("operations")) or ():
        reading.operation(operation)
    is_off = values.is_false(own.get("atomic"))
    runner = table("django").runner
    runner = replace(runner, wraps=False, is_off=True) if is_off else runner
    is_merge = len(values.elements(own.get("dependencies")) or ()) > 1
    is_empty = not is_merge and values.elements(own.get("operations")) == ()
    return Migration(module.range, runner, tuple(reading.steps), reading.lost is None, reading.lost, is_empty)


class _Reading:
    """One list of operations. `lost` is the first that nothing can undo."""

    def __init__(self, values: Values, dialect: str | None, app: str) -> None:
        self.values = values
        self.writer = DjangoWriter(values, dialect, app)
        self.steps: list[Step] = []
        self.lost: Range | None = None

    def operation(self, node: Expression) -> None:
        """Take one operation."""
        call = self.values.resolve(node)
        if not isinstance(call, Call):
            return
        name = called(call)
        operation = table("django").operations.get(name)
        if name == "SeparateDatabaseAndState":
            inside = keyword(call, "database_operations") or next(iter(positional(call)), None)
            for inner in self.values.elements(inside.value if inside else None) or ():
                self.operation(inner)
        elif name in ("RunSQL", "RunPython"):
            self._run(call, name)
        elif name == "CreateModel":
            for fragment in self.writer.model(call):
                is_implied = fragment[0] != "CREATE TABLE"
                self._take(join(fragment, call.range), call.range, is_implied=is_implied)
        elif name == "AlterField":
            for fragment in self.writer.altered(call):
                self._take(join(fragment, call.range), call.range, is_declared=True)
        elif operation is not None:
            given = self._given(call, name)
            partial = self.writer.partial_key(given) if name == "AddConstraint" else None
            if partial is not None:
                self._take(join(partial, call.range), call.range)
                return
            if name == "AddField" and self.writer.is_elsewhere(given.get("field")):
                return
            old, new = given.get("old_name"), given.get("new_name")
            is_rename = name in ("RenameModel", "AlterModelTable")
            if name == "RenameModel" and old is not None and new is not None and self.writer.rename(old, new):
                return
            for written in self.writer.written(operation, given):
                sql = join(written, call.range) if written is not None else None
                self._take(sql, call.range, is_declared=is_rename)  # the table may be called otherwise
            if name == "AlterModelTable" and (model := given.get("name")) is not None:
                self.writer.call_table(model, given.get("to"))
            for fragment in self.writer.indexed(given) if name == "AddField" else ():
                self._take(join(fragment, call.range), call.range, is_implied=True)
        elif name not in _STATE:
            self._take(None, call.range)

    def _given(self, call: Call, name: str) -> Given:
        given = Given.of(call.arguments, table("django").operations[name], self.values, {})
        for key in ("index", "constraint"):  # `models.Index(fields=[…], name="…")`
            inner = self.values.resolve(given.get(key))
            if isinstance(inner, Call):
                given.inner |= {f"{key}.{a.keyword}": a.value for a in inner.arguments if a.keyword}
                method = table("django").methods.get(called(inner))
                if method is not None:
                    given.inner[f"{key}.using"] = String(inner.function.range, method, inner.function.range)
        self.writer.classes = given.get("index.opclasses")
        if name == "AlterModelTable" and (to := keyword(call, "table")) is not None:
            given.arguments["to"] = to.value
        model = given.get("model_name") or given.get("name")
        if model is not None:
            given.arguments["table"] = self.writer.table_of(model)
        return given

    def _run(self, call: Call, name: str) -> None:
        arguments = positional(call)
        back = keyword(call, "reverse_sql" if name == "RunSQL" else "reverse_code")
        if back is None and len(arguments) < 2:
            self.lost = self.lost or call.function.range
        if name == "RunPython":
            return
        sql = keyword(call, "sql")
        given = sql.value if sql is not None else arguments[0].value if arguments else None
        texts = self.values.elements(given) or ((given,) if given is not None else ())
        for text in texts:
            statement = (self.values.elements(text) or (text,))[0]  # a statement, or one with its parameters
            found = self.writer.text(statement)
            self._take(join(found, call.range) if found is not None else None, call.range)

    def _take(self, sql: Text | None, range: Range, *, is_declared: bool = False, is_implied: bool = False) -> None:
        is_own = sql is not None and is_verbatim(sql, self.values.content)
        how = How(is_declared=is_declared, is_implied=is_implied, is_rebuilt=not is_own)
        self.steps.append(Step(sql, range, is_forward=True, how=how, is_verbatim=is_own))
