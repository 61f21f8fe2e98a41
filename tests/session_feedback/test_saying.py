"""What a session was is said by its two sides, once each, and changed for 14 days."""

import re
import uuid
from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import func, select

from marketplace import config
from marketplace.db import session
from marketplace.errors import Invalid, NotFound
from marketplace.notifications.models import Message
from marketplace.session_feedback import queries, rules, service
from marketplace.session_feedback.models import SessionFeedback
from tests.factories import a_coach, a_hold, a_person
from tests.scenes import TEN
from tests.session_feedback.conftest import was_held


def words(answer):
    return " ".join(re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)).split())


def count():
    return session().scalar(select(func.count()).select_from(SessionFeedback).where(SessionFeedback.kind.is_not(None)))


def link(booking, side):
    return f"/feedback/{booking.id}/{side}/{rules.signature(booking.id, side, key=config.current().secret_key)}"


def test_each_side_says_it_once_and_changes_it(ada, mia, booking):
    service.give(mia, booking_id=booking.id, kind="tutor", dealt_with=False)
    service.give(ada.user, booking_id=booking.id, kind="mentor", dealt_with=True)
    changed = service.give(mia, booking_id=booking.id, kind="other", dealt_with=True)
    assert (changed.side, changed.kind, changed.dealt_with, count()) == ("mentee", "other", True, 2)
    coachs = queries.of_party(ada.user, booking.id)
    assert (coachs.side, coachs.kind) == ("coach", "mentor")


def test_strangers_and_admins_say_nothing_of_it(alma, booking):
    for person in (a_person("Noor"), a_coach("eve").user, alma):
        with pytest.raises(NotFound):
            service.give(person, booking_id=booking.id, kind="mentor", dealt_with=True)


def test_what_is_no_kind_is_refused(mia, booking):
    with pytest.raises(Invalid) as refusal:
        service.give(mia, booking_id=booking.id, kind="guru", dealt_with=True)
    assert set(refusal.value.fields) == {"kind"}


def test_of_what_did_not_take_place_nothing_is_said(mia, offering, booking):
    absent = was_held(mia, offering, days=1, outcome="mentee_no_show")
    ahead = a_hold(mia, offering, TEN + timedelta(days=2))
    for each in (absent, ahead):
        with pytest.raises(service.SessionNotHeld):
            service.give(mia, booking_id=each.id, kind="mentor", dealt_with=True)


def test_after_14_days_nothing_is_said_or_changed(mia, booking, moment):
    service.give(mia, booking_id=booking.id, kind="mentor", dealt_with=True)
    moment.set(TEN + timedelta(days=14, hours=1))
    with pytest.raises(service.FeedbackClosed):
        service.give(mia, booking_id=booking.id, kind="tutor", dealt_with=True)
    asked = queries.of_party(mia, booking.id)
    assert (asked.kind, asked.is_open) == ("mentor", False)


def test_both_are_asked_by_mail_once(ada, mia, offering, booking):
    was_held(mia, offering, days=1, outcome="mentee_no_show")
    for _time in range(2):
        service.ask_for_feedback()
    asked = session().scalars(select(Message).where(Message.key.like("feedback:%"))).all()
    assert sorted(each.recipient for each in asked) == sorted([mia.email, ada.user.email])
    for each, side in ((mia, "mentee"), (ada.user, "coach")):
        (text,) = [mail.text for mail in asked if mail.recipient == each.email]
        assert link(booking, side) in text


def test_who_has_said_it_is_not_asked(ada, mia, booking):
    service.give(mia, booking_id=booking.id, kind="mentor", dealt_with=True)
    service.ask_for_feedback()
    asked = session().scalars(select(Message.recipient).where(Message.key.like("feedback:%"))).all()
    assert asked == [ada.user.email]


def test_nobody_is_asked_late(booking, moment):
    moment.set(TEN + timedelta(days=4))
    service.ask_for_feedback()
    assert session().scalars(select(Message).where(Message.key.like("feedback:%"))).all() == []


def test_a_session_that_is_open_again_is_not_asked_about(booking):
    booking.status, booking.outcome, booking.ended_at = "confirmed", None, None
    session().flush()
    service._ask(booking.id)
    assert session().scalars(select(SessionFeedback)).all() == []


