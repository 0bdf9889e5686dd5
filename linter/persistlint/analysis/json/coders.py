"""What Go encodes and decodes JSON with: functions and methods that the tables know, and what made their receivers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.analysis.json.encodable import Encodable, type_of
from persistlint.analysis.json.places import Place, place_of
from persistlint.analysis.json.tables import Entry, Owner, table
from persistlint.analysis.names import Names, last_name
from persistlint.ir import Attribute, Call, ClassDefinition, Collection, Expression, Mapping
from persistlint.libraries import catalogue
from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.ir import Module
    from persistlint.source import SourceFile

# Methods of the contexts of frameworks that decode the body of a request, and nothing else has.
_BINDERS = frozenset(["ShouldBindJSON", "BindJSON", "BodyParser"])
_WRITERS = regex(r"w|rw|writer|resp(?:onse)?(?:writer)?|os\.Stdout|os\.Stderr|c\.Writer|\w*hash\w*", re.IGNORECASE)


class Coders:
    """The encoders and decoders of one file, as far as it was read. `filled` are the places that hold something before
    anything is decoded into them."""

    def __init__(self, source: SourceFile, module: Module) -> None:
        self.source = source
        self.names = Names(catalogue("go"), "go")
        self.table = table("go")
        self.encodable = Encodable({item.name: item for item in module.body if isinstance(item, ClassDefinition)})
        self.filled: set[Place] = set()
        self._made: dict[Place, tuple[str, Call]] = {}

    def entry(self, call: Call) -> Entry | None:
        """What a call decodes or encodes, None for any other call."""
        name = self.names.qualified(call.function)
        entry = self.table.functions.get(name) if name is not None else None
        if entry is None and isinstance(call.function, Attribute) and call.function.name in ("Decode", "Encode"):
            kind = self._kind(call.function.value)
            entry = self.table.member(call.function.name, Owner(kind), (), "", len(call.arguments)) if kind else None
        if entry is None and isinstance(call.function, Attribute) and call.function.name in _BINDERS:
            owner = Owner("", last_name(call.function.value).lower())
            entry = self.table.member(call.function.name, owner, (), "", len(call.arguments))
        is_coding = entry is not None and (entry.into is not None or entry.encodes is not None)
        return entry if is_coding else None

    def remember(self, target: Expression, value: Expression) -> None:
        """Take note of what a place is assigned."""
        place = place_of(target)
        if place is None:
            return
        self.filled.discard(place)
        self.encodable.made.pop(place, None)
        self.encodable.made.pop(place[:1], None)  # it has a part now that does not stand in it
        if isinstance(value, Mapping) and value.entries:
            self.filled.add(place)
        if (isinstance(value, Mapping) and value.entries) or (isinstance(value, Collection) and value.elements):
            self.encodable.made[place] = value
        if isinstance(value, Call) and (kind := self._kind(value)):
            self._made[place] = (kind, value)
        elif (type := type_of(value)) != "":
            self.encodable.types[place] = type

    def is_sent(self, function: Attribute) -> bool:
        """Whether an encoder, whose method this is, writes to whoever asked, or to a terminal."""
        made: Expression | None = function.value
        if not isinstance(made, Call):
            place = place_of(function.value)
            made = self._made[place][1] if place is not None and place in self._made else None
        if not isinstance(made, Call) or not made.arguments:
            return False
        writer = made.arguments[0].value
        place = place_of(writer)
        declared = self.encodable.types.get(place, "") if place is not None else ""
        return _WRITERS.fullmatch(self.source.text(writer.range)) is not None or "ResponseWriter" in declared

    def _kind(self, node: Expression) -> str:
        """The kind of a decoder or encoder, "" for anything else."""
        if not isinstance(node, Call):
            place = place_of(node)
            return self._made[place][0] if place is not None and place in self._made else ""
        name = self.names.qualified(node.function)
        entry = self.table.functions.get(name) if name is not None else None
        return entry.gives or "" if entry is not None and entry.gives in ("decoder", "encoder") else ""
