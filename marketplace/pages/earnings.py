"""A coach's money: the bank account, and what was earned."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from marketplace import clock, config, money
from marketplace.authentication.access import signed_in
from marketplace.coaches import queries as coaches
from marketplace.error_answers import status_of
from marketplace.errors import Conflict, Invalid, Outdated, Unavailable
from marketplace.http import actor
from marketplace.languages import formats
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages.arguments import id_argument
from marketplace.pages.charts import Chart, Series
from marketplace.pages.editing import EditForm, told
from marketplace.pages.forms import load
from marketplace.payouts.queries import bank_accounts as bank_account_queries
from marketplace.payouts.queries import earnings as earning_queries
from marketplace.payouts.queries import payables as payable_queries
from marketplace.payouts.queries import reversals as reversal_queries
from marketplace.payouts.queries import runs as run_queries
from marketplace.payouts.queries import yearly_summaries as yearly_summary_queries
from marketplace.payouts.queries.yearly_summaries import Year
from marketplace.payouts.rules import bank_details as bank_details_rules
from marketplace.payouts.rules import permissions as payout_permissions
from marketplace.payouts.rules import schedules as schedule_rules
from marketplace.payouts.rules import states as payout_states
from marketplace.payouts.rules import summaries as run_summaries
from marketplace.payouts.schemas.bank_accounts import BankSchema
from marketplace.payouts.schemas.schedules import PayoutScheduleSchema
from marketplace.payouts.service import bank_accounts
from marketplace.payouts.service import schedules as payout_schedules

bp = Blueprint("earnings", __name__, url_prefix="/dashboard")

SCHEDULE = EditForm(PayoutScheduleSchema, lambda: payable_queries.terms_of(coaches.profile_of(actor()).id))

PAYOUTS = 20

# What a payout's state is called, and its tone.
PAYOUT_STATES = {
    payout_states.PROPOSED: (_l("Waiting for approval"), "warm"),
    payout_states.APPROVED: (_l("Approved"), "quiet"),
    payout_states.SENDING: (_l("Being sent"), "quiet"),
    payout_states.PAID: (_l("Paid out"), "good"),
    payout_states.FAILED: (_l("Failed"), "bad"),
    payout_states.REVERSED: (_l("Reversed"), "bad"),
    payout_states.CANCELLED: (_l("Cancelled"), "quiet"),
    run_summaries.WAITING: (_l("Waiting"), "warm"),
    run_summaries.TO_TRANSFER: (_l("To be transferred"), "warm"),
}

REVERSAL_STATES = {
    payout_states.INTENDED: (_l("Being reversed"), "quiet"),
    payout_states.MADE: (_l("Reversed"), "good"),
    payout_states.FAILED: (_l("Failed"), "bad"),
}


def countries(platform_country: str | None = None) -> list[tuple[str, str]]:
    """Codes and names of countries, by name: all that Stripe pays to, or those that it does from one."""
    codes = bank_details_rules.payable_from(platform_country) if platform_country else bank_details_rules.COUNTRIES
    return formats.countries(codes)


@bp.get("/bank")
@signed_in
def bank() -> ResponseReturnValue:
    """Whether a payout can be sent, and what is missing."""
    return _bank_page({})


@bp.post("/bank")
@signed_in
def connect() -> ResponseReturnValue:
    """On to the page that asks for the bank details."""
    try:
        return redirect(bank_accounts.connect_bank(actor(), **load(BankSchema())), 303)
    except (Invalid, Conflict, Unavailable) as refusal:
        errors = refusal.fields if isinstance(refusal, Invalid) else {"form": [refusal.sentence]}
        return _bank_page(request.form, errors=errors), status_of(refusal)


@bp.get("/bank/refresh")
@signed_in
def refresh() -> ResponseReturnValue:
    """The link to the bank's page has lapsed or was used: on with a fresh one."""
    return redirect(bank_accounts.onboarding(actor()))


@bp.get("/bank/return")
@signed_in
def back() -> ResponseReturnValue:
    """Coming back proves nothing: ask whether the account is ready."""
    account = bank_account_queries.account_of(coaches.profile_of(actor()).id)
    if account is not None:
        bank_accounts.refresh_account(str(account.id))
        account = bank_account_queries.account(str(account.id))
    if account is not None and account.ready:
        flash(_("Your bank is connected. Payouts go there from now on."), "success")
    else:
        flash(_("Something is still missing, or is being checked."), "warning")
    return redirect(url_for(".bank"))


