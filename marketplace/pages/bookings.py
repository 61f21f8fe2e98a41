"""Booking a free time, and the list of one's sessions."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from marshmallow import ValidationError

from marketplace import rate_limits, uploads
from marketplace.accounts.models import User
from marketplace.authentication.access import (
    ask_to_sign_in,
    chosen_zone,
    kept_when_signed_out,
    signed_in,
    viewers_zone,
)
from marketplace.authentication.sign_up import address_confirmed
from marketplace.bookings.attachments import rules as attachment_rules
from marketplace.bookings.attachments import service as attachments
from marketplace.bookings.earnings import rules as earning_rules
from marketplace.bookings.holds import kept_requests
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.holds.schemas import LONGEST_BRIEF, SHORTEST_BRIEF, HoldSchema
from marketplace.bookings.intro_credits import queries as intro_credits
from marketplace.bookings.listings import queries as booking_listings
from marketplace.bookings.listings.schemas import BookingQuerySchema
from marketplace.bookings.schemas import TimeSchema
from marketplace.bookings.terms import service as booking_terms
from marketplace.coaches.licences.rules import jurisdictions
from marketplace.coaches.models import Offering
from marketplace.coaches.queries import coach_of, offering_for_booking
from marketplace.error_answers import status_of
from marketplace.errors import FairhourError, Invalid, NotFound
from marketplace.http import actor, viewer
from marketplace.invoices.rules import TITLES
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import drafts, wording
from marketplace.pages.forms import load
from marketplace.pages.mentee_home import MenteeHome
from marketplace.pages.responses import private
from marketplace.pages.wording import Reader
from marketplace.policies import queries as policies
from marketplace.scheduling.queries import free_times

bp = Blueprint("bookings", __name__)

HOUR_SECONDS, MOST_KEPT = 3600, 30
GONE = _l("This time is not free any more.")


@bp.get("/book/<uuid:offering_id>")
def book(offering_id: uuid.UUID) -> ResponseReturnValue:
    """What would be booked, at which price and under which rules; for everybody, signed in or not."""
    offering = offering_for_booking(offering_id)
    starts_at = _asked_time()
    if starts_at is None:
        return redirect(url_for("coaches.slots", handle=offering.coach.handle, offering_id=offering.id))
    if free_times.is_free(offering, starts_at):
        return _page(offering, starts_at, brief=_typed_before())
    own = _own_claim(offering, starts_at)
    return own or (_page(offering, starts_at, gone=GONE, nearest=free_times.nearest(offering, starts_at)), 409)


@bp.post("/book/<uuid:offering_id>")
@kept_when_signed_out
@uploads.takes_files(uploads.FIVE_FILES)
def hold(offering_id: uuid.UUID) -> ResponseReturnValue:
    """Hold the time. A visitor signs in first, and comes back to this place with what was typed."""
    offering = offering_for_booking(offering_id)
    starts_at, brief = _asked_time(), request.form.get("brief", "")
    if starts_at is None:
        return redirect(url_for("coaches.slots", handle=offering.coach.handle, offering_id=offering.id))
    try:
        wanted = load(HoldSchema(exclude=["offering_id", "starts_at"]))
    except Invalid as refusal:
        return _page(offering, starts_at, brief=brief, errors=refusal.fields), 422
    if viewer() is None:
        kept = _keep(offering_id=offering_id, starts_at=starts_at, **wanted)
        zone = request.form.get("zone")
        here = url_for(".book", offering_id=offering.id, starts_at=starts_at.isoformat(), zone=zone, kept=kept)
        return drafts.keep(make_response(ask_to_sign_in(here)), brief)
    try:
        files = attachments.examined(actor(), uploads.several("attachment", field=attachments.FIELD))
        booking = attachments.hold_with_files(
            actor(), files=files, offering_id=offering_id, starts_at=starts_at, **wanted
        )
    except FairhourError as refusal:
        # What was read before is void once a command has been refused.
        offering = offering_for_booking(offering_id)
        # The same person's first click, perhaps: then this one came twice.
        return _own_claim(offering, starts_at) or _refused(offering, starts_at, brief, refusal)
    return drafts.keep(make_response(redirect(url_for("session.show", booking_id=booking.id))), "")


def _keep(**wanted: Any) -> uuid.UUID | None:
    """The key under which a visitor finds the request again on any device; None where there were too many."""
    asked_for = rate_limits.count(f"kept:{get_remote_address()}", seconds=HOUR_SECONDS)
    return kept_requests.keep(**wanted) if asked_for <= MOST_KEPT else None


@address_confirmed.connect
def hold_kept(person: User, kept: str) -> str | None:
    """Hold what somebody had asked for before signing up, as soon as the address is confirmed; where to go on."""
    try:
        wanted = kept_requests.kept(uuid.UUID(kept))
    except (ValueError, NotFound):
        return None
    offering_id, starts_at, key = wanted.offering_id, wanted.starts_at.isoformat(), wanted.id
    try:
        booking = kept_requests.hold_kept(person, request_id=key)
    except FairhourError as refusal:
        flash(refusal.sentence, "warning")
        return url_for("bookings.book", offering_id=offering_id, starts_at=starts_at, kept=key)
    return url_for("session.show", booking_id=booking.id)


def _typed_before() -> str:
    """The brief that came along: in this browser, or under the key of the address."""
    try:
        return drafts.kept() or kept_requests.kept(uuid.UUID(request.args.get("kept", ""))).brief
    except (ValueError, NotFound):
        return ""


def _refused(offering: Offering, starts_at: datetime, brief: str, refusal: FairhourError) -> ResponseReturnValue:
    """The page again with what is wrong; what was typed goes along to another time."""
    shown: dict[str, Any] = {"brief": brief}
    if isinstance(refusal, holds.SlotTaken):
        near = [datetime.fromisoformat(text) for text in refusal.details["nearest"]]
        shown |= {"gone": refusal.sentence, "nearest": near}
    elif isinstance(refusal, holds.NotOffered):
        shown |= {"gone": GONE, "nearest": free_times.nearest(offering, starts_at)}
    elif isinstance(refusal, Invalid) and {attachments.FIELD, "client_place"} & set(refusal.fields):
        shown |= {"errors": refusal.fields}
    else:
        shown |= {"errors": {"form": [refusal.sentence]}}
    return drafts.keep(make_response(_page(offering, starts_at, **shown), status_of(refusal)), brief)


def _asked_time() -> datetime | None:
    """The time in the address or the form, in UTC; None if there is none that could be one."""
    # A plus that was not quoted arrives as a blank.
    text = request.values.get("starts_at", "").replace(" ", "+")
    try:
        asked: datetime = TimeSchema().load({"starts_at": text})["starts_at"]
    except ValidationError:
        return None
    return asked.astimezone(UTC)


def _own_claim(offering: Offering, starts_at: datetime) -> ResponseReturnValue | None:
    """To the session that the viewer has already at this time."""
    person = viewer()
    own = hold_queries.own_claim(person, offering.id, starts_at) if person is not None else None
    return redirect(url_for("session.show", booking_id=own.id)) if own is not None else None


def _page(offering: Offering, starts_at: datetime, **shown: Any) -> str:
    person = viewer()
    version = policies.current(offering.policy_id)
    credit = intro_credits.credit_for(person, offering) if person is not None else None
    price_cents = offering.price_cents - (credit.cents if credit else 0)
    coach_cents, fee_cents = earning_rules.shares(price_cents, booking_terms.current_fee(person, offering))
    return render_template(
        "bookings/book.html",
        offering=offering,
        coach=offering.coach,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=offering.minutes),
        zone=chosen_zone() or viewers_zone(),
        chosen_zone=chosen_zone(),
        policy=policies.terms_of(version),
        policy_version=version.id,
        credit=credit,
        places=[("", _("Choose from the list")), *jurisdictions()] if offering.kind == "therapist" else [],
        client_place=request.form.get("client_place", ""),
        price_cents=price_cents,
        coach_cents=coach_cents,
        fee_cents=fee_cents,
        shortest=SHORTEST_BRIEF,
        longest=LONGEST_BRIEF,
        most_files=attachment_rules.MOST,
        own=person is not None and offering.coach.user_id == person.id,
        **shown,
    )


@bp.get("/sessions")
@signed_in
def mine() -> ResponseReturnValue:
    """One's sessions to come, or those past; a coach's own as a tab beside those booked as a mentee.

    What a mentee has to come begins with what needs attention, and ends with the latest invoices.
    """
    person = actor()
    profile = coach_of(person)
    wanted = _wanted("coach" if profile is not None else "mentee")
    as_coach = wanted["as_"] == "coach"
    zone = viewers_zone()
    page = booking_listings.page_for(person, as_coach=as_coach, past=wanted["past"], after=wanted["after"])
    address = {"as": wanted["as_"], "past": "yes" if wanted["past"] else None}
    is_home = not (as_coach or wanted["past"] or wanted["after"])
    return private(
        "bookings/mine.html",
        home=MenteeHome.of(person, zone) if is_home else None,
        titles=TITLES,
        rows=[(booking, Reader.of(person, booking, zone)) for booking in page.bookings],
        wording=wording,
        is_coach=profile is not None,
        as_coach=as_coach,
        past=wanted["past"],
        start=url_for(".mine", **address) if wanted["after"] else None,
        more=url_for(".mine", **address, after=page.after) if page.after else None,
    )


def _wanted(side: str) -> dict[str, Any]:
    given = {name: request.args[name] for name in ("as", "past", "after") if name in request.args}
    try:
        wanted: dict[str, Any] = BookingQuerySchema().load({"as": side} | given)
    except ValidationError as error:
        raise NotFound from error
    return wanted
