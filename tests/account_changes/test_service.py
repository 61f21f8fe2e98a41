"""An admin who left, or turned: no code could take the role away. Now it can, with four eyes."""

import uuid

import pytest

from marketplace.account_changes import service
from marketplace.account_changes.queries import changes as queries
from marketplace.accounts import queries as accounts
from marketplace.accounts import service as account_commands
from marketplace.accounts.tokens import service as tokens
from marketplace.audit import queries as audit
from marketplace.errors import Invalid, NotAllowed, NotFound
from tests.authentication.reading import is_signed_in
from tests.factories import a_hold, a_person, an_admin
from tests.scenes import TEN


@pytest.fixture
def three():
    return an_admin("Alma"), an_admin("Bo"), an_admin("Cem")


def propose(actor, person, kind="remove_admin"):
    return service.propose(actor, user_id=person.id, kind=kind, reason="Left the company.")


def test_an_admin_falls_only_by_two_others(three, mailbox, run_jobs, browser_of):
    alma, bo, cem = three
    browser = browser_of(cem)
    _, token = tokens.create_token(cem, name="ci", scopes=["read"])
    change = propose(alma, cem)
    assert change.made_at is None
    assert cem.is_admin
    run_jobs()
    assert {mail["To"] for mail in mailbox} == {alma.email, bo.email, cem.email}
    with pytest.raises(NotAllowed):
        service.confirm(alma, change_id=change.id)
    service.confirm(bo, change_id=change.id)
    assert not cem.is_admin
    assert not is_signed_in(browser)
    assert accounts.user_by_token(token) is None
    assert ("role.removed", bo.id) in [(e.action, e.actor_id) for e in audit.timeline_of(cem.id)]
    run_jobs()
    assert mailbox.to(cem.email)[-1]["Subject"] == "You are no admin any more"


def test_an_admin_who_wants_to_go_is_confirmed_by_another(three):
    alma, bo, _ = three
    change = propose(alma, alma)
    service.confirm(bo, change_id=change.id)
    assert not alma.is_admin


def test_what_was_proposed_is_made_once_or_withdrawn(three):
    alma, bo, cem = three
    first = propose(alma, cem)
    with pytest.raises(service.WaitsForAnother):
        propose(bo, cem, "deactivate")
    assert [one.id for one in queries.open_changes(bo)] == [first.id]
    service.withdraw(cem, change_id=first.id)
    with pytest.raises(service.ChangeOver):
        service.confirm(bo, change_id=first.id)
    assert cem.is_admin
    assert queries.open_changes(bo) == []
    propose(bo, cem)


@pytest.mark.parametrize("kind", ["remove_admin", "deactivate"])
def test_the_last_admin_stays_also_for_the_operator(kind):
    alma = an_admin()
    an_admin("Gone").active = False
    with pytest.raises(service.LastAdmin):
        propose(None, alma, kind)
    assert alma.is_admin
    assert alma.active


def test_two_proposals_do_not_leave_a_site_without_admins():
    alma, bo = an_admin("Alma"), an_admin("Bo")
    against_bo, against_alma = propose(alma, bo), propose(bo, alma)
    service.confirm(bo, change_id=against_bo.id)
    with pytest.raises(NotFound):
        service.confirm(bo, change_id=against_alma.id)
    with pytest.raises(service.LastAdmin):
        propose(alma, alma)
    assert alma.is_admin


def test_who_is_no_admin_is_deactivated_by_one(browser_of, mailbox, run_jobs):
    alma, person = an_admin(), a_person()
    browser = browser_of(person)
    _, feed = account_commands.create_feed(person, side="mentee")
    assert propose(alma, person, "deactivate").made_at is not None
    assert not is_signed_in(browser)
    assert accounts.feed_by_token(feed) is None
    run_jobs()
    assert "Your account is deactivated" in [mail["Subject"] for mail in mailbox.to(person.email)]
    with pytest.raises(service.NothingToChange):
        propose(alma, person, "deactivate")
    propose(alma, person, "reactivate")
    browser.sign_in(person)
    assert is_signed_in(browser)


def test_a_link_that_was_mailed_before_lets_nobody_in_who_was_deactivated(client, mailbox, run_jobs):
    person = a_person()
    client.submit("/reset", {"email": person.email})
    run_jobs()
    propose(an_admin(), person, "deactivate")
    link = mailbox[0].get_body(("plain",)).get_content().split("http://localhost")[1].split()[0]
    assert client.get(link).status_code == 302
    client.submit("/reset", {"email": person.email})
    run_jobs()
    assert [mail["Subject"] for mail in mailbox] == ["Choose a new password", "Your account is deactivated"]


def test_whoever_has_sessions_to_come_is_not_deactivated(mia, ada, offering, moment):
    alma = an_admin()
    a_hold(mia, offering, TEN)
    for person in (mia, ada.user):
        with pytest.raises(service.SessionsToCome) as refused:
            propose(alma, person, "deactivate")
        assert "1 session to come" in refused.value.sentence
        assert queries.coming_sessions(person.id) == 1
    moment.advance(days=30)
    propose(alma, mia, "deactivate")


def test_an_admin_who_was_deactivated_comes_back_only_by_two(three):
    alma, bo, cem = three
    service.confirm(bo, change_id=propose(alma, cem, "deactivate").id)
    change = propose(alma, cem, "reactivate")
    assert not cem.active
    service.confirm(bo, change_id=change.id)
    assert cem.active


def test_the_operator_needs_nobody_else(three):
    alma, _, _ = three
    assert propose(None, alma).made_at is not None
    assert not alma.is_admin


def test_nobody_else_changes_accounts(three):
    alma, _, cem = three
    with pytest.raises(NotFound):
        propose(a_person(), cem)
    with pytest.raises(NotFound):
        service.propose(alma, user_id=uuid.uuid4(), kind="deactivate", reason="x")
    with pytest.raises(NotFound):
        service.confirm(alma, change_id=uuid.uuid4())
    with pytest.raises(Invalid):
        service.propose(alma, user_id=cem.id, kind="crown", reason="x")
    with pytest.raises(Invalid):
        service.propose(alma, user_id=cem.id, kind="deactivate", reason=" ")
