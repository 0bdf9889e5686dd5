"""Django: classes with `models.Model` among their bases.

As in the reading of its migrations, a field stands for its column under its own name.
Source: https://docs.djangoproject.com/en/5.2/ref/models/options/.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from persistlint.analysis.migrations.django_writer import DjangoWriter
from persistlint.analysis.migrations.values import Values, called, keyword
from persistlint.analysis.migrations.writing import quoted, said
from persistlint.analysis.models.classes import assigned, assignments, classes_of, inner_class, lineage
from persistlint.analysis.models.draft import Draft, texts
from persistlint.ir import Attribute, Call, Import, Name, String
from persistlint.regexes import regex
from persistlint.schema.models import Field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.analysis.migrations.writing import Fragment
    from persistlint.analysis.models.classes import Lineage
    from persistlint.ir import ClassDefinition, Expression
    from persistlint.languages import Syntax

# Django's `models` is imported, and there is a class besides that of a migration, as most files with the mark are.
SHAPES = (
    regex(rb"\bfrom\s+django\.[\w.]+\s+import\b(?:[\w\s,()\\]|#[^\n]*+)*?\bmodels\b"),
    regex(rb"\bclass\s+(?!Migration\s*\(\s*migrations\.Migration\s*\))\w"),
)
_OPTIONS = ("abstract", "proxy")


def drafts(syntax: Syntax, dialect: str | None) -> Iterator[Draft]:
    """The models of a file."""
    module = syntax.lower()
    imports = [statement for statement in module.body if isinstance(statement, Import)]
    handles = {each.local for each in imports if each.member == "models" and each.module.startswith("django.")}
    if not handles:
        return
    values = Values(syntax.source.content)
    values.learn(module.body)
    classes = {definition.name: definition for definition in classes_of(module.body)}
    for definition in classes.values():
        found = lineage(definition, classes)
        reading = _Class(definition, found, values.inner(), dialect, _app(syntax.source.path))
        draft = reading.draft(handles) if found.others and _is_model(found, handles) else None
        if draft is not None:
            yield draft


def _app(path: str) -> str:
    """The application that a file belongs to: the folder of `models.py`, or around the folder `models`."""
    file = Path(path).absolute()
    folders = [file.parent, *file.parent.parents]
    if file.name != "models.py":
        above = next((index for index, folder in enumerate(folders[:2]) if folder.name == "models"), -1)
        folders = folders[above + 1 :]
    return folders[0].name


def _is_model(lineage: Lineage, handles: set[str]) -> bool:
    """Whether a class is one by its bases, or by a field that it has under bases that other files define."""
    if any(base.partition(".")[0] in handles and base.endswith(".Model") for base in lineage.others):
        return True
    return any(_is_field(a.value, handles) for _, a in assignments(lineage.classes[-1].body))


def _is_field(node: Expression | None, handles: set[str]) -> bool:
    """`models.CharField(…)`."""
    function = node.function if isinstance(node, Call) else None
    return (
        isinstance(function, Attribute)
        and isinstance(function.value, Name)
        and function.value.id in handles
        and function.name.endswith(("Field", "ForeignKey"))
    )


class _Class:
    """The reading of one class."""

    def __init__(
        self, definition: ClassDefinition, lineage: Lineage, values: Values, dialect: str | None, app: str
    ) -> None:
        self.definition = definition
        self.lineage = lineage
        self.values = values
        for each in lineage.classes:
            values.learn(each.body)
        self.meta = inner_class(definition, "Meta")
        label = self.values.text(self._option("app_label"))
        self.writer = DjangoWriter(values, dialect, label or app)

    def _option(self, name: str) -> Expression | None:
        return assigned(self.meta, name) if self.meta is not None else None

    def draft(self, handles: set[str]) -> Draft | None:
        """The model that the class is; None where it has no table of its own."""
        definition = self.definition
        if any(self.values.is_true(self._option(name)) for name in _OPTIONS):
            return None
        if self.values.is_false(self._option("managed")):
            return None
        given = self._option("db_table")
        own = String(definition.name_range, definition.name, definition.name_range)
        name = self.writer.name(given) if given is not None else self.writer.name(self.writer.table_of(own))
        draft = Draft("Django", definition.name, definition.name_range, definition.range, name)
        draft.is_complete = all(base.endswith(".Model") for base in self.lineage.others)
        draft.is_named = given is None  # migrations name the model, and only the first of them its table
        for each in self._of_table():
            for target, statement in assignments(each.body):
                if isinstance(statement.value, Call):
                    self._take(target, statement.value, draft)
        if (
            draft.fields
            and draft.is_complete
            and len(self._of_table()) == len(self.lineage.classes)
            and not any("PRIMARY KEY" in part for item in draft.items for part in texts(item))
        ):
            at = definition.name_range
            draft.add(Field("id", "id"), (quoted("id", at),), (said("NOT NULL PRIMARY KEY", at),))
        self._take_keys(draft)
        return draft

    def _of_table(self) -> list[ClassDefinition]:
        """The classes whose fields are columns of the table: not those of a model that it inherits from, which has a
        table of its own."""
        found = [self.definition]
        by_name = {each.name: each for each in self.lineage.classes}
        for each in found:
            bases = (by_name[base] for base in each.bases if base in by_name)
            found += [base for base in bases if base not in found and self._is_abstract(base)]
        return found[::-1]

    def _is_abstract(self, definition: ClassDefinition) -> bool:
        meta = inner_class(definition, "Meta")
        is_plain = not set(definition.bases) - {"object"}
        return is_plain or (meta is not None and self.values.is_true(assigned(meta, "abstract")))

    def _take(self, target: Name, call: Call, draft: Draft) -> None:
        """Take a field."""
        if self.writer.is_elsewhere(call) or called(call).endswith(("Manager", "_queryset", "QuerySet")):
            return
        written = self.writer.field(call)
        if written is None:
            draft.is_complete = False  # a field of the project's own, or none
            return
        is_open = any(argument.spread for argument in call.arguments)
        says_null = not is_open and not self.writer.is_relation(call)  # SQL calls its column otherwise
        name: Fragment = (quoted(target.id, target.range),)
        is_named = keyword(call, "db_column") is None  # migrations name the field, and the database that
        draft.add(Field(target.id, target.id, says_null, is_named), name, written)
        if self.writer.is_indexed(call):
            draft.index(name, is_unique=False)

    def _take_keys(self, draft: Draft) -> None:
        """Take the keys and indexes that `Meta` names."""
        for constraint in self.values.elements(self._option("constraints")) or ():
            call = self.values.resolve(constraint)
            if not isinstance(call, Call) or called(call) != "UniqueConstraint":
                continue
            fields, condition = keyword(call, "fields"), keyword(call, "condition")
            keys = self.writer.keys(fields.value) if fields is not None else None
            if keys is None:
                continue
            if condition is None:
                draft.items.append((said("UNIQUE", call.range), *self.writer.nulls(call), "(", *keys, ")"))
            else:
                where = self.writer.condition(condition.value) or ()
                draft.index(keys, is_unique=True, where=where, nulls=self.writer.nulls(call))
        for index in self.values.elements(self._option("indexes")) or ():
            call = self.values.resolve(index)
            fields = keyword(call, "fields") if isinstance(call, Call) else None
            keys = self.writer.keys(fields.value) if fields is not None else None
            if keys is not None and called(call) == "Index":
                draft.index(keys, is_unique=False)
        together = self._option("unique_together")
        elements = self.values.elements(together) or ()
        for element in [together] if elements and all(self.values.text(each) for each in elements) else elements:
            keys = self.writer.keys(element) if element is not None else None
            if keys is not None and element is not None:
                draft.items.append((said("UNIQUE", element.range), "(", *keys, ")"))
