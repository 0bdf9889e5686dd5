"""What is known of a number: the words of names, units, and the names that are proposed for constants."""

from __future__ import annotations

from textwrap import dedent

import pytest

from persistlint.analysis import facts
from persistlint.analysis.numbers.vocabulary import is_unit, words
from persistlint.diagnostic import Applicability
from persistlint.engine import check
from persistlint.facts import Calculation
from persistlint.languages import read
from persistlint.settings import NO_NAMES, Settings
from persistlint.source import SourceFile

SUFFIXES = {"py": "python", "js": "javascript", "go": "go"}


def names(suffix: str, code: str) -> list[str]:
    """The names for the numbers of a program, in source order."""
    syntax = read(SourceFile(f"a.{suffix}", dedent(code).encode(), SUFFIXES[suffix]))
    found = [fact for fact in facts(syntax, {Calculation: frozenset()}, NO_NAMES) if isinstance(fact, Calculation)]
    return [number.name for number in sorted((n for fact in found for n in fact.numbers), key=lambda n: n.range)]


@pytest.mark.parametrize("name", ["maxURLLength", "MAX_URL_LENGTH", "max.url-length", "MaxUrlLength"])
def test_a_name_is_its_words(name: str) -> None:
    assert words(name) == ("max", "url", "length")


def test_units_are_factors_that_everybody_knows() -> None:
    assert all(map(is_unit, [0.001, 0.01, 0.5, 8, 10, 16, 24, 60, 100, 256, 1000, 1024, 3600, 86_400, 1_000_000]))
    assert not any(map(is_unit, [0, 1, 2, 4, 9, 50, 900, 1.19, 0.95, 3.5, 0.125, 1e-15]))


def test_a_bound_has_the_name_of_what_it_bounds() -> None:
    code = """
        def check(form, tags):
            if len(form["password"]) < 12:
                raise ValueError
            if len(tags) > 9 or form.login_failures >= 5:
                return None
            return form.score >= 0.85
    """
    assert names("py", code) == ["MIN_PASSWORD_LENGTH", "MAX_TAGS", "MAX_LOGIN_FAILURES", "SCORE_THRESHOLD"]


def test_go_spells_constants_in_its_own_way() -> None:
    code = """
        package a

        import "database/sql"

        func check(db *sql.DB, name string) error {
            db.SetMaxOpenConns(25)
            if len(name) > 64 {
                return errTooLong
            }
            return nil
        }
    """
    assert names("go", code) == ["maxOpenConns", "maxNameLength"]


def test_an_argument_has_the_name_of_what_it_is_for() -> None:
    code = """
        function refresh(rows, size) {
          setTimeout(poll, 5000);
          setInterval(() => poll(), 900);
          return rows.limit(Math.min(size, 100));
        }
    """
    assert names("js", code) == ["POLL_DELAY_MS", "POLL_INTERVAL_MS", "MAX_SIZE"]


def test_an_age_counts_in_the_unit_of_its_clock() -> None:
    assert names("js", "const fresh = (x) => Date.now() - x.at < 15 * 60 * 1000;") == ["MAX_AGE_MS"]
    assert names("py", "import time\nfresh = time.time() - x.at < 15 * 60\n") == ["MAX_AGE_SECONDS"]


GO_CHECK = "package a\nfunc f({0} {1}) error {{\n\tif len({0}) < 12 {{\n\t\treturn errShort\n\t}}\n\treturn nil\n}}\n"


