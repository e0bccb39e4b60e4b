"""The signer of the log: where its key and its mark lie, how it is reached, and how it is set up."""

from pathlib import Path

from config.settings import Settings
from npm_cases.history.checkpoints import Checkpoint
from npm_cases.persistence.signer_program import KEY_FILE, MARK_FILE, SignerProgram


def signer_of(settings: Settings) -> SignerProgram:
    """Return the program that holds the log's key: our own, or the one a setting names."""
    return SignerProgram(settings.signer_command, _signer_folder(settings))


def signer_at_hand(settings: Settings) -> Checkpoint | None:
    """Return the last checkpoint the signer remembers; None where no signer is at hand.

    Raises ConfigurationError for one whose key or mark is broken.
    """
    if not settings.signer_command and not (_signer_folder(settings) / KEY_FILE).exists():
        return None
    return signer_of(settings).mark()


def _signer_folder(settings: Settings) -> Path:
    return settings.signer_dir or settings.data_dir / "signer"


def set_up_signer(settings: Settings, origin: str) -> str:
    """Make the log's key and mark unless a signer elsewhere has them, and return the verifier key of the log."""
    folder = _signer_folder(settings)
    if settings.signer_command or (folder / KEY_FILE).exists():
        return signer_of(settings).key()
    from npm_cases.proving.signer import Files, init

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return init(Files(folder / KEY_FILE, folder / MARK_FILE), origin)
