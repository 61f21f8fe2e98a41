"""A real SMTP server in the test's process that keeps what it gets."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


class Mailbox(list[EmailMessage]):
    """The mails received, in order."""

    port: int = 0

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator["Mailbox"]:
        mailbox = cls()
        controller = Controller(mailbox, hostname="127.0.0.1", port=0)
        controller.start()
        mailbox.port = controller.server.sockets[0].getsockname()[1]
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
