"""The demo's data: whole, in order, and made once."""

import pytest
from sqlalchemy import text

from devtools import demo
from devtools.people import PEOPLE
from marketplace.db import session
from marketplace.invariants import queries as invariant_queries

pytestmark = [pytest.mark.real, pytest.mark.slow]

# No worker runs here: what it does is not done yet.
UNDER_WAY = {"jobs_are_done", "mail_goes"}
THERE = """
select kind, count(*) from (
    select 'ask ' || status as kind from asks
    union all select 'place ' || status from ask_queue_places
    union all select 'quote ' || status from quotes
    union all select 'payer ' || reference from quote_payers where digest is not null
    union all select 'licence ' || status from licences
    union all select 'feedback' from session_feedback
    union all select 'session ' || status from bookings
    union all select 'published' from published_answers where released is not null
    union all select 'invitation' from invitations
    union all select 'unpaid' from unpaid_entries
    union all select 'sponsorship' from sponsorships
    union all select 'credit ' || status from session_credits
    union all select 'credit that lapses soon' from session_credits
        where status = 'open' and expires_at < now() + interval '5 days'
    union all select 'answer ' || status from written_answers
    union all select 'overrun ' || status from overruns
    union all select 'paid by ' || reference from quote_payers
        join quotes on quotes.id = quote_id where quotes.status = 'paid' and reference != ''
    union all select 'paid ' || status from payments
) as found group by kind
"""


def test_it_has_something_of_each_kind_keeps_what_must_hold_and_is_made_once(real_app, stripe):
    with real_app.app_context():
        assert demo.seed(stripe) == len(PEOPLE)
        there = dict(session().execute(text(THERE)).all())
        for kind in (
            "ask open",
            "place waiting",
            "payer PO-1001",
            "licence submitted",
            "feedback",
            "session completed",
            "session confirmed",
            "licence checked",
            "credit open",
            "credit used",
            "credit that lapses soon",
            "answer delivered",
            "overrun paid",
            "paid by PO-1000",
        ):
            assert there.get(kind), (kind, there)
        broken = {finding.invariant.name for finding in invariant_queries.evaluate() if not finding.well}
        assert broken <= UNDER_WAY
        assert demo.seed(stripe) == 0
        assert dict(session().execute(text(THERE)).all()) == there
