"""What a project calls handles and transactions of its own, as its configuration says."""

from __future__ import annotations

import pytest

from persistlint.engine import check
from persistlint.languages import language_of
from persistlint.settings import NO_NAMES, ProjectNames, Settings
from persistlint.source import SourceFile

HANDLES = ProjectNames(handles=("ledger",))
TRANSACTIONS = ProjectNames(transactions=("in_one_go", "inOneGo"))

ON_A_HANDLE = {
    "a.py": """
from bank.pools import ledger

def move(a, b, n):
    ledger.execute("UPDATE accounts SET cents = cents - %s WHERE id = %s", (n, a))
    ledger.execute("UPDATE accounts SET cents = cents + %s WHERE id = %s", (n, b))
""",
    "a.js": """
export async function move(a, b, n) {
  await ledger.query("UPDATE accounts SET cents = cents - $1 WHERE id = $2", [n, a]);
  await ledger.query("UPDATE accounts SET cents = cents + $1 WHERE id = $2", [n, b]);
}
""",
    "a.ts": """
export async function move(a: number, b: number, n: number): Promise<void> {
  await ledger.query("UPDATE accounts SET cents = cents - $1 WHERE id = $2", [n, a]);
  await ledger.query("UPDATE accounts SET cents = cents + $1 WHERE id = $2", [n, b]);
}
""",
    "a.go": """
package a

func Move(a, b, n int64) error {
	if _, err := ledger.Exec("UPDATE accounts SET cents = cents - $1 WHERE id = $2", n, a); err != nil {
		return err
	}
	_, err := ledger.Exec("UPDATE accounts SET cents = cents + $1 WHERE id = $2", n, b)
	return err
}
""",
}
IN_A_WRAPPER = {
    "a.py": """
from django.db.models import F
from bank.models import Account
from bank.work import in_one_go

@in_one_go
def move(a, b, n):
    Account.objects.filter(pk=a).update(cents=F("cents") - n)
    Account.objects.filter(pk=b).update(cents=F("cents") + n)
""",
    "a.js": """
import { Pool } from "pg";
import { inOneGo } from "./work";
const pool = new Pool();
export const move = (a, b, n) =>
  inOneGo(async () => {
    await pool.query("UPDATE accounts SET cents = cents - $1 WHERE id = $2", [n, a]);
    await pool.query("UPDATE accounts SET cents = cents + $1 WHERE id = $2", [n, b]);
  });
""",
    "a.ts": """
import { prisma } from "./prisma";
import { inOneGo } from "./work";
export const move = (a: number, b: number, n: number) =>
  inOneGo(async () => {
    await prisma.account.update({ where: { id: a }, data: { cents: { decrement: n } } });
    await prisma.account.update({ where: { id: b }, data: { cents: { increment: n } } });
  });
""",
    "a.go": """
package a

import "database/sql"

func Move(db *sql.DB, a, b, n int64) error {
	return inOneGo(func() error {
		if _, err := db.Exec("UPDATE accounts SET cents = cents - $1 WHERE id = $2", n, a); err != nil {
			return err
		}
		_, err := db.Exec("UPDATE accounts SET cents = cents + $1 WHERE id = $2", n, b)
		return err
	})
}
""",
}


def reported(path: str, text: str, names: ProjectNames = NO_NAMES) -> list[str]:
    language = language_of(path)
    assert language is not None
    report = check(SourceFile(path, text.encode(), language), Settings(frozenset(["missing-transaction"]), names=names))
    assert not report.errors
    return [diagnostic.rule for diagnostic in report.diagnostics]


@pytest.mark.parametrize("path", ON_A_HANDLE)
def test_a_variable_is_a_handle_where_the_configuration_says_so(path: str) -> None:
    assert reported(path, ON_A_HANDLE[path]) == []
    assert reported(path, ON_A_HANDLE[path], HANDLES) == ["missing-transaction"]


@pytest.mark.parametrize("path", IN_A_WRAPPER)
def test_a_function_opens_a_transaction_where_the_configuration_says_so(path: str) -> None:
    assert reported(path, IN_A_WRAPPER[path]) == ["missing-transaction"]
    assert reported(path, IN_A_WRAPPER[path], TRANSACTIONS) == []
