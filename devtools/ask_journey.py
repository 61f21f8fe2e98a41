"""The story of an ask, from outside: asked by a stranger, quoted, paid, held, and counted in a year."""

import re
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from devtools.ask_offers import BETTER, VAGUE, AskOffers
from devtools.journey import GOOD_CARD, Person, agree, spoken
from devtools.outside import Api, Browser, StoryBroke, expect, until
from devtools.people import DOMAIN

QUOTED = {"amount": 9500, "currency": "usd"}
# 95.00 and 31.66 for the overrun, 60.00 for half an hour's answer, each less 10 %.
SESSION_EARNED, ANSWER_EARNED = 8550 + 2849, 5400
CODE = re.compile(r"\b\d{6}\b")
EMPLOYER, ORDER = "Acme Ltd", "PO-7781"
# What Grace has answered before: near the question, and not the answer.
ON_SHELF = {
    "kind": "post",
    "title": "Compilers courses that I know",
    "url": "https://story.example/courses",
    "line": "Which of the courses prepare you for a job.",
    "language": "en",
}


class AskJourney(AskOffers):
    """From "can I pick your brain?" to a paid hour. Each step prints what happened, with its amounts."""

    def tell(self) -> None:
        """All steps; raises StoryBroke."""
        self.sign_up_and_apply()
        self.approve_and_publish()
        self.ask_as_a_stranger()
        self.quote_and_pay()
        self.hold_the_session()
        self.pay_an_overrun()
        self.answer_an_invitation()
        self.answer_in_words()
        self.take_a_free_session()
        self.count_what_was_given()
        self.earn()
        self.reconcile()

    def ask_as_a_stranger(self) -> None:
        """3. Somebody without an account asks; the points rise with each hint that is followed."""
        self.step(3, "A stranger asks Grace, and the points rise as the brief gets better")
        now = datetime.fromtimestamp(self.stripe.now(), UTC)
        self.grace.api.post("/coach/shelf", ON_SHELF)
        written, points = dict(VAGUE), []
        for more in ({}, *BETTER, {"by_when": (now + timedelta(days=30)).date().isoformat()}):
            written |= more
            shown = self.passer_by.post(f"/coaches/{self.handle}/ask-preview", written | {"minutes": 45})
            points.append(shown["points"])
        agree("points that rise with each hint", points, sorted(set(points)))
        agree("what was answered before", [one["title"] for one in shown["earlier_answers"]], [ON_SHELF["title"]])
        agree("the price of 45 minutes beside the form", shown["price"], {"amount": 9000, "currency": "usd"})
        email = f"nina-{self.mark}@{DOMAIN}"
        browser, address = Browser(self.site), f"/@{self.handle}/ask"
        sender = {
            "name": "Nina",
            "email": email,
            "timezone": "Europe/Lisbon",
            "shown_price": "9000",
            "payer": "employer",
        }
        asked = browser.submit(address, written | sender)
        if "/asks/confirm/" not in asked.url:
            raise StoryBroke(f"the ask was not taken: {asked.text[:2000]}")
        # It is shown beside the field of the code, and is not it: the ask goes on.
        agree("an earlier answer before anything is sent", ON_SHELF["title"] in asked.text, True)
        code = CODE.search(self.mailbox.wait_for(email, "code")["text"])
        if code is None:
            raise StoryBroke("the mail has no code of six digits")
        browser.submit(asked.url, {"code": code[0]})
        self.mailbox.wait_for(self.grace.email, "asks")
        self.max = self._with_password("Nina", email)
        self.ask = self.max.api.get("/asks")["items"][0]
        agree("the ask", (self.ask["status"], self.ask["points"]), ("open", points[-1]))
        self.say(f"points {' → '.join(map(str, points))}; an earlier answer was shown and is not it")
        self.say("sent once six digits had confirmed the address")

    def _with_password(self, name: str, email: str) -> Person:
        """Whoever asked without an account chooses a password by the link of a mail."""
        browser, password = Browser(self.site), secrets.token_urlsafe(12)
        browser.submit("/reset", {"email": email})
        link = next(each for each in self.mailbox.wait_for(email, "password")["links"] if "/reset/" in each)
        browser.submit(link, {"password": password, "password_confirm": password})
        browser.sign_in(email, password)
        token = browser.token("read", "write", "money", password=password)
        return Person(name, email, browser, Api(self.site, token))

    def quote_and_pay(self) -> None:
        """4. Grace quotes; another quote replaces it; Nina chooses a time, and her employer pays by the link."""
        self.step(4, "Grace quotes a price, and Nina's employer pays it by a link")
        path = f"/asks/{self.ask['id']}/quotes"
        self.grace.api.post(path, {"minutes": 45, "price": {"amount": 12000, "currency": "usd"}})
        quote = self.grace.api.post(path, {"minutes": 45, "price": QUOTED, "note": "For a team that has tried."})
        states = [one["status"] for one in self.max.api.get(path)["items"]]
        agree("the quotes", states, ["sent", "superseded"])
        self.mailbox.wait_for(self.max.email, "offers")
        start = datetime.fromtimestamp(self.stripe.now(), UTC) + timedelta(hours=30)
        window = {"start": start.isoformat(), "end": (start + timedelta(hours=12)).isoformat()}
        times = self.max.api.get(f"/quotes/{quote['id']}/slots", **window)["starts_at"]
        self.session = self.max.api.post(f"/quotes/{quote['id']}/hold", {"starts_at": times[0]}, 201)
        self.max.api.post(f"/quotes/{quote['id']}/hold", {"starts_at": times[-1]}, 409)
        self._pay_as_the_employer(quote["id"])
        until("the quote to be paid", lambda: self.max.api.get(f"/quotes/{quote['id']}")["status"] == "paid")
        self.mailbox.wait_for(self.max.email, f"{EMPLOYER} has paid")
        agree("the ask", self.max.api.get(f"/asks/{self.ask['id']}")["status"], "booked")
        self.say(f"45 minutes for {spoken(QUOTED)}; a second time for the same quote is refused")

    def _pay_as_the_employer(self, quote_id: str) -> None:
        """Somebody without an account: they see price, coach and purpose, pay, and have a receipt with their number."""
        made = self.max.api.post(f"/quotes/{quote_id}/payer-link", {"purpose": "Training: compilers"})
        browser, email = Browser(self.site), f"accounts-{self.mark}@{DOMAIN}"
        seen = browser.open(made["url"]).text
        agree("the purpose on the payer's page", "Training: compilers" in seen, True)
        agree("the brief on the payer's page", "query language" in seen, False)
        fields = {"name": EMPLOYER, "address": "1 Long Street\nLeeds", "tax_id": "GB 123", "reference": ORDER}
        page = browser.submit(made["url"], fields | {"email": email}).url
        agree("Nina's page to pay on", self.max.api.post(f"/bookings/{self.session['id']}/pay")["url"], page)
        back = expect(self.stripe.pay(page, GOOD_CARD), 303).headers["Location"]
        agree("the thanks of the site", "Thank you" in browser.open(back).text, True)
        until("the booking to be confirmed", lambda: self.booking(self.session)["status"] == "confirmed")
        receipt = self.mailbox.wait_for(email, "invoice")
        agree("the order number on the receipt", ORDER in receipt["text"], True)
        document = next(each for each in receipt["links"] if "/receipts/" in each)
        agree("the document", browser.open(document).headers["Content-Type"], "application/pdf")
        buyer = self.max.api.get("/invoices")["items"][0]["buyer"]
        agree("the buyer on the invoice", (buyer["name"], buyer["reference"]), (EMPLOYER, ORDER))
        self.say(f"{EMPLOYER} paid by the link, without an account; invoice and receipt say {ORDER}")

    def pay_an_overrun(self) -> None:
        """The session took a quarter of an hour more, which Nina accepts and pays."""
        proposed = self.grace.api.post(f"/bookings/{self.session['id']}/overruns", {"minutes": 15})
        page = self.max.api.post(f"/overruns/{proposed['id']}/accept")["checkout_url"]
        expect(self.stripe.pay(page, GOOD_CARD), 303)

        def paid() -> bool:
            found = self.max.api.get(f"/bookings/{self.session['id']}/overruns")["overruns"]
            return bool(found[0]["status"] == "paid")

        until("the overrun to be paid", paid)
        self.say(f"15 minutes more, {spoken(proposed['price'])}, accepted and paid")

    def count_what_was_given(self) -> None:
        """9. Minutes given away are written down; the year says what became of everything that was asked."""
        self.step(9, "Grace's year")
        self.grace.api.post("/coach/unpaid-time", {"kind": "coffee", "minutes": 30, "note": "A coffee with Orla"})
        number = datetime.fromtimestamp(self.stripe.now(), UTC).year
        year = self.grace.api.get(f"/coach/years/{number}")
        agree("the coffee in the year", year["kinds"]["coffee"]["minutes"], 30)
        self.say(f"asked for {self._spoken(year['asked'])}")
        for outcome, total in year["outcomes"].items():
            if total["minutes"]:
                self.say(f"{outcome}: {self._spoken(total)}")
        self.say(f"given away: {self._spoken(year['unpaid'])}")

    def _spoken(self, total: dict[str, Any]) -> str:
        amounts = ", ".join(map(spoken, total["amounts"])) or "nothing"
        return f"{total['minutes']} minutes ({amounts})"

    def earn(self) -> None:
        """10. Grace connects her bank, and what the quote, the overrun and the written answer earned is payable."""
        self.step(10, "The windows for disputes and reports end; what was earned is payable")
        self.stripe.onboard(self.grace.api.post("/coach/bank", {"country": "US"})["url"], "Grace Story")
        until("her bank to be ready", lambda: self.grace.api.get("/coach/bank")["ready"])
        self.stripe.advance(timedelta(days=4).total_seconds())
        until("her earning of the session", lambda: self._payable_cents() == SESSION_EARNED)
        self.say(f"payable: {spoken(self.payable() or {})}, of the session and its overrun")
        self.stripe.advance(timedelta(days=4).total_seconds())
        until("her earning of the answer", lambda: self._payable_cents() == SESSION_EARNED + ANSWER_EARNED)
        self.say(f"payable: {spoken(self.payable() or {})}, with the written answer")

    def _payable_cents(self) -> int:
        return int((self.payable() or {"amount": 0})["amount"])
