"""The blueprints of the pages, the navigation, and what every template may use."""

from typing import Any

from flask import Flask, current_app, request, url_for
from flask_bootstrap import Bootstrap5
from sqlalchemy.exc import SQLAlchemyError

from marketplace import clock, config, money
from marketplace import operator_texts as texts_of_operators
from marketplace.authentication.access import viewers_zone
from marketplace.branding import queries as branding
from marketplace.files.models import Picture
from marketplace.files.rules.addresses import addresses
from marketplace.files.rules.uploads import PDF, PICTURES
from marketplace.http import viewer
from marketplace.languages import LANGUAGES, LazyText
from marketplace.languages import current as current_reader
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import (
    account,
    account_data,
    account_mails,
    account_sessions,
    admin,
    admin_attendance,
    admin_audit,
    admin_bookings,
    admin_branding,
    admin_coach_payouts,
    admin_coaches,
    admin_disputes,
    admin_figures,
    admin_goodwill_refunds,
    admin_invariants,
    admin_invoices,
    admin_ledger,
    admin_payouts,
    admin_people,
    admin_policies,
    admin_reconciliations,
    admin_refunds,
    admin_reversals,
    admin_session_credits,
    admin_settings,
    admin_sweeps,
    admin_tabs,
    admin_written_answers,
    api_docs,
    apply,
    ask_inbox,
    ask_others,
    ask_queue,
    asks,
    attachments,
    away_messages,
    bookings,
    calendar_feeds,
    calendars,
    coach_dashboard,
    coaches,
    coupons,
    dashboard_tabs,
    date_overrides,
    discovery,
    earlier_answers,
    earning_lines,
    earnings,
    embedding,
    grants,
    guide,
    health,
    home,
    hours,
    initials,
    invitation_offers,
    invitations,
    invoices,
    licences,
    mailboxes,
    manual_transfers,
    meeting_links,
    mentee_view,
    mentees,
    metrics,
    notes,
    operator_texts,
    overruns,
    passkeys,
    payers,
    pictures,
    portraits,
    public_answers,
    publications,
    quotes,
    reading,
    reschedules,
    second_factor,
    series,
    session_credits,
    session_feedback,
    sharing,
    shelf,
    sponsorships,
    statements,
    styleguide,
    time_off,
    unmet_demand,
    unpaid_time,
    waitlist,
    wording,
    written_answers,
)
from marketplace.pages.assets import serving as assets
from marketplace.pages.session import actions as session_actions
from marketplace.pages.session import views as session_views

# Each has a blueprint `bp`.
PAGES = (
    health,
    metrics,
    admin_invariants,
    admin_reconciliations,
    admin_sweeps,
    home,
    guide,
    reading,
    operator_texts,
    discovery,
    account,
    account_data,
    account_mails,
    account_sessions,
    second_factor,
    passkeys,
    calendar_feeds,
    pictures,
    coaches,
    apply,
    coach_dashboard,
    portraits,
    licences,
    hours,
    date_overrides,
    time_off,
    mentee_view,
    mentees,
    calendars,
    away_messages,
    meeting_links,
    sharing,
    earnings,
    embedding,
    earning_lines,
    manual_transfers,
    invoices,
    bookings,
    coupons,
    session_views,
    session_actions,
    session_feedback,
    attachments,
    reschedules,
    series,
    unmet_demand,
    waitlist,
    written_answers,
    ask_others,
    ask_queue,
    asks,
    invitations,
    mailboxes,
    invitation_offers,
    ask_inbox,
    quotes,
    payers,
    sponsorships,
    unpaid_time,
    overruns,
    session_credits,
    grants,
    public_answers,
    publications,
    earlier_answers,
    shelf,
    notes,
    admin,
    admin_attendance,
    admin_written_answers,
    admin_session_credits,
    admin_audit,
    admin_bookings,
    admin_branding,
    admin_coaches,
    admin_figures,
    admin_settings,
    admin_people,
    admin_payouts,
    admin_policies,
    admin_coach_payouts,
    admin_reversals,
    admin_refunds,
    admin_disputes,
    admin_goodwill_refunds,
    admin_invoices,
    admin_ledger,
    statements,
    api_docs,
    styleguide,
)

# Shown when the page exists: words, endpoint, for whom.
NAVIGATION = (
    (_l("Find a coach"), "coaches.directory", "everybody"),
    (_l("My sessions"), "bookings.mine", "people"),
    (_l("Coach dashboard"), "coach_dashboard.home", "people"),
    (_l("Admin"), "admin.home", "admins"),
    (_l("Account"), "account.home", "people"),
)

bootstrap = Bootstrap5()


def register_pages(app: Flask) -> None:
    """Register every page, and what every template may use."""
    bootstrap.init_app(app)
    app.jinja_env.filters["countdown"] = wording.countdown
    app.jinja_env.filters["money"] = money.spoken
    app.jinja_env.filters["when"] = clock.spoken
    app.jinja_env.filters["initials"] = initials.initials
    app.jinja_env.filters["tint"] = initials.tint
    app.jinja_env.globals["picture"] = addresses
    app.jinja_env.globals["site_logo"] = site_logo
    app.jinja_env.globals["exists"] = exists
    app.jinja_env.globals["dashboard_tabs"] = dashboard_tabs.dashboard_tabs
    app.jinja_env.globals["admin_tabs"] = admin_tabs.admin_tabs
    app.jinja_env.globals["navigation"] = navigation
    app.jinja_env.globals["zone_names_address"] = reading.zone_names_address
    app.context_processor(_everywhere)
    assets.init_app(app)
    for page in PAGES:
        app.register_blueprint(page.bp)


def exists(endpoint: str) -> bool:
    """Is there such a page?"""
    return endpoint in current_app.view_functions


def site_logo() -> Picture | None:
    """The site's logo. A page that says that the database is away says so without it."""
    try:
        return branding.logo()
    except SQLAlchemyError:
        return None


def navigation() -> list[tuple[LazyText, str, bool]]:
    """Words, address, and whether we are there, of every page that the viewer may go to."""
    person = viewer()
    groups = {"everybody"} | ({"people"} if person else set()) | ({"admins"} if person and person.is_admin else set())
    return [
        (words, url_for(endpoint), _is_part_of(endpoint))
        for words, endpoint, group in NAVIGATION
        if group in groups and exists(endpoint)
    ]


def _is_part_of(endpoint: str) -> bool:
    """Does this page belong to that one: by its room, or by an address below it?"""
    room = endpoint.split(".", maxsplit=1)[0]
    return request.blueprint == room or request.path.startswith(f"{url_for(endpoint)}/")


def _everywhere() -> dict[str, Any]:
    settings = config.current()
    return {
        "settings": settings,
        "viewer": viewer(),
        "zone": viewers_zone(),
        "guessed_zone": reading.guessed_zone(),
        "way_back": reading.way_back(),
        "page_reader": current_reader(),
        "site_languages": LANGUAGES,
        "texts": texts_of_operators.written(settings.texts_folder),
        "picture_types": ",".join(PICTURES),
        "attachment_types": ",".join((PDF, *PICTURES)),
    }
