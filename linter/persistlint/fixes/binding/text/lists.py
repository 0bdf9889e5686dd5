"""Lists of values that become text: `",".join(ids)`, `ids.map(…).join(",")`."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.tuples import tuple_in, tuple_of
from persistlint.fixes.binding.text.unquoting import TO_TEXT, unquoted
from persistlint.records import dataclass
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.fixes.binding.text.view import Value
    from persistlint.source import SourceFile

_SEPARATOR = regex(r"\s*,\s*")
_QUOTED_SEPARATOR = regex(r"'\s*,\s*'")
_QUOTES = ("'", '"')
_AGAIN = (ir.Name, ir.Attribute, ir.Call)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list whose values are joined to text. `range` is the expression that joins them. `is_quoted` where the quotes
    around them are a part of the separator. `spread` are its values among others in a list, `array` the list itself,
    `marks` the expression for as many marks as it has values, `{}` standing for the mark; None where there is none.
    `is_tuple` where its text has parentheses of its own; `quote` is what the text has around every value. `edits` leave
    the values as they are where the list is made in a statement of its own; `length` is how many it has."""

    range: Range
    name: str
    is_quoted: bool
    spread: str
    array: str | None
    marks: str | None
    is_tuple: bool = False
    length: str = ""
    edits: tuple[Edit, ...] = ()
    quote: str = ""

    def named(self, name: str) -> tuple[Listed, str, str]:
        """The list for a driver whose marks have names: each gets a number. The list with the expression for its
        marks, its values as a part of a mapping, and what a mark is called. Raises `RefusalError`."""
        if not self.length or self.marks is None:
            raise RefusalError("a list takes as many placeholders as it has values, which this driver names")
        quote = '"' if '"' in self.marks else "'"
        counted = f"{{f{quote}{name}_{{number}}{quote}: value for number, value in enumerate({self.spread[1:]})}}"
        marks = f"{quote}, {quote}.join(f{quote}{{}}{quote} for number in range({self.length}))"
        return replace(self, marks=marks), f"**{counted}", f"{name}_{{number}}"


def is_quoted_separator(text: str) -> bool:
    """Whether the quotes around the elements of a list are a part of what stands between them."""
    return _QUOTED_SEPARATOR.fullmatch(text) is not None


def listed(value: Value, source: SourceFile) -> Listed | None:
    """The list behind a value that is a text of several values, None where it is no such text."""
    node = value.expression
    match node:
        case ir.Call(function=ir.Name(id="str"), arguments=[ir.Argument(value=inner)]) if tuple_of(inner):
            return _python_tuple(node, tuple_of(inner), value, source)
        case ir.Call() if tuple_of(node):
            return _python_tuple(node, tuple_of(node), value, source)
        case ir.Name() if value.made is not None and source.language == "python":
            return _tuple_in_variable(node, value.made, value, source)
        case ir.Subscript(
            value=ir.Call(function=ir.Name(id="str" | "repr"), arguments=[ir.Argument(value=inner)]), index=ir.Unknown()
        ) if source.text(node.range).endswith("[1:-1]"):
            return _between_brackets(node, inner, value, source)
        case ir.Call(function=ir.Attribute(value=ir.String(value=separator), name="join"), arguments=[items]):
            return _python(node, separator, items.value, value, source) if source.language == "python" else None
        case ir.Call(function=ir.Attribute(value=values, name="join"), arguments=[separator_argument]) if isinstance(
            separator_argument.value, ir.String
        ):
            return _javascript(node, separator_argument.value, values, source)
        case ir.Call(function=ir.Attribute(value=ir.Name(id="strings"), name="Join"), arguments=[items, sep]) if (
            isinstance(sep.value, ir.String)
        ):
            quoted = bool(_QUOTED_SEPARATOR.fullmatch(sep.value.value))
            if not quoted and not _SEPARATOR.fullmatch(sep.value.value):
                return None
            text = source.text(items.value.range)
            is_simple = isinstance(items.value, ir.Name | ir.Attribute)
            marks = f'strings.TrimSuffix(strings.Repeat("{{}}, ", len({text})), ", ")' if is_simple else None
            return Listed(node.range, _name(items.value), quoted, f"{text}...", _go_array(text, source), marks)
    return None


def _go_array(text: str, source: SourceFile) -> str | None:
    """A slice as one value: pgx takes it as it is, lib/pq in its own type alone; None where neither is imported."""
    if re.search(rb'"github\.com/lib/pq"', source.content):
        return f"pq.Array({text})"
    return text if re.search(rb'"github\.com/jackc/pgx\b', source.content) else None


