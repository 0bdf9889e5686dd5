"""What the path of a file tells of its purpose. Paths have forward slashes and are relative where they can be."""

from __future__ import annotations

import re
from functools import lru_cache

_MOST_PATHS = 256  # every rule asks about the path of the file that is checked

# They are compiled, and then kept by `re`, when somebody asks: a run that knows all its files does not.

# Folders, and files, of any language; then of Python, Go and JavaScript.
_TEST = (
    r"(?:^|/)(?:(?:[\w-]+-|e2e_?)?(?:sec|smoke|load|stress)?tests?|testing|testcontainers|test[_-]?(?:data|file|db|util|helper|support|kit|suite|e2e|unit|integration|functional)s?"
    r"|tests_\w+|\w+_tests?|acceptance|(?!(?:la|con|pro|at|de)test/)[a-z]+test(?=/[^/]*\.go$)|dbtest|webtests|__\w*tests?__"
    r"|__e2e__|specs?|e2e|playwright|cypress|\.dredd|features/steps|fixtures?|__mocks__|mock\w*|\.github)/"
    r"|(?:^|/)(?:[\w-]+-)?(?:fixtures?|stories)\.\w+$|(?:^|/)(?:[\w-]+[-_])?test[-_]?data\.\w+$"
    r"|(?:^|/)(?:tests?_[^/]*|tests?|testing|conftest|pytest_\w+|factories|mocks?)\.py$|_test(?:ing|_(?:server|helpers?|utils?))?\.(?:go|py)$"
    r"|(?:^|/)(?:test_\w+|mocks?|mock_\w+|\w+_mocks?|tests?|testing)\.go$"
    r"|\.(?:\w*test|spec|stories|bench|e2e|test-d)\.[cm]?[jt]sx?$|[_-](?:spec|test)\.[cm]?[jt]sx?$"
    r"|(?:^|/)tests?(?:[-_][^/]*)?\.[cm]?[jt]sx?$"
)
# One of these stands in every such path: most have none, and to try the pattern at every letter takes long.
_MARKS_OF_TESTS = (
    "test", "spec", "e2e", "mock", "fixture", ".github", "stories", "bench", "acceptance", "cypress", "playwright",
    ".dredd", "features/steps", "factories",
)  # fmt: skip
_MIGRATIONS = (
    r"(?i)(?:^|/)(?:(?:\w+[_-])?migrations?(?:_?\d\w*|_old)?|migrate|upgrades|alterations|alembic|versions|seed\w*)/"
)
_SEED = r"(?i)^(?:[\w.]+[-_.])?seed(?:s|er|ers|ing)?(?:(?:[-_]|(?-i:(?=[A-Z])))(?!phrase)[\w-]+)?\.[\w.]+$"
# What its dialects do for migrations, what helps those, and the patches of Frappe.
_HELPS_MIGRATIONS = (
    r"(?i)(?:^|/)\w*dialects?(?:/|\.\w+$)"
    r"|(?:^|/)\w*migrations?(?:[_-]?(?:scripts?|helpers?|utils?|operations?))?(?:/|\.\w+$)"
    r"|(?:^|/)patches/(?:[^/]+/)*[^/]+\.py$"
)
_SERVICE = r"(?i)(?:^|/)[^/]*(?:salesforce|soql|google[_-]?ads|gaql)[^/]*(?:/|$)"
_GENERATED = r"(?i)_pb2(?:_grpc)?\.pyi?$|\.pb(?:\.gw)?\.go$|(?:^|[._/])(?:generated|gen)(?:[._/]|$)|zz_generated"
_VENDORED = (
    r"(?i)(?:^|/)(?:_?vendors?|vendored|third[_-]?party|3rd(?:party)?|node_modules|bower_components)/"
    r"|(?:^|/)(?:static|public|assets|www|media)/(?:[^/]+/)*(?:libs?|plugins|compress)/"
    r"|(?:^|/)(?:libs?\d?|ext\d?)/(?:beautifulsoup\w*|bs4|certifi|chardet|cherrypy|dateutil|feedparser|guessit|html5lib"
    r"|httplib2|idna|jinja2|mako|markupsafe|mutagen|oauth\w*|pytz|requests\w*|six|sqlalchemy|subliminal|tornado|unrar2"
    r"|urllib3|yaml)(?:/|\.py$)"
    r"|(?:^|/)(?:pdf\.?js[^/]*|assets?/pdf)/|(?:^|/)swagger-ui[^/]*\.js$"
    r"|-\d+\.\d+\.\d+/|\.cache\.js$|[.-]min\.[cm]?js$|(?:^|/)jquery[.-][^/]*$"
    r"|(?:^|/)(?:backbone|ckeditor|codemirror|handlebars|jquery|knockout|lodash|modernizr|moment|readability|select2"
    r"|socket\.io|tinymce|underscore|zepto)(?:[.-](?:readerable|slim|full|core|\d[\w.]*))*\.js$"
    r"|(?:^|/)(?:static|public|assets|dist)/(?:[^/]+/)*[^/]+-(?=[^/]*\d)[\w-]{8}\.js$"
)
_EXAMPLE = (
    r"(?i)(?:^|/)(?:examples?|samples?|demos?|demo[_-][\w-]+|playgrounds?"
    r"|\.(?:claude|cursor|agents|devcontainer|husky|storybook|vscode)"
    r"|docs?|tutorials?|benchmarks?|bench(?:es)?|stress-test|cypress|playwright)/"
    r"|(?:^|[/_-])(?:demos?|bench(?:marks?)?(?:[._-][\w.-]+)?)\.\w+$"
    r"|[._-](?:example|sample)\.\w+$|(?:^|[/_-])(?:dummy|fake|demo|synthetic|sample[_-]?data)(?:[_-][^/]*|\.\w+)$"
)
_DEVELOPMENT = (
    r"(?i)(?:^|/)(?:settings|config|conf|env|environments?)/(?:dev|develop|development|local)(?:[/._-]|$)"
    r"|(?:^|[/._-])(?:settings|config|conf|environment)[._-](?:dev|develop|development|local)\b[^/]*$"
    r"|(?:^|[/._-])(?:dev|develop|development|local)(?:[._-](?:settings|config|conf|env)\b[^/]*|\.\w+)$"
    r"|(?:^|/)development/"
)
# A front end that has a folder of its own, and the parts of a page wherever they are. What answers its requests stands
# in its folder too, where a framework wants it.
_FRONT_END = (
    r"(?i)^(?!(?:[^/]+/)?api/|(?:.*/)?(?:(?:(?<!components/)server|(?:apps|packages|app|pages|server)/api)/|route\.[jt]s$))"
    r"(?:(?:.*/)?(?:[\w-]+-)?(?:front(?:-?end)?|client|webapp|desk|gui|vue|(?<=-)extension|web-?ui|(?<!src/)ui|components?"
    r"|static|(?:public|assets)(?:-[\w-]+)?|www|browser)/.*\.[cm]?[jt]sx?$"
    r"|.*\.(?:jsx|component\.[jt]sx?)$"
    r"|(?:.*/)?(?:web|dashboard|portal|desktop|mobile)/.*\.[jt]sx$"
    r"|(?:.*/)?(?:views?|screens|widgets|containers?|layouts?|modals?|app)/.*\.[jt]sx$"
    r"|(?:.*/)?(?:pages/.*|hooks/use[\w-]+|(?-i:use[A-Z])\w*)\.[jt]sx?$|.*\.(?:vue|svelte)$"
    r"|.*(?-i:[a-z]Chart)\.[cm]?[jt]s$"
    r"|(?:.*/)?(?:\w+[_-])?(?:charts?|plots?|plotting|visuali[sz]ations?|drawings?|canvas|svg|pptx|slides|themes|animations?)"
    r"(?:/.*|(?:[._-]\w+)*\.\w+)$)"
)
# Those of a front end are what it is made of.
_SCRIPT = r"(?i)^(?!(?:.*/)?(?:src|app|static|public|assets|www|wwwroot)/.*\.[cm]?[jt]sx?$)(?:.*/)?(?:scripts?|bin)/"
_JOB = (
    r"(?i)(?:^|/)(?:cron(?:s|jobs?)?|jobs?|schedul(?:ed?|er)s?|workflows?)/"
    r"|(?:^|[/._-])(?:cron|job|schedule[rd]?)s?\.\w+$"
)
_SETTINGS = (
    r"(?i)(?:^|/)(?:settings?|constants?|consts?|config(?:uration)?s?|conf)(?:/[^/]*|(?:[._-][^/]*)?\.\w+)$"
    r"|[._-](?:settings|constants|config)\.\w+$"
)


