"""What needs an admin's attention, in words: one line and one action each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flask import current_app, url_for

from marketplace import clock
from marketplace import needs_attention as attention
from marketplace.languages import LazyPlural, LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.languages import lazy_ngettext as _n
from marketplace.money import spoken
from marketplace.needs_attention import Item
from marketplace.pages.components import NeedsAttention


class Told(NamedTuple):
    """A line, what its button says, and the page that it leads to: of the item, where that page is of one thing."""

    what: LazyText | LazyPlural
    action: LazyText
    endpoint: str
    end_of_address: str = ""


OPEN, DECIDE, AGAIN = _l("Open"), _l("Decide"), _l("Try again")
LOOK, JOBS = _l("Look at it"), _l("See its jobs")

# One thing, or several that are decided together.
ONE: Mapping[str, Told] = {
    attention.APPLICATION: Told(_l("Applied to be a coach on %(time)s."), DECIDE, "admin_coaches.detail"),
    attention.LABEL: Told(
        _l("“%(title)s” is said to be another kind of help than it is sold as."), LOOK, "admin_coaches.detail"
    ),
    attention.LICENCE: Told(
        _l("A licence waits to be checked since %(time)s."), LOOK, "admin_coaches.detail", "#licences"
    ),
    attention.UNLICENSED: Told(
        _l("No licence of %(coach)s is valid on the day of a session with %(mentee)s."),
        DECIDE,
        "admin_bookings.timeline",
    ),
    attention.ATTENDANCE: Told(
        _l("%(mentee)s and %(coach)s do not agree on who came. Reported %(time)s. It is about %(sum)s."),
        DECIDE,
        "admin_attendance.report",
    ),
    attention.WRITTEN_ANSWER: Told(
        _l("%(mentee)s and %(coach)s do not agree on a written answer. Reported %(time)s. It is about %(sum)s."),
        DECIDE,
        "admin_written_answers.report",
    ),
    attention.DISPUTE: Told(
        _l("The bank asks for evidence about %(sum)s: %(title)s"), _l("Send evidence"), "admin_disputes.dispute"
    ),
    attention.REFUND_FAILED: Told(
        _l("A refund of %(sum)s failed on %(time)s: %(reason)s"), _l("Send again"), "admin_refunds.owed"
    ),
    attention.REFUND_HELD: Told(
        _l("A refund of %(sum)s is on hold since %(time)s: a bank decides a dispute first."),
        _l("See why"),
        "admin_ledger.timeline",
    ),
    attention.PAYMENT_MISSING: Told(
        _n(
            "Stripe does not know a payment of %(sum)s, since %(time)s.",
            "Stripe does not know %(num)s payments, %(sum)s in all, the first since %(time)s.",
        ),
        OPEN,
        "admin_refunds.owed",
    ),
    attention.PAYABLE: Told(
        _n("%(num)s coach is due %(sum)s.", "%(num)s coaches are due %(sum)s."),
        _l("Propose a run"),
        "admin_payouts.home",
    ),
    attention.RUN: Told(
        _n(
            "A payout of %(sum)s waits for approval since %(time)s.",
            "%(num)s payouts, %(sum)s in all, wait for approval since %(time)s.",
        ),
        _l("Approve or stop"),
        "admin_payouts.run",
    ),
    attention.TRANSFERS: Told(
        _n(
            "A transfer of %(sum)s is to be made by hand.", "%(num)s transfers, %(sum)s in all, are to be made by hand."
        ),
        _l("Make transfers"),
        "manual_transfers.transfers",
    ),
    attention.PAYOUT_FAILED: Told(_l("A payout of %(sum)s failed on %(time)s: %(reason)s"), AGAIN, "admin_payouts.run"),
    attention.PAYOUT_WAITING: Told(
        _l("A payout of %(sum)s waits since %(time)s: %(reason)s"), OPEN, "admin_payouts.run"
    ),
    attention.REVERSAL_FAILED: Told(
        _l("%(sum)s of a payout could not be reversed: %(reason)s"), AGAIN, "admin_reversals.ask"
    ),
    attention.JOBS: Told(
        _n("%(num)s job failed for good.", "%(num)s jobs failed for good."), _l("Run again"), "admin.failed", "#failed"
    ),
    attention.JOBS_LATE: Told(
        _n(
            "%(num)s job waits longer than it should, since %(time)s.",
            "%(num)s jobs wait longer than they should, the first since %(time)s.",
        ),
        OPEN,
        "admin.failed",
        "#under-way",
    ),
    attention.MAIL: Told(
        _n("A mail could not be sent: %(reason)s", "%(num)s mails could not be sent, the latest because: %(reason)s"),
        _l("Send again"),
        "admin.failed",
        "#mail",
    ),
    attention.EVENTS: Told(
        _n(
            "An event of Stripe's is not handled yet, received %(time)s.",
            "%(num)s events of Stripe's are not handled yet, the latest received %(time)s.",
        ),
        OPEN,
        "admin.stripe_events",
        "?state=open",
    ),
    attention.WORKER: Told(_l("The worker was last heard of %(time)s."), JOBS, "admin.failed"),
    attention.INVARIANT: Told(
        _l("Not true since %(time)s: %(sentence)s"), _l("See what breaks it"), "admin_invariants.checks"
    ),
    attention.RECONCILIATION_DIFFERS: Told(
        _n("The ledger and Stripe differ about one thing.", "The ledger and Stripe differ about %(num)s things."),
        _l("See the differences"),
        "admin_reconciliations.reconciliations",
    ),
    attention.RECONCILIATION_MISSING: Told(
        _l("The ledger was last compared with Stripe %(time)s."),
        _l("Compare now"),
        "admin_reconciliations.reconciliations",
    ),
}
NO_WORKER = Told(_l("No worker was ever heard of. Start one: flask worker."), JOBS, "admin.failed")
NOT_COMPARED = Told(
    _l("The ledger could not be compared with Stripe: %(reason)s"), OPEN, "admin_reconciliations.reconciliations"
)
CHANGES: Mapping[str, Told] = {
    change: Told(sentence, _l("Agree or refuse"), "admin_people.detail")
    for change, sentence in {
        "remove_admin": _l("Another admin proposes to remove the admin role of this account."),
        "deactivate": _l("Another admin proposes to deactivate this account."),
        "reactivate": _l("Another admin proposes to let this person back in."),
    }.items()
}
# Those of a kind that are not named, and the page of all of them.
MORE: Mapping[str, Told] = {
    attention.APPLICATION: Told(
        _n("%(num)s more application, since %(time)s.", "%(num)s more, the first since %(time)s."),
        OPEN,
        "admin_coaches.queue",
    ),
    attention.LABEL: Told(
        _n("%(num)s more label that is often wrong.", "%(num)s more that are often wrong."),
        OPEN,
        "admin_coaches.queue",
        "?status=approved",
    ),
    attention.LICENCE: Told(
        _n("%(num)s more licence to check.", "%(num)s more licences to check."),
        OPEN,
        "admin_coaches.queue",
        "?status=approved",
    ),
    attention.UNLICENSED: Told(
        _n("%(num)s more session without a licence.", "%(num)s more sessions without a licence."),
        OPEN,
        "admin_bookings.browse",
    ),
    attention.ACCOUNT_CHANGE: Told(_n("%(num)s more account.", "%(num)s more accounts."), OPEN, "admin_people.browse"),
    attention.ATTENDANCE: Told(
        _n("%(num)s more attendance report.", "%(num)s more attendance reports."), OPEN, "admin_attendance.waiting"
    ),
    attention.WRITTEN_ANSWER: Told(
        _n("%(num)s more report of a written answer.", "%(num)s more reports of written answers."),
        OPEN,
        "admin_written_answers.waiting",
    ),
    attention.DISPUTE: Told(_n("%(num)s more dispute.", "%(num)s more disputes."), OPEN, "admin_disputes.waiting"),
    attention.REFUND_FAILED: Told(
        _n("%(num)s more failed refund.", "%(num)s more failed refunds."), OPEN, "admin_refunds.owed"
    ),
    attention.REFUND_HELD: Told(
        _n("%(num)s more refund on hold.", "%(num)s more refunds on hold."), OPEN, "admin_refunds.owed"
    ),
    attention.PAYOUT_FAILED: Told(
        _n("%(num)s more failed payout.", "%(num)s more failed payouts."), OPEN, "admin_payouts.home"
    ),
    attention.PAYOUT_WAITING: Told(
        _n("%(num)s more payout that waits.", "%(num)s more payouts that wait."), OPEN, "admin_payouts.home"
    ),
    attention.REVERSAL_FAILED: Told(
        _n("%(num)s more failed reversal.", "%(num)s more failed reversals."), OPEN, "admin_payouts.home"
    ),
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
    words, names = _words(item), item.names
    facts = dict.fromkeys(("reason", "title", "sentence"), item.said) | dict(
        zip(("mentee", "coach"), names, strict=False)
    )
    facts |= {"time": clock.spoken(item.since, zone) if item.since else "", "sum": sums(item)}
    (rule,) = current_app.url_map.iter_rules(words.endpoint)
    address = url_for(words.endpoint, **dict.fromkeys(rule.arguments, item.id)) + words.end_of_address
    who = names[0] if len(names) == 1 else ""
    said = words.what
    what = said.of(item.count, **facts) if isinstance(said, LazyPlural) else _(said.message, **facts)
    return NeedsAttention(what, str(words.action), address, who, item.due_by)


def _words(item: Item) -> Told:
    if item.id is None and item.kind in MORE:
        return MORE[item.kind]
    if item.kind == attention.WORKER and item.since is None:
        return NO_WORKER
    if item.kind == attention.RECONCILIATION_DIFFERS and item.said:
        return NOT_COMPARED
    return CHANGES[item.said] if item.kind == attention.ACCOUNT_CHANGE else ONE[item.kind]
