"""The only place that picks real parts: an installation set up, opened, copied, and what it sends and signs with."""

from npm_cases.bootstrap.app import App
from npm_cases.bootstrap.log_signer import signer_at_hand
from npm_cases.bootstrap.mail_sending import mail_sender
from npm_cases.bootstrap.new_names import new_id
from npm_cases.bootstrap.opening import (
    CRASH_VARIABLE,
    SANDBOX,
    build,
    build_for_life,
    copy_of,
    database_of,
    office_over,
    on_simulated_clock,
    owners_database,
    url_of,
)
from npm_cases.bootstrap.setting_up import initialise
from npm_cases.bootstrap.trial_caseload import bundled_caseload, caseload_for

__all__ = [
    "CRASH_VARIABLE",
    "SANDBOX",
    "App",
    "build",
    "build_for_life",
    "bundled_caseload",
    "caseload_for",
    "copy_of",
    "database_of",
    "initialise",
    "mail_sender",
    "new_id",
    "office_over",
    "on_simulated_clock",
    "owners_database",
    "signer_at_hand",
    "url_of",
]
