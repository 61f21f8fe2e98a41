"""One of everything that belongs to somebody: Ada coaches Mia, Alma is an admin; Noor and Eve have no part in it."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import requests
from flask import current_app
from flask_security.change_email import _generate_token
from flask_security.confirmable import generate_confirmation_token
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import select, text, update

from marketplace import clock, config, payment_subjects
from marketplace.account_changes import service as account_changes
from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.accounts.passkeys.models import Passkey
from marketplace.accounts.sessions import service as sessions
from marketplace.accounts.tokens import service as tokens
from marketplace.asks.invitations.mailboxes import service as mailboxes
from marketplace.asks.invitations.mailboxes.models import ReceivedMail
from marketplace.asks.invitations.rules import links
from marketplace.asks.invitations.service import quoting, receiving
from marketplace.asks.models import Ask
from marketplace.asks.payers.service import links as payer_links
from marketplace.asks.published_answers import service as published_answers
from marketplace.asks.queue.models import QueuePlace
from marketplace.asks.quotes import service as quotes
from marketplace.asks.rules.brief import Brief
from marketplace.asks.service import answers, drafts, sending
from marketplace.attendance import service as attendance
from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.completions import service as completions
from marketplace.bookings.earnings import service as earnings
from marketplace.bookings.models import Booking
from marketplace.bookings.overruns.models import Overrun
from marketplace.bookings.payment_outcomes import service as payment_outcomes
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.series import service as series
from marketplace.calendars.service import subscriptions as calendars
from marketplace.coaches.licences import service as licences
from marketplace.coaches.models import Coach, Offering
from marketplace.coaches.shelf import service as shelf
from marketplace.coupons import service as coupons
from marketplace.db import session, uuid7
from marketplace.files.rules.uploads import Examined, Upload
from marketplace.files.service import keeping
from marketplace.invoices import queries as invoices
from marketplace.invoices.rules import receipt_signature
from marketplace.invoices.service import issuance
from marketplace.ledger.rules import coach as account_of_coach
from marketplace.ledger.service.postings import post
from marketplace.notes import service as notes
from marketplace.notifications.choices.service import unsubscribe_url
from marketplace.notifications.models import Message
from marketplace.payments import queries as payments
from marketplace.payments.billing_parties.models import BillingParty
from marketplace.payments.service import disputes, refunds
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules.bank_details import Details
from marketplace.payouts.service import bank_accounts, manual_transfers, reversals, runs
from marketplace.personal_data.service import exports
from marketplace.policies import service as policies
from marketplace.reconciliation import service as reconciliation
from marketplace.scheduling.models import DateOverride
from marketplace.scheduling.service import date_overrides, time_off, weekly_hours
from marketplace.session_feedback import rules as feedback
from marketplace.sponsorships import service as sponsorships
from marketplace.stripe_inbox import service as stripe_inbox
from marketplace.unpaid_time.grants import service as grants
from marketplace.unpaid_time.service import entries, timers
from marketplace.waitlist import service as waitlist
from marketplace.written_answers.service import deliveries, follow_ups
from marketplace.written_answers.service import files as answer_files
from marketplace.written_answers.service import orders as answer_orders
from marketplace.written_answers.service import reports as answer_reports
from tests.asks.invitations.samples import an_invitation
from tests.factories import BRIEF, a_booking, a_coach, a_hold, a_payment, a_person, an_admin, an_offering
from tests.files.samples import encoded, halves
from tests.permissions.credits import credits_of
from tests.sandbox import signed

# Sessions of the first day are over by the second, those of the third are to come.
PAID_OUT, YESTERDAY, TODAY = (datetime(2027, 3, day, tzinfo=UTC) for day in (2, 11, 12))
BANK = {"holder": "Cleo", "country": "RS", "account": "RS35260005601001611379", "bic": "", "bank_code": ""}
NOBODYS = uuid.UUID("00000000-0000-7000-8000-000000000000")
FAILED_JOB = (
    "insert into procrastinate_jobs (queue_name, task_name, status, attempts, args) "
    "values ('default', 'send_payout', 'failed', 10, '{\"payout_id\": \"p1\"}') returning id"
)
ASK: dict[str, Any] = {
    "kind": "mentor",
    "about": "I lead a team of four since May, and two of them want the same promotion. How do I decide, and when?",
    "not_about": "Not about salaries.",
    "tried": "I wrote down what both have done this year: https://example.org/comparison",
    "why_coach": "You write about leadership in small teams, as mine is.",
    "aim": "A decision that I can explain in 2 sentences to both.",
    "by_when": None,
    "minutes": 45,
    "words_enough": False,
    "payer": "me",
}


PUBLIC = {"title": "Who is promoted?", "question": "Two want it.", "answer": "See what each did.", "language": "en"}
ON_SHELF = {
    "kind": "book",
    "title": "Thanks for the feedback",
    "url": "https://example.org/feedback",
    "line": "For who leads the first team.",
    "language": "en",
}


@dataclass
class World:
    """The people, and what each placeholder of an address stands for: usually, and on the routes of some endpoints."""

    mentee: User
    coach: User
    other_mentee: User
    other_coach: User
    admin: User
    other_admin: User
    things: dict[str, Any] = field(default_factory=dict)


def build(ada: Coach, mia: User, alma: User, offering: Offering, stripe: Any, moment: Any, run_jobs: Any) -> World:
    """Everybody, and what they have made, on the evening of the second day."""
    eve = a_coach("eve")
    world = World(mia, ada.user, a_person("Noor"), eve.user, alma, an_admin("Bo"))
    world.things = {"coach_id": ada.id, "offering_id": offering.id, "handle": ada.handle, "user_id": mia.id}
    world.things["idle_id"] = world.other_mentee.id
    world.things["operation"] = "hold_booking"
    _paid_out(world, ada, offering, stripe, moment, run_jobs)
    _sessions_that_were(world, ada, offering, stripe, moment, run_jobs)
    moment.set(TODAY)
    _sessions_to_come(world, ada, offering, stripe)
    _written(world, ada, mia, stripe, run_jobs)
    world.things |= credits_of(ada, mia, stripe, ASK)
    _own_things(world, ada, offering)
    _things_of_admins(world)
    _links(world)
    session().commit()
    return world


def _paid_out(world: World, ada: Coach, offering: Offering, stripe: Any, moment: Any, run_jobs: Any) -> None:
    """A session that was paid out, and beside it one payout of each kind that an admin does something about."""
    booking = a_booking(world.mentee, offering, PAID_OUT + timedelta(hours=10), stripe)
    moment.advance(days=9)
    payment_outcomes.settle_payment(str(booking.payment_id))
    completions.complete_sessions()
    earnings.release_earnings()
    account = _bank(ada, stripe)
    waiting, sent, refused = (_earned(a_coach(name)) for name in ("cleo", "cora", "dora"))
    for coach in (waiting, sent):
        manual_transfers.give_details(coach.user, details=Details(**BANK))
    gone = _bank(refused, stripe)
    run = runs.approve_run(world.admin, run_id=runs.propose_run(world.other_admin).id)
    found_again, gone.stripe_id = gone.stripe_id, "acct_gone"
    session().commit()
    run_jobs()
    gone.stripe_id = found_again
    session().commit()
    bank_accounts.refresh_account(found_again)
    payouts = {payout.coach_id: payout for payout in run_queries.run(world.admin, run.id).payouts}
    manual_transfers.mark_transferred(
        world.admin, payout_id=payouts[sent.id].id, reference="REF 1", transferred_on=moment.now.date()
    )
    _spend(stripe, account.stripe_id, 10800)
    reversal = reversals.reverse_payout(
        world.admin, payout_id=payouts[ada.id].id, cents=4000, reason="A test.", expected_left_cents=10800
    )
    run_jobs()
    _earned(ada)
    world.things |= {
        "past": booking,
        "side": "mentee",
        "feedback_signature": feedback.signature(booking.id, "mentee", key=config.current().secret_key),
        "payout_id": payouts[ada.id].id,
        "failed_payout_id": payouts[refused.id].id,
        "transfer_id": payouts[waiting.id].id,
        "transferred_id": payouts[sent.id].id,
        "sent_run_id": run.id,
        "run_id": runs.propose_run(world.other_admin).id,
        "reversal_id": reversal.id,
    }


def _bank(coach: Coach, stripe: Any) -> Any:
    bank_accounts.connect_bank(coach.user, country="DE")
    account = bank_account_queries.account_of(coach.id)
    assert account is not None
    stripe.onboard(account.stripe_id)
    bank_accounts.refresh_account(account.stripe_id)
    return account


def _earned(coach: Coach) -> Coach:
    fact = {"cents": 10800, "currency": "usd", "subject_id": uuid7()}
    post(f"earned:{coach.handle}:{uuid7()}", debit="sessions_owed", credit=account_of_coach(coach.id), **fact)  # type: ignore[arg-type]
    session().commit()
    return coach


def _spend(stripe: Any, account: str, cents: int) -> None:
    """Pay the coach's balance at Stripe out, so that nothing of it can be reversed."""
    key = {"Authorization": f"Bearer {stripe.secret_key}", "Stripe-Account": account}
    asked = {"amount": cents, "currency": "usd"}
    requests.post(f"{stripe.url}/v1/payouts", data=asked, headers=key, timeout=10).raise_for_status()


