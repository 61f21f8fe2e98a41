"""The hosted checkout page: card form, 3-D Secure challenge, bank form, the way back."""

import re
from datetime import UTC, datetime
from typing import Any

import flask

from .. import ledger, taxes
from ..bank_debits import DEBIT_DAYS
from ..box import Sandbox
from ..cards import CARDS, Card, card_of
from ..errors import missing
from ..resources import checkout_life
from ..shapes import Obj

blueprint = flask.Blueprint("checkout", __name__, template_folder="templates")


def end_of(session: Obj) -> str:
    """Where a paid session leads: its success_url with the session's id filled in."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


def _box() -> Sandbox:
    box: Sandbox = flask.current_app.extensions["sandbox"]
    return box


def _session(box: Sandbox, session_id: str) -> Obj:
    session = box.store.get(checkout_life.KIND, session_id)
    if session is None:
        raise missing(checkout_life.KIND, session_id, "session")
    return session


@blueprint.get("/c/pay/<session_id>")
def show(session_id: str) -> Any:
    """The page: what is sold, for how much, and the card form; or how the session ended."""
    box = _box()
    with box.transaction():
        session = _session(box, session_id)
        return _page(box, session)


def _page(box: Sandbox, session: Obj, problem: dict[str, str] | None = None, status: int = 200) -> Any:
    intent = box.store.get("payment_intent", session["payment_intent"]) if session["payment_intent"] else None
    if session["status"] != "open":
        processing = intent is not None and intent["status"] == "processing"
        page = flask.render_template("closed.html", session=session, end=end_of(session), processing=processing)
        return page, 410 if session["status"] == "expired" else 200
    page = flask.render_template(
        "checkout.html",
        session=session,
        items=session["_line_items"],
        total=ledger.words(session["amount_total"], session["currency"]),
        words=ledger.words,
        note=session["_intent"].get("description"),
        hold=session["_intent"].get("capture_method") == "manual",
        until=datetime.fromtimestamp(session["expires_at"], UTC),
        cards=CARDS.values(),
        banks=checkout_life.banks_for(session),
        debit_days=DEBIT_DAYS,
        error=_last_error(intent, problem),
        problem=problem or {},
        countries=_countries(session),
        typed=flask.request.form,
    )
    return page, status


def _countries(session: Obj) -> list[tuple[str, str, bool]]:
    """Where the buyer may live, and whether it is chosen; none where it does not matter."""
    if not session["automatic_tax"]["enabled"]:
        return []
    chosen = flask.request.form.get("country") or session.get("_country") or taxes.USUAL
    return [(code, f"{name}, {taxes.RATES[code] / 100:g} % tax", code == chosen) for code, name in taxes.NAMES.items()]


def _last_error(intent: Obj | None, problem: dict[str, str] | None) -> str | None:
    if problem:
        return "Nothing was charged. Please look at the fields below."
    error = intent and intent["last_payment_error"]
    return f"{error['message']} Nothing was charged; try another card." if error else None


def _problems(form: Any, now: datetime) -> dict[str, str]:
    """What is wrong with the card form, by field."""
    found = _who_problems(form)
    if not re.fullmatch(r"\d{12,19}", re.sub(r"[ -]", "", form.get("card", ""))):
        found["card"] = "Enter the card number, 12 to 19 digits."
    expiry = re.fullmatch(r"\s*(\d{1,2})\s*/\s*(\d{2}|\d{4})\s*", form.get("expiry", ""))
    if not expiry or not 1 <= int(expiry[1]) <= 12:
        found["expiry"] = "Enter the month and year, such as 12 / 34."
    elif (int(expiry[2]) % 100 + 2000, int(expiry[1])) < (now.year, now.month):
        found["expiry"] = "This card has expired; enter a date to come."
    if not re.fullmatch(r"\d{3,4}", form.get("cvc", "").strip()):
        found["cvc"] = "Enter the three or four digits."
    return found


def _who_problems(form: Any) -> dict[str, str]:
    found = {}
    if form.get("country") and form["country"] not in taxes.RATES:
        found["country"] = "Choose a country from the list."
    if form.get("email") and "@" not in form["email"]:
        found["email"] = "Enter an e-mail address, such as ada@example.com."
    return found


@blueprint.post("/c/pay/<session_id>")
def pay(session_id: str) -> Any:
    """Try the card: back to the merchant, on to the challenge, or the page again with the reason."""
    box, form = _box(), flask.request.form
    with box.transaction():
        session = _session(box, session_id)
        if session["status"] != "open":
            return _page(box, session)
        if form.get("method") == "bank":
            return _pay_by_bank(box, session)
        problem = _problems(form, datetime.fromtimestamp(box.now(), UTC))
        if problem:
            return _page(box, session, problem, 422)
        card = card_of(form["card"])
        who: dict[str, Any] = {field: form.get(field, "") for field in ("email", "name", "country")}
        status = checkout_life.pay(box, session, card, **who)
        if status == "requires_action":
            session["_challenge"] = {"card": card.number, **{k: form.get(k, "") for k in ("email", "name")}}
            box.store.save(session)
            return flask.redirect(flask.url_for("checkout.challenge", session_id=session_id), 303)
        if status == "requires_payment_method":
            return _page(box, session, status=402)
        return flask.redirect(end_of(session), 303)


def _pay_by_bank(box: Sandbox, session: Obj) -> Any:
    form = flask.request.form
    banks = {bank.number: bank for bank in checkout_life.banks_for(session)}
    problem = _who_problems(form)
    number = re.sub(r"[ -]", "", form.get("bank_account", "")).upper()
    if number not in banks:
        problem["bank_account"] = "Enter one of the test accounts listed below."
    if problem:
        return _page(box, session, problem, 422)
    who: dict[str, Any] = {field: form.get(field, "") for field in ("email", "name", "country")}
    checkout_life.pay_by_bank(box, session, banks[number], **who)
    return flask.redirect(end_of(session), 303)


@blueprint.get("/c/pay/<session_id>/3ds")
def challenge(session_id: str) -> Any:
    """The bank's question: is it you?"""
    box = _box()
    with box.transaction():
        session = _session(box, session_id)
        if session["status"] != "open" or not session.get("_challenge"):
            return flask.redirect(flask.url_for("checkout.show", session_id=session_id), 303)
        total = ledger.words(session["amount_total"], session["currency"])
        return flask.render_template("challenge.html", session=session, total=total)


@blueprint.post("/c/pay/<session_id>/3ds")
def answer(session_id: str) -> Any:
    """`outcome=complete` or `fail`."""
    box = _box()
    with box.transaction():
        session = _session(box, session_id)
        back = flask.redirect(flask.url_for("checkout.show", session_id=session_id), 303)
        asked = session.pop("_challenge", None)
        if session["status"] != "open" or not asked:
            return back
        box.store.save(session)
        card: Card = card_of(asked["card"])
        done = flask.request.form.get("outcome") == "complete"
        checkout_life.pay(box, session, card, email=asked["email"], name=asked["name"], authenticated=done)
        return flask.redirect(end_of(session), 303) if session["status"] == "complete" else back
