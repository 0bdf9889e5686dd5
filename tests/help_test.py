"""What the help of a diagnostic tells to do, in the words of the library and the database that it stands at."""

from __future__ import annotations

import pytest

from markdown import Case
from persistlint.engine import check
from persistlint.settings import Settings
from running import source_of

_DJANGO = (
    "from django.db import migrations, models\n\n\nclass Migration(migrations.Migration):\n"
    '    dependencies = [("shop", "0001_initial")]\n    operations = [\n        {}\n    ]\n'
)
_ALEMBIC = 'from alembic import op\n\nrevision = "2"\ndown_revision = "1"\n\n\ndef upgrade():\n    {}\n'
_INDEX = 'migrations.AddIndex(model_name="order", index=models.Index(fields=["at"], name="order_at"))'
_UNIQUE = (
    'migrations.AddConstraint(model_name="order", constraint=models.UniqueConstraint('
    'fields=["at"], condition=models.Q(at__gt=0), name="order_at"))'
)


@pytest.mark.parametrize(
    ("rule", "path", "text", "help"),
    [
        ("index-not-concurrent", "shop/migrations/0002_at.py", _DJANGO.format(_INDEX), "`AddIndexConcurrently`"),
        ("index-not-concurrent", "shop/migrations/0002_at.py", _DJANGO.format(_UNIQUE), "`CONCURRENTLY`"),
        (
            "index-drop-not-concurrent",
            "shop/migrations/0002_at.py",
            _DJANGO.format('migrations.RemoveIndex(model_name="order", name="order_at")'),
            "`RemoveIndexConcurrently`",
        ),
        (
            "index-not-concurrent",
            "migrations/versions/2_at.py",
            _ALEMBIC.format('op.create_index("order_at", "orders", ["at"])'),
            "`postgresql_concurrently=True`",
        ),
        (
            "index-not-concurrent",
            "migrations/versions/2_at.py",
            _ALEMBIC.format('op.execute("CREATE INDEX order_at ON orders (at)")'),
            "`CONCURRENTLY`",
        ),
        (
            "constraints-disabled",
            "a.sql",
            "ALTER TABLE orders DISABLE TRIGGER ALL;\nDELETE FROM orders WHERE id < 3;\n",
            "`DISABLE TRIGGER USER`",
        ),
        (
            "json-text-cast",
            "a.sql",
            "SELECT CAST(JSON_VALUE(data, '$.age') AS int) FROM people;\n",
            "`SAFE_CAST` in BigQuery",
        ),
        ("json-text-cast", "a.sql", "SELECT (data->>'age')::int FROM people;\n", "`jsonb_typeof(…) = 'number'`"),
        (
            "credential-fallback",
            "config.py",
            "from pydantic_settings import BaseSettings\n\n\nclass Config(BaseSettings):\n"
            '    SESSION_SECRET: str = "super secret"\n',
            "Leave out the default of `SESSION_SECRET`",
        ),
        (
            "credential-fallback",
            "config.py",
            'def key(config):\n    return config.get("jwt_secret_key", "super-secret")\n',
            "Look it up by",
        ),
        (
            "credential-fallback",
            "config.py",
            'import os\n\nSESSION_SECRET = os.environ.get("SESSION_SECRET", "super secret")\n',
            '`os.environ["SESSION_SECRET"]`',
        ),
    ],
)
def test_the_help_speaks_of_what_is_there(rule: str, path: str, text: str, help: str) -> None:
    case = Case("", 1, path, text, (), dialect="postgres" if rule != "json-text-cast" else None)
    (diagnostic,) = check(source_of(case, text), Settings(frozenset([rule]))).diagnostics
    assert help in diagnostic.help
