"""What can be found is listed by the database itself, whatever changes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from marketplace.coaches.models import Coach, Offering
from marketplace.db import session
from marketplace.scheduling.models import ListedOffering
from marketplace.scheduling.queries.search_walk import Window, split_by_notice
from tests.factories import a_coach, an_offering, open_all_week

NOW = datetime(2027, 3, 1, 8, tzinfo=UTC)


def after(hours: int) -> datetime:
    return NOW + timedelta(hours=hours)


def listed(coach: Coach) -> list[ListedOffering]:
    session().expire_all()
    return session().query(ListedOffering).filter_by(coach_id=coach.id).all()


def suspend(coach: Coach, _: Offering) -> None:
    coach.status = "suspended"


def switch_off(coach: Coach, _: Offering) -> None:
    coach.user.active = False


def move_away(coach: Coach, _: Offering) -> None:
    coach.timezone = "Asia/Tokyo"


def retire(_: Coach, offering: Offering) -> None:
    offering.active = False


@pytest.mark.parametrize("change", [suspend, switch_off, move_away, retire])
def test_what_cannot_be_booked_is_not_listed(change: Callable[[Coach, Offering], None]) -> None:
    ada = open_all_week(a_coach(timezone="UTC"))
    offering = an_offering(ada)
    assert [one.offering_id for one in listed(ada)] == [offering.id]
    change(ada, offering)
    session().commit()
    assert listed(ada) == []


def test_what_is_listed_follows_the_offering_and_its_coach() -> None:
    ada = open_all_week(a_coach(timezone="UTC"))
    offering = an_offering(ada)
    offering.price_cents, offering.notice_hours, ada.topics = 15000, 3, ["sql"]
    session().commit()
    (one,) = listed(ada)
    assert (one.price_cents, one.notice_hours, one.topics) == (15000, 3, ["sql"])
    difference = "select * from offerings_to_list except select * from listed_offerings"
    assert session().execute(text(difference)).all() == []
    assert session().execute(text("select topic, price_cents from listed_topics")).all() == [("sql", 15000)]


def test_a_window_is_cut_where_more_offerings_may_begin() -> None:
    window = (after(2), after(30))
    assert split_by_notice([window], [0, 2, 12, 48], NOW) == [
        Window(after(2), after(12), *window, 0, 2),
        Window(after(12), after(30), *window, 12, 12),
    ]


def test_before_the_shortest_notice_nothing_begins() -> None:
    assert split_by_notice([(after(0), after(5))], [6], NOW) == []
    assert split_by_notice([(after(0), after(9))], [6], NOW) == [Window(after(6), after(9), after(0), after(9), 6, 6)]