def _bank_page(typed: Any, **shown: Any) -> str:
    coach = coaches.profile_of(actor())
    return render_template(
        "earnings/bank.html",
        coach=coach,
        account=bank_account_queries.account_of(coach.id),
        details=bank_account_queries.bank_details_of(coach.id),
        may_connect=payout_permissions.may_connect_bank(coach.status),
        countries=[("", _("Choose a country")), *countries(config.current().stripe_country)],
        names=dict(countries()),
        typed=typed,
        **shown,
    )


@bp.get("/earnings")
@signed_in
def earnings() -> ResponseReturnValue:
    """What is payable, what waits for its sessions, what was paid out."""
    return _earnings_page()


def _earnings_page(chosen: str | None = None, **shown: Any) -> str:
    coach = coaches.profile_of(actor())
    earned = earning_queries.earnings_of(coach)
    terms = payable_queries.terms_of(coach.id)
    currencies = earned.currencies(coach.currency)
    years, this_year = yearly_summary_queries.years_of(coach), clock.today(coach.timezone).year
    after = id_argument("after")
    payouts = run_queries.payouts_of(coach.id, before=after, limit=PAYOUTS + 1)
    not_to_ask = payable_queries.reason_not_to_ask(coach.id) if terms.schedule == schedule_rules.ON_DEMAND else None
    return render_template(
        "earnings/home.html",
        coach=coach,
        earned=earned,
        currencies=currencies,
        payable_words={code: _payable_words(earned.hold_reason, terms.schedule, code) for code in currencies},
        charts=[chart_of(year) for year in yearly_summary_queries.year_of(coach, this_year)],
        payouts=payouts[:PAYOUTS],
        start=url_for(".earnings") if after else None,
        more=url_for(".earnings", after=payouts[PAYOUTS - 1].id) if len(payouts) > PAYOUTS else None,
        not_to_ask=not_to_ask.told() if not_to_ask else "",
        asked_amount=" + ".join(
            money.spoken(earned.free_cents(code), code) for code in currencies if earned.free_cents(code) > 0
        ),
        account=bank_account_queries.account_of(coach.id),
        ready=payable_queries.standing_of(coach).ready,
        states=PAYOUT_STATES,
        reversals=reversal_queries.made_reversals(payouts[:PAYOUTS]),
        terms=terms,
        chosen=terms.schedule if chosen is None else chosen,
        schedules=schedule_rules.SCHEDULES,
        years=years,
        **{"version": SCHEDULE.version()} | shown,
    )


def _payable_words(hold_reason: str | None, schedule: str, currency: str) -> str:
    """When what is payable goes out, in words."""
    if hold_reason is not None:
        return _("On hold; the reason is above.")
    settings = config.current()
    said = {
        "minimum": money.spoken(settings.payout_minimum.cents(currency), currency),
        "days": settings.payout_always_after_days,
    }
    if schedule == schedule_rules.MONTHLY:
        return _(
            "It goes out on the first of the month, from %(minimum)s on; after %(days)s days whatever it is.", **said
        )
    if schedule == schedule_rules.ON_DEMAND:
        return _("It goes out when you ask, from %(minimum)s on; after %(days)s days whatever it is.", **said)
    return _(
        "It goes out with the next payout, weekly, from %(minimum)s on; after %(days)s days whatever it is.", **said
    )


def chart_of(year: Year) -> Chart:
    """A year by month: earned, our fee, paid out."""
    return Chart(
        caption=_(
            "%(currency)s in %(year)s, by month: earned after our fee, our fee, and paid out",
            currency=year.currency.upper(),
            year=year.number,
        ),
        labels=[formats.short_month(month.first) for month in year.months],
        series=[
            Series(_("Earned"), [month.earned for month in year.months]),
            Series(_("Our fee"), [month.fees for month in year.months]),
            Series(_("Paid out"), [month.paid_out for month in year.months]),
        ],
        currency=year.currency,
    )


@bp.post("/earnings/schedule")
@signed_in
def choose_schedule() -> ResponseReturnValue:
    """Be paid out weekly, monthly, or on demand."""
    try:
        given = load(PayoutScheduleSchema())
        SCHEDULE.save(lambda: payout_schedules.choose_schedule(actor(), **given))
    except (Invalid, Outdated) as refusal:
        return _earnings_page(request.form.get("schedule"), **told(refusal)), status_of(refusal)
    flash(_("Saved."), "success")
    return redirect(url_for(".earnings"))


@bp.post("/earnings/ask")
@signed_in
def ask() -> ResponseReturnValue:
    """Ask for a payout of all that is payable."""
    try:
        payout_schedules.ask(actor())
    except Conflict as refusal:
        flash(refusal.sentence, "error")
    else:
        flash(_("Asked. An admin approves the run it goes into; you get a statement by mail."), "success")
    return redirect(url_for(".earnings"))
