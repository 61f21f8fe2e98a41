"""A real SMTP server in the test's process that keeps what it gets."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


def free_port() -> int:
    """A port of the loopback interface that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Mailbox(list[EmailMessage]):
    """The mails received, in order."""

    port: int = 0

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator["Mailbox"]:
        mailbox = cls()
        mailbox.port = free_port()
        controller = Controller(mailbox, hostname="127.0.0.1", port=mailbox.port)
        controller.start()
        try:
            yield mailbox
        finally:
            controller.stop()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802  aiosmtpd's name
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.append(message)
        return "250 OK"

    def to(self, address: str) -> list[EmailMessage]:
        """What one address has received."""
        return [message for message in self if message["To"] == address]

    def besides_invoices(self, address: str) -> list[EmailMessage]:
        """The same without the mails that bring an invoice or a credit note: those come when their job is done."""
        return [mail for mail in self.to(address) if "/invoices/" not in mail.get_body(("plain",)).get_content()]
