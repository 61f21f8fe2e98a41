"""A session as iCalendar: the invite that follows it through its life, the file, the feed."""

from collections.abc import Sequence
from email.utils import parseaddr

from marketplace import clock, config
from marketplace.accounts.models import User
from marketplace.bookings import rules
from marketplace.bookings.invites import queries as invite_queries
from marketplace.bookings.meeting_links import rules as meeting_link_rules
from marketplace.bookings.models import Booking
from marketplace.languages import gettext as _
from marketplace.languages import speaking
from marketplace.notifications.rules.calendar_events import CalendarEvent, CalendarUser, calendar_file

STATUS = {rules.REQUESTED: "TENTATIVE", rules.CANCELLED: "CANCELLED"}


def session_url(booking: Booking) -> str:
    """The page of the session, for life."""
    return f"{config.current().public_url}/sessions/{booking.id}"


def meeting_url(booking: Booking) -> str:
    """Where the session meets: the coach's own link, or a room of its own."""
    return meeting_link_rules.meeting_url(
        booking.coach.meeting_url, config.current().meeting_server, booking.meeting_room
    )


def invite(bookings: Sequence[Booking], method: str) -> str:
    """REQUEST asks both to keep a session as it stands now, CANCEL to drop it; PUBLISH is a file with several."""
    meetings = [_meeting(booking, gone=method == "CANCEL") for booking in bookings]
    return calendar_file(meetings, method=method, stamp=clock.now())


def session_file(booking: Booking) -> str:
    """The session as an iCalendar file for coach or mentee to keep."""
    return calendar_file([_meeting(booking)], method="PUBLISH", stamp=clock.now())


def feed(user: User, *, side: str) -> str:
    """A person's sessions as a calendar to subscribe to, in their language.

    While nothing changes it is the same to the byte.
    """
    with speaking(user.preferences):
        return _feed(user, side)


def _feed(user: User, side: str) -> str:
    site = config.current().site_name
    name = (
        _("%(site)s: sessions with my mentees", site=site)
        if side == "coach"
        else _("%(site)s: sessions with my coaches", site=site)
    )
    meetings = [_meeting(booking) for booking in invite_queries.for_feed(user, side=side)]
    return calendar_file(meetings, method="PUBLISH", name=name)


def _meeting(booking: Booking, *, gone: bool = False) -> CalendarEvent:
    link = meeting_url(booking)
    opens = meeting_link_rules.how_it_opens(link, coach=booking.coach.user.name)
    lines = [_("Meet here: %(link)s", link=link), opens, _("The session: %(link)s", link=session_url(booking))]
    return CalendarEvent(
        uid=booking.event_uid,
        sequence=booking.sequence,
        status="CANCELLED" if gone else STATUS.get(booking.status, "CONFIRMED"),
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        summary=_(
            "%(title)s: %(mentee)s and %(coach)s",
            title=booking.title,
            mentee=booking.mentee.name,
            coach=booking.coach.user.name,
        ),
        description=f"{booking.brief}\n\n" + "\n".join(filter(None, lines)),
        organiser=_organiser(booking),
        attendees=(
            CalendarUser(booking.mentee.name, booking.mentee.email),
            CalendarUser(booking.coach.user.name, booking.coach.user.email),
        ),
        location=link,
        url=session_url(booking),
        created_at=booking.created_at,
        changed_at=booking.changed_at,
        instance=booking.calendar_instance,
    )


def _organiser(booking: Booking) -> CalendarUser:
    """Who organises the event: the coach, by our address; or whoever had invited the coach to it (RFC 5546 3.2.2)."""
    if booking.calendar_uid is not None:
        return CalendarUser(booking.mentee.name, booking.mentee.email)
    return CalendarUser(booking.coach.user.name, parseaddr(config.current().mail_from)[1])