def _sessions_that_were(world: World, ada: Coach, offering: Offering, stripe: Any, moment: Any, run_jobs: Any) -> None:
    """One that nobody has said anything of, and one each: reported, contested, disputed, with a refund that failed."""
    mia, hours = world.mentee, (8, 10, 11, 12, 13)
    named = dict(zip(("silent", "reported", "contested", "disputed"), hours, strict=False))
    was = {name: a_booking(mia, offering, YESTERDAY + timedelta(hours=hour), stripe) for name, hour in named.items()}
    refunded = a_payment(
        mia, a_hold(mia, offering, YESTERDAY + timedelta(hours=13)), stripe, "4000000000005126"
    ).payment
    assert refunded is not None
    refunds.intend_refund(refunded, cents=6000, reason="a test", key="test")
    run_jobs()
    (refund,) = payments.refunds_of(refunded.id)
    moment.set(YESTERDAY + timedelta(hours=16))
    refunds.sync_refund(refund.stripe_id)
    attendance.report_no_show(mia, booking_id=was["reported"].id, words="I waited.")
    attendance.report_no_show(mia, booking_id=was["contested"].id, words="I waited.")
    attendance.answer_no_show(ada.user, booking_id=was["contested"].id, answer="took_place", words="I was there.")
    payment = was["disputed"].payment
    assert payment is not None
    disputes.sync_dispute(stripe.dispute(payment.charge_id, reason="product_not_received")["id"])
    (dispute,) = payments.disputes_of(payment.id)
    world.things |= was | {
        "refund_id": refund.id,
        "overrun_id": _overrun(was["silent"]),
        "report_id": session().scalar(
            text("select id from no_show_reports where booking_id = :id"), {"id": was["contested"].id}
        ),
        "dispute_id": dispute.id,
    }


