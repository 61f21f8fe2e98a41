"""How long a browser stays signed in, how often its use is noted, and what it is called."""

from datetime import datetime, timedelta

from marketplace.languages import gettext as _

# The cookie of "Keep me signed in" lasts as long; whoever has not come for so long signs in again.
IDLE_FOR = timedelta(days=30)
# A page costs no write, except the first after so long.
SEEN_NOTED_EVERY = timedelta(minutes=5)
# How long a session that has ended stays on record.
KEPT_FOR = timedelta(days=90)

LONGEST_USER_AGENT = 400

# The first that is found names it: Edge and Opera say that they are Chrome, Chrome that it is Safari.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """What a person calls the browser with this User-Agent: 'Firefox on Windows', or 'Unknown browser'."""
    browser = next((name for mark, name in BROWSERS if mark in user_agent), _("Unknown browser"))
    system = next((name for mark, name in SYSTEMS if mark in user_agent), "")
    return _("%(browser)s on %(system)s", browser=browser, system=system) if system else browser


def is_seen_anew(last_seen_at: datetime, now: datetime) -> bool:
    """Is it time to note again that the session is used?"""
    return now - last_seen_at >= SEEN_NOTED_EVERY
