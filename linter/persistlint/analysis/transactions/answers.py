"""What becomes of an error: whether a handler hands it on, and whether a returned value says that something failed."""

from __future__ import annotations

import re

from persistlint.analysis.names import last_name, path_of
from persistlint.ir import (
    Argument,
    Assign,
    Attribute,
    Await,
    Block,
    Call,
    Collection,
    Constant,
    Expression,
    ExpressionStatement,
    If,
    Jump,
    Loop,
    Mapping,
    Name,
    Nested,
    Number,
    Raise,
    Return,
    String,
    Try,
    Unary,
    With,
    walk,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

_HANDS_ON = frozenset(
    [
        "reject",
        "next",
        "done",
        "callback",
        "cb",
        "fail",
        "abort",
        "push",
        "append",
        "set_exception",
        "captureException",
        "emit",
        "Add",
        "Join",
    ]
)
_EXITS = frozenset(["exit", "abort", "Exit", "Fatal", "Fatalf", "Fatalln", "Panic", "panic", "die"])
_LOGS = regex(
    r"(?:log|logger|logging|console|slog|zap|sentry|print|println|printf|fmt|self\.log\w*|this\.log\w*)(?:\..*)?"
    r"|.*\b(?:(?:debug|info|warn|warning|error|exception|log|trace)(?:f|w|ln|context)?|print\w*|msgf?)",
    re.IGNORECASE,
)
# What shows a text to whoever waits for the answer: Django's `messages.error`, a page of Streamlit, a dialogue.
# and what writes it into the answer itself: Go's `http.Error(w, …)`, gin's `c.Error(err)`.
_SHOWS = regex(
    r"(?:messages?|toast|st|ui|notif(?:y|ications?)|snackbar|alerts?|dialog)\.\w+"
    r"|(?:http|res(?:p|ponse)?|reply|c|ctx|w)\.error",
    re.IGNORECASE,
)
_TRACE = "traceback.print_exc"
_LOGGER = regex(r"(?:(?:self|this|ctx|context|req|app)\.)?(?:console|log|logger|logging)\.", re.IGNORECASE)
_WARNS = regex(r"warn|info|debug|trace|verbose", re.IGNORECASE)  # whoever writes this expected the failure
_ROLLS_BACK = regex(r"roll_?back(?:_?(?:tx|trx|transaction))?", re.IGNORECASE)
_ROLLBACK = regex(r"\s*ROLLBACK(?:\s+(?:WORK|TRANSACTION))?\s*;?\s*", re.IGNORECASE)
_FAILS = frozenset(
    [
        "HttpResponseBadRequest",
        "HttpResponseForbidden",
        "HttpResponseNotFound",
        "HttpResponseServerError",
        "HttpResponseNotAllowed",
        "HttpResponseGone",
    ]
)
_ENDS_IN_ERROR = regex(r"\berror\)?$")  # the results of a function of Go
_SAYS_ERROR = regex(r"(?:^|[._])(?:err|Err)|Err(?:or)?(?:s|f|\b|$)")
_DONE = regex(r"ok|success|done|\w+ed|sent", re.IGNORECASE)
_STATES = regex(r"status|state|result|message", re.IGNORECASE)
_GOOD = regex(r"(?:ok|success|done|\w+ed)(?:\b.*)?", re.IGNORECASE)
_FIRST_ERROR = 400  # https://www.rfc-editor.org/rfc/rfc9110#name-client-error-4xx


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of a handler: whether it raises or hands the error on, whether it returns something, whether that is `false` or
    says failure otherwise, whether it does nothing but log, and whether one of its logs says that this is no error.
    `logs` where it does log, `kept` are the variables that the error goes into, which may be looked at behind it,
    `prints` where it writes the error itself to the terminal, `undoes` where it calls for a rollback, which says
    nothing to anybody."""

    raises: bool
    answers: bool
    denies: bool
    only_logs: bool
    is_expected: bool
    kept: frozenset[str]
    prints: bool
    logs: bool
    undoes: bool


def outcome_of(body: Block, name: str, returns: str = "") -> Outcome:
    """What a handler does with the error in the variable `name`, or with what it makes of it. `returns` are the results
    of a function of Go: where it returns an error and nothing else, `nil` says that all is well."""
    raises = answers = denies = is_expected = prints = logs = undoes = False
    only_logs = True
    names = {name} - {""}
    pending = list(body)
    while pending:
        statement = pending.pop(0)
        match statement:
            case Raise():
                raises = True
            case Return(value=Constant(value=None)) if returns == "error":
                answers = True
            case Return(value=Call(function=function)) if _LOGGER.match(_path(function)):
                logs = True
                is_expected = is_expected or _WARNS.search(last_name(function)) is not None
            case Return(value=value):
                only_logs = False
                mentioned = value is not None and (_mentions(value, names) or _is_error(value, returns))
                raises, answers = raises or mentioned, answers or not mentioned
                denies = denies or (value is not None and (_is_false(value) or says_error(value)))
            case If(test=test, then=then, otherwise=otherwise):
                only_logs = only_logs and not _mentions(test, names)
                pending[:0] = (*then, *otherwise)
            case Nested(body=inner) | Loop(body=inner) | With(body=inner) | Try(body=inner):
                pending[:0] = inner
            case ExpressionStatement(value=value) | Assign(target=Name(id="_"), value=value) if _rolls_back(value):
                undoes = True
            case ExpressionStatement(value=Call(function=function, arguments=arguments)):
                called = last_name(function)
                handed = any(_mentions(argument.value, names) for argument in arguments)
                raises = raises or called in _EXITS or (handed and called in _HANDS_ON)
                path = _path(function)
                prints = prints or path == _TRACE or (path == "print" and handed)
                is_log = _LOGS.fullmatch(path) is not None
                logs = logs or is_log
                only_logs = only_logs and is_log and not _SHOWS.fullmatch(path)
                is_expected = is_expected or _WARNS.search(called) is not None or _says_warning(arguments)
            case ExpressionStatement(value=Constant() | String()) | Jump():
                continue
            case Assign(target=Name(id=target), value=value) if value is not None and _mentions(value, names):
                names.add(target)  # `wrapped := fmt.Errorf("…: %w", err)`
            case Assign(target=Collection(elements=parts), value=value) if (
                value is not None and _mentions(value, names) and all(isinstance(part, Name) for part in parts)
            ):
                names.update(part.id for part in parts if isinstance(part, Name))  # `(error,) = failure.args`
            case Assign() | ExpressionStatement():
                only_logs = False
    kept = frozenset(names - {name})
    return Outcome(raises, answers, denies, only_logs and not raises, is_expected, kept, prints, logs, undoes)


def _is_error(value: Expression, returns: str) -> bool:
    """Whether what a function of Go returns is another error, by its name: `status.Error(…)`, `ErrNotFound`,
    `wrap(ErrNotFound)`."""
    last = value.elements[-1] if isinstance(value, Collection) and value.elements else value
    called = last.function if isinstance(last, Call) else last
    said = (called, *(argument.value for argument in last.arguments)) if isinstance(last, Call) else (called,)
    return _ENDS_IN_ERROR.search(returns) is not None and any(_SAYS_ERROR.search(_path(part)) for part in said)


def _rolls_back(value: Expression | None) -> bool:
    """Whether a call takes the whole transaction back, by its name or its SQL, which tells nobody of the failure."""
    call = value.value if isinstance(value, Await) else value
    if not isinstance(call, Call) or len(call.arguments) > 1:
        return False
    if _ROLLS_BACK.fullmatch(last_name(call.function)):
        return True
    text = call.arguments[0].value if call.arguments else None
    return isinstance(text, String) and _ROLLBACK.fullmatch(text.value) is not None


def _says_warning(arguments: tuple[Argument, ...]) -> bool:
    """Whether a log without levels has one in its text: `log.Printf("WARN: …")`."""
    text = arguments[0].value if arguments else None
    return isinstance(text, String) and text.value.lstrip("[").startswith("WARN")


def _is_false(value: Expression) -> bool:
    value = value.elements[-1] if isinstance(value, Collection) and value.elements else value
    return isinstance(value, Constant) and value.value is False


def says_error(value: Expression) -> bool:
    """Whether a returned value says that something failed: an error status, `ok: false`, `error: …`."""
    match value:
        case Mapping(entries=entries):
            for entry in entries:
                key = entry.key.value.lower() if isinstance(entry.key, String) else ""
                if key in ("ok", "success") and isinstance(entry.value, Constant) and entry.value.value is False:
                    return True
                if key == "error" and not isinstance(entry.value, Constant):
                    return True
                if key in ("status", "statuscode") and _is_error_status(entry.value):
                    return True
        case Collection(elements=elements):
            return len(elements) > 1 and _is_error_status(elements[-1])
        case Call(function=function, arguments=arguments):
            if last_name(function) in _FAILS:
                return True
            statuses = [a.value for a in arguments if a.keyword in ("status", "status_code")]
            if any(map(_is_error_status, statuses)):
                return True
            for inner in walk(value):
                is_status = isinstance(inner, Call) and last_name(inner.function) in ("status", "sendStatus", "code")
                if (
                    isinstance(inner, Call)
                    and is_status
                    and any(_is_error_status(a.value) for a in inner.arguments[:1])
                ):
                    return True
            return any(says_error(a.value) for a in arguments if isinstance(a.value, Mapping))
    return False


def says_success(value: Expression) -> bool:
    """Whether a returned value says that all was done: `True`, `{ ok: true }`, `jsonify(status="stored")`."""
    match value:
        case Constant(value=True):
            return True
        case Mapping(entries=entries):
            return any(_is_done(e.key.value, e.value) for e in entries if isinstance(e.key, String))
        case Call(arguments=arguments):
            return any(
                _is_done(a.keyword, a.value) if a.keyword else isinstance(a.value, Mapping) and says_success(a.value)
                for a in arguments
            )
    return False


def _is_done(name: str, value: Expression) -> bool:
    is_true = isinstance(value, Constant) and value.value is True
    is_good = isinstance(value, String) and _GOOD.fullmatch(value.value) is not None
    return (is_true and _DONE.fullmatch(name) is not None) or (is_good and _STATES.fullmatch(name) is not None)


def says_log(function: Expression) -> bool:
    """Whether an expression is a function that writes a log: `console.error`, `logger.error`."""
    return isinstance(function, Attribute) and _LOGGER.match(_path(function)) is not None


def says_nothing(value: Expression) -> bool:
    """Whether a returned value is empty, or says no: `None`, `false`, `[]`, `0`, `-1`."""
    match value:
        case Mapping(entries=parts) | Collection(elements=parts):
            return not parts
        case Constant(value=None | False) | String(value="") | Number(value=0) | Name(id="undefined"):
            return True
        case Unary(operator="-", operand=Number()):
            return True
    return False


def _is_error_status(value: Expression) -> bool:
    if isinstance(value, Number) and isinstance(value.value, int):
        return _FIRST_ERROR <= value.value < 600
    return bool(re.search(r"(?:^|_)[45]\d\d(?:_|$)|BAD_REQUEST|CONFLICT|NOT_FOUND|FORBIDDEN", last_name(value)))


def _mentions(node: Expression, names: set[str]) -> bool:
    return any(isinstance(inner, Name) and inner.id in names for inner in walk(node))


def _path(function: Expression) -> str:
    return path_of(function) or last_name(function)
