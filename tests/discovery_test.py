"""Which files a run checks."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from persistlint import discovery
from persistlint.discovery import discover

HAS_GIT = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(params=["plain", pytest.param("git", marks=HAS_GIT)])
def tree(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty directory to be in, a git work tree or not."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    if request.param == "git":
        _git(folder, "init", "-q")
    return folder


def test_a_directory_gives_the_files_of_known_languages_in_order(tree: Path) -> None:
    _touch("b.py", "a.ts", "src/z.go", "src/a.js", "notes.md", "Makefile", "x.min.js", "types.d.ts")
    assert _found(".") == ["a.ts", "b.py", "src/a.js", "src/z.go"]
    assert _found("src", "b.py", "src/z.go", str(tree / "b.py")) == ["src/a.js", "src/z.go", "b.py"]


def test_gitignore_is_honoured(tree: Path) -> None:
    _touch("a.py", "gen/b.py", "src/gen/c.py", "src/d_gen.py", "src/keep_gen.py", "src/local.py")
    Path(".gitignore").write_text("gen/\n*_gen.py\n!keep_gen.py\n")
    Path("src/.gitignore").write_text("/local.py\n")
    assert _found(".") == ["a.py", "src/keep_gen.py"]


def test_what_nobody_writes_by_hand_is_skipped(tree: Path) -> None:
    _touch("a.py", "node_modules/b.js", "src/vendor/c.go", ".venv/d.py", "build/e.py", "dist.py")
    assert _found(".") == ["a.py", "dist.py"]
    assert _found("src/vendor") == ["src/vendor/c.go"], "unless it is what was asked for"


def test_a_package_of_go_may_be_called_build(tree: Path) -> None:
    _touch("build/a.go", "build/b.py", "cmd/build/c.go", "build/node_modules/d.go", "dist/e.go")
    assert _found(".") == ["build/a.go", "cmd/build/c.go"]
    assert not discovery.is_out(Path("build/a.go"))
    assert discovery.is_out(Path("build/b.py"))


def test_packages_that_pip_put_beside_the_code_are_skipped(tree: Path) -> None:
    _touch("handler.py", "jwt/api.py", "six.py", "own/jwt/a.py", "lib/attr/b.py", "lib/yaml/c.py", "lib/mine.py")
    _touch("PyJWT-2.0.dist-info/RECORD", "lib/attr-1.dist-info/METADATA", "lib/PyYAML-6.dist-info/top_level.txt")
    Path("PyJWT-2.0.dist-info/RECORD").write_text("../bin/x,,\njwt/api.py,sha256=a,1\nsix.py,,\n")
    Path("lib/PyYAML-6.dist-info/top_level.txt").write_text("yaml\n")
    assert _found(".") == ["handler.py", "lib/mine.py", "own/jwt/a.py"]
    assert _found("jwt/api.py", "own/jwt/a.py", "six.py", force_exclude=True) == ["own/jwt/a.py"]
    assert _found("jwt") == ["jwt/api.py"], "unless it is what was asked for"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_list_of_files_that_has_no_end_is_not_read(tree: Path) -> None:
    _touch("a/__init__.py", "b.py", "A-1.dist-info/METADATA")
    os.mkfifo("A-1.dist-info/RECORD")
    assert _found(".") == ["b.py"]


def test_the_configuration_excludes_files_in_directories_but_not_named_ones(tree: Path) -> None:
    _touch("a.py", "generated/b.py", "vendor/c.py")
    Path("persistlint.toml").write_text('exclude = ["generated/"]')
    assert _found(".") == ["a.py"]
    assert _found("generated/b.py", "vendor/c.py") == ["generated/b.py", "vendor/c.py"]
    assert _found("a.py", "generated/b.py", "vendor/c.py", force_exclude=True) == ["a.py"]


def test_a_directory_with_the_name_of_a_file_is_a_directory(tree: Path) -> None:
    _touch("x.py/y.py", "x.py/notes.md")
    assert _found(".") == ["x.py/y.py"]
    assert _found("x.py") == ["x.py/y.py"]


def test_links_to_directories_are_not_followed(tree: Path) -> None:
    _touch("a.py", "../outside/b.py")
    Path("link").symlink_to(tree.parent / "outside")
    Path("link.py").symlink_to(tree.parent / "outside")
    Path("loop").symlink_to(tree)
    Path("gone.py").symlink_to("nowhere.py")
    assert _found(".") == ["a.py"]
    assert _found("link") == ["link/b.py"], "unless it is what was asked for"


def test_a_file_that_several_links_lead_to_is_checked_once(tree: Path) -> None:
    _touch("b.py", "../outside/c.py", "src/d.py")
    Path("a.py").symlink_to("b.py")
    Path("e.py").symlink_to("src/d.py")
    Path("f.py").symlink_to("../outside/c.py")
    Path("g.py").symlink_to("f.py")
    assert _found(".") == ["b.py", "f.py", "src/d.py"]
    assert _found("a.py") == ["a.py"], "it is what was asked for"
    assert _found("a.py", "b.py") == ["b.py"]


def test_what_is_missing_is_named(tree: Path) -> None:
    _touch("a.py", "notes.md")
    found = discover([Path("gone.py"), Path("a.py"), Path("notes.md"), Path("none/")])
    assert [path.as_posix() for path in found.files] == ["a.py"]
    assert [(failure.path, failure.message) for failure in found.failures] == [
        ("gone.py", "it does not exist"),
        ("none", "it does not exist"),
    ]
    assert found.unread == (Path("notes.md"),)


def test_an_ignored_directory_is_checked_if_it_is_named(tree: Path) -> None:
    _touch("a.py", "scratch/b.py")
    Path(".gitignore").write_text("scratch/\n")
    assert _found("scratch") == ["scratch/b.py"]


def test_names_may_hold_anything(tree: Path) -> None:
    _touch("a b.py", "new\nline.py", "-x.py", "ü.py")
    assert _found(".") == ["-x.py", "a b.py", "new\nline.py", "ü.py"]


@HAS_GIT
def test_files_that_git_tracks_but_are_gone_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _git(tmp_path, "init", "-q")
    _touch("a.py", "b.py")
    _git(tmp_path, "add", ".")
    Path("b.py").unlink()
    assert _found(".") == ["a.py"]


@HAS_GIT
def test_repositories_inside_are_part_of_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _git(tmp_path, "init", "-q")
    _touch("a.py", "inner/b.py", "inner/c_gen.py")
    Path("inner/.gitignore").write_text("*_gen.py")
    _git(tmp_path / "inner", "init", "-q")
    assert _found(".") == ["a.py", "inner/b.py"]


@HAS_GIT
def test_a_hook_under_way_does_not_confuse_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    _touch("a.py", "skipped.py")
    Path(".gitignore").write_text("skipped.py")
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere/index")
    assert _found(".") == ["a.py"]


@HAS_GIT
def test_no_program_of_the_repository_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _git(tmp_path, "init", "-q")
    monkeypatch.chdir(tmp_path)
    _touch("a.py")
    monitor = tmp_path / "monitor"
    monitor.write_text(f"#!/bin/sh\ntouch {tmp_path}/was-run\n")
    monitor.chmod(0o755)
    _git(tmp_path, "config", "core.fsmonitor", str(monitor))
    assert _found(".") == ["a.py"]
    assert not (tmp_path / "was-run").exists()


def test_without_git_a_work_tree_is_walked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    _touch("a.py", ".git/hook.py", "skipped.py")
    Path(".gitignore").write_text("skipped.py")
    assert _found(".") == ["a.py"]


@pytest.mark.parametrize("has_git", [pytest.param(True, marks=HAS_GIT), False])
def test_a_part_of_a_work_tree_is_ignored_from_above(
    has_git: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _touch("src/a.py", "src/b_gen.py", "src/deep/local.py", "src/deep/c.py", "scratch/d.py", ".git/HEAD")
    Path(".gitignore").write_text("*_gen.py\n/src/deep/local.py\nscratch/\n")
    if has_git:
        _git(tmp_path, "init", "-q")
    else:
        monkeypatch.setenv("PATH", str(tmp_path))
    assert _found("src") == ["src/a.py", "src/deep/c.py"]
    assert _found("src/deep") == ["src/deep/c.py"]
    assert _found("scratch") == ["scratch/d.py"], "unless it is what was asked for"
    monkeypatch.chdir("src/deep")
    assert _found(".") == ["c.py"]


@HAS_GIT
def test_links_to_files_and_submodules_are_part_of_the_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("library", "project"):
        Path(folder).mkdir()
        _git(tmp_path / folder, "init", "-q")
    _touch("library/l.py", "library/ignored.py", "project/a.py")
    Path("library/.gitignore").write_text("ignored.py\n")
    identity = ("-c", "user.name=x", "-c", "user.email=x@example.org", "-c", "protocol.file.allow=always")
    _git(tmp_path / "library", "add", ".")
    _git(tmp_path / "library", *identity, "commit", "-qm", "x")
    _git(tmp_path / "project", *identity, "submodule", "add", "-q", str(tmp_path / "library"), "lib")
    Path("project/lib/new.py").touch()
    Path("project/lib/ignored.py").touch()
    Path("project/link.py").symlink_to("lib/ignored.py")
    monkeypatch.chdir("project")
    with_git = _found(".")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert with_git == _found(".") == ["a.py", "lib/l.py", "lib/new.py", "link.py"]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_directory_that_cannot_be_listed_is_named(tree: Path) -> None:
    _touch("a.py")
    Path("closed").mkdir(mode=0)
    found = discover([Path(), Path("closed/a.py")])
    assert found.files == (Path("a.py"), Path("closed/a.py")), "reading the second one says why it cannot be read"
    assert [failure.path for failure in found.failures] == ["closed"]


def test_what_is_out_is_told_by_the_place_below_the_current_directory(tree: Path) -> None:
    Path("persistlint.toml").write_text('exclude = ["/gen.py"]')
    assert discovery.is_out(Path("gen.py"))
    assert discovery.is_out(Path("src/node_modules/a.js"))
    assert not discovery.is_out(Path("src/gen.py"))
    assert not discovery.is_out(tree.parent / "build" / "a.py")


def _found(*paths: str, force_exclude: bool = False) -> list[str]:
    return [
        path.as_posix() for path in map(_relative, discover([*map(Path, paths)], force_exclude=force_exclude).files)
    ]


def _relative(path: Path) -> Path:
    return path.relative_to(Path.cwd()) if path.is_absolute() else path


def _touch(*names: str) -> None:
    for name in names:
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).touch()


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)
