"""Functions as arguments: what their parameters are, and whether a failure in them is caught."""

from __future__ import annotations

import re
from dataclasses import field
from typing import TYPE_CHECKING

from persistlint.analysis.json.binding import bind, element_of
from persistlint.analysis.json.run import ANY_ERROR, Run
from persistlint.analysis.json.values import Declared, Document, Keys, Several, Text, Value
from persistlint.analysis.names import last_name
from persistlint.facts import JsonOrigin
from persistlint.ir import Attribute, Await, Call, Expression, Function, Lambda, Mapping, Name, Parameter, String
from persistlint.records import dataclass
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.analysis.json.places import Place
    from persistlint.analysis.json.state import State

_IN_PLACE = frozenset(  # they call what they are given before they return
    [
        "map",
        "forEach",
        "filter",
        "reduce",
        "flatMap",
        "some",
        "every",
        "find",
        "findIndex",
        "sort",
        "findLast",
        "sorted",
    ]
)
# They catch what fails in the function that they are given.
_TRIES = regex(r"(?:try|safe(?:ly)?|attempt)(?:[A-Z_]\w*)?")
_OF_ELEMENTS = _IN_PLACE - {"reduce", "sort", "sorted"}
_LISTENERS = frozenset(
    ["on", "once", "addEventListener", "addListener", "consume", "subscribe", "handle", "onMessage", "onmessage"]
)
_MESSAGES = regex(r"message\w*|data|pmessage|packet|frame|event|notification|msg|payload", re.IGNORECASE)
_HANDLER = regex(
    r"_*(?:on|handle|process|consume|receive)(?:_|[A-Z]|$)\w*|\w*(?:handler|callback|webhook|consumer|listener)", re.I
)
_MESSAGE_NAMES = regex(r"body|payload|message|msg|data|raw\w*|frame|text|buf(?:fer)?|chunk", re.IGNORECASE)
_ENDS = frozenset(["end", "close"])
_RESPONSES = regex(r"res|resp|\w*response", re.IGNORECASE)
_GATHERED = regex(r"body|raw\w*|data|chunks|buffer|payload|content|json|text|str", re.IGNORECASE)


