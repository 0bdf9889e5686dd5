# The chores of a developer. `.venv` is what CONTRIBUTING.md makes; `just` itself is in it.
set positional-arguments

bin := ".venv/bin"

# everything that must be green before a change is handed in
check: && test
    {{bin}}/ruff check
    {{bin}}/ruff format --check
    {{bin}}/mypy
    {{bin}}/python scripts/generate_docs.py --check
    {{bin}}/python scripts/generate_schema.py --check

# the tests; arguments go to pytest
test *arguments:
    {{bin}}/pytest "$@"

# write the pages, the parts of README.md and the schema that are generated from the rules
docs:
    {{bin}}/python scripts/generate_docs.py
    {{bin}}/python scripts/generate_schema.py

# build the site into build/site, and look at it while writing with: just site serve
site command="build":
    {{bin}}/mkdocs {{command}} --strict

# scaffold a rule and its test file: just new-rule injection/unbounded-limit Query
new-rule name fact:
    {{bin}}/python scripts/new_rule.py "$@"

# what a change does to real code: just ecosystem main HEAD ~/checkouts/django
ecosystem base head +checkouts:
    {{bin}}/python scripts/ecosystem.py "$@"

# how fast it is beside other linters: just bench --peers ~/peers ~/checkouts/django
bench +arguments:
    {{bin}}/python bench/compare.py "$@"

# the checklist of a release; with interpreters, the built wheel is tested on them: just release --python python3.12
release *arguments:
    {{bin}}/python scripts/release.py "$@"
