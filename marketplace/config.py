"""Settings of an application, checked and typed; a wrong one stops the start and is named."""

import base64
import hashlib
from collections.abc import Mapping
from contextvars import ContextVar, Token
from dataclasses import dataclass, fields
from decimal import Decimal, InvalidOperation
from typing import Any

DEVELOPMENT_SECRET = "for development only; never in production"  # noqa: S105


LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class SettingsError(Exception):
    """A setting is missing or wrong; the message names it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an operator can set; `.env.example` says what each is for. Durations carry their unit."""

    app_env: str = "development"
    secret_key: str = DEVELOPMENT_SECRET
    security_password_salt: str = DEVELOPMENT_SECRET
    notes_keys: str = ""
    database_url: str = ""
    database_pool_size: int = 4
    public_url: str = "http://127.0.0.1:8000"
    trusted_proxies: int = 0
    site_name: str = "Fairhour"
    stripe_secret_key: str = ""
    stripe_api_base: str = "https://api.stripe.com"
    stripe_webhook_secret_platform: str = ""
    stripe_webhook_secret_connect: str = ""
    stripe_webhook_secret_thin: str = ""
    stripe_timeout_seconds: int = 20
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 1025
    smtp_username: str = ""
    smtp_password: str = ""
    smtp_starttls: bool = False
    mail_from: str = "Fairhour <hello@fairhour.example>"
    ratelimit_storage_url: str = "postgresql://"
    ratelimit_enabled: bool = True
    api_calls_per_minute: int = 300
    meeting_server: str = "https://meet.jit.si"
    calendar_timeout_seconds: int = 10
    calendar_allow_private: str = ""
    document_fonts: str = ""
    seller_name: str = ""
    seller_address: str = ""
    seller_tax_id: str = ""
    tax_percent: Decimal = Decimal(0)
    stripe_tax: bool = False
    clock_file: str = ""
    metrics_token: str = ""
    log_level: str = "INFO"
    hold_minutes: int = 15
    holds_at_once: int = 2
    debit_days: int = 5
    debit_hours_before: int = 24
    request_hours: int = 48
    dispute_window_hours: int = 48
    fee_percent: Decimal = Decimal(10)
    worker_stalled_seconds: int = 30
    loyal_fee_percent: Decimal = Decimal(7)
    loyal_after: Decimal = Decimal(500)
    floor_session: Decimal = Decimal(15)
    floor_hour: Decimal = Decimal(30)
    payout_minimum: Decimal = Decimal(20)
    payout_always_after_days: int = 30
    payout_two_people_above: Decimal = Decimal(10_000)
    payout_weekday: int = 0

    @property
    def production(self) -> bool:
        """Is this the real thing, with other people's money?"""
        return self.app_env == "production"

    def encryption_keys(self) -> list[bytes]:
        """Fernet keys for private notes, the newest first; outside production one made of the secret key."""
        named = [key.strip().encode() for key in self.notes_keys.split(",") if key.strip()]
        return named or [base64.urlsafe_b64encode(hashlib.sha256(self.secret_key.encode()).digest())]

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Settings":
        """Settings from environment variables of the same names in capitals; raises SettingsError."""
        given = {
            field.name: _typed(field.name.upper(), environ[field.name.upper()], type(field.default))
            for field in fields(cls)
            if environ.get(field.name.upper(), "") != ""
        }
        settings = cls(**given)
        settings.check()
        return settings

    def check(self) -> None:
        """Refuse what cannot work, and in production what must not be; raises SettingsError naming the setting."""
        if self.app_env not in {"development", "test", "production"}:
            raise SettingsError("APP_ENV must be development, test or production")
        if not self.database_url:
            raise SettingsError("DATABASE_URL is missing (`make run` and `make test` start a database of their own)")
        if not self.database_url.startswith(("postgresql://", "postgres://")):
            raise SettingsError("DATABASE_URL must be a postgresql:// address")
        if not self.stripe_secret_key:
            raise SettingsError(
                "STRIPE_SECRET_KEY is missing (`make run` starts a sandbox that needs none of Stripe's)"
            )
        if self.log_level not in LOG_LEVELS:
            raise SettingsError(f"LOG_LEVEL must be one of {', '.join(LOG_LEVELS)}")
        if self.tax_percent > 50:
            raise SettingsError("TAX_PERCENT must be 50 or less")
        if not self.meeting_server.startswith("https://"):
            raise SettingsError("MEETING_SERVER must start with https://")
        if self.production:
            self._check_production()

    def _check_production(self) -> None:
        for name in ("secret_key", "security_password_salt"):
            if getattr(self, name) == DEVELOPMENT_SECRET or len(getattr(self, name)) < 32:
                raise SettingsError(f"{name.upper()} must be a secret of your own, 32 characters or more")
        for name in ("notes_keys", *(f"stripe_webhook_secret_{kind}" for kind in ("platform", "connect", "thin"))):
            if not getattr(self, name):
                raise SettingsError(f"{name.upper()} is missing")
        if not self.stripe_secret_key.startswith(("sk_live_", "rk_live_")):
            raise SettingsError("STRIPE_SECRET_KEY must be a live key in production")
        if self.stripe_api_base != "https://api.stripe.com":
            raise SettingsError("STRIPE_API_BASE must be Stripe's own address in production")
        if self.clock_file:
            raise SettingsError("CLOCK_FILE moves the clock and is refused in production")
        if self.calendar_allow_private:
            raise SettingsError("CALENDAR_ALLOW_PRIVATE opens private networks and is refused in production")
        if not self.public_url.startswith("https://"):
            raise SettingsError("PUBLIC_URL must start with https:// in production")

    def sqlalchemy_url(self) -> str:
        """The database's address with the driver that we use."""
        return "postgresql+psycopg://" + self.database_url.split("://", 1)[1]


def _typed(name: str, text: str, kind: type) -> Any:
    """`text` as the type of the setting's default; raises SettingsError."""
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
