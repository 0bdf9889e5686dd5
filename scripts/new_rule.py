"""Scaffold a rule and its test file.

    python scripts/new_rule.py injection/unbounded-limit Query

Writes `linter/persistlint/rules/injection/unbounded_limit.py` and `tests/rules/injection/unbounded-limit.md`. There is
no list to add the rule to: the folder is the registry.
"""

from __future__ import annotations

import argparse
import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
RULE = '''"""
## What it finds

One sentence. Then, where it needs saying, what it does not find on purpose.

## Why it matters

What goes wrong, and when.

## Example

```python
```

Say what the next block does better:

```python
```

## Fix

What the fix does, and when there is none.

## When not to use it

Who can do without this rule.

## References

- A page that says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import {fact}
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic


@rule("{name}", on={fact}, severity=Severity.WARNING, default=False)
def {function}({argument}: {fact}, context: RuleContext) -> Iterator[Diagnostic]:
    """Report ..."""
    if ...:
        return
    yield context.report({argument}.range, "What is wrong here.", help="What to do about it.")
'''
CASES = """# {name}

## What must stay silent, and why

```python
```

```javascript
```

```typescript
```

```go
```

## What must be reported, and why

```python
```

```javascript
```

```typescript
```

```go
```
"""


def main() -> None:
    """Write both files; refuse a name that is taken or not in kebab-case."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("rule", help="group/rule-name, named after the problem it finds")
    parser.add_argument("fact", help="the kind of fact that it reads, a class of persistlint.facts")
    arguments = parser.parse_args()
    if not re.fullmatch(r"[a-z]+/[a-z0-9]+(-[a-z0-9]+)*", arguments.rule):
        parser.error(f"{arguments.rule}: write it as group/rule-name, in lower case with hyphens")
    group, name = arguments.rule.split("/")
    function = name.replace("-", "_")
    words = {
        "name": name,
        "fact": arguments.fact,
        "function": function,
        "argument": re.sub(r"(?<!^)(?=[A-Z])", "_", arguments.fact).lower(),
    }
    package = ROOT / "linter" / "persistlint" / "rules" / group
    for path, text in (
        (package / f"{function}.py", RULE),
        (ROOT / "tests" / "rules" / group / f"{name}.md", CASES),
    ):
        if path.exists():
            parser.error(f"{path.relative_to(ROOT)} exists already")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(re.sub(r"\{(\w+)\}", lambda match: words[match[1]], text), "utf-8")
        print(path.relative_to(ROOT))
    (package / "__init__.py").touch()


if __name__ == "__main__":
    main()