@dataclass
class Callbacks:
    """The functions of one file that are arguments of calls, by identity, with the call and their index; and the calls
    of promise chains in which a failure is caught further on."""

    given: dict[int, tuple[Call, int]] = field(default_factory=dict)
    caught: set[int] = field(default_factory=set)

    def enter(self, node: Call) -> None:
        """Take note of a call before its operands are walked."""
        for index, argument in enumerate(node.arguments):
            if isinstance(argument.value, Lambda):
                self.given[id(argument.value.function)] = (node, index)
        if isinstance(node.function, Attribute):
            name = node.function.name
            if name == "catch" or (name == "then" and len(node.arguments) > 1) or id(node) in self.caught:
                self._catch(node.function.value)

    def wait(self, node: Await, run: Run) -> None:
        """Take note of an `await`: a failure of what it waits for goes to the handler around it."""
        if run.catches():
            self._catch(node.value)

    def _catch(self, node: Expression) -> None:
        if isinstance(node, Call) and isinstance(node.function, Attribute):
            self.caught.add(id(node))

    def guards(self, function: Function, run: Run) -> list[frozenset[str]]:
        """What catches a failure inside of a function."""
        found = self.given.get(id(function))
        if found is None:
            return []
        call, index = found
        name = last_name(call.function)
        if name in _IN_PLACE:
            return list(run.guards)
        is_caught = name in ("then", "finally") and index == 0 and id(call) in self.caught
        return [frozenset([ANY_ERROR])] if is_caught or _TRIES.fullmatch(name) else []

    def repeats(self, function: Function) -> bool:
        """Whether a function is called for the elements of something, one after the other."""
        found = self.given.get(id(function))
        return found is not None and last_name(found[0].function) in _IN_PLACE

    def bind(self, function: Function, run: Run, state: State) -> None:
        """Give the parameters of a function what is known of them."""
        found = self.given.get(id(function))
        value = self._argument(found, run) if found is not None else None
        keys = self._keys(found, run) if found is not None else None
        is_message = _HANDLER.fullmatch(function.name) is not None or (
            found is not None and _is_listener(found[0], run)
        )
        for index, parameter in enumerate(function.parameters):
            given = value if index == 0 else None
            if given is None and is_message and _MESSAGE_NAMES.fullmatch(parameter.name):
                given = Text(JsonOrigin.MESSAGE)
            if given is None and run.language == "go":
                given = _declared(parameter, run)
            if isinstance(given, Document) and parameter.annotation and run.is_script:
                given = Document(given.origin, given.root, run.shapes.keys(parameter.annotation), given.cause)
            if keys is not None and index == keys[1] and parameter.name:
                state.assign((parameter.name,), None)
                state.know([(*keys[0], f"[{parameter.name}]")])
            elif parameter.pattern is not None:
                bind(parameter.pattern, None, given, run, state)
                if given is None and is_message:  # `addEventListener("message", ({ data }) => …)`
                    _bind_message(parameter.pattern, state)
            elif parameter.name:
                state.assign((parameter.name,), given, is_kept=run.is_global(parameter.name))
        if found is not None and _is_end(found[0], run):
            _gather(_stream_origin(found[0]), state)

    def _argument(self, found: tuple[Call, int], run: Run) -> Value | None:
        """The first argument that a callback gets."""
        call, index = found
        if not isinstance(call.function, Attribute) or index != 0:
            return None
        owner = run.value(call.function.value)
        if call.function.name == "then":
            return owner
        return element_of(owner) if call.function.name in _OF_ELEMENTS else None

    def _keys(self, found: tuple[Call, int], run: Run) -> tuple[Place, int] | None:
        """The place whose keys a callback gets, and which of its parameters they are."""
        call, index = found
        if not isinstance(call.function, Attribute) or index != 0 or call.function.name not in _IN_PLACE:
            return None
        owner = run.value(call.function.value)
        return (owner.place, int(call.function.name == "reduce")) if isinstance(owner, Keys) else None


def _bind_message(pattern: Expression, state: State) -> None:
    """Give what a listener takes out of its event the text of a message."""
    for entry in pattern.entries if isinstance(pattern, Mapping) else ():
        is_message = isinstance(entry.key, String) and _MESSAGE_NAMES.fullmatch(entry.key.value)
        if is_message and isinstance(entry.value, Name):
            state.assign((entry.value.id,), Text(JsonOrigin.MESSAGE))


def _is_listener(call: Call, run: Run) -> bool:
    name = last_name(call.function)
    event = call.arguments[0].value if call.arguments else None
    if name not in _LISTENERS:
        return False
    return not (name in ("on", "once", "addEventListener", "addListener") and isinstance(event, String)) or (
        _MESSAGES.fullmatch(event.value) is not None
    )


def _is_end(call: Call, run: Run) -> bool:
    event = call.arguments[0].value if call.arguments else None
    return last_name(call.function) in ("on", "once") and isinstance(event, String) and event.value in _ENDS


def _stream_origin(call: Call) -> JsonOrigin:
    """Whose text the stream of a listener carries: only a client listens to a response."""
    stream = last_name(call.function.value) if isinstance(call.function, Attribute) else ""
    return JsonOrigin.RESPONSE if _RESPONSES.fullmatch(stream) else JsonOrigin.REQUEST


def _gather(origin: JsonOrigin, state: State) -> None:
    """At the end of a stream, what its pieces were gathered in holds what came from outside."""
    for name in [name for name in state.variables if _GATHERED.fullmatch(name)]:
        value = state.lookup((name,))
        if value == Several(()) or (isinstance(value, Text) and not value.content):
            state.assign((name,), Text(origin))


def _declared(parameter: Parameter, run: Run) -> Value | None:
    type = parameter.annotation
    return run.shapes.untyped(type, parameter.range) or (Declared(type) if type else None)
