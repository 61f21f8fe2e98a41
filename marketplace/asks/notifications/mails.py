"""The mails about an ask, each in the language of its reader."""

from datetime import datetime
from typing import Any

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.asks.models import Ask, AskDraft
from marketplace.asks.quotes.models import Quote
from marketplace.asks.rules.brief import PAYERS
from marketplace.coaches.models import Coach
from marketplace.languages import Preferences, speaking
from marketplace.money import spoken
from marketplace.notifications.service import notify


def send_code(draft: AskDraft, *, code: str) -> None:
    """The six digits that confirm a stranger's address. No word of it is the stranger's."""
    with speaking(Preferences(draft.locale or config.current().default_locale)):
        notify(
            draft.email,
            template="ask_code",
            secret=True,
            coach=draft.coach.user.name,
            code=code,
            until=_time(draft.code_expires_at, draft.timezone),
        )


def tell_coach(ask: Ask) -> None:
    """Somebody asked."""
    _tell_coach(ask, "ask_received", key=f"ask:{ask.id}")


def remind_coach(ask: Ask) -> None:
    """An ask waits, and lapses otherwise."""
    _tell_coach(ask, "ask_reminder", key=f"ask-reminder:{ask.id}")


def tell_sent(ask: Ask) -> None:
    """What was asked, for whoever asked."""
    tell_asker(ask, "ask_sent")


def tell_answered(ask: Ask) -> None:
    """The coach answered."""
    tell_asker(ask, "ask_answered")


def tell_declined(ask: Ask) -> None:
    """The coach said no."""
    tell_asker(ask, "ask_declined")


def tell_referred(ask: Ask, named: Coach) -> None:
    """Somebody was sent to them, and by whom: nothing of the ask, nor of its asker."""
    with speaking(named.user.preferences):
        notify(
            named.user.email,
            template="ask_referred",
            key=f"ask-referred:{ask.id}",
            name=named.user.name,
            referrer=ask.coach.user.name,
            settings_url=f"{config.current().public_url}/dashboard/asks/settings",
        )


def tell_lapsed(ask: Ask) -> None:
    """The coach did not answer in time."""
    tell_asker(ask, "ask_lapsed")


def tell_withdrawn(ask: Ask) -> None:
    """Nothing is to be answered any more."""
    _tell_coach(ask, "ask_withdrawn", key=f"ask-withdrawn:{ask.id}")


def tell_quoted(ask: Ask, quote: Quote) -> None:
    """The coach offers time for a price."""
    tell_asker(ask, "ask_quoted", key=f"quote:{quote.id}", **_offer(quote, ask.asker))


def tell_quote_over(ask: Ask, quote: Quote) -> None:
    """Nobody took the quote in time."""
    tell_asker(ask, "ask_quote_over", key=f"quote-over:{quote.id}", **_offer(quote, ask.asker))


def _offer(quote: Quote, reader: User) -> dict[str, Any]:
    return {
        "quoted_minutes": quote.minutes,
        "quoted_price": spoken(quote.price_cents, quote.currency),
        "valid_until": _time(quote.valid_until, reader.timezone),
        "note": quote.note,
        "written": quote.deliver_by is not None,
        "held": "" if quote.booking is None else clock.spoken(quote.booking.starts_at, reader.timezone),
        "times": [_time(each, reader.timezone) for each in quote.offered_times],
        "deliver_by": "" if quote.deliver_by is None else _time(quote.deliver_by, reader.timezone),
    }


def tell_asker(ask: Ask, template: str, *, key: str = "", **more: Any) -> None:
    """A mail of that template for whoever asked, once, or once for each `key`."""
    with speaking(ask.asker.preferences):
        facts = _facts(ask, ask.asker) | more
        notify(ask.asker.email, template=template, key=key or f"{template}:{ask.id}", **facts)


def _tell_coach(ask: Ask, template: str, *, key: str) -> None:
    coach = ask.coach.user
    with speaking(coach.preferences):
        notify(coach.email, template=template, key=key, **_facts(ask, coach))


def _facts(ask: Ask, reader: User) -> dict[str, Any]:
    """What the templates show; times on the reader's clock."""
    return {
        "name": reader.name,
        "asker": ask.asker.name,
        "coach": ask.coach.user.name,
        "about": ask.about,
        "aim": ask.aim,
        "minutes": ask.minutes,
        "price": spoken(ask.price_cents, ask.currency),
        "payer": str(PAYERS[ask.payer]),
        "answer_by": _time(ask.answer_by, reader.timezone),
        "reply": ask.reply,
        "referred_to": "" if ask.referred_to_id is None or ask.referred_to is None else ask.referred_to.user.name,
        "ask_url": f"{config.current().public_url}/asks/{ask.id}",
        "publication_url": f"{config.current().public_url}/asks/{ask.id}/publication",
        "directory_url": f"{config.current().public_url}/coaches",
    }


def _time(instant: datetime, zone: str) -> str:
    return clock.spoken(instant, zone)
