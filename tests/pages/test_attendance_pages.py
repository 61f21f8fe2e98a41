"""The meeting link and who came, on a session's page; reports for admins; a coach's own link."""

from datetime import UTC, datetime, timedelta

import pytest

from marketplace.attendance import queries as attendance_queries
from marketplace.attendance import service as attendance
from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.meeting_links import service as meeting_links
from marketplace.bookings.meeting_links.service import _tell_of
from tests.doors import PASSWORD
from tests.factories import a_booking, a_person, an_admin, an_offering
from tests.pages.reading import read

START = datetime(2027, 3, 4, 10, tzinfo=UTC)
END = START + timedelta(hours=1)
WAITED = START + timedelta(minutes=15)


@pytest.fixture
def booked(mia, ada, stripe):
    return a_booking(mia, an_offering(ada), START, stripe)


@pytest.fixture
def hers(browser_of, mia):
    return browser_of(mia)


@pytest.fixture
def coachs(browser_of, ada):
    return browser_of(ada.user)


@pytest.fixture
def admins(browser_of):
    return browser_of(an_admin())


def seen(browser, booking):
    return read(browser.get(f"/sessions/{booking.id}"))


def send(browser, booking, path, **fields):
    page = f"/sessions/{booking.id}"
    return browser.submit(f"{page}/no-show{path}", fields, seen=page, follow_redirects=True)


# The meeting link


@pytest.mark.parametrize(
    ("minutes", "words", "link"),
    [
        (-11, "The meeting link appears here at Thu 4 Mar, 10:50 (Berlin)", False),
        (-10, "Join the session", True),
        (59, "Join the session", True),
        (60, "", False),
    ],
)
def test_mentee_and_coach_see_the_meeting_link_from_ten_minutes_before(
    booked, hers, coachs, moment, minutes, words, link
):
    moment.set(START + timedelta(minutes=minutes))
    for browser in (hers, coachs):
        page = seen(browser, booked)
        assert words in page.text
        assert (f"https://meet.jit.si/{booked.meeting_room}" in page.links) is link


def test_nobody_else_sees_the_meeting_link(booked, admins, browser_of, moment):
    moment.set(START)
    assert booked.meeting_room not in admins.get(f"/sessions/{booked.id}").text
    assert browser_of(a_person("Noor")).get(f"/sessions/{booked.id}").status_code == 404


def test_the_file_for_a_calendar_names_the_meeting_link_and_is_for_mentee_and_coach_alone(
    booked, hers, coachs, admins, browser_of
):
    file = f"/sessions/{booked.id}.ics"
    for browser in (hers, coachs):
        assert booked.meeting_room in browser.get(file).get_data(as_text=True)
    for browser in (admins, browser_of(a_person("Noor"))):
        assert browser.get(file).status_code == 404
    assert file not in admins.get(f"/sessions/{booked.id}").text


def test_a_coachs_own_link_is_saved_shown_and_sent_again(booked, coachs, mia, moment, run_jobs, mailbox):
    run_jobs()
    mailbox.clear()
    moment.advance(hours=1)
    page = read(coachs.get("/dashboard/meeting-link"))
    assert "https://meet.jit.si" in page.text
    answer = coachs.submit("/dashboard/meeting-link", {"url": " https://video.example/ada "}, follow_redirects=True)
    assert "Saved." in read(answer).text
    run_jobs()
    (mail,) = mailbox.to(mia.email)
    assert mail["Subject"] == "Meeting link: One hour of mentoring with Ada"
    (invite,) = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    assert (invite.get_param("method"), "LOCATION:https://video.example/ada" in invite.get_content()) == (
        "REQUEST",
        True,
    )
    moment.set(START)
    assert "https://video.example/ada" in seen(coachs, booked).links


def test_the_same_link_again_tells_nobody_and_none_goes_back_to_rooms(booked, coachs, ada, run_jobs, mailbox):
    run_jobs()
    coachs.submit("/dashboard/meeting-link", {"url": "https://video.example/ada"})
    run_jobs()
    mailbox.clear()
    coachs.submit("/dashboard/meeting-link", {"url": "https://video.example/ada"})
    run_jobs()
    assert mailbox == []
    coachs.submit("/dashboard/meeting-link", {"url": ""})
    run_jobs()
    assert f"https://meet.jit.si/{booked.meeting_room}" in mailbox.to(ada.user.email)[0].as_string()


def test_a_session_cancelled_meanwhile_is_not_told_of(booked, ada, mia, run_jobs, mailbox):
    run_jobs()
    meeting_links.set_meeting_link(ada.user, url="https://video.example/ada")
    cancellations.cancel(mia, booking_id=booked.id, expected_refund_cents=12000)
    mailbox.clear()
    run_jobs()
    # Nor if it is cancelled while the others are being told.
    _tell_of(booked.id, "a change")
    run_jobs()
    assert [mail["Subject"] for mail in mailbox if mail["Subject"].startswith("Meeting link")] == []


@pytest.mark.parametrize("url", ["http://video.example/ada", "javascript:alert(1)", "ada", "https://"])
def test_a_link_that_is_none_is_explained_and_kept(coachs, url):
    answer = coachs.submit("/dashboard/meeting-link", {"url": url})
    assert answer.status_code == 422
    assert "Give an address that starts with https://." in read(answer).text
    assert url in answer.text


def test_who_is_no_coach_has_no_link(hers):
    assert hers.get("/dashboard/meeting-link").status_code == 404


# Who came


