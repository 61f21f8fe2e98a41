"""Invitations that a coach brings, quotes and declines and others pay, and minutes that are given away."""

import random
import re
from datetime import UTC, datetime, timedelta

from devtools.chaos.dataset import Dataset, Person
from devtools.chaos.operations.paying import pay_at
from devtools.outside import Browser, StoryBroke

# Few organisers with few meetings, so that updates and cancellations meet what is there.
ORGANISERS, MEETINGS = 3, 4
# The page on which an organiser pays, and from how many of the last mails a link is taken.
OFFER = re.compile(r"/invitations/[0-9a-f-]{36}/[0-9a-f]{40}$")
LATEST = 4
KINDS = ("coffee", "talk", "overrun", "other")


def bring_invitation(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """A meeting, a newer version of one, or its cancellation."""
    method = rng.choice(("REQUEST", "REQUEST", "REQUEST", "CANCEL"))
    now = datetime.fromtimestamp(dataset.stripe.now(), UTC)
    starts = now + timedelta(days=rng.randint(1, 9))
    ends = starts + timedelta(minutes=rng.choice((45, 90, 210)))
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Chaos//EN",
        f"METHOD:{method}",
        "BEGIN:VEVENT",
        f"UID:{me.handle}-{rng.randrange(MEETINGS)}@chaos.example",
        f"SEQUENCE:{rng.randrange(4)}",
        f"DTSTAMP:{now:%Y%m%dT%H%M%SZ}",
        f"DTSTART:{starts:%Y%m%dT%H%M%SZ}",
        f"DTEND:{ends:%Y%m%dT%H%M%SZ}",
        f"ORGANIZER:mailto:organiser{rng.randrange(ORGANISERS)}@chaos.example",
        f"ATTENDEE:mailto:{me.handle}@chaos.example",
        "SUMMARY:Share ideas",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    )
    return "done" if me.client.post("/invitations", {"text": "\r\n".join(lines)}).fine else "refused"


def decline_invitation(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Say no to one; the organiser is told, or not."""
    waiting = [one for one in me.client.items("/invitations") if one["status"] == "waiting"]
    if not waiting:
        return "nothing to do"
    said = {"reply": "This is my work, and it has a price.", "tell": rng.random() < 0.7}
    path = f"/invitations/{rng.choice(waiting)['id']}/decline"
    return "done" if me.client.post(path, said).fine else "refused"


def quote_invitation(dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Offer an organiser the meeting at its time for a price."""
    waiting = me.client.items("/invitations", status="waiting")
    if not waiting and bring_invitation(dataset, me, rng) == "done":
        waiting = me.client.items("/invitations", status="waiting")
    if not waiting:
        return "nothing to do"
    return "done" if me.client.post(f"/invitations/{rng.choice(waiting)['id']}/quote", {}).fine else "refused"


def pay_invitation(dataset: Dataset, _me: Person, rng: random.Random) -> str:
    """As an organiser without an account, pay by the link of a mail, decline, or leave the page open."""
    organiser = f"organiser{rng.randrange(ORGANISERS)}@chaos.example"
    links = [link for mail in dataset.mails(organiser) for link in mail["links"] if OFFER.search(link)]
    if not links:
        return "nothing to do"
    link, browser, choice = rng.choice(links[-LATEST:]), Browser(dataset.system.site), rng.random()
    try:
        if choice < 0.15:
            browser.press(link, f"{link}/decline")
            return "declined"
        page = browser.press(link, f"{link}/pay").url
    except StoryBroke:
        return "refused"
    if not page.startswith(dataset.system.sandbox):
        return "refused"
    dataset.remember(page)
    return "open" if choice < 0.3 else pay_at(page, rng)


def give_time(_dataset: Dataset, me: Person, rng: random.Random) -> str:
    """Write minutes down, or take some back."""
    if rng.random() < 0.3:
        known = me.client.get("/coach/unpaid-time")
        found = known.body["entries"] if known.fine else []
        path = f"/coach/unpaid-time/{rng.choice(found)['id']}/reverse" if found else ""
        return "done" if path and me.client.post(path).fine else "refused"
    given = {"kind": rng.choice(KINDS), "minutes": rng.randint(1, 120)}
    return "done" if me.client.post("/coach/unpaid-time", given).fine else "refused"
