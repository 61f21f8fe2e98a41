"""The development mailbox: what is sent to it can be read, and is still there tomorrow."""

import smtplib
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
import requests

from devtools import mailbox
from devtools.mailbox import Folder
from devtools.run import free_port

pytestmark = pytest.mark.real


class Running:
    """A mailbox process on ports of its own."""

    def __init__(self, folder: Path) -> None:
        self.smtp_port, self.web_port = free_port(0), free_port(0)
        self.url = f"http://127.0.0.1:{self.web_port}"
        ports = ["--smtp-port", str(self.smtp_port), "--web-port", str(self.web_port)]
        command = [sys.executable, "-m", "devtools.mailbox", *ports, "--folder", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert "SMTP on port" in self.process.stdout.readline()

    def send(self, mail: EmailMessage, *to: str) -> None:
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=5) as smtp:
            smtp.send_message(mail, from_addr="site@fairhour.example", to_addrs=to)

    def mails(self, **params: str) -> list[dict]:
        return requests.get(f"{self.url}/messages.json", params=params, timeout=5).json()

    def stop(self) -> int:
        with self.process:
            self.process.terminate()
            return self.process.wait()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mail")


@pytest.fixture(scope="module")
def box(folder: Path) -> Iterator[Running]:
    running = Running(folder)
    yield running
    assert running.stop() == 0


def a_mail(subject: str, text: str = "Hello") -> EmailMessage:
    mail = EmailMessage()
    mail["From"] = "Fairhour <site@fairhour.example>"
    mail["To"] = "Mia <mia@demo.example>"
    mail["Subject"] = subject
    mail.set_content(text)
    return mail


def test_a_mail_is_kept_with_its_text_its_links_and_its_invite(box: Running):
    mail = a_mail("Confirmed: Tue 24 Nov — café", "Pay here: http://127.0.0.1:8000/bookings/1?a=b\nBis später")
    mail.add_alternative("<p>Pay <b>here</b></p>", subtype="html")
    mail.add_attachment("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", subtype="calendar", filename="invite.ics")
    box.send(mail, "Mia@demo.example")
    kept = box.mails(to="mia@demo.example")[-1]
    assert kept["subject"] == "Confirmed: Tue 24 Nov — café"
    assert kept["links"] == ["http://127.0.0.1:8000/bookings/1?a=b"]
    assert "Bis später" in kept["text"]
    assert "<b>here</b>" in kept["html"]
    assert [part["filename"] for part in kept["attachments"]] == ["invite.ics"]
    assert "VCALENDAR" in kept["attachments"][0]["content"]


def test_mails_are_chosen_by_who_really_receives_them(box: Running):
    box.send(a_mail("For two"), "ada@demo.example", "blind@demo.example")
    assert [mail["subject"] for mail in box.mails(to="blind@demo.example")] == ["For two"]
    assert box.mails(to="nobody@demo.example") == []


def test_the_page_lists_mails_and_shows_one_without_running_its_html(box: Running):
    box.send(a_mail("A <script>title</script>", "1 < 2"), "emi@demo.example")
    kept = box.mails(to="emi@demo.example")[-1]
    assert "A &lt;script&gt;title" in requests.get(box.url, timeout=5).text
    shown = requests.get(f"{box.url}/{kept['id']}", timeout=5).text
    assert "1 &lt; 2" in shown
    assert "<script>" not in shown
    assert "Subject: A <script>" in requests.get(f"{box.url}/{kept['id']}.eml", timeout=5).text


@pytest.mark.parametrize("address", ["/none", "/..%2Fsecret", "/none.eml"])
def test_a_mail_that_is_not_there_is_not_found(box: Running, address: str):
    assert requests.get(box.url + address, timeout=5).status_code == 404


def test_mails_outlive_the_process(tmp_path: Path):
    first = Running(tmp_path)
    first.send(a_mail("Remember"), "mia@demo.example")
    assert first.stop() == 0
    second = Running(tmp_path)
    assert [mail["subject"] for mail in second.mails()] == ["Remember"]
    assert second.stop() == 0


def test_those_after_one_are_asked_for_without_all_before(box: Running):
    box.send(a_mail("One"), "row@demo.example")
    box.send(a_mail("Two"), "row@demo.example")
    first, second = box.mails(to="row@demo.example")
    assert [mail["subject"] for mail in box.mails(to="row@demo.example", after=first["id"])] == ["Two"]
    assert box.mails(after=second["id"]) == []


def test_a_box_of_thousands_reads_each_mail_once_however_often_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read: list[str] = []
    described = mailbox._described
    monkeypatch.setattr(mailbox, "_described", lambda file: (read.append(file.stem), described(file))[1])
    folder = Folder(tmp_path)
    for number in range(3):
        name = f"20270301T09000{number}000000Z-0"
        (tmp_path / f"{name}.eml").write_bytes(b"X-Envelope-To: mia@demo.example\r\nSubject: One\r\n\r\nHello\r\n")
        assert len(folder.mails()) == len(folder.mails("Mia@demo.example")) == number + 1
    assert len(read) == 3
    (tmp_path / "20270301T090000000000Z-0.eml").unlink()
    assert [mail["id"] for mail in folder.mails(last=1)] == ["20270301T090002000000Z-0"]
    assert len(folder.mails()) == 2
