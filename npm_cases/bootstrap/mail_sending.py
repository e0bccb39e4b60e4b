"""What sends mail: letters filled in from our templates and delivered over the server the settings name."""

from collections.abc import Sequence

from config.settings import Settings
from npm_cases.services.mailroom import Outgoing, SendAll, Tried


def mail_sender(settings: Settings) -> SendAll:
    """Return what fills in letters and delivers them over the configured server."""
    from npm_cases.mail import Letter, SmtpSettings, deliver, render

    password = settings.smtp_password.get_secret_value() if settings.smtp_password else None
    server = SmtpSettings(
        host=settings.smtp_host, port=settings.smtp_port, security=settings.smtp_security, sender=settings.smtp_sender,
        username=settings.smtp_username or None, password=password, reply_to=settings.smtp_reply_to,
        ca_file=settings.smtp_ca_file, connect_timeout=settings.smtp_timeout_seconds,
        command_timeout=settings.smtp_timeout_seconds, data_timeout=settings.smtp_timeout_seconds,
        connections=settings.smtp_connections,
    )  # fmt: skip

    def send(outgoing: Sequence[Outgoing]) -> list[Tried]:
        letters = []
        for mail in outgoing:
            subject, plain, html = render(mail.template, mail.lang, **mail.values)
            letters.append(Letter(mail.message_id, mail.to, subject, plain, html, mail.lang, mail.written_at))
        return [
            Tried(d.message_id, d.outcome.value, d.stage.value, d.code or 0, d.reason) for d in deliver(letters, server)
        ]

    return send