def _python(node: ir.Call, separator: str, items: ir.Expression, value: Value, source: SourceFile) -> Listed | None:
    quoted = bool(_QUOTED_SEPARATOR.fullmatch(separator))
    if not quoted and not _SEPARATOR.fullmatch(separator):
        return None
    inner, rest = items, ""
    edits: tuple[Edit, ...] = ()
    match items:
        case ir.Name() if value.made is not None:
            unmade = () if quoted or _is_copy(value.made.value) else _unmade(value.made, source)
            if unmade is None:
                return None
            edits = unmade
        case ir.Call(function=ir.Name(id="map"), arguments=[mapped, values]) if source.text(mapped.range) in TO_TEXT:
            inner = values.value
        case ir.Comprehension(element=element, target=ir.Name(id=name), iterable=iterable, conditions=conditions):
            plain = unquoted(element, source)
            if plain is None or items.kind is not ir.Sequence.LIST:
                return None
            inner = iterable
            if conditions or not (isinstance(plain, ir.Name) and plain.id == name):
                end = max(part.range.end for part in (iterable, *conditions))
                rest = source.text(Range(element.range.end, end))
    if not isinstance(inner, ir.Name | ir.Attribute | ir.Subscript) and not _is_view(inner):
        return None
    text = source.text(inner.range)
    around = "'" if _quotes_each(value.made.value if value.made is not None else items, source) else ""
    function = node.function
    assert isinstance(function, ir.Attribute)
    written = source.text(function.value.range)
    quote = written[-1]
    glue = f"{quote}, {quote}" if quoted else written
    mark = f"{quote}{{}}{quote}"
    counted = f"{glue}.join([{mark}] * len({text}))"
    if not rest:
        array, length = f"list({text})", f"len({text})"
        return Listed(node.range, _name(inner), quoted, f"*{text}", array, counted, False, length, edits, around)
    assert isinstance(items, ir.Comprehension)
    plain = unquoted(items.element, source)
    assert plain is not None
    made = f"[{source.text(plain.range)}{rest}]"
    marks = f"{glue}.join({mark}{rest})" if items.conditions else counted
    return Listed(node.range, _name(inner), quoted, f"*{made}", made, marks, False, f"len({made})", quote=around)


def _quotes_each(items: ir.Expression | None, source: SourceFile) -> bool:
    """Whether each text of a list has quotes around it."""
    match items:
        case ir.Comprehension(element=element):
            nodes = list(ir.walk(element))
            has_quotes = any(isinstance(node, ir.String) and "'" in node.value for node in nodes)
            return has_quotes or any(isinstance(node, ir.Hole) and node.conversion == "r" for node in nodes)
        case ir.Call(function=ir.Name(id="map"), arguments=[mapped, *_]):
            return source.text(mapped.range) == "repr"
        case ir.Call(arguments=[ir.Argument(value=ir.Call() as inner)]):
            return _quotes_each(inner, source)
    return False


def _is_view(node: ir.Expression) -> bool:
    """Whether an expression is a view of a mapping, which has a length and gives the same every time."""
    match node:
        case ir.Call(function=ir.Attribute(name="values" | "keys", value=ir.Name() | ir.Attribute()), arguments=()):
            return True
    return False


def _is_copy(made: ir.Expression | None) -> bool:
    """Whether a list has elements of another one as they are: `ids[:10]`, `sorted(ids)`."""
    match made:
        case ir.Name() | ir.Attribute() | ir.Subscript():
            return True
        case ir.Call(function=ir.Name(id="list" | "tuple" | "sorted" | "set"), arguments=[argument, *_]):
            return _is_copy(argument.value)
    return False


def _unmade(made: ir.Assign, source: SourceFile) -> tuple[Edit, ...] | None:
    """The edits by which the elements of a list stay what they are, None where it is not known what they are."""
    match made.value:
        case ir.Comprehension(element=element, target=target, iterable=iterable, conditions=conditions) as items if (
            items.kind is ir.Sequence.LIST and source.text(items.range).startswith("[")
        ):
            plain = unquoted(element, source)
            if plain is None or plain is element:
                return None if plain is None else ()
            if not conditions and source.text(plain.range) == source.text(target.range):
                return (Edit(items.range, f"list({source.text(iterable.range)})"),)
            return (Edit(element.range, source.text(plain.range)),)
        case ir.Call(function=ir.Name(id="list" | "tuple"), arguments=[ir.Argument(value=ir.Call() as mapped)]):
            match mapped:
                case ir.Call(function=ir.Name(id="map"), arguments=[function, values]) if (
                    source.text(function.range) in TO_TEXT
                ):
                    return (Edit(mapped.range, source.text(values.range)),)
    return None


def _python_tuple(node: ir.Expression, items: ir.Expression | None, value: Value, source: SourceFile) -> Listed | None:
    if items is None or source.language != "python":
        return None
    text = source.text(items.range)
    quote = "'" if value.literal is not None and value.literal.quote[0] == '"' else '"'
    marks = f"{quote}, {quote}.join([{quote}{{}}{quote}] * len({text}))"
    return Listed(node.range, _name(items), False, f"*{text}", f"list({text})", marks, is_tuple=True)


