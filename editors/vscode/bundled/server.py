"""Start the language server that comes with the extension. With `--check`, only say by the exit status whether this
interpreter can run it.

`libs` holds what is pure Python, `native` the compiled packages: `<platform>` those for every Python, and
`<platform>-cp<version>` those for one.
"""

import sys
import sysconfig
from pathlib import Path

HERE = Path(__file__).parent


def folders() -> list[str]:
    """Where this interpreter finds its packages."""
    platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
    kind, _, machine = platform.partition("_")
    if kind == "macosx":
        platform = f"macosx_{'arm64' if machine.endswith('arm64') else 'x86_64'}"
    abi = f"cp{sys.version_info.major}{sys.version_info.minor}"
    native = HERE / "native"
    return [str(HERE / "libs"), str(native / platform), str(native / f"{platform}-{abi}")]


sys.path[:0] = folders()

if __name__ == "__main__":  # the worker process imports this module under another name
    from persistlint_lsp.server import main

    if "--check" in sys.argv:
        import tree_sitter
        import tree_sitter_python

        tree_sitter.Language(tree_sitter_python.language())
        sys.exit(0)
    main()
