"""What is running when the process dies: a sweep, a delivery, an import, an adoption, a recount. Also run as a program.

``python -m tests.faults.scenarios NAME FOLDER [DATABASE_URL]`` runs one scenario over an installation.
"""

import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from npm_cases.bootstrap import App, build
from npm_cases.domain.errors import BadInput
from npm_cases.history.checkpoint_requests import CheckpointRequest
from npm_cases.history.checkpoints import Checkpoint
from npm_cases.history.hashing import leaf_hash
from npm_cases.history.tree import consistency_proof, node_hash, root_of
from npm_cases.mail.returned_folder import ReturnedFolder
from npm_cases.services import import_rows as importing
from npm_cases.services.checkpoints import declare_restore, rotate_log_key
from npm_cases.services.import_rows import import_rows
from npm_cases.services.mailroom import deliver
from npm_cases.services.office_acts import DECLARE_RESTORE, ROTATE_LOG_KEY, Seconded
from npm_cases.services.recounting import recount
from npm_cases.services.returned_mail import take_returned
from npm_cases.services.sweep import sweep
from tests.adopting import THURSDAY_FREE, adopt_calendar, calendar_with
from tests.faults.journal import HOUSE, Mailboxes
from tests.mail.reports import a_maildir, a_report, arrives
from tests.makers import CASEWORKER, COMMISSIONER, MON_2_MAR, a_caseload, a_recommendation, a_row, seconded, settings_of

SWEEP_BATCH = 4
MAIL_BATCH = 3
IMPORT_BATCH = 5
RECOUNT_BATCH = 2
ROWS = 12

# Instants in working hours: rungs of the synthetic caseload fall due before each.
FIRST, SECOND, LAST = "2027-04-06T06:00:00.000000Z", "2027-06-08T06:00:00.000000Z", "2027-09-07T06:00:00.000000Z"
ADOPTED_AT, SETTLED_AT = "2026-03-10T06:00:00.000000Z", "2026-03-10T06:05:00.000000Z"
ADOPTED = ("synthetic-2", "synthetic-3", "synthetic-4")
LEASES_RUN_OUT = ("2027-09-07T06:20:00.000000Z", "2027-09-07T06:40:00.000000Z")


def caseload(app: App) -> None:
    a_caseload(app, 6)
    for _ in range(2):
        a_recommendation(app, "issued")


def run_sweeps(app: App, _: Mailboxes) -> None:
    for now in (FIRST, SECOND, LAST):
        sweep(app.office, now, SWEEP_BATCH)


def recover_sweeps(app: App, _: Mailboxes) -> None:
    sweep(app.office, LAST, SWEEP_BATCH)


def run_mail(app: App, mailboxes: Mailboxes) -> None:
    for now in (FIRST, SECOND, LAST):
        sweep(app.office, now)
        deliver(app.office, mailboxes.send, HOUSE, now, MAIL_BATCH)


def recover_mail(app: App, mailboxes: Mailboxes) -> None:
    for now in (LAST, *LEASES_RUN_OUT):
        sweep(app.office, now)
        deliver(app.office, mailboxes.send, HOUSE, now, MAIL_BATCH)


def run_import(app: App, _: Mailboxes) -> None:
    importing.BATCH_ROWS = IMPORT_BATCH
    import_rows(app.office, [a_row(number) for number in range(1, ROWS + 1)], CASEWORKER, MON_2_MAR)


def run_rotations(app: App, _: Mailboxes) -> None:
    for now in (FIRST, SECOND, LAST):
        app.checkpoint(now)
        rotate_log_key(app.office, app.signer, seconded(app, ROTATE_LOG_KEY, now), now)


def sign_on(app: App, _: Mailboxes) -> None:
    app.checkpoint(LAST)


