"""What waits for an admin: payouts, the ledger, jobs, mails, Stripe's messages."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from markupsafe import escape
from sqlalchemy import select, text

from marketplace import clock, config
from marketplace.audit.models import AuditEntry
from marketplace.currencies import Amounts
from marketplace.db import session, uuid7
from marketplace.jobs import enqueue
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payouts.models import ConnectedAccount
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import reasons
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules.reasons import Reason
from marketplace.stripe_inbox import queries as stripe_events
from marketplace.stripe_inbox import service as stripe_inbox
from tests.factories import a_booking, a_coach, a_person, an_admin, an_offering, open_all_week
from tests.pages.reading import read
from tests.queue import waiting
from tests.sandbox import signed
from tests.settings import change

TEN = datetime(2027, 3, 3, 10, tzinfo=UTC)


def words(answer):
    return answer.get_data(as_text=True)


@pytest.fixture
def browser(alma, browser_of):
    return browser_of(alma)


@pytest.fixture
def ada():
    """A coach with a bank and 108.00 USD."""
    coach = open_all_week(a_coach("ada"))
    session().add(ConnectedAccount(coach_id=coach.id, country="DE", stripe_id="acct_ada", ready=True))
    earned(coach, 10800)
    return coach


def earned(coach, cents, currency="usd"):
    debit, credit = "sessions_owed", account_of_coach(coach.id)
    if cents < 0:
        debit, credit = credit, debit
    post(f"test:{uuid7()}", debit=debit, credit=credit, cents=abs(cents), currency=currency, subject_id=uuid7())
    session().commit()


def the_run(alma):
    (run,) = run_queries.runs(alma)
    return run


def a_failed_job():
    made = text(
        "insert into procrastinate_jobs (queue_name, task_name, status, attempts, args) "
        "values ('default', 'send_payout', 'failed', 10, '{\"payout_id\": \"p1\"}') returning id"
    )
    job_id = session().scalar(made)
    session().commit()
    return job_id


def a_failed_mail(status="failed"):
    mail = Message(recipient="mia@example.com", subject="Hello", text="x", status=status, error="SMTP: no", attempts=10)
    session().add(mail)
    session().commit()
    return mail


def an_event(id_="evt_1"):
    event = {"id": id_, "type": "made.up", "data": {"object": {"id": "x_1"}}}
    stripe_inbox.receive("platform", *signed(event, config.current().stripe_webhook_secret_platform))
    return event


def test_the_overview_says_what_waits_and_what_to_do(browser, ada):
    quiet = words(browser.get("/admin"))
    assert "1 coach is due 108.00 USD." in quiet
    assert "No worker was ever heard of." in quiet
    a_coach("new", status="applied")
    a_failed_job()
    a_failed_mail()
    an_event()
    browser.submit("/admin/payouts", seen="/admin/payouts")
    session().execute(text("insert into procrastinate_workers default values"))
    session().commit()
    page = read(browser.get("/admin")).text
    for shown in (
        "Applied to be a coach on",
        "A payout of 108.00 USD waits for approval since",
        "1 job failed for good.",
        "A mail could not be sent: SMTP: no",
        "An event of Stripe's is not handled yet",
        "Worker Running",
    ):
        assert shown in page
    assert page.index("Failed") < page.index("Waiting for a decision")


def test_an_admin_sees_what_the_workers_have_still_to_do(browser):
    assert "The workers are at rest." in words(browser.get("/admin"))
    enqueue("remind", booking_id="1")
    enqueue("remind", booking_id="2")
    enqueue("expire_hold", at=clock.now() + timedelta(minutes=15), booking_id="3")
    session().execute(text("update procrastinate_jobs set attempts = 1 where args ->> 'booking_id' = '2'"))
    session().commit()
    assert "Jobs under way 2" in read(browser.get("/admin")).text
    shown = words(browser.get("/admin/jobs"))
    assert "1 due, 0 running, 1 to be tried again" in shown
    assert "expire_hold" not in shown, "what is meant for later is not under way"


def test_a_run_is_proposed_approved_and_followed(browser, alma, ada, stripe):
    page = words(browser.get("/admin/payouts"))
    assert "Propose a run of 108.00 USD" in page
    assert "No run has been proposed yet." in page
    sent = browser.submit("/admin/payouts", seen="/admin/payouts")
    run = the_run(alma)
    assert sent.location == f"/admin/payouts/{run.id}"
    page = words(browser.get(sent.location))
    assert "Approve and send 108.00 USD" in page
    assert "Stop 108.00 USD" in page
    assert browser.submit(f"{sent.location}/approve", seen=sent.location).status_code == 302
    page = words(browser.get(sent.location))
    assert "Approved by Alma" in page
    assert "Approve and send" not in page
    assert waiting() == ["send_payout"]
    listed = words(browser.get("/admin/payouts"))
    assert "1 payout · proposed by Alma · approved by Alma" in listed
    assert "Being sent" in listed
    assert "A payout to Ada is under way" in listed


def test_every_room_of_an_admin_is_marked_in_the_navigation(browser):
    for path in ("/admin", "/admin/payouts", "/admin/coaches", "/admin/jobs"):
        assert '<a href="/admin" aria-current="page">Admin</a>' in words(browser.get(path)), path


def test_who_is_left_out_is_listed_with_the_reason(browser):
    earned(a_coach("small"), 300)
    earned(a_coach("debtor"), -500)
    even = a_coach("even")
    earned(even, 500)
    earned(even, -500)
    page = words(browser.get("/admin/payouts"))
    assert "Below the minimum of 20.00 USD." in page
    assert "Debtor owes 5.00 USD" in page
    assert "@even" not in page
    assert "Nobody is due a payout right now." in page


def test_nothing_to_propose_says_so(browser, ada):
    browser.submit("/admin/payouts", seen="/admin/payouts")
    again = browser.submit("/admin/payouts", seen="/admin/payouts")
    assert (again.status_code, "Nobody is due a payout right now." in words(again)) == (409, True)


def test_a_large_run_shows_its_proposer_who_approves(browser, browser_of, alma, ada):
    change(payout_two_people_above=Amounts(Decimal(100)))
    path = browser.submit("/admin/payouts", seen="/admin/payouts").location
    page = words(browser.get(path))
    assert "A run above 100.00 USD is approved by somebody other than its proposer." in page
    assert "Approve and send" not in page
    refused = browser.submit(f"{path}/approve", seen=path)
    assert (refused.status_code, "somebody other than its proposer" in words(refused)) == (409, True)
    bert = browser_of(an_admin("Bert"))
    assert "Approve and send 108.00 USD" in words(bert.get(path))
    bert.submit(f"{path}/approve", seen=path)
    assert run_queries.run(alma, the_run(alma).id).approved_at


def test_a_run_is_stopped_once(browser, ada):
    path = browser.submit("/admin/payouts", seen="/admin/payouts").location
    assert browser.submit(f"{path}/cancel", seen=path).status_code == 302
    page = words(browser.get(path))
    assert "Cancelled" in page
    assert "Stopped <time" in page
    refused = browser.submit(f"{path}/cancel", seen=path)
    assert (refused.status_code, "has been sent or has ended" in words(refused)) == (409, True)


@pytest.mark.parametrize(
    ("status", "reason", "said", "retried"),
    [
        (payout_states.FAILED, reasons.in_words(reasons.STRIPE_SAID, "No such account."), "Some failed", True),
        (payout_states.APPROVED, Reason(reasons.BANK_NOT_READY), "Some wait", True),
        (payout_states.PAID, None, "Paid out", False),
        (payout_states.REVERSED, None, "Some were reversed", False),
        (payout_states.SENDING, None, "Being sent", False),
    ],
)
def test_what_waits_or_failed_is_tried_again(status, reason, said, retried, browser, alma, ada):
    path = browser.submit("/admin/payouts", seen="/admin/payouts").location
    browser.submit(f"{path}/approve", seen=path)
    (payout,) = the_run(alma).payouts
    payout.status, payout.reason = status, reason
    session().commit()
    page = words(browser.get(path))
    assert said in page
    assert (escape(reason.told("Ada")) if reason else "") in page
    assert ("Try again" in page) is retried
    answer = browser.submit(f"{path}/{payout.id}/retry", seen=path)
    assert answer.status_code == (302 if retried or status == payout_states.SENDING else 409)


def test_the_ledger_is_filtered_paged_and_exported(browser, stripe, monkeypatch):
    booking = a_booking(a_person("Mia"), an_offering(open_all_week(a_coach("ada"))), TEN, stripe)
    page = words(browser.get("/admin/ledger"))
    assert "120.00 USD" in page
    assert "3.78 USD" in page
    assert "3.78 USD" not in words(browser.get("/admin/ledger?account=sessions_owed"))
    payment = payments.of_subject(booking.id)
    for about in (booking.id, payment.id):
        assert "120.00 USD" in words(browser.get(f"/admin/ledger?about={about}"))
    assert "No entry fits." in words(browser.get(f"/admin/ledger?about={uuid7()}"))
    wrong = browser.get("/admin/ledger?about=nonsense")
    assert (wrong.status_code, "This is no id of ours." in words(wrong)) == (422, True)

    table = browser.get(f"/admin/ledger.csv?about={booking.id}")
    assert table.mimetype == "text/csv"
    rows = words(table).splitlines()
    assert rows[0].startswith("booked_at,key,debit,credit,cents,currency")
    assert len(rows) == 3
    assert len(words(browser.get("/admin/ledger.csv?after=nonsense")).splitlines()) == 1

    monkeypatch.setattr("marketplace.pages.admin.LINES", 1)
    first = words(browser.get("/admin/ledger"))
    assert ("3.78 USD" in first, "120.00 USD" in first) == (True, False)
    more = first.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    second = words(browser.get(more))
    assert "120.00 USD" in second
    assert "Back to the start" in second


def test_an_empty_ledger_says_so(browser):
    assert "Nothing has been booked yet." in words(browser.get("/admin/ledger"))


def test_a_failed_job_is_run_again(browser, alma):
    assert "No job has failed." in words(browser.get("/admin/jobs"))
    job_id = a_failed_job()
    page = words(browser.get("/admin/jobs"))
    assert "payout_id p1" in page
    browser.submit(f"/admin/jobs/{job_id}/rerun", seen="/admin/jobs")
    assert waiting() == ["send_payout"]
    assert session().scalar(select(AuditEntry.action).order_by(AuditEntry.id.desc()).limit(1)) == "job.rerun"
    assert browser.submit(f"/admin/jobs/{job_id}/rerun", seen="/admin").status_code == 404


def test_a_failed_job_whose_successor_waits_is_not_doubled(browser):
    job_id = a_failed_job()
    session().execute(text("update procrastinate_jobs set queueing_lock = 'one' where id = :id"), {"id": job_id})
    enqueue("send_payout", once="one", payout_id="p1")
    session().commit()
    answer = browser.submit(f"/admin/jobs/{job_id}/rerun", seen="/admin/jobs")
    assert (answer.status_code, "The same job waits in the queue already." in words(answer)) == (409, True)
    assert waiting() == ["send_payout"]


def test_a_failed_mail_is_sent_again(browser):
    mail = a_failed_mail()
    page = words(browser.get("/admin/jobs"))
    assert "SMTP: no" in page
    browser.submit(f"/admin/mails/{mail.id}/resend", seen="/admin/jobs")
    assert waiting() == ["send_message"]
    assert "Every mail has been sent." in words(browser.get("/admin/jobs"))


def test_stripes_messages_are_listed_and_handled_again(browser):
    assert "Stripe has not told us anything yet." in words(browser.get("/admin/events"))
    an_event()
    stripe_inbox.handle_event("evt_1")
    page = words(browser.get("/admin/events"))
    assert "We do nothing about events of this type." in page
    assert "No event fits." in words(browser.get("/admin/events?state=open&type=made"))
    browser.submit("/admin/events/evt_1/retry", seen="/admin/events")
    assert stripe_events.one("evt_1").handled_at is None
    assert waiting().count("handle_event") == 2
    assert "Not handled, 1 try" in words(browser.get("/admin/events?state=open"))
    assert browser.submit("/admin/events/evt_2/retry", seen="/admin/events").status_code == 404


PAGES = [
    "/admin",
    "/admin/invariants",
    "/admin/sweeps",
    "/admin/payouts",
    "/admin/jobs",
    "/admin/events",
    "/admin/ledger",
    "/admin/ledger.csv",
]
NOBODYS = "019547d2-0000-7000-8000-000000000000"
TAKE_BACK = f"/admin/payouts/sent/{NOBODYS}/reverse"
FORMS = [
    "/admin/payouts",
    f"/admin/payouts/{NOBODYS}/approve",
    f"/admin/payouts/{NOBODYS}/cancel",
    f"/admin/payouts/{NOBODYS}/{NOBODYS}/retry",
    f"/admin/payouts/coaches/{NOBODYS}/hold",
    f"/admin/payouts/coaches/{NOBODYS}/release",
    f"/admin/payouts/{NOBODYS}/transfers/{NOBODYS}/transferred",
    f"/admin/payouts/{NOBODYS}/transfers/{NOBODYS}/returned",
    f"/admin/payouts/sent/{NOBODYS}/reverse",
    f"/admin/payouts/sent/{NOBODYS}/reverse/{NOBODYS}/retry",
    "/admin/jobs/1/rerun",
    f"/admin/mails/{NOBODYS}/resend",
    "/admin/events/evt_1/retry",
]


def test_the_admins_pages_are_for_admins(browser_of, client):
    mia = browser_of(a_person("Mia"))
    for path in [
        *PAGES,
        f"/admin/payouts/{NOBODYS}",
        f"/admin/payouts/{NOBODYS}/transfers",
        f"/admin/payouts/{NOBODYS}/transfers.csv",
        f"/admin/payouts/coaches/{NOBODYS}",
        TAKE_BACK,
        "/admin/reconciliation",
    ]:
        assert client.get(path).location.startswith("/login?next=/admin"), path
        assert mia.get(path).status_code == 404, path
    for path in FORMS:
        assert client.submit(path, seen="/login").location.startswith("/login"), path
        assert mia.submit(path, seen="/account").status_code == 404, path


def test_commands_refuse_whoever_calls_them(ada):
    from marketplace import failed_jobs, needs_attention
    from marketplace.errors import NotFound
    from marketplace.ledger_reports.queries import entries as ledger_entries

    an_event()
    mia = a_person("Mia")
    for refused in (
        lambda: needs_attention.items(mia),
        lambda: failed_jobs.rerun_job(mia, job_id=1),
        lambda: ledger_entries.entries(mia),
        lambda: stripe_inbox.retry_event(mia, event_id="evt_1"),
    ):
        with pytest.raises(NotFound):
            refused()
