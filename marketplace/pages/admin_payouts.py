"""Payouts: what is payable and why not, runs, approving, trying again."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.accounts.queries import other_admins
from marketplace.authentication.access import admin_only
from marketplace.errors import Conflict, NotAllowed, NotFound
from marketplace.http import actor
from marketplace.languages import gettext as _
from marketplace.languages import ngettext
from marketplace.money import spoken
from marketplace.pages import admin_files
from marketplace.pages.earnings import PAYOUT_STATES
from marketplace.payouts.models import Payout, PayoutRun
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import payout_lines as payout_line_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import progress as run_progress
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.rules.states import MANUAL
from marketplace.payouts.service import bulk_commands, statement_documents
from marketplace.payouts.service import runs as payout_runs

bp = Blueprint("admin_payouts", __name__, url_prefix="/admin/payouts")

# So many lines of each payout stand on its run's page, the others on its own.
LINES = 5


def sums(payouts: Sequence[Payout]) -> str:
    """Amounts added up by currency: '216.00 USD, 50.00 EUR'."""
    return _in_words(run_summaries.totals([(payout.currency, payout.amount_cents) for payout in payouts]))


def _in_words(totals: dict[str, int]) -> str:
    return ", ".join(spoken(cents, currency) for currency, cents in sorted(totals.items(), reverse=True))


@bp.get("")
@admin_only
def home() -> ResponseReturnValue:
    """What every coach has, and the runs so far."""
    return admin_files.as_file("payouts.csv", admin_files.PAYOUTS, _every()) or _home()


def _every() -> Iterator[Payout]:
    """Every payout, a page of runs at a time."""
    before = None
    while runs := run_queries.runs(actor(), before=before):
        for run in runs:
            yield from run.payouts
        before = runs[-1].id


@bp.post("")
@admin_only
def propose() -> ResponseReturnValue:
    """Put what is payable into a run."""
    try:
        run = payout_runs.propose_run(actor())
    except payout_runs.NothingPayable as conflict:
        return _home(conflict=conflict.sentence), 409
    flash(_("Proposed. Nothing is sent before it is approved."), "success")
    return redirect(url_for(".run", run_id=run.id))


def _home(**shown: Any) -> str:
    payables = payable_queries.payables(actor())
    runs = run_queries.runs(actor())
    due = [payable for payable in payables if payable.reason is None]
    approvable = [run for run in runs if run.state == payout_states.PROPOSED and not _refused_to(run)]
    totals = run_summaries.totals([(payable.currency, payable.payable_cents) for payable in due])
    return render_template(
        "admin/payouts.html",
        due=due,
        left_out=[payable for payable in payables if payable.reason and payable.balance_cents],
        total=_in_words(totals),
        runs=[(run, sums(run.payouts), _run_state(run.payouts)) for run in runs],
        people=run_queries.people_of(runs),
        approvable=approvable,
        approvable_sum=sums([payout for run in approvable for payout in run.payouts]),
        **shown,
    )


def _refused_to(run: PayoutRun) -> bool:
    """Is this admin one of those who may not approve the run: as its proposer, or as one whom it pays?"""
    totals = run_summaries.totals([(payout.currency, payout.amount_cents) for payout in run.payouts])
    large = payout_permissions.above_threshold(totals, config.current().payout_two_people_above)
    own = any(payout.coach.user_id == actor().id for payout in run.payouts)
    return bool(large and run.proposed_by == actor().id) or (own and other_admins(actor().id) > 0)


def _run_state(payouts: list[Payout]) -> tuple[str, str]:
    """A run's state in words, with its tone: what of it needs somebody comes first."""
    states = {payout.shown_status for payout in payouts}
    told = [
        (payout_states.PROPOSED in states, (_("Waiting for approval"), "warm")),
        (payout_states.FAILED in states, (_("Some failed"), "bad")),
        (run_summaries.TO_TRANSFER in states, (_("Manual transfers to make"), "warm")),
        (run_summaries.WAITING in states, (_("Some wait"), "warm")),
        (bool(states & {*payout_states.TO_SEND}), (_("Being sent"), "quiet")),
        (payout_states.REVERSED in states, (_("Some were reversed"), "bad")),
        (states == {payout_states.CANCELLED}, (_("Cancelled"), "quiet")),
    ]
    return next((words for applies, words in told if applies), (_("Paid out"), "good"))


@bp.get("/<uuid:run_id>")
@admin_only
def run(run_id: uuid.UUID) -> ResponseReturnValue:
    """One run: approve it, stop it, try again what waits or failed."""
    return _run(run_id)


