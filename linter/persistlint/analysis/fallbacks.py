"""From lookups of settings to facts: which text is used where a setting is missing."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property, lru_cache
from itertools import accumulate, islice
from typing import TYPE_CHECKING

from persistlint.analysis.names import all_caps, last_name
from persistlint.analysis.scopes import scopes
from persistlint.analysis.settings_lookup import is_store, lookup
from persistlint.facts import Fallback
from persistlint.ir import (
    Assign,
    AssignmentExpression,
    Attribute,
    Binary,
    Call,
    ClassDefinition,
    Collection,
    Conditional,
    Constant,
    Expression,
    If,
    Mapping,
    Name,
    Raise,
    Return,
    Statement,
    String,
    Try,
    Unary,
    expressions,
    walk,
)
from persistlint.patterns import any_in
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.ir import Block
    from persistlint.languages import Syntax
    from persistlint.settings import ProjectNames
    from persistlint.source import SourceFile

# All are looked for in lower case.
_LOOKS_UP = regex(rb"environ|env\b|getenv|lookupenv|env_|config|settings|\bconf\b|\bcfg\b|viper|setdefault")
# From a lookup to the name of what is looked up: `config.get<string>("auth.`.
_LEADS = regex(rb"(?:" + _LOOKS_UP.pattern + rb")(?=[^.\[(]*[.\[(])[\w\s.?!\[\]()\"'`<>:/-]*\Z")
_MARKS = (b"env", b"conf", b"settings", b"cfg", b"viper", b"setdefault")  # one of which is in each of these
_NEAR = 200  # bytes from a lookup to the name of what is looked up
# The end of the names that are taken out of a store all at once, and of one that a schema declares.
_TAKEN = regex(rb"[^;{}]{0,2000}\}\s*=(?!=)")
_DECLARED = regex(rb"[\w.:-]*[\"'`]?\s*:")
# Other fallbacks are nobody's business. `pass` alone on its line is Python's, a mere `key` is none of a secret. What
# begins with plain characters is found several times as fast as one of some words.
_SECRETS = (
    regex(rb"pass(?!ed|ing|es|ive|age|port)(?:(?<=\.pass)|(?![ \t]*[\r\n#;]))"),
    *map(regex, (rb"pwd", rb"pepper", rb"secret(?!s\b)", rb"salt", rb"token(?!s\b|i[sz])")),
)
_KEY = regex(
    rb"(?:a(?:pi|ccess|uth)|s(?:igning|ession)|private|encrypt|master|jwt|cookie|hmac|fernet|cipher|crypto)[\w.:-]*key\b"
)
_ENDS_AS_KEY = regex(rb"key\b")
_DEVELOPMENT = regex(
    rb"(?i)\bdebug\b|develop|\bis_?dev|\bdev\b|_dev\b|node_env|app_env|\benvironment\b|testing|is_?local|\blocal\b"
)
_COMPARED = regex(rb"[=!]=\s*(?:\"[^\"\n]*\"|'[^'\n]*')|(?:\bin|includes)\s*[\[({][^\n]{0,80}")
_QUOTED = regex(rb"[\"'`]([^\"'`]*)[\"'`]")
_ENCODES = frozenset(["toString", "digest"])
_CHAINS = frozenset(["or", "??"])
_MOST_OPERANDS = 16  # of a chain that are looked at
_LONGEST_TEST = 300  # bytes of a condition that are looked at

Found = tuple[str, String]


def may_have(source: SourceFile, names: ProjectNames) -> bool:
    """Whether a file can have a fallback."""
    return bool(_secrets(source))


@lru_cache(maxsize=1)  # it is asked before a file is parsed, and again behind
def _secrets(source: SourceFile) -> tuple[Range, ...]:
    """Where something that is looked up may be a secret, by its name."""
    lowered = source.lowered
    if not any_in(_MARKS, lowered):
        return ()
    found = list(_named_secrets(lowered))
    if found and b"basesettings" not in lowered:
        found = [range for range in found if _is_looked_up(source, range)]
    return tuple(found) if found and _LOOKS_UP.search(lowered) else ()


def _named_secrets(lowered: bytes) -> Iterator[Range]:
    """The names of secrets, from left to right, as far as none of them begins in another one."""
    patterns = (*_SECRETS, _KEY) if _ENDS_AS_KEY.search(lowered) else _SECRETS
    end = 0
    for span in sorted(match.span() for pattern in patterns for match in pattern.finditer(lowered)):
        if span[0] >= end:
            end = span[1]
            yield Range(*span)


def _is_looked_up(source: SourceFile, secret: Range) -> bool:
    lowered, start, end = source.lowered, max(0, secret.start - _NEAR), secret.end
    if _LEADS.search(lowered, start, secret.start):
        return True
    if source.content[secret.start : end].isupper() and b"default" in lowered and _DECLARED.match(lowered, end):
        return True
    taken = _TAKEN.match(lowered, end)
    return taken is not None and _LOOKS_UP.search(lowered, taken.end(), taken.end() + _NEAR) is not None


def facts(syntax: Syntax, names: ProjectNames) -> Iterator[Fallback]:
    """The texts of a file that settings fall back to, each once."""
    content, lowered = syntax.source.content, syntax.source.lowered

    def looks_up(range: Range) -> bool:
        return _LOOKS_UP.search(lowered, range.start, range.end) is not None

    secrets = _secrets(syntax.source)
    if not secrets:
        return
    refused: frozenset[bytes] | None = None
    seen: set[Range] = set()
    for scope in scopes(syntax.lower(), secrets, looks_up):
        if scope.functions and not looks_up(scope.functions[-1].range):
            continue
        reader = _Reader(syntax, scope.statements)
        for setting, text in reader.fallbacks():
            if text.range not in seen:
                seen.add(text.range)
                refused = refused if refused is not None else _refused(content)
                is_confined = reader.is_confined(text) or text.value.encode() in refused
                yield Fallback(text.range, setting, text.value, is_confined, text.range in reader.declared)


def _refused(content: bytes) -> frozenset[bytes]:
    """The texts that something is compared with."""
    return frozenset(text for match in _COMPARED.finditer(content) for text in _QUOTED.findall(match.group()))


class _Reader:
    """Reads the statements of one scope."""

    def __init__(self, syntax: Syntax, statements: tuple[Statement, ...]) -> None:
        self.content = syntax.source.content
        self.statements = statements
        self.declared: set[Range] = set()  # texts that are defaults of fields

    def fallbacks(self) -> Iterator[Found]:
        """Every setting with the text that it falls back to."""
        looked_up: dict[str, str] = {}  # variable -> setting
        for index, statement in enumerate(self.statements):
            for expression in expressions(statement):
                for node in walk(expression):
                    yield from _in_expression(node)
            match statement:
                case Assign():
                    yield from _in_assignment(statement)
                    _remember(statement, looked_up)
                case If():
                    yield from self._in_branch(statement, index, looked_up)
                case Try(body=body, handlers=handlers):
                    yield from _in_handlers(body, [handler.body for handler in handlers])
                case ClassDefinition(bases=bases, body=body):
                    if any(base.rpartition(".")[2] == "BaseSettings" for base in bases):
                        for setting, text in _in_settings(body):
                            self.declared.add(text.range)
                            yield setting, text

    def _in_branch(self, statement: If, index: int, looked_up: dict[str, str]) -> Iterator[Found]:
        """What is stored or returned where a setting turns out to be empty."""
        subject, is_missing = _tested(statement.test)
        setting = _setting(subject, looked_up)
        if setting is None:
            return
        block = statement.then if is_missing else statement.otherwise
        if not block and statement.then and isinstance(statement.then[-1], Return):
            following = (self.statements[i] for i in range(index, len(self.statements)))
            block = tuple(islice((s for s in following if s.range.start >= statement.range.end), 1))
        variables = {name for name, known in looked_up.items() if known == setting}
        if not is_missing:  # if secret: key = secret  else: key = "secret"
            taken = (s for s in statement.then if isinstance(s, Assign) and _setting(s.value, looked_up) == setting)
            variables.update(s.target.id for s in taken if isinstance(s.target, Name))
        for inner in block:
            match inner:
                case If(test=test, then=(*_, Raise())) if self._speaks_of_development(test):
                    return  # elsewhere nothing comes this far
                case Assign(target=Name(id=name), value=String() as text) if name in variables:
                    yield setting, text
                case Return(value=Expression() as value) if self._returns(variables, setting, value):
                    if returned := _text(value):
                        yield setting, returned

    def _returns(self, variables: set[str], setting: str, other: Expression) -> bool:
        """Whether the scope returns the setting elsewhere, so that what it returns instead is a fallback."""
        for statement in self.statements:
            if isinstance(statement, Return) and statement.value is not None and statement.value is not other:
                for node in walk(statement.value):
                    if (isinstance(node, Name) and node.id in variables) or _setting(node, {}) == setting:
                        return True
        return False

    def is_confined(self, text: String) -> bool:
        """Whether a text stands in a branch for development only."""
        index = bisect_right(self._development, text.range.start, key=lambda branch: branch.start) - 1
        return index >= 0 and text.range.end <= self._development[index].end

    @cached_property
    def _development(self) -> list[Range]:
        """The branches whose condition speaks of development, in source order; what a branch is inside of ends it."""
        found = [s.range for s in self.statements if isinstance(s, If) and self._speaks_of_development(s.test)]
        for statement in self.statements:
            for expression in expressions(statement):
                nodes = (node for node in walk(expression) if isinstance(node, Conditional))
                found += [node.range for node in nodes if self._speaks_of_development(node.test)]
        found.sort()
        ends = accumulate((branch.end for branch in found), max)
        return [Range(branch.start, end) for branch, end in zip(found, ends, strict=True)]

    def _speaks_of_development(self, test: Expression) -> bool:
        end = min(test.range.end, test.range.start + _LONGEST_TEST)
        return _DEVELOPMENT.search(self.content, test.range.start, end) is not None


def _in_expression(node: Expression) -> Iterator[Found]:
    match node:
        case Call(function=Attribute(value=inner, name="default"), arguments=(argument,)):
            if isinstance(argument.value, String) and (found := lookup(inner)):  # env.get("X").default("y")
                yield found.setting, argument.value
        case Call(function=Attribute(name="SetDefault"), arguments=(key, value)):
            if isinstance(key.value, String) and isinstance(value.value, String):
                yield key.value.value, value.value
        case Call(function=Attribute(value=Name(id="cmp"), name="Or"), arguments=(*others, last)):
            looked_up = [found for found in (lookup(other.value) for other in others) if found is not None]
            if looked_up and isinstance(last.value, String):  # the first that is not empty, in Go
                yield looked_up[-1].setting, last.value
        case Call():
            found = lookup(node)
            if found and isinstance(found.default, String) and not _is_second_name(node, found.default.value):
                yield found.setting, found.default
        case Binary(operator=operator, left=left, right=String() as text) if operator in _CHAINS:
            looked_up = [found for found in map(lookup, _operands(left)) if found is not None]
            if looked_up:
                yield looked_up[-1].setting, text
        case Conditional(then=then, otherwise=String() as text):
            if found := lookup(then):
                yield found.setting, text
        case Mapping(entries=entries):
            for entry in entries:
                if isinstance(entry.key, String) and all_caps(entry.key.value):
                    yield from ((entry.key.value, text) for text in _schema_defaults(entry.value))


def _operands(chain: Expression) -> Iterator[Expression]:
    """The last operands of `a || b || c`, from right to left."""
    for _ in range(_MOST_OPERANDS):
        if not isinstance(chain, Binary) or chain.operator not in _CHAINS:
            break
        yield chain.right
        chain = chain.left
    yield chain


def _is_second_name(call: Call, default: str) -> bool:
    """Whether a function of the project's own is asked for one setting, and for another one where that is missing:
    `env("API_SECRET", "OLD_API_SECRET")`."""
    is_own = isinstance(call.function, Name) and call.function.id != "getenv"
    return is_own and "_" in default and all_caps(default)


def _schema_defaults(value: Expression) -> Iterator[String]:
    """The default that the schema of a variable declares: `z.string().default("x")`, `str({ default: "x" })`."""
    match value:
        case Call(function=Attribute(name="default"), arguments=(argument,)) if isinstance(argument.value, String):
            yield argument.value
        case Call(arguments=(argument,)) if isinstance(argument.value, Mapping):
            for entry in argument.value.entries:
                if getattr(entry.key, "value", None) == "default" and isinstance(entry.value, String):
                    yield entry.value


def _in_assignment(statement: Assign) -> Iterator[Found]:
    match statement:
        case Assign(target=Mapping(entries=entries), value=Expression() as store) if is_store(store):
            for entry in entries:
                match entry.key, entry.value:
                    case String(value=setting), AssignmentExpression(value=String() as text):
                        yield setting, text


def _remember(statement: Assign, looked_up: dict[str, str]) -> None:
    """Take note of the variable that a looked up setting is stored in, and of the one that tells if there is one."""
    targets = statement.target.elements if isinstance(statement.target, Collection) else (statement.target,)
    value = statement.value
    if isinstance(value, Collection) and len(value.elements) == 1:
        value = value.elements[0]
    found = lookup(value) if value is not None else None
    for target in targets:
        if isinstance(target, Name):
            if found is not None:
                looked_up[target.id] = found.setting
            else:
                looked_up.pop(target.id, None)


def _setting(subject: Expression | None, looked_up: dict[str, str]) -> str | None:
    """The setting that a variable holds, or that an expression looks up."""
    if isinstance(subject, Name):
        return looked_up.get(subject.id)
    found = lookup(subject) if subject is not None else None
    return found.setting if found is not None else None


def _text(value: Expression) -> String | None:
    """The text that an expression is, converted or not: `[]byte("secret")`."""
    if isinstance(value, Call) and isinstance(value.function, Attribute) and value.function.name in _ENCODES:
        value = value.function.value  # its argument is an encoding
    if isinstance(value, Call) and len(value.arguments) == 1:
        value = value.arguments[0].value
    return value if isinstance(value, String) else None


def _tested(test: Expression) -> tuple[Expression | None, bool]:
    """What a condition is about, and whether it holds where that is empty."""
    match test:
        case Unary(operator="not", operand=subject):
            return subject, True
        case Binary(operator="==" | "is", left=subject, right=String(value="") | Constant()):
            return subject, True
        case Binary(operator="!=" | "is not", left=subject, right=String(value="") | Constant()):
            return subject, False
        case Binary():
            return None, False
    return test, False


def _in_handlers(body: Block, handlers: list[Block]) -> Iterator[Found]:
    """`try: key = os.environ["KEY"]`, or one that returns it, with another value in its handler."""
    looked_up: dict[str, str] = {}
    setting: str | None = None  # that is returned
    for statement in body:
        if isinstance(statement, Assign):
            _remember(statement, looked_up)
        elif isinstance(statement, Return):
            setting = _setting(statement.value, looked_up)
    for statement in (statement for handler in handlers for statement in handler):
        match statement:
            case Assign(target=Name(id=name), value=String() as text) if name in looked_up:
                yield looked_up[name], text
            case Return(value=String() as text) if setting is not None:
                yield setting, text


def _in_settings(body: Block) -> Iterator[Found]:
    """The fields of a class that pydantic fills from the environment."""
    for statement in body:
        match statement:
            case Assign(target=Name(id=name), value=String() as text):
                yield name, text
            case Assign(target=Name(id=name), value=Call(function=function, arguments=arguments)):
                for argument in arguments[:1] if last_name(function) == "Field" else ():
                    if argument.keyword in (None, "default") and isinstance(argument.value, String):
                        yield name, argument.value
