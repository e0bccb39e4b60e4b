"""How to reach the mail server, and how long to wait for it. Clear text is for this machine alone."""

import ssl
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from npm_cases.mail.addresses import is_unprintable, mailbox
from npm_cases.mail.errors import ConfigurationRefused


@dataclass(frozen=True)
class SmtpSettings:
    """The mail server and our own addresses. Time limits are seconds, each for one answer of the server.

    ``connect_timeout`` covers the connection with its TLS, and then the greeting; ``command_timeout`` each command;
    ``data_timeout`` the answer after the final dot. After ``stuck_limit`` letters in a row without an answer the rest
    of the batch waits for the next try. At most ``connections`` are used at once. ``ca_file`` is for a server whose
    certificate only the office vouches for.
    Raises ConfigurationRefused: clear text beyond this machine, a user without a password, a limit of nothing.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    connect_timeout: float = 30.0
    command_timeout: float = 60.0
    data_timeout: float = 300.0
    reply_to: str = ""
    sender_name: str = ""
    ca_file: Path | None = None
    stuck_limit: int = 3
    connections: int = 1

    def __post_init__(self) -> None:
        if self.security not in {"starttls", "tls", "none"}:
            raise ConfigurationRefused(f"the mail security {self.security!r} is not known; set starttls or tls")
        self._check_addresses()
        if self.security == "none" and not self.is_loopback:
            raise ConfigurationRefused("mail in clear text is only for a server on this machine; set starttls or tls")
        if (self.username is None) != (self.password is None):
            raise ConfigurationRefused("a mail user and a mail password go together; set both or neither")
        if min(self.connect_timeout, self.command_timeout, self.data_timeout, self.stuck_limit) <= 0:
            raise ConfigurationRefused("a time limit of mail is zero or less; without a limit one letter holds up all")
        if self.connections < 1:
            raise ConfigurationRefused("mail needs at least one connection")

    def _check_addresses(self) -> None:
        for name, address in (("sender", self.sender), ("reply address", self.reply_to or self.sender)):
            try:
                mailbox(address)
            except ValueError as error:
                raise ConfigurationRefused(f"the mail {name}: {error}") from error
        if is_unprintable(self.sender_name) or "=?" in self.sender_name:
            raise ConfigurationRefused("the mail sender's name holds a control character or an encoded word")

    @property
    def is_loopback(self) -> bool:
        """Whether the host is this machine: by its number, or by the one name that never means another (RFC 6761)."""
        try:
            return self.host == "localhost" or ip_address(self.host).is_loopback
        except ValueError:
            return False

    @cached_property
    def tls_context(self) -> ssl.SSLContext:
        """Certificates are checked, names too; TLS 1.2 or later. Raises ConfigurationRefused for a bad ``ca_file``."""
        try:
            context = ssl.create_default_context(cafile=self.ca_file)
        except OSError as error:
            raise ConfigurationRefused(f"the file of mail certificates {self.ca_file} cannot be read") from error
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        return context
