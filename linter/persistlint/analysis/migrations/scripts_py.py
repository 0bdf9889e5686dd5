"""Migrations in Python: Alembic's revisions and Django's classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.migrations import django
from persistlint.analysis.migrations.alembic import Alembic
from persistlint.analysis.migrations.operations import table
from persistlint.analysis.migrations.steps import Migration
from persistlint.analysis.migrations.undo import changes_schema, does_something, place
from persistlint.analysis.migrations.values import Values
from persistlint.analysis.migrations.walk import Walk
from persistlint.ir import Assign, Collection, FunctionDefinition, Name

if TYPE_CHECKING:
    from persistlint.languages import Syntax


def migration_of(syntax: Syntax, dialect: str | None) -> Migration | None:
    """The migration that a file is; None for any other program."""
    if b"down_revision" in syntax.source.content:
        return _revision(syntax, dialect)
    return django.migration_of(syntax, dialect)


def _revision(syntax: Syntax, dialect: str | None) -> Migration | None:
    module = syntax.lower()
    names = {s.target.id for s in module.body if isinstance(s, Assign) and isinstance(s.target, Name)}
    functions = {s.function.name: s.function for s in module.body if isinstance(s, FunctionDefinition)}
    up, down = functions.get("upgrade"), functions.get("downgrade")
    if not {"revision", "down_revision"} <= names or up is None:
        return None
    values = Values(syntax.source.content)
    values.learn(module.body)
    forward = Walk(Alembic(dialect), values.inner(), functions)
    forward.enter(up)
    back = None
    if down is not None:
        back = Walk(Alembic(dialect), values.inner(), functions, is_forward=False)
        back.enter(down)
    undone = does_something(down, back, syntax) or not changes_schema(forward.steps)
    steps = (*forward.steps, *(back.steps if back is not None else ()))
    runner = table("alembic").runner
    is_merge = isinstance(values.resolve(values.constants["down_revision"]), Collection)
    is_empty = not is_merge and not does_something(up, forward, syntax)
    return Migration(module.range, runner, steps, undone, None if undone else place(down or up), is_empty)
