"""What the path of a file tells of its purpose. Paths have forward slashes and are relative where they can be."""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|test[-_]?(?:data|util|helper|support|kit)s?|\w+_tests?|dbtest|__\w*tests?__|__e2e__|specs?|e2e|playwright|cypress|fixtures?|__mocks__)/|(?:^|/)(?:test_[^/]*|tests?|conftest)\.py$|_test\.(?:go|py)$"
    r"|\.(?:\w*test|spec|stories|bench|e2e)\.[cm]?[jt]sx?$"
)
_MIGRATION = re.compile(
    r"(?:^|/)(?:db/|database/)?(?:migrations?|migrate|alembic|versions|seed\w*)/|(?:^|/)seed\w*\.[\w.]+$", re.I
)
_GENERATED = re.compile(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.go$|(?:^|[._/])(?:generated|gen)(?:[._/]|$)|zz_generated", re.I
)


def is_test(path: str) -> bool:
    """Whether a file holds tests or what only they use."""
    return bool(_TEST.search(path))


def is_migration(path: str) -> bool:
    """Whether a file holds a migration or seeds: a runner calls it, mostly inside a transaction of its own."""
    return bool(_MIGRATION.search(path))


def is_generated(path: str) -> bool:
    """Whether a program wrote the file."""
    return bool(_GENERATED.search(path))
