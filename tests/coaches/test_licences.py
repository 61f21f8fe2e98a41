"""Therapists work where they are licensed and as long as they are; an admin checks it."""

from datetime import UTC, date, timedelta

import pytest
from sqlalchemy import select

from marketplace import needs_attention
from marketplace.bookings.holds import service as holds
from marketplace.bookings.series import service as series
from marketplace.coaches.licences import rules, service
from marketplace.coaches.licences.rules import Permit
from marketplace.coaches.models import Offering
from marketplace.coaches.service import offerings, profiles
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.states import TransitionRefused
from tests import settings
from tests.factories import BRIEF, a_coach, a_payment, a_person, an_admin, open_all_week

TODAY, LAST = date(2027, 3, 1), date(2027, 3, 31)
GERMANY = Permit("DE", LAST)


@pytest.mark.parametrize(
    ("permits", "place", "session_on", "today", "refused"),
    [
        ([], "DE", TODAY, TODAY, "no_licence"),
        ([GERMANY], "DE", TODAY, TODAY, None),
        ([GERMANY], "DE", LAST, LAST, None),
        ([GERMANY], "DE", LAST + timedelta(days=1), TODAY, "ends_before"),
        ([GERMANY], "DE", LAST + timedelta(days=1), LAST + timedelta(days=1), "lapsed"),
        ([GERMANY], "AT", TODAY, TODAY, "elsewhere"),
        ([GERMANY], None, TODAY, TODAY, "no_place"),
        ([GERMANY], "", TODAY, TODAY, "no_place"),
        ([GERMANY], "US", TODAY, TODAY, "no_place"),
        ([Permit("US-CA", LAST)], "US-NY", TODAY, TODAY, "elsewhere"),
        ([GERMANY, Permit("AT", LAST)], "AT", TODAY, TODAY, None),
        ([Permit("DE", TODAY - timedelta(days=1)), Permit("AT", LAST)], "DE", TODAY, TODAY, "elsewhere"),
        ([GERMANY, Permit("DE", LAST + timedelta(days=365))], "DE", LAST + timedelta(days=9), TODAY, None),
    ],
)
def test_a_session_is_held_only_where_and_while_a_licence_is_valid(permits, place, session_on, today, refused):
    assert rules.refusal(permits, place=place, session_on=session_on, today=today) == refused
    assert refused is None or str(rules.REFUSALS[refused])


@pytest.mark.parametrize(
    ("days_left", "reminded", "due"),
    [
        (61, None, None), (60, None, 60), (45, 60, None), (30, 60, 30), (30, None, 30),
        (8, 30, None), (7, 30, 7), (0, 7, None), (0, 30, 7), (-1, 30, None),
    ],
)  # fmt: skip
def test_reminders_come_sixty_thirty_and_seven_days_before_each_once(days_left, reminded, due):
    assert rules.reminder_due(TODAY + timedelta(days=days_left), today=TODAY, reminded=reminded) == due


@pytest.fixture
def dee():
    return open_all_week(a_coach("dee", kinds=["therapist"], licence="Berlin 1", timezone="UTC"))


def licensed(dee, admin, *, expires_on, jurisdiction="DE"):
    given = service.give(dee.user, number="B 1", jurisdiction=jurisdiction, expires_on=expires_on)
    return service.check(admin, licence_id=given.id)


def therapy(dee):
    return offerings.publish_offering(dee.user, title="An hour", kind="therapist", minutes=60, price_cents=9000)


def hold(mentee, offering, starts_at, place):
    return holds.hold(mentee, offering_id=offering.id, starts_at=starts_at, brief=BRIEF, client_place=place)


def in_two_days(moment):
    return moment.now.astimezone(UTC).replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=2)


def subjects(person):
    return session().scalars(select(Message.subject).where(Message.recipient == person.email)).all()


def test_therapy_is_sold_once_a_licence_was_checked_and_only_where_it_is_valid(dee, alma, mia, moment):
    with pytest.raises(Invalid) as refusal:
        therapy(dee)
    assert list(refusal.value.fields) == ["kind"]
    licensed(dee, alma, expires_on=moment.now.date() + timedelta(days=10))
    offering, starts_at = therapy(dee), in_two_days(moment)
    for place in (None, "AT"):
        with pytest.raises(Invalid) as refusal:
            hold(mia, offering, starts_at, place)
        assert list(refusal.value.fields) == ["client_place"]
    assert hold(mia, offering, starts_at, "DE").client_place == "DE"
    with pytest.raises(Invalid):
        hold(mia, offering, starts_at + timedelta(days=12), "DE")
    with pytest.raises(Invalid):
        series.hold_series(
            mia, offering_id=offering.id, starts_at=starts_at + timedelta(days=1), every_weeks=1, count=2, brief=BRIEF
        )


def test_when_it_lapses_nothing_is_booked_at_once_and_what_was_booked_is_an_admins_case(dee, alma, mia, moment, stripe):
    last = moment.now.date() + timedelta(days=5)
    licence = licensed(dee, alma, expires_on=last)
    offering = therapy(dee)
    booked = a_payment(mia, hold(mia, offering, in_two_days(moment), "DE"), stripe)
    assert needs_attention.LICENCE not in {item.kind for item in needs_attention.items(alma)}
    service.refuse(alma, licence_id=licence.id, reason="It was withdrawn.")
    with pytest.raises(Invalid):
        hold(a_person("Noor"), offering, in_two_days(moment) + timedelta(hours=3), "DE")
    assert [i.id for i in needs_attention.items(alma) if i.kind == needs_attention.UNLICENSED] == [booked.id]
    service.follow_licences()
    service.follow_licences()
    assert session().get_one(Offering, offering.id).active is False
    assert subjects(dee.user).count("Your offerings of therapy are withdrawn") == 1


