"""The table of fixes that are new migrations, by the program that runs them: each is asked for, in a folder of it."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from persistlint.engine import check
from persistlint.settings import Settings
from persistlint.source import SourceFile
from persistlint.sql.listing import forget
from persistlint.sql.neighbours import table

# How each runner names its files, by their number and what they do, and what else is in its project.
_NAMES = {
    "Atlas": "db/2024010112000{}_{}.sql",
    "Drizzle": "drizzle/000{}_{}.sql",
    "Flyway": "db/V{}__{}.sql",
    "Prisma": "prisma/migrations/2024010112000{}_{}/migration.sql",
    "Supabase": "supabase/migrations/2024010112000{}_{}.sql",
    "dbmate": "db/2024010112000{}_{}.sql",
    "golang-migrate": "db/00000{}_{}.up.sql",
    "goose": "db/0000{}_{}.sql",
    "maragudk/migrate": "db/000{}_{}.up.sql",
    "node-pg-migrate": "migrations/171234567890{}_{}.sql",
    "pop": "migrations/2024010112000{}_{}.up.sql",
    "sql-migrate": "db/2024010112000{}-{}.sql",
    "sqlx": "migrations/2024010112000{}_{}.sql",
    "tern": "db/00{}_{}.sql",
}
_BESIDE = {
    "Atlas": ("db/atlas.sum", "h1:\n"),
    "Drizzle": ("package.json", '{"dependencies": {"drizzle-orm": "0.30.0"}}\n'),
    "maragudk/migrate": ("go.mod", "module a\n\nrequire github.com/maragudk/migrate v0.4.3\n"),
    "Prisma": ("prisma/migrations/migration_lock.toml", 'provider = "postgresql"\n'),
    "pop": ("go.mod", "module a\n\nrequire github.com/gobuffalo/pop/v6 v6.1.1\n"),
    "sqlx": ("Cargo.toml", '[dependencies]\nsqlx = "0.8"\n'),
}
_OWNED = "CREATE TABLE {} (id bigint PRIMARY KEY, tenant_id bigint NOT NULL);"
_FIRST = (
    f"{_OWNED.format('users')} ALTER TABLE users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;"
    " CREATE POLICY own ON users USING (tenant_id = tenant());"
)
_LAST = "ALTER TABLE users ADD COLUMN note text;"
_STEPS = {
    "fk-index-missing": "CREATE TABLE notes (id bigint PRIMARY KEY, user_id bigint NOT NULL REFERENCES users);",
    "constraint-never-validated": "ALTER TABLE users ADD CONSTRAINT users_id CHECK (id > 0) NOT VALID;",
    "rls-missing": _OWNED.format("notes"),
    "rls-not-forced": f"{_OWNED.format('notes')} ALTER TABLE notes ENABLE ROW LEVEL SECURITY;",
    "rls-policy-without-enable": f"{_OWNED.format('notes')} CREATE POLICY own ON notes USING (tenant_id = tenant());",
}


def new_file_table() -> str:
    """The table, in Markdown: which rules get a new migration of a runner, and why they get none."""
    rows = ["| runner | named as | rules | fix |", "|---|---|---|---|"]
    layouts = {entry["name"]: entry.get("new", "") for entry in reversed(table())}
    known = {entry["name"] for entry in table() if entry.get("new") or entry.get("no_new")}
    for runner in sorted(known, key=str.lower):
        example = _NAMES[runner].format(2, "notes")
        rules: dict[str, list[str]] = {}
        for rule in _STEPS:
            rules.setdefault(_answer(runner, layouts[runner], rule), []).append(f"`{rule}`")
        rows += [f"| {runner} | `{example}` | {', '.join(found)} | {answer} |" for answer, found in rules.items()]
    return "\n".join(rows)


def _answer(runner: str, layout: str, rule: str) -> str:
    """What there is for a problem in the second of three migrations: a new file, or why none."""
    with TemporaryDirectory() as folder:
        root = Path(folder)
        (root / ".git").mkdir()
        paths = [
            root / _NAMES[runner].format(number, word) for number, word in enumerate(("users", "notes", "more"), 1)
        ]
        files = dict(zip(paths, (_FIRST, _STEPS[rule], _LAST), strict=True))
        texts = {path: (layout or "{up}\n").format(off="", up=step, down="SELECT 1;") for path, step in files.items()}
        if runner in _BESIDE:
            name, text = _BESIDE[runner]
            texts[root / name] = text
        for path, text in texts.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        forget()
        source = SourceFile(str(paths[1]), texts[paths[1]].encode(), "sql", dialect="postgres")
        (found,) = check(source, Settings(frozenset([rule]), dialect="postgres")).diagnostics
    if any(fix.creates for fix in found.fixes):
        return "a new file, unsafe"
    return found.help.partition("No fix: ")[2].removesuffix(".") or "none"
