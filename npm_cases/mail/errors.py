"""What mail refuses before a connection is opened. What a server does is a ``Delivery``, not an error."""


class ConfigurationRefused(Exception):
    """The settings would send mail where it can be read or changed on its way; the administrator has to mend them."""


class LetterRefused(Exception):
    """One letter cannot be written down safely; the others are sent. The message names the part, never its content."""

    def __init__(self, message_id: str, reason: str) -> None:
        super().__init__(reason)
        self.message_id = message_id
        self.reason = reason
