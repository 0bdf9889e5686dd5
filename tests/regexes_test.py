"""Regular expressions that are compiled late: all of them can be, and each does what a compiled one does."""

from __future__ import annotations

import re
from importlib import import_module
from pkgutil import walk_packages

import pytest

import persistlint
from persistlint.regexes import regex

MODULES = sorted(
    module.name
    for module in walk_packages(persistlint.__path__, "persistlint.")
    if not module.name.endswith("__main__")
)


@pytest.mark.parametrize("name", MODULES)
def test_every_one_of_a_module_can_be_compiled(name: str) -> None:
    for value in vars(import_module(name)).values():
        if type(value).__module__ == regex.__module__:
            assert re.compile(value.pattern, value.flags).groups == value.groups


def test_one_is_used_as_if_it_were_compiled() -> None:
    word = regex(r"(?P<first>\w)\w*", re.ASCII)
    assert [match["first"] for match in word.finditer("one two")] == ["o", "t"]
    assert word.sub("_", "one two") == "_ _"
    assert word.fullmatch("one") is not None
    assert word.match("-") is None
    assert not hasattr(word, "anything")


def test_what_is_wrong_with_one_is_raised_by_its_first_use() -> None:
    broken = regex("(")
    with pytest.raises(re.error):
        broken.search("text")
