"""Meetings to which a coach was invited are minutes that were asked for, whatever became of them."""

from sqlalchemy import select

from marketplace.asks.invitations.models import Invitation
from marketplace.asks.invitations.service import declining, quoting, receiving
from marketplace.db import session
from marketplace.unpaid_time.queries import year_of
from tests.asks.invitations.samples import an_invitation


def invited(ada, uid, ends, day=15):
    starts = f"202703{day}T140000Z"
    return receiving.receive(
        ada.user, text=an_invitation(uid=uid, starts=starts, ends=f"202703{day}T{ends}Z")
    ).invitation


def test_declined_called_off_over_waiting_and_quoted_are_each_counted_once(ada, offering, moment):
    for uid, ends in (("a", "150000"), ("b", "153000"), ("c", "160000"), ("d", "143000")):
        invited(ada, uid, ends)
    found = {each.uid: each for each in session().scalars(select(Invitation))}
    quoting.decline(ada.user, invitation_id=found["a"].id, reply="Not without pay.")
    receiving.receive(ada.user, text=an_invitation(uid="b", method="CANCEL", sequence=2))
    quoting.quote(ada.user, invitation_id=found["d"].id)
    # Their price is that of the day on which they came.
    offering.price_cents = 99900
    moment.set(found["c"].starts_at)
    declining.lapse_invitations()
    assert invited(ada, "e", "141000", day=20).card_cents == 16650
    year = year_of(ada, 2027)
    assert {name: each.minutes for name, each in year.outcomes.items() if each.minutes} == {
        "declined": 60,
        "withdrawn": 90,
        "no_answer": 120,
        "waiting": 40,
    }
    assert (year.outcomes["declined"].cents, year.outcomes["withdrawn"].cents) == ({"usd": 12000}, {"usd": 18000})
    assert year.asked.minutes == 310


def test_without_a_card_minutes_are_counted_without_a_price(ada):
    invited(ada, "a", "150000")
    waiting = year_of(ada, 2027).outcomes["waiting"]
    assert (waiting.minutes, waiting.cents) == (60, {"usd": 0})
