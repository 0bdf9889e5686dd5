"""The server with clients that break the rules, hurry, or vanish."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from lsp.raw_client import QUERY, TIMEOUT, RawClient

if TYPE_CHECKING:
    from collections.abc import Iterator

CLEAN = "x = 1\n"
PATCHED = """
import os
import persistlint_lsp.server as module
from persistlint_lsp.documents import Documents
from persistlint_lsp.worker import Worker, WorkerError
{patch}
module.main()
"""


@pytest.fixture
def client() -> Iterator[RawClient]:
    with RawClient() as client:
        yield client


@pytest.fixture(scope="module")
def shared() -> Iterator[RawClient]:
    """One that has shaken hands, for what leaves nothing behind."""
    with RawClient() as client:
        client.initialize()
        yield client


def patched(patch: str) -> RawClient:
    """A server in which something goes wrong."""
    return RawClient([sys.executable, "-c", PATCHED.format(patch=patch)])


def test_a_request_before_initialize_is_refused(client: RawClient) -> None:
    assert client.call("textDocument/diagnostic", {"textDocument": {"uri": "untitled:a"}})["code"] == -32002
    assert client.initialize()["diagnosticProvider"]["identifier"] == "persistlint"


def test_a_notification_before_initialize_is_dropped(client: RawClient) -> None:
    client.open(QUERY)
    client.initialize()
    assert client.pull() == []


def test_a_second_initialize_is_refused(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY)
    assert client.call("initialize", {"processId": None, "rootUri": None, "capabilities": {}})["code"] == -32600
    assert client.pull() == ["interpolated-sql"]


@pytest.mark.parametrize(
    "body",
    [b"{", b"[]", b"17", b"null", b'{"jsonrpc": "2.0"}', b'{"id": 1}', b"\xff\xfe", b"[" * 100_000],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_message_is_ignored(shared: RawClient, body: bytes) -> None:
    shared.send_bytes(body)
    shared.open(QUERY)
    assert shared.pull() == ["interpolated-sql"]


def test_an_unknown_method_is_named(shared: RawClient) -> None:
    error = shared.call("textDocument/magic", {})
    assert error["code"] == -32601
    assert "textDocument/magic" in error["message"]


def test_an_unknown_notification_is_ignored(shared: RawClient) -> None:
    shared.notify("$/magic", {"a": [1]})
    shared.open(CLEAN)
    assert shared.pull() == []


def test_wrong_parameters_are_answered(shared: RawClient) -> None:
    assert shared.call("textDocument/diagnostic", {"nothing": 1})["code"] == -32602


def test_a_document_that_is_not_open_has_no_diagnostics(shared: RawClient) -> None:
    shared.change(2, QUERY, "untitled:other")
    assert shared.pull("untitled:other") == []
    assert shared.pull("file:///no/such/file.py") == []


def test_a_header_may_be_spelled_otherwise(shared: RawClient) -> None:
    params = {"textDocument": {"uri": "untitled:other"}}
    message = {"jsonrpc": "2.0", "id": "x", "method": "textDocument/diagnostic", "params": params}
    body = json.dumps(message).encode()
    assert shared.process.stdin
    shared.process.stdin.write(b"content-length:  %d\r\ncontent-type: anything\r\n\r\n%s" % (len(body), body))
    shared.process.stdin.flush()
    assert shared.answer("x")["result"]["items"] == []


@pytest.mark.parametrize("shutdown", [True, False])
def test_the_exit_status_tells_whether_the_client_said_goodbye(client: RawClient, shutdown: bool) -> None:
    client.initialize()
    if shutdown:
        assert client.call("shutdown") is None
    client.notify("exit")
    assert client.wait() == (0 if shutdown else 1)


def test_exit_before_initialize_ends_the_server(client: RawClient) -> None:
    client.notify("exit")
    assert client.wait() == 1


def test_a_request_after_shutdown_is_refused(client: RawClient) -> None:
    client.initialize()
    client.call("shutdown")
    assert client.call("textDocument/diagnostic", {"textDocument": {"uri": "untitled:a"}})["code"] == -32600
    client.notify("exit")
    assert client.wait() == 0


def test_a_client_that_closes_its_pipe_ends_the_server(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY)
    client.pull()
    assert client.process.stdin
    client.process.stdin.close()
    assert client.wait() == 1


def test_shutdown_does_not_wait_for_the_analysis(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY * 20_000)
    pending = client.request("textDocument/diagnostic", {"textDocument": {"uri": "untitled:query"}})
    assert client.call("shutdown") is None
    assert client.answer(pending)["error"]["code"] == -32800
    client.notify("exit")
    assert client.wait() == 0


@pytest.mark.skipif(os.name != "posix", reason="only POSIX can look whether a process lives")
def test_a_client_that_was_killed_ends_the_server_although_the_pipe_is_open(client: RawClient) -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as editor:
        client.initialize(process_id=editor.pid)
        editor.kill()
        editor.wait(TIMEOUT)
        assert client.wait() == 1


def test_ten_thousand_edits_are_pushed_once_typing_rests(client: RawClient) -> None:
    client.initialize(pull=False)
    client.open(CLEAN)
    for version in range(2, 10_001):
        client.change(version, QUERY + f"# {version}\n" if version % 2 else CLEAN)
    client.change(10_001, QUERY)
    assert [item["code"] for item in client.published(10_001)] == ["interpolated-sql"]


def test_an_edit_of_a_file_of_fifty_thousand_lines_sends_no_whole_text(client: RawClient) -> None:
    client.initialize()
    client.open("x = 1\n" * 50_000)
    for version in range(2, 1_002):  # a whole text for every one would take longer than a test may
        client.insert(version, 25_000, "y")
    assert client.pull() == []


def test_rapid_edits_and_pulls_are_all_answered(client: RawClient) -> None:
    client.initialize()
    client.open(CLEAN)
    pending = []
    for version in range(2, 1002):
        client.change(version, QUERY if version % 2 else CLEAN)
        pending.append(client.request("textDocument/diagnostic", {"textDocument": {"uri": "untitled:query"}}))
    answers = [client.answer(id) for id in pending]
    assert [item["code"] for item in answers[-1]["result"]["items"]] == ["interpolated-sql"]


def test_a_document_that_changed_while_it_was_analysed_is_analysed_again(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY + "x = 1\n" * 20_000)
    pending = client.request("textDocument/diagnostic", {"textDocument": {"uri": "untitled:query"}})
    client.change(2, CLEAN)
    assert client.answer(pending)["result"]["items"] == []


def test_a_document_that_was_closed_while_it_was_analysed_has_no_diagnostics(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY + "x = 1\n" * 20_000)
    pending = client.request("textDocument/diagnostic", {"textDocument": {"uri": "untitled:query"}})
    client.notify("textDocument/didClose", {"textDocument": {"uri": "untitled:query"}})
    assert client.answer(pending)["result"]["items"] == []


def test_a_cancelled_request_is_answered_and_others_that_wait_are_served(client: RawClient) -> None:
    client.initialize()
    client.open(QUERY + "x = 1\n" * 20_000)
    first, second = (
        client.request("textDocument/diagnostic", {"textDocument": {"uri": "untitled:query"}}) for _ in range(2)
    )
    client.notify("$/cancelRequest", {"id": first})
    assert client.answer(first)["error"]["code"] == -32800
    assert len(client.answer(second)["result"]["items"]) == 1


def test_what_the_program_prints_does_not_reach_the_client() -> None:
    patch = """
