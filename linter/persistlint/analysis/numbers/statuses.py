"""The names that languages have for HTTP status codes."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from persistlint.analysis.numbers.vocabulary import statuses
from persistlint.ir import Import
from persistlint.regexes import regex

if TYPE_CHECKING:
    from collections.abc import Hashable

    from persistlint.ir import Module
    from persistlint.languages import Syntax

_ENUM = regex(r"Http(?:Status(?:Codes?)?)|HTTP_?STATUS(?:_CODES?)?|StatusCodes?|httpStatus", re.ASCII)
_ASKED = regex(rb"(?:[=!]==?[ \t]*|\bcase[ \t]+)([1-5]\d\d)\b|\b([1-5]\d\d)[ \t]*[=!]==?")
_SUCCESS = 200  # everybody knows it
_KNOWN = frozenset([_SUCCESS, 400, 401, 403, 404, 500])  # so do those who write servers, without a name for any of them
_NAME = b"http.Status"
_OWN_NAMES = regex(r"github\.com/(?:gofiber/fiber|valyala/fasthttp)(?:/v\d+)?$")
_ACRONYMS = frozenset(["ok", "uri", "http", "im"])


class Statuses:
    """The names of status codes in one file: Python and Go bring some; JavaScript has those that a file imports, and
    needs one where the same code is asked for several times."""

    def __init__(self, syntax: Syntax, module: Module) -> None:
        self.syntax = syntax
        self.module = module
        self.known = statuses(syntax.source.language)

    def name(self, code: float) -> str:
        """The name of a code as the file would write it, "" where there is none."""
        parts = self.known.get(int(code)) if code == int(code) else None
        if parts is None:
            return ""
        match self.syntax.source.language:
            case "go" if code != _SUCCESS or self._names_some:
                words = (part.upper() if part in _ACRONYMS else part.capitalize() for part in parts)
                return f"{self._package}.Status" + "".join(words)
            case "go":
                return ""
            case "python":
                return "HTTPStatus." + "_".join(parts).upper() if code != _SUCCESS else ""
        constant = "_".join(parts).upper()
        if self._enum:
            return f"{self._enum}.{constant}"
        return constant if code not in _KNOWN and self._asked[str(int(code)).encode()] > 1 else ""

    @cached_property
    def digest(self) -> Hashable:
        """What of the file the names depend on."""
        if self.syntax.source.language in ("go", "python"):
            return self._names_some, self._package
        return self._enum, frozenset(code for code, count in self._asked.items() if count > 1)

    @cached_property
    def _names_some(self) -> bool:
        """Whether a file of Go has the names of codes elsewhere."""
        return _NAME in self.syntax.source.content

    @cached_property
    def _package(self) -> str:
        """The package from which a file of Go takes the names: that of a framework that has them, or `http`."""
        imported = {
            statement.module: statement.local for statement in self.module.body if isinstance(statement, Import)
        }
        own = [local for module, local in imported.items() if _OWN_NAMES.match(module)]
        return own[0] if own and "net/http" not in imported else "http"

    @cached_property
    def _enum(self) -> str:
        """The enumeration of status codes that the file imports."""
        imported = (statement.local for statement in self.module.body if isinstance(statement, Import))
        return next((name for name in imported if _ENUM.fullmatch(name)), "")

    @cached_property
    def _asked(self) -> Counter[bytes]:
        """How often the file compares something with each code. An answer, `status(404)`, names it by itself."""
        return Counter(found[1] or found[2] for found in _ASKED.finditer(self.syntax.source.content))
