"""The value of a call: a function of the file, a library's, one of the language, or one that nothing is known of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis import builtins, guards, schemas
from persistlint.analysis.methods import Actual, is_short_quote
from persistlint.analysis.names import SETTINGS, canonical, last_name, path_of
from persistlint.analysis.state import NOTHING, Checked
from persistlint.analysis.values import (
    CHECKED,
    NUMBER,
    UNKNOWN,
    Atom,
    Choice,
    Class,
    Closure,
    Entries,
    Imported,
    Instance,
    Items,
    Piece,
    Schema,
    Splice,
    Sql,
    Text,
    Value,
    choice,
    element_of,
    holder_of,
    origin_of,
    pieces_of,
)
from persistlint.facts import Origin
from persistlint.ir import (
    Attribute,
    Call,
    Expression,
    Function,
    Lambda,
    Mapping,
    Name,
    String,
    TaggedTemplate,
    Template,
)
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.interpreter import Interpreter
    from persistlint.libraries import Operation, Type
    from persistlint.source import Range

_KEPT = (Origin.NUMBER, Origin.CHECKED, Origin.QUOTED, Origin.ANNOTATED)  # by what a value's own methods give
_YIELDS = {
    "number": Origin.NUMBER,
    "identifier": Origin.QUOTED,
    "literal": Origin.QUOTED,
    "placeholder": Origin.CONSTANT,
    "checked": Origin.CHECKED,
    "request": Origin.REQUEST,
}
_QUOTES = regex(
    r"sanit|escape|quote|literal$|wrap_?(?:ident|id$|name|table|column)|safe_?(?:ident|name|sql|column|table)"
    r"|whitelist|allowlist|validated?|^ident(?:ifier)?$",
    re.I,
)
_QUOTES_FOR_ANOTHER_LANGUAGE = (
    "html",
    "shlex",
    "urllib",
    "markupsafe",
    "re",
    "json",
    "cgi",
    "querystring",
    "lodash",
    "net/url",
)
_ESCAPES_FOR_ANOTHER_LANGUAGE = ("html.escape", "shlex.quote", "markupsafe.escape", "urllib.parse.quote")
# What people call functions that look a name up outside the program.
# What knows how its database writes things.
_DIALECT = regex(r"(?:\w+_)?(?:db|database|data_?store|dialect|driver|grammar|platform|adapter)", re.IGNORECASE)
_LOOKS_UP = regex(r"get|param|arg|env|input|request|query|header|cookie|read|fetch|load|prompt|ask", re.I)
_MAKES_UP = regex(
    r"_*(?:generate|gen|random|make|new|create)_?\w*(?:password|secret|token|uuid|id|key|name|suffix)", re.I
)
_MAKES_PLACEHOLDERS = regex(r"\w*params?|\w*(?:placeholder|question_?mark|bind)s?(?:_?list)?", re.IGNORECASE)
_BINDING_TAGS = regex(
    r"(?:.*_)?sql|SQL|\$?queryRaw|\$?executeRaw|query|execute|fragment|prepare|raw|exec|all|get|run|values"
)


@dataclass(frozen=True, slots=True)
class Resolved:
    """Which operation of which library a call is. `type` is that of the receiver, None for a function."""

    operation: Operation
    type: Type | None


def call(node: Call, machine: Interpreter) -> Value:
    """The value of a call, after its effects: what it appends to, what it checked, what it sends."""
    function = node.function
    receiver = machine.evaluate(function.value) if isinstance(function, Attribute) else None
    if isinstance(function, Attribute) and receiver is not None and function.name not in _AS_TEXT:
        receiver = holder_of(receiver)
    called = _called(function, receiver, machine)
    actuals = [
        Actual(
            machine.evaluate(argument.value), argument.value.range, argument.value, argument.keyword, argument.spread
        )
        for argument in node.arguments
    ]
    if not isinstance(called, Choice):
        return _call_one(node, receiver, called, actuals, machine)
    return choice([_call_one(node, receiver, option, actuals, machine) for option in called.options])


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
    resolved = machine.on_call(node, receiver, called, resolved, actuals)
    name = last_name(node.function)
    if _names_table(node, name, receiver, called, resolved, actuals, machine):
        return Atom(Origin.METADATA)
    if isinstance(node.function, Attribute) and name in _TAKES_PARAMETER and len(actuals) == 1:
        holder = last_name(node.function.value)
        if _HOLDS_PARAMETERS.fullmatch(holder) and not isinstance(receiver, Items):
            return Atom(Origin.BOUND)
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
    if resolved is not None:
        result = result_of(resolved, node, receiver, actuals, machine)
        others = [_returned(other) for other in of_other_libraries(node, receiver, resolved)]
        return choice([result, *(Atom(Origin.UNKNOWN, type) for type in others if type is not None)])
    return _unknown(node, receiver, called, actuals, machine)


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
    return not is_typed and not is_own and _constructed(node, called, machine) is None


def resolve(node: Call, receiver: Value | None, called: Value | None, machine: Interpreter) -> Resolved | None:
    """The library operation that a call is, as far as names and types tell for certain."""
    catalogue = machine.names.catalogue
    if isinstance(called, Imported) and (operation := _function(called.name, machine)) is not None:
        return Resolved(operation, None)
    if isinstance(receiver, Choice):
        receiver = next(
            (option for option in receiver.options if isinstance(option, Atom) and option.type is not None), receiver
        )
    if isinstance(node.function, Attribute) and isinstance(receiver, Atom | Sql) and receiver.type is not None:
        operation = receiver.type.methods.get(node.function.name)
        return Resolved(operation, receiver.type) if operation is not None else None
    if isinstance(node.function, Attribute) and isinstance(receiver, Instance | Class):
        for base in receiver.definition.bases:
            parent = machine.names.declared(base)
            if isinstance(parent, Atom) and parent.type is not None:
                operation = parent.type.methods.get(node.function.name)
                return Resolved(operation, parent.type) if operation is not None else None
    if isinstance(called, Atom) and called.type is not None and called.type.call is not None:
        return Resolved(called.type.call, called.type)
    path = path_of(node.function)
    if called is None and path is not None and machine.lookup(path.split(".", 1)[0]) is None:
        operation = catalogue.functions.get(path)
        if operation is not None and path.split(".", 1)[0] not in machine.names.imports:
            return Resolved(operation, None)
    return None


def of_other_libraries(node: Call, receiver: Value | None, resolved: Resolved) -> list[Resolved]:
    """What else a call is, where it is called on one of several objects, which are of several libraries."""
    if not isinstance(receiver, Choice) or not isinstance(node.function, Attribute):
        return []
    types = [option.type for option in receiver.options if isinstance(option, Atom) and option.type is not None]
    found = [(type.methods.get(node.function.name), type) for type in types]
    library = resolved.operation.library
    return [Resolved(o, type) for o, type in found if o is not None and o.library is not library]


def composite(literal: Mapping, machine: Interpreter) -> Value | None:
    """A Go struct literal of a library type that takes SQL in a field: `spanner.Statement{SQL: …}`."""
    package, _, name = literal.type.strip("&*").partition(".")
    operation = _function(f"{machine.names.imports.get(package, package)}.{name}", machine)
    if operation is None or not operation.is_sink:
        return None
    actuals = [
        Actual(machine.evaluate(entry.value), entry.value.range, entry.value, entry.key.value)
        for entry in literal.entries
        if isinstance(entry.key, String)
    ]
    made = Call(literal.range, Name(literal.range, name), ())
    resolved = Resolved(operation, None)
    machine.on_call(made, None, None, resolved, actuals)
    return result_of(resolved, made, None, actuals, machine)


def _function(qualified: str, machine: Interpreter) -> Operation | None:
    functions = machine.names.catalogue.functions
    return functions.get(qualified) or functions.get(canonical(qualified))


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
        return Sql(pieces_of(actuals[0].value, alone, alone), _returned(resolved))
    if operation.tag == "binds" and isinstance(node, Call):
        return Sql((), _returned(resolved))  # the tag called as a function makes a fragment: `Prisma.sql([…])`
    if operation.spliced and actuals:
        return Sql(pieces_of(actuals[0].value, actuals[0].range, node.range), _returned(resolved))
    if operation.yields == "argument":
        subject = actuals[0].value if actuals else receiver if receiver is not None else UNKNOWN
        returned = _returned(resolved)
        return Atom(origin_of(subject), returned) if returned is not None and not isinstance(subject, Text) else subject
    if operation.yields == "request" and machine.language == "sql" and machine.frames[-1].function is None:
        return Atom(Origin.METADATA)  # a DO block runs once, and who runs it has set what `current_setting` gives
    if operation.yields == "schema":
        return Schema(actuals[0].value) if actuals else UNKNOWN
    if operation.yields is not None:
        return Atom(_YIELDS[operation.yields], _returned(resolved))
    if operation.format is not None and actuals:
        return builtins.formatted(operation.format, actuals, node.range, machine)
    returned = _returned(resolved)
    if returned is not None:
        return Atom(Origin.UNKNOWN, returned)
    if resolved.type is not None and resolved.type.fluent:
        return receiver if receiver is not None else UNKNOWN
    return UNKNOWN


def _returned(resolved: Resolved) -> Type | None:
    name = resolved.operation.returns
    if name is None:
        return None
    if name == "self":
        return resolved.type
    return resolved.operation.library.types.get(name)


def _called(function: Expression, receiver: Value | None, machine: Interpreter) -> Value | None:
    """What is called: a function of the file, something imported, or None where only a name is known."""
    match function:
        case Attribute(name=name):
            match receiver:
                case Imported(name=module):
                    return Imported(f"{module}.{name}")
                case Instance(definition=definition) | Class(definition=definition):
                    found = machine.attribute_of(definition, name)
                    if isinstance(found, Closure):
                        return Closure(
                            found.function, found.home, receiver if isinstance(receiver, Instance) else found.receiver
                        )
                    return found if isinstance(found, Atom) and found.type is not None else None
                case Entries() if isinstance(found := receiver.get(name), Closure):
                    return found
            known = machine.lookup(path_of(function) or "")
            return known if isinstance(known, Closure | Choice) else None
        case Name(id=name):
            known = machine.lookup(name)
            if known is not None:
                return known if isinstance(known, Closure | Class | Choice | Imported | Atom) else None
            if name in machine.names.imports:
                return Imported(machine.names.imports[name])
            if (qualified := machine.names.unqualified(name)) is not None:
                return Imported(qualified)
            if name in machine.names.classes:
                return Class(machine.names.classes[name])
            return None
        case Lambda():
            value = machine.evaluate(function)
            return value if isinstance(value, Closure) else None
    value = machine.evaluate(function)
    return value if isinstance(value, Closure | Class | Imported | Atom) else None


def _local(closure: Closure, actuals: list[Actual], machine: Interpreter) -> Value:
    """Run a function of the file with the values of this call."""
    arguments, paths = bound(closure.function, actuals, closure.receiver is not None)
    outcome = machine.call_closure(closure, arguments, paths)
    if outcome is None:
        return Atom(Origin.METADATA)  # not followed this far: rather silent than wrong
    machine.refine(outcome.checked)
    return outcome.value


def bound(function: Function, actuals: list[Actual], has_receiver: bool) -> tuple[dict[str, Value], dict[str, Checked]]:
    """The values of a call by parameter name, and the caller's variables behind them."""
    parameters = list(function.parameters)
    if has_receiver and parameters and parameters[0].name == function.receiver:
        parameters = parameters[1:]
    by_name = {parameter.name for parameter in parameters}
    arguments: dict[str, Value] = {}
    paths: dict[str, Checked] = {}
    position = 0
    for actual in actuals:
        if actual.keyword is not None:
            name = actual.keyword if actual.keyword in by_name else None
        elif position < len(parameters):
            parameter = parameters[position]
            if parameter.kind == "rest":
                known = arguments.get(parameter.name)
                before = known.elements if isinstance(known, Items) else ()
                added = element_of(actual.value) if actual.spread else actual.value
                arguments[parameter.name] = Items((*before, added), fixed=not actual.spread)
                paths[parameter.name] = paths.get(parameter.name, NOTHING) | guards.tested(actual.expression)
                continue
            name = parameter.name or f"#{position}"
            position += 0 if actual.spread else 1
        else:
            name = None
        if name is not None:
            arguments[name] = element_of(actual.value) if actual.spread else actual.value
            paths[name] = guards.tested(actual.expression)
    return arguments, paths


