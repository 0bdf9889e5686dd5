"""Edits of format strings whose values went out of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.view import Value
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.fixes.binding.forms import Form
    from persistlint.fixes.binding.view import View
    from persistlint.source import SourceFile

COMMENT = re.compile(r"#|//|/\*")
REST_OF_LINE = re.compile(rb"[ \t]*;?[ \t]*\r?\n")


def unformatted(
    found: View, source: SourceFile, form: Form, gone: set[int], is_kept: bool, numbers: dict[int, str]
) -> list[Edit]:
    """Drop the call that formats where nothing `is_kept` in it, or else the arguments at the items that are `gone`, but
    for those in whose place `numbers` has another. Raises `RefusalError`."""
    own = {i: item for i, item in enumerate(found.items) if isinstance(item, Value) and item.form is form}
    left = [item for index, item in own.items() if index not in gone]
    whole, text = form.range, form.text
    tail = source.text(Range(text.end, whole.end))
    if not is_kept:
        closing = {"percent": "%", "printf": ",", "dollar": ")"}.get(form.kind, ".")
        cut = tail.find(closing)
        if cut < 0 or COMMENT.search(tail):
            raise RefusalError("a comment stands between the text and its values")
        line = _only_itself(source, form)
        if line is not None:
            return [Edit(line, "")]
        keep = len(tail[:cut].rstrip().encode())
        edits = [Edit(Range(text.end + keep, whole.end), "")]
        if form.kind in ("printf", "dollar"):
            edits.append(Edit(Range(whole.start, text.start), ""))
        return edits
    if form.kind == "replace":
        kept_values = {item.expression.range for item in left}
        segments = zip(form.arguments, form.written.values(), strict=True)
        return [Edit(segment, "") for value, segment in segments if value.range not in kept_values]
    values = list(own.values())
    if len(left) == len(values):
        return []
    if form.written:
        if any(holder == id(form) for holder, _ in found.held):
            raise RefusalError("the values of the format string are numbered or named")
        return _keyed(source, form, left)
    if form.is_indexed or len(values) != len(form.arguments):
        raise RefusalError("the values of the format string are numbered or named")
    texts = [
        numbers[index] if index in numbers else source.text(value.expression.range)
        for index, value in own.items()
        if index in numbers or index not in gone
    ]
    arguments = form.arguments
    if form.stays and not texts:
        return [Edit(Range(text.end, arguments[-1].range.end), "")]
    if form.kind == "percent":
        start = text.end + len(tail[: tail.index("%") + 1].encode())
        inner = f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"
        return [Edit(Range(start, whole.end), f" {inner}")]
    return [Edit(Range(arguments[0].range.start, arguments[-1].range.end), ", ".join(texts))]


def _only_itself(source: SourceFile, form: Form) -> Range | None:
    """The line of a statement that gives a variable its own text, once nothing is formatted: `sql = sql.format(…)`."""
    begin = source.content.rfind(b"\n", 0, form.range.start) + 1
    rest = REST_OF_LINE.match(source.content, form.range.end)
    name = re.escape(source.text(form.text).encode())
    is_same = re.compile(rb"[ \t]*" + name + rb"[ \t]*=[ \t]*").fullmatch(source.content, begin, form.range.start)
    return Range(begin, rest.end()) if is_same and rest is not None else None


def _keyed(source: SourceFile, form: Form, left: list[Value]) -> list[Edit]:
    """Drop the arguments that have names and are no longer used."""
    if len(form.written) != len(form.arguments):
        raise RefusalError("some values of the format string have names and some have not")
    used = {value.expression.range for value in left}
    kept = [range for range in form.written.values() if any(inner in range for inner in used)]
    if not kept or len(kept) == len(form.written):
        return []
    ranges = list(form.written.values())
    return [Edit(Range(ranges[0].start, ranges[-1].end), ", ".join(map(source.text, kept)))]
