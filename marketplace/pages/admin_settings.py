"""The settings in force, secrets masked, for admins."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from urllib.parse import urlsplit

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from marketplace import config
from marketplace.authentication.access import admin_only
from marketplace.config import Settings
from marketplace.languages import LazyText
from marketplace.languages import gettext as _
from marketplace.languages import lazy_gettext as _l
from marketplace.pages import tables
from marketplace.pages.tables import Column

bp = Blueprint("admin_settings", __name__, url_prefix="/admin/settings")

# Whether these are set is shown, never what they are.
SECRETS = frozenset(
    {
        *("secret_key", "security_password_salt", "notes_keys", "metrics_token", "smtp_password"),
        *("stripe_secret_key", "stripe_webhook_secret_platform", "stripe_webhook_secret_connect"),
        *("stripe_webhook_secret_thin", "files_access_key", "files_secret_key"),
    }
)
# The front of a setting's name and what it is about; whatever has none of these is about the site.
GROUPS: Mapping[str, LazyText] = {
    "stripe": _l("Stripe"),
    "smtp": _l("Mail"),
    "mail": _l("Mail"),
    "database": _l("Database"),
    "files": _l("Files"),
    "payout": _l("Payouts"),
    "fee": _l("Prices and fees"),
    "loyal": _l("Prices and fees"),
    "floor": _l("Prices and fees"),
    "tax": _l("Invoices"),
    "seller": _l("Invoices"),
    "calendar": _l("Calendars"),
    "hold": _l("Booking"),
    "holds": _l("Booking"),
    "request": _l("Booking"),
    "debit": _l("Booking"),
    "dispute": _l("Booking"),
}
THE_SITE = _l("The site")


@dataclass(frozen=True)
class SettingInForce:
    """A setting as an admin reads it; `changed` where an operator has set it."""

    name: str
    group: str
    value: str
    changed: bool


def in_force(settings: Settings) -> list[SettingInForce]:
    """Every setting in the order of its groups, then of its declaration."""
    usual = Settings()
    found = [_shown(each.name, getattr(settings, each.name), getattr(usual, each.name)) for each in fields(Settings)]
    order = list(dict.fromkeys([str(THE_SITE), *map(str, GROUPS.values())]))
    return sorted(found, key=lambda each: order.index(each.group))


def _shown(name: str, value: object, usual: object) -> SettingInForce:
    group = GROUPS.get(name.partition("_")[0], THE_SITE)
    return SettingInForce(name.upper(), str(group), _words(name, value), value != usual)


def _words(name: str, value: object) -> str:
    if name in SECRETS:
        return _("Set, and not shown") if value else _("Not set")
    if name.endswith("_url") and "@" in str(value):
        return _without_password(str(value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    return str(value)


def _without_password(address: str) -> str:
    """An address with a user and a password, without either."""
    parts = urlsplit(address)
    return parts._replace(netloc=f"…@{parts.netloc.rpartition('@')[2]}").geturl()


COLUMNS = (
    Column("name", _l("Setting")),
    Column("group", _l("About")),
    Column("value", _l("Value")),
    Column("changed", _l("Set by the operator"), path=lambda each: _("Yes") if each.changed else _("No")),
)


@bp.get("")
@admin_only
def show() -> ResponseReturnValue:
    """Every setting with its value."""
    asked = tables.read(COLUMNS, default="name", size=len(fields(Settings)))
    every = in_force(config.current())
    if asked.as_csv:
        return asked.csv("settings.csv", every)
    return render_template("admin/settings.html", shown=asked.table(every, _("Settings")))
