"""Commands: apply, change one's profile, vet a coach."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from marketplace import authority, config
from marketplace.accounts import service as accounts
from marketplace.accounts.models import User
from marketplace.audit import service as audit
from marketplace.coaches import queries, rules
from marketplace.coaches.models import Coach
from marketplace.coaches.spoken_languages.rules import language_code
from marketplace.coaches.transitions import transition
from marketplace.coaches.work_links import rules as work_links
from marketplace.db import refusing, session, transactional, uuid7
from marketplace.errors import Conflict, Invalid, NotAllowed, NotFound
from marketplace.jobs import enqueue
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.notifications import service as notifications

PROFILE = ("handle", "headline", "about", "topics", "languages", "timezone", "currency", "kinds", "licence", "links")


class HandleTaken(Invalid):
    """Somebody has this handle already."""

    def __init__(self) -> None:
        super().__init__(None, handle=_("Somebody has this handle already. Choose another."))


class AlreadyApplied(Conflict):
    """You have applied already. Change your profile instead."""


class AlreadyVetted(Conflict):
    """Somebody has decided on this coach in the meantime. Look at the present state first."""


class AddressUnconfirmed(NotAllowed):
    """Confirm your address first: we sent you a link by mail."""


@transactional
def apply(
    user: User,
    *,
    handle: str,
    headline: str,
    about: str,
    topics: Iterable[str],
    languages: Iterable[str],
    timezone: str,
    currency: str,
    kinds: Iterable[str],
    licence: str | None = None,
    links: Iterable[Mapping[str, str]] = (),
) -> Coach:
    """Ask to become a coach, or ask again after a refusal. Languages are names or ISO 639-1 codes.

    Raises Invalid naming each field, AlreadyApplied.
    """
    if not rules.may_apply(user):
        raise AddressUnconfirmed
    known = queries.coach_of(user)
    coach = locked(known.id) if known is not None else None
    if coach is not None and coach.status != rules.REJECTED:
        raise AlreadyApplied
    given = {name: value for name, value in locals().items() if name in PROFILE}
    if coach is None:
        coach = Coach(id=uuid7(), user_id=user.id, user=user)
        _write_profile(coach, given)
        audit.record(user.id, "coach.applied", coach.id, handle=coach.handle)
    else:
        _write_profile(coach, given)
        transition(coach, rules.APPLIED, by=user.id, handle=coach.handle)
    with refusing("coaches_handle_key", HandleTaken), refusing("coaches_user_id_key", AlreadyApplied):
        session().add(coach)
    _notify(coach, "application_received")
    _notify_vetters(coach)
    return coach


@transactional
def edit_profile(user: User, **changes: Any) -> Coach:
    """Change some fields of one's own profile; the same names as in `apply`.

    A coach who becomes a therapist or has another licence is vetted again. Raises Invalid naming each field.
    """
    coach = locked(queries.profile_of(user).id)
    licensed_before = ("therapist" in coach.kinds, coach.licence)
    _refuse_changes(coach, changes)
    if changes.get("timezone", coach.timezone) != coach.timezone:
        expand(coach)
    _write_profile(coach, {name: getattr(coach, name) for name in PROFILE} | changes)
    with refusing("coaches_handle_key", HandleTaken):
        session().add(coach)
    audit.record(user.id, "coach.profile_changed", coach.id, fields=sorted(changes))
    to_vet_again = "therapist" in coach.kinds and licensed_before != (True, coach.licence)
    if coach.status == rules.APPROVED and to_vet_again:
        transition(coach, rules.APPLIED, by=user.id, licence=coach.licence)
        _notify_vetters(coach)
    return coach


def _refuse_changes(coach: Coach, changes: dict[str, Any]) -> None:
    """Links, sold prices and published offerings must keep their meaning."""
    offerings = queries.offerings_of(coach.id, active_only=False)
    problems = {}
    if changes.get("handle", coach.handle) != coach.handle and coach.status in rules.ONCE_APPROVED:
        problems["handle"] = _("Your rate card is linked under this handle, so it stays.")
    withdrawn = coach.currency not in config.current().offered_currencies()
    published = any(offering.active for offering in offerings) if withdrawn else bool(offerings)
    if changes.get("currency", coach.currency) != coach.currency and published:
        problems["currency"] = (
            _(
                "You have offerings in %(currency)s. Retire them, then choose another currency.",
                currency=coach.currency.upper(),
            )
            if withdrawn
            else _("You have published offerings in this currency, so it stays.")
        )
    offered = {offering.kind for offering in offerings if offering.active}
    missing = sorted(offered - set(changes.get("kinds", coach.kinds)))
    if missing:
        problems["kinds"] = _(
            "You offer this kind of session: %(kind)s. Retire those offerings first.", kind=rules.kind_name(missing[0])
        )
    if problems:
        raise Invalid(None, **problems)


def kind_problems(kinds: Iterable[str], coach: Coach) -> dict[str, str]:
    """Whoever was a therapist before therapy was switched off stays one on paper, and sells none."""
    new = "therapist" in kinds and "therapist" not in (coach.kinds or [])
    if new and not config.current().therapists:
        return {"kinds": _("Therapy is not offered on this site.")}
    return {}


def _write_profile(coach: Coach, given: dict[str, Any]) -> None:
    """Put a whole, checked profile on the row; raises Invalid."""
    profile = given | {
        "handle": given["handle"].strip().lower(),
        "headline": " ".join(given["headline"].split()),
        "topics": rules.unique(map(rules.topic, given["topics"])),
        "languages": rules.unique(language_code(word) or word.strip() for word in given["languages"]),
        "kinds": rules.unique(given["kinds"]),
        "currency": given["currency"].lower(),
        "licence": (given["licence"] or "").strip() or None,
        "links": work_links.tidied(given["links"]),
    }
    offered = config.current().offered_currencies()
    # A currency that was offered once stays until the coach chooses another.
    problems = kind_problems(profile["kinds"], coach) | rules.profile_problems(
        profile, offered=[*offered, *filter(None, [coach.currency])]
    )
    if links := work_links.problem(profile["links"]):
        problems["links"] = links
    if problems:
        raise Invalid(None, **problems)
    for name, value in profile.items():
        setattr(coach, name, value)


@transactional
def approve(admin: User, *, coach_id: uuid.UUID) -> Coach:
    """Make an applicant a coach, or let a suspended one back in. Raises OwnCase."""
    coach = _vet(admin, coach_id, rules.APPROVED)
    accounts.grant_role(admin, user_id=coach.user_id, role="coach")
    _notify(coach, "application_approved")
    return coach


@transactional
def reject(admin: User, *, coach_id: uuid.UUID, reason: str) -> Coach:
    """Refuse an application; the applicant reads the reason and may apply again."""
    coach = _vet(admin, coach_id, rules.REJECTED, _reason(reason))
    _notify(coach, "application_rejected")
    return coach


@transactional
def suspend(admin: User, *, coach_id: uuid.UUID, reason: str) -> Coach:
    """Take a coach's rate card down; the coach reads the reason. What is booked stays booked."""
    coach = _vet(admin, coach_id, rules.SUSPENDED, _reason(reason))
    _notify(coach, "coach_suspended")
    return coach