def _unknown(
    node: Call, receiver: Value | None, called: Value | None, actuals: list[Actual], machine: Interpreter
) -> Value:
    """A call of a function that nothing is known of, but its name and its arguments."""
    name = last_name(node.function)
    constructed = _constructed(node, called, machine)
    if constructed is not None:
        return constructed
    if isinstance(receiver, Atom) and receiver.type is not None and receiver.type.fluent:
        return receiver
    qualified = called.name if isinstance(called, Imported) else ""
    if qualified in _ESCAPES_FOR_ANOTHER_LANGUAGE and actuals:
        return Atom(max(origin_of(actuals[0].value), Origin.DERIVED))  # to SQL it is the same
    if not qualified.startswith(_QUOTES_FOR_ANOTHER_LANGUAGE) and actuals:
        if guards.VALIDATES.search(name):
            machine.refine(NOTHING.union(*(guards.tested(actual.expression) for actual in actuals)))
        if is_short_quote(called, name) or _QUOTES.search(name) or guards.VALIDATES.search(name):
            return CHECKED
    if (path_of(node.function) or qualified) in _ENVIRONMENT or qualified in _ENVIRONMENT:
        return Atom(Origin.ENVIRONMENT)
    _hand_over(actuals, machine)
    origins = [origin_of(actual.value) for actual in actuals]
    if (
        isinstance(receiver, Text | Items)
        and origin_of(receiver) <= Origin.BOUND
        and all(o <= Origin.BOUND for o in origins)
    ):
        return Atom(Origin.CONSTANT if isinstance(receiver, Text) else Origin.UNKNOWN)
    module = qualified.rsplit(".", 2)[-2] if "." in qualified else ""
    if SETTINGS.fullmatch(module.rsplit("/", 1)[-1]) and actuals and all(o is Origin.CONSTANT for o in origins):
        return Atom(Origin.METADATA)  # `conf.GetString("table.prefix")`
    if not actuals and name in ("now", "utcnow", "today"):
        return NUMBER
    if _MAKES_UP.fullmatch(name) and all(origin <= Origin.METADATA for origin in origins):
        return Atom(Origin.METADATA)  # `generatePassword()`
    is_metadata = isinstance(receiver, Atom) and receiver.origin in (Origin.METADATA, Origin.DERIVED)
    if is_metadata and isinstance(receiver, Atom) and all(origin <= Origin.DERIVED for origin in origins):
        return Atom(receiver.origin)  # `Model._meta.get_table()`
    is_function = isinstance(called, Imported) or (called is None and isinstance(node.function, Name))
    if isinstance(called, Imported) and not actuals and name in ("String", "toString", "Name"):
        return Atom(Origin.METADATA)  # a constant of another module, as text
    of_constants = is_function and all(origin <= Origin.METADATA for origin in origins)
    if isinstance(node.function, Attribute) and _DIALECT.fullmatch(last_name(node.function.value)):
        of_constants = all(origin <= Origin.METADATA for origin in origins)  # `db.now()`, `dialect.varchar(255)`
    if of_constants and (not _LOOKS_UP.search(name) or any(_is_count(actual.expression) for actual in actuals)):
        return Atom(Origin.DERIVED)
    of_numbers = bool(origins) and all(origin is Origin.NUMBER for origin in origins)
    if of_numbers and (_MAKES_PLACEHOLDERS.fullmatch(name) or not _LOOKS_UP.search(name)):
        return Atom(Origin.DERIVED)  # `Params(n)`, `s.placeholder(n)`
    if SETTINGS.fullmatch(re.sub(r"^(?:get|load|read)_?", "", name)) and all(
        origin is Origin.CONSTANT for origin in origins
    ):
        return Atom(Origin.METADATA)
    if isinstance(receiver, Atom) and receiver.origin in _KEPT:
        return Atom(receiver.origin)  # `key.String()` of a UUID, `moment.astimezone(utc)` of a declared time
    if isinstance(receiver, Atom) and receiver.origin in (Origin.REQUEST, Origin.ENVIRONMENT):
        return Atom(receiver.origin)
    return UNKNOWN


