"""From an application to a rate card."""

from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.audit import queries as audit
from marketplace.coaches import queries
from marketplace.coaches.models import Coach
from marketplace.coaches.service import offerings, profiles
from marketplace.db import session
from marketplace.errors import Invalid, NotAllowed, NotFound
from tests.conftest import Moment
from tests.factories import a_coach, a_person, an_admin, an_offering
from tests.smtp import Mailbox


def applied(person: User, **changes: Any) -> Coach:
    profile: dict[str, Any] = {
        "handle": "mia",
        "headline": "Leads platform teams",
        "about": "Since **2009**.",
        "topics": ["Leadership", "leadership", "Python"],
        "languages": ["English", "de"],
        "timezone": "Europe/Berlin",
        "currency": "usd",
        "kinds": ["mentor"],
    }
    return profiles.apply(person, **profile | changes)


def published(person: User, **changes: Any) -> Any:
    line: dict[str, Any] = {"title": "One hour", "kind": "mentor", "minutes": 60, "price_cents": 12000}
    return offerings.publish_offering(person, **line | changes)


def fields_of(refusal: pytest.ExceptionInfo[Invalid]) -> list[str]:
    return sorted(refusal.value.fields)


def deeds(coach: Coach) -> list[str]:
    return [entry.action for entry in audit.timeline_of(coach.id)]


def test_an_application_waits_for_vetting_and_is_tidied() -> None:
    coach = applied(a_person(), handle=" MIA ", headline=" Leads   teams ")
    assert (coach.status, coach.handle, coach.headline) == ("applied", "mia", "Leads teams")
    assert (coach.topics, coach.languages) == (["leadership", "python"], ["en", "de"])
    assert deeds(coach) == ["coach.applied"]
    assert queries.applications() == [coach]


def test_the_applicant_and_every_admin_are_told(mailbox: Mailbox, run_jobs: Any) -> None:
    mia, admins = a_person("Mia"), [an_admin("Alma"), an_admin("Amir")]
    coach = applied(mia)
    run_jobs()
    by_recipient = {mail["To"]: mail for mail in mailbox}
    assert set(by_recipient) == {mia.email, *(admin.email for admin in admins)}
    assert str(coach.id) in by_recipient[admins[0].email].as_string()


def test_every_field_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        applied(a_person(), handle="admin", headline="", timezone="Mars/Base", currency="xyz", kinds=["therapist"])
    assert fields_of(refusal) == ["currency", "handle", "headline", "licence", "timezone"]


def test_two_people_cannot_take_one_handle() -> None:
    applied(a_person("Mia"))
    with pytest.raises(Invalid) as refusal:
        applied(a_person("Max"), handle="Mia")
    assert fields_of(refusal) == ["handle"]


def test_nobody_applies_twice() -> None:
    mia = a_person()
    applied(mia)
    with pytest.raises(profiles.AlreadyApplied):
        applied(mia, handle="other")


def test_an_unconfirmed_address_cannot_apply() -> None:
    with pytest.raises(profiles.AddressUnconfirmed):
        applied(a_person(confirmed=False))


def test_approval_makes_a_coach_who_is_told(mailbox: Mailbox, run_jobs: Any) -> None:
    mia, alma = a_person("Mia"), an_admin()
    coach = applied(mia)
    run_jobs()
    mailbox.clear()
    profiles.approve(alma, coach_id=coach.id)
    run_jobs()
    assert coach.status == "approved"
    assert coach.decided_by == alma.id
    assert mia.has_role("coach")
    assert queries.by_handle("mia") is coach
    assert deeds(coach) == ["coach.applied", "coach.approved"]
    (mail,) = mailbox
    assert mail["To"] == mia.email
    assert "/@mia" in mail.as_string()


