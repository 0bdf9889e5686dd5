"""pygls with what it lacks: every work-around for it stands here, with the reason, and goes when it is mended there.

All were seen in pygls 2.1.1. One more is made by a setting: `server.py` asks for whole documents instead of changes,
because `TextDocument.lines` splits at form feeds and U+2028 too (`str.splitlines`), which are no line ends in the
protocol, and so puts changes into the wrong lines from then on.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInvalidRequest, JsonRpcServerNotInitialized
from pygls.protocol import LanguageServerProtocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future


class Protocol(LanguageServerProtocol):
    """The protocol as it is specified, where pygls falls short of it."""

    @property
    def exit_code(self) -> int:
        """0 after `shutdown`, else 1; `start_io` swallows the `SystemExit` that carries it."""
        return 0 if self._shutdown else 1

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
