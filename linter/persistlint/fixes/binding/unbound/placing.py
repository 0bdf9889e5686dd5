"""One value in a text of SQL, in the place of which stands what quotes it, for every element where it is a list."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.marks.laying import emptied
from persistlint.fixes.binding.text.kinds import TEXT, kind_of
from persistlint.fixes.binding.text.literals import Char
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.reaching import assignments
from persistlint.fixes.binding.text.view import Value
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.facts import Site
    from persistlint.fixes.binding.marks.plan import Parameter
    from persistlint.fixes.binding.text.lists import Listed
    from persistlint.fixes.binding.text.view import View
    from persistlint.fixes.program import Program

OF_ANY_TYPE = regex(r".*\b(?:escape|quote|as_string)\(.*")  # what leaves a number one
SCRIPTS = ("javascript", "typescript")
_TEXT = regex(r"[fF]?[\"'].*|(?:str|String|fmt\.Sprintf?)\(.*|`.*", re.DOTALL)
_TEXT_OF = {"python": "str({})", "go": "fmt.Sprint({})"}
_JOINS = ("join", "Join")
_PLAIN = ("", "%s", "%v", "%q", "!s")


@dataclass(frozen=True, slots=True)
class Quoted:
    """One value and what stands around it in its string of SQL, which are put in by the expression `quote`."""

    quote: str
    parameter: Parameter
    view: View
    node: ir.Expression
    site: Site
    program: Program

    def edits(self) -> list[Edit] | None:
        """The edits, None where the value stands in the text in a way that they do not know."""
        parameter, view = self.parameter, self.view
        items = view.items[parameter.start : parameter.end]
        values = [item for item in items if isinstance(item, Value)]
        is_plain = not (parameter.before or parameter.after or parameter.edits or parameter.expands)
        if not is_plain or len(values) != 1 or values[0].spec not in _PLAIN or self._is_elsewhere(values[0]):
            return None
        if self._is_joined(values[0].expression):
            return None
        value = values[0]
        text = self.quote.replace("{}", self._text(value) if len(items) > 1 else parameter.value)
        if parameter.listed is not None:
            text = self._each(value, parameter.listed)
        if not text:
            return None
        if parameter.end - parameter.start == len(view.items):
            return [Edit(self.node.range, text)]
        if not self._fits(text, value):
            text = text.replace('"', "'") if "'" not in text else text
        if not self._fits(text, value):
            return None
        edits = emptied(items, self.program.source)
        gone = [edit.range for edit in edits]
        chars = [item.range for item in items if isinstance(item, Char)]
        edits += [Edit(range, "") for range in chars if not any(range in each for each in gone)]
        if value.spec == "%q":
            edits.append(Edit(value.range, "%s"))
        return [*edits, Edit(value.expression.range, text)]

    def _each(self, value: Value, found: Listed) -> str:
        """The expression that quotes every element of a list that is joined in JavaScript; "" where it is another."""
        if self.program.source.language not in SCRIPTS or found.edits or not found.array:
            return ""
        if self.program.has_name("element", value.expression.range) or "element" in self.quote:
            return ""
        match value.expression:
            case ir.Call(function=ir.Attribute(value=values, name="join") as joined):
                is_text = found.quote or found.is_quoted or not OF_ANY_TYPE.match(self.quote)
                quoted = f"map((element) => {self.quote.replace('{}', 'String(element)' if is_text else 'element')})"
                if found.array == self.program.source.text(values.range):
                    before = Range(value.expression.range.start, joined.range.end - len(joined.name))
                    return f'{self.program.source.text(before)}{quoted}.join(", ")'
                return f'{found.array}.{quoted}.join(", ")' if isinstance(values, ir.Call) else ""
        return ""

    def _is_elsewhere(self, value: Value) -> bool:
        """Whether a format string puts the value in a second time, where it may stand in another way."""
        same = [each for each in self.view.values if each.expression.range == value.expression.range]
        return len(same) > 1

    def _is_joined(self, node: ir.Expression) -> bool:
        """Whether a variable may hold the text of several values."""
        made = assignments(self.site, node.id) if isinstance(node, ir.Name) else []
        return any(isinstance(s.value, ir.Call) and last_name(s.value.function) in _JOINS for s in made)

    def _text(self, value: Value) -> str:
        """The value as a text, which it was between quotes."""
        text, source = self.parameter.value, self.program.source
        is_text = _TEXT.fullmatch(text) or kind_of(value.expression, self.site, self.program) == TEXT
        if is_text or (source.language == "go" and value.form is None):
            return text
        return _TEXT_OF.get(source.language, "String({})").replace("{}", text)

    def _fits(self, text: str, value: Value) -> bool:
        """Whether an expression can stand in its place: a hole of Python has no quotes of the string around it."""
        literal = value.literal
        if self.program.source.language != "python" or literal is None or value.form is not None:
            return True
        return literal.quote not in text and "\\" not in text
