"""What the names of tables and columns tell of their meaning."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from persistlint.regexes import regex

if TYPE_CHECKING:
    from persistlint.schema.definitions import Column, Table

_WORD = regex(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_BORDER = regex(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_MOST = 10_000  # names that are kept, for every script of a project is held against the same tables
_COPY = regex(r"_|\d+|tmp|temp|temporary|new|copy|rebuilt|alembic|shadow", re.IGNORECASE)
# Of the table, and of the columns in the two ways in which several are joined.
INDEX_STYLES = ("{0}_{1}_idx", "idx_{0}_{1}", "ix_{0}_{1}", "index_{0}_on_{2}", "{0}_{1}_index", "{0}_{1}_ix")
TENANT_COLUMNS = frozenset(
    [
        "tenant_id",
        "org_id",
        "organization_id",
        "organisation_id",
        "account_id",
        "workspace_id",
        "company_id",
        "customer_account_id",
        "tenantid",
        "orgid",
        "organizationid",
        "workspaceid",
    ]
)
SOFT_DELETE_COLUMNS = frozenset(
    ["deleted_at", "deleted", "is_deleted", "deletedat", "isdeleted", "deleted_on", "delete_at"]
)
MONEY = frozenset(
    [
        "amount",
        "amounts",
        "price",
        "prices",
        "balance",
        "balances",
        "fee",
        "fees",
        "cost",
        "costs",
        "tax",
        "taxes",
        "vat",
        "salary",
        "wage",
        "payment",
        "payments",
        "refund",
        "refunds",
        "discount",
        "revenue",
        "subtotal",
        "deposit",
    ]
)
_AMOUNTS = frozenset({"amount", "amounts"})
# What else stands in the names of tables, and of their columns, where there is money.
_OF_MONEY = MONEY.difference(_AMOUNTS) | {
    "account", "bank", "bid", "bill", "billing", "bonus", "bounty", "budget", "cart", "cash", "charge", "checkout",
    "coin", "commission", "coupon", "credit", "currency", "customer", "debit", "debt", "deposit", "discount",
    "dividend", "donation", "earning", "expense", "finance", "fine", "fund", "gift", "grant", "income", "installment",
    "invoice", "ledger", "loan", "merchant", "money", "order", "paid", "pay", "payable", "payee", "payer", "paying",
    "payment", "payout", "payroll", "penalty", "pledge", "premium", "profit", "purchase", "quote", "receipt",
    "receivable", "refund", "reimbursement", "rent", "revenue", "reward", "salary", "sale", "saving", "settlement",
    "share", "spending", "stripe", "subscription", "tip", "trade", "transaction", "transfer", "turnover", "vendor",
    "voucher", "wage", "wallet", "withdrawal",
}  # fmt: skip
MEASURES = frozenset(  # beside a word of money they make it something else
    [
        "rate",
        "ratio",
        "factor",
        "percent",
        "percentage",
        "pct",
        "score",
        "weight",
        "count",
        "index",
        "rank",
        "time",
        "seconds",
        "ms",
        "duration",
        "distance",
        "km",
        "minutes",
        "hours",
        "days",
        "bytes",
        "size",
        "usage",
        "hp",
        "mana",
        "confidence",
        "level",
        "multiplier",
        "limit",
        "width",
        "height",
        "angle",
        "change",
    ]
)
QUANTITIES = frozenset(["quantity", "qty", "stock", "percent", "percentage"])
STATES = frozenset(["status", "state", "role", "kind"])
NATURAL_KEYS = frozenset(
    [
        "slug",
        "name",
        "number",
        "code",
        "email",
        "username",
        "handle",
        "login",
        "sku",
        "title",
        "key",
        "subdomain",
        "domain",
    ]
)


def is_copy_of(copy: str, name: str) -> bool:
    """Whether a table is the one that is filled to take the place of another: `_users_tmp`, `new_users`, `users2`."""
    rest = copy.lower().replace(name.lower(), "", 1)
    return rest != copy.lower() and rest != "" and _COPY.sub("", rest) == ""


@lru_cache(maxsize=_MOST)
def words(name: str) -> tuple[str, ...]:
    """The words of a name in lower case: `order_items` and `orderItems` are (order, items)."""
    return tuple(match.lower() for match in _WORD.findall(name))


@lru_cache(maxsize=_MOST)
def singular(word: str) -> str:
    """A word without its plural ending; close enough to compare names of tables."""
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word


def snake(name: str) -> str:
    """A name in small letters, its words parted by underscores: `HTTPServer` is `http_server`."""
    return _BORDER.sub("_", name).lower()


def plural(word: str) -> str:
    """A word with its plural ending; as close as `singular`."""
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"


def base_name(table: str) -> str:
    """The name of a table as one of its rows is called: `order_items` is `order_item`."""
    *before, last = table.rsplit("_", 1)
    return "_".join((*before, singular(last)))


def is_money(name: str) -> bool:
    """Whether a column holds money: `unit_price` and `total`, not `price_rate`."""
    parts = frozenset(words(name))
    return bool(parts & MONEY or parts == {"total"}) and not parts & MEASURES


def is_amount(name: str) -> bool:
    """Whether the name of a column says no more than that it holds an amount, be it of money or of milk."""
    return not MONEY.difference(_AMOUNTS) & frozenset(words(name))


def is_about_money(table: Table) -> bool:
    """Whether a table is about money, as its name or that of a column tells."""
    return not _OF_MONEY.isdisjoint(table.words)


def tenant_column(table: Table) -> Column | None:
    """The column that says whose row it is."""
    return next((column for column in table.columns if column.name.lower() in TENANT_COLUMNS), None)


def owner_column(table: Table, usual: str) -> Column | None:
    """The same, where the usual name of such a column is another one, such as `user_id`; empty for none."""
    column = tenant_column(table)
    return table.column(usual) if column is None and usual else column


def named_like(style: str, table: str, columns: tuple[str, ...]) -> str:
    """The name of an index of some columns in one of `INDEX_STYLES`."""
    return style.format(table, "_".join(columns), "_and_".join(columns))


def index_styles(name: str, table: str, columns: tuple[str, ...]) -> list[str]:
    """The `INDEX_STYLES` in which this is the name of an index of some columns."""
    return [style for style in INDEX_STYLES if name == named_like(style, table, columns)]
