"""What no linter that parses every file with tree-sitter can do without: start, walk, read and parse, in all cores.

python bench/bound.py FOLDER
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "linter"))

from persistlint.languages import language_of, languages
from persistlint.running.workers import cores


def main() -> None:
    """Parse every file of a folder once."""
    from tree_sitter import Language, Parser

    files = [Path(folder, name) for folder, _, names in os.walk(sys.argv[1]) for name in names]
    parsers: dict[str, Parser] = {}
    tasks: list[tuple[Path, Parser]] = []
    for file in files:
        language = languages().get(language_of(file.name) or "")
        if language is None or not language.grammars:
            continue
        name = language.grammars.get(file.suffix.lower(), language.grammars[""])
        if name not in parsers:
            package, function = name.rsplit(".", 1)
            parsers[name] = Parser(Language(getattr(import_module(package), function)()))
        tasks.append((file, parsers[name]))
    count = cores()
    number = next((number for number in range(1, count) if not os.fork()), 0)
    for file, parser in tasks[number::count]:
        parser.parse(file.read_bytes())
    if number:
        os._exit(0)
    for _ in range(1, count):
        os.wait()


if __name__ == "__main__":
    main()
