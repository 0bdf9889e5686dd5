"""What a file does with databases, in the field's words. Only frozen dataclasses; `analysis/` makes them.

A rule subscribes to one kind of fact. Facts speak of every language alike, so a rule is written once.
"""

from persistlint.facts.effects import Affecting, Effect, EffectKind, Handle, Role, Use, tidies
from persistlint.facts.errors import Handled, swallowed_change
from persistlint.facts.fact import Consulted, Fact, SchemaFile, SentStatements, Statements
from persistlint.facts.json import (
    HopKind,
    JsonAccess,
    JsonAssertion,
    JsonCast,
    JsonEncode,
    JsonErrorIgnored,
    JsonFact,
    JsonHop,
    JsonKeys,
    JsonOrigin,
    JsonParse,
    JsonResponse,
    JsonShape,
)
from persistlint.facts.literals import Calculation, Duration, Fallback, MixedResult, Number, NumberRole, Quantity
from persistlint.facts.migrations import Launch, Loss, Revision, Synchronisation, UncheckedReferences
from persistlint.facts.models import Drift, DriftKind, ModelDefinition
from persistlint.facts.places import Arm, Part, Place
from persistlint.facts.queries import Context, Hole, Limit, Origin, Query, Site, SqlText, Tail, Text
from persistlint.facts.signs import Sign
from persistlint.facts.suppressions import Suppression, SuppressionDefect
from persistlint.facts.transactions import (
    Bypass,
    CheckedInsert,
    ErrorAnswer,
    OpenRows,
    Procedure,
    Scoping,
    StaleResult,
    StaleWrite,
    Transaction,
    Uncommitted,
    WriteBack,
)
from persistlint.facts.verbs import deletes, inserts, updates
from persistlint.language_groups import DECLARING, EVERYWHERE, MODELLING, PROGRAMS, SCHEMA_LANGUAGES

__all__ = [
    "DECLARING",
    "EVERYWHERE",
    "MODELLING",
    "PROGRAMS",
    "SCHEMA_LANGUAGES",
    "Affecting",
    "Arm",
    "Bypass",
    "Calculation",
    "CheckedInsert",
    "Consulted",
    "Context",
    "Drift",
    "DriftKind",
    "Duration",
    "Effect",
    "EffectKind",
    "ErrorAnswer",
    "Fact",
    "Fallback",
    "Handle",
    "Handled",
    "Hole",
    "HopKind",
    "JsonAccess",
    "JsonAssertion",
    "JsonCast",
    "JsonEncode",
    "JsonErrorIgnored",
    "JsonFact",
    "JsonHop",
    "JsonKeys",
    "JsonOrigin",
    "JsonParse",
    "JsonResponse",
    "JsonShape",
    "Launch",
    "Limit",
    "Loss",
    "MixedResult",
    "ModelDefinition",
    "Number",
    "NumberRole",
    "OpenRows",
    "Origin",
    "Part",
    "Place",
    "Procedure",
    "Quantity",
    "Query",
    "Revision",
    "Role",
    "SchemaFile",
    "Scoping",
    "SentStatements",
    "Sign",
    "Site",
    "SqlText",
    "StaleResult",
    "StaleWrite",
    "Statements",
    "Suppression",
    "SuppressionDefect",
    "Synchronisation",
    "Tail",
    "Text",
    "Transaction",
    "UncheckedReferences",
    "Uncommitted",
    "Use",
    "WriteBack",
    "deletes",
    "inserts",
    "swallowed_change",
    "tidies",
    "updates",
]
