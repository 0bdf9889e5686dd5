"""What the path of a file tells of its purpose. Paths have forward slashes and are relative where they can be."""

from __future__ import annotations

import re

_TEST = re.compile(
    r"(?:^|/)(?:tests?|testing|test_?(?:data|util|helper|support)s?|[\w-]+[_-]tests?|dbtest|__tests__|specs?|(?:__)?e2e(?:__)?|fixtures?|__mocks__)/|(?:^|/)(?:test_[^/]*|conftest)\.py$|_test\.(?:go|py)$"
    r"|\.\w*(?:test|spec|stories|bench|e2e)\.[cm]?[jt]sx?$"
)
_MIGRATION = re.compile(r"(?:^|/)(?:db/|database/)?(?:migrations?|migrate|alembic|versions|seeds?|seeders?)/", re.I)
_GENERATED = re.compile(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.go$|(?:^|[._/])(?:generated|gen)(?:[._/]|$)|zz_generated", re.I
)
_VENDORED = re.compile(r"(?:^|/)(?:vendor|vendored|third_party|node_modules|bower_components|static/(?:\w+/)*libs?)/")


def is_test(path: str) -> bool:
    """Whether a file holds tests or what only they use."""
    return bool(_TEST.search(path))


def is_shipped(path: str) -> bool:
    """Whether a file is what people wrote and what runs in production, again and again: no test, no migration, nothing
    generated, nobody else's."""
    return not (is_test(path) or is_migration(path) or is_generated(path) or _VENDORED.search(path))


def is_migration(path: str) -> bool:
    """Whether a file holds a migration or seeds: a runner calls it, mostly inside a transaction of its own."""
    return bool(_MIGRATION.search(path))


def is_generated(path: str) -> bool:
    """Whether a program wrote the file."""
    return bool(_GENERATED.search(path))
