"""What is shown about a place, and what can be written there: rules where they are named, keys of a configuration,
and the query that code sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from persistlint.documentation import url
from persistlint.rules import group_of, groups, load
from persistlint_lsp import configuration, lines
from persistlint_lsp.convert import LineIndex
from persistlint_lsp.mentions import Mention, mention_at
from persistlint_lsp.session import CONFIGURATION_FILES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from persistlint.diagnostic import Diagnostic
    from persistlint_lsp.documents import Document
    from persistlint_lsp.session import Outcome, Session

_SECTIONS = ("What it finds", "Why it matters")


async def hover(session: Session, uri: str, position: types.Position) -> types.Hover | None:
    """What is shown at a position. Raises `WorkerError`."""
    document = session.documents.get(uri)
    if document is None or position.line >= len(document.lines):
        return None
    encoding = session.documents.encoding
    mention, known = _named(document, position, encoding)
    if mention and mention.word:
        text = _about(mention.word) or known.get(mention.word, "")
        return types.Hover(_markdown(text), _range(document, position, mention, encoding)) if text else None
    return await _problem_or_query(session, document, position)


def complete(session: Session, uri: str, position: types.Position) -> list[types.CompletionItem]:
    """What can be written at a position."""
    document = session.documents.get(uri)
    if document is None or position.line >= len(document.lines):
        return []
    encoding = session.documents.encoding
    mention, known = _named(document, position, encoding)
    if mention is None:
        return []
    range = _range(document, position, mention, encoding)
    return [
        types.CompletionItem(
            name,
            kind=types.CompletionItemKind.Value if group_of(name) else types.CompletionItemKind.Keyword,
            documentation=_markdown(_about(name) or text) if text else None,
            text_edit=types.TextEdit(range, name),
            filter_text=name,
        )
        for name, text in known.items()
    ]


def _named(
    document: Document, position: types.Position, encoding: types.PositionEncodingKind
) -> tuple[Mention | None, Mapping[str, str]]:
    """The word at a position where rules or keys are named, and what could stand there, with a sentence each."""
    line = document.lines[position.line]
    column = lines.index(line, position.character, encoding)
    if mention := mention_at(line, column):
        names = sorted({*groups(), *(name for names in groups().values() for name in names)})
        return mention, {name: load(name).summary if group_of(name) else _group(name) for name in names}
    if document.path.name in CONFIGURATION_FILES:
        is_shared = document.path.name == "pyproject.toml"
        place = configuration.place_at(document.lines, position.line, column, is_shared=is_shared)
        if place and (known := configuration.words(place)):
            return place.mention, known
    return None, {}


async def _problem_or_query(session: Session, document: Document, position: types.Position) -> types.Hover | None:
    """The rules of the diagnostics at a position, and the query that is sent from there."""
    from persistlint_lsp.queries import query_at  # what it imports is for the worker

    source, settings = document.source, session.settings(document.path)
    if source is None or settings is None:
        return None
    index = LineIndex(source, session.documents.encoding)
    offset = index.offset(position)
    outcome = session.latest(document.uri)
    found = [one for one in outcome.report.diagnostics if offset in one.range] if outcome else []
    texts = [_short(rule) for rule in dict.fromkeys(one.rule for one in found)]
    if outcome and found and (whole := await session.with_remedies(outcome)):
        texts += dict.fromkeys(_reasons(found, whole))
    range = None
    if query := await session.worker.call(query_at, source, settings, offset):
        range, sql = index.range(query[0]), query[1]
        texts.append(f"```sql\n{sql}\n```")
    return types.Hover(_markdown("\n\n---\n\n".join(texts)), range) if texts else None


def _reasons(found: Iterable[Diagnostic], whole: Outcome) -> Iterator[str]:
    """Why problems have no fix, which takes too long to find out to be told with the diagnostics."""
    helps = {(one.rule, one.range): one.help for one in whole.report.diagnostics}
    for one in found:
        if reason := helps.get((one.rule, one.range), "").removeprefix(one.help).strip():
            yield reason


def _about(name: str) -> str:
    """What a rule or a group is, "" for any other word."""
    if name in groups():
        return _group(name)
    if group_of(name) is None:
        return ""
    rule = load(name)
    default = "on" if rule.default else "off"
    head = f"**{name}** ({rule.group}, {rule.severity.value}, {default} by default)"
    return "\n\n".join([head, *_sections(rule.docs), *_link(name)])


def _short(name: str) -> str:
    return "\n\n".join([f"**{name}**: {load(name).summary}", *_link(name)])


def _group(name: str) -> str:
    return f"**{name}**: {', '.join(f'`{rule}`' for rule in groups()[name])}"


def _sections(docs: str) -> Iterator[str]:
    for name in _SECTIONS:
        if f"## {name}\n" in docs:
            yield docs.split(f"## {name}\n", 1)[1].split("\n## ", 1)[0].strip()


def _link(name: str) -> list[str]:
    return [f"[Documentation]({url(name)})"] if url(name) else []


def _markdown(text: str) -> types.MarkupContent:
    return types.MarkupContent(types.MarkupKind.Markdown, text)


def _range(
    document: Document, position: types.Position, mention: Mention, encoding: types.PositionEncodingKind
) -> types.Range:
    line = document.lines[position.line]
    columns = (lines.width(line[:column], encoding) for column in (mention.start, mention.end))
    return types.Range(*(types.Position(position.line, column) for column in columns))
