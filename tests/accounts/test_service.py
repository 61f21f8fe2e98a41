import uuid
from datetime import timedelta

import pytest
from sqlalchemy import func, inspect, select, text

from marketplace import clock
from marketplace.accounts import queries, rules, service
from marketplace.accounts.models import AccessToken, IdempotentRequest, User
from marketplace.accounts.tokens import service as token_service
from marketplace.audit import queries as audit
from marketplace.db import session
from marketplace.errors import Invalid, NotAllowed, NotFound
from tests.factories import a_person, an_admin

PRINT = rules.fingerprint("POST", "/x", b"{}")
ANSWER = service.Answer(201, {"id": "1"}, {"Location": "/x/1"})


def test_only_the_hash_of_a_token_is_kept():
    token, text_ = token_service.create_token(a_person(), name="ci", scopes=["write", "read"])
    whole_row = session().execute(text("select row_to_json(t)::text from access_tokens t")).scalar_one()
    assert text_ not in whole_row
    assert token.digest == rules.digest(text_)
    assert token.scopes == ["read", "write"]


def test_a_token_is_its_owner():
    person = a_person()
    _, text_ = token_service.create_token(person, name="ci", scopes=["read"])
    found = queries.user_by_token(text_)
    assert found is not None
    assert found.user.id == person.id


@pytest.mark.parametrize("change", [{"active": False}, {"confirmed_at": None}])
def test_a_token_of_somebody_who_may_not_sign_in_is_useless(change):
    person = a_person()
    _, text_ = token_service.create_token(person, name="ci", scopes=["read"])
    for name, value in change.items():
        setattr(person, name, value)
    session().commit()
    assert queries.user_by_token(text_) is None


def test_an_expired_token_is_useless(moment):
    expires_at = moment.now + timedelta(hours=1)
    _, text_ = token_service.create_token(a_person(), name="ci", scopes=["read"], expires_at=expires_at)
    assert queries.user_by_token(text_) is not None
    moment.advance(hours=1)
    assert queries.user_by_token(text_) is None


def test_a_revoked_token_is_useless_and_gone_from_the_list():
    person = a_person()
    token, text_ = token_service.create_token(person, name="ci", scopes=["read"])
    token_service.revoke_token(person, token_id=token.id)
    token_service.revoke_token(person, token_id=token.id)
    assert queries.user_by_token(text_) is None
    assert queries.tokens_of(person) == []
    assert [entry.action for entry in audit.timeline_of(token.id)] == ["token.created", "token.revoked"]


def test_tokens_are_listed_newest_first(moment):
    person = a_person()
    token_service.create_token(person, name="old", scopes=["read"])
    moment.advance(days=1)
    token_service.create_token(person, name="new", scopes=["read"])
    assert [token.name for token in queries.tokens_of(person)] == ["new", "old"]


def test_nobody_revokes_somebody_elses_token():
    token, text_ = token_service.create_token(a_person(), name="ci", scopes=["read"])
    with pytest.raises(NotFound):
        token_service.revoke_token(a_person("Noa"), token_id=token.id)
    assert queries.user_by_token(text_) is not None


@pytest.mark.parametrize("text_", ["", "fh_nothing", "fh_" + "x" * 40])
def test_an_unknown_token_is_nobody(text_):
    assert queries.user_by_token(text_) is None


def test_a_token_cannot_make_a_stronger_one():
    person = a_person()
    weak, _ = token_service.create_token(person, name="weak", scopes=["read", "write", "tokens"])
    with pytest.raises(NotAllowed):
        token_service.create_token(person, name="ci", scopes=["money"], made_by=weak)
    assert session().scalar(select(func.count()).select_from(AccessToken)) == 1


def test_use_is_noted_once_a_minute(moment):
    token, _ = token_service.create_token(a_person(), name="ci", scopes=["read"])
    token_service.note_use(token)
    first = moment.now
    session().refresh(token)
    assert token.last_used_at == first
    moment.advance(seconds=59)
    token_service.note_use(token)
    session().refresh(token)
    assert token.last_used_at == first
    moment.advance(seconds=1)
    token_service.note_use(token)
    session().refresh(token)
    assert token.last_used_at == moment.now


def test_a_profile_changes_only_in_what_is_given():
    person = a_person()
    service.update_profile(person, name="Maria")
    assert (person.name, person.timezone) == ("Maria", "Europe/Berlin")
    service.update_profile(person, timezone="Asia/Tokyo")
    assert (person.name, person.timezone) == ("Maria", "Asia/Tokyo")