@lru_cache(maxsize=_MOST_PATHS)
def is_test(path: str) -> bool:
    """Whether a file holds tests or what only they use."""
    return any(mark in path for mark in _MARKS_OF_TESTS) and bool(re.search(_TEST, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_migration(path: str) -> bool:
    """Whether a file holds a migration or seeds: a runner calls it, mostly inside a transaction of its own."""
    folder, _, name = path.rpartition("/")
    return _holds_migrations(folder) or ("seed" in name.lower() and bool(re.search(_SEED, name)))


@lru_cache(maxsize=_MOST_PATHS)
def _holds_migrations(folder: str) -> bool:
    return bool(re.search(_MIGRATIONS, f"{folder}/"))


def changes_schema(path: str) -> bool:
    """Whether nobody but migrations calls what is in a file: it is one, or holds what they share, such as what each
    dialect does for them. It speaks of the program's own tables alone."""
    return is_migration(path) or bool(re.search(_HELPS_MIGRATIONS, path))


def queries_service(path: str) -> bool:
    """Whether a file queries a service in a language that only looks like SQL: Salesforce's SOQL, Google Ads' GAQL."""
    return bool(re.search(_SERVICE, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_generated(path: str) -> bool:
    """Whether a program wrote the file."""
    return bool(re.search(_GENERATED, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_vendored(path: str) -> bool:
    """Whether a file is a copy of another project's."""
    return bool(re.search(_VENDORED, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_example(path: str) -> bool:
    """Whether a file shows or measures how the product works and is no part of it."""
    return bool(re.search(_EXAMPLE, path))


# What is not written here by people, or does not run for those who use the product.
NOT_PRODUCT = (is_test, is_migration, is_generated, is_vendored, is_example)


@lru_cache(maxsize=_MOST_PATHS)
def is_product(path: str) -> bool:
    """Whether a file is written here, by people, and runs for those who use the product."""
    return not any(is_other(path) for is_other in NOT_PRODUCT)


@lru_cache(maxsize=_MOST_PATHS)
def is_script(path: str) -> bool:
    """Whether people run a file by hand or from a build: an error that nobody catches ends it where they see it."""
    return bool(re.search(_SCRIPT, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_job(path: str) -> bool:
    """Whether a clock or a queue runs what is in a file, and runs it again where it failed."""
    return bool(re.search(_JOB, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_settings(path: str) -> bool:
    """Whether a file holds settings or constants, so that naming numbers is what it is for."""
    return bool(re.search(_SETTINGS, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_front_end(path: str) -> bool:
    """Whether a file of a program only makes pages, in the browser of somebody, or draws."""
    return bool(re.search(_FRONT_END, path))


@lru_cache(maxsize=_MOST_PATHS)
def is_development(path: str) -> bool:
    """Whether a file serves the machines of the developers only."""
    return bool(re.search(_DEVELOPMENT, path))
