"""Leaving is refused with its reasons while anything is open, can be taken back, and then takes everything along."""

import io
import json
import zipfile
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.accounts.models import User
from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.coaches.service import offerings
from marketplace.db import session, uuid7
from marketplace.errors import NotFound
from marketplace.files import queries as files
from marketplace.files.rules.uploads import Upload
from marketplace.invoices.service import issuance
from marketplace.notifications.models import Message
from marketplace.payments.service import disputes
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.service import manual_transfers
from marketplace.payouts.service import runs as payout_runs
from marketplace.personal_data import queries
from marketplace.personal_data.service import deletion, exports
from tests.factories import a_booking, a_coach, a_hold, a_person
from tests.files import samples
from tests.scenes import TEN


def opened(person, wanted):
    """A person's copy, once it was made."""
    session().expire(wanted)
    return zipfile.ZipFile(io.BytesIO(files.content(queries.exported(person, wanted.id))))


def codes(person):
    return [reason.code for reason in queries.reasons_against(person)]


def test_a_mentee_with_a_session_to_come_is_told_so_and_one_without_is_not(mia, offering, stripe):
    assert codes(mia) == []
    booking = a_booking(mia, offering, TEN, stripe)
    assert codes(mia) == ["sessions"]
    with pytest.raises(deletion.StillOpen, match="You have a session that is not over"):
        deletion.ask_to_leave(mia)
    cancellations.cancel(mia, booking_id=booking.id, expected_refund_cents=12000)
    assert codes(mia) == ["refunds"]


def test_a_hold_and_its_payment_are_open_too(mia, offering):
    a_hold(mia, offering, TEN)
    assert codes(mia) == ["sessions"]


def test_money_that_is_not_released_and_a_dispute_are_open_for_both(ada, mia, offering, stripe, moment):
    booking = a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + timedelta(hours=26))
    completions.complete_sessions()
    assert codes(mia) == ["unreleased"]
    assert codes(ada.user) == ["unreleased", "offerings"]
    disputes.sync_dispute(stripe.dispute(booking.payment.charge_id)["id"])
    assert "disputes" in codes(mia)
    assert "disputes" in codes(ada.user)


def test_a_coach_is_paid_out_first_and_an_admin_lays_the_role_down(ada, mia, alma, offering, stripe, moment):
    a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + timedelta(days=4))
    completions.complete_sessions()
    earnings.release_earnings()
    offerings.retire_offering(ada.user, offering_id=offering.id)
    assert [(one.code, one.sentence) for one in queries.reasons_against(ada.user)] == [
        ("balance", "108.00 USD are not paid out yet.")
    ]
    assert codes(mia) == []
    assert codes(alma) == ["admin"]


def test_the_wish_is_taken_back_within_fourteen_days(client, browser_of, moment, run_jobs, mailbox):
    noa = a_person("Noa")
    browser = browser_of(noa)
    browser.submit("/account/data/deletion", seen="/account/data")
    assert "Your account will be deleted." in browser.get("/account/data").get_data(as_text=True)
    run_jobs()
    assert "will be deleted on" in mailbox.to(noa.email)[0].get_body(("plain",)).get_content()
    browser.submit("/account/data/deletion/withdraw", seen="/account/data")
    moment.advance(days=15)
    deletion.delete_accounts()
    session().refresh(noa)
    assert noa.active
    with pytest.raises(NotFound):
        deletion.stay(noa)


def test_after_fourteen_days_the_account_is_gone_and_its_last_mail_forgotten(browser_of, moment, run_jobs, mailbox):
    noa = a_person("Noa")
    email, browser = noa.email, browser_of(noa)
    deletion.ask_to_leave(noa)
    moment.advance(days=13)
    deletion.delete_accounts()
    assert noa.active
    moment.advance(days=2)
    deletion.delete_accounts()
    session().refresh(noa)
    assert (noa.name, noa.active) == ("Deleted account", False)
    assert browser.get("/account").status_code == 302
    run_jobs()
    assert "is deleted, as you asked" in mailbox.to(email)[-1].get_body(("plain",)).get_content()
    deletion.delete_accounts()
    assert session().scalars(select(Message).where(Message.recipient == email)).all() == []


def test_what_has_been_opened_meanwhile_keeps_the_account_and_a_mail_says_so(mia, offering, moment, run_jobs, mailbox):
    deletion.ask_to_leave(mia)
    moment.advance(days=15)
    a_hold(mia, offering, moment.now + timedelta(days=2))
    deletion.delete_accounts()
    session().refresh(mia)
    assert mia.active
    assert queries.open_deletion(mia.id) is None
    run_jobs()
    assert "could not be deleted" in mailbox.to(mia.email)[-1]["Subject"]


def test_a_copy_has_everything_of_its_owner_and_no_secrets(ada, mia, offering, stripe, run_jobs, mailbox):
    booking = a_booking(mia, offering, TEN, stripe)
    issuance.issue_invoices(str(booking.payment_id))
    wanted = exports.ask_for_export(mia)
    assert exports.ask_for_export(mia).id == wanted.id
    run_jobs()
    session().expire(wanted)
    with zipfile.ZipFile(io.BytesIO(files.content(queries.exported(mia, wanted.id)))) as zipped:
        names = set(zipped.namelist())
        account = json.loads(zipped.read("data/users.json"))[0]
        sessions = json.loads(zipped.read("data/bookings.json"))
        pdf = next(name for name in names if name.startswith("documents/"))
        assert zipped.read(pdf).startswith(b"%PDF")
        assert b"data/bookings.json: your sessions" in zipped.read("README.txt")
    assert (account["email"], account["name"]) == (mia.email, "Mia")
    assert not {"password", "fs_uniquifier", "tf_totp_secret"} & set(account)
    assert [one["brief"] for one in sessions] == [booking.brief]
    assert "data/coaches.json" not in names
    assert "The copy of your data is ready" in [mail["Subject"] for mail in mailbox.to(mia.email)]


