"""Who is reminded of a session, and when. Pure: `now` is passed in."""

from datetime import datetime, timedelta

# How long before a session coach and mentee are reminded, by the name of the choice.
LEADS = {"day": timedelta(hours=24), "hour": timedelta(hours=1)}


def wants_reminder(choice: str, lead: str) -> bool:
    """Does a person who chose so want the reminder of that lead?"""
    return choice in {"both", lead}


def reminder_window(lead: str, now: datetime) -> tuple[datetime, datetime]:
    """When the sessions begin whose reminder is due: after the first, until the second.

    One that was missed for long, because no worker ran, gives way to the next.
    """
    shorter = [other for other in LEADS.values() if other < LEADS[lead]]
    return now + max(shorter, default=timedelta()), now + LEADS[lead]
