"""The value of a call: a function of the file, a library's, one of the language, or one that nothing is known of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint.analysis.interpretation import builtins, options, schemas, text_functions
from persistlint.analysis.interpretation.arguments import Actual, bound
from persistlint.analysis.interpretation.callbacks import hand_over
from persistlint.analysis.interpretation.elsewhere import with_imported
from persistlint.analysis.interpretation.resolving import (
    Met,
    Resolved,
    called_by,
    constructed,
    function_of,
    of_other_libraries,
    resolve,
)
from persistlint.analysis.interpretation.unknown_calls import unknown
from persistlint.analysis.interpretation.values import (
    CHECKED,
    CONSTANT,
    EMPTY,
    UNKNOWN,
    Atom,
    Choice,
    Class,
    Closure,
    Entries,
    Instance,
    Items,
    Schema,
    Sql,
    Text,
    Value,
    choice,
    constants_of,
    holder_of,
    origin_of,
    pieces_of,
)
from persistlint.analysis.names import last_name
from persistlint.facts import Origin
from persistlint.ir import Attribute, Call, Mapping, Name, String, TaggedTemplate, Unary
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpretation.interpreter import Interpreter
    from persistlint.libraries import Operation

_YIELDS = {
    "number": Origin.NUMBER,
    "identifier": Origin.QUOTED,
    "literal": Origin.QUOTED,
    "placeholder": Origin.CONSTANT,
    "checked": Origin.CHECKED,
    "request": Origin.REQUEST,
}


def call(node: Call, machine: Interpreter) -> Value:
    """The value of a call, after its effects: what it appends to, what it checked, what it sends."""
    function = node.function
    receiver = machine.evaluate(function.value) if isinstance(function, Attribute) else None
    if isinstance(function, Attribute) and receiver is not None and function.name not in _AS_TEXT:
        receiver = holder_of(receiver)
    called = called_by(function, receiver, machine)
    receiver, called = with_imported(node, receiver, called, machine)
    actuals = [
        Actual(
            machine.evaluate(argument.value), argument.value.range, argument.value, argument.keyword, argument.spread
        )
        for argument in node.arguments
    ]
    if machine.language == "go":
        _let_fill(node, machine)
    if not isinstance(called, Choice):
        return _call_one(node, receiver, called, actuals, machine)
    return choice([_call_one(node, receiver, option, actuals, machine) for option in called.options])


def _let_fill(node: Call, machine: Interpreter) -> None:
    """Let a call fill the variables that nothing was assigned to yet and that it is given the place of:
    `rows.Scan(&name)`."""
    for argument in node.arguments:
        match argument.value:
            case Unary(operator="&", operand=Name(id=name)) if machine.lookup(name) in (CONSTANT, EMPTY):
                machine.bind(argument.value.operand, UNKNOWN)


def _fill(operation: Operation, receiver: Value | None, actuals: list[Actual], machine: Interpreter) -> None:
    """Let a call put data from outside into a struct of the file: `json.NewDecoder(r.Body).Decode(&order)`. What it
    does to another type, another file may check."""
    index = operation.fills or 0
    source = receiver if receiver is not None else actuals[0].value if actuals else UNKNOWN
    if index >= len(actuals) or (operation.yields != "request" and origin_of(source) is not Origin.REQUEST):
        return
    target = actuals[index].expression
    target = target.operand if isinstance(target, Unary) and target.operator == "&" else target
    held = machine.lookup(target.id) if isinstance(target, Name) else None
    if isinstance(held, Instance):
        machine.bind(target, replace(held, origin=Origin.REQUEST))


# What gives a value itself as a text.
_AS_TEXT = frozenset(["String", "toString", "lower", "upper", "toLowerCase", "toUpperCase", "strip", "trim"])
# What people call a function that names a table or schema of the program's own.
_NAMES_TABLE = regex(
    r"(?:get|quoted|full|qualified|fq|db)?_?\w*(?:[tT]able|[sS]chema|[cC]ollection|[kK]eyspace)(?:_?[nN]ames?|_?[pP]refix)?"
)
# What people call the list of bound values of a query, whose methods give the placeholder of the value they take.
_HOLDS_PARAMETERS = regex(r"(?:\w*[._])?\w*(?:params?|parameters|vars|values|binds?|bindings|args|placeholders?)", re.I)
_TAKES_PARAMETER = frozenset(
    ["add", "bind", "param", "parameter", "placeholder", "addParam", "addValue", "Add", "Bind", "Arg"]
)


def _call_one(
    node: Call, receiver: Value | None, called: Value | None, actuals: list[Actual], machine: Interpreter
) -> Value:
    resolved = resolve(node, receiver, called, machine)
    if resolved is not None and resolved.operation.called:
        actuals = [replace(actual, value=_given(actual.value, machine)) for actual in actuals]
    resolved = machine.on_call(Met(node, receiver, called, resolved, actuals))
    hand_over(node, receiver, resolved, actuals, machine)
    name = last_name(node.function)
    if _names_table(node, name, receiver, called, resolved, actuals, machine):
        return Atom(Origin.METADATA)
    if isinstance(node.function, Attribute) and name in _TAKES_PARAMETER and len(actuals) == 1:
        holder = last_name(node.function.value)
        if _HOLDS_PARAMETERS.fullmatch(holder) and not isinstance(receiver, Items):
            return Atom(Origin.BOUND)
    if isinstance(node.function, Attribute) and name == "get" and actuals and receiver is not None:
        option = options.given(last_name(node.function.value), constants_of(actuals[0].value), receiver, machine)
        if option is not None:
            return option
    if isinstance(receiver, Schema):
        return schemas.call(receiver, name, actuals)
    if isinstance(called, Closure):
        return _local(called, actuals, machine)
    if isinstance(called, Class):
        if called.definition.is_enum or any("Enum" in base or "Choices" in base for base in called.definition.bases):
            return CHECKED
        return Instance(called.definition)
    if (result := builtins.call(node, receiver, called, actuals, machine)) is not None:
        return result
    if resolved is not None and resolved.operation.fills is not None:
        _fill(resolved.operation, receiver if resolved.type is not None else None, actuals, machine)
        return UNKNOWN
    if resolved is not None:
        result = result_of(resolved, node, receiver, actuals, machine)
        others = [other.returned for other in of_other_libraries(node, receiver, resolved)]
        return choice([result, *(Atom(Origin.UNKNOWN, type) for type in others if type is not None)])
    return unknown(node, receiver, called, actuals, machine)


def _given(value: Value, machine: Interpreter) -> Value:
    """What a function gives that is handed over in the place of SQL, or what the functions in an object there do:
    `Raw((alias) => …)`, `set({ count: () => … })`."""
    match value:
        case Closure(function=function):
            names = [parameter.name or "#0" for parameter in function.parameters[:1]]
            outcome = machine.call_closure(value, dict.fromkeys(names, Atom(Origin.METADATA)), {})
            return outcome.value if outcome is not None else UNKNOWN
        case Entries(entries=entries):
            return choice([_given(item, machine) for _, item in entries if isinstance(item, Closure)] or [CONSTANT])
        case Items(elements=elements):
            return choice([_given(element, machine) for element in elements] or [CONSTANT])
    return value


def _names_table(
    node: Call,
    name: str,
    receiver: Value | None,
    called: Value | None,
    resolved: Resolved | None,
    actuals: list[Actual],
    machine: Interpreter,
) -> bool:
    """Whether a call asks a model or the program for the name of a table, by what it is called."""
    worst = max((origin_of(actual.value) for actual in actuals), default=Origin.CONSTANT)
    if resolved is not None or worst >= Origin.REQUEST or not _NAMES_TABLE.fullmatch(name):
        return False
    if name in ("TableName", "tableName", "table_name"):
        return not (actuals and isinstance(called, Closure))
    is_typed = isinstance(receiver, Atom) and receiver.type is not None
    is_own = bool(actuals) and isinstance(called, Closure)
    return not is_typed and not is_own and constructed(node, called, machine) is None


def composite(literal: Mapping, machine: Interpreter) -> Value | None:
    """A Go literal of a library type that takes SQL in a field, `spanner.Statement{SQL: …}`, or names as its keys,
    `squirrel.Eq{column: value}`."""
    package, _, name = literal.type.strip("&*").partition(".")
    operation = function_of(f"{machine.names.imports.get(package, package)}.{name}", machine)
    if operation is None or not operation.is_sink:
        return None
    actuals = [
        Actual(machine.evaluate(entry.value), entry.value.range, entry.value, entry.key.value)
        for entry in literal.entries
        if isinstance(entry.key, String)
    ]
    if operation.every_argument:
        keys = (entry.key for entry in literal.entries if entry.key is not None)
        actuals = [Actual(machine.evaluate(key), key.range, key) for key in keys if not isinstance(key, String)]
    made = Call(literal.range, Name(literal.range, name), ())
    resolved = Resolved(operation, None)
    machine.on_call(Met(made, None, None, resolved, actuals))
    return result_of(resolved, made, None, actuals, machine)


def result_of(
    resolved: Resolved, node: Call | TaggedTemplate, receiver: Value | None, actuals: list[Actual], machine: Interpreter
) -> Value:
    """What an operation of a library gives."""
    operation = resolved.operation
    is_text = operation.is_sink and (operation.raw or operation.yields == "argument")
    is_spliced = operation.raw and operation.returns is None and not operation.keys
    if is_text and actuals and (isinstance(actuals[0].value, Atom) or is_spliced):
        # What SQL was made of here is spliced wherever it goes: there it shows its place.
        alone = actuals[0].range
        return Sql(pieces_of(actuals[0].value, alone, alone), resolved.returned)
    if operation.tag == "binds" and isinstance(node, Call):
        return Sql((), resolved.returned)  # the tag called as a function makes a fragment: `Prisma.sql([…])`
    if operation.spliced and actuals:
        return Sql(pieces_of(actuals[0].value, actuals[0].range, node.range), resolved.returned)
    if operation.yields == "argument":
        subject = actuals[0].value if actuals else receiver if receiver is not None else UNKNOWN
        returned = resolved.returned
        return Atom(origin_of(subject), returned) if returned is not None and not isinstance(subject, Text) else subject
    if operation.yields == "request" and machine.language == "sql" and machine.frames[-1].function is None:
        return Atom(Origin.METADATA)  # a DO block runs once, and who runs it has set what `current_setting` gives
    if operation.yields == "schema":
        return Schema(actuals[0].value) if actuals else UNKNOWN
    if operation.yields == "option":
        options.declare(actuals, machine)
        return UNKNOWN
    if operation.yields == "options":
        return options.parsed(machine)
    if operation.yields is not None:
        return Atom(_YIELDS[operation.yields], resolved.returned)
    if operation.format is not None and actuals:
        return text_functions.formatted(operation.format, actuals, node.range, machine)
    returned = resolved.returned
    if returned is not None:
        return Atom(Origin.UNKNOWN, returned)
    if resolved.type is not None and resolved.type.fluent:
        return receiver if receiver is not None else UNKNOWN
    return UNKNOWN


def _local(closure: Closure, actuals: list[Actual], machine: Interpreter) -> Value:
    """Run a function of the file with the values of this call."""
    arguments, paths = bound(closure.function, actuals, closure.receiver is not None)
    outcome = machine.call_closure(closure, arguments, paths)
    if outcome is None:
        return Atom(Origin.METADATA)  # not followed this far: rather silent than wrong
    machine.refine(outcome.checked)
    return outcome.value