def _is_count(expression: Expression) -> bool:
    """Whether an expression is the length of something: `len(ids)`, `ids.length`. Nobody looks a name up by that."""
    if isinstance(expression, Call):
        return isinstance(expression.function, Name) and expression.function.id == "len"
    return isinstance(expression, Attribute) and expression.name == "length"


def _hand_over(actuals: list[Actual], machine: Interpreter) -> None:
    """`run("name", function, a, b)`: a function that is handed over with arguments behind it is called with them."""
    for index, actual in enumerate(actuals[:-1]):
        if isinstance(actual.value, Closure):
            rest = [later for later in actuals[index + 1 :] if later.keyword is None]
            arguments, paths = bound(actual.value.function, rest, actual.value.receiver is not None)
            behind = len(actual.value.function.parameters) - len(rest)
            if behind > 0:  # the parameters before them come from the caller: a cursor, a transaction
                names = [parameter.name for parameter in actual.value.function.parameters[behind:]]
                arguments = dict(zip(names, (later.value for later in rest), strict=False))
                paths = {}
            machine.call_closure(actual.value, arguments, paths)


_ENVIRONMENT = ("os.getenv", "os.environ.get", "os.Getenv", "os.LookupEnv", "Deno.env.get")


def _constructed(node: Call, called: Value | None, machine: Interpreter) -> Value | None:
    """The library object that a constructor or factory makes."""
    catalogue = machine.names.catalogue
    name = called.name if isinstance(called, Imported) else None
    if name is None and called is None:
        name = path_of(node.function)
    if name is None:
        return None
    for candidate in (name, canonical(name)):
        found = catalogue.created.get(candidate) or catalogue.types.get(candidate)
        if found is not None:
            return Atom(Origin.UNKNOWN, found)
    return None


