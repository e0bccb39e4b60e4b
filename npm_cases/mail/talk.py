"""The talk with one mail server, step by step, so that it is always known what was already sent.

aiosmtplib speaks the protocol. Its own ``send_message`` does not say whether a link broke before or after the final
dot, and that is the one thing that decides between "not sent" and "nobody knows". There is no fallback: without TLS as
set, nothing is sent.
"""

import asyncio
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

from aiosmtplib import SMTP, SMTPException, SMTPResponseException, SMTPServerDisconnected

from npm_cases.mail.addresses import mailbox
from npm_cases.mail.outcomes import SERVER_STAGES, Delivery, Stage, answered, unanswered
from npm_cases.mail.settings import SmtpSettings

_OK: Final = 250
_GO_AHEAD: Final = 354
_GOING_AWAY: Final = 421
_FAREWELL_SECONDS: Final = 5.0  # everything is sent by then; a server slow to say goodbye is not waited for
_DOT_AT_START: Final = re.compile(rb"(?m)^\.")
_LOST: Final = "the link was lost"


class Stopped(Exception):
    """A step did not succeed: its stage, and what the server answered, or why there was no answer."""

    def __init__(self, stage: Stage, *, code: int | None = None, text: str = "", reason: str = "") -> None:
        super().__init__(stage)
        self.stage = stage
        self.code = code
        self.text = text
        self.reason = reason

    @property
    def is_end_of_line(self) -> bool:
        """Whether the server had ended the connection, as many do after a number of letters or some idle time."""
        return self.code == _GOING_AWAY or self.reason == _LOST

    def of(self, message_id: str) -> Delivery:
        if self.code is None:
            return unanswered(message_id, self.stage, self.reason)
        return answered(message_id, self.stage, self.code, self.text)


class Talk:
    """One connection at a time to one server; ``open`` before each letter, ``recover`` after each Stopped."""

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._client: SMTP | None = None
        self._transport: asyncio.WriteTransport | None = None

    @property
    def is_open(self) -> bool:
        return self._client is not None and self._client.is_connected

    async def open(self) -> None:
        """Connect, secure the line as set, and log in; nothing if the line stands. Raises Stopped."""
        if self.is_open:
            return
        settings, limit = self._settings, self._settings.command_timeout
        self._client = client = _client(settings)
        with _at(Stage.CONNECT):
            await client.connect(timeout=settings.connect_timeout)
        self._transport = _transport_of(client)
        with _at(Stage.EHLO):
            await client.ehlo(timeout=limit)
        if settings.security == "starttls":
            with _at(Stage.STARTTLS):
                if not client.supports_extension("starttls"):
                    raise Stopped(Stage.STARTTLS, reason="the server offers no TLS, so nothing was sent")
                await client.starttls(timeout=limit)
            self._transport = _transport_of(client)
            with _at(Stage.EHLO):
                await client.ehlo(timeout=limit)
        if settings.username is not None and settings.password is not None:
            with _at(Stage.AUTH):
                await client.login(settings.username, settings.password, timeout=limit)

    async def hand_over(self, to: str, content: bytes) -> None:
        """Hand one message over, to its final dot and the server's answer. Raises Stopped.

        A server that can is asked to report a failure only, and to give back the headers without the text.
        """
        client, limit = self._client, self._settings.command_timeout
        if client is None:
            raise Stopped(Stage.CONNECT, reason=_LOST)
        reports = client.supports_extension("dsn")
        with _at(Stage.MAIL):
            wanted = ["RET=HDRS"] if reports else []
            await client.mail(mailbox(self._settings.sender), options=wanted, timeout=limit)
        with _at(Stage.RCPT):
            wanted = ["NOTIFY=FAILURE", f"ORCPT=rfc822;{_xtext(to)}"] if reports else []
            await client.rcpt(to, options=wanted, timeout=limit)
        with _at(Stage.DATA):
            ready = await client.execute_command(b"DATA", timeout=limit)
            if ready.code != _GO_AHEAD:
                raise SMTPResponseException(ready.code, ready.message)
            protocol = client.protocol
            if protocol is None:
                raise SMTPServerDisconnected(_LOST)
            protocol.write(_DOT_AT_START.sub(b"..", content) + b".\r\n")
        with _at(Stage.AFTER_DOT):
            response = await protocol.read_response(timeout=self._settings.data_timeout)
            if response.code != _OK:
                raise SMTPResponseException(response.code, response.message)

    async def recover(self, stopped: Stopped) -> None:
        """Make the line fit for the next letter: begin anew after an answer about a letter, drop it otherwise."""
        is_usable = stopped.stage not in SERVER_STAGES and stopped.code not in {None, _GOING_AWAY}
        if self._client is None or not is_usable or not self.is_open:
            self._drop()
            return
        try:
            await self._client.rset(timeout=self._settings.command_timeout)
        except SMTPException:
            self._drop()

    async def end(self) -> None:
        """Say goodbye and hang up, whatever the server does."""
        if self._client is not None and self.is_open:
            with suppress(SMTPException):
                await self._client.quit(timeout=min(_FAREWELL_SECONDS, self._settings.command_timeout))
        self._drop()
        for _ in range(3):  # socket, TLS, protocol: each is told of the end in a round of the event loop of its own
            await asyncio.sleep(0)

    def _drop(self) -> None:
        client, transport = self._client, self._transport
        self._client = self._transport = None
        if client is not None:
            client.close()
        if transport is not None:
            transport.abort()  # a graceful end of TLS would wait for the server that does not answer


def _client(settings: SmtpSettings) -> SMTP:
    return SMTP(
        hostname=settings.host,
        port=settings.port,
        timeout=settings.command_timeout,
        use_tls=settings.security == "tls",
        start_tls=False,  # done step by step above, under its own stage
        tls_context=None if settings.security == "none" else settings.tls_context,
        local_hostname=mailbox(settings.sender).rpartition("@")[2],  # this machine's own name is nobody's business
    )


def _xtext(address: str) -> str:
    """Write an address as a parameter (RFC 3461 section 4), so that a report names it even if it became another."""
    return "".join(f"+{ord(one):02X}" if one in "+=" else one for one in address)


def _transport_of(client: SMTP) -> asyncio.WriteTransport | None:
    """The transport, held here too: aiosmtplib forgets it when it closes a line, and TLS would then linger."""
    return client.transport if isinstance(client.transport, asyncio.WriteTransport) else None


@contextmanager
def _at(stage: Stage) -> Iterator[None]:
    """Turn whatever ends a step into Stopped at its stage."""
    try:
        yield
    except SMTPResponseException as error:
        if error.code < 0:  # aiosmtplib's sign for an answer that is no SMTP
            raise Stopped(stage, reason="an answer without meaning came") from error
        raise Stopped(stage, code=error.code, text=error.message) from error
    except TimeoutError as error:
        raise Stopped(stage, reason="no answer came in time") from error
    except ssl.SSLError as error:
        raise Stopped(stage, reason=_tls_reason(error)) from error
    except SMTPException as error:
        if isinstance(error.__cause__, ssl.SSLError):
            raise Stopped(stage, reason=_tls_reason(error.__cause__)) from error
        lost = isinstance(error, ConnectionError)
        raise Stopped(stage, reason=_LOST if lost else "the server does not offer what is set") from error
    except OSError as error:
        raise Stopped(stage, reason=_LOST) from error


def _tls_reason(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the server's certificate is not valid for it (OpenSSL {error.verify_code}), so nothing was sent"
    return "no secure line came about, so nothing was sent"
