"""What the path of a file tells of its purpose. Paths have forward slashes and are relative where they can be."""

from __future__ import annotations

import re
from functools import lru_cache

_MOST_PATHS = 256  # every rule asks about the path of the file that is checked

# They are compiled, and then kept by `re`, when somebody asks: a run that knows all its files does not.

_TEST = (
    r"(?:^|/)(?:(?:[\w-]+-|e2e_?)?tests?|testing|test[_-]?(?:data|util|helper|support|kit)s?|\w+_tests?|acceptance|(?!(?:la|con|pro|at|de)test/)[a-z]+test(?=/[^/]*\.go$)|dbtest|webtests|__\w*tests?__|__e2e__|specs?|e2e|playwright|cypress|features/steps|fixtures?|__mocks__|\.github)/|(?:^|/)(?:fixtures?|stories)\.\w+$|(?:^|/)(?:test_[^/]*|tests?|conftest|pytest_\w+|factories)\.py$|_test\.(?:go|py)$|(?:^|/)(?:tests?|testing)\.go$"
    r"|\.(?:\w*test|spec|stories|bench|e2e|test-d)\.[cm]?[jt]sx?$|[_-](?:spec|test)\.[cm]?[jt]sx?$|(?:^|/)tests?(?:-[^/]*)?\.[cm]?[jt]sx?$"
)
_MIGRATION = (
    r"(?i)(?:^|/)(?:(?:\w+[_-])?migrations?|migrate|upgrades|alterations|alembic|versions|seed\w*)/"
    r"|(?:^|/)(?:[\w.]+[-_.])?seed(?:s|er|ers|ing)?(?:[-_](?!phrase)[\w-]+)?\.[\w.]+$"
)
_GENERATED = r"(?i)_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.go$|(?:^|[._/])(?:generated|gen)(?:[._/]|$)|zz_generated"
_VENDORED = (
    r"(?i)(?:^|/)(?:vendors?|vendored|third[_-]?party|3rdparty|node_modules|bower_components)/"
    r"|(?:^|/)(?:static|public|assets|www|media)/(?:[^/]+/)*(?:libs?|plugins|compress)/"
    r"|(?:^|/)pdf\.?js[^/]*/|(?:^|/)swagger-ui[^/]*\.js$"
    r"|-\d+\.\d+\.\d+/|\.cache\.js$|[.-]min\.[cm]?js$|(?:^|/)jquery[.-][^/]*$"
    r"|(?:^|/)(?:static|public|assets|dist)/(?:[^/]+/)*[^/]+-(?=[^/]*\d)[\w-]{8}\.js$"
)
_EXAMPLE = (
    r"(?i)(?:^|/)(?:examples?|samples?|demos?|docs?|tutorials?|benchmarks?|bench|stress-test|cypress|playwright)/"
    r"|[._-](?:example|sample)\.\w+$|(?:^|/)(?:dummy|demo)[_-][^/]*$"
)
_DEVELOPMENT = (
    r"(?i)(?:^|/)(?:settings|config|conf|env|environments?)/(?:dev|develop|development|local)(?:[/._-]|$)"
    r"|(?:^|[/._-])(?:settings|config|conf|environment)[._-](?:dev|develop|development|local)\b[^/]*$"
    r"|(?:^|[/._-])(?:dev|develop|development|local)(?:[._-](?:settings|config|conf|env)\b[^/]*|\.\w+)$"
    r"|(?:^|/)development/"
)
_SETTINGS = (
    r"(?i)(?:^|/)(?:settings?|constants?|consts?|config(?:uration)?s?|conf|defaults?|limits)(?:/[^/]*|(?:[._-][^/]*)?\.\w+)$"
    r"|[._-](?:settings|constants|config)\.\w+$"
)


@lru_cache(maxsize=_MOST_PATHS)
def is_test(path: str) -> bool:
    """Whether a file holds tests or what only they use."""
    return bool(re.search(_TEST, path))


def is_migration(path: str) -> bool:
    """Whether a file holds a migration or seeds: a runner calls it, mostly inside a transaction of its own."""
    return bool(re.search(_MIGRATION, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_generated(path: str) -> bool:
    """Whether a program wrote the file."""
    return bool(re.search(_GENERATED, path))


def is_vendored(path: str) -> bool:
    """Whether a file is a copy of another project's."""
    return bool(re.search(_VENDORED, path))


def is_example(path: str) -> bool:
    """Whether a file shows or measures how the product works and is no part of it."""
    return bool(re.search(_EXAMPLE, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_product(path: str) -> bool:
    """Whether a file is written here, by people, and runs for those who use the product."""
    others = (is_test, is_migration, is_generated, is_vendored, is_example)
    return not any(is_other(path) for is_other in others)


def is_settings(path: str) -> bool:
    """Whether a file holds settings or constants, so that naming numbers is what it is for."""
    return bool(re.search(_SETTINGS, path))


def is_development(path: str) -> bool:
    """Whether a file serves the machines of the developers only."""
    return bool(re.search(_DEVELOPMENT, path))