def sign_ahead(app: App) -> None:
    """Let the signer sign entries the database does not have, as after a backup was put in its place."""
    lost = [leaf_hash(b"lost"), leaf_hash(b"lost too")]
    with app.log() as log:
        size = log.size()

        def node(level: int, index: int) -> bytes:
            start, end = index << level, (index + 1) << level
            if end <= size:
                return log.node(level, index)
            return (
                lost[start - size]
                if not level
                else node_hash(node(level - 1, 2 * index), node(level - 1, 2 * index + 1))
            )

        ahead = Checkpoint(app.office.origin, size + len(lost), root_of(node, size + len(lost)))
        proof = consistency_proof(node, app.signer.mark().size, ahead.size)
        app.signer.sign(CheckpointRequest(app.signer.mark().size, tuple(proof), ahead.text()).text().encode())


def run_restores(app: App, _: Mailboxes) -> None:
    for now in (FIRST, SECOND, LAST):
        app.checkpoint(now)
        sign_ahead(app)
        declare_restore(app.office, app.log, app.signer, seconded(app, DECLARE_RESTORE, now), now)


def declare_again(app: App, _: Mailboxes) -> None:
    with suppress(BadInput):  # it had been declared to the signer too
        declare_restore(app.office, app.log, app.signer, Seconded("the one confirmed before", COMMISSIONER), LAST)
    app.checkpoint(LAST)


def mail_come_back(app: App) -> None:
    """Deliver, and let every mail come back; the second report on each is a repetition."""
    caseload(app)
    mailboxes = Mailboxes(app.settings.data_dir / "mailboxes")
    run_mail(app, mailboxes)
    maildir = a_maildir(app.settings.data_dir / "returned")
    for number, (message_id, to, *_) in enumerate(mailboxes.arrived()):
        for time in (1, 2):
            arrives(maildir, f"{number:04}-{time}", a_report(message_id, to))


def take_all_returned(app: App, _: Mailboxes) -> None:
    take_returned(app.office, ReturnedFolder(app.settings.data_dir / "returned"), HOUSE, LAST)


def nothing(_: App) -> None:
    """Prepare nothing: the scenario itself fills the installation."""


def clocks_running(app: App) -> None:
    """Prepare clocks that a changed March moves, and some that it leaves where they are."""
    for _ in range(4):
        a_recommendation(app, "served")
    a_caseload(app, 2)


def run_adoptions(app: App, mailboxes: Mailboxes) -> None:
    for version in ADOPTED:
        adopt_calendar(app, calendar_with(THURSDAY_FREE, version), ADOPTED_AT)
    run_recounts(app, mailboxes)


def adopt_the_rest(app: App, mailboxes: Mailboxes) -> None:
    """Propose once more whatever did not come into force, and look at the clocks."""
    known = {one.version for one in app.office.calendars}
    for version in ADOPTED:
        if version not in known:
            adopt_calendar(app, calendar_with(THURSDAY_FREE, version), ADOPTED_AT)
    run_recounts(app, mailboxes)


def a_calendar_adopted(app: App) -> None:
    clocks_running(app)
    adopt_calendar(app, calendar_with(THURSDAY_FREE), ADOPTED_AT)


def run_recounts(app: App, _: Mailboxes) -> None:
    for now in (ADOPTED_AT, SETTLED_AT):
        recount(app.office, now, RECOUNT_BATCH)


Run = Callable[[App, Mailboxes], None]
SCENARIOS: Mapping[str, tuple[Callable[[App], None], Run, Run]] = {
    # POINTS   BEFORE    TO BE KILLED  AFTER THE RESTART
    "sweep": (caseload, run_sweeps, recover_sweeps),
    "mail": (caseload, run_mail, recover_mail),
    "return": (mail_come_back, take_all_returned, take_all_returned),
    "import": (nothing, run_import, run_import),
    "rotate": (caseload, run_rotations, sign_on),
    "restore": (caseload, run_restores, declare_again),
    "adoption": (clocks_running, run_adoptions, adopt_the_rest),
    "recount": (a_calendar_adopted, run_recounts, run_recounts),
}


def main(name: str, folder: str, database_url: str = "") -> None:
    app = build(settings_of(Path(folder), database_url))
    SCENARIOS[name][1](app, Mailboxes(Path(folder) / "mailboxes"))
    app.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