def test_an_admin_gives_a_role_once_and_it_is_on_record():
    admin, person = an_admin(), a_person()
    service.grant_role(admin, user_id=person.id, role="coach")
    service.grant_role(admin, user_id=person.id, role="coach")
    assert [role.name for role in person.roles] == ["coach"]
    assert [(e.action, e.actor_id) for e in audit.timeline_of(person.id)] == [("role.granted", admin.id)]


def test_roles_are_read_only_when_somebody_asks_for_them():
    alma = an_admin()
    session().expunge(alma)
    read = session().get(User, alma.id)
    assert "roles" in inspect(read).unloaded
    assert read.is_admin


def test_a_mentee_gives_no_roles():
    person = a_person()
    with pytest.raises(NotAllowed):
        service.grant_role(person, user_id=person.id, role="admin")
    assert not person.is_admin


def test_a_role_that_does_not_exist_is_refused_and_so_is_a_person_who_does_not():
    with pytest.raises(Invalid) as refused:
        service.grant_role(None, user_id=a_person().id, role="king")
    assert set(refused.value.fields) == {"role"}
    with pytest.raises(NotFound):
        service.grant_role(None, user_id=uuid.uuid4(), role="admin")


def test_the_operator_makes_an_admin_who_is_confirmed():
    admin = service.create_admin(email="root@example.com", name="Root", password_hash="x")
    assert admin.is_admin
    assert admin.confirmed_at == clock.now()
    assert queries.by_id(admin.id) is admin


def test_an_address_is_one_persons_however_it_is_capitalised():
    person = a_person(email="Mia@example.com")
    assert queries.by_email("mia@EXAMPLE.com") is person
    with pytest.raises(service.AddressTaken):
        service.create_admin(email="MIA@example.com", name="Root", password_hash="x")
    assert session().scalar(select(func.count()).select_from(User)) == 1


def test_a_new_request_is_claimed_and_its_answer_replayed():
    person = a_person()
    claim, answered = service.begin_request(person, key="k", fingerprint=PRINT)
    assert answered is None
    service.finish_request(claim, answer=ANSWER)
    assert service.begin_request(person, key="k", fingerprint=PRINT) == (claim, ANSWER)


def test_a_key_belongs_to_one_person():
    claim, _ = service.begin_request(a_person(), key="k", fingerprint=PRINT)
    service.finish_request(claim, answer=ANSWER)
    assert service.begin_request(a_person("Noa"), key="k", fingerprint=PRINT)[1] is None


def test_a_key_belongs_to_one_request():
    person = a_person()
    service.begin_request(person, key="k", fingerprint=PRINT)
    with pytest.raises(Invalid) as refused:
        service.begin_request(person, key="k", fingerprint=rules.fingerprint("POST", "/x", b"other"))
    assert set(refused.value.fields) == {"Idempotency-Key"}


def test_a_running_request_is_not_run_twice_but_an_abandoned_one_is_taken_over_once(moment):
    person = a_person()
    claim, _ = service.begin_request(person, key="k", fingerprint=PRINT)
    moment.advance(seconds=60)
    with pytest.raises(service.StillRunning):
        service.begin_request(person, key="k", fingerprint=PRINT)
    moment.advance(seconds=1)
    assert service.begin_request(person, key="k", fingerprint=PRINT) == (claim, None)
    with pytest.raises(service.StillRunning):
        service.begin_request(person, key="k", fingerprint=PRINT)


def test_the_first_answer_stays():
    person = a_person()
    claim, _ = service.begin_request(person, key="k", fingerprint=PRINT)
    service.finish_request(claim, answer=ANSWER)
    service.finish_request(claim, answer=service.Answer(500, {}, {}))
    service.forget_request(claim)
    assert service.begin_request(person, key="k", fingerprint=PRINT)[1] == ANSWER


def test_a_forgotten_request_starts_anew():
    person = a_person()
    claim, _ = service.begin_request(person, key="k", fingerprint=PRINT)
    service.forget_request(claim)
    again, answered = service.begin_request(person, key="k", fingerprint=PRINT)
    assert answered is None
    assert again != claim


def test_answers_are_forgotten_after_a_day(moment):
    service.begin_request(a_person(), key="k", fingerprint=PRINT)
    moment.advance(hours=24)
    service.forget_old_requests()
    assert session().scalar(select(func.count()).select_from(IdempotentRequest)) == 1
    moment.advance(seconds=1)
    service.forget_old_requests()
    assert session().scalar(select(func.count()).select_from(IdempotentRequest)) == 0
