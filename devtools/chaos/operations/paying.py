"""The hosted page: cards of every kind, a challenge, a bank account; declined, then another."""

import random
from typing import Any

import requests

GOOD = "4242424242424242"
# number, how often among the others
CARDS: tuple[tuple[str, int], ...] = (
    (GOOD, 30),
    ("5555555555554444", 4),
    ("378282246310005", 3),
    ("4000000000000077", 12),
    ("4000002500003155", 4),
    ("4000002760003184", 4),
    ("4000000000000259", 3),
    ("4000000000002685", 2),
    ("4000000000001976", 2),
    ("4000000000007726", 4),
    ("4000000000005126", 4),
    ("4000000000000002", 3),
    ("4000000000000341", 1),
    ("4000000000009995", 2),
    ("4000000000009987", 1),
    ("4000000000009979", 1),
    ("4000000000000069", 1),
    ("4000000000000127", 1),
    ("4000000000000119", 1),
    ("1234567812345678", 1),
)
# Accounts that can pay in one currency; the page refuses those of the others, and then a card is tried.
BANK_ACCOUNTS = ("000123456789", "000222222227", "000111111113", "DE89370400440532013000", "DE62370400440532013001")
BANK_SHARE = 0.08
CHALLENGE_PASSED = 0.75
TRIES_AGAIN = 0.6
TIMEOUT_SECONDS = 30


def pay_at(page: str, rng: random.Random) -> str:
    """Pay on a hosted page: paid, declined, or closed where nothing can be paid any more."""
    try:
        if rng.random() < BANK_SHARE and _sent(page, {"method": "bank", "bank_account": rng.choice(BANK_ACCOUNTS)}):
            return "paid by bank"
        outcome = by_card(page, rng.choices(*zip(*CARDS, strict=True))[0], rng)
        if outcome == "declined" and rng.random() < TRIES_AGAIN:
            outcome = by_card(page, GOOD, rng)
    except requests.RequestException:
        return "closed"
    return outcome


def by_debit(page: str, rng: random.Random) -> str:
    """Pay from a bank account of the page's currency, some of which have no money; refused where it takes none."""
    for account in rng.sample(BANK_ACCOUNTS, len(BANK_ACCOUNTS)):
        if _sent(page, {"method": "bank", "bank_account": account}):
            return "paid by bank"
    return "refused"


def by_card(page: str, number: str, rng: random.Random) -> str:
    """Pay with the card of that number; a challenge is passed mostly."""
    answer = _post(page, {"card": number, "expiry": "12 / 60", "cvc": "123"})
    if answer.status_code == 303 and answer.headers["Location"].endswith("/3ds"):
        outcome = "complete" if rng.random() < CHALLENGE_PASSED else "fail"
        answer = _post(f"{page}/3ds", {"outcome": outcome})
        return "paid" if "paid=1" in answer.headers.get("Location", "") else "declined"
    return {303: "paid", 402: "declined"}.get(answer.status_code, "closed")


def _sent(page: str, form: dict[str, str]) -> bool:
    return _post(page, form).status_code == 303


def _post(page: str, form: dict[str, Any]) -> requests.Response:
    who = {"name": "Chaos", "email": ""}
    return requests.post(page, data=who | form, allow_redirects=False, timeout=TIMEOUT_SECONDS)