def test_a_copy_is_its_owners_alone_and_for_seven_days(mia, ada, alma, browser_of, run_jobs, moment):
    wanted = exports.ask_for_export(mia)
    run_jobs()
    path = f"/account/data/exports/{wanted.id}"
    own = browser_of(mia)
    answer = own.get(path)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert answer.headers["Cache-Control"] == "no-store"
    for other in (ada.user, alma):
        assert browser_of(other).get(path).status_code == 404
    moment.advance(days=8)
    exports.forget_old_exports()
    assert browser_of(mia).get(path).status_code == 404


def test_the_api_tells_the_size_of_a_copy_once_it_is_made(mia, api, run_jobs):
    own = api(mia)
    asked = own.post("/me/exports")
    assert (asked.status_code, asked.json["made_at"], asked.json["size_bytes"]) == (201, None, None)
    assert own.get("/me/exports").json[0]["size_bytes"] is None
    early = own.get(f"/me/exports/{asked.json['id']}/content")
    assert (early.status_code, early.json["detail"]) == (
        409,
        "Your copy is still being made. A mail tells you when it is ready.",
    )
    run_jobs()
    session().expunge_all()
    assert own.get("/me/exports").json[0]["size_bytes"] > 0


def test_the_api_names_each_reason(mia, offering, stripe, api):
    a_booking(mia, offering, TEN, stripe)
    own = api(mia)
    assert own.get("/me/deletion").json["reasons"][0]["code"] == "sessions"
    assert own.post("/me/deletion").status_code == 409
    noa = api(a_person("Noa"))
    assert noa.post("/me/deletion").json["due_at"] is not None
    assert noa.delete("/me/deletion").status_code == 204


def test_a_copy_of_a_mentee_has_the_files_that_they_attached(mia, offering, stripe, run_jobs):
    booking, plan = a_booking(mia, offering, TEN, stripe), samples.pdf()
    (file,) = attachments.attach(mia, booking_id=booking.id, uploads=[Upload("plan.pdf", plan)])
    wanted = exports.ask_for_export(mia)
    run_jobs()
    with opened(mia, wanted) as zipped:
        assert zipped.read(f"files/{file.id}-plan.pdf") == files.content(file.file)


def test_a_copy_of_a_coach_has_the_statement_of_each_payout(ada, mia, alma, offering, stripe, moment, run_jobs):
    a_booking(mia, offering, TEN, stripe)
    moment.set(TEN + timedelta(days=4))
    completions.complete_sessions()
    earnings.release_earnings()
    manual_transfers.give_details(ada.user, details=Details("Ada Lovelace", "RS", "RS35260005601001611379"))
    run = payout_runs.propose_run(alma)
    proposed = exports.ask_for_export(ada.user)
    run_jobs()
    with opened(ada.user, proposed) as zipped:
        assert not [name for name in zipped.namelist() if "statement" in name], "a coach knows of no payout so early"
    (payout,) = payout_runs.approve_run(alma, run_id=run.id).payouts
    run_jobs()
    sent = exports.ask_for_export(ada.user)
    run_jobs()
    with opened(ada.user, sent) as zipped:
        assert zipped.read(f"documents/statement-{payout.id}.pdf").startswith(b"%PDF")


def test_a_copy_is_made_once_however_often_its_job_runs(mia, run_jobs, mailbox):
    wanted = exports.ask_for_export(mia)
    run_jobs()
    session().refresh(wanted)
    made = wanted.file_id
    exports.make_export(str(wanted.id))
    exports.make_export(str(uuid7()))
    run_jobs()
    session().refresh(wanted)
    assert wanted.file_id == made
    assert [mail["Subject"] for mail in mailbox.to(mia.email)] == ["The copy of your data is ready"]


@pytest.mark.parametrize(("before", "after"), [("approved", "suspended"), ("applied", "rejected")])
def test_a_coach_who_leaves_is_a_coach_no_more(before, after, client, moment):
    bea = a_coach("bea", status=before)
    deletion.ask_to_leave(bea.user)
    assert client.get("/@bea").status_code == (200 if before == "approved" else 404)
    moment.advance(days=15)
    deletion.delete_accounts()
    session().refresh(bea)
    assert bea.status == after
    assert client.get("/@bea").status_code == 404


def test_a_wish_that_was_taken_back_meanwhile_deletes_nothing(moment, run_jobs, mailbox):
    noa = a_person("Noa")
    wish = deletion.ask_to_leave(noa)
    deletion.stay(noa)
    moment.advance(days=15)
    deletion.delete_account(wish.id)
    run_jobs()
    session().refresh(noa)
    assert (noa.name, noa.active) == ("Noa", True)
    assert not [mail for mail in mailbox.to(noa.email) if "is deleted" in mail["Subject"]]


def test_nobody_can_leave_who_has_no_account():
    with pytest.raises(NotFound):
        deletion.ask_to_leave(User(id=uuid7()))
