"""Where a call takes its values, by the library tables: an argument, the rest of the arguments, options, or a later
call that runs a prepared statement."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from persistlint import ir
from persistlint.diagnostic import Edit
from persistlint.fixes.binding.calls.describing import configuration, configured, key_of_values
from persistlint.fixes.binding.calls.passing import is_callback
from persistlint.fixes.binding.calls.preparing import prepared
from persistlint.fixes.binding.calls.spreading import SPREAD, with_one_list
from persistlint.fixes.binding.calls.stating import is_read_again
from persistlint.fixes.binding.marks.laying import behind
from persistlint.fixes.binding.refusal import ELSEWHERE, RefusalError
from persistlint.fixes.binding.text.origin import last_name
from persistlint.fixes.binding.text.place import wrappers_of
from persistlint.fixes.binding.text.variables import is_name
from persistlint.fixes.imports import python_member
from persistlint.regexes import regex
from persistlint.source import Range

if TYPE_CHECKING:
    from persistlint.facts import Query, Site
    from persistlint.fixes.binding.calls.passing import Passing
    from persistlint.fixes.binding.text.place import Place
    from persistlint.fixes.program import Program
    from persistlint.source import SourceFile

_OF_TEXT = ("sqlalchemy", "sqlalchemy.sql", "sqlalchemy.sql.expression")
_COLON = regex(r"(?<![:\w\\]):\w")  # what SQLAlchemy takes for a placeholder, also inside quotes
_LONG = 90  # bytes of a line with a list that goes on more than one line
_NOTHING = ("None", "null", "undefined", "nil", "()", "[]", "{}")


def placeholder_of(query: Query, site: Site) -> str:
    """How a bind parameter is written in a call, which may pass its values in one of several ways."""
    operation = site.operation
    if not operation.dollar:
        return query.placeholder
    if (there := _option(site, operation.dollar)) is not None:
        return "$name" if isinstance(there, ir.Mapping) else "$1"
    others = operation.parameters if isinstance(operation.parameters, tuple) else ()
    there = next((given for key in others if isinstance(key, str) and (given := _option(site, key))), None)
    is_open = there is not None and not isinstance(there, ir.Mapping)
    has_signs = any("?" in part for text in query.texts for part in text.parts if isinstance(part, str))
    return "?" if isinstance(there, ir.Collection) or (is_open and has_signs) else query.placeholder


def _option(site: Site, key: str) -> ir.Expression | None:
    """What the options of a call have under a key."""
    options = [a.value for a in site.call.arguments if isinstance(a.value, ir.Mapping)]
    return next((value for each in options if (value := _entry(each, key)) is not None), None)


def _entry(options: ir.Mapping, key: str) -> ir.Expression | None:
    """What an object has under a key."""
    found = (e.value for e in options.entries if isinstance(e.key, ir.String) and e.key.value == key)
    return next(found, None)


def values_of(site: Site, source: SourceFile) -> ir.Expression | None:
    """The expression of the values that the call passes, None where it passes none."""
    operation = site.operation
    places = operation.parameters if isinstance(operation.parameters, tuple) else (operation.parameters,)
    positional = [
        argument
        for argument in site.call.arguments
        if argument.keyword is None and not (argument.spread and source.text(argument.range).startswith("**"))
    ]
    for place in places:
        if isinstance(place, int) and place < len(positional):
            value = positional[place].value
            return None if source.text(value.range) in _NOTHING or is_callback(value) else value
        if place == "rest" and len(positional) > (operation.sql or 0) + 1:
            last = positional[(operation.sql or 0) + 1]
            return last.value
        named = next((a.value for a in site.call.arguments if a.keyword and a.keyword == place), None)
        if named is not None:
            return named
    return None


def count_of(site: Site, source: SourceFile) -> int | None:
    """How many values the call passes one by one, None where it spreads a list or names one."""
    if site.operation.parameters == "rest":
        there = site.call.arguments[(site.operation.sql or 0) + 1 :]
        return None if any(argument.spread or argument.keyword for argument in there) else len(there)
    values = values_of(site, source)
    if values is None:
        return 0
    is_plain = isinstance(values, ir.Collection) and not any(isinstance(e, ir.Spread) for e in values.elements)
    return len(values.elements) if isinstance(values, ir.Collection) and is_plain else None


def passed(passing: Passing, site: Site, place: Place, program: Program) -> tuple[list[Edit], bool]:
    """The edits that pass the values, and whether the call passed none before."""
    call, operation, source = site.call, site.operation, program.source
    library = operation.library
    if operation.values == "sets":
        raise RefusalError("the call takes many sets of values, and each would need this one")
    is_spread = source.language == "go" and any(given.text.endswith(SPREAD) for given in passing.given)
    if is_spread and (not passing.variable or count_of(site, source) or len(passing.given) > 1):
        is_prepared = operation.parameters is None and operation.effect == "prepare"
        if operation.parameters != "rest" and not is_prepared:
            raise RefusalError("Go does not spread a list of values among other arguments")
        one, edits, call = with_one_list(passing, site, (operation.sql or 0) + 1, program)
        sent, is_new = passed(one, replace(site, call=call), place, program)
        return [*edits, *sent], is_new
    if (operation.values in ("objects", "described")) is not passing.style.is_described:
        raise RefusalError("the call takes objects that describe its values, which nothing here tells")
    if operation.values == "objects":
        return _configured(passing, site, program), True
    wraps = [w for w in place.wrappers if last_name(w.function) in wrappers_of(library)]
    if operation.inputs:
        return _inputs(passing, site, program.source), False
    if operation.parameters is None and operation.effect == "prepare":
        return _prepared(passing, site), True
    if passing.style.is_named and operation.yields == "argument":
        wraps = [call]
    made = []
    if library.text and not wraps and passing.style.is_named:
        if operation.is_own:
            raise RefusalError("the function that takes the text may make a statement of it by itself")
        if operation.returns == "Column":  # `literal_column`
            raise RefusalError("the call takes no more than a string")
        made = _in_text(passing, place, program)
        wraps = [call] if operation.parameters is None else []
    if operation.parameters is None or operation.yields == "argument":
        if wraps and (made or library.text):
            if not made and len(wraps) > 1:
                raise RefusalError("several statements would have to be given their values")
            if not made and is_read_again(wraps[0], site):
                raise RefusalError("the program makes a text of the statement again, which has no values")
            at = place.argument.range.end if made else wraps[0].range.end
            entries = ", ".join(f"{given.name}={given.text}" for given in passing.given)
            return [*made, Edit(Range(at, at), f".bindparams({entries})")], True
        if operation.parameters is None:
            return prepared(passing, site), True
    sent, is_new = _sent(passing, site, place, source)
    return [*made, *sent], is_new


def _configured(passing: Passing, site: Site, program: Program) -> list[Edit]:
    """Pass the values in the object that has all of them."""
    keys = site.operation.parameters
    key = keys[0] if isinstance(keys, tuple) else ""
    if key != site.operation.library.objects.get("key"):
        raise RefusalError("the call takes objects that describe its values, which nothing here tells")
    there = values_of(site, program.source)
    if there is not None:
        return _into_configuration(passing, there, site, program)
    listed = passing.literal()
    end = site.call.arguments[-1].range.end
    is_long = len(listed) + end - program.line_start(end) > _LONG and listed.startswith("[")
    if len(passing.given) > 1 or is_long:
        indentation = program.indentation(site.call.arguments[-1].range.start)
        step = program.indent or "    "
        lines = "".join(f"{indentation}{step}{given.text},\n" for given in passing.given)
        listed = f"[\n{lines}{indentation}]"
    text, imports = configured(listed, site, program)
    return [*imports, behind(site.call.arguments[-1].range, [f"{key}={text}"], program.source)]


def _into_configuration(passing: Passing, there: ir.Expression, site: Site, program: Program) -> list[Edit]:
    """Put the values into the object that the call passes, or into another one where other calls pass it, too."""
    made, key = configuration(there, site), key_of_values(site.operation)
    if made is None:
        raise RefusalError(ELSEWHERE)
    nodes = [*ir.expressions_in(*site.statements)]
    is_own = not isinstance(there, ir.Name) or sum(is_name(node, there.id) for node in nodes) == 2
    if is_own:
        return passing.into_keyword(made, key)
    if [argument.keyword for argument in made.arguments] != [key]:
        raise RefusalError("another call has the object with the values of this one")
    name = program.source.text(there.range)
    text, imports = configured(f"[*{name}.{key}, {passing.listing()}]", site, program)
    return [Edit(there.range, text), *imports]


def _sent(passing: Passing, site: Site, place: Place, source: SourceFile) -> tuple[list[Edit], bool]:
    """The edits that pass the values beside the text, and whether the call passed none before."""
    call, operation = site.call, site.operation
    places = operation.parameters if isinstance(operation.parameters, tuple) else (operation.parameters,)
    keys = [key for key in places if isinstance(key, str) and key != "rest"]
    if place.mapping:
        keys = [key for key in keys if key.startswith(place.mapping)]  # `select` has `select_params`
        if not keys:
            raise RefusalError("this call takes no bind parameters in an object")
        if any(argument.keyword == keys[0] for argument in call.arguments):
            passing = _among_entries(passing, call, place)
    elif place.options is None:  # and `where` has another one
        own = next((a.keyword for a in call.arguments if place.argument.range in a.value.range), None)
        others = [key for key in operation.keys if key != own]
        keys = [key for key in keys if not any(key.startswith(f"{other}_") for other in others)]
    if place.options is not None:
        if not keys:
            raise RefusalError("this call takes no bind parameters in an object")
        had = any(isinstance(e.key, ir.String) and e.key.value in keys for e in place.options.entries)
        return passing.into_options(place.options, keys[0]), not had
    there = {argument.keyword for argument in call.arguments if argument.keyword}
    if key := next((key for key in keys if key in there), None):
        return passing.into_keyword(call, key), False
    index = next((place for place in places if isinstance(place, int)), None)
    if index is not None:
        sent_by_name = any(a.keyword in operation.keys for a in call.arguments if a.keyword)
        if sent_by_name and keys:
            return passing.into_keyword(call, keys[0]), True
        if sent_by_name:
            raise RefusalError("the SQL is passed by name")
        positional = sum(argument.keyword is None for argument in call.arguments)
        is_left_out = positional < index and not any(argument.spread for argument in call.arguments)
        if is_left_out and keys and source.language == "python":
            return passing.into_keyword(call, keys[0]), True
        has = positional > index
        return passing.into_call(call, index, index), not has
    sql = operation.sql if operation.sql is not None else (operation.fragments or (0,))[0]
    if "rest" in places:
        return passing.into_call(call, "rest", sql + 1), len(call.arguments) <= sql + 1
    if source.language == "python":
        return passing.into_keyword(call, keys[0]), True
    if operation.keys and operation.options != sql + 1:
        return _into_object(passing, place.argument, operation.keys[0], keys[0]), True
    options = call.arguments[sql + 1].value if len(call.arguments) > sql + 1 else None
    if isinstance(options, ir.Mapping):
        key = next((key for key in keys if _entry(options, key) is not None), None)
        return passing.into_options(options, key or keys[0]), key is None
    if options is not None:
        raise RefusalError("the options of the call are put together elsewhere")
    return [Edit(Range(*[call.arguments[-1].range.end] * 2), f", {{ {keys[0]}: {passing.literal()} }}")], True


def _among_entries(passing: Passing, call: ir.Call, place: Place) -> Passing:
    """The values of one text of an object among those of its other texts, in their order. Raises `RefusalError` where
    one of these may not have all of its marks yet."""
    texts = next((a.value for a in call.arguments if a.keyword == place.mapping), None)
    entries = texts.entries if isinstance(texts, ir.Mapping) else ()
    own, start = place.argument.range, place.argument.range.start
    counts = [(e.value.range.start, _count_in(e.value)) for e in entries if e.value.range != own]
    before = sum(count for at, count in counts if at < start)
    behind_it = sum(count for at, count in counts if at > start)
    given = [replace(each, before=each.before + before) for each in passing.given]
    return replace(passing, given=given, existing=passing.existing + before + behind_it)


def _count_in(node: ir.Expression) -> int:
    """How many marks a text has. Raises `RefusalError` where values are put into it that stand there like marks."""
    match node:
        case ir.String(value=text):
            return text.count("%s")
        case ir.Template(parts=parts):
            return sum(part.value.count("%s") for part in parts if isinstance(part, ir.String))
    raise RefusalError("several pieces of SQL in an object have values of their own")


def _in_text(passing: Passing, place: Place, program: Program) -> list[Edit]:
    """Put plain SQL into `text()`, which alone has placeholders in SQLAlchemy."""
    there = (python_member(program, module, "text") for module in _OF_TEXT)
    needed = next((found for found in there if found is not None and not found[1]), None)
    needed = needed or python_member(program, "sqlalchemy", "text", "sql_text")
    if needed is None:
        raise RefusalError("only `text()` takes placeholders, and nothing here tells how to import it")
    if not passing.existing and _COLON.search(passing.sql):
        raise RefusalError("only `text()` takes placeholders, and it would take a colon of this SQL for one")
    name, imports = needed
    start, end = place.argument.range.start, place.argument.range.end
    closing = ")"
    if passing.lists:
        param = python_member(program, "sqlalchemy", "bindparam")
        if param is None:
            raise RefusalError("nothing here tells how to import `bindparam`")
        imports = (*imports, *param[1])
        closing += f".bindparams({', '.join(expanding_param(mark, param[0]) for mark in passing.lists)})"
    return [*imports, Edit(Range(start, start), f"{name}("), Edit(Range(end, end), closing)]


def expanding_param(mark: str, function: str) -> str:
    """What tells SQLAlchemy that a mark stands for a whole list."""
    return f'{function}("{mark[1:]}", expanding=True)'


def _into_object(passing: Passing, argument: ir.Expression, key: str, values: str) -> list[Edit]:
    """Put the SQL and the values into one object."""
    is_short = isinstance(argument, ir.Name) and argument.id == key
    return [
        Edit(Range(argument.range.start, argument.range.start), "{ " if is_short else f"{{ {key}: "),
        Edit(Range(argument.range.end, argument.range.end), f", {values}: {passing.literal()} }}"),
    ]


def _inputs(passing: Passing, site: Site, source: SourceFile) -> list[Edit]:
    """Pass the values to the object that is then told to send the text, or to one that the receiver gives first."""
    function, operation = site.call.function, site.operation
    receiver = function.value if isinstance(function, ir.Attribute) else None
    first, _, method = operation.inputs.rpartition(".")
    if receiver is None or (first.startswith("new ") and not isinstance(receiver, ir.Name)):
        raise RefusalError("nothing here tells what takes the values")
    if isinstance(receiver, ir.Name) and not first:
        type = next((t for t in operation.library.types.values() if operation in t.methods.values()), None)
        sinks = {name for name, method in type.methods.items() if method.is_sink} if type is not None else set()
        nodes = [*ir.expressions_in(*site.statements)]
        sent = [node for node in nodes if isinstance(node, ir.Attribute) and node.name in sinks]
        if sum(isinstance(node.value, ir.Name) and node.value.id == receiver.id for node in sent) != 1:
            raise RefusalError(f"`{receiver.id}` sends more than one statement, and keeps the values of each")
    given = "".join(f'.{method}("{value.name}", {value.text})' for value in passing.given)
    at = source.content.find(b".", receiver.range.end, function.range.end)
    if at < 0 or source.content[at - 1 : at] == b"?":
        raise RefusalError("nothing here tells what takes the values")
    edits = [Edit(Range(receiver.range.start, receiver.range.start), "new ")] if first.startswith("new ") else []
    return [*edits, Edit(Range(at, at), f".{first.removeprefix('new ')}{given}" if first else given)]


def _prepared(passing: Passing, site: Site) -> list[Edit]:
    """Pass the values where the prepared statement is run."""
    operation = site.operation
    type = operation.library.types.get(operation.returns or "")
    if type is None:
        raise RefusalError("nothing here tells where the prepared statement is run")
    if operation.binder:
        bound = [call for call in calls_of(site) if last_name(call.function) == operation.binder]
        if bound:
            return passing.into_call(bound[0], "rest", 0)
        at = site.call.range.end
        return [Edit(Range(at, at), f".{operation.binder}({passing.listing()})")]
    itself = frozenset(name for name, method in type.methods.items() if method.returns == "self")
    runs = [call for call in calls_of(site, itself) if last_name(call.function) in type.methods.keys() - itself]
    if len(runs) != 1:
        raise RefusalError("the prepared statement is not run in one place of this function")
    run = runs[0]
    method = type.methods[last_name(run.function)]
    if method.parameters is None:
        raise RefusalError("nothing here tells how the prepared statement takes its values")
    first = 1 if last_name(run.function).endswith("Context") else 0
    return passing.into_call(run, method.parameters if isinstance(method.parameters, int) else "rest", first)


def calls_of(site: Site, itself: frozenset[str] = frozenset()) -> list[ir.Call]:
    """The calls of methods of what a call returns, in its function; `itself` are methods that return it again."""
    names: set[str] = set()
    for statement in site.statements:
        if isinstance(statement, ir.Assign) and statement.value is not None:
            target = statement.target
            if isinstance(target, ir.Collection) and target.elements:
                target = target.elements[0]
            if isinstance(target, ir.Name) and _before(statement.value, itself).range == site.call.range:
                names.add(target.id)
    found = []
    for node in ir.expressions_in(*site.statements):
        if isinstance(node, ir.Call) and isinstance(node.function, ir.Attribute):
            receiver = _before(node.function.value, itself)
            if receiver.range == site.call.range or (isinstance(receiver, ir.Name) and receiver.id in names):
                found.append(node)
    return found


def _before(node: ir.Expression, itself: frozenset[str]) -> ir.Expression:
    """What such methods are called on, and what is waited for."""
    while True:
        match node:
            case ir.Await(value=value):
                node = value
            case ir.Call(function=ir.Attribute(value=value, name=name)) if name in itself:
                node = value
            case _:
                return node
