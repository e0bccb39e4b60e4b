"""Whether a pack may be worked by: a draft, of whose law something is still asked, is for sandboxes only."""

from npm_cases.domain.errors import ConfigurationError
from npm_cases.domain.mechanism import DRAFT
from npm_cases.domain.pack import Pack


def check_status(pack: Pack, *, sandbox: bool) -> None:
    """Let nobody work in earnest by a draft.

    Raises ConfigurationError, which says how many questions are open and where they are listed.
    """
    if pack.status == DRAFT and not sandbox:
        raise ConfigurationError(
            f"pack {pack.id} is a draft with {len(pack.mechanism.questions)} open questions, and a draft runs in a sandbox "
            f"only: `npm-cases policy show --country {pack.id}` lists them; answer them in its file and set its status, or "
            "use `npm-cases init --sandbox`"
        )
