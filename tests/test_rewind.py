"""Tests that begin alike share what their fixtures made, and nothing of what another test did to it."""

from datetime import timedelta
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.coaches.models import Coach
from marketplace.db import session
from tests import settings
from tests.conftest import START
from tests.copies import CannotBeCopied, Copies
from tests.factories import a_coach, a_person
from tests.rewind import Rewind

made: list[str] = []


@pytest.fixture
def ada(moment, stripe):
    made.append("ada")
    moment.advance(hours=1)
    stripe.add_available(100)
    return a_coach("ada")


@pytest.fixture
def rename(ada):
    """Closes over Ada, as many fixtures do."""

    def rename(headline):
        ada.headline = headline
        session().commit()

    return rename


@pytest.fixture
def passing(ada):
    made.append("passing")
    yield a_person("Passing")
    made.append("passed")


@pytest.mark.parametrize("_time", range(3))
def test_what_one_does_to_a_scene_the_next_does_not_see(_time, ada, rename, moment, stripe, mailbox):
    assert made.count("ada") == 1
    assert (ada.headline, session().scalars(select(Coach)).all()) == (
        "Engineering leadership without burning out",
        [ada],
    )
    assert (moment.now, clock.now()) == (START + timedelta(hours=1),) * 2
    assert abs(stripe.now - moment.now.timestamp()) < 60
    assert (stripe.balance_net(), list(mailbox), config.current().hold_minutes) == (100, [], 15)
    rename("Another")
    assert session().scalar(select(Coach.headline)) == "Another"
    a_person("Max")
    moment.advance(days=3)
    stripe.add_available(50)
    stripe.deliver("drop")
    mailbox.append(EmailMessage())
    settings.change(hold_minutes=1)


@pytest.mark.parametrize("_time", range(2))
def test_what_cleans_up_behind_itself_runs_for_each(_time, passing):
    assert made.count("passing") == made.count("passed") + 1
    assert session().scalar(select(func.count()).select_from(User).where(User.name == "Passing")) == 1


def test_rows_and_what_closes_over_them_are_copied_together_and_belong_to_the_session(ada, rename, shared_app):
    copies = Copies([ada, rename], {id(shared_app): shared_app})
    session().expunge_all()
    other, rename_other = copies.make()
    assert other is not ada
    rename_other("The copy's")
    assert (other.headline, session().scalar(select(Coach.headline)), ada.headline) == (
        "The copy's",
        "The copy's",
        "Engineering leadership without burning out",
    )


def test_what_lives_in_a_thread_or_a_file_is_not_copied(tmp_path):
    with (tmp_path / "open").open("w") as file, pytest.raises(CannotBeCopied):
        Copies([file], {})


def test_a_session_that_was_there_before_the_transaction_is_refused(request):
    session()
    another = Rewind()
    another.pytest_collection_modifyitems([request.node])
    with pytest.raises(RuntimeError, match="before the transaction"), another.around(request, lambda: lambda: None):
        pass


@pytest.mark.pure
@pytest.mark.parametrize("look", [session, clock.now, config.current])
def test_a_pure_test_that_looks_beyond_its_rules_is_told_so(look):
    with pytest.raises(RuntimeError):
        look()
