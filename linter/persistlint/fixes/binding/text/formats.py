"""Expressions that put values into a format string, and its characters and verbs."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.fixes.binding.text.forms import (
    DOLLAR,
    DOUBLED,
    FIELD,
    PRINTF,
    Form,
    format_of,
    is_text,
    parts_of,
    replacements,
    spec_of,
)
from persistlint.fixes.binding.text.literals import Literal, UnreadableError, characters
from persistlint.fixes.binding.text.taking import taken
from persistlint.records import dataclass
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

    from persistlint.fixes.binding.text.literals import Char
    from persistlint.fixes.binding.text.taking import Taken
    from persistlint.source import SourceFile

_WRITES = "fmt.Fprintf"  # what also puts the text somewhere, so that it stays when its values go
_PRINTF = {
    "go": ("fmt.Sprintf", _WRITES),
    "sql": ("format",),
    "javascript": ("util.format",),
    "typescript": ("util.format",),
}


def is_made_text(node: ir.Expression, source: SourceFile) -> bool:
    """Whether an expression is a text that values are put into: a template, a sum, a call that formats."""
    match node:
        case ir.Template():
            return True
        case ir.Binary(operator="+"):
            return any(isinstance(part, ir.String | ir.Template) for part in (node.left, node.right)) or (
                isinstance(node.left, ir.Binary) and is_made_text(node.left, source)
            )
        case ir.Call(function=function, arguments=[_, *_]):
            return _name(function, source) in _PRINTF.get(source.language, ()) or bool(printed(node, source))
    return False


def printed(node: ir.Expression, source: SourceFile) -> list[ir.Expression]:
    """The texts and values that `fmt.Sprint` puts one behind the other; nothing for another expression, nor where two
    stand side by side between which it might put a space."""
    match node:
        case ir.Call(function=function, arguments=arguments) if (
            source.language == "go" and _name(function, source) == "fmt.Sprint"
        ):
            pairs = pairwise(argument.value for argument in arguments)
            is_plain = all(any(isinstance(part, ir.String) for part in pair) for pair in pairs)
            is_spread = any(argument.spread for argument in arguments)
            return [a.value for a in arguments] if len(arguments) > 1 and is_plain and not is_spread else []
    return []


def _name(function: ir.Expression, source: SourceFile) -> str:
    """What a function is called by, on however many lines."""
    return "".join(source.text(function.range).split())


def is_put_together(node: ir.Expression, source: SourceFile) -> bool:
    """Whether values are put into an expression, also by what formats a constant of Python."""
    match node:
        case (
            ir.Binary(operator="%", left=ir.String()) | ir.Call(function=ir.Attribute(value=ir.String(), name="format"))
        ):
            return source.language == "python"
    return is_made_text(node, source)


@dataclass(frozen=True, slots=True)
class Verb:
    """A value, where its verb stands in a literal, and how that formats it, as written; where it has no literal, it is
    added to the format string itself. `written` is how a value is written that is taken out of another."""

    value: ir.Expression
    range: Range
    literal: Literal | None
    spec: str = ""
    written: str = ""


@dataclass(frozen=True, slots=True)
class Format:
    """A format string: the `constant` that it is, the `pattern` of its verbs, and the values that have a name."""

    form: Form
    pattern: re.Pattern[str]
    keyed: Mapping[str, ir.Expression]
    constant: ir.Expression

    def read(self, source: SourceFile) -> Iterator[Literal | Char | Verb]:
        """Its literals, each with its characters and verbs behind it. Notes in the form what it has of them. Raises
        `UnreadableError`."""
        form, taken = self.form, 0
        for part in format_of(self.constant):
            if not is_text(part):
                yield Verb(part, part.range, None)
                continue
            for literal in (each for each in parts_of(source, part.range) if isinstance(each, Literal)):
                taken = yield from self._verbs(literal, source, taken)
        is_counted = form.taken is None and not form.is_indexed
        if is_counted and taken != len(form.arguments) - len(form.written):
            raise UnreadableError

    def _verbs(self, literal: Literal, source: SourceFile, taken: int) -> Generator[Literal | Char | Verb, None, int]:
        """The same of one literal, `taken` of whose values come before, and how many that are behind it."""
        if literal.has_holes:
            raise UnreadableError
        form, body, start = self.form, source.text(literal.body), 0
        signs = DOUBLED.get(form.kind, "%")
        form.literals.append(literal)
        yield literal
        for match in self.pattern.finditer(body):
            if match.group() in [sign * 2 for sign in signs]:
                continue
            yield from characters(source, literal, _inside(literal, body, start, match.start()), signs)
            start = match.end()
            range = _inside(literal, body, match.start(), match.end())
            if form.taken is not None:
                key = _key_of(match.groupdict(), form.taken, taken)
                value, written = form.taken.at(key, source.text(form.taken.node.range))
                taken += 1
                form.verbs.append((range, 0))
                yield Verb(value, range, literal, spec_of(form.kind, match), written)
                continue
            value, index = self._argument(match.groupdict(), taken)
            taken = index + 1
            form.verbs.append((range, index))
            yield Verb(value, range, literal, spec_of(form.kind, match))
        yield from characters(source, literal, _inside(literal, body, start, len(body)), signs)
        return taken

    def _argument(self, groups: Mapping[str, str | None], next: int) -> tuple[ir.Expression, int]:
        """The value of a verb and its index, `next` being that of the next value."""
        form = self.form
        key = groups.get("key") or groups.get("name") or groups.get("index")
        if key is None or key == "":
            index = next
        elif key in self.keyed:
            return self.keyed[key], next - 1
        elif key.isdigit():
            index = int(key) - (form.kind == "printf")
            form.is_indexed = True
        else:
            raise UnreadableError
        if not 0 <= index < len(form.arguments):
            raise UnreadableError
        return form.arguments[index], index


def _key_of(groups: Mapping[str, str | None], taken: Taken, next: int) -> str | int:
    """The name or the number of the value of a verb among those that are taken out of one expression."""
    key = groups.get("key") or groups.get("name") or ""
    if taken.is_mapping:
        if not key.isidentifier():
            raise UnreadableError
        return key
    if key and not key.isdigit():
        raise UnreadableError
    return int(key) if key else next


def _inside(literal: Literal, body: str, start: int, end: int) -> Range:
    """Where characters of a literal's body stand, by their half-open indices."""
    at = literal.body.start + len(body[:start].encode())
    return Range(at, at + len(body[start:end].encode()))


