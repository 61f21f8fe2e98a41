"""Sessions that came of an ask before their briefs had its fields: they have what was said, kept as it is today."""

import pytest

from marketplace.accounts.models import User
from marketplace.asks.briefs import queries as brief_queries
from marketplace.asks.models import Ask
from marketplace.asks.quotes import service as quotes
from marketplace.audit.queries import timeline_of
from marketplace.bookings import queries
from marketplace.bookings.briefs import service as briefs
from marketplace.bookings.briefs.rules import DETAILS
from marketplace.coaches.queries import offerings_of
from marketplace.db import session
from marketplace.session_credits.service import orders
from tests.asks.conftest import BRIEF, asked
from tests.factories import a_hold, a_person
from tests.races.test_asks import FIRST, ada
from tests.scenes import TEN
from tests.session_credits.conftest import paid_for

__all__ = ["ada"]

pytestmark = pytest.mark.real

WHOLE = {name: str(BRIEF[name]) for name in DETAILS}
KEPT = "select brief_details from bookings where id = :id"


@pytest.fixture
def scheduled(real_app, ada, stripe):
    """Two sessions that were paid for without a time, each as its credit and its session."""

    def schedule(name, hours):
        with real_app.app_context():
            mentee = a_person(name)
            quote = quotes.quote(ada.user, ask_id=asked(mentee).id, minutes=45, price_cents=None, note="")
            credit = paid_for(mentee, quotes.buy_credit(mentee, quote_id=quote.id), stripe)
            at = TEN.replace(hour=8 + hours)
            return credit.id, orders.schedule(mentee, credit_id=credit.id, starts_at=at).id

    return [schedule("Mia", 0), schedule("Noor", 2)]


@pytest.fixture
def held(real_app, ada):
    """A time that is held with a quote for what was asked: its asker, the booking's key and the ask's."""

    def hold(name, hours=0, **said):
        with real_app.app_context():
            asker = a_person(name)
            ask = asked(asker, **said)
            quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
            at = TEN.replace(hour=8 + hours)
            return asker, quotes.hold(asker, quote_id=quote.id, starts_at=at).id, ask.id

    return hold


def test_what_was_said_is_carried_and_what_was_not_is_not_kept(real_app, schema, held):
    _mia, whole, _ask_id = held("Mia")
    noor, short, ask_id = held("Noor", hours=2, why_coach="", tried="", by_when=None)
    schema.migrate_again("0093")
    assert schema.run(KEPT, id=whole) == [(WHOLE,)]
    assert schema.run(KEPT, id=short) == [({name: WHOLE[name] for name in ("not_about", "aim")},)]
    with real_app.app_context():
        assert queries.locked(short).brief_details == session().get_one(Ask, ask_id).brief_details
        session().rollback()
        mentee = session().get_one(User, noor.id)
        said = brief_queries.one(mentee, short)
        briefs.change_brief(
            mentee, booking_id=short, brief=said.brief, **{name: getattr(said, name) for name in DETAILS}
        )
        assert "booking.brief_changed" not in [entry.action for entry in timeline_of(short)]


def test_a_brief_that_was_written_anew_and_one_without_an_ask_have_nothing_beside_it(real_app, ada, schema, held):
    _mia, changed, _ask_id = held("Mia")
    with real_app.app_context():
        alone = a_hold(a_person("Noor"), offerings_of(ada.id)[0], FIRST.replace(hour=14)).id
    schema.back_to("0092")
    schema.run("update bookings set brief = 'Let us look at my plan for the summer first.' where id = :id", id=changed)
    schema.forward()
    assert [schema.run(KEPT, id=booking) for booking in (changed, alone)] == [[({},)], [({},)]]


def test_a_session_that_was_paid_for_without_a_time_has_it_unless_it_was_written_anew(schema, scheduled):
    (first, session_of_first), (second, session_of_second) = scheduled
    schema.back_to("0096")
    anew = "update bookings set brief_details = :details where id = :id"
    schema.run(anew, id=session_of_first, details="{}")
    schema.run(anew, id=session_of_second, details='{"aim": "A date."}')
    schema.forward()
    of_credits = "select brief_details from session_credits where id = :id"
    assert [schema.run(of_credits, id=credit) for credit in (first, second)] == [[(WHOLE,)], [(WHOLE,)]]
    assert schema.run(KEPT, id=session_of_first) == [(WHOLE,)]
    assert schema.run(KEPT, id=session_of_second) == [({"aim": "A date."},)]
