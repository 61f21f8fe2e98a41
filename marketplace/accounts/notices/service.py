"""Commands: security notices."""

from datetime import timedelta

from marketplace import clock
from marketplace.accounts.models import User
from marketplace.audit import queries as audit
from marketplace.db import transactional
from marketplace.languages import LazyText, speaking
from marketplace.notifications.service import notify

# Somebody who took an account over changes its address first: the one before hears of what comes next.
FORMER_ADDRESSES_FOR = timedelta(days=30)


@transactional
def tell(user: User, subject: LazyText, sentence: LazyText, *, key: str | None = None) -> None:
    """Write the owner of an account what has just changed about it, and what to do if it was not them.

    To each address once for a `key`.
    """
    for address in [user.email, *_former_addresses(user)]:
        with speaking(user.preferences):
            notify(
                address,
                template="signin/security_notice",
                key=None if key is None else f"{key}:{address}",
                name=user.name,
                what=str(subject),
                sentence=str(sentence),
            )


def _former_addresses(user: User) -> list[str]:
    """The addresses that the account had within the last thirty days."""
    since = clock.now() - FORMER_ADDRESSES_FOR
    left = (
        entry.details["old"]
        for entry in audit.timeline_of(user.id)
        if entry.action == "account.address_changed" and entry.at >= since
    )
    return [address for address in dict.fromkeys(left) if address.lower() != user.email.lower()]