def _overrun(booking: Booking) -> Any:
    """Twenty minutes more, which nobody has answered."""
    proposed = {"minutes": 20, "price_cents": 4000, "currency": "usd", "fee_basis_points": 1000}
    overrun = Overrun(id=uuid7(), booking_id=booking.id, lapses_at=clock.now() + timedelta(days=2), **proposed)
    session().add(overrun)
    session().flush()
    return overrun.id


def _sessions_to_come(world: World, ada: Coach, offering: Offering, stripe: Any) -> None:
    """One confirmed, with note and invoice; one each: with a proposed time, requested, held; a series held."""
    mia, at = world.mentee, TODAY + timedelta(hours=10)
    booking = a_booking(mia, offering, at + timedelta(days=4), stripe)
    issuance.issue_invoices(str(booking.payment_id))
    (invoice,) = invoices.of_payment(booking.payment_id)
    nothing = dict.fromkeys(("address", "tax_id", "reference", "email", "locale"), "")
    session().add(BillingParty(subject_id=booking.id, name="Acme Ltd", **nothing))
    note = notes.write(ada.user, booking_id=booking.id, text="A private thought.", shared=False)
    moved = a_booking(mia, offering, at + timedelta(days=5), stripe)
    proposal = reschedules.propose(ada.user, booking_id=moved.id, starts_at=at + timedelta(days=6))
    asked = a_booking(mia, an_offering(ada, title="By request", by_approval=True), at + timedelta(days=7), stripe)
    held = a_hold(mia, offering, at + timedelta(days=10))
    plan = {"starts_at": at + timedelta(days=12), "every_weeks": 1, "count": 2, "brief": BRIEF}
    (attachment,) = attachments.attach(mia, booking_id=booking.id, uploads=[Upload("me.png", encoded(halves()))])
    both = series.hold_series(mia, offering_id=offering.id, **plan)  # type: ignore[arg-type]
    world.things |= {
        "booking_id": booking.id,
        "attachment_id": attachment.id,
        "invoice_id": invoice.id,
        "receipt_signature": receipt_signature(invoice.id, key=config.current().secret_key),
        "note_id": note.id,
        "moved": moved,
        "reschedule_id": proposal.id,
        "requested": asked,
        "held": held,
        "series_id": both[0].series_id,
    }