def formatted(
    node: ir.Expression,
    source: SourceFile,
    constant_of: Callable[[ir.Expression], ir.Expression | None],
    is_tuple: Callable[[ir.Expression], bool],
) -> Format | None:
    """The format string that an expression puts values into, None for other expressions; `constant_of` gives what an
    expression or its variable has for one, and `is_tuple` says whether it is a tuple. Raises `UnreadableError` where
    the values are spread out of a list."""
    is_python = source.language == "python"
    match node:
        case ir.Binary(operator="%", left=left) if is_python and (constant := constant_of(left)) is not None:
            return _percent(node, constant, is_tuple)
        case ir.Call(function=ir.Attribute(value=text, name="format")) if (
            is_python and (constant := constant_of(text)) is not None
        ):
            return _named("braces", FIELD, node, text, constant, source)
        case ir.Call(function=function, arguments=[ir.Argument(value=text), *rest]) if (
            _name(function, source) in _PRINTF.get(source.language, ()) and (constant := constant_of(text)) is not None
        ):
            if any(argument.spread for argument in rest):
                raise UnreadableError
            form = Form("printf", node.range, node.arguments[0].range, [argument.value for argument in rest])
            form.stays = _name(function, source) == _WRITES
            return Format(form, PRINTF, {}, constant)
        case ir.Call(
            function=ir.Attribute(value=ir.Call(function=made, arguments=[ir.Argument(value=text)]), name="substitute")
        ) if source.text(made.range) in ("Template", "string.Template") and is_text(text):
            if any(argument.keyword is None for argument in node.arguments):
                raise UnreadableError
            return _named("dollar", DOLLAR, node, text, text, source)
        case ir.Call(function=ir.Attribute(name="replace" | "replaceAll" | "Replace" | "ReplaceAll")):
            return _replaced(node, source, constant_of)
    return None


