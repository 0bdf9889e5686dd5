"""Which expressions look a setting up in the environment or in the configuration."""

from __future__ import annotations

import re
from typing import NamedTuple

from persistlint.analysis.names import all_caps, last_name
from persistlint.ir import Attribute, Await, Call, Expression, Name, String, Subscript, TypeAssertion
from persistlint.regexes import regex

_ENVIRONMENT = regex(r"environ|env|ENV|Env")
_CONFIGURATION = regex(r"(?:\w+_?)?(?:config|settings|configuration|conf|cfg)(?:_?service)?|viper|nconf", re.I)
_GETTER = regex(
    r"(?:get|read|load|fetch|lookup|must)?_?env(?:ironment)?(?:_?(?:or|var|variable|default|str|string|get|with|value)\w*)?",
    re.I,
)
_METHODS = frozenset(
    [
        "get",
        "getenv",
        "str",
        "string",
        "pop",
        "setdefault",
        "Get",
        "GetString",
        "getString",
        "getOrDefault",
        "get_or_default",
    ]
)
_DEFAULTS = frozenset(["default", "fallback", "defaultValue", "default_value", "defaultVal"])
_CONVERSIONS = frozenset(["str", "String", "SecretStr", "cast"])
_DEEPEST = 6  # wrappers around a lookup


class Lookup(NamedTuple):
    """A setting that is looked up, and what the lookup gives where there is none, if it says so itself."""

    setting: str
    default: Expression | None = None


def lookup(expression: Expression) -> Lookup | None:
    """The lookup that an expression is, None for any other."""
    for _ in range(_DEEPEST):
        match expression:
            case TypeAssertion(value=value) | Await(value=value):
                expression = value
            case Call(function=Name(id=name), arguments=(argument,)) if name in _CONVERSIONS:
                expression = argument.value
            case Call(function=Attribute(value=value, name="trim" | "strip" | "toString"), arguments=()):
                expression = value
            case _:
                break
    match expression:
        case Subscript(value=store, index=String(value=setting)) if is_store(store):
            return Lookup(setting)
        case Attribute(value=store, name=setting) if is_store(store):
            return Lookup(setting)
        case Call() if _looks_up(expression.function):
            return _call(expression)
    return None


def is_store(expression: Expression) -> bool:
    """Whether an expression is the environment or the configuration."""
    name = last_name(expression) if isinstance(expression, Name | Attribute) else ""
    return bool(_ENVIRONMENT.fullmatch(name) or _CONFIGURATION.fullmatch(name))


def _looks_up(function: Expression) -> bool:
    match function:
        case Name(id=name):
            return bool(_GETTER.fullmatch(name)) or name == "config"
        case Attribute(value=store, name=name):
            return bool(_GETTER.fullmatch(name)) or (name in _METHODS and is_store(store))
    return False


def _call(call: Call) -> Lookup | None:
    positional = [argument.value for argument in call.arguments if argument.keyword is None and not argument.spread]
    setting = _named(positional[0]) if positional else ""
    if not setting:
        return None
    named = [argument.value for argument in call.arguments if argument.keyword in _DEFAULTS]
    defaults = [*named, *positional[1:]]
    return Lookup(setting, defaults[0] if defaults else None)


def _named(key: Expression) -> str:
    """The setting that a key names: a text, or the constant that holds one, which is called like it; else ""."""
    if isinstance(key, String):
        return key.value
    name = last_name(key) if isinstance(key, Name | Attribute) else ""
    return name if all_caps(name) else ""
