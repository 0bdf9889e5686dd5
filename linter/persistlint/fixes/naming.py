"""Names as SQL writes them, and new ones for indexes and constraints."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from persistlint.regexes import regex
from persistlint.schema.altering import default_name
from persistlint.schema.naming import INDEX_STYLES, index_styles, named_like
from persistlint.sql.lexer import word_set

if TYPE_CHECKING:
    from persistlint.schema.definitions import Index, Name, Table
    from persistlint.schema.script import Script

NO_NAME = "the name for it is taken, or too long"
_PLAIN = regex(r"[a-z_][a-z0-9_]*")
_LONGEST_NAME = 63  # bytes, in PostgreSQL
_RESERVED = word_set(
    "all analyse analyze and any array as asc asymmetric both by case cast check collate column condition constraint"
    " create cross current_date current_time current_timestamp current_user default deferrable desc distinct do else"
    " end except false fetch for foreign freeze from full grant group groups having ilike in index initially inner"
    " intersect interval into is join key keys lateral leading left like limit localtime localtimestamp natural not"
    " null offset on only or order outer overlaps placing primary range rank read references returning right row rows"
    " select session_user similar some symmetric system table tablesample then to trailing true union unique update"
    " usage user using values variadic verbose when where window with write"
)


def identifier(name: str, dialect: str | None) -> str:
    """A folded name as SQL has to write it."""
    if _PLAIN.fullmatch(name) and name not in _RESERVED:
        return name
    quote = "`" if dialect == "mysql" else '"'
    return f"{quote}{name.replace(quote, quote * 2)}{quote}"


def identifiers(names: tuple[str, ...], dialect: str | None, table: str = "") -> str:
    """Names as a list; all in quotes where their table is written so."""
    quote = table[-1:] if table[-1:] in ("`", '"') else ""
    quoted = (
        f"{quote}{name.replace(quote, quote * 2)}{quote}" if quote else identifier(name, dialect) for name in names
    )
    return ", ".join(quoted)


def qualified(name: Name, dialect: str | None) -> str:
    """The name of a table or another object as SQL has to write it, with its schema where it was written with one."""
    return ".".join(identifier(part, dialect) for part in (name.schema, name.name) if part)


def new_name(script: Script, *parts: str) -> str:
    """A name for an index or a constraint that the project does not have, of parts joined by underscores; "" where it
    is taken or too long."""
    return _free(script, "_".join(parts).lower())


def index_name(script: Script, table: str, columns: tuple[str, ...], instead_of: Index | None = None) -> str:
    """A new name for an index of some columns of a table, made as those of most indexes of the project are, else as
    PostgreSQL does it; "" where it is taken or too long. An index that goes takes none."""
    styles = Counter(style for each in script.final.tables.values() for style in each.index_styles)
    if instead_of is not None and instead_of.columns:
        styles.subtract(index_styles(instead_of.name, table, instead_of.columns))
    style = max(INDEX_STYLES, key=lambda style: styles[style])
    name = named_like(style, table, columns)
    return _free(script, name if styles[style] else name.lower(), instead_of)


def is_taken(name: str, table: Table | None) -> bool:
    """Whether a table has a constraint or an index of a name, PostgreSQL having named those without one."""
    if table is None:
        return False
    constraints = (found.name or default_name(found, table) for found in table.constraints)
    return name in constraints or any(index.name == name for index in table.indexes)


def _free(script: Script, name: str, instead_of: Index | None = None) -> str:
    is_taken = any(name in table.names for each in (script.after, script.final) for table in each.tables.values())
    is_its_own = instead_of is not None and name == instead_of.given_name
    return name if len(name.encode()) <= _LONGEST_NAME and (is_its_own or not is_taken) else ""
