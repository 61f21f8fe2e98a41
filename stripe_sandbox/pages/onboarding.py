"""The onboarding page behind an account link, and the Express dashboard behind a login link."""

import re
from typing import Any

import flask

from .. import bank_accounts, ledger
from ..box import Sandbox
from ..errors import missing
from ..resources import account_links, accounts
from ..shapes import Obj

blueprint = flask.Blueprint("onboarding", __name__, template_folder="templates")


def _box() -> Sandbox:
    box: Sandbox = flask.current_app.extensions["sandbox"]
    return box


@blueprint.get("/onboarding/<token>")
def visit(token: str) -> Any:
    """Use the link up and go on to the form; a link that is used or old leads to the refresh_url."""
    box = _box()
    with box.transaction():
        found = account_links.visit(box, token)
    if found is None:
        raise missing("account_link", token)
    link, fresh = found
    _, refresh_url = account_links.urls(link)
    if not fresh:
        return flask.redirect(refresh_url, 303)
    return flask.redirect(flask.url_for("onboarding.form", token=link["_form"]), 303)


def _link(box: Sandbox, token: str) -> Obj:
    found = box.store.find(account_links.KIND, account=None, where={"_form": token})
    if not found:
        raise missing("account_link", token)
    return found[0]


@blueprint.get("/onboarding/form/<token>")
def form(token: str) -> Any:
    """The form: who the person is and where the money goes."""
    box = _box()
    with box.transaction():
        return _page(box, _link(box, token), {})


def _page(box: Sandbox, link: Obj, problem: dict[str, str]) -> Any:
    account = accounts.find(box, link["account"])
    page = flask.render_template(
        "onboarding.html", account=account, problem=problem, typed=flask.request.form, good=bank_accounts.NUMBERS
    )
    return page, 422 if problem else 200


@blueprint.post("/onboarding/form/<token>")
def submit(token: str) -> Any:
    """`outcome=complete|leave|rejected`; then back to the return_url."""
    box, given = _box(), flask.request.form
    with box.transaction():
        link = _link(box, token)
        outcome = given.get("outcome", "complete")
        bank_account = re.sub(r"[ -]", "", given.get("bank_account", ""))
        if outcome == "complete":
            problem = {}
            if not given.get("legal_name", "").strip():
                problem["legal_name"] = "Enter your full name as the bank knows it."
            if bank_account not in bank_accounts.NUMBERS:
                problem["bank_account"] = "The sandbox takes only the test account numbers listed here."
            if problem:
                return _page(box, link, problem)
        accounts.onboard(
            box, link["account"], outcome if outcome in ("complete", "rejected") else "leave", bank_account
        )
        return_url, _ = account_links.urls(link)
    return flask.redirect(return_url, 303)


@blueprint.get("/express/<account_id>")
def express(account_id: str) -> Any:
    """What a connected account has: its balance, its bank, the payments it got and the payouts it made."""
    box = _box()
    with box.transaction() as store:
        account = accounts.find(box, account_id)
        available, pending = ledger.balances(box, account_id)
        transfers = store.find("transfer", where={"destination": account_id}, limit=100)
        payouts = store.find("payout", account=account_id, limit=100)
        bank = bank_accounts.of(box, account_id)
    return flask.render_template(
        "express.html",
        account=account,
        available=available,
        pending=pending,
        transfers=transfers,
        payouts=payouts,
        bank=bank,
        words=ledger.words,
    )
