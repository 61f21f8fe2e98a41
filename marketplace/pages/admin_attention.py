"""What needs an admin's attention, in words: one line and one action each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from flask import url_for

from marketplace import clock
from marketplace import needs_attention as attention
from marketplace.languages import LazyText, ngettext
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.money import spoken
from marketplace.needs_attention import Item
from marketplace.pages.admin_labels import wrong_label
from marketplace.pages.components import NeedsAttention

CHANGES: Mapping[str, LazyText] = {
    "remove_admin": _l("Another admin proposes to remove the admin role of this account."),
    "deactivate": _l("Another admin proposes to deactivate this account."),
    "reactivate": _l("Another admin proposes to let this person back in."),
}


@dataclass(frozen=True)
class Section:
    """Lines under one heading."""

    title: str
    lines: list[NeedsAttention]


def sections(items: Sequence[Item], zone: str) -> list[Section]:
    """What has a deadline, what failed and what waits for a decision; only those that have anything."""
    dated = [item for item in items if item.due_by]
    failed = [item for item in items if item.failed and not item.due_by]
    waiting = [item for item in items if not item.failed and not item.due_by]
    named = ((_("With a deadline"), dated), (_("Failed"), failed), (_("Waiting for a decision"), waiting))
    return [Section(title, [line(item, zone) for item in some]) for title, some in named if some]


def sums(item: Item) -> str:
    """Its amounts: '216.00 USD, 50.00 EUR'."""
    return ", ".join(spoken(cents, currency) for currency, cents in sorted(item.sums.items(), reverse=True))


def line(item: Item, zone: str) -> NeedsAttention:
    """One item in words."""
    since = clock.spoken(item.since, zone) if item.since else ""
    what, action, address = _WORDS[item.kind](item, since)
    who = item.names[0] if len(item.names) == 1 else ""
    return NeedsAttention(what=what, action=action, address=address, who=who, until=item.due_by)


Words = tuple[str, str, str]


def _application(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext(
            "%(num)s more application, since %(time)s.",
            "%(num)s more, the first since %(time)s.",
            item.count,
            time=since,
        )
        return more, _("Open"), url_for("admin_coaches.queue")
    return (
        _("Applied to be a coach on %(time)s.", time=since),
        _("Decide"),
        url_for("admin_coaches.detail", coach_id=item.id),
    )


def _licence(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more licence to check.", "%(num)s more licences to check.", item.count)
        return more, _("Open"), url_for("admin_coaches.queue", status="approved")
    what = _("A licence waits to be checked since %(time)s.", time=since)
    return what, _("Look at it"), url_for("admin_coaches.detail", coach_id=item.id) + "#licences"


def _unlicensed(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext(
            "%(num)s more session without a licence.", "%(num)s more sessions without a licence.", item.count
        )
        return more, _("Open"), url_for("admin_bookings.browse")
    mentee, coach = item.names
    what = _("No licence of %(coach)s is valid on the day of a session with %(mentee)s.", coach=coach, mentee=mentee)
    return what, _("Decide"), url_for("admin_bookings.timeline", booking_id=item.id)


def _account_change(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more account.", "%(num)s more accounts.", item.count)
        return more, _("Open"), url_for("admin_people.browse")
    return str(CHANGES[item.said]), _("Agree or refuse"), url_for("admin_people.detail", user_id=item.id)


def _attendance(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more attendance report.", "%(num)s more attendance reports.", item.count)
        return more, _("Open"), url_for("admin_attendance.waiting")
    mentee, coach = item.names
    what = _(
        "%(mentee)s and %(coach)s do not agree on who came. Reported %(time)s. It is about %(sum)s.",
        **{"mentee": mentee, "coach": coach, "time": since, "sum": sums(item)},
    )
    return what, _("Decide"), url_for("admin_attendance.report", report_id=item.id)


def _written_answer(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext(
            "%(num)s more report of a written answer.", "%(num)s more reports of written answers.", item.count
        )
        return more, _("Open"), url_for("admin_written_answers.waiting")
    mentee, coach = item.names
    what = _(
        "%(mentee)s and %(coach)s do not agree on a written answer. Reported %(time)s. It is about %(sum)s.",
        **{"mentee": mentee, "coach": coach, "time": since, "sum": sums(item)},
    )
    return what, _("Decide"), url_for("admin_written_answers.report", answer_report_id=item.id)


def _dispute(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more dispute.", "%(num)s more disputes.", item.count)
        return more, _("Open"), url_for("admin_disputes.waiting")
    what = _("The bank asks for evidence about %(sum)s: %(title)s", sum=sums(item), title=item.said)
    return what, _("Send evidence"), url_for("admin_disputes.dispute", dispute_id=item.id)


def _refund_failed(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more failed refund.", "%(num)s more failed refunds.", item.count)
        return more, _("Open"), url_for("admin_refunds.owed")
    what = _("A refund of %(sum)s failed on %(time)s: %(reason)s", sum=sums(item), time=since, reason=item.said)
    return what, _("Send again"), url_for("admin_refunds.owed")


def _refund_held(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more refund on hold.", "%(num)s more refunds on hold.", item.count)
        return more, _("Open"), url_for("admin_refunds.owed")
    what = _(
        "A refund of %(sum)s is on hold since %(time)s: a bank decides a dispute first.", sum=sums(item), time=since
    )
    return what, _("See why"), url_for("admin_ledger.timeline", about=item.id)


def _payment_missing(item: Item, since: str) -> Words:
    what = ngettext(
        "Stripe does not know a payment of %(sum)s, since %(time)s.",
        "Stripe does not know %(num)s payments, %(sum)s in all, the first since %(time)s.",
        item.count,
        **{"sum": sums(item), "time": since},
    )
    return what, _("Open"), url_for("admin_refunds.owed")


def _payable(item: Item, since: str) -> Words:
    what = ngettext("%(num)s coach is due %(sum)s.", "%(num)s coaches are due %(sum)s.", item.count, sum=sums(item))
    return what, _("Propose a run"), url_for("admin_payouts.home")


def _run(item: Item, since: str) -> Words:
    what = ngettext(
        "A payout of %(sum)s waits for approval since %(time)s.",
        "%(num)s payouts, %(sum)s in all, wait for approval since %(time)s.",
        item.count,
        **{"sum": sums(item), "time": since},
    )
    return what, _("Approve or stop"), url_for("admin_payouts.run", run_id=item.id)


def _transfers(item: Item, since: str) -> Words:
    what = ngettext(
        "A transfer of %(sum)s is to be made by hand.",
        "%(num)s transfers, %(sum)s in all, are to be made by hand.",
        item.count,
        sum=sums(item),
    )
    return what, _("Make transfers"), url_for("manual_transfers.transfers", run_id=item.id)


def _payout_failed(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more failed payout.", "%(num)s more failed payouts.", item.count)
        return more, _("Open"), url_for("admin_payouts.home")
    what = _("A payout of %(sum)s failed on %(time)s: %(reason)s", sum=sums(item), time=since, reason=item.said)
    return what, _("Try again"), url_for("admin_payouts.run", run_id=item.id)


def _payout_waiting(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more payout that waits.", "%(num)s more payouts that wait.", item.count)
        return more, _("Open"), url_for("admin_payouts.home")
    what = _("A payout of %(sum)s waits since %(time)s: %(reason)s", sum=sums(item), time=since, reason=item.said)
    return what, _("Open"), url_for("admin_payouts.run", run_id=item.id)


def _reversal_failed(item: Item, since: str) -> Words:
    if item.id is None:
        more = ngettext("%(num)s more failed reversal.", "%(num)s more failed reversals.", item.count)
        return more, _("Open"), url_for("admin_payouts.home")
    what = _("%(sum)s of a payout could not be reversed: %(reason)s", sum=sums(item), reason=item.said)
    return what, _("Try again"), url_for("admin_reversals.ask", payout_id=item.id)


def _jobs(item: Item, since: str) -> Words:
    what = ngettext("%(num)s job failed for good.", "%(num)s jobs failed for good.", item.count)
    return what, _("Run again"), url_for("admin.failed", _anchor="failed")


def _jobs_late(item: Item, since: str) -> Words:
    what = ngettext(
        "%(num)s job waits longer than it should, since %(time)s.",
        "%(num)s jobs wait longer than they should, the first since %(time)s.",
        item.count,
        time=since,
    )
    return what, _("Open"), url_for("admin.failed", _anchor="under-way")


def _mail(item: Item, since: str) -> Words:
    what = ngettext(
        "A mail could not be sent: %(reason)s",
        "%(num)s mails could not be sent, the latest because: %(reason)s",
        item.count,
        reason=item.said,
    )
    return what, _("Send again"), url_for("admin.failed", _anchor="mail")


def _events(item: Item, since: str) -> Words:
    what = ngettext(
        "An event of Stripe's is not handled yet, received %(time)s.",
        "%(num)s events of Stripe's are not handled yet, the latest received %(time)s.",
        item.count,
        time=since,
    )
    return what, _("Open"), url_for("admin.stripe_events", state="open")


def _worker(item: Item, since: str) -> Words:
    if item.since is None:
        return _("No worker was ever heard of. Start one: flask worker."), _("See its jobs"), url_for("admin.failed")
    return _("The worker was last heard of %(time)s.", time=since), _("See its jobs"), url_for("admin.failed")


def _invariant(item: Item, since: str) -> Words:
    what = _("Not true since %(time)s: %(sentence)s", time=since, sentence=item.said)
    return what, _("See what breaks it"), url_for("admin_invariants.checks")


def _differs(item: Item, since: str) -> Words:
    address = url_for("admin_reconciliations.reconciliations")
    if item.said:
        return _("The ledger could not be compared with Stripe: %(reason)s", reason=item.said), _("Open"), address
    what = ngettext(
        "The ledger and Stripe differ about one thing.",
        "The ledger and Stripe differ about %(num)s things.",
        item.count,
    )
    return what, _("See the differences"), address


def _not_reconciled(item: Item, since: str) -> Words:
    what = _("The ledger was last compared with Stripe %(time)s.", time=since)
    return what, _("Compare now"), url_for("admin_reconciliations.reconciliations")


_WORDS: Mapping[str, Callable[[Item, str], Words]] = {
    attention.APPLICATION: _application,
    attention.LABEL: wrong_label,
    attention.LICENCE: _licence,
    attention.UNLICENSED: _unlicensed,
    attention.ACCOUNT_CHANGE: _account_change,
    attention.ATTENDANCE: _attendance,
    attention.WRITTEN_ANSWER: _written_answer,
    attention.DISPUTE: _dispute,
    attention.REFUND_FAILED: _refund_failed,
    attention.REFUND_HELD: _refund_held,
    attention.PAYMENT_MISSING: _payment_missing,
    attention.PAYABLE: _payable,
    attention.RUN: _run,
    attention.TRANSFERS: _transfers,
    attention.PAYOUT_FAILED: _payout_failed,
    attention.PAYOUT_WAITING: _payout_waiting,
    attention.REVERSAL_FAILED: _reversal_failed,
    attention.JOBS: _jobs,
    attention.JOBS_LATE: _jobs_late,
    attention.MAIL: _mail,
    attention.EVENTS: _events,
    attention.WORKER: _worker,
    attention.INVARIANT: _invariant,
    attention.RECONCILIATION_DIFFERS: _differs,
    attention.RECONCILIATION_MISSING: _not_reconciled,
}
