"""Two admins remove each other, and two sign up with one address, at the same moment: with threads and commits."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from marketplace.account_changes import service as account_changes
from marketplace.accounts.models import Role, User
from marketplace.accounts.sign_ups import service as sign_ups
from marketplace.db import session
from marketplace.errors import Conflict, NotFound
from tests.factories import an_admin

pytestmark = pytest.mark.real


def at_once(app, *commands):
    ready = threading.Barrier(len(commands))

    def one(command):
        with app.app_context():
            ready.wait()
            try:
                return command()
            except (Conflict, NotFound) as refusal:
                return refusal

    with ThreadPoolExecutor(len(commands)) as threads:
        return list(threads.map(one, commands))


def test_two_admins_who_confirm_against_each_other_leave_one(real_app):
    with real_app.app_context():
        alma, bo = an_admin("Alma"), an_admin("Bo")
        changes = [
            account_changes.propose(alma, user_id=bo.id, kind="remove_admin", reason="x").id,
            account_changes.propose(bo, user_id=alma.id, kind="remove_admin", reason="x").id,
        ]
        ids = [bo.id, alma.id]

    def confirm(number):
        return lambda: account_changes.confirm(session().get_one(User, ids[number]), change_id=changes[number])

    answers = at_once(real_app, confirm(0), confirm(1))
    assert sum(isinstance(answer, Exception) for answer in answers) == 1
    with real_app.app_context():
        admins = select(func.count()).select_from(User).join(User.roles).where(Role.name == "admin", User.active)
        assert session().scalar(admins) == 1


def test_two_who_sign_up_with_one_address_make_one_account(real_app):
    def sign_up(name):
        return lambda: sign_ups.sign_up(email="mia@example.com", name=name, timezone="UTC", password_hash=name)

    assert at_once(real_app, *map(sign_up, ["Mia", "Eve", "Noa"])) == [None] * 3
    with real_app.app_context():
        [person] = session().scalars(select(User)).all()
        assert person.password == person.name
