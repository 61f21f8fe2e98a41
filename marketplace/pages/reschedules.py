"""Another time for the same session: choose one, confirm or propose it, answer a proposal."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from marketplace import clock
from marketplace.authentication.access import signed_in, viewers_zone
from marketplace.bookings import queries
from marketplace.bookings.cancellations import service as cancellations
from marketplace.bookings.holds import queries as hold_queries
from marketplace.bookings.holds import service as holds
from marketplace.bookings.models import Booking
from marketplace.bookings.reschedules import queries as reschedule_queries
from marketplace.bookings.reschedules import rules as reschedule_rules
from marketplace.bookings.reschedules import service as reschedules
from marketplace.bookings.schemas import LONGEST_REASON, OptionalReasonSchema, TimeSchema
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, FairhourError, Invalid
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.pages import wording
from marketplace.pages.forms import load
from marketplace.pages.responses import private
from marketplace.pages.weeks import WEEK, asked_week, days_of, span
from marketplace.pages.wording import COACH, Reader

bp = Blueprint("reschedules", __name__, url_prefix="/sessions/<uuid:booking_id>")


@bp.get("/reschedule")
@signed_in
def choose(booking_id: uuid.UUID) -> ResponseReturnValue:
    """The free times, a week a page; with one of them in the address, what moving there means."""
    booking = queries.one(actor(), booking_id)
    try:
        reschedules.check_reschedulable(actor(), booking)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
        return _back(booking_id)
    to = _asked_time()
    return _times(booking) if to is None else _confirm(booking, to)


@bp.post("/reschedule")
@signed_in
def move(booking_id: uuid.UUID) -> ResponseReturnValue:
    """Move it, or as its coach ask the mentee to."""
    booking, to = queries.one(actor(), booking_id), _asked_time()
    if to is None:
        return redirect(url_for(".choose", booking_id=booking_id), 303)
    as_coach = booking.coach.user_id == actor().id
    try:
        if as_coach:
            reschedules.propose(actor(), booking_id=booking_id, starts_at=to, **load(OptionalReasonSchema()))
            flash(
                _(
                    "%(name)s has been asked. Without an answer the session stays where it is.",
                    name=booking.mentee.name,
                ),
                "success",
            )
        else:
            moved = reschedules.reschedule(actor(), booking_id=booking_id, starts_at=to)
            flash(
                _("Moved to %(time)s.", time=clock.spoken(moved.starts_at, viewers_zone(), moved.ends_at)),
                "success",
            )
    except (holds.SlotTaken, holds.NotOffered, Invalid) as refusal:
        return _refused(booking, to, refusal)
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    return _back(booking_id)


def _refused(booking: Booking, to: datetime, refusal: FairhourError) -> ResponseReturnValue:
    """The page again: with the nearest times where this one is gone, else with what is wrong."""
    if isinstance(refusal, Invalid) and "starts_at" not in refusal.fields:
        errors, reason = refusal.fields, request.form.get("reason", "")
        answer = _confirm(booking, to, errors=errors, reason=reason)
    else:
        near = [datetime.fromisoformat(text) for text in refusal.details.get("nearest", [])]
        answer = _times(booking, gone=_("This time is not free any more."), nearest=near)
    answer.status_code = status_of(refusal)
    return answer


def _asked_time() -> datetime | None:
    # A plus that was not quoted arrives as a blank.
    text = request.values.get("starts_at", "").replace(" ", "+")
    try:
        asked: datetime = TimeSchema().load({"starts_at": text})["starts_at"]
    except ValidationError:
        return None
    return asked.astimezone(UTC)


def _times(booking: Booking, **shown: Any) -> Any:
    zone = viewers_zone()
    today = clock.now().astimezone(ZoneInfo(zone)).date()
    last = today + timedelta(days=hold_queries.offering_as_booked(booking).horizon_days)
    begins = min(max(asked_week(today), today), last)
    start, end = span(begins, zone)
    free = reschedules.times(actor(), booking_id=booking.id, start=start, end=end)
    return _page(
        "reschedules/choose.html",
        booking,
        days=days_of(free, begins, zone),
        ends=begins + WEEK - timedelta(days=1),
        earlier=max(begins - WEEK, today) if begins > today else None,
        later=begins + WEEK if begins + WEEK <= last else None,
        **shown,
    )


def _confirm(booking: Booking, to: datetime, **shown: Any) -> Any:
    policy = booking.terms
    as_coach = booking.coach.user_id == actor().id
    would_come_back = cancellations.quote_cancellation(actor(), booking_id=booking.id).refund_cents
    return _page(
        "reschedules/confirm.html",
        booking,
        to=to,
        until=to + (booking.ends_at - booking.starts_at),
        left=reschedule_rules.reschedules_left(policy, reschedule_queries.reschedules_by(booking.id, actor().id)) - 1,
        at_most_cents=None if as_coach or would_come_back == booking.price_cents else would_come_back,
        longest=LONGEST_REASON,
        **shown,
    )


def _page(template: str, booking: Booking, **shown: Any) -> Any:
    reader = Reader.of(actor(), booking, viewers_zone())
    as_coach = reader.side == COACH
    return private(template, booking=booking, other=wording.other(booking, reader), as_coach=as_coach, **shown)


@bp.post("/reschedules/<uuid:reschedule_id>/accept")
@signed_in
def accept(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> ResponseReturnValue:
    """Take the proposed time."""
    return _answer(
        booking_id,
        reschedule_id,
        reschedules.accept,
        _("The session has moved. The invitation follows by mail."),
    )


@bp.post("/reschedules/<uuid:reschedule_id>/decline")
@signed_in
def decline(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> ResponseReturnValue:
    """Leave it where it is."""
    return _answer(booking_id, reschedule_id, reschedules.decline, "The session stays where it is.")


@bp.post("/reschedules/<uuid:reschedule_id>/withdraw")
@signed_in
def withdraw(booking_id: uuid.UUID, reschedule_id: uuid.UUID) -> ResponseReturnValue:
    """Withdraw the proposal."""
    return _answer(booking_id, reschedule_id, reschedules.withdraw, "Withdrawn. The session stays where it is.")


def _answer(
    booking_id: uuid.UUID, reschedule_id: uuid.UUID, command: Callable[..., Any], words: str
) -> ResponseReturnValue:
    try:
        command(actor(), booking_id=booking_id, reschedule_id=reschedule_id)
        flash(words, "success")
    except holds.SlotTaken:
        flash(_("Somebody has booked this time by now, so the session stays where it is."), "error")
    except (Conflict, Invalid) as refusal:
        flash(refusal.sentence, "error")
    return _back(booking_id)


def _back(booking_id: uuid.UUID) -> ResponseReturnValue:
    return redirect(url_for("session.show", booking_id=booking_id), 303)
