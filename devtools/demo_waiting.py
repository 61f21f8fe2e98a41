"""What waits in the demo: a place in a queue, an employer who is to pay, a licence to be checked; and feedback."""

from datetime import timedelta

from devtools import demo_texts as texts
from marketplace import clock
from marketplace.accounts.models import User
from marketplace.asks.payers.service import links
from marketplace.asks.queue import service as queue
from marketplace.asks.quotes.models import Quote
from marketplace.asks.service import choices, sending
from marketplace.bookings.models import Booking
from marketplace.coaches.licences import service as licences
from marketplace.payments.billing_parties.rules import Named
from marketplace.session_feedback import service as feedback


def fill_a_queue(emi: User, noor: User, mia: User) -> None:
    """Emi takes one ask at a time: Noor's waits for an answer, Mia's for its place."""
    choices.choose(emi, open_at_most=1, per_week=5, closed_until=None, least_points=4, sentences={})
    sending.send(noor, handle="emi", **texts.SCREENS)
    queue.join(mia, handle="emi", **texts.PORTFOLIO)


def name_an_employer(asker: User, quote: Quote) -> None:
    """The employer pays a quote by its link, under an order number."""
    links.save_details(asker, quote_id=quote.id, named=Named(**texts.EMPLOYER))
    links.make_link(asker, quote_id=quote.id, purpose=texts.PURPOSE)


def hand_in_a_licence(devi: User) -> None:
    """A second licence, for another place, waits for an admin."""
    ends = clock.now().date() + timedelta(days=400)
    licences.give(devi, number="0000001 (not a real licence)", jurisdiction="NZ", expires_on=ends)


def say_how_it_was(booking: Booking) -> None:
    """Both sides say of a session that took place which kind it was, and that it dealt with what was asked."""
    for person in (booking.mentee, booking.coach.user):
        feedback.give(person, booking_id=booking.id, kind=booking.kind, dealt_with=True)