def _own_things(world: World, ada: Coach, offering: Offering) -> None:
    """What people keep of their own: tokens, sessions, calendars, hours, coupons, places on the waiting list."""
    mia = world.mentee
    feed, secret = accounts.create_feed(mia, side="mentee")
    days = {"starts_on": date(2027, 3, 20), "ends_on": date(2027, 3, 22)}
    date_overrides.add_override(ada.user, schedule_id=ada.id, date=date(2027, 3, 30), kind="closed")
    world.things |= {
        "feed_id": feed.id,
        "feed_secret": secret,
        "token_id": tokens.create_token(mia, name="hers", scopes=["read"])[0].id,
        "passkey_id": _passkey(mia),
        "export_id": _export(mia),
        "session_id": sessions.begin_session(mia, user_agent="Firefox", place="203.0.113.9")[0].id,
        "time_off_id": time_off.add_time_off(ada.user, **days).id,  # type: ignore[arg-type]
        "entry_id": waitlist.join(mia, offering_id=offering.id, brief=BRIEF, **days).id,  # type: ignore[arg-type]
        "schedule_id": weekly_hours.add_schedule(ada.user, name="Evenings").id,
        **_asked(ada, mia),
        "place_id": _queued(world),
        "licence_id": licences.give(
            ada.user,
            number="1",
            jurisdiction="DE",
            expires_on=date(2030, 1, 1),
            upload=Upload("licence.png", encoded(halves())),
        ).id,
        "sponsorship_id": sponsorships.record(
            ada.user, email=mia.email, act="introduced", what="To a team that hires.", happened_on=date(2027, 3, 1)
        ).id,
        "unpaid_id": entries.log(ada.user, kind="coffee", minutes=30).id,
        "timer": timers.start(ada.user, kind="talk").entry_id,
        "override_id": session().scalar(select(DateOverride.id)),
        "day": date(2027, 3, 30),
        "coupon_id": coupons.make(ada.user, code="SPRING", percent=20).id,
        "calendar_id": calendars.add(ada.user, kind="ics", name="Family", url="https://calendar.example.com/a.ics").id,
    }


