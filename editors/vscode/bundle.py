"""Put persistlint and what it needs into `bundled/`, so that one extension works on every platform.

    python bundle.py [--here]

With `--here` only for this platform and this Python, for tests. Downloads wheels with pip.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import tomllib
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
BUNDLED = HERE / "bundled"
VERSIONS = ("311", "312", "313", "314")
# How `bundled/server.py` calls a platform, and how wheels do; pip takes the older names of macOS for granted, those of
# Linux not.
PLATFORMS = {
    "linux_x86_64": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64"),
    "linux_aarch64": ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64"),
    "macosx_x86_64": ("macosx_11_0_x86_64",),
    "macosx_arm64": ("macosx_11_0_arm64",),
    "win_amd64": ("win_amd64",),
}
# Only for `--watch`, progress on a terminal, completion in a shell, and imports that are joined (`fixes/joining.py`).
NOT_FOR_SERVER = ("libcst", "rich", "shtab", "watchfiles")


def main() -> None:
    """Make the bundle anew."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--here", action="store_true", help="only for this platform and this Python")
    arguments = parser.parse_args()
    for folder in ("libs", "native"):
        shutil.rmtree(BUNDLED / folder, ignore_errors=True)
    needed = [need for need in dependencies() if not need.startswith(NOT_FOR_SERVER)]
    grammars = [need for need in needed if need.startswith("tree-sitter-")]
    core = [need for need in needed if need.startswith("tree-sitter>")]
    pure = [need for need in needed if need not in (*grammars, *core)]
    install("libs", *pure)
    install("libs", "--no-deps", str(ROOT))
    if arguments.here:
        platform = sysconfig.get_platform().replace("-", "_").replace(".", "_")
        install(f"native/{platform}", "--no-deps", *grammars, *core)
    else:
        for name, tags in PLATFORMS.items():
            download(f"native/{name}", VERSIONS[0], tags, grammars)
            for version in VERSIONS:
                download(f"native/{name}-cp{version}", version, tags, core)
    for folder in [*BUNDLED.rglob("__pycache__"), *BUNDLED.rglob("bin")]:
        shutil.rmtree(folder, ignore_errors=True)


def dependencies() -> list[str]:
    """What persistlint needs, as requirements."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return list(project["dependencies"])


def install(folder: str, *requirements: str) -> None:
    """Install packages for any platform into a folder of the bundle."""
    pip("install", "--target", str(BUNDLED / folder), "--no-compile", "--upgrade", *requirements)


def download(folder: str, version: str, tags: tuple[str, ...], requirements: list[str]) -> None:
    """Unpack the wheels for one platform and Python into a folder of the bundle."""
    options = ["--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", version]
    options += [f"--platform={tag}" for tag in tags]
    with tempfile.TemporaryDirectory() as temporary:
        pip("download", "--dest", temporary, *options, *requirements)
        for wheel in Path(temporary).glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(BUNDLED / folder)


def pip(*arguments: str) -> None:
    """Run pip."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