def _tuple_in_variable(node: ir.Name, made: ir.Assign, value: Value, source: SourceFile) -> Listed | None:
    """The tuple that a variable holds, which becomes one where it held the text of one: `ids = str(tuple(found))`."""
    inner, found = tuple_in(made.value), _python_tuple(node, node, value, source)
    if inner is None or made.value is None or found is None:
        return None
    edits = () if inner is made.value else (Edit(made.value.range, source.text(inner.range)),)
    return replace(found, edits=edits)


def _between_brackets(node: ir.Expression, items: ir.Expression, value: Value, source: SourceFile) -> Listed | None:
    """The list whose text Python makes, without its brackets: `str(ids)[1:-1]`."""
    made = _python_tuple(node, tuple_of(items) or items, value, source)
    return replace(made, is_tuple=False) if made is not None and isinstance(items, _AGAIN) else None


def _javascript(node: ir.Call, separator: ir.String, items: ir.Expression, source: SourceFile) -> Listed | None:
    quoted = bool(_QUOTED_SEPARATOR.fullmatch(separator.value))
    if not quoted and not _SEPARATOR.fullmatch(separator.value):
        return None
    own = source.text(separator.range)[:1]
    quote = own if own in _QUOTES and not quoted else '"' if '"' in source.text(node.range) else "'"
    return of_array(node.range, items, quote, source, quoted=quoted)


def of_array(
    range: Range, items: ir.Expression, quote: str, source: SourceFile, *, quoted: bool = False
) -> Listed | None:
    """The list whose text is that of an array of JavaScript with commas between its elements, which have that `range`;
    None where the elements are made in a way that a fix does not know. `quote` is that of strings in the file."""
    inner, values, around = items, "", ""
    match items:
        case ir.Call(function=ir.Attribute(value=made, name="map"), arguments=[ir.Argument(value=mapper)]):
            if isinstance(mapper, ir.Lambda):
                element = _element_of(mapper.function)
                if element is None:
                    return None
                value, around = element
                if not isinstance(value, ir.Name):
                    name = mapper.function.parameters[0].name
                    values = f"{source.text(made.range)}.map(({name}) => {source.text(value.range)})"
            elif source.text(mapper.range) not in ("String", "Number"):
                return None
            inner = made
    text = source.text(inner.range)
    values = values or text
    if not is_same_again(inner):
        return Listed(range, _name(inner), quoted, f"...{values}", values, None, quote=around)
    spread = values
    if isinstance(inner, ir.Collection) and values == text:
        spread = text.removeprefix("[...").removesuffix("]")
    marks = f"{text}.map(() => {quote}{{}}{quote}).join({quote}, {quote})"
    return Listed(range, _name(inner), quoted, f"...{spread}", values, marks, quote=around)


def is_same_again(items: ir.Expression) -> bool:
    """Whether an expression may be written twice: `[...names]`, `Object.keys(names)`."""
    match items:
        case ir.Collection(elements=[ir.Spread(value=ir.Expression() as inner)]):
            return is_same_again(inner)
        case ir.Call(
            function=ir.Attribute(value=ir.Name(id="Object"), name="keys" | "values" | "entries")
            | ir.Attribute(value=ir.Name(id="Array"), name="from"),
            arguments=[ir.Argument(value=inner, spread=False)],
        ):
            return is_same_again(inner)
    return isinstance(items, ir.Name | ir.Attribute | ir.Subscript)


def _element_of(mapper: ir.Function) -> tuple[ir.Expression, str] | None:
    """The value that a function gives for every element of a list, the element or a part of it, and the quotes that it
    puts around it; None where it gives something else."""
    match mapper:
        case ir.Function(parameters=[parameter, *_], body=[ir.Return(value=ir.Expression() as returned)]):
            pass
        case _:
            return None
    around = ""
    match returned:
        case ir.Template(parts=[ir.Hole(value=value)]):
            returned = value
        case (
            ir.Template(parts=[ir.String(value=opening), ir.Hole(value=value), ir.String(value=closing)])
            | ir.Binary(
                left=ir.Binary(left=ir.String(value=opening), operator="+", right=value),
                operator="+",
                right=ir.String(value=closing),
            )
        ) if opening == closing and opening in _QUOTES:
            returned, around = value, opening
        case ir.Call(function=ir.Attribute(name="escape"), arguments=[ir.Argument(value=value)]):
            returned, around = value, "'"
    match returned:
        case (
            ir.Call(function=ir.Name(id="String"), arguments=[ir.Argument(value=value)])
            | ir.Call(function=ir.Attribute(value=value, name="toString"), arguments=())
        ):
            returned = value
    root = returned
    while isinstance(root, ir.Attribute | ir.Subscript):
        root = root.value
    is_whole = parameter.pattern is None and isinstance(root, ir.Name) and root.id == parameter.name
    return (returned, around) if is_whole else None


def _name(node: ir.Expression) -> str:
    match node:
        case ir.Name(id=name) | ir.Attribute(name=name):
            return name
    return "values"
