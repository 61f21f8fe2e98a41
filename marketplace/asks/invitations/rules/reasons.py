"""Why a text is no invitation that can be quoted for. Pure."""

from marketplace.calendars.rules import events as event_rules
from marketplace.calendars.rules import series as series_rules
from marketplace.languages import LazyText
from marketplace.languages import lazy_gettext as _l

TOO_LARGE = _l("This file is larger than an invitation is. Save the one event by itself.")
EMPTY = _l("There is nothing in it.")
NO_CALENDAR = _l("This is not a calendar file (iCalendar). Save the invitation as an .ics file.")
CUT_OFF = _l("This file ends in the middle. Save the invitation once more.")
NO_EVENT = _l("There is no meeting in this file.")
SEVERAL = _l("There are several meetings in this file. Save the one that you mean by itself.")
ANSWER = _l("This is somebody's answer to an invitation, not an invitation.")
PROPOSAL = _l("This proposes another time for a meeting, it does not invite to one.")
BUSY_ONLY = _l("This says when somebody is busy, it does not invite to a meeting.")
UNKNOWN_METHOD = _l("It cannot be told what this file asks for: it is neither an invitation nor a cancellation.")
NO_UID = _l("The meeting has no name of its own (UID), so it could not be answered.")
UID_TOO_LONG = _l("The name of the meeting (UID) is longer than any calendar makes it.")
OWN_SESSION = _l("This is a session that was booked here.")
NO_ORGANISER = _l("It does not say who organises the meeting, so nobody could be sent a quote.")
ORGANISER_UNREACHABLE = _l("The organiser has no address that mail reaches: it is a calendar or a room.")
SEVERAL_ORGANISERS = _l("It names more than one organiser.")
NO_START = _l("It cannot be told when the meeting begins.")
DOUBTFUL_START = _l("The meeting begins at two times, or at a time that is none.")
ALL_DAY = _l("The meeting is of whole days, so it has no length to be priced by. Ask for a time.")
NO_LENGTH = _l("It does not say how long the meeting is.")
DOUBTFUL_END = _l("The end of the meeting cannot be read, or comes before its beginning.")
TOO_SHORT = _l("The meeting is shorter than ten minutes.")
TOO_LONG = _l("The meeting is longer than eight hours. Ask for a shorter one.")
UNKNOWN_ZONE = _l("The meeting is in a time zone that nobody knows, so it cannot be told when it begins.")
UNKNOWN_RULE = _l("It cannot be told how often the meeting recurs.")
TOO_OFTEN = _l("The meeting recurs too often to be worked out.")
OVER = _l("The meeting is over.")
TOO_FAR = _l("The meeting is more than two years away.")

FLOATING = _l("It names no time zone: the time is read by your own clock.")

# Doubts about the time itself are refusals; what else is doubtful is shown beside what was read.
REFUSED_DOUBTS: dict[str, LazyText] = {
    event_rules.NO_START: NO_START,
    event_rules.START_ASSUMED: NO_START,
    event_rules.START_IS_A_DAY: DOUBTFUL_START,
    event_rules.SECOND_START: DOUBTFUL_START,
    event_rules.END_UNKNOWN: DOUBTFUL_END,
    event_rules.END_FIRST: DOUBTFUL_END,
    event_rules.MIXED: DOUBTFUL_END,
    event_rules.ZONE_UNKNOWN: UNKNOWN_ZONE,
    event_rules.RULE_UNKNOWN: UNKNOWN_RULE,
    series_rules.TOO_OFTEN: TOO_OFTEN,
}
REFUSED_METHODS = {
    "REPLY": ANSWER,
    "COUNTER": PROPOSAL,
    "DECLINECOUNTER": PROPOSAL,
    "REFRESH": UNKNOWN_METHOD,
    "ADD": UNKNOWN_METHOD,
}