def test_a_refusal_tells_the_reason_and_leaves_the_way_back(mailbox: Mailbox, run_jobs: Any) -> None:
    mia, alma = a_person("Mia"), an_admin()
    coach = applied(mia)
    profiles.reject(alma, coach_id=coach.id, reason=" Say more about your work. ")
    run_jobs()
    assert coach.decision_reason == "Say more about your work."
    assert any("Say more about your work." in mail.as_string() for mail in mailbox)
    again = applied(mia, handle="mia-again")
    assert again is coach
    assert (coach.status, coach.handle, coach.decision_reason) == ("applied", "mia-again", None)


def test_a_suspended_coach_cannot_be_found_and_can_come_back(mailbox: Mailbox, run_jobs: Any) -> None:
    ada, alma = a_coach(), an_admin()
    offering = an_offering(ada)
    profiles.suspend(alma, coach_id=ada.id, reason="Two complaints.")
    run_jobs()
    assert any("Two complaints." in mail.as_string() for mail in mailbox)
    for unseen in (lambda: queries.by_handle("ada"), lambda: queries.offering_for_booking(offering.id)):
        with pytest.raises(NotFound):
            unseen()
    profiles.approve(alma, coach_id=ada.id)
    assert queries.offering_for_booking(offering.id) is offering


@pytest.mark.parametrize(
    ("status", "command"),
    [("approved", "approve"), ("approved", "reject"), ("applied", "suspend"), ("rejected", "suspend")],
)
def test_what_was_decided_is_not_decided_again(status: str, command: str) -> None:
    ada, alma = a_coach(status=status), an_admin()
    reason = {} if command == "approve" else {"reason": "Because."}
    with pytest.raises(profiles.AlreadyVetted):
        getattr(profiles, command)(alma, coach_id=ada.id, **reason)


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_refusal_says_why(reason: str) -> None:
    coach = applied(a_person())
    with pytest.raises(Invalid) as refusal:
        profiles.reject(an_admin(), coach_id=coach.id, reason=reason)
    assert fields_of(refusal) == ["reason"]


@pytest.mark.parametrize("who", ["its applicant", "another coach", "a mentee"])
def test_only_admins_vet(who: str) -> None:
    mia = a_person("Mia")
    coach = applied(mia)
    actor = {"its applicant": mia, "another coach": a_coach("bea").user, "a mentee": a_person("Max")}[who]
    for command in (
        lambda: profiles.approve(actor, coach_id=coach.id),
        lambda: profiles.reject(actor, coach_id=coach.id, reason="No."),
        lambda: profiles.suspend(actor, coach_id=coach.id, reason="No."),
        lambda: queries.for_admin(actor, coach.id),
    ):
        with pytest.raises(NotFound):
            command()
    assert coach.status == "applied"


def test_there_is_nothing_to_decide_about_nobody() -> None:
    alma = an_admin()
    with pytest.raises(NotFound):
        profiles.approve(alma, coach_id=alma.id)


def test_a_profile_can_be_changed_in_part() -> None:
    ada = a_coach()
    profiles.edit_profile(ada.user, headline="New words", topics=["Python"])
    assert (ada.headline, ada.topics, ada.handle, ada.status) == ("New words", ["python"], "ada", "approved")
    assert deeds(ada) == ["coach.profile_changed"]


def test_a_stranger_has_no_profile_to_change() -> None:
    with pytest.raises(NotFound):
        profiles.edit_profile(a_person(), headline="New words")


def test_an_applicant_may_still_choose_another_handle_and_it_must_be_free() -> None:
    mia = a_person()
    applied(mia)
    a_coach("ada")
    assert profiles.edit_profile(mia, handle="mia-k").handle == "mia-k"
    with pytest.raises(Invalid) as refusal:
        profiles.edit_profile(mia, handle="ada")
    assert fields_of(refusal) == ["handle"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"handle": "ada-two"}, "handle"), ({"currency": "eur"}, "currency"), ({"kinds": ["tutor"]}, "kinds")],
)
def test_links_and_published_offerings_keep_their_meaning(changes: dict[str, Any], field: str) -> None:
    ada = a_coach()
    an_offering(ada)
    with pytest.raises(Invalid) as refusal:
        profiles.edit_profile(ada.user, **changes)
    assert fields_of(refusal) == [field]


