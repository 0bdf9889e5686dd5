"""What the options of a command line hold, as a program declares them: `add_argument("--limit", type=int)`,
`@click.option("--sort", type=click.Choice(["name", "price"]))`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.analysis.interpretation.arguments import Actual
from persistlint.analysis.interpretation.resolving import function_of
from persistlint.analysis.interpretation.values import (
    CHECKED,
    CONSTANT,
    NUMBER,
    UNKNOWN,
    Atom,
    Class,
    Closure,
    Entries,
    Value,
    choice,
    constants_of,
    origin_of,
)
from persistlint.analysis.names import path_of
from persistlint.facts import Origin
from persistlint.ir import Call, Constant
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.ir import Expression, Function
    from persistlint.libraries import Operation

DECLARES = "add_arguments"
"""The method in which a command of Django declares its options."""

_ACTIONS_WITHOUT_VALUE = frozenset(["store_true", "store_false", "store_const", "append_const", "count"])
_HOLDS_OPTIONS = regex(r"_*(?:\w+_)?(?:opts?|options?|args?|arguments|kwargs|namespace|ns)")
_FLAGS = frozenset(["is_flag", "count"])  # of click


def declare(actuals: list[Actual], machine: Interpreter) -> None:
    """Take note of an option. One of the same name that another parser of the file has may hold either."""
    value = _value(actuals, machine)
    for name in _names(actuals):
        known = machine.options.get(name)
        machine.options[name] = value if known is None or origin_of(known) <= origin_of(value) else known


def parsed(machine: Interpreter) -> Value:
    """What parsing the command line gives: every option by itself where some of them are known to have a kind."""
    is_known = any(origin_of(value) < Origin.REQUEST for value in machine.options.values())
    return Entries(tuple(machine.options.items())) if is_known else Atom(Origin.REQUEST)


def given(holder: str, names: tuple[str, ...], value: Value, machine: Interpreter) -> Value | None:
    """What is taken out of the options that a function is given, by the name of what holds them: `args.limit` and
    `options["limit"]` of functions that `main` calls."""
    if not machine.options or origin_of(value) not in (Origin.UNKNOWN, Origin.PARAMETER):
        return None
    found = [machine.options[name] for name in names if name in machine.options]
    return choice(found) if found and len(found) == len(names) and _HOLDS_OPTIONS.fullmatch(holder) else None


def of_parameters(function: Function, machine: Interpreter) -> dict[str, Value]:
    """The parameters of a function that its decorators declare as options, those that can hold anything left out."""
    found: dict[str, Value] = {}
    for decorator in function.decorators:
        operation = _operation(decorator.function, machine) if isinstance(decorator, Call) else None
        if isinstance(decorator, Call) and operation is not None and operation.yields == "option":
            actuals = [
                Actual(machine.evaluate(argument.value), argument.value.range, argument.value, argument.keyword)
                for argument in decorator.arguments
            ]
            value = _value(actuals, machine)
            if origin_of(value) < Origin.REQUEST:
                found.update(dict.fromkeys(_names(actuals), value))
    return found


def _names(actuals: list[Actual]) -> list[str]:
    """What an option is called in the program: by its `dest`, or by a name without dashes, else by each of its long
    ones, or a short one that stands alone."""
    named = [text for a in actuals if a.keyword == "dest" for text in constants_of(a.value)]
    written = [text for a in actuals if a.keyword is None for text in constants_of(a.value)]
    plain = named or [text for text in written if not text.startswith("-")]
    long = [part for text in written if text.startswith("--") for part in text.split("/")]
    return [text.lstrip("-").replace("-", "_") for text in plain or long or written]


def _value(actuals: list[Actual], machine: Interpreter) -> Value:
    """What an option holds: a number or one of a fixed set, where its declaration says so, else anything."""
    keywords = {actual.keyword: actual for actual in actuals if actual.keyword is not None}
    if (action := keywords.get("action")) and _ACTIONS_WITHOUT_VALUE.issuperset(constants_of(action.value) or "?"):
        return CONSTANT
    for name in _FLAGS:
        given = keywords.get(name)
        if given is not None and isinstance(given.expression, Constant) and given.expression.value is True:
            return CONSTANT
    choices = keywords.get("choices")
    if choices is not None and origin_of(choices.value) <= Origin.METADATA:
        return CHECKED
    made = keywords.get("type")
    return _converted(made, machine) if made is not None else Atom(Origin.REQUEST)


def _converted(type: Actual, machine: Interpreter) -> Value:
    """What comes of an option that is converted by `type`, a function or a type of click."""
    given = Atom(Origin.REQUEST)
    match type.value:
        case Closure(function=function) if function.parameters:
            outcome = machine.call_closure(type.value, {function.parameters[0].name: given}, {})
            return outcome.value if outcome is not None else UNKNOWN
        case Class(definition=definition) if definition.is_enum or any("Enum" in base for base in definition.bases):
            return CHECKED
    if isinstance(type.expression, Call):  # `click.Choice(["a", "b"])`, `click.IntRange(1, 9)`
        values = [machine.evaluate(argument.value) for argument in type.expression.arguments]
        operation = _operation(type.expression.function, machine)
        is_fixed = all(origin_of(value) <= Origin.METADATA for value in values)
        return CHECKED if is_fixed and operation is not None and operation.yields == "checked" else given
    operation = _operation(type.expression, machine)
    return NUMBER if operation is not None and operation.yields == "number" else given


def _operation(function: Expression, machine: Interpreter) -> Operation | None:
    """What a function of a library or of the language does, by its name."""
    name = machine.names.qualified(function)
    path = path_of(function)
    if name is None and path is not None and machine.is_free(path.split(".", 1)[0]):
        name = path
    return function_of(name, machine) if name is not None else None
