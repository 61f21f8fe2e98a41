"""The tabs of the coach's dashboard: a few groups, and the pages in each."""

from flask import request, url_for

from marketplace.languages import lazy_gettext as _l

Item = tuple[str, str, bool]

GROUPS = (
    (_l("Overview"), ((_l("Overview"), "coach_dashboard.home"),)),
    (_l("Week"), ((_l("Week"), "mentee_view.week"),)),
    (_l("Mentees"), ((_l("Mentees"), "mentees.listed"),)),
    (
        _l("Asks"),
        (
            (_l("Inbox"), "ask_inbox.inbox"),
            (_l("Invitations"), "invitations.listed"),
            (_l("How many you take"), "ask_inbox.choose"),
            (_l("Shelf"), "shelf.mine"),
            (_l("Unpaid time"), "unpaid_time.mine"),
            (_l("Your year"), "unpaid_time.this_year"),
            (_l("Unmet demand"), "unmet_demand.of_coach"),
        ),
    ),
    (_l("Rate card"), ((_l("Offerings"), "coach_dashboard.offerings"), (_l("Coupons"), "coupons.mine"))),
    (
        _l("Availability"),
        (
            (_l("Hours"), "hours.week"),
            (_l("Time off"), "time_off.mine"),
            (_l("Calendars"), "calendars.mine"),
            (_l("Away message"), "away_messages.show"),
        ),
    ),
    (
        _l("Profile"),
        (
            (_l("Profile"), "coach_dashboard.profile"),
            (_l("Meeting link"), "meeting_links.show"),
            (_l("Share"), "sharing.show"),
            (_l("Sponsorship"), "sponsorships.mine"),
            (_l("Licence"), "licences.mine"),
        ),
    ),
    (_l("Money"), ((_l("Earnings"), "earnings.earnings"), (_l("Bank"), "earnings.bank"))),
)
# Pages that a tab's own address leads on to.
LED_ON = {"unpaid_time.year": "unpaid_time.this_year"}


def dashboard_tabs() -> list[tuple[str, list[Item]]]:
    """Words and items of each group; an item is words, address, and whether we are there."""
    return [(str(words), [_item(str(name), str(endpoint)) for name, endpoint in pages]) for words, pages in GROUPS]


def _item(words: str, endpoint: str) -> Item:
    address = url_for(endpoint)
    return words, address, request.path == address or LED_ON.get(request.endpoint or "") == endpoint