def test_the_currency_may_change_while_nothing_is_published() -> None:
    assert profiles.edit_profile(a_coach().user, currency="EUR").currency == "eur"


def test_a_kind_may_go_once_its_offerings_are_retired() -> None:
    ada = a_coach()
    offerings.retire_offering(ada.user, offering_id=an_offering(ada).id)
    assert profiles.edit_profile(ada.user, kinds=["tutor"]).kinds == ["tutor"]


def test_whoever_becomes_a_therapist_is_vetted_again() -> None:
    ada = a_coach()
    profiles.edit_profile(ada.user, kinds=["mentor", "therapist"], licence="Berlin 1234")
    assert ada.status == "applied"
    profiles.approve(an_admin(), coach_id=ada.id)
    profiles.edit_profile(ada.user, headline="New words")
    assert ada.status == "approved"
    profiles.edit_profile(ada.user, licence="Berlin 9999")
    assert ada.status == "applied"


def test_an_offering_is_published_in_the_coachs_currency() -> None:
    ada = a_coach(currency="eur")
    offering = published(ada.user, by_approval=True, buffer_after_minutes=15)
    assert (offering.currency, offering.active, offering.by_approval) == ("eur", True, True)
    assert queries.offerings_of(ada.id) == [offering]
    assert [entry.action for entry in audit.timeline_of(offering.id)] == ["offering.published"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"price_cents": 2999}, "price"),
        ({"currency": "eur"}, "price"),
        ({"kind": "therapist"}, "kind"),
        ({"minutes": 5}, "minutes"),
        ({"title": " "}, "title"),
    ],
)
def test_an_offering_that_cannot_be_is_refused_by_field(changes: dict[str, Any], field: str) -> None:
    ada = a_coach()
    with pytest.raises(Invalid) as refusal:
        published(ada.user, **changes)
    assert fields_of(refusal) == [field]


@pytest.mark.parametrize("status", ["applied", "rejected", "suspended"])
def test_only_an_approved_coach_publishes(status: str) -> None:
    with pytest.raises(NotAllowed):
        published(a_coach(status=status).user)


def test_an_offering_is_changed_in_part_and_its_floor_still_holds() -> None:
    ada = a_coach()
    offering = an_offering(ada)
    offerings.edit_offering(ada.user, offering_id=offering.id, price_cents=15000)
    assert (offering.price_cents, offering.title) == (15000, "One hour of mentoring")
    with pytest.raises(Invalid) as refusal:
        offerings.edit_offering(ada.user, offering_id=offering.id, minutes=480)
    assert fields_of(refusal) == ["price"]
    session().refresh(offering)
    assert offering.minutes == 60


def test_a_retired_offering_is_gone_for_mentees_and_for_editing() -> None:
    ada = a_coach()
    offering = an_offering(ada)
    offerings.retire_offering(ada.user, offering_id=offering.id)
    offerings.retire_offering(ada.user, offering_id=offering.id)
    assert queries.offerings_of(ada.id) == []
    assert queries.offerings_of(ada.id, active_only=False) == [offering]
    assert [entry.action for entry in audit.timeline_of(offering.id)] == ["offering.retired"]
    for gone in (
        lambda: queries.offering_for_booking(offering.id),
        lambda: offerings.edit_offering(ada.user, offering_id=offering.id, title="New"),
    ):
        with pytest.raises(NotFound):
            gone()


@pytest.mark.parametrize("who", ["another coach", "a mentee", "an admin"])
def test_an_offering_is_its_coachs_alone(who: str) -> None:
    offering = an_offering(a_coach())
    actor = {"another coach": a_coach("bea").user, "a mentee": a_person(), "an admin": an_admin()}[who]
    for command in (
        lambda: offerings.edit_offering(actor, offering_id=offering.id, title="Mine"),
        lambda: offerings.retire_offering(actor, offering_id=offering.id),
    ):
        with pytest.raises(NotFound):
            command()
    assert offering.active


def test_applying_is_dated(moment: Moment) -> None:
    assert applied(a_person()).applied_at == moment.now