def _percent(node: ir.Binary, constant: ir.Expression, is_tuple: Callable[[ir.Expression], bool]) -> Format:
    right = node.right
    keyed: dict[str, ir.Expression] = {}
    if isinstance(right, ir.Mapping):
        keyed = {e.key.value: e.value for e in right.entries if isinstance(e.key, ir.String)}
        arguments = [entry.value for entry in right.entries]
    elif isinstance(right, ir.Collection) and right.kind is ir.Sequence.TUPLE:
        arguments = list(right.elements)
    elif (found := _taken_by(node, constant, is_tuple)) is not None:
        return Format(Form("percent", node.range, node.left.range, [right], found), PRINTF, {}, constant)
    else:
        arguments = [right]
    if any(isinstance(argument, ir.Spread) for argument in arguments):
        raise UnreadableError
    form = Form("percent", node.range, node.left.range, arguments)
    if isinstance(right, ir.Mapping) and keyed:
        form.written = {e.key.value: e.range for e in right.entries if isinstance(e.key, ir.String)}
    return Format(form, PRINTF, keyed, constant)


def _taken_by(node: ir.Binary, constant: ir.Expression, is_tuple: Callable[[ir.Expression], bool]) -> Taken | None:
    """What the verbs take their values out of: a mapping where they have names, and a tuple where there are several.
    None where there is one, which takes the value itself."""
    texts = [part.value for e in format_of(constant) for part in ir.walk(e) if isinstance(part, ir.String)]
    verbs = [match for text in texts for match in PRINTF.finditer(text) if match.group() != "%%"]
    has_names = any(match["key"] for match in verbs)
    is_several = has_names or len(verbs) > 1 or is_tuple(node.right)
    return taken(node.right, has_names) if is_several else None


def _named(
    kind: str,
    pattern: re.Pattern[str],
    node: ir.Call,
    text: ir.Expression,
    constant: ir.Expression,
    source: SourceFile,
) -> Format:
    """A call whose arguments may have names."""
    match node.arguments:
        case [ir.Argument(value=value, spread=True) as argument]:
            found = taken(value, source.text(argument.range).startswith("**"))
            if found is not None:
                return Format(Form(kind, node.range, text.range, [value], found), pattern, {}, constant)
    if any(argument.spread for argument in node.arguments):
        raise UnreadableError
    form = Form(kind, node.range, text.range, [argument.value for argument in node.arguments])
    form.written = {argument.keyword: argument.range for argument in node.arguments if argument.keyword}
    keyed = {argument.keyword: argument.value for argument in node.arguments if argument.keyword}
    return Format(form, pattern, keyed, constant)


def _replaced(
    node: ir.Call, source: SourceFile, constant_of: Callable[[ir.Expression], ir.Expression | None]
) -> Format | None:
    """Parts of a text that are replaced by values."""
    text, found = replacements(node)
    constant = constant_of(text) if found else None
    if constant is None:
        return None
    for mark, (value, _, _) in found.items():
        is_often = source.language in ("python", "go") and isinstance(value, ir.Name | ir.Attribute)
        if not is_often and source.text(constant.range).count(mark) != 1:
            return None
        if any(mark in other for other in found if mark != other):
            return None
    form = Form("replace", node.range, text.range, [value for value, _, _ in found.values()])
    form.written = {mark: range for mark, (_, _, range) in found.items()}
    form.heads = [head for _, head, _ in found.values()]
    pattern = re.compile(f"(?P<key>{'|'.join(map(re.escape, found))})")
    return Format(form, pattern, {mark: value for mark, (value, _, _) in found.items()}, constant)
