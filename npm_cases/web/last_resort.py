"""The outermost edge of the web: what nobody foresaw is logged without a value of it, and answered without a word of it."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from config.logging import logger

BODY_BYTES = 1024 * 1024
FILES = b"multipart/form-data"
SIGNED_IN = frozenset({b"cookie", b"authorization"})
"""What somebody known sends; whether it opens anything is looked at before files are read."""

Answer = Callable[[Scope, int], Awaitable[Response]]
"""Makes the page or the problem for a status: 413 for a body that is too large, 500 for what was not foreseen."""
TOO_LARGE, UNFORESEEN = 413, 500


class TooLarge(Exception):
    """A body went on beyond what this server reads."""


class LastResort:
    """Catches what got through everything else, and ends a body that is too large; files are bounded where they are stored.

    Once an answer has begun nothing can be said any more.
    """

    def __init__(self, app: ASGIApp, answer: Answer) -> None:
        self._app, self._answer = app, answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun, body = False, _Body(scope, receive)

        async def noting(message: Message) -> None:
            nonlocal begun
            if body.is_too_large and not begun:
                raise TooLarge  # the framework takes it for a body it cannot read
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, body.receive, noting)
        except TooLarge:
            await self._tell(scope, receive, send, TOO_LARGE, begun=begun)
        except Exception as error:  # the outermost edge: what nobody foresaw ends here  # noqa: BLE001
            logger().error("request_failed", error=type(error).__name__, exception=_places(error))
            await self._tell(scope, receive, send, UNFORESEEN, begun=begun)

    async def _tell(self, scope: Scope, receive: Receive, send: Send, status: int, *, begun: bool) -> None:
        if not begun:
            response = await self._answer(scope, status)
            await response(scope, receive, send)


class _Body:
    """A body that is counted as it is read; one that holds no files stops when it is too large."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = dict(scope["headers"])
        has_files = headers.get(b"content-type", b"").startswith(FILES) and not SIGNED_IN.isdisjoint(headers)
        self._receive, self._left = receive, -1 if has_files else BODY_BYTES
        self.is_too_large = False

    async def receive(self) -> Message:
        """Return the next piece; raises TooLarge."""
        message = await self._receive()
        size = len(message.get("body", b""))
        if self._left >= 0:
            self.is_too_large = size > self._left
            if self.is_too_large:
                raise TooLarge
            self._left -= size
        return message


def _places(error: BaseException) -> str:
    """Return where it happened, file and line, innermost last; messages may hold somebody's words and stay out."""
    import traceback

    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in frames[-8:])
