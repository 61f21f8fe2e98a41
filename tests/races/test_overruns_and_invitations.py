"""Overruns accepted while withdrawn, invitations quoted and paid while called off: one of both, for real."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from marketplace.accounts.models import User
from marketplace.asks.invitations import queries as invitation_queries
from marketplace.asks.invitations.rules import links
from marketplace.asks.invitations.service import offers, quoting, receiving
from marketplace.asks.quotes import service as quotes
from marketplace.bookings.overruns import service as overruns
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.coaches.queries import offerings_of
from marketplace.config import current
from marketplace.db import session
from marketplace.errors import FairhourError
from marketplace.invariants import queries as invariant_queries
from marketplace.payments import queries as payments
from tests.asks.invitations.samples import an_invitation
from tests.doors import ApiClient
from tests.factories import a_booking, a_person
from tests.races.test_asks import FIRST, ada, at_once

__all__ = ["ada"]

pytestmark = pytest.mark.real

# Nobody works off the jobs here.
UNDER_WAY = {"jobs_are_done", "mail_goes", "refunds_are_sent"}


def broken():
    return {finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well} - UNDER_WAY


def done(real_app, deed):
    """The deed as something to be done at once: the name of what refused it, or None."""

    def do():
        with real_app.app_context():
            try:
                deed()
            except FairhourError as refusal:
                return type(refusal).__name__
        return None

    return do


def rows(statement):
    return [tuple(row) for row in session().execute(text(statement))]


@pytest.fixture
def proposed(real_app, ada, stripe, moment):
    """Twenty minutes beyond a session of Mia's that is just over."""
    with real_app.app_context():
        mia = a_person()
        booking = a_booking(mia, offerings_of(ada.id)[0], FIRST, stripe)
        moment.set(booking.ends_at + timedelta(minutes=20))
        return mia, overruns.propose(session().get_one(User, ada.user_id), booking_id=booking.id, minutes=20).id


def test_an_overrun_is_accepted_or_withdrawn_and_paid_once(real_app, ada, proposed, stripe):
    mia, overrun_id = proposed
    with real_app.app_context():
        mentee, coach = ApiClient.of(real_app, mia, ("write", "money")), ApiClient.of(real_app, ada.user, ("write",))
    path = f"/overruns/{overrun_id}"
    answers = at_once([lambda: mentee.post(f"{path}/accept"), lambda: coach.post(f"{path}/withdraw")] * 8)
    accepted, withdrawn = ({answer.status_code for answer in answers[start::2]} for start in (0, 1))
    with real_app.app_context():
        ((status,),) = rows("select status from overruns")
        assert (accepted, withdrawn) == (({200}, {409}) if status == "accepted" else ({409}, {200, 409}))
        assert len(rows("select id from payments")) == (2 if status == "accepted" else 1)
        if status == "accepted":
            payment = payments.of_subject(overrun_id)
            stripe.pay(payment.checkout_id)
    with real_app.app_context():
        if status == "accepted":
            settle = done(real_app, lambda: payment_outcomes.settle_payment(str(payment.id)))
            at_once([settle] * 8)
            assert rows("select status from overruns") == [("paid",)]
        assert broken() == set()


def test_an_invitation_is_quoted_or_called_off_and_stands_in_one_state(real_app, ada):
    with real_app.app_context():
        invitation = receiving.receive(ada.user, text=an_invitation()).invitation.id
    gone = an_invitation(method="CANCEL", sequence=2)
    deeds = [done(real_app, lambda: quoting.quote(ada.user, invitation_id=invitation))] * 6
    deeds += [done(real_app, lambda: receiving.receive(ada.user, text=gone))] * 6
    deeds += [done(real_app, quotes.settle_quotes), done(real_app, offers.settle_invitations)] * 2
    refusals = set(at_once(deeds))
    assert refusals <= {None, "InvitationEnded", "ToldTooMany", "QuoteBeingPaid"}
    with real_app.app_context():
        assert rows("select status from invitations") == [("cancelled",)]
        assert rows("select status from quotes where status in ('sent', 'held')") == []
        assert rows("select status from bookings where status in ('held', 'confirmed')") == []
        assert rows("select status from asks where ended_at is null") == []
        assert broken() == set()


def test_an_invitation_that_is_paid_while_called_off_is_a_session_or_all_is_back(real_app, ada, stripe):
    with real_app.app_context():
        received = receiving.receive(ada.user, text=an_invitation()).invitation.id
        invitation = quoting.quote(ada.user, invitation_id=received)
        signature = links.signature(invitation.id, key=current().secret_key)
        offers.pay(invitation.id, signature)
        quote = invitation_queries.live_quote(invitation.ask_id)
        payment = payments.of_subject(quote.booking_id)
        checkout_id, payment_id = payment.checkout_id, str(payment.id)
    gone = an_invitation(method="CANCEL", sequence=2)
    deeds = [lambda: stripe.pay(checkout_id)]
    deeds += [done(real_app, lambda: receiving.receive(ada.user, text=gone))] * 4
    deeds += [done(real_app, lambda: offers.decline(invitation.id, signature))] * 4
    deeds += [done(real_app, lambda: payment_outcomes.settle_payment(payment_id))] * 4
    at_once(deeds)
    with real_app.app_context():
        payment_outcomes.settle_payment(payment_id)
        quotes.settle_quotes()
        offers.settle_invitations()
        ((invited, booked, price, refunded, took),) = rows(
            "select i.status, b.status, b.price_cents, b.refunded_cents, p.status from invitations i "
            "join quotes q on q.ask_id = i.ask_id join bookings b on b.id = q.booking_id "
            "join payments p on p.id = b.payment_id"
        )
        if booked == "confirmed":
            assert (invited, took, refunded) == ("accepted", "paid", 0)
        else:
            assert invited in {"cancelled", "declined"}
            assert took != "paid" or refunded == price
        assert broken() == set()
