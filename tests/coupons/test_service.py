"""A coach makes coupons and ends them; they are never changed."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from marketplace import clock
from marketplace.audit import queries as audit
from marketplace.coaches.service import offerings
from marketplace.coupons import queries, rules, service
from marketplace.coupons.models import Coupon
from marketplace.db import session, uuid7
from marketplace.errors import Invalid, NotAllowed, NotFound
from tests.factories import a_coach, a_person


@pytest.fixture
def ada():
    return a_coach("ada")


def test_a_coupon_is_made_tidied_and_found_however_its_code_is_typed(ada, offering):
    made = service.make(ada.user, code=" spring-20", percent=20)
    assert (made.code, made.currency, made.uses_each_at_most, made.offering_ids) == ("SPRING-20", "usd", 1, [])
    assert queries.named("Spring-20 ", coach_id=ada.id, offering_id=offering.id) == made
    assert queries.listed(ada.user) == [made]
    assert [entry.action for entry in audit.timeline_of(made.id)] == ["coupon.made"]


def test_a_coupon_of_one_coach_is_unknown_to_another(ada, offering):
    ben = a_coach("ben")
    service.make(ada.user, code="SPRING", percent=20)
    assert queries.named("SPRING", coach_id=ben.id, offering_id=offering.id) is None
    other = service.make(ben.user, code="SPRING", percent=50)
    assert queries.listed(ben.user) == [other]
    with pytest.raises(NotFound):
        queries.own(ada.user, other.id)
    with pytest.raises(NotFound):
        service.end(ada.user, coupon_id=other.id)


def test_a_code_is_taken_once_and_for_all(ada):
    coupon = service.make(ada.user, code="SPRING", percent=20)
    service.end(ada.user, coupon_id=coupon.id)
    with pytest.raises(service.CodeTaken) as refusal:
        service.make(ada.user, code="spring", percent=20)
    assert list(refusal.value.fields) == ["code"]


def test_ending_twice_is_harmless(ada, offering, moment):
    coupon = service.make(ada.user, code="SPRING", percent=20)
    ended_at = service.end(ada.user, coupon_id=coupon.id).ended_at
    moment.advance(hours=1)
    assert service.end(ada.user, coupon_id=coupon.id).ended_at == ended_at
    assert queries.named("SPRING", coach_id=ada.id, offering_id=offering.id) is None
    assert [entry.action for entry in audit.timeline_of(coupon.id)] == ["coupon.made", "coupon.ended"]


@pytest.mark.parametrize("change", ["percent = 90", "code = 'OTHER'", "ended_at = null", "uses_at_most = 9"])
def test_an_ended_coupon_is_never_changed(ada, change):
    coupon = service.make(ada.user, code="SPRING", percent=20)
    service.end(ada.user, coupon_id=coupon.id)
    with pytest.raises(DatabaseError, match="never changed"):
        session().execute(text(f"update coupons set {change}"))
    session().rollback()


@pytest.mark.parametrize("statement", ["update coupons set percent = 90", "delete from coupons"])
def test_nor_is_an_open_one(ada, statement):
    service.make(ada.user, code="SPRING", percent=20)
    with pytest.raises(DatabaseError, match="never changed"):
        session().execute(text(statement))
    session().rollback()


def test_every_field_that_is_wrong_is_named_at_once(ada):
    wrong = {"percent": 91, "uses_at_most": 0, "valid_until": clock.now() - timedelta(days=1)}
    with pytest.raises(Invalid) as refusal:
        service.make(ada.user, code="!", offering_ids=[uuid7()], **wrong)
    assert sorted(refusal.value.fields) == ["code", "offering_ids", "percent", "uses_at_most", "valid_until"]


def test_an_amount_is_in_the_coachs_currency(ada):
    with pytest.raises(Invalid) as refusal:
        service.make(ada.user, code="TEN", amount_cents=1000, currency="eur")
    assert list(refusal.value.fields) == ["amount"]
    assert service.make(ada.user, code="TEN", amount_cents=1000, currency="usd").amount_cents == 1000


def test_a_retired_offering_has_no_new_coupon(ada, offering):
    offerings.retire_offering(ada.user, offering_id=offering.id)
    with pytest.raises(Invalid) as refusal:
        service.make(ada.user, code="SPRING", percent=20, offering_ids=[offering.id])
    assert list(refusal.value.fields) == ["offering_ids"]


def test_only_an_approved_coach_has_coupons():
    with pytest.raises(NotAllowed):
        service.make(a_coach("new", status="applied").user, code="SPRING", percent=20)
    with pytest.raises(NotFound):
        service.make(a_person(), code="SPRING", percent=20)


def test_there_are_so_many_at_most(ada):
    kept = {"coach_id": ada.id, "percent": 20, "currency": "usd", "offering_ids": []}
    session().add_all(Coupon(code=f"CODE-{n}", **kept) for n in range(rules.MOST_OPEN))
    session().commit()
    with pytest.raises(service.TooManyCoupons):
        service.make(ada.user, code="ONE-MORE", percent=20)
    service.end(ada.user, coupon_id=queries.listed(ada.user, limit=1)[0].id)
    assert service.make(ada.user, code="ONE-MORE", percent=20).code == "ONE-MORE"