def _asked(ada: Coach, mia: User) -> dict[str, Any]:
    """What Mia asked Ada, and what a stranger wrote whose address is not confirmed yet."""
    stranger = {"email": "nia@example.com", "name": "Nia", "timezone": "Europe/Berlin", "locale": "en"}
    draft = drafts.begin(handle=ada.handle, fields=ASK, **stranger)  # type: ignore[arg-type]
    (words,) = session().scalars(select(Message.text).where(Message.recipient == stranger["email"]))
    code = re.search(r"^\d{6}$", words, re.MULTILINE)
    assert code is not None
    grants.choose_budget(ada.user, minutes_per_month=6000)
    published = _published(ada, mia)
    ask = sending.send(mia, handle=ada.handle, **ASK)
    granted = grants.grant(ada.user, ask_id=ask.id, minutes=30)
    quote = quotes.quote(ada.user, ask_id=ask.id, minutes=45, price_cents=None, note="")
    invited = receiving.receive(ada.user, text=an_invitation(starts="20270322T140000Z", ends="20270322T150000Z"))
    quoting.quote(ada.user, invitation_id=invited.invitation.id)
    url = payer_links.make_link(mia, quote_id=quote.id, purpose="Training")
    signature = links.signature(invited.invitation.id, key=config.current().secret_key)
    forwarded = b"From: Noor <noor@example.com>\r\nSubject: See below\r\n\r\n"
    inline = an_invitation(uid="forwarded", starts="20270323T140000Z", ends="20270323T150000Z")
    mailboxes.take_in(mailboxes.make_address(ada.user), forwarded + inline, null_sender=False)
    mail_id = session().scalars(select(ReceivedMail.id)).one()
    mailboxes.read_received_mail(str(mail_id))
    return (
        published
        | {"mail_id": mail_id, "invitation_id": invited.invitation.id, "signature": signature}
        | {
            "ask_id": ask.id,
            "quote_id": quote.id,
            "secret": url.rpartition("/")[2],
            "grant_id": granted.id,
            "draft_id": draft.id,
            "draft_code": code.group(),
        }
    )


def _queued(world: World) -> uuid.UUID:
    """Mia's place in the queue of a coach who has nothing to do with the rest."""
    coach_id = session().scalars(select(Coach.id).where(Coach.user_id == world.other_coach.id)).one()
    place = QueuePlace(id=uuid7(), coach_id=coach_id, asker_id=world.mentee.id, written=Brief(**ASK).as_json())  # type: ignore[arg-type]
    place.price_cents, place.currency, place.lapses_at = 6000, "usd", clock.now() + timedelta(days=30)
    session().add(place)
    session().flush()
    return place.id


def _published(ada: Coach, mia: User) -> dict[str, Any]:
    """A public answer of Ada's to Mia, and what stands on Ada's shelf."""
    answered = sending.send(mia, handle=ada.handle, **ASK)
    answers.answer(ada.user, ask_id=answered.id, reply="Decide by what each did.", minutes=5)
    published_answers.allow(mia, ask_id=answered.id)
    written = published_answers.prepare(ada.user, ask_id=answered.id, **PUBLIC)
    published_answers.release(mia, ask_id=answered.id, version=written.version)
    item = shelf.add(ada.user, **ON_SHELF)
    return {"answered_id": answered.id, "public_answer_id": written.id, "item_id": item.id}


def _written(world: World, ada: Coach, mia: User, stripe: Any, run_jobs: Any) -> None:
    """Written answers: ordered with a file, delivered, asked about, reported, contested, and one to pay for."""
    made = {
        name: _ordered(ada, mia, stripe) for name in ("answer_id", "delivered", "asked_about", "no_answer", "contested")
    }
    (file,) = answer_files.add_files(
        ada.user, answer_id=made["answer_id"], uploads=[Upload("plan.png", encoded(halves()))]
    )
    for name in ("delivered", "asked_about", "no_answer", "contested"):
        deliveries.deliver(ada.user, answer_id=made[name], answer="Decide together.")
    run_jobs()
    follow_ups.ask_follow_up(mia, answer_id=made["asked_about"], question="When?")
    answer_reports.report(mia, answer_id=made["no_answer"], words="It says nothing.")
    contested = answer_reports.report(mia, answer_id=made["contested"], words="It says nothing.")
    answer_reports.respond(ada.user, answer_id=made["contested"], response="disagree", words="It does.")
    unpaid = _to_pay(ada, mia)
    world.things |= made | {
        "answer_file_id": file.id,
        "answer_report_id": contested.id,
        "answer_to_pay": unpaid,
    }


