"""What was offered as sponsorship is withdrawn by the migration, its coaches are told once, and nothing new is sold."""

import importlib

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import select, text

from marketplace.coaches import rules
from marketplace.coaches.directory.schemas import DirectoryFilterSchema
from marketplace.coaches.kinds.rules import KINDS, unsold
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.service import offerings
from marketplace.coaches.service.ended_sponsorship import announce_end_of_sponsorship
from marketplace.db import session
from marketplace.errors import Invalid
from marketplace.notifications.models import Message
from tests.factories import a_coach, an_offering

MIGRATION = next(iter(__import__("pathlib").Path("migrations/versions").glob("*_sponsorship_is_not_sold.py"))).stem


def mails():
    return session().scalars(select(Message).where(Message.subject == "Sponsorship is no longer sold")).all()


def test_the_migration_withdraws_and_its_job_tells_each_coach_once(ada, offering, run_jobs):
    only = a_coach("beth")
    sold, other = an_offering(ada, title="A good word"), an_offering(only, title="A name")
    session().commit()
    connection = session().connection()
    migration = importlib.import_module(f"migrations.versions.{MIGRATION}")
    with Operations.context(MigrationContext.configure(connection)):
        migration.downgrade()
        connection.execute(
            text("update offerings set kind = 'sponsor' where id in (:a, :b)"), {"a": sold.id, "b": other.id}
        )
        connection.execute(text("update coaches set kinds = '{mentor,sponsor}' where id = :id"), {"id": ada.id})
        connection.execute(text("update coaches set kinds = '{sponsor}' where id = :id"), {"id": only.id})
        migration.upgrade()
    session().expire_all()
    assert [session().get_one(Offering, each.id).active for each in (sold, other, offering)] == [False, False, True]
    assert [session().get_one(Coach, each.id).kinds for each in (ada, only)] == [["mentor"], ["mentor"]]
    session().commit()
    run_jobs()
    announce_end_of_sponsorship(str(ada.id))
    assert sorted(mail.recipient for mail in mails()) == [ada.user.email, only.user.email]
    assert any("A good word" in mail.text for mail in mails())


def test_a_coach_who_sold_none_is_told_nothing(ada):
    announce_end_of_sponsorship(str(ada.id))
    assert mails() == []


def test_a_new_offering_of_that_kind_is_refused_with_the_reason(ada):
    with pytest.raises(Invalid) as refusal:
        offerings.publish_offering(ada.user, title="A good word", kind="sponsor", minutes=60, price_cents=9000)
    assert refusal.value.fields == {"kind": [str(unsold("sponsor"))]}


def test_profiles_and_filters_refuse_it_with_the_reason():
    profile = {
        "handle": "ada", "headline": "x", "about": "x", "topics": ["x"], "languages": ["en"],
        "kinds": ["mentor", "sponsor"], "timezone": "UTC", "currency": "usd", "licence": None,
    }  # fmt: skip
    assert rules.profile_problems(profile, offered=["usd"]) == {"kinds": str(unsold("sponsor"))}
    assert str(unsold("sponsor")) in DirectoryFilterSchema().validate({"kind": "sponsor"})["kind"]
    assert all(unsold(kind) is None for kind in KINDS)
    assert rules.kind_name("sponsor") == "Sponsor"
