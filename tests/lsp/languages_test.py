"""In which language a document is read: its name decides, and where that says nothing, the editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lsp.raw_client import QUERY, RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator

IMPORT = 'import { Client } from "pg";\nconst db = new Client();\n'
CALL = "db.query(`SELECT * FROM t WHERE a = '${x}'`)"
UNTITLED = {
    "python": QUERY,
    "javascript": f"{IMPORT}export const f = (x) => {CALL};\n",
    "javascriptreact": f"{IMPORT}export const f = (x) => <p>{{{CALL}}}</p>;\n",
    "typescript": f"{IMPORT}export const f = (x: string) => <any>{CALL};\n",
    "typescriptreact": f"{IMPORT}export const f = (x: string) => <p>{{{CALL}}}</p>;\n",
    "vue": f'<template/>\n<script setup lang="ts">\n{IMPORT}const f = (x: string) => {CALL};\n</script>\n',
    "svelte": f'<script lang="ts">\n{IMPORT}const f = (x: string) => {CALL};\n</script>\n<p/>\n',
    "go": """\
package a

import "database/sql"

func f(db *sql.DB, x string) {
	db.Query("SELECT * FROM t WHERE a = '" + x + "'")
}
""",
}


@pytest.fixture(scope="module")
def client() -> Iterator[RawClient]:
    with RawClient() as client:
        client.initialize()
        yield client


@pytest.mark.parametrize("language", UNTITLED)
def test_an_untitled_document_is_what_the_editor_says(client: RawClient, language: str) -> None:
    client.open(UNTITLED[language], f"untitled:{language}", language)
    assert client.pull(f"untitled:{language}") == ["interpolated-sql"]


@pytest.mark.parametrize(
    ("name", "language", "count"),
    [
        ("a.py", "text", 1),
        ("script", "python", 1),
        ("a.query", "python", 1),
        ("a.js", "python", 0),
        ("script", "text", 0),
        ("a.txt", "text", 0),
        ("unknown", "cobol", 0),
    ],
)
def test_the_language_of_a_file(client: RawClient, name: str, language: str, count: int) -> None:
    uri = f"file:///project/{language}/{name}"
    client.open(QUERY, uri, language)
    assert client.pull(uri) == ["interpolated-sql"] * count
