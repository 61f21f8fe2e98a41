"""All that is known of one session, in plain words and in order of time, for admins."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from flask import url_for

from marketplace.audit.rules import words as action_words
from marketplace.booking_timelines.queries import BookingRecords
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.ledger_reports.queries.timelines import LedgerTimelineEvent
from marketplace.money import spoken
from marketplace.notifications.rules import messages
from marketplace.pages.admin_words import event_words, job_words
from marketplace.pages.session.timeline import timeline as session_timeline
from marketplace.pages.wording import Reader
from marketplace.stripe_inbox import rules as stripe_event_rules

SESSION, MONEY, MAIL, STRIPE, JOB, RECORD = "session", "money", "mail", "stripe", "job", "record"
KINDS: Mapping[str, LazyText] = {
    SESSION: _l("Session"),
    MONEY: _l("Money"),
    MAIL: _l("Mail"),
    STRIPE: _l("Stripe events"),
    JOB: _l("Jobs"),
    RECORD: _l("Audit log"),
}


@dataclass(frozen=True)
class Line:
    """One thing that happened, as components/lists.html: timeline shows it; `kind` is one of `KINDS`."""

    kind: str
    at: datetime
    words: str
    more: str = ""
    tone: str = ""
    address: str = ""
    cents: int | None = None
    currency: str = ""


def lines(found: BookingRecords, reader: Reader) -> list[Line]:
    """Everything in order of time, what was decided before what followed from it at the same moment."""
    every = [*_session(found, reader), *_record(found), *_money(found), *_stripe(found), *_mails(found), *_jobs(found)]
    return sorted(every, key=lambda line: line.at)


def _session(found: BookingRecords, reader: Reader) -> Iterator[Line]:
    trail = [entry for entry in found.audit if entry.subject_id == str(found.booking.id)]
    for event in session_timeline(found.booking, trail, found.refunds, reader):
        yield Line(SESSION, event.at, event.words)


# What the session's own timeline and its money tell in better words.
TOLD = frozenset(
    {
        *("payment.authorized", "payment.paid", "refund.intended", "refund.pending", "refund.succeeded"),
        *("payout.sending", "payout.paid"),
    }
)


def _record(found: BookingRecords) -> Iterator[Line]:
    """Deeds that nothing else tells."""
    for entry in found.audit:
        if entry.action.startswith("booking.") or entry.action in TOLD:
            continue
        who = found.people.get(entry.actor_id) if entry.actor_id else None
        by = _("by %(name)s", name=who) if who else _("by the application")
        yield Line(RECORD, entry.at, action_words(entry.action), by)


def _money(found: BookingRecords) -> Iterator[Line]:
    events = found.money.events
    for event in (each for each in events if each.cents is None):
        yield Line(MONEY, event.at, event.description, event.source or "")
    posted = [each for each in events if each.cents is not None and each.key]
    for (at, _source), together in groupby(posted, key=lambda each: (each.at, each.source)):
        yield from _posted(found, at, list(together))


def _posted(found: BookingRecords, at: datetime, together: list[LedgerTimelineEvent]) -> Iterator[Line]:
    """Entries of one moment: what the coach and we earned is one sentence, parts of one refund are one sum."""
    sums: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], LedgerTimelineEvent] = {}
    for each in together:
        key = (_fact(each), each.currency or "")
        sums[key] = sums.get(key, 0) + (each.cents or 0)
        first.setdefault(key, each)
    earned = [(currency, cents) for (fact, currency), cents in sums.items() if fact == "release-coach"]
    for currency, cents in earned:
        fee = sums.pop(("release-fee", currency), 0)
        sums.pop(("release-coach", currency))
        coach = found.booking.coach.user.name
        amounts = {"name": coach, "sum": spoken(cents, currency), "fee": spoken(fee, currency)}
        yield Line(MONEY, at, _("%(name)s earned %(sum)s, our fee is %(fee)s", **amounts), tone="good")
    for (fact, currency), cents in sums.items():
        each = first[fact, currency]
        said = FORWARD.get(fact)
        amount = spoken(cents, currency)
        words = _(said.message, **{"sum": amount, "mentee": found.booking.mentee.name}) if said else each.description
        line = Line(MONEY, at, words, each.source or "")
        yield line if said else replace(line, cents=cents, currency=currency)


# Money as it moves for whom it moves, so that no sign has to be read.
FORWARD: Mapping[str, LazyText] = {
    "paid": _l("%(mentee)s paid %(sum)s"),
    "stripe-fee": _l("Stripe took %(sum)s as its fee"),
    "refund": _l("%(sum)s left for the refund to %(mentee)s"),
    "refund-failed": _l("%(sum)s of a refund came back: the bank of %(mentee)s did not take it"),
    "dispute-fee": _l("Stripe's fee for the dispute: %(sum)s"),
    "dispute-reserve": _l("%(sum)s set aside from the coach's earnings"),
    "release-fee": _l("We earned a fee of %(sum)s"),
}


def _fact(event: LedgerTimelineEvent) -> str:
    return (event.key or "").partition(":")[0]


def _stripe(found: BookingRecords) -> Iterator[Line]:
    for event in found.events:
        address = url_for("admin.stripe_events", type=event.type)
        words = _("Stripe told us: %(what)s", what=event_words(event.type))
        more, tone = event.note or event.type, ""
        if event.state != stripe_event_rules.HANDLED:
            more, tone = event.error or _("Not handled yet"), "warm"
        yield Line(STRIPE, event.received_at, words, more, tone, address)


def _mails(found: BookingRecords) -> Iterator[Line]:
    for mail in found.mails:
        said = {"subject": mail.subject, "address": mail.recipient}
        if mail.status == messages.FAILED:
            words = _("Mail to %(address)s could not be sent: %(subject)s", **said)
            yield Line(MAIL, mail.created_at, words, mail.error or "", "bad", url_for("admin.failed", _anchor="mail"))
            continue
        kind = _INVITES.get(mail.calendar_method or "", _PLAIN)
        waiting = _("Waiting to be sent") if mail.sent_at is None else ""
        yield Line(MAIL, mail.sent_at or mail.created_at, _(kind.message, **said), waiting)


_PLAIN = _l("Mail to %(address)s: %(subject)s")
_INVITES: Mapping[str, LazyText] = {
    "REQUEST": _l("Mail with a calendar invitation to %(address)s: %(subject)s"),
    "CANCEL": _l("Mail that takes it out of the calendar to %(address)s: %(subject)s"),
}


def _jobs(found: BookingRecords) -> Iterator[Line]:
    for job in found.jobs:
        at = job.ended_at or job.written_at
        if at is None:
            continue
        words, tone = JOB_STATES.get(job.status, (_l("Job: %(name)s"), ""))
        address = url_for("admin.failed", _anchor="failed") if job.status == "failed" else ""
        yield Line(JOB, at, _(words.message, name=job_words(job.name)), tone=tone, address=address)


JOB_STATES: Mapping[str, tuple[LazyText, str]] = {
    "todo": (_l("Job waiting: %(name)s"), ""),
    "doing": (_l("Job running: %(name)s"), ""),
    "succeeded": (_l("Job done: %(name)s"), ""),
    "failed": (_l("Job failed: %(name)s"), "bad"),
}


def calendar_words(found: BookingRecords) -> list[str]:
    """How the session stands in the coach's own calendars."""
    return [str(_CALENDARS[copy.removing, copy.written](copy.hint)) for copy in found.calendars]


_CALENDARS: Mapping[tuple[bool, bool], Callable[[str], str]] = {
    (False, True): lambda name: _("It stands in the calendar %(name)s.", name=name),
    (False, False): lambda name: _("It is being written to the calendar %(name)s.", name=name),
    (True, True): lambda name: _("It was removed from the calendar %(name)s.", name=name),
    (True, False): lambda name: _("It is being removed from the calendar %(name)s.", name=name),
}