def test_a_mentee_says_that_the_coach_did_not_come_and_withdraws_the_report(booked, hers, coachs, moment):
    moment.set(WAITED - timedelta(minutes=1))
    assert "Ada did not come" not in seen(hers, booked).text
    moment.set(WAITED)
    assert "Ada has 24 hours to say otherwise. Without an answer 120.00 USD is refunded" in seen(hers, booked).text
    assert "Ada did not come" not in seen(coachs, booked).text
    page = read(send(hers, booked, "", words="I waited."))
    assert "Not settled who came" in page.text
    assert "You say that Ada did not come. “I waited.” Ada may answer until Fri 5 Mar, 11:15 (Berlin)." in page.text
    assert "You reported that Ada did not come" in page.text
    page = read(send(hers, booked, "/withdraw"))
    assert "You withdrew the report." in page.text
    assert "Under way" in page.text


def test_a_coach_answers_and_an_admin_decides(booked, hers, coachs, admins, moment):
    moment.set(WAITED)
    send(hers, booked, "", words="I waited.")
    page = seen(coachs, booked)
    assert "Mia says that you did not come. “I waited.” You may answer until" in page.text
    assert "kept back until it is settled who came" in page.text
    assert page.buttons.count("It took place") == 0
    assert "Cancel the session" not in page.text
    moment.set(END)
    page = read(send(coachs, booked, "/answer", answer="took_place", words="We talked for an hour."))
    assert "You say that it took place. “We talked for an hour.” An admin reads both sides and decides." in page.text
    assert page.buttons.count("I did not come: refund 120.00 USD") == 1
    assert "Ada says that it took place." in seen(hers, booked).text

    waiting = read(admins.get("/admin/attendance"))
    assert "Mia and Ada" in waiting.text
    assert "Mia and Ada do not agree on who came." in read(admins.get("/admin")).text
    case = attendance_queries.find(booked.id)
    address = f"/admin/attendance/{case.id}"
    page = read(admins.get(address))
    for words in (
        "“I waited.”",
        "“We talked for an hour.”",
        "Waiting for a decision",
        "108.00 USD after our fee",
    ):
        assert words in page.text
    assert "Mia and Ada do not agree on who came" in seen(admins, booked).text

    # It took the day: a decision needs a fresh password.
    admins.submit("/verify", {"step_up_password": PASSWORD, "next": "/admin"})
    wrong = admins.submit(f"{address}/decide", {"verdict": "split", "refund": "much", "reason": "Both."}, seen=address)
    assert wrong.status_code == 422
    assert "Write an amount like 60.00." in read(wrong).text
    assert "much" in wrong.text
    answer = admins.submit(
        f"{address}/decide",
        {"verdict": "split", "refund": "60.00", "reason": "Late."},
        seen=address,
        follow_redirects=True,
    )
    page = read(answer)
    assert "Decided. Both have been told." in page.text
    assert "Settled: 60.00 USD is refunded to Mia, the rest stays with Ada." in page.text
    assert "“Late.”" in seen(hers, booked).text
    assert "Decided: 60.00 USD is refunded" in seen(coachs, booked).text
    assert "Mia and Ada" in read(admins.get("/admin/attendance?state=settled")).text
    assert "Everybody agrees" in read(admins.get("/admin/attendance")).text
    again = admins.post(f"{address}/decide", data=with_token(admins, {"verdict": "pay", "reason": "No."}))
    assert again.status_code == 409
    assert "This has been settled already." in read(again).text


def with_token(browser, fields):
    page = browser.get("/account").text
    return fields | {"csrf_token": page.split('name="csrf_token" value="')[1].split('"')[0]}


def test_a_coach_who_did_not_come_says_so_and_everything_is_refunded(booked, hers, coachs, moment):
    moment.set(WAITED)
    send(hers, booked, "")
    page = read(send(coachs, booked, "/answer", answer="coach_no_show", words="I was ill, sorry."))
    assert "You did not come, 120.00 USD refunded" in page.text
    assert "Settled: 120.00 USD is refunded to Mia." in page.text
    page = seen(hers, booked)
    assert "Ada did not come, 120.00 USD refunded" in page.text
    assert "Ada says so, too. “I was ill, sorry.”" in page.text
    assert "Ada did not come, so 120.00 USD is refunded" in page.text


def test_what_the_coach_marked_already_contests_the_report_at_once(booked, ada, hers, coachs, moment):
    moment.set(END)
    completions.complete(ada.user, booking_id=booked.id, outcome="mentee_no_show")
    assert (
        "Ada says that you did not come. An admin reads both sides and decides; until then no money moves."
        in seen(hers, booked).text
    )
    page = read(send(hers, booked, ""))
    assert "Ada says that you did not come. An admin reads both sides and decides." in page.text
    attendance.decide(
        an_admin("Berta"), report_id=attendance_queries.find(booked.id).id, verdict="pay", reason="The log."
    )
    assert "Settled: the price stays with you." in seen(coachs, booked).text


def test_what_is_wrong_is_said_where_it_was_typed(booked, hers, coachs, moment):
    moment.set(WAITED)
    answer = send(hers, booked, "", words="x" * 501)
    assert answer.status_code == 422
    assert "Say it in 500 characters or fewer." in read(answer).text
    assert "x" * 501 in answer.text
    send(hers, booked, "")
    assert "You have said so already." in read(send(hers, booked, "")).text
    answer = send(coachs, booked, "/answer", words="Hm.")
    assert (answer.status_code, "Choose how it was." in answer.text) == (422, True)
    assert queries.locked(booked.id).status == "confirmed"


def test_strangers_say_nothing(booked, browser_of, client, moment):
    moment.set(WAITED)
    noor = browser_of(a_person("Noor"))
    for path in ("", "/withdraw", "/answer"):
        address = f"/sessions/{booked.id}/no-show{path}"
        fields = {"answer": "took_place"}
        assert noor.post(address, data=with_token(noor, fields)).status_code == 404
        assert client.submit(address, fields, seen="/login").headers["Location"].startswith("/login")
