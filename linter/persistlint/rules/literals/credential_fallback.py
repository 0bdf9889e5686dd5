"""
## What it finds

A secret that is looked up in the environment or the configuration and falls back to a text in the code.

The name of the setting tells that it is a secret: a password, a secret, a token, an API key, a signing key. What only
goes with one is left alone (`TOKEN_TTL`, `PASSWORD_MIN_LENGTH`, `JWT_PUBLIC_KEY`, `SECRET_KEY_FILE`), and so are empty
fallbacks, a made-up key for somebody else's service (`API_KEY` with `"dummy"`), a fallback that is used in a branch for
development only, behind a test that stops production, or that the program compares the setting with in order to refuse
it, a second setting that a function of the project looks for, settings for tests (`TEST_DB_PASSWORD`), and tests,
examples and the settings of development machines.
## Why it matters

The one server where the variable is not set runs with a secret that everybody who can read the code knows, and nothing
tells: whoever knows the key signs tokens as any user.

## Example

```python
import os

SECRET_KEY = os.environ.get("SECRET_KEY", "change-me")
```

```python
import os

SECRET_KEY = os.environ["SECRET_KEY"]
```

```js
export const secret = process.env.JWT_SECRET || "secret";
```

```js
export const secret = process.env.JWT_SECRET;
if (!secret) throw new Error("JWT_SECRET is not set");
```

```ts
export const password: string = process.env.DB_PASSWORD ?? "postgres";
```

```ts
export const password: string = process.env.DB_PASSWORD ?? fail("DB_PASSWORD is not set");
```

```go
package config

import "os"

func jwtSecret() string {
        if secret := os.Getenv("JWT_SECRET"); secret != "" {
                return secret
        }
        return "secret"
}
```

```go
package config

import (
        "errors"
        "os"
)

func jwtSecret() (string, error) {
        if secret := os.Getenv("JWT_SECRET"); secret != "" {
                return secret, nil
        }
        return "", errors.New("JWT_SECRET is not set")
}
```

## Fix

Stop at the start where the setting is missing, and keep values for development in a file that is not deployed. The fix
does the first; it is unsafe, for the program does not start without the setting then.

## When not to use it

In a program that only ever runs on the machine of its developer.

## References

- [CWE-798: use of hard-coded credentials](https://cwe.mitre.org/data/definitions/798.html)
- [OWASP: secrets management](https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html)
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from persistlint.diagnostic import Severity
from persistlint.facts import Fallback
from persistlint.fixes.required import required_setting
from persistlint.paths import NOT_PRODUCT, is_development
from persistlint.regexes import regex
from persistlint.rule import RuleContext, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from persistlint.diagnostic import Diagnostic

_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
# The last word of the name of a secret, `key` with one of the words before it; then may follow which of several it is.
_SECRETS = frozenset([
    "password", "passwd", "passphrase", "pass", "pwd", "secret", "token", "apikey", "pepper", "salt",
])  # fmt: skip
_KEYS = frozenset([
    "api", "access", "secret", "private", "signing", "encryption", "encrypt", "auth", "master", "jwt", "session",
    "cookie", "hmac", "fernet", "cipher", "crypto",
])  # fmt: skip
_WHICH = frozenset([
    "base", "value", "string", "default", "prod", "production", "dev", "staging", "test", "live", "primary",
    "secondary", "current", "old", "new", "v",
])  # fmt: skip
_FOREIGN = frozenset(["apikey", "api", "token", "access"])  # mostly somebody else's service checks it
_OWN = frozenset(["secret", "jwt", "signing", "session", "password"])
_NO_SECRETS = frozenset([
    "public", "publishable", "min", "max", "pad", "eos", "bos", "unk", "mask", "sep", "cls", "stop", "reset",
    "signer", "expiration", "expires", "expiry", "ttl", "lifetime", "duration",
])  # fmt: skip
_NOTHING = regex(
    r"\s*(?:none|null|nil|undefined|true|false|yes|no|disabled|hidden|default|n/?a|.)?\s*|(?:https?:/)?[/.].*|[$<{%].*"
    r"|.*\b(?:unconfigured|unset|missing|not.?(?:set|configured|provided))\b.*"
    r"|\d{1,4} ?(?:ms|[smhdwy]|mins?|hours?|days?|weeks?)",  # how long a token lasts
    re.IGNORECASE | re.DOTALL,
)
_MADE_UP = regex(
    r"(?:sk-)?(?:dummy|fake|place.?holder|your|my|change|example|empty|no|not|unused|todo|x+|test|mock|local|ollama|none"
    r"|insert|replace|enter|demo)(?:\b|_|(?-i:(?=[A-Z]))).*",
    re.IGNORECASE | re.DOTALL,
)
# What names a cookie: words in small letters, none of which speaks of a secret.
_COOKIE_NAME = regex(r"(?!.*(?:secret|key|pass|pwd|change|salt))[a-z][a-z0-9]*(?:[_.-][a-z0-9]+)+")
_HELP = {
    "key": 'Look it up by `["{}"]`, which raises where it is not set.',
    "python": 'Read it with `os.environ["{}"]`, which raises where it is not set.',
    "go": "Return an error where `{}` is not set.",
}


@rule("credential-fallback", on=Fallback, severity=Severity.ERROR, skips=(*NOT_PRODUCT, is_development))
def credential_fallback(fact: Fallback, context: RuleContext) -> Iterator[Diagnostic]:
    """Report a text that a secret falls back to."""
    if fact.is_confined or _NOTHING.fullmatch(fact.value):
        return
    name = tuple(word.lower() for word in _WORD.findall(fact.setting))
    if name[-2:] == ("cookie", "key") and _COOKIE_NAME.fullmatch(fact.value):
        return  # the key under which a browser keeps it
    if not _is_secret(name) or (_is_foreign(name) and _MADE_UP.fullmatch(fact.value)):
        return
    language = context.file.language if not _is_key(fact, context) else "key"
    help = _HELP.get(language, "Throw an error at the start where `{}` is not set.").format(fact.setting)
    if fact.is_declared:
        help = f"Leave out the default of `{fact.setting}`: the settings raise an error where it is not set."
    yield context.report(
        fact.range,
        f"The secret `{fact.setting}` falls back to a text in the code.",
        help=help,
        fixes=required_setting(context.program, fact) if context.program is not None else (),
    )


def _is_key(fact: Fallback, context: RuleContext) -> bool:
    """Whether a setting of Python is a key of a mapping: what is in the environment has a name in capitals."""
    return context.file.language == "python" and not fact.setting.isupper()


def _is_secret(name: tuple[str, ...]) -> bool:
    while name and name[-1] in _WHICH:
        name = name[:-1]
    if not name or name[0] == "test" or name == ("pwd",) or not _NO_SECRETS.isdisjoint(name):
        return False
    is_password = name[-1].endswith(("password", "passwd"))  # libpq's PGPASSWORD
    return is_password or name[-1] in _SECRETS or (name[-1] == "key" and not _KEYS.isdisjoint(name))


def _is_foreign(name: tuple[str, ...]) -> bool:
    return not _FOREIGN.isdisjoint(name) and _OWN.isdisjoint(name)
