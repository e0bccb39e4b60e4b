"""An installation set up for the first time, or brought to the tables of this program."""

from contextlib import closing

from config.settings import Settings
from npm_cases.bootstrap.app import App
from npm_cases.bootstrap.log_signer import set_up_signer
from npm_cases.bootstrap.new_names import new_id
from npm_cases.bootstrap.opening import SANDBOX, build, owners_database
from npm_cases.bootstrap.policy import pin
from npm_cases.domain.errors import ConfigurationError
from npm_cases.packs.known import load_pack
from npm_cases.persistence.database import Database
from npm_cases.persistence.key_ring import make_key_ring
from npm_cases.persistence.migrate import migrate
from npm_cases.persistence.work import SqlWork
from npm_cases.services.log import LOG_KEY
from npm_cases.services.policy_status import check_status

EARNEST = "npm-cases/"
"""What the name of a log begins with that is no sandbox's; every event carries it."""


def initialise(settings: Settings, *, sandbox: bool) -> App:
    """Create or migrate the database, the wrapping key and the folders; a sandbox stays one for ever.

    Raises ConfigurationError when an existing installation would change its nature; BadPack. One in earnest goes on by the
    rules it was set up with until others are adopted.
    """
    if not settings.data_dir.exists():
        settings.data_dir.mkdir(parents=True, mode=0o700)  # names of posts and places lie in it unsealed
    with closing(owners_database(settings)) as database:
        migrate(database)
        make_key_ring(settings.data_dir, settings.key_store_url, settings.busy_seconds, database)
        _make_it_known(settings, database, sandbox=sandbox)
    return build(settings)


def _make_it_known(settings: Settings, database: Database, *, sandbox: bool) -> None:
    """Write down what this installation is: its name, the rules it goes by, and the key of its log."""
    with SqlWork(database) as work:
        meta = {row["name"]: row["value"] for row in work.rows("meta")}
        if "origin" not in meta:
            check_status(load_pack(settings.country), sandbox=sandbox)
            meta["origin"] = f"{SANDBOX if sandbox else EARNEST}{new_id()}"
            work.insert("meta", {"name": "origin", "value": meta["origin"]})
        elif sandbox != meta["origin"].startswith(SANDBOX):
            nature = "not a sandbox" if sandbox else "a sandbox"
            raise ConfigurationError(
                f"the database in {settings.data_dir} is {nature} and stays so; use another folder"
            )
        if not sandbox:
            pin(work, settings.country)
        if LOG_KEY not in meta:
            work.insert("meta", {"name": LOG_KEY, "value": set_up_signer(settings, meta["origin"])})
        work.commit()