def test_a_reminder_is_sent_once_and_none_where_the_next_licence_is_there(dee, alma, moment):
    licensed(dee, alma, expires_on=moment.now.date() + timedelta(days=30))
    service.follow_licences()
    service.follow_licences()
    assert len([each for each in subjects(dee.user) if "ends on" in each]) == 1
    licensed(dee, alma, expires_on=moment.now.date() + timedelta(days=400))
    moment.advance(days=24)
    service.follow_licences()
    assert len([each for each in subjects(dee.user) if "ends on" in each]) == 1


def test_only_an_admin_who_is_not_the_therapist_checks_it_and_only_once(dee, alma, ada):
    given = service.give(dee.user, number="B 1", jurisdiction="DE", expires_on=date(2028, 1, 1))
    for stranger in (dee.user, ada.user):
        with pytest.raises(NotFound):
            service.check(stranger, licence_id=given.id)
    service.check(alma, licence_id=given.id)
    with pytest.raises(TransitionRefused):
        service.check(an_admin("Bo"), licence_id=given.id)


def test_where_therapy_is_off_nobody_becomes_a_therapist_or_books_one(dee, alma, ada, mia, moment):
    licensed(dee, alma, expires_on=moment.now.date() + timedelta(days=10))
    offering = therapy(dee)
    settings.change(therapists=False)
    with pytest.raises(Invalid):
        hold(mia, offering, in_two_days(moment), "DE")
    with pytest.raises(Invalid) as refusal:
        profiles.edit_profile(ada.user, kinds=["mentor", "therapist"], licence="X 1")
    assert "kinds" in refusal.value.fields
    with pytest.raises(service.TherapyNotOffered):
        service.give(dee.user, number="B 1", jurisdiction="DE", expires_on=date(2028, 1, 1))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": " "}, "number"),
        ({"jurisdiction": "US"}, "jurisdiction"),
        ({"expires_on": date(2020, 1, 1)}, "expires_on"),
        ({"expires_on": date(2099, 1, 1)}, "expires_on"),
    ],
)
def test_a_licence_that_cannot_be_is_refused_by_its_field(dee, changes, field):
    given = {"number": "B 1", "jurisdiction": "DE", "expires_on": date(2028, 1, 1)}
    with pytest.raises(Invalid) as refusal:
        service.give(dee.user, **given | changes)
    assert list(refusal.value.fields) == [field]


def test_the_pages_take_a_licence_check_it_and_ask_where_the_client_is(browser_of, dee, alma, mia, moment):
    coach, admin = browser_of(dee.user), browser_of(alma)
    ends = (moment.now.date() + timedelta(days=300)).isoformat()
    assert (
        coach.submit("/dashboard/licence", {"number": "B 1", "jurisdiction": "XX", "expires_on": ends}).status_code
        == 422
    )
    assert (
        coach.submit("/dashboard/licence", {"number": "B 1", "jurisdiction": "DE", "expires_on": ends}).status_code
        == 303
    )
    (licence,) = service.queries.of_coach(dee.id)
    page = admin.get(f"/admin/coaches/{dee.id}").get_data(as_text=True)
    assert "Accept this licence" in page
    service.check(alma, licence_id=licence.id)
    offering, starts_at = therapy(dee), in_two_days(moment)
    address = f"/book/{offering.id}?starts_at={starts_at.strftime('%Y-%m-%dT%H:%M:%SZ')}"
    mentee = browser_of(mia)
    assert "Where will you be during the session?" in mentee.get(address).get_data(as_text=True)
    typed = {"starts_at": starts_at.isoformat(), "brief": BRIEF}
    wrong = mentee.submit(f"/book/{offering.id}", typed | {"client_place": "AT"}, seen=address)
    assert wrong.status_code == 422
    assert "not licensed where you will be" in wrong.get_data(as_text=True)
    assert mentee.submit(f"/book/{offering.id}", typed | {"client_place": "DE"}, seen=address).status_code == 302


def test_a_refusal_says_why_and_a_licence_that_was_taken_back_reminds_nobody(dee, alma, moment):
    given = licensed(dee, alma, expires_on=moment.now.date() + timedelta(days=30))
    for reason in (" ", "x" * (rules.LONGEST_REASON + 1)):
        with pytest.raises(Invalid) as refused:
            service.refuse(alma, licence_id=given.id, reason=reason)
        assert set(refused.value.fields) == {"reason"}
    service.refuse(alma, licence_id=given.id, reason="The register does not know it.")
    service._remind(given.id)
    assert not [each for each in subjects(dee.user) if "ends on" in each]


def test_who_is_licensed_or_sells_no_therapy_keeps_every_offering(dee, alma, moment):
    licensed(dee, alma, expires_on=moment.now.date() + timedelta(days=90))
    offering = therapy(dee)
    service._withdraw(dee.id)
    assert session().get(Offering, offering.id).active
    unlicensed = a_coach("uma", kinds=["mentor"], timezone="UTC")
    kept = offerings.publish_offering(unlicensed.user, title="An hour", kind="mentor", minutes=60, price_cents=9000)
    service._withdraw(unlicensed.id)
    assert session().get(Offering, kept.id).active
