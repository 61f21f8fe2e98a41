"""Whatever the moment, a credit's money has one way to go, and no rule contradicts another."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from marketplace.session_credits import rules

FIRST, LAST = datetime(2027, 1, 1), datetime(2029, 1, 1)
INSTANTS = st.datetimes(FIRST, LAST, timezones=st.just(UTC))
# Near the end of a credit's days, to the second and further.
AROUND = st.one_of(
    st.timedeltas(timedelta(seconds=-2), timedelta(seconds=2)), st.timedeltas(timedelta(days=-70), timedelta(days=70))
)
STATUSES = st.sampled_from(sorted(rules.STATES.states))


@given(INSTANTS, AROUND, st.booleans(), st.booleans())
def test_an_open_credit_can_be_used_or_is_refunded_and_never_both_or_neither(expires_at, after, disputed, coach_there):
    now = expires_at + after
    usable = rules.may_schedule(rules.OPEN, expires_at=expires_at, disputed=disputed, now=now)
    ends = rules.refund_reason(coach_there=coach_there, expires_at=expires_at, now=now)
    if disputed:
        # Until the bank has decided nobody has the money.
        assert not usable
    elif coach_there:
        assert usable is (ends is None)
    else:
        assert ends == rules.COACH_LEFT


@given(STATUSES, INSTANTS, AROUND, st.booleans())
def test_what_can_be_scheduled_can_be_cancelled_and_whatever_cannot_says_why(status, expires_at, after, disputed):
    never_paid = status in rules.NEVER_PAID
    facts = {"expires_at": None if never_paid else expires_at, "disputed": disputed, "now": expires_at + after}
    refused = rules.cancelling_refused(status, **facts)
    assert (refused is None) is rules.may_schedule(status, **facts)
    assert refused is None or len(str(refused)) > 0
    if refused is None:
        # The state in which it is refunded can be reached from there, once.
        assert rules.STATES.allows(status, rules.REFUNDED)
        assert rules.cancelling_refused(rules.REFUNDED, **facts) is not None


@given(INSTANTS, st.integers(0, 70 * 24 * 60))
def test_reminders_come_one_after_the_other_and_all_before_its_days_are_over(paid_at, minutes):
    expires_at = rules.expires_at(paid_at)
    now = paid_at + timedelta(minutes=minutes)
    due = rules.reminders_due(expires_at, now)
    assert 0 <= due <= len(rules.REMIND_BEFORE)
    assert due <= rules.reminders_due(expires_at, now + timedelta(minutes=1))
    assert rules.reminders_due(expires_at, paid_at) == 0
    assert rules.reminders_due(expires_at, expires_at - timedelta(seconds=1)) == len(rules.REMIND_BEFORE)


@given(st.lists(STATUSES, max_size=30))
def test_whatever_happens_in_whatever_order_it_is_used_or_refunded_once(wanted):
    status, been = rules.UNPAID, [rules.UNPAID]
    for to in wanted:
        if rules.STATES.allows(status, to):
            status = to
            been.append(to)
    ends = [state for state in been if state in {rules.USED, rules.REFUNDED, rules.LAPSED}]
    assert len(ends) <= 1
    assert ends == [] or been[-1] == ends[0]
    # Nothing is used, refunded or lost that was not paid.
    assert set(been) <= rules.NEVER_PAID or rules.OPEN in been
    assert (status in rules.WITHOUT_SESSION) is (rules.USED not in been)
