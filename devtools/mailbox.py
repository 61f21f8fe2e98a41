"""A mailbox for development: takes every mail by SMTP, sends none on, shows them on a page."""

import argparse
import re
import signal
import smtplib
import threading
import time
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, Response, abort, jsonify, render_template, request
from werkzeug.serving import WSGIRequestHandler, make_server

HOST = "127.0.0.1"
LARGEST_BYTES = 10_000_000
SHOWN_AT_ONCE = 200
SAME_MOMENT_SECONDS = 1
INVITATION = """BEGIN:VCALENDAR
VERSION:2.0
METHOD:REQUEST
BEGIN:VEVENT
UID:{uid}@acme.example.com
DTSTAMP:{begins:%Y%m%dT%H%M%SZ}
DTSTART:{begins:%Y%m%dT%H%M%SZ}
DURATION:PT3H30M
ORGANIZER;CN=Hugo Brandt:mailto:hugo.brandt@acme.example.com
SUMMARY:Share ideas
END:VEVENT
END:VCALENDAR
"""
LINK = re.compile(r"https?://[^\s<>\"']+")


class Folder:
    """Mails as files; their names sort by the time they came. Each is read once: a file never changes."""

    def __init__(self, path: Path) -> None:
        path.mkdir(parents=True, exist_ok=True)
        self.path = path
        self._mails: dict[str, dict[str, Any]] = {}
        self._listed_at = 0.0
        self._lock = threading.Lock()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        """Keep one mail; who it was really sent to is noted in X-Envelope-To."""
        name = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}Z-{uuid.uuid4().hex[:8]}"
        kept = f"X-Envelope-To: {', '.join(envelope.rcpt_tos)}\r\n".encode() + (envelope.original_content or b"")
        part = self.path / f"{name}.part"
        part.write_bytes(kept)
        part.rename(self.path / f"{name}.eml")
        return "250 Kept"

    def mails(self, to: str | None = None, *, after: str = "", last: int | None = None) -> list[dict[str, Any]]:
        """What has come, the oldest first: to one recipient, after one mail by its id, only the last so many."""
        with self._lock:
            self._read_what_is_new()
            kept = list(self._mails.values())
        if to is not None:
            recipient = to.lower()
            kept = [mail for mail in kept if recipient in mail["to"]]
        chosen = [mail for mail in kept if mail["id"] > after] if after else kept
        return chosen[-last:] if last else chosen

    def _read_what_is_new(self) -> None:
        now, changed_at = time.time(), self.path.stat().st_mtime
        # A folder that changed in the moment in which it was listed may have changed again since.
        if changed_at + SAME_MOMENT_SECONDS < self._listed_at:
            return
        names = sorted(file.stem for file in self.path.glob("*.eml"))
        self._mails = {name: self._mails.get(name) or _described(self.path / f"{name}.eml") for name in names}
        self._listed_at = now

    def file(self, mail_id: str) -> Path:
        """The file of one mail; raises FileNotFoundError."""
        file = self.path / f"{mail_id}.eml"
        if not re.fullmatch(r"[0-9A-Za-z-]+", mail_id) or not file.exists():
            raise FileNotFoundError(mail_id)
        return file


def _described(file: Path) -> dict[str, Any]:
    mail = message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(mail, EmailMessage)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    words = text.get_content() if text else ""
    came = datetime.strptime(file.stem.partition("-")[0], "%Y%m%dT%H%M%S%fZ").replace(tzinfo=UTC)
    bodies = [part for part in (text, html) if part is not None]
    return {
        "id": file.stem,
        "received_at": came.isoformat(),
        "from": str(mail["From"] or ""),
        "to": [address.lower() for _, address in getaddresses([str(mail["X-Envelope-To"])])],
        "subject": str(mail["Subject"] or ""),
        "text": words,
        "html": html.get_content() if html else None,
        "links": LINK.findall(words),
        "attachments": [
            {"filename": part.get_filename(), "content_type": part.get_content_type(), "content": _readable(part)}
            for part in mail.walk()
            if not part.is_multipart() and part not in bodies
        ],
    }


def _readable(part: EmailMessage) -> str:
    content = part.get_content()
    return content if isinstance(content, str) else f"({len(content)} bytes)"


def _sent(port: int, *, sender: str, to: str) -> str:
    """Forward an invitation to a coach's address, as their mail program would; what became of it, in words."""
    begins = datetime.now(UTC).replace(hour=14, minute=0, second=0, microsecond=0) + timedelta(days=7)
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, "Fwd: Share ideas"
    mail.set_content("See below.")
    mail.add_attachment(
        INVITATION.format(uid=uuid.uuid4(), begins=begins).encode(), maintype="text", subtype="calendar"
    )
    try:
        with smtplib.SMTP(HOST, port, timeout=10) as server:
            server.send_message(mail)
    except (OSError, ValueError, smtplib.SMTPException) as error:
        return f"Not taken: {error}"
    return "Taken. Look at the coach's invitations in a moment."


def create_page(folder: Folder, *, mail_in_port: int = 0) -> Flask:
    """The web page over one folder."""
    page = Flask(__name__)

    @page.get("/")
    def everything() -> str:
        to = request.args.get("to")
        return render_template(
            "mails.html", mails=folder.mails(to, last=SHOWN_AT_ONCE)[::-1], to=to, mail_in=mail_in_port
        )

    @page.post("/try")
    def send_one() -> str:
        said = _sent(mail_in_port, sender=request.form.get("from", ""), to=request.form.get("to", ""))
        return render_template("mails.html", mails=folder.mails(last=SHOWN_AT_ONCE)[::-1], mail_in=True, said=said)

    @page.get("/messages.json")
    def messages() -> Response:
        return jsonify(folder.mails(request.args.get("to"), after=request.args.get("after", "")))

    @page.get("/<mail_id>")
    def one(mail_id: str) -> str:
        return render_template("mail.html", mail=_described(_found(folder, mail_id)))

    @page.get("/<mail_id>.eml")
    def raw(mail_id: str) -> Response:
        return Response(_found(folder, mail_id).read_bytes(), content_type="text/plain; charset=utf-8")

    return page


def _found(folder: Folder, mail_id: str) -> Path:
    try:
        return folder.file(mail_id)
    except FileNotFoundError:
        abort(404)


class Quiet(WSGIRequestHandler):
    """Requests of the page are not worth a line in the terminal."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def main() -> None:
    """Receive and show mails until a signal says stop."""
    parser = argparse.ArgumentParser(prog="python -m devtools.mailbox", description=__doc__)
    parser.add_argument("--smtp-port", type=int, default=1025)
    parser.add_argument("--web-port", type=int, default=8025)
    parser.add_argument("--mail-in-port", type=int, default=0, help="where forwarded invitations come in")
    parser.add_argument("--folder", type=Path, required=True, help="where the mails are kept")
    options = parser.parse_args()
    folder = Folder(options.folder)
    smtp = Controller(folder, hostname=HOST, port=options.smtp_port, data_size_limit=LARGEST_BYTES)
    web = make_server(
        HOST,
        options.web_port,
        create_page(folder, mail_in_port=options.mail_in_port),
        threaded=True,
        request_handler=Quiet,
    )
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    smtp.start()
    threading.Thread(target=web.serve_forever, daemon=True).start()
    print(f"mail: SMTP on port {options.smtp_port}, page at http://{HOST}:{web.server_port}/", flush=True)
    stop.wait()
    web.shutdown()
    smtp.stop()


if __name__ == "__main__":
    main()
