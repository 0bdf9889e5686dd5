"""Text that grows under conditions: its values are gathered in a list beside it, one step at a time."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.calls.passing import alone
from persistlint.fixes.binding.calls.spreading import appended, made
from persistlint.fixes.binding.refusal import ELSEWHERE, RefusalError
from persistlint.fixes.binding.text.pieces import additions, adds, branches, mentioned
from persistlint.fixes.binding.text.variables import is_name
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Sequence

    from persistlint.facts import Site
    from persistlint.fixes.binding.calls.passing import Given
    from persistlint.fixes.binding.marks.style import Style
    from persistlint.fixes.binding.text.pieces import Step
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_NAMES = {"python": "params", "go": "args"}
_AFTER_TEST = regex(r"(?:\)|\belse)\s*$")  # what a single statement of JavaScript follows
_CONST = regex(r"^const (?=\w)|(?<=\w): [^=]*(?= =)")
_END = regex(rb"[ \t]*;?")
_REST = regex(rb"[ \t]*;?[ \t]*(?:(?:#|//)[^\r\n]*)?(?=\r?\n|\Z)")


@dataclass(frozen=True, slots=True)
class Growing:
    """The list that the values are gathered in. `is_new` where the fix makes it, behind the statement `made`, which
    begins the text, or before it, where that is an `if` in whose arms it begins; `is_captured` where functions inside
    add to it, so that TypeScript wants to be told its type."""

    name: str
    is_new: bool
    made: ir.Statement
    style: Style
    source: SourceFile
    is_captured: bool = False

    @property
    def spread(self) -> str:
        """All of its values among others."""
        star = {"python": "**" if self.style.is_mapping else "*", "go": ""}.get(self.source.language, "...")
        return f"{star}{self.name}{'...' if self.source.language == 'go' else ''}"

    def number(self, ahead: int) -> str:
        """The expression for the number of a value that is added as the `ahead`th after those that are there."""
        if self.source.language == "go":
            return f"len({self.name})+{ahead}"
        return f"len({self.name}) + {ahead}" if self.source.language == "python" else f"{self.name}.length + {ahead}"

    def count(self, ahead: int) -> str:
        """The expression for how many values there are, `ahead` behind those that are there."""
        if self.source.language == "python":
            count = f"len({self.name})"
        else:
            count = f"Object.keys({self.name}).length" if self.style.is_mapping else f"{self.name}.length"
        return f"{count} + {ahead}" if ahead else count

    def edits(self, given: Sequence[tuple[ir.Statement, Sequence[Given]]]) -> list[Edit]:
        """Behind every statement that adds to the text, one that adds its values."""
        edits: list[Edit] = []
        if self.is_new and all(statement is not self.made for statement, _ in given):
            is_choice = isinstance(self.made, ir.If)
            edits += [self._before(self.begun(()))] if is_choice else self._behind(self.made, self.begun(()))
        for statement, values in given:
            is_first = self.is_new and statement is self.made
            edits += self._behind(statement, self.begun(values) if is_first else self.added(values))
        return edits

    def replaced(self, given: Sequence[tuple[ir.Statement, Sequence[Given]]]) -> list[Edit]:
        """Behind every statement that begins the text, one that begins the list with the values of that text."""
        edits: list[Edit] = []
        for statement, values in given:
            made = self.begun(values)
            if statement is not self.made:
                made = made.replace(":=", "=", 1) if self.source.language == "go" else _CONST.sub("", made)
            elif self.source.language not in ("python", "go"):
                made = made.replace("const ", "let ", 1)
            edits += self._behind(statement, made)
        return edits

    def extended(self, given: Sequence[tuple[ir.Statement, Sequence[Given]]]) -> list[Edit]:
        """Behind every statement that adds to the text, one that adds its values, if it has any."""
        return [edit for statement, values in given if values for edit in self._behind(statement, self.added(values))]

    def begun(self, values: Sequence[Given]) -> str:
        """The statement that makes the list with its first values."""
        texts = ", ".join(value.text for value in values)
        language = self.source.language
        type = ""
        if self.style.is_mapping:
            quoted = language == "python"
            written = '"{}": {}' if quoted else "{}: {}"
            entries = ", ".join(written.format(v.name, v.text) if v.name else v.text for v in values)
            inner = f"{{{entries}}}" if quoted or not entries else f"{{ {entries} }}"
            type = ": Record<string, any>"
        else:
            inner = (len(values) == 1 and alone(texts)) or f"[{texts}]"
            type = ": any[]" if texts or self.is_captured else ""
        if language == "python":
            return f"{self.name} = {inner}"
        if language == "go":
            return "\n".join(made(self.name, [value.text for value in values]))
        return f"const {self.name}{type if language == 'typescript' else ''} = {inner};"

    def added(self, values: Sequence[Given]) -> str:
        """The statements that add values, a line for each."""
        texts = ", ".join(value.text for value in values)
        language = self.source.language
        if language == "go":
            return "\n".join(appended(self.name, [value.text for value in values]))
        if self.style.is_mapping:
            if language == "python":
                return "\n".join(
                    f"{self.name}[{self._key(value)}] = {value.text}"
                    if value.name
                    else f"{self.name}.update({alone(value.text) or value.text.removeprefix('**')})"
                    for value in values
                )
            targets = [f"[{self._key(value)}]" if value.is_counted else f".{value.name}" for value in values]
            return " ".join(f"{self.name}{t} = {v.text};" for t, v in zip(targets, values, strict=True))
        if language == "python":
            if len(values) == 1 and texts.startswith("*"):
                return f"{self.name}.extend({alone(texts) or texts[1:]})"
            return f"{self.name}.append({texts})" if len(values) == 1 else f"{self.name}.extend([{texts}])"
        return f"{self.name}.push({texts});"

    def _key(self, value: Given) -> str:
        """The name of a value in the mapping, as the language writes it."""
        if not value.is_counted:
            return f'"{value.name}"'
        is_python = self.source.language == "python"
        return f'f"{value.name}_{{{self.count(0)}}}"' if is_python else f"`{value.name}_${{{self.count(0)}}}`"

    def _before(self, statement: str) -> Edit:
        """A statement on a line of its own before the one that makes the text."""
        start = self.made.range.start
        begin = self.source.content.rfind(b"\n", 0, start) + 1
        lead = self.source.content[begin:start].decode("utf-8", "replace")
        if lead.strip():
            raise RefusalError("the statement that chooses the SQL does not stand on lines of its own")
        return Edit(Range(begin, begin), f"{lead}{statement}\n")

    def _behind(self, step: ir.Statement, statement: str) -> list[Edit]:
        content = self.source.content
        begin = content.rfind(b"\n", 0, step.range.start) + 1
        lead = content[begin : step.range.start].decode("utf-8", "replace")
        indentation = lead[: len(lead) - len(lead.lstrip())]
        declares = lead.strip() in ("let", "var", "const", "")
        if self.source.language == "python" and lead.rstrip().endswith(":"):
            return [Edit(Range(step.range.end, step.range.end), f"; {statement.replace(chr(10), '; ')}")]
        if self.source.language not in ("python", "go") and _AFTER_TEST.search(lead):
            ending = _END.match(content, step.range.end)
            end = ending.end() if ending and b";" in ending.group() else step.range.end
            return [
                Edit(Range(step.range.start, step.range.start), "{ "),
                Edit(Range(end, end), f" {statement} }}"),
            ]
        if self.source.language not in ("python", "go") and lead.rstrip().endswith("{"):  # `if (x) { … }` on one line
            ending = _END.match(content, step.range.end)
            end = ending.end() if ending and b";" in ending.group() else step.range.end
            is_ended = b";" in content[step.range.end - 1 : end]
            return [Edit(Range(end, end), f"{'' if is_ended else ';'} {statement}")]
        statement = statement.replace("\n", f"\n{indentation}")
        rest = _REST.match(content, step.range.end)
        if rest is None or not declares:
            raise RefusalError("the statement that adds to the SQL does not stand on lines of its own")
        if self.source.language not in ("python", "go") and statement.endswith(";"):
            statement = statement if b";" in content[step.range.end - 1 : rest.end()] else statement[:-1]
        return [Edit(Range(rest.end(), rest.end()), f"\n{indentation}{statement}")]


def gathered(
    passed: ir.Expression | None, site: Site, steps: Sequence[Step], style: Style, program: Program
) -> Growing:
    """The list for the values of a text that is put together in these steps: the one that the call passes already, or
    else a new one. Raises `RefusalError` where the call passes what is not known."""
    made, source = steps[0].statement, program.source
    if passed is None or (isinstance(passed, ir.Collection | ir.Mapping)):
        taken = set(mentioned(site))
        functions = [frame.function for frame in program.frames(site.call.range) if frame.function is not None]
        taken.update(parameter.name for function in functions for parameter in function.parameters)
        free = [name for name in _names(steps, site, source) if name not in taken]
        if not free:
            raise RefusalError("the names for a list of values are taken")
        around = {program.function_around(step.statement.range) for step in steps}
        return Growing(free[0], True, made, style, source, len(around) > 1)
    if not isinstance(passed, ir.Name):
        raise RefusalError(ELSEWHERE)
    lists = [s for s in site.statements if isinstance(s, ir.Assign) and is_name(s.target, passed.id) and not adds(s)]
    if len(lists) != 1 or branches(lists[0].range, site.call.range, site):
        raise RefusalError(ELSEWHERE)
    match lists[0].value:
        case ir.Collection(kind=ir.Sequence.LIST) | None if not style.is_mapping:
            pass
        case ir.Call(function=ir.Name(id="make"), arguments=[_, ir.Argument(value=ir.Number(value=0)), *_]):
            pass
        case ir.Mapping() if style.is_mapping:
            pass
        case _:
            raise RefusalError(ELSEWHERE)
    return Growing(passed.id, False, lists[0], style, source)


def _names(steps: Sequence[Step], site: Site, source: SourceFile) -> list[str]:
    """Names for a new list, best first. Where the function puts another text together, the list of that may be made in
    the same run, and each is called like its text."""
    plain = _NAMES.get(source.language, "params")
    targets = [s.statement.target for s in steps if isinstance(s.statement, ir.Assign)]
    made = [target.id for target in targets if isinstance(target, ir.Name)]
    own = made[0] if made else ""
    sent = {*made, *(node.id for a in site.call.arguments for node in ir.walk(a.value) if isinstance(node, ir.Name))}
    if not sent.issuperset(_growing_names(site)):
        return [f"{own}_{plain}" if source.language == "python" else f"{own}{plain.capitalize()}"]
    return [plain, "values", "bound", "bound_values"]


def _growing_names(site: Site) -> set[str]:
    """The variables of a function that get something added, or another text."""
    assigned = Counter(
        s.target.id for s in site.statements if isinstance(s, ir.Assign) and isinstance(s.target, ir.Name)
    )
    names = {name for name, count in assigned.items() if count > 1}
    for statement in site.statements:
        match statement:
            case ir.Assign(target=ir.Name(id=name), operator="+"):
                names.add(name)
            case ir.ExpressionStatement(value=ir.Call(function=ir.Attribute(value=ir.Name(id=name)))):
                if additions(statement, name) is not None:
                    names.add(name)
    return names
