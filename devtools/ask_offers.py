"""What else a coach offers in the story of an ask: an invitation's price, an answer in words, a free session."""

import smtplib
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any

from devtools.journey import GOOD_CARD, Journey, agree, spoken
from devtools.outside import Browser, expect, until
from devtools.people import DOMAIN

# What the stranger writes first, and what each hint of the score then adds.
VAGUE = {"kind": "mentor", "about": "Can I pick your brain?", "aim": "", "tried": "", "why_coach": "", "minutes": "45"}
BETTER = (
    {"about": "Which of 3 compilers courses prepares a team of four for our own query language until spring?"},
    {"aim": "A decision for 1 course, and a list of 2 things that we leave out."},
    {
        "tried": "We did the first week of each and wrote down what was missing: https://story.example/weeks",
        "why_coach": "You write about compilers and careers, which is where we are stuck.",
    },
)
HALF_DAY = timedelta(hours=3, minutes=30)
ANSWER = "Take the second course, and leave the first week of the third one out."
SMTP_SECONDS = 20


class AskOffers(Journey):
    """The steps in which Grace offers something beside a session at a time that Nina chooses."""

    NEEDS = Journey.NEEDS | {"mail_in"}

    def _another_ask(self) -> dict[str, Any]:
        better = {name: words for more in BETTER for name, words in more.items()}
        return dict(self.max.api.post("/asks", VAGUE | better | {"coach": self.handle, "minutes": 30}))

    def answer_an_invitation(self) -> None:
        """6. An invitation of three and a half hours "to share ideas" is quoted; paid, it is a session."""
        self.step(6, "An invitation of three and a half hours has a price")
        self._forward(self._invitation())
        found = until("the forwarded mail to be read", self._newest_invitation)
        agree("the invitation", (found["status"], found["minutes"], found["source"]), ("waiting", 210, "mail"))
        self.say("Grace forwarded the mail to her secret address, and its server took it by SMTP")
        price = found["price"]
        agree("what 3.5 hours cost", price, {"amount": 42000, "currency": "usd"})
        self.grace.api.post(f"/invitations/{found['id']}/quote", {}, 200)
        browser, path = Browser(self.site), f"/invitations/{found['id']}/"
        links = self.mailbox.wait_for(f"orla-{self.mark}@{DOMAIN}", "")["links"]
        link = next(each for each in links if path in each and not each.endswith("/stop"))
        page = browser.press(link, f"{link}/pay").url
        expect(self.stripe.pay(page, GOOD_CARD), 303)
        until("the invitation to be accepted", lambda: self._of_invitation(found)["status"] == "accepted")
        (quote,) = self.grace.api.get(f"/asks/{self._of_invitation(found)['ask_id']}/quotes")["items"]
        booking = self.grace.api.get(f"/bookings/{quote['booking_id']}")
        agree("the meeting", (booking["status"], booking["starts_at"]), ("confirmed", found["starts_at"]))
        events = self.mailbox.wait_for(f"orla-{self.mark}@{DOMAIN}", "")["attachments"]
        agree("the UID of the event", any(f"UID:{self._uid}" in each["content"] for each in events), True)
        self.say(f"210 minutes are {spoken(price)}; its organiser paid by the link, and the same UID is a session")

    def _of_invitation(self, found: dict[str, Any]) -> dict[str, Any]:
        return dict(self.grace.api.get(f"/invitations/{found['id']}"))

    def _invitation(self) -> str:
        start = datetime.fromtimestamp(self.stripe.now(), UTC) + timedelta(days=9)
        lines = (
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Story//EN",
            "METHOD:REQUEST",
            "BEGIN:VEVENT",
            f"UID:{self._uid}",
            f"DTSTAMP:{start:%Y%m%dT%H%M%SZ}",
            f"DTSTART:{start:%Y%m%dT%H%M%SZ}",
            f"DTEND:{start + HALF_DAY:%Y%m%dT%H%M%SZ}",
            "SUMMARY:Share ideas",
            f"ORGANIZER;CN=Orla:mailto:orla-{self.mark}@{DOMAIN}",
            f"ATTENDEE;CN=Grace;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:{self.grace.email}",
            "END:VEVENT",
            "END:VCALENDAR",
            "",
        )
        return "\r\n".join(lines)

    @property
    def _uid(self) -> str:
        return f"story-{self.mark}@story.example"

    def _newest_invitation(self) -> dict[str, Any] | None:
        found = self.grace.api.get("/invitations")["items"]
        return next((dict(one) for one in found if one["uid"] == self._uid), None)

    def _forward(self, calendar: str) -> None:
        """Grace's mail program forwards what came from Orla to the address that is hers alone."""
        mail = EmailMessage()
        mail["From"], mail["To"] = self.grace.email, self.grace.api.post("/coach/mail-in-address")["address"]
        mail["Subject"] = "Fwd: Share ideas"
        mail.set_content("See below.")
        mail.add_attachment(calendar.encode(), maintype="text", subtype="calendar", filename="invite.ics")
        host, _colon, port = self.mail_in.partition(":")
        with smtplib.SMTP(host, int(port), timeout=SMTP_SECONDS) as server:
            server.send_message(mail)

    def answer_in_words(self) -> None:
        """7. Nina asks again; Grace offers an answer in words, which is paid for when it is delivered."""
        self.step(7, "Another ask is answered in words, for a price")
        ask = self._another_ask()
        by = datetime.fromtimestamp(self.stripe.now(), UTC) + timedelta(days=4)
        wanted = {"minutes": 30, "form": "written", "deliver_by": by.isoformat()}
        quote = self.grace.api.post(f"/asks/{ask['id']}/quotes", wanted)
        ordered = self.max.api.post(f"/quotes/{quote['id']}/order", None, 201)
        path = f"/written-answers/{ordered['id']}"
        expect(self.stripe.pay(self.max.api.post(f"{path}/pay")["url"], GOOD_CARD), 303)
        until("the answer to be ordered", lambda: self.max.api.get(path)["status"] == "ordered")
        agree("the card", self._intent()["status"], "requires_capture")
        self.say(f"{spoken(quote['price'])} authorised on Nina's card, and not taken")
        self.grace.api.post(f"{path}/deliver", {"answer": ANSWER})
        delivered = until("the answer", lambda: self.max.api.get(path) if self._is_delivered(path) else None)
        agree("what Nina reads", delivered["answer"], ANSWER)
        agree("the card", (self._intent()["status"], self._intent()["amount_received"]), ("succeeded", 6000))
        self.say("delivered in time; with it the amount was captured")
        self.max.api.post(f"{path}/follow-up", {"question": "And after the course?"})
        self.max.api.post(f"{path}/follow-up", {"question": "And then?"}, 409)
        self.mailbox.wait_for(self.grace.email, "asks about your answer")
        replied = self.grace.api.post(f"{path}/follow-up/reply", {"reply": "Two projects of your own."})
        agree("the reply", replied["follow_up_answer"], "Two projects of your own.")
        self.say("one question about it was included and answered; a second one is refused")
        until("the ask to have ended", lambda: self.max.api.get(f"/asks/{ask['id']}")["status"] == "booked")

    def _is_delivered(self, path: str) -> bool:
        return bool(self.max.api.get(path)["status"] == "delivered")

    def _intent(self) -> dict[str, Any]:
        """What Stripe says of the payment that was begun last."""
        return self.stripe.latest("payment_intents")

    def take_a_free_session(self) -> None:
        """8. Grace chose to give an hour a month; another ask of Nina's is answered with half of it."""
        self.step(8, "A free session out of the minutes that Grace chose to give")
        self.grace.api.put("/coach/pro-bono", {"minutes_per_month": 60})
        ask = self._another_ask()
        granted = self.grace.api.post(f"/asks/{ask['id']}/grants", {"minutes": 30})
        time = {"starts_at": self.free_time(timedelta(hours=40))}
        booking = self.max.api.post(f"/grants/{granted['id']}/take", time)
        agree("the free session", booking["status"], "confirmed")
        value = {"amount": granted["value_cents"], "currency": granted["currency"]}
        self.say(f"30 minutes worth {spoken(value)} given by Grace, a session like any other")