def template_string(template: Template, machine: Interpreter) -> Value:
    """A PEP 750 template, as psycopg 3.3 reads it: a hole is bound, quoted (`:i`, `:l`) or spliced (`:q`).
    https://www.psycopg.org/psycopg3/docs/basic/tstrings.html"""
    pieces: list[Piece] = []
    unbound: list[Piece] = []
    for part in template.parts:
        if isinstance(part, String):
            pieces.append(part.value)
            unbound.append(part.value)
            continue
        value = machine.evaluate(part.value)
        unbound.extend(pieces_of(value, part.value.range, template.range))
        if isinstance(value, Sql) or part.format == "q":
            pieces.extend(pieces_of(value, part.value.range, template.range))
        else:
            origin = Origin.QUOTED if part.format in ("i", "l") else Origin.BOUND
            pieces.append(Splice(part.value.range, template.range, origin))
    return Sql(tuple(pieces), unbound=tuple(unbound))


def tagged(node: TaggedTemplate, machine: Interpreter) -> Value:
    """A tagged template: some tags bind their holes, some splice them."""
    tag = node.tag
    receiver = machine.evaluate(tag.value) if isinstance(tag, Attribute) else None
    called = _called(tag, receiver, machine)
    probe = Call(node.range, tag, ())
    resolved = resolve(probe, receiver, called, machine)
    how = resolved.operation.tag if resolved is not None else None
    if how is None and isinstance(called, Atom) and called.type is not None:
        how = called.type.tag
    name = last_name(tag)
    if isinstance(called, Closure) and how is None:
        how = "text"
    if how is None:
        how = (
            "binds"
            if _BINDING_TAGS.fullmatch(name) and called is not None
            else "binds"
            if _BINDING_TAGS.fullmatch(name)
            else "unknown"
        )
    if how == "text":
        return machine.evaluate(node.template)
    if how == "identifier":
        return Atom(Origin.QUOTED)
    pieces: list[Piece] = []
    parts = node.template.parts if isinstance(node.template, Template) else (node.template,)
    for part in parts:
        if isinstance(part, String):
            pieces.append(part.value)
            continue
        pieces.extend(_bound_hole(part.value, node.range, how, machine))
    returned = _returned(resolved) if resolved is not None else None
    value = Sql(tuple(pieces), returned)
    machine.on_call(
        probe, receiver, called, resolved, [Actual(value, node.template.range, node.template, None, False)], tagged=True
    )
    return value


