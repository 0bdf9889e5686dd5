"""The pages of the site about database libraries, made from the tables in `linter/persistlint/libraries`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.libraries import Library, Operation, Type, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDERS = {"python": "Python", "javascript": "JavaScript and TypeScript", "go": "Go", "sql": "SQL"}
_PLACEHOLDERS = {
    "client": "The library writes the values into the text of the statement before it sends it.",
    "server": "The values travel beside the statement, and the database puts them in.",
}
_ROLES = {
    "pool": "every statement may run on another connection, and commits at once",
    "connection": "one connection, on which every statement commits at once",
    "implicit": "one connection, whose driver opens a transaction by itself",
    "session": "a unit of work, which sends what is pending in one transaction",
    "transaction": "inside a transaction",
    "instance": "a row as an object",
}
_EFFECTS = {
    "begin": "begins one",
    "context": "begins one, where `with` or a decorator holds it",
    "transaction": "runs in one what it is given",
    "commit": "commits",
    "rollback": "rolls back",
    "savepoint": "sets a savepoint",
    "acquire": "takes a connection out of the pool",
    "release": "gives a connection back to the pool",
    "autocommit": "makes every statement commit at once from here on",
    "after": "runs what it is given after the commit",
    "bind": "says what the rest of its chain is sent through",
}  # what concerns transactions; the others say what a call does to rows
_DOES = {
    "read": "reads",
    "write": "writes",
    "upsert": "writes, and may run twice",
    "schema": "changes the schema",
    "pending": "writes when the session is flushed",
    "lock": "locks the rows that it reads",
    "prepare": "keeps a statement",
    "execute": "sends a kept statement",
}
_YIELDS = {
    "identifier": "quotes a name",
    "literal": "quotes a value",
    "placeholder": "gives placeholders",
    "number": "gives a number",
    "checked": "refuses what is not safe",
    "request": "gives data from outside",
}
_STATEMENTS = {
    "many": "takes several statements in one text",
    "one": "takes one statement",
    "first": "runs the first statement alone, and drops the rest",
    "one-with-parameters": "takes several statements only without values",
    "one-by-default": "takes several statements only where the connection says so",
}


def libraries(folder: str) -> tuple[Library, ...]:
    """The libraries of a folder that are of use to somebody who looks one up, by name."""
    found = (library for library in catalogue(folder).libraries if library.modules or folder == "sql")
    return tuple(sorted(found, key=lambda library: library.name.lower()))


def slug(library: Library) -> str:
    """The name of its page."""
    return re.sub(r"[^a-z0-9]+", "-", library.name.lower()).strip("-")


def page(library: Library, folder: str) -> str:
    """The page of a library, as Markdown."""
    head = [f"{FOLDERS[folder]}", *([f"`{library.dialect}`"] if library.dialect else [])]
    modules = ", ".join(f"`{module}`" for module in library.modules)
    parts = [f"# {library.name}", " · ".join(head)]
    if modules:
        parts.append(f"Known where a file imports {modules}.")
    parts += ["## How values are bound", *_binding(library)]
    if library.takes_part:
        parts += ["## How a transaction is opened", *_transactions(library)]
    parts += ["## Which calls are known", *_calls(library)]
    return "\n\n".join(parts) + "\n"


def index() -> str:
    """The page that lists all of them, as Markdown."""
    parts = [
        "# Database libraries",
        "persistlint knows these libraries by their tables. A project that wraps one of them can name its own objects "
        "under [`names`](../configuration.md#names), and a [plugin](../plugins.md) can bring a table.",
    ]
    for folder, title in FOLDERS.items():
        parts.append(f"## {title}")
        parts.append("\n".join(f"- [{entry.name}]({folder}/{slug(entry)}.md)" for entry in libraries(folder)))
    return "\n\n".join(parts) + "\n"


def _binding(library: Library) -> Iterator[str]:
    if library.bind:
        yield library.bind
    if library.placeholder:
        yield f"A placeholder is written `{library.placeholder}`. {_PLACEHOLDERS[library.binds]}"
    if library.template_strings:
        yield "The holes of a template string are bound, too."
    if library.identifier:
        yield f"A name cannot be bound. {library.identifier}"
    if not (library.bind or library.placeholder or library.identifier):
        yield "Its calls build statements themselves, and bind what they are given."


def _transactions(library: Library) -> Iterator[str]:
    opened = [
        f"| {_call(type, operation)} | {_EFFECTS[operation.effect]} |"
        for type, operation in _operations(library)
        if operation.effect in _EFFECTS
    ]
    roles = [f"| `{name}` | {_ROLES[role]} |" for name, role in _roles(library)]
    if roles:
        yield _table(("object", "a statement that is sent through it"), roles)
    if opened:
        yield _table(("call", "what it does to a transaction"), opened)
    binding = library.transactions
    said = [
        f"- {text}"
        for is_so, text in (
            (binding.option, f"A call belongs to a transaction by its option `{binding.option}`."),
            (binding.ambient, "A call finds the open transaction by itself."),
            (binding.synchronous, "Its calls give no promise, and a callback must not be `async`."),
            (binding.lazy, "A query that nobody awaits is never sent."),
            (binding.exit_commits, "Leaving `with connection:` commits."),
            (binding.requests, f"The setting `{binding.requests}` opens a transaction around each request."),
        )
        if is_so
    ]
    if said:
        yield "\n".join(said)


def _roles(library: Library) -> Iterator[tuple[str, str]]:
    for type in library.types.values():
        if type.role in _ROLES:
            yield type.name, type.role


def _calls(library: Library) -> Iterator[str]:
    rows = [
        f"| {_call(type, operation)} | {what} |"
        for type, operation in _operations(library)
        if (what := _what(operation))
    ]
    yield _table(("call", "what it does"), rows) if rows else "None of its calls takes SQL as text."
    made = [
        f"| `{type.name}` | {_code(type.names)} | {_code(type.created_by)} | {_code(type.handles)} |"
        for type in library.types.values()
        if type.names or type.created_by
    ]
    if made:
        yield "An object is known by its type, by what made it, or by what people call it in a file with the import:"
        yield _table(("object", "type", "made by", "called"), made)


def _operations(library: Library) -> Iterator[tuple[Type | None, Operation]]:
    yield from ((None, operation) for operation in library.functions.values())
    for type in library.types.values():
        yield from ((type, operation) for operation in type.methods.values())


def _call(type: Type | None, operation: Operation) -> str:
    return f"`{operation.name}`" if type is None else f"`{type.name}.{operation.name}`"


def _what(operation: Operation) -> str:
    """What a call does with SQL and rows, "" where it does neither."""
    said = []
    if operation.sql is not None:
        said.append(f"argument {operation.sql + 1} is {'a piece of SQL' if operation.raw else 'a statement'}")
    if operation.fragments:
        arguments = " and ".join(str(index + 1) for index in operation.fragments)
        said.append(f"argument {arguments} is a piece of SQL (`{operation.clause}`)")
    if operation.every_argument:
        said.append(f"every argument is a piece of SQL (`{operation.clause}`)")
    if operation.tag:
        tags = {"binds": "binds its holes", "raw": "splices its holes", "identifier": "quotes its holes as names"}
        said.append(f"as a template tag it {tags.get(operation.tag, 'makes plain text')}")
    said += [
        words[key]
        for words, key in ((_YIELDS, operation.yields), (_DOES, operation.effect))
        if key is not None and key in words
    ]
    if operation.sql is not None and not operation.raw and operation.statements in _STATEMENTS:
        said.append(_STATEMENTS[operation.statements])
    return "; ".join(said)


def _table(head: tuple[str, ...], rows: Iterable[str]) -> str:
    return "\n".join((f"| {' | '.join(head)} |", "|---" * len(head) + "|", *rows))


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)
