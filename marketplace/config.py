"""Settings of an application, checked and typed; a wrong one stops the start and is named."""

import base64
import hashlib
import ipaddress
import re
from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, field, fields
from decimal import Decimal, InvalidOperation
from typing import Any

from cryptography.fernet import Fernet

from marketplace import currencies, operator_texts
from marketplace.currencies import Amounts

DEVELOPMENT_SECRET = "for development only; never in production"  # noqa: S105
# A secret of fewer characters, or of so few different ones, is guessed.
SECRET_LENGTH, SECRET_VARIETY = 32, 8
TOKEN_LENGTH = 16
WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{24,}")
WEBHOOK_SECRETS = tuple(f"stripe_webhook_secret_{kind}" for kind in ("platform", "connect", "thin"))
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?")
LIVE_KEYS = ("sk_live_", "rk_live_")
DEVELOPING = {"development", "test"}
UNSAID = "APP_ENV does not say development, so this is production."
CHOICES = {
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    "admin_second_factor": ("required", "optional"),
    "files_in": ("postgresql", "folder", "s3"),
}


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


def unsafe(name: str, wrong: str) -> SettingsError:
    """The refusal of a setting that is not fit for other people's money."""
    return SettingsError(f"{name.upper()} {wrong}. {UNSAID}")


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
    ratelimit_storage_url: str = "postgresql://"
    ratelimit_enabled: bool = True
    api_calls_per_minute: int = 300
    read_units_per_minute: int = 1200
    meeting_server: str = "https://meet.jit.si"
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
    clock_file: str = ""
    metrics_token: str = ""
    admin_second_factor: str = "required"
    log_level: str = "INFO"
    texts_folder: str = ""
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

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings from environment variables of the same names in capitals; raises SettingsError."""
        given = {
            each.name: _typed(each.name.upper(), environ[each.name.upper()], each.default)
            for each in fields(cls)
            if environ.get(each.name.upper(), "") != ""
        }
        settings = cls(**given)
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse what cannot work, and in production what must not be; raises SettingsError naming the setting."""
        if self.app_env not in {*DEVELOPING, "production"}:
            raise SettingsError("APP_ENV must be development, test or production")
        if not self.database_url:
            raise SettingsError("DATABASE_URL is missing (`make run` and `make test` start a database of their own)")
        if not self.database_url.startswith(("postgresql://", "postgres://")):
            raise SettingsError("DATABASE_URL must be a postgresql:// address")
        if not self.stripe_secret_key:
            raise SettingsError(
                "STRIPE_SECRET_KEY is missing (`make run` starts a sandbox that needs none of Stripe's)"
            )
        self._check_choices()
        try:
            self.offered_currencies()
        except ValueError as error:
            raise SettingsError(f"CURRENCIES {error}") from error
        if self.tax_percent > 50:
            raise SettingsError("TAX_PERCENT must be 50 or less")
        for name in ("fee_percent", "loyal_fee_percent"):
            if getattr(self, name) > 100:
                raise SettingsError(f"{name.upper()} must be 100 or less")
        if not self.meeting_server.startswith("https://"):
            raise SettingsError("MEETING_SERVER must start with https://")
        if self.stripe_custom_domain and not ORIGIN.fullmatch(self.stripe_custom_domain):
            raise SettingsError("STRIPE_CUSTOM_DOMAIN must be like https://pay.example.org, without a path")
        self._check_notes_keys()
        if self.production:
            self._check_secrets()
            self._check_stripe()
            self._check_surroundings()
        elif self.stripe_secret_key.startswith(LIVE_KEYS):
            raise SettingsError("STRIPE_SECRET_KEY is a live key, which moves money: APP_ENV must be production")

    def _check_choices(self) -> None:
        for name, known in CHOICES.items():
            if getattr(self, name) not in known:
                raise SettingsError(f"{name.upper()} must be one of {', '.join(known)}")
        needed = {"folder": "files_folder", "s3": "files_bucket"}.get(self.files_in)
        if needed and not getattr(self, needed):
            raise SettingsError(f"{needed.upper()} is missing, and FILES_IN is {self.files_in}")

    def _check_notes_keys(self) -> None:
        try:
            for key in self.encryption_keys():
                Fernet(key)
        except ValueError as error:
            raise SettingsError("NOTES_KEYS must be Fernet keys; docs/operating.md says how to make one") from error

    def _check_secrets(self) -> None:
        for name in ("secret_key", "security_password_salt"):
            secret = getattr(self, name)
            if secret == DEVELOPMENT_SECRET or len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_VARIETY:
                raise unsafe(name, f"must be a random secret of your own, {SECRET_LENGTH} characters or more")
        if self.secret_key == self.security_password_salt:
            raise unsafe("security_password_salt", "must be another than SECRET_KEY")
        if not self.notes_keys.replace(",", "").strip():
            raise unsafe("notes_keys", "is missing")
        if self.metrics_token and len(self.metrics_token) < TOKEN_LENGTH:
            raise unsafe("metrics_token", f"must be {TOKEN_LENGTH} characters or more")

    def _check_stripe(self) -> None:
        if not self.stripe_secret_key.startswith(LIVE_KEYS):
            raise unsafe("stripe_secret_key", "must be a live key")
        if self.stripe_api_base != "https://api.stripe.com":
            raise unsafe("stripe_api_base", "must be Stripe's own address")
        seen: set[str] = set()
        for name in WEBHOOK_SECRETS:
            secret = getattr(self, name)
            if not secret:
                raise unsafe(name, "is missing")
            if not WEBHOOK_SECRET.fullmatch(secret):
                raise unsafe(name, "must be the endpoint's signing secret, whsec_…, whole")
            if secret in seen:
                raise unsafe(name, "must be its own endpoint's signing secret, not another's")
            seen.add(secret)

    def _check_surroundings(self) -> None:
        if lacking := operator_texts.missing(self.texts_folder):
            raise unsafe("texts_folder", f"must be a folder with {' and '.join(lacking)}, which say who you are")
        if self.clock_file:
            raise unsafe("clock_file", "moves the clock and is refused")
        if self.calendar_allow_private:
            raise unsafe("calendar_allow_private", "opens private networks and is refused")
        if not self.public_url.startswith("https://"):
            raise unsafe("public_url", "must start with https://")
        if self.files_endpoint and not self.files_endpoint.startswith("https://"):
            raise unsafe("files_endpoint", "must start with https://")
        if self.admin_second_factor != "required":
            raise unsafe("admin_second_factor", "must be required")
        if not self.ratelimit_enabled:
            raise unsafe("ratelimit_enabled", "must be true, or passwords can be guessed without end")
        if self.smtp_password and not (self.smtp_starttls or _is_this_machine(self.smtp_host)):
            raise unsafe("smtp_starttls", "must be true, or SMTP_PASSWORD goes over the network in the clear")

    def sqlalchemy_url(self) -> str:
        """The database's address with the driver that we use."""
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _typed(name: str, text: str, default: Any) -> Any:
    """`text` as the type of the setting's default; raises SettingsError."""
    kind = type(default)
    if kind is Amounts:
        try:
            return default.naming(text)
        except ValueError as error:
            raise SettingsError(f"{name} {error}") from error
    if kind is bool:
        if text.lower() not in {"0", "1", "true", "false", "yes", "no"}:
            raise SettingsError(f"{name} must be true or false")
        return text.lower() in {"1", "true", "yes"}
    try:
        value = kind(text)
    except (ValueError, InvalidOperation) as error:
        raise SettingsError(f"{name} must be a number") from error
    if kind is not str and value < 0:
        raise SettingsError(f"{name} must not be negative")
    return value


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