@bp.post("/<uuid:run_id>/approve")
@admin_only
def approve(run_id: uuid.UUID) -> ResponseReturnValue:
    """Let it go."""
    try:
        payout_runs.approve_run(actor(), run_id=run_id)
    except (Conflict, NotAllowed) as refusal:
        return _run(run_id, conflict=refusal.sentence), 409
    flash(_("Approved. The payouts are on their way; each coach gets a statement by mail."), "success")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/approve-all")
@admin_only
def approve_all() -> ResponseReturnValue:
    """Let several runs go."""
    try:
        chosen = {uuid.UUID(typed) for typed in request.form.getlist("run")}
    except ValueError as error:
        raise NotFound from error
    outcome = bulk_commands.approve_runs(actor(), run_ids=chosen)
    if outcome.done:
        flash(ngettext("%(num)s run is approved.", "%(num)s runs are approved.", outcome.done), "success")
    if outcome.refused:
        flash(_("Not everything was approved: %(reason)s", reason=outcome.reason), "warning")
    return redirect(url_for(".home"))


@bp.post("/<uuid:run_id>/retry-all")
@admin_only
def retry_all(run_id: uuid.UUID) -> ResponseReturnValue:
    """Try again whatever failed or waits."""
    outcome = bulk_commands.retry_payouts(actor(), run_id=run_id)
    if outcome.done:
        done = ngettext("%(num)s payout is being tried again.", "%(num)s payouts are being tried again.", outcome.done)
        flash(done, "success")
    if outcome.refused:
        flash(_("Not everything could be tried again: %(reason)s", reason=outcome.reason), "warning")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<uuid:run_id>/cancel")
@admin_only
def cancel(run_id: uuid.UUID) -> ResponseReturnValue:
    """Stop what has not been sent."""
    try:
        payout_runs.cancel_run(actor(), run_id=run_id)
    except payout_runs.NothingToCancel as conflict:
        return _run(run_id, conflict=conflict.sentence), 409
    flash(_("Stopped. The coaches keep their balances; propose again when you like."), "success")
    return redirect(url_for(".run", run_id=run_id))


@bp.post("/<uuid:run_id>/<uuid:payout_id>/retry")
@admin_only
def retry(run_id: uuid.UUID, payout_id: uuid.UUID) -> ResponseReturnValue:
    """Try one payout again."""
    try:
        payout_runs.retry_payout(actor(), payout_id=payout_id)
    except (Conflict, NotAllowed) as refusal:
        return _run(run_id, conflict=refusal.sentence), 409
    flash(_("The payout is being tried again."), "success")
    return redirect(url_for(".run", run_id=run_id))


def _parts(payouts: list[Payout]) -> list[run_summaries.RunPart]:
    return run_summaries.parts([(payout.shown_status, payout.currency, payout.amount_cents) for payout in payouts])


def _first_lines(run: PayoutRun) -> dict[uuid.UUID, list[tuple[str, str, int]]]:
    """What is in each payout of a run, as its statement says it, the first lines of each."""
    lines = payout_line_queries.first_lines(run.id, LINES)
    return {payout.id: statement_documents.statement_rows(payout, lines.get(payout.id, [])) for payout in run.payouts}


def _run(run_id: uuid.UUID, **shown: Any) -> str:
    found = run_queries.run(actor(), run_id)
    totals = run_summaries.totals([(payout.currency, payout.amount_cents) for payout in found.payouts])
    threshold = config.current().payout_two_people_above
    large = payout_permissions.above_threshold(totals, threshold)
    return render_template(
        "admin/run.html",
        run=found,
        total=sums(found.payouts),
        states=PAYOUT_STATES,
        parts=_parts(found.payouts),
        state=_run_state(found.payouts),
        progress=run_progress.progress([payout.shown_status for payout in found.payouts]),
        open_sum=sums([payout for payout in found.payouts if payout.is_unsent]),
        stuck=[payout for payout in found.payouts if payout.needs_retry],
        has_manual=any(payout.rail == MANUAL for payout in found.payouts),
        will_be_manual=bank_account_queries.coaches_paid_manually(),
        to_transfer=sum(payout.shown_status == run_summaries.TO_TRANSFER for payout in found.payouts),
        lines=_first_lines(found),
        counts=payout_line_queries.line_counts(run_id),
        reversed_cents=reversal_queries.reversed_cents(found.payouts),
        people=run_queries.people_of([found]),
        thresholds=", ".join(spoken(threshold.cents(currency), currency) for currency in large),
        for_somebody_else=large and found.proposed_by == actor().id,
        is_own=any(payout.coach.user_id == actor().id for payout in found.payouts),
        others=other_admins(actor().id),
        **shown,
    )
