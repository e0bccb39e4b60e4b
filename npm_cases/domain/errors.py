"""What can go wrong, each class saying what the caller does next.

One map in the command line turns a class into an exit code; the pages turn it into an HTTP status. What is said is a
``Said`` of ``messages.py``, in the language of the reader; a plain text is for what only a set-up can cause.
"""

from npm_cases.domain.messages import Said


class CaseError(Exception):
    """Something a person asked for was not done; nothing was changed.

    ``str()`` of it is what the command line prints: English, with what to type.
    """

    def __init__(self, message: str | Said = "") -> None:
        super().__init__(str(message))
        self.message = message

    @property
    def code(self) -> str:
        """Which sentence it is; empty for a plain text."""
        return self.message.code if isinstance(self.message, Said) else ""

    @property
    def field(self) -> str:
        """The field of a form it is about; empty where it is about none."""
        return self.message.field if isinstance(self.message, Said) else ""

    def said(self, lang: str) -> str:
        """Say it on a page in ``lang`` (kk, ru, en), its field in front; a plain text is said as it is."""
        return self.message.in_(lang) if isinstance(self.message, Said) else self.message

    def beside(self, lang: str) -> str:
        """Say it beside its field in a form, which is not named again."""
        return self.message.beside(lang) if isinstance(self.message, Said) else self.message


class NotFound(CaseError):
    """There is no such thing, or it may not be known to this person: check the number."""


class NotAllowed(CaseError):
    """This person may not see or do this: ask somebody who holds the role named."""


class Conflict(CaseError):
    """Somebody else moved first: load the case again and decide anew."""


class RefusedByRule(CaseError):
    """A rule stands against the act; every reason is given, with who may act and what is permitted now."""

    def __init__(
        self,
        message: str | Said,
        reasons: tuple[str, ...],
        roles: tuple[str, ...] = (),
        permitted: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.reasons = reasons
        self.roles = roles
        self.permitted = permitted


class WrongRole(RefusedByRule):
    """The act exists here, but not for this role: ask somebody who holds one of the roles named."""


class BadInput(CaseError):
    """A value cannot be used: the message names the field, what is wrong with it, and what is expected."""


class IntegrityBroken(CaseError):
    """The stored history does not agree with itself: stop, keep everything, and call the auditor."""


class ConfigurationError(CaseError):
    """A setting or a file of the installation is missing or wrong; the message names it."""


class TryAgain(CaseError):
    """The database or the mail server could not be reached in time: nothing was changed, try again."""


class ClockWrong(TryAgain):
    """The clock of this machine cannot be right: nothing was done; set it right, and the next run goes on."""


class AskAgain(TryAgain):
    """The connection was lost, or two acts stood in each other's way: nothing was changed, and it is asked once more."""


class OutcomeUnknown(TryAgain):
    """The connection was lost while the act was being made durable: it may be done. Under its key it is asked once more."""


class SigningRefused(IntegrityBroken):
    """The signer stands further than the log, or at another root: nothing was signed. Keep everything, call the auditor."""

    def __init__(self, message: str | Said, size: int) -> None:
        super().__init__(message)
        self.size = size
