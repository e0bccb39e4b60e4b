"""Letters out: written from our own templates, delivered over a secure line. The only importer of aiosmtplib."""

from npm_cases.mail.delivery import deliver
from npm_cases.mail.errors import ConfigurationRefused, LetterRefused
from npm_cases.mail.letters import Letter, as_message
from npm_cases.mail.outcomes import Delivery, Outcome, Stage
from npm_cases.mail.settings import SmtpSettings
from npm_cases.mail.templates import TemplateRefused, render

__all__ = [
    "ConfigurationRefused",
    "Delivery",
    "Letter",
    "LetterRefused",
    "Outcome",
    "SmtpSettings",
    "Stage",
    "TemplateRefused",
    "as_message",
    "deliver",
    "render",
]
