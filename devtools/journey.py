"""The story's seven steps, by three people who meet on the site: Grace, Max and an admin."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from devtools.outside import Api, Browser, Mailbox, StoryBroke, Stripe, expect, until
from devtools.people import ADMIN, DOMAIN, PASSWORD
from marketplace import money

GOOD_CARD = "4242 4242 4242 4242"
DECLINED_CARD = "4000 0000 0000 0002"
ZONE = "Europe/Lisbon"
PRICE = {"amount": 12000, "currency": "usd"}

# 120.00 less 10 %, and half of 120.00 less 10 % of that half.
EARNED = {"amount": 10800 + 5400, "currency": "usd"}


def spoken(amount: Mapping[str, Any]) -> str:
    """{"amount": 12000, "currency": "usd"} -> '120.00 USD'."""
    cents = int(amount["amount"])
    return ("-" if cents < 0 else "") + money.spoken(abs(cents), amount["currency"])


def agree(what: str, found: Any, promised: Any) -> None:
    """Raise StoryBroke unless the site did as it promised."""
    if found != promised:
        raise StoryBroke(f"{what}: {found!r}, where {promised!r} was promised")


@dataclass
class Person:
    """A person who signed up, with a browser and a token."""

    name: str
    email: str
    browser: Browser
    api: Api


class Journey:
    """From sign-up to payout on one site. Each step prints what happened, with its amounts."""

    # What of `make run`'s own it uses, as noted by it.
    NEEDS: ClassVar[frozenset[str]] = frozenset({"sandbox", "mailbox"})

    def __init__(self, site: str, *, mailbox: str, sandbox: str, mail_in: str = "") -> None:
        self.site, self.mailbox, self.stripe, self.mail_in = site, Mailbox(mailbox), Stripe(sandbox), mail_in
        self.passer_by = Api(site)
        # Each telling has people of its own, so that it can be told twice on one site.
        self.mark = secrets.token_hex(3)

    def tell(self) -> None:
        """All seven steps; raises StoryBroke."""
        self.sign_up_and_apply()
        self.approve_and_publish()
        self.book_and_pay()
        self.cancel_for_half()
        self.hold_the_session()
        self.connect_and_earn()
        self.pay_out()
        self.reconcile()

    def sign_up_and_apply(self) -> None:
        """1. Grace signs up, confirms her address by mail and applies as a coach."""
        self.step(1, "Grace signs up and applies as a coach")
        self.grace = self.sign_up("Grace", "America/New_York")
        self.handle = f"grace-{self.mark}"
        self.grace.api.post(
            "/coaches",
            {
                "handle": self.handle,
                "headline": "Compilers, careers and how to ask for less",
                "about": "I help you say **what you mean**. <script>alert('no')</script>",
                "topics": [f"compilers-{self.mark}", "careers"],
                "languages": ["en"],
                "kinds": ["mentor"],
                "timezone": "America/New_York",
                "currency": "usd",
            },
        )
        self.say(f"applied as @{self.handle}; her address was confirmed by mail")

    def approve_and_publish(self) -> None:
        """2. An admin approves her; she publishes an offering and her hours."""
        self.step(2, "An admin approves her; she publishes a rate and her hours")
        browser = Browser(self.site)
        browser.sign_in(ADMIN.email, PASSWORD)
        self.admin = Api(self.site, browser.token("read", "write", "money", "admin:read", "admin", "admin:critical"))
        waiting = self.admin.get("/admin/coaches", status="applied")["items"]
        coach = next(one for one in waiting if one["handle"] == self.handle)
        self.admin.post(f"/admin/coaches/{coach['id']}/approve")
        self.mailbox.wait_for(self.grace.email, "publish your rates")
        self.offering = self.grace.api.post(
            "/coach/offerings",
            {"title": "One hour", "kind": "mentor", "minutes": 60, "price": PRICE, "notice_hours": 1},
        )
        days = [{"weekday": day, "start": "00:00", "end": "24:00"} for day in range(7)]
        self.grace.api.put("/coach/hours", {"hours": days})
        card = Browser(self.site).open(f"/@{self.handle}").text
        agree("script in the rate card", "<script>alert" in card, False)
        self.say(f"her rate card is public at {self.site}/@{self.handle}: one hour, {spoken(PRICE)}")

    def book_and_pay(self) -> None:
        """3. Max finds her, sees free times without signing in, holds one, pays on the hosted page."""
        self.step(3, "Max finds her, holds a time and pays")
        found = self.passer_by.get("/coaches", topic=f"compilers-{self.mark}")["items"]
        agree("the directory", [one["handle"] for one in found], [self.handle])
        starts_at = self.free_time(timedelta(hours=30))
        self.max = self.sign_up("Max", ZONE)
        self.session = self.hold(starts_at)
        page = self.max.api.post(f"/bookings/{self.session['id']}/pay")["url"]
        declined = self.stripe.pay(page, DECLINED_CARD)
        expect(declined, 402)
        agree("the hold after a declined card", self.booking(self.session)["status"], "held")
        self.say("a declined card keeps the hold and says why")
        self.pay(self.session, page)
        invite = self.mailbox.wait_for(self.max.email, "booked:")["attachments"]
        agree("a calendar invite", any("METHOD:REQUEST" in part["content"] for part in invite), True)
        self.mailbox.wait_for(self.grace.email, "Max booked")
        self.say(f"{spoken(PRICE)} paid for {starts_at}; both have a mail, Max a calendar invite")

    def cancel_for_half(self) -> None:
        """4. Max cancels another session late: the refund is shown before it is made."""
        self.step(4, "Max books a second session and cancels it six hours ahead")
        second = self.hold(self.free_time(timedelta(hours=6)))
        self.pay(second, self.max.api.post(f"/bookings/{second['id']}/pay")["url"])
        quote = self.max.api.get(f"/bookings/{second['id']}/cancellation")
        agree("the refund that is shown", quote["refund"], {"amount": 6000, "currency": "usd"})
        self.max.api.post(f"/bookings/{second['id']}/cancel", {"expected_refund": quote["refund"]})
        until("the refund", lambda: self.booking(second)["refunded"] == quote["refund"])
        self.mailbox.wait_for(self.max.email, "cancelled")
        self.say(f"{spoken(quote['refund'])} was refunded as shown; {spoken(quote['kept'])} stay, less the fee")

    def hold_the_session(self) -> None:
        """5. After the session Grace writes notes and completes it."""
        self.step(5, "The session takes place; Grace writes notes")
        self.wait_past(datetime.fromisoformat(self.session["ends_at"]))
        notes = f"/bookings/{self.session['id']}/notes"
        self.grace.api.post(f"/bookings/{self.session['id']}/complete", {"outcome": "took_place"})
        self.grace.api.post(notes, {"text": "Max should sleep more.", "shared": False})
        self.grace.api.post(notes, {"text": "Read chapter two until Friday.", "shared": True})
        seen = [note["text"] for note in self.max.api.get(notes)["items"]]
        agree("the notes that Max sees", seen, ["Read chapter two until Friday."])
        self.say(f"completed; {self.max.name} sees the shared note and not the private one")

    def connect_and_earn(self) -> None:
        """6. Grace connects her bank; when the dispute window is over her earning is payable."""
        self.step(6, "Grace connects her bank; the dispute window ends")
        self.stripe.onboard(self.grace.api.post("/coach/bank", {"country": "US"})["url"], "Grace Story")
        until("her bank to be ready", lambda: self.grace.api.get("/coach/bank")["ready"])
        agree("payable before the window is over", self.payable(), None)
        self.stripe.advance(timedelta(days=4).total_seconds())
        until("her earning", lambda: self.payable() == EARNED)
        self.say(f"payable: {spoken(EARNED)} (108.00 of the session, 54.00 of what was kept)")

    def pay_out(self) -> None:
        """7. An admin proposes a payout run and approves it; it is transferred, and she gets a statement."""
        self.step(7, "An admin proposes and approves a payout run")
        proposed = self.admin.post("/admin/payout-runs")
        hers = [payout for payout in proposed["payouts"] if payout["coach"] == self.handle]
        agree("her payout", [payout["amount"] for payout in hers], [EARNED])
        self.admin.post(f"/admin/payout-runs/{proposed['id']}/approve")

        def sent() -> bool:
            run = self.admin.get(f"/admin/payout-runs/{proposed['id']}")
            return next(one for one in run["payouts"] if one["coach"] == self.handle)["status"] == "paid"

        until("the transfer", sent)
        self.mailbox.wait_for(self.grace.email, "on its way to your bank")
        agree("payable after the payout", self.payable(), None)
        self.say(f"{spoken(EARNED)} transferred; she has a statement by mail")

    def reconcile(self) -> None:
        """Compare the ledger with Stripe, cent by cent."""
        asked = self.admin.post("/admin/reconciliations", {"everything": True})

        def compared() -> Any:
            found = self.admin.get(f"/admin/reconciliations/{asked['id']}")
            return found if found["finished_at"] else None

        found = until("the comparison of the books", compared)
        if not found["agrees"] or not found["compared"]:
            raise StoryBroke(f"the books differ: {found['failure'] or found['differences']}")
        print("\nledger == stripe, difference 0", flush=True)

    def sign_up(self, name: str, zone: str) -> Person:
        """Sign up on the page, confirm by the link in the mail, which signs in, make a token."""
        email, password = f"{name.lower()}-{self.mark}@{DOMAIN}", secrets.token_urlsafe(12)
        browser = Browser(self.site)
        browser.submit("/register", {"name": name, "email": email, "password": password, "timezone": zone})
        browser.submit(self.mailbox.wait_for(email, "confirm your address")["links"][0], {})
        token = browser.token("read", "write", "money", "payouts", password=password)
        return Person(name, email, browser, Api(self.site, token))

    def free_time(self, ahead: timedelta) -> str:
        """The first free time that is at least so far ahead, seen without signing in."""
        start = datetime.fromtimestamp(self.stripe.now(), UTC) + ahead
        window = {"start": start.isoformat(), "end": (start + timedelta(hours=12)).isoformat(), "zone": ZONE}
        return str(self.passer_by.get(f"/offerings/{self.offering['id']}/slots", **window)["starts_at"][0])

    def hold(self, starts_at: str) -> dict[str, Any]:
        """Max holds a time."""
        brief = "I want to understand how a parser becomes a career."
        held = self.max.api.post(
            "/bookings", {"offering_id": self.offering["id"], "starts_at": starts_at, "brief": brief}, 201
        )
        agree("a new booking", (held["status"], held["price"]), ("held", PRICE))
        return dict(held)

    def pay(self, booking: Mapping[str, Any], page: str) -> None:
        """Pay on the hosted page, come back, and wait for Stripe's word."""
        back = expect(self.stripe.pay(page, GOOD_CARD), 303).headers["Location"]
        self.max.browser.open(back)
        until("the booking to be confirmed", lambda: self.booking(booking)["status"] == "confirmed")

    def booking(self, booking: Mapping[str, Any]) -> dict[str, Any]:
        """A booking as Max sees it now."""
        return dict(self.max.api.get(f"/bookings/{booking['id']}"))

    def payable(self) -> dict[str, Any] | None:
        """What Grace could be paid now, in dollars; None for nothing."""
        dollars = [one for one in self.grace.api.get("/coach/balance")["payable"] if one["currency"] == "usd"]
        return dollars[0] if dollars and dollars[0]["amount"] else None

    def wait_past(self, instant: datetime) -> None:
        """Let time pass until a minute after `instant`."""
        self.stripe.advance(instant.timestamp() - self.stripe.now() + 60)

    def step(self, number: int, title: str) -> None:
        """Print a step's title."""
        print(f"\n{number}. {title}", flush=True)

    def say(self, line: str) -> None:
        """Print what happened."""
        print(f"   {line}", flush=True)
