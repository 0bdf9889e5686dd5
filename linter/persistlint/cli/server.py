"""`persistlint server`: start the language server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.cli.status import CLEAN
from persistlint_lsp.server import main

if TYPE_CHECKING:
    from argparse import Namespace


def run(arguments: Namespace) -> int:
    """Serve until the editor says that it is enough."""
    main()
    return CLEAN
