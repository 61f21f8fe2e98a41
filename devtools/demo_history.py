"""Two months of the demo: asks and what became of them, payments, unpaid time, invitations."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from devtools import demo_paid
from devtools import demo_texts as texts
from devtools import demo_waiting as waiting
from devtools.demo_days import days_ago
from devtools.people import DOMAIN
from marketplace import clock
from marketplace.accounts import queries as accounts
from marketplace.accounts.models import User
from marketplace.asks.invitations.service import quoting, receiving
from marketplace.asks.models import Ask
from marketplace.asks.published_answers import service as published_answers
from marketplace.asks.quotes import service as quotes
from marketplace.asks.service import answers, choices, sending, silence
from marketplace.bookings.completions import service as completions
from marketplace.coaches.shelf import service as shelf
from marketplace.notes import service as notes
from marketplace.scheduling.queries import free_times
from marketplace.sponsorships import service as sponsorships
from marketplace.unpaid_time.grants import queries as grant_queries
from marketplace.unpaid_time.grants import service as grants
from marketplace.unpaid_time.service import entries
from stripe_sandbox.testing import RunningSandbox

BEGINS_DAYS_AGO = 60
FRIDAY = 4
STAMP = "%Y%m%dT%H%M%SZ"


def tell(stripe: RunningSandbox | None = None) -> None:
    """Write the history of people who are there, and have none; without a sandbox nothing in it is paid."""
    ada = _person("ada")
    _choose_and_shelve(ada)
    if stripe is not None:
        demo_paid.tell(stripe, ada, _person("carla"), _person("mia"), _person("noor"))
    _ask_and_answer(ada)
    _give_a_session(ada)
    _leave_open(ada)
    _count_unpaid_time(ada)
    _sponsor(ada)
    _invite(ada)
    with days_ago(0.6):
        waiting.fill_a_queue(_person("emi"), _person("noor"), _person("mia"))
    with days_ago(0.2):
        waiting.hand_in_a_licence(_person("devi"))


def _person(name: str) -> User:
    found = accounts.by_email(f"{name}@{DOMAIN}")
    assert found is not None
    return found


def _ask(who: str, handle: str, days: float, fields: dict[str, Any]) -> Ask:
    with days_ago(days):
        return sending.send(_person(who), handle=handle, **fields)


def _choose_and_shelve(ada: User) -> None:
    sentences = {"no_time": "I have no time for this before the spring. Thank you for preparing it so well."}
    with days_ago(BEGINS_DAYS_AGO):
        choices.choose(ada, open_at_most=8, per_week=10, closed_until=None, least_points=4, sentences=sentences)
        for item in texts.SHELF:
            shelf.add(ada, **item)


def _ask_and_answer(ada: User) -> None:
    """Two that are answered and public, one that is declined, one that nobody answered in time."""
    told = ((40, "mia", texts.PROMOTION, texts.PROMOTION_ANSWER), (33, "noor", texts.MONOLITH, texts.MONOLITH_ANSWER))
    for (days, who, fields, reply), public in zip(told, texts.PUBLISHED, strict=True):
        ask = _ask(who, "ada", days, fields)
        with days_ago(days - 1):
            answers.answer(ada, ask_id=ask.id, reply=reply, minutes=12)
            published_answers.allow(ask.asker, ask_id=ask.id)
            written = published_answers.prepare(ada, ask_id=ask.id, **public)
            published_answers.release(ask.asker, ask_id=ask.id, version=written.version)
    unpaid = _ask("noor", "ada", 30, texts.BLOCKCHAIN)
    with days_ago(29):
        answers.decline(
            ada, ask_id=unpaid.id, reason="not_my_field", reply="Tokens are not my field, and my name is not for sale."
        )
    _ask("mia", "ada", 27, texts.ONE_QUESTION)
    with days_ago(19):
        silence.lapse_asks()


def _give_a_session(ada: User) -> None:
    """A free session out of the minutes that Ada gives; it took place, with a note that both read."""
    with days_ago(BEGINS_DAYS_AGO):
        grants.choose_budget(ada, minutes_per_month=120)
    ask = _ask("noor", "ada", 18, texts.FIRST_YEAR)
    with days_ago(17):
        granted = grants.grant(ada, ask_id=ask.id, minutes=30)
        offering, now = grant_queries.offering_as_granted(granted), clock.now()
        start = free_times.first_free(offering, start=now, end=now + timedelta(days=7))
        if start is None:
            return
        booking = grants.take(ask.asker, grant_id=granted.id, starts_at=start)
    with days_ago((clock.now() - booking.ends_at) / timedelta(days=1) - 0.01):
        completions.complete(ada, booking_id=booking.id, outcome="took_place")
        notes.write(ada, booking_id=booking.id, text=texts.NOTE, shared=True)
        waiting.say_how_it_was(booking)


def _leave_open(ada: User) -> None:
    """A quote that waits to be paid, an offer of a written answer, and asks that wait to be answered."""
    quoted = _ask("mia", "ada", 2, texts.INTERVIEW)
    with days_ago(1):
        made = quotes.quote(
            ada, ask_id=quoted.id, minutes=60, price_cents=None, note=texts.QUOTE_NOTE, preparation_minutes=15
        )
        waiting.name_an_employer(quoted.asker, made)
    _ask("noor", "ada", 0.5, texts.ONE_QUESTION)
    _ask("mia", "carla", 0.8, texts.CV)
    asked = _ask("noor", "ben", 1.5, texts.PROOF)
    with days_ago(0.9):
        deliver_by = clock.now() + timedelta(days=4)
        quotes.quote(
            _person("ben"),
            ask_id=asked.id,
            minutes=30,
            price_cents=None,
            note="",
            form="written",
            deliver_by=deliver_by,
        )


def _count_unpaid_time(ada: User) -> None:
    for days, kind, minutes, note in texts.UNPAID:
        with days_ago(days):
            entries.log(ada, kind=kind, minutes=minutes, note=note)


def _sponsor(ada: User) -> None:
    """Two acts; one is confirmed, and both sides show it."""
    with days_ago(14):
        happened_on = clock.today(ada.timezone) - timedelta(days=6)
        made = [
            sponsorships.record(ada, email=f"{who}@{DOMAIN}", act=act, what=what, happened_on=happened_on)
            for who, act, what in texts.SPONSORED
        ]
    with days_ago(13):
        sponsorships.confirm(_person("mia"), sponsorship_id=made[0].id)
        for actor in (ada, _person("mia")):
            sponsorships.show(actor, sponsorship_id=made[0].id, everybody=True)


def _invite(ada: User) -> None:
    """Two invitations from elsewhere: half a day that is priced and quoted, and a lunch that waits."""
    for number, (uid, summary, organiser, address, days, minutes) in enumerate(texts.INVITED):
        day = clock.now() + timedelta(days=days)
        day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > FRIDAY else 0)
        start = datetime.combine(day.date(), time(12), UTC)
        lines = [
            *("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Northwind//Calendar//EN", "METHOD:REQUEST", "BEGIN:VEVENT"),
            *(f"UID:{uid}@{DOMAIN}", f"DTSTAMP:{clock.now():{STAMP}}", "SEQUENCE:0"),
            *(f"DTSTART:{start:{STAMP}}", f"DTEND:{start + timedelta(minutes=minutes):{STAMP}}"),
            *(f"ORGANIZER;CN={organiser}:mailto:{address}", f"ATTENDEE;RSVP=TRUE:mailto:{ada.email}"),
            *(f"SUMMARY:{summary}", "END:VEVENT", "END:VCALENDAR", ""),
        ]
        with days_ago(1.2):
            found = receiving.receive(ada, text="\r\n".join(lines).encode())
        if number == 0:
            with days_ago(1):
                quoting.quote(ada, invitation_id=found.invitation.id)
