"""The mails about free sessions, and the receipt on paper."""

from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings.models import Booking
from marketplace.documents.rendering import Document, DocumentColumn, DocumentParty, DocumentTable, pdf
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify
from marketplace.unpaid_time.grants.models import Grant


def tell_offered(grant: Grant) -> None:
    """The coach offers a free session."""
    _tell(grant, "grant_offered")


def tell_over(grant: Grant) -> None:
    """Nobody took it in time."""
    _tell(grant, "grant_over")


def tell_receipt(grant: Grant, booking: Booking) -> None:
    """What was given, its value, and by whom."""
    when = clock.spoken(booking.starts_at, grant.ask.asker.timezone, booking.ends_at)
    receipt = f"{config.current().public_url}/grants/{grant.id}.pdf"
    _tell(grant, "grant_receipt", title=booking.title, when=[when], receipt_url=receipt)


def _tell(grant: Grant, template: str, **more: Any) -> None:
    asker = grant.ask.asker
    with speaking(asker.preferences):
        notify(asker.email, template=template, key=f"{template}:{grant.id}", **_facts(grant, asker) | more)


def _facts(grant: Grant, reader: User) -> dict[str, Any]:
    return {
        "name": reader.name,
        "coach": grant.ask.coach.user.name,
        "minutes": grant.minutes,
        "value": spoken(grant.value_cents, grant.currency),
        "valid_until": clock.spoken(grant.valid_until, reader.timezone),
        "ask_url": f"{config.current().public_url}/asks/{grant.ask_id}",
        "directory_url": f"{config.current().public_url}/coaches",
    }


def receipt_pdf(grant: Grant, booking: Booking, *, zone: str) -> bytes:
    """What was given and its value, in the language of the context. It is no invoice: nothing was paid."""
    coach, asker = grant.ask.coach, grant.ask.asker
    value = spoken(grant.value_cents, grant.currency)
    table = DocumentTable(
        columns=(DocumentColumn(_("What")), DocumentColumn(_("When")), DocumentColumn(_("Value"), amount=True)),
        rows=[(booking.title, clock.spoken(booking.starts_at, zone, booking.ends_at, dated=True), value)],
    )
    return pdf(
        Document(
            title=_("Receipt of a free session"),
            dated=clock.today(zone),
            author=coach.user.name,
            foot=f"{coach.user.name} · {config.current().public_url}/@{coach.handle}",
            parties=[
                DocumentParty(_("Given by"), [coach.user.name]),
                DocumentParty(_("Given to"), [asker.name]),
            ],
            tables=[table],
            notes=[_("Value %(value)s, given by %(name)s. Nothing was paid.", value=value, name=coach.user.name)],
        )
    )
