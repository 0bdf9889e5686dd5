"""Edits of format strings whose values went out of them."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from persistlint.diagnostic import Edit
from persistlint.fixes.binding.refusal import RefusalError
from persistlint.fixes.binding.text.view import Value
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from persistlint.fixes.binding.text.forms import Form
    from persistlint.fixes.binding.text.view import View
    from persistlint.source import SourceFile

COMMENT = regex(r"#|//|/\*")
_NUMBER = regex(r"\[\d+\]")  # of an argument, in a verb of Go
_FIELD_NUMBER = regex(r"^\{\d+")  # of an argument, in a field of Python
REST_OF_LINE = regex(rb"[ \t]*;?[ \t]*\r?\n")
REST_WITH_COMMENT = regex(rb"[ \t]*;?[ \t]*(?:(?:#|//)[^\r\n]*)?\r?\n")  # which was about the call


def unformatted(
    found: View,
    source: SourceFile,
    form: Form,
    gone: set[int],
    is_kept: bool,
    numbers: dict[int, str],
    dropped: Collection[Range],
) -> list[Edit]:
    """Drop the call that formats where nothing `is_kept` in it, or else the arguments at the items that are `gone` and
    those whose verbs are `dropped`, but for those in whose place `numbers` has another. Raises `RefusalError`."""
    own = {i: item for i, item in enumerate(found.items) if isinstance(item, Value) and item.form is form}
    left = [item for index, item in own.items() if index not in gone]
    whole, text = form.range, form.text
    tail = source.text(Range(text.end, whole.end))
    if not is_kept:
        own_closing = "," if form.arguments else ")"
        called = "," if any(head.start < head.end for head in form.heads) else "."
        closing = {"percent": "%", "printf": own_closing, "dollar": ")"}.get(form.kind, called)
        cut = tail.find(closing)
        if cut < 0 or COMMENT.search(tail):
            raise RefusalError("a comment stands between the text and its values")
        line = _only_itself(source, form)
        if line is not None:
            return [Edit(line, "")]
        keep = len(tail[:cut].rstrip().encode())
        edits = [Edit(Range(text.end + keep, whole.end), "")]
        if form.kind in ("printf", "dollar") or called == ",":
            edits.append(Edit(Range(whole.start, text.start), ""))
        return edits
    if form.kind == "replace":
        kept_values = {item.expression.range for item in left}
        calls = zip(form.arguments, form.heads, form.written.values(), strict=True)
        dead = [(head, tail) for value, head, tail in calls if value.range not in kept_values]
        return [Edit(place, "") for call in dead for place in call if place.start < place.end]
    if len(left) == len(own) and not any(range in dropped for range, _ in form.verbs):
        return []
    if form.taken is not None and form.taken.is_mapping:
        return []  # which may have more than the text asks for
    if form.written:
        if any(held.holder is form for held in found.held):
            raise RefusalError("the values of the format string are numbered or named")
        return _keyed(source, form, left)
    by_range = {item.range: index for index, item in own.items()}
    kept = [
        (range, number, numbers.get(by_range.get(range, -1), ""))
        for range, number in form.verbs
        if range not in dropped and (by_range.get(range) not in gone or by_range.get(range) in numbers)
    ]
    if form.kind == "printf":
        return _called(source, form, kept)
    arguments = form.arguments
    if form.is_indexed and form.kind == "braces" and not any(counted for _, _, counted in kept):
        return _renumbered(source, form, [(range, number) for range, number, _ in kept])
    if form.is_indexed or len(form.verbs) != len(arguments):
        raise RefusalError("the values of the format string are numbered or named")
    is_tuple = form.kind == "percent"
    start = text.end + len(tail[: tail.index("%") + 1].encode()) if is_tuple else arguments[0].range.start
    end = whole.end if is_tuple else arguments[-1].range.end
    opening, closing = (" (", ",)" if len(kept) == 1 else ")") if is_tuple else ("", "")
    if not any(counted for _, _, counted in kept):
        return _around([arguments[number].range for _, number, _ in kept], Range(start, end), opening, closing)
    texts = [counted or source.text(arguments[number].range) for _, number, counted in kept]
    return [Edit(Range(start, end), f"{opening}{', '.join(texts)}{closing}")]


def spaced(source: SourceFile, form: Form) -> list[Edit]:
    """The blanks that gofmt wants around the `+` of a format string that is an operand no more, but all of a value."""
    before = source.content[: form.range.start].rstrip()
    if source.language != "go" or form.kind != "printf" or not before.endswith((b"=", b"return")):
        return []
    edits: list[Edit] = []
    if form.literals and form.text.start < (start := form.literals[0].range.start) < form.text.end:
        lead = source.text(Range(form.text.start, start)).rstrip()
        if lead.endswith("+") and not lead[:-1].endswith((" ", "\t")):
            end = form.text.start + len(lead.encode())
            edits.append(Edit(Range(end - 1, end), " +" if end < start else " + "))
    for left, right in pairwise(form.literals):
        gap = source.text(Range(left.range.end, right.range.start))
        if left.range in form.range and gap.startswith("+") and not gap[1:].strip():
            edits.append(Edit(Range(left.range.end, left.range.end), " "))
            if gap == "+":
                edits.append(Edit(Range(right.range.start, right.range.start), " "))
    return edits


def _around(kept: Sequence[Range], whole: Range, opening: str, closing: str) -> list[Edit]:
    """Drop all but some arguments, in whose own text something may change."""
    ends = [whole.start, *(argument.end for argument in kept)]
    starts = [*(argument.start for argument in kept), whole.end]
    between = [opening, *([", "] * (len(kept) - 1)), closing]
    return [Edit(Range(end, start), text) for end, start, text in zip(ends, starts, between, strict=True)]


def _called(source: SourceFile, form: Form, kept: Sequence[tuple[Range, int, str]]) -> list[Edit]:
    """Leave out the arguments of a call that no verb takes any more, each with the comma before it. Where verbs name
    the numbers of theirs, those are counted anew."""
    edits: list[Edit] = []
    used = sorted({number for _, number, _ in kept})
    end = form.text.end
    for number, argument in enumerate(form.arguments):
        before = source.text(Range(end, argument.range.start))
        if number not in used:
            if COMMENT.search(before):
                raise RefusalError("a comment stands between the text and its values")
            edits.append(Edit(Range(end, argument.range.end), ""))
        end = argument.range.end
    edits += [Edit(form.arguments[number].range, counted) for _, number, counted in kept if counted]
    if not form.is_indexed:
        return edits
    if source.language != "go" or any(counted for _, _, counted in kept):
        raise RefusalError("the values of the format string are numbered or named")
    for range, number, _ in kept:
        verb = source.text(range)
        numbered = f"{_NUMBER.sub('', verb)[:-1]}[{used.index(number) + 1}]{verb[-1]}"
        if numbered != verb:
            edits.append(Edit(range, numbered))
    return edits


def _renumbered(source: SourceFile, form: Form, kept: Sequence[tuple[Range, int]]) -> list[Edit]:
    """Leave out the arguments that no field names any more, and count those of the other fields anew."""
    named = {number for _, number in form.verbs} - {number for _, number in kept}
    left = [number for number in range(len(form.arguments)) if number not in named]
    whole = Range(form.arguments[0].range.start, form.arguments[-1].range.end)
    edits = _around([form.arguments[number].range for number in left], whole, "", "")
    for place, number in kept:
        field = source.text(place)
        counted = _FIELD_NUMBER.sub(f"{{{left.index(number)}", field)
        edits += [Edit(place, counted)] if counted != field else []
    return edits


def _only_itself(source: SourceFile, form: Form) -> Range | None:
    """The line of a statement that gives a variable its own text, once nothing is formatted: `sql = sql.format(…)`."""
    begin = source.content.rfind(b"\n", 0, form.range.start) + 1
    rest = REST_WITH_COMMENT.match(source.content, form.range.end)
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
