"""Every table with a person's data: what is handed out, what goes when they leave, what remains and why.

A new table, or a new column that can hold an address, a name or free text, fails here until somebody has decided.
"""

import uuid

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from devtools import personal_data
from marketplace.coaches.service import profiles
from marketplace.db import session
from marketplace.invoices.service import details as invoice_details
from marketplace.models import Base
from marketplace.personal_data.queries import coach_id_of
from marketplace.personal_data.rules.catalog import DECISIONS
from marketplace.personal_data.service.statements import Whose, rows_of, take_away
from tests.permissions import world as scenery

# What can hold a name, an address or what somebody wrote, as PostgreSQL calls it.
OPEN_TYPES = ("TEXT", "CITEXT", "JSON", "JSONB", "TEXT[]", "BYTEA", "TSVECTOR", "VARCHAR")
PEOPLE = {"users", "coaches"}


def of_people(table):
    """The columns about which somebody has to decide: they name a person, or may say anything."""
    dialect = postgresql.dialect()
    return {
        column.name
        for column in table.columns
        if column.type.compile(dialect) in OPEN_TYPES
        or any(key.column.table.name in PEOPLE for key in column.foreign_keys)
    }


@pytest.mark.parametrize("table", Base.metadata.sorted_tables, ids=lambda table: table.name)
def test_somebody_has_decided_about_every_column_that_can_hold_a_persons_data(table):
    decision = DECISIONS.get(table.name)
    assert decision is not None, f"decide about {table.name} in personal_data/rules"
    unknown = decision.decided() - {column.name for column in table.columns}
    assert unknown == set()
    # Where the rows themselves go, nothing of them is left to decide about, unless others have such rows too.
    whole = decision.delete and not decision.decided()
    assert whole or of_people(table) <= decision.decided(), (
        f"decide about {sorted(of_people(table) - decision.decided())} of {table.name} in personal_data/rules"
    )


def test_no_decision_is_about_a_table_that_is_not_there():
    assert set(DECISIONS) == set(Base.metadata.tables)


def test_what_stays_says_why_and_what_is_handed_out_says_what_it_is():
    for decision in DECISIONS.values():
        assert all(why.endswith(".") for why in decision.keeps.values()), decision.table
        assert bool(decision.what) or not decision.mine or decision.table.endswith(("_losses", "_lines")), (
            decision.table
        )


def test_the_page_for_operators_says_the_same():
    assert personal_data.PAGE.read_text() == personal_data.written(), "run make personal-data"


def test_every_statement_of_the_decisions_is_one_that_postgresql_takes(app):
    nobody = Whose(uuid.uuid4(), uuid.uuid4(), ["nobody@example.com"], "No Body")
    assert list(rows_of(nobody)) == []
    take_away(nobody)


def found(*words):
    """Each table and column in which one of these words stands somewhere."""
    places = set()
    for table in Base.metadata.sorted_tables:
        for column in table.columns:
            looked = text(f'select exists (select from {table.name} where "{column.name}"::text ilike any(:words))')
            if session().scalar(looked, {"words": [f"%{word}%" for word in words]}):
                places.add((table.name, column.name))
    return places


@pytest.fixture
def world(ada, mia, alma, offering, stripe, moment, run_jobs):
    """One of everything that belongs to somebody, under names that stand nowhere else."""
    for person, name in ((mia, "Quirina Zapfenstreich"), (ada.user, "Wolfhard Ypsilanti")):
        person.name = name
    ada.headline, ada.about = "Zwirnfaden", "Quastenflosser"
    session().commit()
    made = scenery.build(ada, mia, alma, offering, stripe, moment, run_jobs)
    invoice_details.save_details(mia, name="Zapfenstreich KG", address="Ypsilonweg 1", tax_percent=None)
    return made


def kept(*places):
    """The places that the decisions keep, by their reasons."""
    return {(table, column) for table, column in places if column in DECISIONS[table].keeps}


def test_when_a_mentee_leaves_their_name_address_and_words_stand_only_where_it_says_why(world):
    mia, email = world.mentee, world.mentee.email
    words = ("Zapfenstreich", email, "stop doing their work", "I waited")
    before = found(*words)
    assert {("users", "name"), ("bookings", "brief"), ("messages", "text"), ("no_show_reports", "words")} <= before
    take_away(Whose(mia.id, None, [email], mia.name))
    left = found(*words)
    assert left == kept(*left), "this stays and nobody has decided that it may"
    assert left <= {("audit_entries", "details"), ("invoices", "content"), ("disputes", "evidence")}
    session().refresh(mia)
    assert (mia.name, mia.active, mia.email) == ("Deleted account", False, f"deleted-{mia.id}@deleted.invalid")


def test_when_a_coach_leaves_their_name_address_and_words_stand_only_where_it_says_why(world):
    person = world.coach
    coach_id = coach_id_of(person.id)
    profiles.suspend(world.admin, coach_id=coach_id, reason="Leaves.")
    words = ("Ypsilanti", person.email, "Zwirnfaden", "Quastenflosser", "I was there")
    before = found(*words)
    assert {("users", "name"), ("coaches", "about"), ("messages", "text"), ("payments", "description")} <= before
    take_away(Whose(person.id, coach_id, [person.email], person.name))
    left = found(*words)
    assert left == kept(*left), "this stays and nobody has decided that it may"
    assert left <= {("audit_entries", "details"), ("invoices", "content"), ("disputes", "evidence")}


def test_the_books_are_whole_after_both_have_left(world):
    totals = text("select sum(cents), count(*) from ledger_entries")
    before = session().execute(totals).one()
    for person in (world.mentee, world.coach):
        take_away(Whose(person.id, coach_id_of(person.id), [person.email], person.name))
    assert session().execute(totals).one() == before
    assert session().scalar(text("select count(*) from invoices")) > 0


def test_nothing_of_anybody_else_goes(world):
    def of_others():
        return {
            decision.table: len(rows)
            for person in (world.other_mentee, world.other_coach, world.admin)
            for decision, rows in rows_of(Whose(person.id, coach_id_of(person.id), [person.email], person.name))
        }

    before = of_others()
    take_away(Whose(world.mentee.id, None, [world.mentee.email], world.mentee.name))
    assert of_others() == before
