"""pygls with what it lacks: every work-around for it stands here, with the reason, and goes when it is mended there.

All were seen in pygls 2.1.1.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any, BinaryIO

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.language_server import lsp_method

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from concurrent.futures import Future


class Protocol(LanguageServerProtocol):
    """The protocol as it is specified, where pygls falls short of it."""

    @property
    def exit_code(self) -> int:
        """0 after `shutdown`, else 1; `start_io` swallows the `SystemExit` that carries it."""
        return 0 if self._shutdown else 1

    def _user_handler(self, method: str, params: Any) -> Generator[Any, Any, None]:
        """Hand what happens to documents to our own handlers alone. Upstream keeps every document a second time,
        splits its lines at form feeds and U+2028, which are no line ends in the protocol, so that changes go to the
        wrong lines from then on, and builds the whole text anew for every change."""
        if handler := self.fm.features.get(method):
            yield handler, (params,), None

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was opened."""
        yield from self._user_handler(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was changed."""
        yield from self._user_handler(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Generator[Any, Any, None]:
        """A document was closed."""
        yield from self._user_handler(types.TEXT_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_OPEN)
    def lsp_notebook_document__did_open(self, params: types.DidOpenNotebookDocumentParams) -> Generator[Any, Any, None]:
        """A notebook was opened."""
        yield from self._user_handler(types.NOTEBOOK_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CHANGE)
    def lsp_notebook_document__did_change(
        self, params: types.DidChangeNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        """A notebook was changed."""
        yield from self._user_handler(types.NOTEBOOK_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.NOTEBOOK_DOCUMENT_DID_CLOSE)
    def lsp_notebook_document__did_close(
        self, params: types.DidCloseNotebookDocumentParams
    ) -> Generator[Any, Any, None]:
        """A notebook was closed."""
        yield from self._user_handler(types.NOTEBOOK_DOCUMENT_DID_CLOSE, params)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *_: object) -> Generator[Any, Any, None]:
        """The editor is about to leave. Upstream walks over the requests while cancelling them changes them."""
        if handler := self.fm.features.get(types.SHUTDOWN):
            yield handler, (None,), None
        own = self.msg_id
        for id, future in list(self._request_futures.items()):
            if id != own and not future.done():
                future.cancel()
        self._shutdown = True

    def structure_message(self, data: dict[str, Any]) -> Any:
        """Make a message of JSON. Upstream, a request whose parameters are wrong is never answered."""
        try:
            return super().structure_message(data)
        except JsonRpcException as error:
            if "id" in data and "method" in data:
                self._send_response(data["id"], error=error.to_response_error())
            raise

    def handle_message(self, message: Any) -> None:
        """Hand a message to its handler. Upstream, a request before `initialize` is an internal error, one after
        `shutdown` is never answered, and a second `initialize` starts afresh."""
        method = getattr(message, "method", None)
        initialized = self._workspace is not None
        refusal: JsonRpcException | None = None
        if self._shutdown:
            refusal = JsonRpcInvalidRequest("the server is shutting down")
        elif not initialized and method != types.INITIALIZE:
            refusal = JsonRpcServerNotInitialized()
        elif initialized and method == types.INITIALIZE:
            refusal = JsonRpcInvalidRequest("the server is initialized already")
        if refusal is None or method in (None, types.EXIT):
            super().handle_message(message)
        elif hasattr(message, "id"):
            self._send_response(message.id, error=refusal.to_response_error())

    def _check_handler_result(self, future: Future[Any]) -> None:
        """Called when the handler of a notification is done. Upstream, its future is kept for ever."""
        super()._check_handler_result(future)
        for key in [key for key, value in self._request_futures.items() if value is future]:
            del self._request_futures[key]


class Headers:
    """A stream of messages whose headers are spelled as pygls reads them: it knows `Content-Length` in this case alone,
    without a space more or less, and would wait for ever for the end of a message that it took no notice of."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readline(self) -> bytes:
        """The next line of a header."""
        line = self._stream.readline()
        name, separator, value = line.partition(b":")
        if separator and name.strip().lower() == b"content-length":
            return b"Content-Length: %s\r\n" % value.strip()
        return line if line.strip() or not line else b"\r\n"

    def read(self, size: int) -> bytes:
        """The next bytes of a message."""
        return self._stream.read(size)


def end_with(process_id: int, stop: Callable[[], None]) -> None:
    """Call `stop` and end this process when the editor's is gone; runs in a thread of its own. Upstream, only the end
    of stdin ends the server, but an editor that was killed may leave the pipe open in another child."""
    while os.name == "posix":  # elsewhere `kill` has no signal that only looks
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            stop()
            os._exit(1)  # the thread that reads stdin cannot be asked to end
        except PermissionError:
            pass
        time.sleep(1)