def _to_pay(ada: Coach, mia: User) -> uuid.UUID:
    """A written answer that Mia orders of Ada, not paid for."""
    ask = sending.send(mia, handle=ada.handle, **ASK)
    due = clock.now() + timedelta(days=4)
    offer = {"minutes": 45, "price_cents": None, "note": "", "form": "written", "deliver_by": due}
    quote = quotes.quote(ada.user, ask_id=ask.id, **offer)  # type: ignore[arg-type]
    answer_id = quotes.order(mia, quote_id=quote.id).id
    session().execute(update(Ask).where(Ask.id == ask.id).values(status="booked", ended_at=clock.now()))
    return answer_id


def _ordered(ada: Coach, mia: User, stripe: Any) -> uuid.UUID:
    """One whose card is authorised."""
    answer_id = _to_pay(ada, mia)
    answer_orders.pay(mia, answer_id=answer_id)
    payment = payments.of_subject(answer_id)
    assert payment is not None
    stripe.pay(payment.checkout_id)
    payment_subjects.settle_payment(str(payment.id))
    return answer_id


def _export(person: User) -> Any:
    """A copy of a person's data that was made."""
    wanted = exports.ask_for_export(person)
    wanted.file_id, wanted.made_at = keeping.keep(Examined("application/zip", b"PK")), clock.now()
    wanted.expires_at = clock.now() + timedelta(days=7)
    return wanted.id


def _passkey(person: User) -> Any:
    """Of an authenticator that nobody has."""
    key = {"credential_id": b"1", "public_key": b"1", "sign_count": 0, "transports": []}
    passkey = Passkey(id=uuid7(), user_id=person.id, name="Phone", **key)
    session().add(passkey)
    return passkey.id


def _things_of_admins(world: World) -> None:
    """What only admins have to do with."""
    applicant = a_coach("zoe", status="applied", decided_at=None)
    leaving = an_admin("Cem")
    change = account_changes.propose(world.other_admin, user_id=leaving.id, kind="remove_admin", reason="Left.")
    failed = {"status": "failed", "error": "SMTP: no", "attempts": 10}
    mail = Message(recipient="mia@example.com", subject="Hello", text="x", **failed)
    session().add(mail)
    session().flush()
    policy = policies.create(
        world.admin, name="Strict", tiers=[(24, 100)], grace_minutes=0, reschedules=0, reschedule_hours=0
    )
    event = {"id": "evt_1", "type": "made.up", "data": {"object": {"id": "x_1"}}}
    stripe_inbox.receive("platform", *signed(event, config.current().stripe_webhook_secret_platform))
    world.things |= {
        "applicant_id": applicant.id,
        "leaving_id": leaving.id,
        "change_id": change.id,
        "message_id": mail.id,
        "job_id": session().scalar(text(FAILED_JOB)),
        "event_id": "evt_1",
        "policy_id": policy.policy_id,
        "reconciliation_id": reconciliation.request_reconciliation(world.admin).id,
        "about": world.things["booking_id"],
        "name": "revenue",
        "currency": "usd",
        "year": 2027,
        "number": 2027,
        "kind": "platform",
        "since": NOBODYS,
        "fairhour.css": "fairhour.css",
        "bootstrap.css": "css/bootstrap.min.css",
        "base.js": "js/base64.js",
    }


def _links(world: World) -> None:
    """What stands in links of mails."""
    security = current_app.extensions["security"]
    una = a_person("Una", confirmed=False)
    secret = security.totp_factory.generate_totp_secret()
    set_up = {"totp_secret": secret, "method": "authenticator", "phone": None}
    optional = session().scalars(select(Message).where(Message.kind == "sessions_closed")).first()
    assert optional is not None
    world.things |= {
        "unsubscribe_token": unsubscribe_url(optional.id).rpartition("/")[2],
        "unconfirmed": una,
        "reset_token": generate_reset_password_token(world.mentee),
        "confirm_token": generate_confirmation_token(una),
        "change_token": _generate_token(world.mentee, "mia.new@example.com"),
        "setup_token": security.tf_setup_serializer.dumps(set_up),
        "setup_code": security.totp_factory.generate_totp_password(secret),
    }


def booking_of(world: World, name: str) -> Booking:
    """A session by its name."""
    found: Booking = world.things[name]
    return found
