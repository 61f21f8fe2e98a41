"""Settings of an application: what an operator can set, and those in whose context we are."""

import base64
import hashlib
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from decimal import Decimal

from marketplace import currencies, languages
from marketplace.currencies import Amounts

DEVELOPMENT_SECRET = "for development only; never in production"  # noqa: S105
DEVELOPING = {"development", "test"}


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an operator can set; `.env.example` says what each is for. Durations carry their unit."""

    app_env: str = "production"
    secret_key: str = DEVELOPMENT_SECRET
    security_password_salt: str = DEVELOPMENT_SECRET
    notes_keys: str = ""
    database_url: str = ""
    database_pool_size: int = 4
    statement_timeout_seconds: int = 5
    worker_statement_timeout_seconds: int = 600
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    site_name: str = "Fairhour"
    stripe_secret_key: str = ""
    stripe_api_base: str = "https://api.stripe.com"
    stripe_webhook_secret_platform: str = ""
    stripe_webhook_secret_connect: str = ""
    stripe_webhook_secret_thin: str = ""
    stripe_country: str = "US"
    stripe_timeout_seconds: int = 20
    stripe_custom_domain: str = ""
    currencies: str = currencies.OFFERED
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    mail_from: str = "Fairhour <hello@fairhour.example>"
    mail_in_domain: str = ""
    mail_in_host: str = "127.0.0.1"
    mail_in_port: int = 2424
    mail_in_protocol: str = "lmtp"
    mail_in_most_bytes: int = 1_000_000
    mail_in_per_hour: int = 30
    ratelimit_storage_url: str = "postgresql://"
    ratelimit_enabled: bool = True
    api_calls_per_minute: int = 300
    read_units_per_minute: int = 1200
    meeting_server: str = "https://meet.jit.si"
    exchange_rates_url: str = ""
    calendar_timeout_seconds: int = 10
    calendar_allow_private: str = ""
    files_in: str = "postgresql"
    files_folder: str = ""
    files_bucket: str = ""
    files_endpoint: str = ""
    files_region: str = ""
    files_access_key: str = ""
    files_secret_key: str = ""
    attachment_days: int = 180
    document_fonts: str = ""
    seller_name: str = ""
    seller_address: str = ""
    seller_tax_id: str = ""
    tax_percent: Decimal = Decimal(0)
    stripe_tax: bool = False
    therapists: bool = False
    clock_file: str = ""
    metrics_token: str = ""
    admin_second_factor: str = "required"
    log_level: str = "INFO"
    texts_folder: str = ""
    default_locale: str = languages.DEFAULT
    hold_minutes: int = 15
    holds_at_once: int = 2
    debit_days: int = 5
    debit_hours_before: int = 24
    request_hours: int = 48
    dispute_window_hours: int = 48
    fee_percent: Decimal = Decimal(10)
    worker_stalled_seconds: int = 30
    loyal_fee_percent: Decimal = Decimal(7)
    loyal_after: Amounts = field(default=Amounts(Decimal(500)))
    floor_session: Amounts = field(default=Amounts(Decimal(15)))
    floor_hour: Amounts = field(default=Amounts(Decimal(30)))
    payout_minimum: Amounts = field(default=Amounts(Decimal(20)))
    payout_always_after_days: int = 30
    payout_two_people_above: Amounts = field(default=Amounts(Decimal(10_000)))
    payout_weekday: int = 0

    @property
    def production(self) -> bool:
        """Is this the real thing, with other people's money?"""
        return self.app_env not in DEVELOPING

    def encryption_keys(self) -> list[bytes]:
        """Fernet keys for private notes, the newest first; outside production one made of the secret key."""
        named = [key.strip().encode() for key in self.notes_keys.split(",") if key.strip()]
        return named or [base64.urlsafe_b64encode(hashlib.sha256(self.secret_key.encode()).digest())]

    def offered_currencies(self) -> tuple[str, ...]:
        """Currencies in which prices can be published and paid, in the operator's order."""
        return currencies.listed(self.currencies)

    def main_currency(self) -> str:
        """The currency in which an example is given to people whose own is not known."""
        offered = self.offered_currencies()
        return "usd" if "usd" in offered else offered[0]

    def sqlalchemy_url(self) -> str:
        """The database's address with the driver that we use."""
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]


_current: ContextVar[Settings] = ContextVar("settings")


def use(settings: Settings) -> Token[Settings]:
    """Make these the settings of this thread until `leave`: an application's contexts do so with its own."""
    return _current.set(settings)


def leave(token: Token[Settings]) -> None:
    """Go back to the settings that were there before `use` gave this token."""
    _current.reset(token)


def current() -> Settings:
    """The settings of the application in whose context we are; raises RuntimeError outside of any."""
    found = current_or_none()
    if found is None:
        raise RuntimeError("no settings here: each application has its own (`with app.app_context():`)")
    return found


def current_or_none() -> Settings | None:
    """The settings of the application in whose context we are, if we are in one."""
    return _current.get(None)
