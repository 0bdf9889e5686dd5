"""tree-sitter's grammars, by the names that languages give them."""

from __future__ import annotations

import os
from functools import cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, ModuleSpec, PathFinder
from typing import TYPE_CHECKING

from tree_sitter import Language as Grammar

if TYPE_CHECKING:
    from types import ModuleType


@cache
def grammar(name: str) -> Grammar:
    """The grammar that `package.function` gives."""
    package, function = name.rsplit(".", 1)
    return Grammar(getattr(_binding(package), function)())


def _binding(package: str) -> ModuleType:
    """The extension module of a grammar: importing the package around it takes as long as checking a file, for texts
    of queries that nobody asks for. Where it cannot be found alone, the package."""
    spec = PathFinder.find_spec(package)
    for folder in (spec.submodule_search_locations if spec is not None else None) or ():
        for suffix in EXTENSION_SUFFIXES:
            path = os.path.join(folder, f"_binding{suffix}")  # noqa: PTH118
            if os.path.isfile(path):  # noqa: PTH113
                name = f"{package}._binding"
                loader = ExtensionFileLoader(name, path)
                module = loader.create_module(ModuleSpec(name, loader, origin=path))
                loader.exec_module(module)
                return module
    return import_module(package)
