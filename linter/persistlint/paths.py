"""What the path of a file tells of its purpose. Paths have forward slashes and are relative where they can be."""

from __future__ import annotations

import re
from functools import lru_cache

_MOST_PATHS = 256  # every rule asks about the path of the file that is checked

_TEST = re.compile(
    r"(?:^|/)(?:(?:[\w-]+-|e2e_?)?tests?|testing|test[_-]?(?:data|util|helper|support|kit)s?|\w+_tests?|(?!(?:la|con|pro|at|de)test/)[a-z]+test(?=/[^/]*\.go$)|dbtest|webtests|__\w*tests?__|__e2e__|specs?|e2e|playwright|cypress|fixtures?|__mocks__)/|(?:^|/)(?:fixtures?|stories)\.\w+$|(?:^|/)(?:test_[^/]*|tests?|conftest)\.py$|_test\.(?:go|py)$"
    r"|\.(?:\w*test|spec|stories|bench|e2e|test-d)\.[cm]?[jt]sx?$|[_-](?:spec|test)\.[cm]?[jt]sx?$|(?:^|/)tests?(?:-[^/]*)?\.[cm]?[jt]sx?$"
)
_MIGRATION = re.compile(
    r"(?:^|/)(?:(?:\w+[_-])?migrations?|migrate|upgrades|alterations|alembic|versions|seed\w*)/"
    r"|(?:^|/)(?:[\w.]+[-_.])?seed(?:s|er|ers|ing)?(?:[-_](?!phrase)[\w-]+)?\.[\w.]+$",
    re.I,
)
_GENERATED = re.compile(
    r"_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.go$|(?:^|[._/])(?:generated|gen)(?:[._/]|$)|zz_generated", re.I
)
_VENDORED = re.compile(
    r"(?:^|/)(?:vendors?|vendored|third[_-]?party|3rdparty|node_modules|bower_components)/"
    r"|(?:^|/)(?:static|public|assets|www|media)/(?:[^/]+/)*(?:libs?|plugins|compress)/"
    r"|(?:^|/)pdf\.?js[^/]*/|(?:^|/)swagger-ui[^/]*\.js$"
    r"|-\d+\.\d+\.\d+/|\.cache\.js$|[.-]min\.[cm]?js$|(?:^|/)jquery[.-][^/]*$"
    r"|(?:^|/)(?:static|public|assets|dist)/(?:[^/]+/)*[^/]+-(?=[^/]*\d)[\w-]{8}\.js$",
    re.I,
)
_EXAMPLE = re.compile(
    r"(?:^|/)(?:examples?|samples?|demos?|docs?|tutorials?|benchmarks?|bench|stress-test|cypress|playwright)/"
    r"|[._-](?:example|sample)\.\w+$|(?:^|/)(?:dummy|demo)[_-][^/]*$",
    re.I,
)
_DEVELOPMENT = re.compile(
    r"(?:^|/)(?:settings|config|conf|env|environments?)/(?:dev|develop|development|local)(?:[/._-]|$)"
    r"|(?:^|[/._-])(?:settings|config|conf|environment)[._-](?:dev|develop|development|local)\b[^/]*$"
    r"|(?:^|[/._-])(?:dev|develop|development|local)(?:[._-](?:settings|config|conf|env)\b[^/]*|\.\w+)$",
    re.I,
)
_SETTINGS = re.compile(
    r"(?:^|/)(?:settings?|constants?|consts?|config(?:uration)?s?|conf|defaults?|limits)(?:/[^/]*|(?:[._-][^/]*)?\.\w+)$"
    r"|[._-](?:settings|constants|config)\.\w+$",
    re.I,
)


@lru_cache(maxsize=_MOST_PATHS)
def is_test(path: str) -> bool:
    """Whether a file holds tests or what only they use."""
    return bool(_TEST.search(path))


def is_migration(path: str) -> bool:
    """Whether a file holds a migration or seeds: a runner calls it, mostly inside a transaction of its own."""
    return bool(_MIGRATION.search(path))


@lru_cache(maxsize=_MOST_PATHS)
def is_generated(path: str) -> bool:
    """Whether a program wrote the file."""
    return bool(_GENERATED.search(path))


def is_vendored(path: str) -> bool:
    """Whether a file is a copy of another project's."""
    return bool(_VENDORED.search(path))


def is_example(path: str) -> bool:
    """Whether a file shows or measures how the product works and is no part of it."""
    return bool(_EXAMPLE.search(path))


@lru_cache(maxsize=_MOST_PATHS)
def is_product(path: str) -> bool:
    """Whether a file is written here, by people, and runs for those who use the product."""
    others = (is_test, is_migration, is_generated, is_vendored, is_example)
    return not any(is_other(path) for is_other in others)


def is_settings(path: str) -> bool:
    """Whether a file holds settings or constants, so that naming numbers is what it is for."""
    return bool(_SETTINGS.search(path))


def is_development(path: str) -> bool:
    """Whether a file serves the machines of the developers only."""
    return bool(_DEVELOPMENT.search(path))
