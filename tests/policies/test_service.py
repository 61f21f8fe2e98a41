"""Creating a policy, revising it, retiring it; what is booked keeps what it was sold under."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from marketplace.audit import queries as audit
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import service as holds
from marketplace.bookings.series import service as booking_series
from marketplace.bookings.terms import service as booking_terms
from marketplace.coaches.service import offerings
from marketplace.db import session, uuid7
from marketplace.errors import Invalid, NotFound
from marketplace.policies import queries, service
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_person, an_admin, an_offering, open_all_week

TEN = datetime(2027, 3, 4, 10, tzinfo=UTC)
SAID = {"tiers": [(48, 100), (24, 25)], "grace_minutes": 30, "reschedules": 2, "reschedule_hours": 12}


@pytest.fixture
def strict(alma):
    return service.create(alma, name=" Strict  one ", **SAID)


@pytest.fixture
def offering():
    return an_offering(open_all_week(a_coach("ada")))


def chosen(offering, version):
    return offerings.edit_offering(offering.coach.user, offering_id=offering.id, policy_id=version.policy_id)


def test_the_house_says_what_the_settings_said(offering):
    house = queries.current(None)
    assert (house.policy.name, house.policy.is_house, house.number) == ("Standard", True, 1)
    terms = a_hold(a_person(), offering, TEN).terms
    assert terms == queries.house_terms()
    assert (terms.tiers, terms.grace_minutes, terms.reschedules, terms.reschedule_hours) == (
        ((24, 100), (4, 50)),
        60,
        1,
        4,
    )


def test_a_policy_is_made_tidied_and_chosen(alma, strict, offering):
    assert strict.policy.name == "Strict one"
    chosen(offering, strict)
    terms = a_hold(a_person(), offering, TEN).terms
    assert (terms.label, terms.tiers) == ("Strict one, version 1", ((48, 100), (24, 25)))
    assert [entry.action for entry in audit.timeline_of(strict.policy_id)] == ["policy.made"]


def test_under_the_chosen_policy_so_much_comes_back(strict, offering, stripe, moment):
    mia = a_person()
    chosen(offering, strict)
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN.replace(day=3, hour=9))
    assert cancellations.quote_cancellation(mia, booking_id=booking.id).refund_cents == 3000
    ended = cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=3000)
    assert (ended.status, ended.refunded_cents) == ("cancelled", 3000)


def test_a_new_version_leaves_what_is_booked_alone(alma, strict, offering, stripe):
    chosen(offering, strict)
    before = a_booking(a_person("Mia"), offering, TEN, stripe)
    service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID | {"tiers": [(1, 100)]})
    after = a_hold(a_person("Noor"), offering, TEN.replace(hour=12))
    session().refresh(before)
    assert (before.terms.version, before.terms.tiers) == (1, ((48, 100), (24, 25)))
    assert (after.terms.version, after.terms.tiers) == (2, ((1, 100),))


def test_terms_that_were_shown_are_those_that_are_held_or_none(alma, strict, offering):
    chosen(offering, strict)
    wanted = {"offering_id": offering.id, "starts_at": TEN, "brief": BRIEF}
    assert holds.hold(a_person("Mia"), **wanted, policy_version=strict.id).terms.version == 1
    service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID | {"grace_minutes": 0})
    noor, later = a_person("Noor"), {**wanted, "starts_at": TEN.replace(hour=12)}
    with pytest.raises(booking_terms.TermsChanged) as refusal:
        holds.hold(noor, **later, policy_version=strict.id)
    assert refusal.value.details["policy"] == "Strict one, version 2"
    shown = refusal.value.details["policy_version"]
    assert holds.hold(noor, **later, policy_version=queries.current(strict.policy_id).id).terms.version == 2
    assert shown == str(queries.current(strict.policy_id).id)


def test_a_series_is_held_under_the_terms_that_were_shown_or_not_at_all(strict, offering):
    wanted = {"offering_id": offering.id, "starts_at": TEN, "brief": BRIEF, "every_weeks": 1, "count": 3}
    with pytest.raises(booking_terms.TermsChanged):
        booking_series.hold_series(a_person(), **wanted, policy_version=strict.id)
    held = booking_series.hold_series(a_person(), **wanted, policy_version=queries.current(None).id)
    assert {each.terms.label for each in held} == {"Standard, version 1"}


def test_a_retired_policy_is_chosen_by_nobody_and_kept_by_who_has_it(alma, strict, offering):
    chosen(offering, strict)
    service.retire(alma, policy_id=strict.policy_id)
    service.retire(alma, policy_id=strict.policy_id)
    assert strict not in queries.choosable()
    assert queries.listed()[-1] == strict
    ada = offering.coach.user
    assert offerings.edit_offering(ada, offering_id=offering.id, title="Renamed").policy_id == strict.policy_id
    assert a_hold(a_person(), offering, TEN).terms.name == "Strict one"
    offerings.edit_offering(ada, offering_id=offering.id, policy_id=None)
    with pytest.raises(Invalid) as refusal:
        chosen(offering, strict)
    assert list(refusal.value.fields) == ["policy_id"]
    with pytest.raises(service.PolicyRetired):
        service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID | {"grace_minutes": 1})
    assert [entry.action for entry in audit.timeline_of(strict.policy_id)] == ["policy.made", "policy.retired"]


def test_the_house_stays_but_is_said_anew(alma, offering):
    house = queries.current(None)
    with pytest.raises(service.HousePolicyStays):
        service.retire(alma, policy_id=house.policy_id)
    service.revise(alma, policy_id=house.policy_id, after_version=1, **SAID)
    assert a_hold(a_person(), offering, TEN).terms.label == "Standard, version 2"


def test_two_admins_at_once_do_not_write_over_each_other(alma, strict):
    service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID | {"grace_minutes": 5})
    with pytest.raises(service.PolicySuperseded):
        service.revise(an_admin("Amir"), policy_id=strict.policy_id, after_version=1, **SAID | {"grace_minutes": 9})
    assert [said.grace_minutes for said in queries.versions_of(strict.policy_id)] == [5, 30]


def test_a_version_that_says_the_same_is_none(alma, strict):
    with pytest.raises(service.PolicyUnchanged):
        service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID)


@pytest.mark.parametrize("name", ["strict ONE", "standard"])
def test_a_name_is_taken_however_it_is_written(alma, strict, name):
    with pytest.raises(service.PolicyNameTaken) as refusal:
        service.create(alma, name=name, **SAID)
    assert list(refusal.value.fields) == ["name"]


def test_every_field_that_is_wrong_is_named_at_once(alma, strict):
    wrong = {"tiers": [], "grace_minutes": -1, "reschedules": 11, "reschedule_hours": 721}
    with pytest.raises(Invalid) as refusal:
        service.create(alma, name=" ", **wrong)
    assert sorted(refusal.value.fields) == ["grace_minutes", "name", "reschedule_hours", "reschedules", "tiers"]
    with pytest.raises(Invalid) as refusal:
        service.revise(alma, policy_id=strict.policy_id, after_version=1, **wrong)
    assert sorted(refusal.value.fields) == ["grace_minutes", "reschedule_hours", "reschedules", "tiers"]


def test_who_is_no_admin_finds_nothing_to_change(strict, offering):
    ada = offering.coach.user
    for attempt in (
        lambda: service.create(ada, name="Own", **SAID),
        lambda: service.revise(ada, policy_id=strict.policy_id, after_version=1, **SAID),
        lambda: service.retire(ada, policy_id=strict.policy_id),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_what_does_not_exist_is_not_found(alma, offering):
    for attempt in (
        lambda: queries.current(uuid7()),
        lambda: queries.version(uuid7()),
        lambda: queries.versions_of(uuid7()),
        lambda: service.retire(alma, policy_id=uuid7()),
    ):
        with pytest.raises(NotFound):
            attempt()


@pytest.mark.parametrize("statement", ["update policy_versions set grace_minutes = 0", "delete from policy_versions"])
def test_no_version_is_ever_changed(strict, statement):
    with pytest.raises(DatabaseError, match="append-only"):
        session().execute(text(statement))
    session().rollback()


def test_coaches_who_sell_under_it_are_told_once(alma, strict, offering, mailbox, run_jobs):
    an_offering(open_all_week(a_coach("ben")))
    chosen(offering, strict)
    service.revise(alma, policy_id=strict.policy_id, after_version=1, **SAID | {"grace_minutes": 0})
    run_jobs()
    offerings.send_new_terms(str(queries.current(strict.policy_id).id))
    run_jobs()
    (mail,) = mailbox
    assert (mail["To"], mail["Subject"]) == (offering.coach.user.email, "The policy Strict one has changed")
    words = mail.get_body(("plain",)).get_content()
    assert "- Between 48 and 24 hours before: 25 % is refunded." in words
    assert "- One hour of mentoring" in words


def test_the_houses_coaches_are_those_who_chose_nothing(alma, strict, offering, mailbox, run_jobs):
    ben = an_offering(open_all_week(a_coach("ben"))).coach
    chosen(offering, strict)
    service.revise(alma, policy_id=queries.current(None).policy_id, after_version=1, **SAID)
    run_jobs()
    assert [mail["To"] for mail in mailbox] == [ben.user.email]
