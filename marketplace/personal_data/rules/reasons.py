"""What keeps a person from leaving, and how long leaving can be taken back. Pure."""

from dataclasses import dataclass
from datetime import timedelta

from marketplace.languages import gettext as _
from marketplace.languages import ngettext

UNDO_DAYS = 14
UNDO_WITHIN = timedelta(days=UNDO_DAYS)
EXPORT_DAYS = 7
EXPORT_KEPT_FOR = timedelta(days=EXPORT_DAYS)


@dataclass(frozen=True)
class ReasonToStay:
    """Why an account cannot be deleted now: what is open, and what to do about it."""

    code: str
    sentence: str


@dataclass(frozen=True)
class Open:
    """What is open of a person, counted; `balances` are amounts of a coach as people read them."""

    is_admin: bool = False
    sessions: int = 0
    credits: int = 0
    asks: int = 0
    answers: int = 0
    reports: int = 0
    disputes: int = 0
    payments: int = 0
    refunds: int = 0
    unreleased: int = 0
    offerings: int = 0
    payouts: int = 0
    balances: tuple[str, ...] = ()


def reasons(found: Open) -> list[ReasonToStay]:
    """The reasons, the most telling first; none where the account can be deleted."""
    told = [
        ("admin", int(found.is_admin), _admin),
        ("sessions", found.sessions, _sessions),
        ("credits", found.credits, _credits),
        ("asks", found.asks, _asks),
        ("answers", found.answers, _answers),
        ("reports", found.reports, _reports),
        ("disputes", found.disputes, _disputes),
        ("payments", found.payments, _payments),
        ("refunds", found.refunds, _refunds),
        ("unreleased", found.unreleased, _unreleased),
        ("offerings", found.offerings, _offerings),
        ("payouts", found.payouts, _payouts),
    ]
    said = [ReasonToStay(code, sentence(count)) for code, count, sentence in told if count]
    balances = [
        ReasonToStay("balance", _("%(amount)s are not paid out yet.", amount=amount)) for amount in found.balances
    ]
    return said + balances


def _admin(_count: int) -> str:
    return _("You are an admin. Another admin has to take that role from you first.")


def _sessions(count: int) -> str:
    return ngettext(
        "You have a session that is not over. Cancel it, or wait until it is closed.",
        "You have %(num)s sessions that are not over. Cancel them, or wait until they are closed.",
        count,
    )


def _credits(count: int) -> str:
    return ngettext(
        "A session that is paid for is not scheduled. Schedule or cancel it, or wait until it is refunded.",
        "%(num)s sessions that are paid for are not scheduled. Schedule or cancel them, or wait for the refund.",
        count,
    )


def _asks(count: int) -> str:
    return ngettext(
        "An ask is not answered yet.",
        "%(num)s asks are not answered yet.",
        count,
    )


def _answers(count: int) -> str:
    return ngettext(
        "A written answer is not paid for or not delivered yet.",
        "%(num)s written answers are not paid for or not delivered yet.",
        count,
    )


def _reports(count: int) -> str:
    return ngettext(
        "In a session, who came is not decided yet.",
        "In %(num)s sessions, who came is not decided yet.",
        count,
    )


def _disputes(count: int) -> str:
    return ngettext(
        "A bank has not decided about a payment yet.",
        "Banks have not decided about %(num)s payments yet.",
        count,
    )


def _payments(count: int) -> str:
    return ngettext(
        "A payment is still under way.",
        "%(num)s payments are still under way.",
        count,
    )


def _refunds(count: int) -> str:
    return ngettext(
        "A refund has not arrived yet.",
        "%(num)s refunds have not arrived yet.",
        count,
    )


def _unreleased(count: int) -> str:
    return ngettext(
        "The price of a session is not released to its coach yet.",
        "The prices of %(num)s sessions are not released to their coaches yet.",
        count,
    )


def _offerings(count: int) -> str:
    return ngettext(
        "You still offer a kind of session. Take it off your rates first.",
        "You still offer %(num)s kinds of sessions. Take them off your rates first.",
        count,
    )


def _payouts(count: int) -> str:
    return ngettext(
        "A payout to you is under way.",
        "%(num)s payouts to you are under way.",
        count,
    )
