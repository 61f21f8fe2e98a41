"""What a coach says of the form of a quote is checked."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from marketplace import clock
from marketplace.asks.quotes import rules
from marketplace.errors import Invalid
from marketplace.languages import gettext as _
from marketplace.written_answers import rules as answer_rules


def check_form(form: str, deliver_by: datetime | None, times: Sequence[datetime] = ()) -> None:
    """Raises Invalid for a promise that no card's authorisation covers, none where one is due, or times with it."""
    if form not in rules.FORMS:
        raise Invalid(form=_("Choose a session or a written answer."))
    if form == rules.SESSION:
        if deliver_by is not None:
            raise Invalid(deliver_by=_("Only a written answer is delivered by a date."))
        return
    if times:
        raise Invalid(times=_("No time goes with a written answer."))
    if deliver_by is None:
        raise Invalid(deliver_by=_("Say by when you answer."))
    if not answer_rules.may_promise(deliver_by, clock.now()):
        raise Invalid(
            deliver_by=_(
                "Choose a time from %(least)s hours to %(most)s hours from now: the amount is reserved on a card, "
                "and no card holds it for longer.",
                least=answer_rules.SHORTEST_DELIVERY // timedelta(hours=1),
                most=answer_rules.LATEST_DELIVERY // timedelta(hours=1),
            )
        )