def _bound_hole(hole: Expression, template: Range, how: str, machine: Interpreter) -> tuple[Piece, ...]:
    value = machine.evaluate(hole)
    if isinstance(value, Sql):
        return value.pieces
    if isinstance(value, Choice) and any(isinstance(option, Sql) for option in value.options):
        return next(option.pieces for option in value.options if isinstance(option, Sql))
    if how == "raw":
        return pieces_of(value, hole.range, template)
    if isinstance(value, Closure) and isinstance(hole, Lambda):
        # TypeORM's `sql` splices what a function hole returns as it is.
        outcome = machine.call_closure(value, {}, {})
        if outcome is not None:
            return pieces_of(outcome.value, hole.range, template)
    if isinstance(value, Atom) and value.origin is Origin.QUOTED:
        return (Splice(hole.range, template, Origin.QUOTED),)
    if (isinstance(value, Atom) and value.type is not None) or isinstance(value, Imported | Class | Instance):
        return (Splice(hole.range, template, Origin.QUOTED),)  # a table or column object, an sql helper
    is_of_program = isinstance(value, Atom) and Origin.METADATA <= value.origin <= Origin.UNKNOWN
    if isinstance(hole, Call) or how == "unknown" or is_of_program:
        # `sql(name)`, `sql.join(…)`: made for this place, as is what came out of one, and a table of a schema
        return (Splice(hole.range, template, Origin.QUOTED),)
    return (Splice(hole.range, template, Origin.BOUND),)
