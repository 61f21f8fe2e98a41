"""Settings read from the environment, typed and checked; a wrong one stops the start."""

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import fields
from decimal import InvalidOperation
from typing import Any

from cryptography.fernet import Fernet

from marketplace import languages, operator_texts
from marketplace.config import DEVELOPING, DEVELOPMENT_SECRET, Settings, SettingsError
from marketplace.currencies import Amounts

# A secret of fewer characters, or of so few different ones, is guessed.
SECRET_LENGTH, SECRET_VARIETY = 32, 8
TOKEN_LENGTH = 16
WEBHOOK_SECRET = re.compile(r"whsec_[A-Za-z0-9+/=_-]{24,}")
WEBHOOK_SECRETS = tuple(f"stripe_webhook_secret_{kind}" for kind in ("platform", "connect", "thin"))
ORIGIN = re.compile(r"https://[a-z0-9.-]+(:\d+)?")
LIVE_KEYS = ("sk_live_", "rk_live_")
UNSAID = "APP_ENV does not say development, so this is production."
CHOICES = {
    "log_level": ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"),
    "admin_second_factor": ("required", "optional"),
    "mail_in_protocol": ("lmtp", "smtp"),
    "files_in": ("postgresql", "folder", "s3"),
}


def unsafe(name: str, wrong: str) -> SettingsError:
    """The refusal of a setting that is not fit for other people's money."""
    return SettingsError(f"{name.upper()} {wrong}. {UNSAID}")


def read(environ: Mapping[str, str]) -> Settings:
    """Settings from environment variables of the same names in capitals; raises SettingsError."""
    given = {
        each.name: _typed(each.name.upper(), environ[each.name.upper()], each.default)
        for each in fields(Settings)
        if environ.get(each.name.upper(), "") != ""
    }
    settings = Settings(**given)
    check(settings)
    return settings


def check(settings: Settings) -> None:
    """Refuse what cannot work, and in production what must not be; raises SettingsError naming the setting."""
    if settings.app_env not in {*DEVELOPING, "production"}:
        raise SettingsError("APP_ENV must be development, test or production")
    if not settings.database_url:
        raise SettingsError("DATABASE_URL is missing (`make run` and `make test` start a database of their own)")
    if not settings.database_url.startswith(("postgresql://", "postgres://")):
        raise SettingsError("DATABASE_URL must be a postgresql:// address")
    if not settings.stripe_secret_key:
        raise SettingsError("STRIPE_SECRET_KEY is missing (`make run` starts a sandbox that needs none of Stripe's)")
    _check_choices(settings)
    try:
        settings.offered_currencies()
    except ValueError as error:
        raise SettingsError(f"CURRENCIES {error}") from error
    if settings.tax_percent > 50:
        raise SettingsError("TAX_PERCENT must be 50 or less")
    for name in ("fee_percent", "loyal_fee_percent"):
        if getattr(settings, name) > 100:
            raise SettingsError(f"{name.upper()} must be 100 or less")
    if not settings.meeting_server.startswith("https://"):
        raise SettingsError("MEETING_SERVER must start with https://")
    if settings.stripe_custom_domain and not ORIGIN.fullmatch(settings.stripe_custom_domain):
        raise SettingsError("STRIPE_CUSTOM_DOMAIN must be like https://pay.example.org, without a path")
    _check_notes_keys(settings)
    if settings.production:
        _check_secrets(settings)
        _check_stripe(settings)
        _check_surroundings(settings)
    elif settings.stripe_secret_key.startswith(LIVE_KEYS):
        raise SettingsError("STRIPE_SECRET_KEY is a live key, which moves money: APP_ENV must be production")


def _check_choices(settings: Settings) -> None:
    for name, known in CHOICES.items():
        if getattr(settings, name) not in known:
            raise SettingsError(f"{name.upper()} must be one of {', '.join(known)}")
    if languages.offered(settings.default_locale) != settings.default_locale:
        raise SettingsError(f"DEFAULT_LOCALE must be like en-GB or de, in one of {', '.join(languages.LANGUAGES)}")
    needed = {"folder": "files_folder", "s3": "files_bucket"}.get(settings.files_in)
    if needed and not getattr(settings, needed):
        raise SettingsError(f"{needed.upper()} is missing, and FILES_IN is {settings.files_in}")


def _check_notes_keys(settings: Settings) -> None:
    try:
        for key in settings.encryption_keys():
            Fernet(key)
    except ValueError as error:
        raise SettingsError("NOTES_KEYS must be Fernet keys; docs/operating.md says how to make one") from error


def _check_secrets(settings: Settings) -> None:
    for name in ("secret_key", "security_password_salt"):
        secret = getattr(settings, name)
        if secret == DEVELOPMENT_SECRET or len(secret) < SECRET_LENGTH or len(set(secret)) < SECRET_VARIETY:
            raise unsafe(name, f"must be a random secret of your own, {SECRET_LENGTH} characters or more")
    if settings.secret_key == settings.security_password_salt:
        raise unsafe("security_password_salt", "must be another than SECRET_KEY")
    if not settings.notes_keys.replace(",", "").strip():
        raise unsafe("notes_keys", "is missing")
    if settings.metrics_token and len(settings.metrics_token) < TOKEN_LENGTH:
        raise unsafe("metrics_token", f"must be {TOKEN_LENGTH} characters or more")


def _check_stripe(settings: Settings) -> None:
    if not settings.stripe_secret_key.startswith(LIVE_KEYS):
        raise unsafe("stripe_secret_key", "must be a live key")
    if settings.stripe_api_base != "https://api.stripe.com":
        raise unsafe("stripe_api_base", "must be Stripe's own address")
    seen: set[str] = set()
    for name in WEBHOOK_SECRETS:
        secret = getattr(settings, name)
        if not secret:
            raise unsafe(name, "is missing")
        if not WEBHOOK_SECRET.fullmatch(secret):
            raise unsafe(name, "must be the endpoint's signing secret, whsec_…, whole")
        if secret in seen:
            raise unsafe(name, "must be its own endpoint's signing secret, not another's")
        seen.add(secret)


def _check_surroundings(settings: Settings) -> None:
    if lacking := operator_texts.missing(settings.texts_folder):
        raise unsafe("texts_folder", f"must be a folder with {' and '.join(lacking)}, which say who you are")
    if settings.clock_file:
        raise unsafe("clock_file", "moves the clock and is refused")
    if settings.calendar_allow_private:
        raise unsafe("calendar_allow_private", "opens private networks and is refused")
    if not settings.public_url.startswith("https://"):
        raise unsafe("public_url", "must start with https://")
    if settings.exchange_rates_url and not settings.exchange_rates_url.startswith("https://"):
        raise unsafe("exchange_rates_url", "must start with https://")
    if settings.files_endpoint and not settings.files_endpoint.startswith("https://"):
        raise unsafe("files_endpoint", "must start with https://")
    if settings.admin_second_factor != "required":
        raise unsafe("admin_second_factor", "must be required")
    if not settings.ratelimit_enabled:
        raise unsafe("ratelimit_enabled", "must be true, or passwords can be guessed without end")
    if settings.smtp_password and not (settings.smtp_starttls or _is_this_machine(settings.smtp_host)):
        raise unsafe("smtp_starttls", "must be true, or SMTP_PASSWORD goes over the network in the clear")


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
