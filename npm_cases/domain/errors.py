"""What can go wrong, each class saying what the caller does next.

One map in the command line turns a class into an exit code; the pages will turn it into an HTTP status.
"""


class CaseError(Exception):
    """Something a person asked for was not done; nothing was changed."""


class NotFound(CaseError):
    """There is no such thing, or it may not be known to this person: check the number."""


class NotAllowed(CaseError):
    """This person may not see or do this: ask somebody who holds the role named."""


class Conflict(CaseError):
    """Somebody else moved first: load the case again and decide anew."""


class RefusedByRule(CaseError):
    """A rule stands against the act; every reason is given, with who may act and what is permitted now."""

    def __init__(
        self, message: str, reasons: tuple[str, ...], roles: tuple[str, ...] = (), permitted: tuple[str, ...] = ()
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


class SigningRefused(IntegrityBroken):
    """The signer stands further than the log, or at another root: nothing was signed. Keep everything, call the auditor."""

    def __init__(self, message: str, size: int) -> None:
        super().__init__(message)
        self.size = size