def _vet(admin: User, coach_id: uuid.UUID, status: str, reason: str | None = None) -> Coach:
    if not rules.may_vet(admin):
        raise NotFound
    coach = locked(coach_id)
    authority.check_impartial(admin.id, coach.user_id)
    if not rules.STATES.allows(coach.status, status):
        raise AlreadyVetted
    transition(coach, status, by=admin.id, reason=reason)
    return coach


def _reason(text: str) -> str:
    cleaned = text.strip()
    if not cleaned:
        raise Invalid(reason=_("Say why: the coach reads this."))
    if len(cleaned) > rules.LONGEST["reason"]:
        raise Invalid(reason=_("Keep this within %(most)s characters.", most=rules.LONGEST["reason"]))
    return cleaned


def locked(coach_id: uuid.UUID) -> Coach:
    """The coach's row as it is now, locked until the transaction ends; raises NotFound."""
    coach = session().get(Coach, coach_id, with_for_update={"of": Coach, "key_share": True}, populate_existing=True)
    if coach is None:
        raise NotFound
    return coach


def expand(coach: Coach) -> None:
    """Have the worker compute the coach's openings anew: they reach farther, or lie elsewhere."""
    enqueue("expand_openings", once=f"expand_openings:{coach.id}", coach_id=str(coach.id))


def _notify(coach: Coach, template: str) -> None:
    with speaking(coach.user.preferences):
        notifications.notify(coach.user.email, template=template, name=coach.user.name, **_facts(coach))


def _notify_vetters(coach: Coach) -> None:
    accounts.notify_admins(template="application_to_vet", applicant=coach.user.name, **_facts(coach))


def _facts(coach: Coach) -> dict[str, Any]:
    """What the mails about a coach say."""
    site = config.current().public_url
    return {
        "handle": coach.handle,
        "headline": coach.headline,
        "reason": coach.decision_reason or "",
        "floor_cents": rules.price_floor_cents(60, coach.currency, config.current()),
        "currency": coach.currency,
        "desk_url": f"{site}/dashboard",
        "rate_card_url": f"{site}/@{coach.handle}",
        "vetting_url": f"{site}/admin/coaches/{coach.id}",
    }
