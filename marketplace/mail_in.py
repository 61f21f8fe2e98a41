"""Mail that comes in: a server of LMTP or SMTP behind the operator's own mail server.

    python -m marketplace.mail_in

It keeps what is sent to the secret address of a coach, and leaves the reading to the worker. It sends nothing.
"""

import asyncio
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any

import structlog
from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from marketplace.asks.invitations.mailboxes import service as mailboxes
from marketplace.config import Settings

# A server that says nothing for so long has gone; no mail takes so many commands.
SILENCE_SECONDS, MOST_COMMANDS = 60, 50

KEPT = "250 2.0.0 Kept"
NOBODY = "550 5.1.1 There is no such address here"
ONE_AT_A_TIME = "452 4.5.3 One recipient at a time"
TOO_OFTEN = "451 4.7.1 Too many mails for this address, try again later"
TOO_LARGE = "552 5.3.4 This mail is too large"
LATER = "451 4.3.0 Try again later"

log = structlog.get_logger()


class Inbox:
    """Answers the mail server; every question to the database has a thread, and a context of the application."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        settings: Settings = app.extensions["settings"]
        self._most_bytes = settings.mail_in_most_bytes

    async def handle_RCPT(  # noqa: N802  aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Whether a mail to that address would be taken."""
        # An answer to LMTP's DATA is for one recipient: the mail server sends the others by themselves.
        if envelope.rcpt_tos:
            return ONE_AT_A_TIME
        answer = await self._asked(lambda: mailboxes.check_recipient(address))
        if answer == KEPT:
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 OK"
        return answer

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a mail; what is said to be kept is committed."""
        raw = envelope.original_content or b""
        if len(raw) > self._most_bytes:
            return TOO_LARGE
        null_sender = not (envelope.mail_from or "").strip("<> ")
        (address,) = envelope.rcpt_tos
        return await self._asked(lambda: mailboxes.take_in(address, raw, null_sender=null_sender))

    async def _asked(self, command: Callable[[], None]) -> str:
        return await asyncio.to_thread(self._answer, command)

    def _answer(self, command: Callable[[], None]) -> str:
        try:
            with self._app.app_context():
                command()
        except mailboxes.NoSuchAddress:
            return NOBODY
        except mailboxes.TooManyMails:
            return TOO_OFTEN
        except Exception:
            # The mail server keeps it and tries again.
            log.exception("mail_in.failed")
            return LATER
        return KEPT


class MailIn(Controller):
    """The server, in a thread of its own."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["settings"]
        self._protocol = LMTP if settings.mail_in_protocol == "lmtp" else SMTP
        self._options: dict[str, Any] = {
            "data_size_limit": settings.mail_in_most_bytes,
            "enable_SMTPUTF8": True,
            "ident": "Fairhour",
            "hostname": settings.mail_in_domain,
            "timeout": SILENCE_SECONDS,
            "command_call_limit": MOST_COMMANDS,
        }
        super().__init__(Inbox(app), hostname=settings.mail_in_host, port=settings.mail_in_port)

    def factory(self) -> SMTP:
        """One connection."""
        return self._protocol(self.handler, **self._options)


def main() -> None:
    """Take mail in until a signal says stop."""
    from marketplace.app import create_app  # noqa: PLC0415  a door of its own, as the worker is

    app = create_app()
    settings: Settings = app.extensions["settings"]
    if not settings.mail_in_domain:
        sys.exit("MAIL_IN_DOMAIN is not set, so no mail is taken in.")
    server = MailIn(app)
    stop = threading.Event()
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, lambda *_: stop.set())
    server.start()
    log.info("mail_in.listens", host=settings.mail_in_host, port=settings.mail_in_port)
    stop.wait()
    server.stop()


if __name__ == "__main__":
    main()
