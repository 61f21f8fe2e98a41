"""How people are named on paper. What was issued keeps the words it was issued with."""

from decimal import Decimal

from sqlalchemy.dialects.postgresql import insert

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.audit.service import record
from marketplace.db import session, transactional
from marketplace.invoices import queries, rules
from marketplace.invoices.models import InvoiceDetails


@transactional
def save_details(
    user: User, *, name: str = "", address: str = "", tax_id: str = "", tax_percent: Decimal | None, tax_note: str = ""
) -> InvoiceDetails:
    """Say how to be named on what is issued from now on.

    `tax_percent` is what a coach's own prices contain.
    """
    told = {
        "name": name,
        "address": address,
        "tax_id": tax_id,
        "tax_basis_points": None if tax_percent is None else int(tax_percent * 100),
        "tax_note": tax_note,
        "changed_at": clock.now(),
    }
    written = insert(InvoiceDetails).values(user_id=user.id, **told)
    session().execute(written.on_conflict_do_update(index_elements=["user_id"], set_=told))
    record(user.id, "invoice_details.saved", user.id)
    found = queries.details_of(user.id)
    assert found is not None
    return found


def party(user: User) -> rules.InvoiceParty:
    """A person as named on documents now."""
    said = queries.details_of(user.id)
    if said is None:
        return rules.InvoiceParty(user.name)
    return rules.InvoiceParty(said.name or user.name, said.address, said.tax_id)


def platform() -> rules.InvoiceParty:
    """The platform as it is named on paper; commas part the lines of its address."""
    settings = config.current()
    address = "\n".join(part.strip() for part in settings.seller_address.split(","))
    return rules.InvoiceParty(settings.seller_name or settings.site_name, address, settings.seller_tax_id)


def platform_basis_points() -> int | None:
    """The tax that our fee contains; None where none is shown."""
    return int(config.current().tax_percent * 100) or None


def tax_of(user: User) -> tuple[int | None, str]:
    """The tax that a coach's prices contain (None: none is shown), and the note about it."""
    said = queries.details_of(user.id)
    return (None, "") if said is None else (said.tax_basis_points or None, said.tax_note)