def test_by_the_link_one_press_says_both_and_opening_it_says_nothing(client, booking, moment):
    address = link(booking, "mentee")
    page = client.get(address)
    assert "Which kind of help was it?" in words(page)
    assert page.headers["Cache-Control"] == "no-store"
    assert count() == 0
    form = dict(re.findall(r'name="(kind|dealt_with)" value="(\w+)" checked', page.get_data(as_text=True)))
    assert form == {"kind": "mentor", "dealt_with": "yes"}
    wrong = client.submit(address, {"kind": "guru"})
    assert (wrong.status_code, "Choose which kind of help it was." in words(wrong)) == (422, True)
    said = client.submit(address, form, follow_redirects=True)
    assert "Thank you, it is noted. You can change it for 14 days" in words(said)
    client.submit(address, form | {"dealt_with": "no"})
    kept = session().scalars(select(SessionFeedback)).one()
    assert (kept.side, kept.kind, kept.dealt_with) == ("mentee", "mentor", False)
    seen = client.get(address).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', seen).group(1)
    moment.set(TEN + timedelta(days=15))
    late = client.post(address, data=form | {"csrf_token": token}, follow_redirects=True)
    assert "within 14 days" in words(late)


def test_where_nothing_was_said_and_nothing_can_be_the_link_says_so(client, booking, moment):
    moment.set(TEN + timedelta(days=15))
    assert "Nothing can be said of this session any more." in words(client.get(link(booking, "coach")))


def test_a_link_is_for_one_side_of_one_session(client, mia, offering, booking):
    other = was_held(mia, offering, days=1)
    signed = link(booking, "mentee").rpartition("/")[2]
    nobodys = "00000000-0000-7000-8000-000000000000"
    for wrong in (
        f"/feedback/{booking.id}/coach/{signed}",
        f"/feedback/{other.id}/mentee/{signed}",
        f"/feedback/{booking.id}/admin/{signed}",
        f"/feedback/{booking.id}/mentee/é",
        link(SimpleNamespace(id=uuid.UUID(nobodys)), "mentee"),
    ):
        assert client.get(wrong).status_code == 404


def test_on_the_page_of_the_session_both_say_it_and_admins_do_not(browser_of, ada, mia, alma, booking):
    page = f"/sessions/{booking.id}"
    for person in (mia, ada.user):
        browser = browser_of(person)
        wrong = browser.submit(f"{page}/feedback", {"kind": "mentor"}, seen=page)
        assert (wrong.status_code, "Say whether it dealt with what was asked." in words(wrong)) == (422, True)
        said = browser.submit(
            f"{page}/feedback", {"kind": "tutor", "dealt_with": "no"}, seen=page, follow_redirects=True
        )
        assert "Thank you, it is noted." in words(said)
    assert "Which kind of help was it?" not in words(browser_of(alma).get(page))


def test_too_late_the_page_says_so(browser_of, mia, offering, booking, moment):
    browser, page = browser_of(mia), f"/sessions/{booking.id}"
    seen = browser.get(page).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', seen).group(1)
    booking.ended_at = TEN - timedelta(days=15)
    session().flush()
    form = {"kind": "tutor", "dealt_with": "no", "csrf_token": token}
    assert "within 14 days" in words(browser.post(f"{page}/feedback", data=form, follow_redirects=True))
    assert "Which kind of help was it?" not in words(browser.get(page))


def test_programs_say_it_and_read_their_own_side(api, ada, mia, booking):
    mentee, coach, path = api(mia), api(ada.user), f"/bookings/{booking.id}/feedback"
    nothing = {"side": "mentee", "kind": None, "dealt_with": None, "is_open": True}
    assert mentee.get(path).json == nothing
    assert mentee.post(path, {"kind": "tutor", "dealt_with": False}).json == nothing | {
        "kind": "tutor",
        "dealt_with": False,
    }
    assert coach.get(path).json == nothing | {"side": "coach"}
    assert set(mentee.post(path, {"kind": "guru", "dealt_with": "yes"}).json["errors"]) == {"kind", "dealt_with"}
    booking.status, booking.outcome = "completed", "mentee_no_show"
    session().flush()
    assert mentee.post(path, {"kind": "tutor", "dealt_with": True}).status_code == 409