@pytest.mark.parametrize(
    ("suffix", "code", "name"),
    [
        pytest.param("go", GO_CHECK.format("token", "string"), "minTokenLength", id="one of what may be parts"),
        pytest.param("go", GO_CHECK.format("raw", "[]byte"), "minRawLength", id="bytes"),
        pytest.param("js", "if (file.size > 5000) throw new Error('no');", "MAX_FILE_SIZE", id="a size is no length"),
        pytest.param("js", "const t = o.interval < 3000 ? 3000 : o.interval;", "MIN_INTERVAL", id="a bound is taken"),
        pytest.param("js", "if (pageSize > 100) { pageSize = 10; }", "MAX_PAGE_SIZE", id="a default is taken"),
        pytest.param("js", "if (a.query.length > 6 && a.isOpen) run();", "", id="one of several conditions"),
        pytest.param("js", "const f = (phone) => { return phone.length >= 8; };", "MIN_PHONE_LENGTH", id="at least"),
        pytest.param("js", "if (a.srmThreshold > 0.3) run();", "", id="the bound of a bound"),
        pytest.param(
            "js",
            "const finished = () => new Promise((resolve) => setTimeout(resolve, 3600));",
            "FINISHED_DELAY_MS",
            id="a promise that only waits",
        ),
        pytest.param("js", "setTimeout(() => { a(); b(); }, 360);", "", id="nothing says what waits"),
        pytest.param("js", "setTimeout(() => ac.abort(), 9000);", "REQUEST_TIMEOUT_MS", id="a request is given up"),
        pytest.param(
            "js",
            "const load = () => new Promise((_, reject) => setTimeout(() => reject(new Error('late')), 9000));",
            "LOAD_TIMEOUT_MS",
            id="what takes too long is given up",
        ),
        pytest.param("js", "rows.orderBy('count').limit(35);", "MAX_RESULTS", id="the first of all rows"),
        pytest.param("js", "rows.limit(35).offset(at);", "PAGE_SIZE", id="some of all rows"),
        pytest.param("js", "if (order.count > 100) throw new Error('no');", "MAX_ORDER_COUNT", id="a count"),
        pytest.param("py", "rows = min(keys.count(), 25)", "MAX_KEYS", id="how many there are"),
        pytest.param("py", "load(is_large=len(notes) > 40)", "", id="what is handed on"),
        pytest.param(
            "py", "if self.failed_attempts >= 4:\n    stop()\n", "MAX_FAILED_ATTEMPTS", id="attempts of a kind"
        ),
        pytest.param("py", "if len(res) > 40:\n    stop()\n", "", id="a name that says nothing"),
        pytest.param("js", "const getRecentEvents = () => rows.limit(35);", "MAX_RECENT_EVENTS", id="what is got"),
    ],
)
def test_a_name_says_what_the_number_bounds(suffix: str, code: str, name: str) -> None:
    assert names(suffix, code) == [name]


def test_attempts_are_counted() -> None:
    assert names("py", "for attempt in range(7):\n    get()\n") == ["MAX_ATTEMPTS"]
    assert names("js", "while (tries < 4) get();") == ["MAX_ATTEMPTS"]


def test_a_status_has_the_name_that_the_language_has_for_it() -> None:
    assert names("py", "gone = response.status_code == 410") == ["HTTPStatus.GONE"]
    assert names("go", "package a\nvar gone = response.StatusCode == 418") == ["http.StatusTeapot"]
    assert names("js", 'import { StatusCodes } from "http-status-codes";\nx.status === 410;') == ["StatusCodes.GONE"]
    assert names("js", "x.status === 410;") == [""]


def test_no_name_is_better_than_a_bad_one() -> None:
    assert names("py", "price = net * 1.19\nif x > 55 or kind == 37:\n    y = 1\n") == ["", "", ""]


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        ("py", "def check(name):\n    if len(name) > 64:\n        raise ValueError\n"),
        ("js", "import a from 'a';\nexport const start = () => setInterval(refresh, 30 * 1000);\n"),
        ("go", "package a\n\nfunc open(db *sql.DB) {\n\tdb.SetMaxOpenConns(25)\n}\n"),
    ],
)
def test_a_number_whose_name_says_what_it_means_is_safe_to_replace(suffix: str, code: str) -> None:
    assert applicabilities(suffix, code) == [Applicability.SAFE]


@pytest.mark.parametrize(
    ("suffix", "code"),
    [
        pytest.param("js", "import a from 'a';\nexport const f = (b) => b.width < 600;\n", id="a threshold"),
        pytest.param("js", "import a from 'a';\nexport const f = (b) => Date.now() - b.at < 400;\n", id="an age"),
        pytest.param(
            "js",
            "import a from 'a';\nfunction copy() {\n  setTimeout(() => reset(), 4000);\n}\n",
            id="a delay with the name of the function around it",
        ),
        pytest.param(
            "py",
            "def mask(phone):\n    if len(phone) > 7:\n        return phone[:4] + phone[-3:]\n",
            id="a text that is cut",
        ),
        pytest.param(
            "py",
            "def start(self):\n    self.pool = Pool(workers=10)\n    self.seats = BoundedSemaphore(10)\n",
            id="the number again in the function",
        ),
        pytest.param(
            "js",
            "import a from 'a';\nexport const f = (page) => detect(page, Math.min(page.content.size, 100));\n",
            id="a part",
        ),
        pytest.param(
            "js",
            "import a from 'a';\nexport const f = (r) => r.status === 409 || g(r);\n"
            "export const h = (r) => r.status === 409;\n",
            id="a status without an enumeration",
        ),
    ],
)
def test_a_number_that_a_person_should_name_is_unsafe_to_replace(suffix: str, code: str) -> None:
    assert set(applicabilities(suffix, code)) == {Applicability.UNSAFE}


def applicabilities(suffix: str, code: str) -> list[Applicability]:
    """Of the fixes for the numbers of a program."""
    settings = Settings(frozenset(["magic-number", "magic-status"]))
    found = check(SourceFile(f"a.{suffix}", code.encode(), SUFFIXES[suffix]), settings)
    return [fix.applicability for diagnostic in found.diagnostics for fix in diagnostic.fixes]