def open(self, *arguments, original=Documents.open):
    print("stray")
    os.write(1, b"stray too")
    original(self, *arguments)
Documents.open = open
"""
    with patched(patch) as client:
        client.initialize()
        client.open(QUERY)
        assert client.pull() == ["interpolated-sql"]
        client.notify("exit")
        client.wait()
        assert "stray" in client.log
        assert "stray too" in client.log


@pytest.mark.parametrize("pull", [True, False])
def test_a_defect_of_the_analysis_is_a_line_in_the_log(pull: bool) -> None:
    patch = """
async def call(self, task, *arguments, original=Worker.call):
    if b"raise" in arguments[0].content:
        raise WorkerError("a defect")
    return await original(self, task, *arguments)
Worker.call = call
"""
    with patched(patch) as client:
        client.initialize(pull=pull)
        client.open("raise")
        if pull:
            assert client.pull() == []
        else:
            assert client.published(1) == []
        client.change(2, QUERY)
        if pull:
            assert client.pull() == ["interpolated-sql"]
        else:
            assert len(client.published(2)) == 1
        message = client.notified("window/showMessage")["message"]
        assert message.endswith("query.py: a defect")
        client.notify("exit")
        client.wait()
        assert client.log.count("a defect") == 1


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with patched("module.server.session.worker._deadline = 0.0") as client:
        client.initialize()
        client.open(QUERY)
        assert client.pull() == []
        client.notify("exit")
        client.wait()
        assert "it took longer than 0 seconds" in client.log
